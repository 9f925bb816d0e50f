import { Effect, type Stream } from "effect"
import { Failure } from "effect-tencentcloud"
import { Description } from "effect-tencentcloud-services"
import {
  DescribeInstances,
  type Instance,
  type Placement,
  type PlacementInRequest,
  RunInstances,
  type RunInstancesRequest
} from "effect-tencentcloud-services/cvm"
import type { TencentClient } from "effect-tencentcloud/client"
import type { TencentError } from "effect-tencentcloud/v3"
import { describe, expect, test } from "tstyche"

declare const client: TencentClient.TencentClient["Service"]

describe("an action of a service", () => {
  test("has a request that is checked", () => {
    expect(client.call).type.toBeCallableWith(RunInstances, { Placement: { Zone: "a" }, InstanceChargeType: "PREPAID" })
    expect(client.call).type.toBeCallableWith(RunInstances, {
      InstanceChargeType: "A_NEW_ONE",
      InstanceCount: undefined
    })
    expect(client.call).type.toBeCallableWith(RunInstances, { extra: { Newer: 1 } })
    expect(client.call).type.not.toBeCallableWith(RunInstances, { Placement: {} })
    expect(client.call).type.not.toBeCallableWith(RunInstances, { InstanceCoutn: 1 })
    expect(client.call).type.not.toBeCallableWith(RunInstances, { InstanceCount: "1" })
  })

  test("has a response of which nothing is sure but its id", () => {
    const response = Effect.map(client.call(DescribeInstances, {}), (response) => response)
    expect<Effect.Success<typeof response>["InstanceSet"]>().type.toBe<ReadonlyArray<Instance> | undefined>()
    expect<Effect.Success<typeof response>["RequestId"]>().type.toBe<string>()
  })

  test("keeps what a request needs apart from what a response has", () => {
    expect<Placement["Zone"]>().type.toBe<string | undefined>()
    expect<PlacementInRequest["Zone"]>().type.toBe<string>()
    expect<RunInstancesRequest["Placement"]>().type.toBe<PlacementInRequest | undefined>()
  })

  test("has each declared code as a tag", () => {
    const call = client.call(RunInstances, {})
    const handled = Effect.catchTag(call, "InvalidAccount.InsufficientBalance", (error) => Effect.succeed(error.kind))
    expect<Effect.Success<typeof handled>>().type.toBeAssignableFrom<"balance">()
    expect<Extract<Effect.Error<typeof handled>, { _tag: "InvalidAccount.InsufficientBalance" }>>().type.toBe<never>()
    expect<Extract<Effect.Error<typeof handled>, { _tag: "InternalError" }>>().type.toBe<
      TencentError.ApiError<"InternalError", "internal">
    >()
    const rest = Failure.catchKind(call, "soldOut", () => Effect.void)
    expect<Extract<Effect.Error<typeof rest>, { _tag: "ResourceInsufficient.CloudDiskSoldOut" }>>().type.toBe<never>()
  })

  test("is a stream of items where it has pages", () => {
    const items = client.paginate(DescribeInstances, { Limit: 10 })
    expect<Stream.Success<typeof items>>().type.toBe<Instance>()
    expect(client.paginate).type.not.toBeCallableWith(DescribeInstances, { Offset: 1 })
    expect(client.paginate).type.not.toBeCallableWith(RunInstances, {})
  })

  test("has a scripted response that is checked", () => {
    expect(Description.scripted).type.toBeCallableWith(DescribeInstances, { InstanceSet: [{ InstanceId: "ins-1" }] })
    expect(Description.scripted).type.toBeCallableWith(DescribeInstances, { RequestId: "r-1" })
    expect(Description.scripted).type.not.toBeCallableWith(DescribeInstances, { InstanceSets: [] })
    expect(Description.scripted).type.not.toBeCallableWith(DescribeInstances, {
      InstanceSet: [{ InstanceID: "ins-1" }]
    })
    expect(Description.scripted).type.not.toBeCallableWith(DescribeInstances, { TotalCount: "1" })
  })
})
