/**
 * `decode [file]`: what a body is, and what to do about it.
 */
import { TencentResponse } from "effect-tencentcloud"
import type { Language } from "effect-tencentcloud/ErrorKindText"
import { Argument, Command } from "effect/cli"
import * as Effect from "effect/Effect"
import { isObject } from "effect/Predicate"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { end, endWith } from "./exit.ts"
import { jsonFlag } from "./flags.ts"
import { readFile, readStdin } from "./input.ts"
import { languageFlag } from "./language.ts"
import { json, oneLine, print, rows, styled } from "./output.ts"
import { failureLines, type Report, reportOf, type ReportWithRetry, titleAndMessage, withRetry } from "./report.ts"
import { type Body, readBody } from "./response.ts"
import { words } from "./words.ts"

// ---------------------------------------------------------------------------------------------------------------------
// Reading
// ---------------------------------------------------------------------------------------------------------------------

/** The items of a batch of API 2.0 that failed, and how many did not. */
interface Batch {
  readonly succeeded: number
  readonly failed: ReadonlyArray<{ readonly id: string; readonly error: Report }>
}

interface Decoded {
  readonly generation?: Body["generation"]
  readonly result: "success" | "failure" | "unreadable"
  readonly error?: ReportWithRetry
  readonly requestId?: string
  /** The names of the members of a success. */
  readonly members?: ReadonlyArray<string>
  readonly batch?: Batch
}

const partial = TencentResponse.partial(Schema.Unknown)

const batchOf = (body: Body, language: Language): Batch | undefined => {
  const { failed, succeeded } = partial(body.generation === "2.0" ? body.json : undefined)
  return failed.length + succeeded.length === 0 ? undefined : {
    succeeded: succeeded.length,
    failed: failed.map(({ error, id }) => ({ id, error: reportOf(error, language) }))
  }
}

/** The members of an envelope that are not of the success. */
const ofEnvelope: ReadonlySet<string> = new Set(["code", "message", "codeDesc", "requestId", "RequestId"])

const successOf = (success: unknown): Pick<Decoded, "members" | "requestId"> => {
  if (!isObject(success)) return { members: [] }
  const entries = new Map(Object.entries(success))
  const requestId = entries.get("RequestId") ?? entries.get("requestId")
  return {
    ...(typeof requestId === "string" && { requestId }),
    members: [...entries.keys()].filter((name) => !ofEnvelope.has(name))
  }
}

const decoded = Effect.fnUntraced(function*(text: string, language: Language) {
  const body = yield* readBody(text)
  const { generation, result } = body
  const batch = batchOf(body, language)
  const common = { ...(generation !== undefined && { generation }), ...(batch !== undefined && { batch }) }
  if (Result.isSuccess(result)) {
    return { ...common, result: "success", ...successOf(result.success) } satisfies Decoded
  }
  const error = yield* withRetry(result.failure, language, body.declaredBy)
  return {
    ...common,
    result: error.tag === "MalformedResponse" ? "unreadable" : "failure",
    error
  } satisfies Decoded
})

// ---------------------------------------------------------------------------------------------------------------------
// Printing
// ---------------------------------------------------------------------------------------------------------------------

const batchLines = ({ failed, succeeded }: Batch, language: Language): ReadonlyArray<string> => {
  const { batch, labels } = words[language]
  return [
    `${labels.batch}: ${batch(succeeded, failed.length)}`,
    ...failed.map(({ error, id }) => `  ${oneLine(id)}: ${titleAndMessage(error)}`)
  ]
}

const lines = (decoded: Decoded, language: Language): ReadonlyArray<string> => {
  const { api, labels, ...results } = words[language]
  const { batch, error, generation, members = [], requestId } = decoded
  const headline = styled("stdout", decoded.result === "success" ? "green" : "red", results[decoded.result])
  return [
    generation === undefined ? headline : `${api(generation)}: ${headline}`,
    ...(error === undefined
      ? rows("stdout", [
        [labels.request, requestId === undefined ? undefined : oneLine(requestId)],
        [labels.members, members.length === 0 ? undefined : oneLine(members.join(", "))]
      ])
      : failureLines("stdout", error, language)),
    ...(batch === undefined ? [] : batchLines(batch, language))
  ]
}

// ---------------------------------------------------------------------------------------------------------------------
// The command
// ---------------------------------------------------------------------------------------------------------------------

export const decode = Command.make("decode", {
  file: Argument.String("file").pipe(
    Argument.withDefault("-"),
    Argument.withDescription("A file with the body of a response; - or nothing is stdin")
  ),
  lang: languageFlag,
  json: jsonFlag
}, ({ file, json: asJson, lang }) =>
  Effect.gen(function*() {
    const text = yield* file === "-" ? readStdin("a response") : readFile(file)
    const response = yield* decoded(text, lang)
    yield* print("stdout", asJson ? [json(response)] : lines(response, lang))
    if (response.result !== "success") return yield* end(response.result)
  }).pipe(Effect.catchTag("NoInput", ({ message }) => endWith("unreadable", message)))).pipe(
    Command.withDescription(
      "What the body of a response is: which generation of the API, a success or which failure, what to do about it, and " +
        "whether a call would be repeated. Exits with 0 for a success, 1 for a failure, 2 for what is not a response."
    ),
    Command.withShortDescription("What the body of a response is and what to do about it"),
    Command.withExamples([
      { command: "effect-tencentcloud-cli decode response.json", description: "A file" },
      { command: "curl ... | effect-tencentcloud-cli decode", description: "What another program received" },
      { command: "effect-tencentcloud-cli decode response.json --json", description: "As data" }
    ])
  )
