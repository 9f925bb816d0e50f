/**
 * A hand-written `fetch`: the same failures as those of the client.
 */
import { assert, describe, it } from "@effect/vitest"
import { TencentResponse, TencentRetry } from "effect-tencentcloud"
import { TencentResponse as V3 } from "effect-tencentcloud/v3"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Schema from "effect/Schema"
import { TestClock } from "effect/testing"
import { createServer } from "node:net"

const Page = Schema.Struct({ totalCount: Schema.Number })
const read = TencentResponse.fromWeb(Page)

const page = "<html><body>it is not you, it is us</body></html>"
const success = { code: 0, message: "", totalCount: 3 }
const limit = 50 * 1024 * 1024

type Failed = Effect.Error<ReturnType<typeof read>>

const pick = (error: Failed) => ({
  _tag: error._tag,
  outcome: error.outcome,
  ..."status" in error && { status: error.status },
  ..."reason" in error && { reason: error.reason }
})

const rejecting = (error: unknown) => () => Promise.reject(error)

const withCode = (code: string): Error => Object.assign(new Error("text"), { code })

/** A body that never ends, and whether it was given up. */
const endless = (chunk: Uint8Array) => {
  const state = { cancelled: false, pulls: 0 }
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      state.pulls++
      controller.enqueue(chunk)
    },
    cancel: () => void (state.cancelled = true)
  })
  return { body, state }
}

describe("a response", () => {
  it.effect.each<readonly [string, TencentResponse.WebRequest]>([
    ["itself", Response.json(success)],
    ["fetched", async () => Response.json(success)],
    ["as text", async () => new Response(`\ufeff${JSON.stringify(success)}`)],
    ["without a stream", async () => ({
      status: 200,
      headers: new Headers(),
      arrayBuffer: async () => new TextEncoder().encode(JSON.stringify(success)).buffer
    })]
  ])("is read: %s", ([, request]) =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* read(request), { totalCount: 3 })
    }))

  it.effect.each<readonly [string, () => Response, object]>([
    ["4400", () => Response.json({ code: 4400 }), { _tag: "QuotaExceeded", outcome: "notRun" }],
    ["another payload", () => Response.json({ code: 0 }), { _tag: "MalformedResponse", outcome: "ran" }],
    ["HTML", () => new Response(page), { _tag: "MalformedResponse", outcome: "unknown" }],
    ["HTML with 502", () => new Response(page, { status: 502 }), {
      _tag: "UnexpectedStatus",
      outcome: "unknown",
      status: 502
    }],
    ["HTML with 403", () => new Response(page, { status: 403 }), {
      _tag: "UnexpectedStatus",
      outcome: "notRun",
      status: 403
    }],
    ["a redirect", () => new Response(null, { status: 302, headers: { location: "https://login.example" } }), {
      _tag: "UnexpectedStatus",
      outcome: "notRun",
      status: 302
    }],
    ["a success with 201", () => Response.json(success, { status: 201 }), {
      _tag: "UnexpectedStatus",
      outcome: "unknown",
      status: 201
    }],
    ["a success with 403", () => Response.json(success, { status: 403 }), {
      _tag: "UnexpectedStatus",
      outcome: "unknown",
      status: 403
    }],
    ["5000 with 404", () => Response.json({ code: 5000 }, { status: 404 }), {
      _tag: "ResourceNotFound",
      outcome: "notRun"
    }],
    ["204", () => new Response(null, { status: 204 }), { _tag: "UnexpectedStatus", outcome: "unknown", status: 204 }]
  ])("fails as in the client: %s", ([, response, expected]) =>
    Effect.gen(function*() {
      assert.deepStrictEqual(pick(yield* Effect.flip(read(response()))), expected)
    }))

  it.effect("keeps what is needed of the page of a proxy", () =>
    Effect.gen(function*() {
      const headers = { "content-type": "text/html; charset=gbk", "retry-after": "7" }
      const body = new Uint8Array([0xb5, 0xd8, 0xd3, 0xf2])
      const fetchIt = async () => new Response(body, { status: 503, headers })
      const options = { host: "cvm.api.qcloud.com", action: "cvm.DescribeInstances" }
      const error = yield* Effect.flip(TencentResponse.fromWeb(Page, options)(fetchIt))
      assert(error._tag === "UnexpectedStatus")
      assert.strictEqual(error.excerpt, "地域")
      assert.strictEqual(error.contentType, headers["content-type"])
      assert.deepStrictEqual(error.retryAfter, Duration.seconds(7))
      assert.deepStrictEqual([error.host, error.action], ["cvm.api.qcloud.com", "cvm.DescribeInstances"])
    }))
})

describe("a rejection", () => {
  it.effect.each<readonly [string, unknown, object]>([
    [
      "refused",
      new TypeError("fetch failed", { cause: Object.assign(withCode("ECONNREFUSED"), { syscall: "connect" }) }),
      {
        _tag: "TransportFailure",
        outcome: "notRun",
        reason: "ConnectionRefused"
      }
    ],
    ["lost", new TypeError("fetch failed", { cause: withCode("UND_ERR_SOCKET") }), {
      _tag: "TransportFailure",
      outcome: "unknown",
      reason: "ConnectionLost"
    }],
    ["a timeout of AbortSignal", new DOMException("timeout", "TimeoutError"), {
      _tag: "TransportFailure",
      outcome: "unknown",
      reason: "AttemptTimeout"
    }],
    ["a browser, which does not say why", new TypeError("Failed to fetch"), {
      _tag: "TransportFailure",
      outcome: "unknown",
      reason: "Unknown"
    }],
    ["nothing", undefined, { _tag: "TransportFailure", outcome: "unknown", reason: "Unknown" }]
  ])("is a TransportFailure: %s", ([, error, expected]) =>
    Effect.gen(function*() {
      const failure = yield* Effect.flip(read(rejecting(error)))
      assert.deepStrictEqual(pick(failure), expected)
      assert.notInclude(failure.message, "()")
    }))

  it.live("of the fetch of this runtime", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(read((signal) => fetch("http://127.0.0.1:9", { signal })))
      assert.strictEqual(error.outcome, "notRun")
      assert.strictEqual(error.kind, "transport")
    }))

  it.live("of a body that breaks off", () =>
    Effect.gen(function*() {
      const server = createServer((socket) => {
        socket.once("data", () => socket.end("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"))
      })
      yield* Effect.promise(() => new Promise<void>((done) => server.listen(0, "127.0.0.1", done)))
      const address = server.address()
      assert(typeof address === "object" && address !== null)
      const error = yield* Effect.flip(read((signal) => fetch(`http://127.0.0.1:${address.port}/`, { signal })))
      server.close()
      assert.deepStrictEqual(pick(error), { _tag: "TransportFailure", outcome: "unknown", reason: "TruncatedBody" })
      assert.strictEqual("host" in error && error.host, "127.0.0.1")
    }))
})

describe("a large body", () => {
  it.effect("is given up", () =>
    Effect.gen(function*() {
      const { body, state } = endless(new Uint8Array(limit / 4))
      const error = yield* Effect.flip(read(new Response(body)))
      assert.deepStrictEqual(pick(error), { _tag: "TransportFailure", outcome: "unknown", reason: "BodyTooLarge" })
      assert.isTrue(state.cancelled)
    }))

  it.effect("is not begun where its length says so", () =>
    Effect.gen(function*() {
      const { body, state } = endless(new Uint8Array(1))
      const headers = { "content-length": String(limit + 1) }
      assert.deepStrictEqual(pick(yield* Effect.flip(read(new Response(body, { headers })))), {
        _tag: "TransportFailure",
        outcome: "unknown",
        reason: "BodyTooLarge"
      })
      assert.isTrue(state.cancelled && state.pulls <= 1)
    }))

  it.effect("without a stream", () =>
    Effect.gen(function*() {
      const response = { status: 200, headers: new Headers(), arrayBuffer: async () => new ArrayBuffer(limit + 1) }
      const error = yield* Effect.flip(read(response))
      assert.strictEqual("reason" in error && error.reason, "BodyTooLarge")
    }))

  it.effect("of exactly the limit is read", () =>
    Effect.gen(function*() {
      const bytes = new Uint8Array(limit).fill(32)
      new TextEncoder().encodeInto(JSON.stringify(success), bytes)
      assert.deepStrictEqual(yield* read(new Response(bytes)), { totalCount: 3 })
    }))
})

describe("what is no response", () => {
  it.effect.each<readonly [string, unknown]>([
    ["a value of JSON", success],
    ["text", JSON.stringify(success)],
    ["nothing", undefined],
    ["an object of axios", { data: success, status: 200, headers: {} }],
    ["a status that is no number", { status: NaN, headers: new Headers(), arrayBuffer: async () => new ArrayBuffer(0) }]
  ])("is named: %s", ([, value]) =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(read((async () => value) as () => Promise<Response>))
      assert.strictEqual(error._tag, "MalformedResponse")
      assert.include(error.message, "a Response of fetch")
    }))

  it.effect("is a Response whose body was read before", () =>
    Effect.gen(function*() {
      const response = Response.json(success)
      yield* read(response)
      const error = yield* Effect.flip(read(response))
      assert.strictEqual(error._tag, "MalformedResponse")
      assert.include(error.message, "read before")
    }))
})

describe("around a call", () => {
  it.effect("TencentRetry fetches again, and waits as a proxy asks", () =>
    Effect.gen(function*() {
      let requests = 0
      const busy = { status: 503, headers: { "retry-after": "7" } }
      const fetchIt = async () => ++requests < 3 ? new Response(page, busy) : Response.json(success)
      const fiber = yield* Effect.forkChild(TencentRetry.retry(read(fetchIt), TencentRetry.idempotent))
      yield* TestClock.adjust("6 seconds")
      assert.strictEqual(requests, 1)
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(yield* Fiber.join(fiber), { totalCount: 3 })
      assert.strictEqual(requests, 3)
    }))

  it.effect("an interruption ends the fetch, and the body", () =>
    Effect.gen(function*() {
      let signal: AbortSignal | undefined
      const fetching = yield* Effect.forkChild(
        read((given) => {
          signal = given
          return new Promise(() => {})
        }),
        { startImmediately: true }
      )
      yield* Fiber.interrupt(fetching)
      assert.isTrue(signal?.aborted)

      let cancelled = false
      const body = new ReadableStream({ cancel: () => void (cancelled = true) })
      const reading = yield* Effect.forkChild(read(new Response(body)), { startImmediately: true })
      yield* Fiber.interrupt(reading)
      assert.isTrue(cancelled)
    }))

  it.effect("API 3.0", () =>
    Effect.gen(function*() {
      const read = V3.fromWeb(Schema.Struct({ TotalCount: Schema.Number }))
      assert.deepStrictEqual(yield* read(async () => Response.json({ Response: { TotalCount: 3 } })), { TotalCount: 3 })
      const refused = { Response: { Error: { Code: "RequestLimitExceeded", Message: "slow down" } } }
      assert.strictEqual((yield* Effect.flip(read(Response.json(refused)))).kind, "throttled")
      assert.strictEqual((yield* Effect.flip(read(new Response(page, { status: 502 })))).kind, "transport")
    }))
})
