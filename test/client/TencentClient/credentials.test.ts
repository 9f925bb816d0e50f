/**
 * Refused credentials, and credentials that do not come.
 */
import { assert, describe, it } from "@effect/vitest"
import { TencentCredentials } from "effect-tencentcloud/client"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import { callWith, clientOf, issuer, keys, Read, secretKey, Write } from "../../support/client.ts"
import { failed, isSigned, ok, parameter, scripted } from "../../support/scriptedServer.ts"
import { errorOf, run, timed } from "../../support/virtualTime.ts"

describe("refused credentials", () => {
  const codes = [4100, 4104, 4105] as const

  it.effect.each(codes)(
    "a call that is refused with %d is repeated once with other credentials",
    (code) =>
      Effect.gen(function*() {
        for (const action of [Read, Write]) {
          const { layer, sent } = scripted((sent) => parameter(sent, "SecretId") === "AKID1" ? failed(code) : ok())
          const source = issuer()
          yield* run(callWith(layer, action, { credentials: source.layer }))
          assert.deepStrictEqual(sent.map((one) => parameter(one, "SecretId")), ["AKID1", "AKID2"])
          assert.isTrue(sent.every((one) => isSigned(one, secretKey)))
          assert.strictEqual(source.loads(), 2)
        }
      })
  )

  it.effect.each(codes)("a call that is refused with %d twice is not repeated again", (code) =>
    Effect.gen(function*() {
      const { layer, sent } = scripted(() => failed(code))
      const source = issuer()
      assert.strictEqual(
        (yield* errorOf(callWith(layer, Read, { credentials: source.layer }))).retryClass,
        "credentials"
      )
      assert.deepStrictEqual([sent.length, source.loads()], [2, 2])
    }))

  it.effect.each(codes)(
    "a call that is refused with %d is not repeated with the same credentials, and not without any",
    (code) =>
      Effect.gen(function*() {
        for (
          const source of [issuer({ same: true }), issuer({ failing: true }), { layer: TencentCredentials.layer(keys) }]
        ) {
          const { layer, sent } = scripted(() => failed(code))
          const error = yield* errorOf(callWith(layer, Read, { credentials: source.layer }))
          // What the server said, not what the source said.
          assert.strictEqual("code" in error && error.code, code)
          assert.strictEqual(sent.length, 1)
        }
      })
  )

  it.effect("20 refused calls at once share one load of credentials", () =>
    Effect.gen(function*() {
      const { layer, sent } = scripted((sent) => parameter(sent, "SecretId") === "AKID1" ? failed(4105) : ok())
      const source = issuer()
      const client = yield* clientOf(layer, {}, source.layer)
      yield* run(Effect.all(Array.from({ length: 20 }, () => client.call(Write, {})), { concurrency: "unbounded" }))
      assert.deepStrictEqual([sent.length, source.loads()], [40, 2])
    }))

  it.effect.each([4101, 4102, 4103, 4106, 4110, 4300])(
    "a refusal with %d does not ask for other credentials",
    (code) =>
      Effect.gen(function*() {
        const { layer, sent } = scripted(() => failed(code))
        const source = issuer()
        yield* errorOf(callWith(layer, Read, { credentials: source.layer }))
        assert.deepStrictEqual([sent.length, source.loads()], [1, 1])
      })
  )

  it.effect("a call without credentials sends no request", () =>
    Effect.gen(function*() {
      const { layer, sent } = scripted(ok)
      const none = new TencentCredentials.CredentialsUnavailable({ message: "no" })
      const error = yield* errorOf(
        callWith(layer, Read, { credentials: TencentCredentials.layerRefreshing(Effect.fail(none)) })
      )
      assert.deepStrictEqual([error, sent.length], [none, 0])
    }))
})

describe("credentials that do not come", () => {
  it.effect("a call waits for credentials no longer than an attempt takes, and sends nothing", () =>
    Effect.gen(function*() {
      const { layer, sent } = scripted(ok)
      const credentials = TencentCredentials.layerRefreshing(Effect.never)
      const { exit, took } = yield* timed(callWith(layer, Read, { credentials, deadline: "5 seconds" }))
      assert.strictEqual((yield* Effect.flip(exit))._tag, "CredentialsUnavailable")
      assert.deepStrictEqual([sent.length, took], [0, 5000])
    }))

  it.effect.each<readonly [string, number, number]>([
    ["in time", 4800, 1],
    ["with too little time left for a response", 4950, 0]
  ])("a call whose credentials come %s", ([, after, requests]) =>
    Effect.gen(function*() {
      const { layer, sent } = scripted(ok)
      const credentials = TencentCredentials.layerRefreshing(Effect.as(Effect.sleep(after), keys))
      const { exit } = yield* timed(callWith(layer, Write, { credentials, deadline: "5 seconds" }))
      assert.strictEqual(sent.length, requests)
      if (requests === 1) assert.isTrue(Exit.isSuccess(exit))
      else assert.include(yield* Effect.flip(exit), { _tag: "CredentialsUnavailable", outcome: "notRun" })
    }))

  it.effect.each<readonly [string, Effect.Effect<never>]>([
    ["at once", Effect.interrupt],
    ["after a while", Effect.andThen(Effect.sleep("1 second"), Effect.interrupt)]
  ])(
    "credentials that interrupt themselves %s are a failure, not an interruption",
    ([, get]) =>
      Effect.gen(function*() {
        const { layer, sent } = scripted(ok)
        const credentials = Layer.succeed(TencentCredentials.TencentCredentials, { get, refresh: () => get })
        const error = yield* errorOf(callWith(layer, Write, { credentials }))
        assert.deepStrictEqual([error._tag, error.message, sent.length], [
          "CredentialsUnavailable",
          "The source of credentials interrupted itself.",
          0
        ])
      })
  )

  it.effect("a call whose new credentials interrupt themselves ends with the refusal", () =>
    Effect.gen(function*() {
      const { layer, sent } = scripted(() => failed(4105))
      const credentials = Layer.succeed(TencentCredentials.TencentCredentials, {
        get: Effect.succeed(keys),
        refresh: () => Effect.interrupt
      })
      const error = yield* errorOf(callWith(layer, Write, { credentials }))
      assert.deepStrictEqual([error._tag, sent.length], ["InvalidToken", 1])
    }))

  it.effect("a call whose new credentials come too late for another attempt ends with the refusal", () =>
    Effect.gen(function*() {
      let loads = 0
      const { layer, sent } = scripted(() => failed(4105))
      const credentials = TencentCredentials.layerRefreshing(
        Effect.suspend(() => Effect.as(Effect.sleep(++loads === 1 ? 0 : 4950), { ...keys, secretId: `AKID${loads}` }))
      )
      const { exit } = yield* timed(callWith(layer, Read, { credentials, deadline: "5 seconds" }))
      assert.strictEqual((yield* Effect.flip(exit))._tag, "InvalidToken")
      assert.strictEqual(sent.length, 1)
    }))

  it.effect("a call whose new credentials do not come ends with the refusal, at its deadline", () =>
    Effect.gen(function*() {
      let loads = 0
      const { layer, sent } = scripted(() => failed(4105))
      const credentials = TencentCredentials.layerRefreshing(
        Effect.suspend(() => ++loads === 1 ? Effect.succeed(keys) : Effect.never)
      )
      const { exit, took } = yield* timed(callWith(layer, Read, { credentials, deadline: "5 seconds" }))
      assert.strictEqual((yield* Effect.flip(exit))._tag, "InvalidToken")
      assert.deepStrictEqual([sent.length, took], [1, 5000])
    }))
})
