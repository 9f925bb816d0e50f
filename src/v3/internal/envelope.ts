/**
 * Reads the envelope of API 3.0, `{ Response: { Error?: { Code, Message }, RequestId, ... } }`, and the body of API 2.0,
 * `{ code, message, ... }`, which some addresses of API 3.0 still send. The code decides whether there is a success or a
 * failure; no schema is needed for that.
 */
import * as Option from "effect/Option"
import { isObject } from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import type { MalformedResponse } from "../../Failure.ts"
import { type CallContext, ofCall, outcomeIn } from "../../internal/failure.ts"
import { isTooDeep, maxDepth, unreadable } from "../../internal/malformed.ts"
import { notABody } from "../../internal/notABody.ts"
import type { Find, Success } from "../../internal/success.ts"
import * as text from "../../internal/text.ts"
import { type JsonObject, own, readLabel, readMessage } from "../../internal/values.ts"
import * as ErrorCode from "../ErrorCode.ts"
import * as TencentError from "../TencentError.ts"
import { apiError } from "./apiError.ts"
import { type CodesByKind, type Meanings, meaningsOf, undeclared } from "./codes.ts"

/**
 * What the action declares.
 *
 * @category models
 */
export interface Options<Codes extends CodesByKind<Codes>> {
  /**
   * The codes that the action declares, by what they mean. Their errors join the error type. A declared code has its declared
   * kind, also where it is a common one.
   */
  readonly errors?: Codes | undefined
}

/** The errors of the options, as far as a response can mean them. */
export type ErrorOf<Codes extends CodesByKind<Codes>> = TencentError.TencentError<TencentError.Errors<Codes>>

type AnyError = TencentError.ApiError | TencentError.UnknownErrorCode | MalformedResponse

type Read = Result.Result<Success, AnyError>

// ---------------------------------------------------------------------------------------------------------------------
// Codes
// ---------------------------------------------------------------------------------------------------------------------

/** A code as text. No documented one has more than 89 characters. */
export const readCode = (value: unknown): string | undefined => {
  if (typeof value === "number") return String(value)
  const code = typeof value === "string" ? value.trim() : ""
  return code === "" ? undefined : code
}

/** The common codes nearest to the numbers of API 2.0. */
const nearest: ReadonlyMap<string, string> = /*#__PURE__*/ (() => {
  const codes = new Map<string, string>()
  for (const { v2, v3: [code] } of ErrorCode.counterparts) {
    if (code !== undefined && Option.isSome(ErrorCode.fromCode(code))) codes.set(String(v2), code)
  }
  return codes
})()

// ---------------------------------------------------------------------------------------------------------------------
// Failures
// ---------------------------------------------------------------------------------------------------------------------

/** What the body says of a failure, as it stands there. */
export interface Reported {
  readonly code: string
  readonly message: unknown
  readonly requestId: unknown
  readonly body: object
}

export const failure = (reported: Reported, meaningOf: Meanings, context: CallContext): AnyError => {
  const { body } = reported
  const known = meaningOf(reported.code)
  const code = known === undefined ? text.code(reported.code) : reported.code
  const requestId = readLabel(reported.requestId) ?? context.requestId
  if (isTooDeep(body)) {
    return unreadable(`The response nests deeper than ${maxDepth} levels.`, context, { code, requestId })
  }
  // What was cut off can say that something ran.
  const outcome = outcomeIn((known ?? undeclared(reported.code)).outcome, context)
  const message = readMessage(reported.message)
  if (known === undefined) {
    const ids = { ...(requestId !== undefined && { requestId }), ...ofCall(context) }
    return new TencentError.UnknownErrorCode({ code, message, outcome, ...ids, body: Redacted.make(body) })
  }
  const { action, clientToken } = context
  return apiError({ code, kind: known.kind, message, requestId, action, clientToken, outcome, raw: body })
}

// ---------------------------------------------------------------------------------------------------------------------
// Envelopes
// ---------------------------------------------------------------------------------------------------------------------

const readResponse = (response: JsonObject, body: JsonObject, meaningOf: Meanings, context: CallContext): Read => {
  const error = own(response, "Error")
  if (error === undefined || error === null) return Result.succeed({ value: response, body })
  const requestId = own(response, "RequestId")
  const code = isObject(error) ? readCode(own(error, "Code")) : undefined
  if (!isObject(error) || code === undefined) {
    const message = "The response has an Error without a readable Code."
    return Result.fail(unreadable(message, context, { body, requestId: readLabel(requestId) }))
  }
  return Result.fail(failure({ code, message: own(error, "Message"), requestId, body }, meaningOf, context))
}

export const isZero = /^-?0+$/

/** A number of API 2.0 is read as the common code nearest to it. */
const readV2 = (body: JsonObject, meaningOf: Meanings, context: CallContext): Read => {
  const code = readCode(own(body, "code"))
  if (code === undefined) return Result.fail(notABody("The response has no readable code.", body, context))
  if (isZero.test(code)) return Result.succeed({ value: body, body })
  const reported = {
    code: nearest.get(code) ?? code,
    message: own(body, "message"),
    requestId: own(body, "requestId"),
    body
  }
  return Result.fail(failure(reported, meaningOf, context))
}

/** Finds the success in a body, or the failure that it reports, where the codes of the options are declared. */
export const find = <const Codes extends CodesByKind<Codes>>(options: Options<Codes> | undefined) => {
  const meaningOf = meaningsOf(options?.errors)
  return (raw: unknown, context: CallContext): Result.Result<Success, ErrorOf<Codes>> => {
    if (!isObject(raw)) return Result.fail(notABody("The response is not a JSON object.", raw, context))
    const response = own(raw, "Response")
    const read = isObject(response) ? readResponse(response, raw, meaningOf, context) : readV2(raw, meaningOf, context)
    // `meaningsOf` makes no kind that the types do not know.
    return read as Result.Result<Success, ErrorOf<Codes>>
  }
}

/** Tells the request id of a success, which its schema may leave out. */
export const telling = <E>(find: Find<E>): Find<E> => (raw, context) => {
  const found = find(raw, context)
  const value = Result.isSuccess(found) ? found.success.value : undefined
  const requestId = isObject(value) ? readLabel(own(value, "RequestId")) : undefined
  if (requestId !== undefined) context.onRequestId?.(requestId)
  return found
}
