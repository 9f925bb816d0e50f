/**
 * The queueing budget on virtual time: what it bounds, what it gives back, who waits and for how long. The bound and the
 * accounts are kept here a second time, from what the attempts themselves see.
 */
import { assert, describe, it } from "@effect/vitest"
import { TencentError, TencentRetry } from "effect-tencentcloud"
import { TencentAction } from "effect-tencentcloud/v2"
import * as Clock from "effect/Clock"
import * as Data from "effect/Data"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import * as Result from "effect/Result"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import { TestClock } from "effect/testing"
import { clientOf, Read, Write } from "./support/client.ts"
import { makeRandom } from "./support/random.ts"
import { failed, json, ok, scripted } from "./support/scriptedServer.ts"

// ---------------------------------------------------------------------------------------------------------------------
// Tools
// ---------------------------------------------------------------------------------------------------------------------

type Budget = TencentRetry.Budget["Service"]

class Fault extends Data.TaggedError("Fault")<{
  readonly retryClass: "transient" | "maintenance" | "throttled" | "replay" | "credentials" | "never"
  readonly retryCost?: number
}> {}

const fault = () => new Fault({ retryClass: "transient" })
const timeout = () => new Fault({ retryClass: "transient", retryCost: 3 })
const permanent = () => new Fault({ retryClass: "never" })
const refused = (retryClass: Fault["retryClass"]) => () => new Fault({ retryClass })

/** Again at once, without end: only the budget and the options bound it. */
const atOnce = TencentRetry.make({
  Fault: Schedule.while(
    Schedule.forever,
    ({ input }: { readonly input: unknown }) => !(input instanceof Fault) || input.retryClass !== "never"
  )
})

/** Every random number is the same one. */
const withRandom = (value: number) =>
  Effect.provideService(Random.Random, { nextDoubleUnsafe: () => value, nextIntUnsafe: () => 0 })

const seconds = Effect.map(Clock.currentTimeMillis, (millis) => millis / 1000)

/** What time alone has added since the start of the test. */
const byTime = Effect.map(seconds, (seconds) => seconds * 0.01)

/** It says nothing about the server, so it is no part of a row of failures. */
class Other extends Data.TaggedError("Other")<{}> {}

/** Takes so many tokens: a call that fails once more. */
const drain = (budget: Budget, tokens: number) =>
  Effect.exit(
    Effect.fail(new Other()).pipe(
      TencentRetry.retry(TencentRetry.make({ Other: Schedule.recurs(tokens) }), { budget })
    )
  )

/** Another call that has failed. It waits for its schedule, so that the call that waits for tokens is not the only one. */
const another = (budget: Budget) =>
  Effect.forkChild(
    Effect.fail(new Other()).pipe(
      TencentRetry.retry(TencentRetry.make({ Other: Schedule.spaced("1 day") }), { budget })
    ),
    { startImmediately: true }
  )

/** A budget that has nothing left, and another call. */
const drained = (options: TencentRetry.BudgetOptions & { readonly capacity: number }) =>
  TencentRetry.Budget.make(options).pipe(
    Effect.tap((budget) => drain(budget, options.capacity)),
    Effect.tap(another)
  )

/** A first attempt that succeeds. */
const succeed = (budget: Budget) => Effect.void.pipe(TencentRetry.retry(TencentRetry.idempotent, { budget }))

interface Watched {
  readonly starts: Array<number>
  readonly effect: Effect.Effect<string, Fault>
}

/** Fails with the given errors in order, then succeeds. Keeps the seconds at which it ran. */
const script = (errors: ReadonlyArray<() => Fault>): Watched => {
  const starts: Array<number> = []
  return {
    starts,
    effect: Effect.flatMap(seconds, (now) => {
      const error = errors[starts.length]
      starts.push(now)
      return error === undefined ? Effect.succeed("done") : Effect.fail(error())
    })
  }
}

const isDone = (fiber: Fiber.Fiber<unknown, unknown>): boolean => fiber.pollUnsafe() !== undefined

const historyOf = (error: unknown): TencentRetry.History =>
  Option.getOrElse(TencentRetry.history(error), () => assert.fail("expected a history"))

const near = (actual: number, expected: number, message?: string): void =>
  assert.approximately(actual, expected, 1e-6, message)

// ---------------------------------------------------------------------------------------------------------------------
// The bound, and the accounts
// ---------------------------------------------------------------------------------------------------------------------

/** What the attempts see. */
const makeLedger = (budget: Budget, capacity: number) => {
  const ledger = {
    retries: 0,
    /** Tokens of the retries that were begun. */
    spent: 0,
    /** Tokens of those that succeeded. */
    refunds: 0,
    /** Successes without a token: of a first attempt, or of a free retry. Those while recovering are among them. */
    firstSuccesses: 0,
    recoveringSuccesses: 0,
    /** Interruptions of an attempt that ran, and of a call that waited. */
    interruptedRunning: 0,
    interruptedWaiting: 0,
    /** The smallest and the largest number of tokens that was seen. */
    lowest: capacity,
    highest: 0
  }
  let failures = 0
  let recovering = false
  const look = Effect.map(budget.state, (state) => {
    ledger.lowest = Math.min(ledger.lowest, state.tokens)
    ledger.highest = Math.max(ledger.highest, state.tokens)
    return state
  })
  return {
    ledger,
    look,
    started: (cost: number) => {
      ledger.spent += cost
      if (cost > 0) ledger.retries++
    },
    failed: () => {
      failures++
      recovering = false
    },
    succeeded: (cost: number) =>
      Effect.map(look, ({ queued }) => {
        if (failures >= 5) recovering = true
        failures = 0
        if (queued === 0) recovering = false
        ledger.refunds += cost
        if (cost === 0) ledger.firstSuccesses++
        if (recovering && cost === 0) ledger.recoveringSuccesses++
      })
  }
}

interface State {
  readonly seed: number
  readonly numbers: Required<TencentRetry.BudgetOptions> & { readonly capacity: number; readonly ratio: number }
  /** Starts with no tokens. */
  readonly drained: boolean
}

const horizon = 120
const longestAttempt = 4
const deadline = 40

/** Random calls in random weather. Ends when all of them have. */
const live = ({ drained: empty, numbers, seed }: State) =>
  Effect.gen(function*() {
    const random = makeRandom(seed)
    const budget = yield* TencentRetry.Budget.make(numbers)
    const book = makeLedger(budget, numbers.capacity)
    const { ledger } = book
    if (empty) {
      for (let i = 0; i < numbers.capacity; i++) book.started(1)

      yield* drain(budget, numbers.capacity)
    }

    // Times at which nothing works, at which half of it does, and at which all of it does.
    const weather = Array.from({ length: horizon / 5 + 20 }, () => [0, 0.5, 1, 1][Math.floor(random() * 4)] ?? 1)
    const worksAt = (second: number): boolean => random() < (weather[Math.floor(second / 5)] ?? 1)
    const policy = TencentRetry.make({
      Fault: Schedule.spaced(Math.floor(random() * 800)).pipe(TencentRetry.equalJitter)
    })

    const makeCall = () => {
      let next = 0
      let running = false
      const attempt = Effect.gen(function*() {
        const cost = next
        running = true
        book.started(cost)
        yield* book.look
        yield* Effect.sleep(Math.floor(random() ** 3 * longestAttempt * 1000))
        running = false
        if (worksAt(yield* seconds)) return yield* book.succeeded(cost)
        yield* book.look
        if (random() < 0.05) {
          // The server refuses on purpose: it is well, and the retry is free.
          next = 0
          return yield* new Fault({ retryClass: "throttled" })
        }
        book.failed()
        const late = random() < 0.3
        // A retry never takes more than the budget can hold.
        next = late ? Math.min(3, numbers.capacity) : 1
        return yield* late ? timeout() : fault()
      })
      const effect = attempt.pipe(
        TencentRetry.retry(policy, {
          budget,
          deadline: Duration.seconds(deadline),
          times: 1 + Math.floor(random() * 8)
        }),
        Effect.exit,
        Effect.onInterrupt(() =>
          Effect.sync(() => {
            if (running) ledger.interruptedRunning++
            else ledger.interruptedWaiting++
          })
        )
      )
      return effect
    }

    const calls: Array<{ readonly fiber: Fiber.Fiber<unknown>; readonly start: number }> = []
    const rate = 0.2 + random() * 2
    for (let at = 0; at < horizon;) {
      const start = at
      at += -Math.log(1 - random()) / rate
      const fiber = yield* Effect.forkChild(Effect.delay(makeCall(), Duration.seconds(start)))
      calls.push({ fiber, start })
      if (random() < 0.3) {
        const end = start + random() * 25
        yield* Effect.forkChild(Effect.delay(Fiber.interrupt(fiber), Duration.seconds(end)))
      }
    }

    // A retry begins at the deadline at the latest, whatever the maxWait.
    for (const { fiber, start } of calls) {
      const end = start + deadline + longestAttempt + 0.001
      yield* TestClock.adjust(Duration.seconds(Math.max(0, end - (yield* seconds))))
      assert.isTrue(isDone(fiber), `seed ${seed}: a call waits longer than its deadline`)
    }
    const { queued, tokens } = yield* book.look
    return { ledger, queued, tokens, seconds: yield* seconds, calls: calls.length }
  }).pipe(Random.withSeed(seed))

const capacities = [1, 2, 3, 5, 10, 2.5]
const ratios = [0, 0.1, 0.5, 1]
const queues = ["0 seconds", "1 second", "10 seconds", "10 seconds", "1 minute", "1 hour"] as const

const pick = <A>(values: readonly [A, ...Array<A>] | ReadonlyArray<A>, index: number): A =>
  values[index % values.length] as A

const worlds = 90

describe("over random calls, failures, timeouts, interruptions and times", () => {
  it.effect("retries stay within the bound, and tokens within their limits", () =>
    Effect.gen(function*() {
      let retries = 0
      let interruptedRunning = 0
      let interruptedWaiting = 0
      for (let seed = 1; seed <= worlds; seed++) {
        const numbers = {
          capacity: pick(capacities, seed),
          ratio: pick(ratios, Math.floor(seed / capacities.length)),
          maxWait: pick(queues, seed * 7 + Math.floor(seed / 6))
        }
        const { ledger, queued, seconds } = yield* live({ seed, numbers, drained: false }).pipe(
          Effect.provide(TestClock.layer())
        )
        const earned = numbers.ratio * ledger.firstSuccesses + ledger.refunds + 0.5 * ledger.recoveringSuccesses +
          0.01 * seconds
        const label = `seed ${seed} ${JSON.stringify(numbers)} ${JSON.stringify(ledger)}`
        // In tokens, which is more than the number of retries.
        assert.isAtMost(ledger.spent, numbers.capacity + earned + 1e-6, label)
        assert.isAtMost(ledger.retries, numbers.capacity + earned + 1e-6, label)
        assert.isAtLeast(ledger.lowest, -1e-6, label)
        assert.isAtMost(ledger.highest, numbers.capacity, label)
        assert.strictEqual(queued, 0, label)
        retries += ledger.retries
        interruptedRunning += ledger.interruptedRunning
        interruptedWaiting += ledger.interruptedWaiting
      }
      // The weather was not too good.
      assert.isAbove(retries, 2 * worlds)
      assert.isAbove(interruptedRunning, worlds)
      assert.isAbove(interruptedWaiting, worlds / 2)
    }), 120_000)

  it.effect("no token is lost or made", () =>
    Effect.gen(function*() {
      let interrupted = 0
      for (let seed = 1001; seed <= 1000 + worlds; seed++) {
        // So large that nothing is cut off above, and empty at the start.
        const numbers = {
          capacity: 500,
          ratio: pick([0, 0.1, 0.5], seed),
          maxWait: pick(queues, seed * 7 + Math.floor(seed / 6))
        }
        const { ledger, queued, seconds, tokens } = yield* live({ seed, numbers, drained: true }).pipe(
          Effect.provide(TestClock.layer())
        )
        const expected = 500 - ledger.spent + ledger.refunds + 0.5 * ledger.recoveringSuccesses +
          numbers.ratio * (ledger.firstSuccesses - ledger.recoveringSuccesses) + 0.01 * seconds
        const label = `seed ${seed} ${JSON.stringify(numbers)} ${JSON.stringify(ledger)}`
        // The budget counts whole milliseconds.
        assert.approximately(tokens, expected, 0.01 / 1000 + 1e-6, label)
        assert.isAtLeast(ledger.lowest, -1e-6, label)
        assert.strictEqual(queued, 0, label)
        interrupted += ledger.interruptedRunning + ledger.interruptedWaiting
      }
      assert.isAbove(interrupted, 2 * worlds)
    }), 120_000)

  it.effect("an outage of any length costs five retries, and one for every hundred seconds", () =>
    Effect.gen(function*() {
      const budget = yield* TencentRetry.Budget.make()
      let attempts = 0
      const call = Effect.suspend(() => {
        attempts++
        return Effect.fail(fault())
      }).pipe(TencentRetry.retry(TencentRetry.idempotent, { budget, deadline: "30 seconds" }))
      const fibers = yield* Effect.forEach(
        Array.from({ length: 1000 }),
        (_, index) => Effect.forkChild(Effect.delay(Effect.exit(call), index * 300))
      )
      yield* TestClock.adjust("400 seconds")
      assert.isTrue(fibers.every(isDone))
      assert.isAtMost(attempts - 1000, 5 + 4)
      assert.isAtLeast(attempts - 1000, 5)
    }).pipe(Random.withSeed("outage")))
})

// ---------------------------------------------------------------------------------------------------------------------
// Tokens
// ---------------------------------------------------------------------------------------------------------------------

describe("a retry", () => {
  it.effect("takes a token, and gives it back when it succeeds", () =>
    Effect.gen(function*() {
      const budget = yield* TencentRetry.Budget.make()
      const inside: Array<number> = []
      let attempts = 0
      const call = Effect.gen(function*() {
        inside.push((yield* budget.state).tokens)
        if (++attempts <= 3) return yield* fault()
      })
      yield* call.pipe(TencentRetry.retry(atOnce, { budget }))
      assert.deepStrictEqual(inside, [5, 4, 3, 2])
      // Two retries have failed.
      near((yield* budget.state).tokens, 3)
    }))

  it.effect("takes three after a timeout, and gives three back", () =>
    Effect.gen(function*() {
      const budget = yield* TencentRetry.Budget.make()
      const inside: Array<number> = []
      const errors = [fault, timeout]
      const call = Effect.gen(function*() {
        inside.push((yield* budget.state).tokens)
        const error = errors.shift()
        if (error !== undefined) return yield* error()
      })
      yield* call.pipe(TencentRetry.retry(atOnce, { budget }))
      assert.deepStrictEqual(inside, [5, 4, 1])
      near((yield* budget.state).tokens, 4)
    }))

  for (const retryClass of ["throttled", "replay", "credentials"] as const) {
    it.effect(`after a refusal is free: ${retryClass}`, () =>
      Effect.gen(function*() {
        const budget = yield* drained({ capacity: 1, ratio: 0, maxWait: 0 })
        const refusal = refused(retryClass)
        const { effect, starts } = script([refusal, refusal, refusal])
        assert.strictEqual(yield* effect.pipe(TencentRetry.retry(atOnce, { budget })), "done")
        assert.lengthOf(starts, 4)
        near((yield* budget.state).tokens, 0)
      }))
  }

  it.effect("is paid for by what its last attempt came to", () =>
    Effect.gen(function*() {
      const budget = yield* TencentRetry.Budget.make()
      const { effect } = script([timeout, refused("throttled"), fault, permanent])
      yield* Effect.exit(effect.pipe(TencentRetry.retry(atOnce, { budget })))
      near((yield* budget.state).tokens, 5 - 3 - 1)
    }))

  it.effect("of an error without a retry class takes a token", () =>
    Effect.gen(function*() {
      const budget = yield* TencentRetry.Budget.make()
      const policy = TencentRetry.make({ Other: Schedule.recurs(2) })
      yield* Effect.exit(Effect.fail(new Other()).pipe(TencentRetry.retry(policy, { budget })))
      near((yield* budget.state).tokens, 3)
    }))
})

describe("tokens", () => {
  it.effect("come from first attempts that succeed, a tenth each", () =>
    Effect.gen(function*() {
      const budget = yield* drained({ capacity: 5 })
      for (let i = 1; i <= 20; i++) {
        yield* succeed(budget)
        near((yield* budget.state).tokens, i / 10)
      }
    }))

  it.effect("come from time, one in a hundred seconds", () =>
    Effect.gen(function*() {
      const budget = yield* drained({ capacity: 5 })
      for (const minutes of [1, 2, 3]) {
        yield* TestClock.adjust("1 minute")
        near((yield* budget.state).tokens, 0.6 * minutes)
      }
    }))

  it.effect("are never more than the capacity", () =>
    Effect.gen(function*() {
      const budget = yield* TencentRetry.Budget.make({ capacity: 2, ratio: 1 })
      for (let i = 0; i < 5; i++) yield* succeed(budget)
      assert.strictEqual((yield* budget.state).tokens, 2)
      yield* TestClock.adjust("1 hour")
      assert.strictEqual((yield* budget.state).tokens, 2)
      yield* script([fault, fault]).effect.pipe(TencentRetry.retry(atOnce, { budget }))
      assert.strictEqual((yield* budget.state).tokens, 1)
      yield* succeed(budget)
      assert.strictEqual((yield* budget.state).tokens, 2)
    }))

  it.effect("and those who wait can be read", () =>
    Effect.gen(function*() {
      const budget = yield* TencentRetry.Budget.make()
      assert.deepStrictEqual(yield* budget.state, { tokens: 5, queued: 0 })
      yield* drain(budget, 5)
      yield* another(budget)
      for (let queued = 1; queued <= 3; queued++) {
        yield* Effect.forkChild(Effect.exit(Effect.fail(fault()).pipe(TencentRetry.retry(atOnce, { budget }))))
        yield* TestClock.adjust(0)
        assert.deepStrictEqual(yield* budget.state, { tokens: 0, queued })
      }
      yield* TestClock.adjust("10 seconds")
      near((yield* budget.state).tokens, 0.1)
      assert.strictEqual((yield* budget.state).queued, 0)
    }))
})

// ---------------------------------------------------------------------------------------------------------------------
// Parking
// ---------------------------------------------------------------------------------------------------------------------

describe("a call without tokens", () => {
  it.effect("waits, and fails with its own error and history when none come", () =>
    Effect.gen(function*() {
      const budget = yield* drained({ capacity: 5 })
      const error = fault()
      const fiber = yield* Effect.forkChild(
        Effect.flip(Effect.fail(error).pipe(TencentRetry.retry(atOnce, { budget })))
      )
      yield* TestClock.adjust("9999 millis")
      assert.isFalse(isDone(fiber))
      yield* TestClock.adjust("1 millis")
      assert.isTrue(isDone(fiber))
      assert.strictEqual(yield* Fiber.join(fiber), error)
      assert.deepInclude(historyOf(error), { attempts: 1, tags: ["Fault"] })
    }))

  it.effect("goes on within a second after they have come", () =>
    Effect.gen(function*() {
      const budget = yield* drained({ capacity: 5, ratio: 1 })
      const { effect, starts } = script([fault])
      const fiber = yield* Effect.forkChild(effect.pipe(TencentRetry.retry(atOnce, { budget })))
      yield* TestClock.adjust("4 seconds")
      yield* succeed(budget)
      yield* TestClock.adjust("1 second")
      assert.strictEqual(yield* Fiber.join(fiber), "done")
      assert.strictEqual(starts[0], 0)
      assert.isTrue((starts[1] ?? 0) >= 4 && (starts[1] ?? 0) < 5, `${starts}`)
    }))

  it.effect("is scattered over that second", () =>
    Effect.gen(function*() {
      const budget = yield* drained({ capacity: 50, maxWait: "1 day" })
      const all = Array.from({ length: 50 }, () => script([fault, permanent]))
      yield* Effect.forEach(all, ({ effect }) =>
        Effect.forkChild(Effect.exit(effect.pipe(TencentRetry.retry(atOnce, { budget })))))
      // Time has made 50 tokens, and the success is when somebody looks.
      yield* TestClock.adjust("2 hours")
      yield* succeed(budget)
      assert.strictEqual((yield* budget.state).queued, 0)
      yield* TestClock.adjust("1 second")
      const times = all.map(({ starts }) =>
        (starts[1] ?? 0) - 7200
      )
      assert.isTrue(times.every((time) => time >= 0 && time < 1))
      assert.isAbove(new Set(times.map((time) => Math.floor(time * 10))).size, 7)
    }).pipe(Random.withSeed("scatter")))

  it.effect("gets them from time alone, at the end of its wait at the latest", () =>
    Effect.gen(function*() {
      const budget = yield* drained({ capacity: 5 })
      yield* TestClock.adjust("95 seconds")
      const { effect, starts } = script([fault])
      const fiber = yield* Effect.forkChild(effect.pipe(TencentRetry.retry(atOnce, { budget })))
      yield* TestClock.adjust("12 seconds")
      assert.strictEqual(yield* Fiber.join(fiber), "done")
      assert.isTrue((starts[1] ?? 0) >= 100 && (starts[1] ?? 0) <= 106, `${starts}`)
    }))

  it.effect("fails at once where the budget does not maxWait", () =>
    Effect.gen(function*() {
      const budget = yield* TencentRetry.Budget.make({ capacity: 2, maxWait: 0 })
      const errors = [fault(), fault(), fault(), fault()]
      let attempts = 0
      const call = Effect.suspend(() => Effect.fail(errors[attempts++] ?? fault()))
      const error = yield* Effect.flip(call.pipe(TencentRetry.retry(atOnce, { budget })))
      assert.strictEqual(yield* Clock.currentTimeMillis, 0)
      assert.strictEqual(error, errors[2])
      assert.deepInclude(historyOf(error), { attempts: 3, tags: ["Fault", "Fault", "Fault"] })
      assert.deepStrictEqual(yield* budget.state, { tokens: 0, queued: 0 })
    }))

  it.effect("waits until its deadline where that is sooner", () =>
    Effect.gen(function*() {
      const budget = yield* drained({ capacity: 5 })
      const error = fault()
      const call = Effect.delay(Effect.fail(error), "1 second")
      const fiber = yield* Effect.forkChild(
        Effect.flip(call.pipe(TencentRetry.retry(atOnce, { budget, deadline: "3 seconds" })))
      )
      yield* TestClock.adjust("2999 millis")
      assert.isFalse(isDone(fiber))
      yield* TestClock.adjust("1 millis")
      assert.isTrue(isDone(fiber))
      assert.strictEqual(yield* Fiber.join(fiber), error)
      const history = historyOf(error)
      assert.strictEqual(history.attempts, 1)
      assert.strictEqual(Duration.toMillis(history.elapsed), 1000)
      assert.strictEqual((yield* budget.state).queued, 0)
    }))

  it.effect("fails at once where its deadline is over", () =>
    Effect.gen(function*() {
      const budget = yield* drained({ capacity: 5 })
      const call = Effect.delay(Effect.fail(fault()), "3 seconds")
      const fiber = yield* Effect.forkChild(
        Effect.flip(call.pipe(TencentRetry.retry(atOnce, { budget, deadline: "3 seconds" })))
      )
      yield* TestClock.adjust("3 seconds")
      assert.isTrue(isDone(fiber))
    }))
})

describe("a call without tokens that is the only one", () => {
  /** Again at once, one time. */
  const once = TencentRetry.make({ Fault: Schedule.recurs(1) })

  /** A budget that has nothing left, and earns nothing. */
  const alone = Effect.tap(TencentRetry.Budget.make({ ratio: 0 }), (budget) => drain(budget, 5))

  /** How long a call waits that comes now, in milliseconds. */
  const waitOf = (budget: Budget) =>
    Effect.gen(function*() {
      const before = yield* Clock.currentTimeMillis
      const call = Effect.exit(Effect.fail(fault()).pipe(TencentRetry.retry(once, { budget })))
      const fiber = yield* Effect.forkChild(Effect.andThen(call, Clock.currentTimeMillis))
      yield* TestClock.adjust("12 seconds")
      return (yield* Fiber.join(fiber)) - before
    })

  it.effect("fails at once with its own error, since none can come in time", () =>
    Effect.gen(function*() {
      const budget = yield* alone
      const error = fault()
      assert.strictEqual(yield* Effect.flip(Effect.fail(error).pipe(TencentRetry.retry(once, { budget }))), error)
      assert.strictEqual(yield* Clock.currentTimeMillis, 0)
      assert.deepInclude(historyOf(error), { attempts: 1, tags: ["Fault"], stopped: "budget" })
      assert.isUndefined(historyOf(error).queued)
      assert.deepStrictEqual(yield* budget.state, { tokens: 0, queued: 0 })
    }))

  for (const [passed, waits] of [["89 seconds", false], ["90 seconds", true]] as const) {
    it.effect(`${waits ? "waits" : "fails at once"} where time alone has added tokens for ${passed}`, () =>
      Effect.gen(function*() {
        const budget = yield* alone
        yield* TestClock.adjust(passed)
        assert.strictEqual((yield* waitOf(budget)) >= 10_000, waits)
      }))
  }

  for (
    const [what, meet] of [
      ["failed", (budget: Budget) => fail(budget)],
      ["succeeded at once", succeed],
      ["was interrupted", (budget: Budget) => Effect.flatMap(another(budget), Fiber.interrupt)]
    ] as const
  ) {
    it.effect(`waits for ten seconds after one of two calls at the same time ${what}`, () =>
      Effect.gen(function*() {
        for (const [passed, waits] of [["9999 millis", true], ["10 seconds", false]] as const) {
          const budget = yield* alone
          const other = yield* another(budget)
          yield* meet(budget)
          yield* Fiber.interrupt(other)
          yield* TestClock.adjust(passed)
          assert.strictEqual((yield* waitOf(budget)) > 0, waits, passed)
        }
      }))
  }

  it.effect("is the only one though others came before it, one at a time, whatever became of them", () =>
    Effect.gen(function*() {
      const budget = yield* alone
      for (let i = 0; i < 5; i++) {
        yield* succeed(budget)
        yield* fail(budget)
        yield* fail(budget, permanent())
        yield* Effect.flatMap(another(budget), Fiber.interrupt)
      }
      assert.strictEqual(yield* waitOf(budget), 0)
    }))

  it.effect("is the only one though a server that works has refused its attempts before", () =>
    Effect.gen(function*() {
      const budget = yield* alone
      const { effect, starts } = script([refused("throttled"), refused("replay"), fault])
      const fiber = yield* Effect.forkChild(Effect.exit(effect.pipe(TencentRetry.retry(atOnce, { budget }))))
      yield* TestClock.adjust(0)
      assert.isTrue(isDone(fiber))
      assert.lengthOf(starts, 3)
    }))
})

describe("the line", () => {
  it.effect("is first come, first served, also where the first needs more", () =>
    Effect.gen(function*() {
      for (let seed = 1; seed <= 40; seed++) {
        const served: Array<number> = []
        const expected: Array<number> = []
        const test = Effect.gen(function*() {
          const random = makeRandom(seed)
          const budget = yield* drained({ capacity: 20, ratio: 0.5, maxWait: "1 hour" })
          const fibers: Array<Fiber.Fiber<unknown>> = []
          for (let index = 0; index < 25; index++) {
            let attempts = 0
            const error = random() < 0.4 ? timeout : fault
            // What goes on earns nothing and costs nothing more.
            const call = Effect.suspend(() => {
              if (attempts++ === 0) return Effect.fail(error())
              served.push(index)
              return Effect.fail(permanent())
            })
            fibers.push(
              yield* Effect.forkChild(Effect.exit(call.pipe(TencentRetry.retry(atOnce, { budget }))))
            )
            yield* TestClock.adjust(Math.floor(random() * 2) * 10)
          }
          const gone = new Set(fibers.map((_, index) => index).filter(() => random() < 0.2))
          yield* Effect.forEach(fibers, (fiber, index) => gone.has(index) ? Fiber.interrupt(fiber) : Effect.void)
          expected.push(...fibers.map((_, index) => index).filter((index) => !gone.has(index)))
          // Half a token at a time, and more than the scatter apart.
          for (let i = 0; i < 100; i++) {
            yield* succeed(budget)
            yield* TestClock.adjust("1100 millis")
          }
          assert.isTrue(fibers.every(isDone))
        })
        yield* test.pipe(Effect.provide(TestClock.layer()), Random.withSeed(seed))
        assert.deepStrictEqual(served, expected, `seed ${seed}`)
      }
    }), 60_000)

  it.effect("is not passed by a retry that comes later and needs less", () =>
    Effect.gen(function*() {
      const budget = yield* TencentRetry.Budget.make({ capacity: 5, ratio: 1 })
      yield* drain(budget, 3)
      yield* another(budget)
      const first = script([timeout, permanent])
      const second = script([fault, permanent])
      for (const { effect } of [first, second]) {
        yield* Effect.forkChild(Effect.exit(effect.pipe(TencentRetry.retry(atOnce, { budget }))))
        yield* TestClock.adjust(0)
      }
      // Two tokens are there, the first needs three.
      assert.deepStrictEqual(yield* budget.state, { tokens: 2, queued: 2 })
      yield* TestClock.adjust("2 seconds")
      assert.deepStrictEqual([first.starts.length, second.starts.length], [1, 1])
      yield* succeed(budget)
      yield* TestClock.adjust("2 seconds")
      assert.deepStrictEqual([first.starts.length, second.starts.length], [2, 1])
    }))

  it.effect("does not stand still for one that needs more than the budget can hold", () =>
    Effect.gen(function*() {
      const budget = yield* TencentRetry.Budget.make({ capacity: 1 })
      const large = script([timeout])
      const small = script([fault])
      for (const { effect } of [large, small]) {
        yield* Effect.forkChild(Effect.exit(effect.pipe(TencentRetry.retry(atOnce, { budget }))))
        yield* TestClock.adjust(0)
      }
      // There is a token, so somebody can go on.
      yield* TestClock.adjust("5 seconds")
      assert.isAbove(large.starts.length + small.starts.length, 2)
    }))
})

// ---------------------------------------------------------------------------------------------------------------------
// Interruption
// ---------------------------------------------------------------------------------------------------------------------

describe("an interrupted call", () => {
  it.effect("that is queued leaves the line, and takes nothing with it", () =>
    Effect.gen(function*() {
      const budget = yield* TencentRetry.Budget.make({ capacity: 5 })
      yield* drain(budget, 3)
      yield* another(budget)
      const first = yield* Effect.forkChild(Effect.fail(timeout()).pipe(TencentRetry.retry(atOnce, { budget })))
      yield* TestClock.adjust(0)
      const second = script([fault, permanent])
      yield* Effect.forkChild(Effect.exit(second.effect.pipe(TencentRetry.retry(atOnce, { budget }))))
      yield* TestClock.adjust(0)
      assert.deepStrictEqual(yield* budget.state, { tokens: 2, queued: 2 })
      yield* Fiber.interrupt(first)
      // Now the second is the first.
      assert.deepStrictEqual(yield* budget.state, { tokens: 1, queued: 0 })
      yield* TestClock.adjust("1 second")
      assert.lengthOf(second.starts, 2)
    }))

  it.effect("that was served and has not gone on yet gives its tokens to the next", () =>
    Effect.gen(function*() {
      const budget = yield* drained({ capacity: 5, ratio: 1 })
      const first = script([fault])
      const fiber = yield* Effect.forkChild(first.effect.pipe(TencentRetry.retry(atOnce, { budget })))
      yield* TestClock.adjust(0)
      const second = script([fault, permanent])
      yield* Effect.forkChild(Effect.exit(second.effect.pipe(TencentRetry.retry(atOnce, { budget }))))
      yield* TestClock.adjust(0)
      yield* succeed(budget)
      assert.deepStrictEqual(yield* budget.state, { tokens: 0, queued: 1 })
      yield* TestClock.adjust("300 millis")
      assert.lengthOf(first.starts, 1)
      yield* Fiber.interrupt(fiber)
      assert.strictEqual((yield* budget.state).queued, 0)
      near((yield* budget.state).tokens, yield* byTime)
      yield* TestClock.adjust("1 second")
      assert.lengthOf(first.starts, 1)
      assert.deepStrictEqual(second.starts, [0, 0.3 + 0.5])
    }).pipe(withRandom(0.5)))

  it.effect("that was served and has not gone on yet puts its tokens back where nobody waits", () =>
    Effect.gen(function*() {
      const budget = yield* drained({ capacity: 5, ratio: 3 })
      const { effect, starts } = script([timeout])
      const fiber = yield* Effect.forkChild(effect.pipe(TencentRetry.retry(atOnce, { budget })))
      yield* TestClock.adjust(0)
      yield* succeed(budget)
      near((yield* budget.state).tokens, 0)
      yield* TestClock.adjust("400 millis")
      yield* Fiber.interrupt(fiber)
      near((yield* budget.state).tokens, 3 + (yield* byTime))
      assert.lengthOf(starts, 1)
    }).pipe(withRandom(0.5)))

  it.effect("that runs has had its tokens: they do not come back, and are not taken twice", () =>
    Effect.gen(function*() {
      const budget = yield* TencentRetry.Budget.make()
      let attempts = 0
      const call = Effect.suspend(() => attempts++ === 0 ? Effect.fail(timeout()) : Effect.never)
      const fiber = yield* Effect.forkChild(call.pipe(TencentRetry.retry(atOnce, { budget })))
      yield* TestClock.adjust("1 second")
      near((yield* budget.state).tokens, 2 + (yield* byTime))
      yield* Fiber.interrupt(fiber)
      near((yield* budget.state).tokens, 2 + (yield* byTime))
    }))

  it.effect("that waits for its schedule has taken nothing yet", () =>
    Effect.gen(function*() {
      const budget = yield* TencentRetry.Budget.make()
      const fiber = yield* Effect.forkChild(
        Effect.fail(fault()).pipe(TencentRetry.retry(TencentRetry.idempotent, { budget }))
      )
      yield* TestClock.adjust("90 millis")
      yield* Fiber.interrupt(fiber)
      assert.deepStrictEqual(yield* budget.state, { tokens: 5, queued: 0 })
    }))

  it.effect("ends at once, wherever it waits", () =>
    Effect.gen(function*() {
      const budget = yield* drained({ capacity: 5, ratio: 1 })
      for (const step of [Effect.void, succeed(budget)]) {
        const fiber = yield* Effect.forkChild(Effect.fail(fault()).pipe(TencentRetry.retry(atOnce, { budget })))
        yield* TestClock.adjust(0)
        yield* step
        yield* Fiber.interrupt(fiber)
        assert.isTrue(Exit.hasInterrupts(yield* Fiber.await(fiber)))
      }
      assert.strictEqual(yield* Clock.currentTimeMillis, 0)
      assert.deepStrictEqual(yield* budget.state, { tokens: 1, queued: 0 })
    }))

  it.effect("of hundreds in one moment, at any point, leaves the rest as it was", () =>
    Effect.gen(function*() {
      const budget = yield* drained({ capacity: 5, maxWait: "1 day" })
      const fibers = yield* Effect.forEach(Array.from({ length: 400 }), () =>
        Effect.forkChild(Effect.exit(Effect.fail(fault()).pipe(TencentRetry.retry(atOnce, { budget })))))
      yield* TestClock.adjust(0)
      assert.strictEqual((yield* budget.state).queued, 400)
      // Five are served and scattered, the others wait.
      yield* TestClock.adjust("1 hour")
      yield* succeed(budget)
      assert.strictEqual((yield* budget.state).queued, 395)
      yield* Fiber.interruptAll(fibers)
      assert.deepStrictEqual(yield* budget.state, { tokens: 5, queued: 0 })
    }).pipe(withRandom(0.5)))
})

// ---------------------------------------------------------------------------------------------------------------------
// Recovery
// ---------------------------------------------------------------------------------------------------------------------

/** A budget without tokens that has seen so many failures in a row. All but one are those of calls that wait. */
const afterFailures = (failures: number) =>
  Effect.gen(function*() {
    const budget = yield* TencentRetry.Budget.make({ capacity: 3, maxWait: "1 hour" })
    // The second failure is not counted: it says nothing about the health of the server.
    yield* Effect.exit(script([timeout, permanent]).effect.pipe(TencentRetry.retry(atOnce, { budget })))
    const waiting = Array.from({ length: failures - 1 }, () => script([fault, permanent]))
    yield* Effect.forEach(waiting, ({ effect }) =>
      Effect.forkChild(Effect.exit(effect.pipe(TencentRetry.retry(atOnce, { budget })))))
    yield* TestClock.adjust(0)
    assert.deepStrictEqual(yield* budget.state, { tokens: 0, queued: failures - 1 })
    return { budget, waiting }
  })

/** A first attempt that fails, and is not retried. */
const fail = (budget: Budget, error = fault()) =>
  Effect.exit(Effect.fail(error).pipe(TencentRetry.retry(atOnce, { budget, times: 0 })))

describe("while calls wait, a success adds half a token", () => {
  for (let failures = 2; failures <= 9; failures++) {
    it.effect(`${failures >= 5 ? "after" : "not after"} ${failures} failures in a row`, () =>
      Effect.gen(function*() {
        const { budget } = yield* afterFailures(failures)
        yield* succeed(budget)
        near((yield* budget.state).tokens, failures >= 5 ? 0.5 : 0.1)
      }))
  }

  it.effect("and the next one too, so that they go on", () =>
    Effect.gen(function*() {
      const { budget, waiting } = yield* afterFailures(5)
      for (let i = 1; i <= 8; i++) {
        yield* succeed(budget)
        assert.strictEqual((yield* budget.state).queued, 4 - Math.floor(i / 2))
      }
      yield* TestClock.adjust("1 second")
      assert.isTrue(waiting.every(({ starts }) => starts.length === 2))
      // Nobody waits.
      const before = (yield* budget.state).tokens
      yield* succeed(budget)
      near((yield* budget.state).tokens - before, 0.1)
    }))

  it.effect("not where nobody waits", () =>
    Effect.gen(function*() {
      const budget = yield* drained({ capacity: 5 })
      for (let i = 0; i < 10; i++) yield* fail(budget)
      yield* succeed(budget)
      near((yield* budget.state).tokens, 0.1)
    }))

  it.effect("until one fails", () =>
    Effect.gen(function*() {
      const { budget } = yield* afterFailures(6)
      yield* succeed(budget)
      yield* fail(budget)
      near((yield* budget.state).tokens, 0.5)
      yield* succeed(budget)
      near((yield* budget.state).tokens, 0.6)
    }))

  it.effect("also after a refusal, which is no failure of the server", () =>
    Effect.gen(function*() {
      const { budget } = yield* afterFailures(7)
      yield* fail(budget, new Fault({ retryClass: "throttled" }))
      yield* succeed(budget)
      near((yield* budget.state).tokens, 0.5)
      yield* fail(budget, permanent())
      yield* fail(budget, new Fault({ retryClass: "replay" }))
      yield* succeed(budget)
      assert.deepStrictEqual(yield* budget.state, { tokens: 0, queued: 5 })
    }))

  it.effect("or the ratio, where that is more", () =>
    Effect.gen(function*() {
      const budget = yield* drained({ capacity: 5, ratio: 1 })
      for (let i = 0; i < 5; i++) yield* fail(budget)
      yield* Effect.forkChild(Effect.exit(script([timeout]).effect.pipe(TencentRetry.retry(atOnce, { budget }))))
      yield* TestClock.adjust(0)
      yield* succeed(budget)
      near((yield* budget.state).tokens, 1)
    }))

  it.effect("not one of a retry, which gives back what it took", () =>
    Effect.gen(function*() {
      const budget = yield* drained({ capacity: 5, maxWait: "1 hour" })
      for (let i = 0; i < 5; i++) yield* fail(budget)
      const first = script([fault])
      for (const { effect } of [first, script([timeout]), script([timeout])]) {
        yield* Effect.forkChild(Effect.exit(effect.pipe(TencentRetry.retry(atOnce, { budget }))))
        yield* TestClock.adjust(0)
      }
      yield* succeed(budget)
      yield* succeed(budget)
      assert.deepStrictEqual(yield* budget.state, { tokens: 0, queued: 2 })
      yield* TestClock.adjust("1 second")
      assert.lengthOf(first.starts, 2)
      near((yield* budget.state).tokens, 1 + (yield* byTime))
    }))

  it.effect("so that an outage of five seconds fails no call", () =>
    Effect.gen(function*() {
      const budget = yield* TencentRetry.Budget.make()
      let attempts = 0
      const call = Effect.gen(function*() {
        attempts++
        yield* Effect.sleep("60 millis")
        const now = yield* seconds
        if (now >= 10 && now < 15) return yield* fault()
      }).pipe(TencentRetry.retry(TencentRetry.idempotent, { budget, deadline: "30 seconds" }))
      const fibers = yield* Effect.forEach(Array.from({ length: 600 }), (_, index) =>
        Effect.forkChild(Effect.delay(Effect.exit(call), index * 50)))
      yield* TestClock.adjust("90 seconds")
      const exits = yield* Effect.forEach(fibers, Fiber.join)
      // A hundred calls begin in the outage.
      assert.isAtMost(exits.filter(Exit.isFailure).length, 2)
      assert.isAtMost(attempts, 600 + 2.1 * 100)
    }).pipe(Random.withSeed("five seconds")))
})

// ---------------------------------------------------------------------------------------------------------------------
// Which budget
// ---------------------------------------------------------------------------------------------------------------------

const retriesOf = (options?: TencentRetry.Options) =>
  Effect.suspend(() => {
    let attempts = 0
    const call = Effect.suspend(() => {
      attempts++
      return Effect.fail(fault())
    })
    return Effect.map(Effect.exit(call.pipe(TencentRetry.retry(atOnce, { times: 20, ...options }))), () => attempts - 1)
  })

describe("the budget", () => {
  it.effect("of the context is used without being asked for", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* retriesOf(), 2)
      assert.deepStrictEqual(yield* (yield* TencentRetry.Budget).state, { tokens: 0, queued: 0 })
      // It is the same one for all.
      assert.strictEqual(yield* retriesOf(), 0)
    }).pipe(Effect.provide(TencentRetry.Budget.layer({ capacity: 2, maxWait: 0 }))))

  it.effect("of the options comes before that of the context", () =>
    Effect.gen(function*() {
      const budget = yield* TencentRetry.Budget.make({ capacity: 3, maxWait: 0 })
      assert.strictEqual(yield* retriesOf({ budget }), 3)
      assert.deepStrictEqual(yield* budget.state, { tokens: 0, queued: 0 })
      assert.deepStrictEqual(yield* (yield* TencentRetry.Budget).state, { tokens: 2, queued: 0 })
    }).pipe(Effect.provide(TencentRetry.Budget.layer({ capacity: 2, maxWait: 0 }))))

  it.effect("that is none bounds nothing", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* retriesOf({ times: 5000 }), 5000)
      yield* succeed(yield* TencentRetry.Budget)
      assert.deepStrictEqual(yield* (yield* TencentRetry.Budget).state, { tokens: Infinity, queued: 0 })
      assert.strictEqual(yield* Clock.currentTimeMillis, 0)
    }).pipe(Effect.provide(TencentRetry.Budget.none)))

  it.effect("is not there by default", () => Effect.map(retriesOf(), (retries) => assert.strictEqual(retries, 20)))

  it.effect("is made anew for every layer, and shared within one", () =>
    Effect.gen(function*() {
      const layer = TencentRetry.Budget.layer({ capacity: 2, maxWait: 0 })
      for (let i = 0; i < 2; i++) {
        const retries = yield* Effect.all([retriesOf(), retriesOf()]).pipe(Effect.provide(layer))
        assert.deepStrictEqual(retries, [2, 0])
      }
    }))

  it.effect("of many at once: every call settles, whatever becomes of the others", () =>
    Effect.gen(function*() {
      const budget = yield* TencentRetry.Budget.make({ maxWait: "1 hour" })
      const results = yield* Effect.forEach(Array.from({ length: 300 }), (_, index) =>
        Effect.forkChild(Effect.result(
          script(index % 3 === 0 ? [] : [index % 2 === 0 ? fault : timeout]).effect.pipe(
            Effect.delay(index * 10),
            TencentRetry.retry(atOnce, { budget, deadline: "20 seconds" })
          )
        )))
      yield* TestClock.adjust("30 seconds")
      assert.isTrue(results.every(isDone))
      const settled = yield* Effect.forEach(results, Fiber.join)
      assert.isAbove(settled.filter(Result.isSuccess).length, 100)
      assert.strictEqual((yield* budget.state).queued, 0)
    }).pipe(Random.withSeed("settle")))
})

// ---------------------------------------------------------------------------------------------------------------------
// Through the client
// ---------------------------------------------------------------------------------------------------------------------

const ReadDisks = TencentAction.make("DescribeCdbInstances", {
  module: "cdb",
  request: Schema.Struct({}),
  response: Schema.Struct({ totalCount: Schema.Number })
})

const settle = <A, E, R>(effect: Effect.Effect<A, E, R>, within: Duration.Input = "12 seconds") =>
  Effect.gen(function*() {
    const fiber = yield* Effect.forkChild(Effect.result(effect))
    yield* TestClock.adjust(within)
    return yield* Fiber.join(fiber)
  })

const hostsOf = (http: ReturnType<typeof scripted>, from = 0) => http.sent.slice(from).map(({ url }) => url.hostname)

describe("any number of retries", () => {
  const failing = Effect.fail(new TencentError.InternalError({}))
  const policy = TencentRetry.make({ InternalError: Schedule.recurs(100) })

  it.effect("of a budget without tokens there is none", () =>
    Effect.gen(function*() {
      const budget = yield* TencentRetry.Budget.make({ capacity: 0 })
      const error = yield* Effect.flip(failing.pipe(TencentRetry.retry(policy, { budget })))
      assert.strictEqual(Option.getOrThrow(TencentRetry.history(error)).attempts, 1)
    }))

  it.effect("needs no more stack than one", () =>
    Effect.gen(function*() {
      const budget = yield* TencentRetry.Budget.make({ capacity: Infinity })
      const depths: Array<number> = []
      const call = Effect.withFiber((fiber) => {
        depths.push((fiber as unknown as { readonly _stack: ReadonlyArray<unknown> })._stack.length)
        return failing
      })
      yield* Effect.flip(call.pipe(TencentRetry.retry(policy, { budget })))
      assert.lengthOf(depths, 101)
      assert.strictEqual(depths.at(-1), depths[1])
    }))
})

describe("the client", () => {
  it.effect("has a budget for each host", () =>
    Effect.gen(function*() {
      const http = scripted(() => failed(6000))
      const client = yield* clientOf(http.layer)
      yield* settle(client.call(Read, {}))
      assert.lengthOf(http.sent, 6)
      // Its tokens are gone, those of another host are not.
      yield* settle(client.call(Read, {}))
      assert.lengthOf(http.sent, 7)
      yield* settle(client.call(ReadDisks, {}))
      assert.deepStrictEqual(hostsOf(http, 7), Array.from({ length: 6 }, () => "cdb.api.qcloud.com"))
    }))

  it.effect("has one budget for all actions of a host, and for its own address", () =>
    Effect.gen(function*() {
      const http = scripted(() => failed(6200))
      const client = yield* clientOf(http.layer, { endpoint: new URL("http://127.0.0.1:9520") })
      yield* settle(client.call(Read, {}), "30 seconds")
      yield* settle(client.call(Write, {}))
      yield* settle(client.call(ReadDisks, {}))
      assert.lengthOf(http.sent, 8)
    }))

  it.effect("has another budget than another client", () =>
    Effect.gen(function*() {
      const http = scripted(() => failed(6000))
      for (let i = 1; i <= 2; i++) {
        yield* settle((yield* clientOf(http.layer)).call(Read, {}))
        assert.lengthOf(http.sent, 6 * i)
      }
    }))

  it.effect("uses the budget of the program, where there is one, for all hosts", () =>
    Effect.gen(function*() {
      const http = scripted(() => failed(6000))
      const client = yield* clientOf(http.layer)
      yield* settle(client.call(Read, {}))
      assert.lengthOf(http.sent, 6)
      yield* settle(client.call(ReadDisks, {}))
      assert.lengthOf(http.sent, 7)
      yield* settle((yield* clientOf(http.layer)).call(Read, {}))
      assert.lengthOf(http.sent, 8)
      // And for a retry of the program's own.
      assert.isBelow((yield* (yield* TencentRetry.Budget).state).tokens, 1)
      assert.deepStrictEqual(yield* settle(retriesOf()), Result.succeed(0))
    }).pipe(Effect.provide(TencentRetry.Budget.layer())))

  it.effect("takes one token after an error, and three after a timeout", () =>
    Effect.gen(function*() {
      const budget = yield* TencentRetry.Budget
      const http = scripted((_, index) => index === 0 ? Effect.never : index === 1 ? failed(6000) : ok())
      const client = yield* clientOf(http.layer, { attemptTimeout: "2 seconds" })
      const fiber = yield* Effect.forkChild(client.call(Read, {}))
      yield* TestClock.adjust("2199 millis")
      assert.lengthOf(http.sent, 2)
      near((yield* budget.state).tokens, 2 + 0.099 * 0.01, "three were taken when the attempt began")
      yield* TestClock.adjust("1 second")
      yield* Fiber.join(fiber)
      // Its last retry has given one back.
      near((yield* budget.state).tokens, 2 + (3.199 - 2.1) * 0.01)
    }).pipe(withRandom(0), Effect.provide(TencentRetry.Budget.layer())))

  for (const [took, earned] of [["5 seconds", 0.1], ["5001 millis", 0]] as const) {
    it.effect(`earns ${earned} by a first attempt that took ${took} of ten`, () =>
      Effect.gen(function*() {
        const budget = yield* TencentRetry.Budget
        yield* drain(budget, 5)
        const client = yield* clientOf(scripted(() => Effect.delay(Effect.succeed(ok()), took)).layer)
        yield* settle(client.call(Read, {}))
        near((yield* budget.state).tokens, earned + (yield* byTime))
      }).pipe(Effect.provide(TencentRetry.Budget.layer())))
  }

  it.effect("gets nothing back for a retry that was slow", () =>
    Effect.gen(function*() {
      const budget = yield* TencentRetry.Budget
      const http = scripted((_, index) =>
        index === 0 ? failed(6000) : Effect.delay(Effect.succeed(ok()), index === 1 ? "2 seconds" : "1 second")
      )
      const client = yield* clientOf(http.layer, { attemptTimeout: "3 seconds" })
      assert.isTrue(Result.isSuccess(yield* settle(client.call(Read, {}))))
      near((yield* budget.state).tokens, 4 + (12 - 0.1) * 0.01)
      assert.lengthOf(http.sent, 2)
    }).pipe(withRandom(0), Effect.provide(TencentRetry.Budget.layer({ capacity: 5 }))))

  it.effect("fails with the error of the server, where the budget does not maxWait", () =>
    Effect.gen(function*() {
      const http = scripted(() => failed(6200))
      const client = yield* clientOf(http.layer)
      const fiber = yield* Effect.forkChild(Effect.flip(client.call(Write, {})))
      yield* TestClock.adjust("10 seconds")
      const error = yield* Fiber.join(fiber)
      assert.isTrue(TencentError.isTencentError(error))
      assert.strictEqual(error._tag, "ApiUnavailable")
      assert.deepInclude(historyOf(error), {
        attempts: 3,
        tags: ["ApiUnavailable", "ApiUnavailable", "ApiUnavailable"]
      })
      assert.lengthOf(http.sent, 3)
    }).pipe(Effect.provide(TencentRetry.Budget.layer({ capacity: 2, maxWait: 0 }))))

  it.effect("gives back the tokens of a retry that was not sent, because its slot in a quota comes too late", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(1_600_000_000_000)
      const budget = yield* TencentRetry.Budget
      const refusal = json({ code: 4400, message: "`1000` in a second, the limit is `1`" })
      const http = scripted((_, index) => index === 0 ? failed(6000) : index === 1 ? refusal : ok())
      const client = yield* clientOf(http.layer)
      const fiber = yield* Effect.forkChild(Effect.result(client.call(Read, {}, { deadline: "1 second" })))
      yield* TestClock.adjust("20 millis")
      // Refused, which makes the pace a tenth of a request per second; and the one that the pace allows.
      yield* Effect.flip(client.call(Read, {}, { deadline: "10 millis" }))
      yield* client.call(Read, {})
      yield* TestClock.adjust("1 second")
      const result = yield* Fiber.join(fiber)
      assert.strictEqual(Result.isFailure(result) && result.failure._tag, "InternalError")
      assert.lengthOf(http.sent, 3)
      assert.strictEqual((yield* budget.state).tokens, 5)
    }).pipe(Effect.provide(TencentRetry.Budget.layer())))

  it.effect("gives back the tokens of a retry that was interrupted while it waited for its slot in a quota", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(1_600_000_000_000)
      const budget = yield* TencentRetry.Budget
      const refusal = json({ code: 4400, message: "`1000` in a second, the limit is `1`" })
      const http = scripted((_, index) => index === 0 ? failed(6000) : index === 1 ? refusal : ok())
      const client = yield* clientOf(http.layer)
      const fiber = yield* Effect.forkChild(client.call(Read, {}))
      yield* TestClock.adjust("20 millis")
      yield* Effect.flip(client.call(Read, {}, { deadline: "10 millis" }))
      yield* client.call(Read, {})
      yield* TestClock.adjust("1 second")
      assert.approximately((yield* budget.state).tokens, 4, 0.02, "it has its token")
      yield* Fiber.interrupt(fiber)
      assert.strictEqual((yield* budget.state).tokens, 5)
      assert.lengthOf(http.sent, 3)
    }).pipe(withRandom(0), Effect.provide(TencentRetry.Budget.layer())))

  it.effect("starts no attempt for which there is no time: the error of the server comes out", () =>
    Effect.gen(function*() {
      const budget = yield* TencentRetry.Budget
      const http = scripted((_, index) => index < 2 ? failed(6200) : Effect.delay(Effect.succeed(ok()), "50 millis"))
      const client = yield* clientOf(http.layer)
      yield* another(budget)
      const fiber = yield* Effect.forkChild(Effect.flip(client.call(Write, {}, { deadline: "6 seconds" })))
      // Its two attempts are over, and it waits for a token. That comes so late that the scatter ends after the deadline.
      yield* TestClock.adjust("5500 millis")
      assert.deepInclude(yield* budget.state, { queued: 1 })
      yield* succeed(budget)
      yield* TestClock.adjust("1 minute")
      const error = yield* Fiber.join(fiber)
      // Not a timeout, after which nobody knows whether the action ran.
      assert.strictEqual(error._tag, "ApiUnavailable")
      assert.lengthOf(http.sent, 2)
    }).pipe(withRandom(0.9), Effect.provide(TencentRetry.Budget.layer({ capacity: 1, ratio: 1 }))))

  it.effect("lets an interrupted call go, queued or not, without a trace in the budget", () =>
    Effect.gen(function*() {
      const budget = yield* TencentRetry.Budget
      yield* drain(budget, 5)
      const client = yield* clientOf(scripted(() => failed(6000)).layer)
      const fibers = yield* Effect.forEach(Array.from({ length: 20 }), () => Effect.forkChild(client.call(Read, {})))
      yield* TestClock.adjust("1 second")
      assert.strictEqual((yield* budget.state).queued, 20)
      yield* Fiber.interruptAll(fibers)
      assert.strictEqual((yield* budget.state).queued, 0)
      near((yield* budget.state).tokens, yield* byTime)
    }).pipe(Effect.provide(TencentRetry.Budget.layer())))
})
