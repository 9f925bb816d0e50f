/**
 * Injected responses over real HTTP. `meet` buys an instance, so that it shows whether the action was executed.
 */
import { assert, describe, it } from "@effect/vitest"
import { ErrorCode } from "effect-tencentcloud"
import { TencentGateway } from "effect-tencentcloud/testing"
import * as Effect from "effect/Effect"
import * as HttpEffect from "effect/http/HttpEffect"
import * as HttpServer from "effect/http/HttpServer"
import type * as HttpServerRequest from "effect/http/HttpServerRequest"
import type * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import * as NetAddress from "effect/net/NetAddress"
import * as Result from "effect/Result"
import { against, codeOf, gateway, order, read, send } from "../../support/gateway.ts"

const { apiError, bodyText, connectionReset, contentType, httpStatus, oversizedBody, redirect, truncatedBody } =
  TencentGateway

/** Sends an order into a fault. */
const meet = (fault: TencentGateway.InjectedFault) =>
  Effect.gen(function*() {
    const g = yield* gateway
    yield* g.injectFault(fault)
    const response = yield* send("RunInstances", order)
    return { response, request: (yield* g.requests).at(-1), executions: yield* g.executions() }
  })

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

  it.effect("httpStatus may have a content type of its own", () =>
    Effect.gen(function*() {
      const headers = { "Content-Type": "application/json" }
      const { response } = yield* meet({ response: httpStatus(502, { html: "{}", headers }) })
      assert.deepInclude(response, { status: 502, text: "{}" })
      assert.strictEqual(response.headers["content-type"], "application/json")
    }).pipe(against()))

  it.effect("redirect is a status with a location", () =>
    Effect.gen(function*() {
      const { response } = yield* meet({ response: redirect("http://127.0.0.1:1/", 307) })
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

describe("an injected response that could not be sent as it is written throws where it is written", () => {
  it.each<readonly [name: string, write: () => TencentGateway.InjectedResponse, message: RegExp]>([
    ["the status 100", () => httpStatus(100), /100 is not the status/],
    ["the status 600", () => httpStatus(600), /600 is not the status/],
    ["the status NaN", () => httpStatus(NaN), /NaN is not the status/],
    ["the status 200.5", () => httpStatus(200.5), /200.5 is not the status/],
    ["a header without a name", () => httpStatus(502, { headers: { "": "a" } }), /"" is not the name of a header/],
    ["a header with a line break", () => httpStatus(502, { headers: { "x-a": "a\nb" } }), /x-a cannot have/],
    ["a header beyond Latin 1", () => redirect("https://例え/"), /location cannot have/],
    ["a length of the body", () => httpStatus(502, { headers: { "Content-Length": "5" } }), /itself/],
    ["a coding of the transfer", () => httpStatus(502, { headers: { "transfer-encoding": "gzip" } }), /itself/],
    ["a content type with a line break", () => contentType("a\nb"), /content-type cannot have/],
    ["a text whose content type has a line break", () => bodyText("", { contentType: "a\nb" }), /content-type cannot/],
    ["a body of -1 bytes", () => oversizedBody(-1), /-1 bytes/],
    ["a body of NaN bytes", () => oversizedBody(NaN), /NaN bytes/],
    ["the code 0", () => apiError(0), /"0" is not the code of a failure/],
    ["the code 0 as text", () => apiError("0"), /"0" is not the code of a failure/],
    ["the code 0 with more digits", () => apiError(" -00 "), /" -00 " is not the code of a failure/],
    ["the code NaN", () => apiError(NaN), /"NaN" is not the code of a failure/],
    ["a code of no characters", () => apiError(""), /"" is not the code of a failure/],
    ["a blank code", () => apiError(" ", { form: "transitional" }), /" " is not the code of a failure/],
    ["a body with a bigint", () => apiError(5100, { body: { id: 1n } }), /cannot be written as JSON/]
  ])("%s", (_, write, message) => {
    assert.throws(write, message)
  })
})
