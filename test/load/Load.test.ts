/**
 * The client under load, over real sockets: no action is executed twice whatever gets lost, no nonce comes twice, sockets and
 * memory stay bounded, and nothing is left behind. The servers are as small as they can be. Nothing here is measured in time.
 */
import { NodeHttpClient } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { type TencentClient } from "effect-tencentcloud/client"
import { TencentAction } from "effect-tencentcloud/v2"
import * as V3 from "effect-tencentcloud/v3"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from "node:net"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { clientOf } from "../support/client.ts"
import * as fastClock from "../support/fastClock.ts"
import { makeRandom } from "../support/random.ts"

// ---------------------------------------------------------------------------------------------------------------------
// Tools
// ---------------------------------------------------------------------------------------------------------------------

const inFlight = 64

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index)

const pause = (millis: number) => Effect.promise(() => new Promise((resolve) => setTimeout(resolve, millis)))

/** A moment of real time, for what happens outside of this program. */
const until = (condition: () => boolean, message: () => string) =>
  Effect.gen(function*() {
    for (let tries = 0; tries < 1000; tries++) {
      if (condition()) return
      yield* pause(10)
    }
    assert.fail(message())
  })

interface Running {
  readonly url: URL
  readonly open: Set<Socket>
  connections: number
  mostOpen: number
}

/** Listens on the loopback for as long as the scope, and counts connections. */
const listen = (server: Server) =>
  Effect.acquireRelease(
    Effect.callback<Running>((resume) => {
      server.listen(0, "127.0.0.1", () => {
        const { port } = server.address() as AddressInfo
        const running: Running = {
          url: new URL(`http://127.0.0.1:${port}`),
          open: new Set(),
          connections: 0,
          mostOpen: 0
        }
        server.on("connection", (socket: Socket) => {
          running.connections++
          running.open.add(socket)
          running.mostOpen = Math.max(running.mostOpen, running.open.size)
          socket.on("close", () => running.open.delete(socket)).on("error", () => {})
        })
        resume(Effect.succeed(running))
      })
    }),
    ({ open }) =>
      Effect.callback<void>((resume) => {
        open.forEach((socket) => socket.destroy())
        server.close(() => resume(Effect.void))
      })
  )

const success = "{\"code\":0,\"message\":\"\"}"

/** Responds to every request with a success. It reads no more of a request than where it ends. */
const succeeding = Effect.suspend(() => {
  const response = Buffer.from(
    `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${success.length}\r\n\r\n${success}`
  )
  return listen(createTcpServer((socket) => {
    let rest: Buffer = Buffer.alloc(0)
    socket.on("data", (chunk: Buffer) => {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
      for (;;) {
        const head = rest.indexOf("\r\n\r\n")
        if (head < 0) return
        const length = /\r\ncontent-length: *(\d+)/i.exec(rest.toString("latin1", 0, head))?.[1]
        const end = head + 4 + Number(length ?? 0)
        if (rest.length < end) return
        rest = rest.subarray(end)
        socket.write(response)
      }
    })
  }))
})

const DescribeNothing = TencentAction.make("DescribeNothing", {
  module: "cvm",
  request: Schema.Struct({}),
  response: Schema.Struct({})
})

const RunSomething = TencentAction.make("RunSomething", {
  module: "cvm",
  request: Schema.Struct({ id: Schema.Number }),
  response: Schema.Struct({ id: Schema.Number })
})

const runSomething = {
  service: "cvm",
  version: "2017-03-12",
  request: Schema.Struct({ Id: Schema.Number }),
  response: Schema.Struct({ Id: Schema.Number })
}

const RunSomethingV3 = V3.TencentAction.make("RunSomething", runSomething)

const RunSomethingOnce = V3.TencentAction.make("RunSomething", { ...runSomething, clientToken: true })

/** The garbage collector, which this process has to ask for. */
const collector = (): (() => void) | undefined => {
  if (globalThis.gc !== undefined) return globalThis.gc
  try {
    setFlagsFromString("--expose-gc")
    const gc: unknown = runInNewContext("gc")
    return typeof gc === "function" ? () => void gc() : undefined
  } catch {
    return undefined
  }
}

const collect = collector()

const heapUsed = Effect.gen(function*() {
  for (let i = 0; i < 4; i++) {
    collect?.()
    yield* pause(20)
  }
  return process.memoryUsage().heapUsed
})

// A little more or less is the garbage collector's; a tenth of a kilobyte for each call would be twice as much.
const notMore = (before: number, calls: number) =>
  Effect.map(heapUsed, (after) => {
    if (collect !== undefined) assert.isBelow(after - before, 2_000_000 + calls * 30, `${before} ${after}`)
  })

// ---------------------------------------------------------------------------------------------------------------------
// Nonces
// ---------------------------------------------------------------------------------------------------------------------

const signatures = 1_000_000

/** All nonces of all clients of this file, as they were sent. In an array that does not count as memory of the client. */
const nonces = new Float64Array(signatures + 200_000)
let nonceCount = 0

const keepNonce = (parameters: string): void => {
  const nonce = /(?:^|&)Nonce=([1-9]\d{0,15})(?:&|$)/.exec(parameters)?.[1]
  nonces[nonceCount++] = nonce === undefined ? NaN : Number(nonce)
}

// ---------------------------------------------------------------------------------------------------------------------
// Executions
// ---------------------------------------------------------------------------------------------------------------------

/** Why a server refuses a request, or fails. */
type Reason = "internal" | "operationFailed" | "throttled" | "replay" | "unavailable"

/** How a generation writes. */
interface Api {
  readonly hasNonces: boolean
  readonly idOf: (parameters: string) => number
  /** By which the server knows a request again. */
  readonly tokenOf: (parameters: string) => string | undefined
  readonly success: (id: number) => string
  readonly failure: (reason: Reason) => string
}

const codesV2: { readonly [R in Reason]: number } = {
  internal: 6000,
  operationFailed: 5100,
  throttled: 4400,
  replay: 4500,
  unavailable: 6200
}

const v2: Api = {
  hasNonces: true,
  idOf: (parameters) => Number(/(?:^|&)id=(\d+)/.exec(parameters)?.[1]),
  tokenOf: () => undefined,
  success: (id) => JSON.stringify({ code: 0, message: "", id }),
  failure: (reason) => JSON.stringify({ code: codesV2[reason], message: `(100001)message of ${reason}` })
}

const codesV3: { readonly [R in Reason]: string } = {
  internal: "InternalError",
  operationFailed: "FailedOperation",
  throttled: "RequestLimitExceeded",
  replay: "AuthFailure.SignatureExpire",
  unavailable: "ServiceUnavailable"
}

const v3: Api = {
  hasNonces: false,
  idOf: (parameters) => Number(JSON.parse(parameters).Id),
  tokenOf: (parameters) => JSON.parse(parameters).ClientToken,
  success: (id) => JSON.stringify({ Response: { Id: id, RequestId: `r-${id}` } }),
  failure: (reason) =>
    JSON.stringify({ Response: { Error: { Code: codesV3[reason], Message: `message of ${reason}` }, RequestId: "r" } })
}

/** What the server does with a request: whether it runs the action, and what the client gets to know of that. */
interface Fate {
  readonly weight: number
  readonly executed: boolean
  /** Whether the client can know that it was not executed. */
  readonly refused?: boolean
  readonly respond: (response: ServerResponse, api: Api, id: number) => void
}

const send = (response: ServerResponse, text: string, status = 200): void => {
  response.writeHead(status, { "content-type": "application/json", "content-length": Buffer.byteLength(text) })
  response.end(text)
}

const code = (reason: Reason) => (response: ServerResponse, api: Api): void => send(response, api.failure(reason))

const reset = (response: ServerResponse): void => {
  response.socket?.resetAndDestroy()
}

const close = (response: ServerResponse): void => {
  response.socket?.destroy()
}

const truncate = (response: ServerResponse, api: Api, id: number): void => {
  const text = api.success(id)
  response.writeHead(200, { "content-type": "application/json", "content-length": text.length })
  response.write(text.slice(0, 12), () => response.destroy())
}

const proxy = (status: number) => (response: ServerResponse): void =>
  send(response, "<html>something in between</html>", status)

const succeed = (response: ServerResponse, api: Api, id: number): void => send(response, api.success(id))

const silence = (): void => {}

const fates: ReadonlyArray<Fate> = [
  { weight: 60, executed: true, respond: succeed },
  // Responses that are lost.
  { weight: 4, executed: true, respond: reset },
  { weight: 4, executed: true, respond: close },
  { weight: 4, executed: true, respond: truncate },
  { weight: 2, executed: true, respond: silence },
  { weight: 3, executed: true, respond: proxy(502) },
  { weight: 2, executed: true, respond: proxy(200) },
  { weight: 4, executed: true, respond: code("internal") },
  { weight: 1, executed: true, respond: code("operationFailed") },
  // The same, and nothing was executed: the client cannot know.
  { weight: 3, executed: false, respond: reset },
  { weight: 1, executed: false, respond: silence },
  { weight: 2, executed: false, respond: proxy(504) },
  { weight: 4, executed: false, respond: code("internal") },
  // Nothing was executed, and the client knows.
  { weight: 3, executed: false, refused: true, respond: code("throttled") },
  { weight: 3, executed: false, refused: true, respond: code("replay") },
  { weight: 3, executed: false, refused: true, respond: code("unavailable") }
]

const allWeights = fates.reduce((sum, { weight }) => sum + weight, 0)

interface Ledger {
  requests: number
  executions: number
  mayHaveRun: boolean
}

/** A server on which everything goes wrong, and which keeps count of it. With a token it runs an action once. */
const unreliable = (seed: number, api: Api = v2) =>
  Effect.suspend(() => {
    const random = makeRandom(seed)
    const calls = new Map<number, Ledger>()
    const tokens = new Set<string>()
    const state = { requests: 0, repeatedAfterMayHaveRun: 0 }

    const handle = (parameters: string, response: ServerResponse): void => {
      if (api.hasNonces) keepNonce(parameters)
      const id = api.idOf(parameters)
      const token = api.tokenOf(parameters)
      const call = calls.get(id) ?? { requests: 0, executions: 0, mayHaveRun: false }
      calls.set(id, call)
      state.requests++
      call.requests++
      if (call.mayHaveRun) state.repeatedAfterMayHaveRun++
      let point = random() * allWeights
      const fate = fates.find(({ weight }) => (point -= weight) < 0) ?? assert.fail("no fate")
      if (fate.executed && (token === undefined || !tokens.has(token))) call.executions++
      if (fate.executed && token !== undefined) tokens.add(token)
      if (fate.refused !== true) call.mayHaveRun = true
      fate.respond(response, api, id)
    }
    const server = createServer((request: IncomingMessage, response) => {
      let body = ""
      request.setEncoding("latin1")
      request.on("data", (chunk: string) => body += chunk)
      request.on("end", () => handle(request.method === "GET" ? request.url?.split("?")[1] ?? "" : body, response))
    })
    return Effect.map(listen(server), (running) => Object.assign(running, { calls, state }))
  })

type Client = TencentClient.TencentClient["Service"]

type CallError = { readonly _tag: string; readonly outcome: string; readonly reason?: string }

interface Campaign {
  readonly name: string
  readonly count: number
  readonly api: Api
  readonly options?: TencentClient.Options
  readonly http: Layer.Layer<HttpClient.HttpClient>
  /** Returns the id that the response has. */
  readonly call: (client: Client, id: number, region: string) => Effect.Effect<number, CallError>
  /** Whether the server knows a request again, so that the client may repeat it whatever became of it. */
  readonly isRepeatable?: boolean
}

const callV2: Campaign["call"] = (client, id, region) =>
  Effect.map(client.call(RunSomething, { id }, { region }), (response) => response.id)

const callV3 = (action: typeof RunSomethingV3): Campaign["call"] => (client, id, region) =>
  Effect.map(client.call(action, { Id: id }, { region }), (response) => response.Id)

const campaigns: ReadonlyArray<Campaign> = [
  {
    name: "undici, POST",
    count: 4000,
    api: v2,
    options: { method: "POST" },
    http: NodeHttpClient.layerUndici,
    call: callV2
  },
  {
    name: "undici, GET",
    count: 4000,
    api: v2,
    options: { method: "GET" },
    http: NodeHttpClient.layerUndici,
    call: callV2
  },
  { name: "fetch, POST", count: 1000, api: v2, options: { method: "POST" }, http: FetchHttpClient.layer, call: callV2 },
  { name: "fetch, GET", count: 1000, api: v2, options: { method: "GET" }, http: FetchHttpClient.layer, call: callV2 },
  { name: "undici, API 3.0", count: 4000, api: v3, http: NodeHttpClient.layerUndici, call: callV3(RunSomethingV3) },
  { name: "fetch, API 3.0", count: 1000, api: v3, http: FetchHttpClient.layer, call: callV3(RunSomethingV3) },
  {
    name: "undici, API 3.0 with client tokens",
    count: 4000,
    api: v3,
    http: NodeHttpClient.layerUndici,
    call: callV3(RunSomethingOnce),
    isRepeatable: true
  }
]

/**
 * Whether nothing ran: the error says so, or it is the refusal of a nonce. After one the client cannot know whether a copy of the
 * request has arrived; here none has.
 */
const nothingRan = ({ _tag, outcome }: CallError): boolean => outcome === "notRun" || _tag === "ReplayAttack"

describe("mutating calls whose responses get lost", () => {
  it.live.each(campaigns)(
    "mutating calls are executed once at most, and success or failure is told as it is: $name",
    ({ api, call, count, http, isRepeatable = false, name, options }) =>
      Effect.gen(function*() {
        const server = yield* unreliable(count + name.length, api)
        const client = yield* clientOf(http, {
          endpoint: server.url,
          ...options,
          // On the fast clock: one and a half seconds.
          attemptTimeout: "5 minutes",
          deadline: "25 minutes"
        })
        const results = yield* Effect.forEach(
          numbers(count),
          // A quota is one of a region, and none of them shall slow down all.
          (id) => Effect.result(call(client, id, `region-${id % 1000}`)),
          { concurrency: inFlight }
        )
        const tags = new Map<string, number>()
        for (const [id, result] of results.entries()) {
          const ledger = server.calls.get(id) ?? { requests: 0, executions: 0, mayHaveRun: false }
          const label = `${id} ${JSON.stringify(ledger)} ${
            Result.isFailure(result) ? JSON.stringify(result.failure) : "success"
          }`
          assert.isAtMost(ledger.executions, 1, label)
          if (Result.isSuccess(result)) {
            assert.strictEqual(result.success, id)
            assert.strictEqual(ledger.executions, 1, label)
            tags.set("success", (tags.get("success") ?? 0) + 1)
            continue
          }
          const error = result.failure
          tags.set(error._tag, (tags.get(error._tag) ?? 0) + 1)
          if (nothingRan(error)) assert.strictEqual(ledger.executions, 0, label)
          // On a busy machine an attempt can time out before it was sent, and after it was refused.
          else if (error.reason !== "AttemptTimeout") assert.isTrue(ledger.mayHaveRun, label)
        }
        if (isRepeatable) assert.isAbove(server.state.repeatedAfterMayHaveRun, 0)
        else assert.strictEqual(server.state.repeatedAfterMayHaveRun, 0)
        // There were retries. How many calls end in a timeout is a matter of the machine.
        assert.isAbove(server.state.requests, count)
        assert.isAbove(tags.get("success") ?? 0, count / 10)
        for (const tag of ["TransportFailure", "InternalError", "UnexpectedStatus", "MalformedResponse"]) {
          assert.isAbove(tags.get(tag) ?? 0, 0, tag)
        }
        assert.isAtMost(server.mostOpen, 4 * inFlight)
      }).pipe(Effect.scoped, Effect.provideService(Clock.Clock, fastClock.make())),
    120_000
  )
})

// ---------------------------------------------------------------------------------------------------------------------
// Signatures
// ---------------------------------------------------------------------------------------------------------------------

/** Can be read as often as one likes. */
class Success extends Response {
  private readonly encoded = Promise.resolve(new TextEncoder().encode(success).buffer)
  override arrayBuffer(): Promise<ArrayBuffer> {
    return this.encoded
  }
}

describe("signatures", () => {
  it.live(
    `signatures never have the nonce of another one: ${signatures} of eight clients, and all others of this file`,
    () =>
      Effect.gen(function*() {
        const decoder = new TextDecoder()
        const response = new Success(success, { headers: { "content-length": String(success.length) } })
        const http = HttpClient.make((request) => {
          keepNonce(request.body._tag === "Uint8Array" ? decoder.decode(request.body.body) : "")
          return Effect.succeed(HttpClientResponse.fromWeb(request, response))
        })
        const all = yield* Effect.forEach(numbers(8), () => clientOf(Layer.succeed(HttpClient.HttpClient, http), {}))
        const run = (count: number) =>
          Effect.forEach(
            numbers(count),
            (index) => (all[index % all.length] ?? assert.fail("no client")).call(DescribeNothing, {}),
            { concurrency: inFlight, discard: true }
          )
        yield* run(signatures / 10)
        const before = yield* heapUsed
        yield* run(signatures - signatures / 10)
        yield* notMore(before, signatures)

        assert.isAtLeast(nonceCount, signatures)
        assert.isAtMost(nonceCount, nonces.length)
        const sorted = nonces.slice(0, nonceCount).sort()
        let repeated = 0
        for (let i = 1; i < sorted.length; i++) if (sorted[i] === sorted[i - 1]) repeated++
        assert.strictEqual(repeated, 0)
        // Positive, and exact in every parser. `NaN` comes last.
        assert.isTrue((sorted[0] ?? 0) > 0 && Number.isSafeInteger(sorted.at(-1)))
      }).pipe(Effect.scoped),
    600_000
  )
})

// ---------------------------------------------------------------------------------------------------------------------
// Sockets
// ---------------------------------------------------------------------------------------------------------------------

/** How many of each kind of resource keep the process running. */
const resources = (): Map<string, number> => {
  const counts = new Map<string, number>()
  for (const kind of process.getActiveResourcesInfo()) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  return counts
}

const pools: ReadonlyArray<{
  readonly name: string
  readonly most: number
  readonly http: Layer.Layer<HttpClient.HttpClient>
}> = [
  // It opens another one when the last response of one has just been read.
  { name: "as many as are needed", most: 4 * inFlight, http: NodeHttpClient.layerUndici },
  {
    name: "a pool of eight",
    most: 8,
    http: Layer.provide(
      NodeHttpClient.layerUndiciNoDispatcher,
      NodeHttpClient.layerDispatcherOptions({ connections: 8 })
    )
  }
]

describe("connections", () => {
  it.live.each(pools)(
    "connections are kept and bounded, and gone when the scope is closed: $name",
    ({ http, most }) =>
      Effect.gen(function*() {
        const before = resources()
        yield* Effect.scoped(Effect.gen(function*() {
          const server = yield* succeeding
          yield* Effect.scoped(Effect.gen(function*() {
            const { call } = yield* clientOf(http, { endpoint: server.url })
            yield* Effect.forEach(
              numbers(inFlight),
              () => Effect.forEach(numbers(40), () => call(DescribeNothing, {}), { discard: true }),
              {
                concurrency: "unbounded",
                discard: true
              }
            )
            assert.isAtMost(server.mostOpen, most)
            assert.isAtMost(server.connections, most)
            assert.isAbove(server.open.size, 0)
          }))
          yield* until(() => server.open.size === 0, () => `${server.open.size} connections are left`)
        }))
        const more = () => [...resources()].filter(([kind, count]) => count > (before.get(kind) ?? 0))
        yield* until(() => more().length === 0, () => JSON.stringify(more()))
      }),
    60_000
  )

  it.live("connections of calls that were interrupted, or failed, are gone too", () =>
    Effect.gen(function*() {
      const before = resources()
      yield* Effect.scoped(Effect.gen(function*() {
        const server = yield* unreliable(7)
        yield* Effect.scoped(Effect.gen(function*() {
          const { call } = yield* clientOf(NodeHttpClient.layerUndici, {
            endpoint: server.url,
            attemptTimeout: "2 seconds",
            deadline: "3 seconds"
          })
          const random = makeRandom(8)
          const exits = yield* Effect.forEach(numbers(600), (id) => {
            const done = call(RunSomething, { id }, { region: `region-${id}` })
            // On a busy machine a short time can end each call before it fails, so some have none.
            return Effect.exit(id % 6 === 0 ? Effect.asSome(done) : Effect.timeoutOption(done, random() * 200))
          }, { concurrency: inFlight })
          assert.isAbove(exits.filter(Exit.isFailure).length, 0)
        }))
        yield* until(() => server.open.size === 0, () => `${server.open.size} connections are left`)
        assert.isTrue([...server.calls.values()].every(({ executions }) => executions <= 1))
        assert.strictEqual(server.state.repeatedAfterMayHaveRun, 0)
      }))
      const more = () => [...resources()].filter(([kind, count]) => count > (before.get(kind) ?? 0))
      yield* until(() => more().length === 0, () => JSON.stringify(more()))
    }).pipe(Random.withSeed("interrupted")), 60_000)
})

// ---------------------------------------------------------------------------------------------------------------------
// Memory
// ---------------------------------------------------------------------------------------------------------------------

/** The signatures above are looked at in the same way. */
const manyCalls = 100_000

describe("memory", () => {
  it.live.skipIf(collect === undefined)(`memory does not grow over ${manyCalls} calls`, () =>
    Effect.gen(function*() {
      const server = yield* succeeding
      const { call } = yield* clientOf(NodeHttpClient.layerUndici, { endpoint: server.url })
      const run = (count: number) =>
        Effect.forEach(numbers(count), () => call(DescribeNothing, {}), { concurrency: inFlight, discard: true })
      yield* run(5000)
      const before = yield* heapUsed
      yield* run(manyCalls - 5000)
      yield* notMore(before, manyCalls)
      assert.isAtMost(server.connections, 4 * inFlight)
    }).pipe(Effect.scoped), 600_000)
})
