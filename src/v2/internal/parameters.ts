/**
 * The encoded request of an action as the flat parameters of API 2.0: `{ ids: ["a"] }` is `ids.0=a`, `{ filter: { name } }` is
 * `filter.name=...`. All values are text on the wire.
 */
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"

export interface Parameter {
  readonly name: string
  readonly value: string
}

/** Parameters that the client sets. A request must not set them, or it would be another request than the one asked for. */
const common: ReadonlySet<string> = /*#__PURE__*/ new Set([
  "Action",
  "Region",
  "Timestamp",
  "Nonce",
  "SecretId",
  "Signature",
  "SignatureMethod",
  "Token",
  "Version"
])

/** Deeper than any documented parameter. A deeper value is a mistake, such as a cycle. */
const maxDepth = 32

/** What is wrong with a request, and where. */
export interface Problem {
  readonly path: ReadonlyArray<string>
  readonly message: string
}

/**
 * What a value is when it is more than its members, such as a `Date`, a `Map`, a `Duration` or an `Option`. Its members are not
 * what it means, so they would be sent, or left out, without a word.
 */
const kindOf = (value: object): string | undefined => {
  if (Array.isArray(value)) return undefined
  const prototype: object | null = Object.getPrototypeOf(value)
  if (prototype === Object.prototype || prototype === null) return undefined
  // An object of another realm has another `Object.prototype`.
  if (Object.hasOwn(prototype, "isPrototypeOf")) return undefined
  const kind = Object.prototype.toString.call(value).slice("[object ".length, -1)
  if (kind !== "Object") return kind
  const name = typeof prototype.constructor === "function" ? prototype.constructor.name : ""
  // The values of Effect are made without a class, so their constructor is the one of all objects.
  return typeof name === "string" && name !== "" && name !== "Object" ? name : "value of a class"
}

const noText = (value: unknown): Result.Result<string, string> =>
  Result.fail(`A ${typeof value} that has no text form.`)

/** The digits of a number, where they are sure to be those that were meant. */
const digitsOf = (value: number): Result.Result<string, string> => {
  if (!Number.isFinite(value)) return noText(value)
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    return Result.fail("An integer beyond 2^53 is rounded when it is a number: use a string or a bigint.")
  }
  const text = String(value)
  return text.includes("e")
    ? Result.fail(`A number whose text is ${text} may not be read as one: use a string with its digits.`)
    : Result.succeed(text)
}

/** The text of a value, or why it has none. */
const textOf = (value: unknown): Result.Result<string, string> => {
  switch (typeof value) {
    case "string":
      // A lone surrogate has no form in UTF-8, so neither the signature nor the address could hold it.
      return Result.succeed(value.toWellFormed())
    case "number":
      return digitsOf(value)
    case "boolean":
    case "bigint":
      return Result.succeed(String(value))
    default:
      return noText(value)
  }
}

const byName = (a: Parameter, b: Parameter): number => a.name < b.name ? -1 : a.name > b.name ? 1 : 0

/** The API reads `_` in a name as `.`, and signs it so. */
export const dotted = (name: string): string => name.includes("_") ? name.replaceAll("_", ".") : name

/** The order of the signature: by name, ASCII ascending. */
export const sort = (parameters: Array<Parameter>): ReadonlyArray<Parameter> => parameters.sort(byName)

/** A problem of a value itself. The values around it add the way to it, so that a way is made only where there is a problem. */
const problemOf = (message: string): Problem => ({ path: [], message })

const within = (key: string, { message, path }: Problem): Problem => ({ path: [key, ...path], message })

/** Collects the parameters of one request. Each method returns the first problem that it meets. */
class Flattening {
  readonly parameters: Array<Parameter> = []

  /** `depth` counts the keys in the way to the value. */
  private add(value: unknown, name: string, depth: number): Problem | undefined {
    if (value === undefined || value === null) return undefined
    if (Redacted.isRedacted(value)) return this.add(Redacted.value(value), name, depth)
    if (typeof value === "object") return this.addObject(value, name, depth)
    const text = textOf(value)
    if (Result.isFailure(text)) return problemOf(text.failure)
    // Only a name of the first level can be one of them: every other has a dot.
    if (depth === 1 && common.has(name)) return problemOf(`${name} is set by the client.`)
    this.parameters.push({ name, value: text.success })
    return undefined
  }

  private addObject(value: object, name: string, depth: number): Problem | undefined {
    const kind = kindOf(value)
    if (kind !== undefined) return problemOf(`A ${kind} that has no text form.`)
    if (depth === maxDepth) return problemOf(`Nested deeper than ${maxDepth} levels.`)
    return Array.isArray(value) ? this.addElements(value, name, depth) : this.addMembers(value, `${name}.`, depth)
  }

  private addElements(list: ReadonlyArray<unknown>, name: string, depth: number): Problem | undefined {
    // Without a filter a request means everything, so a filter by nothing must not become one without a filter.
    if (list.length === 0) {
      return problemOf("A list of nothing has no form as parameters. Leave it out to ask without it.")
    }
    // By index, because `keys` leaves out holes.
    for (let index = 0; index < list.length; index++) {
      const before = this.parameters.length
      const problem = this.add(list[index], `${name}.${index}`, depth + 1) ??
        // To skip it would leave a gap in the numbers, and to close the gap would move the elements behind it.
        (this.parameters.length === before
          ? problemOf("An element without a value would be a gap in the list. Leave it out of the list.")
          : undefined)
      if (problem !== undefined) return within(String(index), problem)
    }
    return undefined
  }

  addMembers(value: object, prefix: string, depth: number): Problem | undefined {
    for (const key of Object.keys(value)) {
      const name = prefix + dotted(key).toWellFormed()
      const problem = this.add(value[key as keyof typeof value], name, depth + 1)
      if (problem !== undefined) return within(key, problem)
    }
    return undefined
  }
}

/**
 * The parameters of a request, in order. Members that are `undefined`, `null` or objects without members are left out; elements
 * of a list cannot be, nor can the list. Names are sent with dots only, which also leaves no doubt about their order in the
 * signature.
 */
export const flatten = (request: unknown): Result.Result<ReadonlyArray<Parameter>, Problem> => {
  if (typeof request !== "object" || request === null || Array.isArray(request) || kindOf(request) !== undefined) {
    return Result.fail({ path: [], message: "The request must encode to an object of parameters." })
  }
  const flattening = new Flattening()
  const problem = flattening.addMembers(request, "", 0)
  if (problem !== undefined) return Result.fail(problem)
  const sorted = sort(flattening.parameters)
  for (let i = 1; i < sorted.length; i++) {
    const { name } = sorted[i]!
    if (name === sorted[i - 1]!.name) return Result.fail({ path: [name], message: `Two parameters are named ${name}.` })
  }
  return Result.succeed(sorted)
}

/** Two lists in order as one in order. */
export const merge = (a: ReadonlyArray<Parameter>, b: ReadonlyArray<Parameter>): ReadonlyArray<Parameter> => {
  const merged: Array<Parameter> = []
  let i = 0
  for (const parameter of a) {
    for (let other = b[i]; other !== undefined && other.name < parameter.name; other = b[++i]) merged.push(other)
    merged.push(parameter)
  }
  for (; i < b.length; i++) merged.push(b[i]!)
  return merged
}

/** What `encodeURIComponent` changes, and some more. */
const special = /[^\w.~-]/

const encode = (text: string): string => special.test(text) ? encodeURIComponent(text) : text

/**
 * `name=value&...` as it is signed, raw, and as it is sent, each name and value encoded once: the query of a GET and the body of
 * a POST. Both are one text where nothing has to be encoded, which one look at all names and values tells.
 */
export const texts = (parameters: ReadonlyArray<Parameter>): { readonly raw: string; readonly form: string } => {
  let raw = ""
  let content = ""
  for (const { name, value } of parameters) {
    raw += raw === "" ? `${name}=${value}` : `&${name}=${value}`
    content += name + value
  }
  if (!special.test(content)) return { raw, form: raw }
  let form = ""
  for (const { name, value } of parameters) {
    form += form === "" ? `${encode(name)}=${encode(value)}` : `&${encode(name)}=${encode(value)}`
  }
  return { raw, form }
}
