/**
 * TC3-HMAC-SHA256: the texts that are signed, and a signer that keeps the key of the day. `TencentSignature` is the public form.
 */
import * as Redacted from "effect/Redacted"
import * as crypto from "node:crypto"
import { createHmac } from "../../internal/createHmac.ts"

export const algorithm = "TC3-HMAC-SHA256"

/** The parts of a request that are signed. */
export interface Signable {
  readonly method: "GET" | "POST"
  /** The service of the scope: the first label of the host, such as `cvm`. */
  readonly service: string
  /** The host that the request names, with its port if it has one. */
  readonly host: string
  /** The query of a GET, encoded; `""` for a POST. */
  readonly query: string
  /** The `Content-Type` header, letter by letter. */
  readonly contentType: string
  /** The body, `""` for a GET. */
  readonly body: string | Uint8Array
  /** Signed too where it is given: the name of the action. */
  readonly action?: string | undefined
  /** In seconds since the epoch. */
  readonly timestamp: number
}

const sha256 = (data: string | Uint8Array): string => crypto.createHash("sha256").update(data).digest("hex")

/** The signed headers in order, by name. */
const headersOf = ({ action, contentType, host }: Signable): ReadonlyArray<readonly [name: string, value: string]> => [
  ["content-type", contentType.trim()],
  ["host", host.trim()],
  ...(action === undefined ? [] : [["x-tc-action", action.toLowerCase()] as const])
]

const namesOf = (request: Signable): string => headersOf(request).map(([name]) => name).join(";")

export const canonicalRequest = (request: Signable): string =>
  [
    request.method,
    "/",
    request.query,
    ...headersOf(request).map(([name, value]) => `${name}:${value}`),
    "",
    namesOf(request),
    sha256(request.body)
  ].join("\n")

/** The date of the timestamp in UTC: another time zone has another date for some hours of the day. */
export const dateOf = (timestamp: number): string => new Date(timestamp * 1000).toISOString().slice(0, 10)

const scopeOf = (date: string, service: string): string => `${date}/${service}/tc3_request`

export const stringToSign = (request: Signable): string => {
  const { service, timestamp } = request
  return [algorithm, timestamp, scopeOf(dateOf(timestamp), service), sha256(canonicalRequest(request))].join("\n")
}

const hmac = (key: string | Buffer | crypto.KeyObject, text: string): Buffer =>
  createHmac("sha256", key).update(text).digest()

const keyOf = (secretKey: string, date: string, service: string): crypto.KeyObject =>
  crypto.createSecretKey(hmac(hmac(hmac(`TC3${secretKey}`, date), service), "tc3_request"))

interface Signed {
  readonly signature: string
  /** The `Authorization` header. */
  readonly authorization: string
}

/**
 * Signs the requests of one service. Deriving the key takes three of four hashes, so that of the last credentials and day is
 * kept.
 */
export const makeSigner = (service: string) => {
  let last: { readonly secret: string; readonly date: string; readonly key: crypto.KeyObject } | undefined
  return (
    request: Signable,
    { secretId, secretKey }: { readonly secretId: string; readonly secretKey: Redacted.Redacted<string> }
  ): Signed => {
    const secret = Redacted.value(secretKey)
    const date = dateOf(request.timestamp)
    const day = last !== undefined && last.secret === secret && last.date === date
      ? last
      : last = { secret, date, key: keyOf(secret, date, service) }
    const signature = hmac(day.key, stringToSign(request)).toString("hex")
    const credential = `${secretId}/${scopeOf(date, service)}`
    return {
      signature,
      authorization: `${algorithm} Credential=${credential}, SignedHeaders=${namesOf(request)}, Signature=${signature}`
    }
  }
}
