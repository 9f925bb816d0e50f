/**
 * The wire between the library and a server that is only a function: an `HttpClient` in memory. What a request says is
 * read from its text and a response is text again, so signing, encoding and decoding are those of the shipped client.
 */
import * as Effect from "effect/Effect"
import * as Cookies from "effect/http/Cookies"
import * as Headers from "effect/http/Headers"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientError from "effect/http/HttpClientError"
import type * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as HttpIncomingMessage from "effect/http/HttpIncomingMessage"
import * as Inspectable from "effect/Inspectable"
import * as Option from "effect/Option"
import { pipeArguments } from "effect/Pipeable"
import * as Stream from "effect/Stream"
import { epoch } from "./virtual.ts"

/** What comes back: a response, or an error of the connection under a code of Node. `cut` ends the body early. */
export type Received =
  | { readonly status: number; readonly text: string; readonly date?: number | undefined; readonly cut?: boolean }
  | { readonly code: string }

/** Takes the parameters of a request, and responds once or never. */
export type Server = (parameters: URLSearchParams, respond: (received: Received) => void) => void

const unused = Effect.die(new Error("The client reads a response as text only."))

/** A response without a promise in it: the engine does not wait for promises. */
class TextResponse extends Inspectable.Class implements HttpClientResponse.HttpClientResponse {
  readonly request: HttpClientRequest.HttpClientRequest
  readonly status: number
  readonly headers: Headers.Headers
  readonly text: Effect.Effect<string, HttpClientError.HttpClientError>

  constructor(request: HttpClientRequest.HttpClientRequest, received: Extract<Received, { readonly status: number }>) {
    super()
    this.request = request
    this.status = received.status
    const date = received.date === undefined ? undefined : httpDate(Math.floor(received.date / 1000))
    const length = String(Buffer.byteLength(received.text))
    this.headers = Headers.fromRecordUnsafe({ "content-length": length, ...(date !== undefined && { date }) })
    this.text = received.cut === true
      ? Effect.fail(
        new HttpClientError.HttpClientError({
          reason: new HttpClientError.DecodeError({ request, response: this, cause: nodeError("UND_ERR_SOCKET") })
        })
      )
      : Effect.succeed(received.text)
  }

  get [HttpIncomingMessage.TypeId](): typeof HttpIncomingMessage.TypeId {
    return HttpIncomingMessage.TypeId
  }
  get [HttpClientResponse.TypeId](): typeof HttpClientResponse.TypeId {
    return HttpClientResponse.TypeId
  }
  get url(): string {
    return ""
  }
  get cookies(): Cookies.Cookies {
    return Cookies.empty
  }
  get remoteAddress(): Option.Option<string> {
    return Option.none()
  }
  get json(): Effect.Effect<never> {
    return unused
  }
  get arrayBuffer(): Effect.Effect<never> {
    return unused
  }
  get urlParamsBody(): Effect.Effect<never> {
    return unused
  }
  get formData(): Effect.Effect<never> {
    return unused
  }
  get upgrade(): Effect.Effect<never> {
    return unused
  }
  get stream(): Stream.Stream<never> {
    return Stream.fromEffect(unused)
  }

  toJSON(): unknown {
    return { _id: "TextResponse", status: this.status }
  }
  pipe(): unknown {
    return pipeArguments(this, arguments)
  }
}

const dates = new Map<number, string>()

/** Kept, because a busy server prints the same second often. */
const httpDate = (second: number): string => {
  const date = dates.get(second) ?? new Date(epoch + second * 1000).toUTCString()
  dates.set(second, date)
  return date
}

const nodeError = (code: string): Error => Object.assign(new Error(code), { code })

/** As undici and fetch report it: the code is one cause deeper than the error that they throw. */
const connectionError = (request: HttpClientRequest.HttpClientRequest, code: string): HttpClientError.HttpClientError =>
  new HttpClientError.HttpClientError({
    reason: new HttpClientError.TransportError({
      request,
      cause: Object.assign(new TypeError("fetch failed"), { cause: nodeError(code) })
    })
  })

const textOf = (request: HttpClientRequest.HttpClientRequest): string => {
  if (request.body._tag !== "Uint8Array") throw new Error("The client sends its parameters in the body.")
  return new TextDecoder().decode(request.body.body)
}

/** A request that its caller gives up is not taken back: the server goes on with it, and its response meets nobody. */
export const client = (server: Server): HttpClient.HttpClient =>
  HttpClient.make((request) =>
    Effect.callback((resume) =>
      server(new URLSearchParams(textOf(request)), (received) =>
        resume(
          "code" in received
            ? Effect.fail(connectionError(request, received.code))
            : Effect.succeed(new TextResponse(request, received))
        ))
    )
  )
