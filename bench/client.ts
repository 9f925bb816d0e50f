/**
 * What a call costs: the CPU time of the process per call, for our client, its peers, and Effect's bare HTTP client that it
 * stands on. Waiting costs nothing here, and the server is another process. Once over HTTPS, as the API is called, and once
 * over HTTP, which leaves out the handshakes that a client without kept connections makes.
 *
 *     npm run build && node bench/client.ts [--quick]
 *
 * Ours is `TencentClient` over undici, as a user would build it: spans, metrics, retries and timeouts included. The peers are
 * used as their documentation says, and once more with an agent that keeps connections.
 */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { Agent as UndiciAgent } from "@effect/platform-node/Undici"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { Agent } from "node:http"
import { Agent as TlsAgent } from "node:https"
import { createRequire } from "node:module"
import * as tls from "node:tls"
import { CommonClient } from "tencentcloud-sdk-nodejs-common"
import { TencentAction, TencentClient, TencentCredentials, v3 } from "./library.ts"
import { atMost, type Goal, quick, ratioHead, ratioRow, table } from "./report.ts"
import { start } from "./server.ts"

const rounds = quick ? 3 : 20
const callsInRound = 300
const warmUpCalls = quick ? 300 : 1500

// The peers use deprecated parts of Node. Their warnings would stand between the lines.
process.noDeprecation = true

const { ports, stop } = await start()
const secretId = "AKIDexample"
const secretKey = "Gu5t9xGARNpq86cd98joQYCN3Cozk1qA"
const region = "ap-guangzhou"

const query = { limit: 20, offset: 0, searchWord: "worker", instanceIds: ["ins-a1b2c3d1", "ins-a1b2c3d2"] }

// ---------------------------------------------------------------------------------------------------------------------
// Clients
// ---------------------------------------------------------------------------------------------------------------------

/** Makes `calls` calls, `inFlight` of them at a time. */
type Run = (calls: number, inFlight: number) => Promise<void>

const ofPromise = (call: () => Promise<unknown>): Run => async (calls, inFlight) => {
  let left = calls
  const worker = async () => {
    while (left-- > 0) {
      // one after another is what is measured
      // oxlint-disable-next-line no-await-in-loop
      await call()
    }
  }
  await Promise.all(Array.from({ length: inFlight }, worker))
}

const ofEffect =
  <R, E>(make: Effect.Effect<Effect.Effect<unknown, unknown>, never, R>, layer: Layer.Layer<R, E>): Run =>
  (calls, inFlight) => {
    const program = Effect.gen(function*() {
      const call = yield* make
      let left = calls
      const worker = Effect.whileLoop({ while: () => left-- > 0, body: () => call, step: () => {} })
      yield* inFlight === 1 ? worker : Effect.all(Array.from({ length: inFlight }, () => worker), {
        concurrency: "unbounded",
        discard: true
      })
    })
    return Effect.runPromise(Effect.provide(program, layer))
  }

const check = (condition: boolean): void => {
  if (!condition) throw new Error("a response is not the expected one")
}

// Who vouches for the certificate of the server. The API 2.0 SDK does not ask.
if (ports.https) tls.setDefaultCACertificates([...tls.getCACertificates("default"), ports.https.cert])

// One dispatcher for all that use undici, so that no round opens connections.
const agent = new UndiciAgent()
const undici = NodeHttpClient.layerUndiciNoDispatcher.pipe(
  Layer.provide(Layer.succeed(NodeHttpClient.Dispatcher, agent))
)

const Page = Schema.Struct({
  totalCount: Schema.Number,
  instanceSet: Schema.Array(Schema.Struct({
    unInstanceId: Schema.String,
    instanceName: Schema.String,
    status: Schema.Number,
    cpu: Schema.Number,
    mem: Schema.Number,
    zoneName: Schema.String,
    lanIp: Schema.String,
    wanIpSet: Schema.Array(Schema.String),
    createTime: Schema.String,
    autoRenew: Schema.optionalKey(Schema.Number)
  }))
})

const DescribeInstances = TencentAction.make("DescribeInstances", {
  module: "cvm",
  request: Schema.Struct({
    limit: Schema.Number,
    offset: Schema.Number,
    searchWord: Schema.String,
    instanceIds: Schema.Array(Schema.String)
  }),
  response: Page
})

const queryV3 = { Limit: 20, Offset: 0, SearchWord: "worker", InstanceIds: query.instanceIds }

const DescribeInstancesV3 = v3.TencentAction.make("DescribeInstances", {
  service: "cvm",
  version: "2017-03-12",
  request: Schema.Struct({
    Limit: Schema.Number,
    Offset: Schema.Number,
    SearchWord: Schema.String,
    InstanceIds: Schema.Array(Schema.String)
  }),
  response: Page
})

const checkPage = (page: typeof Page.Type): void => check(page.instanceSet[1]?.lanIp === "10.0.0.2")

const live = (origin: string) =>
  TencentClient.layer({ region, endpoint: new URL(origin) }).pipe(
    Layer.provide(TencentCredentials.layer({ secretId, secretKey: Redacted.make(secretKey) })),
    Layer.provide(undici)
  )

const ours = (origin: string): Run =>
  ofEffect(
    TencentClient.TencentClient.useSync(({ call }) => Effect.map(call(DescribeInstances, query), checkPage)),
    live(origin)
  )

const oursV3 = (origin: string): Run =>
  ofEffect(
    TencentClient.TencentClient.useSync(({ call }) => Effect.map(call(DescribeInstancesV3, queryV3), checkPage)),
    live(origin)
  )

const form = "Action=DescribeInstances&limit=20&offset=0&searchWord=worker&instanceIds.0=ins-a1b2c3d1" +
  "&instanceIds.1=ins-a1b2c3d2&Region=ap-guangzhou&Timestamp=1465185768&Nonce=8214013958183741&SecretId=AKIDexample" +
  "&SignatureMethod=HmacSHA256&Signature=0EEm%2FHtGRr%2FVJXTAD9tYMth1Bzm3lLHz5RCDv1GdM8s%3D"
const formType = "application/x-www-form-urlencoded"

/** A signed text is sent and its response parsed, with nothing of this library and without spans. */
const bareHttpClient = (origin: string): Run =>
  ofEffect(
    HttpClient.HttpClient.useSync((http) =>
      Effect.suspend(() =>
        http.execute(
          HttpClientRequest.bodyText(HttpClientRequest.post(`${origin}/v2/index.php`), form, formType)
        )
      ).pipe(
        Effect.flatMap((response) => response.text),
        Effect.map((text) => check(JSON.parse(text).totalCount === 2)),
        Effect.provideService(HttpClient.TracerDisabledWhen, () => true)
      )
    ),
    undici
  )

/** What no client of this API can leave out, on Effect's HTTP client: the schemas, the signature, a timeout and a span. */
const leastClient = (origin: string): Run => {
  const { protocol } = DescribeInstances
  const address = Result.getOrThrow(protocol.address({ region, endpoint: new URL(origin) }))
  const credentials = { secretId, secretKey: Redacted.make(secretKey) }
  const context = { earlierMayHaveRun: false, clockWasRight: () => true }
  let nonce = 8214013958183741
  return ofEffect(
    HttpClient.HttpClient.useSync((http) =>
      protocol.encode(query).pipe(
        Effect.flatMap(({ sign }) => {
          const timestamp = Math.floor(Date.now() / 1000)
          const signing = {
            address,
            region,
            credentials,
            timestamp,
            nonce: nonce++,
            language: undefined,
            traceId: undefined
          }
          return http.execute(sign({ ...signing, method: "POST", signatureMethod: "HmacSHA256" }).request)
        }),
        Effect.flatMap((response) => response.text),
        Effect.flatMap((text) => protocol.read(text, context)),
        Effect.map(checkPage),
        Effect.timeout("10 seconds"),
        Effect.provideService(HttpClient.TracerDisabledWhen, () => true),
        Effect.withSpan("call")
      )
    ),
    undici
  )
}

const sdk = (origin: string, agent?: Agent): Run => {
  const { host, protocol } = new URL(origin)
  const client = new CommonClient(host, "2017-03-12", {
    credential: { secretId, secretKey },
    region,
    profile: { httpProfile: { protocol: `${protocol}//`, ...(agent && { agent }) } }
  })
  return ofPromise(async () => check((await client.request("DescribeInstances", queryV3)).totalCount === 2))
}

/** What is used of the peer that has no types. */
interface QcloudApi {
  request(
    data: object,
    options: object,
    callback: (error: Error | null, body: { readonly totalCount?: number }) => void,
    extra?: object
  ): void
}

const Qcloud: new(defaults: object) => QcloudApi = createRequire(import.meta.url)("qcloudapi-sdk")

const qcloud = (origin: string, extra?: object): Run => {
  const { host, protocol } = new URL(origin)
  const client = new Qcloud({ SecretId: secretId, SecretKey: secretKey, Region: region, signatureMethod: "sha256" })
  const options = { protocol: protocol.slice(0, -1), host, signatureMethod: "sha256" }
  return ofPromise(() =>
    new Promise<void>((resolve, reject) =>
      client.request({ Action: "DescribeInstances", ...query }, options, (error, body) => {
        if (error) return reject(error)
        check(body.totalCount === 2)
        resolve()
      }, extra)
    )
  )
}

// ---------------------------------------------------------------------------------------------------------------------
// Measuring
// ---------------------------------------------------------------------------------------------------------------------

const modes = [
  { inFlight: 1, name: "one at a time" },
  { inFlight: 16, name: "16 in flight" }
]

interface Peer {
  readonly name: string
  readonly run: Run
  /** It calls API 3.0, and is compared with ours that does. */
  readonly isV3?: boolean
  /** By mode. */
  readonly goals?: ReadonlyArray<Goal>
}

const peersOf = (protocol: "HTTP" | "HTTPS", origin: string, keepAlive: Agent): ReadonlyArray<Peer> => [
  {
    name: "Effect's bare HTTP client and `JSON.parse`",
    run: bareHttpClient(origin),
    ...(protocol === "HTTP" && { goals: [atMost(2), atMost(1.6)] })
  },
  { name: "the same with schemas, signature, timeout and span", run: leastClient(origin) },
  {
    name: "the API 3.0 SDK",
    run: sdk(origin),
    isV3: true,
    ...(protocol === "HTTPS" && { goals: [atMost(0.6), atMost(0.6)] })
  },
  { name: "the API 3.0 SDK with kept connections", run: sdk(origin, keepAlive), isV3: true },
  { name: "the API 2.0 SDK", run: qcloud(origin), goals: [atMost(0.5), atMost(0.5)] },
  { name: "the API 2.0 SDK with kept connections", run: qcloud(origin, { agent: keepAlive }) }
]

/**
 * Microseconds of CPU, of all threads, per call. Garbage is collected when the engine likes: forced between the rounds, it
 * would leave each client with a cold heap and half its compiled code.
 */
const cpuOf = async (run: Run, calls: number, inFlight: number): Promise<number> => {
  const before = process.cpuUsage()
  await run(calls, inFlight)
  const { system, user } = process.cpuUsage(before)
  return (system + user) / calls
}

/** Runs all clients in rounds that alternate. Returns the times of each by mode. */
const measure = async (runs: ReadonlyArray<Run>): Promise<ReadonlyArray<ReadonlyArray<ReadonlyArray<number>>>> => {
  const clients = runs.map((run) => ({ run, times: modes.map((): Array<number> => []) }))
  const reversed = clients.map((_, i) => clients[clients.length - 1 - i]!)
  // One at a time on purpose: the numbers are of one client each.
  /* oxlint-disable no-await-in-loop */
  for (const { run } of clients) {
    for (const { inFlight } of modes) await run(warmUpCalls, inFlight)
  }
  for (let round = 0; round < rounds; round++) {
    for (const { run, times } of round % 2 === 0 ? clients : reversed) {
      for (const [mode, { inFlight }] of modes.entries()) times[mode]?.push(await cpuOf(run, callsInRound, inFlight))
    }
  }
  /* oxlint-enable no-await-in-loop */
  return clients.map(({ times }) => times)
}

const rowsOf = async (protocol: "HTTP" | "HTTPS", origin: string, keepAlive: Agent) => {
  const peers = peersOf(protocol, origin, keepAlive)
  const [v2Times, v3Times, ...theirTimes] = await measure([
    ours(origin),
    oursV3(origin),
    ...peers.map(({ run }) => run)
  ])
  keepAlive.destroy()
  return peers.flatMap(({ goals, isV3 = false, name }, peer) =>
    modes.map((mode, i) =>
      ratioRow(
        `${isV3 ? "API 3.0 call" : "call"} over ${protocol}, ${mode.name} / ${name}`,
        { ours: (isV3 ? v3Times : v2Times)?.[i] ?? [], theirs: theirTimes[peer]?.[i] ?? [] },
        goals?.[i]
      )
    )
  )
}

const overHttp = await rowsOf("HTTP", `http://127.0.0.1:${ports.http}`, new Agent({ keepAlive: true }))
const overHttps = ports.https === undefined
  ? []
  : await rowsOf("HTTPS", `https://127.0.0.1:${ports.https.port}`, new TlsAgent({ keepAlive: true }))

console.log(table(ratioHead, [...overHttps, ...overHttp]))
if (ports.https === undefined) console.log("\nNothing was measured over HTTPS: `openssl` is not installed.")

await agent.destroy()
stop()
