/**
 * A server in memory for the client: it responds by a function, and keeps the requests.
 */
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientError from "effect/http/HttpClientError"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Layer from "effect/Layer"
import { signatureOf, textToSign } from "./signing.ts"

/** A request as the server reads it. */
export interface Sent {
  readonly method: string
  readonly url: URL
  readonly body: string
  readonly headers: { readonly [name: string]: string }
  /** From the query of a GET, from the body of a POST. */
  readonly parameters: URLSearchParams
  readonly signal: AbortSignal
}

const sentOf = (request: HttpClientRequest.HttpClientRequest, url: URL, signal: AbortSignal): Sent => {
  const body = request.body._tag === "Uint8Array" ? new TextDecoder().decode(request.body.body) : ""
  return {
    method: request.method,
    url,
    body,
    headers: request.headers,
    parameters: request.method === "GET" ? url.searchParams : new URLSearchParams(body),
    signal
  }
}

/** The value of a parameter, `""` if there is none. */
export const parameter = (sent: Sent | undefined, name: string): string => sent?.parameters.get(name) ?? ""

/** Whether the signature of a request follows from the rules. */
export const isSigned = ({ method, parameters, url }: Sent, secretKey: string): boolean =>
  parameters.get("Signature") === signatureOf(
    textToSign({ method, host: url.hostname, path: url.pathname, parameters: parameters.entries() }),
    secretKey,
    parameters.get("SignatureMethod") ?? ""
  )

export type ServerResponse = Response | Effect.Effect<Response, HttpClientError.HttpClientError>

export const json = (body: unknown, init?: ResponseInit): Response => Response.json(body, init)

export const failed = (code: number | string, headers: Record<string, string> = {}): Response =>
  json({ code, message: `message of ${code}`, codeDesc: "Desc", requestId: "r-1" }, { headers })

export const ok = (): Response => json({ code: 0, message: "", totalCount: 3 })

/** The header that says what time it is. */
export const dated = (now: number) => ({ date: new Date(now).toUTCString() })

/** No response, for the reason that the runtime has a code for. */
export const transportError = (code: string) =>
  Effect.fail(
    new HttpClientError.HttpClientError({
      reason: new HttpClientError.TransportError({
        request: HttpClientRequest.get("https://cvm.api.qcloud.com"),
        cause: Object.assign(new Error("text"), { code })
      })
    })
  )

/** Responds with `respond`, and keeps the requests. */
export const scripted = (respond: (sent: Sent, index: number) => ServerResponse) => {
  const sent: Array<Sent> = []
  const http = HttpClient.make((request, url, signal) =>
    Effect.suspend(() => {
      const one = sentOf(request, url, signal)
      sent.push(one)
      const response = respond(one, sent.length - 1)
      return Effect.map(
        response instanceof Response ? Effect.succeed(response) : response,
        (response) => HttpClientResponse.fromWeb(request, response)
      )
    })
  )
  return { sent, layer: Layer.succeed(HttpClient.HttpClient, http) }
}
