/**
 * Reads the two envelopes that the address of API 2.0 responds with: `{ code, message, ... }`, and the transitional
 * `{ Response: { Error?, RequestId, ... } }`. The code decides whether there is a success or a failure; no schema is needed for
 * that.
 */
import { isObject } from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import type * as ErrorKind from "../../ErrorKind.ts"
import type { AnyDefinedClass } from "../../Failure.ts"
import { type CallContext, construct, ofCall, outcomeIn } from "../../internal/failure.ts"
import { isTooDeep, maxDepth, unreadable } from "../../internal/malformed.ts"
import { notABody } from "../../internal/notABody.ts"
import type { Success } from "../../internal/success.ts"
import * as text from "../../internal/text.ts"
import { type JsonObject, own, readLabel, readMessage } from "../../internal/values.ts"
import * as TencentError from "../TencentError.ts"

// ---------------------------------------------------------------------------------------------------------------------
// Meanings of codes
// ---------------------------------------------------------------------------------------------------------------------

export type AnyErrors = { readonly [code: number | string]: AnyDefinedClass }

/**
 * What codes mean in one module, where it differs from the common list.
 *
 * @category models
 */
export interface Options<Errors extends AnyErrors> {
  /** Codes other than 0 that mean success, such as 1 and 2 of a resumable upload. */
  readonly successCodes?: ReadonlyArray<number | string> | undefined
  /**
   * The class for a code or for a `codeDesc`. It takes precedence over the common meaning, and a `codeDesc` over a code. Its
   * instances join the error type.
   */
  readonly errors?: Errors | undefined
}

/**
 * The instances of the classes in {@link Options}, by their codes.
 *
 * @category models
 */
export type Instances<Errors> = {
  readonly [Code in keyof Errors]: Errors[Code] extends new(...args: never) => infer E ? E : never
}

interface Meanings {
  readonly success: ReadonlySet<unknown>
  readonly errors: ReadonlyMap<string, AnyDefinedClass>
}

const common: Meanings = { success: /*#__PURE__*/ new Set(), errors: /*#__PURE__*/ new Map() }

type DocumentedClass = (abstract new(...args: never) => TencentError.ApiError) & {
  readonly tag: string
  readonly usualOutcome: ErrorKind.Outcome
}

/** The documented classes by code. */
const documented: ReadonlyMap<unknown, DocumentedClass> = /*#__PURE__*/ (() => {
  const classes = new Map<unknown, DocumentedClass>()
  for (const Class of TencentError.TencentError.members) {
    if ("code" in Class) classes.set(Class.code, Class)
  }
  return classes
})()

// ---------------------------------------------------------------------------------------------------------------------
// Values
// ---------------------------------------------------------------------------------------------------------------------

/** 5100, "5100" and " 5100 " are one code. Text that is not a number stays text. */
export const readCode = (value: unknown): number | string | undefined => {
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined
  if (typeof value !== "string") return undefined
  const trimmed = value.trim()
  if (trimmed === "") return undefined
  const code = /^-?\d+$/.test(trimmed) ? Number(trimmed) : NaN
  return Number.isSafeInteger(code) ? code : text.label(trimmed)
}

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

// ---------------------------------------------------------------------------------------------------------------------
// Failures
// ---------------------------------------------------------------------------------------------------------------------

/** What the body says of a failure, as it stands there. */
interface Reported {
  readonly code: number | string
  readonly message: unknown
  readonly codeDesc: unknown
  readonly requestId: unknown
  readonly body: object
}

/** A refusal because of a used nonce or a wrong time. */
export const replayCode = 4500

/**
 * A used nonce of a call whose time was right means that a copy of the request has arrived before: something in between may
 * send twice.
 */
const outcomeOf = (
  code: number | string,
  usual: ErrorKind.Outcome,
  context: CallContext
): ErrorKind.Outcome => code === replayCode && context.clockWasRight() ? "unknown" : outcomeIn(usual, context)

const failure = <E>(reported: Reported, { errors }: Meanings, context: CallContext): TencentError.TencentError | E => {
  const { code } = reported
  const requestId = readLabel(reported.requestId)
  if (isTooDeep(reported.body)) {
    return unreadable(`The response nests deeper than ${maxDepth} levels.`, context, { code, requestId })
  }
  const codeDesc = readLabel(reported.codeDesc)
  const message = readMessage(reported.message)
  const Own = errors.size === 0 ? undefined : errors.get(codeDesc ?? "") ?? errors.get(String(code))
  const moduleCode = readModuleCode(message)
  const body = Redacted.make(reported.body)
  if (Own !== undefined) {
    // It may have a constructor of its own.
    return new Own({
      code,
      message,
      outcome: outcomeOf(code, Own.usualOutcome, context),
      ...(codeDesc !== undefined && { codeDesc }),
      ...(moduleCode !== undefined && { moduleCode }),
      ...(requestId !== undefined && { requestId }),
      ...ofCall(context),
      body
    }) as E
  }
  const { action, clientToken } = context
  const said = { code, message, codeDesc, moduleCode, requestId, action, clientToken, body }
  const Class = documented.get(code)
  return Class === undefined
    ? construct(TencentError.UnknownErrorCode, TencentError.UnknownErrorCode.tag, { ...said, outcome: "unknown" })
    : construct(Class, Class.tag, { ...said, outcome: outcomeOf(code, Class.usualOutcome, context) })
}

type Read<E> = Result.Result<Success, TencentError.TencentError | E>

const readTransitional = <E>(
  response: JsonObject,
  body: JsonObject,
  meanings: Meanings,
  context: CallContext
): Read<E> => {
  const error = own(response, "Error")
  if (error === undefined || error === null) return Result.succeed({ value: response, body })
  const code = isObject(error) ? own(error, "Code") : undefined
  if (!isObject(error) || typeof code !== "string" || code === "") {
    return Result.fail(unreadable("The response has an Error without a readable Code.", context, { body }))
  }
  return Result.fail(failure<E>(
    {
      code: transitionalCodes.get(code) ?? text.label(code),
      message: own(error, "Message"),
      codeDesc: code,
      requestId: own(response, "RequestId"),
      body
    },
    meanings,
    context
  ))
}

const read = <E>(raw: unknown, meanings: Meanings, context: CallContext): Read<E> => {
  if (!isObject(raw)) return Result.fail(notABody("The response is not a JSON object.", raw, context))
  const code = readCode(own(raw, "code"))
  if (code === 0 || code !== undefined && meanings.success.has(code)) return Result.succeed({ value: raw, body: raw })
  if (code === undefined) {
    const response = own(raw, "Response")
    return isObject(response)
      ? readTransitional(response, raw, meanings, context)
      : Result.fail(notABody("The response has no readable code.", raw, context))
  }
  return Result.fail(failure<E>(
    {
      code,
      message: own(raw, "message"),
      codeDesc: own(raw, "codeDesc"),
      requestId: own(raw, "requestId"),
      body: raw
    },
    meanings,
    context
  ))
}

/** Finds the success in a body, or the failure that it reports, where codes mean what the options say. */
export const find = <Errors extends AnyErrors>(options: Options<Errors> | undefined) => {
  const meanings = options === undefined ? common : {
    success: new Set<unknown>(options.successCodes?.map(readCode)),
    errors: new Map<string, AnyDefinedClass>(Object.entries(options.errors ?? {}))
  }
  return (raw: unknown, context: CallContext): Read<Instances<Errors>[keyof Errors]> => read(raw, meanings, context)
}
