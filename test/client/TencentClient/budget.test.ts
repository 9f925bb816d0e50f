import { assert, describe, it } from "@effect/vitest"
import { TencentRetry } from "effect-tencentcloud"
import type { TencentClient } from "effect-tencentcloud/client"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Logger from "effect/Logger"
import * as Option from "effect/Option"
import * as References from "effect/References"
import * as Schedule from "effect/Schedule"
import { TestClock } from "effect/testing"
import { clientOf, Read } from "../../support/client.ts"
import { failed, ok, scripted } from "../../support/scriptedServer.ts"
import { collectSpans } from "../../support/spans.ts"
import { errorOf } from "../../support/virtualTime.ts"

/** Another call that has failed, from whose success tokens could come. */
const another = (client: TencentClient.TencentClient["Service"]) =>
  Effect.forkChild(
    client.call(Read, {}, {
      retry: TencentRetry.byKind({ internal: Schedule.spaced("1 hour") }),
      deadline: "1 day"
    }),
    { startImmediately: true }
  )

describe("a retry that waits for tokens of the budget", () => {
  const { layer, sent } = scripted(() => failed(6000))

  it.effect("says so in the history and in the span, and no longer than the client allows", () =>
    Effect.gen(function*() {
      const { spans, tracer } = collectSpans()
      const client = yield* clientOf(layer, { budget: { capacity: 1, maxWait: "2 seconds" } })
      yield* another(client)
      const error = yield* errorOf(client.call(Read, {})).pipe(Effect.withTracer(tracer))
      const { queued, stopped } = Option.getOrThrow(TencentRetry.history(error))
      assert.deepStrictEqual([stopped, queued && Duration.toMillis(queued), sent.length], ["budget", 2000, 1 + 2])
      assert.strictEqual(spans[0]?.attributes.get("tencentcloud.budget_wait"), 2000)
    }))

  it.effect("is told as an event of the span, and in a log entry at debug", () =>
    Effect.gen(function*() {
      const { spans, tracer } = collectSpans()
      const messages: Array<string> = []
      const logger = Logger.make(({ message }) => {
        messages.push(String(message))
      })
      // The success of another call brings the token that the retry waits for.
      const { layer } = scripted(({ parameters }, index) =>
        parameters.get("limit") === "1" || index > 2 ? ok() : failed(6000)
      )
      const client = yield* clientOf(layer, { budget: { capacity: 1, ratio: 1 } })
      yield* another(client)
      const waiting = yield* Effect.forkChild(
        client.call(Read, {}).pipe(
          Effect.withTracer(tracer),
          Effect.provide(Logger.layer([logger])),
          Effect.provideService(References.MinimumLogLevel, "Debug")
        )
      )
      yield* TestClock.adjust("2 seconds")
      yield* client.call(Read, { limit: 1 })
      yield* TestClock.adjust("10 seconds")
      yield* Fiber.join(waiting)
      const events = spans[0]?.events.map(([name]) => name) ?? []
      assert.include(events, "tencentcloud.budget_wait")
      assert.match(messages.join(), /cvm\.DescribeInstances: a retry has waited \d+ ms for tokens of the budget/)
    }))

  it.effect("fails at once instead where it is the only one: the second call of a script in an outage", () =>
    Effect.gen(function*() {
      const { layer, sent } = scripted(() => failed(6000))
      const client = yield* clientOf(layer)
      yield* errorOf(client.call(Read, {}), "20 seconds")
      assert.lengthOf(sent, 6)
      // The delay before its retry is all that it waits.
      const error = yield* errorOf(client.call(Read, {}), "200 millis")
      const { queued, stopped } = Option.getOrThrow(TencentRetry.history(error))
      assert.deepStrictEqual([stopped, queued, sent.length], ["budget", undefined, 7])
    }))
})
