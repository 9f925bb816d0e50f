/**
 * Checks a request by its type, strictly: what the API would refuse, or silently ignore, is refused before it is sent. A required
 * member that is missing, a value of another type, and a member that the type does not have, which is most often a typo.
 *
 * The member `extra` of a request is sent unchecked, for members that are newer than the description.
 */
import { type Form, type Item, type Member, parse, type Type } from "./compact.ts"
import { at, Unfit, unfit } from "./unfit.ts"

type Check = (value: unknown) => void

const range = (value: bigint, min: bigint, max: bigint): void => {
  if (value < min || value > max) unfit("Expected an integer of 64 bits")
}

const checkInteger = (value: unknown): void => {
  if (typeof value === "bigint") return range(value, -(2n ** 63n), 2n ** 63n - 1n)
  if (typeof value !== "number" || !Number.isInteger(value)) return unfit("Expected an integer")
  if (!Number.isSafeInteger(value)) unfit("An integer beyond 2^53 may have been rounded. Use a bigint.")
}

const checkUnsigned = (value: unknown): void => {
  if (typeof value === "bigint") return range(value, 0n, 2n ** 64n - 1n)
  checkInteger(value)
  if (typeof value === "number" && value < 0) unfit("Expected an integer that is not negative")
}

const checks: { readonly [F in Form]: Check } = {
  text: (value) => typeof value === "string" ? undefined : unfit("Expected a string"),
  int64: checkInteger,
  uint64: checkUnsigned,
  number: (value) =>
    typeof value === "number" && Number.isFinite(value) ? undefined : unfit("Expected a finite number"),
  boolean: (value) => typeof value === "boolean" ? undefined : unfit("Expected true or false"),
  binary: () => unfit("Bytes cannot be sent yet")
}

const checkOf = (item: Item): Check => "type" in item ? checkOfType(item.type) : checks[item.form]

const checkList = (check: Check, value: unknown): void => {
  if (!Array.isArray(value)) return unfit("Expected a list")
  let index = 0
  try {
    // `forEach` would pass over the gaps.
    for (; index < value.length; index++) check(value[index])
  } catch (error) {
    throw at(index, error)
  }
}

/** A type as this file needs it. */
interface Plan {
  /** Without a prototype: the names are those of a request. */
  readonly checks: { readonly [name: string]: Check }
  readonly required: ReadonlyArray<string>
}

const checkOfMember = ({ item, list }: Member): Check => {
  const check = checkOf(item)
  return list ? (value) => checkList(check, value) : check
}

const known: WeakMap<Type, Plan> = /*#__PURE__*/ new WeakMap()

const planOf = (type: Type): Plan => {
  let plan = known.get(type)
  if (plan === undefined) {
    const members = parse(type)
    const checks: { [name: string]: Check } = Object.create(null)
    for (const member of members) checks[member.name] = checkOfMember(member)
    plan = {
      checks,
      required: members.filter(({ required }) => required).map(({ name }) => name)
    }
    known.set(type, plan)
  }
  return plan
}

const checkUnknown = (name: string, { checks }: Plan): never => {
  const letters = name.toLowerCase()
  const meant = Object.keys(checks).find((known) => known.toLowerCase() === letters)
  return unfit(
    `There is no such member. ${meant === undefined ? "`extra` sends what is newer." : `Its name is ${meant}.`}`
  )
}

const checkObject = (plan: Plan, value: unknown, extra: object): void => {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return unfit("Expected an object")
  const source = value as { readonly [name: string]: unknown }
  let name = ""
  try {
    // A class with members of its own is refused when it is written.
    for (name in source) {
      const member = source[name]
      if (member === undefined) continue
      const check = plan.checks[name] ?? checkUnknown(name, plan)
      check(member)
    }
    for (name of plan.required) {
      if (source[name] === undefined && !Object.hasOwn(extra, name)) unfit("The action requires it")
    }
  } catch (error) {
    throw at(name, error)
  }
}

const none = {}

const checkOfType = (type: Type): Check => {
  let plan: Plan | undefined
  return (value) => checkObject(plan ??= planOf(type), value, none)
}

const isObject = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** What is sent of a request: the request itself, with the members of `extra`. Throws `Unfit`. */
export const writerOf = (type: Type): (request: unknown) => unknown => {
  const check = checkOfType(type)
  return (request) => {
    if (!isObject(request) || !("extra" in request) || request.extra === undefined) {
      check(request)
      return request
    }
    const { extra, ...rest } = request
    if (!isObject(extra)) throw at("extra", new Unfit("Expected an object"))
    checkObject(planOf(type), rest, extra)
    return { ...rest, ...extra }
  }
}
