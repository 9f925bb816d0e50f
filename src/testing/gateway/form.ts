/**
 * The parameters of a request: the query of a GET, the body of a POST.
 */
import * as Result from "effect/Result"

/** As `max_input_vars` of PHP, which the API is written in. */
export const maxParameters = 1000

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

export const parse = (text: string): Result.Result<Form, string> => {
  if (hasTooMany(text)) return Result.fail(`More than ${maxParameters} parameters.`)
  const sent: { [name: string]: string } = Object.create(null)
  const values = new Map<string, string>()
  // `URLSearchParams` drops a leading question mark, which is part of a name here.
  for (const [name, value] of new URLSearchParams(text.replace(/^\?/, "%3F"))) {
    const read = name.replaceAll("_", ".")
    if (values.has(read)) return Result.fail(`The parameter ${read.slice(0, 64)} is given more than once.`)
    sent[name] = value
    values.set(read, value)
  }
  return Result.succeed({ sent, values })
}
