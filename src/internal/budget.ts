/**
 * The queueing retry budget: how many retries one client may add to what its callers ask for.
 *
 * A retry takes a token. A retry that succeeds returns it, and a first attempt that succeeds adds a part of one, so that
 * in a long outage retries stay a small share of the calls. A retry without a token waits for one, for a bounded time, instead
 * of failing: most outages are shorter than that.
 */
import type * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import { monotonic } from "./time.ts"

export interface Numbers {
  /** Tokens at the start and at most. */
  readonly capacity: number
  /** Tokens that a first attempt adds when it succeeds. */
  readonly ratio: number
  /** How long a retry waits for its tokens, in milliseconds. */
  readonly maxWait: number
}

// Chosen in simulations of outages and overload: a larger budget saves no more calls of a short outage and prolongs an
// overload; waiting up to ten seconds is what saves them.
export const defaultNumbers: Numbers = { capacity: 5, ratio: 0.1, maxWait: 10_000 }

/** What a success adds while calls wait and the server has just come back: queued calls go on within seconds. */
const recoveryGain = 0.5

/** How many failures in a row tell an outage from bad luck. */
const outageLength = 5

/** Tokens that time alone adds per millisecond, so that an idle client recovers: one in a hundred seconds. */
const perMillisecond = 0.01 / 1000

/** A call that waited goes on at a random point of this time, in milliseconds, so that those who waited do not go together. */
const spread = 1000

/** Sums of tenths are not exact in binary. */
const epsilon = 1e-9

interface Queued {
  readonly cost: number
  readonly granted: Deferred.Deferred<void>
  state: "queued" | "granted" | "gone"
}

/** The numbers that a program sets itself. */
export interface Options {
  readonly capacity?: number | undefined
  readonly ratio?: number | undefined
  readonly maxWait?: Duration.Input | undefined
}

export const numbersOf = (options: Options): Numbers => ({
  capacity: options.capacity ?? defaultNumbers.capacity,
  ratio: options.ratio ?? defaultNumbers.ratio,
  maxWait: options.maxWait === undefined ? defaultNumbers.maxWait : Duration.toMillis(options.maxWait)
})

export const BudgetTypeId = "~effect-tencentcloud/TencentRetry/Budget"

export class Budget {
  readonly [BudgetTypeId] = BudgetTypeId
  readonly numbers: Numbers
  readonly clock: Clock.Clock
  tokens: number
  refilledAt: number
  /** First come, first served. A set keeps the order and forgets an interrupted call in one step. */
  readonly queued = new Set<Queued>()
  failuresInARow = 0
  recovering = false
  /** How many calls have failed and not ended: those that may come for tokens. */
  private retrying = 0
  /** When there were last two calls at a time. */
  private sharedAt = -Infinity

  readonly state = Effect.sync(() => {
    this.add(0)
    return { tokens: this.tokens, queued: this.queued.size }
  })

  constructor(numbers: Numbers, clock: Clock.Clock) {
    this.numbers = numbers
    this.clock = clock
    this.tokens = numbers.capacity
    this.refilledAt = monotonic(clock)
  }

  /** What a retry takes. One that could never have its tokens would hold up all behind it. */
  price(tokens: number): number {
    return Math.min(tokens, this.numbers.capacity)
  }

  private add(tokens: number): void {
    const now = monotonic(this.clock)
    const passed = Math.max(0, now - this.refilledAt)
    this.tokens = Math.min(this.numbers.capacity, this.tokens + passed * perMillisecond + tokens)
    this.refilledAt = now
  }

  /** Hands tokens to those who wait, in order, while there are enough. */
  private serve(): void {
    for (const call of this.queued) {
      if (this.tokens + epsilon < call.cost) return
      this.tokens -= call.cost
      this.queued.delete(call)
      call.state = "granted"
      Deferred.doneUnsafe(call.granted, Effect.void)
    }
  }

  private leave(call: Queued): void {
    if (call.state === "granted") this.add(call.cost)
    this.queued.delete(call)
    call.state = "gone"
    this.serve()
  }

  /** A call has failed for the first time. */
  began(): void {
    this.met()
    this.retrying++
  }

  /** A call that has failed has ended, whatever its result. */
  ended(): void {
    this.retrying--
    this.met()
  }

  /** There is a call that is not among those that retry. */
  met(): void {
    if (this.retrying > 0) this.sharedAt = monotonic(this.clock)
  }

  /**
   * Whether a retry can have its tokens within so many milliseconds. They come from other calls: where there have been none at
   * the same time for as long as a retry waits, they come from time alone.
   */
  private canServe(cost: number, wait: number): boolean {
    const isAlone = this.retrying <= 1 && monotonic(this.clock) - this.sharedAt >= this.numbers.maxWait
    return !isAlone || this.tokens + wait * perMillisecond + epsilon >= cost
  }

  /**
   * Takes the tokens of a retry, waiting for them at most `left` milliseconds and at most the time of the budget. `false` if
   * they did not come, and at once if they cannot come in time. To be run uninterruptibly: only the waiting is in `restore`, so that a call that is interrupted either
   * leaves nothing behind or has its tokens.
   */
  take(
    cost: number,
    left: number,
    restore: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  ): Effect.Effect<boolean> {
    return Effect.suspend(() => {
      if (this.numbers.capacity <= 0) return Effect.succeed(false)
      this.add(0)
      if (this.queued.size === 0 && this.tokens + epsilon >= cost) {
        this.tokens -= cost
        return Effect.succeed(true)
      }
      const wait = Math.min(left, this.numbers.maxWait)
      if (wait <= 0 || !this.canServe(cost, wait)) return Effect.succeed(false)
      const call: Queued = { cost, granted: Deferred.makeUnsafe(), state: "queued" }
      this.queued.add(call)
      this.serve()
      const end = monotonic(this.clock) + left
      const granted = Deferred.await(call.granted).pipe(
        Effect.timeoutOrElse({
          duration: wait,
          // Time alone may have added the missing part.
          orElse: () => Effect.sync(() => (this.add(0), this.serve()))
        }),
        Effect.flatMap(() => call.state === "granted" ? this.scatter(end) : Effect.void)
      )
      return restore(granted).pipe(
        Effect.onInterrupt(() => Effect.sync(() => this.leave(call))),
        Effect.map(() => {
          if (call.state === "granted") return true
          this.leave(call)
          return false
        })
      )
    })
  }

  private scatter(end: number): Effect.Effect<void> {
    return Effect.flatMap(
      Random.next,
      (random) =>
        Effect.sleep(
          Duration.millis(
            Math.max(0, Math.min(random * spread, end - monotonic(this.clock)))
          )
        )
    )
  }

  /** Returns what was taken for an attempt that was never made. */
  giveBack(cost: number): void {
    this.add(cost)
    this.serve()
  }

  /**
   * The server responded to an attempt that took `cost` tokens, 0 for a first one. Only first attempts earn: what a retry
   * returned is what it took. A slow response is a sign of load and adds nothing.
   */
  responded(cost: number, slow: boolean): void {
    if (this.failuresInARow >= outageLength) this.recovering = true
    this.failuresInARow = 0
    if (this.queued.size === 0) this.recovering = false
    const earned = cost > 0 ? 0 : Math.max(this.recovering ? recoveryGain : 0, this.numbers.ratio)
    this.add(slow ? 0 : cost + earned)
    this.serve()
  }

  /** An attempt that failed because the server was not there, or not able. */
  failed(): void {
    this.failuresInARow++
    this.recovering = false
  }
}

// `Budget.make` makes all values of the service.
export const budgetOf = (budget: { readonly [BudgetTypeId]: typeof BudgetTypeId }): Budget =>
  budget as { readonly [BudgetTypeId]: typeof BudgetTypeId } & Budget
