/**
 * Checks the signatures of API 3.0, by the published rules alone: TC3-HMAC-SHA256 over the bytes of the request, and the older
 * one over its parameters. It shares nothing with the code that signs.
 */
import * as Redacted from "effect/Redacted"
import { createHash, createHmac } from "node:crypto"
import { isEqual } from "../constantTime.ts"
import type { Incoming } from "../protocol.ts"

// ---------------------------------------------------------------------------------------------------------------------
// TC3-HMAC-SHA256
// ---------------------------------------------------------------------------------------------------------------------

/** What the `Authorization` header says. */
export interface Authorization {
  readonly secretId: string
  /** Such as `2019-02-25`. */
  readonly date: string
  readonly service: string
  /** The names of the signed headers, in their order. */
  readonly signedHeaders: ReadonlyArray<string>
  readonly signature: string
}

const form = /*#__PURE__*/ new RegExp(
  "^TC3-HMAC-SHA256 Credential=([^/,\\s]{1,128})/(\\d{4}-\\d\\d-\\d\\d)/([a-z0-9-]{1,63})/tc3_request, " +
    "SignedHeaders=([a-z0-9;-]{1,256}), Signature=([0-9a-f]{64})$"
)

/** Undefined if the header has another form. */
export const readAuthorization = (text: string): Authorization | undefined => {
  const [, secretId, date, service, names, signature] = form.exec(text) ?? []
  if (
    secretId === undefined || date === undefined || service === undefined || names === undefined ||
    signature === undefined
  ) return undefined
  return { secretId, date, service, signedHeaders: names.split(";"), signature }
}

const hash = (data: string | Uint8Array): string => createHash("sha256").update(data).digest("hex")

const hmac = (key: string | Uint8Array, text: string): Buffer => createHmac("sha256", key).update(text).digest()

/** The date of a timestamp in UTC. */
export const dateOf = (timestamp: number): string => new Date(timestamp * 1000).toISOString().slice(0, 10)

/** Signed in place of the hash of a body that is not signed. */
const unsigned = "UNSIGNED-PAYLOAD"

const canonicalRequest = (
  { body, headers, method, path, query }: Incoming,
  signedHeaders: ReadonlyArray<string>,
  host: string
): string | undefined => {
  let lines = ""
  for (const name of signedHeaders) {
    const value = name === "host" ? host : headers[name]
    if (value === undefined) return undefined
    // As documented: the name of an action is signed in lower case, other values as they are sent.
    lines += `${name}:${name === "x-tc-action" ? value.toLowerCase() : value}\n`
  }
  const payload = hash(headers["x-tc-content-sha256"] === unsigned ? unsigned : body)
  return [method, path, query, lines, signedHeaders.join(";"), payload].join("\n")
}

/** The `Host` header as it is, and without the port: some clients sign the one, some the other. */
const hostsOf = ({ headers }: Incoming): ReadonlyArray<string> => {
  const host = headers["host"] ?? ""
  const name = host.replace(/:\d+$/, "")
  return host === name ? [host] : [host, name]
}

/** Whether the signature is that of the request. `content-type` and `host` must be signed. */
export const isSigned = (
  incoming: Incoming,
  { date, service, signature, signedHeaders }: Authorization,
  timestamp: string,
  secretKey: Redacted.Redacted<string>
): boolean => {
  if (!signedHeaders.includes("content-type") || !signedHeaders.includes("host")) return false
  const scope = `${date}/${service}/tc3_request`
  const key = hmac(hmac(hmac(`TC3${Redacted.value(secretKey)}`, date), service), "tc3_request")
  return hostsOf(incoming).some((host) => {
    const request = canonicalRequest(incoming, signedHeaders, host)
    if (request === undefined) return false
    const text = ["TC3-HMAC-SHA256", timestamp, scope, hash(request)].join("\n")
    return isEqual(hmac(key, text).toString("hex"), signature)
  })
}

// ---------------------------------------------------------------------------------------------------------------------
// HmacSHA1, HmacSHA256
// ---------------------------------------------------------------------------------------------------------------------

/** All parameters but the signature itself, in the order of their names. `rename` is what becomes of a name. */
const joined = (parameters: ReadonlyMap<string, string>, rename: (name: string) => string): string =>
  [...parameters.keys()]
    .filter((name) => name !== "Signature")
    .sort()
    .map((name) => `${rename(name)}=${parameters.get(name)}`)
    .join("&")

/**
 * Whether the signature is the one of the older method. The names are signed as they are; some SDKs still replace an underscore
 * by a dot, as in API 2.0.
 */
export const isSignedByParameters = (
  incoming: Incoming,
  parameters: ReadonlyMap<string, string>,
  signature: string,
  secretKey: Redacted.Redacted<string>
): boolean => {
  const algorithm = parameters.get("SignatureMethod") === "HmacSHA256" ? "sha256" : "sha1"
  const texts = new Set([joined(parameters, (name) => name), joined(parameters, (name) => name.replaceAll("_", "."))])
  const isMadeOf = (text: string): boolean =>
    isEqual(createHmac(algorithm, Redacted.value(secretKey)).update(text).digest("base64"), signature)
  return hostsOf(incoming).some((host) =>
    [...texts].some((text) => isMadeOf(`${incoming.method}${host}${incoming.path}?${text}`))
  )
}
