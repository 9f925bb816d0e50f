/**
 * Reads a response by its type, leniently: a good response of the API often differs a little from its documented type.
 *
 * - A member can be absent. `null` is absent; for a list it is `[]`. An absent list stays absent, because a renamed member must not
 *   read as "there are none". A `null` in a list is left out.
 * - Number and text stand for each other, and so do a boolean and its text or 1 and 0, where nothing is lost.
 * - A single value stands for a list of one.
 * - Members that the type does not have are dropped.
 *
 * A value that cannot be read without a loss is refused, with its path. An integer beyond 2^53 comes as the text of its digits: an
 * id becomes a `bigint`, and text stays text.
 */
import { type Item, type Member, parse, type Type } from "./compact.ts"
import { at, unfit } from "./unfit.ts"

type Read = (value: unknown) => unknown

const numeral = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/
const digits = /^-?\d{1,20}$/

const isUnsafe = (value: number): boolean => Number.isInteger(value) && !Number.isSafeInteger(value)

/** A number from its text, if it is exactly that one. */
const numberOf = (text: string): number | undefined => {
  const value = numeral.test(text) ? Number(text) : Number.NaN
  return Number.isFinite(value) && !isUnsafe(value) ? value : undefined
}

const readNumber = (value: unknown): number => {
  if (typeof value === "number" && Number.isFinite(value)) return value
  return (typeof value === "string" ? numberOf(value) : undefined) ?? unfit("Expected a number")
}

const readInteger = (value: unknown): number => {
  if (typeof value === "number" && Number.isFinite(value) && !isUnsafe(value)) return value
  return (typeof value === "string" ? numberOf(value) : undefined) ?? unfit("Expected a number within 2^53")
}

const readId = (value: unknown): number | bigint => {
  if (typeof value === "number" && Number.isFinite(value) && !isUnsafe(value)) return value
  if (typeof value === "bigint") return value
  if (typeof value !== "string") return unfit("Expected a number")
  return numberOf(value) ?? (digits.test(value) ? BigInt(value) : unfit("Expected a number"))
}

const readText = (value: unknown): string => {
  if (typeof value === "string") return value
  if (typeof value === "number" && Number.isFinite(value) && !isUnsafe(value) || typeof value === "boolean") {
    return String(value)
  }
  return unfit("Expected a string")
}

const truths: ReadonlyMap<unknown, boolean> = /*#__PURE__*/ new Map<unknown, boolean>([
  [true, true],
  [false, false],
  ["true", true],
  ["false", false],
  [1, true],
  [0, false],
  ["1", true],
  ["0", false]
])

const readBoolean = (value: unknown): boolean => truths.get(value) ?? unfit("Expected true or false")

const readBinary = (): never => unfit("A response has no bytes")

const readers = {
  text: readText,
  int64: readInteger,
  uint64: readInteger,
  number: readNumber,
  boolean: readBoolean,
  binary: readBinary
} as const

const readerOfItem = (item: Item, id: boolean): Read => {
  if ("type" in item) return readerOf(item.type)
  return id && (item.form === "int64" || item.form === "uint64") ? readId : readers[item.form]
}

const readList = (read: Read, value: unknown): ReadonlyArray<unknown> => {
  if (!Array.isArray(value)) return [read(value)]
  const list: Array<unknown> = []
  let index = 0
  try {
    for (; index < value.length; index++) {
      const item: unknown = value[index]
      if (item !== null && item !== undefined) list.push(read(item))
    }
  } catch (error) {
    throw at(index, error)
  }
  return list
}

interface Step {
  readonly name: string
  readonly list: boolean
  readonly read: Read
}

const stepOf = ({ id, item, list, name }: Member): Step => ({ name, list, read: readerOfItem(item, id) })

const readObject = (steps: ReadonlyArray<Step>, value: unknown): object => {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return unfit("Expected an object")
  const source = value as { readonly [name: string]: unknown }
  const target: { [name: string]: unknown } = {}
  let index = 0
  try {
    for (; index < steps.length; index++) {
      const { list, name, read } = steps[index]!
      // No prototype has a member that begins with a capital.
      const member = source[name]
      if (member === undefined) continue
      if (member !== null) target[name] = list ? readList(read, member) : read(member)
      else if (list) target[name] = []
    }
  } catch (error) {
    throw at(steps[index]!.name, error)
  }
  return target
}

const known: WeakMap<Type, ReadonlyArray<Step>> = /*#__PURE__*/ new WeakMap()

const stepsOf = (type: Type): ReadonlyArray<Step> => {
  let steps = known.get(type)
  if (steps === undefined) known.set(type, steps = parse(type).map(stepOf))
  return steps
}

/** The reader of a type. It is built when it first reads. Throws `Unfit`. */
export const readerOf = (type: Type): Read => {
  let steps: ReadonlyArray<Step> | undefined
  return (value) => readObject(steps ??= stepsOf(type), value)
}
