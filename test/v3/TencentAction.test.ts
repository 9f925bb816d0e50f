import { assert, describe, it } from "@effect/vitest"
import { Failure, TencentRetry } from "effect-tencentcloud"
import { TencentClient, TencentCredentials, TencentQuotaStore } from "effect-tencentcloud/client"
import { TencentAction, TencentEndpoint, TencentError, TencentSignature } from "effect-tencentcloud/v3"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as HttpClient from "effect/http/HttpClient"
import type * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import { TestClock } from "effect/testing"
import * as Tracer from "effect/Tracer"
import { collectSpans } from "../support/spans.ts"

const DescribeZones = TencentAction.make("DescribeZones", {
  service: "cvm",
  version: "2017-03-12",
  request: Schema.Struct({ Limit: Schema.optionalKey(Schema.Unknown) }),
  response: Schema.Struct({ ZoneSet: Schema.Array(Schema.Struct({ Zone: Schema.String })) }),
  errors: { request: ["InvalidFilter"], notFound: ["InvalidZone.NotFound"] }
})

const RunInstances = TencentAction.make("RunInstances", {
  service: "cvm",
  version: "2017-03-12",
  request: Schema.Struct({ ClientToken: Schema.optionalKey(Schema.String) }),
  response: Schema.Struct({ InstanceIdSet: Schema.Array(Schema.String) }),
  clientToken: true
})

const TerminateInstances = TencentAction.make("TerminateInstances", {
  service: "cvm",
  version: "2017-03-12",
  request: Schema.Struct({}),
  response: Schema.Struct({})
})

const AssumeRoleWithSAML = TencentAction.make("AssumeRoleWithSAML", {
  service: "sts",
  version: "2018-08-13",
  request: Schema.Struct({}),
  response: Schema.Struct({}),
  skipSign: true
})

const keys = { secretId: "AKIDexample", secretKey: Redacted.make("Gu5t9xGARNpq86cd98joQYCN3EXAMPLE") }

type Reply = (index: number) => Response

const success = (members: object = {}): Response => Response.json({ Response: { ...members, RequestId: "r-1" } })

const refusal = (Code: string, init?: ResponseInit): Response =>
  Response.json({ Response: { Error: { Code, Message: "no" }, RequestId: "r-1" } }, init)

const connect = (
  reply: Reply,
  options: TencentClient.Options = {},
  credentials: TencentCredentials.Credentials = keys
) =>
  Effect.gen(function*() {
    const sent: Array<HttpClientRequest.HttpClientRequest> = []
    const http = HttpClient.make((request) =>
      Effect.sync(() => HttpClientResponse.fromWeb(request, reply(sent.push(request) - 1)))
    )
    const context = yield* Layer.build(
      TencentClient.layer({ region: "ap-guangzhou", ...options }).pipe(
        Layer.provide([TencentCredentials.layer(credentials), Layer.succeed(HttpClient.HttpClient, http)])
      )
    )
    const client = yield* Effect.provideContext(TencentClient.TencentClient, context)
    return { client, sent }
  })

const bodyOf = (request: HttpClientRequest.HttpClientRequest | undefined): string =>
  request?.body._tag === "Uint8Array" ? new TextDecoder().decode(request.body.body) : ""

const header = (request: HttpClientRequest.HttpClientRequest | undefined, name: string): string | undefined =>
  request?.headers[name]

/** The request of `TerminateInstances`, which has no members, is signed for the host. */
const assertSignedFor = (host: string, request: HttpClientRequest.HttpClientRequest | undefined): void => {
  const authorization = TencentSignature.authorization({
    method: "POST",
    service: "cvm",
    host,
    query: "",
    contentType: "application/json",
    body: "{}",
    action: "TerminateInstances",
    timestamp: Number(header(request, "x-tc-timestamp"))
  }, keys)
  assert.strictEqual(header(request, "authorization"), authorization)
}

describe("a call", () => {
  it.effect("is one POST of its JSON, signed for its host and its time", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(1_551_113_065_000)
      const { client, sent } = yield* connect(() => success({ ZoneSet: [{ Zone: "ap-guangzhou-1" }] }))
      const zones = yield* client.call(DescribeZones, { Limit: 2n ** 63n })
      assert.deepStrictEqual(zones, { ZoneSet: [{ Zone: "ap-guangzhou-1" }] })
      const [request] = sent
      assert.deepStrictEqual([request?.method, request?.url], ["POST", "https://cvm.tencentcloudapi.com/"])
      assert.strictEqual(bodyOf(request), `{"Limit":9223372036854775808}`)
      const authorization = TencentSignature.authorization({
        method: "POST",
        service: "cvm",
        host: "cvm.tencentcloudapi.com",
        query: "",
        contentType: "application/json",
        body: `{"Limit":9223372036854775808}`,
        action: "DescribeZones",
        timestamp: 1_551_113_065
      }, keys)
      assert.deepInclude({ ...request?.headers }, {
        authorization,
        "content-type": "application/json",
        "x-tc-action": "DescribeZones",
        "x-tc-version": "2017-03-12",
        "x-tc-timestamp": "1551113065",
        "x-tc-region": "ap-guangzhou"
      })
      assert.isUndefined(header(request, "x-tc-token"))
    }))

  it.effect("sends no token that is blank, as a variable that is set to nothing has it", () =>
    Effect.gen(function*() {
      const { client, sent } = yield* connect(() => success(), {}, { ...keys, token: Redacted.make(" ") })
      yield* client.call(TerminateInstances, {})
      assert.notProperty(sent[0]?.headers, "x-tc-token")
    }))

  it.effect("sends the token of temporary keys, and no blank region", () =>
    Effect.gen(function*() {
      const { client, sent } = yield* connect(() => success(), { region: undefined }, {
        ...keys,
        token: Redacted.make("a-session-token")
      })
      yield* client.call(TerminateInstances, {})
      assert.strictEqual(header(sent[0], "x-tc-token"), "a-session-token")
      assert.isUndefined(header(sent[0], "x-tc-region"))
    }))

  it.effect("sends no signature where the API wants none", () =>
    Effect.gen(function*() {
      const { client, sent } = yield* connect(() => success())
      yield* client.call(AssumeRoleWithSAML, {})
      assert.strictEqual(header(sent[0], "authorization"), "SKIP")
    }))

  it.effect("names its client, and the language of messages that the client wants", () =>
    Effect.gen(function*() {
      const { client, sent } = yield* connect(() => success())
      yield* client.call(TerminateInstances, {})
      assert.strictEqual(header(sent[0], "x-tc-requestclient"), "effect-tencentcloud")
      assert.isUndefined(header(sent[0], "x-tc-language"))
      const english = yield* connect(() => success(), { language: "en-US" })
      yield* english.client.call(TerminateInstances, {})
      assert.strictEqual(header(english.sent[0], "x-tc-language"), "en-US")
    }))

  it.effect("goes to an address that is not the one to sign, and names the host that is", () =>
    Effect.gen(function*() {
      const { client, sent } = yield* connect(() => success(), {
        endpoint: ({ host }) => ({ url: new URL("http://127.0.0.1:9520"), signedHost: host })
      })
      yield* client.call(TerminateInstances, {})
      assert.strictEqual(sent[0]?.url, "http://127.0.0.1:9520/")
      assert.strictEqual(header(sent[0], "host"), "cvm.tencentcloudapi.com")
    }))

  it.effect("leaves a proxy with a certificate of its own the name in the header `Host`", () =>
    Effect.gen(function*() {
      const { client, sent } = yield* connect(() => success(), {
        endpoint: ({ host }) => ({ url: new URL("https://proxy.example"), signedHost: host })
      })
      yield* client.call(TerminateInstances, {})
      assert.isUndefined(header(sent[0], "host"))
      assertSignedFor("cvm.tencentcloudapi.com", sent[0])
    }))

  it.effect.each<readonly [name: string, value: unknown, path: ReadonlyArray<string | number>]>([
    ["a rounded integer", 2 ** 53, ["Limit"]],
    ["NaN", { Deep: [NaN] }, ["Limit", "Deep", 0]],
    ["a gap in a list", ["a", undefined, "b"], ["Limit", 1]],
    ["a date", new Date(0), ["Limit"]],
    ["a function", () => 1, ["Limit"]]
  ])("with %s is refused with its path, and nothing is sent", ([, Limit, path]) =>
    Effect.gen(function*() {
      const { client, sent } = yield* connect(() => success())
      const error = yield* Effect.flip(client.call(DescribeZones, { Limit }))
      assert("issues" in error)
      assert.deepStrictEqual(error.issues[0]?.path, path)
      assert.deepStrictEqual([error.action, error.outcome, sent.length], ["cvm.DescribeZones", "notRun", 0])
    }))

  const lineEnd = "x\r\nX-Injected: 1"
  it.effect.each<readonly [path: string, part: object]>([
    ["service", { service: lineEnd }],
    ["service", { service: "实例" }],
    ["Version", { version: lineEnd }],
    ["Version", { version: "" }],
    ["Action", { name: lineEnd }],
    ["Action", { name: "Describe\ud800" }],
    ["Action", { name: "" }],
    ["Region", { region: lineEnd }],
    ["Region", { region: "ré" }]
  ])("whose %s no header can have is refused, whatever the endpoint: %j", ([path, part]) =>
    Effect.gen(function*() {
      const { name, region, ...own } = { name: "DescribeZones", region: "ap-guangzhou", ...part }
      const action = TencentAction.make(name, {
        service: "cvm",
        version: "2017-03-12",
        request: Schema.Struct({}),
        response: Schema.Struct({}),
        ...own
      })
      const { client, sent } = yield* connect(() => success(), { endpoint: new URL("http://127.0.0.1:9520") })
      const error = yield* Effect.flip(client.call(action, {}, { region }))
      assert("issues" in error)
      assert.deepStrictEqual([error.issues[0]?.path, error.outcome, sent.length], [[path], "notRun", 0])
    }))
})

describe("the host", () => {
  it.effect.each<readonly [string, TencentClient.Options, region: string | undefined, url: string]>([
    ["nothing", {}, undefined, "https://cvm.tencentcloudapi.com/"],
    ["the private network", { endpoint: "private" }, undefined, "https://cvm.internal.tencentcloudapi.com/"],
    ["a finance region", {}, "ap-shanghai-fsi", "https://cvm.ap-shanghai-fsi.tencentcloudapi.com/"],
    [
      "a function of TencentEndpoint",
      {
        endpoint: ({ region, service }) => {
          const { hostname, origin } = TencentEndpoint.forService(service, region, "intl")
          return { url: new URL(origin), signedHost: hostname }
        }
      },
      undefined,
      "https://cvm.intl.tencentcloudapi.com/"
    ]
  ])("with %s is the one that is signed", ([, options, region, url]) =>
    Effect.gen(function*() {
      const { client, sent } = yield* connect(() => success(), options)
      yield* client.call(TerminateInstances, {}, region === undefined ? {} : { region })
      assert.strictEqual(sent[0]?.url, url)
      assertSignedFor(new URL(url).host, sent[0])
    }))
})

const spanOf = (
  reply: Reply,
  wrap: <A, E>(effect: Effect.Effect<A, E>) => Effect.Effect<A, E> = (effect) => effect
) =>
  Effect.gen(function*() {
    const { spans, tracer } = collectSpans()
    const { client, sent } = yield* connect(reply)
    yield* Effect.exit(wrap(client.call(DescribeZones, {})).pipe(Effect.withTracer(tracer)))
    const span = spans.find(({ name }) => name === "tencentcloud.cvm.DescribeZones")
    return { traceId: span?.traceId, attributes: Object.fromEntries(span?.attributes ?? []), sent }
  })

describe("the span of a call", () => {
  it.effect("has the version, the trace id that was sent, and the request id of a success", () =>
    Effect.gen(function*() {
      const { attributes, sent, traceId } = yield* spanOf(() => success({ ZoneSet: [] }), Effect.withSpan("outer"))
      assert.match(traceId ?? "", /^[0-9a-f]{32}$/)
      assert.strictEqual(header(sent[0], "x-tc-traceid"), traceId)
      assert.deepStrictEqual(attributes, {
        "tencentcloud.service": "cvm",
        "tencentcloud.action": "DescribeZones",
        "tencentcloud.version": "2017-03-12",
        "server.address": "cvm.tencentcloudapi.com",
        "tencentcloud.trace_id": traceId,
        "tencentcloud.request_id": "r-1"
      })
    }))

  it.effect("has the request id of a refusal, and of a success that does not fit", () =>
    Effect.gen(function*() {
      const refused = yield* spanOf(() => refusal("InvalidFilter"))
      assert.deepInclude(refused.attributes, {
        "error.type": "InvalidFilter",
        "tencentcloud.code": "InvalidFilter",
        "tencentcloud.request_id": "r-1"
      })
      const unfit = yield* spanOf(() => success())
      assert.deepInclude(unfit.attributes, {
        "error.type": "MalformedResponse",
        "tencentcloud.request_id": "r-1"
      })
    }))

  it.effect.each(["noop", "trace-456", "0af7651916cd43dd8448eb211c80319c\r\nx-injected: 1"])(
    "whose trace id is %j sends none",
    (traceId) =>
      Effect.gen(function*() {
        const parent = Tracer.externalSpan({ spanId: "1", traceId })
        const { attributes, sent } = yield* spanOf(() => success(), Effect.withParentSpan(parent))
        assert.isUndefined(header(sent[0], "x-tc-traceid"))
        assert.notProperty(attributes, "tencentcloud.trace_id")
      })
  )
})

describe("an action with another body than JSON", () => {
  it.effect.each<readonly [body: "multipart" | "octetStream", type: string]>([
    ["multipart", "multipart/form-data"],
    ["octetStream", "application/octet-stream"]
  ])("of %s is refused with words that say what to do, and nothing is sent", ([body, type]) =>
    Effect.gen(function*() {
      const { client, sent } = yield* connect(() => success())
      const UploadLog = TencentAction.make("UploadLog", {
        service: "cls",
        version: "2020-10-16",
        request: Schema.Struct({}),
        response: Schema.Struct({}),
        body
      })
      const error = yield* Effect.flip(client.call(UploadLog, {}))
      assert.deepStrictEqual([error._tag, error.outcome, sent.length], ["InvalidRequest", "notRun", 0])
      assert.include(error.message, type)
      assert.include(error.message, "TencentSignature.authorization")
    }))
})

describe("a dry run", () => {
  it.effect("that would succeed is an error of its own, and is not repeated", () =>
    Effect.gen(function*() {
      const { client, sent } = yield* connect(() => refusal("DryRunOperation"))
      const would = client.call(TerminateInstances, {}).pipe(
        Effect.as("done"),
        Failure.catchKind("dryRun", () => Effect.succeed("would succeed"))
      )
      assert.strictEqual(yield* would, "would succeed")
      const error = yield* Effect.flip(client.call(TerminateInstances, {}))
      assert.deepStrictEqual([error._tag, error.outcome, sent.length], ["DryRunOperation", "notRun", 2])
    }))

  it.effect("that failed is no promise", () =>
    Effect.gen(function*() {
      const { client } = yield* connect(() => refusal("DryRunOperation.DryRunOperationError"))
      const error = yield* Effect.flip(client.call(TerminateInstances, {}))
      assert.deepStrictEqual([error._tag, error.kind, error.outcome], ["UnknownErrorCode", "unknown", "unknown"])
    }))
})

describe("a quota store", () => {
  it.effect("is asked for a slot of the action in the region, as in API 2.0", () =>
    Effect.gen(function*() {
      const asked: Array<TencentQuotaStore.Quota> = []
      const store = TencentQuotaStore.TencentQuotaStore.of({
        acquire: (quota) => Effect.sync(() => asked.push(quota) > 0),
        learn: (quota) => Effect.sync(() => void asked.push(quota))
      })
      const { client } = yield* connect((index) => index === 0 ? refusal("RequestLimitExceeded") : success()).pipe(
        Effect.provideService(TencentQuotaStore.TencentQuotaStore, store)
      )
      yield* Effect.forkChild(client.call(TerminateInstances, {}))
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(new Set(asked.map(({ key }) => key)), new Set(["cvm TerminateInstances ap-guangzhou"]))
      assert.deepStrictEqual(new Set(asked.map(({ limit }) => limit)), new Set([20]))
    }))
})

describe("a refusal", () => {
  it.effect.each<readonly [code: string, tag: string, kind: string]>([
    ["InvalidZone.NotFound", "InvalidZone.NotFound", "notFound"],
    ["InvalidFilter", "InvalidFilter", "request"],
    ["UnauthorizedOperation", "UnauthorizedOperation", "permission"],
    ["ResourceNotFound.NobodyDeclaredIt", "UnknownErrorCode", "notFound"]
  ])("of the code %s has the tag %s and the kind %s", ([code, tag, kind]) =>
    Effect.gen(function*() {
      const { client, sent } = yield* connect(() => refusal(code))
      const error = yield* Effect.flip(client.call(DescribeZones, {}))
      assert.strictEqual(error._tag, tag)
      assert.strictEqual(error.kind, kind)
      assert.strictEqual(error.action, "cvm.DescribeZones")
      assert.include(String(error), `[${code}, cvm.DescribeZones, request r-1]`)
      assert.strictEqual(sent.length, 1)
    }))

  it.effect("is caught by its kind, whatever the generation", () =>
    Effect.gen(function*() {
      const { client } = yield* connect(() => refusal("InvalidZone.NotFound"))
      const found = client.call(DescribeZones, {}).pipe(
        Effect.as("found"),
        Failure.catchKind("notFound", (error) => Effect.succeed(error._tag))
      )
      assert.strictEqual(yield* found, "InvalidZone.NotFound")
    }))

  it.effect("of an expired signature with a date that no server has leaves the clock alone", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(1_551_113_065_000)
      const date = "Sat, 13 Sep 275760 00:00:00 GMT"
      const { client, sent } = yield* connect(
        (index) => index === 0 ? refusal("AuthFailure.SignatureExpire", { headers: { date } }) : success(),
        {
          retry: TencentRetry.make({})
        }
      )
      const error = yield* Effect.flip(client.call(TerminateInstances, {}))
      assert.strictEqual(error._tag, "AuthFailure.SignatureExpire")
      yield* client.call(TerminateInstances, {})
      assert.strictEqual(header(sent[1], "x-tc-timestamp"), "1551113065")
    }))

  it.effect("of an expired signature corrects the clock from the Date header", () =>
    Effect.gen(function*() {
      const now = 1_800_000_000_000
      yield* TestClock.setTime(now)
      const date = new Date(now + 600_000).toUTCString()
      const { client, sent } = yield* connect((index) =>
        index === 0 ? refusal("AuthFailure.SignatureExpire", { headers: { date } }) : success()
      )
      yield* client.call(TerminateInstances, {})
      const [first, second] = sent.map((request) => Number(header(request, "x-tc-timestamp")))
      assert.strictEqual(second! - first!, 600)
    }))

  it.effect("that may have run is not repeated for an action that changes something", () =>
    Effect.gen(function*() {
      const { client, sent } = yield* connect(() => refusal("InternalError"))
      const error = yield* Effect.flip(client.call(TerminateInstances, {}))
      assert.deepStrictEqual([error._tag, error.outcome, sent.length], ["InternalError", "unknown", 1])
    }))
})

describe("an action with a ClientToken", () => {
  it.effect("sends one token over all attempts, and says it in the error", () =>
    Effect.gen(function*() {
      const { client, sent } = yield* connect(() => refusal("InternalError"))
      const retry = TencentRetry.byKind({ internal: TencentRetry.replay })
      const error = yield* Effect.flip(client.call(RunInstances, {}, { retry }))
      const tokens = sent.map((request) => JSON.parse(bodyOf(request)).ClientToken as string)
      assert.strictEqual(tokens.length, 3)
      assert.match(tokens[0]!, /^[0-9a-f]{32}$/)
      assert.deepStrictEqual(new Set(tokens), new Set([error.clientToken]))
    }))

  it.effect("has another token for another call", () =>
    Effect.gen(function*() {
      const { client, sent } = yield* connect(() => success({ InstanceIdSet: [] }))
      yield* client.call(RunInstances, {})
      yield* client.call(RunInstances, {})
      assert.notStrictEqual(bodyOf(sent[0]), bodyOf(sent[1]))
    }))

  it.effect("keeps the token of the caller", () =>
    Effect.gen(function*() {
      const { client, sent } = yield* connect(() => success({ InstanceIdSet: [] }))
      yield* client.call(RunInstances, { ClientToken: "order-17" })
      assert.strictEqual(bodyOf(sent[0]), `{"ClientToken":"order-17"}`)
    }))

  // As a caller of JavaScript has it.
  const RunAnything = TencentAction.make("RunInstances", {
    service: "cvm",
    version: "2017-03-12",
    request: Schema.Unknown,
    response: Schema.Struct({}),
    clientToken: true
  })

  it.effect.each([undefined, null, "", " \n"])(
    "makes a token where that of the caller is none: %j",
    (ClientToken) =>
      Effect.gen(function*() {
        const { client, sent } = yield* connect(() => success())
        yield* client.call(RunAnything, { ClientToken, Zone: "a" })
        assert.match(bodyOf(sent[0]), /^\{"Zone":"a","ClientToken":"[0-9a-f]{32}"\}$/)
      })
  )

  it.effect.each<readonly [name: string, request: unknown]>([
    ["a token that is a number", { ClientToken: 17 }],
    ["a token that is a bigint", { ClientToken: 17n }],
    ["a redacted token", { ClientToken: Redacted.make("order-17") }],
    ["a list for a request", [1, 2]],
    ["a value of a class for a request", new Map([["Zone", "a"]])],
    ["a text for a request", "Zone=a"]
  ])("is not sent with another token in the place of %s", ([, request]) =>
    Effect.gen(function*() {
      const { client, sent } = yield* connect(() => success())
      const error = yield* Effect.flip(client.call(RunAnything, request))
      assert.deepStrictEqual([error._tag, error.outcome, sent.length], ["InvalidRequest", "notRun", 0])
    }))

  it.effect("is repeated by a policy around the call only with the token of the caller", () =>
    Effect.gen(function*() {
      const policy = TencentRetry.byKind({ internal: Schedule.recurs(2), unavailable: Schedule.recurs(1) })
      const counts: Array<number> = []
      for (
        const [code, request] of [
          ["InternalError", {}],
          ["InternalError", { ClientToken: "order-17" }],
          // Nothing ran.
          ["ServiceUnavailable", {}]
        ] as const
      ) {
        const { client, sent } = yield* connect(() => refusal(code), { retry: TencentRetry.make({}) })
        yield* Effect.flip(TencentRetry.retry(client.call(RunInstances, request), policy))
        counts.push(sent.length)
      }
      assert.deepStrictEqual(counts, [1, 3, 2])
    }))
})

describe("error", () => {
  it("makes the error of a code, as a response would report it", () => {
    const error = DescribeZones.error.make("InvalidZone.NotFound", { message: "no", requestId: "r-1" })
    const { _tag, action, kind, message, requestId } = error
    assert.deepStrictEqual([_tag, action, kind, message, requestId], [
      "InvalidZone.NotFound",
      "cvm.DescribeZones",
      "notFound",
      "no",
      "r-1"
    ])
  })

  it.effect.each([
    DescribeZones.error.make("InvalidZone.NotFound"),
    DescribeZones.error.make("RequestLimitExceeded"),
    DescribeZones.error.make("Nobody.KnowsIt"),
    new Failure.InvalidRequest({ message: "no", issues: [] })
  ])("is the codec of $_tag", (error) =>
    Effect.gen(function*() {
      const codec = Schema.fromJsonString(Schema.toCodecJson(DescribeZones.error))
      const back = yield* Effect.flatMap(Schema.encodeEffect(codec)(error), Schema.decodeEffect(codec))
      assert.isTrue(Equal.equals(back, error))
      assert.strictEqual(back._tag, error._tag)
    }))

  it("has the errors of API 3.0", () => {
    assert.isTrue(TencentError.isTencentError(DescribeZones.error.make("InvalidFilter")))
  })
})
