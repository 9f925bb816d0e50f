/**
 * One run: a scenario, a side and a seed give a result. Callers, their calls and the luck of every attempt depend on
 * scenario and seed alone, so all sides are asked the same.
 */
import { Engine, quantile, Rng } from "./engine.ts"
import { type Answer, type Attempt, type Call, ModelServer, type ServerOptions } from "./server.ts"

export interface Scenario {
  readonly name: string
  readonly title: string
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

/** What a side runs in. */
export interface World {
  readonly engine: Engine
  readonly scenario: Scenario
  /** Random numbers of one client, for its jitter. */
  readonly rng: (client: number) => Rng
  /** The wall clock of one client, in milliseconds since the start by the right clock. */
  readonly localNow: (client: number) => number
  readonly send: (attempt: Attempt, reply: (answer: Answer) => void) => void
}

/** `undefined` for a success, else why the call failed; `missing` if the server said so. */
export type End = (failure: string | undefined) => void

/** A client library or policy. `open` starts one process, which then makes calls. */
export interface Side {
  readonly name: string
  /** Which scenarios it is for, if not all. */
  readonly plays?: ((scenario: Scenario) => boolean) | undefined
  readonly open: (world: World, client: number) => (call: Call, end: End) => void
}

export interface Result {
  readonly calls: number
  readonly succeeded: number
  readonly attempts: number
  readonly reads: number
  readonly readsSucceeded: number
  /** Calls that may be repeated: reading ones, and those with a token. */
  readonly repeatable: number
  readonly duplicates: number
  readonly throttled: number
  /** Milliseconds that the calls took that succeeded, and those that failed. */
  readonly times: { readonly median: number; readonly p99: number }
  readonly timesToFail: { readonly median: number }
  readonly failures: ReadonlyMap<string, number>
  /** How long after its deadline a call ended at most. */
  readonly overrun: number
  readonly lastSuccess: number
  /** Calls that began in the focus. */
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
  readonly perClient: ReadonlyArray<number>
}

/** The time after the last call in which all of them must end. */
const rest = 5_000

/** A caller hangs up this long after its deadline, so that a side that never ends a call does not hide it. */
const tolerance = 1_000

export const simulate = (scenario: Scenario, side: Side, seed: number): Result => {
  const engine = new Engine()
  const server = new ModelServer(engine, scenario.server, seed)
  const end = scenario.duration + scenario.patience + rest
  const seconds = Math.ceil(end / 1000) + 1
  const perSecond = { calls: zeros(seconds), succeeded: zeros(seconds), attempts: zeros(seconds) }
  const perClient = zeros(scenario.clients)
  const focus = { calls: 0, succeeded: 0, repeatable: 0, repeatableSucceeded: 0, attempts: 0 }
  const total = { calls: 0, succeeded: 0, attempts: 0, reads: 0, readsSucceeded: 0, repeatable: 0, throttled: 0 }
  const times: Array<number> = []
  const timesToFail: Array<number> = []
  const failures = new Map<string, number>()
  let overrun = 0
  let lastSuccess = 0

  const inFocus = (): boolean =>
    scenario.focus !== undefined && engine.now >= scenario.focus.from && engine.now < scenario.focus.to
  const second = (): number => Math.floor(engine.now / 1000)

  const rngs = Array.from({ length: scenario.clients }, (_, client) => new Rng(seed, "jitter", client))
  const world: World = {
    engine,
    scenario,
    rng: (client) => rngs[client]!,
    localNow: (client) => engine.now + (scenario.clockError?.(client, engine.now) ?? 0),
    send: (attempt, reply) => {
      total.attempts++
      perSecond.attempts[second()]!++
      if (inFocus()) focus.attempts++
      server.receive(attempt, (answer) => {
        if (answer.kind === "throttled") total.throttled++
        reply(answer)
      })
    }
  }

  const make = (client: number, run: (call: Call, end: End) => void, arrivals: Rng): void => {
    const changes = arrivals.next() < scenario.changes
    const token = arrivals.next() < scenario.tokens && changes
    const focused = inFocus()
    const call: Call = {
      id: total.calls++,
      client,
      bornAt: engine.now,
      deadline: engine.now + scenario.patience,
      changes,
      token
    }
    const repeatable = !changes || token
    perSecond.calls[second()]!++
    if (!changes) total.reads++
    if (repeatable) total.repeatable++
    if (focused) focus.calls++
    if (focused && repeatable) focus.repeatable++
    let ended = false
    const settle: End = (reason) => {
      if (ended) return
      ended = true
      const late = engine.now - call.deadline
      overrun = Math.max(overrun, late)
      // Clients read their clock in whole milliseconds.
      const failure = reason ?? (late > 1 ? "too late" : undefined)
      if (failure !== undefined) {
        failures.set(failure, (failures.get(failure) ?? 0) + 1)
        timesToFail.push(engine.now - call.bornAt)
        return
      }
      total.succeeded++
      if (!changes) total.readsSucceeded++
      if (focused) focus.succeeded++
      if (focused && repeatable) focus.repeatableSucceeded++
      perSecond.succeeded[second()]!++
      perClient[client]!++
      times.push(engine.now - call.bornAt)
      lastSuccess = engine.now
    }
    engine.at(call.deadline + tolerance, () => settle("hung up"))
    run(call, settle)
  }

  for (let client = 0; client < scenario.clients; client++) {
    const run = side.open(world, client)
    const arrivals = new Rng(seed, "arrivals", client)
    if (scenario.burst !== undefined) {
      for (let i = 0; i < scenario.burst; i++) {
        engine.at(1_000 + arrivals.next() * 100, () => make(client, run, arrivals))
      }
      continue
    }
    const next = (): void => {
      const { surge } = scenario
      const factor = surge !== undefined && engine.now >= surge.from && engine.now < surge.to ? surge.factor : 1
      engine.after(arrivals.gap(1000 / scenario.rate) / factor, () => {
        if (engine.now >= scenario.duration) return
        make(client, run, arrivals)
        next()
      })
    }
    next()
  }
  engine.run(end)

  return {
    ...total,
    duplicates: server.duplicates,
    times: { median: quantile(times, 0.5), p99: quantile(times, 0.99) },
    timesToFail: { median: quantile(timesToFail, 0.5) },
    failures,
    overrun,
    lastSuccess,
    focus,
    perSecond,
    perClient
  }
}

const zeros = (length: number): Array<number> => Array.from({ length }, () => 0)
