/**
 * The rate limiter on virtual time, by what its user can rely on: what it reads from the text of a quota error, that it keeps to a
 * limit and finds back, and who goes when.
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
import { inspect } from "node:util"
import { numbersIn, RateLimiter } from "../../../src/client/internal/rateLimiter.ts"
import { clientOf, Read, Write } from "../../support/client.ts"
import { busiest } from "../../support/quotaStores.ts"
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

const makeLimiter = Effect.andThen(TestClock.setTime(start), Effect.map(Clock.Clock, (clock) => new RateLimiter(clock)))

/** Without a response yet, the time that is left for one. */
const unknownResponse = 400

const responses = (limiter: RateLimiter, millis: number, count = 200): void => {
  for (let i = 0; i < count; i++) limiter.responded(millis)
}

const far = start + 1_000_000_000

interface Acquired {
  readonly index: number
  readonly inTime: boolean
  /** Milliseconds since `start`. */
  readonly at: number
}

/** Asks for slots and keeps what came of it. */
const line = (limiter: RateLimiter) => {
  const acquired: Array<Acquired> = []
  const ask = (index: number, end = far) =>
    Effect.flatMap(limiter.acquire(end), (inTime) =>
      Effect.map(Clock.currentTimeMillis, (now) => {
        acquired.push({ index, inTime, at: now - start })
      }))
  return { acquired, ask }
}

const askTogether = (count: number, ask: (index: number) => Effect.Effect<unknown>) =>
  Effect.forEach(Array.from({ length: count }), (_, index) => Effect.forkChild(ask(index), { startImmediately: true }))

/** The times of the slots in so many milliseconds, while more calls wait than can go. The others leave. */
const slotsIn = (limiter: RateLimiter, millis: number, asked = 2000) =>
  Effect.gen(function*() {
    const { acquired, ask } = line(limiter)
    const fibers = yield* askTogether(asked, ask)
    yield* TestClock.adjust(millis)
    const slots = acquired.map(({ at }) => at)
    yield* Fiber.interruptAll(fibers)
    return slots
  })

/** A limiter that has sent so many requests in this second, and was then refused. */
const refusedAfter = (sent: number, message: string) =>
  Effect.gen(function*() {
    const limiter = yield* makeLimiter
    for (let i = 0; i < sent; i++) assert.isTrue(yield* limiter.acquire(far))
    limiter.refused(message)
    return limiter
  })

/** So many requests per second, and one slot that is free. */
const atRate = (rate: number) =>
  Effect.map(makeLimiter, (limiter) => {
    limiter.refused("")
    limiter.rate = rate
    return limiter
  })

/** The same without the free slot. */
const busyAt = (rate: number) => Effect.tap(atRate(rate), (limiter) => limiter.acquire(far))

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
  ["a count below the limit, English", english(1, 3), undefined],
  ["a count below the limit, Chinese", chinese(1, 3), undefined],
  ["a count below the limit, the limit first", "limit `3` of observed `1`", undefined],
  ["a language that is not known", "`3` ... `1`", { limit: 1, observed: 3 }],
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
})

// ---------------------------------------------------------------------------------------------------------------------
// The rate
// ---------------------------------------------------------------------------------------------------------------------

describe("before the first quota error", () => {
  it.effect("nothing is delayed", () =>
    Effect.gen(function*() {
      const limiter = yield* makeLimiter
      // More than any quota, and each at the very end of its time.
      for (let i = 0; i < 5000; i++) assert.isTrue(yield* limiter.acquire(start))
      assert.lengthOf(yield* slotsIn(limiter, 0, 100), 100)
    }))
})

describe("after a quota error", () => {
  it.effect.each([1, 2, 5, 20, 100, 300])(
    "no second has more than the limit of %i, whenever calls come",
    (limit) =>
      Effect.gen(function*() {
        const limiter = yield* refusedAfter(2 * limit, english(2 * limit, limit))
        const { acquired, ask } = line(limiter)
        for (let second = 0; second < 29; second++) {
          for (let n = 0; n < limit; n++) {
            // Some come together, after a pause, and others apart.
            const at = second % 4 === 3 ? Math.floor((yield* Random.next) * 1000) : second % 3 * 1000
            yield* Effect.forkChild(Effect.delay(ask(n), second * 1000 + at))
          }
        }
        yield* TestClock.adjust("29999 millis")
        assert.isAtMost(busiest(acquired.map(({ at }) => at)), limit)
        // The slots of a limit of one are two seconds apart.
        assert.isAtLeast(acquired.length, 0.8 * 29 * Math.max(limit - 1, 0.5))
      }).pipe(Random.withSeed("rush"))
  )

  it.effect("a higher rate is tried after half a minute, because the limit may have been raised", () =>
    Effect.gen(function*() {
      const limiter = yield* refusedAfter(20, english(20, 10))
      yield* TestClock.adjust("30 seconds")
      assert.isAbove(busiest(yield* slotsIn(limiter, 10_000)), 15)
    }))

  it.effect.each([10, 30])(
    "a client keeps to its share of a limit that %i others use up",
    (others) =>
      Effect.gen(function*() {
        const limiter = yield* refusedAfter(20, english(20 * others, 20))
        yield* TestClock.adjust("1 second")
        const slots = yield* slotsIn(limiter, 999)
        assert.isAtMost(slots.length, 20 / Math.min(10, others) + 1)
      })
  )

  it.effect.each(["", "too fast", english(9, 0), english(1, 3)])(
    "without numbers to go by, it slows down too: %s",
    (text) =>
      Effect.gen(function*() {
        const limiter = yield* refusedAfter(40, text)
        yield* TestClock.adjust("1 second")
        const slots = yield* slotsIn(limiter, 999)
        assert.isBelow(slots.length, 40)
        assert.isAbove(slots.length, 15)
      })
  )

  it.effect("those of concurrent calls count as one", () =>
    Effect.gen(function*() {
      const counts = yield* Effect.forEach([0, 50], (more) =>
        Effect.gen(function*() {
          const limiter = yield* refusedAfter(40, english(40, 20))
          for (let i = 0; i < more; i++) limiter.refused(english(40, 20))
          yield* TestClock.adjust("1 second")
          return (yield* slotsIn(limiter, 999)).length
        }))
      assert.strictEqual(counts[1], counts[0])
    }))

  it.effect("others in later seconds slow it down further, but never to a stop", () =>
    Effect.gen(function*() {
      const limiter = yield* refusedAfter(1, english(1000, 1))
      for (let i = 0; i < 200; i++) {
        yield* TestClock.adjust("1 second")
        limiter.refused(english(1000, 1))
      }
      assert.isAtMost((yield* slotsIn(limiter, 10_000)).length, 2)
      assert.isAbove((yield* slotsIn(limiter, 200_000)).length, 5)
    }))

  it.effect("it speeds up from second to second while no other comes", () =>
    Effect.gen(function*() {
      const limiter = yield* refusedAfter(40, "")
      yield* TestClock.adjust("2 seconds")
      const slots = yield* slotsIn(limiter, 9999)
      // The first has what the pause left.
      const counts = Array.from({ length: 8 }, (_, n) => slots.filter((at) => Math.floor(at / 1000) === n + 3).length)
      assert.deepStrictEqual(counts, [...counts].sort((a, b) => a - b))
      assert.isAbove(counts[7]!, 1.5 * counts[0]!)
    }))

  it.effect.each([1, 40, 400])(
    "nothing is delayed any more after a long quiet time, having sent %i",
    (sent) =>
      Effect.gen(function*() {
        const limiter = yield* refusedAfter(sent, english(1000, 1))
        yield* TestClock.adjust("2 minutes")
        assert.lengthOf(yield* slotsIn(limiter, 0, 1000), 1000)
      })
  )

  it.effect("those who still wait when nothing is delayed any more go at once, in their order", () =>
    Effect.gen(function*() {
      const limiter = yield* atRate(199)
      const { acquired, ask } = line(limiter)
      yield* askTogether(2000, ask)
      yield* TestClock.adjust("2 seconds")
      assert.deepStrictEqual(acquired.map(({ index }) => index), Array.from({ length: 2000 }, (_, index) => index))
    }))
})

describe("a text that is not true", () => {
  it.effect("does not stop a client for good", () =>
    Effect.gen(function*() {
      const limiter = yield* refusedAfter(10, english(999_999_999, 1))
      yield* TestClock.adjust("1 minute")
      assert.isAbove((yield* slotsIn(limiter, 1000)).length, 10)
    }))

  it.effect("is remembered as one of ten times the limit: after half a minute the next cut is as deep as its own text", () =>
    Effect.gen(function*() {
      const limiter = yield* refusedAfter(40, english(1_000_000, 1))
      yield* TestClock.adjust("30 seconds")
      const before = yield* slotsIn(limiter, 1000)
      limiter.refused(english(41, 40))
      yield* TestClock.adjust("1 second")
      const after = yield* slotsIn(limiter, 1000)
      assert.isAbove(after.length, 0.7 * before.length)
    }))

  it.effect("that the successes of the last second disprove teaches nothing", () =>
    Effect.gen(function*() {
      const limiter = yield* refusedAfter(0, "")
      const limits = (text: string) => limiter.refused(text)
      responses(limiter, 0, 40)
      assert.deepStrictEqual([limits(english(41, 40)), limits(english(21, 20))], [40, 20])
      responses(limiter, 0, 1)
      assert.deepStrictEqual([limits(english(21, 20)), limits(english(2, 1)), limits(english(1, 3))], [
        undefined,
        undefined,
        undefined
      ])
      // Nor in the second after it, but then they are forgotten.
      yield* TestClock.adjust("1 second")
      assert.isUndefined(limits(english(2, 1)))
      yield* TestClock.adjust("1 second")
      assert.strictEqual(limits(english(2, 1)), 1)
      // What was sent long ago says nothing of the last second.
      responses(limiter, 5000, 40)
      assert.strictEqual(limits(english(2, 1)), 1)
    }))

  it.effect("slows the client down no more than one without numbers", () =>
    Effect.gen(function*() {
      const limiter = yield* makeLimiter
      for (let i = 0; i < 40; i++) yield* limiter.acquire(far)
      responses(limiter, 0, 40)
      limiter.refused(english(1000, 1))
      yield* TestClock.adjust("1 second")
      assert.isAbove((yield* slotsIn(limiter, 999)).length, 15)
    }))
})

// ---------------------------------------------------------------------------------------------------------------------
// Slots
// ---------------------------------------------------------------------------------------------------------------------

describe("a slot", () => {
  it.effect("comes at the rate, in the order of the calls", () =>
    Effect.gen(function*() {
      const { acquired, ask } = line(yield* atRate(4))
      yield* askTogether(5, ask)
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(acquired.map(({ at, index }) => [index, at]), [[0, 0], [1, 250], [2, 500], [3, 750], [
        4,
        1000
      ]])
    }))

  it.effect.each(Array.from({ length: 30 }, (_, n) => n + 1))(
    "is first come, first served, whoever gives up (seed %i)",
    (seed) =>
      Effect.gen(function*() {
        const random = makeRandom(seed)
        const below = (bound: number) => Math.floor(random() * bound)
        const limiter = yield* atRate(1 + below(20))
        const { acquired, ask } = line(limiter)
        const fibers: Array<Fiber.Fiber<void>> = []
        const ends: Array<number> = []
        for (let index = 0; index < 60; index++) {
          const end = below(3) === 0 ? start + below(20_000) : far
          ends.push(end)
          fibers.push(yield* Effect.forkChild(ask(index, end)))
          if (below(4) === 0) yield* TestClock.adjust(below(300))
          const other = fibers[below(fibers.length)]
          if (below(5) === 0 && other !== undefined) yield* Fiber.interrupt(other)
        }
        yield* TestClock.adjust("2 minutes")
        const order = acquired.filter(({ inTime }) => inTime).map(({ index }) => index)
        assert.deepStrictEqual(order, [...order].sort((a, b) => a - b))
        assert.isTrue(acquired.every(({ at, inTime, index }) => !inTime || start + at <= ends[index]!))
        assert.isTrue(fibers.every((fiber) => fiber.pollUnsafe() !== undefined), "a call waits for ever")
        // Nobody is left in the line.
        assert.isTrue(yield* limiter.acquire(start + 200_000))
      })
  )

  it.effect("leaves nothing in memory, however many are taken, refused or given up", () =>
    Effect.gen(function*() {
      const limiter = yield* atRate(50)
      const size = () => inspect(limiter, { depth: 10, maxArrayLength: Infinity }).length
      const round = Effect.gen(function*() {
        const fibers = yield* askTogether(100, (index) => limiter.acquire(index % 2 === 0 ? far : start))
        yield* TestClock.adjust("1 second")
        yield* Fiber.interruptAll(fibers)
        responses(limiter, 10, 10)
        limiter.refused(english(60, 50))
      })
      yield* round
      const before = size()
      for (let n = 0; n < 50; n++) yield* round
      assert.isAtMost(size(), before + 200)
    }))
})

describe("an interrupted call", () => {
  it.effect("at the head of the line frees its slot", () =>
    Effect.gen(function*() {
      const { acquired, ask } = line(yield* busyAt(1))
      const [head] = yield* askTogether(2, ask)
      yield* TestClock.adjust("500 millis")
      yield* Fiber.interrupt(head!)
      yield* TestClock.adjust("500 millis")
      assert.deepStrictEqual(acquired, [{ index: 1, inTime: true, at: 1000 }])
    }))

  it.effect("in the middle of the line frees its slot", () =>
    Effect.gen(function*() {
      const { acquired, ask } = line(yield* busyAt(2))
      const [, middle] = yield* askTogether(3, ask)
      yield* TestClock.adjust("100 millis")
      yield* Fiber.interrupt(middle!)
      yield* TestClock.adjust("900 millis")
      assert.deepStrictEqual(acquired.map(({ at, index }) => [index, at]), [[0, 500], [2, 1000]])
    }))

  it.effect("is not counted among those who wait", () =>
    Effect.gen(function*() {
      const limiter = yield* busyAt(1)
      const fibers = yield* askTogether(100, () => limiter.acquire(far))
      assert.isFalse(yield* limiter.acquire(start + 10_000))
      yield* Fiber.interruptAll(fibers)
      const next = yield* Effect.forkChild(limiter.acquire(start + 10_000))
      yield* TestClock.adjust("1 second")
      assert.isTrue(yield* Fiber.join(next))
    }))

  it.effect.each(Array.from({ length: 60 }, (_, n) => n + 2))(
    "after %i steps leaves the line as it was",
    (steps) =>
      Effect.gen(function*() {
        const limiter = yield* busyAt(1)
        // The scheduler stops the call after so many steps, and there the interruption meets it.
        const gone = yield* Effect.forkChild(
          Effect.provideService(limiter.acquire(far), References.MaxOpsBeforeYield, steps),
          { startImmediately: true }
        )
        yield* Fiber.interrupt(gone)
        yield* TestClock.adjust("1 second")
        // The free slot comes at once, and the next one after a second, as if the call had never been there.
        const { acquired, ask } = line(limiter)
        yield* ask(1, start)
        yield* Effect.forkChild(ask(2))
        yield* TestClock.adjust("1 second")
        assert.deepStrictEqual(acquired.map(({ inTime }) => inTime), [true, true])
      })
  )
})

describe("a call whose slot comes too late", () => {
  it.effect("fails at once", () =>
    Effect.gen(function*() {
      const limiter = yield* busyAt(0.1)
      assert.isFalse(yield* limiter.acquire(start + 3000))
      assert.isFalse(yield* limiter.acquire(start))
      assert.strictEqual(yield* Clock.currentTimeMillis, start)
    }))

  it.effect("fails at once when it is the line that is too long", () =>
    Effect.gen(function*() {
      const limiter = yield* busyAt(2)
      yield* askTogether(40, () => limiter.acquire(far))
      assert.isFalse(yield* limiter.acquire(start + 5000))
      assert.strictEqual(yield* Clock.currentTimeMillis, start)
    }))

  it.effect("takes no slot from those who can go", () =>
    Effect.gen(function*() {
      const limiter = yield* busyAt(1)
      for (let i = 0; i < 50; i++) assert.isFalse(yield* limiter.acquire(start + 100))
      assert.deepStrictEqual(yield* slotsIn(limiter, 1000, 1), [1000])
    }))

  it.effect("is not one whose time is exactly used up", () =>
    Effect.gen(function*() {
      const { acquired, ask } = line(yield* busyAt(1))
      yield* Effect.forkChild(ask(0, start + 1000 + unknownResponse), { startImmediately: true })
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(acquired, [{ index: 0, inTime: true, at: 1000 }])
    }))

  it.effect("gives up in time where the rate might have risen, and frees its slot", () =>
    Effect.gen(function*() {
      const { acquired, ask } = line(yield* busyAt(1))
      yield* askTogether(2, (index) => ask(index, index === 0 ? start + 970 + unknownResponse : far))
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(acquired, [{ index: 0, inTime: false, at: 970 }, { index: 1, inTime: true, at: 1000 }])
    }))

  it.effect("is told apart by the growth of the rate: a long line moves faster and faster", () =>
    Effect.gen(function*() {
      const { acquired, ask } = line(yield* busyAt(1))
      yield* askTogether(200, (index) => ask(index, start + 29_000 + unknownResponse))
      const refused = acquired.length
      yield* TestClock.adjust("30 seconds")
      const slots = acquired.filter(({ inTime }) => inTime).length
      // Those that were let in were nearly all served: none of the others could have been.
      assert.isAbove(slots, 120)
      assert.isAtMost(200 - refused - slots, 0.2 * slots)
    }))

  it.effect.each(
    [
      ["short", 50, true],
      ["long", 500, false]
    ] as const
  )("is one without the time for a response, where responses are %s", ([, millis, inTime]) =>
    Effect.gen(function*() {
      const limiter = yield* atRate(1)
      // Only the latest ones count.
      responses(limiter, 60_000)
      responses(limiter, millis)
      yield* limiter.acquire(far)
      const { acquired, ask } = line(limiter)
      yield* Effect.forkChild(ask(0, start + 1250), { startImmediately: true })
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(acquired, [{ index: 0, inTime, at: inTime ? 1000 : 0 }])
    }))

  it.effect("does not hold back a slot that is free", () =>
    Effect.gen(function*() {
      const limiter = yield* atRate(1)
      responses(limiter, 60_000)
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
      const http = scripted((_, index) => index === 0 ? refusal(english(2, 2)) : ok())
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
        const result = { refused, served: http.sent.length - before - refused }
        yield* Fiber.interruptAll(fibers)
        return result
      })
      const first = yield* rush
      const second = yield* rush
      assert.isAbove(first.refused, 5)
      assert.isBelow(second.refused, first.refused)
      // Of the hundred that the quota allows.
      assert.isAbove(first.served, 80)
      assert.isAbove(second.served, 80)
    }).pipe(Random.withSeed("rush")))
})
