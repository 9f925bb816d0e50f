/**
 * Where an API 3.0 service is served: one host per service, `/` for a path.
 */
import { isHostLabel } from "../internal/hostLabel.ts"

/**
 * The names under which a service is served:
 *
 * - `public`: the nearest access point, `cvm.tencentcloudapi.com`
 * - `intl`: the nearest access point of the international site, `cvm.intl.tencentcloudapi.com`
 * - `private`: from inside the private network, `cvm.internal.tencentcloudapi.com`
 * - `ai`: the streaming host that some services have, `cls.ai.tencentcloudapi.com`
 * - `regional`: the access point of a region. The finance regions have no other
 *
 * @category models
 */
export type Network = "public" | "intl" | "private" | "ai" | "regional"

const labels: { readonly [N in Exclude<Network, "regional">]: string } = {
  public: "",
  intl: ".intl",
  private: ".internal",
  ai: ".ai"
}

/**
 * An address that requests are sent to. The host that is signed is `hostname`, without the port.
 *
 * @category models
 */
export interface Endpoint {
  /** Scheme, host and port, such as `https://cvm.tencentcloudapi.com`. */
  readonly origin: string
  /** The host name, which is signed. */
  readonly hostname: string
  /** The path, `/` unless the address has one of its own. The path that is signed is always `/`. */
  readonly path: string
}

/** Regions that the nearest access point does not reach. */
const isolated: ReadonlySet<string> = /*#__PURE__*/ new Set(["ap-shanghai-fsi", "ap-shenzhen-fsi"])

/**
 * The documented host of a service, over HTTPS. A finance region gets its own host, whatever the network.
 *
 * Throws a `RangeError` when the service or the region cannot be in a host name: letters, digits and hyphens, at most 63. A
 * region such as `x.example/` would send the signed request to another host.
 *
 * **Example** (The nearest access point, and a finance region)
 *
 * ```ts
 * import { TencentEndpoint } from "effect-tencentcloud/v3"
 *
 * console.log(TencentEndpoint.forService("cvm", "ap-guangzhou").origin) // => https://cvm.tencentcloudapi.com
 * console.log(TencentEndpoint.forService("cvm", "ap-shanghai-fsi").hostname)
 * // => cvm.ap-shanghai-fsi.tencentcloudapi.com
 * ```
 *
 * @category constructors
 */
export const forService = (service: string, region: string | undefined, network: Network = "public"): Endpoint => {
  const needsRegion = network === "regional" || isolated.has(region ?? "")
  for (const label of needsRegion ? [service, region ?? ""] : [service]) {
    if (!isHostLabel(label)) {
      throw new RangeError(
        `${JSON.stringify(label)} cannot be in a host name: a service and a region have letters, digits and hyphens, ` +
          "at most 63."
      )
    }
  }
  const middle = needsRegion ? `.${region}` : labels[network]
  const hostname = `${service}${middle}.tencentcloudapi.com`
  return { origin: `https://${hostname}`, hostname, path: "/" }
}
