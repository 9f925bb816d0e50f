import { assert, describe, it } from "@effect/vitest"
import { TencentError } from "effect-tencentcloud"
import { TencentAction } from "effect-tencentcloud/v2"
import * as Schema from "effect/Schema"

const verbs = ["Describe", "List", "Get", "Query", "Inquiry", "Inquire", "Search", "Count"]

const payload = Schema.Struct({})
const success = Schema.Struct({})
const make = (name: string, idempotent?: boolean) =>
  TencentAction.make(name, { module: "cvm", request: payload, response: success, idempotent })

describe("isReadOnlyName", () => {
  it.each(verbs)("%s", (verb) => {
    for (const rest of ["", "Instances", "2", "CDN", "_x"]) {
      assert.isTrue(TencentAction.isReadOnlyName(verb + rest), rest)
    }
    // The rest of another word, another case, or not at the start.
    for (
      const near of [
        `${verb}x`,
        `${verb}ing`,
        verb.toLowerCase() + "Instances",
        `Re${verb}`,
        ` ${verb}`,
        `${verb.slice(0, -1)}Instances`
      ]
    ) {
      assert.isFalse(TencentAction.isReadOnlyName(near), near)
    }
  })

  it.each([
    "Checkx",
    "CheckInstance",
    "VerifyCode",
    "DetectFace",
    "EstimateCost",
    "PreviewTemplate",
    "ValidateTemplate",
    "Listen",
    "Listener",
    "ListenerCreate",
    "Getaway",
    "Countdown",
    "CountersReset",
    "Searchlight",
    "Queryable",
    "describeInstances",
    "DESCRIBEInstances",
    "RunInstances",
    "TerminateInstances",
    "CreateListener",
    "BatchReceiveMessage",
    "SendMessage",
    ""
  ])("'%s' is not", (name) => assert.isFalse(TencentAction.isReadOnlyName(name)))
})

describe("make", () => {
  it("takes what it is not told from the name, or leaves it empty", () => {
    assert.deepStrictEqual(make("DescribeInstances"), {
      name: "DescribeInstances",
      module: "cvm",
      version: undefined,
      request: payload,
      response: success,
      idempotent: true,
      quota: 20,
      successCodes: [],
      errors: {}
    })
    assert.isFalse(make("RunInstances").idempotent)
  })

  it("an action can say otherwise, both ways", () => {
    assert.isFalse(make("DescribeInstances", false).idempotent)
    assert.isTrue(make("RunInstances", true).idempotent)
  })

  it("keeps version, success codes and error classes", () => {
    class QueueFull extends Schema.TaggedError<QueueFull>()("QueueFull", TencentError.fault) {}
    const action = TencentAction.make("SendMessage", {
      module: "cmq-queue",
      version: "2017-03-12",
      request: payload,
      response: success,
      successCodes: [1, "2"],
      errors: { 4500: QueueFull }
    })
    assert.strictEqual(action.version, "2017-03-12")
    assert.deepStrictEqual(action.successCodes, [1, "2"])
    assert.strictEqual(action.errors[4500], QueueFull)
  })
})
