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
 * with each of them. `R` is what its schedules need. `Reads` has the tags whose schedules read more of an error than its tag,
 * with the error that they read.
 *
 * @category models
 */
export interface Policy<out Tags extends string, out R = never, in Reads = {}> {
  readonly [PolicyTypeId]: {
    readonly _Tags: () => Tags
    readonly _R: () => R
    readonly _Reads: (reads: Reads) => void
  }
}

/** The tags of the errors that have one. */
export type TagOf<E> = E extends { readonly _tag: infer Tag extends string } ? Tag : never

/**
 * A policy for an effect that fails with `E`: it names no other tags, and its schedules read no more than these errors have.
 *
 * @category models
 */
export type PolicyFor<E, R = never> = Policy<
  TagOf<E>,
  R,
  { readonly [T in TagOf<E>]: Extract<E, { readonly _tag: T }> }
>

export type AnySchedule = Schedule.Schedule<unknown, unknown, never, unknown>

/** A schedule of a policy. The state of a call is kept for each, also where two have one name. */
export interface Selected {
  /** The tag, the kind, or the retry class. */
  readonly name: string
  readonly schedule: AnySchedule
}

export interface PolicyImpl {
  readonly select: (error: unknown) => Selected | StopReason
  /** All schedules that `select` can return, for `RetryPlan`. */
  readonly schedules: ReadonlyArray<Selected>
}

const variance = { _Tags: () => undefined as never, _R: () => undefined as never, _Reads: () => {} }

export const makePolicy = <Tags extends string, R, Reads = {}>(
  impl: PolicyImpl
): Policy<Tags, R, Reads> & PolicyImpl => ({
  [PolicyTypeId]: variance,
  ...impl
})

export const implementation = <Tags extends string, R, Reads>(policy: Policy<Tags, R, Reads>): PolicyImpl =>
  // `makePolicy` makes all values of the type.
  policy as Policy<Tags, R, Reads> & PolicyImpl

/** A policy from a table, by the value of a field such as `_tag` or `kind`. */
export const bySchedules = <Tags extends string, R, Reads = {}>(
  field: "_tag" | "kind",
  schedules: { readonly [name: string]: Schedule.Schedule<unknown, never, never, unknown> | undefined }
): Policy<Tags, R, Reads> => {
  const byName = new Map<unknown, Selected>()
  for (const [name, schedule] of Object.entries(schedules)) {
    // A schedule is only given errors whose field has its name.
    if (schedule !== undefined) byName.set(name, { name, schedule: schedule as AnySchedule })
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
