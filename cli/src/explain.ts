/**
 * `explain <code>`: what a code of either generation means and what to do about it.
 */
import { ErrorCode as CodesV2, type Failure, TencentResponse as ResponseV2 } from "effect-tencentcloud"
import type { Language } from "effect-tencentcloud/ErrorKindText"
import { ErrorCode as CodesV3, TencentResponse as ResponseV3 } from "effect-tencentcloud/v3"
import { Argument, Command } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Struct from "effect/Struct"
import { end, endWith } from "./exit.ts"
import { jsonFlag } from "./flags.ts"
import { languageFlag } from "./language.ts"
import { json, oneLine, print, rows, styled } from "./output.ts"
import { meaningRows, type ReportWithRetry, withRetry } from "./report.ts"
import type { Generation } from "./response.ts"
import { words } from "./words.ts"

// ---------------------------------------------------------------------------------------------------------------------
// Looking a code up
// ---------------------------------------------------------------------------------------------------------------------

/** How the meaning of a code was found: the code is on the common list, or the meaning is guessed from its family or its range. */
type FoundBy = "code" | "family" | "range" | "nothing"

/** What another generation has for a code. */
interface Counterpart {
  readonly code: number | string
  readonly fit: CodesV3.Fit
}

interface Found {
  readonly generation: Generation
  readonly foundBy: FoundBy
  readonly error: Failure.Failure
  readonly counterparts: ReadonlyArray<Counterpart>
}

const commonListV3 = "https://www.tencentcloud.com/document/product/1140/51177"

const failureOf = (result: Result.Result<unknown, Failure.Failure>): Failure.Failure => {
  if (Result.isFailure(result)) return result.failure
  throw new Error("It is the code of a success")
}

const decodeV2 = ResponseV2.decodeResult(Schema.Unknown)

const foundBy = (isCommon: boolean, { kind }: Failure.Failure, guess: "family" | "range"): FoundBy =>
  isCommon ? "code" : kind === "unknown" ? "nothing" : guess

const ofNumber = (code: number): Found => {
  const error = failureOf(decodeV2({ code, message: "" }))
  return {
    generation: "2.0",
    foundBy: foundBy(Option.isSome(CodesV2.fromCode(code)), error, "range"),
    error,
    counterparts: Option.match(CodesV3.fromV2(code), {
      onNone: () => [],
      onSome: ({ fit, v3 }) => v3.map((code) => ({ code, fit }))
    })
  }
}

const decodeV3 = ResponseV3.decodeResult(Schema.Unknown)

const ofText = (code: string): Found => {
  const error = failureOf(decodeV3({ Response: { Error: { Code: code, Message: "" } } }))
  return {
    generation: "3.0",
    foundBy: foundBy(Option.isSome(CodesV3.fromCode(code)), error, "family"),
    error,
    counterparts: CodesV3.toV2(code).map(({ fit, v2 }) => ({ code: v2, fit }))
  }
}

/** A number is a code of API 2.0, and so is a tag that API 3.0 has no code for. */
const find = (text: string): Found => {
  if (/^-?\d{1,15}$/.test(text)) return ofNumber(Number(text))
  const found = ofText(text)
  const row = CodesV2.catalogue.find(({ tag }) => tag === text)
  return row === undefined || found.foundBy !== "nothing" ? found : ofNumber(row.code)
}

/** A known code that differs in the case of letters only. */
const nearTo = (text: string): string | undefined => {
  const known = [...CodesV3.catalogue.map(({ code }) => code), ...CodesV2.catalogue.map(({ tag }) => tag)]
  const lower = text.toLowerCase()
  return known.find((code) => code.toLowerCase() === lower && code !== text)
}

// ---------------------------------------------------------------------------------------------------------------------
// Printing
// ---------------------------------------------------------------------------------------------------------------------

const other: { readonly [G in Generation]: Generation } = { "2.0": "3.0", "3.0": "2.0" }

const lines = (found: Found, report: ReportWithRetry, language: Language): ReadonlyArray<string> => {
  const { api, guessed, labels } = words[language]
  const { code, tag } = report
  const counterparts = found.counterparts.map(({ code, fit }) => `${code} (${fit})`).join(", ")
  const title = typeof code === "number" ? `${code} ${tag}` : oneLine(String(code))
  const generation = api(found.generation)
  const origin = found.foundBy === "family" || found.foundBy === "range" ? `, ${guessed[found.foundBy]}` : ""
  return [
    `${styled("stdout", "bold", title)} (${generation}${origin})`,
    ...rows("stdout", [
      ...meaningRows(report, language),
      [labels.counterparts(other[found.generation]), counterparts === "" ? undefined : counterparts]
    ])
  ]
}

/** The longest code that is documented has 89 characters. */
const longest = 128

export const explain = Command.make("explain", {
  code: Argument.String("code").pipe(
    Argument.withDescription("A number of API 2.0, or a code of API 3.0, exactly as the API writes it")
  ),
  lang: languageFlag,
  json: jsonFlag
}, ({ code: given, json: asJson, lang }) =>
  Effect.gen(function*() {
    const code = given.trim()
    if (code === "" || code.length > longest) {
      return yield* endWith("usage", `A code has 1 to ${longest} characters.`)
    }
    if (/^-?0+$/.test(code)) return yield* endWith("usage", "0 is the code of a success.")
    const found = find(code)
    const { docs = found.generation === "3.0" ? commonListV3 : undefined, ...rest } = yield* withRetry(
      found.error,
      lang
    )
    const report: ReportWithRetry = { ...rest, ...(docs !== undefined && { docs }) }
    const { counterparts, foundBy, generation } = found
    yield* print(
      "stdout",
      asJson
        ? [json({ generation, foundBy, ...Struct.omit(report, ["message"]), counterparts })]
        : lines(found, report, lang)
    )
    if (foundBy !== "nothing") return
    const near = nearTo(code)
    if (near !== undefined) yield* print("stderr", [`Codes are exact. Did you mean ${near}?`])
    return yield* end("failure")
  })).pipe(
    Command.withDescription(
      "What an error code means and what to do about it. The meaning of a code that is on no common list is guessed: in API " +
        "3.0 from its family, the part before its first dot, in API 2.0 from the range of the number. Exits with 1 if nothing is known."
    ),
    Command.withShortDescription("What an error code means and what to do about it"),
    Command.withExamples([
      { command: "effect-tencentcloud-cli explain 4500", description: "A number of API 2.0" },
      { command: "effect-tencentcloud-cli explain ResourceNotFound.TopicNotExist --lang zh", description: "API 3.0" },
      { command: "effect-tencentcloud-cli explain 4400 --json", description: "As data" }
    ])
  )
