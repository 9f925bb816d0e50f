/**
 * The signature of parameters that are already in order. `TencentSignature` is the public form of it.
 */
import * as Redacted from "effect/Redacted"
import { createHmac } from "../../internal/createHmac.ts"
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

export const hmac = (text: string, { secretKey, signatureMethod }: Key): string =>
  createHmac(signatureMethod === "HmacSHA256" ? "sha256" : "sha1", Redacted.value(secretKey))
    .update(text, "utf8")
    .digest("base64")

/** The signature, and the query of a GET or the body of a POST with it, of parameters whose names have dots only. */
export const sign = (
  address: string,
  sorted: ReadonlyArray<parameters.Parameter>,
  key: Key
): { readonly signature: string; readonly form: string } => {
  const { form, raw } = parameters.texts(sorted)
  const signature = hmac(textOf(address, raw), key)
  return { signature, form: `${form}&Signature=${encodeURIComponent(signature)}` }
}
