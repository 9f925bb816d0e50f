/**
 * Part 2: all 22 codes, from a gateway on this machine, over HTTP, through the signed client.
 */
import { Console, Effect, Option, Result } from "effect"
import { ErrorCode, Failure, TencentError, TencentRetry } from "effect-tencentcloud"
import type { Language } from "effect-tencentcloud/ErrorKindText"
import { TencentGateway } from "effect-tencentcloud/testing"
import { type Cell, type Column, screen, type Styles, table, truncate } from "../terminal.ts"
import { connect } from "./calls.ts"
import { check, checkAll, title } from "./report.ts"
import { type Scenario, scenarios } from "./scenarios.ts"
import { wrap } from "./wrap.ts"

// ---------------------------------------------------------------------------------------------------------------------
// Run
// ---------------------------------------------------------------------------------------------------------------------

const defaultClient = connect()

const play = Effect.fnUntraced(function*(scenario: Scenario) {
  const gateway = yield* TencentGateway.TencentGateway
  yield* gateway.reset
  if (scenario.prepare !== undefined) yield* scenario.prepare(gateway)
  const result = yield* Effect.result(scenario.call.pipe(Effect.provide(scenario.client ?? defaultClient)))
  const { code } = ErrorCode.fromTag(scenario.tag)
  const refused = (yield* gateway.requests).filter((request) => request.code === code).length
  const attempts = Result.isFailure(result)
    ? Option.match(TencentRetry.history(result.failure), { onNone: () => 0, onSome: ({ attempts }) => attempts })
    : 0
  return { scenario, code, result, refused, attempts }
})

type Played = Effect.Success<ReturnType<typeof play>>

/** The client and the gateway have to agree on what happened. */
const isAsPromised = ({ attempts, code, refused, result, scenario }: Played): boolean =>
  Result.isFailure(result) && result.failure._tag === scenario.tag && result.failure.code === code &&
  attempts === scenario.requests && refused === scenario.requests

const requests = (count: number): string => count === 1 ? "1 request" : `${count} requests`

const deviation = ({ attempts, code, refused, result, scenario }: Played): string => {
  const came = Result.isFailure(result) ? result.failure._tag : "a success"
  return `${code} is ${scenario.tag} after ${requests(scenario.requests)}: ` +
    `it was ${came} after ${attempts}, and the gateway saw ${refused}`
}

// ---------------------------------------------------------------------------------------------------------------------
// Print
// ---------------------------------------------------------------------------------------------------------------------

const columns: ReadonlyArray<Column> = [
  { title: "code" },
  { title: "tag" },
  { title: "category" },
  { title: "tries" },
  { title: "how it came about" }
]

const row = ({ attempts, code, result, scenario }: Played, styles: Styles): ReadonlyArray<Cell> => {
  const failure = Result.isFailure(result) ? result.failure : undefined
  return [
    { text: String(code), style: styles.cyan },
    { text: failure?._tag ?? "success", style: styles.red },
    { text: failure !== undefined && TencentError.isTencentError(failure) ? failure.category : "" },
    { text: String(attempts) },
    { text: scenario.how }
  ]
}

/** The remedy has its column where there is room for one, and a line of its own where there is not. */
const remedyWidth = 40
const otherWidth = 93

const print = Effect.fnUntraced(function*(played: ReadonlyArray<Played>, language: Language) {
  const { styles, width } = yield* screen
  const remedyOf = ({ result }: Played): string =>
    Result.isFailure(result) && TencentError.isTencentError(result.failure)
      ? Failure.explain(result.failure, language).remedy
      : ""
  const room = width - otherWidth
  if (room >= remedyWidth) {
    const blank = columns.map((): Cell => ({ text: "" }))
    const rows = played.flatMap((one) =>
      wrap(remedyOf(one), room).map((text, index) => [...(index === 0 ? row(one, styles) : blank), { text }])
    )
    const lines = table([...columns, { title: "remedy" }], rows, { width, header: styles.bold })
    return yield* Effect.forEach(lines, (line) => Console.log(line))
  }
  const [header = "", ...lines] = table(columns, played.map((one) => row(one, styles)), { width, header: styles.bold })
  yield* Console.log(header)
  return yield* Effect.forEach(played, (one, index) =>
    Effect.andThen(
      Console.log(lines[index] ?? ""),
      Console.log(`      ${styles.dim(truncate(remedyOf(one), width - 6))}`)
    ))
})

export const allCodes = Effect.fnUntraced(function*(language: Language) {
  const { url } = yield* TencentGateway.TencentGateway
  yield* title(`2. All 22 codes, by HTTP from a gateway at ${url}`)
  const played = yield* Effect.forEach(scenarios, play)
  yield* print(played, language)
  yield* Console.log("")
  yield* check(
    "each of the 22 codes has its way, in the order of the codes",
    scenarios.map(({ tag }) => tag).join() === ErrorCode.catalogue.map(({ tag }) => tag).join()
  )
  yield* checkAll(
    "each came with its tag, after as many requests as promised",
    played.filter((one) => !isAsPromised(one)).map(deviation)
  )
})
