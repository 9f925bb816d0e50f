/**
 * One request quota for many clients. Tencent counts the requests of an account per action and region, over all processes that use
 * it. A client alone learns its share from refusals; clients that have a store in common take slots, so that nothing is refused.
 *
 * The slots of a quota of `n` requests per second are `1 / (n - 1)` seconds apart, and two seconds for a quota of one (the generic
 * cell rate algorithm with a burst of one), so no second of the server has more than `n`, wherever it begins. A call whose slot
 * would come after its deadline takes none, and one that is interrupted returns its slot: slots of callers that have gone would
 * leave the quota unused while others wait.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { getOrMake, keep, maxQuotas } from "../internal/keep.ts"
import { intervalOf, learnedFor, Slots } from "../internal/slots.ts"
import { monotonic } from "../internal/time.ts"

/**
 * The store of slots. A {@link TencentClient} that is built where one is provided asks it before each request. It never fails: a
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
 *   const slot = (maxWait: Duration.Input) => store.acquire(quota, Duration.fromInputUnsafe(maxWait))
 *   return [yield* slot("1 second"), yield* slot("1 second"), yield* slot("10 millis")]
 * })
 * const slots = await Effect.runPromise(Effect.provide(program, TencentQuotaStore.layerMemory))
 * console.log(slots) // => [ true, true, false ]
 * ```
 *
 * @category services
 */
export class TencentQuotaStore extends Context.Service<TencentQuotaStore, {
  /**
   * Waits for the next slot under a quota, first come, first served. `false`, at once, if it would come later than `maxWait` from
   * now; then the slot is left to others. The slot of a caller that is interrupted while it waits goes to the next who asks.
   */
  readonly acquire: (quota: Quota, maxWait: Duration.Duration) => Effect.Effect<boolean>
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
  /**
   * Service, action and region with a blank between them, such as `cvm DescribeInstances ap-guangzhou`. Without a region it ends
   * with the blank. The account is not in it.
   */
  readonly key: string
  /** Requests per second: the `quota` of the action, or in `learn` the number that the server named. */
  readonly limit: number
}

/**
 * Slots within this process, for several clients of one account.
 *
 * @category layers
 */
export const layerMemory: Layer.Layer<TencentQuotaStore> = /*#__PURE__*/ Layer.effect(
  TencentQuotaStore,
  /*#__PURE__*/ Clock.clockWith((clock) =>
    Effect.sync(() => {
      const slots = new Map<string, Slots>()
      const learned = new Map<string, { readonly limit: number; readonly until: number }>()
      return TencentQuotaStore.of({
        acquire: ({ key, limit }, maxWait) =>
          Effect.uninterruptibleMask((restore) => {
            const now = monotonic(clock)
            const named = learned.get(key)
            const interval = intervalOf(named !== undefined && now < named.until ? named.limit : limit)
            const line = getOrMake(slots, key, () => new Slots(), maxQuotas)
            const slot = line.acquire(now, interval, Duration.toMillis(maxWait))
            if (slot === undefined) return Effect.succeed(false)
            if (slot === now) return Effect.succeed(true)
            return restore(Effect.sleep(Duration.millis(slot - now))).pipe(
              Effect.onInterrupt(() => Effect.sync(() => line.giveBack(slot))),
              Effect.as(true)
            )
          }),
        learn: ({ key, limit }) =>
          Effect.sync(() => {
            keep(learned, key, { limit, until: monotonic(clock) + Duration.toMillis(learnedFor) }, maxQuotas)
          })
      })
    })
  )
)
