/**
 * An action of API 2.0 as data: its name and module, the schemas of its request and of its response, the meanings of its codes,
 * and whether it may be repeated. `TencentClient.call` sends it.
 */
import * as Duration from "effect/Duration"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Protocol from "../client/Protocol.ts"
import { noContext } from "../internal/failure.ts"
import * as internal from "../internal/readOnlyName.ts"
import { type AnyErrors, find, type Instances } from "./internal/envelope.ts"
import * as protocol from "./protocol.ts"
import * as TencentError from "./TencentError.ts"

/**
 * An action. `Request` and `Response` are the types of its request and of its response, `Error` is the union of the failures
 * that a response can report, and `R` is what its schemas need.
 *
 * @category models
 */
export interface Action<in Request, out Response, out Error, out R = never>
  extends Protocol.Action<Request, Response, Error, R>
{
  /** The module that serves it, which is the first label of the host, such as `cvm`. */
  readonly module: string
  /** The `Version` parameter of the transitional actions of 2017, such as `2017-03-12`. */
  readonly version: string | undefined
  /** Every failure of a call of the action: the errors of an rpc, a workflow or an HTTP API, and a source of errors for tests. */
  readonly error: ActionError<Error>
}

/**
 * The schema of every failure of a call.
 *
 * **Example** (An error for a test)
 *
 * ```ts
 * import { Schema } from "effect"
 * import { TencentAction } from "effect-tencentcloud/v2"
 *
 * const RunInstances = TencentAction.make("RunInstances", {
 *   module: "cvm",
 *   request: Schema.Struct({}),
 *   response: Schema.Struct({})
 * })
 * const error = RunInstances.error.make(5300, { message: "top up" })
 * console.log(error._tag, error.action) // => InsufficientBalance cvm.RunInstances
 * ```
 *
 * @category models
 */
export interface ActionError<Error> extends Schema.ConstraintCodec<Error | Protocol.ClientError, unknown> {
  /** The error of a code, as a response would report it. */
  readonly make: (code: number | string, fields?: { readonly message?: string; readonly requestId?: string }) => Error
}

/** What most pages of the API documentation name, per account and interface. */
const usualQuota = 20

/**
 * Whether the name of an action says that it only reads: its first word is `Describe`, `List`, `Get`, `Query`, `Inquiry`, `Inquire`,
 * `Search` or `Count`.
 *
 * **Example** (Two names)
 *
 * ```ts
 * import { TencentAction } from "effect-tencentcloud/v2"
 *
 * console.log(TencentAction.isReadOnlyName("DescribeInstances")) // => true
 * console.log(TencentAction.isReadOnlyName("RunInstances")) // => false
 * ```
 *
 * @category guards
 */
export const isReadOnlyName = (name: string): boolean => internal.isReadOnlyName(name)

/** Makes an error by reading a response that reports it. */
const errorOf = <Errors extends AnyErrors>(
  action: string,
  errors: Errors | undefined
): ActionError<TencentError.TencentError | Instances<Errors>[keyof Errors]> => {
  const read = find<Errors>({ errors })
  const union: Schema.ConstraintCodec<unknown, unknown> = Schema.Union([
    ...Object.values<AnyErrors[string]>(errors ?? {}),
    TencentError.TencentError,
    Protocol.ClientError
  ])
  const make: ActionError<TencentError.TencentError | Instances<Errors>[keyof Errors]>["make"] = (code, fields) => {
    const response = read({ code, ...fields }, { ...noContext, action })
    if (Result.isFailure(response)) return response.failure
    throw new RangeError(`${code} is the code of a success.`)
  }
  // The members of the union are the classes of its type. The `make` of a schema, which would take the fields of an error, is
  // hidden: a code says more.
  return Object.defineProperty(union, "make", { value: make }) as ActionError<
    TencentError.TencentError | Instances<Errors>[keyof Errors]
  >
}

/**
 * Declares an action.
 *
 * - `idempotent` defaults to {@link isReadOnlyName}. Say `true` for an action that is safe to repeat, and `false` for one
 *   that only looks like a reading one.
 * - `quota` defaults to 20 requests per second, which is what Tencent documents for most actions. A refusal that names another
 *   number corrects it.
 * - `attemptTimeout` is for an action whose responses take their time, such as one that waits for a message. By default it is that
 *   of the client. A call whose attempts may take longer than those of the client has as much more time until its deadline.
 * - `successCodes` and `errors` say what codes mean in this module: see `TencentResponse.Options`. The instances of `errors`
 *   join the error type of the call.
 *
 * **Example** (A reading action, and one that changes something)
 *
 * ```ts
 * import { Schema } from "effect"
 * import { TencentAction } from "effect-tencentcloud/v2"
 *
 * const DescribeInstances = TencentAction.make("DescribeInstances", {
 *   module: "cvm",
 *   request: Schema.Struct({ limit: Schema.Number, instanceIds: Schema.optionalKey(Schema.Array(Schema.String)) }),
 *   response: Schema.Struct({ totalCount: Schema.Number })
 * })
 *
 * const TerminateInstances = TencentAction.make("TerminateInstances", {
 *   module: "cvm",
 *   request: Schema.Struct({ instanceIds: Schema.Array(Schema.String) }),
 *   response: Schema.Struct({ requestId: Schema.optionalKey(Schema.Union([Schema.String, Schema.Number])) })
 * })
 *
 * console.log(DescribeInstances.idempotent, TerminateInstances.idempotent) // => true false
 * ```
 *
 * @category constructors
 */
export const make = <
  Request extends Schema.Constraint,
  Response extends Schema.Constraint,
  const Errors extends AnyErrors = {}
>(
  name: string,
  options: {
    readonly module: string
    readonly version?: string | undefined
    readonly request: Request
    readonly response: Response
    readonly idempotent?: boolean | undefined
    readonly quota?: number | undefined
    readonly attemptTimeout?: Duration.Input | undefined
    readonly successCodes?: ReadonlyArray<number | string> | undefined
    readonly errors?: Errors | undefined
  }
): Action<
  Request["Type"],
  Response["Type"],
  TencentError.TencentError | Instances<Errors>[keyof Errors],
  Request["EncodingServices"] | Response["DecodingServices"]
> => ({
  name,
  module: options.module,
  version: options.version,
  idempotent: options.idempotent ?? isReadOnlyName(name),
  quota: options.quota ?? usualQuota,
  attemptTimeout: options.attemptTimeout === undefined ? undefined : Duration.fromInputUnsafe(options.attemptTimeout),
  error: errorOf(`${options.module}.${name}`, options.errors),
  protocol: protocol.make(name, options)
})
