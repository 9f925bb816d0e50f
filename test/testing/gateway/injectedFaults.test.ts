/**
 * Injected faults over real HTTP: how late they are, and which requests they meet.
 */
import { assert, describe, it } from "@effect/vitest"
import { TencentGateway } from "effect-tencentcloud/testing"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Result from "effect/Result"
import { TestClock } from "effect/testing"
import { against, build, call, codeOf, gateway, noon, order, serve } from "../../support/gateway.ts"
import { dial, type HttpRequest, watchedServer } from "../../support/nodeHttp.ts"
import { until } from "../../support/until.ts"

const { apiError, bodyText, connectionReset, httpStatus, oversizedBody, truncatedBody } = TencentGateway

const hangUpOn = (request: HttpRequest) => Effect.map(gateway, ({ url }) => dial(url, request))

const untilDelayed = until(
  gateway.use(({ requests }) => Effect.map(requests, (all) => all.at(-1)?.fault !== undefined))
)

// ---------------------------------------------------------------------------------------------------------------------
// Delays
// ---------------------------------------------------------------------------------------------------------------------

const places = ["arrival", "action", "response"] as const

const delays = places.flatMap((at) =>
  (["GET", "POST"] as const).flatMap((method) => [undefined, "RunInstances"].map((action) => ({ at, method, action })))
)

describe("an injected delay", () => {
  it.effect.each(places)("a delay at the %s passes on the clock of the gateway", (at) =>
    Effect.gen(function*() {
      const g = yield* gateway
      yield* g.injectFault({ at, delay: "1 minute" })
      const fiber = yield* Effect.forkChild(call("RunInstances", order))
      yield* untilDelayed
      assert.strictEqual(yield* g.executions(), at === "response" ? 1 : 0)
      yield* TestClock.adjust("59 seconds")
      assert.strictEqual((yield* g.requests)[0]?.status, undefined)
      yield* TestClock.adjust("1 second")
      assert.isTrue(Result.isSuccess(yield* Fiber.join(fiber)))
      assert.deepInclude((yield* g.requests)[0], { status: 200, code: 0, fault: "Delay", executed: true })
    }).pipe(against()))

  it.effect.each(delays)(
    "a $method that is delayed at the $at is executed though its client has gone (action: $action)",
    ({ action, at, method }) => {
      const { connections, server } = watchedServer()
      return Effect.gen(function*() {
        const g = yield* gateway
        yield* g.injectFault({ action, at, delay: "1 second" })
        const hangUp = yield* hangUpOn(build("RunInstances", order, { method }))
        yield* untilDelayed
        hangUp()
        yield* until(Effect.sync(() => connections() === 0))
        yield* TestClock.adjust("999 millis")
        assert.strictEqual(yield* g.executions(), at === "response" ? 1 : 0)
        assert.strictEqual((yield* g.requests)[0]?.status, undefined)
        yield* TestClock.adjust("1 millis")
        assert.strictEqual(yield* g.executions("RunInstances"), 1)
        assert.strictEqual(yield* g.balance, 98_000)
        assert.deepInclude((yield* g.requests)[0], {
          action: "RunInstances",
          status: 200,
          code: 0,
          fault: "Delay",
          executed: true
        })
      }).pipe(against({}, server))
    }
  )

  it.effect.each([
    { name: "apiError", injected: apiError(6000), status: 200 },
    { name: "httpStatus", injected: httpStatus(502), status: 502 },
    { name: "truncatedBody", injected: truncatedBody, status: 200 },
    { name: "oversizedBody", injected: oversizedBody(3_000_000), status: 200 },
    { name: "connectionReset", injected: connectionReset, status: undefined }
  ])("a delayed $name harms nobody where its client has gone", ({ injected, status }) => {
    const { connections, server } = watchedServer()
    const seen: Array<unknown> = []
    const onRequest = ({ fault, status }: TencentGateway.RecordedRequest) =>
      Effect.sync(() => void seen.push({ fault, status }))
    return Effect.gen(function*() {
      const g = yield* gateway
      yield* g.injectFault({ delay: "1 second", response: injected })
      const hangUp = yield* hangUpOn(build("RunInstances", order, {}))
      yield* untilDelayed
      hangUp()
      yield* until(Effect.sync(() => connections() === 0))
      yield* TestClock.adjust("1 second")
      yield* until(Effect.sync(() => seen.length > 0))
      assert.deepStrictEqual(seen, [{ fault: injected._tag, status }])
      assert.strictEqual(yield* g.executions(), 0)
      assert.strictEqual(yield* codeOf("RunInstances", order), 0)
    }).pipe(against({ onRequest }, server))
  })

  it.effect("a delay does not keep the gateway from closing, and its client gets the response", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(noon)
      const fiber = yield* Effect.gen(function*() {
        const g = yield* gateway
        yield* g.injectFault({ delay: "1 day" })
        const fiber = yield* Effect.forkDetach(call("DescribeZones"))
        yield* untilDelayed
        return fiber
      }).pipe(Effect.provide(serve()))
      assert.isTrue(Result.isSuccess(yield* Fiber.join(fiber)))
    }))

  it.effect("a delay does not keep the gateway from closing where its client has gone", () => {
    const { connections, server } = watchedServer()
    let closingAt = Infinity
    const test = Effect.gen(function*() {
      const g = yield* gateway
      yield* g.injectFault({ delay: "1 day" })
      const hangUp = yield* hangUpOn(build("RunInstances", order, {}))
      yield* untilDelayed
      hangUp()
      yield* until(Effect.sync(() => connections() === 0))
      closingAt = performance.now()
    })
    return test.pipe(
      against({}, server),
      Effect.tap(() => Effect.sync(() => assert.isBelow(performance.now() - closingAt, 2_000)))
    )
  })

  it.effect("a request that has not arrived completely ends with its client", () => {
    const { connections, server } = watchedServer()
    return Effect.gen(function*() {
      const g = yield* gateway
      const { body = "", ...request } = build("RunInstances", order, {})
      const hangUp = yield* hangUpOn({
        ...request,
        headers: { "content-length": String(body.length) },
        body: body.slice(0, -1)
      })
      yield* until(Effect.map(g.requests, (requests) => requests.length === 1))
      hangUp()
      yield* until(Effect.sync(() => connections() === 0))
      assert.strictEqual(yield* codeOf("DescribeZones"), 0)
      assert.strictEqual(yield* g.executions(), 0)
      assert.deepInclude((yield* g.requests)[0], { action: undefined, status: undefined, executed: false })
    }).pipe(against({}, server))
  })
})

// ---------------------------------------------------------------------------------------------------------------------
// Requests
// ---------------------------------------------------------------------------------------------------------------------

const codes = (actions: ReadonlyArray<string>) => Effect.forEach(actions, (action) => codeOf(action))

const zones = (count: number) => Array.from({ length: count }, () => "DescribeZones")

const response = apiError(6000)

describe("the requests that an injected fault meets", () => {
  it.effect.each<readonly [name: string, fault: TencentGateway.InjectedFault, codes: ReadonlyArray<number>]>([
    ["meets the next request", { response }, [6000, 0, 0, 0]],
    ["with times: 2 meets two requests", { response, times: 2 }, [6000, 6000, 0, 0]],
    ["with times: Infinity meets all requests", { response, times: Infinity }, [6000, 6000, 6000, 6000]],
    ["with request: 3 meets the third request", { response, request: 3 }, [0, 0, 6000, 0]]
  ])("an injected fault %s", ([, fault, expected]) =>
    Effect.gen(function*() {
      assert.deepStrictEqual<ReadonlyArray<unknown>>(yield* codes(zones(4)), expected)
    }).pipe(against({ injectedFaults: [fault] })))

  it.effect("a fault with an action counts the requests of that action only", () =>
    Effect.gen(function*() {
      const actions = ["DescribeRegions", "DescribeZones", "DescribeZones", "DescribeRegions", "DescribeRegions"]
      assert.deepStrictEqual(yield* codes(actions), [0, 0, 0, 6000, 0])
    }).pipe(against({ injectedFaults: [{ response, action: "DescribeRegions", request: 2 }] })))

  it.effect("clearInjectedFaults withdraws the faults that have not happened", () =>
    Effect.gen(function*() {
      yield* gateway.use((g) => g.clearInjectedFaults)
      assert.deepStrictEqual(yield* codes(zones(2)), [0, 0])
    }).pipe(against({ injectedFaults: [{ response, times: Infinity }] })))

  it.effect("of two faults the first one happens, and the other has seen the request too", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* codes(zones(4)), [6000, 6200, 0, 0])
    }).pipe(against({ injectedFaults: [{ response }, { response: apiError(6200), request: 2 }] })))

  it.effect("a refused request does not use up a fault that waits for the action", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* codeOf("DescribeZones", {}, { key: "another" }), 4100)
      assert.strictEqual(yield* codeOf("DescribeZones"), 6000)
    }).pipe(against({ injectedFaults: [{ response }] })))

  it.effect("a body at the arrival is the response of an action that the gateway does not have", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* codeOf("DescribeZones"), 0)
      assert.strictEqual(yield* codeOf("DescribeDBInstances"), 0)
      assert.strictEqual(yield* codeOf("DescribeDBInstances"), 6100)
    }).pipe(against({
      injectedFaults: [{ at: "arrival", action: "DescribeDBInstances", response: bodyText(`{"code":0}`) }]
    })))

  it.effect("a probability meets the same requests for the same seed, and others for another one", () =>
    Effect.gen(function*() {
      const g = yield* gateway
      const series = (fault: TencentGateway.InjectedFault) =>
        Effect.gen(function*() {
          yield* g.clearInjectedFaults
          yield* g.injectFault({ response, ...fault })
          return yield* codes(zones(60))
        })
      const first = yield* series({ probability: 0.3 })
      const failed = first.filter((code) => code === 6000).length
      assert.isTrue(failed > 8 && failed < 28, String(failed))
      assert.deepStrictEqual(yield* series({ probability: 0.3 }), first)
      assert.notDeepEqual(yield* series({ probability: 0.3, seed: 2 }), first)
      assert.lengthOf((yield* series({ probability: 0.3, times: 2 })).filter((code) => code === 6000), 2)
      assert.notInclude(yield* series({ probability: 0 }), 6000)
    }).pipe(against({ quota: 1000 })))
})

describe("an injected fault that could not happen as it is written", () => {
  const mistakes: ReadonlyArray<readonly [name: string, fault: TencentGateway.InjectedFault, message: string]> = [
    ["a response made by hand that cannot be sent", { response: { _tag: "HttpStatus", status: 999 } }, "999"],
    ["a probability of 30", { probability: 30 }, "probability: 30"],
    ["a probability that is not a number", { probability: NaN }, "probability: NaN"],
    ["the request 0", { request: 0 }, "request: 0"],
    ["-1 times", { times: -1 }, "times: -1"],
    ["a delay that is no duration", { delay: "a moment" as "1 second" }, "a moment"]
  ]

  it.effect.each(mistakes)("is a defect of injectFault: %s", ([, fault, message]) =>
    Effect.gen(function*() {
      const exit = yield* Effect.exit(gateway.use((g) => g.injectFault(fault)))
      assert.isTrue(Exit.hasDies(exit))
      assert.include(String(exit), message)
    }).pipe(against()))

  it.effect.each(mistakes)("is a defect of the layer: %s", ([, fault, message]) =>
    Effect.gen(function*() {
      const exit = yield* Effect.exit(Effect.provide(gateway, serve({ injectedFaults: [fault] })))
      assert.isTrue(Exit.hasDies(exit))
      assert.include(String(exit), message)
    }))
})
