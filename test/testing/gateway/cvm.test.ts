/**
 * The instances of the gateway, by the actions of API 2.0.
 */
import { assert, describe, it } from "@effect/vitest"
import { TencentResponse } from "effect-tencentcloud"
import { TencentGateway } from "effect-tencentcloud/testing"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { TestClock } from "effect/testing"
import {
  against,
  call,
  codeOf,
  gateway,
  order,
  type Parameters,
  read,
  type RequestOptions,
  send
} from "../../support/gateway.ts"

const succeed = (action: string, parameters: Parameters = {}, options: RequestOptions = {}) =>
  Effect.map(call(action, parameters, options), (result) => {
    if (Result.isFailure(result)) throw result.failure
    return result.success
  })

const idsOf = (parameters: Parameters, options: RequestOptions = {}) =>
  Effect.map(succeed("DescribeInstances", parameters, options), ({ instanceSet, totalCount }) => ({
    totalCount,
    ids: (instanceSet as ReadonlyArray<TencentGateway.Instance>).map(({ instanceId }) => instanceId)
  }))

const stop = (ids: ReadonlyArray<string>) =>
  codeOf("StopInstances", Object.fromEntries(ids.map((id, index) => [`instanceIds.${index}`, id])))

describe("the cvm module", () => {
  it.effect("instances are listed by page, by id and by region", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* idsOf({}), { totalCount: 3, ids: ["ins-a", "ins-b", "ins-c"] })
      assert.deepStrictEqual(yield* idsOf({ limit: "1", offset: "1" }), { totalCount: 3, ids: ["ins-b"] })
      assert.deepStrictEqual(yield* idsOf({ offset: "3" }), { totalCount: 3, ids: [] })
      assert.deepStrictEqual(yield* idsOf({ "instanceIds.1": "ins-c", "instanceIds.2": "ins-x" }), {
        totalCount: 1,
        ids: ["ins-c"]
      })
      assert.deepStrictEqual(yield* idsOf({}, { set: { Region: "sh" } }), { totalCount: 1, ids: ["ins-d"] })
      assert.deepStrictEqual(yield* idsOf({}, { set: { Region: "ap-shanghai" } }), { totalCount: 1, ids: ["ins-d"] })
    }).pipe(against({
      instances: [
        { instanceId: "ins-a" },
        { instanceId: "ins-b" },
        { instanceId: "ins-c" },
        { instanceId: "ins-d", zone: "ap-shanghai-1" }
      ]
    })))

  it.effect("zones, regions and prices are read without a change", () =>
    Effect.gen(function*() {
      assert.strictEqual((yield* succeed("DescribeZones"))["totalCount"], 3)
      const regions = yield* succeed("DescribeRegions", {}, { set: { Region: undefined } })
      assert.isAbove(Number(regions["totalCount"]), 10)
      assert.deepStrictEqual((yield* succeed("InquiryPriceRunInstances", { ...order, instanceCount: "3" }))["price"], {
        unitPrice: 2000,
        totalPrice: 6000,
        currency: "CNY"
      })
      assert.strictEqual(yield* gateway.use((g) => g.executions()), 0)
    }).pipe(against()))

  it.effect("instances are bought, stopped, started, restarted and returned", () =>
    Effect.gen(function*() {
      const g = yield* gateway
      const bought = yield* succeed("RunInstances", { ...order, instanceCount: "2", instanceName: "mine" })
      assert.match(String(bought["dealId"]), /^\d+$/)
      const ids = bought["instanceIds"] as ReadonlyArray<string>
      assert.lengthOf(new Set(ids), 2)
      assert.strictEqual(yield* g.balance, 96_000)
      const both = { "instanceIds.0": ids[0]!, "instanceIds.1": ids[1]! }
      const statuses = Effect.map(g.instances, (all) =>
        all.filter(({ instanceId }) => ids.includes(instanceId)).map(({ status }) => status))
      assert.deepStrictEqual(yield* statuses, ["RUNNING", "RUNNING"])
      const stopped = yield* succeed("StopInstances", both)
      assert.deepStrictEqual(Object.keys(stopped["detail"] as object), ids)
      assert.deepStrictEqual(yield* statuses, ["STOPPED", "STOPPED"])
      assert.strictEqual(yield* codeOf("RestartInstances", both), 5100)
      yield* succeed("StartInstances", both)
      yield* succeed("RestartInstances", both)
      assert.deepStrictEqual(yield* statuses, ["RUNNING", "RUNNING"])
      yield* g.setStock(0)
      yield* succeed("TerminateInstances", both)
      assert.deepStrictEqual(yield* statuses, [])
      // What was returned can be bought again.
      assert.deepStrictEqual(
        yield* Effect.forEach([1, 2, 3], () =>
          codeOf("RunInstances", order)),
        [0, 0, 5200]
      )
      assert.strictEqual(yield* g.executions("RunInstances"), 3)
      assert.strictEqual(yield* g.executions("StopInstances"), 1)
      assert.strictEqual(yield* g.executions("RestartInstances"), 1)
      assert.strictEqual(yield* g.executions(), 7)
    }).pipe(against()))

  it.effect("the items of a batch that was done in part have codes of their own", () =>
    Effect.gen(function*() {
      const response = yield* send("StopInstances", {
        "instanceIds.0": "ins-00000001",
        "instanceIds.1": "ins-00000002",
        "instanceIds.2": "ins-00000003"
      })
      const result = yield* read(response)
      if (Result.isSuccess(result)) return assert.fail("it was done as a whole")
      assert.strictEqual(result.failure._tag, "PartialSuccess")
      const batch = TencentResponse.partial(Schema.Struct({ requestId: Schema.String }))(result.failure)
      assert.deepStrictEqual(batch.succeeded.map(({ id }) => id), ["ins-00000001"])
      assert.deepStrictEqual(batch.failed.map(({ error, id }) => [id, error._tag]), [
        ["ins-00000002", "ResourceOperationFailed"],
        ["ins-00000003", "ResourceNotFound"]
      ])
      const [request] = yield* gateway.use((g) => g.requests)
      assert.deepInclude(request, { code: 5400, executed: true })
    }).pipe(against()))

  it.effect("no more instances are sold than there are, to however many at once", () =>
    Effect.gen(function*() {
      const g = yield* gateway
      yield* g.setStock(10, "S1.SMALL1")
      const codes = yield* Effect.forEach(Array.from({ length: 40 }), () => codeOf("RunInstances", order), {
        concurrency: "unbounded"
      })
      assert.lengthOf(codes.filter((code) => code === 0), 10)
      assert.lengthOf(codes.filter((code) => code === 5200), 30)
      assert.strictEqual(yield* g.executions("RunInstances"), 10)
      assert.strictEqual(yield* g.balance, 80_000)
      assert.lengthOf(new Set((yield* g.instances).map(({ instanceId }) => instanceId)), 12)
    }).pipe(against({ quota: 100 })))

  it.effect.each(
    [
      ["zone", "ap-shanghai-1"],
      ["zone", ""],
      ["imageId", "../img"],
      ["instanceType", "s1"],
      ["instanceCount", "0"],
      ["instanceCount", "101"],
      ["instanceCount", "1e1"],
      ["instanceCount", "-1"]
    ] as const
  )("a purchase with the %s \"%s\" is refused", ([name, value]) =>
    Effect.gen(function*() {
      assert.strictEqual(yield* codeOf("RunInstances", { ...order, [name]: value }), 4000)
      assert.strictEqual(yield* gateway.use((g) => g.executions()), 0)
    }).pipe(against()))

  it.effect("a batch with the same id twice, or with more than 100, is refused", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* stop(["ins-00000001", "ins-00000001"]), 4000)
      assert.strictEqual(yield* stop(Array.from({ length: 101 }, (_, index) => `ins-${index}`)), 4000)
      assert.strictEqual(yield* stop(Array.from({ length: 100 }, (_, index) => `ins-${index}`)), 5100)
    }).pipe(against()))
})

const purchase = (clientToken: string, parameters: Parameters = {}, options: RequestOptions = {}) =>
  send("RunInstances", { ...order, ...parameters, clientToken }, options)

describe("a purchase with a clientToken", () => {
  const secretKey = Redacted.make("another key")
  const credentials: ReadonlyArray<TencentGateway.Credential> = [
    TencentGateway.testCredential,
    { secretId: "AKIDrotated", secretKey },
    { secretId: "AKIDstranger", secretKey, account: "another" }
  ]
  const as = (SecretId: string): RequestOptions => ({ key: Redacted.value(secretKey), set: { SecretId } })
  it.effect("that comes twice is made once, with the same body", () =>
    Effect.gen(function*() {
      const g = yield* gateway
      const first = yield* purchase("token-1")
      assert.match(first.text, /^\{"code":0,/)
      assert.strictEqual((yield* purchase("token-1")).text, first.text)
      assert.deepStrictEqual((yield* g.requests).map(({ code, executed }) => [code, executed]), [[0, true], [0, false]])
      assert.strictEqual(yield* g.executions("RunInstances"), 1)
      assert.strictEqual(yield* g.balance, 98_000)
      assert.lengthOf(yield* g.instances, 3)
    }).pipe(against()))

  it.effect("that comes twice at once is made once", () =>
    Effect.gen(function*() {
      const all = yield* Effect.forEach(Array.from({ length: 10 }), () => purchase("token-1"), {
        concurrency: "unbounded"
      })
      assert.strictEqual(new Set(all.map(({ text }) => text)).size, 1)
      assert.strictEqual(yield* gateway.use((g) => g.executions()), 1)
    }).pipe(against()))

  it.effect("is another one with another token, and without one", () =>
    Effect.gen(function*() {
      const bodies = [yield* purchase("token-1"), yield* purchase("token-2"), yield* send("RunInstances", order)]
      assert.strictEqual(new Set(bodies.map(({ text }) => text)).size, 3)
      assert.strictEqual(yield* gateway.use((g) => g.executions()), 3)
    }).pipe(against()))

  it.effect("is the same with other keys of its account, and another one with those of another account", () =>
    Effect.gen(function*() {
      const first = yield* purchase("token-1")
      assert.strictEqual((yield* purchase("token-1", {}, as("AKIDrotated"))).text, first.text)
      assert.notStrictEqual((yield* purchase("token-1", {}, as("AKIDstranger"))).text, first.text)
      assert.strictEqual(yield* gateway.use((g) => g.executions()), 2)
    }).pipe(against({ credentials })))

  it.effect("whose response was lost is not made again", () =>
    Effect.gen(function*() {
      const g = yield* gateway
      yield* g.injectFault({ at: "response", response: TencentGateway.connectionReset, times: 2 })
      yield* purchase("token-1")
      yield* purchase("token-1")
      assert.match((yield* purchase("token-1")).text, /^\{"code":0,/)
      assert.deepStrictEqual((yield* g.requests).map(({ executed }) => executed), [true, false, false])
      assert.strictEqual(yield* g.balance, 98_000)
    }).pipe(against()))

  it.effect("that was refused is made when it comes again", () =>
    Effect.gen(function*() {
      const g = yield* gateway
      yield* g.setBalance(0)
      assert.match((yield* purchase("token-1")).text, /"code":5300/)
      yield* g.setBalance(2_000)
      assert.match((yield* purchase("token-1")).text, /"code":0/)
      assert.strictEqual(yield* g.balance, 0)
    }).pipe(against()))

  it.effect("is refused where the token belongs to another one", () =>
    Effect.gen(function*() {
      yield* purchase("token-1")
      const { text } = yield* purchase("token-1", { instanceCount: "2" })
      assert.deepInclude(JSON.parse(text), { code: 4000, codeDesc: "IdempotentParameterMismatch" })
      assert.strictEqual(yield* gateway.use((g) => g.executions()), 1)
    }).pipe(against()))

  it.effect("is made again when its token is a day old", () =>
    Effect.gen(function*() {
      const g = yield* gateway
      const first = yield* purchase("token-1")
      yield* TestClock.adjust("24 hours")
      assert.strictEqual((yield* purchase("token-1", {}, { late: 24 * 3600 })).text, first.text)
      yield* TestClock.adjust("1 second")
      assert.notStrictEqual((yield* purchase("token-1", {}, { late: 24 * 3600 })).text, first.text)
      assert.strictEqual(yield* g.executions(), 2)
    }).pipe(against()))

  it.effect("is made again after a reset", () =>
    Effect.gen(function*() {
      const g = yield* gateway
      yield* purchase("token-1")
      yield* g.reset
      yield* purchase("token-1")
      assert.strictEqual(yield* g.executions(), 1)
    }).pipe(against()))

  it.effect.each(["", "x".repeat(65), "令牌", "a\nb"])(
    "is refused with the token %j",
    (clientToken) =>
      Effect.gen(function*() {
        assert.strictEqual(yield* codeOf("RunInstances", { ...order, clientToken }), 4000)
        assert.strictEqual(yield* gateway.use((g) => g.executions()), 0)
      }).pipe(against())
  )
})
