import { assert, describe, it } from "@effect/vitest"
import { TencentGateway } from "effect-tencentcloud/testing"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import {
  against,
  ask,
  gateway,
  noon,
  order,
  path,
  secretId,
  secretKey,
  send,
  withCredential
} from "../../support/gateway.ts"

const { apiError } = TencentGateway

const token = Redacted.make("a-token")

describe("the request log", () => {
  it.effect("requests are recorded with their codes, and without secrets", () =>
    Effect.gen(function*() {
      const g = yield* gateway
      yield* send("RunInstances", { ...order, "loginSettings.password": "hunter2" }, { set: { Token: "a-token" } })
      yield* send("DescribeInstances", {}, { method: "GET", key: "another", set: { Token: "a-token" } })
      yield* ask({ method: "GET", target: "/favicon.ico?Signature=zzz" })
      const requests = yield* g.requests
      assert.deepStrictEqual(
        requests.map((
          { action, code, executed, host, method, number, path, status, time }
        ) => [number, time, method, host, path, action, status, code, executed]),
        [
          [1, noon, "POST", "127.0.0.1", path, "RunInstances", 200, 0, true],
          [2, noon, "GET", "127.0.0.1", path, "DescribeInstances", 200, 4100, false],
          [3, noon, "GET", "127.0.0.1", "/favicon.ico", undefined, 200, 6100, false]
        ]
      )
      const [first] = requests
      assert.deepStrictEqual({ ...first?.parameters }, {
        Action: "RunInstances",
        Region: "ap-guangzhou",
        Timestamp: String(noon / 1000),
        Nonce: first?.parameters["Nonce"] ?? "",
        SecretId: secretId,
        SignatureMethod: "HmacSHA256",
        ...order
      })
      const shown = JSON.stringify(requests)
      for (const secret of [secretKey, "a-token", "hunter2", "zzz", "Signature\""]) assert.notInclude(shown, secret)
    }).pipe(against(withCredential({ token }))))

  it.effect.each([
    { name: "a code", injected: apiError(6000), code: 6000, message: "Internal server error" },
    { name: "a message", injected: apiError(6000, { message: "(1)try later" }), code: 6000, message: "(1)try later" },
    {
      name: "the transitional envelope",
      injected: apiError("FailedOperation.New", { form: "transitional" }),
      code: "FailedOperation.New",
      message: "Error FailedOperation.New"
    }
  ])(
    "a failure that is injected with $name is recorded with the message that was sent",
    ({ injected, ...expected }) =>
      Effect.gen(function*() {
        const { text } = yield* send("DescribeZones")
        assert.include(text, expected.message)
        const { code, message } = expected
        assert.deepInclude((yield* gateway.use((g) => g.requests))[0], { code, message })
      }).pipe(against({ injectedFaults: [{ response: injected }] }))
  )

  it.effect("an injected status is recorded without a code and a message", () =>
    Effect.gen(function*() {
      yield* send("DescribeZones")
      const recorded = { status: 502, code: undefined, message: undefined }
      assert.deepInclude((yield* gateway.use((g) => g.requests))[0], recorded)
    }).pipe(against({ injectedFaults: [{ response: TencentGateway.httpStatus(502) }] })))

  it.effect("the request log is bounded in requests and in parameters", () =>
    Effect.gen(function*() {
      const g = yield* gateway
      for (let index = 0; index < 7; index++) yield* send("DescribeZones")
      assert.deepStrictEqual((yield* g.requests).map(({ number }) => number), [4, 5, 6, 7])
      yield* send("DescribeInstances", { note: "x".repeat(100_000), short: "kept" })
      const last = (yield* g.requests).at(-1)
      assert.strictEqual(last?.action, "DescribeInstances")
      assert.deepInclude({ ...last?.parameters }, { short: "kept", Action: "DescribeInstances", SecretId: secretId })
      assert.isFalse("note" in (last?.parameters ?? {}))
    }).pipe(against({ requestLogSize: 4 })))

  it.effect("a request log of size 0 keeps nothing", () =>
    Effect.gen(function*() {
      yield* send("DescribeZones")
      assert.deepStrictEqual(yield* gateway.use((g) => g.requests), [])
    }).pipe(against({ requestLogSize: 0 })))

  it.effect("onRequest is called with each request and its code", () => {
    const seen: Array<TencentGateway.RecordedRequest> = []
    const onRequest = (request: TencentGateway.RecordedRequest) => Effect.sync(() => void seen.push(request))
    return Effect.gen(function*() {
      yield* send("DescribeZones")
      assert.lengthOf(seen, 1)
      assert.deepInclude(seen[0], { action: "DescribeZones", status: 200, code: 0 })
    }).pipe(against({ onRequest }))
  })
})
