import { assert, describe, it } from "@effect/vitest"
import { ErrorCode, type ErrorKind, Failure, TencentError, TencentRetry } from "effect-tencentcloud"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Pull from "effect/Pull"
import * as Random from "effect/Random"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { TestClock } from "effect/testing"

// ---------------------------------------------------------------------------------------------------------------------
// Tools
// ---------------------------------------------------------------------------------------------------------------------

class A extends Data.TaggedError("A")<{ readonly n?: number }> {}
class B extends Data.TaggedError("B")<{ readonly n?: number }> {}
class C extends Data.TaggedError("C")<{ readonly n?: number }> {}

const of = { A: () => new A({}), B: () => new B({}), C: () => new C({}) }

/** A retry class of the catalogue on a class that is not ours, as the failures of a client carry it. */
class Refused extends Data.TaggedError("Refused")<
  { readonly outcome?: "notRun" | "unknown"; readonly retryAfter?: Duration.Duration }
> {
  readonly retryClass = "transient" as const
}

/** A meaning that one module gives to a code, with a retry class of its own. */
class Busy extends Failure.define<Busy>()("Busy", { kind: "busy", retryClass: "transient", outcome: "unknown" }) {}

/** How often an action that always fails is sent in all. A quota is tried once in every second for 30 s. */
const attempts: { readonly [T in ErrorCode.Tag]: readonly [idempotent: number, mutating: number] } = {
  InvalidParameter: [1, 1],
  AuthenticationFailed: [2, 2],
  UnauthorizedApi: [1, 1],
  UnauthorizedResource: [1, 1],
  UnauthorizedApiResource: [1, 1],
  SecretIdNotFound: [2, 2],
  InvalidToken: [2, 2],
  MfaFailed: [1, 1],
  CamAuthenticationFailed: [1, 1],
  AccessDenied: [1, 1],
  QuotaExceeded: [30, 30],
  ReplayAttack: [3, 3],
  UnsupportedProtocol: [1, 1],
  ResourceNotFound: [1, 1],
  ResourceOperationFailed: [6, 1],
  ResourcePurchaseFailed: [1, 1],
  InsufficientBalance: [1, 1],
  PartialSuccess: [1, 1],
  IdentityNotVerified: [1, 1],
  InternalError: [6, 1],
  UnsupportedVersion: [1, 1],
  ApiUnavailable: [6, 6]
}

/** The classes of the catalogue by tag. */
const classes: {
  readonly [T in ErrorCode.Tag]: new(
    fields: { readonly message?: string; readonly outcome?: ErrorKind.Outcome }
  ) => TencentError.ByTag<T>
} = TencentError

const body = Redacted.make<unknown>({ code: 4500 })

const internalError = () => new TencentError.InternalError()

const replayed = () => new TencentError.ReplayAttack({ message: "nonce", requestId: "r", body })

const everySeconds = (n: number) => Schedule.spaced(Duration.seconds(n))

/** The tags after which the action may have run. */
const mayHaveRun: ReadonlySet<string> = new Set(["ResourceOperationFailed", "PartialSuccess", "InternalError"])

/** An effect that fails with the errors in order and then returns `"done"`, and the times at which it ran. */
const script = <E>(errors: Iterable<E>) => {
  const times: Array<number> = []
  const iterator = errors[Symbol.iterator]()
  const effect: Effect.Effect<string, E> = Effect.flatMap(Clock.currentTimeMillis, (now) => {
    times.push(now)
    const next = iterator.next()
    return next.done === true ? Effect.succeed("done") : Effect.fail(next.value)
  })
  return { times, effect }
}

/** The errors of the tags in order. */
const tags = (...names: ReadonlyArray<keyof typeof of>): ReadonlyArray<A | B | C> => names.map((name) => of[name]())

/** A new error for every attempt, without end. */
function* always<E>(make: () => E): Generator<E> {
  while (true) yield make()
}

/** Runs an effect to its end on virtual time: its result, and the time at which it ended. */
const settle = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function*() {
    const timed = Effect.flatMap(
      Effect.result(effect),
      (result) => Effect.map(Clock.currentTimeMillis, (end) => ({ result, end }))
    )
    const fiber = yield* Effect.forkChild(timed)
    yield* TestClock.adjust("1 hour")
    return yield* Fiber.join(fiber)
  })

const failureOf = <A, E>(result: Result.Result<A, E>): E =>
  Result.isFailure(result) ? result.failure : assert.fail("expected a failure")

const historyOf = (error: unknown): TencentRetry.History =>
  Option.getOrElse(TencentRetry.history(error), () => assert.fail("expected a history"))

/** An attempt that takes 5 s. */
const later = <A, E>(effect: Effect.Effect<A, E>) => Effect.delay(effect, "5 seconds")

/** How often an effect runs that always fails in one way. */
const attemptsUnder = <E>(policy: TencentRetry.Policy<never>, make: () => E) =>
  Effect.gen(function*() {
    const call = script(always(make))
    const { result } = yield* settle(call.effect.pipe(TencentRetry.retry(policy)))
    assert.strictEqual(historyOf(failureOf(result)).attempts, call.times.length)
    return call.times.length
  })

const attempt = (attempt: number, tag: string, delay: number, elapsed: number): TencentRetry.Attempt => ({
  attempt,
  tag,
  delay: Duration.millis(delay),
  elapsed: Duration.millis(elapsed)
})

/** The delays that a schedule asks for in a row, in milliseconds, at most `limit`, with virtual time moving along. */
const delaysOf = <Output, Input, Env>(
  schedule: Schedule.Schedule<Output, Input, never, Env>,
  input: Input,
  options?: { readonly start?: number; readonly limit?: number }
) =>
  Effect.gen(function*() {
    const step = yield* Schedule.toStep(schedule)
    const delays: Array<number> = []
    let now = options?.start ?? 0
    while (delays.length < (options?.limit ?? 1000)) {
      const delay = yield* Pull.catchDone(Effect.map(step(now, input), ([, delay]) => delay), () => Effect.undefined)
      if (delay === undefined) break
      delays.push(Duration.toMillis(delay))
      now += Duration.toMillis(delay)
    }
    return delays
  })

/** Every random number is the given one: the edges of a range, which a seed does not reach. */
const withRandom = (value: number) =>
  Effect.provideService(Random.Random, { nextDoubleUnsafe: () => value, nextIntUnsafe: () => 0 })

const almostOne = 1 - Number.EPSILON

const seeds = Array.from({ length: 200 }, (_, i) => `seed ${i}`)

const assertWithin = (value: number, from: number, below: number, message: string): void => {
  assert.isTrue(value >= from && value < below, `${message}: ${value} is not in [${from}, ${below})`)
}

// ---------------------------------------------------------------------------------------------------------------------
// Policies
// ---------------------------------------------------------------------------------------------------------------------

describe("TencentRetry", () => {
  describe("make", () => {
    const twice = TencentRetry.make({ A: Schedule.recurs(2), B: Schedule.recurs(2) })

    it.effect("counts each tag for itself, however the tags alternate", () =>
      Effect.gen(function*() {
        const call = script(tags("A", "B", "A", "B", "A", "B"))
        const error = yield* Effect.flip(call.effect.pipe(TencentRetry.retry(twice)))
        assert.strictEqual(error._tag, "A")
        assert.strictEqual(call.times.length, 1 + 4)
      }))

    it.effect("continues the schedule of a tag where it was", () =>
      Effect.gen(function*() {
        const policy = TencentRetry.make({
          A: Schedule.exponential("100 millis"),
          B: Schedule.exponential("1 second", 3)
        })
        const call = script(tags("A", "B", "A", "A", "B", "A", "B"))
        const { result } = yield* settle(call.effect.pipe(TencentRetry.retry(policy)))
        assert.deepStrictEqual(result, Result.succeed("done"))
        const delays = call.times.slice(1).map((time, i) => time - (call.times[i] ?? 0))
        assert.deepStrictEqual(delays, [100, 1000, 200, 400, 3000, 800, 9000])
      }))

    it.effect("stops at once for a tag without a schedule", () =>
      Effect.gen(function*() {
        const call = script(tags("A", "C", "A"))
        const error = yield* Effect.flip(call.effect.pipe(TencentRetry.retry(twice)))
        assert.strictEqual(error._tag, "C")
        assert.strictEqual(call.times.length, 2)
      }))

    it.effect.each(
      ["text", 42, null, undefined, new Error("no tag"), { _tag: 1 }, { _tag: null }, () => "A"] as ReadonlyArray<
        unknown
      >
    )("stops at once for %s, an error without a tag", (error) =>
      Effect.gen(function*() {
        const call = script([error])
        const out = yield* Effect.flip(Effect.retry(call.effect, TencentRetry.schedule(twice)))
        assert.strictEqual(out, error)
        assert.strictEqual(call.times.length, 1)
      }))

    it.effect("reads own keys only", () =>
      Effect.gen(function*() {
        const call = script(["toString", "constructor", "__proto__"].map((_tag) => ({ _tag })))
        const error = yield* Effect.flip(Effect.retry(call.effect, TencentRetry.schedule(twice)))
        assert.strictEqual(error._tag, "toString")
      }))

    it.effect("hands the error to the schedule of its tag", () =>
      Effect.gen(function*() {
        const policy = TencentRetry.make({
          QuotaExceeded: Schedule.forever.pipe(
            Schedule.setInputType<TencentError.QuotaExceeded>(),
            Schedule.modifyDelay(({ input }) => Effect.succeed(Duration.seconds(Number(input.message))))
          )
        })
        const call = script(["1", "2", "4"].map((message) => new TencentError.QuotaExceeded({ message })))
        yield* settle(call.effect.pipe(TencentRetry.retry(policy)))
        assert.deepStrictEqual(call.times, [0, 1000, 3000, 7000])
      }))

    it.effect("returns the value of a success after failures", () =>
      Effect.gen(function*() {
        const call = script(tags("A", "B"))
        assert.strictEqual(yield* call.effect.pipe(TencentRetry.retry(twice)), "done")
        assert.strictEqual(call.times.length, 3)
      }))

    it.effect("runs an effect that succeeds once", () =>
      Effect.gen(function*() {
        const call = script<A | B>([])
        assert.strictEqual(yield* call.effect.pipe(TencentRetry.retry(twice)), "done")
        assert.strictEqual(call.times.length, 1)
      }))

    // Which failure ends the retries, by counting: the model has no schedules in it.
    const limits: { readonly [tag: string]: number } = { A: 1, B: 3 }
    const attemptsOfModel = (names: ReadonlyArray<string>, times: number): number => {
      const counts: { [tag: string]: number } = {}
      const end = names.findIndex((name, i) => {
        counts[name] = (counts[name] ?? 0) + 1
        return i >= times || counts[name] > (limits[name] ?? 0)
      })
      return end === -1 ? names.length + 1 : end + 1
    }

    it.effect.prop(
      "agrees with a count per tag for any sequence of failures",
      {
        names: Schema.Array(Schema.Literals(["A", "A", "B", "B", "B", "C"])),
        times: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 6 }))
      },
      ({ names, times }) =>
        Effect.gen(function*() {
          const policy = TencentRetry.make({ A: Schedule.recurs(1), B: Schedule.recurs(3) })
          const call = script(tags(...names))
          yield* Effect.exit(call.effect.pipe(TencentRetry.retry(policy, { times })))
          assert.strictEqual(call.times.length, attemptsOfModel(names, times), names.join())
        })
    )
  })

  describe("byKind", () => {
    class Locked extends Failure.define<Locked>()("Locked", { kind: "busy" }) {}
    class Starting extends Failure.define<Starting>()("Starting", { kind: "busy" }) {}

    it.effect("retries the errors of a kind, whatever their classes, on one schedule", () =>
      Effect.gen(function*() {
        const policy = TencentRetry.byKind({ busy: Schedule.exponential("1 second") })
        const locked = new Locked({ code: 4640 })
        const starting = new Starting({ code: 4641 })
        const call = script<Locked | Starting | A>([locked, starting, locked, of.A()])
        const { result } = yield* settle(call.effect.pipe(TencentRetry.retry(policy)))
        assert.deepStrictEqual(call.times, [0, 1000, 3000, 7000])
        assert.deepInclude(historyOf(failureOf(result)), {
          tags: ["Locked", "Starting", "Locked", "A"],
          stopped: "notInPolicy"
        })
      }))

    it.effect("keeps the kinds apart", () =>
      Effect.gen(function*() {
        const policy = TencentRetry.byKind({ busy: Schedule.recurs(2), internal: Schedule.recurs(1) })
        const errors = [new Locked({ code: 1 }), new TencentError.InternalError(), new Locked({ code: 1 })]
        const call = script<Locked | TencentError.InternalError>([...errors, new TencentError.InternalError()])
        const { result } = yield* settle(call.effect.pipe(TencentRetry.retry(policy)))
        assert.strictEqual(failureOf(result)._tag, "InternalError")
        assert.strictEqual(call.times.length, 4)
      }))

    it.effect("does not retry a kind of its own accord, safe or not", () =>
      Effect.gen(function*() {
        for (const policy of [TencentRetry.idempotent, TencentRetry.mutating, TencentRetry.byKind({})]) {
          assert.strictEqual(yield* attemptsUnder(policy, () => new Locked({ code: 1 })), 1)
        }
      }))

    it.effect("does not know whether an action is idempotent: the option does", () =>
      Effect.gen(function*() {
        const policy = TencentRetry.byKind({ busy: Schedule.recurs(3) })
        for (const [outcome, attempts] of [["notRun", 4], ["unknown", 1]] as const) {
          const call = script(always(() => new Locked({ code: 1, outcome })))
          yield* settle(call.effect.pipe(TencentRetry.retry(policy, { idempotent: false })))
          assert.strictEqual(call.times.length, attempts, outcome)
        }
      }))

    it.effect.each(["toString", "__proto__", undefined, 7])(
      "reads own keys only: the kind %s",
      (kind) =>
        Effect.gen(function*() {
          const policy = TencentRetry.byKind({ busy: Schedule.recurs(3), inUse: undefined })
          assert.strictEqual(yield* attemptsUnder(policy, () => ({ kind })), 1)
          assert.strictEqual(yield* attemptsUnder(policy, () => ({ kind: "inUse" })), 1)
        })
    )
  })

  describe("orElse", () => {
    it.effect("asks the first policy, and the second where the first has no schedule", () =>
      Effect.gen(function*() {
        const policy = TencentRetry.orElse(
          TencentRetry.make({ A: everySeconds(1) }),
          TencentRetry.make({ A: everySeconds(100), B: everySeconds(10) })
        )
        const call = script(tags("A", "B", "A", "C"))
        const { result } = yield* settle(call.effect.pipe(TencentRetry.retry(policy)))
        assert.deepStrictEqual(call.times, [0, 1000, 11_000, 12_000])
        assert.strictEqual(historyOf(failureOf(result)).stopped, "notInPolicy")
      }))

    it.effect("does not go on with the second where the schedule of the first has ended", () =>
      Effect.gen(function*() {
        const policy = TencentRetry.orElse(
          TencentRetry.make({ A: Schedule.recurs(1) }),
          TencentRetry.make({ A: Schedule.recurs(9) })
        )
        const call = script(always(of.A))
        const { result } = yield* settle(call.effect.pipe(TencentRetry.retry(policy)))
        assert.deepInclude(historyOf(failureOf(result)), { attempts: 2, stopped: "scheduleEnded" })
      }))

    it.effect("keeps the state of schedules of one name apart", () =>
      Effect.gen(function*() {
        // Three schedules that are all called "busy": by tag, by kind, and by kind again.
        class Named extends Failure.define<Named>()("busy", { kind: "exists" }) {}
        class Locked extends Failure.define<Locked>()("Locked", { kind: "busy" }) {}
        const policy = TencentRetry.orElse(
          TencentRetry.orElse(
            TencentRetry.make({ busy: Schedule.recurs(2) }),
            TencentRetry.byKind({ busy: Schedule.recurs(2) })
          ),
          TencentRetry.byKind({ busy: Schedule.recurs(9) })
        )
        const errors = [
          new Named({ code: 1 }),
          new Locked({ code: 2 }),
          new Named({ code: 1 }),
          new Locked({ code: 2 })
        ]
        const call = script<Named | Locked>([...errors, new Locked({ code: 2 })])
        const { result } = yield* settle(call.effect.pipe(TencentRetry.retry(policy)))
        assert.strictEqual(failureOf(result)._tag, "Locked")
        assert.strictEqual(call.times.length, 5)
      }))

    it.effect("keeps the state of two default policies apart", () =>
      Effect.gen(function*() {
        // What ran nothing is for the first, the rest for the second: five retries each.
        const policy = TencentRetry.orElse(TencentRetry.mutating, TencentRetry.idempotent)
        let n = 0
        const make = () => new TencentError.InternalError({ outcome: n++ % 2 === 0 ? "notRun" : "unknown" })
        assert.strictEqual(yield* attemptsUnder(policy, make), 11)
      }))

    const reasons = [
      [
        "the first names it, where the second has no schedule",
        TencentRetry.mutating,
        TencentRetry.byKind({}),
        "outcomeUnknown"
      ],
      [
        "the second names it, where the first does not know the error",
        TencentRetry.byKind({}),
        TencentRetry.mutating,
        "outcomeUnknown"
      ],
      ["the first goes before the second", TencentRetry.mutating, TencentRetry.mutating, "outcomeUnknown"],
      ["neither knows the error", TencentRetry.byKind({}), TencentRetry.byKind({}), "notInPolicy"]
    ] as const

    it.effect.each(reasons)("says why it stops: %s", ([, first, second, expected]) =>
      Effect.gen(function*() {
        const call = script(always(() => new TencentError.InternalError()))
        const { result } = yield* settle(call.effect.pipe(TencentRetry.retry(TencentRetry.orElse(first, second))))
        assert.deepInclude(historyOf(failureOf(result)), { attempts: 1, stopped: expected })
      }))
  })

  describe("schedules with services", () => {
    class Pace extends Context.Service<Pace, { readonly delay: Duration.Duration }>()("test/Pace") {}

    const paced = Schedule.forever.pipe(
      Schedule.modifyDelay(() => Effect.map(Pace, ({ delay }) => delay)),
      Schedule.upTo({ times: 2 })
    )

    it.effect("take them from the retried effect", () =>
      Effect.gen(function*() {
        const call = script(always(of.A))
        const retried: Effect.Effect<string, A, Pace> = call.effect.pipe(
          TencentRetry.retry(TencentRetry.make({ A: paced }))
        )
        yield* settle(Effect.provideService(retried, Pace, { delay: Duration.seconds(7) }))
        assert.deepStrictEqual(call.times, [0, 7000, 14_000])
      }))

    it.effect("take them from the schedule", () =>
      Effect.gen(function*() {
        const call = script(always(of.A))
        const schedule: Schedule.Schedule<TencentRetry.Attempt, unknown, never, Pace> = TencentRetry.schedule(
          TencentRetry.make({ A: paced })
        )
        yield* settle(Effect.provideService(Effect.retry(call.effect, schedule), Pace, { delay: Duration.seconds(7) }))
        assert.deepStrictEqual(call.times, [0, 7000, 14_000])
      }))
  })

  describe("many retries", () => {
    it.effect("grow neither the stack nor the history", () =>
      Effect.gen(function*() {
        const policy = TencentRetry.make({ A: Schedule.recurs(20_000) })
        const call = script(always(of.A))
        const error = yield* Effect.flip(call.effect.pipe(TencentRetry.retry(policy)))
        assert.strictEqual(historyOf(error).attempts, 20_001)
        assert.strictEqual(historyOf(error).tags.length, 100)
      }))
  })

  describe("the two forms of retry", () => {
    const policy = TencentRetry.make({ A: Schedule.recurs(5) })

    it.effect("data-last", () =>
      Effect.gen(function*() {
        const call = script(always(of.A))
        yield* Effect.flip(call.effect.pipe(TencentRetry.retry(policy)))
        yield* Effect.flip(call.effect.pipe(TencentRetry.retry(policy, { times: 1 })))
        assert.strictEqual(call.times.length, 6 + 2)
      }))

    it.effect("data-first", () =>
      Effect.gen(function*() {
        const call = script(always(of.A))
        yield* Effect.flip(TencentRetry.retry(call.effect, policy))
        yield* Effect.flip(TencentRetry.retry(call.effect, policy, { times: 1 }))
        assert.strictEqual(call.times.length, 6 + 2)
      }))

    it.effect("an error that is yielded is an effect too", () =>
      Effect.gen(function*() {
        const error = of.A()
        assert.strictEqual(yield* Effect.flip(TencentRetry.retry(error, policy)), error)
        assert.strictEqual(historyOf(error).attempts, 6)
      }))
  })

  // -------------------------------------------------------------------------------------------------------------------
  // Bounds
  // -------------------------------------------------------------------------------------------------------------------

  describe("times", () => {
    const policy = TencentRetry.make({ A: Schedule.recurs(10), B: Schedule.recurs(10) })

    it.effect.each([0, 1, 2, 3, 7, 20])("%s bounds the sum over the tags", (times) =>
      Effect.gen(function*() {
        const call = script(tags(...Array.from({ length: 30 }, (_, i) => i % 2 === 0 ? "A" as const : "B" as const)))
        yield* Effect.flip(call.effect.pipe(TencentRetry.retry(policy, { times })))
        assert.strictEqual(call.times.length, times + 1)
      }))

    it.effect("does not lengthen a schedule", () =>
      Effect.gen(function*() {
        const call = script<A | B>(always(of.A))
        yield* Effect.flip(call.effect.pipe(TencentRetry.retry(policy, { times: 100 })))
        assert.strictEqual(call.times.length, 11)
      }))

    it.effect("undefined is no bound", () =>
      Effect.gen(function*() {
        const call = script<A | B>(always(of.A))
        yield* Effect.flip(call.effect.pipe(TencentRetry.retry(policy, { times: undefined, deadline: undefined })))
        assert.strictEqual(call.times.length, 11)
      }))
  })

  describe("deadline", () => {
    const spaced = TencentRetry.make({ A: Schedule.spaced("1 second"), B: Schedule.spaced("4 seconds") })

    it.effect("a delay that would end after it is not slept", () =>
      Effect.gen(function*() {
        const call = script<A | B>(always(of.A))
        // Nobody moves the clock: a sleep would not end.
        yield* Effect.flip(call.effect.pipe(TencentRetry.retry(spaced, { deadline: 999 })))
        assert.deepStrictEqual(call.times, [0])
        assert.strictEqual(yield* Clock.currentTimeMillis, 0)
      }))

    it.effect("a delay that ends exactly at it is slept", () =>
      Effect.gen(function*() {
        const call = script<A | B>(always(of.A))
        const { end } = yield* settle(call.effect.pipe(TencentRetry.retry(spaced, { deadline: "2 seconds" })))
        assert.deepStrictEqual(call.times, [0, 1000, 2000])
        assert.strictEqual(end, 2000)
      }))

    it.effect("the error comes out when the delay would begin, not at the deadline", () =>
      Effect.gen(function*() {
        const call = script<A | B>(always(of.A))
        const { end } = yield* settle(call.effect.pipe(TencentRetry.retry(spaced, { deadline: "2900 millis" })))
        assert.deepStrictEqual(call.times, [0, 1000, 2000])
        assert.strictEqual(end, 2000)
      }))

    it.effect("bounds the sum over the tags, and looks at each delay for itself", () =>
      Effect.gen(function*() {
        const call = script(tags("A", "B", "A", "B"))
        const { end, result } = yield* settle(call.effect.pipe(TencentRetry.retry(spaced, { deadline: "9 seconds" })))
        assert.strictEqual(failureOf(result)._tag, "B")
        assert.deepStrictEqual(call.times, [0, 1000, 5000, 6000])
        assert.strictEqual(end, 6000)
      }))

    it.effect("zero lets retries without delay pass", () =>
      Effect.gen(function*() {
        const call = script<A | B>(always(of.A))
        const policy = TencentRetry.make({ A: Schedule.recurs(3) })
        yield* Effect.flip(call.effect.pipe(TencentRetry.retry(policy, { deadline: 0 })))
        assert.strictEqual(call.times.length, 4)
      }))

    it.effect("counts the time of the attempts, the first one included", () =>
      Effect.gen(function*() {
        const call = script<A | B>(always(of.A))
        const { end, result } = yield* settle(
          later(call.effect).pipe(TencentRetry.retry(spaced, { deadline: "6 seconds" }))
        )
        // 5 s + 1 s is the deadline, 11 s + 1 s is not.
        assert.deepStrictEqual(call.times, [5000, 11_000])
        assert.strictEqual(end, 11_000)
        assert.strictEqual(Duration.toMillis(historyOf(failureOf(result)).elapsed), 11_000)

        const once = script<A | B>(always(of.A))
        yield* settle(later(once.effect).pipe(TencentRetry.retry(spaced, { deadline: "5900 millis" })))
        assert.strictEqual(once.times.length, 1)
      }))

    it.effect("counts from the first failure in schedule", () =>
      Effect.gen(function*() {
        const call = script<A | B>(always(of.A))
        yield* settle(Effect.retry(later(call.effect), TencentRetry.schedule(spaced, { deadline: "5900 millis" })))
        assert.deepStrictEqual(call.times, [5000, 11_000])
      }))

    it.effect("does not interrupt a running attempt", () =>
      Effect.gen(function*() {
        const { end, result } = yield* settle(
          later<string, A | B>(Effect.succeed("late")).pipe(TencentRetry.retry(spaced, { deadline: "1 second" }))
        )
        assert.deepStrictEqual(result, Result.succeed("late"))
        assert.strictEqual(end, 5000)
      }))

    it.effect("counts from the start of each run, not from the making of the effect", () =>
      Effect.gen(function*() {
        const call = script<A | B>(always(of.A))
        const retried = call.effect.pipe(TencentRetry.retry(spaced, { deadline: "1 second" }))
        yield* TestClock.adjust("10 seconds")
        const { end } = yield* settle(retried)
        assert.deepStrictEqual(call.times, [10_000, 11_000])
        assert.strictEqual(end, 11_000)
      }))
  })

  describe("idempotent", () => {
    const schedule = Schedule.recurs(3)
    const ours = TencentRetry.make({
      InvalidParameter: schedule,
      AuthenticationFailed: schedule,
      UnauthorizedApi: schedule,
      UnauthorizedResource: schedule,
      UnauthorizedApiResource: schedule,
      SecretIdNotFound: schedule,
      InvalidToken: schedule,
      MfaFailed: schedule,
      CamAuthenticationFailed: schedule,
      AccessDenied: schedule,
      QuotaExceeded: schedule,
      ReplayAttack: schedule,
      UnsupportedProtocol: schedule,
      ResourceNotFound: schedule,
      ResourceOperationFailed: schedule,
      ResourcePurchaseFailed: schedule,
      InsufficientBalance: schedule,
      PartialSuccess: schedule,
      IdentityNotVerified: schedule,
      InternalError: schedule,
      UnsupportedVersion: schedule,
      ApiUnavailable: schedule,
      UnknownErrorCode: schedule,
      MalformedResponse: schedule
    })
    const foreign = TencentRetry.make({ A: schedule, Refused: schedule })

    const attemptsWith = Effect.fnUntraced(function*<E>(
      policy: TencentRetry.Policy<string>,
      error: E,
      idempotent: boolean | undefined
    ) {
      const call = script(always(() => error))
      yield* Effect.exit(Effect.retry(call.effect, TencentRetry.schedule(policy, { idempotent })))
      const viaSchedule = call.times.length
      const typed: Effect.Effect<string, { readonly _tag: string }> = call.effect as Effect.Effect<never>
      yield* Effect.exit(typed.pipe(TencentRetry.retry(policy, { idempotent })))
      assert.strictEqual(call.times.length, 2 * viaSchedule)
      return viaSchedule
    })

    it.effect.each(ErrorCode.catalogue)(
      "false repeats $code $tag only where nothing ran, whatever the policy says",
      ({ tag }) =>
        Effect.gen(function*() {
          const error = new classes[tag]({})
          assert.strictEqual(yield* attemptsWith(ours, error, false), mayHaveRun.has(tag) ? 1 : 4)
          const raised = new classes[tag]({ outcome: "unknown" })
          assert.strictEqual(yield* attemptsWith(ours, raised, false), 1)
          assert.strictEqual(yield* attemptsWith(ours, error, true), 4)
          assert.strictEqual(yield* attemptsWith(ours, error, undefined), 4)
        })
    )

    it.effect("false guards what is not in the catalogue", () =>
      Effect.gen(function*() {
        const unknown = new TencentError.UnknownErrorCode({ code: 7000, message: "" })
        assert.strictEqual(yield* attemptsWith(ours, unknown, false), 1)
        assert.strictEqual(yield* attemptsWith(ours, unknown, undefined), 4)
        assert.strictEqual(yield* attemptsWith(ours, new TencentError.MalformedResponse({}), false), 1)
        assert.strictEqual(yield* attemptsWith(foreign, of.A(), false), 1)
        assert.strictEqual(yield* attemptsWith(foreign, of.A(), true), 4)
        assert.strictEqual(yield* attemptsWith(foreign, new Refused({}), false), 1)
        assert.strictEqual(yield* attemptsWith(foreign, new Refused({ outcome: "unknown" }), false), 1)
        assert.strictEqual(yield* attemptsWith(foreign, new Refused({ outcome: "notRun" }), false), 4)
      }))

    it.effect("false guards the default policy too, and true does not loosen it", () =>
      Effect.gen(function*() {
        const error = new TencentError.InternalError({})
        assert.strictEqual(yield* attemptsWith(TencentRetry.idempotent, error, false), 1)
        assert.strictEqual(yield* attemptsWith(TencentRetry.mutating, error, true), 1)
      }))
  })

  describe("retryAfter", () => {
    const policy = TencentRetry.make({ Refused: Schedule.spaced("2 seconds").pipe(Schedule.upTo({ times: 2 })) })

    const timesWith = Effect.fnUntraced(function*(retryAfter: Duration.Input, options?: TencentRetry.Options) {
      const begin = yield* Clock.currentTimeMillis
      const call = script(always(() => new Refused({ retryAfter: Duration.fromInputUnsafe(retryAfter) })))
      yield* settle(call.effect.pipe(TencentRetry.retry(policy, options)))
      return call.times.map((time) => time - begin)
    })

    it.effect("is the shortest delay, plus at most a tenth", () =>
      Effect.gen(function*() {
        assert.deepStrictEqual(yield* timesWith("5 seconds").pipe(withRandom(0)), [0, 5000, 10_000])
        const tenths = new Set<number>()
        for (const seed of seeds) {
          const [, first = NaN, second = NaN] = yield* timesWith("5 seconds").pipe(Random.withSeed(seed))
          assertWithin(first, 5000, 5500, seed)
          assertWithin(second - first, 5000, 5500, seed)
          tenths.add(Math.floor((first - 5000) / 50))
        }
        assert.strictEqual(tenths.size, 10)
      }))

    it.effect("does not shorten a delay", () =>
      Effect.gen(function*() {
        assert.deepStrictEqual(yield* timesWith("1 second"), [0, 2000, 4000])
        assert.deepStrictEqual(yield* timesWith(0), [0, 2000, 4000])
      }))

    it.effect("beyond the deadline ends the retries at once", () =>
      Effect.gen(function*() {
        assert.deepStrictEqual(yield* timesWith("1 day", { deadline: "30 seconds" }), [0])
        assert.deepStrictEqual(yield* timesWith("20 seconds", { deadline: "30 seconds" }).pipe(withRandom(0)), [
          0,
          20_000
        ])
      }))
  })

  // -------------------------------------------------------------------------------------------------------------------
  // Named schedules and jitter
  // -------------------------------------------------------------------------------------------------------------------

  describe("named schedules", () => {
    const backoffs: ReadonlyArray<
      readonly [name: string, schedule: Schedule.Schedule<Duration.Duration>, full: ReadonlyArray<number>]
    > = [
      ["transient", TencentRetry.transient, [200, 400, 800, 1600, 3200]],
      ["maintenance", TencentRetry.maintenance, [1000, 2000, 4000, 8000, 10_000]]
    ]

    describe.each(backoffs)("%s", (_, schedule, full) => {
      it.effect("waits from half of each step to the whole, 5 times", () =>
        Effect.gen(function*() {
          const spread = full.map(() => new Set<number>())
          for (const seed of seeds) {
            const delays = yield* delaysOf(schedule, undefined).pipe(Random.withSeed(seed))
            assert.strictEqual(delays.length, 5)
            delays.forEach((delay, i) => {
              const whole = full[i] ?? NaN
              assertWithin(delay, whole / 2, whole, `retry ${i + 1}, ${seed}`)
              spread[i]?.add(Math.floor(delay / whole * 20))
            })
          }
          // Ten slots in the upper half of each step, and 200 seeds reach them all.
          assert.deepStrictEqual(spread.map((slots) => slots.size), [10, 10, 10, 10, 10])
        }))

      it.effect("has its edges at random 0 and almost 1", () =>
        Effect.gen(function*() {
          const least = yield* delaysOf(schedule, undefined).pipe(withRandom(0))
          assert.deepStrictEqual(least, full.map((whole) => whole / 2))
          const most = yield* delaysOf(schedule, undefined).pipe(withRandom(almostOne))
          most.forEach((delay, i) => assert.approximately(delay, full[i] ?? NaN, 0.001))
        }))
    })

    it.effect("throttled lands in the next whole second, plus less than one, for 30 s in all", () =>
      Effect.gen(function*() {
        const origins = [0, 1_700_000_000_000]
        const offsets = [0, 1, 250, 499, 500, 750, 998, 999]
        for (const origin of origins) {
          for (const offset of offsets) {
            for (const seed of seeds.slice(0, 20)) {
              const start = origin + offset
              const delays = yield* delaysOf(TencentRetry.throttled, undefined, { start }).pipe(Random.withSeed(seed))
              let now = start
              for (const delay of delays) {
                const nextSecond = (Math.floor(now / 1000) + 1) * 1000
                assertWithin(now + delay, nextSecond, nextSecond + 1000, `${start}, ${seed}`)
                now += delay
              }
              assert.isTrue(now - start <= 30_000, `${start}, ${seed}`)
              // One attempt in each second, and the 31st second is too far.
              assert.isTrue(delays.length === 29 || delays.length === 30, `${delays.length} retries`)
            }
          }
        }
      }))

    it.effect.each(
      [
        [0, 0, 1000],
        [0, almostOne, 2000],
        [1, 0, 999],
        [999, 0, 1],
        [999, almostOne, 1001]
      ] as const
    )(
      "throttled at %s ms of a second and random %s waits %s ms",
      ([offset, random, expected]) =>
        Effect.gen(function*() {
          const start = 1_700_000_000_000 + offset
          const delays = yield* delaysOf(TencentRetry.throttled, undefined, { start, limit: 1 }).pipe(
            withRandom(random)
          )
          assert.approximately(delays[0] ?? NaN, expected, 0.001)
        })
    )

    it.effect("throttled spreads over the second", () =>
      Effect.gen(function*() {
        const slots = new Set<number>()
        for (const seed of seeds) {
          const delays = yield* delaysOf(TencentRetry.throttled, undefined, { limit: 1 }).pipe(Random.withSeed(seed))
          slots.add(Math.floor((delays[0] ?? NaN) / 100))
        }
        assert.deepStrictEqual(slots, new Set([10, 11, 12, 13, 14, 15, 16, 17, 18, 19]))
      }))

    it.effect("throttled counts its 30 s from the first quota error", () =>
      Effect.gen(function*() {
        const policy = TencentRetry.make({
          A: Schedule.spaced("25 seconds").pipe(Schedule.upTo({ times: 1 })),
          B: TencentRetry.throttled
        })
        const call = script([of.A(), ...Array.from({ length: 40 }, of.B)])
        const { end } = yield* settle(call.effect.pipe(TencentRetry.retry(policy)))
        assertWithin(end, 25_000 + 29_000, 25_000 + 30_001, "end")
      }))

    it.effect("replay is 2 retries at once, credentials 1", () =>
      Effect.gen(function*() {
        assert.deepStrictEqual(yield* delaysOf(TencentRetry.replay, undefined), [0, 0])
        assert.deepStrictEqual(yield* delaysOf(TencentRetry.credentials, undefined), [0])
      }))
  })

  describe("jitter", () => {
    const base = Schedule.min([Schedule.exponential("1 second"), Schedule.spaced("3 seconds")])
    const full = [1000, 2000, 3000, 3000]
    const jitters = [
      ["equalJitter", TencentRetry.equalJitter, 0.5],
      ["fullJitter", TencentRetry.fullJitter, 0]
    ] as const

    describe.each(jitters)("%s", (_, jitter, least) => {
      const jittered = jitter(base)
      const delays = delaysOf(jittered, undefined, { limit: full.length })

      it.effect("stays in its bounds and reaches all of them", () =>
        Effect.gen(function*() {
          const slots = new Set<number>()
          for (const seed of seeds) {
            for (const [i, delay] of (yield* Random.withSeed(delays, seed)).entries()) {
              const whole = full[i] ?? NaN
              assertWithin(delay, whole * least, whole, seed)
              slots.add(Math.floor(delay / whole * 10))
            }
          }
          assert.strictEqual(slots.size, 10 * (1 - least))
        }))

      it.effect("has its edges at random 0 and almost 1", () =>
        Effect.gen(function*() {
          assert.deepStrictEqual(yield* withRandom(0)(delays), full.map((whole) => whole * least))
          const most = yield* withRandom(almostOne)(delays)
          most.forEach((delay, i) => assert.approximately(delay, full[i] ?? NaN, 0.001))
        }))

      it.effect("has the same delays for the same seed, and others for another", () =>
        Effect.gen(function*() {
          const first = yield* Random.withSeed(delays, "one")
          assert.deepStrictEqual(yield* Random.withSeed(delays, "one"), first)
          assert.notDeepEqual(yield* Random.withSeed(delays, "two"), first)
        }))

      it.effect("keeps the end and the output of the schedule", () =>
        Effect.gen(function*() {
          const step = yield* Schedule.toStep(jitter(Schedule.recurs(1)))
          const [output] = yield* step(0, undefined)
          assert.strictEqual(output, 0)
          const end = yield* Pull.catchDone(step(0, undefined), (done) => Effect.succeed(["done", done] as const))
          assert.deepStrictEqual(end, ["done", 1])
        }))
    })

    it.effect("a retried effect comes back at the same times for the same seed", () =>
      Effect.gen(function*() {
        const run = Effect.gen(function*() {
          const call = script(always(() => new TencentError.InternalError({})))
          const start = yield* Clock.currentTimeMillis
          yield* settle(call.effect.pipe(TencentRetry.retry(TencentRetry.idempotent)))
          return call.times.map((time) => Math.round(time - start))
        })
        const first = yield* Random.withSeed(run, "a run")
        assert.strictEqual(first.length, 6)
        assert.deepStrictEqual(yield* Random.withSeed(run, "a run"), first)
        assert.notDeepEqual(yield* Random.withSeed(run, "another run"), first)
      }))
  })

  // -------------------------------------------------------------------------------------------------------------------
  // Default policies
  // -------------------------------------------------------------------------------------------------------------------

  describe("default policies", () => {
    it.effect.each(ErrorCode.catalogue)("$code $tag", ({ tag }) =>
      Effect.gen(function*() {
        const [idempotent, mutating] = attempts[tag]
        const make = () => new classes[tag]({ message: "again" })
        assert.strictEqual(make()._tag, tag)
        assert.strictEqual(yield* attemptsUnder(TencentRetry.idempotent, make), idempotent, "read-only")
        assert.strictEqual(yield* attemptsUnder(TencentRetry.mutating, make), mutating, "mutating")
      }))

    const policies = [["idempotent", TencentRetry.idempotent], ["mutating", TencentRetry.mutating]] as const

    describe.each(policies)("%s", (_, policy) => {
      it.effect.each([6000, 4500, 4200, 9999, -1, "InternalError", "RequestLimitExceeded"])(
        "never retries the unknown code %s",
        (code) =>
          Effect.gen(function*() {
            const error = new TencentError.UnknownErrorCode({ code, message: "" })
            assert.strictEqual(yield* attemptsUnder(policy, () => error), 1)
          })
      )

      it.effect("never retries a response that cannot be read", () =>
        Effect.gen(function*() {
          assert.strictEqual(yield* attemptsUnder(policy, () => new TencentError.MalformedResponse({})), 1)
        }))

      it.effect("does not retry an error without a retry class", () =>
        Effect.gen(function*() {
          assert.strictEqual(yield* attemptsUnder(policy, of.A), 1)
          assert.strictEqual(yield* attemptsUnder(policy, () => new Error("no tag")), 1)
          assert.strictEqual(yield* attemptsUnder(policy, () => ({ retryClass: 7 })), 1)
        }))

      it.effect("retries an error after which nothing ran", () =>
        Effect.gen(function*() {
          assert.strictEqual(yield* attemptsUnder(policy, () => new Refused({ outcome: "notRun" })), 6)
        }))

      it.effect("needs no tag", () =>
        Effect.gen(function*() {
          assert.strictEqual(yield* attemptsUnder(policy, () => ({ retryClass: "replay", outcome: "notRun" })), 3)
        }))
    })

    it.effect("follow the retry class of a class of the user's", () =>
      Effect.gen(function*() {
        const busy = new Busy({ code: 10_500, message: "" })
        assert.strictEqual(yield* attemptsUnder(TencentRetry.idempotent, () => busy), 6)
        assert.strictEqual(yield* attemptsUnder(TencentRetry.mutating, () => busy), 1)
      }))

    it.effect.each([undefined, "unknown"] as const)(
      "mutating does not retry the outcome %s",
      (outcome) =>
        Effect.gen(function*() {
          const error = new Refused(outcome === undefined ? {} : { outcome })
          assert.strictEqual(yield* attemptsUnder(TencentRetry.idempotent, () => error), 6)
          assert.strictEqual(yield* attemptsUnder(TencentRetry.mutating, () => error), 1)
        })
    )

    it.effect("retry two tags of one class on one schedule", () =>
      Effect.gen(function*() {
        const credentials = script([new TencentError.InvalidToken({}), new TencentError.SecretIdNotFound({})])
        const second = yield* Effect.flip(credentials.effect.pipe(TencentRetry.retry(TencentRetry.mutating)))
        assert.strictEqual(second._tag, "SecretIdNotFound")

        let i = 0
        const transient = script(
          always(() =>
            i++ % 2 === 0 ? new TencentError.InternalError({}) : new TencentError.ResourceOperationFailed({})
          )
        )
        yield* settle(transient.effect.pipe(TencentRetry.retry(TencentRetry.idempotent)))
        assert.strictEqual(transient.times.length, 6)
      }))

    it.effect("keep the classes apart", () =>
      Effect.gen(function*() {
        const call = script([
          new TencentError.ReplayAttack({}),
          new TencentError.InvalidToken({}),
          new TencentError.ReplayAttack({}),
          new TencentError.ApiUnavailable({}),
          new TencentError.QuotaExceeded({})
        ])
        const { result } = yield* settle(call.effect.pipe(TencentRetry.retry(TencentRetry.mutating)))
        assert.deepStrictEqual(result, Result.succeed("done"))
      }))

    it.effect("take the bounds of the options", () =>
      Effect.gen(function*() {
        const call = script(always(() => new TencentError.ApiUnavailable({})))
        yield* settle(call.effect.pipe(TencentRetry.retry(TencentRetry.idempotent, { times: 2 })))
        assert.strictEqual(call.times.length, 3)

        const bounded = script(always(() => new TencentError.QuotaExceeded({})))
        const begin = yield* Clock.currentTimeMillis
        const { end } = yield* settle(
          bounded.effect.pipe(TencentRetry.retry(TencentRetry.idempotent, { deadline: "10 seconds" }))
        )
        assert.isTrue(end - begin <= 10_000)
        assertWithin(bounded.times.length, 10, 12, "attempts")
      }))
  })

  // -------------------------------------------------------------------------------------------------------------------
  // As a schedule
  // -------------------------------------------------------------------------------------------------------------------

  describe("schedule", () => {
    const policy = TencentRetry.make({
      A: Schedule.exponential("100 millis"),
      B: Schedule.spaced("1 second").pipe(Schedule.upTo({ times: 1 }))
    })

    it.effect("step by step: output, delay, and the output at the end", () =>
      Effect.gen(function*() {
        const step = yield* Schedule.toStep(TencentRetry.schedule(policy))
        const at = (now: number, error: unknown) =>
          Pull.catchDone(step(now, error), (done) => Effect.succeed(["done", done] as const))
        assert.deepStrictEqual(yield* at(5000, of.A()), [attempt(1, "A", 100, 0), Duration.millis(100)])
        assert.deepStrictEqual(yield* at(5100, of.B()), [attempt(2, "B", 1000, 100), Duration.millis(1000)])
        assert.deepStrictEqual(yield* at(6150, of.A()), [attempt(3, "A", 200, 1150), Duration.millis(200)])
        assert.deepStrictEqual(yield* at(6400, of.B()), ["done", attempt(4, "B", 0, 1400)])
      }))

    it.effect("names an error without a tag \"\"", () =>
      Effect.gen(function*() {
        const step = yield* Schedule.toStep(TencentRetry.schedule(policy))
        const end = yield* Pull.catchDone(step(0, "text"), Effect.succeed)
        assert.deepStrictEqual(end, attempt(1, "", 0, 0))
      }))

    it.effect("in Effect.retry", () =>
      Effect.gen(function*() {
        const call = script(tags("A", "B", "A", "B"))
        const { result } = yield* settle(Effect.retry(call.effect, TencentRetry.schedule(policy)))
        assert.strictEqual(failureOf(result)._tag, "B")
        assert.deepStrictEqual(call.times, [0, 100, 1100, 1300])
        assert.deepStrictEqual(historyOf(failureOf(result)).tags, ["A", "B", "A", "B"])
      }))

    it.effect("in Effect.retryOrElse, which sees the last attempt", () =>
      Effect.gen(function*() {
        const call = script(tags("A", "C"))
        const fallback = Effect.retryOrElse(
          call.effect,
          TencentRetry.schedule(policy),
          (error, last) => Effect.succeed([error._tag, last] as const)
        )
        const { result } = yield* settle(fallback)
        assert.deepStrictEqual(result, Result.succeed(["C", attempt(2, "C", 0, 100)] as const))
      }))

    it.effect("in Stream.retry", () =>
      Effect.gen(function*() {
        const call = script(tags("A", "A", "B"))
        const stream = Stream.fromEffect(call.effect).pipe(Stream.retry(TencentRetry.schedule(policy)))
        const { result } = yield* settle(Stream.runCollect(stream))
        assert.deepStrictEqual(result, Result.succeed(["done"]))
        assert.deepStrictEqual(call.times, [0, 100, 300, 1300])
      }))

    it.effect("in Stream.retry, until the policy stops", () =>
      Effect.gen(function*() {
        const call = script(tags("A", "B", "B"))
        const stream = Stream.fromEffect(call.effect).pipe(Stream.retry(TencentRetry.schedule(policy)))
        const { result } = yield* settle(Stream.runCollect(stream))
        assert.strictEqual(failureOf(result)._tag, "B")
        assert.strictEqual(call.times.length, 3)
      }))

    it.effect("under Schedule.upTo", () =>
      Effect.gen(function*() {
        const call = script(always(of.A))
        const bounded = TencentRetry.schedule(policy).pipe(Schedule.upTo({ times: 2 }))
        yield* settle(Effect.retry(call.effect, bounded))
        assert.deepStrictEqual(call.times, [0, 100, 300])
      }))

    it.effect("under Schedule.tap and Schedule.while", () =>
      Effect.gen(function*() {
        const seen: Array<string> = []
        const observed = TencentRetry.schedule(policy).pipe(
          Schedule.tap(({ output }) =>
            Effect.sync(() => seen.push(`${output.attempt} ${output.tag} ${Duration.toMillis(output.delay)}`))
          ),
          Schedule.while(({ output }) => output.tag !== "B")
        )
        const call = script(tags("A", "A", "B", "A"))
        const { result } = yield* settle(Effect.retry(call.effect, observed))
        assert.strictEqual(failureOf(result)._tag, "B")
        assert.deepStrictEqual(seen, ["1 A 100", "2 A 200", "3 B 1000"])
      }))

    it.effect("takes the bounds of the options", () =>
      Effect.gen(function*() {
        const counted = script(always(of.A))
        yield* settle(Effect.retry(counted.effect, TencentRetry.schedule(policy, { times: 3 })))
        assert.deepStrictEqual(counted.times, [0, 100, 300, 700])

        const begin = yield* Clock.currentTimeMillis
        const timed = script(always(of.A))
        yield* settle(Effect.retry(timed.effect, TencentRetry.schedule(policy, { deadline: "700 millis" })))
        assert.deepStrictEqual(timed.times.map((time) => time - begin), [0, 100, 300, 700])
      }))
  })

  // -------------------------------------------------------------------------------------------------------------------
  // History
  // -------------------------------------------------------------------------------------------------------------------

  describe("history", () => {
    const policy = TencentRetry.make({
      A: Schedule.exponential("100 millis"),
      B: Schedule.recurs(1)
    })

    it.effect("tells attempts, time and tags in order", () =>
      Effect.gen(function*() {
        const call = script(tags("A", "B", "A", "C"))
        const { result } = yield* settle(call.effect.pipe(TencentRetry.retry(policy)))
        const history = historyOf(failureOf(result))
        assert.deepStrictEqual(history, {
          attempts: 4,
          elapsed: Duration.millis(300),
          tags: ["A", "B", "A", "C"],
          stopped: "notInPolicy"
        })
      }))

    it.effect("is there when nothing was retried", () =>
      Effect.gen(function*() {
        const error = yield* Effect.flip(script(tags("C")).effect.pipe(TencentRetry.retry(policy)))
        assert.deepStrictEqual(historyOf(error), {
          attempts: 1,
          elapsed: Duration.zero,
          tags: ["C"],
          stopped: "notInPolicy"
        })
      }))

    const bounds: ReadonlyArray<readonly [string, TencentRetry.Options, number]> = [
      ["times", { times: 2 }, 3],
      ["deadline", { deadline: "300 millis" }, 3]
    ]
    it.effect.each(bounds)("is there when %s ends the retries", ([, options, expected]) =>
      Effect.gen(function*() {
        const { result } = yield* settle(script<A | B>(always(of.A)).effect.pipe(TencentRetry.retry(policy, options)))
        assert.strictEqual(historyOf(failureOf(result)).attempts, expected)
      }))

    const once = TencentRetry.make({ A: Schedule.recurs(1) })
    interface Stopped {
      readonly reason: TencentRetry.StopReason
      readonly title: string
      readonly policy: TencentRetry.Policy<string>
      readonly make: () => { readonly _tag: string }
      readonly options?: TencentRetry.Options
      readonly budget?: TencentRetry.BudgetOptions
      readonly attempts: number
    }

    // The last reason, credentialsUnchanged, only a client has.
    const stopped: ReadonlyArray<Stopped> = [
      {
        reason: "permanent",
        title: "no repetition helps",
        policy: TencentRetry.idempotent,
        make: () => new TencentError.InvalidParameter(),
        attempts: 1
      },
      {
        reason: "outcomeUnknown",
        title: "the action may have run",
        policy: TencentRetry.mutating,
        make: internalError,
        attempts: 1
      },
      {
        reason: "outcomeUnknown",
        title: "the options say that it must not run twice",
        policy: once,
        make: of.A,
        options: { idempotent: false },
        attempts: 1
      },
      { reason: "notInPolicy", title: "the policy has no schedule", policy: once, make: of.B, attempts: 1 },
      {
        reason: "notInPolicy",
        title: "it has no retry class",
        policy: TencentRetry.idempotent,
        make: of.A,
        attempts: 1
      },
      { reason: "scheduleEnded", title: "the schedule has ended", policy: once, make: of.A, attempts: 2 },
      { reason: "attempts", title: "times is used up", policy, make: of.A, options: { times: 2 }, attempts: 3 },
      {
        reason: "deadline",
        title: "the delay would end too late",
        policy,
        make: of.A,
        options: { deadline: "300 millis" },
        attempts: 3
      },
      {
        reason: "deadline",
        title: "the deadline came while it waited for a token",
        policy: TencentRetry.make({ A: Schedule.forever }),
        make: of.A,
        options: { deadline: "1 second" },
        budget: { capacity: 1 },
        attempts: 2
      },
      {
        reason: "budget",
        title: "no token came in time",
        policy: TencentRetry.make({ A: Schedule.forever }),
        make: of.A,
        budget: { capacity: 1, maxWait: "1 second" },
        attempts: 2
      },
      {
        reason: "budget",
        title: "there are no tokens",
        policy: TencentRetry.make({ A: Schedule.forever }),
        make: of.A,
        budget: { capacity: 0 },
        attempts: 1
      }
    ]

    it.effect.each(stopped)("says why it stopped: $reason, because $title", (row) =>
      Effect.gen(function*() {
        const budget = yield* TencentRetry.Budget.make(row.budget ?? { capacity: Infinity })
        // Another call at the same time, from which tokens could come.
        yield* Effect.forkChild(
          Effect.fail(of.B()).pipe(TencentRetry.retry(TencentRetry.make({ B: Schedule.spaced("1 day") }), { budget })),
          { startImmediately: true }
        )
        const call = script(always(row.make))
        const { result } = yield* settle(call.effect.pipe(TencentRetry.retry(row.policy, { ...row.options, budget })))
        assert.deepInclude(historyOf(failureOf(result)), { attempts: row.attempts, stopped: row.reason })
        assert.strictEqual(call.times.length, row.attempts)
      }))

    it.effect("keeps the last 100 tags and counts all attempts", () =>
      Effect.gen(function*() {
        const many = TencentRetry.make({ A: Schedule.recurs(149), B: Schedule.recurs(1) })
        const call = script([of.B(), ...Array.from({ length: 150 }, of.A)])
        const error = yield* Effect.flip(call.effect.pipe(TencentRetry.retry(many)))
        const history = historyOf(error)
        assert.strictEqual(history.attempts, 151)
        assert.deepStrictEqual(history.tags, Array.from({ length: 100 }, () => "A"))

        const hundred = script([of.B(), ...Array.from({ length: 98 }, of.A), of.C()])
        const last = historyOf(yield* Effect.flip(hundred.effect.pipe(TencentRetry.retry(many))))
        assert.strictEqual(last.attempts, 100)
        assert.deepStrictEqual([last.tags.length, last.tags[0], last.tags[99]], [100, "B", "C"])
      }))

    it("is None for what did not come out of retry", () => {
      const values = [new TencentError.InternalError({}), of.A(), {}, () => undefined, null, undefined, "text", 1]
      for (const value of values) assert.isTrue(Option.isNone(TencentRetry.history(value)))
    })

    it.effect("is None for an error that was retried", () =>
      Effect.gen(function*() {
        const errors = tags("A", "A")
        yield* settle(script(errors).effect.pipe(TencentRetry.retry(policy)))
        for (const error of errors) assert.isTrue(Option.isNone(TencentRetry.history(error)))
      }))

    it.effect("leaves the error as it was", () =>
      Effect.gen(function*() {
        const errors = [replayed(), replayed(), replayed()]
        const retried = script(errors).effect.pipe(TencentRetry.retry(TencentRetry.idempotent))
        const error = yield* Effect.flip(retried)
        assert.strictEqual(error, errors[2])
        assert.strictEqual(historyOf(error).attempts, 3)
        assert.isTrue(Equal.equals(error, replayed()))
        assert.strictEqual(JSON.stringify(error), JSON.stringify(replayed()))
        assert.deepStrictEqual(Reflect.ownKeys(error), Reflect.ownKeys(replayed()))
        const encode = Schema.encodeUnknownEffect(TencentError.TencentError)
        assert.deepStrictEqual(yield* encode(error), yield* encode(replayed()))
      }))

    it.effect("works for a frozen error, and returns none for a value that is not an object", () =>
      Effect.gen(function*() {
        const frozen = Object.freeze({ _tag: "C" as const })
        assert.strictEqual(yield* Effect.flip(Effect.retry(Effect.fail(frozen), TencentRetry.schedule(policy))), frozen)
        assert.strictEqual(historyOf(frozen).attempts, 1)
        const text = yield* Effect.flip(Effect.retry(Effect.fail("text"), TencentRetry.schedule(policy)))
        assert.isTrue(Option.isNone(TencentRetry.history(text)))
      }))

    it.effect("is that of the outer retry where two are nested", () =>
      Effect.gen(function*() {
        const inner = script<A | B>(always(of.B)).effect.pipe(TencentRetry.retry(policy))
        const error = yield* Effect.flip(inner.pipe(TencentRetry.retry(TencentRetry.make({ B: Schedule.recurs(2) }))))
        assert.strictEqual(historyOf(error).attempts, 3)
      }))
  })

  // -------------------------------------------------------------------------------------------------------------------
  // Interruption, defects, state
  // -------------------------------------------------------------------------------------------------------------------

  describe("interruption", () => {
    const policy = TencentRetry.make({ A: Schedule.spaced("10 seconds") })

    it.effect("stops a delay at once and runs the finalizers", () =>
      Effect.gen(function*() {
        const events: Array<string> = []
        const log = (event: string) => Effect.sync(() => events.push(event))
        const call = script(always(of.A))
        const fiber = yield* call.effect.pipe(
          Effect.ensuring(log("attempt over")),
          TencentRetry.retry(policy),
          Effect.onInterrupt(() => log("interrupted")),
          Effect.ensuring(log("finalizer")),
          Effect.forkChild
        )
        yield* TestClock.adjust("12 seconds")
        assert.deepStrictEqual(call.times, [0, 10_000])
        yield* Fiber.interrupt(fiber)
        const exit = yield* Fiber.await(fiber)
        assert.isTrue(Exit.hasInterrupts(exit))
        assert.deepStrictEqual(events, ["attempt over", "attempt over", "interrupted", "finalizer"])
        assert.strictEqual(yield* Clock.currentTimeMillis, 12_000)
        yield* TestClock.adjust("1 minute")
        assert.strictEqual(call.times.length, 2)
      }))

    it.effect("stops an attempt at once, and is not retried", () =>
      Effect.gen(function*() {
        let attempts = 0
        let interrupted = 0
        const call: Effect.Effect<never, A> = Effect.suspend(() => {
          attempts++
          return attempts === 1 ? Effect.fail(of.A()) : Effect.onInterrupt(Effect.never, () =>
            Effect.sync(() => {
              interrupted++
            }))
        })
        const fiber = yield* Effect.forkChild(call.pipe(TencentRetry.retry(policy)))
        yield* TestClock.adjust("11 seconds")
        assert.strictEqual(attempts, 2)
        yield* Fiber.interrupt(fiber)
        assert.isTrue(Exit.hasInterrupts(yield* Fiber.await(fiber)))
        yield* TestClock.adjust("1 minute")
        assert.deepStrictEqual([attempts, interrupted], [2, 1])
      }))

    it.effect("inside the effect is not retried", () =>
      Effect.gen(function*() {
        let attempts = 0
        const call: Effect.Effect<never, A> = Effect.suspend(() => {
          attempts++
          return Effect.interrupt
        })
        const exit = yield* Effect.exit(call.pipe(TencentRetry.retry(policy)))
        assert.isTrue(Exit.hasInterrupts(exit))
        assert.strictEqual(attempts, 1)
      }))

    it.effect("by a timeout around the retries ends a delay", () =>
      Effect.gen(function*() {
        const call = script(always(of.A))
        const { end, result } = yield* settle(
          call.effect.pipe(TencentRetry.retry(policy), Effect.timeout("15 seconds"))
        )
        assert.strictEqual(failureOf(result)._tag, "TimeoutError")
        assert.strictEqual(end, 15_000)
        assert.strictEqual(call.times.length, 2)
      }))
  })

  describe("defects", () => {
    const policy = TencentRetry.make({ A: Schedule.recurs(5) })

    it.effect("are not retried", () =>
      Effect.gen(function*() {
        let attempts = 0
        const defect = new Error("a bug")
        const call: Effect.Effect<never, A> = Effect.suspend(() => {
          attempts++
          return attempts === 1 ? Effect.fail(of.A()) : Effect.die(defect)
        })
        const exit = yield* Effect.exit(call.pipe(TencentRetry.retry(policy)))
        assert.deepStrictEqual(exit, Exit.die(defect))
        assert.strictEqual(attempts, 2)
      }))

    it.effect("beside a failure are not retried", () =>
      Effect.gen(function*() {
        let attempts = 0
        const call: Effect.Effect<never, A> = Effect.suspend(() => {
          attempts++
          return Effect.ensuring(Effect.fail(of.A()), Effect.die("finalizer"))
        })
        const exit = yield* Effect.exit(call.pipe(TencentRetry.retry(policy)))
        assert.isTrue(Exit.isFailure(exit) && Cause.hasDies(exit.cause))
        assert.strictEqual(attempts, 1)
      }))

    it.effect("of a schedule come out", () =>
      Effect.gen(function*() {
        const broken = TencentRetry.make({ A: Schedule.tap(Schedule.forever, () => Effect.die("a bug")) })
        const exit = yield* Effect.exit(script(always(of.A)).effect.pipe(TencentRetry.retry(broken)))
        assert.deepStrictEqual(exit, Exit.die("a bug"))
      }))

    it.effect("of a tag in the table are not retried either", () =>
      Effect.gen(function*() {
        let attempts = 0
        const call: Effect.Effect<never, A> = Effect.suspend(() => {
          attempts++
          return Effect.die(of.A())
        })
        const exit = yield* Effect.exit(call.pipe(TencentRetry.retry(policy)))
        assert.isTrue(Exit.isFailure(exit) && Cause.hasDies(exit.cause))
        assert.strictEqual(attempts, 1)
      }))
  })

  describe("state", () => {
    const policy = TencentRetry.make({ A: Schedule.exponential("100 millis").pipe(Schedule.upTo({ times: 2 })) })

    const threeTimes: TencentRetry.History = {
      attempts: 3,
      elapsed: Duration.millis(300),
      tags: ["A", "A", "A"],
      stopped: "scheduleEnded"
    }

    it.effect("is fresh in each run of one effect value", () =>
      Effect.gen(function*() {
        const call = script(always(of.A))
        const retried = call.effect.pipe(TencentRetry.retry(policy, { times: 5, deadline: "1 second" }))
        const first = yield* settle(retried)
        const second = yield* settle(retried)
        for (const { result } of [first, second]) {
          const history = historyOf(failureOf(result))
          assert.deepStrictEqual(history, threeTimes)
        }
        assert.strictEqual(call.times.length, 6)
      }))

    it.effect("is apart in fibers that run one effect value at the same time", () =>
      Effect.gen(function*() {
        const call = script(always(of.A))
        const retried = call.effect.pipe(TencentRetry.retry(policy))
        const late = Effect.delay(retried, "150 millis")
        const { result } = yield* settle(
          Effect.all([Effect.flip(retried), Effect.flip(retried), Effect.flip(late)], { concurrency: "unbounded" })
        )
        const errors = Result.getOrElse(result, () => assert.fail("expected three failures"))
        assert.strictEqual(new Set(errors).size, 3)
        for (const error of errors) {
          assert.deepStrictEqual(historyOf(error), threeTimes)
        }
        assert.deepStrictEqual(call.times, [0, 0, 100, 100, 150, 250, 300, 300, 450])
      }))

    it.effect("is fresh for one schedule value in two effects", () =>
      Effect.gen(function*() {
        const schedule = TencentRetry.schedule(policy)
        const one = script(always(of.A))
        const two = script(always(of.A))
        yield* settle(Effect.retry(one.effect, schedule))
        yield* settle(Effect.retry(two.effect, schedule))
        assert.deepStrictEqual([one.times.length, two.times.length], [3, 3])
      }))

    it.effect("is fresh for one default policy in two effects", () =>
      Effect.gen(function*() {
        const error = new TencentError.InternalError({})
        assert.strictEqual(yield* attemptsUnder(TencentRetry.idempotent, () => error), 6)
        assert.strictEqual(yield* attemptsUnder(TencentRetry.idempotent, () => error), 6)
      }))
  })
})
