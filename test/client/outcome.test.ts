/**
 * What an error says of its action, against a witness: the request log of the gateway knows what was executed. Every response
 * that the gateway can inject, wherever it can, over real HTTP.
 */
import { NodeHttpClient } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { ErrorCode, ErrorKind, TencentRetry } from "effect-tencentcloud"
import { type TencentClient } from "effect-tencentcloud/client"
import { TencentGateway } from "effect-tencentcloud/testing"
import { TencentAction } from "effect-tencentcloud/v2"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import { assertConsistent } from "../support/consistent.ts"
import { meetFaults } from "../support/faults.ts"
import { serve } from "../support/gateway.ts"

const { apiError, bodyText, httpStatus, redirect } = TencentGateway

// ---------------------------------------------------------------------------------------------------------------------
// Calls
// ---------------------------------------------------------------------------------------------------------------------

const DescribeInstances = TencentAction.make("DescribeInstances", {
  module: "cvm",
  request: Schema.Struct({}),
  response: Schema.Struct({ totalCount: Schema.Number })
})

const RunInstances = TencentAction.make("RunInstances", {
  module: "cvm",
  request: Schema.Struct({ instanceType: Schema.String, imageId: Schema.String, zone: Schema.String }),
  response: Schema.Struct({ instanceIds: Schema.Array(Schema.String) })
})

const order = { instanceType: "S1.SMALL1", imageId: "img-00000001", zone: "ap-guangzhou-3" }

type Client = TencentClient.TencentClient["Service"]

const calls = {
  "DescribeInstances": (client: Client) => Effect.asVoid(client.call(DescribeInstances, {})),
  "RunInstances": (client: Client) => Effect.asVoid(client.call(RunInstances, order)),
  "an idempotent RunInstances": (client: Client) =>
    Effect.asVoid(client.call(RunInstances, order, { idempotent: true }))
}

type Call = keyof typeof calls

const meet = (call: Call, faults: ReadonlyArray<TencentGateway.InjectedFault>, retry: TencentRetry.Policy<never>) =>
  meetFaults(calls[call], faults, retry)

// ---------------------------------------------------------------------------------------------------------------------
// Faults
// ---------------------------------------------------------------------------------------------------------------------

const everywhere = ["arrival", "action", "response"] as const

type Place = typeof everywhere[number]

interface Row {
  readonly name: string
  readonly fault: TencentGateway.InjectedFault
  /** The outcome of a call that meets it once and nothing else, written from the documents. */
  readonly says: ErrorKind.Outcome
  readonly places?: ReadonlyArray<Place>
}

const outcomeOf = ({ code, kind }: { readonly code: number; readonly kind: ErrorKind.ErrorKind }) =>
  // The clock of the call is right, so a copy of the request may have been executed.
  code === 4500 ? "unknown" : ErrorKind.table[kind].outcome

/** The transitional list has no names for these. */
const unnamed: ReadonlySet<unknown> = new Set([5000, 5200, 5300, 5400, 5500])

const codes: ReadonlyArray<readonly [code: number | string, says: ErrorKind.Outcome]> = [
  ...ErrorCode.catalogue.map((row) => [row.code, outcomeOf(row)] as const),
  [6666, "unknown"],
  ["FailedOperation.New", "unknown"]
]

const codeRows: ReadonlyArray<Row> = codes.flatMap(([code, says]) =>
  (["number", "string", "transitional"] as const).map((form) => ({
    name: `${code} as ${form}`,
    fault: { response: apiError(code, { form }) },
    says: form === "transitional" && unnamed.has(code) ? "unknown" as const : says
  }))
)

const statusRows: ReadonlyArray<Row> = [
  ...([200, 204, 500, 502, 503, 504, 599] as const).map((status) => [status, "unknown"] as const),
  ...([304, 400, 401, 403, 404, 407, 408, 413, 429, 451, 499] as const).map((status) => [status, "notRun"] as const)
].map(([status, says]) => ({ name: `status ${status}`, fault: { response: httpStatus(status) }, says }))

const otherRows: ReadonlyArray<Row> = [
  { name: "a redirect", fault: { response: redirect("https://login.example/") }, says: "notRun" },
  { name: "status 502 with 4400", fault: { response: httpStatus(502, { html: `{"code":4400}` }) }, says: "notRun" },
  { name: "status 403 with 6000", fault: { response: httpStatus(403, { html: `{"code":6000}` }) }, says: "unknown" },
  { name: "status 502 with 9999", fault: { response: httpStatus(502, { html: `{"code":9999}` }) }, says: "unknown" },
  { name: "status 403 with a success", fault: { response: httpStatus(403, { html: `{"code":0}` }) }, says: "unknown" },
  { name: "a page", fault: { response: bodyText("<p>hi", { contentType: "text/html" }) }, says: "unknown" },
  { name: "a success with nothing in it", fault: { response: bodyText(`{"code":0}`) }, says: "ran" },
  { name: "an object without a code", fault: { response: bodyText("{}") }, says: "unknown" },
  { name: "no bytes", fault: { response: TencentGateway.emptyBody }, says: "unknown" },
  { name: "half a JSON", fault: { response: TencentGateway.malformedJson }, says: "unknown" },
  {
    name: "a success with another content type",
    fault: { response: TencentGateway.contentType("text/html") },
    says: "ran",
    // In place of the response it keeps the body, and the call succeeds.
    places: ["arrival", "action"]
  },
  { name: "half a body", fault: { response: TencentGateway.truncatedBody }, says: "unknown" },
  { name: "a body of 51 MB", fault: { response: TencentGateway.oversizedBody(51 * 1024 * 1024) }, says: "unknown" },
  { name: "a lost connection", fault: { response: TencentGateway.connectionReset }, says: "unknown" },
  { name: "a response that is late", fault: { delay: "1300 millis" }, says: "unknown" }
]

const rows = [...codeRows, ...statusRows, ...otherRows]

/** A fault of a row, at each place. */
const faultsOf = ({ fault, name, places = everywhere, says }: Row) =>
  places.map((at) => ({ name: `${name}, at the ${at}`, at, says, fault: { ...fault, at } }))

const faults = rows.flatMap(faultsOf)

/**
 * The API documents that nothing ran, and yet the action did: a test can inject that, and no client can know better. Without this
 * the gateway is honest.
 */
const isFalse = ({ at, says }: typeof faults[number]): boolean => at === "response" && says === "notRun"

// ---------------------------------------------------------------------------------------------------------------------
// What is true of every error
// ---------------------------------------------------------------------------------------------------------------------

const json = {
  DescribeInstances: Schema.fromJsonString(Schema.toCodecJson(DescribeInstances.error)),
  RunInstances: Schema.fromJsonString(Schema.toCodecJson(RunInstances.error))
}

type Failure = typeof RunInstances.error.Type

const throughJson = (error: Failure, call: Call): Failure => {
  const codec = call === "DescribeInstances" ? json.DescribeInstances : json.RunInstances
  return Schema.decodeUnknownSync(codec)(Schema.encodeSync(codec)(error))
}

const live = Layer.merge(serve({ quota: 1_000_000 }), NodeHttpClient.layerUndici)

// ---------------------------------------------------------------------------------------------------------------------
// One attempt
// ---------------------------------------------------------------------------------------------------------------------

const once = (["DescribeInstances", "RunInstances"] as const).flatMap((call) =>
  faults.map((fault) => [`${call}: ${fault.name}`, { ...fault, call }] as const)
)

layer(live, { excludeTestServices: true })("the outcome of a call with one attempt is what ran", (it) => {
  it.effect.each(once)("%s", ([, row]) =>
    Effect.gen(function*() {
      const { executed, requests, result } = yield* meet(row.call, [row.fault], TencentRetry.make({}))
      assert.lengthOf(requests, 1)
      const error = Result.getOrThrow(Result.flip(result))
      assert.strictEqual(error.outcome, row.says)
      if (error.outcome === "notRun" && !isFalse(row)) assert.isFalse(executed)
      assertConsistent(error, throughJson(error, row.call))
    }))
})

// ---------------------------------------------------------------------------------------------------------------------
// Several attempts
// ---------------------------------------------------------------------------------------------------------------------

interface First {
  readonly name: string
  readonly calls: ReadonlyArray<Call>
  readonly fault: TencentGateway.InjectedFault
  /** Whether the client knows that this attempt ran nothing. */
  readonly isHarmless: boolean
}

const firsts: ReadonlyArray<First> = [
  {
    name: "a connection that was lost after it ran",
    calls: ["an idempotent RunInstances"],
    fault: { at: "response", response: TencentGateway.connectionReset },
    isHarmless: false
  },
  {
    name: "a connection that was lost before it ran",
    calls: ["an idempotent RunInstances"],
    fault: { at: "action", response: TencentGateway.connectionReset },
    isHarmless: false
  },
  {
    name: "6000 after it ran",
    calls: ["an idempotent RunInstances"],
    fault: { at: "response", response: apiError(6000) },
    isHarmless: false
  },
  {
    name: "6200",
    calls: ["RunInstances", "an idempotent RunInstances"],
    fault: { at: "action", response: apiError(6200) },
    isHarmless: true
  }
]

const again = TencentRetry.byKind({
  transport: Schedule.recurs(1),
  internal: Schedule.recurs(1),
  unavailable: Schedule.recurs(1)
})

/** One of each kind: how a code is written, and how late or long a body is, the tests above show. */
const seconds = [...codeRows.filter(({ name }) => name.endsWith("number")), ...statusRows, ...otherRows]
  .filter(({ fault }) => fault.delay === undefined && fault.response?._tag !== "OversizedBody")
  .flatMap(faultsOf)
  .filter(({ at }) => at !== "arrival")

const twice = firsts.flatMap((first) =>
  first.calls.flatMap((call) =>
    seconds.map((second) => [`${call}: ${first.name}, then ${second.name}`, { first, second, call }] as const)
  )
)

layer(live, { excludeTestServices: true })(
  "the outcome of a call with several attempts is that of all of them",
  (it) => {
    it.effect.each(twice)("%s", ([, { call, first, second }]) =>
      Effect.gen(function*() {
        const { executed, requests, result } = yield* meet(
          call,
          [first.fault, { ...second.fault, request: 2, times: Infinity }],
          again
        )
        assert.isAtLeast(requests.length, 2)
        const error = Result.getOrThrow(Result.flip(result))
        if (error.outcome === "notRun") assert.isTrue(first.isHarmless)
        if (error.outcome === "notRun" && !isFalse(second)) assert.isFalse(executed)
        assertConsistent(error, throughJson(error, call))
      }))
  }
)
