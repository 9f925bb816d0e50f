/**
 * A signer of API 2.0, written from the published rules alone. It shares nothing with the library.
 */
import { createHmac } from "node:crypto"

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
