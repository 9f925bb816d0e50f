/**
 * The failure of a request that has no complete response, with the reason.
 */
import * as Schema from "effect/Schema"
import * as internal from "./internal/failure.ts"

/**
 * All reasons of a {@link TransportFailure}.
 *
 * - Nothing was sent: `DnsTemporary`, `DnsNotFound`, `ConnectionRefused`, `Unreachable`, `ConnectTimeout`, `NotConnected`,
 *   `ProxyRefused`, `ProxyUnavailable`, `TlsHandshake`, `Certificate`, `InvalidAddress`.
 * - The request may have arrived: `ConnectionLost`, `AttemptTimeout`, `TruncatedBody`, `BodyTooLarge`, `NotHttp`, `Unknown`.
 * - A stream of events ended before its end: `TruncatedBody`, `IdleTimeout`, `EventTooLarge`.
 *
 * @category models
 */
export const reasons = [
  "DnsTemporary",
  "DnsNotFound",
  "ConnectionRefused",
  "Unreachable",
  "ConnectTimeout",
  "NotConnected",
  "ProxyRefused",
  "ProxyUnavailable",
  "TlsHandshake",
  "Certificate",
  "InvalidAddress",
  "ConnectionLost",
  "AttemptTimeout",
  "TruncatedBody",
  "BodyTooLarge",
  "IdleTimeout",
  "EventTooLarge",
  "NotHttp",
  "Unknown"
] as const

/**
 * Why there is no complete response.
 *
 * @category models
 */
export type Reason = (typeof reasons)[number]

const permanent: ReadonlySet<Reason> = /*#__PURE__*/ new Set<Reason>([
  "Certificate",
  "ProxyRefused",
  "InvalidAddress",
  "BodyTooLarge",
  "EventTooLarge"
])

/**
 * There is no complete response. `outcome` is `notRun` where nothing was sent. A wrong certificate, a proxy that refuses, an
 * address that the HTTP client does not take, and a body or an event that is too large are never retried, the others as
 * transient failures.
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
  /**
   * The error code of the runtime, such as `ECONNREFUSED`; the name of an error without one, such as `HTTPParserError`; or the
   * status, such as `407`, with which a proxy refuses.
   */
  code: /*#__PURE__*/ Schema.optionalKey(Schema.String),
  message: Schema.String,
  ...internal.callFields
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
    return permanent.has(this.reason) ? "never" : "transient"
  }
  /** A timeout is the sign of an overloaded server: a retry after one takes three tokens of the budget. */
  get retryCost(): number {
    return this.reason === "AttemptTimeout" ? 3 : 1
  }
}
