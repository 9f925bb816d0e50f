/**
 * One run: a scenario, a side and a seed make a result. Callers, their calls and the luck of every attempt depend on
 * scenario and seed alone, so all sides are asked the same.
 */
import { Engine, quantile, Rng } from "./engine.ts"
import { type Attempt, type Call, ModelServer, type Response, type ServerOptions } from "./server.ts"

export interface Scenario {
  readonly name: string
  readonly clients: number
  readonly server: ServerOptions
  /** Calls per second of each client, at random times. */
  readonly rate: number
  /** Instead: each client makes this many calls within the same tenth of a second. */
  readonly burst?: number | undefined
  /** How long calls are made. The run goes on until the last of them must have ended. */
  readonly duration: number
  /** More load for a time. */
  readonly surge?: { readonly from: number; readonly to: number; readonly factor: number } | undefined
  /** How long a caller waits. */
  readonly patience: number
  readonly attemptTimeout: number
  /** The share of calls that change something, and the share of those that carry a token. */
  readonly changes: number
  readonly tokens: number
  /** How far the clock of a client is wrong at a time, in milliseconds. */
  readonly clockError?: ((client: number, time: number) => number) | undefined
  /** The time that some figures are about: an outage, a surge, the steady part of a run. */
  readonly focus?: { readonly from: number; readonly to: number } | undefined
}

/** The surroundings of a side. */
export interface Environment {
  readonly engine: Engine
  readonly scenario: Scenario
  /** Random numbers of one client, for its jitter. */
  readonly rng: (client: number) => Rng
  /** The wall clock of one client, in milliseconds since the start by the right clock. */
  readonly localNow: (client: number) => number
  readonly send: (attempt: Attempt, respond: (response: Response) => void) => void
}

/** `undefined` for a success, else why the call failed. Only the first end of a call counts. */
export type End = (failure: string | undefined) => void

/** A client library or policy. `open` starts one process, which then makes calls. */
export interface Side {
  readonly name: string
  /** Which scenarios it is for, if not all. */
  readonly plays?: ((scenario: Scenario) => boolean) | undefined
  readonly open: (environment: Environment, client: number) => (call: Call, end: End) => void
}

export interface Result {
  readonly calls: number
  readonly succeeded: number
  readonly attempts: number
  readonly reads: number
  readonly readsSucceeded: number
  readonly duplicates: number
  readonly throttled: number
  /** Milliseconds that the calls took that succeeded. */
  readonly p99: number
  readonly failures: ReadonlyMap<string, number>
  /** Calls that began in the focus. Repeatable are those that only read, and those with a token. */
  readonly focus: {
    readonly calls: number
    readonly succeeded: number
    readonly repeatable: number
    readonly repeatableSucceeded: number
    readonly attempts: number
  }
  readonly perSecond: {
    readonly calls: ReadonlyArray<number>
    readonly succeeded: ReadonlyArray<number>
    readonly attempts: ReadonlyArray<number>
  }
}

/** The time after the last call in which all of them must end. */
const rest = 5_000

/** A caller hangs up this long after its deadline, so that a side that never ends a call does not hide it. */
const tolerance = 1_000

const zeros = (length: number): Array<number> => Array.from({ length }, () => 0)

/** Counts while a simulation runs. */
class Tally {
  private readonly engine: Engine
  private readonly focused: Scenario["focus"]
  private readonly total = { calls: 0, succeeded: 0, attempts: 0, reads: 0, readsSucceeded: 0, throttled: 0 }
  private readonly focus = { calls: 0, succeeded: 0, repeatable: 0, repeatableSucceeded: 0, attempts: 0 }
  private readonly perSecond: Record<"calls" | "succeeded" | "attempts", Array<number>>
  private readonly failures = new Map<string, number>()
  private readonly times: Array<number> = []

  constructor(engine: Engine, { focus }: Scenario, seconds: number) {
    this.engine = engine
    this.focused = focus
    this.perSecond = { calls: zeros(seconds), succeeded: zeros(seconds), attempts: zeros(seconds) }
  }

  private get inFocus(): boolean {
    const { engine: { now }, focused } = this
    return focused !== undefined && now >= focused.from && now < focused.to
  }

  private get second(): number {
    return Math.floor(this.engine.now / 1000)
  }

  attempt(): void {
    this.total.attempts++
    this.perSecond.attempts[this.second]!++
    if (this.inFocus) this.focus.attempts++
  }

  response({ kind }: Response): void {
    if (kind === "throttled") this.total.throttled++
  }

  /** Counts a call, and returns its end. */
  call({ bornAt, changes, deadline, token }: Call): End {
    const { engine, failures, focus, inFocus, perSecond, times, total } = this
    const repeatable = !changes || token
    total.calls++
    perSecond.calls[this.second]!++
    if (!changes) total.reads++
    if (inFocus) focus.calls++
    if (inFocus && repeatable) focus.repeatable++
    let ended = false
    return (reason) => {
      if (ended) return
      ended = true
      // Clients read their clock in whole milliseconds.
      const failure = reason ?? (engine.now - deadline > 1 ? "too late" : undefined)
      if (failure !== undefined) {
        failures.set(failure, (failures.get(failure) ?? 0) + 1)
        return
      }
      total.succeeded++
      if (!changes) total.readsSucceeded++
      if (inFocus) focus.succeeded++
      if (inFocus && repeatable) focus.repeatableSucceeded++
      perSecond.succeeded[this.second]!++
      times.push(engine.now - bornAt)
    }
  }

  result(duplicates: number): Result {
    const { failures, focus, perSecond, times, total } = this
    return { ...total, duplicates, p99: quantile(times, 0.99), failures, focus, perSecond }
  }
}

/** Plans when a client makes its calls. */
const arrive = (engine: Engine, scenario: Scenario, arrivals: Rng, make: () => void): void => {
  const { burst, duration, rate, surge } = scenario
  if (burst !== undefined) {
    for (let i = 0; i < burst; i++) engine.at(1_000 + arrivals.next() * 100, make)
    return
  }
  const next = (): void => {
    const factor = surge !== undefined && engine.now >= surge.from && engine.now < surge.to ? surge.factor : 1
    engine.after(arrivals.gap(1000 / rate) / factor, () => {
      if (engine.now >= duration) return
      make()
      next()
    })
  }
  next()
}

export const simulate = (scenario: Scenario, side: Side, seed: number): Result => {
  const engine = new Engine()
  const server = new ModelServer(engine, scenario.server, seed)
  const end = scenario.duration + scenario.patience + rest
  const tally = new Tally(engine, scenario, Math.ceil(end / 1000) + 1)
  const rngs = Array.from({ length: scenario.clients }, (_, client) => new Rng(seed, "jitter", client))
  const environment: Environment = {
    engine,
    scenario,
    rng: (client) => rngs[client]!,
    localNow: (client) => engine.now + (scenario.clockError?.(client, engine.now) ?? 0),
    send: (attempt, respond) => {
      tally.attempt()
      server.receive(attempt, (response) => {
        tally.response(response)
        respond(response)
      })
    }
  }

  let made = 0
  for (let client = 0; client < scenario.clients; client++) {
    const run = side.open(environment, client)
    const arrivals = new Rng(seed, "arrivals", client)
    arrive(engine, scenario, arrivals, () => {
      const changes = arrivals.next() < scenario.changes
      const token = arrivals.next() < scenario.tokens && changes
      const { now } = engine
      const call = { id: made++, client, bornAt: now, deadline: now + scenario.patience, changes, token }
      const settle = tally.call(call)
      engine.at(call.deadline + tolerance, () => settle("hung up"))
      run(call, settle)
    })
  }
  engine.run(end)
  return tally.result(server.duplicates)
}
