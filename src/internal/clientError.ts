/**
 * What a call can fail with beside the responses of the API. Public through `TencentClient`.
 */
import * as Schema from "effect/Schema"
import type { CredentialsUnavailable } from "../client/TencentCredentials.ts"
import type * as TencentError from "../v2/TencentError.ts"
import { reasons } from "./transport.ts"

/**
 * Whether a request surely did not reach the server. After `"unknown"`, look before you act again.
 *
 * @category models
 */
export type Outcome = "notRun" | "unknown"

const outcome = Schema.Literals(["notRun", "unknown"])

/**
 * There is no complete response.
 *
 * - Before anything was sent (`outcome: "notRun"`): `DnsTemporary`, `DnsNotFound`, `ConnectionRefused`, `Unreachable`,
 *   `ConnectTimeout`, `TlsHandshake`, `Certificate`.
 * - After (`outcome: "unknown"`): `ConnectionLost`, `AttemptTimeout`, `TruncatedBody`, `BodyTooLarge`, `Unknown`.
 *
 * A wrong certificate and a body that is too large are never retried, the others as transient failures.
 *
 * @category errors
 */
export class TransportFailure extends Schema.TaggedError<TransportFailure>(
  "effect-tencentcloud/TransportFailure"
)("TransportFailure", {
  reason: Schema.Literals(reasons),
  outcome,
  host: Schema.String,
  /** The error code of the runtime, such as `ECONNREFUSED`. */
  code: Schema.optionalKey(Schema.String),
  message: Schema.String
}) {
  get retryClass(): "transient" | "never" {
    return this.reason === "Certificate" || this.reason === "BodyTooLarge" ? "never" : "transient"
  }
  /** A timeout is the sign of an overloaded server: a retry after one takes three tokens of the budget. */
  get retryCost(): number {
    return this.reason === "AttemptTimeout" ? 3 : 1
  }
}

/**
 * A response whose HTTP status is not 200 and whose body is not a response of the API: a proxy, a gateway, a wrong address, a
 * redirect. A server of the API answers 200, also with a failure.
 *
 * `excerpt` is the first 256 characters of the body. `outcome` is `"notRun"` where the request was refused before it reached
 * the API: 3xx, 4xx.
 *
 * @category errors
 */
export class UnexpectedStatus extends Schema.TaggedError<UnexpectedStatus>(
  "effect-tencentcloud/UnexpectedStatus"
)("UnexpectedStatus", {
  status: Schema.Finite,
  outcome,
  host: Schema.String,
  contentType: Schema.optionalKey(Schema.String),
  excerpt: Schema.String,
  /** The `Retry-After` header: no attempt is made earlier. */
  retryAfter: Schema.optionalKey(Schema.Duration),
  message: Schema.String
}) {
  get retryClass(): "throttled" | "transient" | "never" {
    if (this.status === 429) return "throttled"
    return this.status === 408 || this.status >= 500 ? "transient" : "never"
  }
}

/**
 * The payload does not fit its schema, or has no form as parameters. Nothing was sent.
 *
 * @category errors
 */
export class InvalidRequest extends Schema.TaggedError<InvalidRequest>(
  "effect-tencentcloud/InvalidRequest"
)("InvalidRequest", {
  action: Schema.String,
  issues: Schema.Array(Schema.Struct({
    path: Schema.Array(Schema.Union([Schema.String, Schema.Finite])),
    message: Schema.String
  })),
  message: Schema.String
}) {
  get outcome(): "notRun" {
    return "notRun"
  }
  get retryClass(): "never" {
    return "never"
  }
}

/**
 * Everything that a call can fail with, besides the error classes that its action declares.
 *
 * @category models
 */
export type CallError =
  | TencentError.TencentError
  | TransportFailure
  | UnexpectedStatus
  | InvalidRequest
  | CredentialsUnavailable
