import { assert, describe, it } from "@effect/vitest"
import * as TencentEndpoint from "../../src/v3/TencentEndpoint.ts"

describe("forService", () => {
  it.each<readonly [network: TencentEndpoint.Network, region: string | undefined, hostname: string]>([
    ["public", "ap-guangzhou", "cvm.tencentcloudapi.com"],
    ["public", undefined, "cvm.tencentcloudapi.com"],
    ["intl", "ap-singapore", "cvm.intl.tencentcloudapi.com"],
    ["private", "ap-guangzhou", "cvm.internal.tencentcloudapi.com"],
    ["ai", "ap-guangzhou", "cvm.ai.tencentcloudapi.com"],
    ["regional", "ap-guangzhou", "cvm.ap-guangzhou.tencentcloudapi.com"],
    ["public", "ap-shanghai-fsi", "cvm.ap-shanghai-fsi.tencentcloudapi.com"],
    ["private", "ap-shenzhen-fsi", "cvm.ap-shenzhen-fsi.tencentcloudapi.com"]
  ])("%s in %s is %s over HTTPS", (network, region, hostname) => {
    assert.deepStrictEqual(TencentEndpoint.forService("cvm", region, network), {
      origin: `https://${hostname}`,
      hostname,
      path: "/"
    })
  })

  it.each<readonly [service: string, region: string | undefined, network: TencentEndpoint.Network]>([
    ["evil.example/", "ap-guangzhou", "public"],
    ["", "ap-guangzhou", "public"],
    ["cvm", "x.example/", "regional"],
    ["cvm", undefined, "regional"],
    ["a".repeat(64), "ap-guangzhou", "public"]
  ])("refuses the host of %s in %s", (service, region, network) => {
    assert.throws(() => TencentEndpoint.forService(service, region, network), RangeError, "cannot be in a host name")
  })
})
