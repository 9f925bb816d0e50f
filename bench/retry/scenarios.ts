/** The scenarios: random faults, outages, overload, wrong clocks, and many clients on one quota. */
import type { Outage, ServerOptions } from "./server.ts"
import type { Scenario } from "./simulate.ts"

const latency = { median: 60, sigma: 0.5 }

const usual = {
  clients: 20,
  rate: 5,
  duration: 300_000,
  patience: 30_000,
  attemptTimeout: 5_000,
  changes: 0.3,
  tokens: 0.1,
  server: { latency }
}

/** A twentieth of the faults are lost responses to calls that were executed, and a fifth of the others were executed. */
const faults = (chance: number): ServerOptions => ({
  latency,
  fault: { chance: chance * 0.95, executed: 0.2 },
  lost: chance * 0.05
})

const randomFaults = (percent: number): Scenario => ({
  ...usual,
  name: `random-${percent}`,
  server: faults(percent / 100)
})

const outageBegins = 60_000

const outage = (mode: Outage["mode"], length: number): Scenario => ({
  ...usual,
  name: `outage-${length / 1000}-${mode}`,
  clients: 100,
  rate: 1,
  duration: outageBegins + length + 60_000,
  server: {
    latency,
    fault: { chance: 0.001, executed: 0.2 },
    outages: [{ from: outageBegins, to: outageBegins + length, mode }]
  },
  focus: { from: outageBegins, to: outageBegins + length }
})

/** One server of 100 requests per second at 80 % load, that does nothing for 10 s. */
const stall: Scenario = {
  ...usual,
  name: "stall",
  clients: 100,
  rate: 0.8,
  duration: 360_000,
  attemptTimeout: 2_000,
  changes: 0,
  server: { latency, queue: { rate: 100, longest: 5_000, stall: { from: 60_000, to: 70_000 } } },
  focus: { from: 60_000, to: 70_000 }
}

/** A minute of 130 % load on a server for which refusing is work, too. */
const shedding: Scenario = {
  ...usual,
  name: "shedding",
  clients: 100,
  rate: 0.8,
  duration: 240_000,
  changes: 0,
  surge: { from: 60_000, to: 120_000, factor: 1.3 / 0.8 },
  server: { latency, shedding: { rate: 100, refusalCost: 0.25 } },
  focus: { from: 60_000, to: 120_000 }
}

const quota = 20

/** Processes that together want 1.5 times their quota. */
const fleet = (clients: number): Scenario => ({
  ...usual,
  name: `fleet-${clients}-x1.5`,
  clients,
  rate: 1.5 * quota / clients,
  changes: 0,
  server: { latency, quota },
  focus: { from: 60_000, to: 300_000 }
})

/** 1000 clients that all wake at once. */
const herd: Scenario = {
  ...usual,
  name: "herd-1000",
  clients: 1000,
  rate: 0,
  burst: 1,
  duration: 1_000,
  patience: 120_000,
  changes: 0,
  server: { latency, quota }
}

const tenMinutes = 600_000

export const all: ReadonlyArray<Scenario> = [
  randomFaults(1),
  randomFaults(10),
  randomFaults(50),
  { ...usual, name: "random-10-nonces", server: { ...faults(0.1), noncesCount: true } },
  outage("refuse", 5_000),
  outage("internal", 5_000),
  outage("maintenance", 5_000),
  outage("hang", 5_000),
  outage("internal", 120_000),
  stall,
  shedding,
  fleet(10),
  fleet(100),
  fleet(1000),
  herd,
  { ...usual, name: "clock-wrong", duration: 60_000, clockError: () => tenMinutes },
  {
    ...usual,
    name: "clock-steps",
    duration: 90_000,
    clockError: (_, time) => time >= 30_000 && time < 60_000 ? tenMinutes : 0
  }
]

/** Throws if there is none. */
export const scenarioNamed = (name: string): Scenario => {
  const scenario = all.find((scenario) => scenario.name === name)
  if (scenario === undefined) throw new Error(`There is no scenario named ${name}.`)
  return scenario
}

/** The ones that tell first when a change breaks something. */
export const decisive: ReadonlyArray<Scenario> = [
  "random-10",
  "outage-5-refuse",
  "outage-120-internal",
  "stall",
  "fleet-10-x1.5",
  "herd-1000",
  "clock-wrong"
].map(scenarioNamed)
