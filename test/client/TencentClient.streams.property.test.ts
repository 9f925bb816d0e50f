import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { checkStreams } from "../support/streamsV3.ts"

const cases = 2000

describe("event streams, on anything", () => {
  it.effect(
    `${cases} streams are events, and then their end or a declared failure`,
    () =>
      Effect.gen(function*() {
        const seen = yield* checkStreams(0, cases)
        // The generators reach them all, and more than the failures that are easy to make.
        for (const tag of ["success", "MalformedResponse", "UnknownErrorCode"]) {
          assert.isAtLeast(seen.get(tag) ?? 0, cases / 50, tag)
        }
        assert.isAtLeast(seen.size, 20)
      }),
    { timeout: 120_000 }
  )
})
