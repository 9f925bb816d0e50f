/**
 * One request quota for many clients. Tencent counts the requests of an account per action and region, over all processes that use
 * it. A client alone learns its share from refusals; clients that have a store in common take turns, so that nothing is refused.
 *
 * The turns of a quota of `n` requests per second are `1 / (n - 1)` seconds apart, and two seconds for a quota of one (the generic
 * cell rate algorithm with a burst of one), so no second of the server has more than `n`, wherever it begins. A call whose turn
 * would come after its deadline takes none: turns of callers that have given up would leave the quota unused while others wait.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as CircuitBreaker from "effect/persistence/CircuitBreaker"
import * as Redis from "effect/persistence/Redis"
import { monotonic } from "../internal/time.ts"

/**
 * The store of turns. A {@link TencentClient} that is built where one is provided asks it before each request. It never fails: a
 * store that cannot be asked lets the call go on, at the pace that the client learns by itself.
 *
 * **Example** (Two clients that share a quota in one process)
 *
 * ```ts
 * import { Duration, Effect } from "effect"
 * import { TencentQuotaStore } from "effect-tencentcloud/client"
 *
 * const program = Effect.gen(function*() {
 *   const store = yield* TencentQuotaStore.TencentQuotaStore
 *   const quota = { key: "cvm DescribeInstances ap-guangzhou", limit: 5 }
 *   const turn = (maxWait: Duration.Input) => store.take(quota, Duration.fromInputUnsafe(maxWait))
 *   return [yield* turn("1 second"), yield* turn("1 second"), yield* turn("10 millis")]
 * })
 * const turns = await Effect.runPromise(Effect.provide(program, TencentQuotaStore.layerMemory))
 * console.log(turns) // => [ true, true, false ]
 * ```
 *
 * @category services
 */
export class TencentQuotaStore extends Context.Service<TencentQuotaStore, {
  /**
   * Waits for the next turn under a quota, first come, first served. `false`, at once, if it would come later than `maxWait` from
   * now; then the turn is left to others. A caller that is interrupted while it waits leaves its turn unused.
   */
  readonly take: (quota: Quota, maxWait: Duration.Duration) => Effect.Effect<boolean>
  /**
   * Says that the server has named another limit than that of the quota. It is used for all who share the store for the next ten
   * minutes. Then the limit of the quota is tried again, because it may have been raised.
   */
  readonly learn: (quota: Quota) => Effect.Effect<void>
}>()("effect-tencentcloud/TencentQuotaStore") {}

/**
 * What is counted, and how many requests of it per second the server lets pass.
 *
 * @category models
 */
export interface Quota {
  readonly key: string
  readonly limit: number
}

const learnedFor = Duration.minutes(10)

/**
 * Milliseconds between turns. Even a turn that arrives an interval late is not one too many in its second. For a limit of one
 * that would be no turn ever again: two seconds, so that a turn may arrive a second late.
 */
const intervalOf = (limit: number): number => 1000 / Math.max(limit - 1, 0.5)

/**
 * Turns within this process, for several clients of one account.
 *
 * @category layers
 */
export const layerMemory: Layer.Layer<TencentQuotaStore> = /*#__PURE__*/ Layer.effect(
  TencentQuotaStore,
  /*#__PURE__*/ Clock.clockWith((clock) =>
    Effect.sync(() => {
      // One entry for each action and region in use.
      const turns = new Map<string, number>()
      const learned = new Map<string, { readonly limit: number; readonly until: number }>()
      return TencentQuotaStore.of({
        take: ({ key, limit }, maxWait) =>
          Effect.suspend(() => {
            const now = monotonic(clock)
            const named = learned.get(key)
            const interval = intervalOf(named !== undefined && now < named.until ? named.limit : limit)
            const turn = Math.max(turns.get(key) ?? 0, now)
            const wait = turn - now
            if (wait > Duration.toMillis(maxWait)) return Effect.succeed(false)
            turns.set(key, turn + interval)
            return wait === 0 ? Effect.succeed(true) : Effect.as(Effect.sleep(Duration.millis(wait)), true)
          }),
        learn: ({ key, limit }) =>
          Effect.sync(() => {
            learned.set(key, { limit, until: monotonic(clock) + Duration.toMillis(learnedFor) })
          })
      })
    })
  )
)

// The time is that of Redis, so that the clocks of the processes play no part. Gives the wait in milliseconds, or -1 if it would be
// too long. The key of a turn outlives the turn by a second, so that nothing is left of a quota that is not used.
const takeTurn = /*#__PURE__*/ Redis.script(
  (turn: string, learned: string, interval: number, maxWait: number) => [turn, learned, interval, maxWait],
  {
    numberOfKeys: 2,
    lua: `
local time = redis.call("TIME")
local now = tonumber(time[1]) * 1000 + tonumber(time[2]) / 1000
local interval = tonumber(redis.call("GET", KEYS[2]) or ARGV[1])
local turn = math.max(tonumber(redis.call("GET", KEYS[1]) or "0"), now)
local wait = turn - now
if wait > tonumber(ARGV[2]) then return -1 end
redis.call("SET", KEYS[1], string.format("%.3f", turn + interval), "PX", math.ceil(wait + interval + 1000))
return math.ceil(wait)
`
  }
).withReturnType<number>()

// The braces keep both keys of a quota on one node of a cluster.
const turnKey = (account: string, key: string): string => `tencentcloud:quota:{${account} ${key}}:turn`

const intervalKey = (account: string, key: string): string => `tencentcloud:quota:{${account} ${key}}:interval`

/** A Redis that takes longer is treated as one that is away. */
const answerWithin = Duration.millis(500)

/** How long a Redis that is away is not asked again. */
const pause = Duration.seconds(5)

/**
 * Turns over all processes that use one Redis, version 5 or later. `account` names whose quota it is: processes of the same account
 * give the same name.
 *
 * When Redis is away, calls go on at the pace that each client learns by itself. That is logged once, as a warning, and once more
 * when Redis is back. Needs `Redis` of `effect/persistence`, such as `NodeRedis.layer` of `@effect/platform-node`.
 *
 * @category layers
 */
export const layerRedis = (
  { account }: { readonly account: string }
): Layer.Layer<TencentQuotaStore, never, Redis.Redis> =>
  Layer.effect(
    TencentQuotaStore,
    Effect.gen(function*() {
      const redis = yield* Redis.Redis
      const breaker = yield* CircuitBreaker.make({
        tripPolicy: CircuitBreaker.consecutive(1),
        openDuration: pause
      })
      const evaluate = redis.eval(takeTurn)

      let away = false
      const report = (cause: unknown) =>
        Effect.suspend(() => {
          if (away) return Effect.void
          away = true
          return Effect.logWarning("The quota store is away. Calls go on without it.", cause)
        })
      const back = Effect.suspend(() => {
        if (!away) return Effect.void
        away = false
        return Effect.logInfo("The quota store is back.")
      })

      /** `otherwise` while Redis does not answer. */
      const ask = <A>(self: Effect.Effect<A, Redis.RedisError>, otherwise: A): Effect.Effect<A> =>
        breaker.execute(
          self.pipe(
            Effect.timeout(answerWithin),
            Effect.tap(back),
            Effect.tapError(report)
          ),
          { key: "redis" }
        ).pipe(Effect.orElseSucceed(() => otherwise))

      return TencentQuotaStore.of({
        take: ({ key, limit }, maxWait) => {
          // Not every Lua reads "Infinity" as a number.
          const longest = Math.min(Duration.toMillis(maxWait), Number.MAX_SAFE_INTEGER)
          return Effect.flatMap(
            ask(evaluate(turnKey(account, key), intervalKey(account, key), intervalOf(limit), longest), 0),
            (wait) =>
              wait > 0
                ? Effect.as(Effect.sleep(Duration.millis(Math.min(wait, longest))), true)
                : Effect.succeed(wait !== -1)
          )
        },
        learn: ({ key, limit }) =>
          Effect.asVoid(ask(
            redis.send(
              "SET",
              intervalKey(account, key),
              String(intervalOf(limit)),
              "PX",
              String(Duration.toMillis(learnedFor))
            ),
            undefined
          ))
      })
    })
  ).pipe(Layer.provide(CircuitBreaker.layerStoreMemory()))
