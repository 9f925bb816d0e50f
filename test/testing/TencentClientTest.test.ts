import { assert, describe, it } from "@effect/vitest"
import { Cause, Duration, Effect, Exit, Fiber, Layer, Redacted, Schema, Stream } from "effect"
import { Failure, TencentError, TencentRetry, TransportFailure, UnexpectedStatus } from "effect-tencentcloud"
import { TencentClient } from "effect-tencentcloud/client"
import { TencentClientTest } from "effect-tencentcloud/testing"
import { TencentAction } from "effect-tencentcloud/v2"
import * as V3 from "effect-tencentcloud/v3"
import { TestClock } from "effect/testing"
import { until } from "../support/until.ts"

const DescribeInstances = TencentAction.make("DescribeInstances", {
  module: "cvm",
  request: Schema.Struct({ limit: Schema.Number, instanceIds: Schema.optionalKey(Schema.Array(Schema.String)) }),
  response: Schema.Struct({ totalCount: Schema.Number })
})

const RunInstances = TencentAction.make("RunInstances", {
  module: "cvm",
  request: Schema.Struct({ zoneId: Schema.Number }),
  response: Schema.Struct({ unInstanceIds: Schema.Array(Schema.String) })
})

const describeInstances = (limit = 20) =>
  TencentClient.TencentClient.use((client) => client.call(DescribeInstances, { limit }))

const runInstances = TencentClient.TencentClient.use((client) => client.call(RunInstances, { zoneId: 100003 }))

const requests = TencentClientTest.TencentClientTest.use(({ requests }) => requests)
const left = TencentClientTest.TencentClientTest.use(({ left }) => left)

const page = (totalCount: number) => ({ code: 0, message: "", totalCount })

/** The error of a call that always gets the same response and is not retried. */
const errorOf = (response: TencentClientTest.ScriptedResponse) =>
  Effect.flip(describeInstances()).pipe(
    Effect.provide(TencentClientTest.layer({ DescribeInstances: response }, { retry: TencentRetry.make({}) }))
  )

/** Runs an effect that waits, moving the clock as far as it goes. */
const hasten = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function*() {
    const fiber = yield* Effect.forkChild(effect)
    yield* TestClock.adjust("10 minutes")
    return yield* Fiber.join(fiber)
  })

const defectOf = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.map(Effect.exit(effect), (exit) => {
    assert.isTrue(Exit.isFailure(exit) && Cause.hasDies(exit.cause))
    const defect = Exit.isFailure(exit) ? Cause.squash(exit.cause) : undefined
    return defect instanceof Error ? defect.message : String(defect)
  })

/** Code under test that retries and handles whatever can be retried and handled. */
const handleAll = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  effect.pipe(TencentRetry.retry(TencentRetry.idempotent), Effect.catch(() => Effect.succeed("handled")))

describe("a scripted response", () => {
  it.effect("a body that is not in an array is the response to every request", () =>
    Effect.gen(function*() {
      const responses = yield* Effect.forEach([1, 2, 3], () => describeInstances())
      assert.deepStrictEqual(responses, [{ totalCount: 3 }, { totalCount: 3 }, { totalCount: 3 }])
      assert.deepStrictEqual(yield* left, {})
    }).pipe(Effect.provide(TencentClientTest.layer({ DescribeInstances: page(3) }))))

  it.effect("an array is used up in order, and tells what is left", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* left, { DescribeInstances: 2, RunInstances: 1 })
      assert.strictEqual((yield* describeInstances()).totalCount, 1)
      assert.deepStrictEqual(yield* left, { DescribeInstances: 1, RunInstances: 1 })
      assert.strictEqual((yield* describeInstances()).totalCount, 2)
      assert.deepStrictEqual(yield* left, { RunInstances: 1 })
    }).pipe(Effect.provide(TencentClientTest.layer({
      DescribeInstances: [page(1), page(2)],
      RunInstances: [{ code: 0, unInstanceIds: [] }]
    }))))

  it.effect("a body is what the server would write: its code decides, and its schema is checked", () =>
    Effect.gen(function*() {
      const refused = yield* errorOf({ code: "5000", message: "(100004)no such instance", requestId: 7 })
      assert.deepInclude(refused, { _tag: "ResourceNotFound", moduleCode: 100004, requestId: "7" })
      const transitional = { Response: { Error: { Code: "InvalidRequest.LimitExceeded", Message: "m" } } }
      assert.strictEqual((yield* errorOf(transitional))._tag, "QuotaExceeded")
      const unfit = yield* errorOf({ code: 0, message: "", totalCount: "many" })
      assert.deepStrictEqual(unfit._tag === "MalformedResponse" && unfit.issues[0]?.path, ["totalCount"])
      assert.strictEqual((yield* errorOf({ totalCount: 3 }))._tag, "MalformedResponse")
    }))

  const fields = { message: "(100)m", codeDesc: "Desc", requestId: "r" }

  it.effect.each([
    new TencentError.InvalidParameter(fields),
    new TencentError.QuotaExceeded(fields),
    new TencentError.ReplayAttack(fields),
    new TencentError.InternalError(fields),
    new TencentError.UnknownErrorCode({ code: 4440, ...fields }),
    new TencentError.UnknownErrorCode({ code: "Odd.Code", ...fields })
  ])("the error $code comes back as $_tag with its failure fields", (error) =>
    Effect.gen(function*() {
      const seen: object = yield* errorOf(error)
      assert.deepInclude(seen, { _tag: error._tag, code: error.code, moduleCode: 100, ...fields })
    }))

  it.effect.each(["0", "4400"])(
    "a failure with the text %j as its code is no success and no other failure",
    (code) =>
      Effect.gen(function*() {
        const seen = yield* errorOf(new TencentError.UnknownErrorCode({ code, message: "m" }))
        assert.deepInclude({ ...seen }, { _tag: "UnknownErrorCode", code })
      })
  )

  it.effect("PartialSuccess comes back with the detail of its body", () =>
    Effect.gen(function*() {
      const error = new TencentError.PartialSuccess({
        body: Redacted.make({ detail: { "ins-1": { code: 5000 } } })
      })
      const seen = yield* errorOf(error)
      assert(seen._tag === "PartialSuccess")
      assert.deepStrictEqual(seen.body && Redacted.value(seen.body), {
        code: 5400,
        message: "",
        detail: { "ins-1": { code: 5000 } }
      })
    }))

  it.effect.each<readonly [name: string, body: unknown]>([
    ["text", "<html>"],
    ["JSON", { retcode: 1 }]
  ])("MalformedResponse is sent as its body of %s", ([, body]) =>
    Effect.gen(function*() {
      const error = yield* errorOf(new TencentError.MalformedResponse({ message: "", body: Redacted.make(body) }))
      assert(error._tag === "MalformedResponse")
      assert.deepStrictEqual(error.body && Redacted.value(error.body), body)
    }))

  it.effect("MalformedResponse without a body comes back", () =>
    Effect.gen(function*() {
      assert.strictEqual((yield* errorOf(new TencentError.MalformedResponse({})))._tag, "MalformedResponse")
    }))

  it.effect.each(
    TransportFailure.reasons.filter((reason) => reason !== "IdleTimeout" && reason !== "EventTooLarge")
  )("transportFailure(\"%s\") fails with this reason", (reason) =>
    Effect.gen(function*() {
      const error = yield* errorOf(TencentClientTest.transportFailure(reason))
      assert.deepInclude(error, { _tag: "TransportFailure", reason, host: "cvm.api.qcloud.com" })
    }))

  it.effect("TransportFailure comes back with its code", () =>
    Effect.gen(function*() {
      const failure = new TransportFailure.TransportFailure({
        reason: "Certificate",
        outcome: "notRun",
        code: "HOSTNAME_MISMATCH",
        host: "",
        message: ""
      })
      assert.deepInclude(yield* errorOf(failure), { reason: "Certificate", code: "HOSTNAME_MISMATCH" })
    }))

  const page503 = { _tag: "UnexpectedStatus", status: 503, excerpt: "<html>", contentType: "text/html" } as const

  it.effect("UnexpectedStatus comes back with excerpt and type, and its wait in whole seconds", () =>
    Effect.gen(function*() {
      const error = yield* errorOf(
        new UnexpectedStatus.UnexpectedStatus({
          status: 503,
          outcome: "unknown",
          host: "",
          contentType: "text/html",
          excerpt: "<html>",
          retryAfter: Duration.millis(1500),
          message: ""
        })
      )
      assert.deepInclude(error, page503)
      assert.isTrue(error._tag === "UnexpectedStatus" && Duration.toMillis(error.retryAfter!) === 2000)
    }))

  it.effect("a response with a status is the same UnexpectedStatus", () =>
    Effect.gen(function*() {
      const response = TencentClientTest.response("<html>", { status: 503, headers: { "content-type": "text/html" } })
      assert.deepInclude(yield* errorOf(response), page503)
    }))

  it.effect.each([204, 205, 304])("a response with the status %i has no body", (status) =>
    Effect.gen(function*() {
      const error = yield* errorOf(TencentClientTest.response("left out", { status }))
      assert.deepInclude({ ...error }, { _tag: "UnexpectedStatus", status, excerpt: "" })
    }))

  it.effect("a response without a status has 200, and its text is read", () =>
    Effect.gen(function*() {
      assert.strictEqual((yield* errorOf(TencentClientTest.response("<html>")))._tag, "MalformedResponse")
    }))

  it.each([0, 101, 199, 200.5, 600, NaN])("the status %d is refused where the script is written", (status) => {
    assert.throws(
      () => TencentClientTest.response("", { status }),
      `TencentClientTest: ${status} is not the status of a response: it must be an integer from 200 to 599.`
    )
  })

  it.each([["a b", "c"], ["x-a", "line\nbreak"], ["location", "https://例え/"]])(
    "the header %j: %j is refused where the script is written",
    (name, value) => {
      assert.throws(
        () => TencentClientTest.response("", { headers: { [name]: value } }),
        /TencentClientTest: .*header/
      )
    }
  )

  it.effect("an UnexpectedStatus whose status no response has is a defect", () =>
    Effect.gen(function*() {
      const error = new UnexpectedStatus.UnexpectedStatus({
        status: 101,
        outcome: "notRun",
        host: "",
        excerpt: "",
        message: ""
      })
      const scripted = TencentClientTest.layer({ DescribeInstances: error })
      const message = yield* defectOf(handleAll(describeInstances()).pipe(Effect.provide(scripted)))
      assert.include(message, "101 is not the status of a response")
    }))

  it.effect("a function is called with the parameters of the request", () =>
    Effect.gen(function*() {
      assert.strictEqual((yield* describeInstances(7)).totalCount, 7)
      assert.strictEqual((yield* Effect.flip(describeInstances(0)))._tag, "InvalidParameter")
    }).pipe(Effect.provide(TencentClientTest.layer({
      DescribeInstances: ({ limit }) =>
        limit === "0" ? new TencentError.InvalidParameter({ message: "limit" }) : page(Number(limit))
    }))))

  it.effect("an effect may wait, may fail with a failure, and may run into the timeout", () =>
    Effect.gen(function*() {
      assert.strictEqual((yield* hasten(describeInstances())).totalCount, 1)
      assert.strictEqual((yield* Effect.flip(describeInstances()))._tag, "ResourceNotFound")
      const timedOut = yield* Effect.flip(hasten(describeInstances()))
      assert.deepInclude(timedOut, { _tag: "TransportFailure", reason: "AttemptTimeout" })
    }).pipe(Effect.provide(TencentClientTest.layer({
      DescribeInstances: [
        Effect.delay(Effect.succeed(page(1)), "9 seconds"),
        () =>
          Effect.gen(function*() {
            return yield* new TencentError.ResourceNotFound({ message: "gone" })
          }),
        Effect.never
      ]
    }, { retry: TencentRetry.make({}) }))))
})

describe("the client", () => {
  it.effect("the client retries on the clock of the test, with a new nonce each time", () =>
    Effect.gen(function*() {
      const fiber = yield* Effect.forkChild(describeInstances())
      yield* TestClock.adjust(0)
      assert.lengthOf(yield* requests, 1)
      yield* TestClock.adjust("1 minute")
      assert.strictEqual((yield* Fiber.join(fiber)).totalCount, 5)
      const log = yield* requests
      assert.deepStrictEqual(log.map(({ action, attempt }) => [action, attempt]), [
        ["DescribeInstances", 1],
        ["DescribeInstances", 2],
        ["DescribeInstances", 3]
      ])
      assert.strictEqual(log[0]?.time, 0)
      assert.isTrue(log[0]!.time < log[1]!.time && log[1]!.time < log[2]!.time)
      assert.lengthOf(new Set(log.map(({ parameters }) => parameters["Nonce"])), 3)
      assert.deepStrictEqual(yield* left, {})
    }).pipe(Effect.provide(TencentClientTest.layer({
      DescribeInstances: [
        new TencentError.QuotaExceeded({ message: "too fast" }),
        TencentClientTest.transportFailure("ConnectionLost"),
        page(5)
      ]
    }))))

  it.effect("a change that may have happened is not repeated, unless the call says that it may", () =>
    Effect.gen(function*() {
      assert.strictEqual((yield* Effect.flip(hasten(runInstances)))._tag, "InternalError")
      assert.lengthOf(yield* requests, 1)
      const client = yield* TencentClient.TencentClient
      const { unInstanceIds } = yield* hasten(client.call(RunInstances, { zoneId: 1 }, { idempotent: true }))
      assert.deepStrictEqual(unInstanceIds, ["ins-1"])
      assert.deepStrictEqual((yield* requests).map(({ attempt }) => attempt), [1, 1, 2])
    }).pipe(Effect.provide(TencentClientTest.layer({
      RunInstances: [
        new TencentError.InternalError({}),
        TencentClientTest.transportFailure("AttemptTimeout"),
        { code: 0, message: "", unInstanceIds: ["ins-1"] }
      ]
    }))))

  it.effect("the client corrects its clock from the date of a scripted refusal", () =>
    Effect.gen(function*() {
      assert.strictEqual((yield* hasten(describeInstances())).totalCount, 1)
      const [first, second] = yield* requests
      assert.isAbove(Number(second!.parameters["Timestamp"]) - Number(first!.parameters["Timestamp"]), 3000)
    }).pipe(Effect.provide(TencentClientTest.layer({
      DescribeInstances: [
        TencentClientTest.response("{\"code\":4500,\"message\":\"\"}", {
          headers: { date: new Date(3_600_000).toUTCString() }
        }),
        page(1)
      ]
    }))))

  it.effect("a call fails with the errors that its action declares", () => {
    class QueueNotFound extends Failure.define<QueueNotFound>()("QueueNotFound", { kind: "notFound" }) {}
    const GetQueueAttributes = TencentAction.make("GetQueueAttributes", {
      module: "cmq-queue",
      request: Schema.Struct({ queueName: Schema.String }),
      response: Schema.Struct({ maxMsgHeapNum: Schema.Number }),
      errors: { 4440: QueueNotFound }
    })
    return Effect.gen(function*() {
      const client = yield* TencentClient.TencentClient
      const call = client.call(GetQueueAttributes, { queueName: "q" })
      const handled = yield* Effect.catchTag(call, "QueueNotFound", (error) => Effect.succeed(error))
      assert.instanceOf(handled, QueueNotFound)
      assert.deepInclude(handled, { code: 4440, message: "(10100) no such queue", moduleCode: 10100 })
    }).pipe(Effect.provide(TencentClientTest.layer({
      GetQueueAttributes: [new QueueNotFound({ code: 4440, message: "(10100) no such queue" })]
    })))
  })

  it.effect("a request that cannot be encoded is refused before anything is sent", () =>
    Effect.gen(function*() {
      assert.strictEqual((yield* Effect.flip(describeInstances(NaN)))._tag, "InvalidRequest")
      assert.deepStrictEqual(yield* requests, [])
    }).pipe(Effect.provide(TencentClientTest.layer({ DescribeInstances: [page(1)] }))))
})

describe("the request log", () => {
  it.effect.each(["GET", "POST"] as const)(
    "a %s is recorded with its parameters, without the signature",
    (method) =>
      Effect.gen(function*() {
        yield* TestClock.setTime(1_465_185_768_000)
        const client = yield* TencentClient.TencentClient
        yield* client.call(DescribeInstances, { limit: 20, instanceIds: ["a b&c", "서울"] })
        const [request] = yield* requests
        const { Nonce, ...parameters } = request!.parameters
        assert.match(Nonce!, /^\d+$/)
        assert.deepStrictEqual(parameters, {
          Action: "DescribeInstances",
          Region: "ap-guangzhou",
          SecretId: "AKIDtest",
          SignatureMethod: "HmacSHA256",
          Timestamp: "1465185768",
          limit: "20",
          "instanceIds.0": "a b&c",
          "instanceIds.1": "서울"
        })
        assert.strictEqual(request!.time, 1_465_185_768_000)
      }).pipe(Effect.provide(TencentClientTest.layer({ DescribeInstances: page(1) }, { method })))
  )

  it.effect("attempts are counted for each page of a list", () =>
    Effect.gen(function*() {
      const client = yield* TencentClient.TencentClient
      const DescribeZones = {
        ...TencentAction.make("DescribeZones", {
          module: "cvm",
          request: Schema.Struct({
            offset: Schema.optionalKey(Schema.Number),
            limit: Schema.optionalKey(Schema.Number)
          }),
          response: Schema.Struct({ zones: Schema.Array(Schema.String) })
        }),
        pages: {
          items: ({ zones }: { readonly zones: ReadonlyArray<string> }) => zones,
          offset: "offset" as const,
          limit: "limit"
        }
      }
      const zones = yield* hasten(Stream.runCollect(client.paginate(DescribeZones, { limit: 2 })))
      assert.deepStrictEqual(zones, ["a", "b", "c"])
      assert.deepStrictEqual(
        (yield* requests).map(({ attempt, parameters }) => [parameters["offset"], attempt]),
        [["0", 1], ["2", 1], ["2", 2], ["3", 1]]
      )
    }).pipe(Effect.provide(TencentClientTest.layer({
      DescribeZones: [
        { code: 0, zones: ["a", "b"] },
        new TencentError.QuotaExceeded({ message: "too fast" }),
        { code: 0, zones: ["c"] },
        { code: 0, zones: [] }
      ]
    }))))

  it.effect("attempts are counted for each of the calls that overlap, and anew for a call that is run again", () =>
    Effect.gen(function*() {
      const call = describeInstances(1)
      yield* hasten(Effect.all([call, describeInstances(2)], { concurrency: "unbounded" }))
      yield* call
      const log = yield* requests
      const attempts = (limit: string) =>
        log.filter(({ parameters }) => parameters["limit"] === limit).map(({ attempt }) => attempt)
      assert.deepStrictEqual(attempts("1"), [1, 2, 1])
      assert.deepStrictEqual(attempts("2"), [1, 2])
    }).pipe(Effect.provide(TencentClientTest.layer({
      DescribeInstances: [
        new TencentError.InternalError({}),
        new TencentError.InternalError({}),
        page(1),
        page(1),
        page(1)
      ]
    }))))

  it.effect("the region and the other options of the client can be changed", () =>
    Effect.gen(function*() {
      yield* describeInstances()
      assert.deepInclude((yield* requests)[0]?.parameters, { Region: "ap-seoul", SignatureMethod: "HmacSHA1" })
    }).pipe(
      Effect.provide(
        TencentClientTest.layer({ DescribeInstances: page(1) }, { region: "ap-seoul", signatureMethod: "HmacSHA1" })
      )
    ))
})

const DescribeInstancesOfEs = TencentAction.make("DescribeInstances", {
  module: "es",
  request: Schema.Struct({}),
  response: Schema.Struct({ totalCount: Schema.Number })
})

describe("actions of one name in several services", () => {
  it.effect("are told apart by the service in the name, and share what has none", () =>
    Effect.gen(function*() {
      const client = yield* TencentClient.TencentClient
      const ofEs = Effect.map(client.call(DescribeInstancesOfEs, {}), ({ totalCount }) => totalCount)
      assert.deepStrictEqual([(yield* describeInstances()).totalCount, yield* ofEs, yield* ofEs], [1, 2, 3])
      const log = yield* requests
      assert.deepStrictEqual(log.map(({ action, service }) => `${service}.${action}`), [
        "cvm.DescribeInstances",
        "es.DescribeInstances",
        "es.DescribeInstances"
      ])
      const { left } = yield* TencentClientTest.TencentClientTest
      assert.deepStrictEqual(yield* left, { "es.DescribeInstances": 1 })
    }).pipe(
      Effect.provide(TencentClientTest.layer({
        DescribeInstances: page(1),
        "es.DescribeInstances": [page(2), page(3), page(4)]
      }))
    ))
})

describe("a mistake of a test", () => {
  it.effect("an action that is not in the script is named, with those that are", () =>
    Effect.gen(function*() {
      const message = yield* defectOf(handleAll(runInstances))
      assert.strictEqual(
        message,
        "TencentClientTest: cvm.RunInstances is not in the script. It has DescribeInstances, DescribeZones."
      )
      assert.lengthOf(yield* requests, 1)
    }).pipe(Effect.provide(TencentClientTest.layer({ DescribeInstances: page(1), DescribeZones: [] }))))

  it.effect("what one service has used up is no response of another, and is named with the service", () =>
    Effect.gen(function*() {
      const client = yield* TencentClient.TencentClient
      yield* describeInstances()
      const message = yield* defectOf(handleAll(describeInstances()))
      assert.include(message, "There is no response left for cvm.DescribeInstances: all 1 have been used.")
      assert.strictEqual((yield* client.call(DescribeInstancesOfEs, {})).totalCount, 2)
    }).pipe(
      Effect.provide(TencentClientTest.layer({ "cvm.DescribeInstances": [page(1)], DescribeInstances: page(2) }))
    ))

  it.effect("an empty script has no actions, not even those that objects inherit", () =>
    Effect.gen(function*() {
      assert.include(yield* defectOf(describeInstances()), "It has no actions.")
      const toString = TencentAction.make("toString", {
        module: "cvm",
        request: Schema.Struct({}),
        response: Schema.Struct({})
      })
      const client = yield* TencentClient.TencentClient
      assert.include(yield* defectOf(client.call(toString, {})), "toString is not in the script")
    }).pipe(Effect.provide(TencentClientTest.layer({}))))

  it.effect("an array that is used up is a defect, also in the middle of a retried call", () =>
    Effect.gen(function*() {
      const message = yield* defectOf(hasten(handleAll(describeInstances())))
      assert.strictEqual(
        message,
        "TencentClientTest: There is no response left for DescribeInstances: all 2 have been used."
      )
      assert.deepStrictEqual((yield* requests).map(({ attempt }) => attempt), [1, 2, 3])
    }).pipe(Effect.provide(TencentClientTest.layer({
      DescribeInstances: [new TencentError.InternalError({}), new TencentError.InternalError({})]
    }))))

  it.effect("a function that throws is a defect", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* defectOf(handleAll(describeInstances())), "oops")
    }).pipe(Effect.provide(TencentClientTest.layer({
      DescribeInstances: () => {
        throw new Error("oops")
      }
    }))))
})

describe("the layer", () => {
  it.effect("a script begins anew whenever its layer is built", () => {
    const scripted = TencentClientTest.layer({ DescribeInstances: [page(1)] })
    const once = Effect.andThen(describeInstances(), requests)
    return Effect.gen(function*() {
      assert.lengthOf(yield* Effect.provide(once, scripted), 1)
      assert.lengthOf(yield* Effect.provide(once, scripted), 1)
    })
  })

  it.effect("the scripted client can be provided to the services of an application", () => {
    const count = Effect.map(describeInstances(), ({ totalCount }) => totalCount)
    const counted = Layer.effectDiscard(Effect.map(count, (total) => assert.strictEqual(total, 9)))
    return Effect.provide(
      Effect.void,
      counted.pipe(Layer.provide(TencentClientTest.layer({
        DescribeInstances: page(9)
      })))
    )
  })
})

// ---------------------------------------------------------------------------------------------------------------------
// API 3.0
// ---------------------------------------------------------------------------------------------------------------------

const DescribeZones = V3.TencentAction.make("DescribeZones", {
  service: "cvm",
  version: "2017-03-12",
  request: Schema.Struct({
    Id: Schema.optionalKey(Schema.BigInt),
    Tags: Schema.optionalKey(Schema.Array(Schema.String))
  }),
  response: Schema.Struct({ TotalCount: Schema.Number }),
  errors: { notFound: ["InvalidZone.NotFound"] }
})

const Buy = V3.TencentAction.make("RunInstances", {
  service: "cvm",
  version: "2017-03-12",
  request: Schema.Struct({ ClientToken: Schema.optionalKey(Schema.String) }),
  response: Schema.Struct({ InstanceIdSet: Schema.Array(Schema.String) }),
  clientToken: true
})

const describeZones = TencentClient.TencentClient.use((client) => client.call(DescribeZones, {}))

const zonesError = (response: TencentClientTest.ScriptedResponse) =>
  Effect.flip(describeZones).pipe(
    Effect.provide(TencentClientTest.layer({ DescribeZones: response }, { retry: TencentRetry.make({}) }))
  )

describe("a scripted response of API 3.0", () => {
  it.effect("is a body with its Response, and may be a body of API 2.0", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* describeZones, { TotalCount: 3 })
      assert.deepInclude(yield* Effect.flip(describeZones), { _tag: "RequestLimitExceeded" })
    }).pipe(Effect.provide(TencentClientTest.layer({
      DescribeZones: [{ Response: { TotalCount: 3, RequestId: "r" } }, { code: 4400, message: "too fast" }]
    }, { retry: TencentRetry.make({}) }))))

  it.effect.each([
    DescribeZones.error.make("InvalidZone.NotFound", { message: "no such zone", requestId: "r-1" }),
    V3.TencentError.make("ResourceInsufficient", { message: "m" }),
    V3.TencentError.make("AuthFailure.SignatureFailure"),
    new V3.TencentError.UnknownErrorCode({ code: "FailedOperation.New", message: "m", requestId: "r-2" })
  ])("the error $code comes back as $_tag with its fields", (error) =>
    Effect.gen(function*() {
      const seen = yield* zonesError(error)
      assert.strictEqual(seen._tag, error._tag)
      const { code, message, requestId } = error
      const fields: object = {
        code,
        message,
        ...(requestId !== undefined && { requestId }),
        action: "cvm.DescribeZones"
      }
      assert.deepInclude<object>(seen, fields)
    }))

  it.effect("an error that nobody declared for the action is an unknown code", () =>
    Effect.gen(function*() {
      const seen = yield* zonesError(V3.TencentError.make("InvalidDisk.Busy", "busy"))
      assert.deepInclude({ ...seen }, { _tag: "UnknownErrorCode", code: "InvalidDisk.Busy" })
    }))

  it.effect("an error keeps the other members of its body", () =>
    Effect.gen(function*() {
      const body = Redacted.make({ Response: { Error: { CnsmrSeqNo: "7" }, Left: 1 } })
      const seen = yield* zonesError(V3.TencentError.make("ResourceInUse", { message: "m", body }))
      assert("body" in seen)
      assert.deepStrictEqual<unknown>(seen.body && Redacted.value(seen.body), {
        Response: { Left: 1, Error: { CnsmrSeqNo: "7", Code: "ResourceInUse", Message: "m" } }
      })
    }))

  it.effect.each<readonly [tag: string, response: TencentClientTest.ScriptedResponse]>([
    ["TransportFailure", TencentClientTest.transportFailure("ConnectionLost")],
    ["UnexpectedStatus", TencentClientTest.response("<html>", { status: 502 })],
    ["MalformedResponse", TencentClientTest.response("{\"Response\":")],
    ["MalformedResponse", { Response: { TotalCount: "many" } }]
  ])("%s is what the client makes of it", ([tag, response]) =>
    Effect.gen(function*() {
      assert.strictEqual((yield* zonesError(response))._tag, tag)
    }))

  it.effect("a function of the parameters has them as a form would", () =>
    Effect.gen(function*() {
      const client = yield* TencentClient.TencentClient
      yield* client.call(DescribeZones, { Id: 2n ** 63n, Tags: ["a", "b"] })
      const [request] = yield* requests
      assert.deepStrictEqual(request?.parameters, {
        "Id": "9223372036854775808",
        "Tags.0": "a",
        "Tags.1": "b",
        "Action": "DescribeZones",
        "Version": "2017-03-12",
        "Region": "ap-guangzhou",
        "Timestamp": "0"
      })
    }).pipe(Effect.provide(TencentClientTest.layer({
      DescribeZones: ({ "Tags.1": tag }) => ({ Response: { TotalCount: tag === "b" ? 2 : 0 } })
    }))))

  it.effect("the attempts of a call have one client token", () =>
    Effect.gen(function*() {
      const bought = yield* hasten(TencentClient.TencentClient.use((client) => client.call(Buy, {})))
      assert.deepStrictEqual(bought.InstanceIdSet, ["ins-1"])
      const all = yield* requests
      assert.deepStrictEqual(all.map(({ attempt }) => attempt), [1, 2, 3])
      assert.strictEqual(new Set(all.map(({ parameters }) => parameters["ClientToken"])).size, 1)
    }).pipe(Effect.provide(TencentClientTest.layer({
      RunInstances: [
        TencentClientTest.transportFailure("ConnectionLost"),
        V3.TencentError.make("RequestLimitExceeded"),
        { Response: { InstanceIdSet: ["ins-1"] } }
      ]
    }))))

  it.effect("actions of both generations share a script", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* describeInstances(), { totalCount: 1 })
      assert.deepStrictEqual(yield* describeZones, { TotalCount: 2 })
    }).pipe(Effect.provide(TencentClientTest.layer({
      DescribeInstances: page(1),
      DescribeZones: { Response: { TotalCount: 2 } }
    }))))
})

const ChatCompletions = V3.TencentAction.makeStream("ChatCompletions", {
  service: "hunyuan",
  version: "2023-09-01",
  request: Schema.Struct({}),
  response: Schema.Struct({ Text: Schema.String }),
  event: Schema.Struct({ Text: Schema.String })
})

/** Collects the texts that come, and then the tag of the failure after them. */
const heard = (texts: Array<string> = []) =>
  Effect.gen(function*() {
    const client = yield* TencentClient.TencentClient
    const result = yield* client.stream(ChatCompletions, {}).pipe(
      Stream.runForEach(({ Text }) => Effect.sync(() => texts.push(Text))),
      Effect.result
    )
    texts.push(result._tag === "Failure" ? result.failure._tag : "the end")
    return texts
  })

const spoken = [{ Text: "one" }, { Text: "two" }]

describe("a scripted stream of events", () => {
  it.effect.each<readonly [name: string, last: string, response: TencentClientTest.ScriptedResponse]>([
    ["that ends", "the end", TencentClientTest.events(spoken)],
    ["that ends with [DONE]", "the end", TencentClientTest.events([...spoken, "[DONE]", { Text: "three" }])],
    ["that breaks", "TransportFailure", TencentClientTest.events(spoken, { end: "broken" })],
    [
      "with a failure in it",
      "ResourceInUse",
      TencentClientTest.events([...spoken, { Response: { Error: { Code: "ResourceInUse", Message: "m" } } }])
    ]
  ])("%s has all events that came before", ([, last, response]) =>
    Effect.gen(function*() {
      const seen = yield* Effect.provide(heard(), TencentClientTest.layer({ ChatCompletions: response }))
      assert.deepStrictEqual(seen, ["one", "two", last])
    }))

  it.effect("that falls silent ends when the client has waited long enough", () =>
    Effect.gen(function*() {
      const texts: Array<string> = []
      const fiber = yield* Effect.forkChild(heard(texts))
      yield* until(Effect.sync(() => texts.length === 2))
      yield* TestClock.adjust("10 minutes")
      assert.deepStrictEqual(yield* Fiber.join(fiber), ["one", "two", "TransportFailure"])
    }).pipe(Effect.provide(TencentClientTest.layer({
      ChatCompletions: TencentClientTest.events(spoken, { end: "silent" })
    }))))

  it.effect("comes after attempts that failed before its first event", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* hasten(heard()), ["one", "two", "the end"])
      assert.deepStrictEqual((yield* requests).map(({ attempt }) => attempt), [1, 2])
    }).pipe(Effect.provide(TencentClientTest.layer({
      ChatCompletions: [V3.TencentError.make("RequestLimitExceeded"), TencentClientTest.events(spoken)]
    }))))
})
