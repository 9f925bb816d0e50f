/**
 * The failure of a request whose response has an HTTP status that the API does not use.
 */
import * as Schema from "effect/Schema"
import * as ErrorKind from "./ErrorKind.ts"
import * as internal from "./internal/failure.ts"

/** Not implemented; the version of HTTP is not supported; a network that wants a login first. */
const permanent: ReadonlySet<number> = /*#__PURE__*/ new Set([501, 505, 511])

/**
 * A response whose HTTP status is not 200 and whose body is not a failure with a known code: a proxy, a gateway, a wrong address,
 * a redirect. A server of the API responds with 200, also with a failure.
 *
 * 429 is of kind `throttled`, the others are of kind `transport`. 408 and 5xx are retried as transient failures, except those
 * that do not pass: 501, 505 and 511. `outcome` is `notRun` where the request was refused before it reached the API: 3xx, 4xx.
 *
 * **Example** (A proxy that asks for less)
 *
 * ```ts
 * import { UnexpectedStatus } from "effect-tencentcloud"
 *
 * const error = new UnexpectedStatus.UnexpectedStatus({
 *   status: 429,
 *   outcome: "notRun",
 *   host: "cvm.api.qcloud.com",
 *   excerpt: "<h1>Too many requests</h1>",
 *   message: "status 429"
 * })
 * console.log(error.kind, error.retryClass) // => throttled throttled
 * ```
 *
 * @category errors
 */
export class UnexpectedStatus extends /*#__PURE__*/ (/*#__PURE__*/ internal.failureClass<UnexpectedStatus>(
  "effect-tencentcloud/UnexpectedStatus"
))("UnexpectedStatus", {
  /** The HTTP status. */
  status: Schema.Finite,
  outcome: internal.outcome,
  /** The name of the host that was asked. */
  host: Schema.String,
  /** The `Content-Type` header. */
  contentType: /*#__PURE__*/ Schema.optionalKey(Schema.String),
  /** The first 256 characters of the body. */
  excerpt: Schema.String,
  /** The `Retry-After` header: no attempt is made earlier. */
  retryAfter: /*#__PURE__*/ Schema.optionalKey(Schema.Duration),
  message: Schema.String,
  ...internal.callFields
}, { description: "An HTTP status that the API does not use" }) {
  /** The meaning of the failure: `throttled` for the status 429. */
  get kind(): "throttled" | "transport" {
    return this.status === 429 ? "throttled" : "transport"
  }
  /** The area of the kind. */
  get category(): "Throttling" | "Transport" {
    return ErrorKind.table[this.kind].category
  }
  /** The condition under which a retry can help, from the status. */
  get retryClass(): "throttled" | "transient" | "never" {
    if (this.status === 429) return "throttled"
    if (permanent.has(this.status)) return "never"
    return this.status === 408 || this.status >= 500 ? "transient" : "never"
  }
}
