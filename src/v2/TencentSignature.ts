/**
 * The signature of API 2.0, as pure functions of one request. The request must be final: a parameter that is added or
 * changed afterwards makes the signature wrong. A new timestamp and nonce need a new signature.
 *
 * The rules are the published ones, checked against the published examples: all parameters but `Signature`, sorted by name in
 * ASCII order, joined raw as `name=value` with `_` in a name read as `.`, behind method, host and path; HMAC; Base64.
 *
 * It does not choose parameters (`TencentClient`) and does not encode them for the wire: values are signed as they are.
 */
import type * as Redacted from "effect/Redacted"
import { dotted, sort, texts } from "./internal/parameters.ts"
import { hmac, type SignatureMethod, textOf } from "./internal/signing.ts"

export type {
  /**
   * The two algorithms of API 2.0.
   *
   * @category models
   */
  SignatureMethod
} from "./internal/signing.ts"

/**
 * What is signed.
 *
 * @category models
 */
export interface SignatureRequest {
  /** The HTTP method. */
  readonly method: "GET" | "POST"
  /** The host name without a port, such as `cvm.api.qcloud.com`. */
  readonly host: string
  /** Almost always `/v2/index.php`. */
  readonly path: string
  /** All parameters of the request, common ones included. A `Signature` among them is left out. */
  readonly parameters: { readonly [name: string]: string }
}

/**
 * The text that the signature is made of.
 *
 * **Example** (Sorted by name in ASCII order)
 *
 * ```ts
 * import { TencentSignature } from "effect-tencentcloud/v2"
 *
 * const text = TencentSignature.stringToSign({
 *   method: "GET",
 *   host: "cvm.api.qcloud.com",
 *   path: "/v2/index.php",
 *   parameters: { limit: "20", Action: "DescribeInstances" }
 * })
 * console.log(text) // => GETcvm.api.qcloud.com/v2/index.php?Action=DescribeInstances&limit=20
 * ```
 *
 * @category signing
 */
export const stringToSign = ({ host, method, parameters, path }: SignatureRequest): string => {
  const signed = Object.entries(parameters).filter(([name]) => name !== "Signature")
  const sorted = sort(signed.map(([name, value]) => ({ name, value })))
  return textOf(`${method}${host}${path}`, texts(sorted.map(({ name, value }) => ({ name: dotted(name), value }))).raw)
}

/**
 * The signature of a request, in Base64. It is sent as the parameter `Signature`, encoded once like every other value.
 *
 * **Example** (The first published example)
 *
 * ```ts
 * import { Redacted } from "effect"
 * import { TencentSignature } from "effect-tencentcloud/v2"
 *
 * const signature = TencentSignature.sign({
 *   method: "GET",
 *   host: "cvm.api.qcloud.com",
 *   path: "/v2/index.php",
 *   parameters: {
 *     Action: "DescribeInstances",
 *     "InstanceIds.0": "ins-09dx96dg",
 *     Nonce: "11886",
 *     Region: "ap-guangzhou",
 *     SecretId: "AKIDz8krbsJ5yKBZQpn74WFkmLPx3gnPhESA",
 *     SignatureMethod: "HmacSHA256",
 *     Timestamp: "1465185768"
 *   }
 * }, { secretKey: Redacted.make("Gu5t9xGARNpq86cd98joQYCN3Cozk1qA"), signatureMethod: "HmacSHA256" })
 * console.log(signature) // => 0EEm/HtGRr/VJXTAD9tYMth1Bzm3lLHz5RCDv1GdM8s=
 * ```
 *
 * @category signing
 */
export const sign = (
  request: SignatureRequest,
  options: { readonly secretKey: Redacted.Redacted<string>; readonly signatureMethod: SignatureMethod }
): string => hmac(stringToSign(request), options)
