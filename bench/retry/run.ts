/**
 * Checks the goals of the library for its retries, in simulated faults, outages, overloads and quotas.
 *
 *     npm run bench:retry -- [--seeds 5] [--seed 1000] [--short]
 *
 * `TencentClient` as it is built runs on virtual time against a modelled server. `--seed` is the first of `--seeds` seeds.
 * `--short` runs one seed of the decisive scenarios. It exits with 1 when a goal is missed by more than its margin.
 */
import { parseArgs } from "node:util"
import { table } from "../report.ts"
import { report, type Results } from "./goals.ts"
import { type Job, keyOf, runAll } from "./pool.ts"
import { all, decisive } from "./scenarios.ts"
import * as sides from "./sides.ts"
import type { Scenario } from "./simulate.ts"

const { values } = parseArgs({
  options: {
    seeds: { type: "string" },
    seed: { type: "string", default: "1000" },
    short: { type: "boolean", default: false }
  }
})

const whole = (name: string, text: string): number => {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new Error(`--${name} takes a whole number from 1.`)
  return Number(text)
}

const scenarios = values.short ? decisive : all
const first = whole("seed", values.seed)
const seeds = Array.from({ length: whole("seeds", values.seeds ?? (values.short ? "1" : "5")) }, (_, i) => first + i)

/** About how many calls a scenario has. */
const sizeOf = ({ burst, clients, duration, rate }: Scenario): number => clients * (burst ?? rate * duration / 1000)

// Long runs first, so that no core is left alone with one at the end.
const bySize = [...scenarios].sort((a, b) => sizeOf(b) - sizeOf(a))
const jobs: ReadonlyArray<Job> = sides.all.flatMap((side) =>
  bySize.filter((scenario) => side.plays?.(scenario) ?? true)
    .flatMap((scenario) => seeds.map((seed) => ({ scenario: scenario.name, side: side.name, seed })))
)

const finished = await runAll(jobs)

const results: Results = (scenario, side) => {
  const found = seeds.flatMap((seed) => finished.get(keyOf({ scenario, side, seed })) ?? [])
  return found.length === 0 ? undefined : found
}

const { missed, rows } = report(scenarios.map(({ name }) => name), results)
console.log(table(["goal", "measured", "bound"], rows))
if (missed) process.exitCode = 1
