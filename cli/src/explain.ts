/**
 * `explain <code>`: what a code of either generation means and what to do about it.
 */
import {
  ErrorCode as CodesV2,
  Failure,
  TencentError as ErrorsV2,
  TransportFailure,
  UnexpectedStatus
} from "effect-tencentcloud"
import { TencentCredentials } from "effect-tencentcloud/client"
import type { Language } from "effect-tencentcloud/ErrorKindText"
import { ErrorCode as CodesV3 } from "effect-tencentcloud/v3"
import { Argument, Command } from "effect/cli"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Struct from "effect/Struct"
import { type Declaration, declared } from "./declared.ts"
import { end, endWith } from "./exit.ts"
import { jsonFlag } from "./flags.ts"
import { languageFlag } from "./language.ts"
import { didYouMean, near } from "./near.ts"
import { json, oneLine, print, rows, styled } from "./output.ts"
import { type Meaning, meaningRows, withRetry } from "./report.ts"
import { type Generation, readBody } from "./response.ts"
import { words } from "./words.ts"

// ---------------------------------------------------------------------------------------------------------------------
// Looking a code up
// ---------------------------------------------------------------------------------------------------------------------

/**
 * How the meaning was found: the code is on a common list, services declare it, or the meaning is guessed from its family or its
 * range; or it is the name of a class of the library.
 */
type FoundBy = "code" | "declaration" | "family" | "range" | "class" | "nothing"

/** What another generation has for a code. */
interface Counterpart {
  readonly code: number | string
  readonly fit: CodesV3.Fit
}

interface Found {
  readonly generation: Generation | undefined
  readonly foundBy: FoundBy
  readonly error: Failure.Failure
  /** The text that stands for the number of the error. */
  readonly text?: string
  readonly declaredBy: ReadonlyArray<Declaration>
  readonly counterparts: ReadonlyArray<Counterpart>
}

const commonListV3 = "https://www.tencentcloud.com/document/product/1140/51177"

/** What a body of a failure says. */
const read = (body: object) =>
  Effect.map(readBody(JSON.stringify(body)), ({ declaredBy, generation, result }) => {
    if (Result.isFailure(result)) return { declaredBy, generation, error: result.failure }
    throw new Error("It is the code of a success")
  })

const guessed = ({ kind }: Failure.Failure, guess: "family" | "range"): FoundBy =>
  kind === "unknown" ? "nothing" : guess

const ofV2 = (error: Failure.Failure): Omit<Found, "error" | "declaredBy"> => {
  const code = Number(error.code)
  return {
    generation: "2.0",
    foundBy: Option.isSome(CodesV2.fromCode(code)) ? "code" : guessed(error, "range"),
    counterparts: Option.match(CodesV3.fromV2(code), {
      onNone: () => [],
      onSome: ({ fit, v3 }) => v3.map((code) => ({ code, fit }))
    })
  }
}

const ofNumber = (code: number | string) =>
  Effect.map(read({ code, message: "" }), ({ error }): Found => ({ ...ofV2(error), error, declaredBy: [] }))

const ofText = (code: string) =>
  Effect.map(
    read({ Response: { Error: { Code: code, Message: "" } } }),
    ({ declaredBy, error, generation }): Found => {
      if (generation === "2.0") return { ...ofV2(error), error, declaredBy, text: code }
      const isCommon = Option.isSome(CodesV3.fromCode(code))
      return {
        generation,
        foundBy: isCommon ? "code" : declaredBy.length > 0 ? "declaration" : guessed(error, "family"),
        error,
        declaredBy,
        counterparts: CodesV3.toV2(code).map(({ fit, v2 }) => ({ code: v2, fit }))
      }
    }
  )

/** The failures of the library that are no codes of the API, as far as they can be known by their names. */
const classes: { readonly [tag: string]: () => Failure.Failure } = {
  CredentialsUnavailable: () => new TencentCredentials.CredentialsUnavailable({ message: "" }),
  MalformedResponse: () => new Failure.MalformedResponse({ message: "", outcome: "unknown" }),
  TransportFailure: () =>
    new TransportFailure.TransportFailure({ reason: "Unknown", outcome: "unknown", host: "", message: "" }),
  UnexpectedStatus: () =>
    new UnexpectedStatus.UnexpectedStatus({ status: 500, outcome: "unknown", host: "", excerpt: "", message: "" }),
  UnknownErrorCode: () => new ErrorsV2.UnknownErrorCode({ code: "", message: "" })
}

const ofClass = (error: Failure.Failure): Found => ({
  generation: undefined,
  foundBy: "class",
  error,
  declaredBy: [],
  counterparts: []
})

/** A number as people write it. One that is too large for a number keeps its digits. */
const numberOf = (text: string): number | string | undefined => {
  if (!/^[+-]?\d+(?:\.\d*)?$/.test(text)) return undefined
  const number = Number(text)
  return Number.isSafeInteger(number) ? number : text
}

/** A number is a code of API 2.0, and so is a tag that API 3.0 has no code for. */
const find = (text: string): Effect.Effect<Found, never, FileSystem.FileSystem> => {
  const number = numberOf(text)
  if (number !== undefined) return ofNumber(number)
  if (Option.isSome(CodesV3.fromCode(text))) return ofText(text)
  const row = CodesV2.catalogue.find(({ tag }) => tag === text)
  if (row !== undefined) return ofNumber(row.code)
  return Object.hasOwn(classes, text) ? Effect.succeed(ofClass(classes[text]!())) : ofText(text)
}

/** Known codes and names that are nearly this one, and the code with the family that is nearly its own. */
const nearTo = (text: string): Effect.Effect<ReadonlyArray<string>, never, FileSystem.FileSystem> =>
  Effect.map(declared, ({ codes }) => {
    const common = CodesV3.catalogue.map(({ code }) => code)
    const tags = [...CodesV2.catalogue.map(({ tag }) => tag), ...Object.keys(classes)]
    const family = CodesV3.familyOf(text)
    const ofFamily = near(common.map(CodesV3.familyOf), family).map((known) => known + text.slice(family.length))
    return near([...common, ...tags, ...codes.keys(), ...ofFamily], text)
  })

/** What the code means. The failures of one class differ in what else a report says. */
const meaningOf = ({ declaredBy, error, foundBy, generation }: Found, language: Language): Effect.Effect<Meaning> =>
  Effect.map(withRetry(error, language, declaredBy), (report) => {
    const { docs = generation === "3.0" ? commonListV3 : undefined, ...rest } = Struct.omit(report, ["message"])
    const meaning = foundBy === "class" ? Struct.omit(rest, ["outcome", "retryClass", "retry"]) : rest
    return { ...meaning, ...(docs !== undefined && { docs }) }
  })

// ---------------------------------------------------------------------------------------------------------------------
// Printing
// ---------------------------------------------------------------------------------------------------------------------

const other: { readonly [G in Generation]: Generation } = { "2.0": "3.0", "3.0": "2.0" }

const titleOf = ({ text }: Found, { code, tag }: Meaning): string => {
  if (typeof code === "number") return text === undefined ? `${code} ${tag}` : `${text}: ${code} ${tag}`
  return code === undefined || code === "" ? tag : oneLine(code)
}

/** Where the code belongs, and how its meaning was found where it is on no common list. */
const originOf = ({ foundBy: by, generation }: Found, language: Language): string => {
  const { api, foundBy, ofLibrary } = words[language]
  if (generation === undefined) return ofLibrary
  return by === "code" || by === "class" || by === "nothing" ? api(generation) : `${api(generation)}, ${foundBy[by]}`
}

const lines = (found: Found, meaning: Meaning, language: Language): ReadonlyArray<string> => {
  const { labels } = words[language]
  const { generation } = found
  const counterparts = found.counterparts.map(({ code, fit }) => `${code} (${fit})`).join(", ")
  return [
    `${styled("stdout", "bold", titleOf(found, meaning))} (${originOf(found, language)})`,
    ...rows("stdout", [
      ...meaningRows(meaning, language),
      ...(generation === undefined || counterparts === ""
        ? []
        : [[labels.counterparts(other[generation]), counterparts] as const])
    ])
  ]
}

/** The longest code that is documented has 89 characters. */
const longest = 128

export const explain = Command.make("explain", {
  code: Argument.String("code").pipe(
    Argument.withDescription(
      "A number of API 2.0, a code of API 3.0, exactly as the API writes it, or the name of an error class"
    )
  ),
  lang: languageFlag,
  json: jsonFlag
}, ({ code: given, json: asJson, lang }) =>
  Effect.gen(function*() {
    const code = given.trim()
    if (code === "" || code.length > longest) {
      return yield* endWith("usage", `A code has 1 to ${longest} characters.`)
    }
    if (numberOf(code) === 0) return yield* endWith("usage", "0 is the code of a success.")
    const found = yield* find(code)
    const meaning = yield* meaningOf(found, lang)
    const { counterparts, foundBy, generation, text: codeDesc } = found
    yield* print(
      "stdout",
      asJson ? [json({ generation, foundBy, codeDesc, ...meaning, counterparts })] : lines(found, meaning, lang)
    )
    if (foundBy !== "nothing") return
    const hint = didYouMean(yield* nearTo(code))
    if (hint !== "") yield* print("stderr", [oneLine(`Codes are exact. ${hint}`)])
    return yield* end("failure")
  })).pipe(
    Command.withDescription(
      "What an error code means and what to do about it: a number of API 2.0, a code of API 3.0, or the name of an error class, " +
        "such as QuotaExceeded. Of a code that is on no common list it says which services declare it. The meaning of any other is " +
        "guessed: in API 3.0 from its family, the part before its first dot, in API 2.0 from the range of the number. Exits with 1 " +
        "if nothing is known."
    ),
    Command.withShortDescription("What an error code means and what to do about it"),
    Command.withExamples([
      { command: "effect-tencentcloud-cli explain 4500", description: "A number of API 2.0" },
      { command: "effect-tencentcloud-cli explain ResourceNotFound.TopicNotExist --lang zh", description: "API 3.0" },
      { command: "effect-tencentcloud-cli explain QuotaExceeded", description: "A class" },
      { command: "effect-tencentcloud-cli explain 4400 --json", description: "As data" }
    ])
  )
