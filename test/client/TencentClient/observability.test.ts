/**
 * Spans and metrics.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Metric from "effect/Metric"
import { callWith, clientOf, Read, Write } from "../../support/client.ts"
import { failed, ok, parameter, scripted } from "../../support/scriptedServer.ts"
import { collectSpans } from "../../support/spans.ts"
import { errorOf, run } from "../../support/virtualTime.ts"

describe("spans", () => {
  it.effect("a call has one span, with its retries and its failure", () =>
    Effect.gen(function*() {
      const { spans, tracer } = collectSpans()
      const { layer } = scripted((_, index) => failed(index === 0 ? 6200 : 5000))
      yield* errorOf(callWith(layer, Read).pipe(Effect.withSpan("outer"), Effect.withTracer(tracer)))
      assert.deepStrictEqual(spans.map(({ name }) => name), ["outer", "tencentcloud.cvm.DescribeInstances"])
      const span = spans[1]!
      assert.strictEqual(span.kind, "client")
      assert.deepStrictEqual(Object.fromEntries(span.attributes), {
        "tencentcloud.service": "cvm",
        "tencentcloud.action": "DescribeInstances",
        "server.address": "cvm.api.qcloud.com",
        "error.type": "ResourceNotFound",
        "tencentcloud.code": 5000,
        "tencentcloud.request_id": "r-1",
        "tencentcloud.retry.stopped": "permanent"
      })
      assert.strictEqual(span.events.length, 1)
      const [name, , { delay_ms: delay, ...attributes }] = span.events[0]!
      assert.strictEqual(name, "tencentcloud.retry")
      assert.deepStrictEqual(attributes, { attempt: 1, tag: "ApiUnavailable" })
      assert.isTrue(Number(delay) >= 500 && Number(delay) <= 1000)
      assert(span.status._tag === "Ended")
      assert.isTrue(Exit.isFailure(span.status.exit))
    }))

  it.effect("a success has a span, and so has a call that was not sent", () =>
    Effect.gen(function*() {
      const { spans, tracer } = collectSpans()
      const { layer } = scripted(ok)
      const client = yield* clientOf(layer)
      yield* Effect.all([client.call(Read, {}), Effect.exit(client.call(Write, { limit: NaN }))]).pipe(
        Effect.withTracer(tracer)
      )
      assert.deepStrictEqual(
        spans.map((span) => [span.name, span.attributes.get("error.type"), span.events.length]),
        [
          ["tencentcloud.cvm.DescribeInstances", undefined, 0],
          ["tencentcloud.cvm.RunInstances", "InvalidRequest", 0]
        ]
      )
    }))
})

describe("metrics", () => {
  it.effect("metrics count calls by service, action and result, attempts and durations", () =>
    Effect.gen(function*() {
      const { layer } = scripted((sent, index) =>
        parameter(sent, "limit") === "never"
          ? Effect.never
          : index < 2
          ? failed(6200)
          : index === 2
          ? failed(5000)
          : ok()
      )
      const client = yield* clientOf(layer)
      yield* Effect.exit(run(client.call(Read, {})))
      yield* client.call(Read, {})
      yield* client.call(Read, {})
      yield* client.call(Write, {})
      yield* Effect.exit(client.call(Write, { limit: NaN }))
      const fiber = yield* Effect.forkChild(client.call(Write, { limit: "never" }), { startImmediately: true })
      yield* Fiber.interrupt(fiber)
      const snapshot = yield* Metric.snapshot
      const counts = snapshot.flatMap(({ attributes, id, state }) => {
        const { action, result, service } = attributes as Record<string, string>
        return "count" in state ? [[id, service, action, result, Number(state.count)].join(" ")] : []
      })
      assert.sameMembers(counts, [
        "tencentcloud_calls cvm DescribeInstances ResourceNotFound 1",
        "tencentcloud_calls cvm DescribeInstances ok 2",
        "tencentcloud_calls cvm RunInstances ok 1",
        "tencentcloud_calls cvm RunInstances InvalidRequest 1",
        "tencentcloud_calls cvm RunInstances interrupted 1",
        "tencentcloud_attempts cvm DescribeInstances  5",
        "tencentcloud_attempts cvm RunInstances  2",
        "tencentcloud_call_duration cvm DescribeInstances  3",
        "tencentcloud_call_duration cvm RunInstances  3"
      ])
    }).pipe(Effect.provideService(Metric.MetricRegistry, new Map())))
})
