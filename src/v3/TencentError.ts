/**
 * The failures of the Tencent Cloud API 3.0 as tagged errors. The tag is the code, exactly: `"ResourceNotFound"`,
 * `"InvalidInstanceId.NotFound"`. The union of an action, `TencentError<Declared>`, has the codes that the action declares, the
 * 40 common ones, `UnknownErrorCode` for every other code, and `MalformedResponse` for a response that cannot be read.
 *
 * An error carries what the server said (`code`, `message`, `requestId`, `body`) and whether the action ran (`outcome`). Its
 * `kind` is that of its code; category and retry class follow from the kind.
 *
 * Plain Effect handles these errors by tag (`Effect.catchTag`, `Effect.catchTags`, `Match`), and `Failure` by kind. The
 * combinators here add handlers by family and exhaustive ones.
 *
 * This module does not decode responses (`TencentResponse`) and does not decide about retries (`TencentRetry`).
 */
import * as Effect from "effect/Effect"
import { dual } from "effect/Function"
import { hasProperty } from "effect/Predicate"
import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"
import type { Unify } from "effect/Unify"
import * as ErrorKind from "../ErrorKind.ts"
import { MalformedResponse, type OfKind } from "../Failure.ts"
import { callFields, details, isOfClass, outcome } from "../internal/failure.ts"
import * as ErrorCode from "./ErrorCode.ts"
import * as internal from "./internal/apiError.ts"
import { type CodeKind, type CodesByKind, meaning, meaningsOf, undeclared } from "./internal/codes.ts"

export { MalformedResponse } from "../Failure.ts"

// ---------------------------------------------------------------------------------------------------------------------
// Codes that mean something
// ---------------------------------------------------------------------------------------------------------------------

export type {
  /**
   * An error whose code is known to mean something: a common code, or one that the action declares. Its tag is its code.
   *
   * @category models
   */
  ApiError,
  /**
   * What an error can be made of, besides its code. What is left out is absent, and the outcome is that of the code.
   *
   * @category models
   */
  MakeFields,
  /**
   * What every error of a response has, besides its code and what follows from it.
   *
   * @category models
   */
  Received
} from "./internal/apiError.ts"

export type {
  /**
   * The kinds that a code can have.
   *
   * @category models
   */
  CodeKind,
  /**
   * Codes by what they mean, for one action or one service: lists of codes in a value, unions of codes in a type.
   *
   * @category models
   */
  CodesByKind
} from "./internal/codes.ts"

type CodeIn<Codes> = Codes extends ReadonlyArray<infer Code> ? Code : Codes

type ErrorOf<Code, Kind extends ErrorKind.ErrorKind> = Code extends string ? internal.ApiError<Code, Kind> : never

/**
 * The errors of declared codes, by what the codes mean. It takes unions of codes, and the type of a value with lists of them.
 *
 * **Example** (The codes of one action)
 *
 * ```ts
 * import type { TencentError } from "effect-tencentcloud/v3"
 *
 * type RunInstancesError = TencentError.Errors<{
 *   notFound: "InvalidInstanceId.NotFound" | "FailedOperation.DisasterRecoverGroupNotFound"
 *   balance: "InvalidAccount.InsufficientBalance"
 * }>
 *
 * const kind: (RunInstancesError & { readonly code: "InvalidAccount.InsufficientBalance" })["kind"] = "balance"
 * console.log(kind) // => balance
 * ```
 *
 * @category models
 */
export type Errors<Codes extends CodesByKind<Codes>> = {
  [K in keyof Codes & CodeKind]: ErrorOf<CodeIn<Codes[K]>, K>
}[keyof Codes & CodeKind]

type CommonErrorOf<Row> = Row extends ErrorCode.CatalogueRow ? internal.ApiError<Row["code"], Row["kind"]> : never

/**
 * The error of one of the 40 common codes, with which every action can fail.
 *
 * @category models
 */
export type CommonError = CommonErrorOf<ErrorCode.CatalogueRow>

// ---------------------------------------------------------------------------------------------------------------------
// Any other code
// ---------------------------------------------------------------------------------------------------------------------

const unknownErrorCode = "effect-tencentcloud/v3/UnknownErrorCode"

/**
 * A code that is neither common nor declared by the action: the lists of the vendor are not complete, and services add codes.
 * `code` has it whole. Its kind is that of its family, where the family is a common code, else `unknown`; category and retry
 * class follow. The outcome is that of `ErrorCode.outcomeOf`.
 *
 * **Example** (A code of one service)
 *
 * ```ts
 * import { TencentError } from "effect-tencentcloud/v3"
 *
 * const error = new TencentError.UnknownErrorCode({ code: "ResourceNotFound.TopicNotExist", message: "topic not exist" })
 * console.log(error._tag, error.code) // => UnknownErrorCode ResourceNotFound.TopicNotExist
 * console.log(error.kind, error.retryClass, error.outcome) // => notFound never notRun
 * ```
 *
 * @category errors
 */
export class UnknownErrorCode extends /*#__PURE__*/ internal.receivedClass<{
  readonly _tag: "UnknownErrorCode"
  /** The code, whole and exact. */
  readonly code: string
}>(unknownErrorCode) {
  constructor(fields: internal.MakeFields & { readonly code: string }) {
    const { message = "", outcome = undeclared(fields.code).outcome } = fields
    super("UnknownErrorCode", { ...fields, message, outcome })
  }
  /** The meaning of the failure, guessed from the family of the code. `unknown` where the family is not a common code. */
  get kind(): ErrorCode.UnknownCodeKind {
    return ErrorCode.kindOf(this.code)
  }
  /** The area of the kind. */
  get category(): ErrorKind.RowOf<ErrorCode.UnknownCodeKind>["category"] {
    return ErrorKind.table[this.kind].category
  }
  /**
   * The condition under which a retry can help: that of the kind, such as `throttled` for a code of the family
   * `RequestLimitExceeded`. In API 2.0 it is always `never`.
   */
  get retryClass(): ErrorKind.RowOf<ErrorCode.UnknownCodeKind>["retryClass"] {
    return ErrorKind.table[this.kind].retryClass
  }
}

const isUnknownErrorCode = (u: unknown): u is UnknownErrorCode => isOfClass(u, unknownErrorCode)

// ---------------------------------------------------------------------------------------------------------------------
// The union
// ---------------------------------------------------------------------------------------------------------------------

/**
 * Every failure that a response of an action can mean, where the action declares the errors `Declared`. Discriminated by `_tag`.
 *
 * @category models
 */
export type TencentError<Declared = never> = Declared | CommonError | UnknownErrorCode | MalformedResponse

/**
 * Whether a value is an error of API 3.0, of any code, or a `MalformedResponse`. It does not depend on class identity, so it
 * also recognises errors that were made by another copy of this package.
 *
 * **Example** (An unknown value)
 *
 * ```ts
 * import { TencentError } from "effect-tencentcloud/v3"
 *
 * console.log(TencentError.isTencentError(TencentError.make("ResourceInUse"))) // => true
 * console.log(TencentError.isTencentError(new Error("boom"))) // => false
 * ```
 *
 * @category guards
 */
export const isTencentError = (u: unknown): u is internal.ApiError | UnknownErrorCode | MalformedResponse =>
  isReceived(u) || isOfClass<MalformedResponse>(u, MalformedResponse.identifier)

const isReceived = (u: unknown): u is internal.ApiError | UnknownErrorCode => hasProperty(u, internal.TypeId)

/**
 * Makes an error of a code, for tests and for servers. A common code has its own kind; any other one needs to be told its kind.
 * The outcome, where it is not told, is that of `ErrorCode.outcomeOf`.
 *
 * **Example** (A common code and a declared one)
 *
 * ```ts
 * import { TencentError } from "effect-tencentcloud/v3"
 *
 * const busy = TencentError.make("RequestLimitExceeded", { message: "slow down" })
 * const missing = TencentError.make("InvalidInstanceId.NotFound", "notFound", { requestId: "r-1" })
 * console.log(busy._tag, busy.kind, busy.outcome) // => RequestLimitExceeded throttled notRun
 * console.log(missing._tag, missing.kind, missing.outcome) // => InvalidInstanceId.NotFound notFound unknown
 * ```
 *
 * @category constructors
 */
export const make: {
  /** Makes an error of a common code. */
  <const Code extends ErrorCode.Code>(
    code: Code,
    fields?: internal.MakeFields
  ): Extract<CommonError, { readonly code: Code }>
  /** Makes an error of a declared code, or of a common code with another meaning. */
  <const Code extends string, const Kind extends CodeKind>(
    code: Code,
    kind: Kind,
    fields?: internal.MakeFields
  ): ErrorOf<Code, Kind>
} = (code: string, ...[first, second]: ReadonlyArray<CodeKind | internal.MakeFields | undefined>): never => {
  const isTold = typeof first === "string"
  const { kind, outcome } = isTold ? meaning(code, first) : undeclared(code)
  const fields = (isTold ? second : first) as internal.MakeFields | undefined
  return internal.apiError({
    ...fields,
    message: fields?.message ?? "",
    outcome: fields?.outcome ?? outcome,
    code,
    kind
  }) as never
}

// ---------------------------------------------------------------------------------------------------------------------
// Schema
// ---------------------------------------------------------------------------------------------------------------------

/** Says which generation it is, so that errors of API 2.0 and 3.0 with one tag do not decode as each other. */
const Encoded = /*#__PURE__*/ Schema.Struct({
  api: /*#__PURE__*/ Schema.Literal("3.0"),
  code: Schema.String,
  /** `false` for an {@link UnknownErrorCode}. */
  declared: /*#__PURE__*/ Schema.optionalKey(/*#__PURE__*/ Schema.Literal(false)),
  message: Schema.String,
  outcome,
  requestId: details.requestId,
  ...callFields,
  body: details.body
})

/** The fields that an error and its encoded form have alike. */
const fieldsOf = (
  { action, body, clientToken, message, outcome, requestId }: Omit<typeof Encoded.Type, "api" | "code" | "declared">
) => ({
  message,
  outcome,
  ...(requestId !== undefined && { requestId }),
  ...(action !== undefined && { action }),
  ...(clientToken !== undefined && { clientToken }),
  ...(body !== undefined && { body })
})

/**
 * The encoded form of {@link schema}.
 *
 * @category schemas
 */
export type EncodedError = typeof Encoded.Encoded | typeof MalformedResponse.Encoded

/**
 * The schema of the union of an action: a codec for the errors of its declared codes, of the common ones, for
 * `UnknownErrorCode` and `MalformedResponse`, so that they can be the errors of an rpc, a workflow or an HTTP API.
 *
 * A code that the schema does not know decodes as an `UnknownErrorCode`: whoever encoded it may have declared more. It encodes
 * no error of a code that it does not know.
 *
 * **Example** (Through JSON and back)
 *
 * ```ts
 * import { Equal, Schema } from "effect"
 * import { TencentError } from "effect-tencentcloud/v3"
 *
 * const codec = Schema.fromJsonString(Schema.toCodecJson(TencentError.schema({ notFound: ["InvalidZone.NotFound"] })))
 * const error = TencentError.make("InvalidZone.NotFound", "notFound", { message: "no such zone" })
 * const json = Schema.encodeSync(codec)(error)
 * console.log(json) // => {"api":"3.0","code":"InvalidZone.NotFound","message":"no such zone","outcome":"unknown"}
 * console.log(Equal.equals(Schema.decodeSync(codec)(json), error)) // => true
 * ```
 *
 * @category schemas
 */
export const schema = <const Codes extends CodesByKind<Codes> = {}>(
  codes?: Codes
): Schema.Codec<TencentError<Errors<Codes>>, EncodedError> => {
  const meaningOf = meaningsOf(codes)
  const isKnown = (u: unknown): u is internal.ApiError | UnknownErrorCode =>
    isUnknownErrorCode(u) || internal.isApiError(u) && meaningOf(u.code)?.kind === u.kind
  const received = Encoded.pipe(Schema.decodeTo(
    Schema.declare(isKnown, { title: "TencentError" }),
    SchemaTransformation.transform({
      decode: (encoded): internal.ApiError | UnknownErrorCode => {
        const { code, declared } = encoded
        const known = declared === false ? undefined : meaningOf(code)
        return known === undefined
          ? new UnknownErrorCode({ code, ...fieldsOf(encoded) })
          : internal.apiError({ ...fieldsOf(encoded), code, kind: known.kind })
      },
      encode: (error): typeof Encoded.Type => ({
        api: "3.0",
        code: error.code,
        ...(isUnknownErrorCode(error) && { declared: false }),
        ...fieldsOf(error)
      })
    })
  ))
  // `isKnown` knows the codes.
  return Schema.Union([received, MalformedResponse]) as unknown as Schema.Codec<
    TencentError<Errors<Codes>>,
    EncodedError
  >
}

// ---------------------------------------------------------------------------------------------------------------------
// Families
// ---------------------------------------------------------------------------------------------------------------------

interface OfV3 {
  readonly [internal.TypeId]: typeof internal.TypeId
  readonly code: string
}

type CodeOfFamily<Family extends string> = Family | `${Family}.${string}`

/**
 * The members of `E` whose code is in the family `Family`. A class whose code is only known at run time (`UnknownErrorCode`) is
 * narrowed to it.
 *
 * @category models
 */
export type InFamily<E, Family extends string> = E extends OfV3
  ? string extends E["code"] ? E & { readonly code: CodeOfFamily<Family> }
  : E["code"] extends CodeOfFamily<Family> ? E
  : never
  : never

/**
 * The members of `E` that remain when the family `Family` is handled: those whose code is not always in it.
 *
 * @category models
 */
export type NotInFamily<E, Family extends string> =
  // `infer` keeps a declared result type from deciding what `E` is: the effect decides.
  E extends infer Member
    ? Member extends OfV3
      ? string extends Member["code"] | Family ? Member : Member["code"] extends CodeOfFamily<Family> ? never : Member
    : Member
    : never

/**
 * Whether the code of an error is in a family, declared or not, as a refinement. The family is the code up to its first dot; the
 * bare code is in it.
 *
 * **Example** (A value)
 *
 * ```ts
 * import { TencentError } from "effect-tencentcloud/v3"
 *
 * const isInstanceId = TencentError.isFamily("InvalidInstanceId")
 * console.log(isInstanceId(new TencentError.UnknownErrorCode({ code: "InvalidInstanceId.Malformed" }))) // => true
 * console.log(isInstanceId(TencentError.make("InvalidParameter"))) // => false
 * ```
 *
 * @category guards
 */
export const isFamily = <const Family extends string>(family: Family) => <E>(error: E): error is InFamily<E, Family> =>
  isReceived(error) && ErrorCode.familyOf(error.code) === family

/**
 * Handles the errors of one family, declared or not. Its declared codes leave the error type; `UnknownErrorCode` is handled
 * when it fits, and stays in the error type.
 *
 * **Example** (A code that the action does not declare)
 *
 * ```ts
 * import { Effect } from "effect"
 * import { TencentError } from "effect-tencentcloud/v3"
 *
 * const call: Effect.Effect<string, TencentError.TencentError> = Effect.fail(
 *   new TencentError.UnknownErrorCode({ code: "InvalidInstanceId.Malformed", message: "ins 1" })
 * )
 * const handled = call.pipe(
 *   TencentError.catchFamily("InvalidInstanceId", (error) => Effect.succeed(`correct the id: ${error.message}`))
 * )
 * console.log(await Effect.runPromise(handled)) // => correct the id: ins 1
 * ```
 *
 * @category error handling
 */
export const catchFamily: {
  /** Handles the errors of one family. Its declared codes leave the error type. */
  <const Family extends string, E, A2, E2, R2>(
    family: Family,
    f: (error: NoInfer<InFamily<E, Family>>) => Effect.Effect<A2, E2, R2>
  ): <A, R>(self: Effect.Effect<A, E, R>) => Effect.Effect<A | A2, NotInFamily<E, Family> | E2, R | R2>
  /** Handles the errors of one family. Its declared codes leave the error type. */
  <A, E, R, const Family extends string, A2, E2, R2>(
    self: Effect.Effect<A, E, R>,
    family: Family,
    f: (error: NoInfer<InFamily<E, Family>>) => Effect.Effect<A2, E2, R2>
  ): Effect.Effect<A | A2, NotInFamily<E, Family> | E2, R | R2>
} = /*#__PURE__*/ dual(3, <A, E, R, A2, E2, R2>(
  self: Effect.Effect<A, E, R>,
  family: string,
  f: (error: E) => Effect.Effect<A2, E2, R2>
): Effect.Effect<A | A2, E | E2, R | R2> => {
  const fits = isFamily(family)
  return Effect.catch(self, (error): Effect.Effect<A2, E | E2, R2> => fits(error) ? f(error) : Effect.fail(error))
})

// ---------------------------------------------------------------------------------------------------------------------
// Matching
// ---------------------------------------------------------------------------------------------------------------------

interface Tagged {
  readonly _tag: string
}

type Handlers<E extends Tagged> = {
  readonly [Tag in E["_tag"]]: (error: Extract<E, { readonly _tag: Tag }>) => unknown
}

/** Turns a key that is not a tag into a compile error that says so. */
type OnlyTags<H, E extends Tagged> = {
  readonly [K in Exclude<keyof H, E["_tag"]>]: `${K & string} is not a tag of the error`
}

/** What the handlers return. Handlers that return effects return one effect. */
type HandlerResult<H> = Unify<
  { [K in keyof H]: H[K] extends (...args: never) => infer Result ? Result : never }[keyof H]
>

// Which handler belongs to which member is proven by the types, but a look-up by a text forgets it.
const handlerOf = (handlers: object, key: string): ((error: unknown) => never) | undefined =>
  Object.hasOwn(handlers, key) ? handlers[key as keyof typeof handlers] : undefined

const handle = (handler: ((error: unknown) => never) | undefined, error: unknown, name: string, key: string): never => {
  if (handler === undefined) {
    throw new TypeError(`${name} has no handler for ${key}: the error was made by another version of this package`)
  }
  return handler(error)
}

/**
 * Turns an error into a value with one handler for each tag of its type. A missing tag and a key that is not a tag are compile
 * errors. The common codes are 40 of the tags: {@link matchKind} is shorter.
 *
 * **Example** (What is left after the common codes)
 *
 * ```ts
 * import { TencentError } from "effect-tencentcloud/v3"
 *
 * type ZoneError = TencentError.Errors<{ notFound: "InvalidZone.NotFound"; request: "InvalidFilter" }>
 *
 * const advice = (error: ZoneError | TencentError.UnknownErrorCode): string =>
 *   TencentError.match(error, {
 *     "InvalidZone.NotFound": () => "choose another zone",
 *     InvalidFilter: ({ message }) => `correct the filter: ${message}`,
 *     UnknownErrorCode: ({ code }) => `look up ${code}`
 *   })
 *
 * console.log(advice(TencentError.make("InvalidZone.NotFound", "notFound"))) // => choose another zone
 * ```
 *
 * @category pattern matching
 */
export const match: {
  /** Turns an error into a value, with one handler for each of its tags. */
  <E extends Tagged, const H extends Handlers<E>>(handlers: H & OnlyTags<H, E>): (error: E) => HandlerResult<H>
  /** Turns an error into a value, with one handler for each of its tags. */
  <E extends Tagged, const H extends Handlers<E>>(error: E, handlers: H & OnlyTags<H, E>): HandlerResult<H>
} = /*#__PURE__*/ dual(
  2,
  (error: Tagged, handlers: object): never => handle(handlerOf(handlers, error._tag), error, "match", error._tag)
)

interface OfAKind {
  readonly kind: ErrorKind.ErrorKind
}

/** `K` where it is one kind, not a union of kinds. */
type One<K, All = K> = K extends unknown ? [All] extends [K] ? K : never : never

/** The kind of each class that always has the same. */
type ExactKind<E> = E extends OfAKind ? One<E["kind"]> : never

/** The members that have no handler of a kind: their kind is only known at run time, or it is `unknown`. */
type OfUnknownKind<E> = E extends OfAKind ? Exclude<One<E["kind"]>, "unknown"> extends never ? E : never : never

type KindHandlers<E extends OfAKind> =
  & { readonly [K in Exclude<ExactKind<E>, "unknown">]: (error: OfKind<E, K>) => unknown }
  & { readonly unknown: (error: OfUnknownKind<E>) => unknown }

/** Turns a key that is not a kind of the error into a compile error that says so. */
type OnlyKinds<H, E> = {
  readonly [K in Exclude<keyof H, ExactKind<E> | "unknown">]: `${K & string} is not a kind of the error`
}

/**
 * Turns an error into a value with one handler for each kind that its classes have, and `unknown` for the rest. An
 * `UnknownErrorCode` goes to the handler of its kind where there is one. A missing kind and a key that is not a kind of the
 * error are compile errors.
 *
 * **Example** (A declared code, and one that is not)
 *
 * ```ts
 * import { TencentError } from "effect-tencentcloud/v3"
 *
 * type InstanceError = TencentError.Errors<{
 *   notFound: "InvalidInstanceId.NotFound"
 *   balance: "InvalidAccount.InsufficientBalance"
 * }>
 *
 * const status = (error: InstanceError | TencentError.UnknownErrorCode): number =>
 *   TencentError.matchKind(error, { notFound: () => 404, balance: () => 402, unknown: () => 502 })
 *
 * console.log(status(TencentError.make("InvalidAccount.InsufficientBalance", "balance"))) // => 402
 * console.log(status(new TencentError.UnknownErrorCode({ code: "ResourceNotFound.Disk" }))) // => 404
 * ```
 *
 * @category pattern matching
 */
export const matchKind: {
  /** Turns an error into a value, with one handler for each kind that its classes have, and `unknown`. */
  <E extends OfAKind, const H extends KindHandlers<E>>(handlers: H & OnlyKinds<H, E>): (error: E) => HandlerResult<H>
  /** Turns an error into a value, with one handler for each kind that its classes have, and `unknown`. */
  <E extends OfAKind, const H extends KindHandlers<E>>(error: E, handlers: H & OnlyKinds<H, E>): HandlerResult<H>
} = /*#__PURE__*/ dual(
  2,
  (error: OfAKind, handlers: object): never =>
    handle(handlerOf(handlers, error.kind) ?? handlerOf(handlers, "unknown"), error, "matchKind", error.kind)
)
