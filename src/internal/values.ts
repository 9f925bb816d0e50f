/**
 * Reads the members of a response body, leniently.
 */
import * as text from "./text.ts"

export type JsonObject = { readonly [key: string]: unknown }

/** Own properties only: a key such as `__proto__` or `constructor` in a response is data. */
export const own = (object: JsonObject, key: string): unknown => Object.hasOwn(object, key) ? object[key] : undefined

/** A text, or a number as text. */
export const readLabel = (value: unknown): string | undefined =>
  typeof value === "string" || typeof value === "number" || typeof value === "bigint"
    ? text.label(String(value))
    : undefined

/** `""` for a missing one, the JSON of what is not a text. */
export const readMessage = (value: unknown): string => {
  if (value === undefined || value === null) return ""
  return text.message(typeof value === "string" ? value : JSON.stringify(value) ?? "")
}
