/**
 * The two stores of slots on virtual time, the one over Redis with its script as shipped; clients that share one; and, where
 * `REDIS_URL` names a Redis, the same over real connections.
 */
import { NodeRedis } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { TencentClient, TencentQuotaStore } from "effect-tencentcloud/client"
import { TencentQuotaStoreRedis } from "effect-tencentcloud/redis"
import { TencentClientTest } from "effect-tencentcloud/testing"
import { TencentAction } from "effect-tencentcloud/v2"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Redis from "effect/persistence/Redis"
import * as Random from "effect/Random"
import * as Schema from "effect/Schema"
import { TestClock } from "effect/testing"
import { RedisServer } from "../support/redis.ts"

// ---------------------------------------------------------------------------------------------------------------------
// Tools
// ---------------------------------------------------------------------------------------------------------------------

type Store = TencentQuotaStore.TencentQuotaStore["Service"]

const account = "100000000001"

const key = "cvm DescribeInstances ap-guangzhou"

const start = Date.UTC(2026, 0, 1)

const build = <E>(layer: Layer.Layer<TencentQuotaStore.TencentQuotaStore, E>) =>
  Effect.map(Layer.build(Layer.fresh(layer)), (context) => Context.get(context, TencentQuotaStore.TencentQuotaStore))

/** A server whose time is that of the test. */
const makeServer = Effect.map(
  Effect.andThen(TestClock.setTime(start), Clock.Clock),
  (clock) => new RedisServer(() => clock.currentTimeMillisUnsafe())
)

const redisStore = (server: RedisServer, name = account) =>
  build(TencentQuotaStoreRedis.layer({ account: name }).pipe(Layer.provide(server.layer)))

const openMemory = (processes: number) =>
  Effect.map(
    Effect.andThen(TestClock.setTime(start), build(TencentQuotaStore.layerMemory)),
    (store) => Array.from({ length: processes }, () => store)
  )

const openRedis = (processes: number) =>
  Effect.flatMap(makeServer, (server) => Effect.forEach(Array.from({ length: processes }), () => redisStore(server)))

const stores = [["in memory", openMemory], ["over Redis", openRedis]] as const

const elapsed = Effect.map(Clock.currentTimeMillis, (now) => now - start)

/** Asks for a slot, and keeps when it came. */
const recorder = (store: Store, quota: TencentQuotaStore.Quota) => {
  const slots: Array<number> = []
  let refused = 0
  const ask = (maxWait: Duration.Input) =>
    Effect.flatMap(store.acquire(quota, Duration.fromInputUnsafe(maxWait)), (taken) =>
      Effect.map(elapsed, (at) => {
        if (taken) slots.push(at)
        else refused++
        return taken
      }))
  return { slots, ask, refused: () => refused }
}

/** The most slots in a second that begins anywhere. */
const busiest = (slots: ReadonlyArray<number>): number => {
  const sorted = [...slots].sort((a, b) => a - b)
  return Math.max(0, ...sorted.map((from) => sorted.filter((at) => at >= from && at < from + 1000).length))
}

// ---------------------------------------------------------------------------------------------------------------------
// Slots
// ---------------------------------------------------------------------------------------------------------------------

describe.each(stores)("a store %s", (_, open) => {
  it.effect("gives the first slot at once, and the others an interval apart", () =>
    Effect.gen(function*() {
      const [store] = yield* open(1)
      const { ask, slots } = recorder(store!, { key, limit: 5 })
      for (let n = 0; n < 5; n++) yield* Effect.forkChild(ask("1 minute"))
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(slots, [0, 250, 500, 750, 1000])
    }))

  it.effect("gives a slot at once after a pause, but only one", () =>
    Effect.gen(function*() {
      const [store] = yield* open(1)
      const { ask, slots } = recorder(store!, { key, limit: 3 })
      yield* ask(0)
      yield* TestClock.adjust("1 hour")
      for (let n = 0; n < 3; n++) yield* Effect.forkChild(ask("1 minute"))
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(slots, [0, 3_600_000, 3_600_500, 3_601_000])
    }))

  it.effect.each([1, 2, 3, 20, 100])(
    "never has more than the limit in any second, with a limit of %i",
    (limit) =>
      Effect.gen(function*() {
        const processes = yield* open(4)
        const recorders = processes.map((store) => recorder(store, { key, limit }))
        for (let n = 0; n < 12 * limit; n++) {
          const ask = recorders[n % 4]!.ask("10 seconds")
          yield* Effect.forkChild(Effect.delay(ask, Math.floor((yield* Random.next) * 5000)))
        }
        yield* TestClock.adjust("1 minute")
        const slots = recorders.flatMap(({ slots }) => slots)
        assert.isAtMost(busiest(slots), limit)
        // Not much is left unused while calls wait.
        assert.isAtLeast(slots.length, Math.floor(10 * Math.max(limit - 1, 0.5)))
      }).pipe(Random.withSeed("slots"))
  )

  it.effect("refuses at once a call whose slot comes too late, which takes no slot", () =>
    Effect.gen(function*() {
      const [store] = yield* open(1)
      const { ask, slots } = recorder(store!, { key, limit: 2 })
      yield* ask(0)
      for (let n = 0; n < 50; n++) assert.isFalse(yield* ask("999 millis"))
      assert.strictEqual(yield* elapsed, 0)
      yield* Effect.forkChild(ask("1 second"))
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(slots, [0, 1000])
    }))

  it.effect("serves who can still be served under a load above the quota, and halves it fairly", () =>
    Effect.gen(function*() {
      const [a, b] = (yield* open(2)).map((store) => recorder(store, { key, limit: 20 }))
      for (let n = 0; n < 300; n++) {
        yield* Effect.forkChild(Effect.delay((n % 2 === 0 ? a! : b!).ask("2 seconds"), n * 1000 / 30))
      }
      yield* TestClock.adjust("15 seconds")
      const [ofA, ofB] = [a!.slots.length, b!.slots.length]
      assert.strictEqual(ofA + ofB + a!.refused() + b!.refused(), 300)
      // For the ten seconds of the load and the two that a call may wait.
      assert.isAtLeast(ofA + ofB, 0.94 * 20 * 12)
      assert.isAtMost(busiest([...a!.slots, ...b!.slots]), 20)
      assert.approximately(ofA / ofB, 1, 0.1)
    }))

  it.effect("waits as long as it takes for a caller without a deadline", () =>
    Effect.gen(function*() {
      const [store] = yield* open(1)
      const { ask, slots } = recorder(store!, { key, limit: 2 })
      for (let n = 0; n < 100; n++) yield* Effect.forkChild(ask(Duration.infinity))
      yield* TestClock.adjust("99 seconds")
      assert.deepStrictEqual(slots, Array.from({ length: 100 }, (_, n) => n * 1000))
    }))

  it.effect("keeps what is counted apart", () =>
    Effect.gen(function*() {
      const [store] = yield* open(1)
      for (const key of ["a", "b", "__proto__", "constructor", "", "{x}"]) {
        assert.isTrue(yield* store!.acquire({ key, limit: 1 }, Duration.zero), key)
        assert.isFalse(yield* store!.acquire({ key, limit: 1 }, Duration.zero), key)
      }
    }))

  it.effect("uses a limit that the server has named, for all and for ten minutes", () =>
    Effect.gen(function*() {
      const [one, other] = yield* open(2)
      yield* one!.learn({ key, limit: 11 })
      const { ask, slots } = recorder(other!, { key, limit: 101 })
      for (let n = 0; n < 3; n++) yield* Effect.forkChild(ask("1 second"))
      yield* TestClock.adjust("9 minutes")
      assert.deepStrictEqual(slots, [0, 100, 200])
      yield* TestClock.adjust("1 minute")
      for (let n = 0; n < 3; n++) yield* Effect.forkChild(ask("1 second"))
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(slots.slice(3), [600_000, 600_010, 600_020])
    }))

  it.effect("leaves a slot unused whose caller is interrupted, and nothing else", () =>
    Effect.gen(function*() {
      const [store] = yield* open(1)
      const { ask, slots } = recorder(store!, { key, limit: 2 })
      yield* ask(0)
      const gone = yield* Effect.forkChild(ask("1 minute"))
      yield* Effect.forkChild(ask("1 minute"))
      yield* TestClock.adjust(500)
      yield* Fiber.interrupt(gone)
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(slots, [0, 2000])
    }))
})

// ---------------------------------------------------------------------------------------------------------------------
// Redis
// ---------------------------------------------------------------------------------------------------------------------

const collectLogs = () => {
  const logs: Array<string> = []
  const logger = Logger.make<unknown, void>(({ logLevel, message }) =>
    void logs.push(`${logLevel} ${String(message).split(".")[0]}`)
  )
  return { logs, layer: Logger.layer([logger]) }
}

const asked = (server: RedisServer): number => server.commands.filter((command) => command === "EVALSHA").length

describe("over Redis", () => {
  it.effect("goes by the time of Redis, whatever the clocks of the processes say", () =>
    Effect.gen(function*() {
      const server = yield* makeServer
      const clock = yield* Clock.Clock
      const recorders = yield* Effect.forEach([-600_000, 0, 600_000, 5000], (off) => {
        const wrong = Object.assign(Object.create(clock), {
          currentTimeMillisUnsafe: () => clock.currentTimeMillisUnsafe() + off
        })
        return redisStore(server).pipe(
          Effect.provideService(Clock.Clock, wrong),
          Effect.map((store) => recorder(store, { key, limit: 20 }))
        )
      })
      for (let n = 0; n < 400; n++) {
        yield* Effect.forkChild(Effect.delay(recorders[n % 4]!.ask("3 seconds"), n * 25))
      }
      yield* TestClock.adjust("20 seconds")
      assert.isAtMost(busiest(recorders.flatMap(({ slots }) => slots)), 20)
      for (const { slots } of recorders) assert.isAtLeast(slots.length, 50)
    }))

  it.effect("keeps two accounts apart", () =>
    Effect.gen(function*() {
      const server = yield* makeServer
      for (const name of ["one", "two"]) {
        const store = yield* redisStore(server, name)
        assert.isTrue(yield* store.acquire({ key, limit: 1 }, Duration.zero))
        assert.isFalse(yield* store.acquire({ key, limit: 1 }, Duration.zero))
      }
    }))

  it.effect("leaves nothing behind for a quota that is not used", () =>
    Effect.gen(function*() {
      const server = yield* makeServer
      const store = yield* redisStore(server)
      yield* store.learn({ key, limit: 20 })
      for (let n = 0; n < 20; n++) yield* Effect.forkChild(store.acquire({ key, limit: 20 }, Duration.minutes(1)))
      yield* TestClock.adjust("1 second")
      assert.sameMembers(server.kept.map(([name]) => name), [
        `tencentcloud:quota:{${account} ${key}}:slot`,
        `tencentcloud:quota:{${account} ${key}}:interval`
      ])
      yield* TestClock.adjust("3 seconds")
      assert.lengthOf(server.kept, 1)
      yield* TestClock.adjust("10 minutes")
      assert.lengthOf(server.kept, 0)
    }))

  it.effect("loads its script again when Redis has lost it", () =>
    Effect.gen(function*() {
      const server = yield* makeServer
      const store = yield* redisStore(server)
      for (let n = 0; n < 3; n++) {
        assert.isTrue(
          yield* store.acquire({ key, limit: 1001 }, Duration.seconds(1)).pipe(
            Effect.forkChild,
            Effect.tap(() => TestClock.adjust("1 second")),
            Effect.flatMap(Fiber.join)
          )
        )
        server.flushScripts()
      }
      assert.strictEqual(server.commands.filter((command) => command === "SCRIPT").length, 3)
    }))

  it.effect("lets calls go on when Redis is away, asks it again every five seconds, and says so once", () =>
    Effect.gen(function*() {
      const { layer, logs } = collectLogs()
      yield* Effect.gen(function*() {
        const server = yield* makeServer
        const store = yield* redisStore(server)
        const take = store.acquire({ key, limit: 1 }, Duration.zero)
        assert.isTrue(yield* take)
        assert.isFalse(yield* take)
        yield* TestClock.adjust("10 seconds")
        server.mode = "refuses"
        const before = server.commands.length
        for (let n = 0; n < 100; n++) assert.isTrue(yield* take)
        assert.strictEqual(server.commands.length, before + 1)
        yield* TestClock.adjust("5 seconds")
        for (let n = 0; n < 100; n++) assert.isTrue(yield* take)
        assert.strictEqual(server.commands.length, before + 2)
        assert.strictEqual(yield* elapsed, 15_000)
        assert.deepStrictEqual(logs, ["Warn The quota store is away"])
        server.mode = "works"
        yield* TestClock.adjust("5 seconds")
        assert.isTrue(yield* take)
        assert.isFalse(yield* take)
        assert.deepStrictEqual(logs, ["Warn The quota store is away", "Info The quota store is back"])
      }).pipe(Effect.provide(layer))
    }))

  it.effect("waits half a second for a response that does not come, once for all", () =>
    Effect.gen(function*() {
      const server = yield* makeServer
      const store = yield* redisStore(server)
      assert.isTrue(yield* store.acquire({ key, limit: 1 }, Duration.zero))
      server.mode = "silent"
      const { ask, slots } = recorder(store, { key, limit: 1 })
      yield* Effect.forkChild(ask("1 minute"))
      yield* TestClock.adjust("1 second")
      for (let n = 0; n < 10; n++) yield* Effect.forkChild(ask("1 minute"))
      yield* TestClock.adjust(0)
      assert.deepStrictEqual(slots, [500, ...Array.from({ length: 10 }, () => 1000)])
      assert.strictEqual(asked(server), 2)
    }))

  it.effect("does not fail, whatever Redis answers", () =>
    Effect.gen(function*() {
      for (const reply of [null, "later", { a: 1 }, [], -7, Number.NaN, Infinity, 1e300, undefined, true]) {
        const redis = yield* Redis.make({
          send: <A>() => Effect.succeed(reply as A),
          subscribe: () => Effect.never,
          connect: Effect.never
        })
        const store = yield* build(
          TencentQuotaStoreRedis.layer({ account }).pipe(Layer.provide(Layer.succeed(Redis.Redis, redis)))
        )
        const fiber = yield* Effect.forkChild(store.acquire({ key, limit: 5 }, Duration.seconds(2)))
        yield* TestClock.adjust("2 seconds")
        assert.isBoolean(yield* Fiber.join(fiber), `${String(reply)}`)
        yield* store.learn({ key, limit: 5 })
      }
    }))
})

// ---------------------------------------------------------------------------------------------------------------------
// Clients
// ---------------------------------------------------------------------------------------------------------------------

const actionOf = (quota?: number) =>
  TencentAction.make("DescribeInstances", {
    module: "cvm",
    quota,
    request: Schema.Struct({}),
    response: Schema.Struct({ totalCount: Schema.Number })
  })

/** A server that takes so many requests in each second of its clock. */
const makeQuota = (limit: number) => {
  const seconds = new Map<number, number>()
  const answer = Effect.map(Clock.currentTimeMillis, (now): TencentClientTest.Response => {
    const second = Math.floor(now / 1000)
    const count = (seconds.get(second) ?? 0) + 1
    seconds.set(second, count)
    return count <= limit
      ? { code: 0, message: "", totalCount: 3 }
      : { code: 4400, message: `\`${count}\` in a second, the limit is \`${limit}\`` }
  })
  const refused = () => [...seconds.values()].reduce((sum, count) => sum + Math.max(0, count - limit), 0)
  const served = () => [...seconds.values()].reduce((sum, count) => sum + Math.min(limit, count), 0)
  return { answer, refused, served }
}

/** Clients of processes that share a store. */
const clients = (
  answer: TencentClientTest.ScriptedResponse,
  open: Effect.Effect<Store, never, never>,
  count: number,
  options?: Partial<TencentClient.Options>
) =>
  Effect.forEach(Array.from({ length: count }), () =>
    Effect.flatMap(open, (store) =>
      Effect.map(
        Layer.build(Layer.fresh(
          TencentClientTest.layer({ DescribeInstances: answer }, options).pipe(
            Layer.provide(Layer.succeed(TencentQuotaStore.TencentQuotaStore, store))
          )
        )),
        (context) => ({
          call: Context.get(context, TencentClient.TencentClient).call,
          requests: Context.get(context, TencentClientTest.TencentClientTest).requests
        })
      )))

describe("clients that share a store", () => {
  it.effect("are not refused, and use the quota", () =>
    Effect.gen(function*() {
      const server = yield* makeServer
      const { answer, refused, served } = makeQuota(20)
      const all = yield* clients(answer, Effect.scoped(redisStore(server)), 10)
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
      const { answer, refused, served } = makeQuota(5)
      const all = yield* clients(answer, Effect.succeed(store), 2)
      for (let n = 0; n < 40; n++) yield* Effect.forkChild(Effect.exit(all[n % 2]!.call(actionOf(5), {})))
      yield* TestClock.adjust("30 seconds")
      assert.deepStrictEqual([refused(), served()], [0, 40])
    }))

  it.effect("learn another limit from the first refusal of one of them", () =>
    Effect.gen(function*() {
      const store = yield* Effect.andThen(TestClock.setTime(start), build(TencentQuotaStore.layerMemory))
      const { answer, refused, served } = makeQuota(10)
      const all = yield* clients(answer, Effect.succeed(store), 5)
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
      const { answer, refused, served } = makeQuota(5)
      const [client] = yield* clients(answer, Effect.scoped(redisStore(server)), 1)
      for (let n = 0; n < 60; n++) {
        yield* Effect.forkChild(Effect.delay(Effect.exit(client!.call(actionOf(5), {})), n * 150))
      }
      yield* TestClock.adjust("1 minute")
      assert.strictEqual(served(), 60)
      assert.isAtMost(refused(), 20)
    }).pipe(Effect.provide(Logger.layer([]))))
})

// ---------------------------------------------------------------------------------------------------------------------
// A real Redis
// ---------------------------------------------------------------------------------------------------------------------

const url = process.env["REDIS_URL"]

describe.skipIf(url === undefined)("a real Redis", () => {
  it.live(
    "has no second over the limit, under a load above it, while its scripts are flushed",
    () =>
      Effect.gen(function*() {
        const name = `test ${yield* Clock.currentTimeMillis}`
        const connection = NodeRedis.layer({ url: url! })
        const redis = Context.get(yield* Layer.build(connection), Redis.Redis)
        const limit = 20
        const seconds = new Map<string, number>()
        let refused = 0
        const one = (store: Store) =>
          Effect.gen(function*() {
            if (!(yield* store.acquire({ key, limit }, Duration.seconds(2)))) return void refused++
            const [second] = yield* redis.send<[string, string]>("TIME")
            seconds.set(second, (seconds.get(second) ?? 0) + 1)
          })
        // A connection of its own for each process.
        const processes = yield* Effect.forEach(
          Array.from({ length: 10 }),
          () => build(TencentQuotaStoreRedis.layer({ account: name }).pipe(Layer.provide(Layer.fresh(connection))))
        )
        const fibers = yield* Effect.forEach(
          Array.from({ length: 240 }),
          (_, n) => Effect.forkChild(Effect.delay(one(processes[n % 10]!), n * 1000 / 40))
        )
        yield* Effect.delay(redis.send("SCRIPT", "FLUSH"), "3 seconds")
        yield* Effect.forEach(fibers, Fiber.join)
        const served = [...seconds.values()].reduce((a, b) => a + b, 0)
        assert.isAtMost(Math.max(...seconds.values()), limit)
        assert.strictEqual(served + refused, 240)
        // 19 a second, for the six seconds of the load and the two that a call may wait.
        assert.isAtLeast(served, 100)
      }),
    30_000
  )
})
