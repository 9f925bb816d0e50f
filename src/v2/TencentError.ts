/**
 * The failures of the Tencent Cloud API 2.0 as tagged classes: one class for each of the 22 documented codes, one for any
 * other code (`UnknownErrorCode`), one for a response that cannot be read (`MalformedResponse`), and the union of them all,
 * `TencentError`, as a type and as a schema.
 *
 * A class carries what the server said (`code`, `message`, ids, `body`) and whether the action ran (`outcome`). Its `kind`
 * follows from the code; category and retry class follow from the kind.
 *
 * Plain Effect handles these classes (`Effect.catchTag`, `Effect.catchTags`, `Match`), and `Failure` by kind. The combinators
 * here add exhaustive handlers for the union.
 *
 * This module does not decode responses (`TencentResponse`) and does not decide about retries (`TencentRetry`).
 */
import type * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import { dual } from "effect/Function"
import { hasProperty } from "effect/Predicate"
import * as Schema from "effect/Schema"
import * as ErrorKind from "../ErrorKind.ts"
import { type Fields, MalformedResponse } from "../Failure.ts"
import * as internal from "../internal/failure.ts"
import * as ErrorCode from "./ErrorCode.ts"

export { MalformedResponse } from "../Failure.ts"

const TypeId = "~effect-tencentcloud/v2/TencentError"

// ---------------------------------------------------------------------------------------------------------------------
// The classes of the documented codes
// ---------------------------------------------------------------------------------------------------------------------

/**
 * What an error of a documented code can be made of. What is left out is absent, the message is `""`, and the outcome is that of
 * the code.
 *
 * @category models
 */
export interface MakeFields
  extends Partial<Fields>, Partial<Pick<internal.Shown, "outcome" | "action" | "clientToken">>
{}

/**
 * The error of a documented code.
 *
 * @category models
 */
export interface Documented<Tag extends string, Code extends number, Kind extends ErrorKind.ErrorKind>
  extends Cause.YieldableError, internal.Classified<Kind>, Fields
{
  readonly [TypeId]: typeof TypeId
  /** The tag. */
  readonly name: string
  /** The words of the server, `""` when it sent none. */
  readonly message: string
  /** The name of the class, by which `Effect.catchTag` finds it. */
  readonly _tag: Tag
  /** The number of the documented list. */
  readonly code: Code
  /** Tag, kind, code, message, outcome, ids and action. Never the body. */
  toJSON(): unknown
}

/**
 * The class of one row of the catalogue: a schema of itself, with the code as a static.
 *
 * @category models
 */
export interface ErrorClass<Self, Row extends ErrorCode.Row> extends Schema.ConstraintCodec<Self, unknown> {
  new(fields?: MakeFields): Documented<Row["tag"], Row["code"], Row["kind"]>
  /** The name of the schema, such as `effect-tencentcloud/QuotaExceeded`. */
  readonly identifier: string
  /** The `_tag` of an instance. */
  readonly tag: Row["tag"]
  /** The number of the common list. */
  readonly code: Row["code"]
  /** The outcome of an instance that is not told one. */
  readonly usualOutcome: ErrorKind.Outcome
}

const errorClass = <Self, const Row extends ErrorCode.Row>(row: Row): ErrorClass<Self, Row> => {
  const { code, kind, tag } = row
  const fields = { ...internal.details, code: Schema.tag(code) }
  const description = `The code ${code} of API 2.0`
  const Class = internal.classified<Self>(`effect-tencentcloud/${tag}`)(tag, fields, { kind, description })
  Object.defineProperty(Class.prototype, TypeId, { value: TypeId })
  // The interface writes out what the schema fields say: it costs the compiler half of deriving it, and has documentation.
  return Object.assign(Class, { code }) as unknown as ErrorClass<Self, Row>
}

// The marks let a bundler drop the classes that a program does not use.

/**
 * 4000. A parameter is missing or malformed; `message` says which. Modules also use it for business errors: see `codeDesc`.
 *
 * @category errors
 */
export class InvalidParameter extends /*#__PURE__*/ errorClass<InvalidParameter, typeof ErrorCode.InvalidParameter>(
  ErrorCode.InvalidParameter
) {}

/**
 * 4100. The signature does not fit the request.
 *
 * @category errors
 */
export class AuthenticationFailed
  extends /*#__PURE__*/ errorClass<AuthenticationFailed, typeof ErrorCode.AuthenticationFailed>(
    ErrorCode.AuthenticationFailed
  )
{}

/**
 * 4101. The sub-account may not call this action.
 *
 * @category errors
 */
export class UnauthorizedApi extends /*#__PURE__*/ errorClass<UnauthorizedApi, typeof ErrorCode.UnauthorizedApi>(
  ErrorCode.UnauthorizedApi
) {}

/**
 * 4102. The sub-account may not use a resource of the request.
 *
 * @category errors
 */
export class UnauthorizedResource
  extends /*#__PURE__*/ errorClass<UnauthorizedResource, typeof ErrorCode.UnauthorizedResource>(
    ErrorCode.UnauthorizedResource
  )
{}

/**
 * 4103. The sub-account may not use this resource with this action.
 *
 * @category errors
 */
export class UnauthorizedApiResource
  extends /*#__PURE__*/ errorClass<UnauthorizedApiResource, typeof ErrorCode.UnauthorizedApiResource>(
    ErrorCode.UnauthorizedApiResource
  )
{}

/**
 * 4104. The secret id does not exist, or was deleted or disabled.
 *
 * @category errors
 */
export class SecretIdNotFound extends /*#__PURE__*/ errorClass<SecretIdNotFound, typeof ErrorCode.SecretIdNotFound>(
  ErrorCode.SecretIdNotFound
) {}

/**
 * 4105. The token of temporary credentials is wrong or has expired.
 *
 * @category errors
 */
export class InvalidToken extends /*#__PURE__*/ errorClass<InvalidToken, typeof ErrorCode.InvalidToken>(
  ErrorCode.InvalidToken
) {}

/**
 * 4106. Multi-factor authentication failed.
 *
 * @category errors
 */
export class MfaFailed extends /*#__PURE__*/ errorClass<MfaFailed, typeof ErrorCode.MfaFailed>(
  ErrorCode.MfaFailed
) {}

/**
 * 4110. Any other refusal by Cloud Access Management.
 *
 * @category errors
 */
export class CamAuthenticationFailed
  extends /*#__PURE__*/ errorClass<CamAuthenticationFailed, typeof ErrorCode.CamAuthenticationFailed>(
    ErrorCode.CamAuthenticationFailed
  )
{}

/**
 * 4300. The account is blocked, or the action is not open to it.
 *
 * @category errors
 */
export class AccessDenied extends /*#__PURE__*/ errorClass<AccessDenied, typeof ErrorCode.AccessDenied>(
  ErrorCode.AccessDenied
) {}

/**
 * 4400. Too many requests in the current window. It is about the request rate, not about how many resources exist.
 *
 * @category errors
 */
export class QuotaExceeded extends /*#__PURE__*/ errorClass<QuotaExceeded, typeof ErrorCode.QuotaExceeded>(
  ErrorCode.QuotaExceeded
) {}

/**
 * 4500. The nonce was used before, or the timestamp is more than five minutes away from the server's time.
 *
 * @category errors
 */
export class ReplayAttack extends /*#__PURE__*/ errorClass<ReplayAttack, typeof ErrorCode.ReplayAttack>(
  ErrorCode.ReplayAttack
) {}

/**
 * 4600. The request came over HTTP where only HTTPS is served.
 *
 * @category errors
 */
export class UnsupportedProtocol
  extends /*#__PURE__*/ errorClass<UnsupportedProtocol, typeof ErrorCode.UnsupportedProtocol>(
    ErrorCode.UnsupportedProtocol
  )
{}

/**
 * 5000. No such resource, or it was returned, or it belongs to someone else.
 *
 * @category errors
 */
export class ResourceNotFound extends /*#__PURE__*/ errorClass<ResourceNotFound, typeof ErrorCode.ResourceNotFound>(
  ErrorCode.ResourceNotFound
) {}

/**
 * 5100. The operation failed; `message` says how. Nothing says that it had no effect.
 *
 * @category errors
 */
export class ResourceOperationFailed
  extends /*#__PURE__*/ errorClass<ResourceOperationFailed, typeof ErrorCode.ResourceOperationFailed>(
    ErrorCode.ResourceOperationFailed
  )
{}

/**
 * 5200. The purchase failed: an unsupported configuration, or out of stock.
 *
 * @category errors
 */
export class ResourcePurchaseFailed
  extends /*#__PURE__*/ errorClass<ResourcePurchaseFailed, typeof ErrorCode.ResourcePurchaseFailed>(
    ErrorCode.ResourcePurchaseFailed
  )
{}

/**
 * 5300. The balance does not cover the purchase or the upgrade.
 *
 * @category errors
 */
export class InsufficientBalance
  extends /*#__PURE__*/ errorClass<InsufficientBalance, typeof ErrorCode.InsufficientBalance>(
    ErrorCode.InsufficientBalance
  )
{}

/**
 * 5400. A part of a batch succeeded. `TencentResponse.partial` lists the items.
 *
 * @category errors
 */
export class PartialSuccess extends /*#__PURE__*/ errorClass<PartialSuccess, typeof ErrorCode.PartialSuccess>(
  ErrorCode.PartialSuccess
) {}

/**
 * 5500. The account has not passed identity verification, so it may not buy.
 *
 * @category errors
 */
export class IdentityNotVerified
  extends /*#__PURE__*/ errorClass<IdentityNotVerified, typeof ErrorCode.IdentityNotVerified>(
    ErrorCode.IdentityNotVerified
  )
{}

/**
 * 6000. A fault inside the server. Nothing says that the request had no effect.
 *
 * @category errors
 */
export class InternalError extends /*#__PURE__*/ errorClass<InternalError, typeof ErrorCode.InternalError>(
  ErrorCode.InternalError
) {}

/**
 * 6100. The action is unknown to this version or host, or under maintenance. Check the host first.
 *
 * @category errors
 */
export class UnsupportedVersion
  extends /*#__PURE__*/ errorClass<UnsupportedVersion, typeof ErrorCode.UnsupportedVersion>(
    ErrorCode.UnsupportedVersion
  )
{}

/**
 * 6200. The action is closed for maintenance.
 *
 * @category errors
 */
export class ApiUnavailable extends /*#__PURE__*/ errorClass<ApiUnavailable, typeof ErrorCode.ApiUnavailable>(
  ErrorCode.ApiUnavailable
) {}

/** All classes of documented codes, in the order of their codes. The types, the schema and the look-up follow from this list. */
const documented = [
  InvalidParameter,
  AuthenticationFailed,
  UnauthorizedApi,
  UnauthorizedResource,
  UnauthorizedApiResource,
  SecretIdNotFound,
  InvalidToken,
  MfaFailed,
  CamAuthenticationFailed,
  AccessDenied,
  QuotaExceeded,
  ReplayAttack,
  UnsupportedProtocol,
  ResourceNotFound,
  ResourceOperationFailed,
  ResourcePurchaseFailed,
  InsufficientBalance,
  PartialSuccess,
  IdentityNotVerified,
  InternalError,
  UnsupportedVersion,
  ApiUnavailable
] as const

/**
 * One of the 22 documented codes.
 *
 * @category models
 */
export type ApiError = InstanceType<(typeof documented)[number]>

// ---------------------------------------------------------------------------------------------------------------------
// Any other code
// ---------------------------------------------------------------------------------------------------------------------

/**
 * The kinds that an unknown code can have.
 *
 * @category models
 */
export type UnknownCodeKind = "authentication" | "replay" | "request" | "operationFailed" | "internal" | "unknown"

// The ranges of the documented list: 41xx who is calling, 42xx request validity (an older list has 4200 "request expired"),
// the rest of 4xxx the request, 5xxx resources, 6xxx the server.
const kindOf = (code: number | string): UnknownCodeKind => {
  if (typeof code === "string") return "unknown"
  if (code >= 4100 && code < 4200) return "authentication"
  if (code >= 4200 && code < 4300) return "replay"
  if (code >= 4000 && code < 5000) return "request"
  if (code >= 5000 && code < 6000) return "operationFailed"
  if (code >= 6000 && code < 7000) return "internal"
  return "unknown"
}

/**
 * A non-zero code that is not one of the 22: a code of one module, a new code, or a code that is text. Its kind is a guess from
 * the range of the number: 41xx `authentication`, 42xx `replay`, other 4xxx `request`, 5xxx `operationFailed`, 6xxx `internal`,
 * else `unknown`. It is never retried by default, and nothing says whether the action ran.
 *
 * Where a module gives such a code a meaning that you handle, declare a class for it: see `Failure.define`.
 *
 * **Example** (A code of the message queue)
 *
 * ```ts
 * import { TencentError } from "effect-tencentcloud"
 *
 * const error = new TencentError.UnknownErrorCode({ code: 4440, message: "(10100) no such queue" })
 * console.log(error.code, error.kind, error.retryClass, error.outcome) // => 4440 request never unknown
 * ```
 *
 * @category errors
 */
export class UnknownErrorCode extends /*#__PURE__*/ (/*#__PURE__*/ internal.failureClass<
  UnknownErrorCode,
  internal.Shown & Fields
>("effect-tencentcloud/UnknownErrorCode"))("UnknownErrorCode", {
  ...internal.details,
  /** The code as the server sent it: a number, or a text. */
  code: internal.code,
  outcome: /*#__PURE__*/ internal.outcomeOr("unknown")
}, { description: "An error code of API 2.0 outside the documented list" }) {
  get [TypeId](): typeof TypeId {
    return TypeId
  }
  /** The meaning of the failure, guessed from the range of the number. */
  get kind(): UnknownCodeKind {
    return kindOf(this.code)
  }
  /** The area of the kind. */
  get category(): ErrorKind.RowOf<UnknownCodeKind>["category"] {
    return ErrorKind.table[this.kind].category
  }
  /** No guess is retried. */
  get retryClass(): "never" {
    return "never"
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// The union
// ---------------------------------------------------------------------------------------------------------------------

/**
 * Every failure that a response of the API can mean. Discriminated by `_tag`.
 *
 * @category models
 */
export type TencentError = ApiError | UnknownErrorCode | MalformedResponse

/**
 * The schema of the union: decodes and encodes every class, with its class identity, so that a `TencentError` can be the
 * error of an rpc, a workflow or an HTTP API.
 *
 * **Example** (Through JSON and back)
 *
 * ```ts
 * import { Equal, Schema } from "effect"
 * import { TencentError } from "effect-tencentcloud"
 *
 * const codec = Schema.fromJsonString(Schema.toCodecJson(TencentError.TencentError))
 * const error = new TencentError.QuotaExceeded({ message: "too fast" })
 * const json = Schema.encodeSync(codec)(error)
 * console.log(json) // => {"_tag":"QuotaExceeded","message":"too fast","code":4400,"outcome":"notRun"}
 * console.log(Equal.equals(Schema.decodeSync(codec)(json), error)) // => true
 * ```
 *
 * @category schemas
 */
export const TencentError = /*#__PURE__*/ (() =>
  // A bundler keeps what is spread in the arguments of a marked call, and drops it here.
  Schema.Union([...documented, UnknownErrorCode, MalformedResponse]))()

/**
 * The tag of one of the 24 classes.
 *
 * @category models
 */
export type Tag = TencentError["_tag"]

/**
 * The class with the given tag.
 *
 * @category models
 */
export type ByTag<T extends Tag> = Extract<TencentError, { readonly _tag: T }>

// ---------------------------------------------------------------------------------------------------------------------
// Guards
// ---------------------------------------------------------------------------------------------------------------------

/**
 * Whether a value is one of the 24 classes. It does not depend on class identity, so it also recognises errors that were
 * made by another copy of this package.
 *
 * **Example** (An unknown value)
 *
 * ```ts
 * import { TencentError } from "effect-tencentcloud"
 *
 * console.log(TencentError.isTencentError(new TencentError.AccessDenied({ message: "" }))) // => true
 * console.log(TencentError.isTencentError(new Error("boom"))) // => false
 * ```
 *
 * @category guards
 */
export const isTencentError = (u: unknown): u is TencentError =>
  hasProperty(u, TypeId) || internal.isOfClass<MalformedResponse>(u, MalformedResponse.identifier)

// ---------------------------------------------------------------------------------------------------------------------
// Matching
// ---------------------------------------------------------------------------------------------------------------------

type Handlers<Result> = { readonly [T in Tag]: (error: ByTag<T>) => Result }

type SomeHandlers<Result> = { readonly [T in Tag]?: ((error: ByTag<T>) => Result) | undefined }

/** Turns a key that is not a tag into a compile error that says so. */
type OnlyTags<H> = { readonly [K in Exclude<keyof H, Tag>]: `${K & string} is not a tag of TencentError` }

type HandlerResult<H, T extends keyof H = keyof H> = NonNullable<H[T]> extends (...args: never) => infer Result ? Result
  : never

/** A handler that may be `undefined` leaves its tag to the default. */
type Handled<H> = { [K in keyof H]: undefined extends H[K] ? never : K }[keyof H]

type Unhandled<H> = Exclude<TencentError, { readonly _tag: Handled<H> }>

// Which handler belongs to which member is proven by `Handlers`, but a look-up by a union of tags forgets it.
const handlerOf = <Result>(
  handlers: SomeHandlers<Result>,
  error: TencentError
): ((error: TencentError) => Result) | undefined =>
  Object.hasOwn(handlers, error._tag)
    ? handlers[error._tag] as ((error: TencentError) => Result) | undefined
    : undefined

/**
 * Turns an error into a value with one handler for each of the 24 tags. A missing tag and a key that is not a tag are
 * compile errors.
 *
 * For some tags and a default use {@link matchOrElse}; for an effect use {@link catchAllTags}.
 *
 * **Example** (Data-first, with most tags sharing one handler)
 *
 * ```ts
 * import { TencentError } from "effect-tencentcloud"
 *
 * const status = (error: TencentError.TencentError): number => {
 *   const caller = () => 400
 *   const denied = () => 403
 *   const server = () => 502
 *   return TencentError.match(error, {
 *     InvalidParameter: caller,
 *     AuthenticationFailed: denied,
 *     UnauthorizedApi: denied,
 *     UnauthorizedResource: denied,
 *     UnauthorizedApiResource: denied,
 *     SecretIdNotFound: denied,
 *     InvalidToken: denied,
 *     MfaFailed: denied,
 *     CamAuthenticationFailed: denied,
 *     AccessDenied: denied,
 *     QuotaExceeded: () => 429,
 *     ReplayAttack: server,
 *     UnsupportedProtocol: caller,
 *     ResourceNotFound: () => 404,
 *     ResourceOperationFailed: server,
 *     ResourcePurchaseFailed: () => 409,
 *     InsufficientBalance: () => 402,
 *     PartialSuccess: () => 207,
 *     IdentityNotVerified: denied,
 *     InternalError: server,
 *     UnsupportedVersion: caller,
 *     ApiUnavailable: () => 503,
 *     UnknownErrorCode: server,
 *     MalformedResponse: server
 *   })
 * }
 *
 * console.log(status(new TencentError.InsufficientBalance({ message: "top up" }))) // => 402
 * ```
 *
 * @category pattern matching
 */
export const match: {
  /** Turns an error into a value, with one handler for each of the 24 tags. */
  <const H extends Handlers<unknown>>(handlers: H & OnlyTags<H>): (error: TencentError) => HandlerResult<H>
  /** Turns an error into a value, with one handler for each of the 24 tags. */
  <const H extends Handlers<unknown>>(error: TencentError, handlers: H & OnlyTags<H>): HandlerResult<H>
} = /*#__PURE__*/ dual(2, <Result>(error: TencentError, handlers: Handlers<Result>): Result => {
  const handler = handlerOf(handlers, error)
  if (handler === undefined) {
    throw new TypeError(`match has no handler for ${error._tag}: it was made by another version of this package`)
  }
  return handler(error)
})

/**
 * Turns an error into a value with handlers for some tags and one for all others, which sees the remaining classes.
 *
 * **Example** (Two tags and the rest)
 *
 * ```ts
 * import { Failure, TencentError } from "effect-tencentcloud"
 *
 * const advice = TencentError.matchOrElse(
 *   { QuotaExceeded: () => "slow down", InsufficientBalance: () => "top up" },
 *   (error) => Failure.explain(error).name
 * )
 * console.log(advice(new TencentError.QuotaExceeded({ message: "" }))) // => slow down
 * ```
 *
 * @category pattern matching
 */
export const matchOrElse: {
  /** Turns an error into a value with handlers for some tags and one for all others, which sees the remaining classes. */
  <const H extends SomeHandlers<unknown>, Result>(
    handlers: H & OnlyTags<H>,
    orElse: (error: Unhandled<H>) => Result
  ): (error: TencentError) => HandlerResult<H> | Result
  /** Turns an error into a value with handlers for some tags and one for all others, which sees the remaining classes. */
  <const H extends SomeHandlers<unknown>, Result>(
    error: TencentError,
    handlers: H & OnlyTags<H>,
    orElse: (error: Unhandled<H>) => Result
  ): HandlerResult<H> | Result
} = /*#__PURE__*/ dual(
  3,
  <Result>(error: TencentError, handlers: SomeHandlers<Result>, orElse: (error: TencentError) => Result): Result =>
    (handlerOf(handlers, error) ?? orElse)(error)
)

type EffectHandlers = Handlers<Effect.Effect<unknown, unknown, unknown>>

/**
 * Handles every `TencentError` of an effect, with one handler for each of the 24 tags. `TencentError` leaves the error
 * type, the errors of the handlers join it, and errors that are not a `TencentError` stay. A missing tag and a key that is
 * not a tag are compile errors.
 *
 * **Example** (Handlers made from a category)
 *
 * ```ts
 * import { Effect } from "effect"
 * import { TencentError } from "effect-tencentcloud"
 *
 * const call: Effect.Effect<string, TencentError.TencentError> = Effect.fail(new TencentError.ApiUnavailable({}))
 * const report = (error: TencentError.TencentError) => Effect.succeed(`${error.category}: ${error._tag}`)
 * const handled: Effect.Effect<string> = call.pipe(TencentError.catchAllTags({
 *   InvalidParameter: report,
 *   AuthenticationFailed: report,
 *   UnauthorizedApi: report,
 *   UnauthorizedResource: report,
 *   UnauthorizedApiResource: report,
 *   SecretIdNotFound: report,
 *   InvalidToken: report,
 *   MfaFailed: report,
 *   CamAuthenticationFailed: report,
 *   AccessDenied: report,
 *   QuotaExceeded: report,
 *   ReplayAttack: report,
 *   UnsupportedProtocol: report,
 *   ResourceNotFound: () => Effect.succeed("nothing there"),
 *   ResourceOperationFailed: report,
 *   ResourcePurchaseFailed: report,
 *   InsufficientBalance: report,
 *   PartialSuccess: report,
 *   IdentityNotVerified: report,
 *   InternalError: report,
 *   UnsupportedVersion: report,
 *   ApiUnavailable: report,
 *   UnknownErrorCode: report,
 *   MalformedResponse: report
 * }))
 * console.log(await Effect.runPromise(handled)) // => Server: ApiUnavailable
 * ```
 *
 * @category error handling
 */
export const catchAllTags: {
  /** Handles every `TencentError` of an effect, with one handler for each of the 24 tags. */
  <const H extends EffectHandlers>(
    handlers: H & OnlyTags<H>
  ): <A, E, R>(
    self: Effect.Effect<A, E, R>
  ) => Effect.Effect<
    A | Effect.Success<HandlerResult<H>>,
    Exclude<E, TencentError> | Effect.Error<HandlerResult<H>>,
    R | Effect.Services<HandlerResult<H>>
  >
  /** Handles every `TencentError` of an effect, with one handler for each of the 24 tags. */
  <A, E, R, const H extends EffectHandlers>(
    self: Effect.Effect<A, E, R>,
    handlers: H & OnlyTags<H>
  ): Effect.Effect<
    A | Effect.Success<HandlerResult<H>>,
    Exclude<E, TencentError> | Effect.Error<HandlerResult<H>>,
    R | Effect.Services<HandlerResult<H>>
  >
} = /*#__PURE__*/ dual(
  2,
  <A, E, R>(self: Effect.Effect<A, E, R>, handlers: EffectHandlers) =>
    Effect.catch(self, (error): Effect.Effect<unknown, unknown, unknown> => {
      const handler = isTencentError(error) ? handlerOf(handlers, error) : undefined
      return handler === undefined ? Effect.fail(error) : handler(error as TencentError)
    })
)
