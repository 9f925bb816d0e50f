import { assert, describe, it } from "@effect/vitest"
import { Failure } from "effect-tencentcloud"
import { Description } from "effect-tencentcloud-services"
import { DescribeAgentApps } from "effect-tencentcloud-services/apis"
import {
  DescribeInstances,
  DescribeZones,
  RunInstances,
  type RunInstancesRequest
} from "effect-tencentcloud-services/cvm"
import { DescribeResourcePackageDetail } from "effect-tencentcloud-services/cynosdb"
import { ChatCompletions, RunThread } from "effect-tencentcloud-services/hunyuan"
import { DescribeAlarmNotices } from "effect-tencentcloud-services/monitor"
import { GetTags } from "effect-tencentcloud-services/tag"
import { TencentClient, TencentCredentials } from "effect-tencentcloud/client"
import { TencentAction } from "effect-tencentcloud/v3"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import type * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"

const keys = { secretId: "AKIDexample", secretKey: Redacted.make("example") }

const bodyOf = (request: HttpClientRequest.HttpClientRequest | undefined): string =>
  request?.body._tag === "Uint8Array" ? new TextDecoder().decode(request.body.body) : ""

/** A client whose server sends that text, or what it makes of the body of a request. */
const connect = (reply: string | ((request: { readonly [member: string]: unknown }) => string | Response)) =>
  Effect.gen(function*() {
    const sent: Array<HttpClientRequest.HttpClientRequest> = []
    const http = HttpClient.make((request) =>
      Effect.sync(() => {
        sent.push(request)
        const response = typeof reply === "string" ? reply : reply(JSON.parse(bodyOf(request)))
        return HttpClientResponse.fromWeb(request, typeof response === "string" ? new Response(response) : response)
      })
    )
    const client = yield* Layer.build(
      TencentClient.layer({ region: "ap-guangzhou" }).pipe(
        Layer.provide([TencentCredentials.layer(keys), Layer.succeed(HttpClient.HttpClient, http)])
      )
    ).pipe(Effect.flatMap((context) => Effect.provideContext(TencentClient.TencentClient, context)))
    return { client, sent }
  })

const success = (members: string) => `{"Response":{${members}"RequestId":"r-1"}}`

const refusal = (code: string) => `{"Response":{"Error":{"Code":"${code}","Message":"no"},"RequestId":"r-1"}}`

const events = (...list: ReadonlyArray<object>) =>
  new Response(list.map((event) => `data: ${JSON.stringify(event)}\n\n`).join(""), {
    headers: { "content-type": "text/event-stream" }
  })

const order: RunInstancesRequest = { Placement: { Zone: "ap-guangzhou-1" }, ImageId: "img-1" }

describe("an action of a service", () => {
  it("is what a hand-written one is", () => {
    const { attemptTimeout, idempotent, name, quota, service, version } = DescribeZones
    assert.deepStrictEqual({ attemptTimeout, idempotent, name, quota, service, version }, {
      name: "DescribeZones",
      service: "cvm",
      version: "2017-03-12",
      idempotent: true,
      quota: 20,
      attemptTimeout: undefined
    })
    assert.isTrue(RunInstances.idempotent, "its ClientToken makes it so")
  })

  it.effect("sends its request and returns its response", () =>
    Effect.gen(function*() {
      const { client, sent } = yield* connect(
        success(`"TotalCount":"1","ZoneSet":[{"Zone":"ap-guangzhou-1","ZoneId":null}],`)
      )
      const zones = yield* client.call(DescribeZones, {})
      assert.deepStrictEqual(zones, { TotalCount: 1, ZoneSet: [{ Zone: "ap-guangzhou-1" }], RequestId: "r-1" })
      assert.strictEqual(bodyOf(sent[0]), "{}")
    }))

  it.effect("fails with a declared code as its tag and its kind", () =>
    Effect.gen(function*() {
      const { client } = yield* connect(refusal("InvalidAccount.InsufficientBalance"))
      const kind = yield* client.call(RunInstances, order).pipe(
        Effect.as("none"),
        Effect.catchTag("InvalidAccount.InsufficientBalance", (error) => Effect.succeed(error.kind))
      )
      assert.strictEqual(kind, "balance")
      const handled = yield* client.call(RunInstances, order).pipe(
        Effect.as("ran"),
        Failure.catchKind("balance", () => Effect.succeed("top up"))
      )
      assert.strictEqual(handled, "top up")
    }))

  it.effect("has all its failures as a schema", () =>
    Effect.gen(function*() {
      const error = RunInstances.error.make("ResourceInsufficient.CloudDiskSoldOut", { message: "none left" })
      assert.strictEqual(error.kind, "soldOut")
      const json = Schema.toCodecJson(RunInstances.error)
      assert.deepStrictEqual(yield* Schema.decodeEffect(json)(yield* Schema.encodeEffect(json)(error)), error)
    }))

  it.effect("keeps one ClientToken over a call", () =>
    Effect.gen(function*() {
      const { client, sent } = yield* connect(success(`"InstanceIdSet":["ins-1"],`))
      yield* client.call(RunInstances, order)
      assert.match(bodyOf(sent[0]), /"ClientToken":"[0-9a-f]{32}"/)
    }))

  it.effect("reads an id beyond 2^53 by its digits", () =>
    Effect.gen(function*() {
      const { client } = yield* connect(success(`"InstanceSet":[{"InstanceId":9007199254740993}],`))
      const { InstanceSet } = yield* client.call(DescribeInstances, {})
      assert.strictEqual(InstanceSet?.[0]?.InstanceId, "9007199254740993")
    }))

  it.effect("fails with the path of a response that cannot be read", () =>
    Effect.gen(function*() {
      const { client } = yield* connect(success(`"InstanceSet":[{},{"CPU":[]}],`))
      const error = yield* Effect.flip(client.call(DescribeInstances, {}))
      assert.strictEqual(error._tag, "MalformedResponse")
      assert.include(error.message, "InstanceSet.1.CPU: Expected a number")
    }))

  it.effect.each<[rule: string, request: object, path: string]>([
    ["a missing member", { Placement: {} }, "Placement.Zone"],
    ["a typo", { ...order, InstanceCoutn: 1 }, "InstanceCoutn"],
    ["another case", { ...order, imageId: "img-1" }, "imageId"],
    ["another type", { ...order, InstanceCount: "1" }, "InstanceCount"],
    ["a rounded integer", { ...order, InstanceCount: 2 ** 60 }, "InstanceCount"],
    ["a mistake inside", { ...order, Placement: { Zone: "a", HostIds: "h" } }, "Placement.HostIds"]
  ])("sends nothing where %s breaks a rule", ([, request, path]) =>
    Effect.gen(function*() {
      const { client, sent } = yield* connect(success(""))
      const error = yield* Effect.flip(client.call(RunInstances, request as RunInstancesRequest))
      assert.strictEqual(error._tag, "InvalidRequest")
      assert.include(error.message, path)
      assert.lengthOf(sent, 0)
    }))

  it.effect("sends what is newer than its description", () =>
    Effect.gen(function*() {
      const { client, sent } = yield* connect(success(""))
      yield* client.call(DescribeZones, { extra: { Architecture: "arm", Big: 9007199254740993n } })
      assert.strictEqual(bodyOf(sent[0]), "{\"Architecture\":\"arm\",\"Big\":9007199254740993}")
    }))
})

describe("an action with pages", () => {
  const all = ["a", "b", "c", "d", "e"]

  it.effect("is read to its end, each page after the items that have come", () =>
    Effect.gen(function*() {
      const { client, sent } = yield* connect(({ Limit, Offset }) => {
        const page = all.slice(Number(Offset), Number(Offset) + Number(Limit)).map((InstanceId) => ({ InstanceId }))
        return success(`"TotalCount":5,"InstanceSet":${JSON.stringify(page)},`)
      })
      const ids = yield* client.paginate(DescribeInstances, { Limit: 2 }).pipe(
        Stream.map(({ InstanceId }) => InstanceId),
        Stream.runCollect
      )
      assert.deepStrictEqual(ids, all)
      assert.deepStrictEqual(sent.map(bodyOf), [0, 2, 4].map((Offset) => `{"Limit":2,"Offset":${Offset}}`))
    }))

  it.effect("can have its list in an object", () =>
    Effect.gen(function*() {
      const { client } = yield* connect(success(`"Data":{"Total":1,"Items":[{"ID":"a"}]},`))
      const apps = yield* Stream.runCollect(client.paginate(DescribeAgentApps, { Limit: 10 }))
      assert.deepStrictEqual(apps, [{ ID: "a" }])
    }))

  it.effect("can have its numbers as text", () =>
    Effect.gen(function*() {
      const { client, sent } = yield* connect(success(`"Total":1,"Detail":[{}],`))
      yield* Stream.runDrain(client.paginate(DescribeResourcePackageDetail, { PackageId: "p-1" }))
      assert.strictEqual(bodyOf(sent[0]), "{\"PackageId\":\"p-1\",\"Offset\":\"0\",\"Limit\":\"20\"}")
    }))

  it.effect("can have a token for the next page", () =>
    Effect.gen(function*() {
      const { client, sent } = yield* connect(({ PaginationToken }) =>
        success(PaginationToken === "t" ? `"Tags":[{"TagKey":"b"}],` : `"Tags":[{"TagKey":"a"}],"PaginationToken":"t",`)
      )
      const tags = yield* Stream.runCollect(client.paginate(GetTags, {}))
      assert.deepStrictEqual(tags.map(({ TagKey }) => TagKey), ["a", "b"])
      assert.lengthOf(sent, 2)
    }))

  it.effect("can have pages with numbers, of which the caller says the first", () =>
    Effect.gen(function*() {
      const { client, sent } = yield* connect(success(`"TotalCount":0,"Notices":[],`))
      yield* Stream.runDrain(
        client.paginate(DescribeAlarmNotices, { Module: "monitor", Order: "ASC", PageNumber: 1, PageSize: 10 })
      )
      assert.deepInclude(JSON.parse(bodyOf(sent[0])), { PageNumber: 1, PageSize: 10 })
    }))
})

describe("an action with events", () => {
  it.effect("is a stream of them, read as leniently as a response", () =>
    Effect.gen(function*() {
      const { client } = yield* connect(() =>
        events({ Choices: { Delta: { Content: "Hel" } } }, { Choices: [{ Delta: { Content: "lo" } }], Created: "1" })
      )
      const request = { Model: "hunyuan-lite", Messages: [{ Role: "user", Content: "hi" }], Stream: true }
      const received = yield* Stream.runCollect(client.stream(ChatCompletions, request))
      assert.deepStrictEqual(received, [
        { Choices: [{ Delta: { Content: "Hel" } }] },
        { Choices: [{ Delta: { Content: "lo" } }], Created: 1 }
      ])
    }))

  it.effect("has them as JSON where they are not described", () =>
    Effect.gen(function*() {
      const { client } = yield* connect(() => events({ anything: 1 }))
      assert.deepStrictEqual(yield* Stream.runCollect(client.stream(RunThread, { ThreadID: "t" })), [{ anything: 1 }])
    }))
})

describe("the description of an action", () => {
  const description = Option.getOrThrow(Description.of(DescribeInstances))

  it.effect("makes responses that the action reads", () =>
    Effect.gen(function*() {
      const response = description.exampleResponse(7)
      const { client } = yield* connect(JSON.stringify({ Response: response }))
      assert.deepStrictEqual(yield* client.call(DescribeInstances, {}), response)
    }))

  it("makes the same response for the same seed, and another for another", () => {
    assert.deepStrictEqual(description.exampleResponse(1), description.exampleResponse(1))
    assert.notDeepEqual(description.exampleResponse(1), description.exampleResponse(2))
    assert.deepStrictEqual(description.exampleRequest(1), description.exampleRequest(1))
  })

  it.effect("has the schemas of its request and its response", () =>
    Effect.gen(function*() {
      yield* Schema.decodeUnknownEffect(description.request)(description.exampleRequest(3))
      const response = yield* Schema.decodeUnknownEffect(description.response)({ TotalCount: "3" })
      assert.deepStrictEqual(response, { TotalCount: 3, RequestId: "" })
    }))

  it("is missing for an action of someone else", () => {
    const other = TencentAction.make("DescribeZones", {
      service: "cvm",
      version: "2017-03-12",
      request: Schema.Struct({}),
      response: Schema.Struct({})
    })
    assert.isTrue(Option.isNone(Description.of(other)))
  })
})
