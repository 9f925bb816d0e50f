/**
 * The modelled server: what it does with an attempt, and what really happened to the calls. All sides send their attempts
 * here, as plain data; `library.ts` puts an HTTP client in between.
 *
 * The ways to fail are the documented ones of API 2.0 (6000, 6200, 4400, 4500), a refused connection, and silence. The
 * chances of an attempt come from a stream of its own, so the third attempt of a call meets the same luck whoever sends
 * it.
 */
import { type Engine, Rng } from "./engine.ts"

/** One thing that a caller wants done. */
export interface Call {
  readonly id: number
  /** The index of the process that makes it. */
  readonly client: number
  readonly bornAt: number
  /** When its caller goes away. */
  readonly deadline: number
  /** Running it twice is not the same as running it once. */
  readonly changes: boolean
  /** It carries a token by which the server knows it again. */
  readonly token: boolean
}

/** An attempt as it arrives: what the server can see of it, and the call that it belongs to. */
export interface Attempt {
  readonly call: Call
  /** What it was signed with, in milliseconds since the start. */
  readonly timestamp: number
  readonly nonce: number
}

export type Response =
  | { readonly kind: "success" | "internal" | "maintenance" | "clock" | "nonce"; readonly date: number }
  | { readonly kind: "throttled"; readonly date: number; readonly limit: number; readonly observed: number }
  /** No connection was made. */
  | { readonly kind: "refused" }

export interface Outage {
  readonly from: number
  readonly to: number
  /** Refuses connections, responds with 6000, with 6200, or not at all. */
  readonly mode: "refuse" | "internal" | "maintenance" | "hang"
}

export interface ServerOptions {
  /** Response times are log-normal, in milliseconds. */
  readonly latency: { readonly median: number; readonly sigma: number }
  /** The chance that an attempt ends in 6000, and the share of those that were executed nevertheless. */
  readonly fault?: { readonly chance: number; readonly executed: number } | undefined
  /** The chance that an attempt is executed and its response gets lost. */
  readonly lost?: number | undefined
  readonly outages?: ReadonlyArray<Outage> | undefined
  /** Requests per second of the wall clock, over all clients. */
  readonly quota?: number | undefined
  /** One queue, served in order at a rate per second, and not at all during a stall. Callers that gave up are served as well. */
  readonly queue?: {
    readonly rate: number
    readonly longest: number
    readonly stall: { readonly from: number; readonly to: number }
  } | undefined
  /** Capacity per second of a server that refuses what is too much. A refusal costs a part of what a success costs. */
  readonly shedding?: { readonly rate: number; readonly refusalCost: number } | undefined
  /** Refuses a nonce that was seen before. */
  readonly noncesCount?: boolean | undefined
}

/** The documented tolerance for a timestamp. */
const clockWindow = 300_000

/** A refusal takes no longer than this. */
const quickest = 20

const connectMillis = 5

export class ModelServer {
  readonly engine: Engine
  private readonly options: ServerOptions
  private readonly seed: number
  /** How often each call that changes something was executed. */
  readonly executions = new Map<number, number>()
  /** How many attempts each call has made. */
  private readonly attempts = new Map<number, number>()
  private readonly nonces = new Set<number>()
  private second = -1
  private inSecond = 0
  private busyUntil = 0
  private inQueue = 0
  private capacity: number
  private capacityAt = 0

  constructor(engine: Engine, options: ServerOptions, seed: number) {
    this.engine = engine
    this.options = options
    this.seed = seed
    this.capacity = (options.shedding?.rate ?? 0) / 5
  }

  /** Executions beyond the first, over all calls that change something. */
  get duplicates(): number {
    let duplicates = 0
    for (const times of this.executions.values()) duplicates += times - 1
    return duplicates
  }

  /** Takes an attempt. `respond` is called once, or never if there is no response. */
  receive(attempt: Attempt, respond: (response: Response) => void): void {
    const { engine, options } = this
    const { call } = attempt
    const number = this.attempts.get(call.id) ?? 0
    this.attempts.set(call.id, number + 1)
    const luck = new Rng(this.seed, "server", call.id, number)
    const latency = luck.logNormal(options.latency.median, options.latency.sigma)
    const fate = luck.next()
    const respondAfter = (delay: number, kind: "internal" | "maintenance" | "clock" | "nonce"): void => {
      engine.after(delay, () => respond({ kind, date: engine.now }))
    }
    const refuse = (kind: "internal" | "maintenance" | "clock" | "nonce"): void =>
      respondAfter(Math.min(latency, quickest), kind)

    const outage = options.outages?.find(({ from, to }) => engine.now >= from && engine.now < to)
    if (outage?.mode === "hang") return
    if (outage?.mode === "refuse") {
      engine.after(connectMillis, () => respond({ kind: "refused" }))
      return
    }
    if (Math.abs(attempt.timestamp - engine.now) > clockWindow) return refuse("clock")
    if (options.noncesCount === true) {
      if (this.nonces.has(attempt.nonce)) return refuse("nonce")
      this.nonces.add(attempt.nonce)
    }
    if (options.quota !== undefined) {
      const observed = this.count()
      if (observed > options.quota) {
        const limit = options.quota
        engine.after(
          Math.min(latency, quickest),
          () => respond({ kind: "throttled", date: engine.now, limit, observed })
        )
        return
      }
    }
    if (outage?.mode === "maintenance") return refuse("maintenance")
    if (outage?.mode === "internal") return respondAfter(latency, "internal")
    if (options.shedding !== undefined && !this.admit(options.shedding)) return refuse("internal")
    if (options.queue !== undefined) {
      if (this.inQueue >= options.queue.longest) return refuse("internal")
      return this.enqueue(options.queue, call, respond)
    }
    engine.after(latency, () => {
      const lost = options.lost ?? 0
      const fault = options.fault?.chance ?? 0
      if (fate < lost) return this.execute(call)
      if (fate < lost + fault) {
        if (luck.next() < (options.fault?.executed ?? 0)) this.execute(call)
        return respond({ kind: "internal", date: engine.now })
      }
      this.execute(call)
      respond({ kind: "success", date: engine.now })
    })
  }

  /** The number of this request among those of the second. A request that is refused counts as well. */
  private count(): number {
    const second = Math.floor(this.engine.now / 1000)
    if (second !== this.second) {
      this.second = second
      this.inSecond = 0
    }
    return ++this.inSecond
  }

  private admit({ rate, refusalCost }: { readonly rate: number; readonly refusalCost: number }): boolean {
    const passed = this.engine.now - this.capacityAt
    this.capacity = Math.min(rate / 5, this.capacity + passed / 1000 * rate)
    this.capacityAt = this.engine.now
    const admitted = this.capacity >= 1
    this.capacity -= admitted ? 1 : refusalCost
    return admitted
  }

  private enqueue(
    { rate, stall }: { readonly rate: number; readonly stall: { readonly from: number; readonly to: number } },
    call: Call,
    respond: (response: Response) => void
  ): void {
    const free = Math.max(this.busyUntil, this.engine.now)
    this.busyUntil = (free >= stall.from && free < stall.to ? stall.to : free) + 1000 / rate
    this.inQueue++
    this.engine.at(this.busyUntil, () => {
      this.inQueue--
      this.execute(call)
      respond({ kind: "success", date: this.engine.now })
    })
  }

  private execute(call: Call): void {
    if (!call.changes) return
    const times = this.executions.get(call.id) ?? 0
    if (times > 0 && call.token) return
    this.executions.set(call.id, times + 1)
  }
}
