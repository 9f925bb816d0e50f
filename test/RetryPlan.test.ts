import { assert, describe, it } from "@effect/vitest"
import { ErrorCode, Failure, TencentError, TencentRetry } from "effect-tencentcloud"
import * as RetryPlan from "effect-tencentcloud/RetryPlan"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"

const { catalogue } = ErrorCode

/** A schedule without retries that keeps what it is given. */
const keeping = () => {
  const inputs: Array<unknown> = []
  const schedule = Schedule.while(Schedule.forever, ({ input }) => {
    inputs.push(input)
    return false
  })
  return { inputs, schedule }
}

/** A description with its waits in milliseconds. */
const inMillis = ({ median, worst, ...rest }: RetryPlan.Description) => ({
  ...rest,
  median: median.map(Duration.toMillis),
  worst: worst.map(Duration.toMillis)
})

const described = <Tags extends string>(policy: TencentRetry.Policy<Tags>, codes?: ReadonlyArray<RetryPlan.Code>) =>
  Effect.map(RetryPlan.describe(policy, codes), (all) => all.map(inMillis))

const named = <Tags extends string>(policy: TencentRetry.Policy<Tags>, codes?: ReadonlyArray<RetryPlan.Code>) =>
  Effect.map(described(policy, codes), (all) => all.map(({ kinds, name, tags }) => ({ name, tags, kinds })))

/** The last cell of each row of a table. */
const lastOf = (text: string) => text.split("\n").slice(1).map((line) => line.split(/ {2,}/).at(-1))

const lines = (...all: ReadonlyArray<string>): string => all.join("\n")

describe("a description", () => {
  it.effect("lists the schedules of a default policy with their tags, kinds and waits", () =>
    Effect.gen(function*() {
      const [transient, maintenance, throttled, replay, credentials] = yield* described(
        TencentRetry.idempotent,
        catalogue
      )
      assert.deepStrictEqual(transient, {
        name: "transient",
        tags: ["ResourceOperationFailed", "InternalError"],
        kinds: ["operationFailed", "internal", "timeout", "overload", "transport"],
        median: [150, 300, 600, 1200, 2400],
        worst: [200, 400, 800, 1600, 3200],
        endless: false
      })
      assert.deepStrictEqual(maintenance, {
        name: "maintenance",
        tags: ["ApiUnavailable"],
        kinds: ["unavailable"],
        median: [750, 1500, 3000, 6000, 7500],
        worst: [1000, 2000, 4000, 8000, 10_000],
        endless: false
      })
      assert.deepStrictEqual(throttled, {
        name: "throttled",
        tags: ["QuotaExceeded"],
        kinds: ["throttled"],
        median: [1500, ...Array.from({ length: 28 }, () => 1000)],
        worst: Array.from({ length: 15 }, () => 2000),
        endless: false
      })
      assert.deepInclude(replay, { name: "replay", tags: ["ReplayAttack"], median: [0, 0], worst: [0, 0] })
      assert.deepInclude(credentials, {
        name: "credentials",
        tags: ["AuthenticationFailed", "SecretIdNotFound", "InvalidToken"],
        kinds: ["credentials"],
        median: [0]
      })
    }))

  it.effect("lists a schedule that no kind leads to, because it is only for errors after which nothing ran", () =>
    Effect.gen(function*() {
      const [transient] = yield* described(TencentRetry.mutating, catalogue)
      assert.deepStrictEqual(transient, {
        name: "transient",
        tags: [],
        kinds: [],
        median: [150, 300, 600, 1200, 2400],
        worst: [200, 400, 800, 1600, 3200],
        endless: false
      })
    }))

  it.effect("names kinds where no codes are listed", () =>
    Effect.gen(function*() {
      const all = yield* named(TencentRetry.idempotent)
      assert.deepStrictEqual(all.map(({ tags }) => tags), [[], [], [], [], []])
      assert.deepStrictEqual(all.map(({ kinds }) => kinds.length), [5, 1, 1, 1, 1])
    }))

  it.effect("lists codes of your own beside those of the catalogue", () =>
    Effect.gen(function*() {
      const own: ReadonlyArray<RetryPlan.Code> = [{ tag: "QueueLocked", kind: "busy", code: 4450 }]
      const policy = TencentRetry.byKind({ busy: Schedule.recurs(1), internal: Schedule.recurs(1) })
      assert.deepStrictEqual(yield* named(policy, [...catalogue, ...own]), [
        { name: "busy", tags: ["QueueLocked"], kinds: ["busy"] },
        { name: "internal", tags: ["InternalError"], kinds: ["internal"] }
      ])
    }))

  it.effect("lists under each schedule of orElse the codes that reach it", () =>
    Effect.gen(function*() {
      const policy = TencentRetry.orElse(
        TencentRetry.byKind({ internal: Schedule.recurs(1) }),
        TencentRetry.orElse(TencentRetry.mutating, TencentRetry.idempotent)
      )
      const transient = (yield* named(policy, catalogue)).filter(({ name }) => name === "transient")
      assert.deepStrictEqual(transient, [
        { name: "transient", tags: [], kinds: [] },
        {
          name: "transient",
          tags: ["ResourceOperationFailed"],
          kinds: ["operationFailed", "timeout", "overload", "transport"]
        }
      ])
    }))

  it.effect("says that a schedule has no end, and lists its first 50 waits", () =>
    Effect.gen(function*() {
      const [endless, bounded] = yield* described(
        TencentRetry.make({ QuotaExceeded: Schedule.spaced("1 second"), InternalError: Schedule.recurs(49) })
      )
      assert.deepInclude(endless, { endless: true, median: Array.from({ length: 50 }, () => 1000) })
      assert.deepInclude(bounded, { endless: false, median: Array.from({ length: 49 }, () => 0) })
    }))

  it.effect("waits for nothing", () =>
    Effect.gen(function*() {
      yield* RetryPlan.describe(TencentRetry.idempotent)
      assert.strictEqual(yield* Clock.currentTimeMillis, 0)
    }))

  it.effect("needs the services of the schedules", () =>
    Effect.gen(function*() {
      class Pace extends Context.Service<Pace, { readonly delay: Duration.Duration }>()("test/Pace") {}
      const paced = Schedule.recurs(1).pipe(Schedule.modifyDelay(() => Effect.map(Pace, ({ delay }) => delay)))
      const effect: Effect.Effect<ReadonlyArray<RetryPlan.Description>, never, Pace> = RetryPlan.describe(
        TencentRetry.make({ InternalError: paced })
      )
      const [description] = yield* Effect.provideService(effect, Pace, { delay: Duration.seconds(7) })
      assert.deepStrictEqual(description?.median.map(Duration.toMillis), [7000])
    }))
})

describe("the error that a schedule is run with", () => {
  it.effect("has the fields of the first listed code", () =>
    Effect.gen(function*() {
      const { inputs, schedule } = keeping()
      yield* RetryPlan.describe(TencentRetry.make({ QuotaExceeded: schedule }), catalogue)
      assert.isNotEmpty(inputs)
      for (const input of inputs) {
        assert.deepStrictEqual(input, {
          _tag: "QuotaExceeded",
          code: 4400,
          message: "",
          kind: "throttled",
          category: "Throttling",
          retryClass: "throttled",
          outcome: "notRun"
        })
      }
    }))

  it.effect("has the meaning of the kind, where no code leads to it", () =>
    Effect.gen(function*() {
      const { inputs, schedule } = keeping()
      yield* RetryPlan.describe(TencentRetry.byKind({ busy: schedule }), catalogue)
      assert.isNotEmpty(inputs)
      for (const input of inputs) assert.deepInclude(input, { kind: "busy", category: "Resource", outcome: "notRun" })
    }))

  it.effect("has its tag alone, where nothing else is known", () =>
    Effect.gen(function*() {
      const { inputs, schedule } = keeping()
      yield* RetryPlan.describe(TencentRetry.make({ OfAnotherLibrary: schedule }))
      assert.isNotEmpty(inputs)
      for (const input of inputs) assert.deepStrictEqual(input, { _tag: "OfAnotherLibrary" })
    }))

  it.effect("is the one that is given, for a schedule that reads more than the tag", () =>
    Effect.gen(function*() {
      class Locked extends Failure.define<Locked>()("Locked", { kind: "busy" }) {}
      const ofServer = Schedule.spaced("1 second").pipe(
        Schedule.setInputType<TencentError.InternalError>(),
        Schedule.while(({ input }) => input.category.startsWith("Server")),
        Schedule.upTo({ times: 2 })
      )
      const byMessage = Schedule.forever.pipe(
        Schedule.setInputType<Locked>(),
        Schedule.modifyDelay(({ input }) => Effect.succeed(Duration.seconds(Number(input.message)))),
        Schedule.upTo({ times: 1 })
      )
      const policy = TencentRetry.make({ InternalError: ofServer, Locked: byMessage, A: Schedule.recurs(1) })
      const all = yield* RetryPlan.describe(policy, catalogue, {
        InternalError: new TencentError.InternalError(),
        Locked: new Locked({ code: 4640, message: "7" })
      })
      assert.deepStrictEqual(all.map(({ median, name }) => [name, median.map(Duration.toMillis)]), [
        ["InternalError", [1000, 1000]],
        ["Locked", [7000]],
        ["A", [0]]
      ])
    }))
})

const policy = TencentRetry.make({
  QuotaExceeded: Schedule.spaced("1 second"),
  InternalError: TencentRetry.transient,
  ReplayAttack: Schedule.spaced("2 seconds").pipe(Schedule.upTo({ times: 2 }))
})

describe("table", () => {
  it.effect("has a line for each schedule", () =>
    Effect.gen(function*() {
      assert.strictEqual(
        RetryPlan.table(yield* RetryPlan.describe(policy)),
        lines(
          "name           retries  median waits                        at most in all  for",
          "QuotaExceeded  no end   1.0 s, 1.0 s, 1.0 s, 1.0 s, ...     no end          QuotaExceeded",
          "InternalError  5        150 ms, 300 ms, 600 ms, 1.2 s, ...  6.2 s           InternalError",
          "ReplayAttack   2        2.0 s, 2.0 s                        4.0 s           ReplayAttack"
        )
      )
    }))

  it.effect("names tags, else kinds, else says that it is only for errors after which nothing ran", () =>
    Effect.gen(function*() {
      const withCodes = RetryPlan.table(yield* RetryPlan.describe(TencentRetry.mutating, catalogue))
      assert.deepStrictEqual(lastOf(withCodes), [
        "only where nothing ran",
        "ApiUnavailable",
        "QuotaExceeded",
        "ReplayAttack",
        "AuthenticationFailed, SecretIdNotFound, InvalidToken"
      ])
      const withoutCodes = RetryPlan.table(yield* RetryPlan.describe(TencentRetry.mutating))
      assert.deepStrictEqual(lastOf(withoutCodes), [
        "only where nothing ran",
        "unavailable",
        "throttled",
        "replay",
        "credentials"
      ])
    }))

  it.effect("says from how many to how many retries, where randomness decides", () =>
    Effect.gen(function*() {
      const text = RetryPlan.table(yield* RetryPlan.describe(TencentRetry.idempotent))
      assert.match(text, /^throttled +15 to 29 /m)
    }))

  it.effect("of a policy without schedules is its head", () =>
    Effect.gen(function*() {
      const text = RetryPlan.table(yield* RetryPlan.describe(TencentRetry.make({})))
      assert.strictEqual(text, "name  retries  median waits  at most in all  for")
    }))
})

describe("timeline", () => {
  it.effect("has a line for the median and one for the worst case, on one axis", () =>
    Effect.gen(function*() {
      const two = TencentRetry.make({
        InternalError: TencentRetry.equalJitter(Schedule.spaced("4 seconds")).pipe(Schedule.upTo({ times: 2 })),
        ReplayAttack: TencentRetry.replay
      })
      assert.strictEqual(
        RetryPlan.timeline(yield* RetryPlan.describe(two)),
        lines(
          "InternalError  median  o----------------------o---------------------o                 6.0 s",
          "               worst   o-----------------------------o-----------------------------o  8.0 s",
          "ReplayAttack   median  o                                                              0 ms",
          "               worst   o                                                              0 ms"
        )
      )
    }))

  it.effect("of a policy without schedules is empty", () =>
    Effect.gen(function*() {
      assert.strictEqual(RetryPlan.timeline(yield* RetryPlan.describe(TencentRetry.make({}))), "")
    }))
})
