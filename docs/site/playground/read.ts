/**
 * What a pasted text is: one body of either generation, or several of them, each a success or the typed failure that the library
 * makes of it. Nothing here throws, whatever the text.
 */
import type { Failure } from "effect-tencentcloud/Failure"
import * as V2 from "effect-tencentcloud/v2/TencentResponse"
import * as ErrorCode from "effect-tencentcloud/v3/ErrorCode"
import type { CodeKind } from "effect-tencentcloud/v3/TencentError"
import * as V3 from "effect-tencentcloud/v3/TencentResponse"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"

export type Generation = "2.0" | "3.0"

/** One body. */
export interface Item {
  /** What it is called among others: its number, or the id of a part of a batch. */
  readonly name: string
  /** `undefined` where the text is a body of neither. */
  readonly generation: Generation | undefined
  /** `undefined` for a success. */
  readonly failure: Failure | undefined
  /** A code of API 3.0 that an action declares, with its meaning. */
  readonly declared: CodeKind | undefined
}

export interface Reading {
  readonly items: ReadonlyArray<Item>
  /** How many bodies there are beyond those of `items`. */
  readonly more: number
}

export interface Options {
  /** The generation that sent the text, or else what the text looks like. */
  readonly generation?: Generation | undefined
  /** What a code of API 3.0 means to the actions that declare it. */
  readonly kindOf: (code: string) => CodeKind | undefined
}

/** How many bodies, and parts of a batch, are read. */
export const maxItems = 100

/** How long a text may be, in characters. */
export const maxLength = 500_000

const own = (value: unknown, key: string): unknown =>
  typeof value === "object" && value !== null && Object.hasOwn(value, key)
    ? (value as { readonly [key: string]: unknown })[key]
    : undefined

const isObject = (value: unknown): boolean => typeof value === "object" && value !== null && !Array.isArray(value)

const parsed = (text: string): Result.Result<unknown, unknown> => Result.try((): unknown => JSON.parse(text))

const codeOf = (body: unknown): string | undefined => {
  const code = own(own(own(body, "Response"), "Error"), "Code")
  return typeof code === "string" ? code : undefined
}

/** The envelope of API 3.0 belongs to API 2.0 where its code is one that only the addresses of API 2.0 send. */
const generationOf = (body: unknown): Generation | undefined => {
  if (isObject(own(body, "Response"))) {
    const code = codeOf(body)
    if (code === undefined || Option.isSome(ErrorCode.fromCode(code))) return "3.0"
    const asV2 = V2.decodeResult(Schema.Unknown)(body)
    return Result.isFailure(asV2) && asV2.failure._tag !== "UnknownErrorCode" ? "2.0" : "3.0"
  }
  return own(body, "code") === undefined ? undefined : "2.0"
}

/** A body as text, or as an element of a list that is parsed already. */
type Body = { readonly text: string } | { readonly value: unknown }

const valueOf = (body: Body): unknown => "value" in body ? body.value : Result.getOrUndefined(parsed(body.text))

/** Reads a body with the decoder of its generation. A declared code is one of the action that sent the body. */
const decode = (
  body: Body,
  generation: Generation | undefined,
  errors: { readonly [K in CodeKind]?: string }
): Effect.Effect<unknown, Failure> => {
  if (generation !== "3.0") {
    return "value" in body ? V2.decode(Schema.Unknown)(body.value) : V2.decodeText(Schema.Unknown)(body.text)
  }
  return "value" in body
    ? V3.decode(Schema.Unknown, { errors })(body.value)
    : V3.decodeText(Schema.Unknown, { errors })(body.text)
}

const readBody = (name: string, body: Body, options: Options): Item => {
  const value = valueOf(body)
  const generation = options.generation ?? generationOf(value)
  const code = codeOf(value)
  const declared = generation !== "3.0" || code === undefined || Option.isSome(ErrorCode.fromCode(code))
    ? undefined
    : options.kindOf(code)
  const errors = declared === undefined ? {} : { [declared]: code }
  const result = Effect.runSync(Effect.result(decode(body, generation, errors)))
  return { name, generation, declared, failure: Result.isFailure(result) ? result.failure : undefined }
}

/** The parts of a batch of API 2.0, after the body itself. */
const withParts = (item: Item, body: Body): ReadonlyArray<Item> => {
  if (item.generation !== "2.0") return [item]
  const { failed, succeeded } = V2.partial(Schema.Unknown)(valueOf(body))
  const part = { generation: item.generation, declared: undefined }
  return [
    item,
    ...failed.map(({ error, id }): Item => ({ ...part, name: id, failure: error })),
    ...succeeded.map(({ id }): Item => ({ ...part, name: id, failure: undefined }))
  ]
}

/** The bodies of a text: the elements of a list, the lines of a log in JSON, or the text itself. */
const bodiesOf = (text: string): ReadonlyArray<Body> => {
  const whole = parsed(text)
  if (Result.isSuccess(whole)) {
    const elements: unknown = whole.success
    const isBatch = Array.isArray(elements) && elements.length > 0 && elements.every(isObject)
    return isBatch ? elements.map((value) => ({ value })) : [{ text }]
  }
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "")
  // A single body can have many lines, but hardly two of them are objects.
  const objects = lines.slice(0, maxItems).filter((line) => isObject(Result.getOrUndefined(parsed(line))))
  return lines.length > 1 && objects.length * 2 > Math.min(lines.length, maxItems) ?
    lines.map((text) => ({ text }))
    : [{ text }]
}

/** Reads a text of at most `maxLength` characters. A blank one has no body. */
export const read = (text: string, options: Options): Reading => {
  const source = text.slice(0, maxLength)
  if (source.trim() === "") return { items: [], more: 0 }
  const bodies = bodiesOf(source)
  const [first] = bodies
  const items = first !== undefined && bodies.length === 1
    ? withParts(readBody("1", first, options), first)
    : bodies.slice(0, maxItems).map((body, index) => readBody(String(index + 1), body, options))
  return { items: items.slice(0, maxItems), more: Math.max(0, Math.max(bodies.length, items.length) - maxItems) }
}
