/**
 * Reads the success of a response with a schema. Whatever the schema does, the result is a value or a `MalformedResponse`, never
 * a defect.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import type * as Schema from "effect/Schema"
import type * as SchemaIssue from "effect/SchemaIssue"
import * as SchemaParser from "effect/SchemaParser"
import type { MalformedResponse } from "../Failure.ts"
import type { CallContext } from "./failure.ts"
import { issuesOf, summaryOf } from "./issues.ts"
import { parseJson } from "./json.ts"
import { breakOf } from "./jsonBreak.ts"
import { unreadable, unreadableSuccess } from "./malformed.ts"

/** A success: the part of the body that the schema reads, and the whole body. */
export interface Success {
  readonly value: unknown
  readonly body: unknown
}

/** What is read, as messages call it. */
export type What = "response" | "event"

const unfit = (what: What, issue: SchemaIssue.Issue, body: unknown, context: CallContext): MalformedResponse => {
  const issues = issuesOf(issue)
  return unreadableSuccess(`The ${what} does not fit its schema${summaryOf(issues)}`, context, { body, issues })
}

/** The message of a defect. A value can throw also when it is printed. */
export const messageOf = (defect: unknown): string => {
  try {
    return defect instanceof Error ? defect.message : String(defect)
  } catch {
    return "a value that cannot be shown"
  }
}

const unread = (what: What, defect: unknown): string => `The ${what} could not be read: ${messageOf(defect)}`

/** A synchronous schema has finished when its effect comes back: nothing needs to be wrapped around a success. */
export const hasSucceeded = <A, E, R>(effect: Effect.Effect<A, E, R>): effect is Exit.Success<A> =>
  Exit.isExit(effect) && Exit.isSuccess(effect)

const recover = (
  what: What,
  cause: Cause.Cause<SchemaIssue.Issue>,
  body: unknown,
  context: CallContext
): Effect.Effect<never, MalformedResponse> => {
  const issue = Cause.findErrorOption(cause)
  if (Option.isSome(issue)) return Effect.fail(unfit(what, issue.value, body, context))
  // Defects and interruption are left. An interruption stays one.
  return Cause.hasInterrupts(cause)
    ? Effect.failCause(cause as Cause.Cause<never>)
    : Effect.fail(unreadableSuccess(unread(what, Cause.squash(cause)), context, { body }))
}

/** Finds the success in a raw body, or the failure that it reports. */
export type Find<E> = (raw: unknown, context: CallContext) => Result.Result<Success, E>

/** A decoder from `find` and the schema of a success. */
export const decoder = <S extends Schema.Constraint, E>(schema: S, find: Find<E>, what: What = "response") => {
  const parse = SchemaParser.decodeUnknownEffect(schema)
  return (
    raw: unknown,
    context: CallContext
  ): Effect.Effect<S["Type"], E | MalformedResponse, S["DecodingServices"]> => {
    // A value that did not come from JSON can throw when it is read, and a recursive schema can overflow the stack.
    let succeeded = false
    try {
      const found = find(raw, context)
      if (Result.isFailure(found)) return Effect.fail(found.failure)
      succeeded = true
      const { body, value } = found.success
      const parsed: Effect.Effect<S["Type"], SchemaIssue.Issue, S["DecodingServices"]> = parse(value)
      return hasSucceeded(parsed) ? parsed : Effect.catchCause(parsed, (cause) => recover(what, cause, body, context))
    } catch (defect) {
      return Effect.fail((succeeded ? unreadableSuccess : unreadable)(unread(what, defect), context, { body: raw }))
    }
  }
}

/** {@link decoder} for a schema without services and without asynchronous steps. */
export const resultDecoder = <S extends Schema.ConstraintDecoder<unknown>, E>(schema: S, find: Find<E>) => {
  const parse = SchemaParser.decodeUnknownResult(schema)
  return (raw: unknown, context: CallContext): Result.Result<S["Type"], E | MalformedResponse> => {
    let succeeded = false
    try {
      const found = find(raw, context)
      if (Result.isFailure(found)) return Result.fail(found.failure)
      succeeded = true
      const { body, value } = found.success
      return Result.mapError(parse(value), (issue) => unfit("response", issue, body, context))
    } catch (defect) {
      return Result.fail(
        (succeeded ? unreadableSuccess : unreadable)(unread("response", defect), context, { body: raw })
      )
    }
  }
}

/** How much of a text that is not JSON an error keeps: enough to see which proxy or gateway wrote it. */
const excerptLength = 256

/** A decoder of texts from one of JSON values. */
export const textDecoder = <A, E, R>(
  decode: (raw: unknown, context: CallContext) => Effect.Effect<A, E, R>,
  what: What = "response"
) =>
(text: string, context: CallContext): Effect.Effect<A, E | MalformedResponse, R> => {
  let raw: unknown
  try {
    raw = parseJson(text)
  } catch (error) {
    const message = `The ${what} is not JSON: ${breakOf(text, error)}.`
    return Effect.fail(unreadable(message, context, { body: text.slice(0, excerptLength) }))
  }
  return decode(raw, context)
}
