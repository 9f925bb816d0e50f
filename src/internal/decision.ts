/**
 * Whether a failure may be retried, from its fields alone.
 */
import type * as Duration from "effect/Duration"
import { hasProperty } from "effect/Predicate"
import type * as ErrorKind from "../ErrorKind.ts"

/**
 * What an error says about retrying it.
 *
 * @category models
 */
export interface Retryable {
  /** The condition under which a retry can help. */
  readonly retryClass: ErrorKind.RetryClass
  /** Whether the action ran. An error that does not say it may have run it. */
  readonly outcome?: ErrorKind.Outcome
  /** The shortest delay that the server asks for. */
  readonly retryAfter?: Duration.Duration
  /** The tokens that a retry takes from the budget, 1 by default. More for a sign of overload, such as a timeout. */
  readonly retryCost?: number
}

/**
 * Why no other attempt is made:
 *
 * - `permanent`: the same request would fail again
 * - `outcomeUnknown`: the action may have run, and running it twice would not be the same as once
 * - `notInPolicy`: the policy has no schedule for the failure
 * - `scheduleEnded`: the schedule of the failure has ended
 * - `attempts`: there were as many attempts as are allowed
 * - `deadline`: the next attempt would begin too late
 * - `budget`: the retry got no tokens of the budget in time
 * - `credentialsUnchanged`: there are no other credentials than the refused ones
 *
 * @category models
 */
export type StopReason =
  | "permanent"
  | "outcomeUnknown"
  | "notInPolicy"
  | "scheduleEnded"
  | "attempts"
  | "deadline"
  | "budget"
  | "credentialsUnchanged"

/**
 * Whether a failure may be retried, and on which condition.
 *
 * @category models
 */
export type Decision =
  | { readonly _tag: "Retry"; readonly class: Exclude<ErrorKind.RetryClass, "never"> }
  | { readonly _tag: "Stop"; readonly reason: "permanent" | "outcomeUnknown" }

const retryClasses: ReadonlySet<unknown> = /*#__PURE__*/ new Set<ErrorKind.RetryClass>([
  "never",
  "credentials",
  "throttled",
  "replay",
  "transient",
  "maintenance"
])

/** Whether the error has a known retry class. */
export const isRetryable = (error: unknown): error is Retryable =>
  hasProperty(error, "retryClass") && retryClasses.has(error.retryClass)

/** Whether the error says that the action did not run. */
export const isNotRun = (error: unknown): boolean => hasProperty(error, "outcome") && error.outcome === "notRun"

const stop = (reason: "permanent" | "outcomeUnknown"): Decision => ({ _tag: "Stop", reason })

/** Why an action that may not run twice is not repeated after a failure that does not say that it did not run. */
export const reasonToRunOnce = (error: unknown): "permanent" | "outcomeUnknown" =>
  isRetryable(error) && error.retryClass === "never" && (error.outcome === "ran" || error.outcome === "partial")
    ? "permanent"
    : "outcomeUnknown"

export const decide = (error: Retryable, { idempotent }: { readonly idempotent: boolean }): Decision => {
  if (!idempotent && !isNotRun(error)) return stop(reasonToRunOnce(error))
  return isRetryable(error) && error.retryClass !== "never"
    ? { _tag: "Retry", class: error.retryClass }
    : stop("permanent")
}
