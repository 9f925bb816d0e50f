/**
 * The signature of API 3.0, TC3-HMAC-SHA256, as pure functions of one request. The request must be final: the body that is signed
 * is the body that is sent, byte for byte, and the `Content-Type` is sent as it was signed.
 *
 * The rules are the published ones, checked against the published examples: the headers `content-type` and `host` are signed, and
 * the name of the action where it is given; the date of the scope is that of the timestamp in UTC.
 */
import type * as Redacted from "effect/Redacted"
import * as internal from "./internal/signing.ts"

export type {
  /**
   * The parts of a request that are signed.
   *
   * @category models
   */
  Signable
} from "./internal/signing.ts"

/**
 * The keys of a signature.
 *
 * @category models
 */
export interface Keys {
  /** The public half, which is in the header `Authorization`. */
  readonly secretId: string
  /** The private half, which signs and is never sent. */
  readonly secretKey: Redacted.Redacted<string>
}

/**
 * The canonical request, whose hash is a part of what is signed. It helps you to compare a refused signature line by line.
 *
 * **Example** (One header on each line)
 *
 * ```ts
 * import { TencentSignature } from "effect-tencentcloud/v3"
 *
 * const text = TencentSignature.canonicalRequest({
 *   method: "POST",
 *   service: "cvm",
 *   host: "cvm.tencentcloudapi.com",
 *   query: "",
 *   contentType: "application/json",
 *   body: "{}",
 *   timestamp: 1551113065
 * })
 * console.log(text.split("\n").slice(3, 5).join(" ")) // => content-type:application/json host:cvm.tencentcloudapi.com
 * ```
 *
 * @category signing
 */
export const canonicalRequest = (request: internal.Signable): string => internal.canonicalRequest(request)

/**
 * The text that the signature is made of.
 *
 * **Example** (The scope has the date in UTC)
 *
 * ```ts
 * import { TencentSignature } from "effect-tencentcloud/v3"
 *
 * const text = TencentSignature.stringToSign({
 *   method: "POST",
 *   service: "cvm",
 *   host: "cvm.tencentcloudapi.com",
 *   query: "",
 *   contentType: "application/json",
 *   body: "{}",
 *   timestamp: 1551113065
 * })
 * console.log(text.split("\n")[2]) // => 2019-02-25/cvm/tc3_request
 * ```
 *
 * @category signing
 */
export const stringToSign = (request: internal.Signable): string => internal.stringToSign(request)

/**
 * The `Authorization` header of a request.
 *
 * **Example** (A published example)
 *
 * ```ts
 * import { Redacted } from "effect"
 * import { TencentSignature } from "effect-tencentcloud/v3"
 *
 * const authorization = TencentSignature.authorization({
 *   method: "GET",
 *   service: "cvm",
 *   host: "cvm.tencentcloudapi.com",
 *   query: "Limit=10&Offset=0",
 *   contentType: "application/x-www-form-urlencoded",
 *   body: "",
 *   timestamp: 1539084154
 * }, { secretId: "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE", secretKey: Redacted.make("Gu5t9xGARNpq86cd98joQYCN3EXAMPLE") })
 * console.log(authorization.slice(-64)) // => 5da7a33f6993f0614b047e5df4582db9e9bf4672ba50567dba16c6ccf174c474
 * ```
 *
 * @category signing
 */
export const authorization = (request: internal.Signable, keys: Keys): string =>
  internal.makeSigner(request.service)(request, keys).authorization
