/**
 * A clock for tests with real sockets. A sleep takes a two hundredth of its time, and when it ends the clock has gone on by
 * all of it. In between the clock runs as usual, so the time of a real request hardly counts: which delays there are, and how
 * many, is as certain as with `TestClock`.
 *
 * For one call at a time. Timeouts are sleeps too: give them minutes, unless they are what is tested.
 */
import type * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"

const speed = 200

export const make = (): Clock.Clock => {
  let skipped = 0
  const now = (): number => Date.now() + skipped
  const nanos = (): bigint => BigInt(Math.round(now() * 1e6))
  return {
    currentTimeMillisUnsafe: now,
    currentTimeMillis: Effect.sync(now),
    currentTimeNanosUnsafe: nanos,
    currentTimeNanos: Effect.sync(nanos),
    monotonicTimeNanosUnsafe: nanos,
    monotonicTimeNanos: Effect.sync(nanos),
    sleep: (duration) =>
      Effect.callback<void>((resume) => {
        const end = now() + Duration.toMillis(duration)
        const timer = setTimeout(() => {
          skipped += Math.max(0, end - now())
          resume(Effect.void)
        }, Duration.toMillis(duration) / speed)
        return Effect.sync(() => clearTimeout(timer))
      })
  }
}
