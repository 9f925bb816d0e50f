/**
 * A policy from the inside: which schedule an error has, or why it has none.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { hasProperty } from "effect/Predicate"
import * as Random from "effect/Random"
import * as Schedule from "effect/Schedule"
import type { StopReason } from "./decision.ts"

export const PolicyTypeId = "~effect-tencentcloud/TencentRetry/Policy"

/**
 * Which errors are retried, and on which schedule. `Tags` are the tags that the policy names: an effect must be able to fail
 * with each of them. `R` is what its schedules need.
 *
 * @category models
 */
export interface Policy<out Tags extends string, out R = never> {
  readonly [PolicyTypeId]: { readonly _Tags: () => Tags; readonly _R: () => R }
}

export type AnySchedule = Schedule.Schedule<unknown, unknown, never, unknown>

/** The schedule for an error, and the name under which its state is kept. */
export interface Selected {
  readonly key: string
  readonly schedule: AnySchedule
}

export interface PolicyImpl {
  readonly select: (error: unknown) => Selected | StopReason
  /** All that `select` can return, for `RetryPlan`. */
  readonly schedules: ReadonlyArray<Selected>
}

const variance = { _Tags: () => undefined as never, _R: () => undefined as never }

export const makePolicy = <Tags extends string, R>(impl: PolicyImpl): Policy<Tags, R> & PolicyImpl => ({
  [PolicyTypeId]: variance,
  ...impl
})

export const implementation = <Tags extends string, R>(policy: Policy<Tags, R>): PolicyImpl =>
  // `makePolicy` makes all values of the type.
  policy as Policy<Tags, R> & PolicyImpl

/** A policy from a table, by the value of a field such as `_tag` or `kind`. */
export const bySchedules = <Tags extends string, R>(
  field: "_tag" | "kind",
  schedules: { readonly [name: string]: Schedule.Schedule<unknown, never, never, R> | undefined }
): Policy<Tags, R> => {
  const byName = new Map<unknown, Selected>()
  for (const [key, schedule] of Object.entries(schedules)) {
    // A schedule is only given errors whose field has its key.
    if (schedule !== undefined) byName.set(key, { key, schedule: schedule as AnySchedule })
  }
  return makePolicy({
    schedules: Array.from(byName.values()),
    select: (error) => (hasProperty(error, field) ? byName.get(error[field]) : undefined) ?? "notInPolicy"
  })
}

/**
 * To the next whole second and a random part of another, for `bound` milliseconds in all. A quota counts the requests of one
 * second of the wall clock, so the next second has room; the random part keeps refused callers from filling it together.
 */
export const nextSecond = (bound: number): Schedule.Schedule<number> =>
  Schedule.forever.pipe(
    Schedule.modifyDelay(({ now }) =>
      Effect.map(Random.next, (random) => Duration.millis(1000 - now % 1000 + random * 1000))
    ),
    Schedule.while(({ duration, elapsed }) => elapsed + Duration.toMillis(duration) <= bound)
  )
