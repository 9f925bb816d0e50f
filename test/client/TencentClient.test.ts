import { assert, describe, it } from "@effect/vitest"
import { Failure, type TencentError, TencentRetry } from "effect-tencentcloud"
import { TencentClient, TencentCredentials, TencentQuotaStore } from "effect-tencentcloud/client"
import { TencentAction } from "effect-tencentcloud/v2"
import * as Arbitrary from "effect/Arbitrary"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientError from "effect/http/HttpClientError"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"
import { TestClock } from "effect/testing"
import { callWith, keys, Read, secretId, secretKey, temporaryKeys, token, Write } from "../support/client.ts"
import { failed, isSigned, json, ok, scripted, type Sent } from "../support/scriptedServer.ts"
import { collectSpans } from "../support/spans.ts"

// ---------------------------------------------------------------------------------------------------------------------
// Tools
// ---------------------------------------------------------------------------------------------------------------------

/** An ordinary time, so that seconds and dates are ordinary too. */
const epoch = Date.UTC(2026, 0, 2, 3, 4, 5)

/** Lets a fiber do all that needs turns and no time. */
const settled = (fiber: Fiber.Fiber<unknown, unknown>) =>
  Effect.gen(function*() {
    for (let turn = 0; turn < 200 && fiber.pollUnsafe() === undefined; turn++) yield* Effect.yieldNow
  })

/** Runs an effect while the test clock goes on for `duration`; gives its exit and how long it took. */
const timed = <A, E, R>(effect: Effect.Effect<A, E, R>, duration: Duration.Input = "2 minutes") =>
  Effect.gen(function*() {
    const start = yield* Clock.currentTimeMillis
    const fiber = yield* Effect.forkChild(
      Effect.flatMap(
        Effect.exit(effect),
        (exit) => Effect.map(Clock.currentTimeMillis, (now) => ({ exit, took: now - start }))
      )
    )
    yield* settled(fiber)
    yield* TestClock.adjust(duration)
    yield* settled(fiber)
    assert.isDefined(fiber.pollUnsafe(), "still running")
    return yield* Fiber.join(fiber)
  })

const run = <A, E, R>(effect: Effect.Effect<A, E, R>, duration?: Duration.Input) =>
  Effect.flatMap(timed(effect, duration), ({ exit }) => exit)

const errorOf = <A, E, R>(effect: Effect.Effect<A, E, R>, duration?: Duration.Input) =>
  Effect.flip(run(effect, duration))

/** A client that stays, for several calls. */
const clientOf = (
  http: Layer.Layer<HttpClient.HttpClient>,
  options?: Partial<TencentClient.Options>,
  credentials: Layer.Layer<TencentCredentials.TencentCredentials> = TencentCredentials.layer(keys)
) =>
  Effect.map(
    Layer.build(
      TencentClient.layer({ region: "ap-guangzhou", ...options }).pipe(Layer.provide([credentials, http]))
    ),
    Context.get(TencentClient.TencentClient)
  )

const decideOf = (error: TencentRetry.Retryable) => TencentRetry.decide(error, { idempotent: false })

const get = (sent: Sent | undefined, name: string): string => sent?.parameters.get(name) ?? ""

const transportError = (code: string) =>
  Effect.fail(
    new HttpClientError.HttpClientError({
      reason: new HttpClientError.TransportError({
        request: HttpClientRequest.get("https://cvm.api.qcloud.com"),
        cause: Object.assign(new Error("text"), { code })
      })
    })
  )

// ---------------------------------------------------------------------------------------------------------------------
// What is sent
// ---------------------------------------------------------------------------------------------------------------------

describe("every attempt is signed anew", () => {
  it.effect.each(
    [
      ["GET", "HmacSHA256", keys],
      ["GET", "HmacSHA1", temporaryKeys],
      ["POST", "HmacSHA256", temporaryKeys],
      ["POST", "HmacSHA1", keys]
    ] as const
  )("%s %s", ([method, signatureMethod, given]) =>
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
      assert.strictEqual(new Set(sent.map((one) => get(one, "Nonce"))).size, 6)
      assert.strictEqual(new Set(sent.map((one) => get(one, "Signature"))).size, 6)
      assert.deepStrictEqual(
        sent.map((one) => Number(get(one, "Timestamp"))),
        times.map((now) => Math.floor(now / 1000))
      )
      assert.isTrue(times[5]! > times[0]! + 3000)
      for (const one of sent) {
        assert.isTrue(isSigned(one, secretKey))
        assert.match(get(one, "Nonce"), /^[1-9]\d*$/)
        assert.isTrue(Number.isSafeInteger(Number(get(one, "Nonce"))))
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
    }))

  const texts = Arbitrary.schema(Schema.String)
  const names = Arbitrary.array(
    Arbitrary.schema(Schema.Literals(["a", "B", "_", ".", "0", "12", "@", "+", "*", "~", " ", "&", "=", "한"]))
  )
    .pipe(Arbitrary.map((parts) => parts.join("")))
  it.effect.prop(
    "whatever the parameters",
    [
      Arbitrary.array(Arbitrary.all([names, texts, texts]), { minLength: 1, maxLength: 4 }),
      Arbitrary.schema(Schema.Literals(["GET", "POST"]))
    ],
    ([list, method]) => {
      const { layer, sent } = scripted(ok)
      const payload = {
        "a_B": list.map(([name, a, b]) => ({ [`x${name}`]: [a, b] })),
        "@+*~ &=": "@+*~ &=%",
        "한": "🚀"
      }
      return Effect.gen(function*() {
        const client = yield* clientOf(layer, { method })
        yield* client.call(Read, { limit: payload })
        assert.isTrue(isSigned(sent[0]!, secretKey))
        assert.strictEqual(get(sent[0], "limit.@+*~ &="), "@+*~ &=%")
      }).pipe(Effect.scoped)
    },
    { arbitrary: { runs: 200 } }
  )

  // On the real clock: the test clock keeps a list of all timeouts.
  it.live("no nonce twice in 20,000 calls", () =>
    Effect.gen(function*() {
      const text = `{"code":0,"totalCount":3}`
      const { layer, sent } = scripted(() => new Response(text, { headers: { "content-length": `${text.length}` } }))
      const client = yield* clientOf(layer)
      yield* Effect.forEach(Array.from({ length: 20_000 }), () => client.call(Read, {}), {
        concurrency: 100,
        discard: true
      })
      const nonces = sent.map((one) => Number(get(one, "Nonce")))
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
        const nonces = sent.map((one) => Number(get(one, "Nonce")))
        assert.strictEqual(new Set(nonces).size, 5)
        assert.isTrue(nonces.every((nonce) => Number.isSafeInteger(nonce) && nonce > 0), nonces.join())
        // The last one is followed by the first.
        if (start > 0.9) assert.isTrue(Math.min(...nonces) < 5, nonces.join())
      })
  )
})

describe("where it is sent", () => {
  const Kms = TencentAction.make("ListKeys", {
    module: "kms",
    version: "2017-03-12",
    request: Schema.Struct({}),
    response: Schema.Struct({})
  })

  it.effect.each<readonly [string, Partial<TencentClient.Options>, TencentClient.CallOptions, string, string]>([
    ["the module's host of the region", {}, {}, "https://kms-gz.api.qcloud.com/v2/index.php", "ap-guangzhou"],
    [
      "another region for one call",
      {},
      { region: "ap-beijing" },
      "https://kms-bj.api.qcloud.com/v2/index.php",
      "ap-beijing"
    ],
    [
      "the private network",
      { endpoint: "private" },
      {},
      "http://kms-gz.api.tencentyun.com/v2/index.php",
      "ap-guangzhou"
    ],
    [
      "an address of one's own",
      { endpoint: new URL("http://127.0.0.1:9520") },
      { region: "bj" },
      "http://127.0.0.1:9520/v2/index.php",
      "bj"
    ],
    ["with a path", { endpoint: new URL("https://proxy.example/tc/") }, {}, "https://proxy.example/tc/", "ap-guangzhou"]
  ])("%s", ([, options, call, address, region]) =>
    Effect.gen(function*() {
      const { layer, sent } = scripted(() => json({ code: 0 }))
      for (const method of ["GET", "POST"] as const) {
        const client = yield* clientOf(layer, { method, ...options })
        yield* client.call(Kms, {}, call)
      }
      for (const one of sent) {
        assert.strictEqual(one.url.origin + one.url.pathname, address)
        assert.strictEqual(get(one, "Region"), region)
        assert.strictEqual(get(one, "Version"), "2017-03-12")
        // The host is signed without its port.
        assert.isTrue(isSigned(one, secretKey))
      }
    }))

  it.effect.each<readonly [string, string, TencentClient.CallOptions, string, string]>([
    ["with a path", "https://proxy.example/tc/", {}, "https://proxy.example/tc/", "kms-gz.api.qcloud.com"],
    ["without one", "http://127.0.0.1:9520", {}, "http://127.0.0.1:9520/v2/index.php", "kms-gz.api.qcloud.com"],
    [
      "in another region",
      "https://proxy.example/tc/",
      { region: "bj" },
      "https://proxy.example/tc/",
      "kms-bj.api.qcloud.com"
    ]
  ])("an address that is not the host to sign, %s", ([, url, options, address, host]) =>
    Effect.gen(function*() {
      const { layer, sent } = scripted(() => json({ code: 0 }))
      const targets: Array<TencentClient.EndpointTarget> = []
      const endpoint = (target: TencentClient.EndpointTarget): TencentClient.EndpointAddress => {
        targets.push(target)
        return { url: new URL(url), signedHost: target.host }
      }
      for (const method of ["GET", "POST"] as const) {
        const client = yield* clientOf(layer, { method, endpoint })
        yield* client.call(Kms, {}, options)
      }
      assert.deepStrictEqual(targets[0], { service: "kms", region: options.region ?? "ap-guangzhou", host })
      for (const one of sent) {
        assert.strictEqual(one.url.origin + one.url.pathname, address)
        assert.isTrue(isSigned({ ...one, url: new URL(`https://${host}/v2/index.php`) }, secretKey))
      }
    }))

  it.effect.each<readonly [string, TencentClient.EndpointAddress, RegExp]>([
    [
      "a URL that is not of HTTP",
      { url: new URL("localhost:9520"), signedHost: "a.example" },
      /has the protocol "localhost:"/
    ],
    ["a host with a protocol", { url: new URL("http://a.example"), signedHost: "https://a.example" }, /a host alone/],
    ["a host with a port", { url: new URL("http://a.example"), signedHost: "a.example:80" }, /a host alone/],
    ["a host with a path", { url: new URL("http://a.example"), signedHost: "a.example/v2" }, /a host alone/],
    ["a host in capitals", { url: new URL("http://a.example"), signedHost: "A.example" }, /a host alone/],
    ["no host", { url: new URL("http://a.example"), signedHost: "" }, /a host alone/]
  ])("an endpoint that cannot be: %s", ([, address, message]) =>
    Effect.gen(function*() {
      const { layer, sent } = scripted(ok)
      const error = yield* errorOf(callWith(layer, Read, { endpoint: () => address }))
      assert(error._tag === "InvalidRequest")
      assert.match(error.message, message)
      assert.deepStrictEqual([error.issues[0]?.path, sent.length], [["endpoint"], 0])
    }))

  it.effect("a function that throws is a defect of the call, not of making it", () =>
    Effect.gen(function*() {
      const { layer } = scripted(ok)
      const client = yield* clientOf(layer, {
        endpoint: () => {
          throw new Error("bug")
        }
      })
      assert.isTrue(Exit.hasDies(yield* Effect.exit(client.call(Read, {}))))
    }))
})

describe("an optional common parameter that is blank is left out", () => {
  const List = TencentAction.make("DescribeCdnHosts", {
    module: "cdn",
    version: " ",
    request: Schema.Struct({}),
    response: Schema.Struct({})
  })
  const names = ["Region", "Token", "Version"]

  it.effect.each<readonly [string, Partial<TencentClient.Options>, TencentClient.CallOptions]>([
    ["a region that is left out", { region: undefined }, {}],
    ["a blank region", { region: "" }, {}],
    ["a region of blanks", { region: " " }, {}],
    ["a blank region of the call", {}, { region: "" }],
    [
      "for a proxy",
      { region: "", endpoint: ({ host }) => ({ url: new URL("http://a.example"), signedHost: host }) },
      {}
    ]
  ])("%s", ([, options, call]) =>
    Effect.gen(function*() {
      const { layer, sent } = scripted(() => json({ code: 0 }))
      const credentials = TencentCredentials.layer({ ...keys, token: Redacted.make(" ") })
      const client = yield* clientOf(layer, options, credentials)
      yield* client.call(List, {}, call)
      assert.deepStrictEqual(names.filter((name) => sent[0]?.parameters.has(name)), [])
      const one = { ...sent[0]!, url: new URL("https://cdn.api.qcloud.com/v2/index.php") }
      assert.isTrue(isSigned(one, secretKey))
    }))

  it.effect("a call gives the region that the client has not", () =>
    Effect.gen(function*() {
      const { layer, sent } = scripted(ok)
      const client = yield* clientOf(layer, { region: undefined })
      yield* client.call(Read, {}, { region: "ap-beijing" })
      assert.strictEqual(get(sent[0], "Region"), "ap-beijing")
    }))

  it.effect("where the region is a part of the host, it is asked for", () =>
    Effect.gen(function*() {
      const { layer, sent } = scripted(ok)
      const client = yield* clientOf(layer, { region: "" })
      const ListKeys = TencentAction.make("ListKeys", {
        module: "kms",
        request: Schema.Struct({}),
        response: Schema.Struct({})
      })
      const error = yield* errorOf(client.call(ListKeys, {}))
      assert(error._tag === "InvalidRequest")
      assert.match(error.message, /at Region: kms has one host for each region: give a region/)
      assert.lengthOf(sent, 0)
    }))
})

describe("fetch", () => {
  it.effect("keeps the options of the program, and follows no redirect", () =>
    Effect.gen(function*() {
      const inits: Array<RequestInit | undefined> = []
      const fetch: typeof globalThis.fetch = async (_, init) => (inits.push(init), ok())
      const http = FetchHttpClient.layer.pipe(Layer.provide(Layer.succeed(FetchHttpClient.Fetch, fetch)))
      yield* callWith(http, Read).pipe(
        Effect.provideService(FetchHttpClient.RequestInit, { redirect: "follow", keepalive: true })
      )
      yield* callWith(http, Read)
      assert.deepStrictEqual(
        inits.map((init) => [init?.redirect, init?.keepalive]),
        [["manual", true], ["manual", undefined]]
      )
    }))
})

// ---------------------------------------------------------------------------------------------------------------------
// The clock of the server
// ---------------------------------------------------------------------------------------------------------------------

/** Refuses a timestamp more than five minutes away from a clock that is `skew` milliseconds ahead. */
const strictClock = (skew: () => number, header: (now: number) => Record<string, string>) =>
  scripted((sent) =>
    Effect.map(Clock.currentTimeMillis, (now) => {
      const theirs = now + skew()
      return Math.abs(Number(get(sent, "Timestamp")) * 1000 - theirs) > 300_000 ? failed(4500, header(theirs)) : ok()
    })
  )

const dated = (now: number) => ({ date: new Date(now).toUTCString() })

const minutes = (n: number) => n * 60_000

describe("a clock that is wrong", () => {
  it.effect.each([10, -10, 60 * 24 * 400, -60 * 24 * 400])(
    "%d minutes: one more request, once",
    (off) =>
      Effect.gen(function*() {
        yield* TestClock.setTime(epoch + 123)
        const { layer, sent } = strictClock(() => minutes(off), dated)
        const client = yield* clientOf(layer)
        // A mutating action too: it was refused before it ran.
        yield* run(client.call(Write, {}))
        assert.strictEqual(sent.length, 2)
        assert.closeTo(Number(get(sent[1], "Timestamp")), (epoch + minutes(off)) / 1000, 1)
        assert.isTrue(sent.every((one) => isSigned(one, secretKey)))
        yield* TestClock.adjust("3 hours")
        yield* run(client.call(Read, {}))
        assert.strictEqual(sent.length, 3)
      })
  )

  it.effect("20 calls at once learn it once", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(epoch)
      const { layer, sent } = strictClock(() => minutes(10), dated)
      const client = yield* clientOf(layer)
      yield* run(Effect.all(Array.from({ length: 20 }, () => client.call(Read, {})), { concurrency: "unbounded" }))
      assert.strictEqual(sent.length, 40)
      assert.strictEqual(new Set(sent.map((one) => get(one, "Timestamp"))).size, 2)
      yield* run(client.call(Read, {}))
      assert.strictEqual(sent.length, 41)
    }))

  it.effect("our clock is set right later: learnt again", () =>
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
    ["no date", {}],
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
    ) => [`'${date}'`, { date }] as const)
  ])("nothing is learnt from %s", ([, header]) =>
    Effect.gen(function*() {
      yield* TestClock.setTime(epoch)
      const { layer, sent } = strictClock(() => minutes(10), () => header)
      const client = yield* clientOf(layer)
      assert.strictEqual((yield* errorOf(client.call(Read, {})))._tag, "ReplayAttack")
      assert.deepStrictEqual(sent.map((one) => Number(get(one, "Timestamp")) * 1000), [epoch, epoch, epoch])
    }))

  it.effect.each(["Fri, 02 Jan 2026 04:04:05 GMT", "Friday, 02-Jan-26 04:04:05 GMT"])(
    "a date of HTTP: %s",
    (date) =>
      Effect.gen(function*() {
        yield* TestClock.setTime(epoch)
        const { layer, sent } = strictClock(() => minutes(60), () => ({ date }))
        yield* run(callWith(layer, Read))
        assert.strictEqual(Number(get(sent[1], "Timestamp")) * 1000, epoch + minutes(60))
      })
  )

  it.effect("a repeated nonce, with a clock that is right: a new nonce, the same clock", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(epoch)
      const { layer, sent } = scripted((_, index) => index < 2 ? failed(4500, dated(epoch + 29_000)) : ok())
      yield* run(callWith(layer, Read))
      assert.strictEqual(sent.length, 3)
      assert.strictEqual(new Set(sent.map((one) => get(one, "Timestamp"))).size, 1)
      assert.strictEqual(new Set(sent.map((one) => get(one, "Nonce"))).size, 3)
    }))
})

describe("a nonce that is refused as used, with a clock that is right", () => {
  it.effect("is the sign of a copy: a change is not repeated, whatever the policy", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(epoch)
      const retry = TencentRetry.byKind({ replay: TencentRetry.replay })
      for (const headers of [dated(epoch), dated(epoch + minutes(3)), {}]) {
        for (const options of [{}, { retry }]) {
          const { layer, sent } = scripted(() => failed(4500, headers))
          const error = yield* errorOf(TencentRetry.retry(callWith(layer, Write, options), retry))
          assert.strictEqual(sent.length, 1)
          assert.deepStrictEqual(decideOf(error), { _tag: "Stop", reason: "outcomeUnknown" })
        }
      }
    }))
})

describe("an earlier attempt that may have run", () => {
  const again = { idempotent: true }

  it.effect("is not hidden by a later one that was not sent", () =>
    Effect.gen(function*() {
      for (const code of ["ECONNREFUSED", "ENOTFOUND"]) {
        const { layer } = scripted((_, index) => transportError(index === 0 ? "ECONNRESET" : code))
        const client = yield* clientOf(layer)
        const error = yield* errorOf(client.call(Write, {}, again))
        assert.include(error, { _tag: "TransportFailure", code, outcome: "unknown" })
        assert.include(error.message, "earlier attempt")
      }
    }))

  it.effect("is not hidden by a refusal", () =>
    Effect.gen(function*() {
      const { layer } = scripted((_, index) => index === 0 ? transportError("ECONNRESET") : failed(4000))
      const client = yield* clientOf(layer)
      const error = yield* errorOf(client.call(Write, {}, again))
      assert.strictEqual(error._tag, "InvalidParameter")
      assert.deepStrictEqual(decideOf(error), { _tag: "Stop", reason: "outcomeUnknown" })
    }))

  it.effect("is not hidden by keys that run out", () =>
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

  it.effect("nor by an old quota error, when the next slot comes too late", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(epoch)
      const { layer } = scripted((_, index) => index === 0 ? failed(4400) : transportError("ECONNRESET"))
      const client = yield* clientOf(layer)
      const error = yield* errorOf(client.call(Write, {}, { ...again, deadline: "3 seconds" }))
      assert.include(error, { _tag: "TransportFailure", outcome: "unknown" })
      assert.strictEqual(Option.getOrUndefined(TencentRetry.history(error))?.tags.at(-1), error._tag)
    }))
})

describe("a client with a policy of its own", () => {
  it.effect("leaves to a policy around the call what it does not retry, and only that", () =>
    Effect.gen(function*() {
      const once = TencentRetry.byKind({ internal: Schedule.recurs(1) })
      for (const [retry, requests] of [[TencentRetry.make({}), 6], [once, 2]] as const) {
        const { layer, sent } = scripted(() => failed(6000))
        const call = callWith(layer, Read, { retry })
        yield* errorOf(TencentRetry.retry(call, TencentRetry.idempotent))
        assert.strictEqual(sent.length, requests)
      }
    }))
})

describe("the time of a last retry", () => {
  it.effect("is not begun at the deadline: the refusal that is known comes out", () =>
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

  it.effect("is as long as answers have been taking", () =>
    Effect.gen(function*() {
      for (const [slow, requests] of [[false, 2], [true, 1]] as const) {
        const { layer, sent } = scripted((_, index) =>
          index >= 30 ? failed(6000) : slow ? Effect.delay(Effect.succeed(ok()), "1 second") : Effect.succeed(ok())
        )
        const retry = TencentRetry.byKind({ internal: Schedule.recurs(1) })
        const client = yield* clientOf(layer, { retry })
        for (let i = 0; i < 30; i++) yield* run(client.call(Read, {}))
        yield* errorOf(client.call(Read, {}, { deadline: "900 millis" }))
        assert.strictEqual(sent.length - 30, requests)
      }
    }))
})

const withStatus = (status: number, body: object, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(body), { status, headers })

describe("statuses other than 200", () => {
  it.effect.each([404, 408, 429])(
    "a success with %d may have run, and a change is not repeated",
    (status) =>
      Effect.gen(function*() {
        for (const body of [{ code: 0, totalCount: 3 }, { code: 0, totalCount: "many" }]) {
          const { layer, sent } = scripted(() => withStatus(status, body))
          const error = yield* errorOf(callWith(layer, Write))
          assert.include(error, { _tag: "UnexpectedStatus", status, outcome: "unknown" })
          assert.strictEqual(sent.length, 1)
        }
      })
  )

  it.effect("JSON of a proxy is no response of the API: its status decides", () =>
    Effect.gen(function*() {
      const { layer, sent } = scripted((_, index) =>
        index === 0
          ? withStatus(503, { code: 503, message: "upstream unavailable" })
          : index === 1
          ? withStatus(429, { code: "TooManyRequests" }, { "retry-after": "1" })
          : ok()
      )
      yield* run(callWith(layer, Read))
      assert.strictEqual(sent.length, 3)
    }))

  it.effect("are read also when the HttpClient makes failures of them", () =>
    Effect.gen(function*() {
      const { layer } = scripted(() => withStatus(403, { message: "no" }))
      const strict = Layer.effect(
        HttpClient.HttpClient,
        Effect.map(HttpClient.HttpClient, HttpClient.filterStatusOk)
      ).pipe(Layer.provide(layer))
      const error = yield* errorOf(callWith(strict, Write))
      assert.include(error, { _tag: "UnexpectedStatus", status: 403, outcome: "notRun" })
    }))

  it.effect("Retry-After as a date goes by the clock of the server", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(epoch)
      const theirs = epoch - minutes(10)
      const headers = { date: new Date(theirs).toUTCString(), "retry-after": new Date(theirs + 5000).toUTCString() }
      const { layer, sent } = scripted((_, index) => index === 0 ? withStatus(429, {}, headers) : ok())
      const fiber = yield* Effect.forkChild(callWith(layer, Read))
      yield* TestClock.adjust("4999 millis")
      assert.strictEqual(sent.length, 1)
      yield* TestClock.adjust("2 seconds")
      yield* Fiber.join(fiber)
      assert.strictEqual(sent.length, 2)
    }))

  it.effect("a page of backslashes around a secret is read once, not once for each of them", () =>
    Effect.gen(function*() {
      const credentials = TencentCredentials.layer({ secretId, secretKey: Redacted.make("+canaryKey/with") })
      const text = `${"\\".repeat(400_000)}canaryKey\\u002bcanaryKey\\u002fwith`
      const { layer } = scripted(() => new Response(text, { status: 403 }))
      const error = yield* errorOf(callWith(layer, Write, { credentials }))
      assert.strictEqual(error._tag, "UnexpectedStatus")
    }))

  it.effect("a content type is cut, and shows no secret", () =>
    Effect.gen(function*() {
      const { layer } = scripted((sent) =>
        new Response("x", {
          status: 502,
          headers: { "content-type": `text/html; for="${get(sent, "Signature")}"; ${"x".repeat(15_000)}` }
        })
      )
      const error = yield* errorOf(callWith(layer, Write))
      const contentType = error._tag === "UnexpectedStatus" ? error.contentType : undefined
      assert.match(contentType ?? "", /^text\/html; for="<redacted>"; x+$/)
      assert.isAtMost(contentType?.length ?? Infinity, 256)
    }))
})

describe("a region", () => {
  it.effect("that would name another host is refused before anything is signed", () =>
    Effect.gen(function*() {
      const { layer, sent } = scripted(ok)
      const client = yield* clientOf(layer)
      for (const region of ["x.attacker.example/", "a b", "a".repeat(64)]) {
        const error = yield* errorOf(client.call(Read, {}, { region }))
        assert.strictEqual(error._tag, "InvalidRequest")
      }
      assert.strictEqual(sent.length, 0)
    }))
})

// ---------------------------------------------------------------------------------------------------------------------
// Refused credentials
// ---------------------------------------------------------------------------------------------------------------------

/** Numbered keys; `same` makes the source give the first ones again. */
const issuer = (options: { readonly same?: boolean; readonly failing?: boolean } = {}) => {
  let loads = 0
  const layer = TencentCredentials.layerRefreshing(Effect.suspend(() => {
    loads++
    return options.failing === true && loads > 1
      ? Effect.fail(new TencentCredentials.CredentialsUnavailable({ message: "no" }))
      : Effect.succeed({ secretId: `AKID${options.same === true ? 1 : loads}`, secretKey: Redacted.make(secretKey) })
  }))
  return { layer, loads: () => loads }
}

describe("refused credentials", () => {
  const codes = [4100, 4104, 4105] as const

  it.effect.each(codes)("%d: once more with others", (code) =>
    Effect.gen(function*() {
      for (const action of [Read, Write]) {
        const { layer, sent } = scripted((sent) => get(sent, "SecretId") === "AKID1" ? failed(code) : ok())
        const source = issuer()
        yield* run(callWith(layer, action, { credentials: source.layer }))
        assert.deepStrictEqual(sent.map((one) => get(one, "SecretId")), ["AKID1", "AKID2"])
        assert.isTrue(sent.every((one) => isSigned(one, secretKey)))
        assert.strictEqual(source.loads(), 2)
      }
    }))

  it.effect.each(codes)("%d: not a second time", (code) =>
    Effect.gen(function*() {
      const { layer, sent } = scripted(() => failed(code))
      const source = issuer()
      assert.strictEqual(
        (yield* errorOf(callWith(layer, Read, { credentials: source.layer }))).retryClass,
        "credentials"
      )
      assert.deepStrictEqual([sent.length, source.loads()], [2, 2])
    }))

  it.effect.each(codes)("%d: not with the same ones, and not without any", (code) =>
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
    }))

  it.effect("20 calls at once share one load", () =>
    Effect.gen(function*() {
      const { layer, sent } = scripted((sent) => get(sent, "SecretId") === "AKID1" ? failed(4105) : ok())
      const source = issuer()
      const client = yield* clientOf(layer, {}, source.layer)
      yield* run(Effect.all(Array.from({ length: 20 }, () => client.call(Write, {})), { concurrency: "unbounded" }))
      assert.deepStrictEqual([sent.length, source.loads()], [40, 2])
    }))

  it.effect.each([4101, 4102, 4103, 4106, 4110, 4300])(
    "%d says nothing about credentials",
    (code) =>
      Effect.gen(function*() {
        const { layer, sent } = scripted(() => failed(code))
        const source = issuer()
        yield* errorOf(callWith(layer, Read, { credentials: source.layer }))
        assert.deepStrictEqual([sent.length, source.loads()], [1, 1])
      })
  )

  it.effect("no credentials, no request", () =>
    Effect.gen(function*() {
      const { layer, sent } = scripted(ok)
      const none = new TencentCredentials.CredentialsUnavailable({ message: "no" })
      const error = yield* errorOf(
        callWith(layer, Read, { credentials: TencentCredentials.layerRefreshing(Effect.fail(none)) })
      )
      assert.deepStrictEqual([error, sent.length], [none, 0])
    }))
})

// ---------------------------------------------------------------------------------------------------------------------
// Payloads
// ---------------------------------------------------------------------------------------------------------------------

describe("a payload that does not fit", () => {
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
    ["not an object", "text" as never, [], /DescribeInstances does not fit: /],
    ["NaN", { any: { deep: [NaN] } }, ["any", "deep", "0"], /at any\.deep\.0: A number that has no text form/],
    ["a function", { any: () => 1 }, ["any"], /at any: A function/],
    ["twice the same", { any: { a_0: 1, a: [2] } }, ["any.a.0"], /Two parameters are named any\.a\.0/]
  ])("%s", ([, payload, path, message]) =>
    Effect.gen(function*() {
      const { layer, sent } = scripted(ok)
      const client = yield* clientOf(layer)
      const error = yield* errorOf(client.call(Filtered, payload))
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

  it.effect("a name that the client sets", () =>
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

  it.effect("is encoded by its schema", () =>
    Effect.gen(function*() {
      const { layer, sent } = scripted(() => json({ code: 0 }))
      const client = yield* clientOf(layer)
      const Dated = TencentAction.make("DescribeX", {
        module: "cvm",
        request: Schema.Struct({ since: Schema.DateFromString, secret: Schema.Redacted(Schema.String) }),
        response: Schema.Struct({})
      })
      yield* client.call(Dated, { since: new Date(0), secret: Redacted.make("password") })
      assert.deepStrictEqual([get(sent[0], "since"), get(sent[0], "secret")], ["1970-01-01T00:00:00.000Z", "password"])
    }))
})

// ---------------------------------------------------------------------------------------------------------------------
// Configuration
// ---------------------------------------------------------------------------------------------------------------------

const configured = (env: Record<string, string>, options?: TencentClient.Options) => {
  const { layer, sent } = scripted(ok)
  const live = TencentClient.layerConfig(options).pipe(
    Layer.provide([layer, ConfigProvider.layer(ConfigProvider.fromEnv({ env }))])
  )
  return { sent, client: Effect.map(Layer.build(live), Context.get(TencentClient.TencentClient)) }
}

describe("layerConfig", () => {
  const all = {
    TENCENTCLOUD_REGION: "ap-beijing",
    TENCENTCLOUD_SECRET_ID: secretId,
    TENCENTCLOUD_SECRET_KEY: secretKey,
    TENCENTCLOUD_SESSION_TOKEN: token
  }
  const without = (name: keyof typeof all) => Object.fromEntries(Object.entries(all).filter(([key]) => key !== name))

  it.effect("all from the environment", () =>
    Effect.gen(function*() {
      const { client, sent } = configured(all, { method: "GET" })
      yield* (yield* client).call(Read, {})
      assert.deepStrictEqual(["Region", "SecretId", "Token"].map((name) => get(sent[0], name)), [
        "ap-beijing",
        secretId,
        token
      ])
      assert.strictEqual(sent[0]!.method, "GET")
      assert.isTrue(isSigned(sent[0]!, secretKey))
    }))

  it.effect.each(
    [
      ["TENCENTCLOUD_REGION", "ConfigError"],
      ["TENCENTCLOUD_SECRET_ID", "CredentialsUnavailable"],
      ["TENCENTCLOUD_SECRET_KEY", "CredentialsUnavailable"],
      ["TENCENTCLOUD_SESSION_TOKEN", undefined]
    ] as const
  )("without %s: %s", ([name, tag]) =>
    Effect.gen(function*() {
      const exit = yield* Effect.exit(configured(without(name)).client)
      assert.strictEqual(Exit.isFailure(exit) ? (yield* Effect.flip(exit))._tag : undefined, tag)
      const empty = yield* Effect.exit(configured({ ...all, [name]: "" }).client)
      assert.strictEqual(Exit.isFailure(empty) ? (yield* Effect.flip(empty))._tag : undefined, tag)
      // Each says which one it is.
      if (Exit.isFailure(exit)) assert.include((yield* Effect.flip(exit)).message, `${name} is not set: set it`)
    }))

  it.effect.each<readonly [string, Record<string, string>, string, string | null]>([
    ["none, for services that have none", without("TENCENTCLOUD_REGION"), "", null],
    ["none, whatever the environment says", all, "", null],
    ["another than in the environment", all, "ap-seoul", "ap-seoul"]
  ])("the program says the region: %s", ([, env, region, expected]) =>
    Effect.gen(function*() {
      const { client, sent } = configured(env, { region })
      yield* (yield* client).call(Read, {})
      assert.strictEqual(sent[0]!.parameters.get("Region"), expected)
    }))
})

// ---------------------------------------------------------------------------------------------------------------------
// Time
// ---------------------------------------------------------------------------------------------------------------------

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
  it.effect.each<readonly [string, Partial<TencentClient.Options>, TencentClient.CallOptions, number]>([
    ["ten seconds for an attempt", {}, {}, 10_000],
    ["another time for an attempt", { attemptTimeout: "3 seconds" }, {}, 3000],
    ["not longer than the deadline", { deadline: "4 seconds" }, {}, 4000],
    ["not longer than the deadline of the call", { deadline: "1 hour" }, { deadline: "2 seconds" }, 2000],
    ["a longer time for one call", {}, { attemptTimeout: "30 seconds" }, 30_000],
    ["a shorter time for one call", {}, { attemptTimeout: "1 second" }, 1000],
    ["a deadline of the call is kept", {}, { attemptTimeout: "30 seconds", deadline: "15 seconds" }, 15_000],
    ["longer than the deadline of the client", { deadline: "5 seconds" }, { attemptTimeout: "30 seconds" }, 30_000],
    ["longer than the usual deadline", { attemptTimeout: "40 seconds" }, {}, 40_000],
    ["no limit", {}, { attemptTimeout: "Infinity", deadline: "1 minute" }, 60_000]
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
  it.effect.each<readonly [string, Partial<TencentClient.Options>, TencentClient.CallOptions, number]>([
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

  it.effect("a deadline of no time at all: nothing is sent", () =>
    Effect.gen(function*() {
      const { layer, sent } = scripted(ok)
      const { exit, took } = yield* timed(callWith(layer, Write, { call: { deadline: 0 } }))
      const error = yield* Effect.flip(exit)
      assert(error._tag === "InvalidRequest")
      assert.match(error.message, /at deadline: It leaves no time for a response/)
      assert.deepStrictEqual([error.outcome, sent.length, took], ["notRun", 0, 0])
    }))

  it.effect("responses that have become slower than the deadline: calls still try", () =>
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

  it.effect("the body counts", () =>
    Effect.gen(function*() {
      const { layer, sent } = scripted(() => new Response(new ReadableStream({})))
      const { exit, took } = yield* timed(callWith(layer, Write))
      const error = yield* Effect.flip(exit)
      assert.deepStrictEqual(["reason" in error && error.reason, took], ["AttemptTimeout", 10_000])
      assert.isTrue(sent[0]!.signal.aborted)
    }))

  it.effect("credentials that do not come: not longer than an attempt, and nothing was sent", () =>
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
  ])("credentials that come %s", ([, after, requests]) =>
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
  ])("credentials that interrupt themselves %s: a failure, not an interruption", ([, get]) =>
    Effect.gen(function*() {
      const { layer, sent } = scripted(ok)
      const credentials = Layer.succeed(TencentCredentials.TencentCredentials, { get, refresh: () => get })
      const error = yield* errorOf(callWith(layer, Write, { credentials }))
      assert.deepStrictEqual([error._tag, error.message, sent.length], [
        "CredentialsUnavailable",
        "The source of credentials interrupted itself.",
        0
      ])
    }))

  it.effect("new credentials that interrupt themselves: the refusal", () =>
    Effect.gen(function*() {
      const { layer, sent } = scripted(() => failed(4105))
      const credentials = Layer.succeed(TencentCredentials.TencentCredentials, {
        get: Effect.succeed(keys),
        refresh: () => Effect.interrupt
      })
      const error = yield* errorOf(callWith(layer, Write, { credentials }))
      assert.deepStrictEqual([error._tag, sent.length], ["InvalidToken", 1])
    }))

  it.effect("new credentials that come too late for another attempt: the refusal", () =>
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
      assert.isAtMost(took, 5000)
    }))

  it.effect("new credentials that do not come: the refusal, at the deadline", () =>
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

const tooMany = (header?: string) =>
  new Response("", { status: 429, headers: header === undefined ? {} : { "retry-after": header } })

describe("Retry-After", () => {
  it.effect("without it: at the learned rate, at most once in each second, to the deadline", () =>
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
  ])("%s", ([, header, from, to]) =>
    Effect.gen(function*() {
      yield* TestClock.setTime(epoch)
      const { layer } = scripted((_, index) => index === 0 ? tooMany(header) : ok())
      const { took } = yield* timed(callWith(layer, Write))
      assert.isTrue(took >= from * 1000 && took <= to * 1000, String(took))
    }))

  it.effect.each(["3600", "99999999999999999999", "9".repeat(400)])(
    "beyond the deadline: at once (%s)",
    (header) =>
      Effect.gen(function*() {
        const { layer, sent } = scripted(() => tooMany(header))
        const { took } = yield* timed(callWith(layer, Write))
        assert.deepStrictEqual([sent.length, took], [1, 0])
      })
  )
})

// ---------------------------------------------------------------------------------------------------------------------
// What may be repeated
// ---------------------------------------------------------------------------------------------------------------------

/** Requests of a call that always fails. */
const requests = (
  action: typeof Read,
  reply: () => Response | Effect.Effect<never, HttpClientError.HttpClientError>,
  options?: Parameters<typeof callWith>[2]
) =>
  Effect.gen(function*() {
    const { layer, sent } = scripted(reply)
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
  ])("whatever the policy says: %s", ([, reply, expected]) =>
    Effect.gen(function*() {
      assert.strictEqual(yield* requests(Write, reply, { retry: eager }), expected)
      // `idempotent: true` leaves it to the policy, `false` guards a reading action too.
      const reads = yield* requests(Write, reply, { retry: eager, call: { idempotent: true } })
      assert.strictEqual(reads, 6)
      assert.strictEqual(yield* requests(Read, reply, { retry: eager }), reads)
      assert.strictEqual(yield* requests(Read, reply, { retry: eager, call: { idempotent: false } }), expected)
    }))

  it.effect("the default policies: an idempotent call counts as a reading one", () =>
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
    "a policy without schedules turns retries off: %d",
    (code) =>
      Effect.gen(function*() {
        const options = { retry: TencentRetry.make({}), credentials: issuer().layer }
        assert.strictEqual(yield* requests(Read, () => failed(code), options), 1)
        assert.strictEqual(yield* requests(Read, () => transportError("ECONNREFUSED"), options), 1)
      })
  )
})

describe("a policy around the client", () => {
  it.effect("a default one does not multiply the requests", () =>
    Effect.gen(function*() {
      for (const policy of [TencentRetry.idempotent, TencentRetry.mutating]) {
        const { layer, sent } = scripted(() => failed(6000))
        const client = yield* clientOf(layer)
        yield* errorOf(client.call(Read, {}).pipe(TencentRetry.retry(policy), TencentRetry.retry(policy)))
        assert.strictEqual(sent.length, 6)
      }
    }))

  it.effect("one of the user repeats a reading call, and never a mutating one that may have been executed", () =>
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

// ---------------------------------------------------------------------------------------------------------------------
// Meanings of a module
// ---------------------------------------------------------------------------------------------------------------------

class QueueFull extends Failure.define<QueueFull>()("QueueFull", { kind: "limitExceeded" }) {}

class Hiccup extends Failure.define<Hiccup>()("Hiccup", { kind: "internal" }) {}

const Receive = TencentAction.make("DescribeMessages", {
  module: "cmq-queue",
  request: Schema.Struct({}),
  response: Schema.Struct({ code: Schema.Number }),
  successCodes: [7000],
  errors: { 4500: QueueFull, 6010: Hiccup }
})

describe("codes of an action", () => {
  it.effect("a success code", () =>
    Effect.gen(function*() {
      const { layer } = scripted(() => json({ code: 7000, message: "no message" }))
      const client = yield* clientOf(layer)
      assert.deepStrictEqual(yield* client.call(Receive, {}), { code: 7000 })
    }))

  it.effect("an error class joins the errors and wins over the common meaning", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(epoch)
      const { layer, sent } = scripted(() => failed(4500, dated(epoch + minutes(10))))
      const client = yield* clientOf(layer)
      const call: Effect.Effect<
        { readonly code: number },
        TencentError.TencentError | TencentClient.ClientError | QueueFull | Hiccup
      > = client.call(
        Receive,
        {}
      )
      const caught: Effect.Effect<
        string | { readonly code: number },
        TencentError.TencentError | TencentClient.ClientError | Hiccup
      > = call.pipe(
        Effect.catchTag("QueueFull", (error) => Effect.succeed(`${error.code} ${error.requestId}`))
      )
      assert.strictEqual(yield* run(caught), "4500 r-1")
      // Not repeated. The code says that the time was wrong, whatever its class is.
      assert.strictEqual(sent.length, 1)
      yield* Effect.exit(run(call))
      assert.strictEqual(get(sent[1], "Timestamp"), String(Math.floor((epoch + minutes(12)) / 1000)))
    }))

  it.effect("a retry class of its own counts", () =>
    Effect.gen(function*() {
      const { layer, sent } = scripted((_, index) => index < 2 ? failed(6010) : json({ code: 0 }))
      const client = yield* clientOf(layer)
      yield* run(client.call(Receive, {}))
      assert.strictEqual(sent.length, 3)
    }))
})

// ---------------------------------------------------------------------------------------------------------------------
// Interruption
// ---------------------------------------------------------------------------------------------------------------------

describe("interruption", () => {
  it.effect("during the request: it is aborted", () =>
    Effect.gen(function*() {
      const { layer, sent } = scripted(() => Effect.never)
      const fiber = yield* Effect.forkChild(callWith(layer, Read))
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual([sent.length, sent[0]!.signal.aborted], [1, false])
      yield* Fiber.interrupt(fiber)
      assert.isTrue(sent[0]!.signal.aborted)
      assert.isTrue(Cause.hasInterruptsOnly(yield* Effect.flip(Effect.sandbox(Fiber.join(fiber)))))
    }))

  it.effect("during a delay: no other request", () =>
    Effect.gen(function*() {
      const { layer, sent } = scripted(() => failed(6000))
      const retry = TencentRetry.byKind({ internal: Schedule.spaced("10 seconds") })
      const fiber = yield* Effect.forkChild(callWith(layer, Read, { retry }))
      yield* TestClock.adjust("5 seconds")
      yield* Fiber.interrupt(fiber)
      yield* TestClock.adjust("1 minute")
      assert.strictEqual(sent.length, 1)
    }))

  it.effect("while credentials are loaded: no request", () =>
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

// ---------------------------------------------------------------------------------------------------------------------
// Observability
// ---------------------------------------------------------------------------------------------------------------------

describe("spans", () => {
  it.effect("one for a call, with its retries and its failure", () =>
    Effect.gen(function*() {
      const { spans, tracer } = collectSpans()
      const { layer } = scripted((_, index) => failed(index === 0 ? 6200 : 5000))
      yield* errorOf(callWith(layer, Read).pipe(Effect.withSpan("outer"), Effect.withTracer(tracer)))
      assert.deepStrictEqual(spans.map(({ name }) => name), ["outer", "tencentcloud.cvm.DescribeInstances"])
      const span = spans[1]!
      assert.strictEqual(span.kind, "client")
      assert.deepStrictEqual(Object.fromEntries(span.attributes), {
        "tencentcloud.service": "cvm",
        "tencentcloud.action": "DescribeInstances",
        "server.address": "cvm.api.qcloud.com",
        "error.type": "ResourceNotFound",
        "tencentcloud.code": 5000,
        "tencentcloud.request_id": "r-1",
        "tencentcloud.retry.stopped": "permanent"
      })
      assert.strictEqual(span.events.length, 1)
      const [name, , { delay_ms: delay, ...attributes }] = span.events[0]!
      assert.strictEqual(name, "tencentcloud.retry")
      assert.deepStrictEqual(attributes, { attempt: 1, tag: "ApiUnavailable" })
      assert.isTrue(Number(delay) >= 500 && Number(delay) <= 1000)
      assert(span.status._tag === "Ended")
      assert.isTrue(Exit.isFailure(span.status.exit))
    }))

  it.effect("a success, and a call that was not sent", () =>
    Effect.gen(function*() {
      const { spans, tracer } = collectSpans()
      const { layer } = scripted(ok)
      const client = yield* clientOf(layer)
      yield* Effect.all([client.call(Read, {}), Effect.exit(client.call(Write, { limit: NaN }))]).pipe(
        Effect.withTracer(tracer)
      )
      assert.deepStrictEqual(
        spans.map((span) => [span.name, span.attributes.get("error.type"), span.events.length]),
        [
          ["tencentcloud.cvm.DescribeInstances", undefined, 0],
          ["tencentcloud.cvm.RunInstances", "InvalidRequest", 0]
        ]
      )
    }))
})

describe("metrics", () => {
  it.effect("calls by service, action and result; attempts; durations", () =>
    Effect.gen(function*() {
      const { layer } = scripted((sent, index) =>
        get(sent, "limit") === "never" ? Effect.never : index < 2 ? failed(6200) : index === 2 ? failed(5000) : ok()
      )
      const client = yield* clientOf(layer)
      yield* Effect.exit(run(client.call(Read, {})))
      yield* client.call(Read, {})
      yield* client.call(Read, {})
      yield* client.call(Write, {})
      yield* Effect.exit(client.call(Write, { limit: NaN }))
      const fiber = yield* Effect.forkChild(client.call(Write, { limit: "never" }), { startImmediately: true })
      yield* Fiber.interrupt(fiber)
      const snapshot = yield* Metric.snapshot
      const counts = snapshot.flatMap(({ attributes, id, state }) => {
        const { action, result, service } = attributes as Record<string, string>
        return "count" in state ? [[id, service, action, result, Number(state.count)].join(" ")] : []
      })
      assert.sameMembers(counts, [
        "tencentcloud_calls cvm DescribeInstances ResourceNotFound 1",
        "tencentcloud_calls cvm DescribeInstances ok 2",
        "tencentcloud_calls cvm RunInstances ok 1",
        "tencentcloud_calls cvm RunInstances InvalidRequest 1",
        "tencentcloud_calls cvm RunInstances interrupted 1",
        "tencentcloud_attempts cvm DescribeInstances  5",
        "tencentcloud_attempts cvm RunInstances  2",
        "tencentcloud_call_duration cvm DescribeInstances  3",
        "tencentcloud_call_duration cvm RunInstances  3"
      ])
    }).pipe(Effect.provideService(Metric.MetricRegistry, new Map())))
})
