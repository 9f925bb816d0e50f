/**
 * The parameters of a request: the query of a GET, the body of a POST.
 */
import * as Result from "effect/Result"
import type { Incoming } from "../protocol.ts"
import { type Checked, refuse } from "../refusal.ts"

/** As `max_input_vars` of PHP, which the API is written in. */
const maxParameters = 1000

export interface Form {
  /** The parameters as sent, which is how they are signed. Without a prototype. */
  readonly sent: { readonly [name: string]: string }
  /** The parameters as an action reads them: `_` in a name is `.`. */
  readonly values: ReadonlyMap<string, string>
}

/** Counts up to the limit only, before anything is decoded. */
const hasTooMany = (text: string): boolean => {
  let index = -1
  for (let count = 0; count < maxParameters; count++) {
    index = text.indexOf("&", index + 1)
    if (index === -1) return false
  }
  return true
}

const formType = /^application\/x-www-form-urlencoded\s*(?:;|$)/i

export const readForm = ({ headers, method, text }: Incoming): Checked<Form> => {
  const type = headers["content-type"]
  if (method === "POST" && type !== undefined && !formType.test(type)) {
    return refuse("malformedRequest", "The content type must be application/x-www-form-urlencoded")
  }
  if (hasTooMany(text)) return refuse("malformedRequest", `More than ${maxParameters} parameters.`)
  const sent: { [name: string]: string } = Object.create(null)
  const values = new Map<string, string>()
  // `URLSearchParams` drops a leading question mark, which is part of a name here.
  for (const [name, value] of new URLSearchParams(text.replace(/^\?/, "%3F"))) {
    const read = name.replaceAll("_", ".")
    if (values.has(read)) {
      return refuse("malformedRequest", `The parameter ${read.slice(0, 64)} appears more than once.`)
    }
    sent[name] = value
    values.set(read, value)
  }
  return Result.succeed({ sent, values })
}
