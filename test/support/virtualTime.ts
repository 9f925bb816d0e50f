/**
 * Runs a call while the test clock goes on.
 */
import { assert } from "@effect/vitest"
import * as Clock from "effect/Clock"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { TestClock } from "effect/testing"

/** An ordinary time, so that seconds and dates are ordinary too. */
export const epoch = Date.UTC(2026, 0, 2, 3, 4, 5)

/** Lets a fiber do all that needs turns and no time. */
const settled = (fiber: Fiber.Fiber<unknown, unknown>) =>
  Effect.gen(function*() {
    for (let turn = 0; turn < 200 && fiber.pollUnsafe() === undefined; turn++) yield* Effect.yieldNow
  })

/** Runs an effect while the test clock goes on for `duration`; returns its exit and how long it took. */
export const timed = <A, E, R>(effect: Effect.Effect<A, E, R>, duration: Duration.Input = "2 minutes") =>
  Effect.gen(function*() {
    const start = yield* Clock.currentTimeMillis
    const fiber = yield* Effect.forkChild(
      Effect.flatMap(
        Effect.exit(effect),
        (exit) => Effect.map(Clock.currentTimeMillis, (now) => ({ exit, took: now - start }))
      )
    )
    yield* settled(fiber)
    yield* TestClock.adjust(duration)
    yield* settled(fiber)
    assert.isDefined(fiber.pollUnsafe(), "still running")
    return yield* Fiber.join(fiber)
  })

export const run = <A, E, R>(effect: Effect.Effect<A, E, R>, duration?: Duration.Input) =>
  Effect.flatMap(timed(effect, duration), ({ exit }) => exit)

export const errorOf = <A, E, R>(effect: Effect.Effect<A, E, R>, duration?: Duration.Input) =>
  Effect.flip(run(effect, duration))

/** In milliseconds. */
export const minutes = (n: number) => n * 60_000
