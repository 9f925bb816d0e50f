/**
 * What a call costs: the CPU time of the process per call, for our client, its peers, and what it stands on. Waiting costs
 * nothing here, and the server is another process. Once over HTTPS, as the API is called, and once over HTTP, which leaves out
 * the handshakes that a client without kept connections makes.
 *
 *     npm run build && node bench/client.ts [--check]
 *
 * The clients take turns in short rounds. A line is the cheapest round of each, because other load on the machine only ever
 * adds time; the median stands beside it. With `--check` it exits with 1 when a ratio misses its goal by more than a quarter.
 *
 * Ours is `TencentClient` over undici, as a user would build it: spans, metrics, retries and timeouts included. The peers are
 * used as their documentation says, and once more with an agent that keeps connections.
 */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { Agent as UndiciAgent } from "@effect/platform-node/Undici"
import { TencentClient, TencentCredentials } from "effect-tencentcloud/client"
import { TencentAction } from "effect-tencentcloud/v2"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { Agent } from "node:http"
import { Agent as TlsAgent } from "node:https"
import { createRequire } from "node:module"
import * as tls from "node:tls"
import { CommonClient } from "tencentcloud-sdk-nodejs-common"
import { start } from "./server.ts"

const rounds = 20
const callsInRound = 300
const slack = 1.25

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
  if (!condition) throw new Error("an answer is not the expected one")
}

// Who vouches for the certificate of the server. The API 2.0 SDK does not ask.
if (ports.https) tls.setDefaultCACertificates([...tls.getCACertificates("default"), ports.https.cert])

// One dispatcher for all that use undici, so that no round opens connections.
const agent = new UndiciAgent()
const undici = NodeHttpClient.layerUndiciNoDispatcher.pipe(
  Layer.provide(Layer.succeed(NodeHttpClient.Dispatcher, agent))
)

const DescribeInstances = TencentAction.make("DescribeInstances", {
  module: "cvm",
  request: Schema.Struct({
    limit: Schema.Number,
    offset: Schema.Number,
    searchWord: Schema.String,
    instanceIds: Schema.Array(Schema.String)
  }),
  response: Schema.Struct({
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
})

const ours = (origin: string): Run =>
  ofEffect(
    TencentClient.TencentClient.useSync(({ call }) =>
      Effect.map(call(DescribeInstances, query), (page) => check(page.instanceSet[1]?.lanIp === "10.0.0.2"))
    ),
    TencentClient.layer({ region, endpoint: new URL(origin) }).pipe(
      Layer.provide(TencentCredentials.layer({ secretId, secretKey: Redacted.make(secretKey) })),
      Layer.provide(undici)
    )
  )

const form = "Action=DescribeInstances&limit=20&offset=0&searchWord=worker&instanceIds.0=ins-a1b2c3d1" +
  "&instanceIds.1=ins-a1b2c3d2&Region=ap-guangzhou&Timestamp=1465185768&Nonce=8214013958183741&SecretId=AKIDexample" +
  "&SignatureMethod=HmacSHA256&Signature=0EEm%2FHtGRr%2FVJXTAD9tYMth1Bzm3lLHz5RCDv1GdM8s%3D"
const formType = "application/x-www-form-urlencoded"

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

const bareUndici = (origin: string): Run =>
  ofPromise(() =>
    new Promise<void>((resolve, reject) => {
      const chunks: Array<Buffer> = []
      agent.dispatch(
        { origin, path: "/v2/index.php", method: "POST", headers: { "content-type": formType }, body: form },
        {
          onRequestStart: () => {},
          onResponseStart: () => {},
          onResponseData: (_, chunk) => void chunks.push(chunk),
          onResponseEnd: () => {
            check(JSON.parse(Buffer.concat(chunks).toString()).totalCount === 2)
            resolve()
          },
          onResponseError: (_, error) => reject(error)
        }
      )
    })
  )

const sdk = (origin: string, agent?: Agent): Run => {
  const { host, protocol } = new URL(origin)
  const client = new CommonClient(host, "2017-03-12", {
    credential: { secretId, secretKey },
    region,
    profile: { httpProfile: { protocol: `${protocol}//`, ...(agent && { agent }) } }
  })
  const request = { Limit: 20, Offset: 0, SearchWord: "worker", InstanceIds: query.instanceIds }
  return ofPromise(async () => check((await client.request("DescribeInstances", request)).totalCount === 2))
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

interface Client {
  readonly name: string
  readonly run: Run
  readonly goal?: number
}

const clientsOf = (origin: string, keepAlive: Agent): ReadonlyArray<Client> => [
  { name: "effect-tencentcloud", run: ours(origin) },
  { name: "tencentcloud-sdk-nodejs-common", run: sdk(origin), goal: 0.75 },
  { name: "tencentcloud-sdk-nodejs-common, keep-alive", run: sdk(origin, keepAlive) },
  { name: "qcloudapi-sdk", run: qcloud(origin), goal: 0.5 },
  { name: "qcloudapi-sdk, keep-alive", run: qcloud(origin, { agent: keepAlive }) },
  { name: "HttpClient over undici", run: bareHttpClient(origin) },
  { name: "undici dispatch", run: bareUndici(origin) }
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

const modes = [1, 16]

interface Measured extends Client {
  /** By mode, of each round. */
  readonly times: ReadonlyArray<Array<number>>
}

const measure = async (clients: ReadonlyArray<Client>): Promise<ReadonlyArray<Measured>> => {
  const measured = clients.map((client): Measured => ({ ...client, times: modes.map(() => []) }))
  const reversed = measured.map((_, i) => measured[measured.length - 1 - i]!)
  // One at a time on purpose: the numbers are of one client each.
  /* oxlint-disable no-await-in-loop */
  for (const { run } of measured) {
    for (const inFlight of modes) await run(1500, inFlight)
  }
  for (let round = 0; round < rounds; round++) {
    for (const { run, times } of round % 2 === 0 ? measured : reversed) {
      for (const [mode, inFlight] of modes.entries()) times[mode]?.push(await cpuOf(run, callsInRound, inFlight))
    }
  }
  /* oxlint-enable no-await-in-loop */
  return measured
}

// ---------------------------------------------------------------------------------------------------------------------
// Report
// ---------------------------------------------------------------------------------------------------------------------

const best = (times: ReadonlyArray<number> = []): number => Math.min(...times)

const median = (times: ReadonlyArray<number> = []): number =>
  [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? NaN

const print = (table: ReadonlyArray<ReadonlyArray<string>>): void => {
  const widths = (table[0] ?? []).map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0)))
  for (const row of table) {
    console.log(row.map((cell, i) => i === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[i] ?? 0)).join("  "))
  }
}

const names = modes.map((inFlight) => inFlight === 1 ? "one at a time" : `${inFlight} in flight`)

/** Prints what was measured. `false` when a ratio misses its goal by more than the slack. */
const report = (protocol: string, measured: ReadonlyArray<Measured>): boolean => {
  console.log(`\nover ${protocol}, CPU µs per call: best round (median)\n`)
  print([
    ["", ...names],
    ...measured.map(({ name, times }) => [
      name,
      ...times.map((times) => `${best(times).toFixed(0)} (${median(times).toFixed(0)})`)
    ])
  ])

  const [first, ...others] = measured
  const lines: Array<ReadonlyArray<string>> = [["", "ratio", "goal", "", "median"]]
  let within = true
  for (const [mode, modeName] of names.entries()) {
    for (const { goal, name, times } of others) {
      const ratio = best(first?.times[mode]) / best(times[mode])
      if (goal !== undefined && ratio > goal * slack) within = false
      lines.push([
        `${modeName}: ours / ${name}`,
        ratio.toFixed(2),
        goal === undefined ? "-" : `<= ${goal.toFixed(2)}`,
        goal === undefined ? "-" : ratio <= goal ? "ok" : "MISS",
        (median(first?.times[mode]) / median(times[mode])).toFixed(2)
      ])
    }
  }
  console.log()
  print(lines)
  return within
}

const keepAlive = new Agent({ keepAlive: true })
const tlsKeepAlive = new TlsAgent({ keepAlive: true })

const overHttp = report("HTTP", await measure(clientsOf(`http://127.0.0.1:${ports.http}`, keepAlive)))
if (ports.https === undefined) console.log("\nnot measured over HTTPS: openssl is not installed")
const overHttps = ports.https === undefined ||
  report("HTTPS", await measure(clientsOf(`https://127.0.0.1:${ports.https.port}`, tlsKeepAlive)))

await agent.destroy()
keepAlive.destroy()
tlsKeepAlive.destroy()
stop()

if (!(overHttp && overHttps) && process.argv.includes("--check")) process.exitCode = 1
