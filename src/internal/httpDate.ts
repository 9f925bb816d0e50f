/**
 * Times in headers. `effect/http` parses them too, but the core does without it.
 */

/** Names in lower case. */
export interface Headers {
  readonly [name: string]: string | undefined
}

// The form of today and the two of old, which RFC 9110 still allows. All of them mean UTC.
const httpDate = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? [\w:\- ]{15,30}$/

const parse = (text: string): number | undefined => {
  if (!httpDate.test(text)) return undefined
  const time = Date.parse(text.endsWith(" GMT") ? text : `${text} GMT`)
  return Number.isNaN(time) ? undefined : time
}

/** The time of the server by its `Date` header, in milliseconds since the epoch. */
export const dateOf = (headers: Headers): number | undefined => parse(headers["date"]?.trim() ?? "")

/** The delay that the `Retry-After` header asks for, in milliseconds. */
export const retryAfterOf = (headers: Headers, now: number): number | undefined => {
  const text = headers["retry-after"]?.trim() ?? ""
  // A time that is beyond numbers is one that does not come.
  if (/^\d+$/.test(text)) return Math.min(Number(text) * 1000, Number.MAX_SAFE_INTEGER)
  const time = parse(text)
  // A date is one of the server's clock, and ours may be wrong.
  return time === undefined ? undefined : Math.max(0, time - (dateOf(headers) ?? now))
}
