/**
 * From an HTTP response, or the lack of one, to the text of a body or a typed failure.
 */
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Headers from "effect/http/Headers"
import type * as HttpClientError from "effect/http/HttpClientError"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import { type CallContext, outcomeIn } from "../../internal/failure.ts"
import { dateOf } from "../../internal/httpDate.ts"
import * as transport from "../../internal/transport.ts"
import type { TransportFailure } from "../../TransportFailure.ts"
import { UnexpectedStatus } from "../../UnexpectedStatus.ts"
import { scrub } from "./scrub.ts"

// ---------------------------------------------------------------------------------------------------------------------
// No response, or a part of one
// ---------------------------------------------------------------------------------------------------------------------

/** The host that was asked, and the call around the request. */
export interface Asked {
  readonly host: string
  readonly context: CallContext
}

/** A failure before the head of the response, or while its body was read. */
const fromHttpError = (error: HttpClientError.HttpClientError, { context, host }: Asked): TransportFailure => {
  const { code, reason } = transport.classify(error.reason)
  const truncated = error.response !== undefined && reason !== "AttemptTimeout"
  return transport.transportFailure(truncated ? "TruncatedBody" : reason, host, context, code)
}

/** The response of a status that the `HttpClient` makes a failure of; for any other error why there is none. */
export const responseOf = (
  error: HttpClientError.HttpClientError,
  asked: Asked
): Effect.Effect<HttpClientResponse.HttpClientResponse, TransportFailure> =>
  error.reason._tag === "StatusCodeError"
    ? Effect.succeed(error.reason.response)
    : Effect.fail(fromHttpError(error, asked))

// ---------------------------------------------------------------------------------------------------------------------
// Bodies
// ---------------------------------------------------------------------------------------------------------------------

const decoder = new TextDecoder()

/** Ends a response whose body nobody reads. Left alone, its connection would stay open until the garbage collector comes. */
const abandon = (response: HttpClientResponse.HttpClientResponse): Effect.Effect<void> =>
  Effect.flatMap(Effect.forkChild(response.text, { startImmediately: true }), Fiber.interrupt)

const tooLarge = ({ context, host }: Asked) => Effect.fail(transport.transportFailure("BodyTooLarge", host, context))

const joined = (chunks: ReadonlyArray<Uint8Array>, bytes: number): Uint8Array => {
  const all = new Uint8Array(bytes)
  let offset = 0
  for (const chunk of chunks) {
    all.set(chunk, offset)
    offset += chunk.byteLength
  }
  return all
}

/** Counts the bytes as they come. */
const readChunks = (
  response: HttpClientResponse.HttpClientResponse,
  asked: Asked
): Effect.Effect<string, TransportFailure> =>
  response.stream.pipe(
    // A status such as 204 has no body at all.
    Stream.catch((error) =>
      error.reason._tag === "EmptyBodyError" ? Stream.empty : Stream.fail(fromHttpError(error, asked))
    ),
    Stream.runFoldEffect(
      () => ({ chunks: [] as Array<Uint8Array>, bytes: 0 }),
      (body, chunk) => {
        body.chunks.push(chunk)
        body.bytes += chunk.byteLength
        return body.bytes > transport.maxBodyBytes ? tooLarge(asked) : Effect.succeed(body)
      }
    ),
    Effect.map(({ bytes, chunks }) => decoder.decode(joined(chunks, bytes)))
  )

/**
 * The text of a body, never more than the documented limit. A length that the server states cannot be exceeded, unless the
 * body is compressed; without it the bytes are counted.
 */
export const readText = (
  response: HttpClientResponse.HttpClientResponse,
  asked: Asked
): Effect.Effect<string, TransportFailure> => {
  // Some runtimes build the headers anew each time.
  const headers = response.headers
  const length = Number(headers["content-length"])
  if (length > transport.maxBodyBytes) return Effect.andThen(abandon(response), tooLarge(asked))
  return length >= 0 && headers["content-encoding"] === undefined
    ? Effect.mapError(response.text, (error) => fromHttpError(error, asked))
    : readChunks(response, asked)
}

// ---------------------------------------------------------------------------------------------------------------------
// Headers and statuses
// ---------------------------------------------------------------------------------------------------------------------

const retryAfterOf = (headers: Headers.Headers, now: number): Duration.Duration | undefined => {
  const retryAfter = Headers.parseRetryAfter(headers["retry-after"] ?? "")
  if (Result.isFailure(retryAfter)) return undefined
  if (retryAfter.success._tag === "Duration") return retryAfter.success.duration
  // A date is one of the server's clock, and ours may be wrong.
  return Duration.millis(Math.max(0, DateTime.toEpochMillis(retryAfter.success.dateTime) - (dateOf(headers) ?? now)))
}

const excerptLength = 256

/** What is known of a response that is not one of the API. */
export interface Unexpected extends Asked {
  /** As it was received: it can repeat `secrets`. */
  readonly text: string
  readonly secrets: ReadonlyArray<string>
  readonly now: number
  /** The body is a success of the API all the same. */
  readonly executed: boolean
}

export const unexpectedStatus = (
  { headers, status }: HttpClientResponse.HttpClientResponse,
  { context, executed, host, now, secrets, text }: Unexpected
): UnexpectedStatus => {
  const contentType = headers["content-type"]
  const retryAfter = retryAfterOf(headers, now)
  const usual = status >= 300 && status < 500 && !executed ? "notRun" : "unknown"
  const outcome = outcomeIn(usual, context)
  const message = `${host} responded with HTTP status ${status}, which the API does not use. ` +
    "Look for a proxy or a gateway in between, and check the endpoint."
  return new UnexpectedStatus({
    status,
    outcome,
    host,
    ...(contentType !== undefined && { contentType: scrub(contentType, secrets).slice(0, excerptLength) }),
    excerpt: scrub(text, secrets).slice(0, excerptLength),
    ...(retryAfter !== undefined && { retryAfter }),
    ...(context.action !== undefined && { action: context.action }),
    message: outcome === usual ? message : `${message} ${transport.earlierAttempt}`
  })
}
