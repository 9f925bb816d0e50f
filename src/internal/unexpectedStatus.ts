/**
 * Responses whose HTTP status is not 200, for the client and for a hand-written fetch.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { hasProperty } from "effect/Predicate"
import { UnexpectedStatus } from "../UnexpectedStatus.ts"
import { type CallContext, ofCall, outcomeIn } from "./failure.ts"
import { type Headers, retryAfterOf } from "./httpDate.ts"
import { earlierAttempt } from "./transport.ts"

const excerptLength = 256

/** What is known of the response. */
export interface Unexpected {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** `""` where it is not known. */
  readonly host: string
  readonly context: CallContext
  readonly now: number
  /** Removes secrets from what the server, or a proxy before it, has written. */
  readonly clean: (text: string) => string
}

const make = (
  { clean, context, headers, host, now, status, text }: Unexpected,
  executed: boolean
): UnexpectedStatus => {
  const contentType = headers["content-type"]
  const retryAfter = retryAfterOf(headers, now)
  const usual = status >= 300 && status < 500 && !executed ? "notRun" : "unknown"
  const outcome = outcomeIn(usual, context)
  const message =
    `${host === "" ? "The server" : host} responded with HTTP status ${status}, which the API does not use. ` +
    "Look for a proxy or a gateway in between, and check the endpoint."
  return new UnexpectedStatus({
    status,
    outcome,
    host,
    ...(contentType !== undefined && { contentType: clean(contentType).slice(0, excerptLength) }),
    excerpt: clean(text).slice(0, excerptLength),
    ...(retryAfter !== undefined && { retryAfter: Duration.millis(retryAfter) }),
    ...ofCall(context),
    message: outcome === usual ? message : `${message} ${earlierAttempt}`
  })
}

/** A code that nobody knows is one of a gateway, not of the API. */
const isOfGateway = (error: unknown): boolean =>
  hasProperty(error, "_tag") && (error._tag === "MalformedResponse" || error._tag === "UnknownErrorCode")

/**
 * A gateway may use other statuses than 200 for a failure that it explains in the envelope of the API. Then `read` fails with
 * it, and `refused` decides; any other response is an `UnexpectedStatus`.
 */
export const readStatus = <E, E2, R, R2>(
  read: Effect.Effect<unknown, E, R>,
  unexpected: () => Unexpected,
  refused: (error: E) => Effect.Effect<never, E2, R2>
): Effect.Effect<never, E2 | UnexpectedStatus, R | R2> =>
  Effect.matchEffect(read, {
    onSuccess: () => Effect.fail(make(unexpected(), true)),
    onFailure: (error): Effect.Effect<never, E2 | UnexpectedStatus, R2> =>
      isOfGateway(error)
        ? Effect.fail(make(unexpected(), hasProperty(error, "outcome") && error.outcome === "ran"))
        : refused(error)
  })
