/**
 * The failures of the Tencent Cloud API 2.0 as tagged classes: one class for each of the 22 documented codes, one for any
 * other code (`UnknownErrorCode`), one for a response that cannot be read (`MalformedResponse`), and the union of them all,
 * `TencentError`, as a type and as a schema.
 *
 * A class carries what the server said (`code`, `message`, ids, `body`). What follows from the code (`category`,
 * `retryClass`, the text of `explain`) is read from `ErrorCode` and is never part of the encoded error.
 *
 * Plain Effect handles these classes (`Effect.catchTag`, `Effect.catchTags`, `Match`). The combinators here add what Effect
 * does not have: exhaustive handlers for the union, and handlers by category.
 *
 * This module does not decode responses (`TencentResponse`) and does not decide about retries (`TencentRetry`).
 */
import type * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import { dual } from "effect/Function"
import * as Hash from "effect/Hash"
import { NodeInspectSymbol } from "effect/Inspectable"
import { hasProperty } from "effect/Predicate"
import * as Schema from "effect/Schema"
import * as ErrorKind from "../ErrorKind.ts"
import type { Language, Text } from "../ErrorKindText.ts"
import { errorCodeText } from "../internal/errorCodeText.ts"
import * as ErrorCode from "./ErrorCode.ts"

const TypeId = "~effect-tencentcloud/TencentError"

// ---------------------------------------------------------------------------------------------------------------------
// Fields
// ---------------------------------------------------------------------------------------------------------------------

/**
 * What an API 2.0 answer says about a failure.
 *
 * - `code`: the number of the response, or its text where it is not a number.
 * - `message`: the server's words, `""` when it sent none. A leading module code stays in it.
 * - `codeDesc`: the business error in English, when the module prints one.
 * - `moduleCode`: the number that a message such as `(100004)projectId is wrong` begins with.
 * - `requestId`: a request id, or the task id of an asynchronous action, always as text.
 * - `body`: the decoded JSON as received. It is never printed by the error itself.
 *
 * @category models
 */
export interface Fault {
  readonly code: number | string
  readonly message: string
  readonly codeDesc?: string
  readonly moduleCode?: number
  readonly requestId?: string
  readonly body?: unknown
}

const details = {
  message: Schema.String.pipe(Schema.withConstructorDefault(Effect.succeed(""))),
  codeDesc: Schema.optionalKey(Schema.String),
  moduleCode: Schema.optionalKey(Schema.Finite),
  requestId: Schema.optionalKey(Schema.String),
  body: Schema.optionalKey(Schema.Unknown)
}

/**
 * The schema fields of a {@link Fault}, for an error class of your own that gives a code the meaning it has in one module.
 * Such a class may add a `category` and a `retryClass`: `catchCategory` and `TencentRetry` honour them.
 *
 * **Example** (The code 4440 of the message queue)
 *
 * ```ts
 * import { Effect, Schema } from "effect"
 * import { TencentError, TencentResponse } from "effect-tencentcloud"
 *
 * class QueueNotFound extends Schema.TaggedError<QueueNotFound>()("QueueNotFound", TencentError.fault) {
 *   readonly category = "Resource" as const
 *   readonly retryClass = "never" as const
 * }
 *
 * const decode = TencentResponse.decode(Schema.Struct({ queueName: Schema.String }), { errors: { 4440: QueueNotFound } })
 * const error = await Effect.runPromise(Effect.flip(decode({ code: 4440, message: "(10100) no such queue" })))
 * console.log(error._tag, error.code, error.moduleCode) // => QueueNotFound 4440 10100
 * ```
 *
 * @category models
 */
export const fault = {
  code: Schema.Union([Schema.Finite, Schema.String]),
  ...details
}

// ---------------------------------------------------------------------------------------------------------------------
// Behaviour shared by all classes
// ---------------------------------------------------------------------------------------------------------------------

interface Printable {
  readonly _tag: string
  readonly code?: number | string
  readonly message: string
  readonly codeDesc?: string
  readonly moduleCode?: number
  readonly requestId?: string
  readonly body?: unknown
}

const keys = ["_tag", "code", "message", "codeDesc", "moduleCode", "requestId"] as const

/** What a log line needs. The body stays out: it can be large, and it can hold a customer's data. */
const toJSON = (error: Printable): Record<string, unknown> => {
  const out: Record<string, unknown> = {}
  for (const key of keys) {
    if (error[key] !== undefined) out[key] = error[key]
  }
  return out
}

// By value, and without what the constructor leaves behind: a decoded error equals a constructed one.
const equals = (self: Printable, that: unknown): boolean =>
  isTencentError(that) && keys.every((key) => self[key] === that[key]) && Equal.equals(self.body, that.body)

const hash = (self: Printable): number => Hash.array([self._tag, self.code, self.message, self.requestId])

/**
 * What every class has beside its fields.
 *
 * @category models
 */
export interface Classified<Category extends ErrorKind.Category, RetryClass extends ErrorKind.RetryClass> {
  readonly [TypeId]: typeof TypeId
  /** The family of the code, from the catalogue. */
  readonly category: Category
  /** Whether and how a retry can help, from the catalogue. `TencentRetry.decide` turns it into a decision. */
  readonly retryClass: RetryClass
  /** Tag, code, message and ids. Never the body. */
  toJSON(): unknown
}

type MeaningOf<Row extends ErrorCode.Row> = ErrorKind.RowOf<Row["kind"]>

/**
 * The class of one row of the catalogue: a schema of itself, with the code as a static.
 *
 * @category models
 */
export interface ApiErrorClass<Self, Row extends ErrorCode.Row> extends
  Schema.Class<
    Self,
    Schema.TaggedStruct<Row["tag"], { readonly code: Schema.tag<Row["code"]> } & typeof details>,
    Cause.YieldableError & Classified<MeaningOf<Row>["category"], MeaningOf<Row>["retryClass"]>
  >
{
  readonly code: Row["code"]
}

const apiError = <Self, Row extends ErrorCode.Row>(row: Row): ApiErrorClass<Self, Row> => {
  class ApiError extends Schema.TaggedError<ApiError>(`effect-tencentcloud/${row.tag}`)(
    row.tag,
    { code: Schema.tag(row.code), ...details },
    { description: `Error code ${row.code}` }
  ) {
    static readonly code = row.code
    get [TypeId]() {
      return TypeId
    }
    get category() {
      return ErrorKind.table[row.kind].category
    }
    get retryClass() {
      return ErrorKind.table[row.kind].retryClass
    }
    override toJSON() {
      return toJSON(this)
    }
    override [NodeInspectSymbol]() {
      return toJSON(this)
    }
    [Equal.symbol](that: unknown) {
      return equals(this, that)
    }
    [Hash.symbol]() {
      return hash(this)
    }
  }
  // `Self` is the subclass, which adds nothing: its instances are the instances of this class.
  return ApiError as unknown as ApiErrorClass<Self, Row>
}

// ---------------------------------------------------------------------------------------------------------------------
// The 22 documented codes. The marks let a bundler drop the classes that a program does not use.
// ---------------------------------------------------------------------------------------------------------------------

/**
 * 4000. A parameter is missing or malformed; `message` says which. Modules also use it for business errors: see `codeDesc`.
 *
 * @category errors
 */
export class InvalidParameter extends /*#__PURE__*/ apiError<InvalidParameter, typeof ErrorCode.InvalidParameter>(
  ErrorCode.InvalidParameter
) {}

/**
 * 4100. The signature does not fit the request.
 *
 * @category errors
 */
export class AuthenticationFailed
  extends /*#__PURE__*/ apiError<AuthenticationFailed, typeof ErrorCode.AuthenticationFailed>(
    ErrorCode.AuthenticationFailed
  )
{}

/**
 * 4101. The sub-account may not call this action.
 *
 * @category errors
 */
export class UnauthorizedApi extends /*#__PURE__*/ apiError<UnauthorizedApi, typeof ErrorCode.UnauthorizedApi>(
  ErrorCode.UnauthorizedApi
) {}

/**
 * 4102. The sub-account may not use a resource of the request.
 *
 * @category errors
 */
export class UnauthorizedResource
  extends /*#__PURE__*/ apiError<UnauthorizedResource, typeof ErrorCode.UnauthorizedResource>(
    ErrorCode.UnauthorizedResource
  )
{}

/**
 * 4103. The sub-account may not use this resource with this action.
 *
 * @category errors
 */
export class UnauthorizedApiResource
  extends /*#__PURE__*/ apiError<UnauthorizedApiResource, typeof ErrorCode.UnauthorizedApiResource>(
    ErrorCode.UnauthorizedApiResource
  )
{}

/**
 * 4104. The secret id does not exist, or was deleted or disabled.
 *
 * @category errors
 */
export class SecretIdNotFound extends /*#__PURE__*/ apiError<SecretIdNotFound, typeof ErrorCode.SecretIdNotFound>(
  ErrorCode.SecretIdNotFound
) {}

/**
 * 4105. The token of temporary credentials is wrong or has expired.
 *
 * @category errors
 */
export class InvalidToken extends /*#__PURE__*/ apiError<InvalidToken, typeof ErrorCode.InvalidToken>(
  ErrorCode.InvalidToken
) {}

/**
 * 4106. Multi-factor authentication failed.
 *
 * @category errors
 */
export class MfaFailed extends /*#__PURE__*/ apiError<MfaFailed, typeof ErrorCode.MfaFailed>(
  ErrorCode.MfaFailed
) {}

/**
 * 4110. Any other refusal by Cloud Access Management.
 *
 * @category errors
 */
export class CamAuthenticationFailed
  extends /*#__PURE__*/ apiError<CamAuthenticationFailed, typeof ErrorCode.CamAuthenticationFailed>(
    ErrorCode.CamAuthenticationFailed
  )
{}

/**
 * 4300. The account is blocked, or the action is not open to it.
 *
 * @category errors
 */
export class AccessDenied extends /*#__PURE__*/ apiError<AccessDenied, typeof ErrorCode.AccessDenied>(
  ErrorCode.AccessDenied
) {}

/**
 * 4400. Too many requests in the current window. It is about the request rate, not about how many resources exist.
 *
 * @category errors
 */
export class QuotaExceeded extends /*#__PURE__*/ apiError<QuotaExceeded, typeof ErrorCode.QuotaExceeded>(
  ErrorCode.QuotaExceeded
) {}

/**
 * 4500. The nonce was used before, or the timestamp is more than five minutes away from the server's time.
 *
 * @category errors
 */
export class ReplayAttack extends /*#__PURE__*/ apiError<ReplayAttack, typeof ErrorCode.ReplayAttack>(
  ErrorCode.ReplayAttack
) {}

/**
 * 4600. The request came over HTTP where only HTTPS is served.
 *
 * @category errors
 */
export class UnsupportedProtocol
  extends /*#__PURE__*/ apiError<UnsupportedProtocol, typeof ErrorCode.UnsupportedProtocol>(
    ErrorCode.UnsupportedProtocol
  )
{}

/**
 * 5000. No such resource, or it was returned, or it belongs to someone else.
 *
 * @category errors
 */
export class ResourceNotFound extends /*#__PURE__*/ apiError<ResourceNotFound, typeof ErrorCode.ResourceNotFound>(
  ErrorCode.ResourceNotFound
) {}

/**
 * 5100. The operation failed; `message` says how. Nothing says that it had no effect.
 *
 * @category errors
 */
export class ResourceOperationFailed
  extends /*#__PURE__*/ apiError<ResourceOperationFailed, typeof ErrorCode.ResourceOperationFailed>(
    ErrorCode.ResourceOperationFailed
  )
{}

/**
 * 5200. The purchase failed: an unsupported configuration, or out of stock.
 *
 * @category errors
 */
export class ResourcePurchaseFailed
  extends /*#__PURE__*/ apiError<ResourcePurchaseFailed, typeof ErrorCode.ResourcePurchaseFailed>(
    ErrorCode.ResourcePurchaseFailed
  )
{}

/**
 * 5300. The balance does not cover the purchase or the upgrade.
 *
 * @category errors
 */
export class InsufficientBalance
  extends /*#__PURE__*/ apiError<InsufficientBalance, typeof ErrorCode.InsufficientBalance>(
    ErrorCode.InsufficientBalance
  )
{}

/**
 * 5400. A part of a batch succeeded. `TencentResponse.partial` lists the items.
 *
 * @category errors
 */
export class PartialSuccess extends /*#__PURE__*/ apiError<PartialSuccess, typeof ErrorCode.PartialSuccess>(
  ErrorCode.PartialSuccess
) {}

/**
 * 5500. The account has not passed identity verification, so it may not buy.
 *
 * @category errors
 */
export class IdentityNotVerified
  extends /*#__PURE__*/ apiError<IdentityNotVerified, typeof ErrorCode.IdentityNotVerified>(
    ErrorCode.IdentityNotVerified
  )
{}

/**
 * 6000. A fault inside the server. Nothing says that the request had no effect.
 *
 * @category errors
 */
export class InternalError extends /*#__PURE__*/ apiError<InternalError, typeof ErrorCode.InternalError>(
  ErrorCode.InternalError
) {}

/**
 * 6100. The action is unknown to this version or host, or under maintenance. Check the host first.
 *
 * @category errors
 */
export class UnsupportedVersion extends /*#__PURE__*/ apiError<UnsupportedVersion, typeof ErrorCode.UnsupportedVersion>(
  ErrorCode.UnsupportedVersion
) {}

/**
 * 6200. The action is closed for maintenance.
 *
 * @category errors
 */
export class ApiUnavailable extends /*#__PURE__*/ apiError<ApiUnavailable, typeof ErrorCode.ApiUnavailable>(
  ErrorCode.ApiUnavailable
) {}

/**
 * One of the 22 documented codes.
 *
 * @category models
 */
export type ApiError =
  | InvalidParameter
  | AuthenticationFailed
  | UnauthorizedApi
  | UnauthorizedResource
  | UnauthorizedApiResource
  | SecretIdNotFound
  | InvalidToken
  | MfaFailed
  | CamAuthenticationFailed
  | AccessDenied
  | QuotaExceeded
  | ReplayAttack
  | UnsupportedProtocol
  | ResourceNotFound
  | ResourceOperationFailed
  | ResourcePurchaseFailed
  | InsufficientBalance
  | PartialSuccess
  | IdentityNotVerified
  | InternalError
  | UnsupportedVersion
  | ApiUnavailable

// ---------------------------------------------------------------------------------------------------------------------
// The two classes that close the union
// ---------------------------------------------------------------------------------------------------------------------

/**
 * The categories that an unknown code can fall into.
 *
 * @category models
 */
export type UnknownCodeCategory = "Authentication" | "Replay" | "Request" | "Resource" | "Server" | "Unknown"

// The ranges of the documented list: 41xx who is calling, 42xx request validity (an older list has 4200 "request expired"),
// the rest of 4xxx the request, 5xxx resources, 6xxx the server.
const categoryOf = (code: number | string): UnknownCodeCategory => {
  if (typeof code === "string") return "Unknown"
  if (code >= 4100 && code < 4200) return "Authentication"
  if (code >= 4200 && code < 4300) return "Replay"
  if (code >= 4000 && code < 5000) return "Request"
  if (code >= 5000 && code < 6000) return "Resource"
  if (code >= 6000 && code < 7000) return "Server"
  return "Unknown"
}

/**
 * A non-zero code that is not one of the 22: a code of one module, a new code, or a code that is text. It is never retried
 * by default, nothing says whether the action ran (`outcome`), and its category is a guess from the range of the number: 41xx
 * Authentication, 42xx Replay, other 4xxx Request, 5xxx Resource, 6xxx Server, else Unknown.
 *
 * Where a module gives such a code a meaning that you handle, declare a class for it: see {@link fault}.
 *
 * **Example** (A code of the message queue)
 *
 * ```ts
 * import { TencentError } from "effect-tencentcloud"
 *
 * const error = new TencentError.UnknownErrorCode({ code: 4440, message: "(10100) no such queue" })
 * console.log(error.code, error.category, error.retryClass) // => 4440 Request never
 * ```
 *
 * @category errors
 */
export class UnknownErrorCode extends /*#__PURE__*/ (/*#__PURE__*/ Schema.TaggedError<UnknownErrorCode>(
  "effect-tencentcloud/UnknownErrorCode"
))("UnknownErrorCode", fault, { description: "An error code outside the documented list" })
  implements Classified<UnknownCodeCategory, "never">
{
  get [TypeId](): typeof TypeId {
    return TypeId
  }
  get category(): UnknownCodeCategory {
    return categoryOf(this.code)
  }
  get retryClass(): "never" {
    return "never"
  }
  get outcome(): "unknown" {
    return "unknown"
  }
  override toJSON(): unknown {
    return toJSON(this)
  }
  override [NodeInspectSymbol](): unknown {
    return toJSON(this)
  }
  [Equal.symbol](that: unknown): boolean {
    return equals(this, that)
  }
  [Hash.symbol](): number {
    return hash(this)
  }
}

/**
 * The response is not one of the API: not JSON, not an object, without a readable code, or a success whose payload does not
 * fit the schema. The action may have run (`outcome`). `issues` says where the payload failed; `body` holds the JSON, or the
 * first 256 characters of a text that is not JSON.
 *
 * **Example** (A payload that does not fit)
 *
 * ```ts
 * import { Effect, Schema } from "effect"
 * import { TencentResponse } from "effect-tencentcloud"
 *
 * const decode = TencentResponse.decode(Schema.Struct({ totalCount: Schema.Number }))
 * const error = await Effect.runPromise(Effect.flip(decode({ code: 0, message: "", totalCount: "many" })))
 * if (error._tag === "MalformedResponse") console.log(error.issues[0]?.path.join(".")) // => totalCount
 * ```
 *
 * @category errors
 */
export class MalformedResponse extends /*#__PURE__*/ (/*#__PURE__*/ Schema.TaggedError<MalformedResponse>(
  "effect-tencentcloud/MalformedResponse"
))("MalformedResponse", {
  ...details,
  code: Schema.optionalKey(fault.code),
  issues: Schema.Array(Schema.Struct({
    path: Schema.Array(Schema.Union([Schema.String, Schema.Finite])),
    message: Schema.String
  })).pipe(Schema.withConstructorDefault(Effect.succeed([])))
}, { description: "A response that is not one of the API" }) implements Classified<"Response", "never"> {
  get [TypeId](): typeof TypeId {
    return TypeId
  }
  get category(): "Response" {
    return "Response"
  }
  get retryClass(): "never" {
    return "never"
  }
  get outcome(): "unknown" {
    return "unknown"
  }
  override toJSON(): unknown {
    return { ...toJSON(this), issues: this.issues }
  }
  override [NodeInspectSymbol](): unknown {
    return this.toJSON()
  }
  [Equal.symbol](that: unknown): boolean {
    return equals(this, that) && Equal.equals(this.issues, (that as MalformedResponse).issues)
  }
  [Hash.symbol](): number {
    return hash(this)
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
 * console.log(json) // => {"_tag":"QuotaExceeded","code":4400,"message":"too fast"}
 * console.log(Equal.equals(Schema.decodeSync(codec)(json), error)) // => true
 * ```
 *
 * @category schemas
 */
export const TencentError = /*#__PURE__*/ Schema.Union([
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
  ApiUnavailable,
  UnknownErrorCode,
  MalformedResponse
])

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
export const isTencentError = (u: unknown): u is TencentError => hasProperty(u, TypeId)

/**
 * The members of `E` that are in category `C`. A class whose category is only known at run time (`UnknownErrorCode`) is
 * narrowed to it.
 *
 * @category models
 */
export type InCategory<E, C extends ErrorKind.Category> = E extends Categorised
  ? [E["category"]] extends [C] ? E : [E["category"] & C] extends [never] ? never : E & { readonly category: C }
  : never

/**
 * The members of `E` that remain when category `C` is handled: those that are not always in it.
 *
 * @category models
 */
export type NotInCategory<E, C extends ErrorKind.Category> =
  // `infer` keeps a declared result type from deciding what `E` is: the effect decides.
  E extends infer Member ? Member extends Categorised ? [Member["category"]] extends [C] ? never : Member
    : Member
    : never

interface Categorised {
  readonly _tag: string
  readonly category: ErrorKind.Category
  readonly retryClass: ErrorKind.RetryClass
}

const isCategorised = (u: unknown): u is Categorised =>
  hasProperty(u, "_tag") && hasProperty(u, "category") && typeof u.category === "string" && hasProperty(u, "retryClass")

/**
 * Whether an error is in a category, as a refinement. `UnknownErrorCode` is in the category of its code's range.
 *
 * **Example** (With `Effect.catchIf`)
 *
 * ```ts
 * import { Effect } from "effect"
 * import { TencentError } from "effect-tencentcloud"
 *
 * const call: Effect.Effect<string, TencentError.TencentError> = Effect.fail(new TencentError.QuotaExceeded({}))
 * const handled = call.pipe(Effect.catchIf(TencentError.isCategory("Throttling"), (error) => Effect.succeed(error._tag)))
 * console.log(await Effect.runPromise(handled)) // => QuotaExceeded
 * ```
 *
 * @category guards
 */
export const isCategory =
  <const C extends ErrorKind.Category>(category: C) => <E>(error: E): error is InCategory<E, C> =>
    isCategorised(error) && error.category === category

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
} = dual(2, <Result>(error: TencentError, handlers: Handlers<Result>): Result => {
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
 * import { TencentError } from "effect-tencentcloud"
 *
 * const advice = TencentError.matchOrElse(
 *   { QuotaExceeded: () => "slow down", InsufficientBalance: () => "top up" },
 *   (error) => TencentError.explain(error).name
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
} = dual(
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
} = dual(
  2,
  <A, E, R>(self: Effect.Effect<A, E, R>, handlers: EffectHandlers) =>
    Effect.catch(self, (error): Effect.Effect<unknown, unknown, unknown> => {
      const handler = isTencentError(error) ? handlerOf(handlers, error) : undefined
      return handler === undefined ? Effect.fail(error) : handler(error as TencentError)
    })
)

/**
 * Handles the errors of one category, or of several. Exactly the classes of the category leave the error type.
 *
 * An `UnknownErrorCode` whose range is of the category is handled too, and stays in the error type, because other codes are
 * not of it.
 *
 * **Example** (Ask an administrator)
 *
 * ```ts
 * import { Effect } from "effect"
 * import { TencentError } from "effect-tencentcloud"
 *
 * const call: Effect.Effect<string, TencentError.UnauthorizedApi | TencentError.QuotaExceeded> = Effect.fail(
 *   new TencentError.UnauthorizedApi({ message: "(4101) RunInstances" })
 * )
 * const handled: Effect.Effect<string, TencentError.QuotaExceeded> = call.pipe(
 *   TencentError.catchCategory("Authorization", (error) => Effect.succeed(`ask for access: ${error._tag}`))
 * )
 * console.log(await Effect.runPromise(handled)) // => ask for access: UnauthorizedApi
 * ```
 *
 * @category error handling
 */
export const catchCategory: {
  /** Handles the errors of one category, or of several. Exactly the classes of the category leave the error type. */
  <const C extends ErrorKind.Category | ReadonlyArray<ErrorKind.Category>, E, A2, E2, R2>(
    category: C,
    f: (error: NoInfer<InCategory<E, CategoryOf<C>>>) => Effect.Effect<A2, E2, R2>
  ): <A, R>(
    self: Effect.Effect<A, E, R>
  ) => Effect.Effect<A | A2, NotInCategory<E, CategoryOf<C>> | E2, R | R2>
  /** Handles the errors of one category, or of several. Exactly the classes of the category leave the error type. */
  <A, E, R, const C extends ErrorKind.Category | ReadonlyArray<ErrorKind.Category>, A2, E2, R2>(
    self: Effect.Effect<A, E, R>,
    category: C,
    f: (error: NoInfer<InCategory<E, CategoryOf<C>>>) => Effect.Effect<A2, E2, R2>
  ): Effect.Effect<A | A2, NotInCategory<E, CategoryOf<C>> | E2, R | R2>
} = dual(3, <A, E, R, A2, E2, R2>(
  self: Effect.Effect<A, E, R>,
  category: ErrorKind.Category | ReadonlyArray<ErrorKind.Category>,
  f: (error: E) => Effect.Effect<A2, E2, R2>
): Effect.Effect<A | A2, E | E2, R | R2> => {
  const categories: ReadonlyArray<ErrorKind.Category> = typeof category === "string" ? [category] : category
  return Effect.catch(
    self,
    (error): Effect.Effect<A2, E | E2, R2> =>
      isCategorised(error) && categories.includes(error.category) ? f(error) : Effect.fail(error)
  )
})

type CategoryOf<C> = C extends ReadonlyArray<infer Member extends ErrorKind.Category> ? Member
  : C extends ErrorKind.Category ? C
  : never

// ---------------------------------------------------------------------------------------------------------------------
// Texts
// ---------------------------------------------------------------------------------------------------------------------

/**
 * What to tell a person: a short name, what to do next, and a page that says more.
 *
 * @category models
 */
export interface Explanation extends Text {
  readonly docs: string
}

const outsideTheCatalogue: { readonly [T in Exclude<Tag, ErrorCode.Tag>]: { readonly [L in Language]: Text } } = {
  UnknownErrorCode: {
    en: {
      name: "Unknown error code",
      remedy:
        "The code is not in the common list. Read the message, and look the code up in the documents of the module."
    },
    ko: {
      name: "알 수 없는 오류 코드",
      remedy: "공통 목록에 없는 코드입니다. message를 읽고 해당 모듈의 문서에서 코드를 찾아보십시오."
    },
    zh: {
      name: "未知错误码",
      remedy: "该错误码不在公共列表中。请阅读 message，并在对应模块的文档中查找该错误码。"
    }
  },
  MalformedResponse: {
    en: {
      name: "Unreadable response",
      remedy:
        "The response does not have the shape of the API. Check the host and any proxy between, then the payload schema."
    },
    ko: {
      name: "읽을 수 없는 응답",
      remedy: "응답이 API 형식이 아닙니다. 호스트와 중간 프록시를 확인한 다음 페이로드 스키마를 확인하십시오."
    },
    zh: {
      name: "无法读取的响应",
      remedy: "响应不符合 API 的格式。请先检查域名和中间的代理，再检查数据的 schema。"
    }
  }
}

/**
 * The name and the remedy of an error in English (the default), Korean or Chinese, and its documentation page. The text is
 * chosen by tag; what the server said is in `error.message`.
 *
 * **Example** (In two languages)
 *
 * ```ts
 * import { TencentError } from "effect-tencentcloud"
 *
 * const error = new TencentError.InsufficientBalance({ message: "(5300) balance" })
 * const english = TencentError.explain(error)
 * const chinese = TencentError.explain(error, "zh")
 * console.log(english.docs === chinese.docs, english.name === chinese.name) // => true false
 * ```
 *
 * @category texts
 */
export const explain = (error: TencentError, language: Language = "en"): Explanation => {
  switch (error._tag) {
    case "UnknownErrorCode":
    case "MalformedResponse":
      return { ...outsideTheCatalogue[error._tag][language], docs: ErrorCode.errorCodesPage }
    default: {
      // Every tag of the catalogue has words.
      const text = errorCodeText[error._tag]!
      return { ...text[language], docs: text.docs }
    }
  }
}
