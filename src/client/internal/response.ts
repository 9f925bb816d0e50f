/**
 * From an HTTP response, or the lack of one, to the text of a body or a typed failure.
 */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type * as HttpClientError from "effect/http/HttpClientError"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Stream from "effect/Stream"
import { bodyText, isUtf8, joined } from "../../internal/bodyText.ts"
import type { CallContext } from "../../internal/failure.ts"
import * as transport from "../../internal/transport.ts"
import type { TransportFailure } from "../../TransportFailure.ts"
import { decompress, isTooLarge } from "./contentEncoding.ts"

// ---------------------------------------------------------------------------------------------------------------------
// No response, or a part of one
// ---------------------------------------------------------------------------------------------------------------------

/** The host that was asked, and the call around the request. */
export interface Asked {
  readonly host: string
  readonly context: CallContext
}

/** A failure before the head of the response, or while its body was read. */
const fromHttpError = ({ reason, response }: HttpClientError.HttpClientError, { context, host }: Asked) => {
  if (reason._tag === "InvalidUrlError" || reason._tag === "EncodeError") {
    return transport.transportFailure("InvalidAddress", host, context)
  }
  return transport.failureOf(reason.cause, { host, context, hasHead: response !== undefined })
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

/** Ends a response whose body nobody reads. Left alone, its connection would stay open until the garbage collector comes. */
export const abandon = (response: HttpClientResponse.HttpClientResponse): Effect.Effect<void> =>
  Effect.flatMap(Effect.forkChild(response.text, { startImmediately: true }), Fiber.interrupt)

const tooLarge = ({ context, host }: Asked) => Effect.fail(transport.transportFailure("BodyTooLarge", host, context))

/** The bytes as they come, compressed as they are sent. */
export const bytesOf = (
  response: HttpClientResponse.HttpClientResponse,
  asked: Asked
): Stream.Stream<Uint8Array, TransportFailure> =>
  // A status such as 204 has no body at all.
  Stream.catch(response.stream, (error) =>
    error.reason._tag === "EmptyBodyError" ? Stream.empty : Stream.fail(fromHttpError(error, asked)))

/** Counts the bytes as they come. */
const readChunks = (
  response: HttpClientResponse.HttpClientResponse,
  asked: Asked
): Effect.Effect<Uint8Array, TransportFailure> =>
  bytesOf(response, asked).pipe(
    Stream.runFoldEffect(
      () => ({ chunks: [] as Array<Uint8Array>, bytes: 0 }),
      (body, chunk) => {
        body.chunks.push(chunk)
        body.bytes += chunk.byteLength
        return body.bytes > transport.maxBodyBytes ? tooLarge(asked) : Effect.succeed(body)
      }
    ),
    Effect.map(({ bytes, chunks }) => joined(chunks, bytes))
  )

const readDecompressed = (
  response: HttpClientResponse.HttpClientResponse,
  contentEncoding: string | undefined,
  asked: Asked
): Effect.Effect<Uint8Array, TransportFailure> => {
  const read = readChunks(response, asked)
  if (contentEncoding === undefined) return read
  const { context, host } = asked
  return Effect.flatMap(
    read,
    (bytes) =>
      Effect.catch(decompress(bytes, contentEncoding, transport.maxBodyBytes), (error) =>
        isTooLarge(error)
          ? tooLarge(asked)
          : Effect.fail(transport.transportFailure("TruncatedBody", host, context, transport.classify(error).code)))
  )
}

/**
 * Reads the text of a body, never more than the documented limit, also when it is decompressed. A length that the server states
 * cannot be exceeded; without it the bytes are counted.
 */
export const readText = (
  response: HttpClientResponse.HttpClientResponse,
  asked: Asked
): Effect.Effect<string, TransportFailure> => {
  // Some runtimes build the headers anew each time.
  const headers = response.headers
  const [length, contentType, contentEncoding] = [
    Number(headers["content-length"]),
    headers["content-type"],
    headers["content-encoding"]
  ]
  if (length > transport.maxBodyBytes) return Effect.andThen(abandon(response), tooLarge(asked))
  return length >= 0 && contentEncoding === undefined && isUtf8(contentType)
    ? Effect.mapError(response.text, (error) => fromHttpError(error, asked))
    : Effect.map(readDecompressed(response, contentEncoding, asked), (bytes) => bodyText(bytes, contentType))
}
