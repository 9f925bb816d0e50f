/**
 * What a streamed call of API 3.0 fails with, which of its events came before, and what it says of its action, against a witness: the
 * request log of the gateway knows what was executed. Every fault that can be injected, at every place, over real HTTP; and that
 * nothing is executed twice.
 */
import { NodeHttpClient } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { type ErrorKind, TencentRetry } from "effect-tencentcloud"
import type { TencentClient } from "effect-tencentcloud/client"
import { TencentGateway } from "effect-tencentcloud/testing"
import { TencentAction } from "effect-tencentcloud/v3"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { meetFaults } from "../support/faults.ts"
import { errors, faultsOf, isFalse, otherRows, type Row, someRows } from "../support/faultsV3.ts"
import { serve } from "../support/gateway.ts"

const { eventStream } = TencentGateway

// ---------------------------------------------------------------------------------------------------------------------
// Streams
// ---------------------------------------------------------------------------------------------------------------------

const options = {
  service: "hunyuan",
  version: "2023-09-01",
  request: Schema.Struct({}),
  response: Schema.Struct({}),
  event: Schema.Struct({ N: Schema.Number }),
  errors
} as const

const actions = {
  changes: TencentAction.makeStream("RunThread", options),
  "changes, with a token": TencentAction.makeStream("RunThread", { ...options, clientToken: true }),
  reads: TencentAction.makeStream("GetThread", options)
}

type Name = keyof typeof actions

const one = { N: 1 }
const two = { N: 2 }

/** The gateway counts each of them that has begun as executed, but for the one that reads. */
const live = Layer.merge(
  serve({
    quota: 1_000_000,
    actions: [actions.changes, actions.reads].map((action) => ({
      ...action,
      response: eventStream([one, two, "[DONE]"])
    }))
  }),
  NodeHttpClient.layerUndici
)

// ---------------------------------------------------------------------------------------------------------------------
// Faults
// ---------------------------------------------------------------------------------------------------------------------

interface StreamRow extends Row {
  /** What comes before the failure, default nothing. */
  readonly events?: ReadonlyArray<number>
  /** Long enough for a request to arrive. Default that of the client. */
  readonly attemptTimeout?: "500 millis"
  readonly idleTimeout?: "150 millis"
  /** It takes its time, so it is repeated at one place only. */
  readonly slow?: true
}

const envelope = (Code: string) => ({ Response: { Error: { Code, Message: "no" } } })

const inStream = (
  name: string,
  response: TencentGateway.InjectedResponse,
  [failure, says, ...events]: readonly [failure: string, says: ErrorKind.Outcome, ...events: ReadonlyArray<number>]
): StreamRow => {
  const [tag = "", reason] = failure.split(" ")
  return { name, fault: { response }, tag, ...(reason !== undefined && { reason }), says, events }
}

const streamRows: ReadonlyArray<StreamRow> = [
  {
    ...inStream(
      "a connection lost after two events",
      eventStream([one, two], { end: "broken" }),
      ["TransportFailure TruncatedBody", "unknown", 1, 2]
    ),
    slow: true
  },
  {
    ...inStream(
      "a connection lost before the first event",
      eventStream([], { end: "broken" }),
      ["TransportFailure TruncatedBody", "unknown"]
    ),
    places: ["action", "response"],
    slow: true
  },
  {
    ...inStream(
      "silence after two events",
      eventStream([one, two], { end: "silent" }),
      ["TransportFailure IdleTimeout", "unknown", 1, 2]
    ),
    idleTimeout: "150 millis",
    slow: true
  },
  {
    ...inStream(
      "a first event that does not come",
      eventStream([], { end: "silent" }),
      ["TransportFailure AttemptTimeout", "unknown"]
    ),
    attemptTimeout: "500 millis",
    places: ["response"],
    slow: true
  },
  {
    ...inStream("half a stream", TencentGateway.truncatedBody, ["TransportFailure TruncatedBody", "unknown", 1]),
    // In the place of the action it is half of a success without events.
    places: ["response"],
    slow: true
  },
  {
    ...inStream("half a body", TencentGateway.truncatedBody, ["TransportFailure TruncatedBody", "unknown"]),
    places: ["arrival", "action"]
  },
  {
    ...inStream("events that are no stream", TencentGateway.contentType("text/html"), ["MalformedResponse", "unknown"]),
    places: ["response"]
  },
  {
    ...inStream("a success without events", TencentGateway.contentType("text/html"), ["MalformedResponse", "ran"]),
    places: ["arrival", "action"]
  },
  inStream("a stream of nothing", eventStream([]), ["MalformedResponse", "unknown"]),
  inStream("an event that is not JSON", eventStream([one, "{\"N\":"]), ["MalformedResponse", "unknown", 1]),
  inStream("an event of another shape", eventStream([one, { M: 2 }]), ["MalformedResponse", "ran", 1]),
  inStream("a first event of another shape", eventStream([{ M: 2 }]), ["MalformedResponse", "ran"]),
  inStream(
    "an ErrorMsg after an event",
    eventStream([one, { ErrorMsg: { Msg: "busy", Code: 4001 } }]),
    ["UnknownErrorCode", "unknown", 1]
  ),
  inStream(
    "an ErrorMsg at first",
    eventStream([{ ErrorMsg: { Msg: "busy", Code: 4001 } }]),
    ["UnknownErrorCode", "unknown"]
  ),
  inStream(
    "a refusal after an event",
    eventStream([one, envelope("RequestLimitExceeded")]),
    ["RequestLimitExceeded", "unknown", 1]
  ),
  inStream("a refusal at first", eventStream([envelope("RequestLimitExceeded")]), ["RequestLimitExceeded", "notRun"]),
  inStream("an internal error at first", eventStream([envelope("InternalError")]), ["InternalError", "unknown"])
]

/** A call and a stream meet these alike. */
const bodyRows: ReadonlyArray<StreamRow> = [
  ...someRows,
  ...otherRows.filter(({ fault }) => fault.response?._tag === "OversizedBody")
].flatMap((row): ReadonlyArray<StreamRow> => {
  switch (row.fault.response?._tag) {
    case undefined:
      return [
        {
          ...row,
          fault: { delay: "650 millis" },
          attemptTimeout: "500 millis",
          places: ["action", "response"],
          slow: true
        }
      ]
    case "OversizedBody":
      return [{ ...row, places: ["response"], slow: true }]
    case "ContentType":
    case "EventStream":
    case "TruncatedBody":
      return []
    default:
      return [row]
  }
})

interface Case extends Pick<StreamRow, "attemptTimeout" | "idleTimeout"> {
  readonly action: Name
}

const cases = (action: Name) =>
  [...bodyRows, ...streamRows].flatMap((row) =>
    faultsOf(row).map((fault) => [`${action}: ${fault.name}`, { events: [], ...fault, action }] as const)
  )

/** Runs a stream, and keeps what came. */
const heard =
  ({ action, attemptTimeout, idleTimeout }: Case, came: Array<number>) =>
  (client: TencentClient.TencentClient["Service"]) =>
    client.stream(actions[action], {}, { idleTimeout, attemptTimeout }).pipe(
      Stream.runForEach(({ N }) => Effect.sync(() => came.push(N)))
    )

// ---------------------------------------------------------------------------------------------------------------------
// One fault
// ---------------------------------------------------------------------------------------------------------------------

const again = Schedule.recurs(1)

/** Everything that can be retried is retried. */
const eager = TencentRetry.byKind({
  transport: again,
  internal: again,
  operationFailed: again,
  throttled: again,
  unavailable: again,
  replay: again,
  busy: again,
  malformed: again,
  unknown: again
})

layer(live, { excludeTestServices: true })(
  "a streamed call that fails has the events before, its tag, says what ran, and is not sent again if it may have",
  (it) => {
    it.effect.each(cases("changes"))("%s", ([, row]) =>
      Effect.gen(function*() {
        const came: Array<number> = []
        const retry = row.says === "notRun" ? TencentRetry.make({}) : eager
        const { executed, requests, result } = yield* meetFaults(heard(row, came), [row.fault], retry)
        const error = Result.getOrThrow(Result.flip(result))
        assert.deepStrictEqual([error._tag, error.outcome, came], [row.tag, row.says, row.events])
        if (row.reason !== undefined) assert.propertyVal(error, "reason", row.reason)
        assert.lengthOf(requests, 1)
        if (error.outcome === "notRun" && !isFalse(row)) assert.isFalse(executed)
      }))
  }
)

// ---------------------------------------------------------------------------------------------------------------------
// Never twice
// ---------------------------------------------------------------------------------------------------------------------

const repeated = [
  ...cases("changes").filter(([, { says }]) => says === "notRun"),
  ...cases("changes, with a token").filter(([, { at, slow }]) => slow === undefined || at === "response"),
  ...cases("reads").filter(([, { slow }]) => slow === undefined)
]

layer(live, { excludeTestServices: true })(
  "a streamed call that can be repeated is executed once at most, and no event comes twice",
  (it) => {
    it.effect.each(repeated)("%s", ([, row]) =>
      Effect.gen(function*() {
        const came: Array<number> = []
        const { executions, requests, result } = yield* meetFaults(heard(row, came), [row.fault], eager)
        const mayRunTwice = row.action === "changes" && isFalse(row)
        if (!mayRunTwice) assert.isAtMost(executions, 1)
        // What has begun is not begun again.
        if (row.events.length > 0) assert.lengthOf(requests, 1)
        else if (row.tag === "TransportFailure") assert.lengthOf(requests, 2)
        assert.strictEqual(Result.isSuccess(result), requests.length === 2)
        assert.deepStrictEqual(came, requests.length === 2 ? [1, 2] : row.events)
        if (Result.isSuccess(result)) assert.strictEqual(executions > 0, row.action !== "reads")
        else if (result.failure.outcome === "notRun" && !isFalse(row)) assert.strictEqual(executions, 0)
      }))
  }
)
