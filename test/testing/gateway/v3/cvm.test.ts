/**
 * The instances of the gateway by API 3.0, which are those of API 2.0.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { TestClock } from "effect/testing"
import * as V2 from "../../../support/gateway.ts"
import { against, gateway, testCredential } from "../../../support/gateway.ts"
import { call, codeOf, order } from "../../../support/gatewayV3.ts"

const list = (request: object) => Effect.map(call("DescribeInstances", request), ({ InstanceSet }) => InstanceSet)

describe("reading", () => {
  it.effect("regions and zones are listed", () =>
    Effect.gen(function*() {
      const regions = yield* call("DescribeRegions")
      assert.deepInclude(regions["RegionSet"] as ReadonlyArray<object>, {
        Region: "ap-guangzhou",
        RegionName: "ap-guangzhou",
        RegionState: "AVAILABLE"
      })
      const zones = yield* call("DescribeZones")
      assert.strictEqual(zones["TotalCount"], 3)
      assert.deepInclude((zones["ZoneSet"] as ReadonlyArray<object>)[2], { Zone: "ap-guangzhou-3", ZoneId: "100003" })
    }).pipe(against()))

  it.effect("instances come page by page, with the total of all pages", () =>
    Effect.gen(function*() {
      const page = yield* call("DescribeInstances", { Offset: 1, Limit: 1 })
      assert.strictEqual(page["TotalCount"], 2)
      assert.deepStrictEqual(page["InstanceSet"], [{
        Placement: { Zone: "ap-guangzhou-3", ProjectId: 0 },
        InstanceId: "ins-00000002",
        InstanceType: "S1.SMALL1",
        InstanceName: "worker",
        InstanceState: "STOPPED",
        InstanceChargeType: "POSTPAID_BY_HOUR",
        RestrictState: "NORMAL",
        ImageId: "img-00000001",
        CreatedTime: "2020-01-01T00:00:00Z",
        PublicIpAddresses: null,
        LatestOperation: null
      }])
      assert.deepStrictEqual(yield* list({ Offset: 2 }), [])
    }).pipe(against()))

  it.effect("instances are found by filters, all of which must fit", () =>
    Effect.gen(function*() {
      const named = { Name: "instance-name", Values: ["worker", "web"] }
      assert.lengthOf((yield* list({ Filters: [named] })) as ReadonlyArray<unknown>, 2)
      const stopped = { Name: "instance-state", Values: ["STOPPED"] }
      assert.lengthOf((yield* list({ Filters: [named, stopped] })) as ReadonlyArray<unknown>, 1)
    }).pipe(against()))

  it.effect.each<readonly [code: string, name: string, request: object]>([
    ["InvalidParameter", "a number as text", { Limit: "1" }],
    ["InvalidParameter", "a fraction", { Limit: 1.5 }],
    ["InvalidParameterValue", "a page of more than 100", { Limit: 101 }],
    ["InvalidParameterValue", "a negative offset", { Offset: -1 }],
    ["InvalidParameter", "a text as a list", { InstanceIds: "ins-00000001" }],
    ["InvalidParameter", "numbers as ids", { InstanceIds: [1] }],
    ["InvalidInstanceId.Malformed", "an id of another form", { InstanceIds: ["../etc"] }],
    ["InvalidParameterValue", "an id twice", { InstanceIds: ["ins-1", "ins-1"] }],
    ["InvalidParameterValue.LimitExceeded", "101 ids", {
      InstanceIds: Array.from({ length: 101 }, (_, i) => `ins-${i}`)
    }],
    ["InvalidFilter", "an unknown filter", { Filters: [{ Name: "constructor", Values: ["x"] }] }],
    ["InvalidParameter", "a filter that is none", { Filters: ["zone"] }],
    ["InvalidParameter", "ids and filters", { InstanceIds: ["ins-1"], Filters: [{ Name: "zone", Values: ["x"] }] }]
  ])("%s for %s", ([code, , request]) =>
    Effect.gen(function*() {
      assert.strictEqual(yield* codeOf("DescribeInstances", request), code)
    }).pipe(against()))

  it.effect("a form has its numbers as text", () =>
    Effect.gen(function*() {
      const page = yield* call("DescribeInstances", { Limit: "1" }, { method: "GET" })
      assert.lengthOf(page["InstanceSet"] as ReadonlyArray<unknown>, 1)
    }).pipe(against()))

  it.effect("a null is as good as nothing", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* codeOf("DescribeInstances", { InstanceIds: null, Limit: null }), "Success")
    }).pipe(against()))

  it.effect("a price is in yuan", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual((yield* call("InquiryPriceRunInstances", { ...order, InstanceCount: 3 }))["Price"], {
        InstancePrice: { UnitPrice: 60, ChargeUnit: "HOUR", Discount: 100 }
      })
    }).pipe(against()))
})

const buy = () => Effect.map(call("RunInstances", { ...order, ClientToken: "order-17" }), (all) => all["InstanceIdSet"])

describe("buying", () => {
  it.effect("what is bought by API 3.0 is there for API 2.0, and the other way round", () =>
    Effect.gen(function*() {
      const g = yield* gateway
      const { InstanceIdSet } = yield* call("RunInstances", { ...order, InstanceName: "名 前" })
      const [id = ""] = InstanceIdSet as ReadonlyArray<string>
      assert.strictEqual(yield* V2.codeOf("StopInstances", { "instanceIds.0": id }), 0)
      assert.deepInclude((yield* g.instances).at(-1), { instanceId: id, instanceName: "名 前", status: "STOPPED" })
      assert.strictEqual(yield* codeOf("StartInstances", { InstanceIds: [id] }), "Success")
      assert.strictEqual((yield* g.instances).at(-1)?.status, "RUNNING")
      assert.strictEqual(yield* g.balance, 98_000)
      assert.strictEqual(yield* g.executions(), 3)
    }).pipe(against()))

  it.effect("a client token buys once, whatever the generation, for a day, within its account", () =>
    Effect.gen(function*() {
      const g = yield* gateway
      const first = yield* buy()
      assert.deepStrictEqual(yield* buy(), first)
      assert.strictEqual(yield* V2.codeOf("RunInstances", { ...V2.order, clientToken: "order-17" }), 0)
      assert.strictEqual(yield* g.executions("RunInstances"), 1)
      assert.strictEqual(
        yield* codeOf("RunInstances", { ...order, ClientToken: "order-17", InstanceCount: 2 }),
        "UnsupportedOperation.IdempotentParameterMismatch"
      )
      yield* g.setCredential({ ...testCredential, account: "200000000002" })
      assert.notDeepEqual(yield* buy(), first)
      assert.strictEqual(yield* g.executions("RunInstances"), 2)
      yield* g.setCredential(testCredential)
      yield* TestClock.adjust("1 day")
      const late = { late: 24 * 3600 }
      assert.strictEqual(yield* codeOf("RunInstances", { ...order, ClientToken: "order-17" }, late), "Success")
      assert.strictEqual(yield* g.executions("RunInstances"), 2)
      yield* TestClock.adjust("1 second")
      assert.strictEqual(yield* codeOf("RunInstances", { ...order, ClientToken: "order-17" }, late), "Success")
      assert.strictEqual(yield* g.executions("RunInstances"), 3)
    }).pipe(against()))

  it.effect("a dry run says that it would have succeeded, or why not, and buys nothing", () =>
    Effect.gen(function*() {
      const g = yield* gateway
      const dry = { ...order, DryRun: true, ClientToken: "order-17" }
      assert.strictEqual(yield* codeOf("RunInstances", dry), "DryRunOperation")
      yield* g.setBalance(0)
      assert.strictEqual(yield* codeOf("RunInstances", dry), "InvalidAccount.InsufficientBalance")
      assert.strictEqual(yield* g.executions(), 0)
      assert.lengthOf(yield* g.instances, 2)
    }).pipe(against()))

  it.effect.each<readonly [code: string, name: string, request: object]>([
    ["MissingParameter", "no place", { Placement: undefined }],
    ["MissingParameter", "no zone", { Placement: {} }],
    ["MissingParameter", "no image", { ImageId: undefined }],
    ["InvalidParameter", "a text as a place", { Placement: "ap-guangzhou-3" }],
    ["InvalidParameter", "a text as a flag", { DryRun: "true" }],
    ["InvalidZone.MismatchRegion", "the zone of another region", { Placement: { Zone: "ap-beijing-1" } }],
    ["InvalidImageId.Malformed", "an image of another form", { ImageId: "image" }],
    ["InvalidInstanceType.Malformed", "a type of another form", { InstanceType: "small" }],
    ["InvalidInstanceName.TooLong", "a long name", { InstanceName: "x".repeat(129) }],
    ["InvalidClientToken.TooLong", "a long token", { ClientToken: "x".repeat(65) }],
    ["InvalidParameterValue", "a token that is no ASCII", { ClientToken: "é" }],
    ["InvalidParameterValue.InstanceTypeNotFound", "a type that is not sold", { InstanceType: "X9.HUGE" }],
    ["ResourcesSoldOut.SpecifiedInstanceType", "more than there are", { InstanceType: "S1.LARGE8" }],
    ["InvalidAccount.InsufficientBalance", "more than the balance covers", { InstanceCount: 51 }]
  ])("%s for %s", ([code, , request]) =>
    Effect.gen(function*() {
      yield* gateway.use((g) => g.setStock(0, "S1.LARGE8"))
      assert.strictEqual(yield* codeOf("RunInstances", { ...order, ...request }), code)
      assert.strictEqual(yield* gateway.use((g) => g.executions()), 0)
    }).pipe(against()))

  it.effect("an account that is not verified buys nothing", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* codeOf("RunInstances", order), "AccountQualificationRestrictions")
    }).pipe(against({ identityVerified: false })))
})

describe("a batch", () => {
  const both = { InstanceIds: ["ins-00000001", "ins-00000002"] }

  it.effect.each<readonly [action: string, request: object, code: string]>([
    ["StartInstances", both, "UnsupportedOperation.InstanceStateRunning"],
    ["StopInstances", both, "UnsupportedOperation.InstanceStateStopped"],
    ["RebootInstances", both, "UnsupportedOperation.InstanceStateStopped"],
    ["TerminateInstances", { InstanceIds: ["ins-00000001", "ins-00000009"] }, "InvalidInstanceId.NotFound"],
    ["TerminateInstances", {}, "MissingParameter"]
  ])("%s is done as a whole or not at all", ([action, request, code]) =>
    Effect.gen(function*() {
      const g = yield* gateway
      const before = yield* g.instances
      assert.strictEqual(yield* codeOf(action, request), code)
      assert.deepStrictEqual(yield* g.instances, before)
      assert.strictEqual(yield* g.executions(), 0)
    }).pipe(against()))

  it.effect("an instance that is returned is gone, and can be bought again", () =>
    Effect.gen(function*() {
      const g = yield* gateway
      yield* g.setStock(0)
      assert.strictEqual(yield* codeOf("TerminateInstances", both), "Success")
      assert.deepStrictEqual(yield* g.instances, [])
      assert.strictEqual(yield* codeOf("RunInstances", { ...order, InstanceCount: 2 }), "Success")
    }).pipe(against()))

  it.effect("an instance of another region is not found", () =>
    Effect.gen(function*() {
      assert.strictEqual(
        yield* codeOf("StopInstances", { InstanceIds: ["ins-00000001"] }, { region: "ap-beijing" }),
        "InvalidInstanceId.NotFound"
      )
    }).pipe(against()))
})
