/**
 * What a client does after a failure by default, for a call that only reads and for one that changes something.
 */
import { type ErrorKind, type Failure, TencentRetry } from "effect-tencentcloud"
import * as RetryPlan from "effect-tencentcloud/RetryPlan"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"

/** Whether a call is repeated after a failure: on which schedule, or why not. */
export type Verdict =
  | {
    readonly retried: true
    readonly retryClass: Exclude<ErrorKind.RetryClass, "never">
    /** At most so many times. */
    readonly times: number
    /** All waits together take no longer, in milliseconds. */
    readonly withinMillis: number
  }
  | { readonly retried: false; readonly reason: TencentRetry.StopReason }

/** The verdicts for a call that only reads, and for one that changes something. */
export interface Verdicts {
  readonly reading: Verdict
  readonly changing: Verdict
}

/** The two default policies. */
export const policies = { reading: TencentRetry.idempotent, changing: TencentRetry.mutating } as const

/** The sum of some waits, in milliseconds. */
const totalMillis = (waits: ReadonlyArray<Duration.Duration>): number =>
  Math.round(waits.reduce((sum, wait) => sum + Duration.toMillis(wait), 0))

/** The schedules of a policy as data. */
export type Descriptions = ReadonlyArray<RetryPlan.Description>

/**
 * What the client does after a response that is not JSON, where the call only reads: as after a transient failure, and twice. No
 * policy says so.
 */
const notJson = (descriptions: Descriptions): Descriptions =>
  descriptions.filter(({ name }) => name === "transient").map(({ median, worst, ...transient }) => ({
    ...transient,
    name: "malformed",
    tags: ["malformed, where it is not JSON"],
    kinds: ["malformed"],
    median: median.slice(0, 2),
    worst: worst.slice(0, 2)
  }))

/** All that a client does by default. A schedule without kinds is for failures after which nothing ran. */
export const plans: Effect.Effect<{ readonly [Call in keyof typeof policies]: Descriptions }> = Effect.all({
  reading: Effect.map(RetryPlan.describe(policies.reading), (all) => [...all, ...notJson(all)]),
  changing: RetryPlan.describe(policies.changing)
})

/** The schedule of that name for a call that only reads. */
const scheduleOf = (
  name: string,
  retryClass: Exclude<ErrorKind.RetryClass, "never">
): Effect.Effect<Verdict> =>
  Effect.map(plans, ({ reading }) => {
    const { median = [], worst = [] } = reading.find((description) => description.name === name) ?? {}
    return {
      retried: true,
      retryClass,
      times: Math.max(median.length, worst.length),
      withinMillis: Math.max(totalMillis(median), totalMillis(worst))
    }
  })

/** The body of a response that is not JSON: of a proxy, or cut. */
const isNotJson = (error: Failure.Failure): boolean =>
  error._tag === "MalformedResponse" && error.body !== undefined && typeof Redacted.value(error.body) === "string"

const verdict = (error: Failure.Failure, idempotent: boolean): Effect.Effect<Verdict> => {
  if (idempotent && isNotJson(error)) return scheduleOf("malformed", "transient")
  const decision = TencentRetry.decide(error, { idempotent })
  return decision._tag === "Retry"
    ? scheduleOf(decision.class, decision.class)
    : Effect.succeed({ retried: false, reason: decision.reason })
}

/** What the default policies do after an error. */
export const verdicts = (error: Failure.Failure): Effect.Effect<Verdicts> =>
  Effect.all({ reading: verdict(error, true), changing: verdict(error, false) })
