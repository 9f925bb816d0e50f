/**
 * What the error classes of all calls share: their fields, and how they are built from a response or a failed transport. The
 * public side of it is `Failure`; what an error shows is in `show`.
 */
import type * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as Hash from "effect/Hash"
import { NodeInspectSymbol } from "effect/Inspectable"
import { hasProperty } from "effect/Predicate"
import type * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as SchemaGetter from "effect/SchemaGetter"
import type * as Types from "effect/Types"
import * as ErrorKind from "../ErrorKind.ts"
import { hash, isEqualIn, type Printable, show, showRead, toJSON } from "./show.ts"
import * as stackTrace from "./stackTrace.ts"

export const TypeId = "~effect-tencentcloud/Failure"

// ---------------------------------------------------------------------------------------------------------------------
// The call around a failure
// ---------------------------------------------------------------------------------------------------------------------

/** What the client knows of a call when it reads a response, or when the transport fails. */
export interface CallContext {
  /** The service and the name of the action, such as `cvm.RunInstances`. */
  readonly action?: string
  /** The `ClientToken` of the call, where the action has one. */
  readonly clientToken?: string
  /** The id of the request, where the head of the response says it. That of the body goes first. */
  readonly requestId?: string
  /** An earlier attempt of the call may have run the action. */
  readonly earlierMayHaveRun: boolean
  /** The time that was sent was not the reason of a refusal. Asked only where the refusal is about the time. */
  readonly clockWasRight: () => boolean
  /** Is told the request id of a success, where the generation has one. */
  readonly onRequestId?: (requestId: string) => void
}

/** The context of a response that was read without a client. */
export const noContext: CallContext = { earlierMayHaveRun: false, clockWasRight: () => false }

/** That an attempt ran nothing says nothing of an earlier one. */
export const outcomeIn = (outcome: ErrorKind.Outcome, context: CallContext): ErrorKind.Outcome =>
  outcome === "notRun" && context.earlierMayHaveRun ? "unknown" : outcome

// ---------------------------------------------------------------------------------------------------------------------
// Fields
// ---------------------------------------------------------------------------------------------------------------------

export const outcome = /*#__PURE__*/ Schema.Literals(ErrorKind.outcomes)

/** `outcome` where the constructor is not told it. */
export const outcomeOr = (value: ErrorKind.Outcome) =>
  outcome.pipe(Schema.withConstructorDefault(Effect.succeed(value)))

/** What the client says of the call, in every error of it. */
export const callFields = {
  action: /*#__PURE__*/ Schema.optionalKey(Schema.String),
  clientToken: /*#__PURE__*/ Schema.optionalKey(Schema.String)
}

/** The values of {@link callFields}, as far as they are known. */
export const ofCall = (
  { action, clientToken }: CallContext
): { readonly action?: string; readonly clientToken?: string } => ({
  ...(action !== undefined && { action }),
  ...(clientToken !== undefined && { clientToken })
})

export const code = /*#__PURE__*/ Schema.Union([Schema.Finite, Schema.String])

/** What a response says of a failure, besides its code. */
export const details = {
  message: /*#__PURE__*/ Schema.String.pipe(
    /*#__PURE__*/ Schema.withConstructorDefault(/*#__PURE__*/ Effect.succeed(""))
  ),
  codeDesc: /*#__PURE__*/ Schema.optionalKey(Schema.String),
  moduleCode: /*#__PURE__*/ Schema.optionalKey(Schema.Finite),
  requestId: /*#__PURE__*/ Schema.optionalKey(Schema.String),
  ...callFields,
  body: /*#__PURE__*/ Schema.optionalKey(/*#__PURE__*/ Schema.RedactedFromValue(Schema.Unknown))
}

/** A body that is never encoded: of a response that may be a success with keys in it. */
export const hiddenBody = /*#__PURE__*/ Schema.optionalKey(Schema.Unknown).pipe(
  /*#__PURE__*/ Schema.decodeTo(/*#__PURE__*/ Schema.optionalKey(/*#__PURE__*/ Schema.Redacted(Schema.Unknown)), {
    decode: /*#__PURE__*/ SchemaGetter.omit(),
    encode: /*#__PURE__*/ SchemaGetter.omit()
  })
)

export const issues = /*#__PURE__*/ Schema.Array(/*#__PURE__*/ Schema.Struct({
  path: /*#__PURE__*/ Schema.Array(/*#__PURE__*/ Schema.Union([Schema.String, Schema.Finite])),
  message: Schema.String
}))

// ---------------------------------------------------------------------------------------------------------------------
// Classes
// ---------------------------------------------------------------------------------------------------------------------

/**
 * What every class of a failure has beside its own fields.
 *
 * @category models
 */
export interface Shown {
  /** The identifier of the class, the same in every copy of this package. */
  readonly [TypeId]: string
  /** The name of the class, by which `Effect.catchTag` finds it. */
  readonly _tag: string
  /** The tag, by which loggers and error trackers group. */
  readonly name: string
  /** The words of the server, or the reason why there is no response. */
  readonly message: string
  /** Whether the action ran, as far as it is known when the call has ended. */
  readonly outcome: ErrorKind.Outcome
  /** The service and the name of the action, such as `cvm.RunInstances`, where a client made the call. */
  readonly action?: string
  /**
   * The token by which the server knows the request again, where the action has one: a call with the same token cannot act
   * twice, for as long as the service remembers it.
   */
  readonly clientToken?: string
  /** Tag, kind, code, message, outcome, ids and action. Never the body. */
  toJSON(): unknown
}

/**
 * What follows from the kind of a class.
 *
 * @category models
 */
export interface Classified<
  K extends ErrorKind.ErrorKind,
  R extends ErrorKind.RetryClass = ErrorKind.RowOf<K>["retryClass"]
> extends Shown {
  /** The meaning of the failure. */
  readonly kind: K
  /** The area of the kind. */
  readonly category: ErrorKind.RowOf<K>["category"]
  /** The condition under which a retry can help. `TencentRetry.decide` turns it into a decision. */
  readonly retryClass: R
}

/**
 * What a response says of a failure.
 *
 * @category models
 */
export interface FailureFields {
  /** The words of the server, `""` when it sent none. */
  readonly message: string
  /** The business error in English, when a module of API 2.0 prints one. */
  readonly codeDesc?: string
  /** The number that a message of API 2.0 such as `(100004)projectId is wrong` begins with. */
  readonly moduleCode?: number
  /** The id to tell to the support, or the task id of an asynchronous action. */
  readonly requestId?: string
  /** The decoded JSON as received, with unsafe integers as text. It is never printed. */
  readonly body?: Redacted.Redacted<unknown>
}

/**
 * A class that is a schema of itself, as `Schema.TaggedError` makes it.
 *
 * @category models
 */
export interface FailureClass<Self, Tag extends string, Fields extends Schema.Struct.Fields, Brand>
  extends Schema.Class<Self, Schema.TaggedStruct<Tag, Fields>, Cause.YieldableError & Brand>
{
  readonly tag: Tag
}

interface Options {
  /** Of the schema. */
  readonly description: string
  /** Fields that are no part of equality, besides `action`. */
  readonly notCompared?: ReadonlyArray<string>
}

/**
 * The base of every error class. Its subclass says `kind`, `category` and `retryClass`: see {@link classified}.
 */
export const failureClass =
  <Self, Brand = Shown>(identifier: string) =>
  <const Tag extends string, const Fields extends Schema.Struct.Fields>(
    tag: Tag,
    fields: Fields,
    { description, notCompared = [] }: Options
  ): FailureClass<Self, Tag, Fields, Brand> => {
    // The fields are those of the parameter; the methods below read only what every class has.
    const Base = Schema.TaggedError<Printable & Error>(identifier)(tag, fields, { description }) as unknown as new(
      ...args: ReadonlyArray<unknown>
    ) => Printable & Error
    const names = Object.keys(fields) as Array<keyof Printable>
    const printed = names.filter((name) => String(name) !== "body")
    const compared = names.filter((name) => name !== "action" && !notCompared.includes(name))

    class FailureError extends Base {
      constructor(...args: ReadonlyArray<unknown>) {
        // No call of `without`: a constructor has to call `super` itself.
        const limit = stackTrace.limit()
        const off = stackTrace.turnOff()
        try {
          super(...args)
        } finally {
          if (off) stackTrace.turnOn(limit)
        }
        this.stack = show(this)
      }
      get [TypeId]() {
        return identifier
      }
      toJSON() {
        return toJSON(this, printed)
      }
      override toString() {
        return show(this)
      }
      [NodeInspectSymbol]() {
        return this.toJSON()
      }
      [Equal.symbol](that: unknown) {
        return isOfClass<Printable>(that, identifier) && isEqualIn(compared, this, that)
      }
      [Hash.symbol]() {
        return hash(this)
      }
    }
    // Loggers and error trackers group by the name.
    FailureError.prototype.name = tag
    // `Self` is the subclass, whose fields are those of the schema.
    return Object.assign(FailureError, { tag }) as unknown as FailureClass<Self, Tag, Fields, Brand>
  }

/** Does not depend on class identity, so it also recognises an instance that another copy of this package made. */
export const isOfClass = <A>(u: unknown, identifier: string): u is A =>
  hasProperty(u, TypeId) && u[TypeId] === identifier

interface Meaning<K extends ErrorKind.ErrorKind, R extends ErrorKind.RetryClass> extends Options {
  readonly kind: K
  /** Where the class narrows its row. */
  readonly retryClass?: R | undefined
  readonly outcome?: ErrorKind.Outcome | undefined
}

/** A class with the field `outcome`, whose kind is always the same. */
export interface ClassifiedClass<Self, Tag extends string, Fields extends Schema.Struct.Fields, Brand>
  extends FailureClass<Self, Tag, Fields & { readonly outcome: ReturnType<typeof outcomeOr> }, Brand>
{
  /** The outcome of an instance that is not told one. */
  readonly usualOutcome: ErrorKind.Outcome
}

/** A class whose kind is always the same. */
export const classified = <Self, Brand = {}>(identifier: string) =>
<
  const Tag extends string,
  const Fields extends Schema.Struct.Fields,
  const K extends ErrorKind.ErrorKind,
  const R extends ErrorKind.RetryClass = ErrorKind.RowOf<K>["retryClass"]
>(
  tag: Tag,
  fields: Fields,
  { kind, outcome, retryClass, ...options }: Meaning<K, R>
): ClassifiedClass<Self, Tag, Fields, Classified<K, R> & Brand> => {
  const row = ErrorKind.table[kind]
  const usualOutcome = outcome ?? row.outcome
  const Class = failureClass<Self, Classified<K, R> & Brand>(identifier)(
    tag,
    { ...fields, outcome: outcomeOr(usualOutcome) },
    options
  )
  const values = { kind, category: row.category, retryClass: retryClass ?? row.retryClass }
  for (const [name, value] of Object.entries(values)) {
    Object.defineProperty(Class.prototype, name, { get: () => value, configurable: true })
  }
  // The compiler does not see that the two ways to add a field to `Fields` are one.
  return Object.assign(Class, { usualOutcome }) as unknown as ClassifiedClass<
    Self,
    Tag,
    Fields,
    Classified<K, R> & Brand
  >
}

// ---------------------------------------------------------------------------------------------------------------------
// Instances
// ---------------------------------------------------------------------------------------------------------------------

/** The values of an instance, besides its tag. What is `undefined` is left out. */
export interface Values {
  readonly message: string
  readonly outcome: ErrorKind.Outcome
  readonly code?: number | string | undefined
  readonly codeDesc?: string | undefined
  readonly moduleCode?: number | undefined
  readonly requestId?: string | undefined
  readonly action?: string | undefined
  readonly clientToken?: string | undefined
  readonly body?: Redacted.Redacted<unknown> | undefined
  readonly issues?: typeof issues.Type | undefined
}

/**
 * An instance as its constructor would make it, without validating fields that this package has just read, one by one, from
 * a response. Validation is half the price of the constructor.
 */
export const construct = <A>(
  // `Reflect.construct` takes a class only for its prototype.
  self: abstract new(...args: never) => A,
  tag: string,
  values: Values
): A => {
  const error: A & Error = stackTrace.without(() => Reflect.construct(Error, [values.message], self))
  // Every class of a response has these fields. To name each costs less than a loop over them.
  const instance = error as A & Error & Types.Mutable<Values> & { _tag: string }
  instance._tag = tag
  if (values.code !== undefined) instance.code = values.code
  instance.message = values.message
  if (values.codeDesc !== undefined) instance.codeDesc = values.codeDesc
  if (values.moduleCode !== undefined) instance.moduleCode = values.moduleCode
  if (values.requestId !== undefined) instance.requestId = values.requestId
  if (values.action !== undefined) instance.action = values.action
  if (values.clientToken !== undefined) instance.clientToken = values.clientToken
  if (values.body !== undefined) instance.body = values.body
  if (values.issues !== undefined) instance.issues = values.issues
  instance.outcome = values.outcome
  // All fields of the class are there now.
  instance.stack = showRead(instance as unknown as Printable)
  return error
}
