import { assert, describe, it } from "@effect/vitest"
import { Failure, TencentRetry } from "effect-tencentcloud"
import { TencentClient, TencentCredentials } from "effect-tencentcloud/client"
import { TencentAction, TencentError, TencentSignature } from "effect-tencentcloud/v3"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as HttpClient from "effect/http/HttpClient"
import type * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { TestClock } from "effect/testing"

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
  options: Partial<TencentClient.Options> = {},
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

  it.effect("goes to an address that is not the one to sign, and names the host that is", () =>
    Effect.gen(function*() {
      const { client, sent } = yield* connect(() => success(), {
        endpoint: ({ host }) => ({ url: new URL("http://127.0.0.1:9520"), signedHost: host })
      })
      yield* client.call(TerminateInstances, {})
      assert.strictEqual(sent[0]?.url, "http://127.0.0.1:9520/")
      assert.strictEqual(header(sent[0], "host"), "cvm.tencentcloudapi.com")
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
