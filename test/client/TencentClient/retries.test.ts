/**
 * What is repeated.
 */
import { assert, describe, it } from "@effect/vitest"
import { TencentRetry } from "effect-tencentcloud"
import { TencentClient, TencentCredentials } from "effect-tencentcloud/client"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as HttpClientError from "effect/http/HttpClientError"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"
import { TestClock } from "effect/testing"
import { callWith, clientOf, issuer, keys, Read, Write } from "../../support/client.ts"
import { failed, scripted, transportError } from "../../support/scriptedServer.ts"
import { epoch, errorOf, run } from "../../support/virtualTime.ts"

/** Requests of a call that always fails. */
const requests = (
  action: typeof Read,
  respond: () => Response | Effect.Effect<never, HttpClientError.HttpClientError>,
  options?: Parameters<typeof callWith>[2]
) =>
  Effect.gen(function*() {
    const { layer, sent } = scripted(respond)
    const exit = yield* Effect.exit(run(callWith(layer, action, options)))
    assert.isTrue(Exit.isFailure(exit))
    return sent.length
  })

describe("the guard of mutating actions", () => {
  const eager = TencentRetry.byKind({
    internal: Schedule.recurs(5),
    operationFailed: Schedule.recurs(5),
    soldOut: Schedule.recurs(5),
    transport: Schedule.recurs(5),
    malformed: Schedule.recurs(5),
    unavailable: Schedule.recurs(5)
  })

  it.effect.each<readonly [string, () => Response | Effect.Effect<never, HttpClientError.HttpClientError>, number]>([
    ["6000", () => failed(6000), 1],
    ["5100", () => failed(5100), 1],
    ["5200, a refusal before anything was bought", () => failed(5200), 6],
    ["6200, a refusal before anything ran", () => failed(6200), 6],
    ["a lost connection", () => transportError("ECONNRESET"), 1],
    ["a refused connection", () => transportError("ECONNREFUSED"), 6],
    ["502", () => new Response("", { status: 502 }), 1],
    ["HTML", () => new Response("<html>"), 1]
  ])(
    "a mutating call that meets %s is repeated only where nothing ran, whatever the policy says",
    ([, respond, expected]) =>
      Effect.gen(function*() {
        assert.strictEqual(yield* requests(Write, respond, { retry: eager }), expected)
        // `idempotent: true` leaves it to the policy, `false` guards a reading action too.
        const reads = yield* requests(Write, respond, { retry: eager, call: { idempotent: true } })
        assert.strictEqual(reads, 6)
        assert.strictEqual(yield* requests(Read, respond, { retry: eager }), reads)
        assert.strictEqual(yield* requests(Read, respond, { retry: eager, call: { idempotent: false } }), expected)
      })
  )

  it.effect("an idempotent call counts as a reading one in the default policies", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(
        yield* Effect.all([
          requests(Read, () => failed(6000)),
          requests(Write, () => failed(6000)),
          requests(Write, () => failed(6000), { call: { idempotent: true } }),
          requests(Read, () => failed(6000), { call: { idempotent: false } })
        ]),
        [6, 1, 6, 1]
      )
    }))

  it.effect.each([4100, 4400, 4500, 5100, 6000, 6200])(
    "a policy without schedules turns retries off after %d",
    (code) =>
      Effect.gen(function*() {
        const options = { retry: TencentRetry.make({}), credentials: issuer().layer }
        assert.strictEqual(yield* requests(Read, () => failed(code), options), 1)
        assert.strictEqual(yield* requests(Read, () => transportError("ECONNREFUSED"), options), 1)
      })
  )
})

describe("a policy around the client", () => {
  it.effect.each([["idempotent", TencentRetry.idempotent], ["mutating", TencentRetry.mutating]] as const)(
    "the default policy %s around a call does not multiply its requests",
    ([, policy]) =>
      Effect.gen(function*() {
        const { layer, sent } = scripted(() => failed(6000))
        const client = yield* clientOf(layer)
        yield* errorOf(client.call(Read, {}).pipe(TencentRetry.retry(policy), TencentRetry.retry(policy)))
        assert.strictEqual(sent.length, 6)
      })
  )

  it.effect("a policy of the user around a call repeats a reading one, and never a mutating one that may have been executed", () =>
    Effect.gen(function*() {
      const policy = TencentRetry.byKind({ internal: Schedule.recurs(2), unavailable: Schedule.recurs(1) })
      const counts: Array<number> = []
      for (
        const [action, code, options] of [
          [Read, 6000, {}],
          [Write, 6000, {}],
          [Write, 6000, { idempotent: true }],
          // Nothing ran.
          [Write, 6200, {}]
        ] as const
      ) {
        const { layer, sent } = scripted(() => failed(code))
        const client = yield* clientOf(layer, { retry: TencentRetry.make({}) })
        yield* errorOf(client.call(action, {}, options).pipe(TencentRetry.retry(policy)))
        counts.push(sent.length)
      }
      assert.deepStrictEqual(counts, [3, 1, 3, 2])
    }))
})

describe("a client with a policy of its own", () => {
  it.effect.each(
    [
      ["without schedules", TencentRetry.make({}), 6],
      ["with one retry", TencentRetry.byKind({ internal: Schedule.recurs(1) }), 2]
    ] as const
  )(
    "a client with a policy %s leaves to one around the call what it does not retry, and only that",
    ([, retry, expected]) =>
      Effect.gen(function*() {
        const { layer, sent } = scripted(() => failed(6000))
        const call = callWith(layer, Read, { retry })
        yield* errorOf(TencentRetry.retry(call, TencentRetry.idempotent))
        assert.strictEqual(sent.length, expected)
      })
  )
})

describe("an earlier attempt that may have run", () => {
  const again = { idempotent: true }

  it.effect.each(["ECONNREFUSED", "ENOTFOUND"])(
    "an earlier attempt that may have run is not hidden by a later one that was not sent (%s)",
    (code) =>
      Effect.gen(function*() {
        const { layer } = scripted((_, index) => transportError(index === 0 ? "ECONNRESET" : code))
        const client = yield* clientOf(layer)
        const error = yield* errorOf(client.call(Write, {}, again))
        assert.include(error, { _tag: "TransportFailure", code, outcome: "unknown" })
        assert.include(error.message, "earlier attempt")
      })
  )

  it.effect("an earlier attempt that may have run is not hidden by a refusal", () =>
    Effect.gen(function*() {
      const { layer } = scripted((_, index) => index === 0 ? transportError("ECONNRESET") : failed(4000))
      const client = yield* clientOf(layer)
      const error = yield* errorOf(client.call(Write, {}, again))
      assert.strictEqual(error._tag, "InvalidParameter")
      assert.deepStrictEqual(TencentRetry.decide(error, { idempotent: false }), {
        _tag: "Stop",
        reason: "outcomeUnknown"
      })
    }))

  it.effect("an earlier attempt that may have run is not hidden by keys that run out", () =>
    Effect.gen(function*() {
      let asked = 0
      const source = Layer.succeed(TencentCredentials.TencentCredentials, {
        get: Effect.suspend(() =>
          ++asked === 1
            ? Effect.succeed(keys)
            : Effect.fail(new TencentCredentials.CredentialsUnavailable({ message: "no" }))
        ),
        refresh: () => Effect.succeed(keys)
      })
      const { layer, sent } = scripted(() => transportError("ECONNRESET"))
      const context = yield* Layer.build(
        TencentClient.layer({ region: "ap-guangzhou" }).pipe(Layer.provide([source, layer]))
      )
      const call = Context.get(context, TencentClient.TencentClient).call(Write, {}, again)
      const error = yield* errorOf(call)
      assert.include(error, { _tag: "TransportFailure", reason: "ConnectionLost", outcome: "unknown" })
      assert.deepStrictEqual([sent.length, asked], [1, 2])
    }).pipe(Effect.scoped))

  it.effect("an earlier attempt that may have run is not hidden by an old quota error, when the next slot comes too late", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(epoch)
      const { layer } = scripted((_, index) => index === 0 ? failed(4400) : transportError("ECONNRESET"))
      const client = yield* clientOf(layer)
      const error = yield* errorOf(client.call(Write, {}, { ...again, deadline: "3 seconds" }))
      assert.include(error, { _tag: "TransportFailure", outcome: "unknown" })
      assert.strictEqual(Option.getOrUndefined(TencentRetry.history(error))?.tags.at(-1), error._tag)
    }))
})
