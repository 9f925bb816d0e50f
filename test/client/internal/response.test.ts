/**
 * What the client makes of a broken network, over real sockets: the failure, what it says about the request, and how many
 * requests reached the server.
 */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { ProxyAgent } from "@effect/platform-node/Undici"
import { assert, describe, it } from "@effect/vitest"
import { type TencentError, TencentRetry } from "effect-tencentcloud"
import type { TencentClient } from "effect-tencentcloud/client"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import type * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from "node:net"
import { createServer as createTlsServer } from "node:tls"
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib"
import { type Certificate, selfSigned } from "../../support/certificate.ts"
import { callWith, Read, Write } from "../../support/client.ts"
import * as fastClock from "../../support/fastClock.ts"

// ---------------------------------------------------------------------------------------------------------------------
// A server that can misbehave
// ---------------------------------------------------------------------------------------------------------------------

interface Counts {
  connections: number
  /** Complete requests. */
  requests: number
  open: Set<Socket>
}

interface Running extends Counts {
  readonly url: URL
}

/** Cuts the stream of a connection into requests, and gives each to `onRequest`. */
const readRequests = (socket: Socket, onRequest: (request: string) => void): void => {
  let text = ""
  socket.on("data", (chunk: Buffer) => {
    text += chunk.toString("latin1")
    for (;;) {
      const head = text.indexOf("\r\n\r\n")
      if (head < 0) return
      const length = Number(/\r\ncontent-length: *(\d+)/i.exec(text.slice(0, head))?.[1] ?? 0)
      const end = head + 4 + length
      if (text.length < end) return
      const request = text.slice(0, end)
      text = text.slice(end)
      onRequest(request)
    }
  })
}

const listen = (server: Server, counts: Counts, scheme: "http" | "https"): Effect.Effect<Running, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.callback<Running>((resume) => {
      server.listen(0, "127.0.0.1", () => {
        const { port } = server.address() as AddressInfo
        resume(Effect.succeed(Object.assign(counts, { url: new URL(`${scheme}://127.0.0.1:${port}`) })))
      })
    }),
    () =>
      Effect.callback<void>((resume) => {
        counts.open.forEach((socket) => socket.destroy())
        server.close(() => resume(Effect.void))
      })
  )

/** A connection is counted when it is made, a request when it is complete. */
const track = (counts: Counts, socket: Socket): void => {
  counts.connections++
  counts.open.add(socket)
  socket.on("close", () => counts.open.delete(socket)).on("error", () => {})
}

type Reply = (socket: Socket, request: string, number: number) => void

const serve = (reply: Reply) =>
  Effect.suspend(() => {
    const counts: Counts = { connections: 0, requests: 0, open: new Set() }
    const server = createTcpServer((socket) => {
      track(counts, socket)
      readRequests(socket, (request) => reply(socket, request, ++counts.requests))
    })
    return listen(server, counts, "http")
  })

/** Takes the connection and knows no TLS. */
const brokenTls = (onHello: (socket: Socket) => void) =>
  Effect.suspend(() => {
    const counts: Counts = { connections: 0, requests: 0, open: new Set() }
    const server = createTcpServer((socket) => {
      track(counts, socket)
      socket.once("data", () => onHello(socket))
    })
    return listen(server, counts, "https")
  })

const serveTls = (options: Certificate) =>
  Effect.suspend(() => {
    const counts: Counts = { connections: 0, requests: 0, open: new Set() }
    const server = createTlsServer(options, (socket) => readRequests(socket, () => counts.requests++))
    server.on("connection", (socket) => track(counts, socket))
    server.on("tlsClientError", () => {})
    return listen(server, counts, "https")
  })

const nothingListens = Effect.map(
  Effect.scoped(serve(() => {})),
  ({ url }): Running => ({ url, connections: 0, requests: 0, open: new Set() })
)

// ---------------------------------------------------------------------------------------------------------------------
// Responses
// ---------------------------------------------------------------------------------------------------------------------

const page = "<html><body>it is not you, it is us</body></html>"
const success = `{"code":0,"message":"","totalCount":3}`

const http = (
  status: number,
  body: string | Buffer,
  headers: Record<string, string | number> = {}
): Reply =>
(socket) => {
  const head = { "content-type": "text/html", "content-length": Buffer.byteLength(body), ...headers }
  const lines = Object.entries(head).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.write(`HTTP/1.1 ${status} Status\r\n${lines.join("")}\r\n`)
  socket.write(body)
}

const chunked = (socket: Socket, chunk: string) => socket.write(`${chunk.length.toString(16)}\r\n${chunk}\r\n`)

// ---------------------------------------------------------------------------------------------------------------------
// Clients
// ---------------------------------------------------------------------------------------------------------------------

const clients: ReadonlyArray<readonly [string, Layer.Layer<HttpClient.HttpClient>]> = [
  ["undici", NodeHttpClient.layerUndici],
  ["fetch", FetchHttpClient.layer]
]

/** Two of the three decompress nothing by themselves. */
const allClients = [...clients, ["node:http", NodeHttpClient.layerNodeHttp]] as const

type Options = NonNullable<Parameters<typeof callWith>[2]>

const call = (layer: Layer.Layer<HttpClient.HttpClient>, action: typeof Read, url: URL, options?: Options) =>
  Effect.suspend(() =>
    callWith(layer, action, {
      endpoint: url,
      // On the fast clock: nine seconds for an attempt that should not take so long.
      attemptTimeout: "30 minutes",
      deadline: "10 hours",
      ...options
    }).pipe(Effect.provideService(Clock.Clock, fastClock.make()))
  )

interface Expected {
  readonly _tag: string
  readonly reason?: string
  readonly status?: number
  readonly outcome?: string
}

const pick = (error: TencentError.TencentError | TencentClient.ClientError): Expected => ({
  _tag: error._tag,
  ..."reason" in error && { reason: error.reason },
  ..."status" in error && { status: error.status },
  ..."outcome" in error && { outcome: error.outcome }
})

const attemptsOf = (error: unknown): number =>
  Option.match(TencentRetry.history(error), { onNone: () => 0, onSome: ({ attempts }) => attempts })

const transportFailure = (reason: string, outcome: "notRun" | "unknown"): Expected => ({
  _tag: "TransportFailure",
  reason,
  outcome
})

const unexpected = (status: number, outcome: "notRun" | "unknown"): Expected => ({
  _tag: "UnexpectedStatus",
  status,
  outcome
})

const api = (_tag: string, outcome: "notRun" | "unknown"): Expected => ({ _tag, outcome })
const malformed: Expected = { _tag: "MalformedResponse", outcome: "unknown" }

type Starting = Effect.Effect<Running, never, Scope.Scope>

interface More {
  /** What the server sees of an attempt: a whole request unless said otherwise. */
  readonly sees?: "connection" | "nothing"
  readonly options?: Options
}

type Case = readonly [
  name: string,
  server: Starting,
  expected: Expected,
  attempts: readonly [number, number],
  more?: More
]

// Attempts of a read-only and of a mutating call.
const transient = [6, 1] as const
const rare = [3, 1] as const
const always = [6, 6] as const
const never = [1, 1] as const

const lost = transportFailure("ConnectionLost", "unknown")
const cut = transportFailure("TruncatedBody", "unknown")
const refused = transportFailure("ConnectionRefused", "notRun")
const handshake = transportFailure("TlsHandshake", "notRun")
const timeout = transportFailure("AttemptTimeout", "unknown")
const tooLarge = transportFailure("BodyTooLarge", "unknown")

const onlyConnection = { sees: "connection" } as const
const soon = { options: { attemptTimeout: "60 seconds" } } as const

const half = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"
const inChunks = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
const later = { "retry-after": 120 }
const beyondLimit = { "content-length": 50 * 1024 * 1024 + 1 }

const text = (text: string): Reply => (socket) => socket.write(text)
const ending = (text: string): Reply => (socket) => socket.end(text)

const cases: ReadonlyArray<Case> = [
  // Not sent
  ["nothing listens", nothingListens, refused, always, { sees: "nothing" }],
  ["the TLS handshake is closed", brokenTls((socket) => socket.end()), handshake, always, onlyConnection],
  [
    "the TLS handshake meets a server that speaks in clear",
    brokenTls((socket) => socket.write(half)),
    handshake,
    always,
    onlyConnection
  ],
  // Node has the same words for a reset in the handshake as for a later one: the safe outcome is "unknown".
  ["the TLS handshake is reset", brokenTls((socket) => socket.resetAndDestroy()), lost, transient, onlyConnection],

  // No whole response
  ["reset before any byte", serve((socket) => socket.resetAndDestroy()), lost, transient],
  ["closed before any byte", serve((socket) => socket.end()), lost, transient],
  ["closed in the head", serve(ending("HTTP/1.1 200 O")), lost, transient],
  [
    "reset in the body",
    serve((socket) => {
      socket.write(half, () => setTimeout(() => socket.resetAndDestroy(), 20))
    }),
    cut,
    rare
  ],
  ["closed in the body", serve(ending(half)), cut, rare],
  ["closed in a chunked body", serve(ending(`${inChunks}5\r\n{"cod\r\n`)), cut, rare],
  [
    "closed in the body of a 502",
    serve(ending(`HTTP/1.1 502 Bad Gateway\r\ncontent-length: 1000\r\n\r\n${page}`)),
    cut,
    rare
  ],
  ["not HTTP", serve(ending("SSH-2.0-OpenSSH_9.6\r\n")), transportFailure("NotHttp", "unknown"), transient],
  // Three of the five tokens of the budget for a retry after a timeout: there are none for a second.
  ["no response", serve(() => {}), timeout, [2, 1], soon],
  ["no end of the response", serve(text(half)), timeout, [2, 1], soon],

  // Statuses
  ...[500, 502, 503, 504, 520].map((
    status
  ): Case => [`${status} with HTML`, serve(http(status, page)), unexpected(status, "unknown"), transient]),
  ...[501, 505, 511].map((
    status
  ): Case => [`${status} with HTML`, serve(http(status, page)), unexpected(status, "unknown"), never]),
  ...[400, 401, 403, 404, 413, 414].map((
    status
  ): Case => [`${status} with HTML`, serve(http(status, page)), unexpected(status, "notRun"), never]),
  ["408", serve(http(408, page)), unexpected(408, "notRun"), always],
  ["429, to come back once", serve(http(429, page, later)), unexpected(429, "notRun"), [2, 2], {
    options: { deadline: "230 seconds" }
  }],
  ["429, to come back after the deadline", serve(http(429, page, later)), unexpected(429, "notRun"), never, {
    options: { deadline: "115 seconds" }
  }],
  ["503, to come back later", serve(http(503, "", { "retry-after": 7 })), unexpected(503, "unknown"), transient],
  ["299", serve(http(299, page)), unexpected(299, "unknown"), never],
  ["300", serve(http(300, page)), unexpected(300, "notRun"), never],
  ["499", serve(http(499, page)), unexpected(499, "notRun"), never],
  ["a redirect without an address", serve(http(302, "")), unexpected(302, "notRun"), never],
  ["204", serve(text("HTTP/1.1 204 No Content\r\n\r\n")), unexpected(204, "unknown"), never],
  ["a success with another status", serve(http(201, success)), unexpected(201, "unknown"), never],
  ["500 with JSON of somebody else", serve(http(500, `{"error":"oops"}`)), unexpected(500, "unknown"), transient],

  // Statuses with a response of the API
  ["404 with a response", serve(http(404, `{"code":5000,"message":"none"}`)), api("ResourceNotFound", "notRun"), never],
  [
    "500 with a response",
    serve(http(500, `{"code":"6000","message":"oops"}`)),
    api("InternalError", "unknown"),
    transient
  ],
  [
    "503 with a response",
    serve(http(503, `{"code":6200,"message":"closed"}`)),
    api("ApiUnavailable", "notRun"),
    always
  ],
  [
    "403 with a transitional response",
    serve(http(403, `{"Response":{"Error":{"Code":"UnauthorizedOperation"}}}`)),
    api("UnauthorizedApi", "notRun"),
    never
  ],
  [
    "500 with a code nobody knows",
    serve(http(500, `{"code":31415,"message":"?"}`)),
    unexpected(500, "unknown"),
    transient
  ],

  // Bodies
  ["200 with HTML", serve(http(200, page)), malformed, rare],
  ["200 with nothing", serve(http(200, "")), malformed, rare],
  ["200 with half of the JSON", serve(http(200, success.slice(0, 20))), malformed, rare],
  [
    "200 with JSON of another shape",
    serve(http(200, `{"code":0,"totalCount":"3"}`)),
    { ...malformed, outcome: "ran" },
    never
  ],
  ["200 with JSON without a code", serve(http(200, `{"error":"oops"}`)), malformed, never],
  ["a length beyond the limit", serve(http(200, "{", beyondLimit)), tooLarge, never]
]

describe.each(clients)("%s", (_, client) => {
  it.live.each(cases)("%s", ([, server, expected, attempts, { options, sees } = {}]) =>
    Effect.gen(function*() {
      for (const [index, action] of [Read, Write].entries()) {
        const running = yield* server
        const error = yield* Effect.flip(call(client, action, running.url, options))
        assert.deepStrictEqual(pick(error), expected, action.name)
        const { connections, requests } = running
        const seen = { connection: connections, nothing: attemptsOf(error), request: requests }[sees ?? "request"]
        assert.deepStrictEqual([attemptsOf(error), seen], [attempts[index], attempts[index]], action.name)
        if (sees === "connection") assert.strictEqual(requests, 0)
      }
    }).pipe(Effect.scoped))
})

// ---------------------------------------------------------------------------------------------------------------------
// More than a count
// ---------------------------------------------------------------------------------------------------------------------

/** Real time, in steps, until something is so. */
const eventually = (check: () => boolean): Effect.Effect<boolean> =>
  Effect.gen(function*() {
    for (let i = 0; i < 100; i++) {
      if (check()) return true
      yield* Effect.sleep("20 millis")
    }
    return check()
  })

describe.each(clients)("%s", (_, client) => {
  it.live("a host that does not exist", () =>
    Effect.gen(function*() {
      for (const action of [Read, Write]) {
        const error = yield* Effect.flip(call(client, action, new URL("http://does-not-exist.invalid")))
        // Without a name server at hand the failure is a temporary one.
        const offline = "code" in error && error.code === "EAI_AGAIN"
        assert.deepStrictEqual(pick(error), transportFailure(offline ? "DnsTemporary" : "DnsNotFound", "notRun"))
        assert.strictEqual(attemptsOf(error), offline ? 6 : 3)
      }
    }))

  it.live("timeouts without a budget: as often as other transient failures", () =>
    Effect.gen(function*() {
      for (const [action, attempts] of [[Read, 6], [Write, 1]] as const) {
        const running = yield* serve(() => {})
        const error = yield* call(client, action, running.url, { attemptTimeout: "60 seconds" }).pipe(
          Effect.flip,
          Effect.provide(TencentRetry.Budget.none)
        )
        assert.deepStrictEqual(pick(error), transportFailure("AttemptTimeout", "unknown"))
        assert.deepStrictEqual([attemptsOf(error), running.requests], [attempts, attempts])
      }
    }).pipe(Effect.scoped))

  it.live("what an error keeps of a proxy's page", () =>
    Effect.gen(function*() {
      const { url } = yield* serve(http(502, `${page}${"x".repeat(1000)}`, { "content-type": "text/html; charset=x" }))
      const error = yield* Effect.flip(call(client, Write, url))
      assert(error._tag === "UnexpectedStatus")
      assert.strictEqual(error.contentType, "text/html; charset=x")
      assert.strictEqual(error.excerpt.length, 256)
      assert.isTrue(error.excerpt.startsWith(page))
      assert.strictEqual(error.host, "127.0.0.1")
      assert.isUndefined(error.retryAfter)
    }).pipe(Effect.scoped))

  it.live.each([301, 302, 303, 307, 308])("a redirect is not followed: %i", (status) =>
    Effect.gen(function*() {
      const target = yield* serve(http(200, success))
      const first = yield* serve(http(status, "", { location: `${target.url.origin}/v2/index.php` }))
      for (const method of ["GET", "POST"] as const) {
        const error = yield* Effect.flip(call(client, Read, first.url, { method }))
        assert.deepStrictEqual(pick(error), unexpected(status, "notRun"))
      }
      assert.deepStrictEqual([first.requests, target.requests, target.connections], [2, 0, 0])
    }).pipe(Effect.scoped))

  it.live.each<readonly [string, Reply]>([
    ["JSON with the wrong content type", http(200, success)],
    [
      "JSON without a content type",
      (socket) => socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${success.length}\r\n\r\n${success}`)
    ],
    ["JSON behind a byte order mark", http(200, `\ufeff${success}`)],
    ["a chunked body", (socket) => {
      socket.write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
      for (const part of success) chunked(socket, part)
      socket.write("0\r\n\r\n")
    }],
    ["a body that ends with the connection", (socket) => socket.end(`HTTP/1.1 200 OK\r\n\r\n${success}`)],
    ["a head in two parts", (socket) => {
      socket.write("HTTP/1.1 200 OK\r\ncontent-")
      setTimeout(() => socket.write(`length: ${success.length}\r\n\r\n${success}`), 20)
    }]
  ])("fine: %s", ([, reply]) =>
    Effect.gen(function*() {
      const running = yield* serve(reply)
      assert.deepStrictEqual(yield* call(client, Write, running.url), { totalCount: 3 })
      assert.strictEqual(running.requests, 1)
    }).pipe(Effect.scoped))

  it.live("it comes back: the response after two failures", () =>
    Effect.gen(function*() {
      const running = yield* serve((socket, request, number) =>
        number < 3 ? socket.resetAndDestroy() : http(200, success)(socket, request, number)
      )
      assert.deepStrictEqual(yield* call(client, Read, running.url), { totalCount: 3 })
      assert.strictEqual(running.requests, 3)
    }).pipe(Effect.scoped))

  it.live.each<readonly [string, Reply, Options]>([
    ["too large", http(200, "{", { "content-length": 50 * 1024 * 1024 + 1 }), {}],
    ["no head in time", () => {}, { attemptTimeout: "20 seconds" }],
    ["no body in time", (socket) => socket.write("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"), {
      attemptTimeout: "20 seconds"
    }],
    ["no chunk in time", (socket) => socket.write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"), {
      attemptTimeout: "20 seconds"
    }]
  ])("a response that is given up is not left open: %s", ([, reply, options]) =>
    Effect.gen(function*() {
      const running = yield* serve(reply)
      // The HTTP client outlives the call, as it does in a program.
      const context = yield* Layer.build(client)
      yield* Effect.flip(call(Layer.succeedContext(context), Write, running.url, options))
      assert.strictEqual(running.connections, 1)
      assert.isTrue(yield* eventually(() => running.open.size === 0))
    }).pipe(Effect.scoped))
})

describe("large bodies", () => {
  const part = Buffer.alloc(1024 * 1024, " ")

  it.live("chunks beyond the limit", () =>
    Effect.gen(function*() {
      const running = yield* serve((socket) => {
        socket.write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
        const more = (): void => {
          if (socket.destroyed) return
          socket.write(`${part.length.toString(16)}\r\n`)
          socket.write(part)
          socket.write("\r\n", () => setImmediate(more))
        }
        more()
      })
      const error = yield* Effect.flip(call(NodeHttpClient.layerUndici, Read, running.url))
      assert.deepStrictEqual(pick(error), tooLarge)
      assert.strictEqual(running.requests, 1)
      assert.isTrue(yield* eventually(() => running.open.size === 0))
    }).pipe(Effect.scoped))

  const limit = 50 * 1024 * 1024
  const whole = Buffer.alloc(limit, " ")
  whole.write(success)
  const inTwoChunks: Reply = (socket) => {
    socket.write(inChunks)
    for (const half of [whole.subarray(0, limit / 2), whole.subarray(limit / 2)]) {
      socket.write(`${half.length.toString(16)}\r\n`)
      socket.write(half)
      socket.write("\r\n")
    }
    socket.write("0\r\n\r\n")
  }

  it.live.each<readonly [string, Reply]>([
    ["with a length", http(200, whole)],
    ["in chunks", inTwoChunks],
    ["compressed", http(200, gzipSync(whole), { "content-encoding": "gzip" })]
  ])("a body of exactly the limit: %s", ([, reply]) =>
    Effect.gen(function*() {
      const { url } = yield* serve(reply)
      assert.deepStrictEqual(yield* call(NodeHttpClient.layerUndici, Write, url), { totalCount: 3 })
    }).pipe(Effect.scoped))

  it.live.each(allClients)(
    "a small body that is too large when it is decompressed: %s",
    ([, client]) =>
      Effect.gen(function*() {
        const packed = gzipSync(Buffer.alloc(limit + 1, " "))
        const running = yield* serve(http(200, packed, { "content-encoding": "gzip" }))
        const error = yield* Effect.flip(call(client, Read, running.url))
        assert.deepStrictEqual(pick(error), tooLarge)
        assert.strictEqual(running.requests, 1)
      }).pipe(Effect.scoped)
  )
})

// ---------------------------------------------------------------------------------------------------------------------
// Content codings and charsets
// ---------------------------------------------------------------------------------------------------------------------

const codings: ReadonlyArray<readonly [contentEncoding: string, encode: (text: string) => Buffer]> = [
  ["gzip", gzipSync],
  ["x-gzip", gzipSync],
  ["GZIP", gzipSync],
  ["deflate", deflateSync],
  ["br", brotliCompressSync],
  ["zstd", zstdCompressSync],
  ["gzip, br", (text) => brotliCompressSync(gzipSync(text))],
  ["identity", Buffer.from]
]

describe.each(allClients)("a compressed body: %s", (_, client) => {
  it.live.each(codings)("%s", ([coding, encode]) =>
    Effect.gen(function*() {
      const fine = yield* serve(http(200, encode(success), { "content-encoding": coding }))
      assert.deepStrictEqual(yield* call(client, Write, fine.url), { totalCount: 3 })

      const refusal = encode(`{"code":"4000","message":"地域"}`)
      const refusing = yield* serve(http(200, refusal, { "content-encoding": coding }))
      const error = yield* Effect.flip(call(client, Write, refusing.url))
      assert.deepStrictEqual([error._tag, error.message], ["InvalidParameter", "地域"])
    }).pipe(Effect.scoped))

  it.live("deflate without the head of zlib", () =>
    Effect.gen(function*() {
      const { url } = yield* serve(http(200, deflateRawSync(success), { "content-encoding": "deflate" }))
      assert.deepStrictEqual(yield* call(client, Write, url), { totalCount: 3 })
    }).pipe(Effect.scoped))

  it.live("a page with another status", () =>
    Effect.gen(function*() {
      const { url } = yield* serve(http(403, gzipSync(page), { "content-encoding": "gzip" }))
      const error = yield* Effect.flip(call(client, Write, url))
      assert(error._tag === "UnexpectedStatus")
      assert.strictEqual(error.excerpt, page)
    }).pipe(Effect.scoped))

  it.live("damaged", () =>
    Effect.gen(function*() {
      const body = Buffer.concat([gzipSync(success).subarray(0, 12), Buffer.alloc(40, 7)])
      const { url } = yield* serve(http(200, body, { "content-encoding": "gzip" }))
      assert.deepStrictEqual(pick(yield* Effect.flip(call(client, Write, url))), cut)
    }).pipe(Effect.scoped))

  it.live.each(codings.slice(0, 5))("cut: as much as there is, %s", ([coding, encode]) =>
    Effect.gen(function*() {
      const body = encode(success.repeat(20)).subarray(0, -12)
      const { url } = yield* serve(http(200, body, { "content-encoding": coding }))
      assert.deepStrictEqual(pick(yield* Effect.flip(call(client, Write, url))), malformed)
    }).pipe(Effect.scoped))

  it.live("a coding that is not known is no JSON", () =>
    Effect.gen(function*() {
      const { url } = yield* serve(http(200, Buffer.from([0x28, 0xb5, 0x2f, 0xfd]), { "content-encoding": "new" }))
      assert.deepStrictEqual(pick(yield* Effect.flip(call(client, Write, url))), malformed)
    }).pipe(Effect.scoped))

  // 地域 in GBK.
  const gbk = Buffer.concat([Buffer.from("<p>"), Buffer.from([0xb5, 0xd8, 0xd3, 0xf2]), Buffer.from("</p>")])

  it.live.each<readonly [contentType: string, body: Buffer | string, excerpt: string]>([
    ["text/html; charset=GB2312", gbk, "<p>地域</p>"],
    ["text/html;charset=\"gbk\"", gbk, "<p>地域</p>"],
    ["text/html; charset=gb18030", gbk, "<p>地域</p>"],
    ["text/html; charset=x-unknown", gbk, "<p>\ufffd\ufffd\ufffd\ufffd</p>"],
    ["text/html; charset=gbk", "<p>地域</p>", "<p>地域</p>"],
    ["text/html; charset=UTF-8", "<p>地域</p>", "<p>地域</p>"]
  ])("the page of a proxy: %s", ([contentType, body, excerpt]) =>
    Effect.gen(function*() {
      const { url } = yield* serve(http(502, body, { "content-type": contentType }))
      const error = yield* Effect.flip(call(client, Write, url))
      assert(error._tag === "UnexpectedStatus")
      assert.strictEqual(error.excerpt, excerpt)
    }).pipe(Effect.scoped))

  it.live("JSON is UTF-8, whatever its content type says", () =>
    Effect.gen(function*() {
      const body = `{"code":4000,"message":"地域"}`
      const { url } = yield* serve(http(200, body, { "content-type": "application/json; charset=ISO-8859-1" }))
      assert.strictEqual((yield* Effect.flip(call(client, Write, url))).message, "地域")
    }).pipe(Effect.scoped))
})

// ---------------------------------------------------------------------------------------------------------------------
// Proxies
// ---------------------------------------------------------------------------------------------------------------------

const closed: Reply = (socket) => socket.end()

const answers = (status: number): Reply => http(status, "")

const undiciProxy = (proxy: URL): Layer.Layer<HttpClient.HttpClient> =>
  NodeHttpClient.layerUndiciNoDispatcher.pipe(
    Layer.provide(
      Layer.effect(
        NodeHttpClient.Dispatcher,
        Effect.acquireRelease(
          Effect.sync(() => new ProxyAgent(proxy.origin)),
          (agent) => Effect.promise(() => agent.destroy())
        )
      )
    )
  )

const nodeProxy = (proxy: URL): Layer.Layer<HttpClient.HttpClient> =>
  NodeHttpClient.layerNodeHttpOptions({ proxyEnv: { HTTPS_PROXY: proxy.origin } })

describe.each([["undici", undiciProxy], ["node:http", nodeProxy]] as const)("a proxy and %s", (_, through) => {
  it.live.each<readonly [string, Reply, string, readonly [number, number]]>([
    ["asks for a password", answers(407), "ProxyRefused", never],
    ["forbids the host", answers(403), "ProxyRefused", never],
    ["has no way to the host", answers(503), "ProxyUnavailable", always],
    ["closes the connection", closed, "ProxyUnavailable", always]
  ])("that %s: nothing was sent", ([, reply, reason, attempts]) =>
    Effect.gen(function*() {
      for (const [index, action] of [Read, Write].entries()) {
        const proxy = yield* serve(reply)
        const error = yield* Effect.flip(call(through(proxy.url), action, new URL("https://cvm.invalid")))
        assert.deepStrictEqual(pick(error), transportFailure(reason, "notRun"))
        assert.deepStrictEqual([attemptsOf(error), proxy.requests], [attempts[index], attempts[index]])
      }
    }).pipe(Effect.scoped))
})

describe.each(allClients)("a server that asks for the password of a proxy: %s", (name, client) => {
  it.live("once", () =>
    Effect.gen(function*() {
      for (const action of [Read, Write]) {
        const running = yield* serve(http(407, page))
        const error = yield* Effect.flip(call(client, action, running.url))
        const expected = name === "fetch" ? transportFailure("ProxyRefused", "notRun") : unexpected(407, "notRun")
        assert.deepStrictEqual(pick(error), expected)
        assert.deepStrictEqual([attemptsOf(error), running.requests], [1, 1])
      }
    }).pipe(Effect.scoped))
})

// ---------------------------------------------------------------------------------------------------------------------
// Certificates
// ---------------------------------------------------------------------------------------------------------------------

const certificate = selfSigned("DNS:localhost")

describe.skipIf(certificate === undefined)("certificates", () => {
  const trusting = NodeHttpClient.layerUndiciNoDispatcher.pipe(
    Layer.provide(NodeHttpClient.layerDispatcherOptions({ connect: { ca: certificate?.cert ?? "" } }))
  )

  it.live.each(
    [
      ["undici: nobody vouches for it", NodeHttpClient.layerUndici, "DEPTH_ZERO_SELF_SIGNED_CERT"],
      ["fetch: nobody vouches for it", FetchHttpClient.layer, "DEPTH_ZERO_SELF_SIGNED_CERT"],
      ["undici: for another host", trusting, "ERR_TLS_CERT_ALTNAME_INVALID"]
    ] as const
  )("%s", ([, client, code]) =>
    Effect.gen(function*() {
      for (const action of [Read, Write]) {
        const running = yield* serveTls(certificate!)
        const error = yield* Effect.flip(call(client, action, running.url))
        assert.deepStrictEqual(pick(error), transportFailure("Certificate", "notRun"))
        assert.strictEqual("code" in error ? error.code : undefined, code)
        assert.deepStrictEqual([attemptsOf(error), running.connections, running.requests], [1, 1, 0])
      }
    }).pipe(Effect.scoped))
})

// ---------------------------------------------------------------------------------------------------------------------
// Kept-alive connections
// ---------------------------------------------------------------------------------------------------------------------

describe.each(clients)("%s", (_, client) => {
  it.live("a kept connection that ends when it is used again", () =>
    Effect.gen(function*() {
      for (const [action, requests] of [[Read, 3], [Write, 2]] as const) {
        const context = yield* Layer.build(client)
        const running = yield* serve((socket, request, number) =>
          number === 2 ? socket.resetAndDestroy() : http(200, success)(socket, request, number)
        )
        const twice = yield* Effect.exit(
          Effect.forEach([1, 2], () => call(Layer.succeedContext(context), action, running.url))
        )
        assert.strictEqual(running.requests, requests)
        assert.strictEqual(Exit.isSuccess(twice), action === Read)
        if (Exit.isFailure(twice)) assert.deepStrictEqual(pick(yield* Effect.flip(twice)), lost)
      }
    }).pipe(Effect.scoped))
})
