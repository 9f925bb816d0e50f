/**
 * From the body of a response of API 3.0 to `Effect<A, TencentError>`. The code of the body decides before any success schema
 * runs, so a failure never has to fit the schema of a success. Whatever the bytes are, the result is a value or a typed
 * failure, never a defect.
 *
 * The functions read the envelope `{ Response: { Error?, RequestId, ... } }`, and the body of API 2.0, `{ code, message }`,
 * which some addresses of API 3.0 still send.
 *
 * Of HTTP it reads only what `fetch` returns, with {@link fromWeb}. It does not read event streams.
 */
import type * as Effect from "effect/Effect"
import { isObject } from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import type * as Result from "effect/Result"
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
   * What the action declares.
   *
   * @category models
   */
  Options
} from "./internal/envelope.ts"

type Options<Codes extends TencentError.CodesByKind<Codes>> = envelope.Options<Codes>

type ErrorOf<Codes extends TencentError.CodesByKind<Codes>> = TencentError.TencentError<TencentError.Errors<Codes>>

// ---------------------------------------------------------------------------------------------------------------------
// Decoding
// ---------------------------------------------------------------------------------------------------------------------

/**
 * Decodes the JSON value of a body. The schema sees the object in `Response` of a success, `RequestId` included.
 *
 * Fails with the error of a common code or of a code in `options.errors`, with `UnknownErrorCode` for any other code, or with
 * `MalformedResponse`.
 *
 * A body of API 2.0 is read as well: `code` 0 is a success, and the schema sees the whole body; another number is the common
 * code nearest to it (`ErrorCode.counterparts`), or an `UnknownErrorCode` with the number as text where API 3.0 has none.
 *
 * **Example** (A success and a failure)
 *
 * ```ts
 * import { Effect, Schema } from "effect"
 * import { TencentResponse } from "effect-tencentcloud/v3"
 *
 * const decode = TencentResponse.decode(Schema.Struct({ TotalCount: Schema.Number }), {
 *   errors: { notFound: ["InvalidZone.NotFound"] }
 * })
 *
 * const page = await Effect.runPromise(decode({ Response: { TotalCount: 2, RequestId: "r-1" } }))
 * console.log(page.TotalCount) // => 2
 *
 * const failed = decode({ Response: { Error: { Code: "InvalidZone.NotFound", Message: "no ap-1" }, RequestId: "r-2" } })
 * const error = await Effect.runPromise(Effect.flip(failed))
 * console.log(error._tag, error.kind, error.requestId) // => InvalidZone.NotFound notFound r-2
 * ```
 *
 * @category decoding
 */
export const decode = <
  S extends Schema.Constraint,
  const Codes extends TencentError.CodesByKind<Codes> = {}
>(
  schema: S,
  options?: Options<Codes>
): (raw: unknown) => Effect.Effect<S["Type"], ErrorOf<Codes>, S["DecodingServices"]> => {
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
 * import { TencentResponse } from "effect-tencentcloud/v3"
 *
 * const decode = TencentResponse.decodeResult(Schema.Struct({ TotalCount: Schema.Number }))
 * const result = decode({ Response: { Error: { Code: "RequestLimitExceeded", Message: "slow down" } } })
 * console.log(Result.isFailure(result) && result.failure.kind) // => throttled
 * ```
 *
 * @category decoding
 */
export const decodeResult = <
  S extends Schema.ConstraintDecoder<unknown>,
  const Codes extends TencentError.CodesByKind<Codes> = {}
>(
  schema: S,
  options?: Options<Codes>
): (raw: unknown) => Result.Result<S["Type"], ErrorOf<Codes>> => {
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
 * import { TencentResponse } from "effect-tencentcloud/v3"
 *
 * const decode = TencentResponse.decodeText(Schema.Struct({ TaskId: Schema.BigIntFromString }))
 * const task = await Effect.runPromise(decode("{\"Response\":{\"TaskId\":9007199254740993,\"RequestId\":\"r-1\"}}"))
 * console.log(task.TaskId === 9007199254740993n) // => true
 * ```
 *
 * @category decoding
 */
export const decodeText = <
  S extends Schema.Constraint,
  const Codes extends TencentError.CodesByKind<Codes> = {}
>(
  schema: S,
  options?: Options<Codes>
): (text: string) => Effect.Effect<S["Type"], ErrorOf<Codes>, S["DecodingServices"]> => {
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
 * import { TencentRetry } from "effect-tencentcloud"
 * import { TencentResponse } from "effect-tencentcloud/v3"
 *
 * const responses = [new Response("<h1>Bad gateway</h1>", { status: 502 }), Response.json({ Response: { TotalCount: 2 } })]
 * const fetchSigned = async () => responses.shift()!
 *
 * const read = TencentResponse.fromWeb(Schema.Struct({ TotalCount: Schema.Number }), { action: "cvm.DescribeInstances" })
 * const page = await Effect.runPromise(read(fetchSigned).pipe(TencentRetry.retry(TencentRetry.idempotent)))
 * console.log(page.TotalCount) // => 2
 * ```
 *
 * @category decoding
 */
export const fromWeb = <
  S extends Schema.Constraint,
  const Codes extends TencentError.CodesByKind<Codes> = {}
>(
  schema: S,
  options?: Options<Codes> & web.WebOptions
): (
  request: web.WebRequest
) => Effect.Effect<S["Type"], ErrorOf<Codes> | TransportFailure | UnexpectedStatus, S["DecodingServices"]> =>
  web.webReader(textDecoder(decoder(schema, envelope.find(options))), options)

// ---------------------------------------------------------------------------------------------------------------------
// Codec
// ---------------------------------------------------------------------------------------------------------------------

type Failure<Codes extends TencentError.CodesByKind<Codes>> =
  | TencentError.Errors<Codes>
  | TencentError.CommonError
  | TencentError.UnknownErrorCode

/**
 * The envelope as a codec between the JSON of a body and `Result<A, TencentError>`. A body that cannot be read is an issue of
 * the schema.
 *
 * Encoding a success writes the encoded success as `Response`; encoding a failure writes `Error`, `RequestId`, and the other
 * members of the error's `body`.
 *
 * **Example** (What a server writes)
 *
 * ```ts
 * import { Result, Schema } from "effect"
 * import { TencentError, TencentResponse } from "effect-tencentcloud/v3"
 *
 * const envelope = TencentResponse.schema(Schema.Struct({ TotalCount: Schema.Number, RequestId: Schema.String }))
 * const encode = Schema.encodeSync(envelope)
 * console.log(JSON.stringify(encode(Result.succeed({ TotalCount: 1, RequestId: "r-1" }))))
 * // => {"Response":{"TotalCount":1,"RequestId":"r-1"}}
 * console.log(JSON.stringify(encode(Result.fail(TencentError.make("ResourceInUse", { requestId: "r-2" })))))
 * // => {"Response":{"Error":{"Code":"ResourceInUse","Message":""},"RequestId":"r-2"}}
 * ```
 *
 * @category schemas
 */
export const schema = <
  S extends Schema.Constraint,
  const Codes extends TencentError.CodesByKind<Codes> = {}
>(
  success: S,
  options?: Options<Codes>
): Schema.Codec<
  Result.Result<S["Type"], Failure<Codes>>,
  unknown,
  S["DecodingServices"],
  S["EncodingServices"]
> =>
  codec<S, Failure<Codes>>(success, {
    find: envelope.find(options),
    isFailure: (u): u is Failure<Codes> => TencentError.isTencentError(u) && u._tag !== "MalformedResponse",
    successBody,
    failureBody
  })

const successBody = (success: unknown): unknown => ({ Response: isObject(success) ? success : { Data: success } })

const memberOf = (u: unknown, key: string): JsonObject => {
  const member = isObject(u) ? own(u, key) : undefined
  return isObject(member) ? member : {}
}

const failureBody = (error: TencentError.ApiError | TencentError.UnknownErrorCode): unknown => {
  const response = memberOf(error.body && Redacted.value(error.body), "Response")
  return {
    Response: {
      ...response,
      Error: { ...memberOf(response, "Error"), Code: error.code, Message: error.message },
      ...(error.requestId !== undefined && { RequestId: error.requestId })
    }
  }
}
