/**
 * The signature of parameters that are already in order. `TencentSignature` is the public form of it.
 */
import * as Redacted from "effect/Redacted"
import type * as crypto from "node:crypto"
import { createHmac, secretKeyOf } from "../../internal/nodeCrypto.ts"
import * as parameters from "./parameters.ts"

/**
 * The two algorithms of API 2.0. The value is also the `SignatureMethod` parameter, which is signed with the others.
 *
 * @category models
 */
export type SignatureMethod = "HmacSHA256" | "HmacSHA1"

export interface Key {
  readonly secretKey: Redacted.Redacted<string>
  readonly signatureMethod: SignatureMethod
}

/** Method, host, path, and the parameters raw. */
export const textOf = (address: string, raw: string): string => raw === "" ? address : `${address}?${raw}`

// Not exported: its types would ask every project of a user for those of Node.
const digest = (text: string, key: string | crypto.KeyObject, method: SignatureMethod): string =>
  createHmac(method === "HmacSHA256" ? "sha256" : "sha1", key).update(text).digest("base64")

export const hmac = (text: string, { secretKey, signatureMethod }: Key): string =>
  digest(text, Redacted.value(secretKey), signatureMethod)

/**
 * Signs the requests of one action. The last key is kept in the form of `node:crypto`: to make that anew is a tenth of a
 * signature.
 */
export const makeSigner = () => {
  let secret: string | undefined
  let kept: crypto.KeyObject
  const keyOf = (secretKey: string): crypto.KeyObject => {
    if (secretKey !== secret) {
      kept = secretKeyOf(secretKey)
      secret = secretKey
    }
    return kept
  }
  /** The signature, and the query of a GET or the body of a POST with it, of parameters whose names have dots only. */
  return (
    address: string,
    sorted: ReadonlyArray<parameters.Parameter>,
    { secretKey, signatureMethod }: Key
  ): { readonly signature: string; readonly form: string } => {
    const { form, raw } = parameters.texts(sorted)
    const signature = digest(textOf(address, raw), keyOf(Redacted.value(secretKey)), signatureMethod)
    return { signature, form: `${form}&Signature=${encodeURIComponent(signature)}` }
  }
}
