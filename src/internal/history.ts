/**
 * What happened before an error came out, kept beside the error: an error stays what the server said, equal to another one and
 * the same in JSON.
 */
import type * as Duration from "effect/Duration"
import { isObjectOrArray } from "effect/Predicate"
import type { StopReason } from "./decision.ts"

/**
 * What happened before an error came out of `retry`.
 *
 * @category models
 */
export interface History {
  /** How often the effect ran: 1 when nothing was retried. */
  readonly attempts: number
  /** From the start of the first attempt to the failure of the last. */
  readonly elapsed: Duration.Duration
  /** The tags of the failures in order, the last one included; of the last 100 where there were more. */
  readonly tags: ReadonlyArray<string>
  /** Why there was no other attempt. */
  readonly stopped: StopReason
  /** How long retries waited for tokens of the budget in all, where any did. */
  readonly queued?: Duration.Duration
}

/** What a client says of an error of its call to the policies around the call. */
export interface OfCall {
  /** No policy repeats an action that may have run. */
  readonly idempotent: boolean
  /** The client has retried it, or may not. A default policy around the call does not start again: retries would multiply. */
  readonly tried: boolean
}

const histories = /*#__PURE__*/ new WeakMap<object, History>()
const calls = /*#__PURE__*/ new WeakMap<object, OfCall>()

export const historyOf = (error: unknown): History | undefined =>
  isObjectOrArray(error) ? histories.get(error) : undefined

export const setHistory = (error: unknown, history: History): void => {
  if (isObjectOrArray(error)) histories.set(error, history)
}

export const callOf = (error: unknown): OfCall | undefined => isObjectOrArray(error) ? calls.get(error) : undefined

export const setCall = (error: unknown, call: OfCall): void => {
  if (isObjectOrArray(error)) calls.set(error, call)
}
