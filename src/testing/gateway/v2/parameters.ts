/**
 * Reads the parameters of an action.
 */
import * as Result from "effect/Result"
import { type Checked, refuse } from "../refusal.ts"

export type Parameters = ReadonlyMap<string, string>

export const readInteger = (
  parameters: Parameters,
  name: string,
  range: { readonly min: number; readonly max: number; readonly default: number }
): Checked<number> => {
  const text = parameters.get(name)
  if (text === undefined) return Result.succeed(range.default)
  const value = /^\d{1,10}$/.test(text) ? Number(text) : NaN
  return value >= range.min && value <= range.max
    ? Result.succeed(value)
    : refuse("invalidParameter", `${name} must be an integer from ${range.min} to ${range.max}`)
}

export const readText = (
  parameters: Parameters,
  name: string,
  pattern: RegExp,
  form: string
): Checked<string> => {
  const text = parameters.get(name)
  if (text === undefined) return refuse("invalidParameter", `${name} is missing`)
  return pattern.test(text) ? Result.succeed(text) : refuse("invalidParameter", `${name} must be ${form}`)
}

const idName = /^instanceIds\.\d{1,4}$/

/** `instanceIds.0`, `instanceIds.1`, ... in the order of their numbers. Documents count from 0 and from 1. */
export const instanceIdsOf = (parameters: Parameters): ReadonlyArray<string> =>
  [...parameters.keys()]
    .filter((name) => idName.test(name))
    .map((name) => ({ name, index: Number(name.slice(name.indexOf(".") + 1)) }))
    .sort((a, b) => a.index - b.index)
    .flatMap(({ name }) => parameters.get(name) ?? [])

const idPattern = /^ins-[0-9a-z]{1,32}$/

/** The documented limit of a batch, and of a page. */
export const maxItems = 100

export const readInstanceIds = (parameters: Parameters): Checked<ReadonlyArray<string>> => {
  const ids = instanceIdsOf(parameters)
  if (ids.length > maxItems) return refuse("invalidParameter", `instanceIds has more than ${maxItems} items`)
  const malformed = ids.find((id) => !idPattern.test(id))
  if (malformed !== undefined) {
    const shown = JSON.stringify(malformed.slice(0, 64))
    return refuse("invalidParameter", `instanceIds has ${shown}, which is no instance id`)
  }
  return new Set(ids).size === ids.length
    ? Result.succeed(ids)
    : refuse("invalidParameter", "instanceIds has the same id twice")
}
