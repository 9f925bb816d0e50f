/**
 * From the body of a response to `Effect<A, TencentError>`. The code of the body decides before any schema of a success runs, so
 * a failure never has to fit the schema of a success. Whatever the bytes are, the result is a value or a typed failure,
 * never a defect.
 *
 * The functions read both envelopes that the address of API 2.0 responds with: `{ code, message, ... }`, and the transitional
 * `{ Response: { Error?, RequestId, ... } }`.
 *
 * Of HTTP it reads only what `fetch` returns, with {@link fromWeb}.
 */
import type * as Effect from "effect/Effect"
import { hasProperty, isObject } from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import type * as Schema from "effect/Schema"
import { codec } from "../internal/codec.ts"
import { noContext } from "../internal/failure.ts"
import { decoder, resultDecoder, textDecoder } from "../internal/success.ts"
import { type JsonObject, own } from "../internal/values.ts"
import * as web from "../internal/web.ts"
import type { TransportFailure } from "../TransportFailure.ts"
import type { UnexpectedStatus } from "../UnexpectedStatus.ts"
import * as envelope from "./internal/envelope.ts"
import * as TencentError from "./TencentError.ts"

// ---------------------------------------------------------------------------------------------------------------------
// Options
// ---------------------------------------------------------------------------------------------------------------------

export type {
  /**
   * The instances of the classes in {@link Options}.
   *
   * @category models
   */
  Instances,
  /**
   * What codes mean in one module, where it differs from the common list.
   *
   * @category models
   */
  Options
} from "./internal/envelope.ts"

type AnyErrors = envelope.AnyErrors
type Options<Errors extends AnyErrors> = envelope.Options<Errors>
type Instances<Errors> = envelope.Instances<Errors>

// ---------------------------------------------------------------------------------------------------------------------
// Decoding
// ---------------------------------------------------------------------------------------------------------------------

/**
 * Decodes the JSON value of a body. The schema sees the whole body of a success (`code` included), or the inner object of a
 * transitional envelope.
 *
 * Fails with the class of the code, with the classes of `options.errors`, with `UnknownErrorCode`, or with
 * `MalformedResponse`.
 *
 * **Example** (A success and a failure)
 *
 * ```ts
 * import { Effect, Schema } from "effect"
 * import { TencentResponse } from "effect-tencentcloud"
 *
 * const decode = TencentResponse.decode(Schema.Struct({ totalCount: Schema.Number }))
 *
 * const page = await Effect.runPromise(decode({ code: 0, message: "", totalCount: 2 }))
 * console.log(page.totalCount) // => 2
 *
 * const failed = decode({ code: "5100", message: "(100004)projectId is wrong" })
 * const error = await Effect.runPromise(Effect.flip(failed))
 * console.log(error._tag, error.code) // => ResourceOperationFailed 5100
 * ```
 *
 * @category decoding
 */
export const decode = <
  S extends Schema.Constraint,
  const Errors extends AnyErrors = {}
>(
  schema: S,
  options?: Options<Errors>
): (
  raw: unknown
) => Effect.Effect<S["Type"], TencentError.TencentError | Instances<Errors>[keyof Errors], S["DecodingServices"]> => {
  const decode = decoder(schema, envelope.find(options))
  return (raw) => decode(raw, noContext)
}

/**
 * {@link decode} for a schema without services and without asynchronous steps, as a pure function.
 *
 * **Example** (Without running an effect)
 *
 * ```ts
 * import { Result, Schema } from "effect"
 * import { TencentResponse } from "effect-tencentcloud"
 *
 * const decode = TencentResponse.decodeResult(Schema.Struct({ requestId: Schema.Number }))
 * const result = decode({ code: 4400, message: "too many requests" })
 * console.log(Result.isFailure(result) && result.failure._tag) // => QuotaExceeded
 * ```
 *
 * @category decoding
 */
export const decodeResult = <
  S extends Schema.ConstraintDecoder<unknown>,
  const Errors extends AnyErrors = {}
>(
  schema: S,
  options?: Options<Errors>
): (raw: unknown) => Result.Result<S["Type"], TencentError.TencentError | Instances<Errors>[keyof Errors]> => {
  const decode = resultDecoder(schema, envelope.find(options))
  return (raw) => decode(raw, noContext)
}

/**
 * {@link decode} for the text of a body. A byte order mark is skipped. A text that is not JSON, such as the HTML of a proxy,
 * is a `MalformedResponse` with the first 256 characters as its `body`.
 *
 * An integer beyond 2^53 reaches the schema as the string of its digits, because a number would be a different one:
 * `Schema.String` and `Schema.BigIntFromString` read it, `Schema.Number` refuses it. So does a number that is too large for any,
 * such as `1e400`.
 *
 * **Example** (A 64-bit id)
 *
 * ```ts
 * import { Effect, Schema } from "effect"
 * import { TencentResponse } from "effect-tencentcloud"
 *
 * const decode = TencentResponse.decodeText(Schema.Struct({ taskId: Schema.BigIntFromString }))
 * const task = await Effect.runPromise(decode("{\"code\":0,\"taskId\":9007199254740993}"))
 * console.log(task.taskId === 9007199254740993n) // => true
 * ```
 *
 * @category decoding
 */
export const decodeText = <
  S extends Schema.Constraint,
  const Errors extends AnyErrors = {}
>(
  schema: S,
  options?: Options<Errors>
): (
  text: string
) => Effect.Effect<S["Type"], TencentError.TencentError | Instances<Errors>[keyof Errors], S["DecodingServices"]> => {
  const decode = textDecoder(decoder(schema, envelope.find(options)))
  return (text) => decode(text, noContext)
}

// ---------------------------------------------------------------------------------------------------------------------
// Fetch
// ---------------------------------------------------------------------------------------------------------------------

export type {
  /**
   * What an error can say of a request that the library did not make.
   *
   * @category models
   */
  WebOptions,
  /**
   * A `Response`, or a function that fetches one.
   *
   * @category models
   */
  WebRequest,
  /**
   * What is needed of the `Response` that `fetch` returns.
   *
   * @category models
   */
  WebResponse
} from "../internal/web.ts"

/**
 * {@link decode} for a hand-written `fetch`: status, body and rejection are read as the client reads them. A lost connection is
 * a `TransportFailure`, a status that the API does not use an `UnexpectedStatus`, and `outcome` says whether anything may have
 * run. So `TencentRetry` retries them, where the request is a function.
 *
 * The function gets the signal of the effect, for timeouts and interruption. Say `redirect: "manual"`: a redirect would carry
 * the signature elsewhere. Secrets are not known here, so what a proxy repeats of them stays in the error.
 *
 * **Example** (A proxy without a server)
 *
 * ```ts
 * import { Effect, Schema } from "effect"
 * import { TencentResponse, TencentRetry } from "effect-tencentcloud"
 *
 * const responses = [new Response("<h1>Bad gateway</h1>", { status: 502 }), Response.json({ code: 0, totalCount: 2 })]
 * const fetchSigned = async () => responses.shift()!
 *
 * const read = TencentResponse.fromWeb(Schema.Struct({ totalCount: Schema.Number }), { action: "cvm.DescribeInstances" })
 * const page = await Effect.runPromise(read(fetchSigned).pipe(TencentRetry.retry(TencentRetry.idempotent)))
 * console.log(page.totalCount) // => 2
 * ```
 *
 * @category decoding
 */
export const fromWeb = <
  S extends Schema.Constraint,
  const Errors extends AnyErrors = {}
>(
  schema: S,
  options?: Options<Errors> & web.WebOptions
): (
  request: web.WebRequest
) => Effect.Effect<
  S["Type"],
  TencentError.TencentError | Instances<Errors>[keyof Errors] | TransportFailure | UnexpectedStatus,
  S["DecodingServices"]
> => web.webReader(textDecoder(decoder(schema, envelope.find(options))), options)

// ---------------------------------------------------------------------------------------------------------------------
// Codec
// ---------------------------------------------------------------------------------------------------------------------

/**
 * The envelope as a codec between the JSON of a body and `Result<A, ApiError | UnknownErrorCode>`. A body that cannot be
 * read is an issue of the schema.
 *
 * Encoding a success writes `code: 0`, `message: ""` and the encoded success; encoding a failure writes `code`, `message`,
 * `codeDesc`, `requestId` and the other members of the error's `body`, such as the `detail` of a batch. A code that would read as
 * another one there, such as the text `"4400"` or `"0"`, is written in the transitional envelope, which keeps it. A failure with
 * the code 0 is an issue of the schema.
 *
 * **Example** (What a server writes)
 *
 * ```ts
 * import { Result, Schema } from "effect"
 * import { TencentError, TencentResponse } from "effect-tencentcloud"
 *
 * const envelope = TencentResponse.schema(Schema.Struct({ totalCount: Schema.Number }))
 * const encode = Schema.encodeSync(envelope)
 * console.log(JSON.stringify(encode(Result.succeed({ totalCount: 1 })))) // => {"code":0,"message":"","totalCount":1}
 * console.log(JSON.stringify(encode(Result.fail(new TencentError.AccessDenied({ message: "blocked" })))))
 * // => {"code":4300,"message":"blocked"}
 * ```
 *
 * @category schemas
 */
export const schema = <S extends Schema.Constraint>(
  success: S
): Schema.Codec<
  Result.Result<S["Type"], TencentError.ApiError | TencentError.UnknownErrorCode>,
  unknown,
  S["DecodingServices"],
  S["EncodingServices"]
> =>
  codec<S, TencentError.ApiError | TencentError.UnknownErrorCode>(success, {
    find: envelope.find<{}>({}),
    isFailure: (u): u is TencentError.ApiError | TencentError.UnknownErrorCode =>
      TencentError.isTencentError(u) && u._tag !== "MalformedResponse",
    successBody,
    failureBody
  })

const successBody = (success: unknown): unknown =>
  isObject(success) ? { code: 0, message: "", ...success } : { code: 0, message: "", data: success }

const membersOf = (body: unknown): JsonObject => isObject(body) && !Object.hasOwn(body, "Response") ? body : {}

const failureBody = (error: TencentError.ApiError | TencentError.UnknownErrorCode): unknown => {
  const { body, code, codeDesc, message, requestId } = error
  // The text "4400" is another code than the number: only the transitional envelope keeps it a text.
  if (typeof code === "string" && envelope.readCode(code) !== code) {
    return {
      Response: { Error: { Code: code, Message: message }, ...(requestId !== undefined && { RequestId: requestId }) }
    }
  }
  return {
    ...membersOf(body && Redacted.value(body)),
    code,
    message,
    ...(codeDesc !== undefined && { codeDesc }),
    ...(requestId !== undefined && { requestId })
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// Batches
// ---------------------------------------------------------------------------------------------------------------------

/**
 * The members of a batch, told apart. `id` is the key of the member in the map that the server sent, such as a resource id,
 * or its index where the server sent an array.
 *
 * @category models
 */
export interface Batch<A> {
  /** The members with a code of success, as the schema reads them. */
  readonly succeeded: ReadonlyArray<{ readonly id: string; readonly value: A }>
  /** The members with any other code, and those that do not fit the schema. */
  readonly failed: ReadonlyArray<{ readonly id: string; readonly error: TencentError.TencentError }>
}

/** The members that carry a code: of a map by resource id, of an array, or of an array one level below (`deleteKeySet`). */
const members = (container: unknown, prefix = ""): ReadonlyArray<readonly [id: string, item: JsonObject]> => {
  if (typeof container !== "object" || container === null) return []
  return Object.entries(container).flatMap(([key, member]: [string, unknown]) =>
    isObject(member) && envelope.readCode(own(member, "code")) !== undefined
      ? [[prefix + key, member] as const]
      : Array.isArray(member) && prefix === ""
      ? members(member, `${key}.`)
      : []
  )
}

/**
 * The items of a batch that succeeded and those that failed, each failure a `TencentError`. It reads a `PartialSuccess` (or
 * any error with a body), and the body of a response whose outer code is 0, because a batch can print 0 and still hold
 * failed members: `detail` as a map or an array, or `errorList`.
 *
 * An item whose members do not fit the schema is among the failed ones. It never throws, and returns two empty lists where
 * there is no batch.
 *
 * **Example** (Which disks are left)
 *
 * ```ts
 * import { Schema } from "effect"
 * import { TencentResponse } from "effect-tencentcloud"
 *
 * const body = {
 *   code: "0",
 *   detail: { "disk-1": { code: "0", message: "ok" }, "disk-2": { code: "5000", message: "disk not exist" } }
 * }
 * const batch = TencentResponse.partial(Schema.Struct({ message: Schema.String }))(body)
 * console.log(batch.succeeded.map(({ id }) => id)) // => [ 'disk-1' ]
 * console.log(batch.failed.map(({ error, id }) => `${id} ${error._tag}`)) // => [ 'disk-2 ResourceNotFound' ]
 * ```
 *
 * @category batches
 */
export const partial = <S extends Schema.ConstraintDecoder<unknown>>(
  itemSchema: S
): (source: unknown) => Batch<S["Type"]> => {
  const decodeItem = decodeResult(itemSchema)
  const read = (source: unknown): Batch<S["Type"]> => {
    const succeeded: Array<{ readonly id: string; readonly value: S["Type"] }> = []
    const failed: Array<{ readonly id: string; readonly error: TencentError.TencentError }> = []
    const hidden = hasProperty(source, "body") ? source.body : source
    const body = Redacted.isRedacted(hidden) ? Redacted.value(hidden) : source
    const items = isObject(body)
      ? [...members(own(body, "detail")), ...members(own(body, "errorList"))]
      : []
    for (const [id, item] of items) {
      // One module prints `msg` where all others print `message`.
      const message = own(item, "message") ?? own(item, "msg")
      const result = decodeItem(message === undefined ? item : { ...item, message })
      if (Result.isSuccess(result)) succeeded.push({ id, value: result.success })
      else failed.push({ id, error: result.failure })
    }
    return { succeeded, failed }
  }
  return (source) => {
    // A value that did not come from JSON can throw when it is read.
    try {
      return read(source)
    } catch {
      return { succeeded: [], failed: [] }
    }
  }
}
