/**
 * Why the client stopped, as its errors and its spans say it.
 */
import { assert, describe, it } from "@effect/vitest"
import { TencentError, TencentRetry } from "effect-tencentcloud"
import { TencentClient } from "effect-tencentcloud/client"
import { TencentClientTest } from "effect-tencentcloud/testing"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"
import { TestClock } from "effect/testing"
import * as Tracer from "effect/Tracer"
import { Read, Write } from "./support/client.ts"
import { collectSpans } from "./support/spans.ts"

const internalError = new TencentError.InternalError()
const unavailable = new TencentError.ApiUnavailable()
const quotaExceeded = new TencentError.QuotaExceeded()

interface Stopped {
  readonly reason: TencentRetry.StopReason
  readonly title: string
  readonly action?: typeof Read
  readonly responses: TencentClientTest.ScriptedResponse | ReadonlyArray<TencentClientTest.ScriptedResponse>
  readonly client?: TencentClient.Options
  readonly call?: TencentClient.CallOptions<TencentError.TencentError>
  readonly budget?: TencentRetry.BudgetOptions
  readonly attempts: number
}

const stopped: ReadonlyArray<Stopped> = [
  { reason: "permanent", title: "the request is wrong", responses: new TencentError.InvalidParameter(), attempts: 1 },
  {
    reason: "outcomeUnknown",
    title: "an action that may have run is not repeated",
    action: Write,
    responses: internalError,
    attempts: 1
  },
  {
    reason: "outcomeUnknown",
    title: "nor is it whatever the policy says",
    action: Write,
    responses: TencentClientTest.transportFailure("ConnectionLost"),
    client: { retry: TencentRetry.byKind({ transport: Schedule.recurs(3) }) },
    attempts: 1
  },
  {
    reason: "notInPolicy",
    title: "the policy of the client has no schedules",
    responses: internalError,
    client: { retry: TencentRetry.make({}) },
    attempts: 1
  },
  {
    reason: "notInPolicy",
    title: "the policy of the call names another tag",
    responses: internalError,
    call: { retry: TencentRetry.make({ QuotaExceeded: Schedule.recurs(1) }) },
    attempts: 1
  },
  {
    reason: "scheduleEnded",
    title: "two unused nonces were refused as well",
    responses: new TencentError.ReplayAttack(),
    attempts: 3
  },
  { reason: "attempts", title: "there were six attempts", responses: internalError, attempts: 6 },
  {
    reason: "attempts",
    title: "there were six attempts of two kinds",
    responses: Array.from({ length: 9 }, (_, n) => n % 2 === 0 ? internalError : unavailable),
    attempts: 6
  },
  {
    reason: "deadline",
    title: "the next second comes too late",
    responses: quotaExceeded,
    call: { deadline: "900 millis" },
    attempts: 1
  },
  {
    reason: "budget",
    title: "there are no tokens",
    responses: internalError,
    budget: { capacity: 0 },
    attempts: 1
  },
  {
    reason: "credentialsUnchanged",
    title: "there are no other credentials",
    responses: new TencentError.InvalidToken(),
    attempts: 1
  }
]

/** The error of a call, and the attributes of its span. */
const failing = (
  { action = Read, budget, call, client, responses }: Omit<Stopped, "reason" | "title" | "attempts">,
  around: <E>(call: Effect.Effect<unknown, E>) => Effect.Effect<unknown, E> = (call) => call
) => {
  const { spans, tracer } = collectSpans()
  const layer = Layer.provide(
    TencentClientTest.layer({ [action.name]: responses }, client),
    TencentRetry.Budget.layer(budget ?? { capacity: Infinity })
  )
  return Effect.gen(function*() {
    const service = yield* TencentClient.TencentClient
    const fiber = yield* Effect.forkChild(Effect.flip(around(service.call(action, {}, call))))
    yield* TestClock.adjust("5 minutes")
    const error = yield* Fiber.join(fiber)
    const history = Option.getOrElse(TencentRetry.history(error), () => assert.fail("expected a history"))
    return { error, history, attributes: spans.map(({ attributes }) => Object.fromEntries(attributes)) }
  }).pipe(Effect.provideService(Tracer.Tracer, tracer), Effect.provide(layer))
}

describe("a call of the client that fails", () => {
  it.effect.each(stopped)("says why it stopped: $reason, because $title", (row) =>
    Effect.gen(function*() {
      const { attributes, history } = yield* failing(row)
      assert.deepInclude(history, { attempts: row.attempts, stopped: row.reason })
      assert.strictEqual(history.tags.length, row.attempts)
      assert.deepStrictEqual(attributes.map((all) => all["tencentcloud.retry.stopped"]), [row.reason])
    }))

  it("has a test here for every reason", () => {
    const reasons: { readonly [R in TencentRetry.StopReason]: true } = {
      permanent: true,
      outcomeUnknown: true,
      notInPolicy: true,
      scheduleEnded: true,
      attempts: true,
      deadline: true,
      budget: true,
      credentialsUnchanged: true
    }
    assert.sameMembers([...new Set(stopped.map(({ reason }) => reason))], Object.keys(reasons))
  })

  it.effect.each(
    [
      ["a default policy", TencentRetry.retry(TencentRetry.idempotent)],
      ["a policy that does not know the error", TencentRetry.retry(TencentRetry.byKind({}))],
      [
        "a schedule",
        <E>(call: Effect.Effect<unknown, E>) => Effect.retry(call, TencentRetry.schedule(TencentRetry.idempotent))
      ]
    ] as const
  )("keeps its history under %s that adds no attempt", ([, around]) =>
    Effect.gen(function*() {
      const { history } = yield* failing({ responses: internalError }, around)
      assert.deepInclude(history, { attempts: 6, stopped: "attempts" })
    }))

  it.effect("has the history of a policy around it that adds attempts", () =>
    Effect.gen(function*() {
      const twice = TencentRetry.retry(TencentRetry.byKind({ internal: Schedule.recurs(1) }))
      const { history } = yield* failing({ responses: internalError }, twice)
      assert.deepInclude(history, { attempts: 2, stopped: "scheduleEnded" })
    }))
})
