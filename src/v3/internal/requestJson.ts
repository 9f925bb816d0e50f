/**
 * The encoded request of an action as JSON text. Unlike `JSON.stringify` it sends a `bigint` by its digits, and refuses what has
 * no form of its own: a number that was rounded, a gap in a list, a value of a class.
 */
import { hasProperty } from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import type { Issue } from "../../internal/issues.ts"

type Path = ReadonlyArray<string | number>

/** Deeper than any documented request. A deeper value is a mistake, such as a cycle. */
const maxDepth = 32

/** Thrown and caught in this file: a path is known only where the value is. */
class Unwritable extends Error {
  readonly issue: Issue
  constructor(path: Path, message: string) {
    super(message)
    this.issue = { path, message }
  }
}

const writeNumber = (value: number, path: Path): string => {
  if (!Number.isFinite(value)) throw new Unwritable(path, "A number that has no text form.")
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    throw new Unwritable(path, "An integer beyond 2^53 may have been rounded. Use a bigint.")
  }
  return String(value)
}

/** Whether a value is an object that has members and nothing else. */
export const isPlain = (value: object): boolean => {
  const prototype: object | null = Object.getPrototypeOf(value)
  // An object of another realm has another `Object.prototype`.
  return prototype === null || Object.hasOwn(prototype, "isPrototypeOf")
}

const writeList = (list: ReadonlyArray<unknown>, path: Path): string => {
  const parts: Array<string> = []
  // `map` would pass over the gaps.
  for (let index = 0; index < list.length; index++) {
    const text = write(list[index], [...path, index])
    if (text === undefined) throw new Unwritable([...path, index], "A gap in a list.")
    parts.push(text)
  }
  return `[${parts.join(",")}]`
}

const writeObject = (value: object, path: Path): string => {
  if (!isPlain(value)) throw new Unwritable(path, "A value of a class that has no JSON form.")
  const parts: Array<string> = []
  for (const [key, member] of Object.entries(value)) {
    const text = write(member, [...path, key])
    if (text !== undefined) parts.push(`${JSON.stringify(key.toWellFormed())}:${text}`)
  }
  return `{${parts.join(",")}}`
}

/** `undefined` for a member that is left out. */
const write = (value: unknown, path: Path): string | undefined => {
  if (path.length > maxDepth) throw new Unwritable(path, `Nested deeper than ${maxDepth} levels.`)
  switch (typeof value) {
    case "undefined":
      return undefined
    case "string":
      return JSON.stringify(value.toWellFormed())
    case "number":
      return writeNumber(value, path)
    case "boolean":
    case "bigint":
      return String(value)
    case "object":
      if (value === null) return "null"
      if (Redacted.isRedacted(value)) return write(Redacted.value(value), path)
      return Array.isArray(value) ? writeList(value, path) : writeObject(value, path)
    default:
      throw new Unwritable(path, `A ${typeof value} that has no JSON form.`)
  }
}

/** Whether `JSON.stringify` writes what {@link write} does, but for halves of characters. It costs a fifth of either. */
const isUsual = (value: unknown, depth: number): boolean => {
  switch (typeof value) {
    case "string":
    case "boolean":
      return true
    case "number":
      return Number.isSafeInteger(value) || Number.isFinite(value) && !Number.isInteger(value)
    case "object":
      return value === null || depth < maxDepth && isUsualObject(value, depth + 1)
    default:
      return false
  }
}

const isUsualObject = (value: object, depth: number): boolean => {
  if (Array.isArray(value)) {
    // A class of lists can have its own `toJSON`, and `every` would pass over gaps.
    if (Object.getPrototypeOf(value) !== Array.prototype) return false
    for (let index = 0; index < value.length; index++) if (!isUsual(value[index], depth)) return false
    return true
  }
  if (Object.getPrototypeOf(value) !== Object.prototype) return false
  for (const key in value) {
    const member = value[key as keyof typeof value] as unknown
    if (member !== undefined && !isUsual(member, depth)) return false
  }
  return true
}

const usualText = (request: object): string | undefined => {
  const text = isUsualObject(request, 0) ? JSON.stringify(request) : undefined
  // Half of a character, for which `write` sends another.
  return text?.includes("\\ud") === true ? undefined : text
}

/** The text of a request, or the place of the first value that cannot be sent. */
export const requestJson = (request: unknown): Result.Result<string, Issue> => {
  if (typeof request !== "object" || request === null || Array.isArray(request)) {
    return Result.fail({ path: [], message: "The request must encode to an object." })
  }
  try {
    return Result.succeed(usualText(request) ?? writeObject(request, []))
  } catch (error) {
    if (error instanceof Unwritable) return Result.fail(error.issue)
    throw error
  }
}

/** The `ClientToken` of an encoded request, if it has one. A blank one is none. */
export const clientTokenOf = (request: unknown): string | undefined =>
  hasProperty(request, "ClientToken") && typeof request.ClientToken === "string" && request.ClientToken.trim() !== ""
    ? request.ClientToken
    : undefined
