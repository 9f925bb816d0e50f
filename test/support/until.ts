/**
 * Waits in real time, for what happens on the other side of the network.
 */
import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"

const interval = 5

/** Ten seconds on a machine that is not busy. */
const maxTries = 2000

export const until = <R>(condition: Effect.Effect<boolean, never, R>) =>
  Effect.gen(function*() {
    for (let tries = 0; tries < maxTries; tries++) {
      if (yield* condition) return
      yield* Effect.promise(() => new Promise((resolve) => setTimeout(resolve, interval)))
    }
    assert.fail("it did not happen")
  })
