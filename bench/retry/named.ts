/** Scenarios and sides by name, which is how a thread is told what to run. */
import { families } from "./grid.ts"
import { all } from "./scenarios.ts"
import { others, ours, sharing } from "./sides.ts"
import type { Scenario, Side } from "./simulate.ts"

const scenarios = [...all, ...families.flatMap(({ scenarios }) => scenarios)]

const sides = [...others, ours, sharing]

/** Those with the name, in which `*` stands for any text. */
export const scenariosNamed = (name: string): ReadonlyArray<Scenario> => {
  const parts = name.split("*").map((part) => part.replaceAll(/[^\w-]/g, "\\$&"))
  const pattern = new RegExp(`^${parts.join(".*")}$`)
  const found = scenarios.filter((scenario) => pattern.test(scenario.name))
  if (found.length === 0) throw new Error(`There is no scenario named ${name}.`)
  return found
}

export const scenarioNamed = (name: string): Scenario => scenariosNamed(name)[0]!

export const sideNamed = (name: string): Side => {
  const side = sides.find((side) => side.name === name)
  if (side === undefined) throw new Error(`There is no side named ${name}.`)
  return side
}
