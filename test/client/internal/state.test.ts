/**
 * What a client remembers between calls, and how much of it.
 */
import { assert, describe, it } from "@effect/vitest"
import { TencentAction } from "effect-tencentcloud/v3"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { ClientState } from "../../../src/client/internal/state.ts"
import { defaultNumbers } from "../../../src/internal/budget.ts"

const action = TencentAction.make("DescribeZones", {
  service: "cvm",
  version: "2017-03-12",
  request: Schema.Struct({}),
  response: Schema.Struct({})
})

describe("what a client remembers of an action", () => {
  it.effect("is of the last hundred regions, with the rate limiters of many more", () =>
    Effect.gen(function*() {
      const clock = yield* Clock.Clock
      const state = new ClientState(0, undefined, defaultNumbers, { endpoint: undefined, region: undefined })
      const preparedIn = (index: number) => Result.getOrThrow(state.preparedOf(action, `ap-${index}`, clock))
      const first = preparedIn(0)
      for (let index = 1; index < 100; index++) preparedIn(index)
      assert.strictEqual(preparedIn(0), first)
      preparedIn(100)
      const again = preparedIn(0)
      assert.notStrictEqual(again, first)
      assert.strictEqual(again.rateLimiter, first.rateLimiter)
      for (let index = 101; index < 10_100; index++) preparedIn(index)
      assert.notStrictEqual(preparedIn(0).rateLimiter, first.rateLimiter)
    }))
})
