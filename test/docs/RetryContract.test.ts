/**
 * The retry contract, sentence by sentence: a test for each numbered sentence of `docs/retry-contract.md` (section 12 has
 * reasons and promises nothing), and for each row of its tables. The tables are read from the page, and the last tests read
 * its numbers, so a sentence or a row without a test fails here.
 */
import { assert, describe, it } from "@effect/vitest"
import { ErrorCode, ErrorKind, Failure, TencentError, TencentRetry } from "effect-tencentcloud"
import { TencentClient, TencentCredentials, TencentQuotaStore } from "effect-tencentcloud/client"
import { TencentQuotaStoreRedis } from "effect-tencentcloud/redis"
import { TencentClientTest } from "effect-tencentcloud/testing"
import { TencentAction } from "effect-tencentcloud/v2"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Option from "effect/Option"
import * as Redis from "effect/persistence/Redis"
import * as Random from "effect/Random"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { TestClock } from "effect/testing"
import * as Tracer from "effect/Tracer"
import { readFileSync } from "node:fs"
import { collectSpans } from "../support/spans.ts"

// ---------------------------------------------------------------------------------------------------------------------
// The page
// ---------------------------------------------------------------------------------------------------------------------

/** The lines of each section by its number. */
const sections: ReadonlyMap<number, ReadonlyArray<string>> = new Map(
  readFileSync(new URL("../../docs/retry-contract.md", import.meta.url), "utf8").split(/^## /m).slice(1).map((text) => [
    Number.parseInt(text, 10),
    text.split("\n").slice(1)
  ])
)

type Row = ReadonlyArray<string>

/** The rows of the table of a section, without the head. */
const tableOf = (section: number): ReadonlyArray<Row> =>
  (sections.get(section) ?? []).filter((line) => line.startsWith("|")).slice(2).map((line) =>
    line.split("|").slice(1, -1).map((cell) => cell.trim())
  )

const reasons = 12

/** The number of everything that the page promises: of a sentence, of an item of a list, of a section without either. */
const numbersOfPage = (): ReadonlyArray<string> =>
  Array.from(sections).filter(([section]) => section < reasons).flatMap(([section, lines]) => {
    const sentences = lines.flatMap((line) => /^\d+\.\d+(?=\. )/.exec(line)?.[0] ?? [])
    const items = lines.flatMap((line) => /^\d+(?=\. )/.exec(line)?.[0] ?? []).map((item) => `${section}.${item}`)
    const numbers = [...sentences, ...items]
    return numbers.length > 0 ? numbers : [`${section}`]
  })

const tested = new Set<string>()

/** A test of one sentence. With `random`, every random number is that one. */
const sentence = <Eff extends Effect.Effect<unknown, unknown, Scope.Scope>>(
  number: string,
  title: string,
  test: () => Generator<Eff, void, never>,
  random?: number
): void => {
  tested.add(number)
  // What a generator yields is checked by the parameter, which the type of `gen` cannot see.
  const effect = Effect.gen(test) as Effect.Effect<void, unknown, Scope.Scope>
  it.effect(`${number} ${title}`, () => random === undefined ? effect : withRandom(random)(effect))
}

/** A test of one sentence that runs nothing. */
const statement = (number: string, title: string, test: () => void): void => {
  tested.add(number)
  it.effect(`${number} ${title}`, () => Effect.sync(test))
}

/** What is known here of a text of the page. */
const known = <A>(map: { readonly [text: string]: A }, text: string): A =>
  Object.hasOwn(map, text) ? map[text]! : assert.fail(`no test knows "${text}"`)

// ---------------------------------------------------------------------------------------------------------------------
// Errors
// ---------------------------------------------------------------------------------------------------------------------

/** An error class of your own, with what it may say about itself. */
class Own extends Data.TaggedError("Own")<Partial<TencentRetry.Retryable>> {}

/** An error class of your own that says nothing. */
class Plain extends Data.TaggedError("Plain")<{}> {}

const own = (retryClass: ErrorKind.RetryClass, more: Partial<TencentRetry.Retryable> = {}) => () =>
  new Own({ ...more, retryClass })

const notRun = { outcome: "notRun" } as const

const plain = () => new Plain()

const internalError = () => new TencentError.InternalError({ message: "down" })
const quotaExceeded = () => new TencentError.QuotaExceeded({ message: "too fast" })
const replayAttack = () => new TencentError.ReplayAttack({ message: "nonce" })
const invalidParameter = () => new TencentError.InvalidParameter({ message: "limit" })

const classes: { readonly [T in ErrorCode.Tag]: new(fault: { readonly message: string }) => TencentError.ByTag<T> } =
  TencentError

/** The error of a documented code. */
const errorOfCode = (code: number): TencentError.TencentError => {
  const row = ErrorCode.catalogue.find((row) => row.code === code)
  return row === undefined ? assert.fail(`${code} is not documented`) : new classes[row.tag]({ message: "" })
}

const after = (seconds: number) => ({ retryAfter: Duration.seconds(seconds) })

const alternating = <A, B>(odd: () => A, even: () => B) => (attempt: number): A | B =>
  attempt % 2 === 1 ? odd() : even()

/** A failure for so many attempts, then another, or none. */
const first = <A, B = undefined>(attempts: number, make: () => A, next?: () => B) => (attempt: number): A | B =>
  attempt <= attempts ? make() : next?.() as B

// ---------------------------------------------------------------------------------------------------------------------
// Runs
// ---------------------------------------------------------------------------------------------------------------------

/** Every random number is the given one: the edges of a range, which a seed does not reach. */
const withRandom = (value: number) =>
  Effect.provideService(Random.Random, { nextDoubleUnsafe: () => value, nextIntUnsafe: () => 0 })

const almostOne = 1 - Number.EPSILON

const edges = [0, 0.5, almostOne]

/** From the start of the test clock. */
const fresh = Effect.provide(TestClock.layer())

/** An effect that fails with what it is given for each attempt, counted from 1, until that is nothing. */
const failing = <E>(make: (attempt: number) => E | undefined, took: Duration.Input = 0) => {
  const starts: Array<number> = []
  const effect: Effect.Effect<string, E> = Effect.flatMap(Clock.currentTimeMillis, (now) => {
    starts.push(now)
    const error = make(starts.length)
    return Effect.delay(error === undefined ? Effect.succeed("done") : Effect.fail(error), took)
  })
  return { starts, effect }
}

/** Runs an effect on virtual time: its exit, and when it ended. */
const settle = <A, E, R>(effect: Effect.Effect<A, E, R>, duration: Duration.Input = "1 hour") =>
  Effect.gen(function*() {
    const timed = Effect.all({ exit: Effect.exit(effect), end: Clock.currentTimeMillis })
    const fiber = yield* Effect.forkChild(timed)
    yield* TestClock.adjust(duration)
    assert.isDefined(fiber.pollUnsafe(), "still running")
    return yield* Fiber.join(fiber)
  })

const differences = (times: ReadonlyArray<number>): ReadonlyArray<number> =>
  times.slice(1).map((time, index) => time - times[index]!)

/** Runs a `failing` effect under retries to its end. */
const follow = <E, E2>(
  make: (attempt: number) => E | undefined,
  retried: (call: Effect.Effect<string, E>) => Effect.Effect<string, E2>,
  took: Duration.Input = 0
) =>
  Effect.gen(function*() {
    const { effect, starts } = failing(make, took)
    const { end, exit } = yield* settle(retried(effect))
    return { starts, delays: differences(starts), exit, end }
  })

/** How often a `failing` effect runs under retries. */
const attempts = <E, E2>(
  make: (attempt: number) => E | undefined,
  retried: (call: Effect.Effect<string, E>) => Effect.Effect<string, E2>
) => Effect.map(follow(make, retried), ({ starts }) => starts.length)

const errorOf = <A, E>(exit: Exit.Exit<A, E>): E =>
  Option.getOrElse(
    Exit.isFailure(exit) ? Cause.findErrorOption(exit.cause) : Option.none(),
    () => assert.fail("expected an error")
  )

const historyOf = (error: unknown): TencentRetry.History =>
  Option.getOrElse(TencentRetry.history(error), () => assert.fail("expected a history"))

const near = (actual: number, expected: number): void => assert.approximately(actual, expected, 1e-6)

const allNear = (actual: ReadonlyArray<number>, expected: ReadonlyArray<number>): void => {
  assert.lengthOf(actual, expected.length)
  actual.forEach((value, index) => near(value, expected[index]!))
}

/** The delays of a schedule, when every random number is the given one. */
const delaysOf = (schedule: Schedule.Schedule<unknown>, random: number) =>
  follow(plain, TencentRetry.retry(TencentRetry.make({ Plain: schedule }))).pipe(
    withRandom(random),
    Effect.map(({ delays }) => delays)
  )

// ---------------------------------------------------------------------------------------------------------------------
// Words of the tables
// ---------------------------------------------------------------------------------------------------------------------

/** What a cell says about the times of attempts. `random` is every random number of the run. */
type Plan = (starts: ReadonlyArray<number>, random: number, took: number) => void

/** Equal jitter makes a delay this part of itself. */
const kept = (random: number): number => (1 + random) / 2

const notRetried: Plan = (starts) => {
  assert.lengthOf(starts, 1)
}

const atOnce = (retries: number): Plan => (starts) => {
  assert.deepStrictEqual(differences(starts), Array.from({ length: retries }, () => 0))
}

const growing = (first: number, retries: number): Plan => (starts, random, took) => {
  const delays = differences(starts).map((gap) => gap - took)
  assert.lengthOf(delays, retries)
  near(delays[0]!, first * kept(random))
  assert.isTrue(differences(delays).every((growth) => growth > 0), `${delays}`)
}

/** At the next second or later, until another one would end after the bound. With the client's pace it may be much later. */
const paced = (bound: number): Plan => (starts) => {
  for (const [index, gap] of differences(starts).entries()) assert.isAtLeast(gap, 1000 - starts[index]! % 1000)
  const all = starts.at(-1)! - starts[0]!
  assert.isTrue(all > bound - 5000 && all <= bound, `${starts}`)
}

/** At the next second or in it, until another one would end after the bound. */
const nextSecond = (bound: number): Plan => (starts) => {
  for (const [index, gap] of differences(starts).entries()) {
    const rest = 1000 - starts[index]! % 1000
    assert.isTrue(gap >= rest && gap <= rest + 1000, `${starts}`)
  }
  const all = starts.at(-1)! - starts[0]!
  assert.isTrue(all > bound - 2000 && all <= bound, `${starts}`)
}

const plans: ReadonlyArray<readonly [cell: RegExp, plan: (...numbers: ReadonlyArray<number>) => Plan]> = [
  [/^at the next second or later, for (\d+) s$/, (seconds) => nextSecond(seconds! * 1000)],
  [/^at once, (\d+) retr(?:y|ies)$/, (retries) => atOnce(retries!)],
  [/^growing delays from (\d+) ms, (\d+) retries$/, (first, retries) => growing(first!, retries!)],
  [/^growing delays from (\d+) s, (\d+) retries$/, (first, retries) => growing(first! * 1000, retries!)],
  [/^not retried$/, () => notRetried],
  [/^`transient`$/, () => growing(200, 5)],
  [/^`transient`, (\d+) retries$/, (retries) => growing(200, retries!)],
  [/^`throttled`, not before `Retry-After`$/, () => (starts, random) => {
    const gap = retryAfterSeconds * 1000 * (1 + random / 10)
    allNear(differences(starts), Array.from({ length: Math.floor(30_000 / gap) }, () => gap))
  }]
]

const planOf = (cell: string): Plan => {
  for (const [pattern, plan] of plans) {
    const numbers = pattern.exec(cell)?.slice(1).map(Number)
    if (numbers !== undefined) return plan(...numbers)
  }
  return assert.fail(`no test knows "${cell}"`)
}

/** The last two cells of a row, the second of which may refer to the first. */
const plansOf = (idempotent: string, mutating: string): readonly [Plan, Plan] => [
  planOf(idempotent),
  planOf(mutating === "the same" ? idempotent : mutating)
]

const nothingRan = (decision: TencentRetry.Decision, retryClass: string) => {
  assert.deepStrictEqual<unknown>(decision, { _tag: "Retry", class: retryClass })
}

const stops = (reason: "permanent" | "outcomeUnknown") => (decision: TencentRetry.Decision) => {
  assert.deepStrictEqual(decision, { _tag: "Stop", reason })
}

/** What a failure proves, as what `decide` says of an action that must not run twice. */
const proofs: { readonly [cell: string]: (decision: TencentRetry.Decision, retryClass: string) => void } = {
  "refused by the request quota, so nothing ran": nothingRan,
  "refused by the replay check, so nothing ran": nothingRan,
  "refused with these credentials, so nothing ran": nothingRan,
  "the action is closed, so nothing ran": nothingRan,
  "nothing: it may have run": stops("outcomeUnknown"),
  "the same request would fail again, or a part was done": stops("permanent")
}

// ---------------------------------------------------------------------------------------------------------------------
// Sections 1 to 8
// ---------------------------------------------------------------------------------------------------------------------

const codesIn = (cell: string): ReadonlyArray<number> => cell === "all others" ? [] : cell.split(", ").map(Number)

const retryClasses: ReadonlyArray<ErrorKind.RetryClass> = [
  "throttled",
  "replay",
  "credentials",
  "maintenance",
  "transient",
  "never"
]

describe("1. What is retried", () => {
  const rows = tableOf(1).map(([label, ...cells]) => [label!.replaceAll("`", ""), ...cells])
  const named = new Set(rows.flatMap(([, codes]) => codesIn(codes!)))
  const others = ErrorCode.catalogue.map(({ code }) => code).filter((code) => !named.has(code))

  for (const [retryClass, codes, proof, idempotent, mutating] of rows) {
    sentence("1.1", retryClass!, function*() {
      const plans = plansOf(idempotent!, mutating!)
      for (const code of codes === "all others" ? others : codesIn(codes!)) {
        const error = errorOfCode(code)
        assert.strictEqual<string>(error.retryClass, retryClass!)
        known(proofs, proof!)(TencentRetry.decide(error, { idempotent: false }), retryClass!)
        for (const [index, policy] of [TencentRetry.idempotent, TencentRetry.mutating].entries()) {
          for (const random of edges) {
            const run = Effect.andThen(TestClock.setTime(250), follow(() => error, TencentRetry.retry(policy)))
            const { starts } = yield* run.pipe(withRandom(random), fresh)
            plans[index]!(starts, random, 0)
          }
        }
      }
    })
  }

  statement("1.1", "has a row for each retry class, and no other", () => {
    assert.sameMembers(rows.map(([label]) => label!), [...retryClasses])
  })

  sentence("1.3", "an unknown code and a malformed response are of the class never", function*() {
    const unknown = new TencentError.UnknownErrorCode({ code: 9999, message: "" })
    for (const error of [unknown, new TencentError.MalformedResponse({ message: "" })]) {
      assert.strictEqual(error.retryClass, "never")
      assert.strictEqual(yield* attempts(() => error, TencentRetry.retry(TencentRetry.idempotent)), 1)
    }
  })

  sentence("1.4", "an error class of your own takes part by its retry class", function*() {
    assert.strictEqual(yield* attempts(own("transient"), TencentRetry.retry(TencentRetry.idempotent)), 6)
    assert.strictEqual(yield* attempts(own("replay", notRun), TencentRetry.retry(TencentRetry.mutating)), 3)
    assert.strictEqual(yield* attempts(plain, TencentRetry.retry(TencentRetry.idempotent)), 1)
  })

  sentence("1.2", "mutating retries one after which nothing ran, and no other", function*() {
    const cases = [
      [own("transient", notRun), 6],
      [own("transient", { outcome: "unknown" }), 1],
      [own("transient", { outcome: "partial" }), 1],
      [own("replay"), 1],
      [own("never", notRun), 1],
      [() => new Own(notRun), 1]
    ] as const
    for (const [make, expected] of cases) {
      assert.strictEqual(yield* attempts(make, TencentRetry.retry(TencentRetry.mutating)), expected)
    }
  })

  sentence("1.5", "a policy is followed as written, or within idempotent: false", function*() {
    const byKind = TencentRetry.byKind({ notFound: Schedule.recurs(1), partial: Schedule.recurs(1) })
    const errors = [[new TencentError.PartialSuccess(), 1], [new TencentError.ResourceNotFound(), 2]] as const
    for (const [error, once] of errors) {
      assert.strictEqual(yield* attempts(() => error, TencentRetry.retry(byKind)), 2)
      assert.strictEqual(yield* attempts(() => error, TencentRetry.retry(byKind, { idempotent: false })), once)
    }
    const policy = TencentRetry.make({ Own: Schedule.recurs(1) })
    for (const retryClass of retryClasses) {
      const make = own(retryClass)
      assert.strictEqual(yield* attempts(make, TencentRetry.retry(policy)), 2, retryClass)
      const guarded = TencentRetry.retry(policy, { idempotent: false })
      assert.strictEqual(yield* attempts(make, guarded), 1, retryClass)
      assert.strictEqual(yield* attempts(own(retryClass, notRun), guarded), 2, retryClass)
    }
  })
})

describe("1.6 orElse", () => {
  const both = TencentRetry.orElse(
    TencentRetry.make({ Plain: Schedule.recurs(1) }),
    TencentRetry.make({ Plain: Schedule.recurs(9), Own: Schedule.recurs(2) })
  )

  sentence("1.6", "asks the first policy, then the second", function*() {
    assert.strictEqual(yield* attempts(own("never"), Effect.retry(TencentRetry.schedule(both))), 3)
  })

  sentence("11.1", "does not go on with the second where the schedule of the first has ended", function*() {
    const { exit, starts } = yield* follow(plain, Effect.retry(TencentRetry.schedule(both)))
    assert.deepStrictEqual([starts.length, historyOf(errorOf(exit)).stopped], [2, "scheduleEnded"])
  })

  sentence("11.1", "has the reason of the first policy, unless that does not know the error", function*() {
    const { mutating, orElse } = TencentRetry
    const other = TencentRetry.make({ Other: Schedule.recurs(1) })
    for (const policy of [orElse(mutating, other), orElse(other, mutating)]) {
      const { exit } = yield* follow(internalError, (call) => Effect.retry(call, TencentRetry.schedule(policy)))
      assert.strictEqual(historyOf(errorOf(exit)).stopped, "outcomeUnknown")
    }
  })
})

/** How often an effect runs that fails with a cause. */
const attemptsOfCause = (cause: Cause.Cause<TencentError.ReplayAttack>) =>
  Effect.gen(function*() {
    let attempts = 0
    const call = Effect.suspend(() => (attempts++, Effect.failCause(cause)))
    yield* settle(call.pipe(TencentRetry.retry(TencentRetry.idempotent)))
    return attempts
  })

describe("2. What is never retried", () => {
  sentence("2.1", "a defect, an interruption, and a failure with a defect beside it", function*() {
    const [fail, die, interrupt] = [Cause.fail(replayAttack()), Cause.die("defect"), Cause.interrupt(1)]
    for (const cause of [die, interrupt, Cause.combine(fail, die), Cause.combine(die, fail)]) {
      assert.strictEqual(yield* attemptsOfCause(cause), 1)
    }
  })

  sentence("11.2", "a failure with an interruption beside it is a failure", function*() {
    const cause = Cause.combine(Cause.fail(replayAttack()), Cause.interrupt(1))
    assert.strictEqual(yield* attemptsOfCause(cause), 3)
  })

  sentence("2.2", "a failure after which the action may have run", function*() {
    assert.strictEqual(yield* attempts(internalError, TencentRetry.retry(TencentRetry.mutating)), 1)
    const policy = TencentRetry.make({ InternalError: Schedule.recurs(3) })
    assert.strictEqual(yield* attempts(internalError, TencentRetry.retry(policy, { idempotent: false })), 1)
    // Nor one that says nothing.
    const silent = TencentRetry.make({ Plain: Schedule.recurs(3) })
    assert.strictEqual(yield* attempts(plain, TencentRetry.retry(silent, { idempotent: false })), 1)
  })

  sentence("2.3", "an error that the policy has no schedule for", function*() {
    const policy = TencentRetry.make({ Own: Schedule.recurs(3) })
    assert.strictEqual(yield* attempts(first(2, own("never"), replayAttack), TencentRetry.retry(policy)), 3)
  })

  sentence("2.4", "an error whose schedule has ended", function*() {
    const policy = TencentRetry.make({ Plain: Schedule.recurs(3) })
    assert.strictEqual(yield* attempts(plain, TencentRetry.retry(policy)), 1 + 3)
  })
})

describe("3. Delays", () => {
  sentence("3.1", "transient: 200, 400, 800, 1600 and 3200 ms, with equal jitter", function*() {
    for (const random of edges) {
      const delays = yield* delaysOf(TencentRetry.transient, random)
      allNear(delays, [200, 400, 800, 1600, 3200].map((delay) => delay * kept(random)))
    }
  })

  sentence("3.2", "maintenance: 1, 2, 4, 8 and 10 s, with equal jitter", function*() {
    for (const random of edges) {
      const delays = yield* delaysOf(TencentRetry.maintenance, random)
      allNear(delays, [1000, 2000, 4000, 8000, 10_000].map((delay) => delay * kept(random)))
    }
  })

  const throttled = TencentRetry.make({ QuotaExceeded: TencentRetry.throttled })

  sentence("3.3", "throttled goes on at the next whole second and a random part of another", function*() {
    for (const random of edges) {
      const run = follow(quotaExceeded, TencentRetry.retry(throttled, { times: 1 }))
      const { starts } = yield* Effect.andThen(TestClock.setTime(40_250), run).pipe(withRandom(random), fresh)
      allNear(starts, [40_250, 41_000 + 1000 * random])
    }
  })

  sentence("3.3", "throttled ends after 30 s", function*() {
    const { end, starts } = yield* follow(quotaExceeded, TencentRetry.retry(throttled))
    assert.deepStrictEqual(starts, Array.from({ length: 31 }, (_, second) => second * 1000))
    assert.strictEqual(end, 30_000)
  }, 0)

  sentence("11.3", "the 30 s begin at the first failure that the schedule sees", function*() {
    const policy = TencentRetry.make({ Plain: Schedule.spaced("20 seconds"), QuotaExceeded: TencentRetry.throttled })
    const { starts } = yield* follow(first(1, plain, quotaExceeded), TencentRetry.retry(policy))
    assert.deepStrictEqual([starts[1], starts.at(-1)], [20_000, 50_000])
  }, 0)

  sentence("3.4", "replay and credentials: no delay", function*() {
    assert.deepStrictEqual(yield* delaysOf(TencentRetry.replay, 0.5), [0, 0])
    assert.deepStrictEqual(yield* delaysOf(TencentRetry.credentials, 0.5), [0])
  })

  sentence("3.5", "equal jitter makes a delay d a random one from d/2 to d", function*() {
    const jittered = Schedule.spaced("2 seconds").pipe(TencentRetry.equalJitter, Schedule.upTo({ times: 1 }))
    for (const random of edges) allNear(yield* delaysOf(jittered, random), [1000 + 1000 * random])
  })

  sentence("3.6", "retryAfter makes a delay at least that long, and up to a tenth longer", function*() {
    const make = first(1, own("transient", after(5)))
    for (const random of edges) {
      const { delays } = yield* withRandom(random)(follow(make, TencentRetry.retry(TencentRetry.idempotent)))
      allNear(delays, [5000 + 500 * random])
    }
  })

  sentence("3.6", "any error may say it, and a longer delay is left alone", function*() {
    const spaced = TencentRetry.make({ Own: Schedule.spaced("7 seconds") })
    for (const [seconds, delay] of [[5, 7000], [8, 8000]] as const) {
      const { delays } = yield* follow(first(1, () => new Own(after(seconds))), TencentRetry.retry(spaced))
      assert.deepStrictEqual(delays, [delay])
    }
  }, 0)

  sentence("11.4", "retryAfter can go past the 30 s of throttled, and only a deadline bounds it", function*() {
    const make = first(1, own("throttled", after(40)))
    const { delays } = yield* follow(make, TencentRetry.retry(TencentRetry.idempotent))
    assert.deepStrictEqual(delays, [40_000])
    const bounded = TencentRetry.retry(TencentRetry.idempotent, { deadline: "39 seconds" })
    assert.strictEqual(yield* attempts(make, bounded), 1)
  }, 0)

  sentence("3.7", "there is a schedule for each tag, kind or retry class", function*() {
    const byTag = TencentRetry.make({ Plain: Schedule.recurs(2), Own: Schedule.recurs(2) })
    assert.strictEqual(yield* attempts(alternating(plain, own("never")), TencentRetry.retry(byTag)), 1 + 2 + 2)
    const byKind = TencentRetry.byKind({ internal: Schedule.recurs(2), replay: Schedule.recurs(2) })
    assert.strictEqual(yield* attempts(alternating(internalError, replayAttack), TencentRetry.retry(byKind)), 1 + 2 + 2)
    const byClass = TencentRetry.retry(TencentRetry.idempotent)
    // Two tags of one class, then two classes: the third replay is the sixth failure.
    assert.strictEqual(yield* attempts(alternating(own("transient"), internalError), byClass), 1 + 5)
    assert.strictEqual(yield* attempts(alternating(own("transient"), replayAttack), byClass), 6)
  })

  sentence("3.7", "each run starts with fresh state", function*() {
    const { effect, starts } = failing(replayAttack)
    const retried = effect.pipe(TencentRetry.retry(TencentRetry.idempotent))
    yield* settle(retried)
    yield* settle(retried)
    assert.lengthOf(starts, 2 * 3)
  })
})

describe("4. Bounds", () => {
  const endless = TencentRetry.make({ Plain: Schedule.spaced("1 second") })

  sentence("4.1", "times bounds the retries over all kinds, and 0 means one attempt", function*() {
    const policy = TencentRetry.make({ Plain: Schedule.forever, Own: Schedule.forever })
    for (const times of [0, 1, 4]) {
      const make = alternating(plain, own("never"))
      assert.strictEqual(yield* attempts(make, TencentRetry.retry(policy, { times })), times + 1)
    }
  })

  // Attempts of 2 s begin at 0, 3 and 6 s.
  for (const [number, deadline, count, at] of [["11.5", 6000, 3, 8000], ["4.2", 5999, 2, 5000]] as const) {
    sentence(number, `a delay up to 6 s with a deadline of ${deadline} ms`, function*() {
      const run = follow(plain, TencentRetry.retry(endless, { deadline }), "2 seconds")
      const { end, starts } = yield* fresh(run)
      assert.deepStrictEqual([starts.length, end], [count, at])
    })
  }

  sentence("4.3", "a deadline does not interrupt an attempt, a timeout inside does", function*() {
    const bounded = TencentRetry.retry(TencentRetry.idempotent, { deadline: "1 second" })
    const long = yield* fresh(follow(() => undefined, bounded, "1 minute"))
    assert.deepStrictEqual([Exit.isSuccess(long.exit), long.end], [true, 60_000])
    const cut = yield* fresh(
      follow(() => undefined, (call) => bounded(Effect.timeout(call, "5 seconds")), "1 minute")
    )
    assert.deepStrictEqual([Exit.isSuccess(cut.exit), cut.end], [false, 5000])
  })

  sentence("4.4", "without these options only the schedules end the retries", function*() {
    const { exit, starts } = yield* follow(first(200, plain), TencentRetry.retry(endless))
    assert.deepStrictEqual([Exit.isSuccess(exit), starts.length], [true, 201])
  })

  sentence("11.6", "with schedule the deadline counts from the first failure", function*() {
    const options = { deadline: "3 seconds" } as const
    // The first failure is at 2.5 s, so a second attempt begins at 3.5 s.
    const scheduled = Effect.retry(TencentRetry.schedule(endless, options))
    assert.lengthOf((yield* fresh(follow(plain, scheduled, "2500 millis"))).starts, 2)
    assert.lengthOf((yield* fresh(follow(plain, TencentRetry.retry(endless, options), "2500 millis"))).starts, 1)
  })
})

/** How far the checks went: how often a schedule was asked, and how many random numbers 3.6 has drawn. */
const checks = (
  call: Effect.Effect<never, Own>,
  options: TencentRetry.Options,
  schedule: Schedule.Schedule<unknown> = Schedule.forever
) =>
  Effect.gen(function*() {
    let [attempts, asked, drawn] = [0, 0, 0]
    const random = { nextDoubleUnsafe: () => (drawn++, 0.5), nextIntUnsafe: () => 0 }
    const counting = Schedule.while(Schedule.forever, () => Effect.sync(() => ++asked > 0))
    const policy = TencentRetry.make({ Own: Schedule.max([counting, schedule]) })
    const counted = Effect.suspend(() => (attempts++, call))
    const { end } = yield* settle(counted.pipe(TencentRetry.retry(policy, options))).pipe(
      Effect.provideService(Random.Random, random)
    )
    return { attempts, asked, drawn, end }
  })

const laterOwn = own("replay", after(10))

describe("5. Order of checks", () => {
  sentence("5.1", "first, whether it holds a defect or is an interruption", function*() {
    const error = laterOwn()
    for (const cause of [Cause.combine(Cause.fail(error), Cause.die("defect")), Cause.interrupt(1)]) {
      const seen = yield* checks(Effect.failCause(cause), { times: 0 })
      assert.deepInclude(seen, { attempts: 1, asked: 0, drawn: 0 })
    }
    // Nothing was counted.
    assert.isTrue(Option.isNone(TencentRetry.history(error)))
  })

  sentence("5.2", "then whether the retries of times are used up: no schedule is asked", function*() {
    const seen = yield* checks(Effect.fail(laterOwn()), { times: 2 })
    assert.deepInclude(seen, { attempts: 3, asked: 2, drawn: 2 })
  })

  sentence("5.3", "then, with idempotent: false, whether it may have run: no schedule is asked", function*() {
    const seen = yield* checks(Effect.fail(own("transient", after(10))()), { idempotent: false })
    assert.deepInclude(seen, { attempts: 1, asked: 0, drawn: 0 })
  })

  sentence("5.4", "then whether there is a schedule for it: no other one is asked", function*() {
    const call = Effect.fail(plain()) as Effect.Effect<never, unknown> as Effect.Effect<never, Own>
    assert.deepInclude(yield* checks(call, {}), { attempts: 1, asked: 0, drawn: 0 })
  })

  sentence("5.5", "then whether that schedule has ended: retryAfter has no part in it", function*() {
    const seen = yield* checks(Effect.fail(laterOwn()), { deadline: 0 }, Schedule.recurs(0))
    assert.deepInclude(seen, { attempts: 1, asked: 1, drawn: 0 })
  })

  sentence("5.6", "last, whether the delay, with retryAfter, would end after the deadline", function*() {
    const seen = yield* checks(Effect.fail(laterOwn()), { deadline: "5 seconds" })
    assert.deepStrictEqual(seen, { attempts: 1, asked: 1, drawn: 1, end: 0 })
  })
})

describe("6. The error that comes out", () => {
  sentence("6.1", "is the error of the last attempt, the same object, of the same type", function*() {
    const errors = [replayAttack(), replayAttack(), replayAttack()]
    const retried: (call: Effect.Effect<string, TencentError.ReplayAttack>) => typeof call = TencentRetry.retry(
      TencentRetry.idempotent
    )
    const { exit } = yield* follow((attempt) => errors[attempt - 1], retried)
    assert.strictEqual(errorOf(exit), errors[2])
  })

  sentence("6.2", "has the number of attempts, the time to the last failure, and the tags in order", function*() {
    const policy = TencentRetry.make({ Plain: Schedule.spaced("3 seconds") })
    const { exit } = yield* follow(first(2, plain, replayAttack), TencentRetry.retry(policy), "2 seconds")
    const { elapsed, ...history } = historyOf(errorOf(exit))
    assert.deepStrictEqual(history, {
      attempts: 3,
      tags: ["Plain", "Plain", "ReplayAttack"],
      stopped: "notInPolicy"
    })
    assert.strictEqual(Duration.toMillis(elapsed), 3 * 2000 + 2 * 3000)
  })

  sentence("11.7", "keeps the last 100 tags", function*() {
    const policy = TencentRetry.make({ Plain: Schedule.spaced("1 second"), Own: Schedule.spaced("1 second") })
    const { exit } = yield* follow(first(30, own("never"), plain), TencentRetry.retry(policy, { times: 149 }))
    const { attempts, tags } = historyOf(errorOf(exit))
    assert.strictEqual(attempts, 150)
    assert.deepStrictEqual(tags, Array.from({ length: 100 }, () => "Plain"))
  })

  sentence("6.3", "keeps the history beside it: not in JSON, encoding or equality", function*() {
    const { exit } = yield* follow(replayAttack, TencentRetry.retry(TencentRetry.idempotent))
    const error = errorOf(exit)
    assert.strictEqual(historyOf(error).attempts, 3)
    assert.strictEqual(JSON.stringify(error), JSON.stringify(replayAttack()))
    const encode = Schema.encodeSync(TencentError.ReplayAttack)
    assert.deepStrictEqual(encode(error), encode(replayAttack()))
    assert.isTrue(Equal.equals(error, replayAttack()))
  })

  sentence("11.7", "has no history if it is not an object", function*() {
    const { exit } = yield* follow(() => "text", TencentRetry.retry(TencentRetry.idempotent))
    assert.isTrue(Option.isNone(TencentRetry.history(errorOf(exit))))
  })

  statement("6.4", "decide says a retry class, permanent, or outcomeUnknown", () => {
    nothingRan(TencentRetry.decide(replayAttack(), { idempotent: false }), "replay")
    stops("permanent")(TencentRetry.decide(invalidParameter(), { idempotent: true }))
    stops("permanent")(TencentRetry.decide(invalidParameter(), { idempotent: false }))
    stops("outcomeUnknown")(TencentRetry.decide(internalError(), { idempotent: false }))
    stops("outcomeUnknown")(TencentRetry.decide({ retryClass: "never", outcome: "unknown" }, { idempotent: false }))
  })
})

describe("7. Interruption, time and randomness: an interruption", () => {
  for (const [where, at] of [["an attempt", 1000], ["a delay", 4000]] as const) {
    sentence("7.1", `during ${where} ends the retries`, function*() {
      const { effect, starts } = failing(plain, "3 seconds")
      const policy = TencentRetry.make({ Plain: Schedule.spaced("5 seconds") })
      const fiber = yield* Effect.forkChild(effect.pipe(TencentRetry.retry(policy)))
      yield* TestClock.adjust(at)
      yield* Fiber.interrupt(fiber)
      assert.isTrue(Exit.hasInterrupts(yield* Fiber.await(fiber)))
      yield* TestClock.adjust("1 hour")
      assert.lengthOf(starts, 1)
    })
  }
})

/** The times of a call that meets all kinds of delays. */
const seeded = (seed: string) => {
  const kinds = [internalError, quotaExceeded, own("maintenance"), own("transient", after(3))]
  return follow((attempt) => kinds[attempt % kinds.length]!(), TencentRetry.retry(TencentRetry.idempotent)).pipe(
    Effect.map(({ starts }) => starts),
    Random.withSeed(seed),
    fresh
  )
}

const dayOne = 86_400_000

/** With a clock whose wall time is set soon after the first day. */
const withClockSet = (by: Duration.Input) => <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.flatMap(Clock.Clock, (clock) => {
    const wall = () => {
      const now = clock.currentTimeMillisUnsafe()
      return now < dayOne + 150 ? now : now + Duration.toMillis(by)
    }
    const set = Object.assign(Object.create(clock), {
      currentTimeMillisUnsafe: wall,
      currentTimeMillis: Effect.sync(wall)
    })
    return Effect.provideService(effect, Clock.Clock, set)
  })

describe("7. Interruption, time and randomness", () => {
  for (const by of [-3_600_000, 3_600_000]) {
    sentence("11.9", `a clock that is set by ${by} ms changes no deadline, pace or budget`, function*() {
      const answers = [internalError(), quotaExceeded(), errorOfCode(6200), quotaExceeded(), internalError()]
      const calls = (call: CallOptions) =>
        Effect.gen(function*() {
          const client = yield* TencentClient.TencentClient
          const { requests } = yield* TencentClientTest.TencentClientTest
          yield* TestClock.setTime(dayOne)
          const fibers = yield* Effect.forEach(Array.from({ length: 4 }), () =>
            Effect.forkChild(Effect.exit(client.call(Read, {}, call))))
          yield* TestClock.adjust("1 minute")
          return { exits: yield* Effect.forEach(fibers, Fiber.join), count: (yield* requests).length }
        }).pipe(
          Effect.provide(TencentClientTest.layer({ DescribeInstances: [...answers, ...answers, ...answers, ok] }))
        )
      for (const deadline of ["3 seconds", "30 seconds"] as const) {
        const run = calls({ deadline }).pipe(withRandom(0.5))
        const right = yield* fresh(run)
        assert.deepStrictEqual(yield* run.pipe(withClockSet(by), fresh), right)
      }
    })
  }

  sentence("7.2", "a run with the same seed repeats exactly", function*() {
    const starts = yield* seeded("a")
    assert.isAbove(starts.length, 8)
    assert.deepStrictEqual(yield* seeded("a"), starts)
    assert.notDeepEqual(yield* seeded("b"), starts)
  })

  sentence("7.2", "nothing else is asked for time or randomness", function*() {
    const { now, random } = { now: Date.now, random: Math.random }
    const readers: Array<string> = []
    // Whose call it is: the test runner reads the time too.
    const note = () => {
      const stack = new Error("read").stack ?? ""
      if (/[\\/]src[\\/](?:TencentRetry|internal[\\/](?:retry|budget))\./.test(stack)) readers.push(stack)
    }
    yield* Effect.acquireUseRelease(
      Effect.sync(() => {
        Date.now = () => (note(), now())
        Math.random = () => (note(), random())
      }),
      () => seeded("a"),
      () =>
        Effect.sync(() => {
          Date.now = now
          Math.random = random
        })
    )
    assert.deepStrictEqual(readers, [])
  })
})

/** The rows of section 8: what to write, as the page has it, and what that does. */
const changes: { readonly [label: string]: readonly [write: string, test: Effect.Effect<void>] } = {
  "fewer retries in all": [
    "`retry(policy, { times: 2 })`",
    Effect.gen(function*() {
      const count = yield* attempts(internalError, TencentRetry.retry(TencentRetry.idempotent, { times: 2 }))
      assert.strictEqual(count, 1 + 2)
    })
  ],
  "less time in all": [
    "`retry(policy, { deadline: \"10 seconds\" })`",
    Effect.gen(function*() {
      const retried = TencentRetry.retry(TencentRetry.idempotent, { deadline: "10 seconds" })
      nextSecond(10_000)((yield* follow(quotaExceeded, retried)).starts, 0, 0)
    })
  ],
  "other delays for one tag": [
    "`make({ InternalError: Schedule.exponential(\"1 second\").pipe(Schedule.upTo({ times: 3 })) })`",
    Effect.gen(function*() {
      const policy = TencentRetry.make({
        InternalError: Schedule.exponential("1 second").pipe(Schedule.upTo({ times: 3 }))
      })
      const { delays } = yield* follow(internalError, TencentRetry.retry(policy))
      assert.deepStrictEqual(delays, [1000, 2000, 4000])
    })
  ],
  "other delays for one kind": [
    "`byKind({ internal: Schedule.spaced(\"1 second\").pipe(Schedule.upTo({ times: 3 })) })`",
    Effect.gen(function*() {
      const policy = TencentRetry.byKind({
        internal: Schedule.spaced("1 second").pipe(Schedule.upTo({ times: 3 }))
      })
      const { delays } = yield* follow(internalError, TencentRetry.retry(policy))
      assert.deepStrictEqual(delays, [1000, 1000, 1000])
    })
  ],
  "a default policy, and one more": [
    "`orElse(byKind({ busy: Schedule.spaced(\"3 seconds\") }), idempotent)`",
    Effect.gen(function*() {
      class Locked extends Failure.define<Locked>()("Locked", { kind: "busy" }) {}
      const policy = TencentRetry.orElse(
        TencentRetry.byKind({ busy: Schedule.spaced("3 seconds") }),
        TencentRetry.idempotent
      )
      const make = (attempt: number) => attempt <= 2 ? new Locked({ code: 4640 }) : replayAttack()
      const { delays } = yield* follow(make, TencentRetry.retry(policy))
      assert.deepStrictEqual(delays, [3000, 3000, 0, 0])
    })
  ],
  "the widest spread": [
    "`fullJitter(schedule)`",
    Effect.gen(function*() {
      const schedule = TencentRetry.fullJitter(Schedule.spaced("2 seconds")).pipe(Schedule.upTo({ times: 1 }))
      for (const random of edges) allNear(yield* delaysOf(schedule, random), [2000 * random])
    })
  ],
  "a named schedule, cut short": [
    "`TencentRetry.throttled.pipe(Schedule.upTo({ times: 3 }))`",
    Effect.gen(function*() {
      const delays = yield* delaysOf(TencentRetry.throttled.pipe(Schedule.upTo({ times: 3 })), 0)
      assert.deepStrictEqual(delays, [1000, 1000, 1000])
    })
  ],
  "no retries for one tag": [
    "leave it out of the table",
    Effect.gen(function*() {
      const policy = TencentRetry.make({ ReplayAttack: TencentRetry.replay })
      const count = yield* attempts(first(1, replayAttack, internalError), TencentRetry.retry(policy))
      assert.strictEqual(count, 2)
    })
  ],
  "an action that may run twice": [
    "`idempotent`",
    Effect.gen(function*() {
      assert.strictEqual(yield* attempts(internalError, TencentRetry.retry(TencentRetry.idempotent)), 1 + 5)
    })
  ],
  "an action that must not": [
    "`mutating`, or `idempotent: false` with a policy of your own",
    Effect.gen(function*() {
      assert.strictEqual(yield* attempts(internalError, TencentRetry.retry(TencentRetry.mutating)), 1)
      const table = TencentRetry.make({ InternalError: Schedule.recurs(3) })
      assert.strictEqual(yield* attempts(internalError, TencentRetry.retry(table, { idempotent: false })), 1)
    })
  ]
}

describe("8. Changing the numbers", () => {
  for (const [label, text] of tableOf(8)) {
    sentence("8", label!, function*() {
      const [write, test] = known(changes, label!)
      assert.strictEqual(text, write)
      yield* test
    })
  }

  statement("8", "has all the rows that are tested here", () => {
    assert.sameMembers(tableOf(8).map(([label]) => label!), Object.keys(changes))
  })

  sentence("8", "make and byKind replace a default policy", function*() {
    const policy = TencentRetry.make({ InternalError: TencentRetry.transient })
    const kinds = TencentRetry.byKind({ internal: TencentRetry.transient })
    const make = first(1, internalError, replayAttack)
    assert.strictEqual(yield* attempts(make, TencentRetry.retry(policy)), 2)
    assert.strictEqual(yield* attempts(make, TencentRetry.retry(kinds)), 2)
  })
})

// ---------------------------------------------------------------------------------------------------------------------
// Section 9
// ---------------------------------------------------------------------------------------------------------------------

type Budget = TencentRetry.Budget["Service"]

/** Again at once, without end: only the budget bounds it. */
const endlessly = TencentRetry.make({ Own: Schedule.forever })

/** A budget with so many tokens. The others went for failures that say nothing of the health of the server. */
const holding = (tokens: number) =>
  Effect.tap(TencentRetry.Budget.make(), (budget) => {
    const policy = TencentRetry.make({ Plain: Schedule.recurs(5 - tokens) })
    return Effect.exit(Effect.fail(plain()).pipe(TencentRetry.retry(policy, { budget })))
  })

/** First attempts that succeed. */
const succeed = (budget: Budget, times = 1) =>
  Effect.replicateEffect(Effect.void.pipe(TencentRetry.retry(TencentRetry.idempotent, { budget })), times)

/** First attempts that fail, and are not retried. */
const fail = (budget: Budget, make: () => Own | Plain, times = 1) =>
  Effect.replicateEffect(
    Effect.exit(Effect.fail(make()).pipe(TencentRetry.retry(TencentRetry.idempotent, { budget, times: 0 }))),
    times
  )

/** One retry that fails for good: what it took is gone. */
const retryOnce = (budget: Budget, error: Own) =>
  Effect.exit(
    Effect.fail(error).pipe(TencentRetry.retry(TencentRetry.make({ Own: Schedule.recurs(1) }), { budget }))
  )

const tokensOf = (budget: Budget) => Effect.map(budget.state, ({ tokens }) => tokens)

/** Another call that has failed, from whose success tokens could come. */
const another = (budget: Budget) =>
  Effect.forkChild(
    Effect.fail(plain()).pipe(
      TencentRetry.retry(TencentRetry.make({ Plain: Schedule.spaced("1 day") }), { budget })
    ),
    { startImmediately: true }
  )

/** A call that fails and has to wait. If it goes on, it fails for good. */
const waiting = (budget: Budget, retryCost = 1, options: TencentRetry.Options = {}) =>
  Effect.gen(function*() {
    yield* another(budget)
    const error = own("transient", { retryCost })()
    const { effect, starts } = failing(first(1, () => error, plain))
    const fiber = yield* Effect.forkChild(
      effect.pipe(TencentRetry.retry(endlessly, { ...options, budget }), Effect.flip)
    )
    yield* TestClock.adjust(0)
    return { fiber, starts, error }
  })

/** Calls in weather that is bad for 10 s of every 20, and what they came to. */
const weather = (seed: number) =>
  Effect.gen(function*() {
    const counts = { retries: 0, free: 0, given: 0, waiting: 0 }
    const budget = yield* TencentRetry.Budget.make()
    const call = Effect.suspend(() => {
      let cost = 0
      return Effect.gen(function*() {
        if (cost > 0) counts.retries++
        if ((yield* Clock.currentTimeMillis) % 20_000 < 10_000 || (yield* Random.next) < 0.1) {
          cost = (yield* Random.next) < 0.3 ? 3 : 1
          return yield* own("transient", { retryCost: cost })()
        }
        counts.given += cost
        if (cost > 0) return
        counts.free++
        if ((yield* budget.state).queued > 0) counts.waiting++
      }).pipe(TencentRetry.retry(TencentRetry.idempotent, { budget }))
    })
    for (let index = 0; index < 300; index++) {
      yield* Effect.forkChild(Effect.delay(Effect.exit(call), (yield* Random.next) * 100_000))
    }
    yield* TestClock.adjust("200 seconds")
    return counts
  }).pipe(Random.withSeed(seed), fresh)

describe("9. The budget", () => {
  sentence("9.1", "never adds a retry", function*() {
    const kinds: ReadonlyArray<() => unknown> = [internalError, quotaExceeded, replayAttack, invalidParameter, plain]
    for (const make of kinds) {
      const budget = yield* TencentRetry.Budget.make({ capacity: 1000 })
      const without = yield* attempts(make, TencentRetry.retry(TencentRetry.idempotent))
      assert.strictEqual(yield* attempts(make, TencentRetry.retry(TencentRetry.idempotent, { budget })), without)
    }
  }, 0.5)

  sentence("9.1", "makes a retry wait, or refuses it", function*() {
    const budget = yield* holding(0)
    const { starts } = yield* waiting(budget)
    assert.deepStrictEqual([(yield* budget.state).queued, starts.length], [1, 1])
    const refusing = yield* TencentRetry.Budget.make({ capacity: 2, maxWait: 0 })
    assert.strictEqual(yield* attempts(own("transient"), TencentRetry.retry(endlessly, { budget: refusing })), 1 + 2)
  })

  sentence("9.1", "is the one of the options, or else that of the context, or else none", function*() {
    const budget = yield* TencentRetry.Budget.make({ capacity: 2, maxWait: 0 })
    const context = TencentRetry.Budget.layer({ capacity: 3, maxWait: 0 })
    const make = first(20, own("transient"))
    assert.strictEqual(yield* attempts(make, TencentRetry.retry(endlessly)), 21)
    assert.strictEqual(yield* Effect.provide(attempts(make, TencentRetry.retry(endlessly)), context), 1 + 3)
    const both = attempts(make, TencentRetry.retry(endlessly, { budget }))
    assert.strictEqual(yield* Effect.provide(both, context), 1 + 2)
  })

  const costs: { readonly [C in ErrorKind.RetryClass]: number } = {
    transient: 1,
    maintenance: 1,
    never: 1,
    throttled: 0,
    replay: 0,
    credentials: 0
  }

  sentence("9.2", "a retry takes one token, or none after a refusal", function*() {
    for (const retryClass of retryClasses) {
      const budget = yield* holding(5)
      yield* retryOnce(budget, own(retryClass)())
      assert.strictEqual(yield* tokensOf(budget), 5 - costs[retryClass], retryClass)
    }
    const budget = yield* holding(5)
    yield* retryOnce(budget, new Own({}))
    assert.strictEqual(yield* tokensOf(budget), 5 - 1)
  })

  sentence("11.10", "or as many as the retryCost of an error with a class", function*() {
    const cases = [
      [own("transient", { retryCost: 2 })(), 2],
      [own("throttled", { retryCost: 2 })(), 0],
      [new Own({ retryCost: 2 }), 1]
    ] as const
    for (const [error, cost] of cases) {
      const budget = yield* holding(5)
      yield* retryOnce(budget, error)
      assert.strictEqual(yield* tokensOf(budget), 5 - cost)
    }
  })

  sentence("11.10", "three after a timeout of the client", function*() {
    const budget = yield* holding(5)
    const { times } = yield* ask([Effect.never, internalError()], {
      budget: Layer.succeed(TencentRetry.Budget, budget),
      // Time for one retry, after 100 ms.
      deadline: "10250 millis",
      duration: "10100 millis"
    })
    assert.lengthOf(times, 2)
    near(yield* tokensOf(budget), 5 - 3)
  }, 0)

  sentence("9.3", "starts with 5 tokens and never holds more", function*() {
    const budget = yield* TencentRetry.Budget.make()
    assert.strictEqual(yield* tokensOf(budget), 5)
    yield* succeed(budget, 20)
    yield* TestClock.adjust("1 hour")
    assert.strictEqual(yield* tokensOf(budget), 5)
  })

  sentence("9.3", "a success that took no token adds 0.1", function*() {
    const budget = yield* holding(2)
    yield* succeed(budget)
    near(yield* tokensOf(budget), 2.1)
    yield* failing(first(1, own("replay"))).effect.pipe(TencentRetry.retry(endlessly, { budget }))
    near(yield* tokensOf(budget), 2.2)
  })

  sentence("11.11", "so does an error with a code that is neither transient nor maintenance", function*() {
    for (const { code, kind } of ErrorCode.catalogue) {
      const { retryClass } = ErrorKind.table[kind]
      const budget = yield* holding(2)
      yield* Effect.exit(
        Effect.fail(errorOfCode(code)).pipe(
          TencentRetry.retry(TencentRetry.idempotent, { budget, times: 0 })
        )
      )
      near(yield* tokensOf(budget), retryClass === "transient" || retryClass === "maintenance" ? 2 : 2.1)
    }
    // Without a code it did not come from the API.
    const budget = yield* holding(2)
    yield* fail(budget, own("never"))
    assert.strictEqual(yield* tokensOf(budget), 2)
  })

  sentence("11.11", "a retry that gets such an error gives its tokens back", function*() {
    const budget = yield* holding(2)
    const { effect, starts } = failing(first(1, own("transient"), invalidParameter))
    yield* Effect.exit(effect.pipe(TencentRetry.retry(endlessly, { budget })))
    assert.lengthOf(starts, 2)
    assert.strictEqual(yield* tokensOf(budget), 2)
  }, 0)

  sentence("9.3", "a retry that succeeds gives its tokens back", function*() {
    for (const retryCost of [1, 3]) {
      const budget = yield* holding(4)
      yield* failing(first(1, own("transient", { retryCost }))).effect.pipe(TencentRetry.retry(endlessly, { budget }))
      assert.strictEqual(yield* tokensOf(budget), 4)
    }
  })

  sentence("11.11", "neither for a success of the client after more than half of the time of an attempt", function*() {
    for (const [took, gain] of [[5000, 0.1 + 1], [5001, 0]] as const) {
      const run = Effect.gen(function*() {
        const budget = yield* holding(2)
        const options = { budget: Layer.succeed(TencentRetry.Budget, budget), duration: "6 seconds" } as const
        const slow = Effect.delay(Effect.succeed(ok), took)
        yield* ask(slow, options)
        yield* ask([transportFailure("ConnectionLost"), slow], options)
        // One token was taken, and 12 s have passed.
        near(yield* tokensOf(budget), 2 - 1 + gain + 0.12)
      })
      yield* fresh(run)
    }
  }, 0)

  sentence("9.3", "time adds 0.01 per second", function*() {
    const budget = yield* holding(1)
    yield* TestClock.adjust("130 seconds")
    near(yield* tokensOf(budget), 1 + 1.3)
  })

  for (const [until, options] of [[10_000, {}], [4000, { deadline: "4 seconds" }]] as const) {
    sentence("9.4", `a retry without its tokens waits ${until} ms, then its own error comes out`, function*() {
      const { error, fiber, starts } = yield* waiting(yield* holding(0), 1, options)
      yield* TestClock.adjust(until - 1)
      assert.isUndefined(fiber.pollUnsafe())
      yield* TestClock.adjust(1)
      assert.isDefined(fiber.pollUnsafe())
      assert.strictEqual(yield* Fiber.join(fiber), error)
      assert.lengthOf(starts, 1)
    })
  }

  sentence("9.4", "comes out at once where no call brings a token in time", function*() {
    for (const [passed, waits] of [[89_000, false], [90_000, true]] as const) {
      const run = Effect.gen(function*() {
        const budget = yield* holding(0)
        yield* TestClock.adjust(passed)
        const { effect } = failing(own("transient"))
        const fiber = yield* Effect.forkChild(effect.pipe(TencentRetry.retry(endlessly, { budget }), Effect.flip))
        yield* TestClock.adjust(9999)
        assert.strictEqual(fiber.pollUnsafe() === undefined, waits)
      })
      yield* fresh(run)
    }
  })

  sentence("11.19", "two calls at the same time let both wait, for ten seconds more", function*() {
    for (const [passed, waits] of [[9999, true], [10_000, false]] as const) {
      const run = Effect.gen(function*() {
        const budget = yield* holding(0)
        yield* Fiber.interruptAll([yield* another(budget), yield* another(budget)])
        yield* TestClock.adjust(passed)
        const { effect } = failing(own("transient"))
        const fiber = yield* Effect.forkChild(effect.pipe(TencentRetry.retry(endlessly, { budget }), Effect.flip))
        yield* TestClock.adjust(0)
        assert.strictEqual(fiber.pollUnsafe() === undefined, waits)
      })
      yield* fresh(run)
    }
  })

  sentence("9.4", "first come, first served", function*() {
    const budget = yield* holding(0)
    // The first needs more than the others, and is not passed.
    const calls = [yield* waiting(budget, 2), yield* waiting(budget), yield* waiting(budget)]
    const gone: Array<string> = []
    for (let tokens = 1; tokens <= 4; tokens++) {
      yield* succeed(budget, 10)
      yield* TestClock.adjust(0)
      gone.push(calls.map(({ starts }) => starts.length - 1).join(""))
    }
    assert.deepStrictEqual(gone, ["000", "100", "110", "111"])
  }, 0)

  sentence("9.5", "one that waited goes on at a random point of the next second", function*() {
    for (const random of edges) {
      const run = Effect.gen(function*() {
        const budget = yield* holding(0)
        const { starts } = yield* waiting(budget)
        yield* TestClock.adjust("2 seconds")
        yield* succeed(budget, 10)
        yield* TestClock.adjust("1 second")
        allNear(starts, [0, 2000 + 1000 * random])
      })
      yield* run.pipe(withRandom(random), fresh)
    }
  })

  sentence(
    "11.12",
    "while calls wait after five failures in a row, a success adds 0.5 until the next one",
    function*() {
      // The call that waits has failed too.
      for (const [failures, added] of [[3, 0.1], [4, 0.5], [9, 0.5]] as const) {
        const budget = yield* holding(0)
        yield* waiting(budget, 3)
        yield* fail(budget, own("maintenance"), failures)
        yield* succeed(budget, 2)
        near(yield* tokensOf(budget), 2 * added)
        yield* fail(budget, own("transient"))
        yield* succeed(budget)
        near(yield* tokensOf(budget), 2 * added + 0.1)
      }
    }
  )

  sentence("11.12", "not where no call waits, nor after failures of other classes", function*() {
    const idle = yield* holding(0)
    yield* fail(idle, own("transient"), 9)
    yield* succeed(idle)
    near(yield* tokensOf(idle), 0.1)
    for (const make of [own("throttled"), own("replay"), own("credentials"), own("never"), plain]) {
      const budget = yield* holding(0)
      yield* waiting(budget, 3)
      yield* fail(budget, make, 9)
      yield* succeed(budget)
      near(yield* tokensOf(budget), 0.1)
    }
  })

  sentence("9.6", "an interrupted wait takes no token and adds none", function*() {
    const budget = yield* holding(2)
    const queued = yield* waiting(budget, 3)
    assert.deepStrictEqual(yield* budget.state, { tokens: 2, queued: 1 })
    yield* Fiber.interrupt(queued.fiber)
    assert.deepStrictEqual(yield* budget.state, { tokens: 2, queued: 0 })
    // One that has its tokens, and waits for its point of the next second.
    const granted = yield* waiting(budget, 3)
    yield* succeed(budget, 10)
    near(yield* tokensOf(budget), 0)
    yield* Fiber.interrupt(granted.fiber)
    near(yield* tokensOf(budget), 3)
    assert.deepStrictEqual([queued.starts.length, granted.starts.length], [1, 1])
  }, 0.5)

  sentence("11.13", "the retries that take tokens are at most the sum", function*() {
    let all = 0
    for (let seed = 1; seed <= 6; seed++) {
      const { free, given, retries, waiting } = yield* weather(seed)
      assert.isAtMost(retries, 5 + 0.1 * free + given + 0.5 * waiting + 0.01 * 200, `seed ${seed}`)
      all += retries
    }
    assert.isAbove(all, 6 * 20)
  })

  for (const calls of [100, 400]) {
    sentence("11.13", `an outage of T seconds costs 5 + 0.01 T, with ${calls} calls`, function*() {
      const budget = yield* TencentRetry.Budget.make()
      const { effect, starts } = failing(internalError)
      const call = effect.pipe(
        TencentRetry.retry(TencentRetry.idempotent, { budget, deadline: "30 seconds" }),
        Effect.exit
      )
      for (let n = 0; n < calls; n++) yield* Effect.forkChild(Effect.delay(call, n * 200_000 / calls))
      yield* TestClock.adjust("250 seconds")
      const retries = starts.length - calls
      assert.isTrue(retries >= 5 && retries <= 5 + 0.01 * 250, `${retries}`)
    }, 0.5)
  }
})

// ---------------------------------------------------------------------------------------------------------------------
// Section 10
// ---------------------------------------------------------------------------------------------------------------------

const actionOf = (name: string, options?: { readonly module?: string; readonly idempotent?: boolean }) =>
  TencentAction.make(name, {
    module: "cvm",
    ...options,
    request: Schema.Struct({ n: Schema.optionalKey(Schema.Number) }),
    response: Schema.Struct({ totalCount: Schema.Number })
  })

const Read = actionOf("DescribeInstances")
const Write = actionOf("RunInstances")

const ok = { code: 0, message: "", totalCount: 3 }

type CallOptions = TencentClient.CallOptions<TencentError.TencentError>

type CallError = TencentError.TencentError | TencentClient.ClientError

type Call = Effect.Effect<unknown, CallError>

interface Asked extends Omit<TencentClient.Options, "budget"> {
  readonly action?: typeof Read
  readonly call?: CallOptions
  readonly budget?: Layer.Layer<TencentRetry.Budget>
  /** What the program does with the call. */
  readonly around?: (call: Call) => Call
  /** How long to wait for the end. */
  readonly duration?: Duration.Input
}

type Answers = TencentClientTest.ScriptedResponse | ReadonlyArray<TencentClientTest.ScriptedResponse>

/** One call of a client of its own: when its requests came, its exit, and how long it took. */
const ask = (
  answers: Answers,
  { action = Read, around = (call) => call, budget, call, duration = "1 minute", ...options }: Asked = {}
) => {
  const client = TencentClientTest.layer({ [action.name]: answers }, options)
  return Effect.gen(function*() {
    const { call: send } = yield* TencentClient.TencentClient
    const start = yield* Clock.currentTimeMillis
    const { end, exit } = yield* settle(around(send(action, {}, call)), duration)
    const requests = yield* (yield* TencentClientTest.TencentClientTest).requests
    return { times: requests.map(({ time }) => time), exit, took: end - start }
  }).pipe(Effect.provide(budget === undefined ? client : Layer.provide(client, budget)))
}

/** How many requests one call leads to. */
const requestsOf = (answers: Answers, options?: Asked) => Effect.map(ask(answers, options), ({ times }) => times.length)

interface Sent {
  readonly time: number
  readonly parameters: URLSearchParams
}

/** A server in memory for what `TencentClientTest` does not have: signatures, and credentials of your own. */
const serve = (reply: (index: number) => { readonly body: object; readonly headers?: Record<string, string> }) => {
  const sent: Array<Sent> = []
  const http = HttpClient.make((request) =>
    Effect.map(Clock.currentTimeMillis, (time) => {
      const text = request.body._tag === "Uint8Array" ? new TextDecoder().decode(request.body.body) : ""
      const { body, headers } = reply(sent.push({ time, parameters: new URLSearchParams(text) }) - 1)
      const answer = JSON.stringify(body)
      const web = new Response(answer, { headers: { "content-length": `${answer.length}`, ...headers } })
      // A promise would let the test clock run ahead of it.
      return Object.defineProperty(HttpClientResponse.fromWeb(request, web), "text", { value: Effect.succeed(answer) })
    })
  )
  return { sent, layer: Layer.succeed(HttpClient.HttpClient, http) }
}

const keys = (secretId: string): TencentCredentials.Credentials => ({
  secretId,
  secretKey: Redacted.make("a-secret-key")
})

const clientOf = (
  http: Layer.Layer<HttpClient.HttpClient>,
  credentials: Layer.Layer<TencentCredentials.TencentCredentials> = TencentCredentials.layer(keys("AKID1"))
) =>
  Effect.map(
    Layer.build(TencentClient.layer({ region: "ap-guangzhou" }).pipe(Layer.provide([credentials, http]))),
    Context.get(TencentClient.TencentClient)
  )

const failure = (code: number) => ({ code, message: "" })

const { response, transportFailure } = TencentClientTest

const byStatus = (...statuses: ReadonlyArray<number>) => statuses.map((status) => response("<html>", { status }))

const retryAfterSeconds = 4

/** The failures that the first cells of 10.7 name, separated by commas. */
const failures: { readonly [name: string]: ReadonlyArray<TencentClientTest.ScriptedResponse> } = {
  "name not resolved for the moment": [transportFailure("DnsTemporary")],
  "connection refused": [transportFailure("ConnectionRefused")],
  "host unreachable": [transportFailure("Unreachable")],
  "no connection in time": [transportFailure("ConnectTimeout")],
  "broken TLS handshake": [transportFailure("TlsHandshake")],
  "no such host": [transportFailure("DnsNotFound")],
  "wrong certificate": [transportFailure("Certificate")],
  "proxy that refuses": [transportFailure("ProxyRefused")],
  "address that is not taken": [transportFailure("InvalidAddress")],
  "no connection": [transportFailure("NotConnected")],
  "proxy without a way": [transportFailure("ProxyUnavailable")],
  "response that is not HTTP": [transportFailure("NotHttp")],
  "connection lost": [transportFailure("ConnectionLost")],
  "no response in time": [Effect.never],
  "any other failure of the transport": [transportFailure("Unknown")],
  "response cut short": [transportFailure("TruncatedBody")],
  "status 200 without JSON": [response("<html>"), response("")],
  "response larger than 50 MB": [response("", { headers: { "content-length": `${50 * 1024 * 1024 + 1}` } })],
  "any other 2xx": byStatus(201, 202, 204, 206),
  "HTTP status 501": byStatus(501),
  "HTTP status 505": byStatus(505),
  "HTTP status 511": byStatus(511),
  "any other 5xx": byStatus(500, 502, 503, 504, 599),
  "HTTP status 429": [response("<html>", { status: 429, headers: { "retry-after": `${retryAfterSeconds}` } })],
  "HTTP status 408": byStatus(408),
  "any other 3xx or 4xx": byStatus(301, 302, 304, 307, 400, 403, 404, 407, 409, 428, 430, 499)
}

const namesIn = ([names]: Row): ReadonlyArray<string> => names!.split(", ")

/** What the second cells of 10.7 say became of the request. */
const fates: { readonly [cell: string]: ErrorKind.Outcome } = {
  "was not sent": "notRun",
  "was refused": "notRun",
  "may have run": "unknown"
}

/** Policies that retry too much. */
const bold = TencentRetry.make({
  InternalError: Schedule.recurs(3),
  TransportFailure: Schedule.recurs(3),
  QuotaExceeded: Schedule.recurs(3)
})
const boldKinds = TencentRetry.byKind({
  internal: Schedule.recurs(3),
  transport: Schedule.recurs(3),
  throttled: Schedule.recurs(3)
})

/** A server that takes so many requests of an action and region in each second. */
const quota = (limit: number) => {
  const counts = new Map<string, number>()
  return ({ Action, Region }: TencentClientTest.Parameters) =>
    Effect.map(Clock.currentTimeMillis, (now): TencentClientTest.Response => {
      const second = `${Action} ${Region} ${Math.floor(now / 1000)}`
      const count = (counts.get(second) ?? 0) + 1
      counts.set(second, count)
      return count <= limit ? ok : { code: 4400, message: `\`${count}\` in a second, the limit is \`${limit}\`` }
    })
}

/** A quota that is exceeded until a time, in seconds. */
const clearsAt = (second: number) => () =>
  Effect.map(Clock.currentTimeMillis, (now): TencentClientTest.Response => now < second * 1000 ? quotaExceeded() : ok)

/** Requests of failing calls to one host, to that host again, and to another one. */
const requestsOfHosts = (budget?: Layer.Layer<TencentRetry.Budget>) => {
  const Other = actionOf("DescribeSnapshots", { module: "snapshot" })
  const client = TencentClientTest.layer({ DescribeInstances: internalError(), DescribeSnapshots: internalError() })
  return Effect.gen(function*() {
    const { call } = yield* TencentClient.TencentClient
    const { requests } = yield* TencentClientTest.TencentClientTest
    const counts: Array<number> = []
    for (const action of [Read, Read, Other]) {
      const before = (yield* requests).length
      yield* settle(call(action, {}), "20 seconds")
      counts.push((yield* requests).length - before)
    }
    return counts
  }).pipe(Effect.provide(budget === undefined ? client : Layer.provide(client, budget)))
}

const unbounded = { budget: TencentRetry.Budget.none }

describe("10. The client", () => {
  sentence(
    "10.1",
    "retries by idempotent where the first word of a name says that it reads, else by mutating",
    function*() {
      const cases = ["Describe", "List", "Get", "Query", "Inquiry", "Inquire", "Search", "Count"].flatMap((word) => [
        [`${word}Things`, 6] as const,
        [word, 6] as const,
        [`${word}er`, 1] as const
      ])
      for (const [name, requests] of [...cases, ["RunInstances", 1], ["CheckAccount", 1], ["ReDescribe", 1]] as const) {
        const action = actionOf(name)
        assert.strictEqual(yield* requestsOf(internalError(), { action }), requests, name)
        assert.strictEqual(yield* requestsOf(replayAttack(), { action }), requests === 6 ? 3 : 1, name)
      }
    }
  )

  sentence("10.1", "unless its declaration says otherwise, or the call, which goes first", function*() {
    for (const name of ["RunInstances", "DescribeInstances"]) {
      for (const idempotent of [true, false]) {
        const requests = idempotent ? 6 : 1
        const declared = actionOf(name, { idempotent })
        assert.strictEqual(yield* requestsOf(internalError(), { action: declared }), requests)
        const otherwise = actionOf(name, { idempotent: !idempotent })
        assert.strictEqual(yield* requestsOf(internalError(), { action: otherwise, call: { idempotent } }), requests)
      }
    }
  })

  sentence("10.2", "whatever its policy, retries an action that must not run twice where nothing ran", function*() {
    for (const policy of [{ retry: boldKinds }, { call: { retry: bold } }]) {
      for (const error of [internalError(), transportFailure("ConnectionLost")]) {
        assert.strictEqual(yield* requestsOf(error, { action: Write, ...policy }), 1)
        assert.strictEqual(yield* requestsOf(error, { action: Read, ...policy }), 4)
      }
      for (const error of [quotaExceeded(), transportFailure("ConnectionRefused")]) {
        assert.isAbove(yield* requestsOf(error, { action: Write, ...policy }), 1)
      }
    }
  })

  sentence("10.2", "the same holds for a policy around the call", function*() {
    const retries: ReadonlyArray<(call: Call) => Call> = [
      TencentRetry.retry(bold),
      (call) => Effect.retry(call, TencentRetry.schedule(bold))
    ]
    for (const around of retries) {
      for (const error of [internalError(), transportFailure("ConnectionLost")]) {
        assert.strictEqual(yield* requestsOf(error, { action: Write, around }), 1)
        assert.strictEqual(yield* requestsOf(error, { action: Read, around, ...unbounded }), 6 * 4)
      }
      const refused = transportFailure("ConnectionRefused")
      assert.strictEqual(yield* requestsOf(refused, { action: Write, around, ...unbounded }), 6 * 4)
    }
  })

  sentence("10.3", "no error is notRun after an attempt that may have run", function*() {
    const later = [invalidParameter(), quotaExceeded(), errorOfCode(6200), transportFailure("ConnectionRefused")]
    for (const first of [internalError(), transportFailure("ConnectionLost")]) {
      for (const error of later) {
        const { exit, times } = yield* fresh(
          ask([first, error, error, error, error, error], { call: { deadline: "3 seconds" } })
        )
        assert.isAbove(times.length, 1)
        assert.deepInclude(errorOf(exit), { _tag: error._tag, outcome: "unknown" })
      }
    }
  })

  sentence("10.4", "every attempt has the timestamp of its own second, a new nonce and a new signature", function*() {
    yield* TestClock.setTime(1_767_323_045_000)
    const { layer, sent } = serve(() => ({ body: failure(6200) }))
    const client = yield* clientOf(layer)
    yield* settle(client.call(Read, {}), "1 minute")
    const values = (name: string) => sent.map(({ parameters }) => parameters.get(name))
    assert.deepStrictEqual(values("Timestamp"), sent.map(({ time }) => `${Math.floor(time / 1000)}`))
    for (const name of ["Nonce", "Signature"]) assert.strictEqual(new Set(values(name)).size, 6, name)
  }, 0.5)

  for (const [seconds, corrected] of [[29, false], [31, true], [-29, false], [-32, true], [3600, true]] as const) {
    const title = `a clock that is ${seconds} s away is ${corrected ? "" : "not "}corrected, also for later calls`
    sentence(Math.abs(seconds) === 3600 ? "10.5" : "11.14", title, function*() {
      yield* TestClock.setTime(1_767_323_045_000)
      const headers = { date: new Date(1_767_323_045_000 + seconds * 1000).toUTCString() }
      const { layer, sent } = serve((index) => index === 0 ? { body: failure(4500), headers } : { body: ok })
      const client = yield* clientOf(layer)
      yield* settle(client.call(Read, {}), "1 minute")
      yield* settle(client.call(Write, {}), "1 minute")
      const ahead = sent.map(({ parameters, time }) => Number(parameters.get("Timestamp")) - time / 1000)
      assert.deepStrictEqual(ahead, corrected ? [0, seconds, seconds] : [0, 0, 0])
    })
  }

  for (const [minutes, requests] of [[0, 1], [3, 1], [-3, 1], [5, 2], [-5, 2], [undefined, 1]] as const) {
    sentence(
      minutes === 0 ? "10.5" : "11.14",
      `an action that is not idempotent, with a clock that is ${minutes} minutes away`,
      function*() {
        yield* TestClock.setTime(1_767_323_045_000)
        const headers: Record<string, string> = minutes === undefined
          ? {}
          : { date: new Date(1_767_323_045_000 + minutes * 60_000).toUTCString() }
        const { layer, sent } = serve((index) => index === 0 ? { body: failure(4500), headers } : { body: ok })
        const client = yield* clientOf(layer)
        const { exit } = yield* settle(client.call(Write, {}), "1 minute")
        assert.lengthOf(sent, requests)
        if (requests === 1) stops("outcomeUnknown")(TencentRetry.decide(errorOf(exit), { idempotent: false }))
      }
    )
  }

  for (const code of [4100, 4104, 4105]) {
    sentence("10.6", `after ${code} asks once for other credentials, and tries once more if they differ`, function*() {
      const unavailable = Effect.fail(new TencentCredentials.CredentialsUnavailable({ message: "" }))
      const cases = [
        [Effect.succeed(keys("AKID2")), ["AKID1", "AKID2"]],
        [Effect.succeed(keys("AKID1")), ["AKID1"]],
        [unavailable, ["AKID1"]]
      ] as const
      for (const [other, used] of cases) {
        let current = keys("AKID1")
        let asked = 0
        const source = Layer.succeed(TencentCredentials.TencentCredentials, {
          get: Effect.sync(() => current),
          refresh: () => (asked++, Effect.tap(other, (credentials) => Effect.sync(() => current = credentials)))
        })
        const { layer, sent } = serve(() => ({ body: failure(code) }))
        const client = yield* clientOf(layer, source)
        const { exit } = yield* settle(client.call(Read, {}), "1 minute")
        assert.propertyVal(errorOf(exit), "code", code)
        assert.deepStrictEqual(sent.map(({ parameters }) => parameters.get("SecretId")), [...used])
        assert.strictEqual(asked, 1)
      }
    })
  }

  const rows = tableOf(10)

  for (const row of rows) {
    const [label, fate, idempotent, mutating] = row
    sentence("10.7", label!, function*() {
      const plans = plansOf(idempotent!, mutating!)
      for (const name of namesIn(row)) {
        for (const answer of known(failures, name)) {
          const took = answer === Effect.never ? 1000 : 0
          for (const [index, action] of [Read, Write].entries()) {
            for (const random of [0, almostOne]) {
              const options = { action, ...unbounded, ...(took > 0 && { attemptTimeout: took }) }
              const { exit, times } = yield* ask(answer, options).pipe(withRandom(random), fresh)
              plans[index]!(times, random, took)
              assert.strictEqual(errorOf(exit).outcome, known(fates, fate!))
            }
          }
        }
      }
    })
  }

  sentence("10.7", "HTTP status 429 without Retry-After", function*() {
    paced(30_000)((yield* ask(response("", { status: 429 }))).times, 0, 0)
  })

  statement("10.7", "has all the failures that are tested here", () => {
    assert.sameMembers(rows.flatMap(namesIn), Object.keys(failures))
  })

  sentence("10.8", "one attempt takes at most 10 s", function*() {
    const { exit, took } = yield* ask(Effect.never, { action: Write })
    assert.propertyVal(errorOf(exit), "reason", "AttemptTimeout")
    assert.strictEqual(took, 10_000)
  })

  sentence("10.8", "a call with all its attempts and delays takes at most 30 s", function*() {
    near((yield* ask(Effect.never, unbounded)).took, 30_000)
    for (const answer of [Effect.never, quotaExceeded(), new TencentError.ApiUnavailable({ message: "" })]) {
      assert.isAtMost((yield* ask(answer)).took, 30_000 + 1e-6)
    }
  })

  sentence("10.8", "a call whose attempts may take longer has as much more time", function*() {
    const longer = { attemptTimeout: "25 seconds" } as const
    const reads = { call: longer, ...unbounded, duration: "2 minutes" } as const
    near((yield* fresh(ask(Effect.never, reads))).took, 45_000)
    assert.strictEqual((yield* fresh(ask(Effect.never, { action: Write, call: longer }))).took, 25_000)
  })

  sentence("10.8", "no attempt begins without time for its response", function*() {
    for (const [deadline, requests] of [[300, 1], [299, 0]] as const) {
      const sent = serve(() => ({ body: failure(0) }))
      const slow = Effect.as(Effect.sleep("200 millis"), keys("AKID1"))
      const client = yield* clientOf(sent.layer, TencentCredentials.layerRefreshing(slow))
      yield* settle(client.call(Write, {}, { deadline }))
      assert.lengthOf(sent.sent, requests)
    }
  })

  sentence("10.9", "quota errors are retried until the deadline", function*() {
    for (const second of [1, 5, 20]) {
      assert.isTrue(Exit.isSuccess((yield* fresh(ask(clearsAt(second)))).exit), `${second}`)
    }
    // Also where that is later than the bound of 3.3.
    const patient = yield* fresh(ask(clearsAt(50), { deadline: "1 minute", duration: "2 minutes" }))
    assert.isTrue(Exit.isSuccess(patient.exit))
    const answer = response("", { status: 429 })
    const refused = yield* fresh(ask(answer, { deadline: "1 minute", duration: "2 minutes" }))
    paced(60_000)(refused.times, 0, 0)
    const { exit, took } = yield* fresh(ask(clearsAt(100)))
    assert.propertyVal(errorOf(exit), "_tag", "QuotaExceeded")
    assert.isTrue(took > 25_000 && took <= 30_000, `${took}`)
  }, 0.5)

  for (const limit of [5, 10]) {
    sentence(
      "10.9",
      `then that action and region has a learned rate, and order, under a quota of ${limit}`,
      function*() {
        yield* TestClock.setTime(100_000)
        const answers = { DescribeInstances: quota(limit), RunInstances: quota(limit) }
        yield* Effect.gen(function*() {
          const client = yield* TencentClient.TencentClient
          const { requests } = yield* TencentClientTest.TencentClientTest
          const send = (n: number, action = Read, options?: CallOptions) =>
            Effect.forkChild(Effect.exit(client.call(action, { n }, options)))
          const sent = Effect.map(requests, (requests) => requests.map(({ parameters }) => Number(parameters["n"])))
          for (let n = 0; n < limit; n++) yield* send(n)
          yield* TestClock.adjust(0)
          assert.lengthOf(yield* sent, limit)
          // The first of these is refused. Calls of the action are held back, those of another one or region are not.
          for (let n = limit; n < 30; n++) yield* send(n)
          for (const n of [50, 51, 52]) yield* send(n, Write)
          for (const n of [60, 61, 62]) yield* send(n, Read, { region: "ap-shanghai" })
          yield* TestClock.adjust(0)
          const at = (yield* sent).slice(limit)
          assert.includeMembers(at, [50, 51, 52, 60, 61, 62])
          assert.isAtMost(at.length, 6 + limit)
          yield* TestClock.adjust("20 seconds")
          const order = [...new Set(yield* sent)].filter((n) => n < 50)
          assert.deepStrictEqual(order, Array.from({ length: 30 }, (_, n) => n))
          const counts = Array.from({ length: 20 }, () => 0)
          for (const { time } of yield* requests) counts[Math.floor(time / 1000) - 100]! += 1
          assert.isAtMost(Math.max(...counts.slice(1)), 1.5 * limit)
        }).pipe(Effect.provide(TencentClientTest.layer(answers)))
      },
      0.5
    )
  }

  const late = [["10.10", "at once", 1700, 0], ["11.16", "when it is too late", 1850, 1450]] as const

  for (const [number, when, deadline, took] of late) {
    sentence(number, `a call whose slot comes after its deadline fails without a request, ${when}`, function*() {
      yield* Effect.gen(function*() {
        const client = yield* TencentClient.TencentClient
        const { requests } = yield* TencentClientTest.TencentClientTest
        // Two thirds of a request per second after a refusal without numbers, and the next one at once.
        for (let n = 0; n < 2; n++) yield* Effect.exit(client.call(Read, {}, { deadline: 1 }))
        const { end, exit } = yield* settle(client.call(Read, {}, { deadline }), "2 seconds")
        assert.strictEqual(end, took)
        assert.propertyVal(errorOf(exit), "_tag", "QuotaExceeded")
        assert.lengthOf(yield* requests, 2)
      }).pipe(Effect.provide(TencentClientTest.layer({ DescribeInstances: quotaExceeded() })))
    })
  }

  sentence("11.15", "no retry begins with less time left than a response takes", function*() {
    // The first delay is 500 ms, and a response is taken to take 100 ms.
    for (const [deadline, requests] of [[600, 2], [599, 1]] as const) {
      const { exit, times } = yield* fresh(ask(errorOfCode(6200), { call: { deadline } }))
      assert.strictEqual(times.length, requests)
      assert.propertyVal(errorOf(exit), "_tag", "ApiUnavailable")
    }
  }, 0)

  sentence("11.16", "a call whose slot comes too late fails with the error of its last attempt", function*() {
    yield* TestClock.setTime(100_000)
    const refusal = { code: 4400, message: "`1000` in a second, the limit is `1`" }
    yield* Effect.gen(function*() {
      const client = yield* TencentClient.TencentClient
      const fiber = yield* Effect.forkChild(Effect.flip(client.call(Read, {}, { deadline: "1 second" })))
      yield* TestClock.adjust("20 millis")
      // Refused, which makes the rate a tenth of a request per second; and the one that the rate allows.
      yield* Effect.flip(client.call(Read, {}, { deadline: "10 millis" }))
      yield* client.call(Read, {})
      yield* TestClock.adjust("1 second")
      assert.propertyVal(yield* Fiber.join(fiber), "_tag", "InternalError")
    }).pipe(Effect.provide(TencentClientTest.layer({ DescribeInstances: [internalError(), refusal, ok] })))
  })

  sentence("11.16", "a slot that is free is taken, also shortly before the deadline", function*() {
    assert.isTrue(Exit.isSuccess((yield* ask(ok, { call: { deadline: "1 millis" } })).exit))
  })

  sentence("10.12", "has one budget for each host", function*() {
    assert.deepStrictEqual(yield* requestsOfHosts(), [6, 1, 6])
  })

  sentence("10.12", "uses a Budget of the context where it is built for all hosts instead", function*() {
    assert.deepStrictEqual(yield* requestsOfHosts(TencentRetry.Budget.layer()), [6, 1, 1])
    assert.deepStrictEqual(yield* requestsOfHosts(TencentRetry.Budget.layer({ capacity: 2 })), [3, 1, 1])
    // That of the context where it is called is not asked.
    const none = TencentRetry.Budget.layer({ capacity: 0, maxWait: 0 })
    assert.strictEqual(yield* requestsOf(internalError(), { around: Effect.provide(none) }), 6)
  })

  sentence("10.11", "a call that always fails sends at most 6 requests, also under a policy", function*() {
    const codes = ErrorCode.catalogue.filter(({ kind }) => kind !== "throttled").map(({ code }) => code)
    const others = Object.entries(failures).filter(([name]) => name !== "HTTP status 429")
    let most = 0
    for (const answer of [...codes.map(errorOfCode), ...others.map(([, answers]) => answers[0]!)]) {
      for (const [action, policy] of [[Read, TencentRetry.idempotent], [Write, TencentRetry.mutating]] as const) {
        const alone = yield* requestsOf(answer, { action, ...unbounded })
        most = Math.max(most, alone)
        const around = TencentRetry.retry(policy)
        assert.strictEqual(yield* requestsOf(answer, { action, around, ...unbounded }), alone)
      }
    }
    assert.strictEqual(most, 6)
  })

  sentence("10.11", "also one that fails in several ways", function*() {
    const turns = Array.from({ length: 30 }, (_, n) => n % 2 === 0 ? internalError() : errorOfCode(6200))
    const mixes = [turns, [replayAttack(), replayAttack(), ...turns], [transportFailure("DnsNotFound"), ...turns]]
    for (const answers of mixes) assert.strictEqual(yield* requestsOf(answers, unbounded), 6)
    // The quota errors among them do not count.
    const throttled = [quotaExceeded(), ...turns.slice(0, 3), quotaExceeded(), ...turns]
    assert.strictEqual(yield* requestsOf(throttled, unbounded), 6 + 2)
  })

  sentence("11.17", "a policy of your own has the bounds that you write, and multiplies", function*() {
    const table = TencentRetry.make({ InternalError: Schedule.recurs(7) })
    assert.strictEqual(yield* requestsOf(internalError(), { call: { retry: table }, ...unbounded }), 1 + 7)
    const kinds = TencentRetry.byKind({ internal: Schedule.recurs(8) })
    assert.strictEqual(yield* requestsOf(internalError(), { retry: kinds, ...unbounded }), 1 + 8)
    const around = TencentRetry.retry(TencentRetry.make({ InternalError: Schedule.recurs(2) }))
    assert.strictEqual(yield* requestsOf(internalError(), { around, ...unbounded }), 6 * (1 + 2))
  })

  sentence("10.11", "the deadline bounds quota errors", function*() {
    for (const answer of [quotaExceeded(), response("", { status: 429 })]) {
      assert.isAtMost((yield* ask(answer, { deadline: "7 seconds" })).took, 7000)
    }
  })

  sentence(
    "10.13",
    "with a TencentQuotaStore every attempt takes a slot, shared by all who use the store",
    function*() {
      const slots: Array<TencentQuotaStore.Quota> = []
      const store = Effect.map(
        TencentQuotaStore.TencentQuotaStore,
        ({ learn, acquire }) =>
          TencentQuotaStore.TencentQuotaStore.of({
            learn,
            acquire: (quota, maxWait) => Effect.tap(acquire(quota, maxWait), () => Effect.sync(() => slots.push(quota)))
          })
      )
      const shared = Context.get(yield* Layer.build(TencentQuotaStore.layerMemory), TencentQuotaStore.TencentQuotaStore)
      const counted = yield* Effect.provideService(store, TencentQuotaStore.TencentQuotaStore, shared)
      const layer = (answers: Answers) =>
        Layer.provide(
          TencentClientTest.layer({ DescribeInstances: answers }),
          Layer.succeed(TencentQuotaStore.TencentQuotaStore, counted)
        )
      const times = (answers: Answers, calls: number) =>
        Effect.gen(function*() {
          const client = yield* TencentClient.TencentClient
          for (let n = 0; n < calls; n++) {
            yield* Effect.forkChild(Effect.exit(client.call(Read, {})))
          }
          yield* TestClock.adjust("1 minute")
          const { requests } = yield* TencentClientTest.TencentClientTest
          return (yield* requests).map(({ time }) => time)
        }).pipe(Effect.provide(layer(answers)))
      const [a, b] = yield* Effect.all([times(ok, 10), times(ok, 10)], { concurrency: 2 })
      const all = [...a, ...b].sort((x, y) => x - y)
      // 20 requests per second are 19 intervals.
      for (const [n, time] of all.entries()) assert.approximately(time, n * 1000 / 19, 1)
      assert.lengthOf(slots, 20)
      assert.lengthOf(yield* times([internalError(), internalError(), ok], 1), 3)
      assert.lengthOf(slots, 23)
    }
  )

  sentence("11.18", "a call whose slot would come too late takes none", function*() {
    const layer = Layer.provide(TencentClientTest.layer({ DescribeInstances: ok }), TencentQuotaStore.layerMemory)
    yield* Effect.gen(function*() {
      const client = yield* TencentClient.TencentClient
      const { requests } = yield* TencentClientTest.TencentClientTest
      const slow = { ...Read, quota: 2 }
      yield* client.call(slow, {})
      for (let n = 0; n < 5; n++) {
        const { end, exit } = yield* settle(client.call(slow, {}, { deadline: "1 second" }), 0)
        assert.strictEqual(end, 0)
        assert.propertyVal(errorOf(exit), "_tag", "QuotaExceeded")
      }
      const { end } = yield* settle(client.call(slow, {}), "1 second")
      assert.strictEqual(end, 1000)
      assert.lengthOf(yield* requests, 2)
    }).pipe(Effect.provide(layer))
  })

  sentence("10.13", "a store that cannot be asked stops nobody", function*() {
    const redis = Layer.effect(
      Redis.Redis,
      Redis.make({
        send: () => Effect.fail(new Redis.RedisError({ cause: new Error("away") })),
        subscribe: () => Effect.never,
        connect: Effect.never
      })
    )
    const store = TencentQuotaStoreRedis.layer({ account: "100000000001" }).pipe(Layer.provide(redis))
    yield* Effect.gen(function*() {
      const client = yield* TencentClient.TencentClient
      for (let n = 0; n < 50; n++) yield* client.call(Read, {})
    }).pipe(Effect.provide([
      Layer.provide(TencentClientTest.layer({ DescribeInstances: ok }), store),
      Logger.layer([])
    ]))
  })
})

/** A call that stops for each reason. */
const stopping: { readonly [R in TencentRetry.StopReason]: readonly [Answers, Asked] } = {
  permanent: [invalidParameter(), {}],
  outcomeUnknown: [internalError(), { action: Write }],
  notInPolicy: [internalError(), { retry: TencentRetry.make({}) }],
  scheduleEnded: [replayAttack(), {}],
  attempts: [internalError(), unbounded],
  deadline: [quotaExceeded(), { call: { deadline: "500 millis" } }],
  budget: [internalError(), { budget: TencentRetry.Budget.layer({ capacity: 0 }) }],
  credentialsUnchanged: [errorOfCode(4105), {}]
}

describe("why it stopped", () => {
  const rows = tableOf(6).map(([reason]) => reason!.replaceAll("`", ""))

  for (const [reason, [answers, options]] of Object.entries(stopping)) {
    sentence("6.2", `says ${reason}`, function*() {
      const { exit } = yield* ask(answers, options)
      assert.strictEqual<string>(historyOf(errorOf(exit)).stopped, reason)
    })

    sentence("10.14", `says ${reason} in the span`, function*() {
      const { spans, tracer } = collectSpans()
      yield* ask(answers, options).pipe(Effect.provideService(Tracer.Tracer, tracer))
      assert.deepStrictEqual(spans.map(({ attributes }) => attributes.get("tencentcloud.retry.stopped")), [reason])
    })
  }

  statement("6.2", "has a row for each reason, and no other", () => {
    assert.sameMembers(rows, Object.keys(stopping))
  })

  sentence("11.8", "a policy around the call that adds no attempt leaves its history", function*() {
    for (const policy of [TencentRetry.idempotent, TencentRetry.byKind({})]) {
      const { exit } = yield* ask(replayAttack(), { around: TencentRetry.retry(policy) })
      assert.deepInclude(historyOf(errorOf(exit)), { attempts: 3, stopped: "scheduleEnded" })
    }
    const around = TencentRetry.retry(TencentRetry.byKind({ replay: Schedule.recurs(1) }))
    assert.strictEqual(historyOf(errorOf((yield* ask(replayAttack(), { around })).exit)).attempts, 2)
  })
})

// ---------------------------------------------------------------------------------------------------------------------
// All of it
// ---------------------------------------------------------------------------------------------------------------------

describe("the page", () => {
  it("has each number once, in its section", () => {
    const numbers = numbersOfPage()
    assert.isAbove(numbers.length, 50)
    assert.lengthOf(new Set(numbers), numbers.length)
    for (const [section, lines] of sections) {
      const other = lines.filter((line) => /^\d+\.\d+\. /.test(line) && Number.parseInt(line, 10) !== section)
      assert.deepStrictEqual(other, [])
    }
  })

  it("has a test for each number, and no test has another one", () => {
    assert.sameMembers([...tested], [...numbersOfPage()])
  })
})
