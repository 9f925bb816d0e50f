/**
 * The time of the server.
 */
import { assert, describe, it } from "@effect/vitest"
import { Failure, TencentRetry } from "effect-tencentcloud"
import { TencentAction } from "effect-tencentcloud/v2"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { TestClock } from "effect/testing"
import { callWith, clientOf, Read, secretKey, Write } from "../../support/client.ts"
import { dated, failed, isSigned, ok, parameter, scripted } from "../../support/scriptedServer.ts"
import { epoch, errorOf, minutes, run } from "../../support/virtualTime.ts"

/** Refuses a timestamp more than five minutes away from a clock that is `skew` milliseconds ahead. */
const strictClock = (skew: () => number, header: (now: number) => Record<string, string>) =>
  scripted((sent) =>
    Effect.map(Clock.currentTimeMillis, (now) => {
      const theirs = now + skew()
      return Math.abs(Number(parameter(sent, "Timestamp")) * 1000 - theirs) > 300_000
        ? failed(4500, header(theirs))
        : ok()
    })
  )

describe("a clock that is wrong", () => {
  it.effect.each([10, -10, 60 * 24 * 400, -60 * 24 * 400])(
    "a clock that is %d minutes off costs one more request, once",
    (off) =>
      Effect.gen(function*() {
        yield* TestClock.setTime(epoch + 123)
        const { layer, sent } = strictClock(() => minutes(off), dated)
        const client = yield* clientOf(layer)
        // A mutating action too: it was refused before it ran.
        yield* run(client.call(Write, {}))
        assert.strictEqual(sent.length, 2)
        assert.closeTo(Number(parameter(sent[1], "Timestamp")), (epoch + minutes(off)) / 1000, 1)
        assert.isTrue(sent.every((one) => isSigned(one, secretKey)))
        yield* TestClock.adjust("3 hours")
        yield* run(client.call(Read, {}))
        assert.strictEqual(sent.length, 3)
      })
  )

  it.effect("20 calls at once learn the time of the server once", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(epoch)
      const { layer, sent } = strictClock(() => minutes(10), dated)
      const client = yield* clientOf(layer)
      yield* run(Effect.all(Array.from({ length: 20 }, () => client.call(Read, {})), { concurrency: "unbounded" }))
      assert.strictEqual(sent.length, 40)
      assert.strictEqual(new Set(sent.map((one) => parameter(one, "Timestamp"))).size, 2)
      yield* run(client.call(Read, {}))
      assert.strictEqual(sent.length, 41)
    }))

  it.effect("the time of the server is learnt again when our clock is set right", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(epoch)
      let skew = minutes(10)
      const { layer, sent } = strictClock(() => skew, dated)
      const client = yield* clientOf(layer)
      yield* run(client.call(Read, {}))
      skew = 0
      yield* run(client.call(Read, {}))
      assert.strictEqual(sent.length, 4)
      yield* run(client.call(Read, {}))
      assert.strictEqual(sent.length, 5)
    }))

  it.effect.each<readonly [string, Record<string, string>]>([
    ["a refusal without a date", {}],
    ...[
      "",
      "soon",
      "0",
      "12",
      "-1",
      "2026",
      "2030-01-01",
      "1893456000",
      "Tue, 99 Foo 2030 99:99:99 GMT",
      "Tue, 01 Jan 2030"
    ].map((
      date
    ) => [`the date '${date}'`, { date }] as const)
  ])("nothing is learnt from %s", ([, header]) =>
    Effect.gen(function*() {
      yield* TestClock.setTime(epoch)
      const { layer, sent } = strictClock(() => minutes(10), () => header)
      const client = yield* clientOf(layer)
      assert.strictEqual((yield* errorOf(client.call(Read, {})))._tag, "ReplayAttack")
      assert.deepStrictEqual(sent.map((one) => Number(parameter(one, "Timestamp")) * 1000), [epoch, epoch, epoch])
    }))

  it.effect.each(["Fri, 02 Jan 2026 04:04:05 GMT", "Friday, 02-Jan-26 04:04:05 GMT"])(
    "the time of the server is learnt from the date %s",
    (date) =>
      Effect.gen(function*() {
        yield* TestClock.setTime(epoch)
        const { layer, sent } = strictClock(() => minutes(60), () => ({ date }))
        yield* run(callWith(layer, Read))
        assert.strictEqual(Number(parameter(sent[1], "Timestamp")) * 1000, epoch + minutes(60))
      })
  )

  it.effect("a repeated nonce with a clock that is right is replaced by a new one, and the clock stays", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(epoch)
      const { layer, sent } = scripted((_, index) => index < 2 ? failed(4500, dated(epoch + 29_000)) : ok())
      yield* run(callWith(layer, Read))
      assert.strictEqual(sent.length, 3)
      assert.strictEqual(new Set(sent.map((one) => parameter(one, "Timestamp"))).size, 1)
      assert.strictEqual(new Set(sent.map((one) => parameter(one, "Nonce"))).size, 3)
    }))
})

class NonceUsed extends Failure.define<NonceUsed>()("NonceUsed", { kind: "replay" }) {}

const WriteWithOwnReplay = TencentAction.make("RunInstances", {
  module: "cvm",
  request: Schema.Struct({}),
  response: Schema.Struct({}),
  errors: { 4500: NonceUsed }
})

describe("a nonce that is refused as used, with a clock that is right", () => {
  const retry = TencentRetry.byKind({ replay: TencentRetry.replay })

  const times = [
    ["the same time", dated(epoch)],
    ["a time three minutes off", dated(epoch + minutes(3))],
    ["no time", {}]
  ] as const
  const policies = [["the default policy", {}], ["a policy for it", { retry }]] as const
  const cases = times.flatMap(([time, headers]) =>
    policies.map(([policy, options]) => [time, policy, headers, options] as const)
  )

  it.effect.each(cases)(
    "a change whose nonce was used is not repeated where the server says %s, with %s",
    ([, , headers, options]) =>
      Effect.gen(function*() {
        yield* TestClock.setTime(epoch)
        const { layer, sent } = scripted(() => failed(4500, headers))
        const error = yield* errorOf(TencentRetry.retry(callWith(layer, Write, options), retry))
        assert.strictEqual(sent.length, 1)
        assert.deepStrictEqual(TencentRetry.decide(error, { idempotent: false }), {
          _tag: "Stop",
          reason: "outcomeUnknown"
        })
      })
  )

  it.effect("a change is not repeated either where the action has a class of its own for the code", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(epoch)
      const { layer, sent } = scripted(() => failed(4500, dated(epoch)))
      const client = yield* clientOf(layer)
      const error = yield* errorOf(client.call(WriteWithOwnReplay, {}))
      assert.deepStrictEqual([error._tag, error.outcome, sent.length], ["NonceUsed", "unknown", 1])
    }))

  it.effect("the time of the server is learnt from a class of one's own too", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(epoch)
      const { layer, sent } = strictClock(() => minutes(10), dated)
      const client = yield* clientOf(layer)
      yield* run(client.call(WriteWithOwnReplay, {}))
      assert.strictEqual(sent.length, 2)
    }))
})
