/**
 * The request that `call` is given: JSON, `@` and a file, or `-` for stdin.
 */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import { isObject } from "effect/Predicate"
import type * as Stdio from "effect/Stdio"
import { type NoInput, readFile, readStdin } from "./input.ts"

/** A text that is not a request. */
export class NotARequest extends Data.TaggedError("NotARequest")<{ readonly message: string }> {}

/** What a reviver is told of a number, and the types of the language do not know yet. */
interface Source {
  readonly source?: string
}

const isWhole = /^-?\d+$/

/** A number keeps all its digits: `JSON.parse` alone would round an id of 64 bits. */
const exact = (_: string, value: unknown, context?: Source): unknown =>
  typeof value === "number" && !Number.isSafeInteger(value) && isWhole.test(context?.source ?? "")
    ? BigInt(context?.source ?? value)
    : value

/** The request of a JSON text: an object, with its integers as they are written. */
const parse = (text: string): Effect.Effect<unknown, NotARequest> =>
  Effect.try({
    try: (): unknown => JSON.parse(text.replace(/^\ufeff/, ""), exact),
    catch: (cause) => new NotARequest({ message: cause instanceof Error ? cause.message : "It is not JSON." })
  }).pipe(
    Effect.filterOrFail(
      (value) => isObject(value) && !Array.isArray(value),
      () => new NotARequest({ message: "A request is a JSON object, such as {\"Limit\": 20}." })
    )
  )

/** The request that the flag `--request` says. */
export const readRequest = (
  given: string
): Effect.Effect<unknown, NotARequest | NoInput, FileSystem.FileSystem | Stdio.Stdio> => {
  if (given === "-") return Effect.flatMap(readStdin("a request"), parse)
  return given.startsWith("@") ? Effect.flatMap(readFile(given.slice(1)), parse) : parse(given)
}
