/**
 * The quota store over Redis, for all processes of one account: see `TencentQuotaStore`. It uses modules of Effect that are
 * unstable or experimental (`effect/persistence`), which is why it is an entry of its own.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as CircuitBreaker from "effect/persistence/CircuitBreaker"
import * as Redis from "effect/persistence/Redis"
import { TencentQuotaStore } from "../client/TencentQuotaStore.ts"
import { keep, maxQuotas } from "../internal/keep.ts"
import { intervalOf, learnedFor, longestInterval } from "../internal/slots.ts"

// ---------------------------------------------------------------------------------------------------------------------
// Scripts
// ---------------------------------------------------------------------------------------------------------------------

/** Nobody waits longer for a slot, in milliseconds. So a slot that is stored further ahead is not one of ours. */
const longestWait = Duration.toMillis(Duration.days(1))

// The law of `Slots`, in one key: when it was written, the tail, and the slots before it that were given back. The time is that of
// Redis, so that the clocks of the processes play no part. That clock may have gone back since the key was written, by hand or in a
// fail-over: then what lay ahead is as far ahead as it was. What cannot be read as slots is written over. The key outlives its
// last slot by a second, so that nothing is left of a quota that is not used.
const slots = `
local time = redis.call("TIME")
local now = tonumber(time[1]) * 1000 + tonumber(time[2]) / 1000
local kept = {}
for number in string.gmatch(redis.call("GET", KEYS[1]) or "", "%S+") do kept[#kept + 1] = tonumber(number) end
local at, tail = kept[1] or now, kept[2] or now
if not (tail >= at and tail - at <= ${longestWait + longestInterval}) then at, tail, kept = now, now, {} end
local back = math.max(at - now, 0)
tail = math.max(tail - back, now)
local free = {}
for n = 3, #kept do
  local slot = kept[n] - back
  if slot >= now and slot < tail then free[#free + 1] = slot end
end
local function keep()
  local texts = { string.format("%.3f %.3f", now, tail) }
  for n = 1, math.min(#free, 1000) do texts[n + 1] = string.format("%.3f", free[n]) end
  redis.call("SET", KEYS[1], table.concat(texts, " "), "PX", math.ceil(tail - now + 1000))
end
`

/** Returns the wait in milliseconds and the slot, or -1 if the wait would be too long. */
const acquireSlot = /*#__PURE__*/ Redis.script(
  (slots: string, learned: string, interval: number, maxWait: number) => [slots, learned, interval, maxWait],
  {
    numberOfKeys: 2,
    lua: `${slots}
local interval = tonumber(redis.call("GET", KEYS[2]) or ARGV[1])
if not (interval and interval > 0 and interval <= ${longestInterval}) then interval = tonumber(ARGV[1]) end
local slot = free[1] or tail
if slot - now > tonumber(ARGV[2]) then return { -1 } end
if not table.remove(free, 1) then tail = tail + interval end
keep()
return { math.ceil(slot - now), string.format("%.3f", slot) }
`
  }
).withReturnType<unknown>()

const giveBackSlot = /*#__PURE__*/ Redis.script(
  (slots: string, slot: string) => [slots, slot],
  {
    numberOfKeys: 1,
    lua: `${slots}
local slot = tonumber(ARGV[1])
if slot >= now and slot < tail then
  free[#free + 1] = slot
  table.sort(free)
  keep()
end
`
  }
)

/** The wait in milliseconds, and the slot. A response that cannot be read lets the call go on. */
const readGrant = (response: unknown): { readonly wait: number; readonly slot: string | undefined } => {
  const [wait, slot]: ReadonlyArray<unknown> = Array.isArray(response) ? response : []
  return { wait: typeof wait === "number" ? wait : 0, slot: slot === undefined ? undefined : String(slot) }
}

// The braces keep both keys of a quota on one node of a cluster.
const slotsKey = (account: string, key: string): string => `tencentcloud:quota:{${account} ${key}}:slots`

const intervalKey = (account: string, key: string): string => `tencentcloud:quota:{${account} ${key}}:interval`

// ---------------------------------------------------------------------------------------------------------------------
// The store
// ---------------------------------------------------------------------------------------------------------------------

/** A Redis that takes longer is treated as one that is away. */
const respondWithin = Duration.millis(500)

/** How long a Redis that is away is not asked again. */
const pause = Duration.seconds(5)

/** Another program has written something else under the key. */
const isAboutKey = (error: Redis.RedisError): boolean => String(error.cause).includes("WRONGTYPE")

/**
 * Asks Redis, unless it is away. Says once that it is, once that it is back, and once for each quota that it cannot be read.
 */
const makeAsk = Effect.gen(function*() {
  const breaker = yield* CircuitBreaker.make({ tripPolicy: CircuitBreaker.consecutive(1), openDuration: pause })

  let away = false
  const report = (error: unknown) =>
    Effect.suspend(() => {
      if (away) return Effect.void
      away = true
      return Effect.logWarning("The quota store is away. Calls go on without it.", error)
    })
  const back = Effect.suspend(() => {
    if (!away) return Effect.void
    away = false
    return Effect.logInfo("The quota store is back.")
  })

  const unreadable = new Map<string, true>()
  const reportKey = (key: string, error: unknown) =>
    Effect.suspend(() => {
      if (unreadable.has(key)) return Effect.void
      keep(unreadable, key, true, maxQuotas)
      return Effect.logWarning(
        `The quota store cannot read the quota "${key}". Its calls go on without the store.`,
        error
      )
    })

  /**
   * The response, or `undefined` without one. The command goes on when the caller has gone, because Redis runs it all the same.
   * So does the wait for the response, so that a Redis that stalls is found out also by callers that have less time.
   */
  return <A>(key: string, command: Effect.Effect<A, Redis.RedisError>): Effect.Effect<A | undefined> =>
    Effect.forkDetach(command, { startImmediately: true }).pipe(
      Effect.flatMap(Fiber.join),
      Effect.catchIf(isAboutKey, (error) => Effect.as(reportKey(key, error), undefined)),
      Effect.timeout(respondWithin),
      Effect.tap(back),
      Effect.tapError(report),
      breaker.execute({ key: "redis" }),
      Effect.orElseSucceed(() => undefined),
      Effect.forkDetach({ startImmediately: true }),
      Effect.flatMap(Fiber.join)
    )
})

/**
 * Slots over all processes that use one Redis, version 5 or later. `account` names whose quota it is: processes of the same account
 * give the same name.
 *
 * When Redis is away, calls go on at the pace that each client learns by itself. That is logged once, as a warning, and once more
 * when Redis is back. A key that another program has written concerns its own quota only. Needs `Redis` of `effect/persistence`,
 * such as `NodeRedis.layer` of `@effect/platform-node`.
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
      const ask = yield* makeAsk
      const acquire = redis.eval(acquireSlot)
      const giveBack = redis.eval(giveBackSlot)

      return TencentQuotaStore.of({
        acquire: ({ key, limit }, maxWait) =>
          Effect.suspend(() => {
            const longest = Math.min(Duration.toMillis(maxWait), longestWait)
            let slot: string | undefined
            let hasGone = false
            /** Nobody waits for it. Redis has just granted the slot, so it is there. */
            const release = Effect.suspend(() =>
              slot === undefined
                ? Effect.void
                : Effect.forkDetach(Effect.ignore(giveBack(slotsKey(account, key), slot)), { startImmediately: true })
            )
            const leave = Effect.suspend(() => {
              hasGone = true
              return release
            })
            const command = Effect.flatMap(
              acquire(slotsKey(account, key), intervalKey(account, key), intervalOf(limit), longest),
              (response) => {
                const grant = readGrant(response)
                slot = grant.slot
                return hasGone ? Effect.as(release, grant.wait) : Effect.succeed(grant.wait)
              }
            )
            return ask(key, command).pipe(
              Effect.flatMap((wait) => {
                if (wait === undefined) return Effect.as(leave, true)
                return wait > 0
                  ? Effect.as(Effect.sleep(Duration.millis(Math.min(wait, longest))), true)
                  : Effect.succeed(wait !== -1)
              }),
              Effect.onInterrupt(() => leave)
            )
          }),
        learn: ({ key, limit }) =>
          Effect.asVoid(ask(
            key,
            redis.send(
              "SET",
              intervalKey(account, key),
              String(intervalOf(limit)),
              "PX",
              String(Duration.toMillis(learnedFor))
            )
          ))
      })
    })
  ).pipe(Layer.provide(CircuitBreaker.layerStoreMemory()))
