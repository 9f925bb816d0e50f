/**
 * The timeout of an attempt does what that of Effect does, in every order of events.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import type * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import { TestClock } from "effect/testing"
import { timeoutOrElse } from "../../../src/client/internal/timeout.ts"

const second = 1000

type Timeout = <A, E, R>(self: Effect.Effect<A, E, R>) => Effect.Effect<A | "late", E, R>

const ours: Timeout = <A, E, R>(self: Effect.Effect<A, E, R>) =>
  Effect.contextWith((context: Context.Context<R>) =>
    Clock.clockWith((clock) =>
      timeoutOrElse(self, { clock, context, millis: second, orElse: () => Effect.succeed("late" as const) })
    )
  )

const ofEffect: Timeout = (self) =>
  Effect.timeoutOrElse(self, { duration: second, orElse: () => Effect.succeed("late" as const) })

const after = <A, E>(millis: number, then: Effect.Effect<A, E>): Effect.Effect<A, E> => Effect.delay(then, millis)

/** What an effect does, and the moment of each step. */
const observed = (log: Array<string>) => {
  const note = (what: string) => Effect.map(Clock.currentTimeMillis, (now) => void log.push(`${what} at ${now}`))
  const cleaned = <A, E>(self: Effect.Effect<A, E>, millis: number) =>
    Effect.onInterrupt(self, () => after(millis, note("cleaned up")))
  return { note, cleaned }
}

type Observed = ReturnType<typeof observed>

const cases: ReadonlyArray<{
  readonly title: string
  readonly self: (observed: Observed) => Effect.Effect<unknown, string>
  readonly interruptAt?: number
  readonly uninterruptible?: boolean
}> = [
  { title: "a success at once", self: () => Effect.succeed("done") },
  { title: "a failure at once", self: () => Effect.fail("failed") },
  { title: "a defect at once", self: () => Effect.die("defect") },
  { title: "a success in time", self: () => after(999, Effect.succeed("done")) },
  { title: "a failure in time", self: () => after(999, Effect.fail("failed")) },
  { title: "a defect in time", self: () => after(999, Effect.die("defect")) },
  { title: "an effect that interrupts itself", self: () => after(10, Effect.interrupt) },
  { title: "a success at the last moment", self: () => after(1000, Effect.succeed("done")) },
  { title: "a success that is late", self: ({ note }) => after(1001, note("done")) },
  { title: "an effect without end", self: () => Effect.never },
  { title: "a late effect that cleans up", self: ({ cleaned }) => cleaned(Effect.never, 50) },
  {
    title: "a late effect that cannot be interrupted",
    self: ({ note }) => Effect.uninterruptible(after(1500, note("done")))
  },
  { title: "an interruption from outside", self: ({ cleaned }) => cleaned(Effect.never, 50), interruptAt: 500 },
  {
    title: "an interruption while a late effect cleans up",
    self: ({ cleaned }) => cleaned(Effect.never, 500),
    interruptAt: 1200
  },
  {
    title: "a caller that cannot be interrupted",
    self: ({ cleaned }) => cleaned(Effect.never, 50),
    interruptAt: 500,
    uninterruptible: true
  }
]

describe("timeoutOrElse", () => {
  it.effect.each(cases)("$title", ({ interruptAt, self, uninterruptible = false }) =>
    Effect.gen(function*() {
      const [one, other] = yield* Effect.forEach([ours, ofEffect], (timeout) =>
        Effect.gen(function*() {
          const log: Array<string> = []
          const { note } = observed(log)
          const start = yield* Clock.currentTimeMillis
          const made = timeout(self(observed(log)))
          const fiber = yield* Effect.forkChild(
            Effect.onExit(uninterruptible ? Effect.uninterruptible(made) : made, () => note("ended"))
          )
          const steps = [0, 10, 490, 499, 1, 1, 199, 300, 500, 1000]
          let now = 0
          for (const step of steps) {
            yield* TestClock.adjust(Duration.millis(step))
            now += step
            if (now === interruptAt) yield* Effect.forkChild(Fiber.interrupt(fiber), { startImmediately: true })
          }
          const exit = yield* Fiber.await(fiber)
          return {
            result: Exit.isSuccess(exit) ? exit.value : exit.cause.reasons.map((reason) => reason._tag),
            log: log.map((line) => line.replace(/\d+$/, (at) => String(Number(at) - start)))
          }
        }))
      assert.deepStrictEqual(one, other)
    }))
})
