/**
 * What the tests of the client share: a signer written from the published rules alone, a scripted server in memory, and
 * collectors for spans.
 */
import { TencentClient, TencentCredentials } from "effect-tencentcloud/client"
import { TencentAction } from "effect-tencentcloud/v2"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import type * as HttpClientError from "effect/http/HttpClientError"
import type * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Tracer from "effect/Tracer"
import { createHmac } from "node:crypto"

// ---------------------------------------------------------------------------------------------------------------------
// Signing
// ---------------------------------------------------------------------------------------------------------------------

export interface ToSign {
  readonly method: string
  readonly host: string
  readonly path: string
  readonly parameters: Iterable<readonly [name: string, value: string]>
}

/** All parameters but `Signature`, by name in ASCII order, `_` in a name as `.`, values raw. */
export const textToSign = ({ host, method, parameters, path }: ToSign): string => {
  const sorted = Array.from(parameters)
    .filter(([name]) => name !== "Signature")
    .sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    .map(([name, value]) => [name.split("_").join("."), value].join("="))
  return [method, host, path, "?", sorted.join("&")].join("")
}

export const signatureOf = (text: string, secretKey: string, algorithm: string): string =>
  createHmac(algorithm === "HmacSHA256" ? "sha256" : "sha1", Buffer.from(secretKey)).update(Buffer.from(text)).digest()
    .toString("base64")

// ---------------------------------------------------------------------------------------------------------------------
// What was sent
// ---------------------------------------------------------------------------------------------------------------------

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

/** Whether the signature of a request is the one that the rules give. */
export const isSigned = ({ method, parameters, url }: Sent, secretKey: string): boolean =>
  parameters.get("Signature") === signatureOf(
    textToSign({ method, host: url.hostname, path: url.pathname, parameters: parameters.entries() }),
    secretKey,
    parameters.get("SignatureMethod") ?? ""
  )

// ---------------------------------------------------------------------------------------------------------------------
// A scripted server
// ---------------------------------------------------------------------------------------------------------------------

export type Reply = Response | Effect.Effect<Response, HttpClientError.HttpClientError>

export const json = (body: unknown, init?: ResponseInit): Response => Response.json(body, init)

export const failed = (code: number | string, headers: Record<string, string> = {}): Response =>
  json({ code, message: `message of ${code}`, codeDesc: "Desc", requestId: "r-1" }, { headers })

export const ok = (): Response => json({ code: 0, message: "", totalCount: 3 })

/** Answers with `reply`, and keeps what was sent. */
export const scripted = (reply: (sent: Sent, index: number) => Reply) => {
  const sent: Array<Sent> = []
  const http = HttpClient.make((request, url, signal) =>
    Effect.suspend(() => {
      const one = sentOf(request, url, signal)
      sent.push(one)
      const answer = reply(one, sent.length - 1)
      return Effect.map(
        answer instanceof Response ? Effect.succeed(answer) : answer,
        (response) => HttpClientResponse.fromWeb(request, response)
      )
    })
  )
  return { sent, layer: Layer.succeed(HttpClient.HttpClient, http) }
}

// ---------------------------------------------------------------------------------------------------------------------
// A client
// ---------------------------------------------------------------------------------------------------------------------

export const secretId = "AKIDexample"
export const secretKey = "canaryKey+/with==marks"
export const token = "canaryToken/+=&<>\"'"

export const keys: TencentCredentials.Credentials = { secretId, secretKey: Redacted.make(secretKey) }
export const temporaryKeys: TencentCredentials.Credentials = { ...keys, token: Redacted.make(token) }

export const Read = TencentAction.make("DescribeInstances", {
  module: "cvm",
  request: Schema.Struct({ limit: Schema.optionalKey(Schema.Unknown) }),
  response: Schema.Struct({ totalCount: Schema.Number })
})

export const Write = TencentAction.make("RunInstances", {
  module: "cvm",
  request: Schema.Struct({ limit: Schema.optionalKey(Schema.Unknown) }),
  response: Schema.Struct({ totalCount: Schema.Number })
})

/** A client that lives as long as the scope. */
export const clientOf = <E>(http: Layer.Layer<HttpClient.HttpClient, E>, options?: Partial<TencentClient.Options>) =>
  Effect.map(
    Layer.build(
      TencentClient.layer({ region: "ap-guangzhou", ...options }).pipe(
        Layer.provide([TencentCredentials.layer(keys), http])
      )
    ),
    (context) => Context.get(context, TencentClient.TencentClient)
  )

/** One call to one of the two actions, with a client of its own. */
export const callWith = (
  http: Layer.Layer<HttpClient.HttpClient>,
  action: typeof Read,
  options?: Partial<TencentClient.Options> & {
    readonly credentials?: Layer.Layer<TencentCredentials.TencentCredentials>
    readonly call?: TencentClient.CallOptions
  }
) =>
  Effect.flatMap(TencentClient.TencentClient, (client) => client.call(action, {}, options?.call)).pipe(
    Effect.provide(
      TencentClient.layer({ region: "ap-guangzhou", ...options }).pipe(
        Layer.provide([options?.credentials ?? TencentCredentials.layer(keys), http])
      )
    )
  )

// ---------------------------------------------------------------------------------------------------------------------
// Spans
// ---------------------------------------------------------------------------------------------------------------------

export const collectSpans = () => {
  const spans: Array<Tracer.NativeSpan> = []
  const tracer = Tracer.make({
    span: (options) => {
      const span = new Tracer.NativeSpan(options)
      spans.push(span)
      return span
    }
  })
  return { spans, tracer }
}
