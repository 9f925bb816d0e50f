/**
 * The scenarios: random faults, outages, overload, wrong clocks, and many clients on one quota. Functions, so that
 * other numbers can be tried.
 */
import type { Outage, ServerOptions } from "./server.ts"
import type { Scenario } from "./simulate.ts"

const latency = { median: 60, sigma: 0.5 }

const server: ServerOptions = { latency }

const usual = {
  clients: 20,
  rate: 5,
  duration: 300_000,
  patience: 30_000,
  attemptTimeout: 5_000,
  changes: 0.3,
  tokens: 0.1,
  server
}

const seconds = (millis: number): string => `${millis / 1000} s`

/** A twentieth of the faults are lost answers of calls that were executed, and a fifth of the others were executed. */
export const randomFaults = (chance: number, options: Partial<Scenario> = {}): Scenario => ({
  ...usual,
  name: `random-${Math.round(chance * 100)}`,
  title: `${chance * 100} % random faults`,
  server: { latency, fault: { chance: chance * 0.95, executed: 0.2 }, lost: chance * 0.05 },
  ...options
})

const outageBegins = 60_000

export const outage = (mode: Outage["mode"], length: number, options: Partial<Scenario> = {}): Scenario => ({
  ...usual,
  name: `outage-${length / 1000}-${mode}`,
  title: `outage of ${seconds(length)}, ${mode}`,
  clients: 100,
  rate: 1,
  duration: outageBegins + length + 60_000,
  server: {
    latency,
    fault: { chance: 0.001, executed: 0.2 },
    outages: [{ from: outageBegins, to: outageBegins + length, mode }]
  },
  focus: { from: outageBegins, to: outageBegins + length },
  ...options
})

/** One server of 100 requests per second that does nothing for a time. */
export const stall = (load: number, length: number, options: Partial<Scenario> = {}): Scenario => ({
  ...usual,
  name: "stall",
  title: `a server in order at ${load * 100} % load, stalled for ${seconds(length)}`,
  clients: 100,
  rate: load,
  duration: 360_000,
  attemptTimeout: 2_000,
  changes: 0,
  server: { latency, queue: { rate: 100, longest: 5_000, stall: { from: 60_000, to: 60_000 + length } } },
  focus: { from: 60_000, to: 60_000 + length },
  ...options
})

/** A minute of 130 % load on a server for which refusing is work, too. */
export const shedding = (refusalCost: number, options: Partial<Scenario> = {}): Scenario => ({
  ...usual,
  name: "shedding",
  title: `load shedding at 130 % load, a refusal costs ${refusalCost}`,
  clients: 100,
  rate: 0.8,
  duration: 240_000,
  changes: 0,
  surge: { from: 60_000, to: 120_000, factor: 1.3 / 0.8 },
  server: { latency, shedding: { rate: 100, refusalCost } },
  focus: { from: 60_000, to: 120_000 },
  ...options
})

/** Processes that share a quota of 20 requests per second. */
export const fleet = (clients: number, load: number, options: Partial<Scenario> = {}): Scenario => ({
  ...usual,
  name: `fleet-${clients}-x${load}`,
  title: `${clients} clients at ${load} x of a quota of 20/s`,
  clients,
  rate: 20 * load / clients,
  changes: 0,
  server: { latency, quota: 20 },
  focus: { from: 60_000, to: 300_000 },
  ...options
})

/** All clients wake at once. */
export const herd = (clients: number, calls: number, patience: number, options: Partial<Scenario> = {}): Scenario => ({
  ...usual,
  name: `herd-${clients}`,
  title: `${clients} clients x ${calls} calls at once, quota 20/s, patience ${seconds(patience)}`,
  clients,
  rate: 0,
  burst: calls,
  duration: 1_000,
  patience,
  changes: 0,
  server: { latency, quota: 20 },
  ...options
})

const tenMinutes = 600_000

export const wrongClock = (error: number, options: Partial<Scenario> = {}): Scenario => ({
  ...usual,
  name: "clock-wrong",
  title: `clocks ${seconds(error)} fast`,
  duration: 60_000,
  clockError: () => error,
  ...options
})

export const steppingClock = (options: Partial<Scenario> = {}): Scenario => ({
  ...usual,
  name: "clock-steps",
  title: "clocks 10 minutes fast from second 30 to 60",
  duration: 90_000,
  clockError: (_, time) => time >= 30_000 && time < 60_000 ? tenMinutes : 0,
  ...options
})

export const all: ReadonlyArray<Scenario> = [
  randomFaults(0.01),
  randomFaults(0.1),
  randomFaults(0.5),
  randomFaults(0.1, {
    name: "random-10-nonces",
    title: "10 % random faults, nonces checked",
    server: { ...randomFaults(0.1).server, noncesCount: true }
  }),
  outage("refuse", 5_000),
  outage("internal", 5_000),
  outage("maintenance", 5_000),
  outage("hang", 5_000),
  outage("internal", 120_000),
  stall(0.8, 10_000),
  shedding(0.25),
  fleet(10, 0.9),
  fleet(100, 0.9),
  fleet(1000, 0.9),
  fleet(10, 1.5),
  fleet(100, 1.5),
  fleet(1000, 1.5),
  herd(10, 20, 30_000),
  herd(100, 4, 60_000),
  herd(1000, 1, 120_000),
  wrongClock(tenMinutes),
  steppingClock()
]

/** The ones that tell first when a change breaks something. */
export const decisive: ReadonlyArray<string> = [
  "random-10",
  "outage-5-refuse",
  "outage-120-internal",
  "stall",
  "fleet-10-x1.5",
  "herd-1000",
  "clock-wrong"
]
