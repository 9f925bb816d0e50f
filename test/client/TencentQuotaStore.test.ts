/**
 * What every store of slots does: in memory and over Redis; and clients that share one.
 */
import { assert, describe, it } from "@effect/vitest"
import { TencentRetry } from "effect-tencentcloud"
import { TencentClient, TencentQuotaStore } from "effect-tencentcloud/client"
import { TencentClientTest } from "effect-tencentcloud/testing"
import { TencentAction } from "effect-tencentcloud/v2"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Random from "effect/Random"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { TestClock } from "effect/testing"
import {
  build,
  busiest,
  makeServer,
  recorder,
  redisStore,
  start,
  type Store,
  storeBackends
} from "../support/quotaStores.ts"

const key = "cvm DescribeInstances ap-guangzhou"

const forks = (count: number, ask: Effect.Effect<unknown>) =>
  Effect.forEach(Array.from({ length: count }), () => Effect.forkChild(ask, { startImmediately: true }))

/** In real time a slot may come late, and its time is known as well as the time when the first was asked for. */
const assertSlots = (slots: ReadonlyArray<number>, expected: ReadonlyArray<number>, late: number): void => {
  if (late === 0) return assert.deepStrictEqual(slots, expected)
  assert.lengthOf(slots, expected.length)
  for (const [n, slot] of slots.entries()) {
    assert.isTrue(slot > expected[n]! - 20 && slot < expected[n]! + late, `${slots.join()} is not ${expected.join()}`)
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// Slots
// ---------------------------------------------------------------------------------------------------------------------

for (const { it, isLive, late, name, open, pass } of storeBackends) {
  // A real Redis has a time of its own, so its tests wait beside each other.
  const suite = isLive ? describe.concurrent : describe

  suite(`a store ${name}`, () => {
    it("gives the first slot at once, and the others an interval apart", () =>
      Effect.gen(function*() {
        const [store] = yield* open(1)
        const { ask, slots } = yield* recorder(store!, { key, limit: 5 })
        yield* forks(5, ask("1 minute"))
        yield* pass(1200 + late)
        assertSlots(slots, [0, 250, 500, 750, 1000], late)
      }))

    it("gives a slot at once after a pause, but only one", () =>
      Effect.gen(function*() {
        const [store] = yield* open(1)
        const { ask, slots } = yield* recorder(store!, { key, limit: 3 })
        yield* ask(0)
        yield* pass("1300 millis")
        yield* forks(3, ask("1 minute"))
        yield* pass(1200 + late)
        assertSlots(slots, [0, 1300, 1800, 2300], late)
      }))

    it.each([1, 2, 3, 20, 100])(
      "never has more than the limit in any second, whoever gives up, with a limit of %i",
      (limit) =>
        Effect.gen(function*() {
          const processes = yield* open(4)
          const recorders = yield* Effect.forEach(processes, (store) => recorder(store, { key, limit }))
          for (let n = 0; n < 5 * limit + 5; n++) {
            const ask = recorders[n % 4]!.ask("3 seconds")
            const begins = Math.floor((yield* Random.next) * 2000)
            // Each third caller leaves while it waits.
            const patience = n % 3 === 0 ? Math.floor((yield* Random.next) * 1000) : Infinity
            yield* Effect.forkChild(Effect.delay(Effect.timeoutOption(ask, patience), begins))
          }
          yield* pass(6000 + late)
          const slots = recorders.flatMap(({ slots }) => slots).sort((a, b) => a - b)
          const rate = Math.max(limit - 1, 0.5)
          // Timers that are late let some come together, but none early.
          if (!isLive) assert.isAtMost(busiest(slots), limit)
          for (const [n, slot] of slots.entries()) assert.isAtLeast(slot - slots[0]!, n * 1000 / rate - late - 2)
          // Not much is left unused while calls wait.
          assert.isAtLeast(slots.length, Math.floor(3 * rate))
        }).pipe(Random.withSeed("slots"))
    )

    it("refuses at once a call whose slot comes too late, which takes no slot", () =>
      Effect.gen(function*() {
        const [store] = yield* open(1)
        const { ask, refused, slots } = yield* recorder(store!, { key, limit: 2 })
        yield* ask(0)
        const early = yield* Effect.forEach(Array.from({ length: 5 }), () => ask("300 millis"))
        assert.isFalse(early.some(Boolean))
        yield* Effect.forkChild(ask("1 second"))
        yield* pass(1100 + late)
        assertSlots(slots, [0, 1000], late)
        assert.strictEqual(refused(), 5)
      }))

    it("serves a call whose slot comes exactly when its time is used up", () =>
      Effect.gen(function*() {
        const [store] = yield* open(1)
        // Of several that ask together, the one that is told to wait a second has exactly that.
        const { ask, slots } = yield* recorder(store!, { key, limit: 2 })
        yield* forks(2, ask("1 second"))
        yield* pass(1100 + late)
        assertSlots(slots, [0, 1000], late)
      }))

    it("serves those who can still be served under a load above the quota, and halves it fairly", () =>
      Effect.gen(function*() {
        const [a, b] = yield* Effect.forEach(yield* open(2), (store) => recorder(store, { key, limit: 20 }))
        for (let n = 0; n < 120; n++) {
          yield* Effect.forkChild(Effect.delay((n % 2 === 0 ? a! : b!).ask("1 second"), n * 1000 / 30))
        }
        yield* pass(5500 + late)
        const [ofA, ofB] = [a!.slots.length, b!.slots.length]
        assert.strictEqual(ofA + ofB + a!.refused() + b!.refused(), 120)
        // For the four seconds of the load and the one that a call may wait.
        assert.isAtLeast(ofA + ofB, 0.92 * 20 * 5)
        assert.isAtMost(ofA + ofB, 20 * 5)
        assert.approximately(ofA / ofB, 1, isLive ? 0.4 : 0.1)
      }))

    it("waits as long as it takes for a caller without a deadline", () =>
      Effect.gen(function*() {
        const [store] = yield* open(1)
        const { ask, slots } = yield* recorder(store!, { key, limit: 11 })
        yield* forks(21, ask(Duration.infinity))
        yield* pass(2200 + late)
        assertSlots(slots, Array.from({ length: 21 }, (_, n) => n * 100), late)
      }))

    it("keeps what is counted apart", () =>
      Effect.gen(function*() {
        const [store] = yield* open(1)
        for (const key of ["a", "b", "__proto__", "constructor", "", "{x}"]) {
          assert.isTrue(yield* store!.acquire({ key, limit: 1 }, Duration.zero), key)
          assert.isFalse(yield* store!.acquire({ key, limit: 1 }, Duration.zero), key)
        }
      }))

    it("uses a limit that the server has named, for all", () =>
      Effect.gen(function*() {
        const [one, other] = yield* open(2)
        yield* one!.learn({ key, limit: 6 })
        const { ask, slots } = yield* recorder(other!, { key, limit: 101 })
        yield* forks(3, ask("1 second"))
        yield* pass(500 + late)
        assertSlots(slots, [0, 200, 400], late)
      }))

    it.each([Number.NaN, -1, 0, 0.1, Infinity])(
      "has slots at %d requests per second too",
      (limit) =>
        Effect.gen(function*() {
          const [store] = yield* open(1)
          assert.isTrue(yield* store!.acquire({ key, limit }, Duration.zero))
          assert.strictEqual(yield* store!.acquire({ key, limit }, Duration.zero), limit === Infinity)
        })
    )

    it("gives the slot of a caller that is interrupted to the next who asks", () =>
      Effect.gen(function*() {
        const [store, other] = yield* open(2)
        const { ask, slots } = yield* recorder(store!, { key, limit: 3 })
        const { ask: askOther, slots: ofOther } = yield* recorder(other!, { key, limit: 3 })
        yield* ask(0)
        const gone = yield* Effect.forkChild(ask("1 minute"), { startImmediately: true })
        yield* pass(100)
        yield* Effect.forkChild(ask("1 minute"))
        yield* pass(100)
        yield* Fiber.interrupt(gone)
        yield* pass(100)
        yield* Effect.forkChild(askOther("1 minute"))
        yield* pass(1000 + late)
        assertSlots(slots, [0, 1000], late)
        assertSlots(ofOther, [500], late)
      }))

    it("serves new callers at once when all who waited have gone", () =>
      Effect.gen(function*() {
        const [store] = yield* open(1)
        const { ask, slots } = yield* recorder(store!, { key, limit: 11 })
        yield* Fiber.interruptAll(yield* Effect.andThen(ask(0), forks(60, ask("1 minute"))))
        yield* pass("550 millis")
        const { ask: askAgain, slots: again } = yield* recorder(store!, { key, limit: 11 })
        yield* forks(5, askAgain("1 second"))
        yield* pass(700 + late)
        assert.lengthOf(slots, 1)
        assert.lengthOf(again, 5)
        assert.isAtMost(again[4]!, 450 + late)
      }))
  })
}

describe.each(storeBackends.filter(({ isLive }) => !isLive))("a store $name", ({ open }) => {
  it.effect("tries the limit of the quota again ten minutes after the server has named another", () =>
    Effect.gen(function*() {
      const [store] = yield* open(1)
      yield* store!.learn({ key, limit: 11 })
      yield* TestClock.adjust("599 seconds")
      const { ask, slots } = yield* recorder(store!, { key, limit: 101 })
      yield* forks(2, ask("1 second"))
      yield* TestClock.adjust("1 second")
      yield* forks(2, ask("1 second"))
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(slots, [0, 100, 1000, 1010])
    }))
})

// ---------------------------------------------------------------------------------------------------------------------
// Clients
// ---------------------------------------------------------------------------------------------------------------------

const elapsed = Effect.map(Clock.currentTimeMillis, (now) => now - start)

const actionOf = (quota?: number) =>
  TencentAction.make("DescribeInstances", {
    module: "cvm",
    quota,
    request: Schema.Struct({}),
    response: Schema.Struct({ totalCount: Schema.Number })
  })

/** A server that lets so many requests pass in each second of its clock. */
const makeQuota = (limit: number) => {
  const seconds = new Map<number, number>()
  const response = Effect.map(Clock.currentTimeMillis, (now): TencentClientTest.Response => {
    const second = Math.floor(now / 1000)
    const count = (seconds.get(second) ?? 0) + 1
    seconds.set(second, count)
    return count <= limit
      ? { code: 0, message: "", totalCount: 3 }
      : { code: 4400, message: `\`${count}\` in a second, the limit is \`${limit}\`` }
  })
  const refused = () => [...seconds.values()].reduce((sum, count) => sum + Math.max(0, count - limit), 0)
  const served = () => [...seconds.values()].reduce((sum, count) => sum + Math.min(limit, count), 0)
  return { response, refused, served }
}

/** Clients of processes that share a store. */
const clients = (
  response: TencentClientTest.ScriptedResponse,
  open: Effect.Effect<Store, never, never>,
  count: number,
  options?: TencentClient.Options
) =>
  Effect.forEach(Array.from({ length: count }), () =>
    Effect.flatMap(open, (store) =>
      Effect.map(
        Layer.build(Layer.fresh(
          TencentClientTest.layer({ DescribeInstances: response }, options).pipe(
            Layer.provide(Layer.succeed(TencentQuotaStore.TencentQuotaStore, store))
          )
        )),
        (context) => ({
          call: Context.get(context, TencentClient.TencentClient).call,
          requests: Context.get(context, TencentClientTest.TencentClientTest).requests
        })
      )))

describe("clients that share a store", () => {
  it.effect("go on without one that interrupts itself", () =>
    Effect.gen(function*() {
      const store: Store = { acquire: () => Effect.interrupt, learn: () => Effect.interrupt }
      const [client] = yield* clients({ code: 0, message: "", totalCount: 3 }, Effect.succeed(store), 1)
      assert.deepStrictEqual(yield* client!.call(actionOf(), {}), { totalCount: 3 })
    }))

  it.effect("are not refused, and use the quota", () =>
    Effect.gen(function*() {
      const server = yield* makeServer
      const { response, refused, served } = makeQuota(20)
      const all = yield* clients(response, Effect.scoped(redisStore(server)), 10)
      for (let n = 0; n < 900; n++) {
        yield* Effect.forkChild(Effect.delay(Effect.exit(all[n % 10]!.call(actionOf(), {})), n * 1000 / 30))
      }
      yield* TestClock.adjust("30 seconds")
      assert.strictEqual(refused(), 0)
      assert.isAtLeast(served(), 0.94 * 20 * 30)
    }))

  it.effect("go by the quota that the action declares", () =>
    Effect.gen(function*() {
      const store = yield* Effect.andThen(TestClock.setTime(start), build(TencentQuotaStore.layerMemory))
      const { response, refused, served } = makeQuota(5)
      const all = yield* clients(response, Effect.succeed(store), 2)
      for (let n = 0; n < 40; n++) yield* Effect.forkChild(Effect.exit(all[n % 2]!.call(actionOf(5), {})))
      yield* TestClock.adjust("30 seconds")
      assert.deepStrictEqual([refused(), served()], [0, 40])
    }))

  it.effect("learn another limit from the first refusal of one of them", () =>
    Effect.gen(function*() {
      const store = yield* Effect.andThen(TestClock.setTime(start), build(TencentQuotaStore.layerMemory))
      const { response, refused, served } = makeQuota(10)
      const all = yield* clients(response, Effect.succeed(store), 5)
      for (let n = 0; n < 200; n++) {
        yield* Effect.forkChild(Effect.delay(Effect.exit(all[n % 5]!.call(actionOf(), {})), n * 100))
      }
      yield* TestClock.adjust("1 second")
      const atFirst = refused()
      yield* TestClock.adjust("1 minute")
      assert.strictEqual(refused(), atFirst)
      assert.isAtMost(atFirst, 10)
      assert.strictEqual(served(), 200)
    }))

  it.effect("fail a call whose slot comes too late at once, typed and without a request", () =>
    Effect.gen(function*() {
      const store = yield* Effect.andThen(TestClock.setTime(start), build(TencentQuotaStore.layerMemory))
      const [client] = yield* clients({ code: 0, message: "", totalCount: 3 }, Effect.succeed(store), 1)
      yield* client!.call(actionOf(2), {})
      const error = yield* Effect.flip(client!.call(actionOf(2), {}, { deadline: "900 millis" }))
      assert.strictEqual(error._tag, "QuotaExceeded")
      assert.strictEqual(yield* elapsed, 0)
      assert.lengthOf(yield* client!.requests, 1)
    }))

  it.effect("keep to their own pace when the store is away", () =>
    Effect.gen(function*() {
      const server = yield* makeServer
      server.mode = "refuses"
      const { response, refused, served } = makeQuota(5)
      const [client] = yield* clients(response, Effect.scoped(redisStore(server)), 1)
      for (let n = 0; n < 60; n++) {
        yield* Effect.forkChild(Effect.delay(Effect.exit(client!.call(actionOf(5), {})), n * 150))
      }
      yield* TestClock.adjust("1 minute")
      assert.strictEqual(served(), 60)
      assert.isAtMost(refused(), 20)
    }).pipe(Effect.provide(Logger.layer([]))))
})

// ---------------------------------------------------------------------------------------------------------------------
// A store of the program's own
// ---------------------------------------------------------------------------------------------------------------------

const storeOf = (store: Partial<Store>): Store =>
  TencentQuotaStore.TencentQuotaStore.of({ acquire: () => Effect.succeed(true), learn: () => Effect.void, ...store })

/** One call of a client that uses the store: its error if it has one, when it ended, and how many requests were sent. */
const callWith = (
  store: Store,
  options: TencentClient.CallOptions & { readonly response?: TencentClientTest.ScriptedResponse }
) =>
  Effect.gen(function*() {
    yield* TestClock.setTime(start)
    const { response = { code: 0, message: "", totalCount: 3 }, ...call } = options
    const [client] = yield* clients(response, Effect.succeed(store), 1)
    const fiber = yield* Effect.forkChild(
      Effect.flatMap(Effect.result(client!.call(actionOf(), {}, call)), (result) =>
        Effect.zip(Effect.succeed(result), elapsed))
    )
    yield* TestClock.adjust("5 minutes")
    const [result, ended] = yield* Fiber.join(fiber)
    return { tag: Result.isFailure(result) ? result.failure._tag : "ok", ended, sent: (yield* client!.requests).length }
  })

describe("a store that is slow", () => {
  it.effect("is waited for as long as the time that is left can bring a response", () =>
    Effect.gen(function*() {
      const store = storeOf({ acquire: () => Effect.delay(Effect.succeed(true), "899 millis") })
      assert.deepStrictEqual(yield* callWith(store, { deadline: "1 second" }), { tag: "ok", ended: 899, sent: 1 })
    }))

  it.effect("does not make a call last longer than its deadline, when it never responds", () =>
    Effect.gen(function*() {
      const { ended, sent, tag } = yield* callWith(storeOf({ acquire: () => Effect.never }), { deadline: "1 second" })
      assert.deepStrictEqual([tag, sent], ["QuotaExceeded", 0])
      assert.isAtMost(ended, 1000)
    }))

  it.effect("fails the call with the last error of the server, if there is one", () =>
    Effect.gen(function*() {
      let asked = 0
      const store = storeOf({ acquire: () => ++asked === 1 ? Effect.succeed(true) : Effect.never })
      const response = { code: 6200, message: "closed" }
      const { sent, tag } = yield* callWith(store, { deadline: "10 seconds", response })
      assert.deepStrictEqual([tag, sent, asked], ["ApiUnavailable", 1, 2])
    }))

  it.effect("is told how long the slot may take: not into the time for a response", () =>
    Effect.gen(function*() {
      const waits: Array<number> = []
      const store = storeOf({
        acquire: (_, maxWait) => Effect.sync(() => waits.push(Duration.toMillis(maxWait))).pipe(Effect.as(true))
      })
      for (const deadline of ["1 second", "400 millis", "100 millis"] as const) yield* callWith(store, { deadline })
      assert.deepStrictEqual(waits, [600, 0, 0])
    }))

  it.effect("holds up no call when it never learns", () =>
    Effect.gen(function*() {
      const store = storeOf({ learn: () => Effect.never })
      const response = (limit: number, first: number) => {
        let sent = 0
        return () => ++sent <= first ? { code: 4400, message: `\`21\` in a second, the limit is \`${limit}\`` } : ok
      }
      const ok = { code: 0, message: "", totalCount: 3 }
      const { ended, sent, tag } = yield* callWith(store, { response: response(20, 1) })
      assert.deepStrictEqual([tag, sent], ["ok", 2])
      assert.isAtMost(ended, 3000)
      const short = yield* callWith(store, { deadline: "300 millis", response: response(20, 99) })
      assert.deepStrictEqual(short, { tag: "QuotaExceeded", ended: 300, sent: 1 })
    }))
})

/** The limits that a store is told after so many successes and a quota error. */
const learnt = (message: string, successes = 0) =>
  Effect.gen(function*() {
    const limits: Array<number> = []
    const store = storeOf({ learn: ({ limit }) => Effect.sync(() => void limits.push(limit)) })
    let sent = 0
    const response = () => ++sent > successes ? { code: 4400, message } : { code: 0, message: "", totalCount: 3 }
    const [client] = yield* clients(response, Effect.succeed(store), 1, { retry: TencentRetry.make({}) })
    for (let n = 0; n <= successes; n++) yield* Effect.exit(client!.call(actionOf(), {}))
    return limits
  })

describe("a quota error teaches the store", () => {
  it.effect("the limit that its text names", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* learnt("`41` in a second, the limit is `40`", 10), [40])
    }))

  it.effect.each(
    [
      ["names no numbers", "too fast", 0],
      ["names a limit that was not exceeded", "the limit is `3`, observed `1`", 0],
      ["names a limit that the last second disproves", "`2` in a second, the limit is `1`", 10]
    ] as const
  )("nothing, where its text %s", ([, message, successes]) =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* learnt(message, successes), [])
    }))
})
