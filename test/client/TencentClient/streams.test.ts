/**
 * Streams of events in virtual time: when they end, what they tell, and what they keep to themselves.
 */
import { assert, describe, it } from "@effect/vitest"
import { TencentRetry } from "effect-tencentcloud"
import { TencentClient, TencentCredentials, TencentQuotaStore } from "effect-tencentcloud/client"
import { TencentAction } from "effect-tencentcloud/v3"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as HttpClient from "effect/http/HttpClient"
import type * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"
import * as Stream from "effect/Stream"
import { TestClock } from "effect/testing"
import { inspect } from "node:util"
import { clientOf, keys, secretKey, temporaryKeys, token } from "../../support/client.ts"
import { dataLine, eventStream } from "../../support/eventServer.ts"
import { collectSpans } from "../../support/spans.ts"
import { epoch, run, timed } from "../../support/virtualTime.ts"

const options = {
  service: "hunyuan",
  version: "2023-09-01",
  request: Schema.Struct({}),
  response: Schema.Struct({}),
  event: Schema.Struct({ N: Schema.Number })
} as const

const Chat = TencentAction.makeStream("ChatCompletions", options)
const Get = TencentAction.makeStream("GetThread", options)

type Request = HttpClientRequest.HttpClientRequest

type Part = string | Effect.Effect<string>

/** The parts of a stream in time. */
const streamed = (request: Request, parts: Stream.Stream<Part>, headers: Record<string, string> = {}) => {
  const bytes = parts.pipe(
    Stream.mapEffect((part) => typeof part === "string" ? Effect.succeed(part) : part),
    Stream.map((text) => new TextEncoder().encode(text))
  )
  const head = HttpClientResponse.fromWeb(request, new Response("", { headers: { ...eventStream, ...headers } }))
  return Object.defineProperty(head, "stream", { value: bytes })
}

const refused = (request: Request, Code: string, headers: Record<string, string> = {}) =>
  HttpClientResponse.fromWeb(request, Response.json({ Response: { Error: { Code, Message: "" } } }, { headers }))

const server = (respond: (request: Request, index: number) => HttpClientResponse.HttpClientResponse) => {
  const sent: Array<Request> = []
  const http = HttpClient.make((request) => Effect.sync(() => respond(request, sent.push(request) - 1)))
  return { sent, layer: Layer.succeed(HttpClient.HttpClient, http) }
}

const after = (duration: `${number} seconds`, text: string): Effect.Effect<string> =>
  Effect.as(Effect.sleep(duration), text)

const [one, two] = [dataLine({ N: 1 }), dataLine({ N: 2 })]
const never: Part = Effect.never

const silent = (request: Request) => streamed(request, Stream.make<[Part, Part]>(one, never))

describe("time", () => {
  it.effect("a first event may take a minute, and a silence after it another one", () =>
    Effect.gen(function*() {
      const { layer } = server((request, index) =>
        streamed(request, index === 0 ? Stream.make(never) : Stream.make(after("59 seconds", one), never))
      )
      const client = yield* clientOf(layer)
      const first = yield* timed(Stream.runDrain(client.stream(Chat, {})), "5 minutes")
      const idle = yield* timed(Stream.runDrain(client.stream(Chat, {})), "5 minutes")
      const reasons = [first, idle].map(({ exit }) => {
        const error = Exit.findError(exit)
        return "success" in error && error.success._tag === "TransportFailure" ? error.success.reason : error
      })
      assert.deepStrictEqual(reasons, ["AttemptTimeout", "IdleTimeout"])
      assert.deepStrictEqual([first.took, idle.took], [60_000, 119_000])
    }))

  it.effect("a call says how long an attempt and a silence may take", () =>
    Effect.gen(function*() {
      const { layer } = server((request, index) =>
        index === 0 ? streamed(request, Stream.make(never)) : silent(request)
      )
      const client = yield* clientOf(layer)
      const options = { attemptTimeout: "3 seconds", idleTimeout: "5 seconds" } as const
      assert.strictEqual((yield* timed(Stream.runDrain(client.stream(Chat, {}, options)))).took, 3000)
      assert.strictEqual((yield* timed(Stream.runDrain(client.stream(Chat, {}, options)))).took, 5000)
    }))

  it.effect("the deadline ends at the first event, however long the stream is", () =>
    Effect.gen(function*() {
      const { layer } = server((request) =>
        streamed(request, Stream.forever(Stream.make(after("30 seconds", one))).pipe(Stream.take(100)))
      )
      const client = yield* clientOf(layer)
      const count = Stream.runCount(client.stream(Chat, {}, { deadline: "40 seconds" }))
      const { exit, took } = yield* timed(count, "1 hour")
      assert.deepStrictEqual([yield* exit, took], [100, 3_000_000])
    }))

  it.effect("the time of the program counts neither for the silence nor for the deadline", () =>
    Effect.gen(function*() {
      const { layer } = server((request) => streamed(request, Stream.make(one, two, one)))
      const client = yield* clientOf(layer)
      const events = client.stream(Chat, {}, { idleTimeout: "1 seconds" }).pipe(
        Stream.tap(() => Effect.sleep("1 hour"))
      )
      const { exit, took } = yield* timed(Stream.runCount(events), "1 day")
      assert.deepStrictEqual([yield* exit, took], [3, 3 * 3_600_000])
    }))

  it.effect("a schema that asks a service keeps the order of the events", () =>
    Effect.gen(function*() {
      const slow = Schema.Number.pipe(
        Schema.decodeTo(
          Schema.Number,
          SchemaTransformation.transformEffect({
            decode: (n: number) => Effect.as(Effect.sleep(n === 1 ? "2 seconds" : "1 seconds"), n),
            encode: (n: number) => Effect.succeed(n)
          })
        )
      )
      const Slow = TencentAction.makeStream("ChatCompletions", { ...options, event: Schema.Struct({ N: slow }) })
      const { layer } = server((request) => streamed(request, Stream.make(one + two + dataLine({ M: 3 }) + one)))
      const client = yield* clientOf(layer)
      const seen: Array<number> = []
      const stream = Stream.runForEach(client.stream(Slow, {}), ({ N }) => Effect.sync(() => void seen.push(N)))
      const error = yield* Effect.flip((yield* timed(stream)).exit)
      assert.deepStrictEqual([seen, error._tag], [[1, 2], "MalformedResponse"])
      assert.match(error.message, /^The event does not fit its schema/)
    }))
})

describe("before the first event a stream is a call", () => {
  it.effect("it is signed like one, with a new time for each attempt", () =>
    Effect.gen(function*() {
      const { layer, sent } = server((request, index) =>
        index === 0 ? refused(request, "RequestLimitExceeded") : streamed(request, Stream.make(one))
      )
      const client = yield* clientOf(layer)
      assert.deepStrictEqual(yield* run(Stream.runCollect(client.stream(Chat, {}))), [{ N: 1 }])
      const [first, second] = sent.map(({ headers }) => headers)
      assert.isTrue(first?.["authorization"]?.startsWith("TC3-HMAC-SHA256 Credential=AKIDexample/"))
      assert.notStrictEqual(first?.["authorization"], second?.["authorization"])
      assert.deepStrictEqual([first?.["x-tc-action"], sent[0]?.url], [
        "ChatCompletions",
        "https://hunyuan.tencentcloudapi.com/"
      ])
    }))

  it.effect("it corrects the clock and refreshes refused credentials", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(epoch)
      const date = new Date(epoch + 3_600_000).toUTCString()
      const { layer, sent } = server((request, index) =>
        index === 0
          ? refused(request, "AuthFailure.SignatureExpire", { date })
          : index === 1
          ? refused(request, "AuthFailure.TokenFailure")
          : streamed(request, Stream.make(one))
      )
      let loads = 0
      const credentials = TencentCredentials.layerRefreshing(
        Effect.sync(() => ({ ...keys, secretId: `AKID${++loads}` }))
      )
      const client = yield* clientOf(layer, {}, credentials)
      assert.deepStrictEqual(yield* run(Stream.runCollect(client.stream(Chat, {}))), [{ N: 1 }])
      assert.strictEqual(loads, 2)
      assert.isAtLeast(Number(sent[1]?.headers["x-tc-timestamp"]), (epoch + 3_600_000) / 1000)
    }))

  it.effect("it takes a slot of the quota store, and fails without a request when that is too late", () =>
    Effect.gen(function*() {
      const { layer, sent } = server((request) => streamed(request, Stream.make(one)))
      const asked: Array<string> = []
      const store = Layer.succeed(TencentQuotaStore.TencentQuotaStore, {
        acquire: ({ key }) => Effect.sync(() => asked.push(key) === 1),
        learn: () => Effect.void
      })
      const client = yield* clientOf(layer).pipe(Effect.provide(store))
      yield* run(Stream.runDrain(client.stream(Chat, {})))
      const error = yield* Effect.flip(run(Stream.runDrain(client.stream(Chat, {}))))
      assert.deepStrictEqual([error._tag, sent.length], ["RequestLimitExceeded", 1])
      assert.deepStrictEqual(asked, Array(2).fill("hunyuan ChatCompletions ap-guangzhou"))
    }))

  it.effect("a request that does not fit, and an address that cannot be, are typed failures without a request", () =>
    Effect.gen(function*() {
      const { layer, sent } = server(silent)
      const client = yield* clientOf(layer)
      const Strict = TencentAction.makeStream("ChatCompletions", {
        ...options,
        request: Schema.Struct({ N: Schema.Unknown })
      })
      const unfit = yield* Effect.flip(Stream.runDrain(client.stream(Strict, { N: NaN })))
      const nowhere = yield* Effect.flip(Stream.runDrain(client.stream(Chat, {}, { region: "a/b" })))
      assert.deepStrictEqual([unfit, nowhere].map(({ _tag, outcome }) => [_tag, outcome]), [
        ["InvalidRequest", "notRun"],
        ["InvalidRequest", "notRun"]
      ])
      assert.strictEqual(sent.length, 0)
    }))

  it.effect("the streaming host is that of the action", () =>
    Effect.gen(function*() {
      const { layer, sent } = server((request) => streamed(request, Stream.make(one)))
      const Cls = TencentAction.makeStream("ChatCompletions", { ...options, service: "cls", network: "ai" })
      const [usual, inside] = [yield* clientOf(layer), yield* clientOf(layer, { endpoint: "private" })]
      yield* Stream.runDrain(usual.stream(Cls, {}))
      yield* Stream.runDrain(inside.stream(Cls, {}))
      assert.deepStrictEqual(sent.map(({ url }) => url), [
        "https://cls.ai.tencentcloudapi.com/",
        "https://cls.internal.tencentcloudapi.com/"
      ])
      assert.include(sent[0]?.headers["authorization"], "/cls/tc3_request")
    }))
})

describe("a stream is told of", () => {
  it.effect("by one span from its request to its end, with the request id and the first event", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(epoch)
      const { spans, tracer } = collectSpans()
      const { layer } = server((request) =>
        streamed(
          request,
          Stream.make(after("2 seconds", one), after("3 seconds", dataLine({ ErrorMsg: { Code: 7 } }))),
          {
            "x-tc-requestid": "r-9"
          }
        )
      )
      const client = yield* clientOf(layer)
      yield* run(Effect.exit(Stream.runDrain(client.stream(Chat, {})).pipe(Effect.withTracer(tracer))))
      assert.strictEqual(spans.length, 1)
      const span = spans[0]!
      assert.strictEqual(span.name, "tencentcloud.hunyuan.ChatCompletions")
      assert.deepStrictEqual(Object.fromEntries(span.attributes), {
        "tencentcloud.service": "hunyuan",
        "tencentcloud.action": "ChatCompletions",
        "tencentcloud.version": "2023-09-01",
        "tencentcloud.trace_id": span.traceId,
        "server.address": "hunyuan.tencentcloudapi.com",
        "tencentcloud.request_id": "r-9",
        "error.type": "UnknownErrorCode",
        "tencentcloud.code": "7"
      })
      const begun = BigInt(epoch) * 1_000_000n
      assert.deepStrictEqual(span.events.map(([name, time]) => [name, time - begun]), [
        ["tencentcloud.first_event", 2_000_000_000n]
      ])
      assert(span.status._tag === "Ended")
      assert.strictEqual(span.status.endTime - span.status.startTime, 5_000_000_000n)
      assert.isTrue(Exit.isFailure(span.status.exit))
    }))

  it.effect("by metrics: a failure of the program is none of the call", () =>
    Effect.gen(function*() {
      const { layer } = server((request, index) =>
        index === 0
          ? refused(request, "InvalidParameter")
          : streamed(request, Stream.make<[Part, Part]>(one + two, never))
      )
      const client = yield* clientOf(layer)
      const events = client.stream(Chat, {})
      const mine = { _tag: "Mine" } as const
      yield* Effect.exit(Stream.runDrain(events))
      yield* Stream.runDrain(Stream.take(events, 1))
      yield* Effect.exit(Stream.runForEach(events, () => Effect.fail(mine)))
      yield* run(Effect.exit(Stream.runDrain(events)))
      const fiber = yield* Effect.forkChild(Stream.runDrain(events), { startImmediately: true })
      yield* TestClock.adjust("1 second")
      yield* Fiber.interrupt(fiber)
      const snapshot = yield* Metric.snapshot
      const counts = snapshot.flatMap(({ attributes, id, state }) =>
        "count" in state
          ? [`${id} ${(attributes as Record<string, string>)["result"] ?? ""} ${Number(state.count)}`]
          : []
      )
      assert.sameMembers(counts, [
        "tencentcloud_calls InvalidParameter 1",
        "tencentcloud_calls ok 2",
        "tencentcloud_calls TransportFailure 1",
        "tencentcloud_calls interrupted 1",
        "tencentcloud_attempts  5",
        "tencentcloud_call_duration  5"
      ])
    }).pipe(Effect.provideService(Metric.MetricRegistry, new Map())))

  it.effect("a stream that has failed ends its span before a program that goes on without it", () =>
    Effect.gen(function*() {
      const { spans, tracer } = collectSpans()
      const { layer } = server(silent)
      const client = yield* clientOf(layer)
      const events = client.stream(Chat, {}).pipe(
        Stream.catch(() => Stream.fromEffect(Effect.sync(() => spans.map(({ status }) => status._tag))))
      )
      const all = yield* run(Stream.runCollect(events).pipe(Effect.withTracer(tracer)))
      assert.deepStrictEqual(all, [{ N: 1 }, ["Ended"]])
    }))
})

describe("policies around a stream", () => {
  it.effect("do not repeat a change, and do not start again what the client has tried", () =>
    Effect.gen(function*() {
      const { layer, sent } = server(silent)
      const client = yield* clientOf(layer)
      for (const action of [Chat, Get]) {
        const error = yield* Stream.runDrain(client.stream(action, {})).pipe(
          TencentRetry.retry(TencentRetry.idempotent),
          Effect.flip,
          run
        )
        assert.strictEqual(error._tag, "TransportFailure")
      }
      assert.strictEqual(sent.length, 2)
    }))

  it.effect("repeat one with a token only where the token is that of the caller", () =>
    Effect.gen(function*() {
      const Buy = TencentAction.makeStream("RunChat", {
        ...options,
        request: Schema.Struct({ ClientToken: Schema.optionalKey(Schema.String) }),
        clientToken: true
      })
      const { layer, sent } = server(silent)
      const client = yield* clientOf(layer)
      for (const request of [{}, { ClientToken: "order-17" }]) {
        const error = yield* Stream.runDrain(client.stream(Buy, request)).pipe(
          TencentRetry.retry(TencentRetry.byKind({ transport: Schedule.recurs(2) })),
          Effect.flip,
          (flipped) => run(flipped, "4 minutes")
        )
        assert.strictEqual(error._tag, "TransportFailure")
      }
      assert.strictEqual(sent.length, 1 + 3)
    }))
})

/** What the server knows of a request. */
const say = (request: Request) => `${request.headers["authorization"]} ${token} ${secretKey}`

describe("secrets", () => {
  const ways: ReadonlyArray<readonly [string, (request: Request) => HttpClientResponse.HttpClientResponse]> = [
    [
      "an ErrorMsg",
      (request) => streamed(request, Stream.make(one, dataLine({ ErrorMsg: { Code: 7, Msg: say(request) } })))
    ],
    ["an ErrorCode", (request) => streamed(request, Stream.make(one, dataLine({ ErrorCode: say(request) })))],
    ["an event of another shape", (request) => streamed(request, Stream.make(one, dataLine({ M: say(request) })))],
    ["an event that is not JSON", (request) => streamed(request, Stream.make(one, `data: ${say(request)}\n\n`))],
    ["half an event", (request) => streamed(request, Stream.make(one, `data: {"N":"${say(request)}`))],
    [
      "a request id",
      (request) => streamed(request, Stream.make(one, dataLine({ ErrorCode: "x" })), { "x-tc-requestid": say(request) })
    ],
    ["JSON", (request) =>
      HttpClientResponse.fromWeb(
        request,
        Response.json({ Response: { Error: { Code: "InvalidParameter", Message: say(request) } } })
      )],
    ["a page", (request) => HttpClientResponse.fromWeb(request, new Response(`<html>${say(request)}`))],
    ["silence", silent]
  ]

  it.effect.each(ways)("are not printed after %s", ([, respond]) =>
    Effect.gen(function*() {
      const { spans, tracer } = collectSpans()
      const { layer, sent } = server(respond)
      const client = yield* clientOf(layer, {}, TencentCredentials.layer(temporaryKeys))
      const exit = yield* run(Effect.exit(Stream.runDrain(client.stream(Chat, {})).pipe(Effect.withTracer(tracer))))
      assert(Exit.isFailure(exit))
      const error = Cause.squash(exit.cause)
      const shown = [exit, error, spans, client].map((value) => inspect(value, { depth: Infinity, showHidden: true }))
      const text = [...shown, Cause.pretty(exit.cause), JSON.stringify(error), String(error)].join("\n")
      assert.notInclude(text, "canary")
      const signature = /Signature=(\w+)/.exec(sent[0]?.headers["authorization"] ?? "")?.[1] ?? ""
      assert.match(signature, /^[0-9a-f]{64}$/)
      assert.notInclude(text, signature)
    }))
})

describe("a client in a layer", () => {
  it.effect("is a service with both ways to send", () =>
    Effect.gen(function*() {
      const { layer } = server((request) => streamed(request, Stream.make(one, two)))
      const events = Stream.unwrap(TencentClient.TencentClient.useSync((client) => client.stream(Chat, {})))
      const live = TencentClient.layer({ region: "ap-guangzhou" }).pipe(
        Layer.provide([TencentCredentials.layer(keys), layer])
      )
      assert.deepStrictEqual(yield* Stream.runCollect(events).pipe(Effect.provide(live)), [{ N: 1 }, { N: 2 }])
    }))
})
