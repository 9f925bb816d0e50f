/**
 * The gateway against the vendor's SDK of API 3.0 (`tencentcloud-sdk-nodejs-common`), which signs by itself. The SDK believes
 * that it talks to `http://cvm.tencentcloudapi.com`: its agent connects to the gateway.
 */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { TencentGateway } from "effect-tencentcloud/testing"
import * as Http from "node:http"
import * as Net from "node:net"
import { CommonClient } from "tencentcloud-sdk-nodejs-common"
import { gateway, serve, testCredential, withCredential } from "../support/gateway.ts"
import { order } from "../support/gatewayV3.ts"

type SignMethod = "TC3-HMAC-SHA256" | "HmacSHA1" | "HmacSHA256"

interface SdkOptions {
  readonly signMethod?: SignMethod
  readonly method?: "GET" | "POST"
  readonly service?: string
  readonly version?: string
  readonly region?: string
  readonly secretId?: string
  readonly secretKey?: string
  readonly token?: string
  readonly skipSign?: boolean
}

/** The requests of an agent go to the gateway, whatever host they are for. */
const agentOf = (url: string): Http.Agent => {
  const agent = new Http.Agent()
  return Object.assign(agent, { createConnection: () => Net.connect(Number(new URL(url).port), "127.0.0.1") })
}

const call = (action: string, request: object = {}, options: SdkOptions = {}) =>
  gateway.use(({ url }) => {
    const { service = "cvm", token } = options
    const client = new CommonClient(`${service}.tencentcloudapi.com`, options.version ?? "2017-03-12", {
      credential: {
        secretId: options.secretId ?? testCredential.secretId,
        secretKey: options.secretKey ?? Redacted.value(testCredential.secretKey),
        ...(token !== undefined && { token })
      },
      region: options.region ?? "ap-guangzhou",
      profile: {
        signMethod: options.signMethod ?? "TC3-HMAC-SHA256",
        httpProfile: { reqMethod: options.method ?? "POST", protocol: "http://", agent: agentOf(url) }
      }
    })
    return Effect.tryPromise({
      try: (): Promise<unknown> => client.request(action, request, { skipSign: options.skipSign === true }),
      catch: (error) => error as { readonly code?: string; readonly requestId?: string; readonly message: string }
    })
  })

const codeOf = (...request: Parameters<typeof call>) =>
  Effect.match(call(...request), { onSuccess: () => "Success", onFailure: ({ code, message }) => code ?? message })

const signing = (["TC3-HMAC-SHA256", "HmacSHA1", "HmacSHA256"] as const).flatMap((signMethod) =>
  (["GET", "POST"] as const).map((method) => ({ signMethod, method }))
)

interface Refusal {
  readonly code: string
  readonly name: string
  readonly gateway?: TencentGateway.Options
  readonly action?: string
  readonly request?: object
  readonly options?: SdkOptions
}

const refusals: ReadonlyArray<Refusal> = [
  { code: "AuthFailure.SignatureFailure", name: "another key", options: { secretKey: "another" } },
  { code: "AuthFailure.SecretIdNotFound", name: "an unknown id", options: { secretId: "AKIDnobody" } },
  { code: "AuthFailure.TokenFailure", name: "a token too many", options: { token: "x" } },
  { code: "AuthFailure.SignatureExpire", name: "another clock", gateway: { clockSkew: "10 minutes" } },
  { code: "AuthFailure.MFAFailure", name: "a second factor", gateway: withCredential({ mfaRequired: true }) },
  {
    code: "AuthFailure.UnauthorizedOperation",
    name: "a denied action",
    gateway: withCredential({ denied: { actions: ["DescribeInstances"] } })
  },
  { code: "NoSuchVersion", name: "another version", options: { version: "2000-01-01" } },
  { code: "NoSuchProduct", name: "another service", options: { service: "moon" } },
  { code: "InvalidAction", name: "an unknown action", action: "DescribeEverything" },
  { code: "UnsupportedRegion", name: "another region", options: { region: "ap-moon" } },
  { code: "UnknownParameter", name: "a parameter that there is none of", request: { limit: 1 } },
  { code: "InvalidParameterValue", name: "a limit of 0", request: { Limit: 0 } },
  { code: "RequestLimitExceeded", name: "a quota of 0", gateway: { quota: 0 } },
  { code: "ServiceUnavailable", name: "maintenance", gateway: { maintenance: ["DescribeInstances"] } },
  {
    code: "InvalidInstanceId.NotFound",
    name: "an unknown instance",
    action: "StopInstances",
    request: { InstanceIds: ["ins-00000009"] }
  },
  { code: "DryRunOperation", name: "a dry run", action: "RunInstances", request: { ...order, DryRun: true } },
  {
    code: "InternalError",
    name: "an injected fault",
    gateway: { injectedFaults: [{ response: TencentGateway.apiError("InternalError") }] }
  },
  {
    code: "Bad Gateway",
    name: "an injected status",
    gateway: { injectedFaults: [{ response: TencentGateway.httpStatus(502) }] }
  }
]

describe("tencentcloud-sdk-nodejs-common", () => {
  it.live.each(signing)("is served by $method with $signMethod", (options) =>
    Effect.gen(function*() {
      const g = yield* gateway
      const page = yield* call("DescribeInstances", {
        Limit: 1,
        Filters: [{ Name: "instance-name", Values: ["web", "名 前+&=%'()"] }]
      }, options)
      assert.deepInclude(page, { TotalCount: 1 })
      const bought = yield* call("RunInstances", { ...order, InstanceName: "名 前+&=%'()", InstanceCount: 2 }, options)
      assert.lengthOf((bought as { readonly InstanceIdSet: ReadonlyArray<string> }).InstanceIdSet, 2)
      assert.strictEqual((yield* g.instances).at(-1)?.instanceName, "名 前+&=%'()")
      assert.strictEqual(yield* g.executions("RunInstances"), 1)
      const requests = yield* g.requests
      assert.deepStrictEqual(
        requests.map(({ code, host, method, path }) => [method, host, path, code]),
        [[options.method, "cvm.tencentcloudapi.com", "/", 0], [options.method, "cvm.tencentcloudapi.com", "/", 0]]
      )
      assert.deepInclude(requests[0]?.parameters, {
        "Filters.0.Values.1": "名 前+&=%'()",
        SecretId: testCredential.secretId
      })
    }).pipe(Effect.provide(serve())))

  it.live.each(signing)(
    "is served by $method with $signMethod and temporary keys",
    (options) =>
      Effect.gen(function*() {
        assert.strictEqual(yield* codeOf("DescribeInstances", {}, { ...options, token: "a-token" }), "Success")
        assert.strictEqual(yield* codeOf("DescribeInstances", {}, options), "AuthFailure.TokenFailure")
      }).pipe(Effect.provide(serve(withCredential({ token: Redacted.make("a-token") }))))
  )

  it.live("is served without a signature where the API wants none, and nowhere else", () =>
    Effect.gen(function*() {
      const sts = { service: "sts", version: "2018-08-13", skipSign: true }
      const request = {
        ProviderId: "oidc",
        WebIdentityToken: "e30.e30.c2ln",
        RoleArn: "qcs::cam::uin/100000000001:roleName/gateway-role",
        RoleSessionName: "test"
      }
      const { Credentials } = (yield* call("AssumeRoleWithWebIdentity", request, sts)) as {
        readonly Credentials: { readonly TmpSecretId: string; readonly TmpSecretKey: string; readonly Token: string }
      }
      const keys = { secretId: Credentials.TmpSecretId, secretKey: Credentials.TmpSecretKey, token: Credentials.Token }
      assert.strictEqual(yield* codeOf("DescribeZones", {}, keys), "Success")
      assert.strictEqual(yield* codeOf("GetCallerIdentity", {}, sts), "AuthFailure.InvalidAuthorization")
    }).pipe(Effect.provide(serve())))

  it.live("reads a stream of events", () =>
    Effect.gen(function*() {
      const response = yield* call("ChatCompletions", {
        Model: "hunyuan-lite",
        Messages: [{ Role: "user", Content: "one two" }],
        Stream: true
      }, { service: "hunyuan", version: "2023-09-01" })
      const data = yield* Effect.promise(async () => {
        const all: Array<string> = []
        for await (const event of response as AsyncIterable<{ readonly data: string }>) all.push(event.data)
        return all
      })
      assert.strictEqual(data.length, 4)
      assert.strictEqual(JSON.parse(data[1] ?? "").Choices[0].Delta.Content, "two")
      assert.strictEqual(data[3], "[DONE]")
    }).pipe(Effect.provide(serve())))

  it.live("has the id of the request of a failure", () =>
    Effect.gen(function*() {
      const { requestId } = yield* Effect.flip(call("DescribeEverything"))
      assert.strictEqual(requestId, "00000000-0000-4000-8000-000000000001")
    }).pipe(Effect.provide(serve())))

  it.live.each(refusals.flatMap((refusal) => signing.map((options) => ({ ...options, ...refusal }))))(
    "by $method with $signMethod fails with $code for $name",
    ({ action = "DescribeInstances", code, gateway: state, method, options, request, signMethod }) =>
      Effect.gen(function*() {
        assert.strictEqual(yield* codeOf(action, request, { method, signMethod, ...options }), code)
        assert.strictEqual(yield* gateway.use((g) => g.executions()), 0)
      }).pipe(Effect.provide(serve(state)))
  )
})
