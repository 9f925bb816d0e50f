/**
 * The classes of the errors of API 3.0, from the inside: one class for all codes that are known to mean something, whose tag is
 * the code, and the base that it shares with the class of the other codes.
 */
import type * as Cause from "effect/Cause"
import * as Data from "effect/Data"
import * as Equal from "effect/Equal"
import * as Hash from "effect/Hash"
import { NodeInspectSymbol } from "effect/Inspectable"
import * as Redacted from "effect/Redacted"
import type * as Types from "effect/Types"
import * as ErrorKind from "../../ErrorKind.ts"
import type { Classified, Fields, Shown } from "../../Failure.ts"
import * as internal from "../../internal/failure.ts"
import * as show from "../../internal/show.ts"
import * as stackTrace from "../../internal/stackTrace.ts"

export const TypeId = "~effect-tencentcloud/v3/TencentError"

/**
 * What every error of a response has, besides its code and what follows from it.
 *
 * @category models
 */
export interface Received extends Shown, Pick<Fields, "message" | "requestId" | "body"> {
  readonly [TypeId]: typeof TypeId
}

/**
 * An error whose code is known to mean something: a common code, or one that the action declares. Its tag is its code.
 *
 * @category models
 */
export interface ApiError<out Code extends string = string, out Kind extends ErrorKind.ErrorKind = ErrorKind.ErrorKind>
  extends Cause.YieldableError, Classified<Kind>, Received
{
  readonly name: string
  readonly message: string
  /** The code. */
  readonly _tag: Code
  /** The code, whole and exact. */
  readonly code: Code
  toJSON(): unknown
}

/**
 * What an error can be made of, besides its code. What is left out is absent, and the outcome is that of the code.
 *
 * @category models
 */
export type MakeFields = Partial<
  Pick<Received, "message" | "outcome" | "requestId" | "action" | "clientToken" | "body">
>

// ---------------------------------------------------------------------------------------------------------------------
// Classes
// ---------------------------------------------------------------------------------------------------------------------

/** What an instance is made of, besides its tag. What is `undefined` is left out. */
export interface Own extends Pick<Received, "message" | "outcome"> {
  readonly code: string
  /** Where it does not follow from the code. */
  readonly kind?: ErrorKind.ErrorKind
  readonly requestId?: string | undefined
  readonly action?: string | undefined
  readonly clientToken?: string | undefined
  readonly body?: Received["body"]
  /** The decoded JSON, in the place of a `body`, which hides it only when it is asked for: that is a third of the price. */
  readonly raw?: object
}

/** An instance, as far as the methods below read it. */
type Instance = Own & show.Printable

const printed = ["code", "message", "outcome", "requestId", "action", "clientToken"] as const

const compared = ["code", "kind", "message", "outcome", "requestId", "clientToken", "body"] as const

type ReceivedClass<Brand> = abstract new(tag: string, own: Own) => Cause.YieldableError & Received & Brand

/** The base of both classes. The subclass says `kind`, `category` and `retryClass`. */
export const receivedClass = <Brand>(identifier: string): ReceivedClass<Brand> => {
  class ReceivedError extends Data.Error<{}> {
    // A field of its own can be set also where `Error.prototype` is frozen. To tell the constructor of `Error` costs more.
    override readonly message: string
    #body: Received["body"]
    readonly #raw: object | undefined
    constructor(tag: string, own: Own) {
      // No call of `without`: a constructor has to call `super` itself.
      const limit = stackTrace.limit()
      const off = stackTrace.turnOff()
      try {
        super()
      } finally {
        if (off) stackTrace.turnOn(limit)
      }
      const instance: Types.Mutable<Instance> = instanceOf(this)
      // To name each costs less than a loop over them.
      instance._tag = tag
      instance.code = own.code
      if (own.kind !== undefined) instance.kind = own.kind
      this.message = own.message
      if (own.requestId !== undefined) instance.requestId = own.requestId
      if (own.action !== undefined) instance.action = own.action
      if (own.clientToken !== undefined) instance.clientToken = own.clientToken
      instance.outcome = own.outcome
      this.#body = own.body
      this.#raw = own.raw
      this.stack = own.raw === undefined ? show.show(instance) : show.showRead(instance)
    }
    get body() {
      // A proxy of an error has none.
      if (!(#raw in this)) return undefined
      if (this.#raw !== undefined) this.#body ??= Redacted.make(this.#raw)
      return this.#body
    }
    get [TypeId]() {
      return TypeId
    }
    get [internal.TypeId]() {
      return identifier
    }
    override get name(): string {
      return instanceOf(this)._tag
    }
    override toJSON() {
      return show.toJSON(instanceOf(this), printed)
    }
    override toString() {
      return show.show(instanceOf(this))
    }
    override [NodeInspectSymbol]() {
      return this.toJSON()
    }
    [Equal.symbol](that: unknown) {
      return internal.isOfClass<Instance>(that, identifier) && show.isEqualIn(compared, instanceOf(this), that)
    }
    [Hash.symbol]() {
      return show.hash(instanceOf(this))
    }
  }
  // The constructor adds the fields.
  return ReceivedError as unknown as ReceivedClass<Brand>
}

const instanceOf = (error: Error): Instance => error as Error & Instance

const identifier = "effect-tencentcloud/v3/ApiError"

const ApiErrorClass =
  /*#__PURE__*/ (() =>
    class extends receivedClass<{ readonly kind: ErrorKind.ErrorKind }>(identifier) {
      get category(): ErrorKind.Category {
        return ErrorKind.table[this.kind].category
      }
      get retryClass(): ErrorKind.RetryClass {
        return ErrorKind.table[this.kind].retryClass
      }
    })()

/** Makes an error of a code. */
export const apiError = <Code extends string, Kind extends ErrorKind.ErrorKind>(
  own: Own & { readonly code: Code; readonly kind: Kind }
): ApiError<Code, Kind> => new ApiErrorClass(own.code, own) as ApiError<Code, Kind>

/** Does not depend on class identity. */
export const isApiError = (u: unknown): u is ApiError => internal.isOfClass<ApiError>(u, identifier)
