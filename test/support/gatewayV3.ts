/**
 * A small client of API 3.0 for the gateway that signs by itself and shares nothing with the library.
 */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { gateway, noon, testCredential } from "./gateway.ts"
import { exchange, type HttpRequest, type HttpResponse } from "./nodeHttp.ts"
import { signatureOf, textToSign } from "./signing.ts"
import { authorizationOf } from "./signingV3.ts"

export type Headers = { readonly [name: string]: string | undefined }

export interface RequestOptions {
  readonly method?: "GET" | "POST" | undefined
  readonly service?: string | undefined
  readonly version?: string | undefined
  /** The service that the signature is for, default `service`. */
  readonly scope?: string | undefined
  readonly region?: string | undefined
  readonly host?: string | undefined
  readonly contentType?: string | undefined
  readonly secretId?: string | undefined
  readonly key?: string | undefined
  /** Seconds added to the time of the test. */
  readonly late?: number | undefined
  /** Signs the name of the action too. */
  readonly signAction?: boolean | undefined
  /** Replaces headers after the signature is made. `undefined` leaves one out. */
  readonly set?: Headers | undefined
  readonly body?: string | undefined
}

/** The host of the gateway where a test names no other. */
const localHost = "127.0.0.1"

const versions: { readonly [service: string]: string } = {
  cvm: "2017-03-12",
  sts: "2018-08-13",
  hunyuan: "2023-09-01"
}

const present = (headers: Headers): { readonly [name: string]: string } =>
  Object.fromEntries(Object.entries(headers).flatMap(([name, value]) => value === undefined ? [] : [[name, value]]))

/** `InstanceIds.0=ins-1`, as a form has it. */
export const flat = (value: unknown, name = ""): ReadonlyArray<readonly [string, string]> =>
  typeof value === "object" && value !== null
    ? Object.entries(value).flatMap(([key, child]) => flat(child, name === "" ? key : `${name}.${key}`))
    : [[name, String(value)]]

/** A request that is signed with TC3 at noon. */
export const build = (action: string, request: unknown = {}, options: RequestOptions = {}): HttpRequest => {
  const { host = localHost, late = 0, method = "POST", region = "ap-guangzhou", service = "cvm" } = options
  const contentType = options.contentType ??
    (method === "POST" ? "application/json" : "application/x-www-form-urlencoded")
  const body = method === "POST" ? options.body ?? JSON.stringify(request) : ""
  const query = method === "GET"
    ? new URLSearchParams(flat(request).map(([name, value]) => [name, value])).toString()
    : ""
  const timestamp = noon / 1000 + late
  const authorization = authorizationOf({
    method,
    service: options.scope ?? service,
    query,
    headers: [
      ["content-type", contentType],
      ["host", host],
      ...(options.signAction === true ? [["x-tc-action", action.toLowerCase()] as const] : [])
    ],
    body,
    timestamp,
    secretId: options.secretId ?? testCredential.secretId,
    secretKey: options.key ?? Redacted.value(testCredential.secretKey)
  })
  return {
    method,
    target: query === "" ? "/" : `/?${query}`,
    body: method === "POST" ? body : undefined,
    headers: present({
      // A service host is signed as it is sent, the local one without its port.
      ...(host !== localHost && { host }),
      "content-type": contentType,
      authorization,
      "x-tc-action": action,
      "x-tc-version": options.version ?? versions[service] ?? "2020-01-01",
      "x-tc-timestamp": String(timestamp),
      "x-tc-region": region,
      ...options.set
    })
  }
}

/** A request that is signed by the older method, at noon. */
export const buildForm = (
  action: string,
  request: unknown,
  options: RequestOptions & { readonly algorithm?: "HmacSHA1" | "HmacSHA256" } = {}
): HttpRequest => {
  const { algorithm = "HmacSHA256", host = "cvm.tencentcloudapi.com", late = 0, method = "POST" } = options
  const all: { [name: string]: string } = {
    Action: action,
    Version: options.version ?? versions[options.service ?? "cvm"] ?? "2020-01-01",
    Region: options.region ?? "ap-guangzhou",
    Timestamp: String(noon / 1000 + late),
    Nonce: "7",
    SecretId: options.secretId ?? testCredential.secretId,
    SignatureMethod: algorithm,
    ...Object.fromEntries(flat(request))
  }
  for (const [name, value] of Object.entries(options.set ?? {})) {
    if (value === undefined) delete all[name]
    else all[name] = value
  }
  const text = textToSign({ method, host, path: "/", parameters: Object.entries(all) })
  const key = options.key ?? Redacted.value(testCredential.secretKey)
  const encoded = new URLSearchParams({ ...all, Signature: signatureOf(text, key, algorithm) }).toString()
  return {
    method,
    target: method === "GET" ? `/?${encoded}` : "/",
    body: method === "GET" ? undefined : encoded,
    headers: { host }
  }
}

/** Sends a request as it is. */
export const ask = (request: HttpRequest) => gateway.use(({ url }) => Effect.promise(() => exchange(url, request)))

export interface Envelope {
  readonly Error?: { readonly Code: string; readonly Message: string }
  readonly RequestId: string
  readonly [name: string]: unknown
}

/** The envelope of a response. */
export const read = ({ text }: HttpResponse): Envelope => JSON.parse(text).Response

/** `Success` or the code. */
export const codeIn = (response: HttpResponse): string => read(response).Error?.Code ?? "Success"

export const call = (action: string, request: unknown = {}, options: RequestOptions = {}) =>
  Effect.map(Effect.suspend(() => ask(build(action, request, options))), read)

export const codeOf = (action: string, request: unknown = {}, options: RequestOptions = {}) =>
  Effect.map(call(action, request, options), ({ Error }) => Error?.Code ?? "Success")

/** The parameters of a purchase of one instance. */
export const order = { InstanceType: "S1.SMALL1", ImageId: "img-1", Placement: { Zone: "ap-guangzhou-3" } }

/** Temporary keys, as a response has them. */
export interface Keys {
  readonly TmpSecretId: string
  readonly TmpSecretKey: string
  readonly Token: string
}

/** Signs with temporary keys. */
export const withKeys = ({ TmpSecretId, TmpSecretKey, Token }: Keys, late = 0): RequestOptions => ({
  secretId: TmpSecretId,
  key: TmpSecretKey,
  set: { "x-tc-token": Token },
  late
})
