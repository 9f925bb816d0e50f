/** The same questions with other numbers, so that what was tuned on one scenario is seen to hold in others. */
import * as figures from "./figures.ts"
import * as scenarios from "./scenarios.ts"
import type { Scenario } from "./simulate.ts"
import { format, type Results } from "./tables.ts"

export interface Family {
  readonly title: string
  /** What a cell shows. */
  readonly cells: ReadonlyArray<readonly [figures.Figure, digits: number]>
  readonly scenarios: ReadonlyArray<Scenario>
}

/** A name that no other scenario has, from what is different. */
const named = (label: string, scenario: Scenario): Scenario => ({
  ...scenario,
  name: `${scenario.name}-${label}`.replaceAll(/[^\w.]+/g, "-"),
  title: label
})

const verySlow = { median: 1000, sigma: 0.5 }

const slow = { median: 200, sigma: 0.5 }

const faulty = scenarios.randomFaults(0.1).server

const quick = { median: 20, sigma: 0.5 }

/** Clocks of machines that are kept in time, but not to the millisecond. */
const apart = (client: number): number => (client * 0.618_034) % 1 * 1000 - 500

const hour = 3_600_000

/** Right, then an hour fast, then right again: a machine that was suspended, or was set. */
const jumps = (_: number, time: number): number => time >= 90_000 && time < 150_000 ? hour : 0

const back = (_: number, time: number): number => time >= 90_000 ? -hour : 0

/** A burst that cuts the pace of all clients, and then a usual load that fits. */
const burst = (error: number): Scenario =>
  scenarios.fleet(10, 0.8, {
    duration: 240_000,
    surge: { from: 60_000, to: 65_000, factor: 20 },
    focus: { from: 80_000, to: 240_000 },
    clockError: (_, time) => time >= 66_000 ? error : 0
  })

const busyFleet = (clients: number, load: number, quota: number): Scenario =>
  scenarios.fleet(clients, load, { rate: quota * load / clients, server: { latency: quick, quota } })

export const families: ReadonlyArray<Family> = [
  {
    title: "Stall, 100 clients, 80 % load, 10 s, timeout 2 s, but ...: recovery s (calls lost)",
    cells: [[figures.recovery, 0], [figures.lost, 0]],
    scenarios: [
      named("load 50 %", scenarios.stall(0.5, 10_000)),
      named("load 70 %", scenarios.stall(0.7, 10_000)),
      named("load 90 %", scenarios.stall(0.9, 10_000)),
      named("10 clients", scenarios.stall(0.8, 10_000, { clients: 10, rate: 8 })),
      named("1000 clients", scenarios.stall(0.8, 10_000, { clients: 1000, rate: 0.08 })),
      named("timeout 1 s", scenarios.stall(0.8, 10_000, { attemptTimeout: 1_000 })),
      named("timeout 5 s", scenarios.stall(0.8, 10_000, { attemptTimeout: 5_000 })),
      named("stall of 3 s", scenarios.stall(0.8, 3_000)),
      named("stall of 30 s", scenarios.stall(0.8, 30_000))
    ]
  },
  {
    title: "Refused connections: success % of its calls (attempts per call, peak)",
    cells: [[figures.focusSuccess, 1], [figures.focusAttempts, 2], [figures.peak, 1]],
    scenarios: [
      ...[1, 2, 8, 15, 30].map((seconds) => named(`${seconds} s`, scenarios.outage("refuse", seconds * 1000))),
      named("5 s, 1000 clients x 0.05/s", scenarios.outage("refuse", 5_000, { clients: 1000, rate: 0.05 })),
      named("5 s, 5 clients x 50/s", scenarios.outage("refuse", 5_000, { clients: 5, rate: 50 })),
      named("5 s, 30 clients x 2/s", scenarios.outage("refuse", 5_000, { clients: 30, rate: 2 }))
    ]
  },
  {
    title: "Outages of other kinds: repeatable % of its calls (attempts per call, peak)",
    cells: [[figures.focusRepeatable, 1], [figures.focusAttempts, 2], [figures.peak, 1]],
    scenarios: [
      named("6000", scenarios.outage("internal", 2_000)),
      named("6000", scenarios.outage("internal", 8_000)),
      named("6000, 20 clients x 5/s", scenarios.outage("internal", 5_000, { clients: 20, rate: 5 })),
      named("6200", scenarios.outage("maintenance", 8_000)),
      named("6200", scenarios.outage("maintenance", 30_000)),
      named("refused", scenarios.outage("refuse", 120_000)),
      named("6200", scenarios.outage("maintenance", 120_000)),
      named("silent", scenarios.outage("hang", 20_000))
    ]
  },
  {
    title: "Random faults, reads only: success % (attempts per call, p99 ms)",
    cells: [[figures.readSuccess, 2], [figures.attemptsPerCall, 2], [figures.p99, 0]],
    scenarios: [
      ...[2, 5, 20, 30, 40].map((percent) =>
        named("reads only", scenarios.randomFaults(percent / 100, { changes: 0, duration: 120_000 }))
      ),
      named("5 clients x 20/s", scenarios.randomFaults(0.1, { clients: 5, rate: 20 })),
      named("200 clients x 0.5/s", scenarios.randomFaults(0.1, { clients: 200, rate: 0.5 })),
      named("server of 20 ms", scenarios.randomFaults(0.1, { server: { ...faulty, latency: quick } })),
      named("server of 200 ms", scenarios.randomFaults(0.1, { server: { ...faulty, latency: slow } })),
      named("timeout 10 s", scenarios.randomFaults(0.1, { attemptTimeout: 10_000 })),
      named("all change", scenarios.randomFaults(0.1, { changes: 1, tokens: 0 }))
    ]
  },
  {
    title: "Load shedding by the cost of a refusal: success % (attempts per call)",
    cells: [[figures.focusSuccess, 1], [figures.focusAttempts, 2]],
    scenarios: [
      ...[0.05, 0.1, 0.5].map((cost) => named(`costs ${cost}`, scenarios.shedding(cost))),
      named("costs 0.25, 10 clients", scenarios.shedding(0.25, { clients: 10, rate: 8 })),
      named("costs 0.25, 500 clients", scenarios.shedding(0.25, { clients: 500, rate: 0.16 }))
    ]
  },
  {
    title: "Fleets: success % (quota used %, rejections per success)",
    cells: [[figures.success, 1], [figures.quotaUsed, 1], [figures.rejections, 2]],
    scenarios: [
      ...[5, 20, 50, 200].map((clients) => named(`${clients} clients`, scenarios.fleet(clients, 1.5))),
      named("1 client", scenarios.fleet(1, 1.5)),
      named("10 clients", scenarios.fleet(10, 1.1)),
      named("10 clients", scenarios.fleet(10, 3)),
      named("20 clients, quota 5/s", busyFleet(20, 1.5, 5)),
      named("20 clients, quota 100/s", busyFleet(20, 1.5, 100)),
      named("clocks half a second apart", scenarios.fleet(100, 0.9, { clockError: apart })),
      named("clocks half a second apart", scenarios.fleet(100, 1.5, { clockError: apart })),
      named("server of 200 ms", scenarios.fleet(10, 1.5, { server: { latency: slow, quota: 20 } })),
      named("server of 1000 ms", scenarios.fleet(10, 1.5, { server: { latency: verySlow, quota: 20 } })),
      named("clocks jump forth and back", scenarios.fleet(10, 1.5, { clockError: jumps })),
      named("clocks jump back", scenarios.fleet(10, 1.5, { clockError: back })),
      named("clocks jump back", scenarios.fleet(10, 0.9, { clockError: back }))
    ]
  },
  {
    title: "A quota after a burst of 20 x: success % (rejections per success)",
    cells: [[figures.focusSuccess, 1], [figures.rejections, 2]],
    scenarios: [
      named("burst", burst(0)),
      named("burst, clocks jump a minute back", burst(-60_000)),
      named("burst, clocks jump an hour back", burst(-hour)),
      named("burst, clocks jump an hour forth", burst(hour))
    ]
  },
  {
    title: "10 % random faults where many calls ask for what is not there: answered % (attempts per call)",
    cells: [[figures.answered, 2], [figures.attemptsPerCall, 2]],
    scenarios: [0, 0.5, 0.9, 1].map((missing) =>
      named(
        `${missing * 100} % missing`,
        scenarios.randomFaults(0.1, { duration: 120_000, changes: 0, server: { ...faulty, missing } })
      )
    )
  },
  {
    title: "Herds: success % (rejections per success, last success at s)",
    cells: [[figures.success, 1], [figures.rejections, 2], [figures.lastSuccess, 0]],
    scenarios: [
      named("20 calls each", scenarios.herd(20, 20, 60_000)),
      named("2 calls each", scenarios.herd(200, 2, 60_000)),
      named("1 call each", scenarios.herd(500, 1, 60_000)),
      named("patience 30 s", scenarios.herd(400, 1, 30_000)),
      named("server of 200 ms", scenarios.herd(1000, 1, 120_000, { server: { latency: slow, quota: 20 } }))
    ]
  },
  {
    title: "Clocks: success % (attempts per call)",
    cells: [[figures.success, 2], [figures.attemptsPerCall, 4]],
    scenarios: [
      named("10 min slow", scenarios.wrongClock(-600_000)),
      named("6 min fast", scenarios.wrongClock(360_000)),
      named("an hour fast", scenarios.wrongClock(hour)),
      named("100 clients x 1/s", scenarios.wrongClock(600_000, { clients: 100, rate: 1 })),
      named("jump forth and back", scenarios.steppingClock({ duration: 240_000, clockError: jumps })),
      named("jump, 10 % faults", scenarios.randomFaults(0.1, { duration: 240_000, clockError: jumps })),
      named("jump back, 10 % faults", scenarios.randomFaults(0.1, { duration: 240_000, clockError: back }))
    ]
  }
]

const row = (cells: ReadonlyArray<string>): string => `| ${cells.join(" | ")} |`

/** Markdown of the scenarios that were run. */
export const render = (
  { cells, scenarios, title }: Family,
  sides: ReadonlyArray<string>,
  selected: ReadonlyArray<Scenario>,
  results: Results
): string | undefined => {
  const lines = scenarios.filter((scenario) => selected.includes(scenario)).map((scenario) =>
    row([
      scenario.name,
      ...sides.map((side) => {
        const [main, ...rest] = cells.map(([figure, digits]) => {
          const found = results(scenario.name, side)
          return found === undefined ? "" : format(figure(found, scenario), digits)
        })
        return `${main} (${rest.join(", ")})`
      })
    ])
  )
  if (lines.length === 0) return undefined
  return [`### ${title}`, "", row(["", ...sides]), row(["---", ...sides.map(() => "---:")]), ...lines, ""].join("\n")
}
