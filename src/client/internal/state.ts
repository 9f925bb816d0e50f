/**
 * All that a client remembers between calls: its nonce, the clock of the server, the retry budget of each host, the rate limiter
 * of each action and region, and the address and the metrics of each action.
 */
import type * as Clock from "effect/Clock"
import * as Result from "effect/Result"
import { Budget, type Numbers } from "../../internal/budget.ts"
import type { Issue } from "../../internal/issues.ts"
import { getOrMake, keep, maxQuotas } from "../../internal/keep.ts"
import * as text from "../../internal/text.ts"
import type { Address, AnyAction, Target } from "../Protocol.ts"
import { type Metrics, metricsOf } from "./metrics.ts"
import { RateLimiter } from "./rateLimiter.ts"

/** Clocks closer than this are left alone: the server allows five minutes, and responses take time. */
const clockTolerance = 30_000

/** A hundred years, in milliseconds. A date that is farther away is no time of a server, and cannot be signed with either. */
const longestOffset = 100 * 365 * 86_400_000

// More than a program uses.
const maxRegions = 100
const maxHosts = 1000

/** `cvm.RunInstances`. */
export const labelOf = ({ name, protocol }: AnyAction): string => text.label(`${protocol.service}.${name}`)

/** What depends on the action and the region alone, made at its first call. */
export interface Prepared {
  readonly label: string
  readonly metrics: Metrics
  /** Of the quota: the server counts requests per action and region. */
  readonly quotaKey: string
  readonly rateLimiter: RateLimiter
  readonly budget: Budget
  readonly address: Address
}

export class ClientState {
  private nonce: number
  /** How far the clock of the server is ahead of ours, in milliseconds. */
  clockOffset = 0
  private readonly sharedBudget: Budget | undefined
  private readonly budgets = new Map<string, Budget>()
  private readonly rateLimiters = new Map<string, RateLimiter>()
  private readonly prepared = new WeakMap<AnyAction, Map<string | undefined, Result.Success<Prepared, Issue>>>()
  private readonly budgetNumbers: Numbers
  private readonly target: Target

  /** `random` is between 0 and 1. `sharedBudget` is that of the program, if it has one. */
  constructor(random: number, sharedBudget: Budget | undefined, budgetNumbers: Numbers, target: Target) {
    this.nonce = Math.floor(random * Number.MAX_SAFE_INTEGER)
    this.sharedBudget = sharedBudget
    this.budgetNumbers = budgetNumbers
    this.target = target
  }

  /** A random start and one step per signature: no nonce comes twice from one client, and 2^53 starts keep clients apart. */
  nextNonce(): number {
    return this.nonce = this.nonce % Number.MAX_SAFE_INTEGER + 1
  }

  /** One for each host, because hosts fail apart, unless the program has one of its own. */
  private budgetOf(host: string, clock: Clock.Clock): Budget {
    return this.sharedBudget ?? getOrMake(this.budgets, host, () => new Budget(this.budgetNumbers, clock), maxHosts)
  }

  /** One for each action and region, because the server counts them apart. */
  private rateLimiterOf(key: string, clock: Clock.Clock): RateLimiter {
    return getOrMake(this.rateLimiters, key, () => new RateLimiter(clock), maxQuotas)
  }

  /** Or why the action has no address in the region. */
  preparedOf(action: AnyAction, region: string | undefined, clock: Clock.Clock): Result.Result<Prepared, Issue> {
    let regions = this.prepared.get(action)
    if (regions === undefined) this.prepared.set(action, regions = new Map())
    const known = regions.get(region)
    if (known !== undefined) return known
    const prepared = this.prepare(action, region, clock)
    if (Result.isSuccess(prepared)) keep(regions, region, prepared, maxRegions)
    return prepared
  }

  private prepare(action: AnyAction, region: string | undefined, clock: Clock.Clock): Result.Result<Prepared, Issue> {
    const { name, protocol } = action
    const quotaKey = `${protocol.service} ${name} ${region ?? ""}`
    return Result.map(protocol.address({ ...this.target, region }), (address) => ({
      label: labelOf(action),
      metrics: metricsOf(action),
      quotaKey,
      rateLimiter: this.rateLimiterOf(quotaKey, clock),
      budget: this.budgetOf(address.hostname, clock),
      address
    }))
  }

  /** Of several refusals of concurrent calls only the first changes anything. */
  learnTime(serverTime: number, clock: Clock.Clock): void {
    // The header has whole seconds: the middle of the second is the best guess.
    const offset = serverTime + 500 - clock.currentTimeMillisUnsafe()
    if (Math.abs(offset) > longestOffset) return
    if (Math.abs(offset - this.clockOffset) > clockTolerance) this.clockOffset = offset
  }
}
