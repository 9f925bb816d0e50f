/**
 * The gateway as a service, and the client of this library against it. Its parts have tests of their own in `gateway/`.
 */
import { assert, describe, it } from "@effect/vitest"
import { TencentRetry } from "effect-tencentcloud"
import { TencentClient, TencentCredentials } from "effect-tencentcloud/client"
import { TencentGateway } from "effect-tencentcloud/testing"
import { TencentAction } from "effect-tencentcloud/v2"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { against, codeOf, gateway, order, secretId, serve, testCredential } from "../support/gateway.ts"
import { until } from "../support/until.ts"

describe("the controls", () => {
  it.effect("a reset goes back to the options, with an empty request log and no used nonces", () =>
    Effect.gen(function*() {
      const g = yield* gateway
      yield* g.injectFault({ response: TencentGateway.apiError(6000), action: "DescribeZones" })
      assert.strictEqual(yield* codeOf("RunInstances", order, { set: { Nonce: "5" } }), 0)
      yield* g.setBalance(0)
      yield* g.setIdentityVerified(false)
      yield* g.setMaintenance("DescribeInstances", true)
      yield* g.disableSecret(secretId)
      yield* g.reset
      assert.deepStrictEqual(yield* g.requests, [])
      assert.strictEqual(yield* g.executions(), 0)
      assert.strictEqual(yield* g.balance, 100_000)
      assert.lengthOf(yield* g.instances, 2)
      assert.strictEqual(yield* codeOf("DescribeZones"), 0)
      assert.strictEqual(yield* codeOf("DescribeInstances"), 0)
      assert.strictEqual(yield* codeOf("RunInstances", order, { set: { Nonce: "5" } }), 0)
      assert.deepStrictEqual((yield* g.requests).map(({ number }) => number), [1, 2, 3])
    }).pipe(against()))

  it.effect("a change of a credential that does not exist is a defect that names it", () =>
    Effect.gen(function*() {
      const exit = yield* Effect.exit(gateway.use((g) => g.disableSecret("AKIDnobody")))
      assert.isTrue(Exit.hasDies(exit))
      assert.include(String(exit), "AKIDnobody")
    }).pipe(against()))

  it.effect("a clock skew that is not finite is a defect", () =>
    Effect.gen(function*() {
      const exit = yield* Effect.exit(gateway.use((g) => g.setClockSkew("Infinity")))
      assert.isTrue(Exit.hasDies(exit))
      assert.include(String(exit), "finite")
    }).pipe(against()))
})

describe("the client of this library", () => {
  const DescribeInstances = TencentAction.make("DescribeInstances", {
    module: "cvm",
    request: Schema.Struct({ limit: Schema.Number }),
    response: Schema.Struct({ totalCount: Schema.Number })
  })

  const list = (options?: TencentClient.Options) =>
    Effect.flatMap(
      gateway,
      ({ url }) =>
        TencentClient.TencentClient.use((client) => client.call(DescribeInstances, { limit: 1 })).pipe(
          Effect.provide(
            TencentClient.layer({ region: "ap-guangzhou", endpoint: new URL(url), ...options }).pipe(
              Layer.provide([TencentCredentials.layer(testCredential), FetchHttpClient.layer])
            )
          )
        )
    )

  it.live.each(["GET", "POST"] as const)(
    "a %s of the client is served, with either signature",
    (method) =>
      Effect.gen(function*() {
        assert.deepStrictEqual(yield* list({ method, signatureMethod: "HmacSHA1" }), { totalCount: 2 })
        assert.deepStrictEqual(yield* list({ method, signatureMethod: "HmacSHA256" }), { totalCount: 2 })
      }).pipe(Effect.provide(serve()))
  )

  const { apiError, bodyText, httpStatus, redirect } = TencentGateway

  // The table of docs/testing.md.
  it.live.each<readonly [string, TencentGateway.InjectedResponse, { readonly [name: string]: unknown }]>([
    ["apiError", apiError(5100), { _tag: "ResourceOperationFailed" }],
    ["apiError with a message", apiError(5100, { message: "(17001)busy", body: { detail: {} } }), {
      _tag: "ResourceOperationFailed",
      message: "(17001)busy",
      body: { code: 5100, message: "(17001)busy", codeDesc: "ResourceOpFailed", detail: {} }
    }],
    ["apiError with another code", apiError(9999), { _tag: "UnknownErrorCode", code: 9999 }],
    ["apiError in the transitional envelope", apiError("FailedOperation.New", { form: "transitional" }), {
      _tag: "UnknownErrorCode",
      code: "FailedOperation.New"
    }],
    ["httpStatus", httpStatus(502), { _tag: "UnexpectedStatus", status: 502 }],
    ["httpStatus with headers", httpStatus(503, { html: "closed", headers: { "retry-after": "3" } }), {
      _tag: "UnexpectedStatus",
      status: 503,
      excerpt: "closed",
      retryAfter: Duration.seconds(3)
    }],
    ["redirect", redirect("https://login.example/"), { _tag: "UnexpectedStatus", status: 302 }],
    ["redirect with a status", redirect("https://login.example/", 307), { _tag: "UnexpectedStatus", status: 307 }],
    ["bodyText", bodyText("<p>hi", { contentType: "text/html" }), { _tag: "MalformedResponse", body: "<p>hi" }],
    ["emptyBody", TencentGateway.emptyBody, { _tag: "MalformedResponse" }],
    ["malformedJson", TencentGateway.malformedJson, { _tag: "MalformedResponse" }],
    ["contentType", TencentGateway.contentType("text/html"), { _tag: "MalformedResponse" }],
    ["truncatedBody", TencentGateway.truncatedBody, { _tag: "TransportFailure", reason: "TruncatedBody" }],
    ["oversizedBody", TencentGateway.oversizedBody(50 * 1024 * 1024), {
      _tag: "TransportFailure",
      reason: "BodyTooLarge"
    }],
    ["connectionReset", TencentGateway.connectionReset, { _tag: "TransportFailure", reason: "ConnectionLost" }]
  ])("a call that meets %s fails as docs/testing.md says", ([, response, expected]) =>
    Effect.gen(function*() {
      yield* gateway.use((g) => g.injectFault({ response }))
      const error: object = yield* Effect.flip(list({ retry: TencentRetry.make({}) }))
      for (const [name, value] of Object.entries(expected)) {
        const actual = Reflect.get(error, name)
        assert.deepStrictEqual(Redacted.isRedacted(actual) ? Redacted.value(actual) : actual, value, name)
      }
    }).pipe(Effect.provide(serve())))

  it.live("the client reads a body whatever its content type", () =>
    Effect.gen(function*() {
      const g = yield* gateway
      yield* g.injectFault({ at: "response", response: TencentGateway.contentType("text/html") })
      assert.deepStrictEqual(yield* list(), { totalCount: 2 })
      yield* g.injectFault({ response: bodyText(`{"code":0,"totalCount":7}`) })
      assert.deepStrictEqual(yield* list(), { totalCount: 7 })
    }).pipe(Effect.provide(serve())))

  it.live("a client that has given up does not stop its request", () =>
    Effect.gen(function*() {
      const g = yield* gateway
      yield* g.injectFault({ action: "StopInstances", at: "action", delay: "1 second" })
      const StopInstances = TencentAction.make("StopInstances", {
        module: "cvm",
        request: Schema.Struct({ instanceIds: Schema.Array(Schema.String) }),
        response: Schema.Struct({})
      })
      const client = TencentClient.layer({
        region: "ap-guangzhou",
        endpoint: new URL(g.url),
        attemptTimeout: "300 millis"
      }).pipe(Layer.provide([TencentCredentials.layer(testCredential), FetchHttpClient.layer]))
      const error = yield* TencentClient.TencentClient.use((client) =>
        client.call(StopInstances, { instanceIds: ["ins-00000001"] })
      ).pipe(Effect.flip, Effect.provide(client))
      assert.deepInclude({ ...error }, { _tag: "TransportFailure", reason: "AttemptTimeout", outcome: "unknown" })
      assert.strictEqual(yield* g.executions(), 0)
      yield* until(Effect.map(g.executions("StopInstances"), (executions) => executions === 1))
      assert.deepInclude((yield* g.requests)[0], { status: 200, code: 0, fault: "Delay", executed: true })
    }).pipe(Effect.provide(serve())))

  it.live("the client corrects its clock from the date of a refusal", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* list(), { totalCount: 2 })
      const requests = yield* gateway.use((g) => g.requests)
      assert.deepStrictEqual(requests.map(({ code }) => code), [4500, 0])
    }).pipe(Effect.provide(serve({ clockSkew: "-20 minutes" }))))
})
