import { assert, describe, it } from "@effect/vitest"
import { TencentClient, TencentCredentials } from "effect-tencentcloud/client"
import { TencentEndpoint } from "effect-tencentcloud/v2"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { FetchHttpClient } from "effect/http"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { isHostLabel } from "../../src/internal/hostLabel.ts"

describe("forModule", () => {
  it.each([
    ["cvm", "ap-guangzhou", "cvm"],
    ["account", "", "account"],
    ["cdb", "gz", "cdb"],
    // One module has another name in its host.
    ["sec", "ap-guangzhou", "csec"],
    ["csec", "ap-guangzhou", "csec"],
    // One host per region, by the short codes.
    ["cmq-queue", "ap-guangzhou", "cmq-queue-gz"],
    ["cmq-topic", "ap-shanghai-fsi", "cmq-topic-shjr"],
    ["kms", "na-siliconvalley", "kms-usw"],
    ["kms", "bj", "kms-bj"],
    ["kms", "ap-nowhere", "kms-ap-nowhere"],
    // Near misses of the regional ones.
    ["kms2", "ap-guangzhou", "kms2"],
    ["cmq", "ap-guangzhou", "cmq"]
  ])("%s in '%s' is %s", (module, region, label) => {
    const path = "/v2/index.php"
    assert.deepStrictEqual(TencentEndpoint.forModule(module, region), {
      origin: `https://${label}.api.qcloud.com`,
      hostname: `${label}.api.qcloud.com`,
      path
    })
    assert.deepStrictEqual(
      TencentEndpoint.forModule(module, region, "public"),
      TencentEndpoint.forModule(module, region)
    )
    // The private network has no TLS.
    assert.deepStrictEqual(TencentEndpoint.forModule(module, region, "private"), {
      origin: `http://${label}.api.tencentyun.com`,
      hostname: `${label}.api.tencentyun.com`,
      path
    })
  })

  // Facts about API 2.0: the short code that each long region id has.
  it.each(Object.entries({
    "ap-guangzhou": "gz",
    "ap-shanghai": "sh",
    "ap-beijing": "bj",
    "ap-hongkong": "hk",
    "na-toronto": "ca",
    "ap-singapore": "sg",
    "ap-chengdu": "cd",
    "ap-shanghai-fsi": "shjr",
    "ap-shenzhen-fsi": "szjr",
    "ap-guangzhou-open": "gzopen",
    "na-siliconvalley": "usw",
    "na-ashburn": "use",
    "ap-mumbai": "in",
    "ap-bangkok": "th",
    "ap-seoul": "kr",
    "eu-moscow": "ru",
    "ap-chongqing": "cq"
  }))("%s is %s", (region, short) => {
    assert.strictEqual(TencentEndpoint.forModule("kms", region).hostname, `kms-${short}.api.qcloud.com`)
    assert.strictEqual(TencentEndpoint.forModule("kms", short).hostname, `kms-${short}.api.qcloud.com`)
  })
})

describe("what cannot be in a host name", () => {
  const long = "a".repeat(63)

  it.each(["a", "Z", "0", "-", "cmq-queue-gz", long])(
    "isHostLabel: '%s' can",
    (text) => assert.isTrue(isHostLabel(text))
  )

  it.each([
    "",
    ".",
    "a.b",
    "a/",
    "a?",
    "a#",
    "a@b",
    "a:1",
    "a\\",
    "a%2f",
    "a b",
    " a",
    "a\t",
    "a\n",
    "\na",
    "a\0",
    "a_b",
    "[::1]",
    // Not ASCII, and characters that some comparisons take for letters, dots or nothing.
    "é",
    "云",
    "\u017f",
    "\u212a",
    "a\u3002b",
    "a\u00ad",
    `${long}a`
  ])("isHostLabel: %j cannot", (text) => assert.isFalse(isHostLabel(text)))

  it.each(["x.attacker.example/", "attacker.example/?", "x@attacker.example", "x:80", "gz\n", "gz gz", long])(
    "forModule: the region %j, where it is a part of the host",
    (region) => {
      for (const network of ["public", "private"] as const) {
        assert.throws(() => TencentEndpoint.forModule("kms", region, network), RangeError, /cannot be in a host name/)
      }
      // Elsewhere it is a parameter.
      assert.strictEqual(TencentEndpoint.forModule("cvm", region).hostname, "cvm.api.qcloud.com")
    }
  )

  it.each(["kms", "cmq-queue", "cmq-topic"])(
    "forModule: %s without a region, which is a part of its host",
    (module) => {
      for (const region of [undefined, ""]) {
        assert.throws(() => TencentEndpoint.forModule(module, region), RangeError, "has one host for each region")
      }
      assert.strictEqual(TencentEndpoint.forModule("cvm").hostname, "cvm.api.qcloud.com")
    }
  )

  it.each(["", "attacker.example/", "cvm.", "cvm_", `${long}a`])("forModule: the module %j", (module) => {
    assert.throws(
      () => TencentEndpoint.forModule(module, "ap-guangzhou"),
      RangeError,
      `${JSON.stringify(module)} cannot be in a host name`
    )
  })
})

const thrownBy = (f: () => unknown): unknown => {
  try {
    return f()
  } catch (error) {
    return error
  }
}

describe("fromUrl", () => {
  it.each([
    ["http://127.0.0.1:9520", "http://127.0.0.1:9520", "127.0.0.1", "/v2/index.php"],
    ["http://127.0.0.1:9520/", "http://127.0.0.1:9520", "127.0.0.1", "/v2/index.php"],
    ["https://proxy.example/tencent/v2", "https://proxy.example", "proxy.example", "/tencent/v2"],
    ["https://proxy.example/v2/index.php?x=1#y", "https://proxy.example", "proxy.example", "/v2/index.php"],
    ["https://proxy.example:443/", "https://proxy.example", "proxy.example", "/v2/index.php"],
    ["http://localhost:9520?x=1", "http://localhost:9520", "localhost", "/v2/index.php"],
    ["http://localhost:9520#/other", "http://localhost:9520", "localhost", "/v2/index.php"],
    ["http://[::1]:80", "http://[::1]", "[::1]", "/v2/index.php"],
    ["http://[::1]:9520", "http://[::1]:9520", "[::1]", "/v2/index.php"],
    ["http://[0:0:0:0:0:0:0:1]:9520/", "http://[::1]:9520", "[::1]", "/v2/index.php"],
    ["https://[2001:DB8::a]/tencent", "https://[2001:db8::a]", "[2001:db8::a]", "/tencent"],
    ["http://[::ffff:127.0.0.1]:9520", "http://[::ffff:7f00:1]:9520", "[::ffff:7f00:1]", "/v2/index.php"],
    // What a URL says about a user is not for the API.
    ["https://user:password@proxy.example/", "https://proxy.example", "proxy.example", "/v2/index.php"]
  ])(
    "%s",
    (url, origin, hostname, path) =>
      assert.deepStrictEqual(TencentEndpoint.fromUrl(new URL(url)), { origin, hostname, path })
  )

  it.each([
    ["localhost:9520", "localhost:"],
    ["cvm.api.qcloud.com:443", "cvm.api.qcloud.com:"],
    ["ftp://user:canary@proxy.example/", "ftp:"],
    ["ws://proxy.example/", "ws:"],
    ["unix:/run/gateway.sock", "unix:"],
    ["blob:http://127.0.0.1:9520/1", "blob:"]
  ])("not %s", (url, protocol) => {
    const error = thrownBy(() => TencentEndpoint.fromUrl(new URL(url)))
    assert.instanceOf(error, RangeError)
    assert.include(String(error), `the protocol "${protocol}"`)
    assert.include(String(error), `new URL("http://localhost:9520")`)
    assert.notInclude(String(error), "canary")
  })

  it.effect("a client with such an endpoint is not built", () =>
    Effect.gen(function*() {
      const client = TencentClient.layer({ region: "ap-guangzhou", endpoint: new URL("localhost:9520") }).pipe(
        Layer.provide(TencentCredentials.layer({ secretId: "AKIDexample", secretKey: Redacted.make("a-secret-key") })),
        Layer.provide(FetchHttpClient.layer)
      )
      const exit = yield* Effect.exit(Layer.build(client))
      assert.isTrue(Exit.isFailure(exit) && Cause.squash(exit.cause) instanceof RangeError)
    }))
})
