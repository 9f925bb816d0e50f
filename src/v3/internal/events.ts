/**
 * Reads the events of a streaming action. An event is the JSON of a success, without an envelope; a failure inside a stream comes
 * as `ErrorMsg: { Msg, Code }`, as `ErrorCode` and `ErrorMessage`, or in the envelope of a failure.
 */
import { isObject } from "effect/Predicate"
import * as Result from "effect/Result"
import type * as Schema from "effect/Schema"
import type { EventProtocol } from "../../client/Protocol.ts"
import type { MalformedResponse } from "../../Failure.ts"
import type { CallContext } from "../../internal/failure.ts"
import { unreadable } from "../../internal/malformed.ts"
import { decoder, type Find, textDecoder } from "../../internal/success.ts"
import { type JsonObject, own, readLabel, readMessage } from "../../internal/values.ts"
import type { UnknownErrorCode } from "../TencentError.ts"
import type { CodesByKind } from "./codes.ts"
import { type ErrorOf, failure, find, isZero, type Options, readCode, telling } from "./envelope.ts"

/** What an event says of a failure. A code of zero, and a text that is empty, are those of a success. */
const reportedIn = (
  event: JsonObject
): { readonly code: string | undefined; readonly message: unknown } | undefined => {
  const error = own(event, "ErrorMsg")
  const [code, message] = isObject(error)
    ? [readCode(own(error, "Code")), own(error, "Msg")]
    : [readCode(own(event, "ErrorCode")), own(event, "ErrorMessage")]
  if (code !== undefined) return isZero.test(code) ? undefined : { code, message }
  return isObject(error) && readMessage(message) !== "" ? { code, message } : undefined
}

const undeclared = (): undefined => undefined

/** The failure that an event reports. Its codes are not those of the API, so none of them says that nothing ran. */
const failureIn = (event: JsonObject, context: CallContext): UnknownErrorCode | MalformedResponse | undefined => {
  const reported = reportedIn(event)
  if (reported === undefined) return undefined
  const { code, message } = reported
  const requestId = own(event, "RequestId")
  if (code === undefined) {
    const text = "The event has an ErrorMsg without a readable Code."
    return unreadable(text, context, { body: event, requestId: readLabel(requestId) })
  }
  // Without a declared code there are no other classes.
  return failure({ code, message, requestId, body: event }, undeclared, { ...context, earlierMayHaveRun: true }) as
    | UnknownErrorCode
    | MalformedResponse
}

/** How the events of an action are read. `event` describes what comes in one. */
export const make = <Event extends Schema.Constraint, const Codes extends CodesByKind<Codes>>(
  event: Event,
  options: Options<Codes>
): EventProtocol<Event["Type"], ErrorOf<Codes>, Event["DecodingServices"]> => {
  const findInBody = telling(find(options))
  const checked: Find<ErrorOf<Codes>> = (raw, context) =>
    Result.flatMap(findInBody(raw, context), (success) => {
      const failed = isObject(success.value) ? failureIn(success.value, context) : undefined
      return failed === undefined ? Result.succeed(success) : Result.fail(failed)
    })
  const findInEvent: Find<ErrorOf<Codes>> = (raw, context) => {
    if (!isObject(raw)) return Result.succeed({ value: raw, body: raw })
    if (isObject(own(raw, "Response"))) return checked(raw, context)
    const failed = failureIn(raw, context)
    return failed === undefined ? Result.succeed({ value: raw, body: raw }) : Result.fail(failed)
  }
  return {
    requestId: (headers) => readLabel(headers["x-tc-requestid"]),
    isEnd: (data) => data.trim() === "[DONE]",
    read: textDecoder(decoder(event, findInEvent, "event"), "event"),
    readBody: textDecoder(decoder(event, checked))
  }
}
