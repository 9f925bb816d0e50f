/**
 * Actions that a gateway is given, streams of events, and injected faults in the terms of API 3.0.
 */
import { assert, describe, it } from "@effect/vitest"
import { TencentGateway } from "effect-tencentcloud/testing"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import { TestClock } from "effect/testing"
import * as Http from "node:http"
import { against, gateway, serve } from "../../../support/gateway.ts"
import { ask, build, call, codeOf, read, type RequestOptions } from "../../../support/gatewayV3.ts"
import { until } from "../../../support/until.ts"

const { apiError, bodyText, connectionReset, contentType, eventStream, oversizedBody, truncatedBody } = TencentGateway

const sms: RequestOptions = { service: "sms", version: "2021-01-11" }

const served = (response: TencentGateway.ServedAction["response"], name = "SendSms"): TencentGateway.Options => ({
  actions: [{ service: "sms", version: "2021-01-11", name, response }]
})

const sendWith = (ClientToken: string, Text = "hi") => call("SendSms", { ClientToken, Text }, sms)

const streamWith = (ClientToken: string) => Effect.map(ask(build("SendSms", { ClientToken }, sms)), ({ text }) => text)

describe("an action that the gateway is given", () => {
  it.effect("has its response, with the id of the request", () =>
    Effect.gen(function*() {
      const response = yield* call("SendSms", { PhoneNumberSet: ["+86"] }, sms)
      assert.deepStrictEqual(response, { Sent: 1, RequestId: "00000000-0000-4000-8000-000000000001" })
      assert.deepInclude((yield* gateway.use((g) => g.requests))[0], { action: "SendSms", code: 0, executed: true })
    }).pipe(against(served({ Sent: 1 }))))

  it.effect("can be a function of its request", () =>
    Effect.gen(function*() {
      assert.strictEqual((yield* call("SendSms", { Text: "hi" }, sms))["Said"], "hi")
      assert.strictEqual(yield* codeOf("SendSms", {}, sms), "FailedOperation.NoText")
      assert.strictEqual(yield* gateway.use((g) => g.executions("SendSms")), 1)
    }).pipe(against(served(({ Text }) => Text === undefined ? apiError("FailedOperation.NoText") : { Said: Text }))))

  it.effect("is signed and versioned like any other, and is not there without", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* codeOf("SendSms", {}, { ...sms, key: "x" }), "AuthFailure.SignatureFailure")
      assert.strictEqual(yield* codeOf("SendSms", {}, { ...sms, version: "2019-01-01" }), "NoSuchVersion")
      assert.strictEqual(yield* codeOf("SendMail", {}, sms), "InvalidAction")
    }).pipe(against(served({}))))

  it.effect("replaces the one of the gateway", () =>
    Effect.gen(function*() {
      assert.deepInclude(yield* call("DescribeZones"), { ZoneSet: [] })
    }).pipe(against({
      actions: [{ service: "cvm", version: "2017-03-12", name: "DescribeZones", response: { ZoneSet: [] } }]
    })))

  it.effect("that only reads by its name counts as no execution", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* codeOf("DescribeSms", {}, sms), "Success")
      assert.strictEqual(yield* gateway.use((g) => g.executions()), 0)
    }).pipe(against(served({}, "DescribeSms"))))

  it.effect("remembers a client token", () => {
    let sent = 0
    return Effect.gen(function*() {
      assert.strictEqual((yield* sendWith("a"))["Sent"], 1)
      assert.strictEqual((yield* sendWith("a"))["Sent"], 1)
      assert.strictEqual((yield* sendWith("b"))["Sent"], 2)
      assert.strictEqual((yield* sendWith("a", "ho")).Error?.Code, "UnsupportedOperation.IdempotentParameterMismatch")
      assert.strictEqual(yield* gateway.use((g) => g.executions("SendSms")), 2)
    }).pipe(against(served(() => ({ Sent: ++sent }))))
  })

  it.effect("remembers a client token of a stream, too", () => {
    let sent = 0
    return Effect.gen(function*() {
      assert.strictEqual(yield* streamWith("a"), `data: {"Sent":1}\n\n`)
      assert.strictEqual(yield* streamWith("a"), `data: {"Sent":1}\n\n`)
      assert.strictEqual(yield* streamWith("b"), `data: {"Sent":2}\n\n`)
      assert.strictEqual(yield* gateway.use((g) => g.executions("SendSms")), 2)
    }).pipe(against(served(() => eventStream([{ Sent: ++sent }]))))
  })

  it.effect("needs no signature where it says so", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* codeOf("Login", {}, { ...sms, set: { authorization: "SKIP" } }), "Success")
    }).pipe(
      against({
        actions: [{ ...sms, service: "sms", version: "2021-01-11", name: "Login", skipSign: true, response: {} }]
      })
    ))
})

// ---------------------------------------------------------------------------------------------------------------------
// Streams
// ---------------------------------------------------------------------------------------------------------------------

const hunyuan: RequestOptions = { service: "hunyuan", region: undefined }

const chat = (Stream: boolean) => ({
  Model: "hunyuan-lite",
  Messages: [{ Role: "user", Content: "one two three" }],
  Stream
})

/** The data of the events. */
const eventsOf = (text: string) =>
  text.split("\n\n").flatMap((event) => event === "" ? [] : [event.replace(/^data: /, "")])

const contentsOf = (text: string) =>
  eventsOf(text).flatMap((data) => data.startsWith("{") ? [JSON.parse(data).Choices[0].Delta.Content] : [])

const stream = (options?: TencentGateway.Options) =>
  Effect.suspend(() => ask(build("ChatCompletions", chat(true), hunyuan))).pipe(against(options))

describe("a stream of events", () => {
  it.effect("has an event for each word, the reason of the end, and [DONE]", () =>
    Effect.gen(function*() {
      const { headers, text } = yield* stream()
      assert.strictEqual(headers["content-type"], "text/event-stream")
      assert.strictEqual(headers["x-tc-requestid"], "00000000-0000-4000-8000-000000000001")
      assert.deepStrictEqual(contentsOf(text), ["one ", "two ", "three", ""])
      const events = eventsOf(text)
      assert.strictEqual(JSON.parse(events[3] ?? "").Choices[0].FinishReason, "stop")
      assert.strictEqual(events[4], "[DONE]")
    }))

  it.effect("is one response where the request wants no stream", () =>
    Effect.gen(function*() {
      const { Choices } = yield* call("ChatCompletions", chat(false), hunyuan)
      assert.deepStrictEqual(Choices, [{
        Index: 0,
        FinishReason: "stop",
        Message: { Role: "assistant", Content: "one two three" }
      }])
    }).pipe(against()))

  it.effect.each<readonly [code: string, request: object]>([
    ["InvalidParameterValue.Model", { Model: "gpt" }],
    ["InvalidParameterValue", { Messages: [] }],
    ["InvalidParameterValue", { Messages: "hi" }],
    ["InvalidParameter", { Stream: "yes" }]
  ])("is a body of JSON where the request is refused with %s", ([code, request]) =>
    Effect.gen(function*() {
      const response = yield* ask(build("ChatCompletions", { ...chat(true), ...request }, hunyuan))
      assert.include(response.headers["content-type"], "application/json")
      assert.strictEqual(read(response).Error?.Code, code)
    }).pipe(against()))

  it.effect("can break in the middle", () =>
    Effect.gen(function*() {
      const { error, headers, text } = yield* stream({
        injectedFaults: [{ at: "response", response: truncatedBody }]
      })
      assert.strictEqual(error, "ECONNRESET")
      assert.isUndefined(headers["content-length"])
      assert.isAbove(text.length, 0)
      assert.notInclude(text, "[DONE]")
    }))

  it.effect("can break after an event that the test chooses", () =>
    Effect.gen(function*() {
      const response = eventStream([{ n: 1 }, "two\nlines"], { end: "broken" })
      const { error, text } = yield* stream({ injectedFaults: [{ response }] })
      assert.strictEqual(error, "ECONNRESET")
      assert.strictEqual(text, "data: {\"n\":1}\n\ndata: two\ndata: lines\n\n")
    }))

  it.effect("can have another content type", () =>
    Effect.gen(function*() {
      const response = eventStream([], { contentType: "text/event-stream; charset=utf-8" })
      const { headers } = yield* stream({ injectedFaults: [{ response }] })
      assert.strictEqual(headers["content-type"], "text/event-stream; charset=utf-8")
    }))

  it.effect("can be slow, and its events come one by one", () =>
    Effect.gen(function*() {
      const { url } = yield* gateway
      let text = ""
      const fiber = yield* Effect.forkChild(Effect.promise(() =>
        new Promise<void>((resolve) => {
          const { body, headers, target } = build("ChatCompletions", chat(true), hunyuan)
          const request = Http.request(`${url}${target}`, { method: "POST", headers: { ...headers } }, (response) => {
            response.on("data", (chunk: Buffer) => text += chunk.toString())
            response.on("end", resolve)
          })
          request.end(body)
        })
      ))
      const said = (n: number) => until(Effect.sync(() => eventsOf(text).length === n))
      yield* said(1)
      yield* TestClock.adjust("1 minute")
      yield* said(2)
      yield* TestClock.adjust("1 minute")
      yield* said(3)
      yield* Fiber.join(fiber)
    }).pipe(against({ injectedFaults: [{ response: eventStream([1, 2, 3], { every: "1 minute" }) }] })))

  it.live("can fall silent, which ends with the server", () =>
    Effect.gen(function*() {
      let seen = ""
      let ended = false
      yield* Effect.provide(
        Effect.gen(function*() {
          const { url } = yield* gateway
          const { body, headers, target } = build("ChatCompletions", chat(true), { ...hunyuan, late: now() })
          const request = Http.request(`${url}${target}`, { method: "POST", headers: { ...headers } }, (response) => {
            response.on("data", (chunk: Buffer) => seen += chunk.toString())
            response.on("error", () => {})
            response.on("close", () => ended = true)
          })
          request.on("error", () => ended = true)
          request.end(body)
          yield* until(Effect.sync(() => seen !== ""))
          assert.isFalse(ended)
        }),
        serve({ injectedFaults: [{ response: eventStream([1], { end: "silent" }) }] })
      )
      yield* until(Effect.sync(() => ended))
      assert.strictEqual(seen, "data: 1\n\n")
    }))
})

/** From the time of the tests to that of the machine, in seconds. */
const now = () => Math.floor(Date.now() / 1000) - 1_600_000_000

// ---------------------------------------------------------------------------------------------------------------------
// Injected faults
// ---------------------------------------------------------------------------------------------------------------------

const zones = (options: TencentGateway.Options) =>
  Effect.suspend(() => ask(build("DescribeZones", {}, { set: { "x-tc-traceid": "trace-1" } }))).pipe(against(options))

const inject = (response: TencentGateway.InjectedResponse): TencentGateway.Options => ({
  injectedFaults: [{ response }]
})

describe("a fault that is injected into API 3.0", () => {
  it.effect("has its code, its message and more members of the error", () =>
    Effect.gen(function*() {
      const fault = apiError("FailedOperation.New", { message: "no", body: { CnsmrSeqNo: "7" } })
      assert.deepStrictEqual<unknown>(read(yield* zones(inject(fault))), {
        Error: { CnsmrSeqNo: "7", Code: "FailedOperation.New", Message: "no" },
        RequestId: "00000000-0000-4000-8000-000000000001"
      })
    }))

  it.effect("with a number is a body of API 2.0", () =>
    Effect.gen(function*() {
      const { text } = yield* zones(inject(apiError(6000)))
      assert.deepInclude(JSON.parse(text), { code: 6000, codeDesc: "InternalError" })
    }))

  it.effect("can be any text", () =>
    Effect.gen(function*() {
      assert.strictEqual((yield* zones(inject(bodyText("<html>")))).text, "<html>")
    }))

  it.effect("can be an empty success of another content type, or a padded one", () =>
    Effect.gen(function*() {
      const success = { Response: { RequestId: "00000000-0000-4000-8000-000000000001" } }
      const { headers, text } = yield* zones(inject(contentType("text/html")))
      assert.strictEqual(headers["content-type"], "text/html")
      assert.deepStrictEqual(JSON.parse(text), success)
      const padded = yield* zones(inject(oversizedBody(1000)))
      assert.isAbove(padded.text.length, 1000)
      assert.deepStrictEqual(JSON.parse(padded.text), success)
    }))

  it.effect("can end the connection", () =>
    Effect.gen(function*() {
      assert.strictEqual((yield* zones(inject(connectionReset))).error, "ECONNRESET")
      assert.strictEqual((yield* zones(inject(truncatedBody))).error, "ECONNRESET")
    }))

  it.effect("can take the place of a metadata service", () =>
    Effect.gen(function*() {
      const target = "/latest/meta-data/cam/security-credentials/gateway-role"
      const { text } = yield* ask({ method: "GET", target })
      assert.deepStrictEqual(JSON.parse(text), { Code: "Failed" })
    }).pipe(against(inject(apiError("Failed")))))

  it.effect("is no stream that cannot be written", () =>
    Effect.gen(function*() {
      const loop: { self?: unknown } = {}
      loop.self = loop
      assert.throws(() => eventStream([loop]), /JSON/)
      assert.throws(() => eventStream([], { contentType: "a\nb" }), /header/)
      const exit = yield* Effect.exit(Effect.sync(() => eventStream([], { every: "soon" as never })))
      assert.isTrue(Exit.hasDies(exit))
    }))
})

describe("the trace id of a request", () => {
  it.effect("comes back with its response", () =>
    Effect.gen(function*() {
      assert.strictEqual((yield* zones({})).headers["x-tc-traceid"], "trace-1")
    }))
})
