/**
 * From a response to HTTP. Two of the injected ones break the rules of HTTP, so they need the connection below the server: it is looked for in
 * the request, where Node keeps it, without a dependency on a platform.
 */
import * as Effect from "effect/Effect"
import type * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import { hasProperty } from "effect/Predicate"
import * as Stream from "effect/Stream"
import type { InjectedResponse } from "./injectedFaults.ts"

const json = "application/json; charset=utf-8"

const emptySuccess = "{\"code\":0,\"message\":\"\"}"

// ---------------------------------------------------------------------------------------------------------------------
// The connection
// ---------------------------------------------------------------------------------------------------------------------

interface NodeSocket {
  readonly resetAndDestroy: () => unknown
}

interface NodeResponse {
  readonly writeHead: (status: number, headers: { readonly [name: string]: string }) => unknown
  readonly write: (chunk: string, done: () => void) => unknown
  readonly destroy: () => unknown
}

const isFunction = (u: unknown): u is () => unknown => typeof u === "function"

const socketOf = (request: HttpServerRequest.HttpServerRequest): NodeSocket | undefined => {
  const socket: unknown = hasProperty(request.source, "socket") ? request.source.socket : undefined
  return hasProperty(socket, "resetAndDestroy") && isFunction(socket.resetAndDestroy) ? socket as NodeSocket : undefined
}

/** The server of Node keeps the response beside the request, sometimes as a function. */
const responseOf = (request: HttpServerRequest.HttpServerRequest): NodeResponse | undefined => {
  const held: unknown = hasProperty(request, "response") ? request.response : undefined
  const response: unknown = isFunction(held) ? held() : held
  return hasProperty(response, "writeHead") && isFunction(response.writeHead) && hasProperty(response, "write") &&
      isFunction(response.write) && hasProperty(response, "destroy") && isFunction(response.destroy)
    ? response as unknown as NodeResponse
    : undefined
}

/** Whether the connection of the request is encrypted. */
export const isEncrypted = (request: HttpServerRequest.HttpServerRequest): boolean => {
  const socket: unknown = hasProperty(request.source, "socket") ? request.source.socket : undefined
  return hasProperty(socket, "encrypted") && socket.encrypted === true
}

/** What the server gets when the connection is gone: nothing of it is sent. */
const nothing = /*#__PURE__*/ HttpServerResponse.empty()

/** A body that breaks off. */
const brokenOff = (text: string, headers: { readonly [name: string]: string }) =>
  HttpServerResponse.stream(
    Stream.concat(Stream.make(new TextEncoder().encode(text)), Stream.die(new Error("The response is broken off"))),
    { contentType: json, headers }
  )

const reset = (
  request: HttpServerRequest.HttpServerRequest,
  headers: { readonly [name: string]: string }
): Effect.Effect<HttpServerResponse.HttpServerResponse> =>
  Effect.sync(() => {
    const socket = socketOf(request)
    if (socket === undefined) return brokenOff("", headers)
    socket.resetAndDestroy()
    responseOf(request)?.destroy()
    return nothing
  })

const truncate = (
  request: HttpServerRequest.HttpServerRequest,
  text: string,
  headers: { readonly [name: string]: string }
): Effect.Effect<HttpServerResponse.HttpServerResponse> => {
  const half = text.slice(0, Math.ceil(text.length / 2))
  const response = responseOf(request)
  if (response === undefined) return Effect.succeed(brokenOff(half, headers))
  return Effect.callback((resume) => {
    const length = String(new TextEncoder().encode(text).length)
    response.writeHead(200, { ...headers, "content-type": json, "content-length": length })
    response.write(half, () => {
      response.destroy()
      resume(Effect.succeed(nothing))
    })
  })
}

// ---------------------------------------------------------------------------------------------------------------------
// Responses
// ---------------------------------------------------------------------------------------------------------------------

const chunkSize = 256 * 1024

const oversized = (bytes: number): Stream.Stream<Uint8Array> => {
  const encoder = new TextEncoder()
  const chunk = encoder.encode("x".repeat(chunkSize))
  return Stream.make(encoder.encode("{\"code\":0,\"message\":\"")).pipe(
    Stream.concat(Stream.map(Stream.range(1, Math.max(1, Math.ceil(bytes / chunkSize))), () => chunk)),
    Stream.concat(Stream.make(encoder.encode("\"}")))
  )
}

const page = (status: number): string =>
  `<html>\n<head><title>${status}</title></head>\n<body><center><h1>${status}</h1></center></body>\n</html>\n`

export interface Exchange {
  /** What a fault sends instead of a response of the API, or the refusal of a request that could not be read. */
  readonly injected: Exclude<InjectedResponse, { readonly _tag: "ApiError" }> | undefined
  /** The response of the API, if there is one. */
  readonly written: string | undefined
}

/** The HTTP status of an exchange. Undefined if the client sees none. */
export const statusOf = ({ injected }: Exchange): number | undefined =>
  injected?._tag === "ConnectionReset" ? undefined : injected?._tag === "HttpStatus" ? injected.status : 200

/** Sends an exchange, with the gateway's time in milliseconds as the `Date` of the response. */
export const respond = (
  request: HttpServerRequest.HttpServerRequest,
  { written = emptySuccess, injected }: Exchange,
  now: number
): Effect.Effect<HttpServerResponse.HttpServerResponse> => {
  const headers = { date: new Date(now).toUTCString() }
  const text = (body: string, contentType = json) =>
    Effect.succeed(HttpServerResponse.text(body, { contentType, headers }))
  switch (injected?._tag) {
    case undefined:
      return text(written)
    case "HttpStatus":
      return Effect.succeed(HttpServerResponse.text(injected.html ?? page(injected.status), {
        status: injected.status,
        contentType: "text/html",
        headers: { ...headers, ...injected.headers }
      }))
    case "BodyText":
      return text(injected.text, injected.contentType)
    case "ContentType":
      return text(written, injected.contentType)
    case "TruncatedBody":
      return truncate(request, written, headers)
    case "OversizedBody":
      return Effect.succeed(HttpServerResponse.stream(oversized(injected.bytes), { contentType: json, headers }))
    case "ConnectionReset":
      return reset(request, headers)
  }
}
