/**
 * Streams of events over real HTTP, over each HTTP client: what a server can write, and where a connection can break.
 */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { assert, describe, it } from "@effect/vitest"
import { TencentRetry } from "effect-tencentcloud"
import { TencentAction } from "effect-tencentcloud/v3"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import type * as HttpClient from "effect/http/HttpClient"
import type * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { ServerResponse } from "node:http"
import { brotliCompressSync, createGzip, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib"
import { clientOf } from "../support/client.ts"
import { dataLine, eventServer, eventStream } from "../support/eventServer.ts"
import { until } from "../support/until.ts"

const options = {
  service: "hunyuan",
  version: "2023-09-01",
  request: Schema.Struct({}),
  response: Schema.Struct({ Id: Schema.String }),
  event: Schema.Struct({ N: Schema.Union([Schema.Number, Schema.String]) }),
  errors: { notFound: ["InvalidParameter.ModelNotExist"] }
} as const

const Chat = TencentAction.makeStream("ChatCompletions", options)

/** The same, where nothing happens twice. */
const Get = TencentAction.makeStream("GetThread", options)

const Buy = TencentAction.makeStream("BuyTokens", { ...options, clientToken: true })

const transports: ReadonlyArray<readonly [name: string, layer: Layer.Layer<HttpClient.HttpClient>]> = [
  ["undici", NodeHttpClient.layerUndici],
  ["fetch", FetchHttpClient.layer]
]

type Respond = (response: ServerResponse, index: number) => void

interface Call {
  readonly action?: typeof Chat
  readonly idleTimeout?: `${number} millis`
  readonly attemptTimeout?: "100 millis" | undefined
  /** What the program does with each event. */
  readonly perEvent?: Effect.Effect<void>
}

/** The failures that have a code are told by it. */
const nameOf = (error: { readonly _tag: string; readonly outcome: string; readonly reason?: unknown }): string =>
  `${error._tag}${typeof error.reason === "string" ? ` ${error.reason}` : ""}, ${error.outcome}`

// ---------------------------------------------------------------------------------------------------------------------
// What a server can write
// ---------------------------------------------------------------------------------------------------------------------

const one = dataLine({ N: 1 })
const two = dataLine({ N: 2 })

interface Written {
  readonly name: string
  /** The texts, or the bytes, that are written one after the other. */
  readonly chunks: ReadonlyArray<string | Uint8Array>
  readonly headers?: { readonly [name: string]: string }
  readonly events: ReadonlyArray<number | string>
  /** The failure after the events. */
  readonly failure?: string
}

const inBytes = (text: string): ReadonlyArray<Uint8Array> =>
  Array.from(new TextEncoder().encode(text), (byte) => Uint8Array.of(byte))

const json = { "content-type": "application/json" }

const streams: ReadonlyArray<Written> = [
  { name: "events", chunks: [one, two], events: [1, 2] },
  { name: "events in one chunk", chunks: [one + two], events: [1, 2] },
  {
    name: "events cut at every byte",
    chunks: inBytes(dataLine({ N: "\u4f60\u{1f600}" }) + two),
    events: ["\u4f60\u{1f600}", 2]
  },
  { name: "no charset", chunks: [one], headers: { "content-type": "text/event-stream" }, events: [1] },
  { name: "a content type in capitals", chunks: [one], headers: { "content-type": "Text/Event-Stream" }, events: [1] },
  { name: "lines that end with CR LF", chunks: [(one + two).replaceAll("\n", "\r\n")], events: [1, 2] },
  { name: "lines that end with CR", chunks: [(one + two).replaceAll("\n", "\r")], events: [1, 2] },
  { name: "CR LF in two chunks", chunks: ["data: {\"N\":1}\r", "\n\r", "\n", two], events: [1, 2] },
  { name: "a byte order mark", chunks: [`\uFEFF${one}`, two], events: [1, 2] },
  { name: "comments", chunks: [": hello\n\n", one, ":\n", ": ping\n\n", two], events: [1, 2] },
  { name: "the line retry", chunks: ["retry: 1000\n\n", one, "retry: 5\n", two], events: [1, 2] },
  { name: "names and ids", chunks: ["event: delta\nid: 7\n", one, "event: other\nid\n", two], events: [1, 2] },
  { name: "unknown fields", chunks: ["hello: 1\ndatum: 2\n", one], events: [1] },
  { name: "data of several lines", chunks: ["data: {\"N\":\ndata:  1\ndata: }\n\n", two], events: [1, 2] },
  { name: "data without a blank", chunks: ["data:{\"N\":1}\n\n"], events: [1] },
  { name: "an event without data", chunks: ["event: ping\n\n", one], events: [1] },
  { name: "a last event without an empty line", chunks: [one, "data: {\"N\":2}"], events: [1, 2] },
  { name: "an event in the envelope", chunks: [dataLine({ Response: { N: 1, RequestId: "r-1" } })], events: [1] },
  {
    name: "an event with an error of nothing",
    chunks: [
      dataLine({ N: 1, ErrorMsg: null }),
      dataLine({ N: 2, ErrorMsg: { Msg: "", Code: 0 } }),
      dataLine({ N: 3, ErrorCode: "", ErrorMessage: "" }),
      dataLine({ N: 4, ErrorCode: "0" })
    ],
    events: [1, 2, 3, 4]
  },
  { name: "the end", chunks: [one, "data: [DONE]\n\n"], events: [1] },
  { name: "the end without an empty line", chunks: [one, "data:[DONE]"], events: [1] },
  { name: "events after the end", chunks: [`${one}data: [DONE]\n\n${two}`, "data: {"], events: [1] },
  { name: "nothing but the end", chunks: ["data: [DONE]\n\n"], events: [] },
  { name: "no event at all", chunks: [": ping\n\n"], events: [], failure: "MalformedResponse, unknown" },
  { name: "no byte", chunks: [], events: [], failure: "MalformedResponse, unknown" },
  {
    name: "an event that is not JSON",
    chunks: [one, "data: <html>\n\n", two],
    events: [1],
    failure: "MalformedResponse, unknown"
  },
  { name: "half an event", chunks: [`${one}data: {"N":`], events: [1], failure: "MalformedResponse, unknown" },
  {
    name: "an event of another shape",
    chunks: [one + dataLine({ M: 2 }) + two],
    events: [1],
    failure: "MalformedResponse, ran"
  },
  { name: "an event that is no object", chunks: [one, dataLine([2])], events: [1], failure: "MalformedResponse, ran" },
  {
    name: "an ErrorMsg",
    chunks: [one + two + dataLine({ ErrorMsg: { Msg: "busy", Code: 4001 } }) + one],
    events: [1, 2],
    failure: "UnknownErrorCode, unknown"
  },
  {
    name: "an ErrorMsg first",
    chunks: [dataLine({ ErrorMsg: { Msg: "busy", Code: 4001 } })],
    events: [],
    failure: "UnknownErrorCode, unknown"
  },
  {
    name: "an ErrorMsg without a code",
    chunks: [one, dataLine({ ErrorMsg: { Msg: "busy" } })],
    events: [1],
    failure: "MalformedResponse, unknown"
  },
  {
    name: "an ErrorCode",
    chunks: [one, dataLine({ ErrorCode: "RequestLimitExceeded", ErrorMessage: "slow" })],
    events: [1],
    failure: "UnknownErrorCode, unknown"
  },
  {
    name: "the envelope of a failure",
    chunks: [dataLine({ Response: { Error: { Code: "RequestSizeLimitExceeded", Message: "" } } })],
    events: [],
    failure: "RequestSizeLimitExceeded, notRun"
  },
  {
    name: "the envelope of a failure after an event",
    chunks: [one, dataLine({ Response: { Error: { Code: "RequestSizeLimitExceeded", Message: "" } } })],
    events: [1],
    failure: "RequestSizeLimitExceeded, unknown"
  },
  {
    name: "JSON that fails",
    headers: json,
    chunks: [`{"Response":{"Error":{"Code":"InvalidParameter.ModelNotExist"},"RequestId":"r-1"}}`],
    events: [],
    failure: "InvalidParameter.ModelNotExist, notRun"
  },
  {
    name: "JSON of API 2.0 that fails",
    headers: json,
    chunks: [`{"code":4000,"message":"no"}`],
    events: [],
    failure: "InvalidParameter, notRun"
  },
  { name: "JSON that succeeds", headers: json, chunks: [`{"Response":{"N":1,"RequestId":"r-1"}}`], events: [1] },
  {
    name: "JSON that succeeds with an ErrorMsg",
    headers: json,
    chunks: [`{"Response":{"N":1,"ErrorMsg":{"Msg":"no","Code":7}}}`],
    events: [],
    failure: "UnknownErrorCode, unknown"
  },
  {
    name: "JSON of another shape",
    headers: json,
    chunks: [`{"Response":{"RequestId":"r-1"}}`],
    events: [],
    failure: "MalformedResponse, ran"
  },
  {
    name: "JSON without an envelope",
    headers: json,
    chunks: [`{"N":1}`],
    events: [],
    failure: "MalformedResponse, unknown"
  },
  {
    name: "a page",
    headers: { "content-type": "text/html" },
    chunks: ["<html>"],
    events: [],
    failure: "MalformedResponse, unknown"
  },
  {
    name: "gzip",
    headers: { ...eventStream, "content-encoding": "gzip" },
    chunks: [gzipSync(one + two)],
    events: [1, 2]
  },
  {
    name: "deflate",
    headers: { ...eventStream, "content-encoding": "deflate" },
    chunks: [deflateSync(one + two)],
    events: [1, 2]
  },
  {
    name: "br",
    headers: { ...eventStream, "content-encoding": "br" },
    chunks: [brotliCompressSync(one + two)],
    events: [1, 2]
  },
  {
    name: "zstd",
    headers: { ...eventStream, "content-encoding": "zstd" },
    chunks: [zstdCompressSync(one + two)],
    events: [1, 2]
  },
  {
    name: "an unknown encoding",
    headers: { ...eventStream, "content-encoding": "x-own" },
    chunks: [Uint8Array.of(1, 2, 3), one],
    events: [],
    failure: "TransportFailure TruncatedBody, unknown"
  },
  {
    name: "deflate without its head",
    headers: { ...eventStream, "content-encoding": "deflate" },
    chunks: [deflateRawSync(one + two)],
    events: [1, 2]
  },
  {
    name: "an encoding that was not used",
    headers: { ...eventStream, "content-encoding": "identity" },
    chunks: [one + two],
    events: [1, 2]
  }
]

// ---------------------------------------------------------------------------------------------------------------------
// Where a connection can end
// ---------------------------------------------------------------------------------------------------------------------

/** Writes ten events, one at a time, and then does something else. */
const tenEvents = (then: (response: ServerResponse) => void): Respond => (response) => {
  response.writeHead(200, eventStream)
  let N = 0
  const timer = setInterval(() => {
    response.write(dataLine({ N: N++ }))
    if (N < 10) return
    clearInterval(timer)
    setTimeout(() => then(response), 10)
  }, 1)
}

const ten = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]

/** Writes events until the client goes away. */
const endless: Respond = (response) => {
  response.writeHead(200, eventStream)
  const timer = setInterval(() => response.write(one), 1)
  response.on("close", () => clearInterval(timer))
}

const refusal = (Code: string) => (response: ServerResponse) =>
  void response.writeHead(200, json).end(JSON.stringify({ Response: { Error: { Code, Message: "" } } }))

interface Fault {
  readonly name: string
  readonly fault: (response: ServerResponse) => void
  /** The failure of a call that meets it each time. */
  readonly failure: string
  /** Whether it is met again by an action that changes something, and by one that reads. */
  readonly retried: readonly [changes: boolean, reads: boolean]
  readonly events?: ReadonlyArray<number>
  readonly attemptTimeout?: "300 millis"
}

const faults: ReadonlyArray<Fault> = [
  {
    name: "a connection that is lost before the head",
    fault: (response) => void response.destroy(),
    failure: "TransportFailure ConnectionLost, unknown",
    retried: [false, true]
  },
  {
    name: "a head that does not come in time",
    fault: () => {},
    attemptTimeout: "300 millis",
    failure: "TransportFailure AttemptTimeout, unknown",
    retried: [false, true]
  },
  {
    name: "a connection that is lost after the head",
    fault: (
      response
    ) => (response.writeHead(200, eventStream).flushHeaders(), setTimeout(() => response.destroy(), 10)),
    failure: "TransportFailure TruncatedBody, unknown",
    retried: [false, true]
  },
  {
    name: "a first event that does not come in time",
    fault: (response) => void response.writeHead(200, eventStream).write(": ping\n"),
    attemptTimeout: "300 millis",
    failure: "TransportFailure AttemptTimeout, unknown",
    retried: [false, true]
  },
  {
    name: "half of a first event",
    fault: (
      response
    ) => (response.writeHead(200, eventStream).write("data: {"), setTimeout(() => response.destroy(), 10)),
    failure: "TransportFailure TruncatedBody, unknown",
    retried: [false, true]
  },
  {
    name: "a gateway that has no server",
    fault: (response) => void response.writeHead(502, { "content-type": "text/html" }).end("<html>"),
    failure: "UnexpectedStatus, unknown",
    retried: [false, true]
  },
  {
    name: "events with another status",
    fault: (response) => void response.writeHead(503, eventStream).end(one),
    failure: "UnexpectedStatus, unknown",
    retried: [false, true]
  },
  {
    name: "a quota",
    fault: refusal("RequestLimitExceeded"),
    failure: "RequestLimitExceeded, notRun",
    retried: [true, true]
  },
  {
    name: "an internal error",
    fault: refusal("InternalError"),
    failure: "InternalError, unknown",
    retried: [false, true]
  },
  {
    name: "a refusal",
    fault: refusal("InvalidParameter"),
    failure: "InvalidParameter, notRun",
    retried: [false, false]
  },
  {
    name: "a connection that is lost after an event",
    fault: (response) => (response.writeHead(200, eventStream).write(one), setTimeout(() => response.destroy(), 10)),
    failure: "TransportFailure TruncatedBody, unknown",
    retried: [false, false],
    events: [1]
  },
  {
    name: "silence after an event",
    fault: (response) => void response.writeHead(200, eventStream).write(one),
    failure: "TransportFailure IdleTimeout, unknown",
    retried: [false, false],
    events: [1]
  },
  {
    name: "a quota after an event",
    fault: (response) =>
      void response.writeHead(200, eventStream).end(
        one + dataLine({ Response: { Error: { Code: "RequestLimitExceeded", Message: "" } } })
      ),
    failure: "RequestLimitExceeded, unknown",
    retried: [false, false],
    events: [1]
  }
]

const actions = [["changes", Chat, 0], ["reads", Get, 1]] as const

describe.each(transports)("over %s", (_, layer) => {
  /** The events of a stream, and how it ended. */
  const stream = (
    respond: Respond,
    { action = Chat, attemptTimeout, idleTimeout, perEvent = Effect.void }: Call = {}
  ) =>
    Effect.gen(function*() {
      const server = yield* eventServer(respond)
      const client = yield* clientOf(layer, { endpoint: server.url })
      const events: Array<number | string> = []
      const result = yield* client.stream(action, {}, {
        attemptTimeout,
        idleTimeout
      }).pipe(
        Stream.runForEach(({ N }) => Effect.andThen(Effect.sync(() => void events.push(N)), perEvent)),
        Effect.result
      )
      return { events, ended: Result.isFailure(result) ? nameOf(result.failure) : "", result, server }
    })

  describe("the events are received, and then the failure if there is one:", () => {
    it.live.each(streams)("$name", ({ chunks, events, failure = "", headers = eventStream }) =>
      Effect.gen(function*() {
        const received = yield* stream((response) => {
          response.writeHead(200, headers)
          for (const chunk of chunks) response.write(chunk)
          response.end()
        })
        assert.deepStrictEqual([received.events, received.ended], [events, failure])
      }))
  })

  it.live("a damaged gzip is a failure, never an event less", () =>
    Effect.gen(function*() {
      const { ended, events } = yield* stream((response) => {
        response.writeHead(200, { ...eventStream, "content-encoding": "gzip" })
        response.write(gzipSync(one + two).subarray(0, 12))
        response.end(new Uint8Array(6).fill(255))
      })
      assert.deepStrictEqual(events, [])
      // `fetch` ends the stream where undici leaves it to the library to see the damage.
      assert.match(ended, /^(?:MalformedResponse|TransportFailure TruncatedBody), unknown$/)
    }))

  it.live("the events of a compressed stream come one by one, and stopping closes its connection", () =>
    Effect.gen(function*() {
      const server = yield* eventServer((response) => {
        response.writeHead(200, { ...eventStream, "content-encoding": "gzip" })
        const gzip = createGzip()
        gzip.pipe(response)
        gzip.write(one)
        gzip.flush()
      })
      const client = yield* clientOf(layer, { endpoint: server.url })
      assert.deepStrictEqual(yield* Stream.runCollect(Stream.take(client.stream(Chat, {}), 1)), [{ N: 1 }])
      yield* until(Effect.sync(() => server.closed() === 1))
      const fiber = yield* Effect.forkChild(Stream.runDrain(client.stream(Chat, {})), { startImmediately: true })
      yield* Effect.sleep("50 millis")
      yield* Fiber.interrupt(fiber)
      yield* until(Effect.sync(() => server.closed() === 2))
    }))

  it.live("a failure has the code, the words and the request id", () =>
    Effect.gen(function*() {
      const { result } = yield* stream((response) => {
        response.writeHead(200, { ...eventStream, "X-TC-RequestId": "r-head" })
        response.end(one + dataLine({ ErrorMsg: { Msg: "busy", Code: 4001 } }))
      })
      assert.isTrue(Result.isFailure(result))
      if (!Result.isFailure(result) || result.failure._tag !== "UnknownErrorCode") return assert.fail("another failure")
      const { action, code, message, requestId } = result.failure
      assert.deepStrictEqual([action, code, message, requestId], ["hunyuan.ChatCompletions", "4001", "busy", "r-head"])
    }))

  it.live("an event longer than the limit ends the stream after the events before it", () =>
    Effect.gen(function*() {
      const { ended, events, server } = yield* stream((response) => {
        response.writeHead(200, eventStream).write(one)
        const part = "x".repeat(1024 * 1024)
        response.write("data: ")
        for (let n = 0; n < 12; n++) response.write(part)
      })
      assert.deepStrictEqual([events, ended], [[1], "TransportFailure EventTooLarge, unknown"])
      yield* until(Effect.sync(() => server.closed() === 1))
    }))

  // -------------------------------------------------------------------------------------------------------------------
  // Connections
  // -------------------------------------------------------------------------------------------------------------------

  it.live("all events that came before a break are received", () =>
    Effect.gen(function*() {
      const { ended, events } = yield* stream(tenEvents((response) => void response.destroy()))
      assert.deepStrictEqual([events, ended], [ten, "TransportFailure TruncatedBody, unknown"])
    }))

  it.live("all events that came before a break are received by a slow program, too", () =>
    Effect.gen(function*() {
      const { ended, events } = yield* stream(tenEvents((response) => void response.destroy()), {
        perEvent: Effect.sleep("20 millis")
      })
      assert.deepStrictEqual([events, ended], [ten, "TransportFailure TruncatedBody, unknown"])
    }))

  it.live("a silent stream ends typed, and its connection is closed", () =>
    Effect.gen(function*() {
      const { ended, events, server } = yield* stream(tenEvents(() => {}), { idleTimeout: "100 millis" })
      assert.deepStrictEqual([events, ended], [ten, "TransportFailure IdleTimeout, unknown"])
      yield* until(Effect.sync(() => server.closed() === 1))
    }))

  it.live("a comment ends the silence", () =>
    Effect.gen(function*() {
      const { ended, events } = yield* stream((response) => {
        response.writeHead(200, eventStream).write(one)
        let pings = 0
        const timer = setInterval(() => {
          response.write(": ping\n")
          if (++pings < 12) return
          clearInterval(timer)
          response.end(two)
        }, 250)
      }, { idleTimeout: "2000 millis" })
      assert.deepStrictEqual([events, ended], [[1, 2], ""])
    }))

  it.live("a slow program is no silent stream", () =>
    Effect.gen(function*() {
      const { ended, events } = yield* stream((response) => {
        response.writeHead(200, eventStream)
        for (let N = 0; N < 5; N++) response.write(dataLine({ N }))
        response.end()
      }, { idleTimeout: "1000 millis", perEvent: Effect.sleep("400 millis") })
      assert.deepStrictEqual([events, ended], [[0, 1, 2, 3, 4], ""])
    }))

  it.live("taking the first events closes the connection", () =>
    Effect.gen(function*() {
      const server = yield* eventServer(endless)
      const client = yield* clientOf(layer, { endpoint: server.url })
      const events = yield* Stream.runCollect(Stream.take(client.stream(Chat, {}), 3))
      assert.strictEqual(events.length, 3)
      yield* until(Effect.sync(() => server.closed() === 1))
    }))

  it.live("an interruption closes the connection, before the first event and after it", () =>
    Effect.gen(function*() {
      const server = yield* eventServer((response, index) => {
        if (index === 1) endless(response, index)
        if (index === 2) response.writeHead(200, eventStream).flushHeaders()
      })
      const client = yield* clientOf(layer, { endpoint: server.url })
      for (const index of [0, 1, 2]) {
        const fiber = yield* Effect.forkChild(Stream.runDrain(client.stream(Chat, {})), { startImmediately: true })
        yield* until(Effect.sync(() => server.requests.length === index + 1))
        yield* Effect.sleep("20 millis")
        yield* Fiber.interrupt(fiber)
        yield* until(Effect.sync(() => server.closed() === index + 1))
      }
    }))

  it.live("the end that an event says closes a connection that the server keeps open", () =>
    Effect.gen(function*() {
      const { ended, events, server } = yield* stream((response) => {
        response.writeHead(200, eventStream).write(`${one}data: [DONE]\n\n`)
      })
      assert.deepStrictEqual([events, ended], [[1], ""])
      yield* until(Effect.sync(() => server.closed() === 1))
    }))

  it.live("a failure of the program closes the connection and stays what it is", () =>
    Effect.gen(function*() {
      const server = yield* eventServer(endless)
      const client = yield* clientOf(layer, { endpoint: server.url })
      const error = yield* Effect.flip(Stream.runForEach(client.stream(Chat, {}), () => Effect.fail("mine" as const)))
      assert.strictEqual(error, "mine")
      yield* until(Effect.sync(() => server.closed() === 1))
    }))

  // -------------------------------------------------------------------------------------------------------------------
  // Never twice
  // -------------------------------------------------------------------------------------------------------------------

  describe.each(actions)("an action that %s", (_, action, column) => {
    it.live.each(faults)(
      "meets $name as often as nothing can happen twice",
      ({ attemptTimeout, events = [], failure, fault, retried }) =>
        Effect.gen(function*() {
          const server = yield* eventServer(fault)
          const once = Schedule.recurs(1)
          const client = yield* clientOf(layer, {
            endpoint: server.url,
            retry: TencentRetry.byKind({ transport: once, throttled: once, internal: once })
          })
          const received: Array<unknown> = []
          const error = yield* client.stream(action, {}, { attemptTimeout, idleTimeout: "200 millis" }).pipe(
            Stream.runForEach(({ N }) => Effect.sync(() => void received.push(N))),
            Effect.flip
          )
          // A failure after an event is none of the attempts.
          const attempts = Option.match(TencentRetry.history(error), {
            onNone: () => 1,
            onSome: ({ attempts }) => attempts
          })
          const expected = retried[column] ? 2 : 1
          assert.deepStrictEqual([received, nameOf(error), attempts], [events, failure, expected])
          // A request that is given up early may not arrive.
          assert.isAtMost(server.requests.length, expected)
        })
    )

    it.live("is not repeated by a policy around it once an event has come, or if it changes something", () =>
      Effect.gen(function*() {
        const server = yield* eventServer((response) => {
          response.writeHead(200, eventStream).write(one)
          setTimeout(() => response.destroy(), 10)
        })
        const client = yield* clientOf(layer, { endpoint: server.url })
        const error = yield* Stream.runDrain(client.stream(action, {})).pipe(
          TencentRetry.retry(TencentRetry.idempotent),
          Effect.flip
        )
        assert.deepStrictEqual([nameOf(error), server.requests.length], ["TransportFailure TruncatedBody, unknown", 1])
      }))
  })

  it.live("the attempts of a call have one token, and each run of a stream has its own", () =>
    Effect.gen(function*() {
      const server = yield* eventServer((response, index) => {
        if (index === 0) return void response.destroy()
        response.writeHead(200, eventStream).end(one)
      })
      const client = yield* clientOf(layer, { endpoint: server.url })
      const bought = client.stream(Buy, {})
      assert.deepStrictEqual(yield* Stream.runCollect(bought), [{ N: 1 }])
      assert.deepStrictEqual(yield* Stream.runCollect(bought), [{ N: 1 }])
      const [first, second, third] = server.requests
      assert.strictEqual(first, second)
      assert.match(first ?? "", /"ClientToken":"[0-9a-f]{32}"/)
      assert.notStrictEqual(second, third)
    }))

  it.live("a streaming action can be called for one JSON response", () =>
    Effect.gen(function*() {
      const server = yield* eventServer((response) => {
        response.writeHead(200, json).end(`{"Response":{"Id":"c-1"}}`)
      })
      const client = yield* clientOf(layer, { endpoint: server.url })
      assert.deepStrictEqual(yield* client.call(Chat, {}), { Id: "c-1" })
    }))

  it.live("a call whose response is a stream says how it is read, and closes the connection", () =>
    Effect.gen(function*() {
      let closed = false
      const server = yield* eventServer((response) => {
        response.on("close", () => closed = true)
        response.writeHead(200, eventStream).write(one)
      })
      const client = yield* clientOf(layer, { endpoint: server.url })
      const error = yield* Effect.flip(client.call(Chat, {}, { idempotent: true }))
      assert.deepStrictEqual([error._tag, error.outcome], ["MalformedResponse", "unknown"])
      assert.include(error.message, "Read it with `client.stream`")
      assert.lengthOf(server.requests, 1)
      yield* Effect.whileLoop({ while: () => !closed, body: () => Effect.sleep("1 millis"), step: () => {} })
    }))
})
