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
export const totalMillis = (waits: ReadonlyArray<Duration.Duration>): number =>
  Math.round(waits.reduce((sum, wait) => sum + Duration.toMillis(wait), 0))

/** The schedule of a retry class. */
const scheduleOf = (retryClass: Exclude<ErrorKind.RetryClass, "never">, most = Infinity): Effect.Effect<Verdict> =>
  Effect.map(RetryPlan.describe(policies.reading), (descriptions) => {
    const found = descriptions.find(({ name }) => name === retryClass)
    const median = found?.median.slice(0, most) ?? []
    const worst = found?.worst.slice(0, most) ?? []
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
  // `TencentRetry` does not repeat it. The client does, for a call that only reads: twice.
  if (idempotent && isNotJson(error)) return scheduleOf("transient", 2)
  const decision = TencentRetry.decide(error, { idempotent })
  return decision._tag === "Retry"
    ? scheduleOf(decision.class)
    : Effect.succeed({ retried: false, reason: decision.reason })
}

/** What the default policies do after an error. */
export const verdicts = (error: Failure.Failure): Effect.Effect<Verdicts> =>
  Effect.all({ reading: verdict(error, true), changing: verdict(error, false) })
