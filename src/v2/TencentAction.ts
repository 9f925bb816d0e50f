/**
 * An action of API 2.0 as data: its name and module, the schemas of its parameters and of its response, what its codes mean, and
 * whether it may be repeated. `TencentClient.call` sends it.
 */
import type * as Schema from "effect/Schema"
import type * as TencentResponse from "./TencentResponse.ts"

type ErrorClasses = { readonly [code: number | string]: TencentResponse.ErrorClass }

/**
 * An action. The type parameters are its request schema, its response schema, and its own error classes.
 *
 * @category models
 */
export interface Action<
  out Request extends Schema.Constraint,
  out Response extends Schema.Constraint,
  out Errors extends ErrorClasses = {}
> {
  readonly name: string
  /** The module that serves it, which is the first label of the host, such as `cvm`. */
  readonly module: string
  /** The `Version` parameter of the transitional actions of 2017, such as `2017-03-12`. */
  readonly version: string | undefined
  /** Encodes to an object of parameters. Nested objects and arrays are flattened: `instanceIds.0`, `filters.1.name`. */
  readonly request: Request
  /** Decodes the whole body of a success. */
  readonly response: Response
  /** Whether running it twice is the same as running it once. Decides which failures are retried. */
  readonly idempotent: boolean
  /** Requests per second that an account may send of it in a region. Used by a `TencentQuotaStore` only. */
  readonly quota: number
  readonly successCodes: ReadonlyArray<number | string>
  readonly errors: Errors
}

/** What most pages of the API documentation name, per account and interface. */
const usualQuota = 20

// `Check*`, `Verify*`, `Estimate*` and the like stay out: some of them are billed per call.
const readOnlyName = /^(?:Describe|List|Get|Query|Inquiry|Inquire|Search|Count)(?![a-z])/

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
export const isReadOnlyName = (name: string): boolean => readOnlyName.test(name)

/**
 * Declares an action.
 *
 * - `idempotent` defaults to {@link isReadOnlyName}. Say `true` for an action that is safe to repeat, and `false` for one
 *   that only looks like a reading one.
 * - `quota` defaults to 20 requests per second, which is what Tencent documents for most actions. A refusal that names another
 *   number corrects it.
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
  const Errors extends ErrorClasses = {}
>(
  name: string,
  options: {
    readonly module: string
    readonly version?: string | undefined
    readonly request: Request
    readonly response: Response
    readonly idempotent?: boolean | undefined
    readonly quota?: number | undefined
    readonly successCodes?: ReadonlyArray<number | string> | undefined
    readonly errors?: Errors | undefined
  }
): Action<Request, Response, Errors> => ({
  name,
  module: options.module,
  version: options.version,
  request: options.request,
  response: options.response,
  idempotent: options.idempotent ?? isReadOnlyName(name),
  quota: options.quota ?? usualQuota,
  successCodes: options.successCodes ?? [],
  // Without `errors` the type parameter is its default, the empty record.
  errors: options.errors ?? {} as Errors
})
