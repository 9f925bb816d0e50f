/**
 * The quota store over Redis: what it keeps there, and what happens when Redis stalls, lies or goes back in time. Where `REDIS_URL`
 * names one, a real Redis as well.
 */
import { assert, describe, it } from "@effect/vitest"
import { TencentQuotaStoreRedis } from "effect-tencentcloud/redis"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Redis from "effect/persistence/Redis"
import { TestClock } from "effect/testing"
import {
  account,
  build,
  busiest,
  makeServer,
  recorder,
  redisBackends,
  redisStore,
  start,
  type Store
} from "../support/quotaStores.ts"
import { RedisServer } from "../support/redis.ts"

const key = "cvm DescribeInstances ap-guangzhou"

const slotsKey = (account: string, quota = key) => `tencentcloud:quota:{${account} ${quota}}:slots`

const intervalKey = (account: string, quota = key) => `tencentcloud:quota:{${account} ${quota}}:interval`

const collectLogs = () => {
  const logs: Array<string> = []
  const logger = Logger.make<unknown, void>(({ logLevel, message }) =>
    void logs.push(`${logLevel} ${String(message).split(".")[0]}`)
  )
  return { logs, layer: Logger.layer([logger]) }
}

/** Whether a slot is free now. It is taken if so. */
const isFree = (store: Store, limit = 1, quota = key) => store.acquire({ key: quota, limit }, Duration.zero)

// ---------------------------------------------------------------------------------------------------------------------
// What is kept
// ---------------------------------------------------------------------------------------------------------------------

/** What another program, an older version or a broken tool may have written: the command, and whether slots can be kept there. */
const strange: ReadonlyArray<
  readonly [name: string, key: typeof slotsKey, command: ReadonlyArray<string>, kept: boolean]
> = [
  ["a list for slots", slotsKey, ["RPUSH", "x"], false],
  ["a list for the interval", intervalKey, ["RPUSH", "x"], false],
  ...[
    "abc",
    "",
    "inf",
    "inf inf",
    "-inf inf",
    "nan nan",
    "1e300",
    "1 1e300",
    "0x7fffffffffffff",
    "-5 -7",
    "99999999999999.5"
  ]
    .map((text) => [`"${text}" for slots`, slotsKey, ["SET", text], true] as const),
  ...["abc", "", "inf", "nan", "0", "-5", "1e300", "2000.5"]
    .map((text) => [`"${text}" for the interval`, intervalKey, ["SET", text], true] as const)
]

for (const { connect, it, isLive, late, name, pass } of redisBackends) {
  const suite = isLive ? describe.concurrent : describe

  suite(`the quota store ${name}`, () => {
    it("keeps two accounts apart", () =>
      Effect.gen(function*() {
        const { account, open } = yield* connect
        for (const name of [`${account} one`, `${account} two`]) {
          const store = yield* open(name)
          assert.isTrue(yield* isFree(store))
          assert.isFalse(yield* isFree(store))
        }
      }))

    it("leaves nothing behind for a quota that is not used", () =>
      Effect.gen(function*() {
        const { account, open, redis } = yield* connect
        const store = yield* open(account)
        yield* store.learn({ key, limit: 11 })
        for (let n = 0; n < 5; n++) yield* Effect.forkChild(store.acquire({ key, limit: 11 }, Duration.minutes(1)))
        yield* pass("300 millis")
        assert.isAbove(yield* redis.send<number>("PTTL", slotsKey(account)), 0)
        yield* pass(1600 + late)
        assert.strictEqual(yield* redis.send<number>("PTTL", slotsKey(account)), -2)
        assert.isTrue((yield* redis.send<number>("PTTL", intervalKey(account))) <= 600_000)
        assert.isAbove(yield* redis.send<number>("PTTL", intervalKey(account)), 590_000)
      }))

    it("loads its scripts again when Redis has lost them", () =>
      Effect.gen(function*() {
        const { account, open, redis } = yield* connect
        const store = yield* open(account)
        for (let n = 0; n < 3; n++) {
          const waits = yield* Effect.forkChild(store.acquire({ key, limit: 1001 }, Duration.seconds(1)))
          yield* pass("50 millis")
          assert.isTrue(yield* Fiber.join(waits))
          yield* redis.send("SCRIPT", "FLUSH")
        }
        assert.isTrue(yield* isFree(store))
        assert.isFalse(yield* isFree(store))
      }))

    it.each(strange)("with %s: that quota alone may be without the store", ([, keyOf, [command, text], kept]) => {
      const { layer, logs } = collectLogs()
      return Effect.gen(function*() {
        const { account, open, redis } = yield* connect
        const store = yield* open(account)
        yield* redis.send(command!, keyOf(account), text!)
        assert.isTrue(yield* isFree(store))
        assert.strictEqual(yield* isFree(store), !kept)
        yield* isFree(store)
        assert.isTrue(yield* isFree(store, 1, "another quota"))
        assert.isFalse(yield* isFree(store, 1, "another quota"))
        assert.deepStrictEqual(logs, kept ? [] : [`Warn The quota store cannot read the quota "${key}"`])
      }).pipe(Effect.provide(layer))
    })

    it.each([600, 3])(
      "goes on when the clock of Redis has gone back by %i seconds",
      (seconds) =>
        Effect.gen(function*() {
          const { account, open, redis } = yield* connect
          const store = yield* open(account)
          const limit = 3
          // Written by the clock as it was: with one slot taken, half a second ahead, and one before it that was given back.
          const at = (yield* Clock.currentTimeMillis) + seconds * 1000
          yield* redis.send("SET", slotsKey(account), `${at}.000 ${at + 1000}.000 ${at + 500}.000`)
          const { ask, slots } = yield* recorder(store, { key, limit })
          for (let n = 0; n < 3; n++) yield* Effect.forkChild(ask("2 seconds"), { startImmediately: true })
          yield* pass(1700 + late)
          assert.lengthOf(slots, 3)
          for (const [n, slot] of slots.entries()) assert.approximately(slot, 500 + n * 500, late + 20)
        })
    )
  })
}

// ---------------------------------------------------------------------------------------------------------------------
// On the clock of the test
// ---------------------------------------------------------------------------------------------------------------------

const elapsed = Effect.map(Clock.currentTimeMillis, (now) => now - start)

const asked = (server: RedisServer): number => server.commands.filter((command) => command === "EVALSHA").length

describe("the time of Redis", () => {
  it.effect("counts, whatever the clocks of the processes say", () =>
    Effect.gen(function*() {
      const server = yield* makeServer
      const clock = yield* Clock.Clock
      const recorders = yield* Effect.forEach([-600_000, 0, 600_000, 5000], (off) => {
        const wrong = Object.assign(Object.create(clock), {
          currentTimeMillisUnsafe: () => clock.currentTimeMillisUnsafe() + off
        })
        return redisStore(server).pipe(
          Effect.provideService(Clock.Clock, wrong),
          Effect.flatMap((store) => recorder(store, { key, limit: 20 }))
        )
      })
      for (let n = 0; n < 400; n++) {
        yield* Effect.forkChild(Effect.delay(recorders[n % 4]!.ask("3 seconds"), n * 25))
      }
      yield* TestClock.adjust("20 seconds")
      assert.isAtMost(busiest(recorders.flatMap(({ slots }) => slots)), 20)
      for (const { slots } of recorders) assert.isAtLeast(slots.length, 50)
    }))

  it.effect.each([-600_000, -2000, -10])("may be set back while calls wait, by %i ms", (by) =>
    Effect.gen(function*() {
      yield* TestClock.setTime(start)
      const clock = yield* Clock.Clock
      let offset = 0
      const store = yield* redisStore(new RedisServer(() => clock.currentTimeMillisUnsafe() + offset))
      const { ask, slots } = yield* recorder(store, { key, limit: 11 })
      for (let n = 0; n < 100; n++) yield* Effect.forkChild(Effect.delay(ask("2 seconds"), n * 100))
      yield* TestClock.adjust("5 seconds")
      offset = by
      yield* TestClock.adjust("10 seconds")
      assert.lengthOf(slots, 100)
      assert.isAtMost(busiest(slots), 11)
    }))
})

describe("a Redis that is away", () => {
  it.effect("lets calls go on, is asked again every five seconds, and is reported once", () => {
    const { layer, logs } = collectLogs()
    return Effect.gen(function*() {
      const server = yield* makeServer
      const store = yield* redisStore(server)
      assert.isTrue(yield* isFree(store))
      assert.isFalse(yield* isFree(store))
      yield* TestClock.adjust("10 seconds")
      server.mode = "refuses"
      const before = server.commands.length
      for (let n = 0; n < 100; n++) assert.isTrue(yield* isFree(store))
      assert.strictEqual(server.commands.length, before + 1)
      yield* TestClock.adjust("5 seconds")
      for (let n = 0; n < 100; n++) assert.isTrue(yield* isFree(store))
      assert.strictEqual(server.commands.length, before + 2)
      assert.strictEqual(yield* elapsed, 15_000)
      assert.deepStrictEqual(logs, ["Warn The quota store is away"])
      server.mode = "works"
      yield* TestClock.adjust("5 seconds")
      assert.isTrue(yield* isFree(store))
      assert.isFalse(yield* isFree(store))
      assert.deepStrictEqual(logs, ["Warn The quota store is away", "Info The quota store is back"])
    }).pipe(Effect.provide(layer))
  })

  it.effect.each([
    "READONLY You can't write against a read only replica. script: 1f, on @user_script:22.",
    "OOM command not allowed when used memory > 'maxmemory'. script: 1f, on @user_script:22.",
    "LOADING Redis is loading the dataset in memory",
    "NOAUTH Authentication required."
  ])("is one that responds to every key: %s", (text) =>
    Effect.gen(function*() {
      const server = yield* makeServer
      server.mode = text
      const store = yield* redisStore(server)
      for (let n = 0; n < 10; n++) assert.isTrue(yield* isFree(store, 1, `quota ${n}`))
      assert.lengthOf(server.commands, 1)
    }).pipe(Effect.provide(Logger.layer([]))))

  it.effect("is waited for half a second, once for all", () =>
    Effect.gen(function*() {
      const server = yield* makeServer
      const store = yield* redisStore(server)
      assert.isTrue(yield* isFree(store))
      server.mode = "silent"
      const { ask, slots } = yield* recorder(store, { key, limit: 1 })
      yield* Effect.forkChild(ask("1 minute"))
      yield* TestClock.adjust("1 second")
      for (let n = 0; n < 10; n++) yield* Effect.forkChild(ask("1 minute"))
      yield* TestClock.adjust(0)
      assert.deepStrictEqual(slots, [500, ...Array.from({ length: 10 }, () => 1000)])
      assert.strictEqual(asked(server), 2)
    }).pipe(Effect.provide(Logger.layer([]))))

  it.effect("is found out also when nobody has the time to wait for it", () =>
    Effect.gen(function*() {
      const server = yield* makeServer
      const store = yield* redisStore(server)
      yield* isFree(store)
      server.mode = "silent"
      const hasty = yield* Effect.forkChild(Effect.timeoutOption(isFree(store), 50))
      yield* TestClock.adjust(50)
      assert.isDefined(hasty.pollUnsafe())
      yield* TestClock.adjust(450)
      assert.isTrue(yield* isFree(store))
    }).pipe(Effect.provide(Logger.layer([]))))

  it.effect("does not make a call fail, whatever it responds", () =>
    Effect.gen(function*() {
      const strange = [
        null,
        "later",
        { a: 1 },
        [],
        [[]],
        -7,
        [-7],
        [Number.NaN],
        [Infinity, {}],
        [1e300, null],
        undefined,
        true
      ]
      for (const response of strange) {
        const redis = yield* Redis.make({
          send: <A>() => Effect.succeed(response as A),
          subscribe: () => Effect.never,
          connect: Effect.never
        })
        const store = yield* build(
          TencentQuotaStoreRedis.layer({ account }).pipe(Layer.provide(Layer.succeed(Redis.Redis, redis)))
        )
        const fiber = yield* Effect.forkChild(store.acquire({ key, limit: 5 }, Duration.seconds(2)))
        yield* TestClock.adjust("2 seconds")
        assert.isBoolean(yield* Fiber.join(fiber), `${String(response)}`)
        yield* store.learn({ key, limit: 5 })
      }
    }))
})

describe("a Redis that stalls", () => {
  it.effect("takes the slots back of those who did not wait for it", () =>
    Effect.gen(function*() {
      const server = yield* makeServer
      const [store, other] = [yield* redisStore(server), yield* redisStore(server)]
      const { ask } = yield* recorder(store, { key, limit: 11 })
      // Its scripts are there.
      yield* ask(0)
      server.mode = "stalls"
      const callers = yield* Effect.forEach(
        Array.from({ length: 20 }),
        () => Effect.forkChild(ask("1 minute"), { startImmediately: true })
      )
      yield* TestClock.adjust(200)
      // Some are interrupted, the others go on without a slot after half a second.
      yield* Fiber.interruptAll(callers.slice(0, 10))
      yield* TestClock.adjust(400)
      assert.isTrue(callers.every((fiber) => fiber.pollUnsafe() !== undefined))
      server.resume()
      yield* TestClock.adjust(0)
      const { ask: askAgain, slots } = yield* recorder(other, { key, limit: 11 })
      for (let n = 0; n < 3; n++) yield* Effect.forkChild(askAgain("1 second"))
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(slots, [0, 100, 200])
    }).pipe(Effect.provide(Logger.layer([]))))

  it.effect("lets a caller that is interrupted go at once", () =>
    Effect.gen(function*() {
      const server = yield* makeServer
      const store = yield* redisStore(server)
      server.mode = "stalls"
      const caller = yield* Effect.forkChild(isFree(store), { startImmediately: true })
      yield* Fiber.interrupt(caller)
      assert.strictEqual(yield* elapsed, 0)
    }))
})
