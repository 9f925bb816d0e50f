/**
 * The failure of a value that is not the body of a response. Often it is what the body came in.
 */
import { isObject } from "effect/Predicate"
import type { MalformedResponse } from "../Failure.ts"
import type { CallContext } from "./failure.ts"
import { unreadable } from "./malformed.ts"

const isFunction = (object: object, key: string): boolean => key in object && typeof object[key as never] === "function"

const hintOf = (raw: unknown): string => {
  if (typeof raw === "string") return /^\s*[{[<]/.test(raw) ? " It is a text: `decodeText` reads it." : ""
  if (!isObject(raw)) return ""
  if (isFunction(raw, "then")) return " It is a promise: await it first."
  if (isFunction(raw, "arrayBuffer") && "headers" in raw) return " It is a Response of fetch: `fromWeb` reads it."
  return "data" in raw && "status" in raw && "headers" in raw
    ? " It is what an HTTP client returns: its `data` is the body."
    : ""
}

/** `message` says what is missing. */
export const notABody = (message: string, raw: unknown, context: CallContext): MalformedResponse =>
  unreadable(`${message}${hintOf(raw)}`, context, { body: raw })
