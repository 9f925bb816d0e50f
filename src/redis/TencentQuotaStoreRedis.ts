/**
 * The quota store over Redis, for all processes of one account: see `TencentQuotaStore`. It uses modules of Effect that are
 * unstable or experimental (`effect/persistence`), which is why it is an entry point of its own.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as CircuitBreaker from "effect/persistence/CircuitBreaker"
import * as Redis from "effect/persistence/Redis"
import { TencentQuotaStore } from "../client/TencentQuotaStore.ts"
import { intervalOf, learnedFor } from "../internal/slots.ts"

// The time is that of Redis, so that the clocks of the processes play no part. Gives the wait in milliseconds, or -1 if it would be
// too long. The key of a slot outlives the slot by a second, so that nothing is left of a quota that is not used.
const acquireSlot = /*#__PURE__*/ Redis.script(
  (slot: string, learned: string, interval: number, maxWait: number) => [slot, learned, interval, maxWait],
  {
    numberOfKeys: 2,
    lua: `
local time = redis.call("TIME")
local now = tonumber(time[1]) * 1000 + tonumber(time[2]) / 1000
local interval = tonumber(redis.call("GET", KEYS[2]) or ARGV[1])
local slot = math.max(tonumber(redis.call("GET", KEYS[1]) or "0"), now)
local wait = slot - now
if wait > tonumber(ARGV[2]) then return -1 end
redis.call("SET", KEYS[1], string.format("%.3f", slot + interval), "PX", math.ceil(wait + interval + 1000))
return math.ceil(wait)
`
  }
).withReturnType<number>()

// The braces keep both keys of a quota on one node of a cluster.
const slotKey = (account: string, key: string): string => `tencentcloud:quota:{${account} ${key}}:slot`

const intervalKey = (account: string, key: string): string => `tencentcloud:quota:{${account} ${key}}:interval`

/** A Redis that takes longer is treated as one that is away. */
const answerWithin = Duration.millis(500)

/** How long a Redis that is away is not asked again. */
const pause = Duration.seconds(5)

/**
 * Slots over all processes that use one Redis, version 5 or later. `account` names whose quota it is: processes of the same account
 * give the same name.
 *
 * When Redis is away, calls go on at the pace that each client learns by itself. That is logged once, as a warning, and once more
 * when Redis is back. Needs `Redis` of `effect/persistence`, such as `NodeRedis.layer` of `@effect/platform-node`.
 *
 * @category layers
 */
export const layer = (
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
      const evaluate = redis.eval(acquireSlot)

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
        acquire: ({ key, limit }, maxWait) => {
          // Not every Lua reads "Infinity" as a number.
          const longest = Math.min(Duration.toMillis(maxWait), Number.MAX_SAFE_INTEGER)
          return Effect.flatMap(
            ask(evaluate(slotKey(account, key), intervalKey(account, key), intervalOf(limit), longest), 0),
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
