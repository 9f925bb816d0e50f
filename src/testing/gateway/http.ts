/**
 * Reads a request from HTTP, and writes a response to it.
 */
import * as ByteSize from "effect/ByteSize"
import * as Effect from "effect/Effect"
import * as HttpIncomingMessage from "effect/http/HttpIncomingMessage"
import type * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import { reset, truncate } from "./connection.ts"
import type { ApiError, InjectedResponse } from "./injectedResponses.ts"

// ---------------------------------------------------------------------------------------------------------------------
// Requests
// ---------------------------------------------------------------------------------------------------------------------

// The documented limits: 1 MB for the body of a POST, 32 KB for a GET.
const maxBodySize = 1024 * 1024
const maxQueryLength = 32 * 1024

/** The body of a POST, the query of any other request; or the status that refuses a request that cannot be read. */
export const readText = (
  request: HttpServerRequest.HttpServerRequest,
  query: string
): Effect.Effect<Result.Result<string, number>> => {
  if (request.method !== "POST") {
    return Effect.succeed(query.length > maxQueryLength ? Result.fail(414) : Result.succeed(query))
  }
  return request.text.pipe(
    Effect.provideService(HttpIncomingMessage.MaxBodySize, ByteSize.bytes(maxBodySize)),
    Effect.interruptible,
    Effect.match({
      onSuccess: (text) => Result.succeed(text),
      onFailure: ({ reason }) =>
        Result.fail(reason._tag === "RequestParseError" && reason.reason === "BodyTooLarge" ? 413 : 400)
    })
  )
}

// ---------------------------------------------------------------------------------------------------------------------
// Responses
// ---------------------------------------------------------------------------------------------------------------------

export interface Outgoing {
  /** Replaces the response of the API: an injected one, or the refusal of a request that could not be read. */
  readonly injected: Exclude<InjectedResponse, ApiError> | undefined
  /** The body of the response of the API. */
  readonly body: string
}

const json = "application/json; charset=utf-8"

const page = (status: number): string =>
  `<html>\n<head><title>${status}</title></head>\n<body><center><h1>${status}</h1></center></body>\n</html>\n`

const chunkSize = 256 * 1024

const encoder = /*#__PURE__*/ new TextEncoder()

const padded = (body: string, bytes: number): Stream.Stream<Uint8Array> => {
  const spaces = encoder.encode(" ".repeat(chunkSize))
  const chunks = Math.max(1, Math.ceil(bytes / chunkSize))
  return Stream.concat(Stream.map(Stream.range(1, chunks), () => spaces), Stream.make(encoder.encode(body)))
}

/** Undefined if the client sees no status. */
export const statusOf = ({ injected }: Outgoing): number | undefined => {
  if (injected?._tag === "ConnectionReset") return undefined
  return injected?._tag === "HttpStatus" ? injected.status : 200
}

/** Sends a response, with the gateway's time in milliseconds as its `Date`. */
export const respond = (
  request: HttpServerRequest.HttpServerRequest,
  { body, injected }: Outgoing,
  now: number
): Effect.Effect<HttpServerResponse.HttpServerResponse> => {
  const headers = { date: new Date(now).toUTCString() }
  const text = (body: string, contentType = json) =>
    Effect.succeed(HttpServerResponse.text(body, { contentType, headers }))
  switch (injected?._tag) {
    case undefined:
      return text(body)
    case "HttpStatus":
      return Effect.succeed(HttpServerResponse.text(injected.html ?? page(injected.status), {
        status: injected.status,
        headers: { ...headers, "content-type": "text/html", ...injected.headers }
      }))
    case "BodyText":
      return text(injected.text, injected.contentType)
    case "ContentType":
      return text(body, injected.contentType)
    case "TruncatedBody":
      return truncate(request, body, { ...headers, "content-type": json })
    case "OversizedBody":
      return Effect.succeed(HttpServerResponse.stream(padded(body, injected.bytes), { contentType: json, headers }))
    case "ConnectionReset":
      return reset(request, { ...headers, "content-type": json })
  }
}
