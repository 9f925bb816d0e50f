/**
 * The gateway against what others have signed: the official SDK of API 2.0 for Node (`qcloudapi-sdk`), and the published
 * examples. The SDK believes that it talks to `http://cvm.api.qcloud.com`; the gateway is its HTTP proxy.
 */
import { NodeHttpServer } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Redacted, Result, Schema } from "effect"
import { TencentResponse } from "effect-tencentcloud"
import { TencentGateway } from "effect-tencentcloud/testing"
import { TestClock } from "effect/testing"
import { readFileSync } from "node:fs"
import * as Http from "node:http"
import { createRequire } from "node:module"

// ---------------------------------------------------------------------------------------------------------------------
// The SDK
// ---------------------------------------------------------------------------------------------------------------------

interface SdkOptions {
  readonly SecretId?: string
  readonly SecretKey?: string
  readonly serviceType?: string
  readonly protocol?: string
  readonly method?: "GET" | "POST"
  readonly signatureMethod?: "sha1" | "sha256"
  readonly path?: string
}

interface Sdk {
  readonly request: (
    data: { readonly [name: string]: unknown },
    options: SdkOptions,
    callback: (error: Error | null, body: unknown) => void,
    extra: { readonly proxy: string; readonly headers?: { readonly [name: string]: string } }
  ) => void
}

// It has no types, and is not a module.
const QcloudApi: new(defaults: SdkOptions & { readonly Region: string }) => Sdk = createRequire(import.meta.url)(
  "qcloudapi-sdk"
)

const sdk = new QcloudApi({
  SecretId: TencentGateway.testCredential.secretId,
  SecretKey: Redacted.value(TencentGateway.testCredential.secretKey),
  serviceType: "cvm",
  protocol: "http",
  Region: "gz"
})

const gateway = TencentGateway.TencentGateway

let nonces = 0

/** The body that the SDK gives to its caller, who has to look for the code. */
const call = (
  action: string,
  data: { readonly [name: string]: unknown } = {},
  options: SdkOptions & { readonly headers?: { readonly [name: string]: string } } = {}
) =>
  gateway.use(({ url }) =>
    Effect.callback<unknown>((resume) => {
      const { headers, ...rest } = options
      // Its own nonces have 16 bits, and can be 0.
      sdk.request({ Action: action, Nonce: ++nonces, ...data }, rest, (error, body) => {
        resume(error === null ? Effect.succeed(body) : Effect.die(error))
      }, { proxy: url, ...(headers !== undefined && { headers }) })
    })
  )

const decode = TencentResponse.decode(Schema.Record(Schema.String, Schema.Unknown))

/** The tag that our decoder gives to what the SDK got. */
const tagOf = (...question: Parameters<typeof call>) =>
  Effect.map(
    Effect.flatMap(call(...question), (body) => Effect.result(decode(body))),
    (result) => Result.isSuccess(result) ? "Success" : result.failure._tag
  )

const server = NodeHttpServer.layerServer(() => Http.createServer(), { host: "127.0.0.1", port: 0 })

const serve = (options?: TencentGateway.Options) => Layer.provide(TencentGateway.layer(options), server)

const signing = (["GET", "POST"] as const).flatMap((method) =>
  (["sha1", "sha256"] as const).map((signatureMethod) => ({ method, signatureMethod }))
)

const order = { instanceType: "S1.SMALL1", imageId: "img-1", zone: "ap-guangzhou-3", instanceCount: 2 }

describe("qcloudapi-sdk 0.2.1", () => {
  it.live.each(signing)("is served: $method $signatureMethod", (options) =>
    Effect.gen(function*() {
      const g = yield* gateway
      const page = yield* Effect.flatMap(
        call("DescribeInstances", { limit: 1, instanceIds: ["ins-00000001", "ins-00000002"] }, options),
        decode
      )
      assert.deepInclude(page, { code: 0, totalCount: 2 })
      const bought = yield* Effect.flatMap(
        call("RunInstances", { ...order, instanceName: "名 前+&=%'()" }, options),
        decode
      )
      assert.lengthOf(bought["instanceIds"] as ReadonlyArray<string>, 2)
      assert.strictEqual((yield* g.instances).at(-1)?.instanceName, "名 前+&=%'()")
      assert.strictEqual(yield* g.executions("RunInstances"), 1)
      const requests = yield* g.requests
      const { method, signatureMethod } = options
      assert.deepStrictEqual(
        requests.map(({ code, host, method, path }) => [method, host, path, code]),
        [[method, "cvm.api.qcloud.com", "/v2/index.php", 0], [method, "cvm.api.qcloud.com", "/v2/index.php", 0]]
      )
      assert.strictEqual(
        requests[0]?.parameters["SignatureMethod"],
        signatureMethod === "sha256" ? "HmacSHA256" : undefined
      )
      assert.strictEqual(requests[0]?.parameters["RequestClient"], "SDK_NODEJS_0.2.1")
    }).pipe(Effect.provide(serve())))

  it.live("is served with its own nonces, with names that have underscores, and with uploads", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* tagOf("DescribeInstances", { instanceIds_0: "ins-00000001", a_b_c: "x_y" }), "Success")
      assert.strictEqual(yield* tagOf("DescribeInstances", { file: "@/tmp/x" }, { method: "POST" }), "Success")
      assert.strictEqual(yield* tagOf("DescribeInstances", { file: "@/tmp/x" }, { method: "GET" }), "Success")
      assert.strictEqual(yield* tagOf("DescribeInstances", { nested: { deep: [{ x: 1 }] }, none: null }), "Success")
    }).pipe(Effect.provide(serve())))

  it.live("is served with temporary keys", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* tagOf("DescribeInstances", { Token: "a-token" }), "Success")
      assert.strictEqual(yield* tagOf("DescribeInstances", { Token: "b-token" }), "InvalidToken")
      assert.strictEqual(yield* tagOf("DescribeInstances"), "InvalidToken")
    }).pipe(Effect.provide(
      serve({ credentials: [{ ...TencentGateway.testCredential, token: Redacted.make("a-token") }] })
    )))

  it.live.each(signing)(
    "is refused with codes that our decoder knows: $method $signatureMethod",
    (options) => {
      const expect = (tag: string, ...[action, data, more]: Parameters<typeof call>) =>
        Effect.map(tagOf(action, data, { ...options, ...more }), (found) => assert.strictEqual(found, tag))
      return Effect.gen(function*() {
        const g = yield* gateway
        yield* expect("InvalidParameter", "DescribeInstances", { limit: 0 })
        yield* expect("InvalidParameter", "DescribeInstances", { Nonce: "x" })
        yield* expect("AuthenticationFailed", "DescribeInstances", {}, { SecretKey: "another" })
        yield* expect("SecretIdNotFound", "DescribeInstances", {}, { SecretId: "AKIDnobody" })
        yield* expect("ReplayAttack", "DescribeInstances", { Timestamp: 1_600_000_000 })
        yield* expect("Success", "DescribeInstances", { Nonce: 1_000_000 })
        yield* expect("ReplayAttack", "DescribeInstances", { Nonce: 1_000_000 })
        yield* expect("UnsupportedProtocol", "DescribeInstances", {}, { headers: { "x-forwarded-proto": "http" } })
        yield* expect("UnsupportedVersion", "DescribeEverything")
        yield* expect("UnsupportedVersion", "DescribeInstances", {}, { serviceType: "cdb" })
        yield* expect("UnsupportedVersion", "DescribeInstances", {}, { path: "/v3/index.php" })
        yield* expect("ResourceNotFound", "StopInstances", { instanceIds: ["ins-00000009"] })
        yield* expect("ResourceOperationFailed", "StartInstances", { instanceIds: ["ins-00000001"] })
        yield* expect("ResourcePurchaseFailed", "RunInstances", { ...order, instanceType: "X9.HUGE" })
        yield* expect("PartialSuccess", "StopInstances", { instanceIds: ["ins-00000001", "ins-00000002"] })
        yield* g.setBalance(3_999)
        yield* expect("InsufficientBalance", "RunInstances", order)
        yield* g.setIdentityVerified(false)
        yield* expect("IdentityNotVerified", "RunInstances", order)
        yield* g.setMaintenance("RunInstances", true)
        yield* expect("ApiUnavailable", "RunInstances", order)
        yield* g.deny(TencentGateway.testCredential.secretId, { actions: ["RunInstances"] })
        yield* expect("UnauthorizedApi", "RunInstances", order)
        yield* g.injectFault({ response: TencentGateway.apiError(6000, { form: "string" }) })
        yield* expect("InternalError", "DescribeInstances")
        yield* g.injectFault({ response: TencentGateway.apiError(6000, { form: "transitional" }) })
        yield* expect("InternalError", "DescribeInstances")
        yield* g.setQuota(0)
        yield* expect("QuotaExceeded", "DescribeInstances")
        yield* g.setCredential({ ...TencentGateway.testCredential, blocked: true })
        yield* expect("AccessDenied", "DescribeInstances")
        yield* g.setCredential({ ...TencentGateway.testCredential, mfaRequired: true })
        yield* expect("MfaFailed", "DescribeInstances")
        assert.deepStrictEqual(
          (yield* g.requests).filter(({ executed }) => executed).map(({ action, code }) => [action, code]),
          [["StopInstances", 5400]]
        )
      }).pipe(Effect.provide(serve({ quota: 1000 })))
    }
  )
})

// ---------------------------------------------------------------------------------------------------------------------
// Published examples
// ---------------------------------------------------------------------------------------------------------------------

interface Vector {
  readonly id: string
  readonly host: string
  readonly method: string
  readonly secretKey: string
  readonly params: { readonly [name: string]: string }
  readonly signature: string
  readonly verified: boolean
  readonly note?: string
}

const { hmac }: { readonly hmac: ReadonlyArray<Vector> } = JSON.parse(
  readFileSync(new URL("../fixtures/signing-vectors.json", import.meta.url), "utf8")
)

const vectors = hmac.filter(({ host, note, params, verified }) =>
  verified && note?.includes("TRAP") !== true && host === "cvm.api.qcloud.com" &&
  params["Action"] === "DescribeInstances"
)

const get = (url: string, target: string, host: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const request = Http.get(`${url}${target}`, { agent: false, headers: { host } }, (response) => {
      let text = ""
      response.setEncoding("utf8")
      response.on("data", (chunk: string) => text += chunk)
      response.on("end", () => resolve(text))
    })
    request.on("error", reject)
  })

describe("published examples", () => {
  it("are there", () => {
    assert.isAtLeast(vectors.length, 3)
    assert.isTrue(vectors.every(({ method }) => method === "GET"))
  })

  it.effect.each(vectors)(
    "$id is accepted, and nothing else is",
    ({ host, params, secretKey, signature }) =>
      Effect.gen(function*() {
        yield* TestClock.setTime(Number(params["Timestamp"]) * 1000)
        const codeOf = (change: { readonly [name: string]: string }) =>
          gateway.use(({ url }) => {
            const query = new URLSearchParams({ ...params, Signature: signature, ...change })
            return Effect.map(
              Effect.promise(() => get(url, `/v2/index.php?${query}`, host)),
              (text) => JSON.parse(text).code
            )
          })
        assert.strictEqual(yield* codeOf({ Nonce: "1" }), 4100)
        assert.strictEqual(yield* codeOf({}), 0)
        assert.strictEqual(yield* codeOf({}), 4500)
      }).pipe(Effect.provide(serve({
        credentials: [{ secretId: params["SecretId"] ?? "", secretKey: Redacted.make(secretKey) }]
      })))
  )
})
