/**
 * The connection below the server, for responses that break the rules of HTTP. It is looked for in the request, where Node
 * keeps it, without a dependency on a platform.
 */
import * as Effect from "effect/Effect"
import type * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import { hasProperty } from "effect/Predicate"
import * as Stream from "effect/Stream"

type Headers = { readonly [name: string]: string }

interface NodeSocket {
  readonly resetAndDestroy: () => unknown
}

interface NodeResponse {
  readonly writeHead: (status: number, headers: Headers) => unknown
  readonly flushHeaders: () => unknown
  readonly write: (chunk: string, done: () => void) => unknown
  readonly destroy: () => unknown
}

const hasMethods = <Name extends string>(
  u: unknown,
  names: ReadonlyArray<Name>
): u is { readonly [K in Name]: (...args: ReadonlyArray<never>) => unknown } =>
  names.every((name) => hasProperty(u, name) && typeof u[name] === "function")

const socketOf = (request: HttpServerRequest.HttpServerRequest): unknown =>
  hasProperty(request.source, "socket") ? request.source.socket : undefined

const isNodeSocket = (u: unknown): u is NodeSocket => hasMethods(u, ["resetAndDestroy"])

const isNodeResponse = (u: unknown): u is NodeResponse =>
  hasMethods(u, ["writeHead", "flushHeaders", "write", "destroy"])

/** The server of Node keeps the response beside the request, sometimes as a function. */
const responseOf = (request: HttpServerRequest.HttpServerRequest): NodeResponse | undefined => {
  const held = hasProperty(request, "response") ? request.response : undefined
  const response: unknown = typeof held === "function" ? held() : held
  return isNodeResponse(response) ? response : undefined
}

export const isEncrypted = (request: HttpServerRequest.HttpServerRequest): boolean => {
  const socket = socketOf(request)
  return hasProperty(socket, "encrypted") && socket.encrypted === true
}

/** For the server, when the connection is gone: nothing of it is sent. */
const nothing = /*#__PURE__*/ HttpServerResponse.empty()

const encoder = /*#__PURE__*/ new TextEncoder()

/** A body that breaks off, for servers without access to their connection. */
const brokenOff = (text: string, headers: Headers) =>
  HttpServerResponse.stream(
    Stream.concat(Stream.make(encoder.encode(text)), Stream.die(new Error("The response is broken off"))),
    { headers }
  )

/** Ends the connection without a response. */
export const reset = (
  request: HttpServerRequest.HttpServerRequest,
  headers: Headers
): Effect.Effect<HttpServerResponse.HttpServerResponse> =>
  Effect.sync(() => {
    const socket = socketOf(request)
    if (!isNodeSocket(socket)) return brokenOff("", headers)
    socket.resetAndDestroy()
    responseOf(request)?.destroy()
    return nothing
  })

/**
 * Time for a client to read what has come: one that hears of the end first may drop it. It is the network that takes it, so it
 * passes on no clock of a test.
 */
const lingering = /*#__PURE__*/ Effect.callback<void>((resume) => {
  const timer = setTimeout(() => resume(Effect.void), 200)
  return Effect.sync(() => clearTimeout(timer))
})

/** Sends these texts, with a wait between them, and ends the connection in the middle of the body, or of the stream. */
export const breakOff = (
  request: HttpServerRequest.HttpServerRequest,
  texts: ReadonlyArray<string>,
  headers: Headers,
  { isStream, wait }: { readonly wait: Effect.Effect<void>; readonly isStream: boolean }
): Effect.Effect<HttpServerResponse.HttpServerResponse> => {
  const response = responseOf(request)
  if (response === undefined) return Effect.succeed(brokenOff(texts.join(""), headers))
  const write = (text: string) =>
    Effect.callback<void>((resume) => {
      response.write(text, () => resume(Effect.void))
    })
  return Effect.gen(function*() {
    response.writeHead(200, headers)
    // Also where no text comes after it.
    response.flushHeaders()
    for (const [index, text] of texts.entries()) {
      if (index > 0) yield* wait
      yield* write(text)
    }
    if (isStream) yield* lingering
    response.destroy()
    return nothing
  })
}
