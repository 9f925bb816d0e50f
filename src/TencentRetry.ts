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
import * as Pull from "effect/Pull"
import * as Random from "effect/Random"
import * as Record from "effect/Record"
import * as Schedule from "effect/Schedule"
import * as ErrorKind from "./ErrorKind.ts"
import * as internalBudget from "./internal/budget.ts"
import * as internal from "./internal/retry.ts"
import * as ErrorCode from "./v2/ErrorCode.ts"
import { fromFault, malformed } from "./v2/internal/construct.ts"
import type * as TencentError from "./v2/TencentError.ts"

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
export const throttled: Schedule.Schedule<number> = /*#__PURE__*/ internal.nextSecond(30_000)

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

/**
 * What an error says about retrying it.
 *
 * @category models
 */
export interface Retryable {
  readonly retryClass: ErrorKind.RetryClass
  /**
   * `"notRun"` where the request surely did not reach the server, as with a refused connection; `"unknown"` where a request that
   * is not to be repeated may have been executed all the same, as with a response that cannot be read.
   */
  readonly outcome?: "notRun" | "unknown"
  /** The shortest delay that the server asks for. */
  readonly retryAfter?: Duration.Duration
  /** What a retry takes from the {@link Budget}, 1 by default. More for a sign of overload, such as a timeout. */
  readonly retryCost?: number
}

/**
 * Whether to try again.
 *
 * - `Retry`: by the schedule of the class.
 * - `Stop`, `"permanent"`: the same request would fail again.
 * - `Stop`, `"outcomeUnknown"`: the request may have been executed, and executing it twice would not be the same as once. Look at
 *   the state of the resource before you act again.
 *
 * @category models
 */
export type Decision =
  | { readonly _tag: "Retry"; readonly class: Exclude<ErrorKind.RetryClass, "never"> }
  | { readonly _tag: "Stop"; readonly reason: "permanent" | "outcomeUnknown" }

/**
 * Whether an error may be retried, for an action that is idempotent (read-only, or safe to repeat) or not. Pure.
 *
 * An action that changes something is retried only when the failure proves that nothing ran.
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
export const decide: (error: Retryable, options: { readonly idempotent: boolean }) => Decision = internal.decide

// ---------------------------------------------------------------------------------------------------------------------
// Policies
// ---------------------------------------------------------------------------------------------------------------------

/**
 * Which errors are retried, and on which schedule. `Tags` are the tags that the policy names: an effect must be able to fail
 * with each of them. `R` is what its schedules need.
 *
 * @category models
 */
export interface Policy<out Tags extends string, out R = never> {
  readonly [internal.PolicyTypeId]: { readonly _Tags: () => Tags; readonly _R: () => R }
}

/** What the schedule of a tag may read: the class of the tag, or for a tag that is not ours, anything with it. */
type InputOf<T extends string> = T extends TencentError.Tag ? TencentError.ByTag<T> : { readonly _tag: T }

type Schedules<Tags extends string, R> = {
  readonly [T in Tags]: Schedule.Schedule<unknown, InputOf<T>, never, R>
}

/**
 * A policy from a table of tag to schedule. Tags of any error class are allowed; `retry` checks them against the errors of
 * the effect.
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
export const make = <const Tags extends string, R = never>(schedules: Schedules<Tags, R>): Policy<Tags, R> => {
  const byTag = new Map<string, internal.AnySchedule>(Object.entries(schedules))
  return internal.makePolicy({
    schedules: Array.from(byTag, ([key, schedule]) => ({ key, schedule })),
    select: (error) => {
      const key = internal.tagOf(error)
      const schedule = key === undefined ? undefined : byTag.get(key)
      return key === undefined || schedule === undefined ? undefined : { key, schedule }
    }
  })
}

const byClass = { transient, maintenance, throttled, replay, credentials }

const fromCatalogue = (options: { readonly idempotent: boolean }): Policy<never> =>
  internal.makePolicy({
    schedules: Record.toEntries(byClass).map(([key, schedule]) => ({ key, schedule })),
    select: (error) => {
      // A client that has already retried by the catalogue is not started again: retries would multiply.
      if (!internal.isRetryable(error) || internal.finalOf(error)?.tried === true) return undefined
      const decision = decide(error, options)
      return decision._tag === "Stop" ? undefined : { key: decision.class, schedule: byClass[decision.class] }
    }
  })

/**
 * The default policy for an action that only reads, or that can be repeated safely: every retry class of the catalogue on
 * its named schedule. It names no tag, so it fits every effect; errors without a retry class are not retried.
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
export const idempotent: Policy<never> = /*#__PURE__*/ fromCatalogue({ idempotent: true })

/**
 * The default policy for an action that changes something: only failures that prove that nothing ran are retried (4400,
 * 4500, 6200, and refused credentials once).
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
export const mutating: Policy<never> = /*#__PURE__*/ fromCatalogue({ idempotent: false })

// ---------------------------------------------------------------------------------------------------------------------
// History
// ---------------------------------------------------------------------------------------------------------------------

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
}

/**
 * How often and how long `retry` tried before this error came out. `None` for an error that did not come out of `retry`.
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
 * console.log(history.attempts, history.tags.join()) // => 3 ReplayAttack,ReplayAttack,ReplayAttack
 * ```
 *
 * @category history
 */
export const history = (error: unknown): Option.Option<History> => Option.fromUndefinedOr(internal.historyOf(error))

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
 * - A retry without tokens waits for them in line, and fails with its own error if they do not come in time.
 * - A retry that succeeds gives its tokens back; a first attempt that succeeds adds a part of one; so does time, slowly.
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
    Effect.map(Clock.Clock, (clock) =>
      new internalBudget.Budget({
        capacity: options.capacity ?? internalBudget.defaultNumbers.capacity,
        ratio: options.ratio ?? internalBudget.defaultNumbers.ratio,
        maxWait: options.maxWait === undefined
          ? internalBudget.defaultNumbers.maxWait
          : Duration.toMillis(options.maxWait)
      }, clock))

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

/**
 * One failed attempt, as the output of {@link schedule}.
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
): Schedule.Schedule<Attempt, unknown, never, R> =>
  Schedule.fromStep(Effect.sync(() => {
    const call = new internal.Call<R>(internal.implementation(policy), options ?? {}, undefined)
    return Effect.fnUntraced(function*(now: number, error: unknown) {
      const attempt = yield* call.next(now, now, error)
      return attempt === undefined
        ? yield* Cause.done(call.last)
        : [attempt, attempt.delay] as [Attempt, Duration.Duration]
    })
  }))

type TagOf<E> = E extends { readonly _tag: infer T extends string } ? T : never

/** `unknown` when every tag of the policy is a tag of `E`; else a text that says which one is not. */
type Fits<Tags extends string, E> = [Exclude<Tags, TagOf<E>>] extends [never] ? unknown
  : `${Exclude<Tags, TagOf<E>>} is not a tag of this effect's errors`

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
  <Tags extends string, R2 = never>(
    policy: Policy<Tags, R2>,
    options?: Options
  ): <A, E, R>(self: Effect.Effect<A, E, R> & Fits<Tags, E>) => Effect.Effect<A, E, R | R2>
  /** Runs an effect again while the policy says so, within `times` and `deadline`. The error that comes out is the last one. */
  <A, E, R, Tags extends string, R2 = never>(
    self: Effect.Effect<A, E, R> & Fits<Tags, E>,
    policy: Policy<Tags, R2>,
    options?: Options
  ): Effect.Effect<A, E, R | R2>
} = dual(
  (args) => Effect.isEffect(args[0]),
  <A, E, R, R2>(
    self: Effect.Effect<A, E, R>,
    policy: Policy<string, R2>,
    options?: Options
  ): Effect.Effect<A, E, R | R2> =>
    Effect.withFiber((fiber) => {
      const budget = options?.budget ?? Context.getOrUndefined(fiber.context, Budget)
      return internal.run(
        self,
        internal.implementation(policy),
        options ?? {},
        budget === undefined ? undefined : internal.budgetOf(budget)
      )
    })
)

// ---------------------------------------------------------------------------------------------------------------------
// Describing
// ---------------------------------------------------------------------------------------------------------------------

/**
 * One schedule of a policy, as the waits that it leads to.
 *
 * @category models
 */
export interface Description {
  /** The tag, or the retry class for a default policy. */
  readonly name: string
  /**
   * The tags that it is for. Empty for a class that is only retried where the request was surely not sent.
   */
  readonly tags: ReadonlyArray<string>
  /** The waits when every random number is in the middle. */
  readonly median: ReadonlyArray<Duration.Duration>
  /** The longest waits that randomness can lead to. */
  readonly worst: ReadonlyArray<Duration.Duration>
  /** The schedule goes on after the waits listed here, the first 50: only a deadline or a count ends it. */
  readonly endless: boolean
}

const maxDescribed = 50

const fixedRandom = (value: number): Context.Service.Shape<typeof Random.Random> => ({
  nextDoubleUnsafe: () => value,
  nextIntUnsafe: () => Math.floor(value * Number.MAX_SAFE_INTEGER)
})

// The largest number below 1.
const almostOne = 1 - Number.EPSILON / 2

/** What the schedule of a tag may read. The classes of tags that are not ours are not known here. */
const inputOf = (tag: string): { readonly _tag: string } => {
  if (tag === "UnknownErrorCode") return fromFault({ code: "", message: "" })
  if (tag === "MalformedResponse") return malformed("", {})
  const row = ErrorCode.catalogue.find((row) => row.tag === tag)
  return row === undefined ? { _tag: tag } : fromFault({ code: row.code, message: "" })
}

const waitsOf = <R>(
  { key, schedule }: internal.Selected,
  random: number
): Effect.Effect<ReadonlyArray<Duration.Duration>, never, R> => {
  const waits: Array<Duration.Duration> = []
  const all = Effect.gen(function*() {
    const step = yield* Schedule.toStep(schedule)
    const error = inputOf(key)
    let now = 0
    while (waits.length < maxDescribed) {
      const [, wait] = yield* step(now, error)
      waits.push(wait)
      now += Duration.toMillis(wait)
    }
  }).pipe(
    Pull.catchDone(() => Effect.void),
    Effect.provideService(Random.Random, fixedRandom(random)),
    Effect.as(waits)
  )
  // The services of the schedules are those in the type of the policy.
  return all as Effect.Effect<ReadonlyArray<Duration.Duration>, never, R>
}

/**
 * What a policy does, as data: for each schedule the waits in the median and in the worst case. {@link table} and
 * {@link timeline} print it. The schedules are run, without waiting, from the start of a second.
 *
 * The schedule of a tag of {@link TencentError.TencentError} is run with an error of that class whose message is empty, that of any
 * other tag with an object that has only the `_tag`. Where a schedule decides by more than that, the description shows what it does
 * without it.
 *
 * **Example** (A policy of two tags)
 *
 * ```ts
 * import { Duration, Effect, Schedule } from "effect"
 * import { TencentRetry } from "effect-tencentcloud"
 *
 * const policy = TencentRetry.make({
 *   QuotaExceeded: Schedule.spaced("1 second"),
 *   InternalError: Schedule.exponential("100 millis").pipe(Schedule.upTo({ times: 3 }))
 * })
 * const [quota, internal] = await Effect.runPromise(TencentRetry.describe(policy))
 * console.log(quota?.endless, internal?.worst.map(Duration.toMillis).join()) // => true 100,200,400
 * ```
 *
 * @category describing
 */
export const describe = <Tags extends string, R = never>(
  policy: Policy<Tags, R>
): Effect.Effect<ReadonlyArray<Description>, never, R> =>
  Effect.forEach(internal.implementation(policy).schedules, (selected) =>
    Effect.map(
      Effect.all([waitsOf<R>(selected, 0.5), waitsOf<R>(selected, almostOne)]),
      ([median, worst]): Description => ({
        name: selected.key,
        tags: tagsOf(policy, selected.key),
        median,
        worst,
        endless: median.length === maxDescribed
      })
    ))

/** The documented tags that a schedule of the policy is for. A schedule by tag may also be for a tag of another library. */
const tagsOf = (policy: Policy<string, unknown>, key: string): ReadonlyArray<string> => {
  const { select } = internal.implementation(policy)
  const tags = ErrorCode.catalogue
    .filter(({ kind, tag }) => select({ _tag: tag, retryClass: ErrorKind.table[kind].retryClass })?.key === key)
    .map(({ tag }) => tag)
  return tags.length > 0 || Object.hasOwn(byClass, key) ? tags : [key]
}

const total = (waits: ReadonlyArray<Duration.Duration>): number =>
  waits.reduce((sum, wait) => sum + Duration.toMillis(wait), 0)

const seconds = (millis: number): string =>
  millis < 1000 ? `${Math.round(millis)} ms` : `${(millis / 1000).toFixed(1)} s`

/**
 * A description as a table in text: name, number of retries, the first waits in the median, all waits in the worst case, tags.
 *
 * **Example** (One tag)
 *
 * ```ts
 * import { Effect } from "effect"
 * import { TencentRetry } from "effect-tencentcloud"
 *
 * const policy = TencentRetry.make({ InternalError: TencentRetry.transient })
 * const text = TencentRetry.table(await Effect.runPromise(TencentRetry.describe(policy)))
 * console.log(text.split("\n")[1]) // => InternalError  5        150 ms, 300 ms, 600 ms, 1.2 s, ...  6.2 s           InternalError
 * ```
 *
 * @category describing
 */
export const table = (descriptions: ReadonlyArray<Description>): string => {
  const rows = descriptions.map(({ endless, median, name, tags, worst }) => [
    name,
    endless ? "no end" : Array.from(new Set([worst.length, median.length])).join(" to "),
    median.slice(0, 4).map((wait) => seconds(Duration.toMillis(wait))).join(", ") + (median.length > 4 ? ", ..." : ""),
    endless ? "no end" : seconds(total(worst)),
    tags.length === 0 ? "only requests that were not sent" : tags.join(", ")
  ])
  const all = [["name", "retries", "median waits", "at most in all", "tags"], ...rows]
  const widths = [0, 1, 2, 3].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)))
  return all.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ").trimEnd()).join("\n")
}

const timelineWidth = 60

/**
 * A description as a timeline in text: for each schedule one line for the median and one for the worst case, with a mark for
 * every attempt, on one axis from the first attempt to the last. Attempts that follow at once share a mark.
 *
 * **Example** (Two retries, one second apart)
 *
 * ```ts
 * import { Effect, Schedule } from "effect"
 * import { TencentRetry } from "effect-tencentcloud"
 *
 * const policy = TencentRetry.make({ QuotaExceeded: Schedule.spaced("1 second").pipe(Schedule.upTo({ times: 2 })) })
 * const text = TencentRetry.timeline(await Effect.runPromise(TencentRetry.describe(policy)))
 * console.log(text.split("\n")[0]) // => QuotaExceeded  median  o-----------------------------o-----------------------------o  2.0 s
 * ```
 *
 * @category describing
 */
export const timeline = (descriptions: ReadonlyArray<Description>): string => {
  const longest = Math.max(1, ...descriptions.map(({ worst }) => total(worst)))
  const nameWidth = Math.max(0, ...descriptions.map(({ name }) => name.length))
  const line = (waits: ReadonlyArray<Duration.Duration>): string => {
    let at = 0
    const marks = [0, ...waits.map((wait) => Math.round((at += Duration.toMillis(wait)) / longest * timelineWidth))]
    const last = marks[marks.length - 1] ?? 0
    return Array.from({ length: last + 1 }, (_, column) => marks.includes(column) ? "o" : "-").join("").padEnd(
      timelineWidth + 1
    )
  }
  return descriptions.flatMap(({ median, name, worst }) => [
    `${name.padEnd(nameWidth)}  median  ${line(median)}  ${seconds(total(median))}`,
    `${"".padEnd(nameWidth)}  worst   ${line(worst)}  ${seconds(total(worst))}`
  ]).join("\n")
}
