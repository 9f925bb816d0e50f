/**
 * The failures of all calls, whatever the generation of the API: handlers by kind, by category and by outcome, words for
 * people, and error classes of your own. The handlers read fields, so they take any error that has them.
 *
 * Two classes are here because every generation and every client has them: `MalformedResponse` and `InvalidRequest`. The codes
 * of a generation are in its own `TencentError`.
 */
import * as Effect from "effect/Effect"
import { dual } from "effect/Function"
import { hasProperty } from "effect/Predicate"
import type * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as ErrorKind from "./ErrorKind.ts"
import * as ErrorKindText from "./ErrorKindText.ts"
import { errorCodeText } from "./internal/errorCodeText.ts"
import * as internal from "./internal/failure.ts"

// ---------------------------------------------------------------------------------------------------------------------
// Models
// ---------------------------------------------------------------------------------------------------------------------

/**
 * An error of a call. Each class has more.
 *
 * @category models
 */
export interface Failure {
  /** The name of the class, by which `Effect.catchTag` finds it. */
  readonly _tag: string
  /** The words of the server, or the reason why there is no response. */
  readonly message: string
  /** The meaning of the failure. */
  readonly kind: ErrorKind.ErrorKind
  /** The area of the kind. */
  readonly category: ErrorKind.Category
  /** The condition under which a retry can help. */
  readonly retryClass: ErrorKind.RetryClass
  /** Whether the action ran. */
  readonly outcome: ErrorKind.Outcome
  /** The code of the API: a number in API 2.0, a text in API 3.0. */
  readonly code?: number | string
  /** The id to tell to the support. */
  readonly requestId?: string
  /** The service and the name of the action, such as `cvm.RunInstances`. */
  readonly action?: string
  /** The token by which the server knows the request again, where the action has one. */
  readonly clientToken?: string
  /** The decoded JSON as received. It is never printed: `Redacted.value(error.body)` reads it. */
  readonly body?: Redacted.Redacted<unknown>
}

type Fields = internal.FailureFields

export type {
  /**
   * What follows from the kind of a class.
   *
   * @category models
   */
  Classified,
  /**
   * What a response says of a failure.
   *
   * @category models
   */
  FailureFields as Fields,
  /**
   * What every class of a failure has beside its own fields.
   *
   * @category models
   */
  Shown
} from "./internal/failure.ts"

const has = <P extends "kind" | "category">(property: P, values: ReadonlyArray<unknown>) => (error: unknown): boolean =>
  hasProperty(error, property) && values.includes(error[property])

/**
 * The members of `E` of kind `K`. A class whose kind is only known at run time (`UnknownErrorCode`) is narrowed to it.
 *
 * @category models
 */
export type OfKind<E, K extends ErrorKind.ErrorKind> = E extends { readonly kind: ErrorKind.ErrorKind }
  ? [E["kind"]] extends [K] ? E : [E["kind"] & K] extends [never] ? never : E & { readonly kind: K }
  : never

/**
 * The members of `E` that remain when kind `K` is handled: those that are not always of it.
 *
 * @category models
 */
export type NotOfKind<E, K extends ErrorKind.ErrorKind> =
  // `infer` keeps a declared result type from deciding what `E` is: the effect decides.
  E extends infer Member
    ? Member extends { readonly kind: ErrorKind.ErrorKind } ? [Member["kind"]] extends [K] ? never : Member : Member
    : never

/**
 * The members of `E` in category `C`. A class whose category is only known at run time (`UnknownErrorCode`) is narrowed to it.
 *
 * @category models
 */
export type InCategory<E, C extends ErrorKind.Category> = E extends { readonly category: ErrorKind.Category }
  ? [E["category"]] extends [C] ? E : [E["category"] & C] extends [never] ? never : E & { readonly category: C }
  : never

/**
 * The members of `E` that remain when category `C` is handled: those that are not always in it.
 *
 * @category models
 */
export type NotInCategory<E, C extends ErrorKind.Category> = E extends infer Member
  ? Member extends { readonly category: ErrorKind.Category } ? [Member["category"]] extends [C] ? never : Member
  : Member
  : never

type OneOrMore<A> = A | ReadonlyArray<A>

type MemberOf<A, Values> = Values extends ReadonlyArray<infer Member extends A> ? Member
  : Values extends A ? Values
  : never

// ---------------------------------------------------------------------------------------------------------------------
// Guards
// ---------------------------------------------------------------------------------------------------------------------

/**
 * Whether an error is of a kind, as a refinement.
 *
 * **Example** (With `Effect.catchIf`)
 *
 * ```ts
 * import { Effect } from "effect"
 * import { Failure, TencentError } from "effect-tencentcloud"
 *
 * const call: Effect.Effect<string, TencentError.TencentError> = Effect.fail(new TencentError.QuotaExceeded())
 * const handled = call.pipe(Effect.catchIf(Failure.isKind("throttled"), (error) => Effect.succeed(error._tag)))
 * console.log(await Effect.runPromise(handled)) // => QuotaExceeded
 * ```
 *
 * @category guards
 */
export const isKind = <const K extends ErrorKind.ErrorKind>(kind: K): <E>(error: E) => error is OfKind<E, K> => {
  const isOfKind = has("kind", [kind])
  return <E>(error: E): error is OfKind<E, K> => isOfKind(error)
}

/**
 * Whether an error is in a category, as a refinement.
 *
 * **Example** (A value)
 *
 * ```ts
 * import { Failure, TencentError } from "effect-tencentcloud"
 *
 * console.log(Failure.isCategory("Billing")(new TencentError.InsufficientBalance())) // => true
 * ```
 *
 * @category guards
 */
export const isCategory = <const C extends ErrorKind.Category>(
  category: C
): <E>(error: E) => error is InCategory<E, C> => {
  const isInCategory = has("category", [category])
  return <E>(error: E): error is InCategory<E, C> => isInCategory(error)
}

// ---------------------------------------------------------------------------------------------------------------------
// Handlers
// ---------------------------------------------------------------------------------------------------------------------

const catchBy = (property: "kind" | "category") =>
  dual(3, <A, E, R, A2, E2, R2>(
    self: Effect.Effect<A, E, R>,
    values: OneOrMore<string>,
    f: (error: E) => Effect.Effect<A2, E2, R2>
  ): Effect.Effect<A | A2, E | E2, R | R2> => {
    const fits = has(property, typeof values === "string" ? [values] : values)
    return Effect.catch(self, (error): Effect.Effect<A2, E | E2, R2> => fits(error) ? f(error) : Effect.fail(error))
  })

/**
 * Handles the errors of one kind, or of several. Exactly the classes of the kind leave the error type. A class whose kind is
 * only known at run time (`UnknownErrorCode`) is handled when it fits, and stays in the error type.
 *
 * **Example** (Create when it is missing)
 *
 * ```ts
 * import { Effect } from "effect"
 * import { Failure, TencentError } from "effect-tencentcloud"
 *
 * const find: Effect.Effect<string, TencentError.ResourceNotFound | TencentError.QuotaExceeded> = Effect.fail(
 *   new TencentError.ResourceNotFound({ message: "no ins-1" })
 * )
 * const found: Effect.Effect<string, TencentError.QuotaExceeded> = find.pipe(
 *   Failure.catchKind("notFound", () => Effect.succeed("created"))
 * )
 * console.log(await Effect.runPromise(found)) // => created
 * ```
 *
 * @category error handling
 */
export const catchKind: {
  /** Handles the errors of one kind, or of several. Exactly the classes of the kind leave the error type. */
  <const K extends OneOrMore<ErrorKind.ErrorKind>, E, A2, E2, R2>(
    kind: K,
    f: (error: NoInfer<OfKind<E, MemberOf<ErrorKind.ErrorKind, K>>>) => Effect.Effect<A2, E2, R2>
  ): <A, R>(
    self: Effect.Effect<A, E, R>
  ) => Effect.Effect<A | A2, NotOfKind<E, MemberOf<ErrorKind.ErrorKind, K>> | E2, R | R2>
  /** Handles the errors of one kind, or of several. Exactly the classes of the kind leave the error type. */
  <A, E, R, const K extends OneOrMore<ErrorKind.ErrorKind>, A2, E2, R2>(
    self: Effect.Effect<A, E, R>,
    kind: K,
    f: (error: NoInfer<OfKind<E, MemberOf<ErrorKind.ErrorKind, K>>>) => Effect.Effect<A2, E2, R2>
  ): Effect.Effect<A | A2, NotOfKind<E, MemberOf<ErrorKind.ErrorKind, K>> | E2, R | R2>
} = /*#__PURE__*/ catchBy("kind")

/**
 * Handles the errors of one category, or of several. Exactly the classes of the category leave the error type. A class whose
 * category is only known at run time (`UnknownErrorCode`) is handled when it fits, and stays in the error type.
 *
 * **Example** (Ask an administrator)
 *
 * ```ts
 * import { Effect } from "effect"
 * import { Failure, TencentError } from "effect-tencentcloud"
 *
 * const call: Effect.Effect<string, TencentError.UnauthorizedApi | TencentError.QuotaExceeded> = Effect.fail(
 *   new TencentError.UnauthorizedApi({ message: "(4101) RunInstances" })
 * )
 * const handled: Effect.Effect<string, TencentError.QuotaExceeded> = call.pipe(
 *   Failure.catchCategory("Authorization", (error) => Effect.succeed(`ask for access: ${error._tag}`))
 * )
 * console.log(await Effect.runPromise(handled)) // => ask for access: UnauthorizedApi
 * ```
 *
 * @category error handling
 */
export const catchCategory: {
  /** Handles the errors of one category, or of several. Exactly the classes of the category leave the error type. */
  <const C extends OneOrMore<ErrorKind.Category>, E, A2, E2, R2>(
    category: C,
    f: (error: NoInfer<InCategory<E, MemberOf<ErrorKind.Category, C>>>) => Effect.Effect<A2, E2, R2>
  ): <A, R>(
    self: Effect.Effect<A, E, R>
  ) => Effect.Effect<A | A2, NotInCategory<E, MemberOf<ErrorKind.Category, C>> | E2, R | R2>
  /** Handles the errors of one category, or of several. Exactly the classes of the category leave the error type. */
  <A, E, R, const C extends OneOrMore<ErrorKind.Category>, A2, E2, R2>(
    self: Effect.Effect<A, E, R>,
    category: C,
    f: (error: NoInfer<InCategory<E, MemberOf<ErrorKind.Category, C>>>) => Effect.Effect<A2, E2, R2>
  ): Effect.Effect<A | A2, NotInCategory<E, MemberOf<ErrorKind.Category, C>> | E2, R | R2>
} = /*#__PURE__*/ catchBy("category")

type MayHaveRun<E> = E extends { readonly outcome: ErrorKind.Outcome } ? E : never

/**
 * Handles every error after which the action may have run: all outcomes but `notRun`. An outcome is only known at run time, so
 * the error type stays.
 *
 * **Example** (Look before buying again)
 *
 * ```ts
 * import { Effect } from "effect"
 * import { Failure, TencentError } from "effect-tencentcloud"
 *
 * const buy: Effect.Effect<string, TencentError.TencentError> = Effect.fail(new TencentError.InternalError())
 * const look = Effect.succeed("ins-1, bought by the attempt whose response was lost")
 * const bought = buy.pipe(Failure.catchOutcomeUnknown(() => look))
 * console.log(await Effect.runPromise(bought)) // => ins-1, bought by the attempt whose response was lost
 * ```
 *
 * @category error handling
 */
export const catchOutcomeUnknown: {
  /** Handles every error after which the action may have run: all outcomes but `notRun`. */
  <E, A2, E2, R2>(
    f: (error: NoInfer<MayHaveRun<E>>) => Effect.Effect<A2, E2, R2>
  ): <A, R>(self: Effect.Effect<A, E, R>) => Effect.Effect<A | A2, E | E2, R | R2>
  /** Handles every error after which the action may have run: all outcomes but `notRun`. */
  <A, E, R, A2, E2, R2>(
    self: Effect.Effect<A, E, R>,
    f: (error: NoInfer<MayHaveRun<E>>) => Effect.Effect<A2, E2, R2>
  ): Effect.Effect<A | A2, E | E2, R | R2>
} = /*#__PURE__*/ dual(2, <A, E, R, A2, E2, R2>(
  self: Effect.Effect<A, E, R>,
  f: (error: MayHaveRun<E>) => Effect.Effect<A2, E2, R2>
): Effect.Effect<A | A2, E | E2, R | R2> =>
  Effect.catch(
    self,
    (error): Effect.Effect<A2, E | E2, R2> => mayHaveRun(error) ? f(error) : Effect.fail(error)
  ))

const mayHaveRun = <E>(error: E): error is MayHaveRun<E> =>
  hasProperty(error, "outcome") && error.outcome !== "notRun" &&
  (ErrorKind.outcomes as ReadonlyArray<unknown>).includes(error.outcome)

// ---------------------------------------------------------------------------------------------------------------------
// Words
// ---------------------------------------------------------------------------------------------------------------------

/**
 * A short name of a failure, the next thing to do, and a page of the vendor that says more, where there is one.
 *
 * @category models
 */
export interface Explanation extends ErrorKindText.Text {
  /** The address of the page. Only codes of API 2.0 have one. */
  readonly docs?: string
}

/**
 * The name and the remedy of an error in English (the default), Korean or Chinese: those of its code where the code has its
 * own, else those of its kind. Where the action may have run, the remedy says to look at the state of the resource first. What the server said is in `error.message`.
 *
 * **Example** (In two languages)
 *
 * ```ts
 * import { Failure, TencentError } from "effect-tencentcloud"
 *
 * const error = new TencentError.InsufficientBalance({ message: "(5300) balance" })
 * const english = Failure.explain(error)
 * const chinese = Failure.explain(error, "zh")
 * console.log(english.docs === chinese.docs, english.name === chinese.name) // => true false
 * ```
 *
 * @category texts
 */
export const explain = (
  error: Pick<Failure, "_tag" | "kind" | "code" | "outcome">,
  language: ErrorKindText.Language = "en"
): Explanation => {
  const ofCode = Object.hasOwn(errorCodeText, error._tag) ? errorCodeText[error._tag] : undefined
  const text: Explanation = ofCode !== undefined && ofCode.code === error.code
    ? { ...ofCode[language], docs: ofCode.docs }
    : ErrorKindText.table[error.kind][language]
  return error.outcome === "notRun" || saysToLook(error.kind)
    ? text
    : { ...text, remedy: `${text.remedy} ${ErrorKindText.mayHaveRun[language]}` }
}

/** Whether the words of a kind send the reader to the state of the resource. Those of `transport` fit every outcome. */
const saysToLook = (kind: ErrorKind.ErrorKind): boolean =>
  kind !== "transport" && ErrorKind.table[kind].outcome !== "notRun"

// ---------------------------------------------------------------------------------------------------------------------
// Classes
// ---------------------------------------------------------------------------------------------------------------------

/**
 * The response is not one of the API: not JSON, not an object, without a readable code, or a success that does not fit its
 * schema. In the last case the action ran, and `outcome` is `ran`; in the others it is `unknown`. `issues` says where the success
 * does not fit.
 *
 * `body` holds the JSON, or the first 256 characters of a text that is not JSON. It can be a success with keys in it, so it is
 * no part of the encoded error.
 *
 * **Example** (A success that does not fit)
 *
 * ```ts
 * import { Effect, Schema } from "effect"
 * import { TencentResponse } from "effect-tencentcloud"
 *
 * const decode = TencentResponse.decode(Schema.Struct({ totalCount: Schema.Number }))
 * const error = await Effect.runPromise(Effect.flip(decode({ code: 0, message: "", totalCount: "many" })))
 * if (error._tag === "MalformedResponse") console.log(error.outcome, error.issues[0]?.path.join(".")) // => ran totalCount
 * ```
 *
 * @category errors
 */
export class MalformedResponse
  extends /*#__PURE__*/ (/*#__PURE__*/ internal.classified<MalformedResponse, internal.FailureFields>(
    "effect-tencentcloud/MalformedResponse"
  ))("MalformedResponse", {
    ...internal.details,
    /** The code that the response has, where it has one: that of a success that does not fit is 0. */
    code: /*#__PURE__*/ Schema.optionalKey(internal.code),
    body: internal.hiddenBody,
    /** Where a success does not fit its schema, and why. */
    issues: /*#__PURE__*/ internal.issues.pipe(
      /*#__PURE__*/ Schema.withConstructorDefault(/*#__PURE__*/ Effect.succeed([]))
    )
  }, { kind: "malformed", description: "A response that is not one of the API", notCompared: ["body"] })
{}

/**
 * The request does not fit its schema, or has no form on the wire. Nothing was sent. `issues` says where and why.
 *
 * @category errors
 */
export class InvalidRequest extends /*#__PURE__*/ (/*#__PURE__*/ internal.classified<InvalidRequest>(
  "effect-tencentcloud/InvalidRequest"
))("InvalidRequest", {
  message: Schema.String,
  ...internal.callFields,
  /** Where the request does not fit its schema, and why. */
  issues: internal.issues
}, { kind: "request", description: "A request that cannot be sent" }) {}

/**
 * A class that {@link define} makes.
 *
 * @category models
 */
export type DefinedClass<
  Self,
  Tag extends string,
  K extends ErrorKind.ErrorKind,
  R extends ErrorKind.RetryClass = ErrorKind.RowOf<K>["retryClass"]
> = internal.ClassifiedClass<
  Self,
  Tag,
  typeof internal.details & {
    /** The code of the response that it is for. */
    readonly code: typeof internal.code
  },
  internal.Classified<K, R> & internal.FailureFields
>

/**
 * Any class that {@link define} makes.
 *
 * @category models
 */
export interface AnyDefinedClass extends Schema.ConstraintCodec<Failure, unknown> {
  new(fields: Fields & { readonly code: number | string; readonly outcome?: ErrorKind.Outcome }): Failure
  /** The outcome of an instance that is not told one. */
  readonly usualOutcome: ErrorKind.Outcome
}

/**
 * Defines an error class of your own, for a code that has a meaning of its own in one service. Handlers by kind, retries and
 * `explain` treat it like any other. `retryClass` and `outcome` say where it differs from its kind.
 *
 * **Example** (The code 4440 of the message queue)
 *
 * ```ts
 * import { Effect, Schema } from "effect"
 * import { Failure, TencentResponse } from "effect-tencentcloud"
 *
 * class QueueNotFound extends Failure.define<QueueNotFound>()("QueueNotFound", { kind: "notFound" }) {}
 *
 * const decode = TencentResponse.decode(Schema.Struct({ queueName: Schema.String }), { errors: { 4440: QueueNotFound } })
 * const error = await Effect.runPromise(Effect.flip(decode({ code: 4440, message: "(10100) no such queue" })))
 * console.log(error._tag, error.kind, error.outcome) // => QueueNotFound notFound notRun
 * ```
 *
 * @category constructors
 */
export const define = <Self>() =>
<
  const Tag extends string,
  const K extends ErrorKind.ErrorKind,
  const R extends ErrorKind.RetryClass = ErrorKind.RowOf<K>["retryClass"]
>(
  tag: Tag,
  options: {
    readonly kind: K
    readonly retryClass?: R | undefined
    readonly outcome?: ErrorKind.Outcome | undefined
  }
): DefinedClass<Self, Tag, K, R> =>
  internal.classified<Self, internal.FailureFields>(tag)(tag, { ...internal.details, code: internal.code }, {
    ...options,
    description: `An error of kind ${options.kind}`
  })
