/**
 * Keeps one client's calls of one action within a request quota that other clients share. It does nothing until the first
 * quota error; then it sends at a rate learned from it, and speeds up slowly while no other comes.
 */
import type * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Semaphore from "effect/Semaphore"
import { intervalOf } from "../../internal/slots.ts"
import { monotonic } from "../../internal/time.ts"

/** Quotas count the requests of one second, so the rate is measured over one. */
const window = 1000

/** Above this rate per second nothing is delayed. */
const fastest = 200

/** How many milliseconds a limit is kept to that the server named. Then a higher rate is tried, because it may have been raised. */
const keptFor = 30_000

/** The lowest rate per second that a client learns: a request every 200 seconds. */
const slowest = 0.005

/** By what a rate is multiplied in each second without a quota error. 0.02 is added. */
const growth = 1.1

/** What that makes of a rate in so many seconds. */
const grow = (rate: number, seconds: number): number => (rate + 0.2) * growth ** seconds - 0.2

/** The weight of the latest response in the smoothed time of responses. */
const latest = 0.1

/** The share of the measured rate that is kept where the error names no numbers. */
const unknownShare = 0.7

/** The limit, in the languages that are known. */
const namedLimit = /(?:limit|上限)(?: is| of|:|：|为|是)? ?`(\d{1,9})`/i

/**
 * The limit and the count that the text of a quota error names, as in "request times equals to `41` in a second, which exceeds
 * the frequency limit `40`". Other languages print the same two numbers in back quotes. A limit that was not exceeded is absurd.
 */
export const numbersIn = (message: string): { readonly limit: number; readonly observed: number } | undefined => {
  const [a, b] = Array.from(message.matchAll(/`(\d{1,9})`/g), (match) => Number(match[1]))
  if (a === undefined || b === undefined || a === 0 || b === 0) return undefined
  const limit = Number(namedLimit.exec(message)?.[1] ?? Math.min(a, b))
  const observed = limit === a ? b : a
  return limit <= observed ? { limit, observed } : undefined
}

export class RateLimiter {
  readonly clock: Clock.Clock
  /** Requests per second, or no limit. */
  rate = Infinity
  private tokens = 1
  private filledAt: number
  private windowAt: number
  private sent = 0
  private sentBefore = 0
  /** Of those that were sent in this second and in the one before, how many have succeeded. */
  private succeeded = 0
  private succeededBefore = 0
  private cutAt = -Infinity
  /** The limit that the server named last, and when. */
  private limit = Infinity
  private namedAt = -Infinity
  /** The worst recent ratio of requests to the limit. */
  private excess = 1
  private waiting = 0
  /** How long a successful response takes, in milliseconds, smoothed. At the start a guess for a response from the same region. */
  responseTime = 100
  /** First come, first served: one call at a time waits for the next token, the others for it. */
  private readonly slot = Semaphore.makeUnsafe(1)

  constructor(clock: Clock.Clock) {
    this.clock = clock
    this.filledAt = monotonic(clock)
    this.windowAt = Math.floor(this.filledAt / window)
  }

  /** Moves to the present: the count of this second, the rate, the tokens. */
  private advance(now: number): void {
    const current = Math.floor(now / window)
    if (current > this.windowAt) {
      const isNext = current === this.windowAt + 1
      this.sentBefore = isNext ? this.sent : 0
      this.succeededBefore = isNext ? this.succeeded : 0
      this.sent = 0
      this.succeeded = 0
      if (this.rate !== Infinity && now - this.cutAt > window) {
        const quiet = current - this.windowAt
        this.excess = Math.max(1, this.excess * 0.9 ** quiet)
        const rate = Math.min(grow(this.rate, quiet), this.ceiling(now))
        this.rate = rate > fastest && this.limit === Infinity ? Infinity : rate
      }
      this.windowAt = current
    }
    // What comes in one second after a pause is the burst, and the rate as it grows meanwhile.
    const burst = Math.max(1, Math.min(this.rate / 2, this.limit - grow(this.rate, 1)))
    this.tokens = this.rate === Infinity
      ? 1
      : Math.min(burst, this.tokens + Math.max(0, now - this.filledAt) / 1000 * this.rate)
    this.filledAt = now
  }

  /** The highest rate that keeps to the limit in every second. */
  private ceiling(now: number): number {
    if (now - this.namedAt >= keptFor) this.limit = Infinity
    return 1000 / intervalOf(this.limit)
  }

  /** A quota error: cut the rate, at most once per second. Returns the limit that its text names. */
  refused(message: string): number | undefined {
    const now = monotonic(this.clock)
    this.advance(now)
    const named = numbersIn(message)
    const numbers = named !== undefined && this.isDisproved(named.limit) ? undefined : named
    const excess = numbers === undefined ? 1 / unknownShare : numbers.observed / numbers.limit
    // No cut is deeper than to a tenth, so an absurd text must not be remembered for longer than that takes to grow back.
    this.excess = Math.min(10, Math.max(this.excess, excess))
    if (numbers !== undefined) {
      this.limit = numbers.limit
      this.namedAt = now
    }
    if (now - this.cutAt >= window) this.cut(now)
    return numbers?.limit
  }

  private cut(now: number): void {
    this.cutAt = now
    const measured = Math.max(this.sentBefore, this.sent, 0.02)
    const from = this.rate === Infinity ? measured : Math.min(this.rate, Math.max(measured, this.rate / 2))
    const rate = from * Math.max(0.1, Math.min(0.9, 0.95 / this.excess))
    this.rate = Math.max(slowest, Math.min(rate, this.ceiling(now)))
  }

  /** The requests of one second here are in at most two of the server. */
  private isDisproved(limit: number): boolean {
    return Math.max(this.succeeded, this.succeededBefore) > 2 * limit
  }

  /** A request has succeeded after this many milliseconds. */
  responded(millis: number): void {
    const now = monotonic(this.clock)
    this.advance(now)
    this.responseTime += latest * (millis - this.responseTime)
    const sentAt = Math.floor((now - millis) / window)
    if (sentAt === this.windowAt) this.succeeded++
    else if (sentAt === this.windowAt - 1) this.succeededBefore++
  }

  /** When the slot of a call must come that ends at `end`. A later one leaves no time for the response, and only uses up the quota. */
  latestSlot(end: number): number {
    return end - 4 * this.responseTime
  }

  /** Takes the slot of a request if there is one now. */
  acquireNow(): boolean {
    this.advance(monotonic(this.clock))
    return this.waiting === 0 && this.acquireToken()
  }

  /** Waits for the slot of a request. `false`, at once, if it would come too late. */
  acquire(end: number): Effect.Effect<boolean> {
    return Effect.suspend(() => this.acquireNow() ? Effect.succeed(true) : this.wait(end))
  }

  private wait(end: number): Effect.Effect<boolean> {
    // Uninterruptible but for the waiting: a call that is counted among those who wait is always uncounted.
    return Effect.uninterruptibleMask((restore) => {
      const now = monotonic(this.clock)
      this.advance(now)
      // The rate grows while calls wait, so the line moves faster and faster, up to the limit.
      const ahead = Math.max(0, this.waiting + 1 - this.tokens)
      const growing = Math.log1p(ahead * Math.log(growth) / this.rate) / Math.log(growth) * 1000
      const wait = Math.max(growing, ahead / this.ceiling(now) * 1000)
      const last = this.latestSlot(end)
      if (now + wait > last) return Effect.succeed(false)
      this.waiting++
      const slot = this.slot.withPermit(this.nextToken).pipe(
        Effect.as(true),
        Effect.timeoutOrElse({ duration: Math.max(0, last - now), orElse: () => Effect.succeed(false) })
      )
      return Effect.ensuring(
        restore(slot),
        Effect.sync(() => {
          this.waiting--
        })
      )
    })
  }

  private acquireToken(): boolean {
    if (this.tokens < 1) return false
    this.tokens = this.rate === Infinity ? 1 : this.tokens - 1
    this.sent++
    return true
  }

  private readonly nextToken: Effect.Effect<void> = Effect.suspend(() => {
    this.advance(monotonic(this.clock))
    if (this.acquireToken()) return Effect.void
    const wait = Math.min(window, Math.max(1, (1 - this.tokens) / this.rate * 1000))
    return Effect.andThen(Effect.sleep(Duration.millis(wait)), this.nextToken)
  })
}
