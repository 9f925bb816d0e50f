/**
 * What is sent.
 */
import { assert, describe, it } from "@effect/vitest"
import { TencentCredentials } from "effect-tencentcloud/client"
import { TencentAction } from "effect-tencentcloud/v2"
import * as Arbitrary from "effect/Arbitrary"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { TestClock } from "effect/testing"
import { callWith, clientOf, keys, Read, secretId, secretKey, temporaryKeys, token } from "../../support/client.ts"
import { failed, isSigned, json, ok, parameter, scripted } from "../../support/scriptedServer.ts"
import { epoch, errorOf } from "../../support/virtualTime.ts"

describe("every attempt is signed anew", () => {
  it.effect.each(
    [
      ["GET", "HmacSHA256", keys],
      ["GET", "HmacSHA1", temporaryKeys],
      ["POST", "HmacSHA256", temporaryKeys],
      ["POST", "HmacSHA1", keys]
    ] as const
  )(
    "a call by %s with %s signs each attempt with a nonce and a time of its own",
    ([method, signatureMethod, given]) =>
      Effect.gen(function*() {
        yield* TestClock.setTime(epoch)
        const times: Array<number> = []
        const { layer, sent } = scripted(() =>
          Effect.map(Clock.currentTimeMillis, (now) => (times.push(now), failed(6000)))
        )
        const error = yield* errorOf(
          callWith(layer, Read, { method, signatureMethod, credentials: TencentCredentials.layer(given) })
        )
        assert.strictEqual(error._tag, "InternalError")
        assert.strictEqual(sent.length, 6)
        assert.strictEqual(new Set(sent.map((one) => parameter(one, "Nonce"))).size, 6)
        assert.strictEqual(new Set(sent.map((one) => parameter(one, "Signature"))).size, 6)
        assert.deepStrictEqual(
          sent.map((one) => Number(parameter(one, "Timestamp"))),
          times.map((now) => Math.floor(now / 1000))
        )
        assert.isTrue(times[5]! > times[0]! + 3000)
        for (const one of sent) {
          assert.isTrue(isSigned(one, secretKey))
          assert.match(parameter(one, "Nonce"), /^[1-9]\d*$/)
          assert.isTrue(Number.isSafeInteger(Number(parameter(one, "Nonce"))))
          const others = Array.from(one.parameters).filter(([name]) => !/^(?:Nonce|Signature|Timestamp)$/.test(name))
          assert.deepStrictEqual(Object.fromEntries(others), {
            Action: "DescribeInstances",
            Region: "ap-guangzhou",
            SecretId: secretId,
            SignatureMethod: signatureMethod,
            ...(given === temporaryKeys && { Token: token })
          })
          assert.strictEqual(one.url.origin + one.url.pathname, "https://cvm.api.qcloud.com/v2/index.php")
          assert.strictEqual(one.method, method)
          // All in the address, or all in the body.
          if (method === "GET") assert.deepStrictEqual([one.body, one.headers["content-type"]], ["", undefined])
          else {assert.deepStrictEqual([one.url.search, one.headers["content-type"]], [
              "",
              "application/x-www-form-urlencoded"
            ])}
          assert.notProperty(one.headers, "traceparent")
        }
      })
  )

  const texts = Arbitrary.schema(Schema.String)
  const names = Arbitrary.array(
    Arbitrary.schema(Schema.Literals(["a", "B", "_", ".", "0", "12", "@", "+", "*", "~", " ", "&", "=", "한"]))
  )
    .pipe(Arbitrary.map((parts) => parts.join("")))
  it.effect.prop(
    "a request is signed whatever its parameters",
    [
      Arbitrary.array(Arbitrary.all([names, texts, texts]), { minLength: 1, maxLength: 4 }),
      Arbitrary.schema(Schema.Literals(["GET", "POST"]))
    ],
    ([list, method]) => {
      const { layer, sent } = scripted(ok)
      const limit = {
        "a_B": list.map(([name, a, b]) => ({ [`x${name}`]: [a, b] })),
        "@+*~ &=": "@+*~ &=%",
        "한": "🚀"
      }
      return Effect.gen(function*() {
        const client = yield* clientOf(layer, { method })
        yield* client.call(Read, { limit })
        assert.isTrue(isSigned(sent[0]!, secretKey))
        assert.strictEqual(parameter(sent[0], "limit.@+*~ &="), "@+*~ &=%")
      }).pipe(Effect.scoped)
    },
    { arbitrary: { runs: 200 } }
  )

  // On the real clock: the test clock keeps a list of all timeouts.
  it.live("no nonce comes twice in 20,000 calls", () =>
    Effect.gen(function*() {
      const text = `{"code":0,"totalCount":3}`
      const { layer, sent } = scripted(() => new Response(text, { headers: { "content-length": `${text.length}` } }))
      const client = yield* clientOf(layer)
      yield* Effect.forEach(Array.from({ length: 20_000 }), () => client.call(Read, {}), {
        concurrency: 100,
        discard: true
      })
      const nonces = sent.map((one) => Number(parameter(one, "Nonce")))
      assert.strictEqual(new Set(nonces).size, 20_000)
      assert.isTrue(nonces.every((nonce) => Number.isSafeInteger(nonce) && nonce > 0))
    }), 60_000)

  it.effect.each([0, 0.5, 1 - 2 ** -53])(
    "nonces from a start of %d stay positive, whole and safe",
    (start) =>
      Effect.gen(function*() {
        const { layer, sent } = scripted(ok)
        const random = { nextIntUnsafe: () => 0, nextDoubleUnsafe: () => start }
        const client = yield* Effect.provideService(clientOf(layer), Random.Random, random)
        for (let i = 0; i < 5; i++) yield* client.call(Read, {})
        const nonces = sent.map((one) => Number(parameter(one, "Nonce")))
        assert.strictEqual(new Set(nonces).size, 5)
        assert.isTrue(nonces.every((nonce) => Number.isSafeInteger(nonce) && nonce > 0), nonces.join())
        // The last one is followed by the first.
        if (start > 0.9) assert.isTrue(Math.min(...nonces) < 5, nonces.join())
      })
  )
})

describe("a request that does not fit", () => {
  const FilteredRequest = Schema.Struct({
    filters: Schema.optionalKey(Schema.Array(Schema.Struct({ name: Schema.String.check(Schema.isNonEmpty()) }))),
    any: Schema.optionalKey(Schema.Unknown)
  })
  const Filtered = TencentAction.make("DescribeInstances", {
    module: "cvm",
    request: FilteredRequest,
    response: Schema.Struct({})
  })

  it.effect.each<readonly [string, typeof FilteredRequest.Type, ReadonlyArray<string | number>, RegExp]>([
    [
      "the wrong type",
      { filters: [{ name: "a" }, { name: 1 as never }] },
      ["filters", 1, "name"],
      /at filters\.1\.name: Expected string/
    ],
    ["a failed check", { filters: [{ name: "" }] }, ["filters", 0, "name"], /at filters\.0\.name/],
    ["a text for an object", "text" as never, [], /DescribeInstances does not fit: /],
    ["NaN", { any: { deep: [NaN] } }, ["any", "deep", "0"], /at any\.deep\.0: A number that has no text form/],
    ["a function", { any: () => 1 }, ["any"], /at any: A function/],
    ["two parameters of one name", { any: { a_0: 1, a: [2] } }, ["any.a.0"], /Two parameters are named any\.a\.0/]
  ])("a request with %s is refused, and nothing is sent", ([, request, path, message]) =>
    Effect.gen(function*() {
      const { layer, sent } = scripted(ok)
      const client = yield* clientOf(layer)
      const error = yield* errorOf(client.call(Filtered, request))
      assert(error._tag === "InvalidRequest")
      assert.deepStrictEqual(error.issues[0]?.path, path)
      assert.match(error.message, message)
      assert.deepStrictEqual([error.action, error.outcome, error.retryClass, sent.length], [
        "cvm.DescribeInstances",
        "notRun",
        "never",
        0
      ])
    }))

  it.effect("a request with a parameter that the client sets is refused", () =>
    Effect.gen(function*() {
      const { layer, sent } = scripted(ok)
      const client = yield* clientOf(layer)
      const Bad = TencentAction.make("X", {
        module: "cvm",
        request: Schema.Struct({ Region: Schema.String }),
        response: Schema.Struct({})
      })
      const error = yield* errorOf(client.call(Bad, { Region: "x" }))
      assert.match(error.message, /at Region: Region is set by the client/)
      assert.strictEqual(sent.length, 0)
    }))

  it.effect("a request is encoded by its schema", () =>
    Effect.gen(function*() {
      const { layer, sent } = scripted(() => json({ code: 0 }))
      const client = yield* clientOf(layer)
      const Dated = TencentAction.make("DescribeX", {
        module: "cvm",
        request: Schema.Struct({ since: Schema.DateFromString, secret: Schema.Redacted(Schema.String) }),
        response: Schema.Struct({})
      })
      yield* client.call(Dated, { since: new Date(0), secret: Redacted.make("password") })
      assert.deepStrictEqual([parameter(sent[0], "since"), parameter(sent[0], "secret")], [
        "1970-01-01T00:00:00.000Z",
        "password"
      ])
    }))
})
