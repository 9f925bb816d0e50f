/**
 * Injected faults over real HTTP. `meet` buys a machine, so that it shows whether the action was executed.
 */
import { assert, describe, it } from "@effect/vitest"
import { ErrorCode } from "effect-tencentcloud"
import { TencentGateway } from "effect-tencentcloud/testing"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as HttpEffect from "effect/http/HttpEffect"
import * as HttpServer from "effect/http/HttpServer"
import type * as HttpServerRequest from "effect/http/HttpServerRequest"
import type * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import * as NetAddress from "effect/net/NetAddress"
import * as Result from "effect/Result"
import { TestClock } from "effect/testing"
import { against, build, call, codeOf, gateway, noon, order, read, send, serve } from "../../support/gateway.ts"
import { dial, type HttpRequest, watchedServer } from "../../support/nodeHttp.ts"
import { until } from "../../support/until.ts"

const { apiError, bodyText, connectionReset, contentType, httpStatus, oversizedBody, truncatedBody } = TencentGateway

/** Sends an order into a fault. */
const meet = (fault: TencentGateway.InjectedFault) =>
  Effect.gen(function*() {
    const g = yield* gateway
    yield* g.injectFault(fault)
    const response = yield* send("RunInstances", order)
    return { response, request: (yield* g.requests).at(-1), executions: yield* g.executions() }
  })

const hangUpOn = (request: HttpRequest) => Effect.map(gateway, ({ url }) => dial(url, request))

const untilDelayed = until(
  gateway.use(({ requests }) => Effect.map(requests, (all) => all.at(-1)?.fault !== undefined))
)

// ---------------------------------------------------------------------------------------------------------------------
// Responses
// ---------------------------------------------------------------------------------------------------------------------

const tagOf = (result: Effect.Success<ReturnType<typeof read>>) =>
  Result.isFailure(result) ? result.failure._tag : "Success"

describe("an injected response", () => {
  it.effect.each(ErrorCode.catalogue)(
    "apiError($code) is the code as a number or as text",
    ({ code, tag }) =>
      Effect.gen(function*() {
        const number = (yield* meet({ response: apiError(code) })).response
        assert.strictEqual(JSON.parse(number.text).code, code)
        assert.strictEqual(tagOf(yield* read(number)), tag)
        const text = (yield* meet({ response: apiError(code, { form: "string" }) })).response
        assert.strictEqual(JSON.parse(text.text).code, String(code))
        assert.strictEqual(tagOf(yield* read(text)), tag)
        assert.strictEqual(yield* gateway.use((g) => g.executions()), 0)
      }).pipe(against())
  )

  it.effect("apiError in the transitional envelope has the string code", () =>
    Effect.gen(function*() {
      const { request, response } = yield* meet({
        response: apiError(4500, { form: "transitional", message: "again" })
      })
      assert.deepStrictEqual(JSON.parse(response.text), {
        Response: { Error: { Code: "InvalidRequest.ReplayAttack", Message: "again" }, RequestId: "" }
      })
      assert.strictEqual(tagOf(yield* read(response)), "ReplayAttack")
      assert.deepInclude(request, { code: 4500, message: "again", fault: "ApiError", executed: false })
    }).pipe(against()))

  it.effect("apiError may have any code, a codeDesc, and more members", () =>
    Effect.gen(function*() {
      const { response } = yield* meet({
        response: apiError(4440, { codeDesc: "QueueNotFound", body: { left: 1 } })
      })
      assert.deepInclude(JSON.parse(response.text), { code: 4440, codeDesc: "QueueNotFound", left: 1 })
    }).pipe(against()))

  it.effect("httpStatus is a status with a page", () =>
    Effect.gen(function*() {
      const { response } = yield* meet({ response: httpStatus(502) })
      assert.strictEqual(response.status, 502)
      assert.match(response.headers["content-type"] ?? "", /^text\/html/)
      assert.include(response.text, "<html>")
    }).pipe(against()))

  it.effect("httpStatus may have a page and headers of its own", () =>
    Effect.gen(function*() {
      const { request, response } = yield* meet({
        response: httpStatus(503, { html: "closed", headers: { "retry-after": "3" } })
      })
      assert.deepInclude(response, { status: 503, text: "closed" })
      assert.strictEqual(response.headers["retry-after"], "3")
      assert.deepInclude(request, { status: 503, code: undefined, fault: "HttpStatus" })
    }).pipe(against()))

  it.effect("redirect is a status with a location", () =>
    Effect.gen(function*() {
      const { response } = yield* meet({ response: TencentGateway.redirect("http://127.0.0.1:1/", 307) })
      assert.strictEqual(response.status, 307)
      assert.strictEqual(response.headers.location, "http://127.0.0.1:1/")
    }).pipe(against()))

  it.effect("malformedJson is a complete body that is not JSON", () =>
    Effect.gen(function*() {
      const { response } = yield* meet({ response: TencentGateway.malformedJson })
      assert.throws(() => JSON.parse(response.text))
      assert.strictEqual(response.error, undefined)
    }).pipe(against()))

  it.effect("emptyBody is a body of no bytes", () =>
    Effect.gen(function*() {
      const { response } = yield* meet({ response: TencentGateway.emptyBody })
      assert.deepInclude(response, { status: 200, text: "", error: undefined })
    }).pipe(against()))

  it.effect("bodyText is any text with any content type", () =>
    Effect.gen(function*() {
      const { response } = yield* meet({ response: bodyText("<p>hi", { contentType: "text/plain" }) })
      assert.deepInclude(response, { status: 200, text: "<p>hi" })
      assert.match(response.headers["content-type"] ?? "", /^text\/plain/)
    }).pipe(against()))

  it.effect("oversizedBody is a success of at least so many bytes", () =>
    Effect.gen(function*() {
      const { executions, response } = yield* meet({ response: oversizedBody(3_000_000) })
      assert.isAtLeast(response.text.length, 3_000_000)
      assert.strictEqual(JSON.parse(response.text).code, 0)
      assert.strictEqual(executions, 0)
    }).pipe(against()))

  it.effect("contentType in place of the action is a success with nothing in it", () =>
    Effect.gen(function*() {
      const { executions, response } = yield* meet({ response: contentType("text/html") })
      assert.match(response.headers["content-type"] ?? "", /^text\/html/)
      assert.deepStrictEqual(JSON.parse(response.text), { code: 0, message: "" })
      assert.strictEqual(executions, 0)
    }).pipe(against()))

  it.effect("contentType in place of the response keeps its body", () =>
    Effect.gen(function*() {
      const { executions, response } = yield* meet({ at: "response", response: contentType("text/html") })
      assert.match(response.headers["content-type"] ?? "", /^text\/html/)
      assert.lengthOf(JSON.parse(response.text).instanceIds, 1)
      assert.strictEqual(executions, 1)
    }).pipe(against()))

  it.effect("truncatedBody ends in the middle of the response", () =>
    Effect.gen(function*() {
      const { executions, request, response } = yield* meet({ at: "response", response: truncatedBody })
      assert.strictEqual(response.status, 200)
      assert.strictEqual(response.error, "ECONNRESET")
      assert.isBelow(response.text.length, Number(response.headers["content-length"]))
      assert.match(response.text, /^\{"code":0/)
      assert.strictEqual(executions, 1)
      assert.deepInclude(request, { status: 200, fault: "TruncatedBody", executed: true })
    }).pipe(against()))

  it.effect.each(
    [
      { at: "arrival", executions: 0, action: undefined },
      { at: "action", executions: 0, action: "RunInstances" },
      { at: "response", executions: 1, action: "RunInstances" }
    ] as const
  )(
    "connectionReset at $at ends the connection without a response",
    ({ action, at, executions }) =>
      Effect.gen(function*() {
        const met = yield* meet({ at, response: connectionReset })
        assert.deepInclude(met.response, { status: 0, error: "ECONNRESET" })
        assert.strictEqual(met.executions, executions)
        assert.deepInclude(met.request, {
          action,
          status: undefined,
          code: undefined,
          fault: "ConnectionReset",
          executed: executions === 1
        })
        assert.strictEqual(yield* codeOf("RunInstances", order), 0)
      }).pipe(against())
  )

  it.effect("an error in place of the response hides that the action was executed", () =>
    Effect.gen(function*() {
      const { executions, request, response } = yield* meet({ at: "response", response: apiError(6000) })
      assert.strictEqual(JSON.parse(response.text).code, 6000)
      assert.strictEqual(executions, 1)
      assert.deepInclude(request, { code: 6000, executed: true })
      assert.strictEqual(yield* gateway.use((g) => g.balance), 98_000)
    }).pipe(against()))

  it.effect.each([
    { name: "connectionReset", injected: connectionReset },
    { name: "truncatedBody", injected: truncatedBody }
  ])("$name breaks the response off on a server without access to its connection", ({ injected }) => {
    type App = Effect.Effect<HttpServerResponse.HttpServerResponse, unknown, HttpServerRequest.HttpServerRequest>
    let app: App | undefined
    const server = Layer.succeed(
      HttpServer.HttpServer,
      HttpServer.make({
        address: Result.getOrThrow(NetAddress.inetAddressFromIpString("127.0.0.1", 9520)),
        serve: (served) =>
          Effect.sync(() => {
            app = served as App
          })
      })
    )
    return Effect.gen(function*() {
      const { injectFault, url } = yield* gateway
      yield* injectFault({ at: "arrival", response: injected })
      if (app === undefined) return assert.fail("nothing is served")
      const response = yield* Effect.promise(() => HttpEffect.toWebHandler(app!)(new Request(url)))
      const text = yield* Effect.promise(() => response.text().catch(() => "broken off"))
      assert.strictEqual(text, "broken off")
    }).pipe(Effect.provide(Layer.provide(TencentGateway.layer(), server)))
  })
})

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
