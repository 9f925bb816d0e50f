/**
 * The limiter on virtual time: what it reads from the text of a quota error, the rate that it makes of it, and who goes when.
 */
import { assert, describe, it } from "@effect/vitest"
import { TencentRetry } from "effect-tencentcloud"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import * as References from "effect/References"
import { TestClock } from "effect/testing"
import { numbersIn, RateLimiter } from "../../../src/client/internal/rateLimiter.ts"
import { clientOf, Read, Write } from "../../support/client.ts"
import { makeRandom } from "../../support/random.ts"
import { json, ok, scripted } from "../../support/scriptedServer.ts"

// ---------------------------------------------------------------------------------------------------------------------
// Tools
// ---------------------------------------------------------------------------------------------------------------------

const english = (observed: number, limit: number): string =>
  `Your current request times equals to \`${observed}\` in a second, ` +
  `which exceeds the frequency limit \`${limit}\` for a second`

const chinese = (observed: number, limit: number): string =>
  `您当前每秒请求 \`${observed}\` 次，超过了每秒频率上限 \`${limit}\` 次`

/** A second of the wall clock begins here. */
const start = 1_600_000_000_000

const makePacer = Effect.andThen(TestClock.setTime(start), Effect.map(Clock.Clock, (clock) => new RateLimiter(clock)))

/** Without a response yet, the time that is left for one. */
const unknownAnswer = 400

const answers = (limiter: RateLimiter, millis: number): void => {
  for (let i = 0; i < 200; i++) limiter.responded(millis)
}

const far = start + 1_000_000_000

interface Taken {
  readonly index: number
  readonly inTime: boolean
  /** Seconds since `start`. */
  readonly at: number
}

/** Asks for a slot and keeps the response. */
const queue = (limiter: RateLimiter) => {
  const taken: Array<Taken> = []
  const take = (index: number, end = far) =>
    Effect.flatMap(limiter.acquire(end), (inTime) =>
      Effect.map(Clock.currentTimeMillis, (now) => {
        taken.push({ index, inTime, at: (now - start) / 1000 })
      }))
  return { taken, take }
}

/** Slots that come at once, without any time passing. Those that do not are given up. */
const turnsNow = (limiter: RateLimiter, asked: number) =>
  Effect.gen(function*() {
    const { taken, take } = queue(limiter)
    const fibers = yield* Effect.forEach(Array.from({ length: asked }), (_, index) => Effect.forkChild(take(index)))
    yield* TestClock.adjust(0)
    const slots = taken.length
    yield* Fiber.interruptAll(fibers)
    return slots
  })

/** A limiter that has sent so many requests in this second, and was then refused. */
const refusedAfter = (sent: number, message: string) =>
  Effect.gen(function*() {
    const limiter = yield* makePacer
    for (let i = 0; i < sent; i++) assert.isTrue(yield* limiter.acquire(far))
    limiter.refused(message)
    return limiter
  })

/** As many requests per second as given, learned from a text that names no numbers. */
const atRate = (rate: number) =>
  Effect.map(makePacer, (limiter) => {
    limiter.refused("")
    limiter.rate = rate
    return limiter
  })

// ---------------------------------------------------------------------------------------------------------------------
// Texts
// ---------------------------------------------------------------------------------------------------------------------

const texts: ReadonlyArray<readonly [name: string, text: string, numbers: ReturnType<typeof numbersIn>]> = [
  ["English", english(41, 40), { limit: 40, observed: 41 }],
  ["Chinese", chinese(6, 5), { limit: 5, observed: 6 }],
  ["Chinese, the limit first", "每秒频率上限 `5` 次，您当前每秒请求 `6` 次", { limit: 5, observed: 6 }],
  ["with a module code in front", `(100004)${english(21, 20)}`, { limit: 20, observed: 21 }],
  ["the same number twice", "`20` of `20`", { limit: 20, observed: 20 }],
  ["more than two numbers", "`30` in a second, limit `20`, retry in `1`", { limit: 20, observed: 30 }],
  ["zeros in front", "`041`, `040`", { limit: 40, observed: 41 }],
  ["the largest number", "`999999999`, `1`", { limit: 1, observed: 999_999_999 }],
  ["no text", "", undefined],
  ["no numbers", "The request was refused because the quota is exceeded", undefined],
  ["numbers without back quotes", "41 requests in a second, the limit is 40", undefined],
  ["one number", "the limit is `40`", undefined],
  ["a limit of zero", english(1, 0), undefined],
  ["a count of zero", english(0, 40), undefined],
  ["numbers of ten digits", english(9_999_999_999, 40), undefined],
  ["very long numbers", `\`${"9".repeat(100_000)}\` \`${"9".repeat(100_000)}\``, undefined],
  ["negative numbers", "`-41` `-40`", undefined],
  ["fractions", "`4.1` `4.0`", undefined],
  ["exponents", "`1e9` `1e8`", undefined],
  ["spaces inside", "` 41 ` ` 40 `", undefined],
  ["digits of another script", "`٤١` `٤٠` `４１` `４０`", undefined],
  ["names in back quotes", "`limit` is exceeded by `DescribeInstances`", undefined],
  ["an open quote", "`41` and `40", undefined],
  ["nothing but back quotes", "`".repeat(200_000), undefined],
  ["quotes and digits without an end", "`1".repeat(100_000), { limit: 1, observed: 1 }],
  ["quotes of nothing, then numbers", `${"``".repeat(50_000)}\`41\` of \`40\``, { limit: 40, observed: 41 }],
  ["very many numbers", "`7` ".repeat(100_000), { limit: 7, observed: 7 }]
]

describe("the numbers in a text", () => {
  it.each(texts)("%s", (_, text, numbers) => {
    assert.deepStrictEqual(numbersIn(text), numbers)
  })

  it("make a rate from any text that is a part of the bounds", () => {
    const clock = { monotonicTimeNanosUnsafe: () => 0n } as Clock.Clock
    for (const [, text] of texts) {
      const limiter = new RateLimiter(clock)
      limiter.refused(text)
      assert.isTrue(limiter.rate >= 0.005 && limiter.rate <= 1, `${limiter.rate}`)
    }
  })
})

// ---------------------------------------------------------------------------------------------------------------------
// The rate
// ---------------------------------------------------------------------------------------------------------------------

describe("before the first quota error", () => {
  it.effect("nothing is delayed", () =>
    Effect.gen(function*() {
      const limiter = yield* makePacer
      // More than any quota, and each at the very end of its time.
      for (let i = 0; i < 5000; i++) assert.isTrue(yield* limiter.acquire(start))
      assert.strictEqual(yield* turnsNow(limiter, 100), 100)
      assert.strictEqual(limiter.rate, Infinity)
      assert.strictEqual(yield* Clock.currentTimeMillis, start)
    }))
})

const cuts: ReadonlyArray<readonly [name: string, sent: number, message: string, rate: number]> = [
  // 0.95 of the limit over the count, at most 0.9 and at least 0.1 of what was sent.
  ["a little over", 40, english(41, 40), 40 * 0.9],
  ["twice the limit", 40, english(40, 20), 40 * 0.95 * 0.5],
  ["one client of many", 5, chinese(100, 20), 5 * 0.95 * 0.2],
  ["far over", 40, english(4000, 20), 40 * 0.1],
  ["the numbers of a mad server", 40, english(999_999_999, 1), 40 * 0.1],
  ["the same number twice", 40, english(40, 40), 40 * 0.9]
]

describe("a quota error cuts the rate", () => {
  it.effect.each(cuts)(
    "%s",
    ([, sent, message, rate]) =>
      Effect.map(refusedAfter(sent, message), (limiter) => assert.approximately(limiter.rate, rate, 1e-6))
  )

  it.effect("to about 0.7 where the text has no numbers", () =>
    Effect.gen(function*() {
      for (const message of ["", "too fast", english(9, 0)]) {
        assert.approximately((yield* refusedAfter(40, message)).rate, 28, 1.5)
      }
    }))

  it.effect("from what was sent in the second before, if that was more", () =>
    Effect.gen(function*() {
      const limiter = yield* makePacer
      for (let i = 0; i < 40; i++) yield* limiter.acquire(far)
      yield* TestClock.adjust("1 second")
      for (let i = 0; i < 3; i++) yield* limiter.acquire(far)
      limiter.refused(english(40, 20))
      assert.approximately(limiter.rate, 40 * 0.95 * 0.5, 1e-6)
    }))

  it.effect("not from what was sent long ago", () =>
    Effect.gen(function*() {
      const limiter = yield* makePacer
      for (let i = 0; i < 40; i++) yield* limiter.acquire(far)
      yield* TestClock.adjust("5 seconds")
      for (let i = 0; i < 2; i++) yield* limiter.acquire(far)
      limiter.refused(english(40, 20))
      assert.approximately(limiter.rate, 2 * 0.95 * 0.5, 1e-6)
    }))

  it.effect("at most once per second", () =>
    Effect.gen(function*() {
      const limiter = yield* refusedAfter(40, english(40, 20))
      const first = limiter.rate
      for (let i = 0; i < 50; i++) limiter.refused(english(40, 20))
      assert.strictEqual(limiter.rate, first)
      yield* TestClock.adjust("999 millis")
      limiter.refused(english(40, 20))
      assert.strictEqual(limiter.rate, first)
      yield* TestClock.adjust("1 millis")
      limiter.refused(english(40, 20))
      assert.isBelow(limiter.rate, first)
    }))

  it.effect("never below 0.005 per second", () =>
    Effect.gen(function*() {
      const limiter = yield* refusedAfter(1, english(1000, 1))
      for (let i = 0; i < 200; i++) {
        yield* TestClock.adjust("1 second")
        limiter.refused(english(1000, 1))
        assert.isAtLeast(limiter.rate, 0.005)
      }
      assert.strictEqual(limiter.rate, 0.005)
    }))

  it.effect("and one text that is not true does not stop a client for good", () =>
    Effect.gen(function*() {
      const limiter = yield* refusedAfter(10, english(999_999_999, 1))
      yield* TestClock.adjust("1 minute")
      assert.isTrue(yield* limiter.acquire(start + 60_000))
      assert.isAbove(limiter.rate, 1)
    }))

  it.effect("and one text that is not true is forgotten after half a minute: the next cut is as deep as its own text", () =>
    Effect.gen(function*() {
      const limiter = yield* refusedAfter(40, english(1_000_000, 1))
      yield* TestClock.adjust("30 seconds")
      assert.isTrue(yield* limiter.acquire(far))
      const before = limiter.rate
      limiter.refused(english(41, 40))
      // One request was sent, so the cut is from half of the rate.
      assert.approximately(limiter.rate, before / 2 * 0.9, 1e-6)
    }))
})

describe("a second without a quota error raises the rate", () => {
  it.effect("by a tenth and 0.02", () =>
    Effect.gen(function*() {
      const limiter = yield* refusedAfter(40, english(40, 20))
      let rate = limiter.rate
      yield* TestClock.adjust("1 second")
      yield* limiter.acquire(far)
      assert.strictEqual(limiter.rate, rate, "the second of the error is not quiet")
      for (let i = 0; i < 5; i++) {
        yield* TestClock.adjust("1 second")
        yield* limiter.acquire(far)
        rate = rate * 1.1 + 0.02
        assert.approximately(limiter.rate, rate, 1e-9)
      }
      // Within a second, nothing.
      for (let i = 0; i < 9; i++) {
        yield* TestClock.adjust("100 millis")
        yield* limiter.acquire(far)
      }
      assert.approximately(limiter.rate, rate, 1e-9)
    }))

  it.effect("also where nothing is sent", () =>
    Effect.gen(function*() {
      const limiter = yield* atRate(1)
      yield* TestClock.adjust("6 seconds")
      yield* limiter.acquire(far)
      // One of the six is the second of the error.
      let rate = 1
      for (let i = 0; i < 6; i++) rate = rate * 1.1 + 0.02
      assert.isAtMost(limiter.rate, rate + 1e-9)
      assert.isAtLeast(limiter.rate, (rate - 0.02) / 1.1 - 1e-9)
    }))

  it.effect("until pacing is off, above 200 per second", () =>
    Effect.gen(function*() {
      const limiter = yield* atRate(180)
      for (let second = 1; second <= 2; second++) {
        yield* TestClock.adjust("1 second")
        yield* limiter.acquire(far)
      }
      assert.approximately(limiter.rate, 198.02, 1e-9)
      yield* TestClock.adjust("1 second")
      yield* limiter.acquire(far)
      assert.strictEqual(limiter.rate, Infinity)
      assert.strictEqual(yield* turnsNow(limiter, 1000), 1000)
    }))

  it.effect("also in one pause, from the slowest rate", () =>
    Effect.gen(function*() {
      const limiter = yield* atRate(0.005)
      yield* TestClock.adjust("80 seconds")
      assert.strictEqual(yield* turnsNow(limiter, 1000), 1000)
      assert.strictEqual(limiter.rate, Infinity)
    }))

  it.effect("and those who wait when it is off go at once", () =>
    Effect.gen(function*() {
      const limiter = yield* atRate(199)
      const { taken, take } = queue(limiter)
      yield* Effect.forEach(Array.from({ length: 2000 }), (_, index) => Effect.forkChild(take(index)))
      yield* TestClock.adjust("2 seconds")
      assert.strictEqual(limiter.rate, Infinity)
      assert.lengthOf(taken, 2000)
      assert.isTrue(taken.every(({ inTime }, index) => inTime && taken[index]?.index === index))
    }))
})

// ---------------------------------------------------------------------------------------------------------------------
// Slots
// ---------------------------------------------------------------------------------------------------------------------

describe("a slot", () => {
  it.effect("is a token of a bucket that holds half a second, and one at least", () =>
    Effect.gen(function*() {
      for (const [rate, burst] of [[36, 18], [10, 5], [2, 1], [0.5, 1]] as const) {
        const limiter = yield* atRate(rate)
        // The one that was there before the error.
        assert.strictEqual(yield* turnsNow(limiter, 100), 1)
        yield* TestClock.adjust("950 millis")
        assert.strictEqual(yield* turnsNow(limiter, 100), rate < 1 ? 0 : burst, `at ${rate} per second`)
      }
    }))

  it.effect("comes at the rate, in the order of the calls", () =>
    Effect.gen(function*() {
      const limiter = yield* atRate(4)
      const { taken, take } = queue(limiter)
      yield* Effect.forEach([0, 1, 2, 3, 4], (index) => Effect.forkChild(take(index)))
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(taken, [
        { index: 0, inTime: true, at: 0 },
        { index: 1, inTime: true, at: 0.25 },
        { index: 2, inTime: true, at: 0.5 },
        { index: 3, inTime: true, at: 0.75 },
        { index: 4, inTime: true, at: 1 }
      ])
    }))

  it.effect("is first come, first served, whoever gives up", () =>
    Effect.gen(function*() {
      for (let seed = 1; seed <= 30; seed++) {
        const random = makeRandom(seed)
        const below = (bound: number) => Math.floor(random() * bound)
        const limiter = yield* atRate(1 + below(20))
        const { taken, take } = queue(limiter)
        const fibers: Array<Fiber.Fiber<void>> = []
        const ends: Array<number> = []
        for (let index = 0; index < 60; index++) {
          const end = below(3) === 0 ? start + below(20_000) : far
          ends.push(end)
          fibers.push(yield* Effect.forkChild(take(index, end)))
          if (below(4) === 0) yield* TestClock.adjust(below(300))
          const other = fibers[below(fibers.length)]
          if (below(5) === 0 && other !== undefined) yield* Fiber.interrupt(other)
        }
        yield* TestClock.adjust("2 minutes")
        const order = taken.filter(({ inTime }) => inTime).map(({ index }) => index)
        assert.deepStrictEqual(order, [...order].sort((a, b) => a - b), `seed ${seed}`)
        assert.isTrue(taken.every(({ at, inTime, index }) => !inTime || start + at * 1000 <= (ends[index] ?? 0)))
        assert.isTrue(fibers.every((fiber) => fiber.pollUnsafe() !== undefined), `seed ${seed}: a call waits for ever`)
        // Nobody is left in the line.
        assert.isTrue(yield* limiter.acquire(start + 200_000))
      }
    }))

  it.effect("is never more than the bucket and the rate allow", () =>
    Effect.gen(function*() {
      for (const rate of [1, 3, 8, 50]) {
        const limiter = yield* atRate(rate)
        const { taken, take } = queue(limiter)
        yield* Effect.forEach(Array.from({ length: 500 }), (_, index) => Effect.forkChild(take(index)))
        // The rate does not grow in the first second.
        yield* TestClock.adjust("1 second")
        assert.isAtMost(taken.length, 1 + rate)
        assert.isAtLeast(taken.length, rate)
      }
    }))
})

describe("an interrupted call", () => {
  it.effect("at the head of the line frees its slot", () =>
    Effect.gen(function*() {
      const limiter = yield* atRate(1)
      yield* limiter.acquire(far)
      const { taken, take } = queue(limiter)
      const head = yield* Effect.forkChild(take(1))
      yield* Effect.forkChild(take(2))
      yield* TestClock.adjust("500 millis")
      yield* Fiber.interrupt(head)
      yield* TestClock.adjust("500 millis")
      assert.deepStrictEqual(taken, [{ index: 2, inTime: true, at: 1 }])
    }))

  it.effect("in the middle of the line frees its slot", () =>
    Effect.gen(function*() {
      const limiter = yield* atRate(2)
      yield* limiter.acquire(far)
      const { taken, take } = queue(limiter)
      yield* Effect.forkChild(take(1))
      const middle = yield* Effect.forkChild(take(2))
      yield* Effect.forkChild(take(3))
      yield* TestClock.adjust("100 millis")
      yield* Fiber.interrupt(middle)
      yield* TestClock.adjust("900 millis")
      assert.deepStrictEqual(taken, [{ index: 1, inTime: true, at: 0.5 }, { index: 3, inTime: true, at: 1 }])
    }))

  it.effect("is not counted among those who wait", () =>
    Effect.gen(function*() {
      const limiter = yield* atRate(1)
      yield* limiter.acquire(far)
      const { take } = queue(limiter)
      const fibers = yield* Effect.forEach(
        Array.from({ length: 100 }),
        (_, index) => Effect.forkChild(take(index))
      )
      yield* TestClock.adjust(0)
      assert.isFalse(yield* limiter.acquire(start + 10_000))
      yield* Fiber.interruptAll(fibers)
      const next = yield* Effect.forkChild(limiter.acquire(start + 10_000))
      yield* TestClock.adjust("1 second")
      assert.isTrue(yield* Fiber.join(next))
    }))

  it.effect("at any step leaves the line as it was", () =>
    Effect.forEach(Array.from({ length: 60 }, (_, steps) => steps + 2), (steps) =>
      Effect.gen(function*() {
        const limiter = yield* atRate(1)
        yield* limiter.acquire(far)
        // The scheduler stops the call after so many steps, and there the interruption meets it.
        const gone = yield* Effect.forkChild(
          Effect.provideService(limiter.acquire(far), References.MaxOpsBeforeYield, steps),
          { startImmediately: true }
        )
        yield* Fiber.interrupt(gone)
        yield* TestClock.adjust("1 second")
        // The free slot is given at once, and the next one after a second, as if the call had never been there.
        const { taken, take } = queue(limiter)
        yield* take(1, start)
        yield* Effect.forkChild(take(2))
        yield* TestClock.adjust("1 second")
        assert.deepStrictEqual(taken.map(({ inTime }) => inTime), [true, true], `interrupted after ${steps} steps`)
      })))
})

describe("a call whose slot comes after its deadline", () => {
  it.effect("fails at once", () =>
    Effect.gen(function*() {
      const limiter = yield* atRate(0.1)
      assert.isTrue(yield* limiter.acquire(start))
      assert.isFalse(yield* limiter.acquire(start + 3000))
      assert.isFalse(yield* limiter.acquire(start))
      assert.strictEqual(yield* Clock.currentTimeMillis, start)
    }))

  it.effect("fails at once when it is the line that is too long", () =>
    Effect.gen(function*() {
      const limiter = yield* atRate(2)
      yield* limiter.acquire(far)
      const { take } = queue(limiter)
      yield* Effect.forEach(Array.from({ length: 40 }), (_, index) => Effect.forkChild(take(index)))
      yield* TestClock.adjust(0)
      assert.isFalse(yield* limiter.acquire(start + 5000))
      assert.strictEqual(yield* Clock.currentTimeMillis, start)
    }))

  it.effect("takes no slot from those who can go", () =>
    Effect.gen(function*() {
      const limiter = yield* atRate(1)
      yield* limiter.acquire(far)
      const { taken, take } = queue(limiter)
      for (let i = 0; i < 50; i++) assert.isFalse(yield* limiter.acquire(start + 100))
      yield* Effect.forkChild(take(1))
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(taken, [{ index: 1, inTime: true, at: 1 }])
    }))

  it.effect("gives up at the deadline where the rate might have risen in time, and frees its slot", () =>
    Effect.gen(function*() {
      const limiter = yield* atRate(1)
      yield* limiter.acquire(far)
      const { taken, take } = queue(limiter)
      yield* Effect.forkChild(take(1, start + 970 + unknownAnswer))
      yield* Effect.forkChild(take(2))
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(taken, [{ index: 1, inTime: false, at: 0.97 }, { index: 2, inTime: true, at: 1 }])
    }))

  it.effect("is told apart by the growth of the rate: a long line moves faster and faster", () =>
    Effect.gen(function*() {
      const limiter = yield* atRate(1)
      yield* limiter.acquire(far)
      const { taken, take } = queue(limiter)
      const line = Array.from({ length: 200 }, (_, index) => index)
      yield* Effect.forEach(line, (index) => Effect.forkChild(take(index, start + 29_000 + unknownAnswer)))
      yield* TestClock.adjust(0)
      const refused = taken.length
      yield* TestClock.adjust("30 seconds")
      const slots = taken.filter(({ inTime }) => inTime).length
      // Those that were let in were nearly all served: none of the others could have been.
      assert.isAbove(slots, 120)
      assert.isAtMost(200 - refused - slots, 0.2 * slots)
    }))

  it.effect("leaves time for the response", () =>
    Effect.gen(function*() {
      const limiter = yield* atRate(1)
      answers(limiter, 500)
      yield* limiter.acquire(far)
      assert.isFalse(yield* limiter.acquire(start + 2900))
      const { taken, take } = queue(limiter)
      yield* Effect.forkChild(take(1, start + 3010))
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(taken, [{ index: 1, inTime: true, at: 1 }])
    }))

  it.effect("which is measured over the latest ones", () =>
    Effect.gen(function*() {
      const limiter = yield* atRate(1)
      answers(limiter, 60_000)
      yield* limiter.acquire(far)
      assert.isFalse(yield* limiter.acquire(start + 10_000))
      answers(limiter, 50)
      const { taken, take } = queue(limiter)
      yield* Effect.forkChild(take(1, start + 1210))
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(taken, [{ index: 1, inTime: true, at: 1 }])
    }))

  it.effect("does not hold back a slot that is free", () =>
    Effect.gen(function*() {
      const limiter = yield* atRate(1)
      answers(limiter, 60_000)
      assert.isTrue(yield* limiter.acquire(start))
    }))
})

// ---------------------------------------------------------------------------------------------------------------------
// Through the client
// ---------------------------------------------------------------------------------------------------------------------

const refusal = (message: string) => json({ code: 4400, message })

const noRetries = TencentRetry.make({})

describe("the client", () => {
  it.effect("sends without delay until a quota error", () =>
    Effect.gen(function*() {
      const http = scripted(ok)
      const client = yield* clientOf(http.layer)
      yield* Effect.forEach(Array.from({ length: 300 }), () => client.call(Read, {}), { concurrency: "unbounded" })
      assert.lengthOf(http.sent, 300)
      assert.strictEqual(yield* Clock.currentTimeMillis, 0)
    }))

  it.effect("fails as QuotaExceeded, and sends nothing, where the slot comes after the deadline", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(start)
      const http = scripted((_, index) => index === 0 ? refusal(english(1000, 1)) : ok())
      const client = yield* clientOf(http.layer, { retry: noRetries })
      yield* Effect.flip(client.call(Read, {}))
      // The one request that the bucket holds.
      yield* client.call(Read, {})
      const error = yield* Effect.flip(client.call(Read, {}, { deadline: "2 seconds" }))
      assert.strictEqual(error._tag, "QuotaExceeded")
      assert.strictEqual("code" in error && error.code, 4400)
      assert.include(error.message, "was not sent")
      assert.lengthOf(http.sent, 2)
      assert.strictEqual(yield* Clock.currentTimeMillis, start)

      // Quotas are per action and region.
      yield* client.call(Write, {}, { deadline: "2 seconds" })
      yield* client.call(Read, {}, { deadline: "2 seconds", region: "ap-beijing" })
      assert.lengthOf(http.sent, 4)
    }))

  it.effect("comes out of a retried quota error with the error of the server and its history", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(start)
      const http = scripted(() => refusal(english(1000, 1)))
      const client = yield* clientOf(http.layer)
      const fiber = yield* Effect.forkChild(Effect.flip(client.call(Read, {}, { deadline: "10 seconds" })))
      yield* TestClock.adjust("1 minute")
      const error = yield* Fiber.join(fiber)
      assert.strictEqual(error._tag, "QuotaExceeded")
      assert.include(error.message, "1000")
      const history = Option.getOrElse(TencentRetry.history(error), () => assert.fail("it has no history"))
      assert.strictEqual(history.attempts, http.sent.length)
      assert.deepStrictEqual(history.tags, http.sent.map(() => "QuotaExceeded"))
    }).pipe(Random.withSeed("rush")))

  it.effect("frees the slot of an interrupted call", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(start)
      // One request in a second is sent and refused; what follows is at 0.9 of that.
      const http = scripted((_, index) => index === 0 ? refusal(english(1, 1)) : ok())
      const client = yield* clientOf(http.layer, { retry: noRetries })
      yield* Effect.flip(client.call(Read, {}))
      yield* client.call(Read, {})
      const gone = yield* Effect.forkChild(client.call(Read, {}))
      const stays = yield* Effect.forkChild(client.call(Read, {}))
      yield* TestClock.adjust("500 millis")
      yield* Fiber.interrupt(gone)
      yield* TestClock.adjust("700 millis")
      assert.isDefined(stays.pollUnsafe())
      yield* Fiber.join(stays)
      assert.lengthOf(http.sent, 3)
    }))

  it.effect("sends fewer requests that are refused when it knows the quota, and uses most of it", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(start)
      const limit = 10
      const counts = new Map<number, number>()
      let refused = 0
      const http = scripted(({ parameters }) => {
        const second = Number(parameters.get("Timestamp"))
        const count = (counts.get(second) ?? 0) + 1
        counts.set(second, count)
        if (count <= limit) return ok()
        refused++
        return refusal(english(count, limit))
      })
      const client = yield* clientOf(http.layer)
      /** Ten seconds in which twice the quota is asked for. */
      const rush = Effect.gen(function*() {
        refused = 0
        const before = http.sent.length
        const fibers = yield* Effect.forEach(
          Array.from({ length: 200 }),
          (_, index) => Effect.forkChild(Effect.delay(Effect.result(client.call(Read, {})), index * 50))
        )
        yield* TestClock.adjust("10 seconds")
        const result = { refused, answered: http.sent.length - before - refused }
        yield* Fiber.interruptAll(fibers)
        return result
      })
      const first = yield* rush
      const second = yield* rush
      assert.isAbove(first.refused, 5)
      assert.isBelow(second.refused, first.refused)
      // Of the hundred that the quota allows.
      assert.isAbove(first.answered, 80)
      assert.isAbove(second.answered, 80)
    }).pipe(Random.withSeed("rush")))
})
