/**
 * What decoding and retrying cost, as ratios against what they replace, in one run:
 *
 * - a success against the payload schema alone
 * - a failure against the exception of the official SDK
 * - `retry` around an effect that succeeds at once, against the bare effect and against `Effect.retry`
 * - a text against `JSON.parse` and the payload schema
 *
 * The two sides of a line run in turns, in many short rounds. The ratio compares the fastest round of each side, because
 * other load on the machine only ever adds time; the median of the rounds stands beside it.
 *
 *     npm run build && node bench/decode.ts [--check]
 *
 * With `--check` it exits with 1 when a ratio misses its goal by more than a quarter.
 */
import { TencentResponse, TencentRetry } from "effect-tencentcloud"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import sdkException from "tencentcloud-sdk-nodejs-common/tencentcloud/common/exception/tencent_cloud_sdk_exception.js"

// ---------------------------------------------------------------------------------------------------------------------
// Measuring
// ---------------------------------------------------------------------------------------------------------------------

const rounds = 400
const roundMillis = 0.5
const slack = 1.25

interface Line {
  readonly name: string
  readonly ours: () => unknown
  readonly theirs: () => unknown
  /** The ratio to reach, if there is one. */
  readonly goal?: number
}

interface Measured {
  readonly line: Line
  readonly ours: ReadonlyArray<number>
  readonly theirs: ReadonlyArray<number>
}

// A result that goes nowhere may be optimised away.
let sink: unknown

/** Nanoseconds per call. */
const time = (f: () => unknown, calls: number): number => {
  const begin = performance.now()
  for (let i = 0; i < calls; i++) sink = f()
  return (performance.now() - begin) * 1e6 / calls
}

/** How many calls fill a round, found out while the code gets warm. */
const warmUp = (f: () => unknown): number => {
  let calls = 1
  while (time(f, calls) * calls < 50e6) calls *= 2
  return Math.max(1, Math.round(roundMillis * 1e6 / time(f, calls)))
}

const measure = (lines: ReadonlyArray<Line>): ReadonlyArray<Measured> => {
  const sides = lines.map((line) => ({
    line,
    ours: { calls: warmUp(line.ours), times: [] as Array<number> },
    theirs: { calls: warmUp(line.theirs), times: [] as Array<number> }
  }))
  for (let round = 0; round < rounds; round++) {
    if (round % 50 === 0) globalThis.gc?.()
    for (const { line, ours, theirs } of sides) {
      // Neither side always runs on the heap that the other has left.
      if (round % 2 === 0) ours.times.push(time(line.ours, ours.calls))
      theirs.times.push(time(line.theirs, theirs.calls))
      if (round % 2 === 1) ours.times.push(time(line.ours, ours.calls))
    }
  }
  return sides.map(({ line, ours, theirs }) => ({ line, ours: ours.times, theirs: theirs.times }))
}

const best = (times: ReadonlyArray<number>): number => Math.min(...times)

const median = (times: ReadonlyArray<number>): number =>
  [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? NaN

// ---------------------------------------------------------------------------------------------------------------------
// Bodies
// ---------------------------------------------------------------------------------------------------------------------

const Instance = Schema.Struct({
  unInstanceId: Schema.String,
  instanceName: Schema.String,
  status: Schema.Number,
  cpu: Schema.Number,
  mem: Schema.Number,
  zoneName: Schema.String,
  lanIp: Schema.String,
  wanIpSet: Schema.Array(Schema.String),
  createTime: Schema.String,
  deadlineTime: Schema.NullOr(Schema.String),
  autoRenew: Schema.optionalKey(Schema.Number)
})

const Page = Schema.Struct({ totalCount: Schema.Number, instanceSet: Schema.Array(Instance) })

const page = (instances: number) => ({
  code: 0,
  message: "",
  codeDesc: "Success",
  totalCount: instances,
  instanceSet: Array.from({ length: instances }, (_, i) => ({
    unInstanceId: `ins-${(0x5f3a_0000 + i).toString(36)}`,
    instanceName: `worker-${i}`,
    status: 2,
    cpu: 4,
    mem: 8,
    zoneName: "ap-guangzhou-3",
    lanIp: `10.0.0.${i % 256}`,
    wanIpSet: [`203.0.113.${i % 256}`],
    createTime: "2016-10-12 12:12:57",
    deadlineTime: i % 2 === 0 ? "2017-10-12 12:12:57" : null,
    autoRenew: 1
  }))
})

const small = page(2)
const large = page(50)
const smallText = JSON.stringify(small)
const largeText = JSON.stringify(large)

const failure = {
  code: 4400,
  message: "(100004)the request frequency is over the limit of the account",
  codeDesc: "RequestLimitExceeded",
  requestId: "e7c3a1de-5b0f-4a36-9a54-0d2f9c1f4b5a"
}

const unknownCode = { ...failure, code: 4440 }

// ---------------------------------------------------------------------------------------------------------------------
// Sides
// ---------------------------------------------------------------------------------------------------------------------

const decode = TencentResponse.decode(Page)
const decodeResult = TencentResponse.decodeResult(Page)
const decodeText = TencentResponse.decodeText(Page)
const payload = Schema.decodeUnknownEffect(Page)
const payloadResult = Schema.decodeUnknownResult(Page)

/** As the SDK makes it from an answer. */
const makeSdkException = () => {
  const exception = new sdkException.default(failure.message, failure.requestId)
  exception.code = failure.codeDesc
  return exception
}

const bare = Effect.sync(() => small)
const retried = bare.pipe(TencentRetry.retry(TencentRetry.idempotent, { times: 5, deadline: "30 seconds" }))
const retriedByEffect = bare.pipe(Effect.retry(Schedule.exponential("200 millis").pipe(Schedule.upTo({ times: 5 }))))

const lines: ReadonlyArray<Line> = [
  {
    name: `success, ${smallText.length} bytes: decode / Schema`,
    ours: () => Effect.runSync(decode(small)),
    theirs: () => Effect.runSync(payload(small)),
    goal: 1.1
  },
  {
    name: `success, ${largeText.length} bytes: decode / Schema`,
    ours: () => Effect.runSync(decode(large)),
    theirs: () => Effect.runSync(payload(large)),
    goal: 1.1
  },
  {
    name: `success, ${smallText.length} bytes: decodeResult / Schema`,
    ours: () => decodeResult(small),
    theirs: () => payloadResult(small),
    goal: 1.1
  },
  {
    name: `success, ${largeText.length} bytes: decodeResult / Schema`,
    ours: () => decodeResult(large),
    theirs: () => payloadResult(large),
    goal: 1.1
  },
  {
    name: "failure: decode / SDK exception",
    ours: () => Effect.runSyncExit(decode(failure)),
    theirs: makeSdkException,
    goal: 0.25
  },
  {
    name: "failure: decodeResult / SDK exception",
    ours: () => decodeResult(failure),
    theirs: makeSdkException,
    goal: 0.25
  },
  {
    name: "failure, unknown code: decode / SDK exception",
    ours: () => Effect.runSyncExit(decode(unknownCode)),
    theirs: makeSdkException,
    goal: 0.25
  },
  {
    name: `text, ${smallText.length} bytes: decodeText / JSON.parse + Schema`,
    ours: () => Effect.runSync(decodeText(smallText)),
    theirs: () => Effect.runSync(payload(JSON.parse(smallText)))
  },
  {
    name: `text, ${largeText.length} bytes: decodeText / JSON.parse + Schema`,
    ours: () => Effect.runSync(decodeText(largeText)),
    theirs: () => Effect.runSync(payload(JSON.parse(largeText)))
  },
  {
    name: "retry, success at once: retry / bare effect",
    ours: () => Effect.runSync(retried),
    theirs: () => Effect.runSync(bare)
  },
  {
    name: "retry, success at once: retry / Effect.retry",
    ours: () => Effect.runSync(retried),
    theirs: () => Effect.runSync(retriedByEffect)
  }
]

// ---------------------------------------------------------------------------------------------------------------------
// Report
// ---------------------------------------------------------------------------------------------------------------------

const table: Array<ReadonlyArray<string>> = [["ours / theirs", "ratio", "goal", "", "median", "ours", "theirs"]]
let missed = false

for (const { line, ours, theirs } of measure(lines)) {
  const ratio = best(ours) / best(theirs)
  const medianRatio = median(ours) / median(theirs)
  if (line.goal !== undefined && ratio > line.goal * slack) missed = true
  table.push([
    line.name,
    ratio.toFixed(2),
    line.goal === undefined ? "-" : `<= ${line.goal.toFixed(2)}`,
    line.goal === undefined ? "-" : ratio <= line.goal ? "ok" : "MISS",
    medianRatio.toFixed(2),
    `${best(ours).toFixed(0)} ns`,
    `${best(theirs).toFixed(0)} ns`
  ])
}

const widths = (table[0] ?? []).map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0)))
for (const row of table) {
  console.log(row.map((cell, i) => i === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[i] ?? 0)).join("  "))
}

if (sink === undefined) throw new Error("nothing was measured")
if (missed && process.argv.includes("--check")) process.exitCode = 1
