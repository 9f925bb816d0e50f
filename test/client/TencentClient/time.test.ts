/**
 * Timeouts, deadlines and delays.
 */
import { assert, describe, it } from "@effect/vitest"
import { TencentRetry } from "effect-tencentcloud"
import type { TencentClient } from "effect-tencentcloud/client"
import { TencentQuotaStore } from "effect-tencentcloud/client"
import { TencentAction } from "effect-tencentcloud/v2"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"
import { TestClock } from "effect/testing"
import { callWith, clientOf, Read, Write } from "../../support/client.ts"
import { failed, json, ok, scripted } from "../../support/scriptedServer.ts"
import { epoch, errorOf, run, timed } from "../../support/virtualTime.ts"

/** An action whose request takes as long to encode. */
const slow = (encoding: Effect.Effect<void>) =>
  TencentAction.make("RunInstances", {
    module: "cvm",
    request: Schema.Struct({
      a: Schema.String.pipe(
        Schema.decodeTo(
          Schema.String,
          SchemaTransformation.transformEffect({
            decode: (text: string) => Effect.succeed(text),
            encode: (text: string) => Effect.as(encoding, text)
          })
        )
      )
    }),
    response: Schema.Struct({ totalCount: Schema.Number })
  })

describe("timeouts and deadlines", () => {
  it.effect.each<readonly [string, TencentClient.Options, TencentClient.CallOptions, number]>([
    ["an attempt takes ten seconds at most", {}, {}, 10_000],
    ["an attempt takes the attemptTimeout at most", { attemptTimeout: "3 seconds" }, {}, 3000],
    ["an attempt takes no longer than the deadline of the client", { deadline: "4 seconds" }, {}, 4000],
    [
      "an attempt takes no longer than the deadline of the call",
      { deadline: "1 hour" },
      { deadline: "2 seconds" },
      2000
    ],
    ["an attempt of one call may take longer", {}, { attemptTimeout: "30 seconds" }, 30_000],
    ["an attempt of one call may take less time", {}, { attemptTimeout: "1 second" }, 1000],
    ["an attempt takes no longer than the deadline of its call, whatever its attemptTimeout", {}, {
      attemptTimeout: "30 seconds",
      deadline: "15 seconds"
    }, 15_000],
    ["an attempt of one call may take longer than the deadline of the client", { deadline: "5 seconds" }, {
      attemptTimeout: "30 seconds"
    }, 30_000],
    ["an attempt may take longer than the usual deadline", { attemptTimeout: "40 seconds" }, {}, 40_000],
    [
      "an attempt without a limit ends with the deadline",
      {},
      { attemptTimeout: "Infinity", deadline: "1 minute" },
      60_000
    ]
  ])("%s", ([, options, call, expected]) =>
    Effect.gen(function*() {
      const { layer, sent } = scripted(() => Effect.never)
      const { exit, took } = yield* timed(callWith(layer, Write, { ...options, call }))
      const error = yield* Effect.flip(exit)
      assert(error._tag === "TransportFailure")
      assert.deepStrictEqual([error.reason, error.outcome, took], ["AttemptTimeout", "unknown", expected])
      assert.isTrue(sent.every(({ signal }) => signal.aborted))
    }))

  it.effect("an action says how long its attempts may take, and a call can say otherwise", () =>
    Effect.gen(function*() {
      const { layer } = scripted(() => Effect.never)
      const client = yield* clientOf(layer)
      const Poll = TencentAction.make("ReceiveMessage", {
        module: "cvm",
        request: Schema.Struct({}),
        response: Schema.Struct({}),
        attemptTimeout: "30 seconds"
      })
      assert.strictEqual((yield* timed(client.call(Poll, {}))).took, 30_000)
      assert.strictEqual((yield* timed(client.call(Poll, {}, { attemptTimeout: "3 seconds" }))).took, 3000)
    }))

  // Twenty seconds are left beside one attempt of ten. A refusal of the nonce takes no token of the budget.
  it.effect.each<readonly [string, TencentClient.Options, TencentClient.CallOptions, number]>([
    ["the usual one", {}, {}, 30_000],
    ["shorter attempts", {}, { attemptTimeout: "5 seconds" }, 30_000],
    ["attempts that are 20 seconds longer", {}, { attemptTimeout: "30 seconds" }, 50_000],
    ["the same for all calls", { attemptTimeout: "30 seconds" }, {}, 50_000],
    ["no longer than those of the client", { attemptTimeout: "30 seconds" }, { attemptTimeout: "20 seconds" }, 50_000],
    ["beside a deadline of the client", { deadline: "12 seconds" }, { attemptTimeout: "30 seconds" }, 32_000],
    ["a deadline of the client is kept", { deadline: "12 seconds", attemptTimeout: "30 seconds" }, {}, 12_000]
  ])("the deadline moves with the time for an attempt: %s", ([, options, call, expected]) =>
    Effect.gen(function*() {
      const { layer } = scripted(() => failed(4500))
      const retry = TencentRetry.byKind({ replay: Schedule.spaced("1 second") })
      const { took } = yield* timed(callWith(layer, Read, { ...options, retry, call }))
      // The last of them has the time for a response.
      assert.strictEqual(took, expected - 1000)
    }))

  it.effect("a deadline of no time at all sends nothing", () =>
    Effect.gen(function*() {
      const { layer, sent } = scripted(ok)
      const { exit, took } = yield* timed(callWith(layer, Write, { call: { deadline: 0 } }))
      const error = yield* Effect.flip(exit)
      assert(error._tag === "InvalidRequest")
      assert.match(error.message, /at deadline: It leaves no time for a response/)
      assert.deepStrictEqual([error.outcome, sent.length, took], ["notRun", 0, 0])
    }))

  it.effect.each<readonly [string, TencentClient.Options, TencentClient.CallOptions]>([
    ["zero", {}, { attemptTimeout: 0 }],
    ["less than zero", {}, { attemptTimeout: -1 }],
    ["no number", {}, { attemptTimeout: NaN }],
    ["zero for all calls", { attemptTimeout: 0 }, {}]
  ])("an attempt of no time at all sends nothing: %s", ([, options, call]) =>
    Effect.gen(function*() {
      const { layer, sent } = scripted(ok)
      const { exit } = yield* timed(callWith(layer, Write, { ...options, call }))
      const error = yield* Effect.flip(exit)
      assert(error._tag === "InvalidRequest")
      assert.match(error.message, /at attemptTimeout: It leaves no time for a response/)
      assert.deepStrictEqual([error.outcome, sent.length], ["notRun", 0])
    }))

  it.effect("calls still try where responses have become slower than the deadline", () =>
    Effect.gen(function*() {
      const { layer, sent } = scripted((_, index) => index < 60 ? Effect.as(Effect.sleep("8 seconds"), ok()) : ok())
      const client = yield* clientOf(layer)
      for (let call = 0; call < 60; call++) yield* run(client.call(Write, {}))
      yield* client.call(Write, {}, { deadline: "2 seconds" })
      assert.strictEqual(sent.length, 61)
    }))

  it.effect("the last attempt ends with the deadline", () =>
    Effect.gen(function*() {
      const { layer, sent } = scripted(() => Effect.never)
      const { took } = yield* timed(callWith(layer, Read, { deadline: "15 seconds" }))
      assert.deepStrictEqual([sent.length, took], [2, 15_000])
    }))

  it.effect("a delay that would end after the deadline is not slept", () =>
    Effect.gen(function*() {
      const { layer, sent } = scripted(() => failed(6000))
      const retry = TencentRetry.byKind({ internal: Schedule.spaced("20 seconds") })
      const { exit, took } = yield* timed(callWith(layer, Read, { retry }))
      assert.strictEqual((yield* Effect.flip(exit))._tag, "InternalError")
      assert.deepStrictEqual([sent.length, took], [2, 20_000])
    }))

  it.effect("the time of the body counts", () =>
    Effect.gen(function*() {
      const { layer, sent } = scripted(() => new Response(new ReadableStream({})))
      const { exit, took } = yield* timed(callWith(layer, Write))
      const error = yield* Effect.flip(exit)
      assert.deepStrictEqual(["reason" in error && error.reason, took], ["AttemptTimeout", 10_000])
      assert.isTrue(sent[0]!.signal.aborted)
    }))

  it.effect.each<readonly [string, Effect.Effect<void>, number, number]>([
    ["in time", Effect.sleep("1 second"), 1, 1000],
    ["with too little time left for a response", Effect.sleep(1950), 0, 1950],
    ["never", Effect.never, 0, 2000]
  ])("a request that is encoded %s", ([, encoding, requests, expected]) =>
    Effect.gen(function*() {
      const { layer, sent } = scripted(ok)
      const client = yield* clientOf(layer)
      const { exit, took } = yield* timed(client.call(slow(encoding), { a: "x" }, { deadline: "2 seconds" }))
      assert.deepStrictEqual([sent.length, took], [requests, expected])
      if (requests === 1) return
      const error = yield* Effect.flip(exit)
      assert(error._tag === "InvalidRequest")
      assert.match(error.message, /schema did not encode it in time/)
    }))

  it.effect("the time that the encoding took is not there for attempts", () =>
    Effect.gen(function*() {
      const { layer, sent } = scripted(() => Effect.never)
      const client = yield* clientOf(layer)
      const { took } = yield* timed(client.call(slow(Effect.sleep("1 second")), { a: "x" }, { deadline: "4 seconds" }))
      assert.deepStrictEqual([sent.length, took], [1, 4000])
    }))

  it.effect.each<readonly [string, number, number, number]>([
    ["in time", 200, 1, 200],
    ["with too little time left for a response", 450, 0, 450],
    ["after the deadline", 700, 0, 500]
  ])("a slot of a quota store that comes %s", ([, after, requests, expected]) =>
    Effect.gen(function*() {
      const { layer, sent } = scripted(ok)
      const store = Layer.succeed(TencentQuotaStore.TencentQuotaStore, {
        acquire: () => Effect.as(Effect.sleep(after), true),
        learn: () => Effect.void
      })
      const { exit, took } = yield* timed(
        callWith(layer, Write, { deadline: "500 millis" }).pipe(Effect.provide(store))
      )
      assert.deepStrictEqual([sent.length, took], [requests, expected])
      if (requests === 0) assert.include(yield* Effect.flip(exit), { _tag: "QuotaExceeded", outcome: "notRun" })
    }))

  it.effect("a quota store that does not learn holds up no retry", () =>
    Effect.gen(function*() {
      const store = Layer.succeed(TencentQuotaStore.TencentQuotaStore, {
        acquire: () => Effect.succeed(true),
        learn: () => Effect.never
      })
      const message = "request times equals to `41` in a second, which exceeds the frequency limit `40`"
      const limited = scripted(() => json({ code: 4400, message }))
      const { exit, took } = yield* timed(
        callWith(limited.layer, Write, { deadline: "5 seconds" }).pipe(Effect.provide(store))
      )
      assert.include(yield* Effect.flip(exit), { _tag: "QuotaExceeded", code: 4400 })
      assert.isAbove(limited.sent.length, 1)
      // A deadline is kept to the millisecond, and random delays end between two of them.
      assert.isBelow(took, 5001)
    }))
})

describe("the time of a last retry", () => {
  it.effect("a retry is not begun at the deadline: the refusal that is known comes out", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(epoch)
      const { layer, sent } = scripted(() => failed(6200))
      const retry = TencentRetry.byKind({ unavailable: Schedule.spaced("2 seconds") })
      const client = yield* clientOf(layer, { retry })
      const error = yield* errorOf(client.call(Write, {}, { deadline: "2 seconds" }))
      assert.deepStrictEqual([error._tag, sent.length], ["ApiUnavailable", 1])
      yield* errorOf(client.call(Write, {}, { deadline: "2200 millis" }))
      assert.strictEqual(sent.length, 3)
    }))

  it.effect.each([[0, 2], [1000, 1]] as const)(
    "a last retry is given the time that responses have been taking, here %d milliseconds: %d requests",
    ([millis, requests]) =>
      Effect.gen(function*() {
        const { layer, sent } = scripted((_, index) =>
          index >= 30 ? failed(6000) : Effect.delay(Effect.sync(ok), millis)
        )
        const retry = TencentRetry.byKind({ internal: Schedule.recurs(1) })
        const client = yield* clientOf(layer, { retry })
        for (let i = 0; i < 30; i++) yield* run(client.call(Read, {}))
        yield* errorOf(client.call(Read, {}, { deadline: "900 millis" }))
        assert.strictEqual(sent.length - 30, requests)
      })
  )
})

const tooMany = (header?: string) =>
  new Response("", { status: 429, headers: header === undefined ? {} : { "retry-after": header } })

describe("Retry-After", () => {
  it.effect("429 without a Retry-After is retried at the learned rate, at most once in each second, to the deadline", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(epoch)
      const seconds: Array<number> = []
      const { layer } = scripted(() =>
        Effect.map(Clock.currentTimeMillis, (now) => (seconds.push(Math.floor((now - epoch) / 1000)), tooMany()))
      )
      const error = yield* errorOf(callWith(layer, Write))
      assert.deepStrictEqual(["status" in error && error.status, "outcome" in error && error.outcome], [429, "notRun"])
      assert.strictEqual(new Set(seconds).size, seconds.length)
      assert.isTrue(seconds.at(-1)! >= 25 && seconds.at(-1)! < 30)
      assert.isTrue(seconds.length >= 8 && seconds.length <= 16, `${seconds}`)
    }))

  it.effect.each<readonly [string, string, number, number]>([
    ["seconds", "12", 12, 14],
    ["a date", new Date(epoch + 12_000).toUTCString(), 12, 14],
    ["a date that is over", new Date(epoch - 12_000).toUTCString(), 0, 2],
    ["no time", "0", 0, 2],
    ["nonsense", "soon", 0, 2],
    ["a negative number", "-5", 0, 2]
  ])("a Retry-After of %s (%s) is waited for, from %d to %d seconds", ([, header, from, to]) =>
    Effect.gen(function*() {
      yield* TestClock.setTime(epoch)
      const { layer } = scripted((_, index) => index === 0 ? tooMany(header) : ok())
      const { took } = yield* timed(callWith(layer, Write))
      assert.isTrue(took >= from * 1000 && took <= to * 1000, String(took))
    }))

  it.effect.each(["3600", "99999999999999999999", "9".repeat(400)])(
    "a Retry-After beyond the deadline (%s) ends the call at once",
    (header) =>
      Effect.gen(function*() {
        const { layer, sent } = scripted(() => tooMany(header))
        const { took } = yield* timed(callWith(layer, Write))
        assert.deepStrictEqual([sent.length, took], [1, 0])
      })
  )
})
