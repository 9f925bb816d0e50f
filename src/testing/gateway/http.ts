/**
 * Reads a request from HTTP, and writes a response to it.
 */
import * as ByteSize from "effect/ByteSize"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as HttpIncomingMessage from "effect/http/HttpIncomingMessage"
import type * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import { eventTexts } from "../events.ts"
import { breakOff, reset } from "./connection.ts"
import type { ApiError, EventStream, InjectedResponse } from "./injectedResponses.ts"
import type { Head, Incoming, Protocol, Written } from "./protocol.ts"

// ---------------------------------------------------------------------------------------------------------------------
// Requests
// ---------------------------------------------------------------------------------------------------------------------

/** The documented limit of a GET. */
const maxQueryLength = 32 * 1024

// As it is sent: a byte order mark is a part of what is signed.
const decoder = /*#__PURE__*/ new TextDecoder("utf-8", { ignoreBOM: true })

const noBody = /*#__PURE__*/ new Uint8Array()

/** The request with its body, or the status that refuses a request that cannot be read. */
export const readBody = (
  request: HttpServerRequest.HttpServerRequest,
  head: Head,
  { maxBodySize }: Protocol
): Effect.Effect<Result.Result<Incoming, number>> => {
  if (head.method !== "POST") {
    return Effect.succeed(
      head.query.length > maxQueryLength
        ? Result.fail(414)
        : Result.succeed({ ...head, body: noBody, text: head.query })
    )
  }
  return request.arrayBuffer.pipe(
    Effect.provideService(HttpIncomingMessage.MaxBodySize, ByteSize.bytes(maxBodySize)),
    Effect.interruptible,
    Effect.match({
      onSuccess: (buffer) => {
        const body = new Uint8Array(buffer)
        return Result.succeed({ ...head, body, text: decoder.decode(body) })
      },
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
  /** The response of the API. */
  readonly response: Pick<Written, "body" | "status" | "headers" | "stream">
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
export const statusOf = ({ injected, response }: Outgoing): number | undefined => {
  switch (injected?._tag) {
    case undefined:
      return response.status ?? 200
    case "ConnectionReset":
      return undefined
    case "HttpStatus":
      return injected.status
    default:
      return 200
  }
}

/** Waits, but not longer than the server runs. */
export type Pause = (delay: Duration.Input) => Effect.Effect<void>

type Headers = { readonly [name: string]: string }

const streamType = ({ contentType = "text/event-stream" }: EventStream): string => contentType

/** Sends one event after another. */
const sendEvents = (
  request: HttpServerRequest.HttpServerRequest,
  stream: EventStream,
  headers: Headers,
  pause: Pause
): Effect.Effect<HttpServerResponse.HttpServerResponse> => {
  const { end, every } = stream
  const contentType = streamType(stream)
  const texts = eventTexts(stream.events)
  const all = { ...headers, "content-type": contentType }
  const wait = every === undefined ? Effect.void : pause(every)
  if (end === "broken") return breakOff(request, texts, all, { wait, isStream: true })
  const events = Stream.mapEffect(
    Stream.fromIterable(texts.entries()),
    ([index, text]) => Effect.as(index === 0 ? Effect.void : wait, encoder.encode(text))
  )
  const silence = Stream.fromEffectDrain(pause("Infinity"))
  return Effect.succeed(
    HttpServerResponse.stream(end === "silent" ? Stream.concat(events, silence) : events, { contentType, headers })
  )
}

/** Announces the whole body, where it is no stream of events, sends the first half, and ends the connection. */
const truncate = (
  request: HttpServerRequest.HttpServerRequest,
  { body, stream }: Outgoing["response"],
  headers: Headers
) => {
  const half = body.slice(0, Math.ceil(body.length / 2))
  const more = stream === undefined
    ? { "content-length": String(encoder.encode(body).length) }
    : { "content-type": streamType(stream) }
  return breakOff(request, [half], { ...headers, ...more }, { wait: Effect.void, isStream: stream !== undefined })
}

/** Sends a response, with the gateway's time in milliseconds as its `Date`. */
export const respond = (
  request: HttpServerRequest.HttpServerRequest,
  { injected, response }: Outgoing,
  now: number,
  pause: Pause
): Effect.Effect<HttpServerResponse.HttpServerResponse> => {
  const headers = { date: new Date(now).toUTCString() }
  const own = { "content-type": json, ...headers, ...response.headers }
  const text = (body: string, contentType = json) =>
    Effect.succeed(HttpServerResponse.text(body, { contentType, headers }))
  switch (injected?._tag) {
    case undefined:
      return response.stream === undefined
        ? Effect.succeed(HttpServerResponse.text(response.body, { status: response.status ?? 200, headers: own }))
        : sendEvents(request, response.stream, own, pause)
    case "HttpStatus":
      return Effect.succeed(HttpServerResponse.text(injected.html ?? page(injected.status), {
        status: injected.status,
        headers: { ...headers, "content-type": "text/html", ...injected.headers }
      }))
    case "BodyText":
      return text(injected.text, injected.contentType)
    case "ContentType":
      return text(response.body, injected.contentType)
    case "TruncatedBody":
      return truncate(request, response, own)
    case "OversizedBody":
      return Effect.succeed(
        HttpServerResponse.stream(padded(response.body, injected.bytes), { contentType: json, headers })
      )
    case "ConnectionReset":
      return reset(request, own)
    case "EventStream":
      return sendEvents(request, injected, headers, pause)
  }
}
