/**
 * The retry loop of `TencentRetry` and of the client: the state of one retried call, the decision after each failure, and the
 * loop that obeys it.
 */
import type * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { hasProperty } from "effect/Predicate"
import * as Pull from "effect/Pull"
import * as Random from "effect/Random"
import * as Result from "effect/Result"
import * as Schedule from "effect/Schedule"
import type { Budget } from "./budget.ts"
import { isNotRun, isRetryable, reasonToRunOnce, type StopReason } from "./decision.ts"
import { callOf, setHistory } from "./history.ts"
import type { PolicyImpl, Selected } from "./policy.ts"
import { monotonic } from "./time.ts"

// ---------------------------------------------------------------------------------------------------------------------
// State
// ---------------------------------------------------------------------------------------------------------------------

/**
 * One failed attempt.
 *
 * @category models
 */
export interface Attempt {
  /** How often the effect has run: 1 after the first failure. */
  readonly attempt: number
  /** The tag of the failure, `""` for an error without one. */
  readonly tag: string
  /** The delay before the next attempt. Zero where there is none. */
  readonly delay: Duration.Duration
  /** The time since the start. */
  readonly elapsed: Duration.Duration
}

/** The bounds of one retried call. */
export interface Bounds {
  /** How many retries in all, whatever their tags. */
  readonly times?: number | undefined
  /** How many retries but for those of a quota, which have the deadline. */
  readonly maxRetries?: number | undefined
  /** How long after the start the last delay may end. */
  readonly deadline?: Duration.Input | undefined
  /** `false` where nothing may run twice. By default the policy alone decides. */
  readonly idempotent?: boolean | undefined
}

type Step = (now: number, error: unknown) => Pull.Pull<[unknown, Duration.Duration], never, unknown, unknown>

const historyLength = 100

export const tagOf = (error: unknown): string | undefined =>
  hasProperty(error, "_tag") && typeof error._tag === "string" ? error._tag : undefined

/** All that the loop remembers of one retried call. */
export class RetryState {
  readonly policy: PolicyImpl
  readonly idempotent: boolean | undefined
  readonly times: number
  readonly maxRetries: number
  /** In milliseconds from the start. */
  readonly deadline: number
  start: number | undefined
  attempts = 0
  /** Those that count for `maxRetries`. */
  retries = 0
  /** How long retries have waited for tokens of the budget, in milliseconds. */
  queued = 0
  readonly steps = new Map<Selected, Step>()
  private readonly tags: Array<string> = []
  last: Attempt = { attempt: 0, tag: "", delay: Duration.zero, elapsed: Duration.zero }

  /** `start` is `undefined` where only failures are seen: then the first one is the start. */
  constructor(policy: PolicyImpl, { deadline, idempotent, maxRetries, times }: Bounds, start: number | undefined) {
    this.policy = policy
    this.idempotent = idempotent
    this.times = times ?? Infinity
    this.maxRetries = maxRetries ?? Infinity
    this.deadline = deadline === undefined ? Infinity : Duration.toMillis(deadline)
    this.start = start
  }

  /** Counts a failure. */
  record(now: number, error: unknown): void {
    const start = this.start ??= now
    this.attempts++
    const tag = tagOf(error) ?? ""
    this.tags.push(tag)
    if (this.tags.length > historyLength) this.tags.shift()
    this.last = { attempt: this.attempts, tag, delay: Duration.zero, elapsed: Duration.millis(now - start) }
  }

  /** Keeps the history of the error that comes out. That of a call of a client stays where nothing was added to it. */
  stop(error: unknown, stopped: StopReason): void {
    const { attempt, elapsed } = this.last
    const isOfCall = attempt === 1 && callOf(error) !== undefined
    if (attempt === 0 || isOfCall) return
    const queued = this.queued > 0 ? { queued: Duration.millis(this.queued) } : {}
    setHistory(error, { attempts: attempt, elapsed, tags: [...this.tags], stopped, ...queued })
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// Decision
// ---------------------------------------------------------------------------------------------------------------------

/** What follows a failure. */
export type Next =
  | { readonly _tag: "Retry"; readonly selected: Selected }
  | { readonly _tag: "Stop"; readonly reason: StopReason }

const stop = (reason: StopReason): Next => ({ _tag: "Stop", reason })

/** A quota has the deadline for a bound. */
const isCounted = (error: unknown): boolean => !(isRetryable(error) && error.retryClass === "throttled")

/** What follows a failure that has been counted. Pure: the first line that applies decides. */
export const next = (error: unknown, state: RetryState): Next => {
  if (state.attempts > state.times) return stop("attempts")
  const runsOnce = state.idempotent === false || callOf(error)?.idempotent === false
  if (runsOnce && !isNotRun(error)) return stop(reasonToRunOnce(error))
  const selected = state.policy.select(error)
  if (typeof selected === "string") return stop(selected)
  if (isCounted(error) && state.retries >= state.maxRetries) return stop("attempts")
  return { _tag: "Retry", selected }
}

/** A server that says when to come back is not asked earlier. A tenth more, at random, keeps its callers apart. */
const atLeast = (delay: Duration.Duration, error: unknown): Effect.Effect<Duration.Duration> =>
  hasProperty(error, "retryAfter") && Duration.isDuration(error.retryAfter)
    ? Effect.zipWith(
      Effect.succeed(error.retryAfter),
      Random.next,
      (retryAfter, random) => Duration.max(delay, Duration.times(retryAfter, 1 + random / 10))
    )
    : Effect.succeed(delay)

const ended = Effect.succeed<StopReason>("scheduleEnded")

/** The delay before the next attempt, or why there is none. `wall` is the time of day, for schedules that depend on it. */
const delayOf = <R>(
  selected: Selected,
  error: unknown,
  state: RetryState,
  now: number,
  wall: number
): Effect.Effect<Duration.Duration | StopReason, never, R> => {
  const known = state.steps.get(selected)
  const ready = known === undefined
    ? Effect.tap(Schedule.toStep(selected.schedule), (step) => Effect.sync(() => state.steps.set(selected, step)))
    : Effect.succeed(known)
  const delay = Effect.flatMap(ready, (step) => step(wall, error)).pipe(
    Effect.flatMap(([, delay]) => atLeast(delay, error)),
    Effect.map((delay) => {
      // Timers count whole milliseconds, and fractions would add up to a moment after the deadline.
      const wait = Math.floor(Duration.toMillis(delay))
      return now + wait > state.start! + state.deadline ? "deadline" as const : Duration.millis(wait)
    }),
    Pull.catchDone(() => ended)
  )
  // The services of the schedules are those in the type of the policy.
  return delay as Effect.Effect<Duration.Duration | StopReason, never, R>
}

/** Counts a failure, and returns the next attempt or why there is none. */
export const failed = <R>(
  error: unknown,
  state: RetryState,
  now: number,
  wall: number
): Effect.Effect<Attempt | StopReason, never, R> => {
  state.record(now, error)
  const decision = next(error, state)
  if (decision._tag === "Stop") return Effect.succeed(decision.reason)
  return Effect.map(delayOf<R>(decision.selected, error, state, now, wall), (delay) => {
    if (typeof delay === "string") return delay
    if (isCounted(error)) state.retries++
    return { ...state.last, delay }
  })
}

// ---------------------------------------------------------------------------------------------------------------------
// The loop
// ---------------------------------------------------------------------------------------------------------------------

/** An error that comes out without another attempt. */
export interface Ended<E> {
  readonly error: E
  readonly reason: StopReason
}

/** What the client adds to the loop. */
export interface Hooks<E, R> {
  /** Run before each attempt. Its failure comes out as it is. */
  before(): Effect.Effect<void, Ended<E>, R>
  /** Told how long an attempt took that succeeded, in milliseconds. */
  onSuccess(millis: number): void
  /** Told each failure. */
  onFailure(error: E): Effect.Effect<void, never, R>
  /** Asked once a retry is decided: why it is not made all the same, if so. */
  beforeRetry(error: E): Effect.Effect<StopReason | undefined, never, R>
  /** Told before a delay. */
  onRetry(attempt: Attempt): void
  /** Told how long a retry has waited for tokens of the budget, in milliseconds. */
  onQueued(millis: number): Effect.Effect<void, never, R>
  /** A response that took longer, in milliseconds, is a sign of load. */
  readonly healthyWithin: number
}

/** Failures of a server that is not there, or not able. Those that it refuses on purpose say nothing about its health. */
const isOutage = (error: unknown): boolean =>
  isRetryable(error) && (error.retryClass === "transient" || error.retryClass === "maintenance")

/** A refusal by a server that works, which is as good a sign of its health as a success. */
const isRefusal = (error: unknown): boolean =>
  !isOutage(error) && hasProperty(error, "code") && hasProperty(error, "kind") &&
  error.kind !== "transport" && error.kind !== "malformed"

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

class Loop<A, E, R> {
  private readonly self: Effect.Effect<A, E, R>
  private readonly state: RetryState
  private readonly budget: Budget | undefined
  private readonly hooks: Hooks<E, R> | undefined
  private readonly clock: Clock.Clock
  private readonly end: number
  /** The budget counts it among the calls that retry. */
  private hasFailed = false

  constructor(
    self: Effect.Effect<A, E, R>,
    state: RetryState,
    budget: Budget | undefined,
    hooks: Hooks<E, R> | undefined,
    clock: Clock.Clock
  ) {
    this.self = self
    this.state = state
    this.budget = budget
    this.hooks = hooks
    this.clock = clock
    this.end = monotonic(clock) + state.deadline
  }

  run(): Effect.Effect<A, E, R> {
    return Effect.flatMap(this.attempt(0), this.onResult)
  }

  /** One attempt that took `cost` tokens. It fails only with an error that comes out as it is. */
  private attempt(cost: number, onBegin?: () => void): Effect.Effect<Result.Result<A, E>, E, R> {
    return Effect.suspend(() => {
      if (this.hooks === undefined) return this.begin(cost, onBegin)
      const ready = Effect.catchEager(this.hooks.before(), ({ error, reason }) => this.fail(error, reason))
      return Effect.flatMapEager(ready, () => this.begin(cost, onBegin))
    })
  }

  private begin(cost: number, onBegin: (() => void) | undefined): Effect.Effect<Result.Result<A, E>, never, R> {
    const begun = monotonic(this.clock)
    onBegin?.()
    return Effect.match(this.self, {
      onSuccess: (value): Result.Result<A, E> => {
        const millis = this.responded(cost, begun)
        this.hooks?.onSuccess(millis)
        return Result.succeed(value)
      },
      onFailure: (error) => {
        if (isRefusal(error)) this.responded(cost, begun)
        return Result.fail(error)
      }
    })
  }

  /** Tells the budget that the server responded, and returns how long that took in milliseconds. */
  private responded(cost: number, begun: number): number {
    const millis = monotonic(this.clock) - begun
    if (!this.hasFailed) this.budget?.met()
    this.budget?.responded(cost, millis > (this.hooks?.healthyWithin ?? Infinity))
    return millis
  }

  private fail(error: E, reason: StopReason): Effect.Effect<never, E> {
    this.state.stop(error, reason)
    return Effect.fail(error)
  }

  private readonly onResult = (result: Result.Result<A, E>): Effect.Effect<A, E, R> =>
    Result.isSuccess(result) ? Effect.succeed(result.success) : this.onFailure(result.failure)

  private onFailure(error: E): Effect.Effect<A, E, R> {
    const { budget } = this
    if (budget === undefined || this.hasFailed) return this.onError(error)
    const counted = Effect.suspend(() => {
      this.hasFailed = true
      budget.began()
      return this.onError(error)
    })
    return Effect.onExit(counted, () => this.hasFailed ? Effect.sync(() => budget.ended()) : Effect.void)
  }

  private onError(error: E): Effect.Effect<A, E, R> {
    if (isOutage(error)) this.budget?.failed()
    const decided = Effect.suspend(() =>
      failed<R>(error, this.state, monotonic(this.clock), this.clock.currentTimeMillisUnsafe())
    )
    const told = this.hooks === undefined ? decided : Effect.andThen(this.hooks.onFailure(error), decided)
    return Effect.flatMap(told, (next) => typeof next === "string" ? this.fail(error, next) : this.retry(error, next))
  }

  private retry(error: E, next: Attempt): Effect.Effect<A, E, R> {
    const { hooks } = this
    const slept = Effect.andThen(Effect.sleep(next.delay), Effect.suspend(() => this.again(error)))
    if (hooks === undefined) return slept
    return Effect.flatMap(hooks.beforeRetry(error), (reason) => {
      if (reason !== undefined) return this.fail(error, reason)
      hooks.onRetry(next)
      return slept
    })
  }

  /** The next attempt, when it has its tokens, and all that follow. */
  private again(error: E): Effect.Effect<A, E, R> {
    const { budget } = this
    const price = costOf(error)
    if (budget === undefined || price === 0) return this.run()
    const cost = budget.price(price)
    const asked = monotonic(this.clock)
    const paid = Effect.uninterruptibleMask((restore) =>
      Effect.flatMap(budget.take(cost, this.end - asked, restore), (taken) => {
        // Waiting can use up the time: an attempt without any would hide what the server said.
        const now = monotonic(this.clock)
        const late = now > asked && now >= this.end
        if (taken && late) budget.giveBack(cost)
        this.state.queued += now - asked
        if (!taken || late) return this.fail(error, late ? "deadline" : "budget")
        let begun = false
        return Effect.onExit(
          restore(Effect.andThen(this.tellQueued(now - asked), this.attempt(cost, () => begun = true))),
          () => begun ? Effect.void : Effect.sync(() => budget.giveBack(cost))
        )
      })
    )
    return Effect.flatMap(paid, this.onResult)
  }

  private tellQueued(millis: number): Effect.Effect<void, never, R> {
    return this.hooks === undefined || millis === 0 ? Effect.void : this.hooks.onQueued(millis)
  }
}

/** Runs an effect again while its state says so. The time begins with this call. */
export const run = <A, E, R, R2>(
  self: Effect.Effect<A, E, R>,
  policy: PolicyImpl,
  bounds: Bounds,
  budget: Budget | undefined,
  clock: Clock.Clock,
  hooks?: Hooks<E, R2>
): Effect.Effect<A, E, R | R2> =>
  new Loop<A, E, R | R2>(self, new RetryState(policy, bounds, monotonic(clock)), budget, hooks, clock).run()
