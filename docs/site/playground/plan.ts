/**
 * What the default policies do after a failure, and the drawing of the waits that they lead to.
 */
import type { Failure } from "effect-tencentcloud/Failure"
import * as RetryPlan from "effect-tencentcloud/RetryPlan"
import * as TencentRetry from "effect-tencentcloud/TencentRetry"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"

/** The attempts of one course of events, on an axis from 0 to 1. */
export interface Course {
  readonly name: "median" | "worst"
  readonly attempts: ReadonlyArray<number>
  /** From the first attempt to the last, in milliseconds. */
  readonly millis: number
}

export interface Plan {
  /** Why there is no other attempt, if there is none. */
  readonly stopped: "permanent" | "outcomeUnknown" | undefined
  /** Empty where there is no other attempt. */
  readonly courses: ReadonlyArray<Course>
}

const courseOf = (name: Course["name"], waits: ReadonlyArray<Duration.Duration>, axis: number): Course => {
  let millis = 0
  const attempts = [0, ...waits.map((wait) => (millis += Duration.toMillis(wait)) / axis)]
  return { name, attempts, millis }
}

const total = (waits: ReadonlyArray<Duration.Duration>): number =>
  waits.reduce((sum, wait) => sum + Duration.toMillis(wait), 0)

const descriptions = Effect.runSync(RetryPlan.describe(TencentRetry.idempotent))

/** What happens after a failure of an action that only reads, or of one that changes something. */
export const planOf = (failure: Failure, options: { readonly idempotent: boolean }): Plan => {
  const decision = TencentRetry.decide(failure, options)
  if (decision._tag === "Stop") return { stopped: decision.reason, courses: [] }
  const description = descriptions.find(({ name }) => name === decision.class)
  if (description === undefined) return { stopped: undefined, courses: [] }
  const { median, worst } = description
  const axis = Math.max(1, total(worst), total(median))
  return { stopped: undefined, courses: [courseOf("median", median, axis), courseOf("worst", worst, axis)] }
}

/** A time in words that are numbers: `300 ms`, `6.2 s`. */
export const seconds = (millis: number): string =>
  millis < 1000 ? `${Math.round(millis)} ms` : `${(millis / 1000).toFixed(1)} s`
