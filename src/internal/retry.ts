/**
 * The machinery behind `TencentRetry` and the client: what a policy is inside, the state of one retried call, and the loop.
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { hasProperty } from "effect/Predicate"
import * as Pull from "effect/Pull"
import * as Random from "effect/Random"
import * as Result from "effect/Result"
import * as Schedule from "effect/Schedule"
import type { RetryClass } from "../ErrorKind.ts"
import type { Attempt, Budget as PublicBudget, Decision, History, Options, Policy, Retryable } from "../TencentRetry.ts"
import type { Budget } from "./budget.ts"
import { monotonic } from "./time.ts"

// ---------------------------------------------------------------------------------------------------------------------
// Errors
// ---------------------------------------------------------------------------------------------------------------------

export const tagOf = (error: unknown): string | undefined =>
  hasProperty(error, "_tag") && typeof error._tag === "string" ? error._tag : undefined

const retryClasses: ReadonlySet<unknown> = /*#__PURE__*/ new Set<RetryClass>([
  "never",
  "credentials",
  "throttled",
  "replay",
  "transient",
  "maintenance"
])

export const isRetryable = (error: unknown): error is Retryable =>
  hasProperty(error, "retryClass") && retryClasses.has(error.retryClass)

// What is known about an error is kept beside it, not in it: an error stays what the server said, equal to another one and
// the same in JSON.
const histories = /*#__PURE__*/ new WeakMap<object, History>()
const finals = /*#__PURE__*/ new WeakMap<object, Final>()
const unknownOutcomes = /*#__PURE__*/ new WeakSet<object>()

const isObject = (u: unknown): u is object => typeof u === "object" && u !== null

/** Remembers that the action may have run, whatever the class of the error says. */
export const markOutcomeUnknown = (error: unknown): void => {
  if (isObject(error)) unknownOutcomes.add(error)
}

export const decide = (error: Retryable, options: { readonly idempotent: boolean }): Decision => {
  const { outcome, retryClass } = error
  // The other classes are refusals before the action ran: by the quota, the replay check, the credentials check, or a closed
  // action.
  const mayHaveRun = outcome === "unknown" || unknownOutcomes.has(error) ||
    retryClass === "transient" && outcome !== "notRun"
  if (mayHaveRun && !options.idempotent) return { _tag: "Stop", reason: "outcomeUnknown" }
  return retryClass === "never" ? { _tag: "Stop", reason: "permanent" } : { _tag: "Retry", class: retryClass }
}

/** Without a retry class nothing proves that the action did not run. */
export const provesNothingRan = (error: unknown): boolean =>
  isRetryable(error) && decide(error, { idempotent: false })._tag === "Retry"

export const historyOf = (error: unknown): History | undefined => isObject(error) ? histories.get(error) : undefined

/** What the client knows of an error that comes out of a call. */
export interface Final {
  /** No policy repeats an action that may have been executed. */
  readonly idempotent: boolean
  /** The client has retried it, or may not. A default policy around the call does not start again: retries would multiply. */
  readonly tried: boolean
}

export const markFinal = (error: unknown, final: Final): void => {
  if (isObject(error)) finals.set(error, final)
}

export const finalOf = (error: unknown): Final | undefined => isObject(error) ? finals.get(error) : undefined

// ---------------------------------------------------------------------------------------------------------------------
// Policies
// ---------------------------------------------------------------------------------------------------------------------

export type AnySchedule = Schedule.Schedule<unknown, unknown, never, unknown>

/** The schedule for an error, and the name under which its state is kept. */
export interface Selected {
  readonly key: string
  readonly schedule: AnySchedule
}

export interface PolicyImpl {
  readonly select: (error: unknown) => Selected | undefined
  /** All that `select` can give, for `describe`. */
  readonly schedules: ReadonlyArray<Selected>
}

export const PolicyTypeId = "~effect-tencentcloud/TencentRetry/Policy"

const variance = { _Tags: () => undefined as never, _R: () => undefined as never }

export const makePolicy = <Tags extends string, R>(impl: PolicyImpl): Policy<Tags, R> & PolicyImpl => ({
  [PolicyTypeId]: variance,
  ...impl
})

export const implementation = <Tags extends string, R>(policy: Policy<Tags, R>): PolicyImpl =>
  // `makePolicy` makes all values of the type.
  policy as Policy<Tags, R> & PolicyImpl

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

// `Budget.make` makes all values of the service.
export const budgetOf = (budget: PublicBudget["Service"]): Budget => budget as PublicBudget["Service"] & Budget

// ---------------------------------------------------------------------------------------------------------------------
// One retried call
// ---------------------------------------------------------------------------------------------------------------------

type Step = (now: number, error: unknown) => Pull.Pull<[unknown, Duration.Duration], never, unknown, unknown>

/** A server that says when to come back is not asked earlier. A tenth more, at random, keeps its callers apart. */
const atLeast = (delay: Duration.Duration, error: unknown): Effect.Effect<Duration.Duration> =>
  hasProperty(error, "retryAfter") && Duration.isDuration(error.retryAfter)
    ? Effect.zipWith(
      Effect.succeed(error.retryAfter),
      Random.next,
      (retryAfter, random) => Duration.max(delay, Duration.times(retryAfter, 1 + random / 10))
    )
    : Effect.succeed(delay)

const historyLength = 100

const stopped = Effect.succeed<"stop">("stop")

/**
 * The state of one retried call: asked after each failure, it gives the next attempt, or `undefined` to stop, and then keeps
 * the history of the error.
 */
export class Call<R> {
  readonly policy: PolicyImpl
  readonly options: Options
  readonly times: number
  readonly deadline: number
  readonly steps = new Map<string, Step>()
  readonly tags: Array<string> = []
  start: number | undefined
  attempt = 0
  last: Attempt = { attempt: 0, tag: "", delay: Duration.zero, elapsed: Duration.zero }

  constructor(policy: PolicyImpl, options: Options, start: number | undefined) {
    this.policy = policy
    this.options = options
    this.start = start
    this.times = options.times ?? Infinity
    this.deadline = options.deadline === undefined ? Infinity : Duration.toMillis(options.deadline)
  }

  /** Counts a failure. */
  record(now: number, error: unknown): Attempt {
    this.start ??= now
    this.attempt++
    const tag = tagOf(error) ?? ""
    this.tags.push(tag)
    if (this.tags.length > historyLength) this.tags.shift()
    return this.last = { attempt: this.attempt, tag, delay: Duration.zero, elapsed: Duration.millis(now - this.start) }
  }

  /** Keeps the history of the error that comes out. */
  stop(error: unknown, { attempt, elapsed }: Attempt): void {
    if (isObject(error)) histories.set(error, { attempts: attempt, elapsed, tags: [...this.tags] })
  }

  /** Checked in this order: the count, what is known of the error, the guard, the policy. */
  select(error: unknown): Selected | undefined {
    if (this.attempt > this.times) return undefined
    const final = finalOf(error)
    const guarded = this.options.idempotent === false || final?.idempotent === false
    if (guarded && !provesNothingRan(error)) return undefined
    return this.policy.select(error)
  }

  /** The delay before the next attempt, or "stop": the schedule has ended, or the delay would end after the deadline. */
  delay(
    now: number,
    wall: number,
    error: unknown,
    { key, schedule }: Selected
  ): Effect.Effect<Duration.Duration | "stop", never, R> {
    const step = this.steps.get(key)
    const ready = step === undefined
      ? Effect.map(Schedule.toStep(schedule), (step) => {
        this.steps.set(key, step)
        return step
      })
      : Effect.succeed(step)
    const delay = Effect.flatMap(ready, (step) => step(wall, error)).pipe(
      Effect.flatMap(([, delay]) => atLeast(delay, error)),
      Effect.map((delay) => {
        // Timers count whole milliseconds, and fractions would add up to a moment after the deadline.
        const wait = Math.floor(Duration.toMillis(delay))
        return now + wait > this.start! + this.deadline ? "stop" as const : Duration.millis(wait)
      }),
      Pull.catchDone(() => stopped)
    )
    // The services of the schedules are those in the type of the policy.
    return delay as Effect.Effect<Duration.Duration | "stop", never, R>
  }

  /** `wall` is the time of day, for schedules that depend on it. */
  next(now: number, wall: number, error: unknown): Effect.Effect<Attempt | undefined, never, R> {
    const failed = this.record(now, error)
    const selected = this.select(error)
    const delay = selected === undefined ? stopped : this.delay(now, wall, error, selected)
    return Effect.map(delay, (delay) => {
      if (delay !== "stop") return { ...failed, delay }
      this.stop(error, failed)
      return undefined
    })
  }
}

/** What the client adds to the loop. */
export interface Hooks<E, R> {
  /** Asked first after a failure; `false` stops. */
  readonly onFailure?: (error: E) => Effect.Effect<boolean, never, R>
  /** Told how long an attempt took that succeeded, in milliseconds. */
  readonly onSuccess?: (millis: number) => void
  /** Told before a delay. */
  readonly onRetry?: (attempt: Attempt) => Effect.Effect<void, never, R>
  /** Run before each attempt. Its failure comes out as it is. */
  readonly before?: Effect.Effect<void, E, R>
  /** A response that took longer, in milliseconds, is a sign of load. */
  readonly healthyWithin?: number
}

/** Failures of a server that is not there, or not able. Those that it refuses on purpose say nothing about its health. */
const isOutage = (error: unknown): boolean =>
  isRetryable(error) && (error.retryClass === "transient" || error.retryClass === "maintenance")

/** A refusal by a server that works, which is as good a sign of its health as a success. */
const isRefusal = (error: unknown): boolean =>
  isRetryable(error) && !isOutage(error) && hasProperty(error, "code") && typeof error.code === "number"

/** Tokens that a retry takes. A refusal by a healthy server is free: it has bounds of its own. */
const costOf = (error: unknown): number => {
  if (!isRetryable(error)) return 1
  switch (error.retryClass) {
    case "throttled":
    case "replay":
    case "credentials":
      return 0
    default:
      return error.retryCost ?? 1
  }
}

export const run = <A, E, R, R2>(
  self: Effect.Effect<A, E, R>,
  policy: PolicyImpl,
  options: Options,
  budget: Budget | undefined,
  hooks: Hooks<E, R2> = {}
): Effect.Effect<A, E, R | R2> =>
  Clock.clockWith((clock) => {
    type Run = Effect.Effect<A, E, R | R2>
    const start = monotonic(clock)
    const healthyWithin = hooks.healthyWithin ?? Infinity
    let call: Call<R2> | undefined

    /** One attempt that took `cost` tokens. It fails only with what comes out as it is. `started` is told when it begins. */
    const attempt = (cost: number, started?: () => void): Effect.Effect<Result.Result<A, E>, E, R | R2> => {
      const made = Effect.suspend(() => {
        const begun = monotonic(clock)
        started?.()
        return Effect.match(self, {
          onSuccess: (value): Result.Result<A, E> => {
            const millis = monotonic(clock) - begun
            budget?.answered(cost, millis > healthyWithin)
            hooks.onSuccess?.(millis)
            return Result.succeed(value)
          },
          onFailure: (error) => {
            if (isRefusal(error)) budget?.answered(cost, monotonic(clock) - begun > healthyWithin)
            return Result.fail(error)
          }
        })
      })
      if (hooks.before === undefined) return made
      return Effect.matchEffect(hooks.before, {
        onSuccess: () => made,
        onFailure: (error) => {
          call?.stop(error, call.last)
          return Effect.fail(error)
        }
      })
    }

    const onResult = (result: Result.Result<A, E>): Run =>
      Result.isSuccess(result) ? Effect.succeed(result.success) : onError(result.failure)

    const onError = (error: E): Run => {
      const state = call ??= new Call<R2>(policy, options, start)
      if (isOutage(error)) budget?.failed()
      const allowed = hooks.onFailure === undefined ? Effect.succeed(true) : hooks.onFailure(error)
      return Effect.flatMap(allowed, (allowed) => {
        const now = monotonic(clock)
        if (!allowed) {
          state.stop(error, state.record(now, error))
          return Effect.fail(error)
        }
        return Effect.flatMap(state.next(now, clock.currentTimeMillisUnsafe(), error), (next) => {
          if (next === undefined) return Effect.fail(error)
          const told = hooks.onRetry === undefined ? Effect.void : hooks.onRetry(next)
          return told.pipe(
            Effect.andThen(Effect.sleep(next.delay)),
            Effect.andThen(again(error, next, start + state.deadline))
          )
        })
      })
    }

    /** The next attempt, when it has its tokens, and all that follow. */
    const again = (error: E, next: Attempt, end: number): Run => {
      const price = costOf(error)
      if (budget === undefined || price === 0) return Effect.flatMap(attempt(0), onResult)
      const cost = budget.price(price)
      const paid = Effect.uninterruptibleMask((restore) =>
        Effect.flatMap(budget.take(cost, end - monotonic(clock), restore), (taken) => {
          // Waiting can use up the time: an attempt without any would hide what the server said.
          const late = monotonic(clock) >= end
          if (taken && late) budget.giveBack(cost)
          if (!taken || late) {
            call?.stop(error, next)
            return Effect.fail(error)
          }
          let made = false
          return Effect.onExit(restore(attempt(cost, () => made = true)), () =>
            made ? Effect.void : Effect.sync(() => budget.giveBack(cost)))
        })
      )
      return Effect.flatMap(paid, onResult)
    }

    return Effect.flatMap(attempt(0), onResult)
  })
