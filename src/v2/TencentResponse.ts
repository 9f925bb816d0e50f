/**
 * From the body of a response to `Effect<A, TencentError>`. The code of the body decides before any payload schema runs, so
 * a failure never has to fit the schema of a success. Whatever the bytes are, the result is a value or a typed failure,
 * never a defect.
 *
 * The functions read both envelopes that the 2.0 address answers with: `{ code, message, ... }`, and the transitional
 * `{ Response: { Error?, RequestId, ... } }`.
 *
 * This module does not read HTTP: status, headers and size limits are the client's.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import * as SchemaParser from "effect/SchemaParser"
import * as SchemaTransformation from "effect/SchemaTransformation"
import { issuesOf, summaryOf } from "../internal/issues.ts"
import { fromFault, isTooDeep, malformed, maxDepth, withoutStackTrace } from "./internal/construct.ts"
import * as TencentError from "./TencentError.ts"

// ---------------------------------------------------------------------------------------------------------------------
// Options
// ---------------------------------------------------------------------------------------------------------------------

/**
 * An error class that a {@link TencentError.Fault} can build: see `TencentError.fault`.
 *
 * @category models
 */
export type ErrorClass = new(fault: TencentError.Fault) => { readonly _tag: string }

/**
 * What codes mean in one module, where it differs from the common list.
 *
 * @category models
 */
export interface Options<Errors extends { readonly [code: number | string]: ErrorClass }> {
  /** Codes other than 0 that mean success, such as 1 and 2 of a resumable upload. */
  readonly successCodes?: ReadonlyArray<number | string> | undefined
  /**
   * The class for a code or for a `codeDesc`. It takes precedence over the common meaning, and a `codeDesc` over a code. Its
   * instances join the error type.
   */
  readonly errors?: Errors | undefined
}

/**
 * The instances of the classes in {@link Options}.
 *
 * @category models
 */
export type ErrorOf<Errors> = {
  [Code in keyof Errors]: Errors[Code] extends new(...args: never) => infer E ? E : never
}[keyof Errors]

interface Meanings {
  readonly success: ReadonlySet<unknown>
  readonly errors: ReadonlyMap<string, ErrorClass>
}

const common: Meanings = { success: /*#__PURE__*/ new Set(), errors: /*#__PURE__*/ new Map() }

const meaningsOf = (options: Options<{ readonly [code: number | string]: ErrorClass }> | undefined): Meanings =>
  options === undefined
    ? common
    : {
      success: new Set(options.successCodes?.map(readCode)),
      errors: new Map(Object.entries(options.errors ?? {}))
    }

// ---------------------------------------------------------------------------------------------------------------------
// Reading a body
// ---------------------------------------------------------------------------------------------------------------------

type JsonObject = { readonly [key: string]: unknown }

const isObject = (u: unknown): u is JsonObject => typeof u === "object" && u !== null && !Array.isArray(u)

/** Own properties only: a key such as `__proto__` or `constructor` in a response is data. */
const own = (object: JsonObject, key: string): unknown => Object.hasOwn(object, key) ? object[key] : undefined

/** 5100, "5100" and " 5100 " are one code. Text that is not a number stays text. */
const readCode = (value: unknown): number | string | undefined => {
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined
  if (typeof value !== "string") return undefined
  const text = value.trim()
  if (text === "") return undefined
  const code = /^-?\d+$/.test(text) ? Number(text) : NaN
  return Number.isSafeInteger(code) ? code : text
}

const readText = (value: unknown): string | undefined =>
  typeof value === "string" ? value : typeof value === "number" || typeof value === "bigint" ? String(value) : undefined

const readMessage = (value: unknown): string =>
  value === undefined || value === null ? "" : typeof value === "string" ? value : JSON.stringify(value) ?? ""

// Live video prints "20108：text". Five digits at least, so that a clock time or a port at the head of a message is not taken
// for a module code.
const bareModuleCode = /^\s*(-?\d{5,6})\s*[:：]/

const digits = /^-?\d{1,9}$/

/** The number in "(100004)text", "(100004) text", "(-514)text" and "(- 514) text". */
const readModuleCode = (message: string): number | undefined => {
  const start = message.trimStart()
  if (start.charCodeAt(0) === 40 /* ( */) {
    const end = start.indexOf(")")
    const inside = start.slice(1, Math.min(end, 16)).trim()
    const code = inside.charCodeAt(1) === 32 ? inside.replace(/^- +/, "-") : inside
    return end > 0 && digits.test(code) ? Number(code) : undefined
  }
  const match = bareModuleCode.exec(start)
  return match === null ? undefined : Number(match[1])
}

/**
 * The transitional list has the rows of the 2.0 list in the same order, with text for the code. Where it has one name for
 * 4101, 4102 and 4103, the first is taken.
 */
const transitionalCodes: ReadonlyMap<string, number> = /*#__PURE__*/ new Map([
  ["InvalidParameter", 4000],
  ["InvalidParameter.SignatureFailure", 4100],
  ["AuthFailure", 4101],
  ["UnauthorizedOperation", 4101],
  ["InvalidParameter.SecretIdNotFound", 4104],
  ["InvalidRequest.TokenCheckFailed", 4105],
  ["InvalidRequest.MFACheckFailed", 4106],
  ["InternalError.CAMInnerError", 4110],
  ["InvalidRequest.Forbidden", 4300],
  ["InvalidRequest.LimitExceeded", 4400],
  ["InvalidRequest.ReplayAttack", 4500],
  ["InvalidRequest.UnsupportedProtocol", 4600],
  ["InternalError.ResourceOpFailed", 5100],
  ["InternalError", 6000],
  ["InvalidAction.NotFound", 6100],
  ["InvalidAction.ActionUnavailable", 6200]
])

interface Unread {
  readonly code: number | string
  readonly message: unknown
  readonly codeDesc: unknown
  readonly requestId: unknown
  readonly body: object
}

const failure = <E>(unread: Unread, meanings: Meanings): TencentError.TencentError | E => {
  if (isTooDeep(unread.body)) {
    return malformed(`The response nests deeper than ${maxDepth} levels.`, { code: unread.code })
  }
  const message = readMessage(unread.message)
  const codeDesc = readText(unread.codeDesc)
  const moduleCode = readModuleCode(message)
  const requestId = readText(unread.requestId)
  const fault: { -readonly [K in keyof TencentError.Fault]: TencentError.Fault[K] } = {
    code: unread.code,
    message,
    body: unread.body
  }
  if (codeDesc !== undefined) fault.codeDesc = codeDesc
  if (moduleCode !== undefined) fault.moduleCode = moduleCode
  if (requestId !== undefined) fault.requestId = requestId
  if (meanings.errors.size === 0) return fromFault(fault)
  const Class = (codeDesc === undefined ? undefined : meanings.errors.get(codeDesc)) ??
    meanings.errors.get(String(unread.code))
  return Class === undefined ? fromFault(fault) : withoutStackTrace(() => new Class(fault)) as E
}

/** Marks a failure that the body reports. A class of its own, because most bodies are successes and need no wrapper. */
class Failed<E> {
  readonly error: E
  constructor(error: E) {
    this.error = error
  }
}

const readTransitional = <E>(
  response: JsonObject,
  body: JsonObject,
  meanings: Meanings
): JsonObject | Failed<TencentError.TencentError | E> => {
  const error = own(response, "Error")
  if (error === undefined || error === null) return response
  const code = isObject(error) ? own(error, "Code") : undefined
  if (!isObject(error) || typeof code !== "string" || code === "") {
    return new Failed(malformed("The response has an Error without a readable Code.", { body }))
  }
  return new Failed(failure({
    code: transitionalCodes.get(code) ?? code,
    message: own(error, "Message"),
    codeDesc: code,
    requestId: own(response, "RequestId"),
    body
  }, meanings))
}

/** The payload of a success, or the failure that the body reports. */
const read = <E>(raw: unknown, meanings: Meanings): JsonObject | Failed<TencentError.TencentError | E> => {
  if (!isObject(raw)) return new Failed(malformed("The response is not a JSON object.", { body: raw }))
  const code = readCode(own(raw, "code"))
  if (code === 0) return raw
  if (code === undefined) {
    const response = own(raw, "Response")
    return isObject(response)
      ? readTransitional(response, raw, meanings)
      : new Failed(malformed("The response has no readable code.", { body: raw }))
  }
  if (meanings.success.has(code)) return raw
  return new Failed(failure({
    code,
    message: own(raw, "message"),
    codeDesc: own(raw, "codeDesc"),
    requestId: own(raw, "requestId"),
    body: raw
  }, meanings))
}

// ---------------------------------------------------------------------------------------------------------------------
// The payload
// ---------------------------------------------------------------------------------------------------------------------

const unfit = (issue: SchemaIssue.Issue, body: unknown): TencentError.MalformedResponse => {
  const issues = issuesOf(issue)
  return malformed(`The payload does not fit its schema${summaryOf(issues)}`, { body, issues })
}

const describe = (defect: unknown): string => {
  try {
    return defect instanceof Error ? defect.message : String(defect)
  } catch {
    return "a value that cannot be shown"
  }
}

const thrown = (defect: unknown, body: unknown): TencentError.MalformedResponse =>
  malformed(`The response could not be read: ${describe(defect)}`, { body })

/** A synchronous schema has finished when its effect comes back: nothing needs to be wrapped around a success. */
const hasSucceeded = <A, E, R>(effect: Effect.Effect<A, E, R>): effect is Effect.Effect<A> =>
  Exit.isExit(effect) && Exit.isSuccess(effect)

const recover = (
  cause: Cause.Cause<SchemaIssue.Issue>,
  body: unknown
): Effect.Effect<never, TencentError.MalformedResponse> => {
  const issue = Cause.findErrorOption(cause)
  if (Option.isSome(issue)) return Effect.fail(unfit(issue.value, body))
  // What is left are defects and interruption. An interruption stays one.
  return Cause.hasInterrupts(cause)
    ? Effect.failCause(cause as Cause.Cause<never>)
    : Effect.fail(thrown(Cause.squash(cause), body))
}

const recovered = <A, R>(
  parsed: Effect.Effect<A, SchemaIssue.Issue, R>,
  body: unknown
): Effect.Effect<A, TencentError.MalformedResponse, R> => Effect.catchCause(parsed, (cause) => recover(cause, body))

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
  const Errors extends { readonly [code: number | string]: ErrorClass } = {}
>(
  schema: S,
  options?: Options<Errors>
): (raw: unknown) => Effect.Effect<S["Type"], TencentError.TencentError | ErrorOf<Errors>, S["DecodingServices"]> => {
  const meanings = meaningsOf(options)
  const parse = SchemaParser.decodeUnknownEffect(schema)
  return (raw) => {
    // A value that did not come from JSON can throw when it is read, and a recursive schema can overflow the stack.
    try {
      const payload = read<ErrorOf<Errors>>(raw, meanings)
      if (payload instanceof Failed) return Effect.fail(payload.error)
      const parsed: Effect.Effect<S["Type"], SchemaIssue.Issue, S["DecodingServices"]> = parse(payload)
      return hasSucceeded(parsed) ? parsed : recovered(parsed, raw)
    } catch (defect) {
      return Effect.fail(thrown(defect, raw))
    }
  }
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
  const Errors extends { readonly [code: number | string]: ErrorClass } = {}
>(
  schema: S,
  options?: Options<Errors>
): (raw: unknown) => Result.Result<S["Type"], TencentError.TencentError | ErrorOf<Errors>> => {
  const meanings = meaningsOf(options)
  const parse = SchemaParser.decodeUnknownResult(schema)
  return (raw) => {
    try {
      const payload = read<ErrorOf<Errors>>(raw, meanings)
      return payload instanceof Failed
        ? Result.fail(payload.error)
        : Result.mapError(parse(payload), (issue) => unfit(issue, raw))
    } catch (defect) {
      return Result.fail(thrown(defect, raw))
    }
  }
}

// An integer of 16 digits can be beyond 2^53, and an exponent of three digits beyond the range of numbers.
const maybeUnsafeNumber = /\d{16}|[eE]\+?\d{3}/

const isDigit = (char: number): boolean => char >= 48 && char <= 57

const isUnsafe = (number: string): boolean => {
  const value = Number(number)
  return Number.isInteger(value) && /^-?\d+$/.test(number) ? !Number.isSafeInteger(value) : !Number.isFinite(value)
}

/** Puts quotes around the numbers of a valid JSON text that parsing would change, so that their digits are kept. */
const quoteUnsafeNumbers = (json: string): string => {
  const parts: Array<string> = []
  let copied = 0
  for (let i = 0; i < json.length; i++) {
    const char = json.charCodeAt(i)
    if (char === 34 /* " */) {
      for (i++; json.charCodeAt(i) !== 34; i++) {
        if (json.charCodeAt(i) === 92 /* \ */) i++
      }
    } else if (char === 45 /* - */ || isDigit(char)) {
      const start = i
      while (/[-+.eE\d]/.test(json.charAt(i + 1))) i++
      const number = json.slice(start, i + 1)
      if (isUnsafe(number)) {
        parts.push(json.slice(copied, start), "\"", number, "\"")
        copied = i + 1
      }
    }
  }
  return copied === 0 ? json : parts.join("") + json.slice(copied)
}

const parseJson = (text: string): unknown => {
  const json = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
  const value: unknown = JSON.parse(json)
  return maybeUnsafeNumber.test(json) ? JSON.parse(quoteUnsafeNumbers(json)) : value
}

/** How much of a text that is not JSON an error keeps: enough to see which proxy or gateway wrote it. */
const excerptLength = 256

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
  const Errors extends { readonly [code: number | string]: ErrorClass } = {}
>(
  schema: S,
  options?: Options<Errors>
): (text: string) => Effect.Effect<S["Type"], TencentError.TencentError | ErrorOf<Errors>, S["DecodingServices"]> => {
  const decodeJson = decode(schema, options)
  return (text) => {
    let raw: unknown
    try {
      raw = parseJson(text)
    } catch {
      return Effect.fail(malformed("The response is not JSON.", { body: text.slice(0, excerptLength) }))
    }
    return decodeJson(raw)
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// Codec
// ---------------------------------------------------------------------------------------------------------------------

/**
 * The envelope as a codec between the JSON of a body and `Result<A, ApiError | UnknownErrorCode>`. A body that cannot be
 * read is an issue of the schema.
 *
 * Encoding a success writes `code: 0`, `message: ""` and the encoded payload; encoding a failure writes `code`, `message`,
 * `codeDesc`, `requestId` and the other members of the error's `body`, such as the `detail` of a batch.
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
  payload: S
): Schema.Codec<
  Result.Result<S["Type"], TencentError.ApiError | TencentError.UnknownErrorCode>,
  unknown,
  S["DecodingServices"],
  S["EncodingServices"]
> => {
  type Failure = TencentError.ApiError | TencentError.UnknownErrorCode
  const parse = SchemaParser.decodeUnknownEffect(payload)
  const encode = SchemaParser.encodeUnknownEffect(payload)
  const failure = Schema.declare((u): u is Failure => TencentError.isTencentError(u) && u._tag !== "MalformedResponse")
  return Schema.Unknown.pipe(Schema.decodeTo(
    Schema.Result(Schema.toType(payload), failure),
    SchemaTransformation.transformEffect({
      decode: (
        raw: unknown
      ): Effect.Effect<Result.Result<S["Type"], Failure>, SchemaIssue.Issue, S["DecodingServices"]> => {
        const unreadable = (message: string) => Effect.fail(new SchemaIssue.InvalidValue({ message }, raw))
        try {
          const body = read<never>(raw, common)
          if (!(body instanceof Failed)) {
            return Effect.map(parse(body), Result.succeed).pipe(
              Effect.catchCause((cause) =>
                Cause.hasDies(cause) ? unreadable(describe(Cause.squash(cause))) : Effect.failCause(cause)
              )
            )
          }
          return body.error._tag === "MalformedResponse"
            ? unreadable(body.error.message)
            : Effect.succeed(Result.fail(body.error))
        } catch (defect) {
          return unreadable(describe(defect))
        }
      },
      encode: (result) =>
        Result.isSuccess(result)
          ? Effect.map(encode(result.success), successBody)
          : Effect.succeed(failureBody(result.failure))
    })
  ))
}

const successBody = (payload: unknown): unknown =>
  isObject(payload) ? { code: 0, message: "", ...payload } : { code: 0, message: "", data: payload }

const failureBody = (error: TencentError.ApiError | TencentError.UnknownErrorCode): unknown => ({
  ...(isObject(error.body) && !Object.hasOwn(error.body, "Response") && error.body),
  code: error.code,
  message: error.message,
  ...(error.codeDesc !== undefined && { codeDesc: error.codeDesc }),
  ...(error.requestId !== undefined && { requestId: error.requestId })
})

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
  readonly succeeded: ReadonlyArray<{ readonly id: string; readonly value: A }>
  readonly failed: ReadonlyArray<{ readonly id: string; readonly error: TencentError.TencentError }>
}

/** The members that carry a code: of a map by resource id, of an array, or of an array one level below (`deleteKeySet`). */
const members = (container: unknown, prefix = ""): ReadonlyArray<readonly [id: string, item: JsonObject]> => {
  if (typeof container !== "object" || container === null) return []
  return Object.entries(container).flatMap(([key, member]: [string, unknown]) =>
    isObject(member) && readCode(own(member, "code")) !== undefined
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
 * An item whose payload does not fit the schema is among the failed ones. It never throws, and gives two empty lists where
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
    const body = TencentError.isTencentError(source) ? source.body : source
    const items = isObject(body) ? [...members(own(body, "detail")), ...members(own(body, "errorList"))] : []
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
