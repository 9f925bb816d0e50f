/**
 * Where an API 2.0 module is served: one host per module, one path for all.
 */
import { checkEndpointUrl } from "../internal/endpointUrl.ts"
import { isHostLabel } from "../internal/hostLabel.ts"
import { shortRegions } from "../internal/shortRegions.ts"

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
  readonly path: string
}

/**
 * The path of every API 2.0 host.
 *
 * @category models
 */
export const path = "/v2/index.php"

// Modules whose host has another name than the module (official PHP, Python and Java SDKs of API 2.0).
const hostNames: ReadonlyMap<string, string> = /*#__PURE__*/ new Map([["sec", "csec"]])

// Modules with one host per region, named with the short region codes of API 2.0.
const regional: ReadonlySet<string> = /*#__PURE__*/ new Set(["cmq-queue", "cmq-topic", "kms"])

/**
 * The documented host of a module: `<module>.api.qcloud.com` over HTTPS, or `<module>.api.tencentyun.com` over HTTP from
 * inside the private network. The message queue and the key management service have one host per region.
 *
 * Throws a `RangeError` when the module, with the region where it is a part, cannot be in a host name: letters, digits and
 * hyphens, at most 63. A region such as `x.example/` would send the signed request to another host.
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
export const forModule = (module: string, region: string, network: "public" | "private" = "public"): Endpoint => {
  const name = hostNames.get(module) ?? module
  const label = regional.has(name) ? `${name}-${shortRegions.get(region) ?? region}` : name
  if (!isHostLabel(label)) {
    throw new RangeError(
      `${JSON.stringify(label)} cannot be in a host name: a module and a region have letters, digits and hyphens, ` +
        "at most 63 together."
    )
  }
  const hostname = `${label}.${network === "public" ? "api.qcloud.com" : "api.tencentyun.com"}`
  return { origin: `${network === "public" ? "https" : "http"}://${hostname}`, hostname, path }
}

/**
 * An address of your own, such as a local gateway or a proxy. A path of `/` means the documented one. The user, the password,
 * the query and the fragment of the URL are not used.
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
