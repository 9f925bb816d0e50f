/**
 * Part 1: every response that the documentation prints, decoded.
 */
import { Console, Effect, FileSystem, Path, Result, Schema } from "effect"
import { Failure, TencentResponse, TencentRetry } from "effect-tencentcloud"
import type { Language } from "effect-tencentcloud/ErrorKindText"
import { type Cell, type Column, screen, type Styles, table } from "../terminal.ts"
import { check, checkAll, title } from "./report.ts"

const Index = Schema.Struct({
  entries: Schema.Array(Schema.Struct({
    file: Schema.String,
    kind: Schema.String,
    code: Schema.Union([Schema.Finite, Schema.String])
  }))
})

const readResponses = Effect.gen(function*() {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const directory = yield* path.fromFileUrl(new URL("../../test/fixtures/responses", import.meta.url))
  const read = (file: string) => fs.readFileString(path.join(directory, file))
  const index = yield* Effect.flatMap(read("index.json"), Schema.decodeEffect(Schema.fromJsonString(Index)))
  const files = (yield* fs.readDirectory(directory)).filter((file) => file !== "index.json")
  const responses = yield* Effect.forEach(index.entries, (entry) =>
    Effect.gen(function*() {
      // Nothing in such a body says that its code is a success: one has to know the module.
      const successCodes = entry.kind === "nonzero-success" ? [entry.code] : []
      const decode = TencentResponse.decodeText(Schema.Unknown, { successCodes })
      const result = yield* Effect.result(decode(yield* read(entry.file)))
      return { ...entry, successCodes, result }
    }))
  return { responses, files }
})

type DocumentedResponse = Effect.Success<typeof readResponses>["responses"][number]

const columns: ReadonlyArray<Column> = [
  { title: "file", maxWidth: 24 },
  { title: "code" },
  { title: "tag" },
  { title: "category" },
  { title: "read-only" },
  { title: "mutating" },
  { title: "remedy" }
]

const decisionCell = (decision: TencentRetry.Decision, styles: Styles): Cell => {
  if (decision._tag === "Retry") return { text: decision.class, style: styles.green }
  return decision.reason === "permanent"
    ? { text: "no", style: styles.dim }
    : { text: "no, may have run", style: styles.yellow }
}

const failedItems = TencentResponse.partial(Schema.Unknown)

const row = (response: DocumentedResponse, language: Language, styles: Styles): ReadonlyArray<Cell> => {
  const file = response.file.replace(/\.json$/, "")
  const code = JSON.stringify(response.code)
  if (Result.isSuccess(response.result)) {
    const notes = [
      ...response.successCodes.map((code) => `successCodes: [${code}]`),
      ...failedItems(response.result.success).failed.map(({ error, id }) =>
        `${id}: ${error.code} ${Failure.explain(error, language).name}`
      )
    ]
    const dim = [file, code, "success", "", "", ""].map((text): Cell => ({ text, style: styles.dim }))
    return [...dim, { text: notes.join(", "), style: styles.yellow }]
  }
  const error = response.result.failure
  return [
    { text: file },
    { text: code, style: styles.cyan },
    { text: error._tag, style: styles.red },
    { text: error.category },
    decisionCell(TencentRetry.decide(error, { idempotent: true }), styles),
    decisionCell(TencentRetry.decide(error, { idempotent: false }), styles),
    { text: Failure.explain(error, language).remedy }
  ]
}

/** The outer code decides. A batch can print 0 and still have failed items: it is a success that holds failures. */
const isAsPromised = ({ code, kind, result }: DocumentedResponse): boolean =>
  kind === "failure" || (kind === "partial" && Number(code) !== 0)
    ? Result.isFailure(result) && result.failure.code === Number(code)
    : Result.isSuccess(result)

export const documentedResponses = Effect.fnUntraced(function*(language: Language) {
  const { styles, width } = yield* screen
  const { responses, files } = yield* readResponses
  const failures = responses.flatMap(({ result }) => Result.isFailure(result) ? [result.failure] : [])
  const tags = new Set(failures.map(({ _tag }) => _tag))
  yield* title(
    `1. Documented responses: ${responses.length}, of them ${failures.length} failures with ${tags.size} tags`
  )
  const rows = responses.map((response) => row(response, language, styles))
  yield* Effect.forEach(table(columns, rows, { width, header: styles.bold }), (line) => Console.log(line))
  yield* Console.log("")
  yield* check(
    "every file is in the index, and only once",
    new Set(files).size === responses.length && responses.every(({ file }) => files.includes(file))
  )
  yield* checkAll(
    "the code of each response decides what it is",
    responses.filter((response) => !isAsPromised(response)).map(({ file }) => `${file} is read by its code`)
  )
})
