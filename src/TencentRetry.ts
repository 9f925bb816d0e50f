/**
 * Retries, declared per tag. A policy is a table from tag to schedule; each tag keeps its own schedule state, and a tag
 * without a schedule stops at once. The two default policies, `idempotent` and `mutating`, follow the retry class of the
 * catalogue instead, so they also cover error classes of your own that carry a `retryClass`.
 *
 * The original error comes out, never a wrapper; `history` tells what happened before. Time is read from `Clock` and
 * randomness from `Random`, so every delay can be tested with `TestClock` and a seed.
 *
 * This module sends nothing and refreshes nothing. A new timestamp, nonce and signature for every attempt, new credentials
 * and a corrected clock are the work of the client that runs inside the retried effect.
 */
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { dual } from "effect/Function"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import * as Record from "effect/Record"
import * as Schedule from "effect/Schedule"
import type * as ErrorKind from "./ErrorKind.ts"
import * as internalBudget from "./internal/budget.ts"
import * as decision from "./internal/decision.ts"
import * as internalHistory from "./internal/history.ts"
import * as internalPolicy from "./internal/policy.ts"
import * as internal from "./internal/retry.ts"

// ---------------------------------------------------------------------------------------------------------------------
// Jitter
// ---------------------------------------------------------------------------------------------------------------------

/**
 * Replaces each delay `d` of a schedule by `d/2` plus a random part of the other half: callers that failed together do not
 * come back together, and none comes back at once.
 *
 * **Example** (Between one and two seconds)
 *
 * ```ts
 * import { Duration, Effect, Schedule } from "effect"
 * import { TencentRetry } from "effect-tencentcloud"
 *
 * const step = await Effect.runPromise(Schedule.toStep(TencentRetry.equalJitter(Schedule.spaced("2 seconds"))))
 * const [, delay] = await Effect.runPromise(step(0, undefined))
 * console.log(Duration.toMillis(delay) >= 1000 && Duration.toMillis(delay) < 2000) // => true
 * ```
 *
 * @category jitter
 */
export const equalJitter = <Output, Input, Error, Env>(
  self: Schedule.Schedule<Output, Input, Error, Env>
): Schedule.Schedule<Output, Input, Error, Env> =>
  Schedule.modifyDelay(
    self,
    ({ duration }) => Effect.map(Random.next, (random) => Duration.times(duration, (1 + random) / 2))
  )

/**
 * Replaces each delay `d` of a schedule by a random time between zero and `d`: the widest spread, for many callers of one
 * small quota.
 *
 * **Example** (At most two seconds)
 *
 * ```ts
 * import { Duration, Effect, Schedule } from "effect"
 * import { TencentRetry } from "effect-tencentcloud"
 *
 * const step = await Effect.runPromise(Schedule.toStep(TencentRetry.fullJitter(Schedule.spaced("2 seconds"))))
 * const [, delay] = await Effect.runPromise(step(0, undefined))
 * console.log(Duration.toMillis(delay) < 2000) // => true
 * ```
 *
 * @category jitter
 */
export const fullJitter = <Output, Input, Error, Env>(
  self: Schedule.Schedule<Output, Input, Error, Env>
): Schedule.Schedule<Output, Input, Error, Env> =>
  Schedule.modifyDelay(self, ({ duration }) => Effect.map(Random.next, (random) => Duration.times(duration, random)))

// ---------------------------------------------------------------------------------------------------------------------
// Named schedules
// ---------------------------------------------------------------------------------------------------------------------

const backoff = (delays: Schedule.Schedule<Duration.Duration>): Schedule.Schedule<Duration.Duration> =>
  delays.pipe(equalJitter, Schedule.upTo({ times: 5 }))

/**
 * For a fault that may pass: 200 ms, doubled each time to 3.2 s, with equal jitter; 5 retries. The first delays bridge a short
 * outage, the jitter and the small count keep an overloaded server from being pushed further.
 *
 * @category schedules
 */
export const transient: Schedule.Schedule<Duration.Duration> = /*#__PURE__*/ backoff(
  /*#__PURE__*/ Schedule.exponential("200 millis")
)

/**
 * For an action that is closed for maintenance: 1 s, doubled each time, at most 10 s, with equal jitter; 5 retries.
 *
 * @category schedules
 */
export const maintenance: Schedule.Schedule<Duration.Duration> = /*#__PURE__*/ backoff(
  /*#__PURE__*/ Schedule.min([
    /*#__PURE__*/ Schedule.exponential("1 second"),
    /*#__PURE__*/ Schedule.spaced("10 seconds")
  ])
)

/**
 * For a request quota: to the next whole second, plus a random part of another second, for at most 30 s in all.
 *
 * @category schedules
 */
export const throttled: Schedule.Schedule<number> = /*#__PURE__*/ internalPolicy.nextSecond(30_000)

/**
 * For a nonce that was seen before, or a clock that was wrong: at once, 2 retries. It helps only if every attempt is signed
 * anew.
 *
 * @category schedules
 */
export const replay: Schedule.Schedule<number> = /*#__PURE__*/ Schedule.recurs(2)

/**
 * For refused credentials: at once, 1 retry. It helps only if the retried effect gets new credentials.
 *
 * @category schedules
 */
export const credentials: Schedule.Schedule<number> = /*#__PURE__*/ Schedule.recurs(1)

// ---------------------------------------------------------------------------------------------------------------------
// Decision
// ---------------------------------------------------------------------------------------------------------------------

export type {
  /**
   * Whether a failure may be retried, and on which condition.
   *
   * @category models
   */
  Decision,
  /**
   * What an error says about retrying it.
   *
   * @category models
   */
  Retryable,
  /**
   * Why no other attempt is made.
   *
   * @category models
   */
  StopReason
} from "./internal/decision.ts"

/**
 * Whether an error may be retried, for an action that is idempotent (read-only, or safe to repeat) or not. Pure.
 *
 * An action that is not idempotent is repeated only if the `outcome` of the error is `notRun`: nothing else is asked. An error
 * without a known retry class is never retried.
 *
 * **Example** (A purchase)
 *
 * ```ts
 * import { TencentError, TencentRetry } from "effect-tencentcloud"
 *
 * const error = new TencentError.InternalError({ message: "" })
 * console.log(TencentRetry.decide(error, { idempotent: true })._tag) // => Retry
 * console.log(TencentRetry.decide(error, { idempotent: false })) // => { _tag: 'Stop', reason: 'outcomeUnknown' }
 * ```
 *
 * @category decisions
 */
export const decide: (
  error: decision.Retryable,
  options: { readonly idempotent: boolean }
) => decision.Decision = decision.decide

// ---------------------------------------------------------------------------------------------------------------------
// Policies
// ---------------------------------------------------------------------------------------------------------------------

export type {
  /**
   * Which errors are retried, and on which schedule.
   *
   * @category models
   */
  Policy,
  /**
   * A policy for an effect that fails with `E`.
   *
   * @category models
   */
  PolicyFor
} from "./internal/policy.ts"

type Policy<Tags extends string, R = never, Reads = {}> = internalPolicy.Policy<Tags, R, Reads>

type AnySchedule = Schedule.Schedule<unknown, never, never, unknown>

type InputOf<S> = S extends Schedule.Schedule<unknown, infer Input, never, unknown> ? Input : never

type EnvOf<S> = S extends Schedule.Schedule<unknown, never, never, infer Env> ? Env : never

/** Turns what is not a schedule for the errors of its tag into a compile error that says so. */
type Schedules<S> = {
  readonly [T in keyof S]: S[T] extends AnySchedule
    ? [InputOf<S[T]> & { readonly _tag: T }] extends [never]
      ? `the schedule of ${T & string} reads the error of another tag`
    : unknown
    : AnySchedule
}

/**
 * A policy from a table of tag to schedule. Tags of any error class are allowed, and a schedule may read the error of its tag;
 * `retry` checks both against the errors of the effect.
 *
 * **Example** (Two tags, each with its own state)
 *
 * ```ts
 * import { Effect, Schedule } from "effect"
 * import { TencentError, TencentRetry } from "effect-tencentcloud"
 *
 * const policy = TencentRetry.make({
 *   ReplayAttack: TencentRetry.replay,
 *   InternalError: Schedule.exponential("1 millis").pipe(Schedule.upTo({ times: 3 }))
 * })
 *
 * let attempts = 0
 * const call: Effect.Effect<string, TencentError.TencentError> = Effect.suspend(() =>
 *   ++attempts < 3 ? Effect.fail(new TencentError.InternalError({ message: "busy" })) : Effect.succeed("done")
 * )
 * console.log(await Effect.runPromise(call.pipe(TencentRetry.retry(policy))), attempts) // => done 3
 * ```
 *
 * @category policies
 */
export const make = <S extends { readonly [tag: string]: object }>(
  schedules: S & Schedules<S>
): Policy<
  keyof S & string,
  EnvOf<S[keyof S]>,
  { readonly [T in keyof S as { readonly _tag: T } extends InputOf<S[T]> ? never : T]: InputOf<S[T]> }
> =>
  // `Schedules` has checked them.
  internalPolicy.bySchedules("_tag", schedules as { readonly [tag: string]: AnySchedule })

/** A schedule for the errors of a kind may read the kind. */
type SchedulesByKind<R> = {
  readonly [K in ErrorKind.ErrorKind]?: Schedule.Schedule<unknown, { readonly kind: K }, never, R> | undefined
}

/**
 * A policy from a table of kind to schedule. It names no tag, so it fits every effect.
 *
 * **Example** (Wait for another operation on the resource)
 *
 * ```ts
 * import { Effect, Schedule } from "effect"
 * import { Failure, TencentRetry } from "effect-tencentcloud"
 *
 * class InstanceBusy extends Failure.define<InstanceBusy>()("InstanceBusy", { kind: "busy" }) {}
 *
 * const policy = TencentRetry.byKind({ busy: Schedule.spaced("3 millis") })
 * let attempts = 0
 * const call = Effect.suspend(() =>
 *   ++attempts < 3 ? Effect.fail(new InstanceBusy({ code: 4640 })) : Effect.succeed("stopped")
 * )
 * console.log(await Effect.runPromise(call.pipe(TencentRetry.retry(policy))), attempts) // => stopped 3
 * ```
 *
 * @category policies
 */
export const byKind = <R = never>(schedules: SchedulesByKind<R>): Policy<never, R> =>
  internalPolicy.bySchedules("kind", schedules)

/**
 * A policy that asks a first policy for a schedule, and a second one where the first has none.
 *
 * **Example** (The default policy, and one kind more)
 *
 * ```ts
 * import { Effect, Schedule } from "effect"
 * import { TencentError, TencentRetry } from "effect-tencentcloud"
 *
 * const policy = TencentRetry.orElse(
 *   TencentRetry.byKind({ notFound: Schedule.spaced("1 millis").pipe(Schedule.upTo({ times: 2 })) }),
 *   TencentRetry.idempotent
 * )
 * let attempts = 0
 * const call: Effect.Effect<string, TencentError.ResourceNotFound> = Effect.suspend(() =>
 *   ++attempts < 2 ? Effect.fail(new TencentError.ResourceNotFound()) : Effect.succeed("there now")
 * )
 * console.log(await Effect.runPromise(call.pipe(TencentRetry.retry(policy)))) // => there now
 * ```
 *
 * @category policies
 */
export const orElse = <Tags extends string, R, Reads, Tags2 extends string, R2, Reads2>(
  first: Policy<Tags, R, Reads>,
  second: Policy<Tags2, R2, Reads2>
): Policy<Tags | Tags2, R | R2, { readonly [T in keyof (Reads & Reads2)]: (Reads & Reads2)[T] }> => {
  const one = internalPolicy.implementation(first)
  const other = internalPolicy.implementation(second)
  return internalPolicy.makePolicy({
    schedules: [...one.schedules, ...other.schedules],
    select: (error) => {
      const selected = one.select(error)
      if (typeof selected !== "string") return selected
      const instead = other.select(error)
      return typeof instead === "string" && selected !== "notInPolicy" ? selected : instead
    }
  })
}

const byRetryClass = (options: { readonly idempotent: boolean }): Policy<never> => {
  const byClass = Record.map(
    { transient, maintenance, throttled, replay, credentials },
    (schedule, name): internalPolicy.Selected => ({ name, schedule })
  )
  return internalPolicy.makePolicy({
    schedules: Object.values(byClass),
    select: (error) => {
      // A client that has already retried is not started again: retries would multiply.
      if (!decision.isRetryable(error) || internalHistory.callOf(error)?.tried === true) return "notInPolicy"
      const decided = decide(error, options)
      return decided._tag === "Stop" ? decided.reason : byClass[decided.class]
    }
  })
}

/**
 * The default policy for an action that only reads, or that can be repeated safely: every retry class on its named
 * schedule. It names no tag, so it fits every effect; errors without a retry class are not retried.
 *
 * **Example** (A listing)
 *
 * ```ts
 * import { Effect } from "effect"
 * import { TencentError, TencentRetry } from "effect-tencentcloud"
 *
 * let attempts = 0
 * const call = Effect.suspend(() =>
 *   ++attempts === 1 ? Effect.fail(new TencentError.ReplayAttack({ message: "nonce" })) : Effect.succeed("listed")
 * )
 * console.log(await Effect.runPromise(call.pipe(TencentRetry.retry(TencentRetry.idempotent)))) // => listed
 * ```
 *
 * @category policies
 */
export const idempotent: Policy<never> = /*#__PURE__*/ byRetryClass({ idempotent: true })

/**
 * The default policy for an action that changes something: by retry class too, but a failure is retried only if it proves that
 * nothing ran, whatever its code: 4400 for example, or a refused connection.
 *
 * **Example** (A purchase is not repeated)
 *
 * ```ts
 * import { Effect } from "effect"
 * import { TencentError, TencentRetry } from "effect-tencentcloud"
 *
 * let attempts = 0
 * const purchase = Effect.suspend(() => {
 *   attempts++
 *   return Effect.fail(new TencentError.InternalError({ message: "the response was lost" }))
 * })
 * const error = await Effect.runPromise(Effect.flip(purchase.pipe(TencentRetry.retry(TencentRetry.mutating))))
 * console.log(error._tag, attempts) // => InternalError 1
 * ```
 *
 * @category policies
 */
export const mutating: Policy<never> = /*#__PURE__*/ byRetryClass({ idempotent: false })

// ---------------------------------------------------------------------------------------------------------------------
// History
// ---------------------------------------------------------------------------------------------------------------------

export type {
  /**
   * What happened before an error came out of `retry`.
   *
   * @category models
   */
  History
} from "./internal/history.ts"

/**
 * How often and how long `retry` tried before this error came out, and why it stopped. `None` for an error that did not come out of `retry`.
 *
 * **Example** (After three attempts)
 *
 * ```ts
 * import { Effect, Option } from "effect"
 * import { TencentError, TencentRetry } from "effect-tencentcloud"
 *
 * const call = Effect.fail(new TencentError.ReplayAttack({ message: "nonce" }))
 * const error = await Effect.runPromise(Effect.flip(call.pipe(TencentRetry.retry(TencentRetry.idempotent))))
 * const history = Option.getOrThrow(TencentRetry.history(error))
 * console.log(history.attempts, history.tags.join(), history.stopped)
 * // => 3 ReplayAttack,ReplayAttack,ReplayAttack scheduleEnded
 * ```
 *
 * @category history
 */
export const history = (error: unknown): Option.Option<internalHistory.History> =>
  Option.fromUndefinedOr(internalHistory.historyOf(error))

// ---------------------------------------------------------------------------------------------------------------------
// Budget
// ---------------------------------------------------------------------------------------------------------------------

/**
 * The numbers of a {@link Budget}. The defaults come from simulations of outages and overload, of one process at a time.
 *
 * @category models
 */
export interface BudgetOptions {
  /**
   * Tokens at the start and at most, default 5: about how many retries a burst of failures may cause at once. With 0 there are
   * none.
   */
  readonly capacity?: number | undefined
  /**
   * Tokens that a first attempt adds when it succeeds, default 0.1: retries are at most a tenth of the successful calls. With
   * 1 every call may be retried, which is right only where failures are known not to be a sign of load.
   */
  readonly ratio?: number | undefined
  /** How long a retry may wait for tokens, default 10 seconds. With 0 it fails at once. */
  readonly maxWait?: Duration.Input | undefined
}

/**
 * The queueing retry budget: it bounds what retries add to the load of a server, for all calls that share it.
 *
 * - A retry takes a token, three after a timeout. Retries of quota, replay and credential refusals are free: the server is
 *   healthy.
 * - A retry without tokens waits for them in line, and fails with its own error if they do not come in time; at once if it is
 *   the only call, so that none can come.
 * - A retry that succeeds returns its tokens; a first attempt that succeeds adds a part of one; so does time, slowly.
 * - While calls wait and the server has just come back, each success adds half a token, so they go on within seconds.
 *
 * `retry` uses the budget in its context, if there is one; the client has one for each host by itself. Only `Budget.make` and
 * the layers make budgets.
 *
 * **Example** (Shared by all calls of a program)
 *
 * ```ts
 * import { Effect } from "effect"
 * import { TencentError, TencentRetry } from "effect-tencentcloud"
 *
 * const call = Effect.fail(new TencentError.InternalError({ message: "down" }))
 * const program = Effect.gen(function*() {
 *   yield* Effect.exit(call.pipe(TencentRetry.retry(TencentRetry.idempotent)))
 *   return yield* (yield* TencentRetry.Budget).state
 * })
 * const budget = TencentRetry.Budget.layer({ capacity: 2, maxWait: 0 })
 * const { queued, tokens } = await Effect.runPromise(program.pipe(Effect.provide(budget)))
 * console.log(Math.floor(tokens), queued) // => 0 0
 * ```
 *
 * @category budget
 */
export class Budget extends /*#__PURE__*/ (/*#__PURE__*/ Context.Service<Budget, {
  // There is more inside than `state`, so no other object can be used instead.
  readonly [internalBudget.BudgetTypeId]: typeof internalBudget.BudgetTypeId
  /** The tokens that are left, and how many calls wait for some. */
  readonly state: Effect.Effect<{ readonly tokens: number; readonly queued: number }>
}>())("effect-tencentcloud/TencentRetry/Budget") {
  /** A budget of its own. */
  static readonly make = (options: BudgetOptions = {}): Effect.Effect<Budget["Service"]> =>
    Effect.map(Clock.Clock, (clock) => new internalBudget.Budget(internalBudget.numbersOf(options), clock))

  /** A budget for everything that the layer is provided to. */
  static readonly layer = (options?: BudgetOptions): Layer.Layer<Budget> => Layer.effect(Budget, Budget.make(options))

  /** No bound: every retry has its token. */
  static readonly none: Layer.Layer<Budget> = /*#__PURE__*/ Budget.layer({ capacity: Infinity })
}

// ---------------------------------------------------------------------------------------------------------------------
// Retrying
// ---------------------------------------------------------------------------------------------------------------------

/**
 * Bounds over all tags of a policy. Without them only the schedules themselves end the retries.
 *
 * @category models
 */
export interface Options {
  /** How many retries in all, whatever their tags. */
  readonly times?: number | undefined
  /**
   * How long after the start the last delay may end. A delay that would end later is not slept: the error comes out at
   * once. A running attempt is not interrupted.
   */
  readonly deadline?: Duration.Input | undefined
  /**
   * `false` for an effect that must not run twice if it may have succeeded: then only failures that prove that nothing ran
   * are retried, whatever the policy says. By default the policy alone decides.
   */
  readonly idempotent?: boolean | undefined
  /** The budget to use instead of the one in the context. */
  readonly budget?: Budget["Service"] | undefined
}

export type {
  /**
   * One failed attempt, as the output of {@link schedule}.
   *
   * @category models
   */
  Attempt
} from "./internal/retry.ts"

/**
 * A policy as one ordinary schedule, for `Effect.retry`, `Stream.retry`, `HttpClient.retry` and the combinators of
 * `Schedule`. The deadline counts from the first failure, because a schedule does not see the start of the effect, and there is
 * no budget, because it does not see a success: prefer {@link retry} where you can.
 *
 * **Example** (Bounded by a combinator of Effect)
 *
 * ```ts
 * import { Effect, Schedule } from "effect"
 * import { TencentError, TencentRetry } from "effect-tencentcloud"
 *
 * let attempts = 0
 * const call = Effect.suspend(() => {
 *   attempts++
 *   return Effect.fail(new TencentError.ReplayAttack({ message: "nonce" }))
 * })
 * const once = TencentRetry.schedule(TencentRetry.idempotent).pipe(Schedule.upTo({ times: 1 }))
 * const error = await Effect.runPromise(Effect.flip(call.pipe(Effect.retry(once))))
 * console.log(error._tag, attempts) // => ReplayAttack 2
 * ```
 *
 * @category retrying
 */
export const schedule = <Tags extends string, R = never>(
  policy: Policy<Tags, R>,
  options?: Omit<Options, "budget">
): Schedule.Schedule<internal.Attempt, unknown, never, R> =>
  Schedule.fromStep(Effect.sync(() => {
    const state = new internal.RetryState(internalPolicy.implementation(policy), options ?? {}, undefined)
    return Effect.fnUntraced(function*(now: number, error: unknown) {
      const attempt = yield* internal.failed<R>(error, state, now, now)
      if (typeof attempt !== "string") return [attempt, attempt.delay] as [internal.Attempt, Duration.Duration]
      state.stop(error, attempt)
      return yield* Cause.done(state.last)
    })
  }))

/** The tags whose schedules read what the error of the tag does not have. */
type Unreadable<Reads, E> = {
  [T in keyof Reads]: Extract<E, { readonly _tag: T }> extends Reads[T] ? never : T
}[keyof Reads]

/** `unknown` when the policy fits the errors `E`; else a text that says which tag does not. */
type Fits<Tags extends string, Reads, E> = [Exclude<Tags, internalPolicy.TagOf<E>>] extends [never]
  ? [Unreadable<Reads, E>] extends [never] ? unknown
  : `the schedule of ${Unreadable<Reads, E> & string} reads what this effect's error does not have`
  : `${Exclude<Tags, internalPolicy.TagOf<E>>} is not a tag of this effect's errors`

/**
 * Runs an effect again while the policy says so. The error type does not change, and the error that comes out is the last
 * one. A defect or an interruption ends the retries, also during a delay.
 *
 * **Example** (A policy with bounds over all tags)
 *
 * ```ts
 * import { Effect } from "effect"
 * import { TencentError, TencentRetry } from "effect-tencentcloud"
 *
 * const policy = TencentRetry.make({ QuotaExceeded: TencentRetry.throttled })
 * const call: Effect.Effect<never, TencentError.TencentError> = Effect.fail(
 *   new TencentError.QuotaExceeded({ message: "too fast" })
 * )
 * // The next second is further away than the deadline, so the error comes out at once.
 * const bounded = call.pipe(TencentRetry.retry(policy, { times: 5, deadline: "0 seconds" }))
 * console.log((await Effect.runPromise(Effect.flip(bounded)))._tag) // => QuotaExceeded
 * ```
 *
 * @category retrying
 */
export const retry: {
  /** Runs an effect again while the policy says so, within `times` and `deadline`. The error that comes out is the last one. */
  <A, E, R, Tags extends string, R2 = never, Reads = {}>(
    self: Effect.Effect<A, E, R> & Fits<Tags, Reads, E>,
    policy: Policy<Tags, R2, Reads>,
    options?: Options
  ): Effect.Effect<A, E, R | R2>
  /** Runs an effect again while the policy says so, within `times` and `deadline`. The error that comes out is the last one. */
  <Tags extends string, R2 = never, Reads = {}>(
    policy: Policy<Tags, R2, Reads>,
    options?: Options
  ): <A, E, R>(self: Effect.Effect<A, E, R> & Fits<Tags, Reads, E>) => Effect.Effect<A, E, R | R2>
} = dual(
  (args) => Effect.isEffect(args[0]),
  <A, E, R, R2>(
    self: Effect.Effect<A, E, R>,
    policy: Policy<string, R2, never>,
    options?: Options
  ): Effect.Effect<A, E, R | R2> =>
    Effect.withFiber((fiber) => {
      const budget = options?.budget ?? Context.getOrUndefined(fiber.context, Budget)
      return internal.run(
        self,
        internalPolicy.implementation(policy),
        options ?? {},
        budget === undefined ? undefined : internalBudget.budgetOf(budget),
        fiber.getRef(Clock.Clock)
      )
    })
)
