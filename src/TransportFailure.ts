/**
 * The failure of a request that has no complete response, with the reason.
 */
import * as Schema from "effect/Schema"
import * as internal from "./internal/failure.ts"

/**
 * All reasons of a {@link TransportFailure}.
 *
 * - Nothing was sent: `DnsTemporary`, `DnsNotFound`, `ConnectionRefused`, `Unreachable`, `ConnectTimeout`, `TlsHandshake`,
 *   `Certificate`.
 * - The request may have arrived: `ConnectionLost`, `AttemptTimeout`, `TruncatedBody`, `BodyTooLarge`, `Unknown`.
 *
 * @category models
 */
export const reasons = [
  "DnsTemporary",
  "DnsNotFound",
  "ConnectionRefused",
  "Unreachable",
  "ConnectTimeout",
  "TlsHandshake",
  "Certificate",
  "ConnectionLost",
  "AttemptTimeout",
  "TruncatedBody",
  "BodyTooLarge",
  "Unknown"
] as const

/**
 * Why there is no complete response.
 *
 * @category models
 */
export type Reason = (typeof reasons)[number]

/**
 * There is no complete response. `outcome` is `notRun` where nothing was sent. A wrong certificate and a body that is too large
 * are never retried, the others as transient failures.
 *
 * **Example** (Nothing was sent)
 *
 * ```ts
 * import { TransportFailure } from "effect-tencentcloud"
 *
 * const error = new TransportFailure.TransportFailure({
 *   reason: "ConnectionRefused",
 *   outcome: "notRun",
 *   host: "127.0.0.1",
 *   message: "The connection was refused."
 * })
 * console.log(error.kind, error.retryClass, error.outcome) // => transport transient notRun
 * ```
 *
 * @category errors
 */
export class TransportFailure extends /*#__PURE__*/ (/*#__PURE__*/ internal.failureClass<TransportFailure>(
  "effect-tencentcloud/TransportFailure"
))("TransportFailure", {
  /** Why there is no complete response. */
  reason: /*#__PURE__*/ Schema.Literals(reasons),
  outcome: internal.outcome,
  /** The name of the host that was asked. */
  host: Schema.String,
  /** The error code of the runtime, such as `ECONNREFUSED`. */
  code: /*#__PURE__*/ Schema.optionalKey(Schema.String),
  message: Schema.String,
  action: internal.action
}, { description: "A request without a complete response" }) {
  /** The meaning of the failure. */
  get kind(): "transport" {
    return "transport"
  }
  /** The area of the kind. */
  get category(): "Transport" {
    return "Transport"
  }
  /** The condition under which a retry can help, from the reason. */
  get retryClass(): "transient" | "never" {
    return this.reason === "Certificate" || this.reason === "BodyTooLarge" ? "never" : "transient"
  }
  /** A timeout is the sign of an overloaded server: a retry after one takes three tokens of the budget. */
  get retryCost(): number {
    return this.reason === "AttemptTimeout" ? 3 : 1
  }
}
