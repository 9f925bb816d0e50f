/**
 * Responses: statuses, and what codes mean in a module.
 */
import { assert, describe, it } from "@effect/vitest"
import type { TencentError } from "effect-tencentcloud"
import { Failure } from "effect-tencentcloud"
import type { TencentClient } from "effect-tencentcloud/client"
import { TencentCredentials } from "effect-tencentcloud/client"
import { TencentAction } from "effect-tencentcloud/v2"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { TestClock } from "effect/testing"
import { callWith, clientOf, Read, secretId, Write } from "../../support/client.ts"
import { dated, failed, json, ok, parameter, scripted } from "../../support/scriptedServer.ts"
import { epoch, errorOf, minutes, run } from "../../support/virtualTime.ts"

const withStatus = (status: number, body: object, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(body), { status, headers })

describe("statuses other than 200", () => {
  const successes = [404, 408, 429].flatMap((status) => [[status, 3], [status, "many"]] as const)

  it.effect.each(successes)(
    "a success with the status %d and the totalCount %s may have run, and a change is not repeated",
    ([status, totalCount]) =>
      Effect.gen(function*() {
        const { layer, sent } = scripted(() => withStatus(status, { code: 0, totalCount }))
        const error = yield* errorOf(callWith(layer, Write))
        assert.include(error, { _tag: "UnexpectedStatus", status, outcome: "unknown" })
        assert.strictEqual(sent.length, 1)
      })
  )

  it.effect("the JSON of a proxy is no response of the API: its status decides", () =>
    Effect.gen(function*() {
      const { layer, sent } = scripted((_, index) =>
        index === 0
          ? withStatus(503, { code: 503, message: "upstream unavailable" })
          : index === 1
          ? withStatus(429, { code: "TooManyRequests" }, { "retry-after": "1" })
          : ok()
      )
      yield* run(callWith(layer, Read))
      assert.strictEqual(sent.length, 3)
    }))

  it.effect("a status is read also where the HttpClient makes a failure of it", () =>
    Effect.gen(function*() {
      const { layer } = scripted(() => withStatus(403, { message: "no" }))
      const strict = Layer.effect(
        HttpClient.HttpClient,
        Effect.map(HttpClient.HttpClient, HttpClient.filterStatusOk)
      ).pipe(Layer.provide(layer))
      const error = yield* errorOf(callWith(strict, Write))
      assert.include(error, { _tag: "UnexpectedStatus", status: 403, outcome: "notRun" })
    }))

  it.effect("Retry-After as a date goes by the clock of the server", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(epoch)
      const theirs = epoch - minutes(10)
      const headers = { date: new Date(theirs).toUTCString(), "retry-after": new Date(theirs + 5000).toUTCString() }
      const { layer, sent } = scripted((_, index) => index === 0 ? withStatus(429, {}, headers) : ok())
      const fiber = yield* Effect.forkChild(callWith(layer, Read))
      yield* TestClock.adjust("4999 millis")
      assert.strictEqual(sent.length, 1)
      yield* TestClock.adjust("2 seconds")
      yield* Fiber.join(fiber)
      assert.strictEqual(sent.length, 2)
    }))

  it.effect("a page of backslashes around a secret is read once, not once for each of them", () =>
    Effect.gen(function*() {
      const credentials = TencentCredentials.layer({ secretId, secretKey: Redacted.make("+canaryKey/with") })
      const text = `${"\\".repeat(400_000)}canaryKey\\u002bcanaryKey\\u002fwith`
      const { layer } = scripted(() => new Response(text, { status: 403 }))
      const error = yield* errorOf(callWith(layer, Write, { credentials }))
      assert.strictEqual(error._tag, "UnexpectedStatus")
    }))

  it.effect("a content type is cut, and shows no secret", () =>
    Effect.gen(function*() {
      const { layer } = scripted((sent) =>
        new Response("x", {
          status: 502,
          headers: { "content-type": `text/html; for="${parameter(sent, "Signature")}"; ${"x".repeat(15_000)}` }
        })
      )
      const error = yield* errorOf(callWith(layer, Write))
      const contentType = error._tag === "UnexpectedStatus" ? error.contentType : undefined
      assert.match(contentType ?? "", /^text\/html; for="<redacted>"; x+$/)
      assert.isAtMost(contentType?.length ?? Infinity, 256)
    }))
})

class QueueFull extends Failure.define<QueueFull>()("QueueFull", { kind: "limitExceeded" }) {}

class Hiccup extends Failure.define<Hiccup>()("Hiccup", { kind: "internal" }) {}

const Receive = TencentAction.make("DescribeMessages", {
  module: "cmq-queue",
  request: Schema.Struct({}),
  response: Schema.Struct({ code: Schema.Number }),
  successCodes: [7000],
  errors: { 4500: QueueFull, 6010: Hiccup }
})

describe("codes of an action", () => {
  it.effect("a success code of the action is a success", () =>
    Effect.gen(function*() {
      const { layer } = scripted(() => json({ code: 7000, message: "no message" }))
      const client = yield* clientOf(layer)
      assert.deepStrictEqual(yield* client.call(Receive, {}), { code: 7000 })
    }))

  it.effect("an error class of the action joins its errors and wins over the common meaning", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(epoch)
      const { layer, sent } = scripted(() => failed(4500, dated(epoch + minutes(10))))
      const client = yield* clientOf(layer)
      const call: Effect.Effect<
        { readonly code: number },
        TencentError.TencentError | TencentClient.ClientError | QueueFull | Hiccup
      > = client.call(
        Receive,
        {}
      )
      const caught: Effect.Effect<
        string | { readonly code: number },
        TencentError.TencentError | TencentClient.ClientError | Hiccup
      > = call.pipe(
        Effect.catchTag("QueueFull", (error) => Effect.succeed(`${error.code} ${error.requestId}`))
      )
      assert.strictEqual(yield* run(caught), "4500 r-1")
      // Not repeated. The code says that the time was wrong, whatever its class is.
      assert.strictEqual(sent.length, 1)
      yield* Effect.exit(run(call))
      assert.strictEqual(parameter(sent[1], "Timestamp"), String(Math.floor((epoch + minutes(12)) / 1000)))
    }))

  it.effect("the kind of an error class of the action says that it is retried", () =>
    Effect.gen(function*() {
      const { layer, sent } = scripted((_, index) => index < 2 ? failed(6010) : json({ code: 0 }))
      const client = yield* clientOf(layer)
      yield* run(client.call(Receive, {}))
      assert.strictEqual(sent.length, 3)
    }))
})
