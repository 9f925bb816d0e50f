/**
 * Calls that are interrupted.
 */
import { assert, describe, it } from "@effect/vitest"
import { TencentRetry } from "effect-tencentcloud"
import { TencentCredentials } from "effect-tencentcloud/client"
import * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Schedule from "effect/Schedule"
import { TestClock } from "effect/testing"
import { callWith, clientOf, keys, Read } from "../../support/client.ts"
import { failed, ok, scripted } from "../../support/scriptedServer.ts"

describe("interruption", () => {
  it.effect("a request is aborted when its call is interrupted", () =>
    Effect.gen(function*() {
      const { layer, sent } = scripted(() => Effect.never)
      const fiber = yield* Effect.forkChild(callWith(layer, Read))
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual([sent.length, sent[0]!.signal.aborted], [1, false])
      yield* Fiber.interrupt(fiber)
      assert.isTrue(sent[0]!.signal.aborted)
      assert.isTrue(Cause.hasInterruptsOnly(yield* Effect.flip(Effect.sandbox(Fiber.join(fiber)))))
    }))

  it.effect("a call that is interrupted during a delay sends no other request", () =>
    Effect.gen(function*() {
      const { layer, sent } = scripted(() => failed(6000))
      const retry = TencentRetry.byKind({ internal: Schedule.spaced("10 seconds") })
      const fiber = yield* Effect.forkChild(callWith(layer, Read, { retry }))
      yield* TestClock.adjust("5 seconds")
      yield* Fiber.interrupt(fiber)
      yield* TestClock.adjust("1 minute")
      assert.strictEqual(sent.length, 1)
    }))

  it.effect("a call that is interrupted while credentials are loaded sends no request", () =>
    Effect.gen(function*() {
      const { layer, sent } = scripted(ok)
      const loaded = yield* Deferred.make<TencentCredentials.Credentials>()
      const client = yield* clientOf(layer, {}, TencentCredentials.layerRefreshing(Deferred.await(loaded)))
      const fiber = yield* Effect.forkChild(client.call(Read, {}), { startImmediately: true })
      yield* Fiber.interrupt(fiber)
      yield* Deferred.succeed(loaded, keys)
      assert.strictEqual(sent.length, 0)
      yield* client.call(Read, {})
      assert.strictEqual(sent.length, 1)
    }))
})
