/**
 * As the property test of event streams, on more of them than a developer wants to wait for.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { checkStreams } from "../support/streamsV3.ts"

describe("event streams, on anything", () => {
  it.effect(
    "100,000 more streams are events, and then their end or a declared failure",
    () =>
      Effect.gen(function*() {
        const seen = yield* checkStreams(2000, 100_000)
        assert.isAtLeast(seen.get("UnknownErrorCode") ?? 0, 3000)
      }),
    { timeout: 600_000 }
  )
})
