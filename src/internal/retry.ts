/**
 * The machinery behind `TencentRetry` and the client: what a policy is inside, the state of one retried call, and the loop.
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { hasProperty } from "effect/Predicate"
import * as Pull from "effect/Pull"
import * as Random from "effect/Random"
import * as Schedule from "effect/Schedule"
import type * as ErrorCode from "../ErrorCode.ts"
import type { Attempt, Budget as PublicBudget, Decision, History, Options, Policy, Retryable } from "../TencentRetry.ts"
import type { Budget } from "./budget.ts"
import { monotonic } from "./time.ts"

// ---------------------------------------------------------------------------------------------------------------------
// Errors
// ---------------------------------------------------------------------------------------------------------------------

export const tagOf = (error: unknown): string | undefined =>
  hasProperty(error, "_tag") && typeof error._tag === "string" ? error._tag : undefined

const retryClasses: ReadonlySet<unknown> = /*#__PURE__*/ new Set<ErrorCode.RetryClass>([
  "never",
  "credentials",
  "throttled",
  "replay",
  "transient",
  "maintenance"
])

export const isRetryable = (error: unknown): error is Retryable =>
  hasProperty(error, "retryClass") && retryClasses.has(error.retryClass)

const outcomeUnknown: Decision = { _tag: "Stop", reason: "outcomeUnknown" }

export const decide = (error: Retryable, options: { readonly idempotent: boolean }): Decision => {
  switch (error.retryClass) {
    case "never":
      return options.idempotent || error.outcome !== "unknown" ? { _tag: "Stop", reason: "permanent" } : outcomeUnknown
    // Refused before the action ran: by the quota, the replay check, the credentials check, or a closed action.
    case "throttled":
    case "replay":
    case "credentials":
    case "maintenance":
      return { _tag: "Retry", class: error.retryClass }
    case "transient":
      return options.idempotent || error.outcome === "notSent"
        ? { _tag: "Retry", class: "transient" }
        : outcomeUnknown
  }
}

/** Without a retry class nothing proves that the action did not run. */
const provesNothingRan = (error: unknown): boolean =>
  isRetryable(error) && decide(error, { idempotent: false })._tag === "Retry"

// What is known about an error is kept beside it, not in it: an error stays what the server said, equal to another one and
// the same in JSON.
const histories = /*#__PURE__*/ new WeakMap<object, History>()
const finals = /*#__PURE__*/ new WeakMap<object, { readonly idempotent: boolean }>()

const isObject = (u: unknown): u is object => typeof u === "object" && u !== null

export const historyOf = (error: unknown): History | undefined => isObject(error) ? histories.get(error) : undefined

/**
 * Remembers that the client has tried all it may. A default policy around the call does not start again (retries would
 * multiply), and no policy repeats an action that may have been executed.
 */
export const markFinal = (error: unknown, options: { readonly idempotent: boolean }): void => {
  if (isObject(error)) finals.set(error, options)
}

export const finalOf = (error: unknown): { readonly idempotent: boolean } | undefined =>
  isObject(error) ? finals.get(error) : undefined

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
  readonly onRetry?: (attempt: Attempt, error: E) => Effect.Effect<void, never, R>
  /** Run before each attempt. Its failure comes out as it is. */
  readonly before?: Effect.Effect<void, E, R>
  /** An answer that took longer, in milliseconds, is a sign of load. */
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

    /** One attempt that took `cost` tokens, and all that follow if it fails. `started` is told when the attempt begins. */
    const attempt = (cost: number, started?: () => void): Run => {
      const handled = Effect.suspend(() => {
        const begun = monotonic(clock)
        started?.()
        return Effect.matchEffect(self, {
          onSuccess: (value) => {
            const millis = monotonic(clock) - begun
            budget?.answered(cost, millis > healthyWithin)
            hooks.onSuccess?.(millis)
            return Effect.succeed(value)
          },
          onFailure: (error) => {
            if (isRefusal(error)) budget?.answered(cost, monotonic(clock) - begun > healthyWithin)
            return onError(error)
          }
        })
      })
      if (hooks.before === undefined) return handled
      return Effect.matchEffect(hooks.before, {
        onSuccess: () => handled,
        onFailure: (error) => {
          call?.stop(error, call.last)
          return Effect.fail(error)
        }
      })
    }

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
          const told = hooks.onRetry === undefined ? Effect.void : hooks.onRetry(next, error)
          return told.pipe(
            Effect.andThen(Effect.sleep(next.delay)),
            Effect.andThen(again(error, next, start + state.deadline))
          )
        })
      })
    }

    /** The next attempt, when it has its tokens. */
    const again = (error: E, next: Attempt, end: number): Run => {
      const cost = budget === undefined ? 0 : budget.price(costOf(error))
      if (budget === undefined || cost === 0) return attempt(0)
      return Effect.uninterruptibleMask((restore) =>
        Effect.flatMap(budget.take(cost, end - monotonic(clock), restore), (taken): Run => {
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
    }

    return attempt(0)
  })
