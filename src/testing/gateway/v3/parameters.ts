/**
 * Reads the parameters of an action.
 */
import * as Result from "effect/Result"
import { type Checked, fail, shown } from "./refusal.ts"

/** The request of an action. */
export interface Parameters {
  readonly members: { readonly [name: string]: unknown }
  /** Whether the values came as text. */
  readonly isForm: boolean
  /** The same for the same request. */
  readonly text: string
}

/** `null` is as good as nothing. */
export const memberOf = (members: Parameters["members"], name: string): unknown =>
  Object.hasOwn(members, name) && members[name] !== null ? members[name] : undefined

const wrongType = (name: string, type: string): Checked<never> =>
  fail("InvalidParameter", `The type of value of parameter \`${name}\` is not \`${type}\`.`)

export const missing = (name: string): Checked<never> =>
  fail("MissingParameter", `The request is missing a required parameter \`${name}\`.`)

export const isMembers = (u: unknown): u is Parameters["members"] =>
  typeof u === "object" && u !== null && !Array.isArray(u)

/** Undefined if there is none. */
export const readObject = ({ members }: Parameters, name: string): Checked<Parameters["members"] | undefined> => {
  const value = memberOf(members, name)
  return value === undefined || isMembers(value) ? Result.succeed(value) : wrongType(name, "object")
}

/** Undefined if there is none. */
export const readText = ({ members }: Parameters, name: string): Checked<string | undefined> => {
  const value = memberOf(members, name)
  return value === undefined || typeof value === "string" ? Result.succeed(value) : wrongType(name, "string")
}

export const requireText = (parameters: Parameters, name: string): Checked<string> =>
  Result.flatMap(
    readText(parameters, name),
    (text): Checked<string> => text === undefined ? missing(name) : Result.succeed(text)
  )

export const readBoolean = ({ isForm, members }: Parameters, name: string): Checked<boolean> => {
  const value = memberOf(members, name)
  if (value === undefined || typeof value === "boolean") return Result.succeed(value ?? false)
  return isForm && (value === "true" || value === "false") ? Result.succeed(value === "true") : wrongType(name, "bool")
}

export const readInteger = (
  { isForm, members }: Parameters,
  name: string,
  range: { readonly min: number; readonly max: number; readonly default: number }
): Checked<number> => {
  const value = memberOf(members, name) ?? range.default
  const number = isForm && typeof value === "string" && /^-?\d{1,15}$/.test(value) ? Number(value) : value
  if (!Number.isSafeInteger(number)) return wrongType(name, "int64")
  return typeof number === "number" && number >= range.min && number <= range.max
    ? Result.succeed(number)
    : fail("InvalidParameterValue", `The value of \`${name}\` must be from ${range.min} to ${range.max}.`)
}

/** The documented limit of a batch, of a page and of the values of a filter. */
export const maxItems = 100

/** No items if there is no such parameter. */
export const readTexts = ({ members }: Pick<Parameters, "members">, name: string): Checked<ReadonlyArray<string>> => {
  const value = memberOf(members, name) ?? []
  if (!Array.isArray(value)) return wrongType(name, "list")
  const items: ReadonlyArray<unknown> = value
  if (items.length > maxItems) {
    return fail("InvalidParameterValue.LimitExceeded", `\`${name}\` has more than ${maxItems} items.`)
  }
  return items.every((item) => typeof item === "string") ? Result.succeed(items) : wrongType(name, "list<string>")
}

export const checkNames = ({ members }: Parameters, known: ReadonlySet<string> | undefined): Checked<void> => {
  const unknown = known === undefined ? undefined : Object.keys(members).find((name) => !known.has(name))
  return unknown === undefined
    ? Result.void
    : fail("UnknownParameter", `The parameter \`${shown(unknown)}\` is not recognized.`)
}
