/**
 * The gateway over real HTTP on the loopback, and a small client for it that signs by itself and shares nothing with the
 * library. Only what it received is read by our decoder.
 */
import { NodeHttpServer } from "@effect/platform-node"
import { TencentResponse } from "effect-tencentcloud"
import { TencentGateway } from "effect-tencentcloud/testing"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { TestClock } from "effect/testing"
import * as Http from "node:http"
import { exchange, type HttpRequest, type HttpResponse } from "./nodeHttp.ts"
import { signatureOf, textToSign } from "./signing.ts"

// ---------------------------------------------------------------------------------------------------------------------
// The gateway
// ---------------------------------------------------------------------------------------------------------------------

export const gateway = TencentGateway.TencentGateway

export const { testCredential } = TencentGateway

/** A gateway that treats the test credential in another way. */
export const withCredential = (fields: Partial<TencentGateway.Credential>): TencentGateway.Options => ({
  credentials: [{ ...testCredential, ...fields }]
})

export const serve = (options?: TencentGateway.Options, server = Http.createServer()) =>
  TencentGateway.layer(options).pipe(
    Layer.provide(NodeHttpServer.layerServer(() => server, { host: "127.0.0.1", port: 0 }))
  )

/** A moment for `TestClock`, which otherwise begins in 1970. */
export const noon = 1_600_000_000_000

/** Runs a test at noon, against a gateway on `TestClock`. */
export const against =
  (options?: TencentGateway.Options, server?: Http.Server) =>
  <A, E>(test: Effect.Effect<A, E, TencentGateway.TencentGateway>) =>
    Effect.andThen(TestClock.setTime(noon), Effect.provide(test, serve(options, server)))

// ---------------------------------------------------------------------------------------------------------------------
// Signed requests
// ---------------------------------------------------------------------------------------------------------------------

export type Parameters = { readonly [name: string]: string }

export const path = "/v2/index.php"

export const secretId = testCredential.secretId
export const secretKey = Redacted.value(testCredential.secretKey)

export interface RequestOptions {
  readonly method?: "GET" | "POST"
  readonly algorithm?: "HmacSHA1" | "HmacSHA256"
  readonly key?: string
  /** Seconds added to the time of the test. */
  readonly late?: number
  /** Replaces parameters before the signature is made. `undefined` leaves one out. */
  readonly set?: { readonly [name: string]: string | undefined }
  /** Changes the signed parameters. */
  readonly change?: (signed: Parameters) => Parameters
  readonly host?: string
  readonly path?: string
  readonly headers?: { readonly [name: string]: string }
}

const encode = (parameters: Parameters): string =>
  Object.entries(parameters)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join("&")

let nonces = 10_000_000

/** A request that is signed at noon, with a nonce of its own. */
export const build = (
  action: string,
  parameters: Parameters,
  options: RequestOptions
): HttpRequest & { readonly encoded: string } => {
  const { algorithm = "HmacSHA256", host = "127.0.0.1", key = secretKey, late = 0, method = "POST" } = options
  const all: { [name: string]: string } = {
    Action: action,
    Region: "ap-guangzhou",
    Timestamp: String(noon / 1000 + late),
    Nonce: String(++nonces),
    SecretId: secretId,
    ...(algorithm === "HmacSHA256" && { SignatureMethod: algorithm }),
    ...parameters
  }
  for (const [name, value] of Object.entries(options.set ?? {})) {
    if (value === undefined) delete all[name]
    else all[name] = value
  }
  const Signature = signatureOf(textToSign({ method, host, path, parameters: Object.entries(all) }), key, algorithm)
  const signed = { ...all, Signature }
  const encoded = encode(options.change?.(signed) ?? signed)
  return {
    method,
    encoded,
    target: method === "GET" ? `${options.path ?? path}?${encoded}` : options.path ?? path,
    body: method === "GET" ? undefined : encoded,
    headers: { ...(options.host !== undefined && { host: `${options.host}:80` }), ...options.headers }
  }
}

/** Sends a request as it is. */
export const ask = (request: HttpRequest) => gateway.use(({ url }) => Effect.promise(() => exchange(url, request)))

/** Sends a signed request. */
export const send = (action: string, parameters: Parameters = {}, options: RequestOptions = {}) =>
  Effect.suspend(() => ask(build(action, parameters, options)))

const decode = TencentResponse.decodeText(Schema.Record(Schema.String, Schema.Unknown))

/** A response as our decoder reads it. */
export const read = ({ text }: HttpResponse) => Effect.result(decode(text))

export const call = (action: string, parameters: Parameters = {}, options: RequestOptions = {}) =>
  Effect.flatMap(send(action, parameters, options), read)

/** The code of the response, 0 for a success. */
export const codeOf = (action: string, parameters: Parameters = {}, options: RequestOptions = {}) =>
  Effect.map(call(action, parameters, options), (result) => Result.isSuccess(result) ? 0 : result.failure.code)

/** The parameters of a purchase of one instance. */
export const order = { instanceType: "S1.SMALL1", imageId: "img-1", zone: "ap-guangzhou-3" }
