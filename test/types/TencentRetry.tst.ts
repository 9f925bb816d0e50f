/**
 * Policies as the compiler sees them: which fit an effect, and what it says of those that do not.
 */
import { Context, Effect, Layer, Schedule, Schema, Stream } from "effect"
import { Failure, TencentError, TencentRetry } from "effect-tencentcloud"
import * as RetryPlan from "effect-tencentcloud/RetryPlan"
import { describe, expect, test } from "tstyche"

class Foreign extends Schema.TaggedError<Foreign>()("Foreign", { seconds: Schema.Number }) {}
class QueueLocked extends Failure.define<QueueLocked>()("QueueLocked", { kind: "busy" }) {}
class Pace extends Context.Service<Pace, { readonly seconds: number }>()("Pace") {}
class Order extends Context.Service<Order, { readonly seconds: number }>()("Order") {}

type All = TencentError.TencentError

declare const call: Effect.Effect<string, All>
declare const mixed: Effect.Effect<string, All | Foreign>
declare const quiet: Effect.Effect<string, TencentError.QuotaExceeded>

const policy = TencentRetry.make({
  QuotaExceeded: TencentRetry.throttled,
  InternalError: Schedule.exponential("200 millis")
})

const readsCode = Schedule.recurs(2).pipe(
  Schedule.setInputType<TencentError.QuotaExceeded>(),
  Schedule.while(({ input }) => input.code === 4400)
)

describe("a policy by tag", () => {
  test("knows its tags, and retry leaves the types of the effect as they are", () => {
    expect(policy).type.toBe<TencentRetry.Policy<"QuotaExceeded" | "InternalError">>()
    expect(TencentRetry.make({})).type.toBe<TencentRetry.Policy<never>>()
    expect(mixed.pipe(TencentRetry.retry(policy))).type.toBe<typeof mixed>()
    expect(TencentRetry.retry(mixed, policy, { times: 3 })).type.toBe<typeof mixed>()
    expect(mixed.pipe(TencentRetry.retry(policy, { idempotent: false }))).type.toBe<typeof mixed>()
  })

  test("names a tag that the effect cannot fail with", () => {
    // @ts-expect-error InternalError is not a tag of this effect's errors
    TencentRetry.retry(quiet, policy)
    // @ts-expect-error InternalError is not a tag of this effect's errors
    quiet.pipe(TencentRetry.retry(policy))
    // @ts-expect-error QuotaExceded is not a tag of this effect's errors
    call.pipe(TencentRetry.retry(TencentRetry.make({ QuotaExceded: TencentRetry.throttled })))
  })

  test("may name the tags of foreign errors", () => {
    const foreign = TencentRetry.make({ Foreign: Schedule.recurs(1) })
    expect(mixed.pipe(TencentRetry.retry(foreign))).type.toBe<typeof mixed>()
    // @ts-expect-error Foreign is not a tag of this effect's errors
    call.pipe(TencentRetry.retry(foreign))
  })

  test("takes schedules only", () => {
    // @ts-expect-error Type 'number' is not assignable
    TencentRetry.make({ QuotaExceeded: 3 })
    // @ts-expect-error is not assignable
    TencentRetry.make({ QuotaExceeded: Schedule.recurs(1).pipe(Schedule.tap(() => Effect.fail("no"))) })
  })

  test("needs the services of its schedules", () => {
    const paced = Schedule.forever.pipe(Schedule.tap(() => Pace))
    const ordered = Schedule.forever.pipe(Schedule.tap(() => Order))
    const both = TencentRetry.make({ QuotaExceeded: paced, InternalError: ordered })
    expect(both).type.toBe<TencentRetry.Policy<"QuotaExceeded" | "InternalError", Pace | Order>>()
    expect(call.pipe(TencentRetry.retry(both))).type.toBe<Effect.Effect<string, All, Pace | Order>>()
    expect(TencentRetry.schedule(both)).type.toBe<
      Schedule.Schedule<TencentRetry.Attempt, unknown, never, Pace | Order>
    >()
  })
})

describe("a schedule that reads the error of its tag", () => {
  const readsAny = Schedule.recurs(2).pipe(
    Schedule.setInputType<All>(),
    Schedule.while(({ input }) => input.category === "Throttling")
  )
  const readsForeign = Schedule.recurs(2).pipe(
    Schedule.setInputType<Foreign>(),
    Schedule.while(({ input }) => input.seconds > 1)
  )

  test("is a part of the policy, and fits the effects whose error it reads", () => {
    const reads = TencentRetry.make({ QuotaExceeded: readsCode, InternalError: Schedule.recurs(1) })
    expect(reads).type.toBe<
      TencentRetry.Policy<
        "QuotaExceeded" | "InternalError",
        never,
        { readonly QuotaExceeded: TencentError.QuotaExceeded }
      >
    >()
    expect(call.pipe(TencentRetry.retry(reads))).type.toBe<typeof call>()
    expect(TencentRetry.retry(mixed, reads)).type.toBe<typeof mixed>()
    const any = TencentRetry.make({ QuotaExceeded: readsAny, MalformedResponse: readsAny })
    expect(call.pipe(TencentRetry.retry(any))).type.toBe<typeof call>()
    expect(mixed.pipe(TencentRetry.retry(TencentRetry.make({ Foreign: readsForeign })))).type.toBe<typeof mixed>()
  })

  test("is an error where the effect has another error of that tag", () => {
    class Foreign extends Schema.TaggedError<Foreign>()("Foreign", { minutes: Schema.Number }) {}
    const other: Effect.Effect<string, Foreign> = Effect.fail(new Foreign({ minutes: 1 }))
    // @ts-expect-error the schedule of Foreign reads what this effect's error does not have
    other.pipe(TencentRetry.retry(TencentRetry.make({ Foreign: readsForeign })))
    // @ts-expect-error the schedule of Foreign reads what this effect's error does not have
    TencentRetry.retry(other, TencentRetry.make({ Foreign: readsForeign }))
  })

  test("is an error under another tag", () => {
    // @ts-expect-error the schedule of InternalError reads the error of another tag
    TencentRetry.make({ InternalError: readsCode })
  })

  test("has no place in an ordinary schedule, which is given any error", () => {
    // @ts-expect-error Property 'QuotaExceeded' is missing
    TencentRetry.schedule(TencentRetry.make({ QuotaExceeded: readsCode }))
    expect(call.pipe(Effect.retry(TencentRetry.schedule(policy)))).type.toBe<typeof call>()
    expect(Stream.fromEffect(call).pipe(Stream.retry(TencentRetry.schedule(policy)))).type.toBe<
      Stream.Stream<string, All>
    >()
  })
})

describe("a policy by kind", () => {
  test("names no tag, so it fits every effect", () => {
    const byKind = TencentRetry.byKind({ busy: Schedule.spaced("3 seconds"), internal: undefined })
    expect(byKind).type.toBe<TencentRetry.Policy<never>>()
    expect(quiet.pipe(TencentRetry.retry(byKind))).type.toBe<typeof quiet>()
    expect(Effect.fail(new QueueLocked({ code: 1 })).pipe(TencentRetry.retry(byKind))).type.toBe<
      Effect.Effect<never, QueueLocked>
    >()
  })

  test("names a misspelt kind", () => {
    // @ts-expect-error 'bussy' does not exist
    TencentRetry.byKind({ bussy: Schedule.spaced("3 seconds") })
  })

  test("a schedule may read the kind, and no more", () => {
    const readsKind = Schedule.recurs(1).pipe(Schedule.setInputType<{ readonly kind: "busy" }>())
    expect(TencentRetry.byKind).type.toBeCallableWith({ busy: readsKind })
    expect(TencentRetry.byKind).type.not.toBeCallableWith({ inUse: readsKind })
    expect(TencentRetry.byKind).type.not.toBeCallableWith({ throttled: readsCode })
  })
})

describe("orElse", () => {
  test("joins tags, services and what is read", () => {
    const joined = TencentRetry.orElse(TencentRetry.make({ QuotaExceeded: readsCode }), policy)
    expect(joined).type.toBe<
      TencentRetry.Policy<
        "QuotaExceeded" | "InternalError",
        never,
        { readonly QuotaExceeded: TencentError.QuotaExceeded }
      >
    >()
    expect(call.pipe(TencentRetry.retry(joined))).type.toBe<typeof call>()
    // @ts-expect-error InternalError is not a tag of this effect's errors
    quiet.pipe(TencentRetry.retry(joined))
    expect(TencentRetry.orElse(TencentRetry.byKind({}), TencentRetry.idempotent)).type.toBe<
      TencentRetry.Policy<never>
    >()
  })
})

describe("the default policies", () => {
  test("fit every effect", () => {
    expect(call.pipe(TencentRetry.retry(TencentRetry.idempotent))).type.toBe<typeof call>()
    expect(Effect.fail(new Foreign({ seconds: 1 })).pipe(TencentRetry.retry(TencentRetry.mutating))).type.toBe<
      Effect.Effect<never, Foreign>
    >()
    expect(Effect.fail("text").pipe(TencentRetry.retry(TencentRetry.mutating))).type.toBe<
      Effect.Effect<never, string>
    >()
  })
})

describe("PolicyFor", () => {
  test("takes what fits an effect with these errors", () => {
    type For = TencentRetry.PolicyFor<All>
    expect<For>().type.toBeAssignableFrom(policy)
    expect<For>().type.toBeAssignableFrom(TencentRetry.make({ QuotaExceeded: readsCode }))
    expect<For>().type.toBeAssignableFrom(TencentRetry.idempotent)
    expect<For>().type.not.toBeAssignableFrom(TencentRetry.make({ QuotaExceded: TencentRetry.throttled }))
    expect<TencentRetry.PolicyFor<Foreign>>().type.not.toBeAssignableFrom(policy)
  })
})

describe("RetryPlan", () => {
  test("wants an error for each schedule that reads one", () => {
    const reads = TencentRetry.make({ QuotaExceeded: readsCode, InternalError: Schedule.recurs(1) })
    expect(RetryPlan.describe).type.toBeCallableWith(policy)
    expect(RetryPlan.describe).type.toBeCallableWith(reads, [], { QuotaExceeded: new TencentError.QuotaExceeded() })
    // @ts-expect-error Property 'QuotaExceeded' is missing
    RetryPlan.describe(reads)
    expect(RetryPlan.describe).type.not.toBeCallableWith(reads, [], { QuotaExceeded: new TencentError.InternalError() })
  })
})

describe("why it stopped", () => {
  test("is one of eight reasons", () => {
    expect<TencentRetry.History["stopped"]>().type.toBe<TencentRetry.StopReason>()
    expect<TencentRetry.StopReason>().type.toBe<
      | "permanent"
      | "outcomeUnknown"
      | "notInPolicy"
      | "scheduleEnded"
      | "attempts"
      | "deadline"
      | "budget"
      | "credentialsUnchanged"
    >()
  })

  test("decide takes what says how it may be retried", () => {
    expect(TencentRetry.decide).type.toBeCallableWith(new TencentError.InternalError(), { idempotent: true })
    expect(TencentRetry.decide).type.not.toBeCallableWith(new Foreign({ seconds: 1 }), { idempotent: true })
    // @ts-expect-error Type '"someday"' is not assignable to type 'RetryClass'
    TencentRetry.decide({ retryClass: "someday" }, { idempotent: true })
  })
})

describe("the options", () => {
  test("a misspelt one is named", () => {
    // @ts-expect-error 'tims' does not exist in type 'Options'
    TencentRetry.retry(policy, { tims: 3 })
  })

  test("a budget comes from Budget.make or a layer, not from an object with a state", () => {
    const state = Effect.succeed({ tokens: 1, queued: 0 })
    expect<TencentRetry.Budget["Service"]>().type.not.toBeAssignableFrom({ state })
    // @ts-expect-error is missing
    TencentRetry.retry(call, policy, { budget: { state } })
    // @ts-expect-error is missing
    Layer.succeed(TencentRetry.Budget, { state })
  })
})
