/**
 * What the retries of the library must reach, on any seed. A check that was missed by no more than its margin is
 * reported and nothing more: the margin is the scatter between seeds, so that a bad run of luck does not look like a
 * bug.
 */
import { cells, type Goal as Bound } from "../report.ts"
import * as figures from "./figures.ts"
import * as requests from "./requests.ts"
import { scenarioNamed } from "./scenarios.ts"
import { none, ours, sharing } from "./sides.ts"
import type { Result } from "./simulate.ts"

/** The results of a side in a scenario, one for each seed, if that was run. */
export type Results = (scenario: string, side: string) => ReadonlyArray<Result> | undefined

export interface Check extends Bound {
  readonly label: string
  readonly margin: number
  readonly digits: number
  /** `undefined` where the scenario was not run. */
  readonly measure: (results: Results) => number | undefined
}

export interface Goal {
  readonly name: string
  readonly title: string
  readonly checks: ReadonlyArray<Check>
}

const read = (scenario: string, figure: figures.Figure, side = ours.name) => (results: Results): number | undefined => {
  const found = results(scenario, side)
  return found === undefined ? undefined : figure(found, scenarioNamed(scenario))
}

/** Ours as a multiple of no retries. */
const ratio = (scenario: string, figure: figures.Figure) => (results: Results): number | undefined => {
  const mine = read(scenario, figure)(results)
  const base = read(scenario, figure, none.name)(results)
  return mine === undefined || base === undefined ? undefined : mine / base
}

const least = (
  label: string,
  limit: number,
  margin: number,
  digits: number,
  measure: Check["measure"]
): Check => ({ label, bound: "at least", limit, margin, digits, measure })

const most = (
  label: string,
  limit: number,
  margin: number,
  digits: number,
  measure: Check["measure"]
): Check => ({ label, bound: "at most", limit, margin, digits, measure })

/** The most requests of any failure that is bounded by a count. */
const worstCount = (): number =>
  Math.max(
    ...requests.compositions.flatMap((composition) =>
      requests.kinds.filter((kind) => kind.byTime !== true).map((kind) => requests.count(kind, composition))
    )
  )

export const goals = (scenarios: ReadonlyArray<string>): ReadonlyArray<Goal> => [
  {
    name: "G1",
    title: "a change is never executed twice",
    checks: [most("executions beyond the first, in all scenarios", 0, 0, 0, (results) => {
      let duplicates = 0
      for (const scenario of scenarios) {
        for (const result of results(scenario, ours.name) ?? []) duplicates += result.duplicates
      }
      return duplicates
    })]
  },
  {
    name: "G2",
    title: "10 % random faults",
    checks: [
      least("reads that succeed, %", 99.99, 0.01, 3, read("random-10", figures.readSuccess)),
      most("attempts per call", 1.12, 0.01, 3, read("random-10", figures.attemptsPerCall))
    ]
  },
  {
    name: "G3",
    title: "p99 with a server of 60 ms",
    checks: [
      most("ms at 1 % faults", 250, 10, 0, read("random-1", figures.p99)),
      most("ms at 10 % faults", 600, 20, 0, read("random-10", figures.p99))
    ]
  },
  {
    name: "G4",
    title: "outage of 120 s",
    checks: [most("attempts per call", 1.1, 0.02, 3, read("outage-120-internal", figures.focusAttempts))]
  },
  {
    name: "G5",
    title: "outage of 5 s",
    checks: [
      { kind: "refuse", label: "connections refused", success: figures.focusSuccess, calls: "calls" },
      { kind: "internal", label: "6000", success: figures.focusRepeatable, calls: "repeatable calls" },
      { kind: "maintenance", label: "6200", success: figures.focusSuccess, calls: "calls" }
    ].flatMap(({ calls, kind, label, success }) => [
      least(`${label}, ${calls} that succeed, %`, 95, 1, 1, read(`outage-5-${kind}`, success)),
      most(`${label}, attempts per call`, 2.1, 0.1, 2, read(`outage-5-${kind}`, figures.focusAttempts)),
      most(`${label}, peak of requests after it / usual load`, 3, 0.2, 2, read(`outage-5-${kind}`, figures.peak))
    ])
  },
  {
    name: "G6",
    title: "stall of 10 s",
    checks: [most("recovery / no retries", 1.25, 0.1, 2, ratio("stall", figures.recovery))]
  },
  {
    name: "G7",
    title: "load shedding",
    checks: [least("success / no retries", 0.9, 0.02, 3, ratio("shedding", figures.focusSuccess))]
  },
  {
    name: "G8",
    title: "fleets at 1.5 x of a quota",
    checks: [
      most("10 clients, rejections per success", 0.3, 0.03, 2, read("fleet-10-x1.5", figures.rejections)),
      least("10 clients, quota used, %", 95, 0.5, 1, read("fleet-10-x1.5", figures.quotaUsed)),
      most("100 clients, rejections per success", 1.2, 0.05, 2, read("fleet-100-x1.5", figures.rejections)),
      least("100 clients, quota used, %", 95, 0.5, 1, read("fleet-100-x1.5", figures.quotaUsed))
    ]
  },
  {
    name: "G9",
    title: "herd of 1000",
    checks: [least("calls that succeed, %", 99, 0.5, 1, read("herd-1000", figures.success))]
  },
  {
    name: "G10",
    title: "fleets at 1.5 x of a quota, with one store over Redis",
    checks: [10, 100, 1000].flatMap((clients) => {
      const scenario = `fleet-${clients}-x1.5`
      return [
        most(`${clients} clients, rejections per success`, 0, 0, 2, read(scenario, figures.rejections, sharing.name)),
        least(`${clients} clients, quota used, %`, 94, 0.2, 1, read(scenario, figures.quotaUsed, sharing.name)),
        most(
          `${clients} clients, requests of the busiest second`,
          20,
          0,
          0,
          read(scenario, figures.busiest, sharing.name)
        )
      ]
    })
  },
  {
    name: "G11",
    title: "clock wrong by 10 minutes",
    checks: [
      least("calls that succeed, %", 100, 0.02, 2, read("clock-wrong", figures.success)),
      most("attempts per call", 1.005, 0.001, 4, read("clock-wrong", figures.attemptsPerCall)),
      least("stepping, calls that succeed, %", 100, 0.02, 2, read("clock-steps", figures.success)),
      // two corrections in 90 s instead of one in 60 s
      most("stepping, attempts per call", 1.0067, 0.001, 4, read("clock-steps", figures.attemptsPerCall))
    ]
  },
  {
    name: "G12",
    title: "a call that always fails",
    checks: [most("requests, in any composition", 6, 0, 0, worstCount)]
  }
]

/** `missed` is a failure; `within` missed the goal, but by no more than its margin. */
export type Verdict = "pass" | "within" | "missed"

export const judge = ({ bound, limit, margin }: Check, value: number): Verdict => {
  const over = bound === "at most" ? value - limit : limit - value
  if (over <= 0) return "pass"
  return over <= margin ? "within" : "missed"
}

/** A row for each check that was measured, and whether one of them was missed by more than its margin. */
export const report = (
  scenarios: ReadonlyArray<string>,
  results: Results
): { readonly rows: ReadonlyArray<ReadonlyArray<string>>; readonly missed: boolean } => {
  let missed = false
  const rows = goals(scenarios).flatMap(({ checks, name, title }) => {
    const measured = checks.flatMap((check) => {
      const value = check.measure(results)
      if (value === undefined) return []
      const verdict = judge(check, value)
      if (verdict === "missed") missed = true
      const [figure, bound] = cells(value, check.digits, check)
      const note = verdict === "within" ? `, within its margin of ${check.margin}` : ""
      return [[`${name} ${title}: ${check.label}`, figure + note, bound]]
    })
    return measured.length > 0 ? measured : [[`${name} ${title}`, "not run", "-"]]
  })
  return { rows, missed }
}
