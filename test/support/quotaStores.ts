/**
 * The quota stores that the tests run on: in memory, over Redis with the script as shipped, and, where `REDIS_URL` names one, over
 * a real Redis. The first two are on the clock of the test; a real Redis has a time of its own.
 */
import { NodeRedis } from "@effect/platform-node"
import { it } from "@effect/vitest"
import { TencentQuotaStore } from "effect-tencentcloud/client"
import { TencentQuotaStoreRedis } from "effect-tencentcloud/redis"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redis from "effect/persistence/Redis"
import type * as Scope from "effect/Scope"
import { TestClock } from "effect/testing"
import { RedisServer } from "./redis.ts"

export type Store = TencentQuotaStore.TencentQuotaStore["Service"]

type Open<A> = Effect.Effect<A, never, Scope.Scope>

export interface Backend {
  readonly name: string
  /** Its time is real. */
  readonly isLive: boolean
  readonly it: typeof it.live
  /** Lets time pass. */
  readonly pass: (duration: Duration.Input) => Effect.Effect<void>
  /** How many milliseconds a slot may come late, on a machine that is busy. */
  readonly late: number
}

/** The store as so many processes see it, none of whose slots is taken. */
export interface StoreBackend extends Backend {
  readonly open: (processes: number) => Open<ReadonlyArray<Store>>
}

/** A Redis with a name for the account that no other test has. */
export interface RedisBackend extends Backend {
  readonly connect: Open<{
    readonly redis: Redis.Redis["Service"]
    readonly account: string
    /** The store of a process, with a connection of its own. */
    readonly open: (account: string) => Open<Store>
  }>
}

export const start = Date.UTC(2026, 0, 1)

const virtual = { isLive: false, it: it.effect as typeof it.live, pass: TestClock.adjust, late: 0 }

const live = { isLive: true, it: it.live, pass: Effect.sleep, late: 2000 }

export const build = <E>(layer: Layer.Layer<TencentQuotaStore.TencentQuotaStore, E>) =>
  Effect.map(Layer.build(Layer.fresh(layer)), (context) => Context.get(context, TencentQuotaStore.TencentQuotaStore))

/** A server whose time is that of the test. */
export const makeServer = Effect.map(
  Effect.andThen(TestClock.setTime(start), Clock.Clock),
  (clock) => new RedisServer(() => clock.currentTimeMillisUnsafe())
)

export const account = "100000000001"

/** The store of a process that uses the server. */
export const redisStore = (server: RedisServer, name = account): Open<Store> =>
  build(TencentQuotaStoreRedis.layer({ account: name }).pipe(Layer.provide(server.layer)))

const standIn: RedisBackend = {
  ...virtual,
  name: "over Redis",
  connect: Effect.gen(function*() {
    const server = yield* makeServer
    const redis = Context.get(yield* Layer.build(server.layer), Redis.Redis)
    return { redis, account, open: (name: string) => redisStore(server, name) }
  })
}

let accounts = 0

const real = (url: string): RedisBackend => {
  const connection = NodeRedis.layer({ url })
  return {
    ...live,
    name: "over a real Redis",
    connect: Effect.gen(function*() {
      const redis = Context.get(yield* Layer.build(connection), Redis.Redis)
      const account = `test ${process.pid} ${yield* Clock.currentTimeMillis} ${++accounts}`
      const open = (name: string) =>
        build(TencentQuotaStoreRedis.layer({ account: name }).pipe(Layer.provide(Layer.fresh(connection))))
      return { redis, account, open: (name: string) => Effect.orDie(open(name)) }
    }).pipe(Effect.orDie)
  }
}

const url = process.env["REDIS_URL"]

export const redisBackends: ReadonlyArray<RedisBackend> = url === undefined ? [standIn] : [standIn, real(url)]

const memory: StoreBackend = {
  ...virtual,
  name: "in memory",
  open: (processes) =>
    Effect.map(
      Effect.andThen(TestClock.setTime(start), build(TencentQuotaStore.layerMemory)),
      (store) => Array.from({ length: processes }, () => store)
    )
}

export const storeBackends: ReadonlyArray<StoreBackend> = [
  memory,
  ...redisBackends.map((backend) => ({
    ...backend,
    open: (processes: number) =>
      Effect.flatMap(
        backend.connect,
        ({ account, open }) => Effect.forEach(Array.from({ length: processes }), () => open(account))
      )
  }))
]

/** Asks for slots, and keeps when they came, in milliseconds from now. */
export const recorder = (store: Store, quota: TencentQuotaStore.Quota) =>
  Effect.map(Clock.currentTimeMillis, (begun) => {
    const slots: Array<number> = []
    let refused = 0
    const ask = (maxWait: Duration.Input) =>
      Effect.flatMap(
        store.acquire(quota, Duration.fromInputUnsafe(maxWait)),
        (inTime) =>
          Effect.map(Clock.currentTimeMillis, (now) => {
            if (inTime) slots.push(now - begun)
            else refused++
            return inTime
          })
      )
    return { slots, ask, refused: () => refused }
  })

/** The most slots in a second that begins anywhere. */
export const busiest = (slots: ReadonlyArray<number>): number => {
  const sorted = [...slots].sort((a, b) => a - b)
  return Math.max(0, ...sorted.map((from) => sorted.filter((at) => at >= from && at < from + 1000).length))
}
