/**
 * The end of a call. An attempt begins only if there is time for its response: one that nobody waits for could only turn a call
 * that did nothing into one whose outcome nobody knows.
 */
import type * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { monotonic } from "../../internal/time.ts"

export class Deadline {
  private readonly clock: Clock.Clock
  /** On the monotonic clock, in milliseconds. */
  readonly end: number
  /** The time that is kept for a response. */
  private readonly kept: number

  /** `responseTime` is how long responses have been taking. Both are in milliseconds. */
  constructor(millis: number, responseTime: number, clock: Clock.Clock) {
    this.clock = clock
    this.end = monotonic(clock) + millis
    // Not more than half of it: where responses have become slower than the deadline, calls still find out when that is over.
    this.kept = Math.min(responseTime, millis / 2)
  }

  left(): number {
    return Math.max(0, this.end - monotonic(this.clock))
  }

  /** An attempt that begins now has no time for its response. */
  isLate(): boolean {
    const left = this.left()
    return left === 0 || left < this.kept
  }

  /** What must be done before an attempt, or the failure of a call that is too late for one after it. */
  inTime<A, E, R, E2>(effect: Effect.Effect<A, E, R>, late: () => E2, atMost = Infinity): Effect.Effect<A, E | E2, R> {
    const fail = Effect.suspend(() => Effect.fail(late()))
    const bounded = Exit.isExit(effect)
      ? effect
      : Effect.timeoutOrElse(effect, { duration: Math.min(atMost, this.left()), orElse: () => fail })
    return Effect.flatMapEager(bounded, (value) => this.isLate() ? fail : Effect.succeed(value))
  }
}
