/**
 * A body of a response of either generation.
 */
import { type Failure, TencentResponse as ResponseV2 } from "effect-tencentcloud"
import { TencentError, TencentResponse as ResponseV3 } from "effect-tencentcloud/v3"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import { isObject } from "effect/Predicate"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { type Declaration, declared } from "./declared.ts"

/** The generations of the API. */
export type Generation = "2.0" | "3.0"

/** A body that was read. */
export interface Body {
  /** That of its envelope, where it has one. */
  readonly generation: Generation | undefined
  /** The JSON of the body, where it is JSON. */
  readonly json: unknown
  readonly result: Result.Result<unknown, Failure.Failure>
  /** The services that declare its code, where it is no common one. */
  readonly declaredBy: ReadonlyArray<Declaration>
}

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text.replace(/^\ufeff/, ""))
  } catch {
    return undefined
  }
}

/** `{ Response }` is API 3.0, and also some actions of API 2.0 of 2017, of which only the codes tell. */
const generationOf = (json: unknown): Generation | undefined => {
  if (!isObject(json)) return undefined
  if (Object.hasOwn(json, "Response")) return "3.0"
  return Object.hasOwn(json, "code") ? "2.0" : undefined
}

const decoders = {
  "2.0": ResponseV2.decodeText(Schema.Unknown),
  "3.0": ResponseV3.decodeText(Schema.Unknown)
} satisfies { readonly [G in Generation]: unknown }

/** The error of a code that is no common one, as its services declare it. */
const declaredError = (error: Failure.Failure, code: string, { kind }: Declaration): Failure.Failure =>
  TencentError.make(code, kind, {
    message: error.message,
    ...(error.requestId !== undefined && { requestId: error.requestId })
  })

/** Whether the failure has a number of API 2.0. */
const isNumbered = (result: Body["result"]): boolean =>
  Result.isFailure(result) && typeof result.failure.code === "number"

/** A body of API 3.0 whose code is no common one: a service declares it, or it is a text for a number of API 2.0. */
const withCode = (
  body: Body,
  text: string,
  error: Failure.Failure
): Effect.Effect<Body, never, FileSystem.FileSystem> =>
  Effect.gen(function*() {
    const code = String(error.code)
    const declaredBy = (yield* declared).codes.get(code) ?? []
    const [declaration] = declaredBy
    if (declaration !== undefined) {
      return { ...body, declaredBy, result: Result.fail(declaredError(error, code, declaration)) }
    }
    const result = yield* Effect.result(decoders["2.0"](text))
    return isNumbered(result) ? { ...body, generation: "2.0", result } : body
  })

/** Reads the text of a body. */
export const readBody = (text: string): Effect.Effect<Body, never, FileSystem.FileSystem> => {
  const json = jsonOf(text)
  const generation = generationOf(json)
  const decode: (text: string) => Effect.Effect<unknown, Failure.Failure> = decoders[generation ?? "2.0"]
  return Effect.flatMap(Effect.result(decode(text)), (result) => {
    const body: Body = { generation, json, result, declaredBy: [] }
    return generation === "3.0" && Result.isFailure(result) && result.failure._tag === "UnknownErrorCode"
      ? withCode(body, text, result.failure)
      : Effect.succeed(body)
  })
}
