/**
 * A codec between the JSON of a body and what it means: the value of a success, or a failure.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import * as SchemaParser from "effect/SchemaParser"
import * as SchemaTransformation from "effect/SchemaTransformation"
import type { MalformedResponse } from "../Failure.ts"
import { noContext } from "./failure.ts"
import { type Find, messageOf } from "./success.ts"

/** An envelope, both ways. */
export interface Envelope<Failure> {
  readonly find: Find<Failure | MalformedResponse>
  readonly isFailure: (u: unknown) => u is Failure
  /** The body of a success of the given value. */
  readonly successBody: (success: unknown) => unknown
  readonly failureBody: (failure: Failure) => unknown
}

/** A body that cannot be read is an issue of the schema, and so is a failure that no body says. */
export const codec = <S extends Schema.Constraint, Failure extends { readonly _tag: string }>(
  success: S,
  { failureBody, find, isFailure, successBody }: Envelope<Failure>
): Schema.Codec<
  Result.Result<S["Type"], Failure>,
  unknown,
  S["DecodingServices"],
  S["EncodingServices"]
> => {
  const parse = SchemaParser.decodeUnknownEffect(success)
  const encode = SchemaParser.encodeUnknownEffect(success)
  return Schema.Unknown.pipe(Schema.decodeTo(
    Schema.Result(Schema.toType(success), Schema.declare(isFailure)),
    SchemaTransformation.transformEffect({
      decode: (
        raw: unknown
      ): Effect.Effect<Result.Result<S["Type"], Failure>, SchemaIssue.Issue, S["DecodingServices"]> => {
        const unreadable = (message: string) => Effect.fail(new SchemaIssue.InvalidValue({ message }, raw))
        try {
          const body = find(raw, noContext)
          if (Result.isSuccess(body)) {
            return Effect.map(parse(body.success.value), Result.succeed).pipe(
              Effect.catchCause((cause) =>
                Cause.hasDies(cause) ? unreadable(messageOf(Cause.squash(cause))) : Effect.failCause(cause)
              )
            )
          }
          const { failure } = body
          return isFailure(failure) ? Effect.succeed(Result.fail(failure)) : unreadable(failure.message)
        } catch (defect) {
          return unreadable(messageOf(defect))
        }
      },
      encode: (result): Effect.Effect<unknown, SchemaIssue.Issue, S["EncodingServices"]> => {
        if (Result.isSuccess(result)) return Effect.map(encode(result.success), successBody)
        const body = failureBody(result.failure)
        const read = find(body, noContext)
        // No body says that there is a failure with the code 0.
        return Result.isFailure(read) && isFailure(read.failure)
          ? Effect.succeed(body)
          : Effect.fail(
            new SchemaIssue.InvalidValue(
              { message: "The failure cannot be written: it would read as something else." },
              result
            )
          )
      }
    })
  ))
}
