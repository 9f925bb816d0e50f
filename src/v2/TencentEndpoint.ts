/**
 * Where an API 2.0 module is served: one host per module, one path for all.
 */
import * as Result from "effect/Result"
import { checkEndpointUrl } from "../internal/endpointUrl.ts"
import { labelOf } from "./internal/host.ts"

/**
 * An address that requests are sent to. The host that is signed is `hostname`, without the port.
 *
 * @category models
 */
export interface Endpoint {
  /** Scheme, host and port, such as `https://cvm.api.qcloud.com`. */
  readonly origin: string
  /** The host name, which is part of what is signed. */
  readonly hostname: string
  /** The path, which is part of what is signed: `/v2/index.php`, unless the address has one of its own. */
  readonly path: string
}

/**
 * The path of every API 2.0 host.
 *
 * @category constants
 */
export const path = "/v2/index.php"

/**
 * The documented host of a module: `<module>.api.qcloud.com` over HTTPS, or `<module>.api.tencentyun.com` over HTTP from
 * inside the private network. The message queue and the key management service have one host per region.
 *
 * Throws a `RangeError` when the module, with the region where it is a part, cannot be in a host name: letters, digits and
 * hyphens, at most 63. A region such as `x.example/` would send the signed request to another host. Also where a region is a part
 * and there is none; other modules need none here.
 *
 * **Example** (A module, and one with a host per region)
 *
 * ```ts
 * import { TencentEndpoint } from "effect-tencentcloud/v2"
 *
 * console.log(TencentEndpoint.forModule("cvm", "ap-guangzhou").origin) // => https://cvm.api.qcloud.com
 * console.log(TencentEndpoint.forModule("cmq-queue", "ap-guangzhou", "private").origin)
 * // => http://cmq-queue-gz.api.tencentyun.com
 * ```
 *
 * @category constructors
 */
export const forModule = (
  module: string,
  region?: string | undefined,
  network: "public" | "private" = "public"
): Endpoint => {
  const label = labelOf(module, region)
  if (Result.isFailure(label)) throw new RangeError(label.failure)
  const hostname = `${label.success}.${network === "public" ? "api.qcloud.com" : "api.tencentyun.com"}`
  return { origin: `${network === "public" ? "https" : "http"}://${hostname}`, hostname, path }
}

/**
 * An address of your own whose host is also the one that is signed, such as a local gateway. A path of `/` means the documented
 * one. The user, the password, the query and the fragment of the URL are not used.
 *
 * This is not the way through a reverse proxy or a tunnel to the real API. The API checks the signature against its own host, so a
 * request that is signed for the proxy is refused with 4100. Send it to the address of the proxy, and sign it for
 * `TencentEndpoint.forModule(module).hostname`; the client does so when its `endpoint` is a function.
 *
 * Throws a `RangeError` when the protocol is not `http:` or `https:`. That is easily forgotten: `new URL("localhost:9520")` has the
 * protocol `localhost:` and no host.
 *
 * **Example** (A local gateway)
 *
 * ```ts
 * import { TencentEndpoint } from "effect-tencentcloud/v2"
 *
 * const endpoint = TencentEndpoint.fromUrl(new URL("http://127.0.0.1:9520"))
 * console.log(endpoint.hostname, endpoint.path) // => 127.0.0.1 /v2/index.php
 * ```
 *
 * @category constructors
 */
export const fromUrl = (url: URL): Endpoint => {
  checkEndpointUrl(url)
  return { origin: url.origin, hostname: url.hostname, path: url.pathname === "/" ? path : url.pathname }
}
