/**
 * The readers and writers of this folder as schemas.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import * as SchemaTransformation from "effect/SchemaTransformation"
import type { Type } from "./compact.ts"
import { readerOf } from "./read.ts"
import { Unfit } from "./unfit.ts"
import { writerOf } from "./write.ts"

const issueOf = (error: unknown): SchemaIssue.Issue => {
  // A recursive type has no deepest value.
  if (error instanceof RangeError) return new SchemaIssue.InvalidValue({ message: "Nested too deeply" })
  if (!(error instanceof Unfit)) throw error
  const issue = new SchemaIssue.InvalidValue({ message: error.message })
  return error.path.length === 0 ? issue : new SchemaIssue.Pointer(error.path, issue)
}

/** The digits of each `bigint`, which JSON has no number for. */
export const digits = (value: unknown): unknown => {
  if (typeof value === "bigint") return String(value)
  if (typeof value !== "object" || value === null) return value
  if (Array.isArray(value)) return value.map(digits)
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, digits(member)]))
}

const json = () =>
  Schema.link<unknown>()(
    Schema.Unknown,
    SchemaTransformation.transform({ decode: (value: unknown): unknown => value, encode: digits })
  )

const codec = (run: (value: unknown) => unknown, identifier: string): Schema.Codec<unknown, unknown> =>
  Schema.declareConstructor<unknown, unknown>()(
    [],
    () => (value) => {
      try {
        return Effect.succeed(run(value))
      } catch (error) {
        return Effect.fail(issueOf(error))
      }
    },
    { identifier, toCodecJson: json }
  )

/** The schema of a request. It takes the same values on both sides: those that may be sent. */
export const requestCodec = (type: Type, identifier: string): Schema.Codec<unknown, unknown> =>
  codec(writerOf(type), identifier)

/** The schema of an event of a stream. An action that does not describe its events has their JSON. */
export const eventCodec = (type: Type, identifier: string): Schema.Codec<unknown, unknown> =>
  type.text === "" ? Schema.Unknown : codec(readerOf(type), identifier)

/** With the `RequestId`, which all responses have. */
export const responseType = ({ references, text }: Type): Type => ({
  text: text === "" ? "RequestId" : `${text},RequestId`,
  references
})

/** The schema of a response. */
export const responseCodec = (type: Type, identifier: string): Schema.Codec<unknown, unknown> => {
  const read = readerOf(responseType(type))
  return codec((value) => {
    const response = read(value) as { RequestId?: string }
    // A few of the printed ones lack it.
    response.RequestId ??= ""
    return response
  }, identifier)
}
