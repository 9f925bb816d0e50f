/** What is printed of the scenarios: a table for each question, a row for each side. */
import * as figures from "./figures.ts"
import type { Result, Scenario } from "./simulate.ts"

/** The results of a side in a scenario, one for each seed, if that was run. */
export type Results = (scenario: string, side: string) => ReadonlyArray<Result> | undefined

interface Column {
  readonly scenario: string
  readonly title: string
  readonly figure: figures.Figure
  readonly digits: number
}

export interface Table {
  readonly title: string
  readonly columns: ReadonlyArray<Column>
}

const column = (scenario: string, title: string, figure: figures.Figure, digits = 2): Column => ({
  scenario,
  title,
  figure,
  digits
})

export const tables: ReadonlyArray<Table> = [
  {
    title: "Random faults: 20 clients x 5/s, 30 % of the calls change something",
    columns: [
      column("random-1", "1 %: reads %", figures.readSuccess),
      column("random-1", "p99 ms", figures.p99, 0),
      column("random-10", "10 %: reads %", figures.readSuccess, 3),
      column("random-10", "changes %", figures.changeSuccess),
      column("random-10", "attempts", figures.attemptsPerCall),
      column("random-10", "p99 ms", figures.p99, 0),
      column("random-10", "duplicates / 10,000", figures.duplicates, 0),
      column("random-10-nonces", "nonces checked: reads %", figures.readSuccess, 3),
      column("random-50", "50 %: reads %", figures.readSuccess, 1),
      column("random-50", "attempts", figures.attemptsPerCall)
    ]
  },
  {
    title: "Outages: 100 clients x 1/s; success of the calls of the outage, attempts per call during it, peak after it",
    columns: [
      column("outage-5-refuse", "5 s refused: success %", figures.focusSuccess, 1),
      column("outage-5-refuse", "attempts", figures.focusAttempts),
      column("outage-5-refuse", "peak", figures.peak, 1),
      column("outage-5-internal", "5 s of 6000: repeatable %", figures.focusRepeatable, 1),
      column("outage-5-maintenance", "5 s of 6200: success %", figures.focusSuccess, 1),
      column("outage-5-hang", "5 s silent: repeatable %", figures.focusRepeatable, 1),
      column("outage-120-internal", "120 s of 6000: attempts", figures.focusAttempts, 3),
      column("outage-120-internal", "peak", figures.peak, 1),
      column("outage-120-internal", "ms to give up", figures.timeToFail, 0)
    ]
  },
  {
    title: "Overload: 100 clients",
    columns: [
      column("stall", "stall of 10 s: recovery s", figures.recovery, 0),
      column("stall", "calls lost", figures.lost, 0),
      column("shedding", "load shedding: success %", figures.focusSuccess, 1),
      column("shedding", "attempts", figures.focusAttempts),
      column("shedding", "recovery s", figures.recovery, 0)
    ]
  },
  {
    title: "Clocks: 20 clients x 5/s",
    columns: [
      column("clock-wrong", "10 min fast: success %", figures.success),
      column("clock-wrong", "attempts", figures.attemptsPerCall, 4),
      column("clock-steps", "10 min steps: success %", figures.success),
      column("clock-steps", "attempts", figures.attemptsPerCall, 4)
    ]
  },
  {
    title: "Fleets at 0.9 x of a quota of 20/s",
    columns: [10, 100, 1000].flatMap((clients) => [
      column(`fleet-${clients}-x0.9`, `${clients} clients: success %`, figures.success, 1),
      column(`fleet-${clients}-x0.9`, "rejections", figures.rejections),
      column(`fleet-${clients}-x0.9`, "p99 ms", figures.p99, 0)
    ])
  },
  {
    title: "Fleets at 1.5 x of a quota of 20/s",
    columns: [10, 100, 1000].flatMap((clients) => [
      column(`fleet-${clients}-x1.5`, `${clients} clients: quota used %`, figures.quotaUsed, 1),
      column(`fleet-${clients}-x1.5`, "rejections", figures.rejections),
      column(`fleet-${clients}-x1.5`, "fairness", figures.fairness)
    ])
  },
  {
    title: "Herds on a quota of 20/s",
    columns: [10, 100, 1000].flatMap((clients) => [
      column(`herd-${clients}`, `${clients} clients: success %`, figures.success, 1),
      column(`herd-${clients}`, "rejections", figures.rejections),
      column(`herd-${clients}`, "last at s", figures.lastSuccess, 0)
    ])
  }
]

export const format = (value: number, digits: number): string =>
  value === Infinity ? "never" : Number.isFinite(value) ? value.toFixed(digits) : "-"

const row = (cells: ReadonlyArray<string>): string => `| ${cells.join(" | ")} |`

/** Markdown. Columns of scenarios that were not run are left out, and so is a table without columns. */
export const render = (
  { columns, title }: Table,
  sides: ReadonlyArray<string>,
  scenarios: ReadonlyArray<Scenario>,
  results: Results
): string | undefined => {
  const shown = columns.flatMap((column) => {
    const scenario = scenarios.find(({ name }) => name === column.scenario)
    return scenario === undefined ? [] : [{ column, scenario }]
  })
  if (shown.length === 0) return undefined
  const lines = sides.map((side) =>
    row([
      side,
      ...shown.map(({ column, scenario }) => {
        const found = results(scenario.name, side)
        return found === undefined ? "" : format(column.figure(found, scenario), column.digits)
      })
    ])
  )
  const heads = ["", ...shown.map(({ column }) => column.title)]
  return [`### ${title}`, "", row(heads), row(heads.map((_, i) => i === 0 ? "---" : "---:")), ...lines, ""].join("\n")
}
