/**
 * A body of a response of either generation.
 */
import { type Failure, TencentResponse as ResponseV2 } from "effect-tencentcloud"
import { TencentResponse as ResponseV3 } from "effect-tencentcloud/v3"
import * as Effect from "effect/Effect"
import { isObject } from "effect/Predicate"
import type * as Result from "effect/Result"
import * as Schema from "effect/Schema"

/** The generations of the API. */
export type Generation = "2.0" | "3.0"

/** A body that was read. */
export interface Body {
  /** That of its envelope, where it has one. */
  readonly generation: Generation | undefined
  /** The JSON of the body, where it is JSON. */
  readonly json: unknown
  readonly result: Result.Result<unknown, Failure.Failure>
}

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text.replace(/^\ufeff/, ""))
  } catch {
    return undefined
  }
}

/** `{ Response }` is API 3.0, and some actions of API 2.0 of 2017, which have the codes of 3.0. */
const generationOf = (json: unknown): Generation | undefined => {
  if (!isObject(json)) return undefined
  if (Object.hasOwn(json, "Response")) return "3.0"
  return Object.hasOwn(json, "code") ? "2.0" : undefined
}

const decoders = {
  "2.0": ResponseV2.decodeText(Schema.Unknown),
  "3.0": ResponseV3.decodeText(Schema.Unknown)
} satisfies { readonly [G in Generation]: unknown }

/** Reads the text of a body. */
export const readBody = (text: string): Effect.Effect<Body> => {
  const json = jsonOf(text)
  const generation = generationOf(json)
  const decode: (text: string) => Effect.Effect<unknown, Failure.Failure> = decoders[generation ?? "2.0"]
  return Effect.map(Effect.result(decode(text)), (result) => ({ generation, json, result }))
}
