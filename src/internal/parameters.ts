/**
 * The encoded payload of an action as the flat parameters of API 2.0: `{ ids: ["a"] }` is `ids.0=a`, `{ filter: { name } }` is
 * `filter.name=...`. All values are text on the wire.
 */
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"

/** Parameters that the client sets. A payload must not set them, or it would be another request than the one asked for. */
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

/** What is wrong with a payload, and where. */
export interface Problem {
  readonly path: ReadonlyArray<string>
  readonly message: string
}

export type Parameters = { [name: string]: string }

// A null prototype, so that a parameter of any name is just a parameter.
export const empty = (): Parameters => Object.create(null)

// They have no form in UTF-8, so neither the signature nor the address could hold them.
const loneSurrogates = /\p{Surrogate}/gu

const wellFormed = (text: string): string => text.replace(loneSurrogates, "\ufffd")

/** `Object`, `Array`, or the name of something that is more than its members, such as `Date` or `Map`. */
const kindOf = (value: object): string => Object.prototype.toString.call(value).slice("[object ".length, -1)

const text = (value: unknown): string | undefined => {
  switch (typeof value) {
    case "string":
      return wellFormed(value)
    case "number":
      return Number.isFinite(value) ? String(value) : undefined
    case "boolean":
    case "bigint":
      return String(value)
    default:
      return undefined
  }
}

/**
 * Adds the parameters of `payload` to `into`. `undefined` and `null` are left out. The API reads `_` in a name as `.`, so
 * names are sent with dots only, which also leaves no doubt about their order in the signature.
 */
export const flatten = (payload: unknown, into: Parameters): Result.Result<Parameters, Problem> => {
  const add = (value: unknown, path: ReadonlyArray<string>): Problem | undefined => {
    if (value === undefined || value === null) return undefined
    if (typeof value === "object") {
      if (Redacted.isRedacted(value)) return add(Redacted.value(value), path)
      const kind = kindOf(value)
      // Its members are not what it says: a date would be left out without a word.
      if (kind !== "Object" && kind !== "Array") return { path, message: `A ${kind} that has no text form.` }
      if (path.length === maxDepth) return { path, message: `Nested deeper than ${maxDepth} levels.` }
      for (const [key, member] of Object.entries(value)) {
        const problem = add(member, [...path, key])
        if (problem !== undefined) return problem
      }
      return undefined
    }
    const name = wellFormed(path.join(".").replaceAll("_", "."))
    const encoded = text(value)
    if (encoded === undefined) return { path, message: `A ${typeof value} that has no text form.` }
    if (common.has(name)) return { path, message: `${name} is set by the client.` }
    if (Object.hasOwn(into, name)) return { path, message: `Two parameters are named ${name}.` }
    into[name] = encoded
    return undefined
  }
  if (typeof payload !== "object" || payload === null || Array.isArray(payload)) {
    return Result.fail({ path: [], message: "The payload must encode to an object of parameters." })
  }
  const problem = add(payload, [])
  return problem === undefined ? Result.succeed(into) : Result.fail(problem)
}

/** `name=value&...`, each encoded once. It is the query of a GET and the body of a POST. */
export const encode = (parameters: Parameters): string => {
  let out = ""
  for (const name in parameters) {
    out += `${out === "" ? "" : "&"}${encodeURIComponent(name)}=${encodeURIComponent(parameters[name] ?? "")}`
  }
  return out
}
