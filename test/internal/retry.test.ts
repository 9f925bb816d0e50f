/**
 * The pure decision behind the loop: what follows a failure, from the failure and what the loop remembers.
 */
import { assert, describe, it } from "@effect/vitest"
import { TencentError, TencentRetry } from "effect-tencentcloud"
import * as Clock from "effect/Clock"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"
import type { StopReason } from "../../src/internal/decision.ts"
import { setCall } from "../../src/internal/history.ts"
import { implementation } from "../../src/internal/policy.ts"
import { type Bounds, type Hooks, next, RetryState, run } from "../../src/internal/retry.ts"

class Busy extends Data.TaggedError("Busy")<{}> {}

const internalError = (outcome?: "notRun" | "unknown") =>
  new TencentError.InternalError(outcome === undefined ? {} : { outcome })

const throttled = () => new TencentError.QuotaExceeded()

/** An error of a call of a client. */
const ofCall = (error: object, call: { readonly idempotent: boolean; readonly tried: boolean }) => {
  setCall(error, call)
  return error
}

const { idempotent, mutating } = TencentRetry
const byTag = TencentRetry.make({ InternalError: Schedule.recurs(9), QuotaExceeded: Schedule.recurs(9) })
const nothing = TencentRetry.make({})

interface Case {
  readonly title: string
  readonly policy: TencentRetry.Policy<string>
  readonly error: unknown
  readonly bounds?: Bounds
  /** What the loop has counted, this failure included. */
  readonly attempts?: number
  readonly retries?: number
  readonly expected: StopReason | "Retry"
}

const cases: ReadonlyArray<Case> = [
  { title: "a schedule of the policy", policy: byTag, error: internalError(), expected: "Retry" },
  { title: "no schedule for the tag", policy: byTag, error: new Busy(), expected: "notInPolicy" },
  { title: "a policy without schedules", policy: nothing, error: internalError(), expected: "notInPolicy" },
  { title: "something without a tag", policy: byTag, error: "text", expected: "notInPolicy" },
  {
    title: "a class that is never retried",
    policy: idempotent,
    error: new TencentError.AccessDenied(),
    expected: "permanent"
  },
  { title: "no retry class", policy: idempotent, error: new Busy(), expected: "notInPolicy" },
  { title: "an outcome that is not known", policy: mutating, error: internalError(), expected: "outcomeUnknown" },
  { title: "nothing ran", policy: mutating, error: internalError("notRun"), expected: "Retry" },
  {
    title: "all of times",
    policy: byTag,
    error: internalError(),
    bounds: { times: 2 },
    attempts: 3,
    expected: "attempts"
  },
  {
    title: "one of times left",
    policy: byTag,
    error: internalError(),
    bounds: { times: 2 },
    attempts: 2,
    expected: "Retry"
  },
  { title: "times before all else", policy: nothing, error: "text", bounds: { times: 0 }, expected: "attempts" },
  {
    title: "all retries",
    policy: byTag,
    error: internalError(),
    bounds: { maxRetries: 2 },
    retries: 2,
    expected: "attempts"
  },
  {
    title: "one retry left",
    policy: byTag,
    error: internalError(),
    bounds: { maxRetries: 2 },
    retries: 1,
    expected: "Retry"
  },
  {
    title: "a quota error does not count",
    policy: byTag,
    error: throttled(),
    bounds: { maxRetries: 2 },
    retries: 2,
    expected: "Retry"
  },
  {
    title: "retries do not count where there is no schedule",
    policy: nothing,
    error: internalError(),
    bounds: { maxRetries: 0 },
    expected: "notInPolicy"
  },
  {
    title: "may run once only, and may have run",
    policy: byTag,
    error: internalError(),
    bounds: { idempotent: false },
    expected: "outcomeUnknown"
  },
  {
    title: "may run once only, and did not run",
    policy: byTag,
    error: internalError("notRun"),
    bounds: { idempotent: false },
    expected: "Retry"
  },
  {
    title: "may run once only, and ran in part",
    policy: byTag,
    error: new TencentError.PartialSuccess(),
    bounds: { idempotent: false },
    expected: "permanent"
  },
  {
    title: "may run once only, and says nothing",
    policy: byTag,
    error: new Busy(),
    bounds: { idempotent: false },
    expected: "outcomeUnknown"
  },
  {
    title: "may run twice, whatever the outcome",
    policy: byTag,
    error: internalError(),
    bounds: { idempotent: true },
    expected: "Retry"
  },
  {
    title: "a call that may run once only",
    policy: byTag,
    error: ofCall(internalError(), { idempotent: false, tried: false }),
    expected: "outcomeUnknown"
  },
  {
    title: "a call that may run once only, whatever the options",
    policy: byTag,
    error: ofCall(internalError(), { idempotent: false, tried: false }),
    bounds: { idempotent: true },
    expected: "outcomeUnknown"
  },
  {
    title: "a call that did not run",
    policy: byTag,
    error: ofCall(internalError("notRun"), { idempotent: false, tried: true }),
    expected: "Retry"
  },
  {
    title: "a call that was retried, and a default policy",
    policy: idempotent,
    error: ofCall(internalError(), { idempotent: true, tried: true }),
    expected: "notInPolicy"
  },
  {
    title: "a call that was not retried, and a default policy",
    policy: idempotent,
    error: ofCall(internalError(), { idempotent: true, tried: false }),
    expected: "Retry"
  }
]

describe("next", () => {
  it.each(cases)("$title: $expected", ({ attempts = 1, bounds = {}, error, expected, policy, retries = 0 }) => {
    const state = new RetryState(implementation(policy), bounds, 0)
    state.attempts = attempts
    state.retries = retries
    const first = next(error, state)
    assert.strictEqual(first._tag === "Stop" ? first.reason : first._tag, expected)
    // It remembers nothing.
    assert.deepStrictEqual(next(error, state), first)
    assert.deepStrictEqual([state.attempts, state.retries, state.steps.size], [attempts, retries, 0])
  })

  it("returns the schedule that the policy selects", () => {
    const policy = implementation(byTag)
    const decided = next(internalError(), new RetryState(policy, {}, 0))
    assert.isTrue(decided._tag === "Retry" && decided.selected === policy.schedules[0])
  })
})

const failureOf = <E>(self: Effect.Effect<never, E>, hooks: Hooks<E, never>): Effect.Effect<E> =>
  Effect.flip(Clock.clockWith((clock) => run(self, implementation(byTag), {}, undefined, clock, hooks)))

describe("the hooks of a client", () => {
  it.effect("can refuse a retry that is decided, with a reason", () =>
    Effect.gen(function*() {
      const error = yield* failureOf(Effect.fail(internalError()), {
        before: () => Effect.void,
        onSuccess: () => {},
        onFailure: () => Effect.void,
        beforeRetry: () => Effect.succeed<StopReason>("credentialsUnchanged"),
        onQueued: () => Effect.void,
        onRetry: () => assert.fail("no retry"),
        healthyWithin: Infinity
      })
      assert.deepInclude(Option.getOrThrow(TencentRetry.history(error)), {
        attempts: 1,
        stopped: "credentialsUnchanged"
      })
    }))

  it.effect("see a failure of what comes before an attempt come out as it is", () =>
    Effect.gen(function*() {
      let runs = 0
      const call = Effect.suspend(() => (runs++, Effect.fail(internalError())))
      const late = internalError("notRun")
      const error = yield* failureOf(call, {
        before: () => runs < 2 ? Effect.void : Effect.fail({ error: late, reason: "deadline" }),
        onSuccess: () => {},
        onFailure: () => Effect.void,
        beforeRetry: () => Effect.undefined,
        onQueued: () => Effect.void,
        onRetry: () => {},
        healthyWithin: Infinity
      })
      assert.strictEqual(error, late)
      assert.deepInclude(Option.getOrThrow(TencentRetry.history(error)), { attempts: 2, stopped: "deadline" })
    }))
})
