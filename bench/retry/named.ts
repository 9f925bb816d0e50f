/** Scenarios and sides by name, which is how a thread is told what to run. */
import { families } from "./grid.ts"
import { all } from "./scenarios.ts"
import { others, ours } from "./sides.ts"
import type { Scenario, Side } from "./simulate.ts"

const scenarios = [...all, ...families.flatMap(({ scenarios }) => scenarios)]

const sides = [...others, ours]

/** Those with the name, or with names that begin with it when it ends in `*`. */
export const scenariosNamed = (name: string): ReadonlyArray<Scenario> => {
  const found = scenarios.filter((scenario) =>
    name.endsWith("*") ? scenario.name.startsWith(name.slice(0, -1)) : scenario.name === name
  )
  if (found.length === 0) throw new Error(`There is no scenario named ${name}.`)
  return found
}

export const scenarioNamed = (name: string): Scenario => scenariosNamed(name)[0]!

export const sideNamed = (name: string): Side => {
  const side = sides.find((side) => side.name === name)
  if (side === undefined) throw new Error(`There is no side named ${name}.`)
  return side
}
