/**
 * One table of meanings for all failures of all calls. An error has a *kind*, such as `notFound`; its category, its retry class
 * and its usual outcome follow from the kind. Programs branch on kinds where codes are too many.
 *
 * It is data and nothing else: the words of the kinds are in `ErrorKindText`, the handlers by kind in `Failure`.
 */

/**
 * The area a failure belongs to, for handling many kinds alike.
 *
 * @category models
 */
export type Category =
  | "Request"
  | "Authentication"
  | "Authorization"
  | "Throttling"
  | "Replay"
  | "Resource"
  | "Billing"
  | "Partial"
  | "Server"
  | "Transport"
  | "Response"
  | "Unknown"

/**
 * The condition under which a retry can help:
 *
 * - `never`: no repetition helps, because the same request fails again
 * - `credentials`: other credentials than the refused ones, once
 * - `throttled`: a later moment, when the quota has room again
 * - `replay`: an unused nonce and a corrected clock, at once
 * - `transient`: time
 * - `maintenance`: more time
 *
 * It says nothing about whether a repetition is safe: that is the {@link Outcome}.
 *
 * @category models
 */
export type RetryClass = "never" | "credentials" | "throttled" | "replay" | "transient" | "maintenance"

/**
 * Whether the action of a failed call ran:
 *
 * - `notRun`: nothing ran, so the call can be made again
 * - `ran`: it ran, and only its response could not be read
 * - `partial`: it ran for a part of a batch
 * - `unknown`: nothing proves that it did not run: look at the state of the resource before you act again
 *
 * @category models
 */
export type Outcome = (typeof outcomes)[number]

/**
 * All values of {@link Outcome}.
 *
 * @category models
 */
export const outcomes = ["notRun", "ran", "partial", "unknown"] as const

/**
 * The meaning of a kind.
 *
 * @category models
 */
export interface Row {
  /** The area that the kind belongs to. */
  readonly category: Category
  /** The condition under which a retry can help. */
  readonly retryClass: RetryClass
  /** Whether the action ran, where nothing else is known. */
  readonly outcome: Outcome
}

/**
 * The meaning of every kind. Some classes narrow their row: a refused certificate is `transport` and is never retried. The
 * retry class and the outcome of a `transport` failure depend on its reason, and `malformed` has the outcome `ran` where the
 * response says that the action succeeded.
 *
 * **Example** (From kind to meaning)
 *
 * ```ts
 * import { ErrorKind } from "effect-tencentcloud"
 *
 * const { category, outcome, retryClass } = ErrorKind.table.throttled
 * console.log(category, retryClass, outcome) // => Throttling throttled notRun
 * ```
 *
 * @category lookup
 */
// dprint-ignore
export const table = {
  /** The request is wrong: a parameter is missing, malformed or out of range. */
  request: { category: "Request", retryClass: "never", outcome: "notRun" },
  /** The action, its version or the way it was asked for is not supported. */
  unsupported: { category: "Request", retryClass: "never", outcome: "notRun" },
  /** The caller could not be authenticated, and other credentials would not help. */
  authentication: { category: "Authentication", retryClass: "never", outcome: "notRun" },
  /** The credentials were refused: wrong, expired or disabled. */
  credentials: { category: "Authentication", retryClass: "credentials", outcome: "notRun" },
  /** The caller may not do this. */
  permission: { category: "Authorization", retryClass: "never", outcome: "notRun" },
  /** Too many requests at the moment. */
  throttled: { category: "Throttling", retryClass: "throttled", outcome: "notRun" },
  /** The nonce was used before, or the clock is wrong. */
  replay: { category: "Replay", retryClass: "replay", outcome: "notRun" },
  /** There is no such resource. */
  notFound: { category: "Resource", retryClass: "never", outcome: "notRun" },
  /** There is such a resource already. */
  exists: { category: "Resource", retryClass: "never", outcome: "notRun" },
  /** The resource is in use by something else. */
  inUse: { category: "Resource", retryClass: "never", outcome: "notRun" },
  /** Another operation on the resource is under way. */
  busy: { category: "Resource", retryClass: "never", outcome: "notRun" },
  /** The state of the resource does not allow the operation. */
  wrongState: { category: "Resource", retryClass: "never", outcome: "notRun" },
  /** The account has as many resources as it may have. */
  limitExceeded: { category: "Resource", retryClass: "never", outcome: "notRun" },
  /** The operation failed. Nothing says that it had no effect. */
  operationFailed: { category: "Resource", retryClass: "transient", outcome: "unknown" },
  /** The balance of the account does not cover it. */
  balance: { category: "Billing", retryClass: "never", outcome: "notRun" },
  /** The account has not passed identity verification. */
  identity: { category: "Billing", retryClass: "never", outcome: "notRun" },
  /** Not in stock, or not for sale in this configuration. */
  soldOut: { category: "Billing", retryClass: "never", outcome: "notRun" },
  /** A part of a batch succeeded. */
  partial: { category: "Partial", retryClass: "never", outcome: "partial" },
  /** A fault inside the server. */
  internal: { category: "Server", retryClass: "transient", outcome: "unknown" },
  /** The server did not finish in time. */
  timeout: { category: "Server", retryClass: "transient", outcome: "unknown" },
  /** The server has more work than it can do. */
  overload: { category: "Server", retryClass: "transient", outcome: "unknown" },
  /** The action is closed for maintenance. */
  unavailable: { category: "Server", retryClass: "maintenance", outcome: "notRun" },
  /** A dry run that would have succeeded. */
  dryRun: { category: "Request", retryClass: "never", outcome: "notRun" },
  /** There is no complete response. */
  transport: { category: "Transport", retryClass: "transient", outcome: "unknown" },
  /** The response cannot be read. */
  malformed: { category: "Response", retryClass: "never", outcome: "unknown" },
  /** A code whose meaning is not known. */
  unknown: { category: "Unknown", retryClass: "never", outcome: "unknown" }
} as const satisfies { readonly [kind: string]: Row }

/**
 * What a failure means: `"notFound"`, `"throttled"`, and the other keys of {@link table}.
 *
 * @category models
 */
export type ErrorKind = keyof typeof table

/**
 * The meaning of the kind `K`, with its literal values.
 *
 * @category models
 */
export type RowOf<K extends ErrorKind> = (typeof table)[K]
