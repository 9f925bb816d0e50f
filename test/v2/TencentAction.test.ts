import { assert, describe, it } from "@effect/vitest"
import { Failure, TransportFailure } from "effect-tencentcloud"
import { TencentAction } from "effect-tencentcloud/v2"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
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
  it("takes from the name what it is not told, or leaves it empty", () => {
    const { idempotent, module, name, quota, version } = make("DescribeInstances")
    assert.deepStrictEqual({ idempotent, module, name, quota, version }, {
      name: "DescribeInstances",
      module: "cvm",
      version: undefined,
      idempotent: true,
      quota: 20
    })
    assert.isFalse(make("RunInstances").idempotent)
  })

  it("an action can say otherwise, both ways", () => {
    assert.isFalse(make("DescribeInstances", false).idempotent)
    assert.isTrue(make("RunInstances", true).idempotent)
  })

  it("keeps its version", () => {
    const action = TencentAction.make("SendMessage", {
      module: "cmq-queue",
      version: "2017-03-12",
      request: payload,
      response: success
    })
    assert.strictEqual(action.version, "2017-03-12")
  })
})

class QueueFull extends Failure.define<QueueFull>()("QueueFull", { kind: "limitExceeded" }) {}

describe("error", () => {
  const { error } = TencentAction.make("SendMessage", {
    module: "cmq-queue",
    request: payload,
    response: success,
    errors: { 4500: QueueFull, NoMoney: QueueFull }
  })

  it.each<readonly [code: number | string, tag: string, kind: string]>([
    [5300, "InsufficientBalance", "balance"],
    ["5300", "InsufficientBalance", "balance"],
    [4440, "UnknownErrorCode", "request"],
    ["Odd.Code", "UnknownErrorCode", "unknown"],
    [4500, "QueueFull", "limitExceeded"]
  ])("makes the error of the code %s: %s, of kind %s", (code, tag, kind) => {
    const made = error.make(code, { message: "no", requestId: "r-1" })
    const { action, kind: madeKind, message, requestId, _tag } = made
    assert.deepStrictEqual([_tag, madeKind, message, requestId, action], [
      tag,
      kind,
      "no",
      "r-1",
      "cmq-queue.SendMessage"
    ])
  })

  it("has no error for the code of a success", () => {
    assert.throws(() => error.make(0), RangeError, "0 is the code of a success")
  })

  const failures = [
    error.make(5300, { message: "no" }),
    error.make(4500),
    new TransportFailure.TransportFailure({
      reason: "ConnectionLost",
      outcome: "unknown",
      host: "cvm.api.qcloud.com",
      message: "lost"
    }),
    new Failure.InvalidRequest({ message: "no", issues: [{ path: ["limit"], message: "no" }] })
  ]

  it.effect.each(failures)("is the codec of $_tag", (failure) =>
    Effect.gen(function*() {
      const codec = Schema.fromJsonString(Schema.toCodecJson(error))
      const back = yield* Effect.flatMap(Schema.encodeEffect(codec)(failure), Schema.decodeEffect(codec))
      assert.isTrue(Equal.equals(back, failure))
      assert.strictEqual(back.constructor, failure.constructor)
    }))
})
