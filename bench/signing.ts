/**
 * What signing a request costs, against the API 2.0 SDK: from the parameters as an object to the encoded text with its
 * signature, of ten parameters and of a hundred.
 *
 *     npm run build && node bench/signing.ts [--check]
 *
 * The two sides run in turns, in many short rounds. The ratio compares the fastest round of each side, because other load on
 * the machine only ever adds time; the median of the rounds stands beside it. With `--check` it exits with 1 when a ratio
 * misses its goal by more than a quarter.
 */
import { TencentSignature } from "effect-tencentcloud/v2"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { createRequire } from "node:module"
import * as parameters from "../src/v2/internal/parameters.ts"
import * as signing from "../src/v2/internal/signing.ts"

const rounds = 400
const roundMillis = 0.5
const slack = 1.25

// The peer uses a deprecated part of Node. The warning would stand between the lines.
process.noDeprecation = true

// ---------------------------------------------------------------------------------------------------------------------
// Sides
// ---------------------------------------------------------------------------------------------------------------------

const host = "cvm.api.qcloud.com"
const path = "/v2/index.php"
const secretId = "AKIDz8krbsJ5yKBZQpn74WFkmLPx3gnPhESA"
const secretKey = "Gu5t9xGARNpq86cd98joQYCN3Cozk1qA"
const region = "ap-guangzhou"
// The peer adds this parameter of its own, and ours adds it too, so that both sign the same.
const requestClient = "SDK_NODEJS_0.2.1"

const redactedKey = Redacted.make(secretKey)
let nonce = 8214013958183741

const key = { secretKey: redactedKey, signatureMethod: "HmacSHA256" as const }

/** What the client does for one attempt: the parameters of the payload and the common ones, the signature, the text. */
const ours = (payload: object): string => {
  const common = [
    { name: "Action", value: "DescribeInstances" },
    { name: "Nonce", value: String(nonce++) },
    { name: "Region", value: region },
    { name: "RequestClient", value: requestClient },
    { name: "SecretId", value: secretId },
    { name: "SignatureMethod", value: "HmacSHA256" },
    { name: "Timestamp", value: String(Math.floor(Date.now() / 1000)) }
  ]
  const all = parameters.merge(common, Result.getOrThrow(parameters.flatten(payload)))
  return signing.sign(`POST${host}${path}`, all, key).form
}

/** What is used of the peer, which has no types. */
interface QcloudApi {
  generateQueryString(data: object, options: object): string
}

const Qcloud: new(defaults: object) => QcloudApi = createRequire(import.meta.url)("qcloudapi-sdk")

const client = new Qcloud({ SecretId: secretId, SecretKey: secretKey, Region: region, signatureMethod: "sha256" })
const options = { host, path, method: "POST", signatureMethod: "sha256" }

const theirs = (payload: object): string =>
  client.generateQueryString({ Action: "DescribeInstances", ...payload }, options)

/** Both texts have the same parameters and a right signature, or nothing is compared. */
const verify = (payload: object): number => {
  const [one, other] = [ours(payload), theirs(payload)].map((text) => {
    const all = Object.fromEntries(new URLSearchParams(text))
    const expected = TencentSignature.sign({ method: "POST", host, path, parameters: all }, {
      secretKey: redactedKey,
      signatureMethod: "HmacSHA256"
    })
    if (all["Signature"] !== expected) throw new Error(`a wrong signature: ${text}`)
    return Object.keys(all).filter((name) => name !== "Signature").sort()
  })
  if (one?.join() !== other?.join()) throw new Error(`other parameters: ${one?.join()}, ${other?.join()}`)
  return one?.length ?? 0
}

const lines = [
  { payload: { limit: 20, offset: 0, instanceIds: ["ins-09dx96dg"] }, goal: 0.6 },
  {
    payload: {
      limit: 100,
      offset: 0,
      searchWord: "한국어 & more",
      instanceIds: Array.from({ length: 90 }, (_, i) => `ins-${(0x5f3a_0000 + i).toString(36)}`)
    },
    goal: undefined
  }
].map(({ goal, payload }) => ({
  name: `${verify(payload)} parameters: ours / qcloudapi-sdk`,
  ours: () => ours(payload),
  theirs: () => theirs(payload),
  goal
}))

// ---------------------------------------------------------------------------------------------------------------------
// Measuring
// ---------------------------------------------------------------------------------------------------------------------

// A result that goes nowhere may be optimised away.
let sink = ""

/** Nanoseconds per call. */
const time = (f: () => string, calls: number): number => {
  const begin = performance.now()
  for (let i = 0; i < calls; i++) sink = f()
  return (performance.now() - begin) * 1e6 / calls
}

/** How many calls fill a round, found out while the code gets warm. */
const warmUp = (f: () => string): number => {
  let calls = 1
  while (time(f, calls) * calls < 100e6) calls *= 2
  return Math.max(1, Math.round(roundMillis * 1e6 / time(f, calls)))
}

const sides = lines.map((line) => ({
  ...line,
  calls: { ours: warmUp(line.ours), theirs: warmUp(line.theirs) },
  times: { ours: [] as Array<number>, theirs: [] as Array<number> }
}))

for (let round = 0; round < rounds; round++) {
  for (const side of sides) {
    // Neither side always runs on the heap that the other has left.
    for (const who of round % 2 === 0 ? ["ours", "theirs"] as const : ["theirs", "ours"] as const) {
      side.times[who].push(time(side[who], side.calls[who]))
    }
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// Report
// ---------------------------------------------------------------------------------------------------------------------

const best = (times: ReadonlyArray<number>): number => Math.min(...times)

const median = (times: ReadonlyArray<number>): number =>
  [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? NaN

const table: Array<ReadonlyArray<string>> = [["", "ratio", "goal", "", "median", "ours", "theirs"]]
let missed = false

for (const { goal, name, times } of sides) {
  const ratio = best(times.ours) / best(times.theirs)
  if (goal !== undefined && ratio > goal * slack) missed = true
  table.push([
    name,
    ratio.toFixed(2),
    goal === undefined ? "-" : `<= ${goal.toFixed(2)}`,
    goal === undefined ? "-" : ratio <= goal ? "ok" : "MISS",
    (median(times.ours) / median(times.theirs)).toFixed(2),
    `${(best(times.ours) / 1000).toFixed(1)} µs`,
    `${(best(times.theirs) / 1000).toFixed(1)} µs`
  ])
}

const widths = (table[0] ?? []).map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0)))
for (const row of table) {
  console.log(row.map((cell, i) => i === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[i] ?? 0)).join("  "))
}

if (sink === "") throw new Error("nothing was measured")
if (missed && process.argv.includes("--check")) process.exitCode = 1
