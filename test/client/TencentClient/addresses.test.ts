/**
 * Where requests are sent.
 */
import { assert, describe, it } from "@effect/vitest"
import type { TencentClient } from "effect-tencentcloud/client"
import { TencentCredentials } from "effect-tencentcloud/client"
import { TencentAction } from "effect-tencentcloud/v2"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { callWith, clientOf, keys, Read, secretKey } from "../../support/client.ts"
import { isSigned, json, ok, parameter, scripted } from "../../support/scriptedServer.ts"
import { errorOf } from "../../support/virtualTime.ts"

describe("where it is sent", () => {
  const Kms = TencentAction.make("ListKeys", {
    module: "kms",
    version: "2017-03-12",
    request: Schema.Struct({}),
    response: Schema.Struct({})
  })

  it.effect.each<readonly [string, TencentClient.Options, TencentClient.CallOptions, string, string]>([
    ["the host of the module in the region", {}, {}, "https://kms-gz.api.qcloud.com/v2/index.php", "ap-guangzhou"],
    [
      "the host of another region that one call names",
      {},
      { region: "ap-beijing" },
      "https://kms-bj.api.qcloud.com/v2/index.php",
      "ap-beijing"
    ],
    [
      "the private network",
      { endpoint: "private" },
      {},
      "http://kms-gz.api.tencentyun.com/v2/index.php",
      "ap-guangzhou"
    ],
    [
      "an address of one's own",
      { endpoint: new URL("http://127.0.0.1:9520") },
      { region: "bj" },
      "http://127.0.0.1:9520/v2/index.php",
      "bj"
    ],
    [
      "an address with a path",
      { endpoint: new URL("https://proxy.example/tc/") },
      {},
      "https://proxy.example/tc/",
      "ap-guangzhou"
    ]
  ])("a request goes to %s", ([, options, call, address, region]) =>
    Effect.gen(function*() {
      const { layer, sent } = scripted(() => json({ code: 0 }))
      for (const method of ["GET", "POST"] as const) {
        const client = yield* clientOf(layer, { method, ...options })
        yield* client.call(Kms, {}, call)
      }
      for (const one of sent) {
        assert.strictEqual(one.url.origin + one.url.pathname, address)
        assert.strictEqual(parameter(one, "Region"), region)
        assert.strictEqual(parameter(one, "Version"), "2017-03-12")
        // The host is signed without its port.
        assert.isTrue(isSigned(one, secretKey))
      }
    }))

  it.effect.each<readonly [string, string, TencentClient.CallOptions, string, string]>([
    ["has a path", "https://proxy.example/tc/", {}, "https://proxy.example/tc/", "kms-gz.api.qcloud.com"],
    ["has none", "http://127.0.0.1:9520", {}, "http://127.0.0.1:9520/v2/index.php", "kms-gz.api.qcloud.com"],
    [
      "is for another region",
      "https://proxy.example/tc/",
      { region: "bj" },
      "https://proxy.example/tc/",
      "kms-bj.api.qcloud.com"
    ]
  ])(
    "a request goes to an address that is not the host to sign, where it %s",
    ([, url, options, address, host]) =>
      Effect.gen(function*() {
        const { layer, sent } = scripted(() => json({ code: 0 }))
        const targets: Array<TencentClient.EndpointTarget> = []
        const endpoint = (target: TencentClient.EndpointTarget): TencentClient.EndpointAddress => {
          targets.push(target)
          return { url: new URL(url), signedHost: target.host }
        }
        for (const method of ["GET", "POST"] as const) {
          const client = yield* clientOf(layer, { method, endpoint })
          yield* client.call(Kms, {}, options)
        }
        assert.deepStrictEqual(targets[0], { service: "kms", region: options.region ?? "ap-guangzhou", host })
        for (const one of sent) {
          assert.strictEqual(one.url.origin + one.url.pathname, address)
          assert.isTrue(isSigned({ ...one, url: new URL(`https://${host}/v2/index.php`) }, secretKey))
        }
      })
  )

  it.effect.each<readonly [string, TencentClient.EndpointAddress, RegExp]>([
    [
      "a URL that is not of HTTP",
      { url: new URL("localhost:9520"), signedHost: "a.example" },
      /has the protocol "localhost:"/
    ],
    ["a host with a protocol", { url: new URL("http://a.example"), signedHost: "https://a.example" }, /a host alone/],
    ["a host with a port", { url: new URL("http://a.example"), signedHost: "a.example:80" }, /a host alone/],
    ["a host with a path", { url: new URL("http://a.example"), signedHost: "a.example/v2" }, /a host alone/],
    ["a host in capitals", { url: new URL("http://a.example"), signedHost: "A.example" }, /a host alone/],
    ["no host", { url: new URL("http://a.example"), signedHost: "" }, /a host alone/]
  ])("an endpoint that cannot be is refused: %s", ([, address, message]) =>
    Effect.gen(function*() {
      const { layer, sent } = scripted(ok)
      const error = yield* errorOf(callWith(layer, Read, { endpoint: () => address }))
      assert(error._tag === "InvalidRequest")
      assert.match(error.message, message)
      assert.deepStrictEqual([error.issues[0]?.path, sent.length], [["endpoint"], 0])
    }))

  it.effect("an endpoint function that throws is a defect of the call, not of making it", () =>
    Effect.gen(function*() {
      const { layer } = scripted(ok)
      const client = yield* clientOf(layer, {
        endpoint: () => {
          throw new Error("bug")
        }
      })
      assert.isTrue(Exit.hasDies(yield* Effect.exit(client.call(Read, {}))))
    }))
})

describe("an optional common parameter that is blank is left out", () => {
  const List = TencentAction.make("DescribeCdnHosts", {
    module: "cdn",
    version: " ",
    request: Schema.Struct({}),
    response: Schema.Struct({})
  })
  const names = ["Region", "Token", "Version"]

  it.effect.each<readonly [string, TencentClient.Options, TencentClient.CallOptions]>([
    ["a region that is left out", { region: undefined }, {}],
    ["a blank region", { region: "" }, {}],
    ["a region of blanks", { region: " " }, {}],
    ["a blank region of the call", {}, { region: "" }],
    [
      "a blank region for a proxy",
      { region: "", endpoint: ({ host }) => ({ url: new URL("http://a.example"), signedHost: host }) },
      {}
    ]
  ])("%s is no parameter of the request", ([, options, call]) =>
    Effect.gen(function*() {
      const { layer, sent } = scripted(() => json({ code: 0 }))
      const credentials = TencentCredentials.layer({ ...keys, token: Redacted.make(" ") })
      const client = yield* clientOf(layer, options, credentials)
      yield* client.call(List, {}, call)
      assert.deepStrictEqual(names.filter((name) => sent[0]?.parameters.has(name)), [])
      const one = { ...sent[0]!, url: new URL("https://cdn.api.qcloud.com/v2/index.php") }
      assert.isTrue(isSigned(one, secretKey))
    }))

  it.effect("a call says the region where the client does not", () =>
    Effect.gen(function*() {
      const { layer, sent } = scripted(ok)
      const client = yield* clientOf(layer, { region: undefined })
      yield* client.call(Read, {}, { region: "ap-beijing" })
      assert.strictEqual(parameter(sent[0], "Region"), "ap-beijing")
    }))

  it.effect("a region that is a part of the host is asked for", () =>
    Effect.gen(function*() {
      const { layer, sent } = scripted(ok)
      const client = yield* clientOf(layer, { region: "" })
      const ListKeys = TencentAction.make("ListKeys", {
        module: "kms",
        request: Schema.Struct({}),
        response: Schema.Struct({})
      })
      const error = yield* errorOf(client.call(ListKeys, {}))
      assert(error._tag === "InvalidRequest")
      assert.match(error.message, /at Region: kms has one host for each region: give a region/)
      assert.lengthOf(sent, 0)
    }))
})

describe("a module", () => {
  it.effect.each([undefined, "ap-beijing"])(
    "that cannot be in a host name is named as such, in the region %s",
    (region) =>
      Effect.gen(function*() {
        const { layer, sent } = scripted(ok)
        const client = yield* clientOf(layer, { region })
        const Odd = TencentAction.make("Odd", {
          module: "c_vm!",
          request: Schema.Struct({}),
          response: Schema.Struct({})
        })
        const error = yield* errorOf(client.call(Odd, {}))
        assert(error._tag === "InvalidRequest")
        assert.match(error.message, /at module: It would be a part of a host name/)
        assert.lengthOf(sent, 0)
      })
  )
})

describe("a region", () => {
  it.effect.each(["x.attacker.example/", "a b", "a".repeat(64)])(
    "the region %s, which would name another host, is refused before anything is signed",
    (region) =>
      Effect.gen(function*() {
        const { layer, sent } = scripted(ok)
        const client = yield* clientOf(layer)
        const error = yield* errorOf(client.call(Read, {}, { region }))
        assert.strictEqual(error._tag, "InvalidRequest")
        assert.strictEqual(sent.length, 0)
      })
  )
})

describe("fetch", () => {
  it.effect("fetch keeps the options of the program, and follows no redirect", () =>
    Effect.gen(function*() {
      const inits: Array<RequestInit | undefined> = []
      const fetch: typeof globalThis.fetch = async (_, init) => (inits.push(init), ok())
      const http = FetchHttpClient.layer.pipe(Layer.provide(Layer.succeed(FetchHttpClient.Fetch, fetch)))
      yield* callWith(http, Read).pipe(
        Effect.provideService(FetchHttpClient.RequestInit, { redirect: "follow", keepalive: true })
      )
      yield* callWith(http, Read)
      assert.deepStrictEqual(
        inits.map((init) => [init?.redirect, init?.keepalive]),
        [["manual", true], ["manual", undefined]]
      )
    }))
})
