/**
 * Compares the retries of the shipped client with those of other clients, in simulated faults, outages, overloads and
 * quotas, and checks the goals of the library.
 *
 *     npm run bench:retry -- [--seeds 5] [--seed 1000] [--only stall,fleet-*] [--short] [--grid]
 *
 * The row of the library is measured: `TencentClient` as it is built runs on virtual time against a modelled server.
 * The other rows are models of published policies.
 *
 * `--seed` is the first of `--seeds` seeds. `--only` names scenarios. `--short` runs one seed of the decisive ones.
 * `--grid` runs many scenarios with other numbers, against fewer sides. It exits with 1 when a goal is missed by more
 * than its margin.
 */
import { parseArgs } from "node:util"
import * as figures from "./figures.ts"
import { report } from "./goals.ts"
import * as grid from "./grid.ts"
import { scenariosNamed } from "./named.ts"
import { type Job, keyOf, runAll } from "./pool.ts"
import * as requests from "./requests.ts"
import { all, decisive } from "./scenarios.ts"
import { few, others, ours, sharing } from "./sides.ts"
import type { Scenario } from "./simulate.ts"
import { render, type Results, tables } from "./tables.ts"

const { values } = parseArgs({
  options: {
    seeds: { type: "string" },
    seed: { type: "string", default: "1000" },
    only: { type: "string" },
    short: { type: "boolean", default: false },
    grid: { type: "boolean", default: false }
  }
})

const whole = (name: string, text: string): number => {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new Error(`--${name} takes a whole number from 1.`)
  return Number(text)
}

const usual = values.grid
  ? grid.families.flatMap(({ scenarios }) => scenarios)
  : values.short
  ? decisive.flatMap(scenariosNamed)
  : all
const selected = values.only === undefined ? usual : values.only.split(",").flatMap(scenariosNamed)
const first = whole("seed", values.seed)
const count = values.seeds === undefined ? values.short ? 1 : values.grid ? 2 : 5 : whole("seeds", values.seeds)
const seeds = Array.from({ length: count }, (_, i) => first + i)
const peers = values.short || values.grid ? few : others
const sides = [...peers, ours, sharing]
const names = sides.map(({ name }) => name)

const begin = performance.now()

/** About how many calls a scenario has. */
const sizeOf = ({ burst, clients, duration, rate }: Scenario): number => clients * (burst ?? rate * duration / 1000)

// Long runs first, so that no core is left alone with one at the end.
const bySize = [...selected].sort((a, b) => sizeOf(b) - sizeOf(a))
const jobs: ReadonlyArray<Job> = [sharing, ours, ...peers].flatMap((side) =>
  bySize.filter((scenario) => side.plays?.(scenario) ?? true)
    .flatMap((scenario) => seeds.map((seed) => ({ scenario: scenario.name, side: side.name, seed })))
)

const finished = await runAll(jobs)

const results: Results = (scenario, side) => {
  const found = seeds.flatMap((seed) => finished.get(keyOf({ scenario, side, seed })) ?? [])
  return found.length === 0 ? undefined : found
}

const print = (...lines: ReadonlyArray<string>): void => console.log(lines.join("\n"))

print(
  `Seeds ${
    seeds.join(", ")
  }. The rows or columns of effect-tencentcloud are measured on the shipped client, the others are modelled.`,
  ""
)
for (const table of tables) {
  const text = render(table, names, selected, results)
  if (text !== undefined) print(text)
}
for (const family of grid.families) {
  const text = grid.render(family, names, selected, results)
  if (text !== undefined) print(text)
}

const late = selected
  .map((scenario) => ({ scenario, overrun: figures.overrun(results(scenario.name, ours.name) ?? [], scenario) }))
  .reduce((a, b) => a.overrun > b.overrun ? a : b)
print(
  late.overrun > 0
    ? `Of ours, a call ended up to ${late.overrun.toFixed(1)} ms after its deadline (${late.scenario.name}).`
    : "Of ours, no call ended after its deadline.",
  ""
)

print("### Requests of a call that always fails, without a budget", "")
const shown = [...requests.compositions, requests.doubled]
print(
  `| | ${shown.map(({ name }) => name).join(" | ")} |`,
  `| --- |${" ---: |".repeat(shown.length)}`,
  ...[...requests.kinds, ...requests.turns].map((kind) =>
    `| ${kind.name} | ${shown.map((composition) => requests.count(kind, composition)).join(" | ")} |`
  ),
  ""
)

const { lines, missed } = report(selected.map(({ name }) => name), results)
print("### Goals", "", ...lines, "")
print(`${finished.size} runs in ${((performance.now() - begin) / 1000).toFixed(0)} s`)
if (missed) process.exitCode = 1
