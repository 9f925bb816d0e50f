import { assert, describe, it } from "@effect/vitest"
import { Description } from "effect-tencentcloud-services"
import * as cam from "effect-tencentcloud-services/cam"
import { CreatePolicy } from "effect-tencentcloud-services/cam"
import * as cvm from "effect-tencentcloud-services/cvm"
import { DescribeInstances, DescribeZones } from "effect-tencentcloud-services/cvm"
import { TencentClient } from "effect-tencentcloud/client"
import { TencentClientTest } from "effect-tencentcloud/testing"
import { TencentAction } from "effect-tencentcloud/v3"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { AnyAction } from "../support/services.ts"

const call = <Request, Response, Error>(
  action: TencentAction.Action<Request, Response, Error>,
  request: Request,
  scripted: Description.Scripted
) =>
  TencentClient.TencentClient.use((client) => client.call(action, request)).pipe(
    Effect.provide(TencentClientTest.layer({ [action.name]: scripted }))
  )

const policy = { PolicyName: "p", PolicyDocument: "{}" }

/** Adds a member to each object of a value, one at a time. */
const withTypos = (value: unknown): ReadonlyArray<unknown> => {
  if (Array.isArray(value)) return value.flatMap((item, at) => withTypos(item).map((typo) => value.with(at, typo)))
  if (typeof value !== "object" || value === null) return []
  const inside = Object.entries(value).flatMap(([name, member]) =>
    withTypos(member).map((typo) => ({ ...value, [name]: typo }))
  )
  return [{ ...value, ATypo: 1 }, ...inside]
}

describe("a scripted response", () => {
  it.effect("is what the client returns", () =>
    Effect.gen(function*() {
      const response = { TotalCount: 1, InstanceSet: [{ InstanceId: "ins-1", CPU: 2, Tags: [] }], RequestId: "r-1" }
      const scripted = Description.scripted(DescribeInstances, response)
      assert.deepStrictEqual(yield* call(DescribeInstances, {}, scripted), response)
    }))

  it.effect("needs no RequestId", () =>
    Effect.gen(function*() {
      const response = yield* call(DescribeZones, {}, Description.scripted(DescribeZones, {}))
      assert.deepStrictEqual(response, { RequestId: "" })
    }))

  it.effect("keeps all digits of an id", () =>
    Effect.gen(function*() {
      const scripted = Description.scripted(CreatePolicy, { PolicyId: 9007199254740993n })
      assert.strictEqual((yield* call(CreatePolicy, policy, scripted)).PolicyId, 9007199254740993n)
    }))

  it.each<[mistake: string, response: object, problem: string]>([
    ["a typo", { InstanceSets: [] }, "at InstanceSets: There is no such member"],
    ["another case", { instanceSet: [] }, "at instanceSet: There is no such member"],
    ["a typo inside", { InstanceSet: [{}, { Cpu: 1 }] }, "at InstanceSet.1.Cpu: There is no such member"],
    ["a name that every object has", { toString: 1 }, "at toString: There is no such member"],
    ["what cannot be read", { InstanceSet: [{ CPU: "two" }] }, "at InstanceSet.0.CPU: Expected a number"],
    ["text for a number", { TotalCount: "1" }, "at TotalCount: The client reads a value of another type"],
    ["one value for a list", { InstanceSet: {} }, "at InstanceSet: The client reads a value of another type"],
    ["null", { InstanceSet: null }, "at InstanceSet: The client reads null as absent, or as an empty list"],
    ["null in a list", { InstanceSet: [null, {}] }, "at InstanceSet.0: A list has no gaps"],
    ["a list", [], "cvm.DescribeInstances: Expected an object"]
  ])("is refused where it is written, with its path, for %s", (_, response, problem) => {
    assert.throws(() => Description.scripted(DescribeInstances, response), TypeError, problem)
  })

  it("of an action of someone else is refused", () => {
    const other = TencentAction.make("DescribeZones", {
      service: "cvm",
      version: "2017-03-12",
      request: Schema.Struct({}),
      response: Schema.Struct({})
    })
    assert.throws(() => Description.scripted(other, {}), "cvm.DescribeZones is not an action of")
  })

  it("can be the example of every action, and has no other member at any depth", () => {
    const actions: ReadonlyArray<AnyAction> = [...Object.values(cvm), ...Object.values(cam)] as never
    let typos = 0
    for (const action of actions) {
      const example = Option.getOrThrow(Description.of(action)).exampleResponse(5)
      Description.scripted(action, example)
      for (const typo of withTypos(example)) {
        typos++
        assert.throws(() => Description.scripted(action, typo as object), "ATypo: There is no such member")
      }
    }
    assert.isAbove(typos, actions.length)
  })
})
