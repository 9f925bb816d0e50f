/**
 * The gateway against what others have signed: the official SDK of API 2.0 for Node (`qcloudapi-sdk`), and the published
 * examples. The SDK believes that it talks to `http://cvm.api.qcloud.com`; the gateway is its HTTP proxy.
 */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Redacted, Result, Schema } from "effect"
import { TencentResponse } from "effect-tencentcloud"
import { TencentGateway } from "effect-tencentcloud/testing"
import { TestClock } from "effect/testing"
import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { gateway, serve, testCredential, withCredential } from "../support/gateway.ts"
import { exchange } from "../support/nodeHttp.ts"

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
  SecretId: testCredential.secretId,
  SecretKey: Redacted.value(testCredential.secretKey),
  serviceType: "cvm",
  protocol: "http",
  Region: "gz"
})

let nonces = 0

/** The SDK returns a body, and leaves it to its caller to look for the code. */
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

/** The tag that our decoder finds in the body that the SDK received. */
const tagOf = (...request: Parameters<typeof call>) =>
  Effect.map(
    Effect.flatMap(call(...request), (body) => Effect.result(decode(body))),
    (result) => Result.isSuccess(result) ? "Success" : result.failure._tag
  )

const signing = (["GET", "POST"] as const).flatMap((method) =>
  (["sha1", "sha256"] as const).map((signatureMethod) => ({ method, signatureMethod }))
)

const order = { instanceType: "S1.SMALL1", imageId: "img-1", zone: "ap-guangzhou-3", instanceCount: 2 }

interface Refusal {
  readonly tag: string
  readonly name: string
  readonly gateway?: TencentGateway.Options
  readonly action?: string
  readonly data?: { readonly [name: string]: unknown }
  readonly options?: Parameters<typeof call>[2]
  /** Whether the action has changed something all the same. */
  readonly executed?: boolean
}

const start = { action: "StartInstances", data: { instanceIds: ["ins-00000001"] } }
const stop = (...instanceIds: ReadonlyArray<string>) => ({ action: "StopInstances", data: { instanceIds } })
const run = { action: "RunInstances", data: order }

const refusals: ReadonlyArray<Refusal> = [
  { tag: "InvalidParameter", name: "a limit of 0", data: { limit: 0 } },
  { tag: "InvalidParameter", name: "a nonce that is no number", data: { Nonce: "x" } },
  { tag: "AuthenticationFailed", name: "another key", options: { SecretKey: "another" } },
  { tag: "SecretIdNotFound", name: "an unknown id", options: { SecretId: "AKIDnobody" } },
  { tag: "ReplayAttack", name: "an old timestamp", data: { Timestamp: 1_600_000_000 } },
  { tag: "UnsupportedProtocol", name: "plain HTTP", options: { headers: { "x-forwarded-proto": "http" } } },
  { tag: "UnsupportedVersion", name: "an unknown action", action: "DescribeEverything" },
  { tag: "UnsupportedVersion", name: "another module", options: { serviceType: "cdb" } },
  { tag: "UnsupportedVersion", name: "another path", options: { path: "/v3/index.php" } },
  { tag: "ResourceNotFound", name: "an unknown instance", ...stop("ins-00000009") },
  { tag: "ResourceOperationFailed", name: "an instance that runs already", ...start },
  {
    tag: "PartialSuccess",
    name: "a batch that is done in part",
    ...stop("ins-00000001", "ins-00000002"),
    executed: true
  },
  {
    tag: "ResourcePurchaseFailed",
    name: "a type that is not sold",
    action: "RunInstances",
    data: { ...order, instanceType: "X9.HUGE" }
  },
  { tag: "InsufficientBalance", name: "a small balance", gateway: { balance: 3_999 }, ...run },
  { tag: "IdentityNotVerified", name: "an unverified account", gateway: { identityVerified: false }, ...run },
  { tag: "ApiUnavailable", name: "maintenance", gateway: { maintenance: ["RunInstances"] }, ...run },
  {
    tag: "UnauthorizedApi",
    name: "a denied action",
    gateway: withCredential({ denied: { actions: ["RunInstances"] } }),
    ...run
  },
  {
    tag: "InternalError",
    name: "6000 as text",
    gateway: { injectedFaults: [{ response: TencentGateway.apiError(6000, { form: "string" }) }] }
  },
  {
    tag: "InternalError",
    name: "6000 in the transitional envelope",
    gateway: { injectedFaults: [{ response: TencentGateway.apiError(6000, { form: "transitional" }) }] }
  },
  { tag: "QuotaExceeded", name: "a quota of 0", gateway: { quota: 0 } },
  { tag: "AccessDenied", name: "a blocked account", gateway: withCredential({ blocked: true }) },
  { tag: "MfaFailed", name: "a second factor", gateway: withCredential({ mfaRequired: true }) }
]

describe("qcloudapi-sdk 0.2.1", () => {
  it.live.each(signing)(
    "qcloudapi-sdk is served by $method with $signatureMethod",
    (options) =>
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
      }).pipe(Effect.provide(serve()))
  )

  it.live.each<readonly [name: string, data: { readonly [name: string]: unknown }, method: "GET" | "POST"]>([
    ["an underscore in a name", { instanceIds_0: "ins-00000001", a_b_c: "x_y" }, "GET"],
    ["an upload by POST", { file: "@/tmp/x" }, "POST"],
    ["a value like an upload by GET", { file: "@/tmp/x" }, "GET"],
    ["nested lists and null", { nested: { deep: [{ x: 1 }] }, none: null }, "GET"]
  ])("qcloudapi-sdk is served with %s", ([, data, method]) =>
    Effect.gen(function*() {
      assert.strictEqual(yield* tagOf("DescribeInstances", data, { method }), "Success")
    }).pipe(Effect.provide(serve())))

  it.live("qcloudapi-sdk is served with temporary keys, and refused without their token", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* tagOf("DescribeInstances", { Token: "a-token" }), "Success")
      assert.strictEqual(yield* tagOf("DescribeInstances", { Token: "b-token" }), "InvalidToken")
      assert.strictEqual(yield* tagOf("DescribeInstances"), "InvalidToken")
    }).pipe(Effect.provide(serve(withCredential({ token: Redacted.make("a-token") })))))

  it.live("qcloudapi-sdk is refused when it uses a nonce twice", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* tagOf("DescribeInstances", { Nonce: 1_000_000 }), "Success")
      assert.strictEqual(yield* tagOf("DescribeInstances", { Nonce: 1_000_000 }), "ReplayAttack")
    }).pipe(Effect.provide(serve())))

  it.live.each(refusals.flatMap((refusal) => signing.map((sign) => ({ ...sign, ...refusal }))))(
    "qcloudapi-sdk by $method with $signatureMethod is refused with $tag for $name",
    ({ action = "DescribeInstances", data, executed = false, gateway: state, method, options, signatureMethod, tag }) =>
      Effect.gen(function*() {
        assert.strictEqual(yield* tagOf(action, data, { method, signatureMethod, ...options }), tag)
        const [request] = yield* gateway.use((g) => g.requests)
        assert.strictEqual(request?.executed, executed)
      }).pipe(Effect.provide(serve(state)))
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

describe("published examples", () => {
  it("at least three published examples are for the action of the gateway", () => {
    assert.isAtLeast(vectors.length, 3)
    assert.isTrue(vectors.every(({ method }) => method === "GET"))
  })

  it.effect.each(vectors)(
    "the published example $id is accepted once, and not with another nonce",
    ({ host, params, secretKey, signature }) =>
      Effect.gen(function*() {
        yield* TestClock.setTime(Number(params["Timestamp"]) * 1000)
        const codeOf = (change: { readonly [name: string]: string }) =>
          gateway.use(({ url }) => {
            const target = `/v2/index.php?${new URLSearchParams({ ...params, Signature: signature, ...change })}`
            return Effect.map(
              Effect.promise(() => exchange(url, { method: "GET", target, headers: { host } })),
              ({ text }) => JSON.parse(text).code
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
