/**
 * What an error of API 3.0 is and says of its action, against a witness: the request log of the gateway knows what was executed.
 * Every response that the gateway can inject, wherever it can, over real HTTP; and that nothing is executed twice.
 */
import { NodeHttpClient } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { TencentRetry } from "effect-tencentcloud"
import { type TencentClient } from "effect-tencentcloud/client"
import { TencentGateway } from "effect-tencentcloud/testing"
import { TencentAction } from "effect-tencentcloud/v3"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { assertConsistent } from "../support/consistent.ts"
import { meetFaults } from "../support/faults.ts"
import { errors, faultsOf, isFalse, otherRows, rows, someRows } from "../support/faultsV3.ts"
import { serve } from "../support/gateway.ts"
import { order } from "../support/gatewayV3.ts"

const { apiError } = TencentGateway

// ---------------------------------------------------------------------------------------------------------------------
// Calls
// ---------------------------------------------------------------------------------------------------------------------

const cvm = { service: "cvm", version: "2017-03-12" }

const DescribeInstances = TencentAction.make("DescribeInstances", {
  ...cvm,
  request: Schema.Struct({}),
  response: Schema.Struct({ TotalCount: Schema.Number })
})

const ListInstances = TencentAction.makePaged("DescribeInstances", {
  ...cvm,
  request: Schema.Struct({ Offset: Schema.optionalKey(Schema.Number), Limit: Schema.optionalKey(Schema.Number) }),
  response: Schema.Struct({
    TotalCount: Schema.Number,
    InstanceSet: Schema.Array(Schema.Struct({ InstanceId: Schema.String }))
  }),
  pages: {
    items: ({ InstanceSet }) => InstanceSet,
    total: ({ TotalCount }) => TotalCount,
    offset: "Offset",
    limit: "Limit"
  }
})

const purchase = {
  ...cvm,
  request: Schema.Struct({
    InstanceType: Schema.String,
    ImageId: Schema.String,
    Placement: Schema.Struct({ Zone: Schema.String })
  }),
  response: Schema.Struct({ InstanceIdSet: Schema.Array(Schema.String) }),
  errors
} as const

/** Without a token each lost response would buy another instance. */
const RunInstances = TencentAction.make("RunInstances", purchase)

const RunInstancesOnce = TencentAction.make("RunInstances", { ...purchase, clientToken: true })

type Client = TencentClient.TencentClient["Service"]

const calls = {
  "DescribeInstances": (client: Client) => Effect.asVoid(client.call(DescribeInstances, {})),
  "RunInstances": (client: Client) => Effect.asVoid(client.call(RunInstances, order)),
  "RunInstances with a token": (client: Client) => Effect.asVoid(client.call(RunInstancesOnce, order))
}

type Call = keyof typeof calls

// ---------------------------------------------------------------------------------------------------------------------
// What is true of every error
// ---------------------------------------------------------------------------------------------------------------------

const json = {
  "DescribeInstances": Schema.fromJsonString(Schema.toCodecJson(DescribeInstances.error)),
  "RunInstances": Schema.fromJsonString(Schema.toCodecJson(RunInstances.error)),
  "RunInstances with a token": Schema.fromJsonString(Schema.toCodecJson(RunInstancesOnce.error))
}

type Failure = typeof RunInstances.error.Type

const throughJson = (error: Failure, call: Call): Failure => {
  const codec = call === "DescribeInstances" ? json.DescribeInstances : json[call]
  return Schema.decodeUnknownSync(codec)(Schema.encodeSync(codec)(error))
}

const live = Layer.merge(serve({ quota: 1_000_000 }), NodeHttpClient.layerUndici)

// ---------------------------------------------------------------------------------------------------------------------
// One attempt
// ---------------------------------------------------------------------------------------------------------------------

const once = [
  ...rows.flatMap(faultsOf).map((fault) => ({ ...fault, call: "RunInstances" as const })),
  ...otherRows.flatMap(faultsOf).map((fault) => ({ ...fault, call: "DescribeInstances" as const }))
].map((row) => [`${row.call}: ${row.name}`, row] as const)

layer(live, { excludeTestServices: true })(
  "an error of API 3.0 after one attempt has its tag, and says what ran",
  (it) => {
    it.effect.each(once)("%s", ([, row]) =>
      Effect.gen(function*() {
        const { executed, requests, result } = yield* meetFaults(calls[row.call], [row.fault], TencentRetry.make({}))
        assert.lengthOf(requests, 1)
        const error = Result.getOrThrow(Result.flip(result))
        assert.strictEqual(error._tag, row.tag)
        if (row.reason !== undefined) assert.propertyVal(error, "reason", row.reason)
        assert.strictEqual(error.outcome, row.says)
        if (error.outcome === "notRun" && !isFalse(row)) assert.isFalse(executed)
        assertConsistent(error, throughJson(error, row.call))
      }))
  }
)

// ---------------------------------------------------------------------------------------------------------------------
// Never twice
// ---------------------------------------------------------------------------------------------------------------------

/** Everything that can be retried is retried, as often as the policy says. */
const eager = TencentRetry.byKind({
  transport: Schedule.recurs(2),
  internal: Schedule.recurs(2),
  operationFailed: Schedule.recurs(2),
  throttled: Schedule.recurs(2),
  unavailable: Schedule.recurs(2),
  replay: Schedule.recurs(2),
  busy: Schedule.recurs(2),
  malformed: Schedule.recurs(2),
  unknown: Schedule.recurs(2)
})

const firsts = someRows.flatMap(faultsOf)

const purchases = (["RunInstances", "RunInstances with a token"] as const).flatMap((call) =>
  firsts.map((first) => [`${call}: ${first.name}`, { first, call }] as const)
)

layer(live, { excludeTestServices: true })("a purchase of API 3.0 is made once at most, whatever is retried", (it) => {
  it.effect.each(purchases)("%s", ([, { call, first }]) =>
    Effect.gen(function*() {
      const { executions, requests, result } = yield* meetFaults(calls[call], [first.fault], eager)
      if (call === "RunInstances" && first.says !== "notRun") {
        assert.lengthOf(requests, 1)
        assert.isTrue(Result.isFailure(result))
      }
      // Unless the API says that nothing ran where it did.
      if (!isFalse(first) || call === "RunInstances with a token") assert.isAtMost(executions, 1)
      if (Result.isSuccess(result)) assert.isAtLeast(executions, 1)
      else if (result.failure.outcome === "notRun" && !isFalse(first)) assert.strictEqual(executions, 0)
    }))
})

const harmful: ReadonlyArray<TencentGateway.InjectedFault> = [
  { at: "response", response: TencentGateway.connectionReset },
  { at: "response", response: apiError("InternalError") },
  { at: "response", response: TencentGateway.truncatedBody },
  { at: "action", response: TencentGateway.connectionReset },
  { at: "action", response: apiError("ServiceUnavailable") }
]

const pairs = harmful.flatMap((first) =>
  someRows.filter(({ fault }) => fault.delay === undefined).flatMap(faultsOf)
    .filter(({ at }) => at !== "arrival")
    .map((second) => [`${first.response?._tag} at the ${first.at}, then ${second.name}`, { first, second }] as const)
)

const again = TencentRetry.byKind({
  transport: Schedule.recurs(1),
  internal: Schedule.recurs(1),
  unavailable: Schedule.recurs(1)
})

layer(live, { excludeTestServices: true })(
  "a purchase with a token that is repeated tells what all its attempts did",
  (it) => {
    it.effect.each(pairs)("%s", ([, { first, second }]) =>
      Effect.gen(function*() {
        const { executed, executions, requests, result } = yield* meetFaults(
          calls["RunInstances with a token"],
          [first, { ...second.fault, request: 2, times: Infinity }],
          again
        )
        assert.isAtLeast(requests.length, 2)
        assert.isAtMost(executions, 1)
        const error = Result.getOrThrow(Result.flip(result))
        if (first.response?._tag !== "ApiError" || first.at === "response") {
          assert.notStrictEqual(error.outcome, "notRun")
        }
        if (error.outcome === "notRun" && !isFalse(second)) {
          assert.isFalse(executed)
        }
        assertConsistent(error, throughJson(error, "RunInstances with a token"))
      }))
  }
)

// ---------------------------------------------------------------------------------------------------------------------
// Pages
// ---------------------------------------------------------------------------------------------------------------------

const pages = otherRows.flatMap(faultsOf).map((row) => [row.name, row] as const)

/** Lists one instance for each page, and keeps what came. */
const listed = (came: Array<string>) => (client: Client) =>
  Stream.runForEach(
    client.paginate(ListInstances, { Limit: 1 }),
    ({ InstanceId }) => Effect.sync(() => came.push(InstanceId))
  )

layer(live, { excludeTestServices: true })("a list whose second page fails", (it) => {
  it.effect.each(pages)("has its first page, then the failure: %s", ([, row]) =>
    Effect.gen(function*() {
      const came: Array<string> = []
      const fault = { ...row.fault, request: 2 }
      const { requests, result } = yield* meetFaults(listed(came), [fault], TencentRetry.make({}))
      const error = Result.getOrThrow(Result.flip(result))
      assert.strictEqual(error._tag, row.tag)
      if (row.reason !== undefined) assert.propertyVal(error, "reason", row.reason)
      assert.strictEqual(error.outcome, row.says)
      assert.deepStrictEqual(came, ["ins-00000001"])
      assert.lengthOf(requests, 2)
    }))

  it.effect.each(pages.filter(([, { tag }]) => tag === "TransportFailure"))(
    "asks for it again where that is the policy, and has each instance once: %s",
    ([, row]) =>
      Effect.gen(function*() {
        const came: Array<string> = []
        const retry = TencentRetry.byKind({ transport: Schedule.recurs(1) })
        yield* meetFaults(listed(came), [{ ...row.fault, request: 2 }], retry)
        assert.deepStrictEqual(came, ["ins-00000001", "ins-00000002"])
      })
  )
})
