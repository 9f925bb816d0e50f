/**
 * What a response of HTTP can have. A test that asks for something else is refused where it says so: sent, it would be another
 * response than the one that the test has written.
 */

export const statusIssue = (status: number): string | undefined =>
  Number.isInteger(status) && status >= 200 && status <= 599
    ? undefined
    : `${status} is not the status of a response: it must be an integer from 200 to 599.`

const token = /^[!#$%&'*+.^_`|~\w-]+$/

const visible = /^[\t\x20-\x7e\x80-\xff]*$/

const shown = (text: string): string => JSON.stringify(text.slice(0, 64))

export const headerIssue = (name: string, value: string): string | undefined => {
  if (!token.test(name)) return `${shown(name)} is not the name of a header.`
  return visible.test(value) ? undefined : `The header ${name} cannot have the value ${shown(value)}.`
}

/** The first header that cannot be sent. */
export const headersIssue = (headers: { readonly [name: string]: string }): string | undefined => {
  for (const [name, value] of Object.entries(headers)) {
    const issue = headerIssue(name, value)
    if (issue !== undefined) return issue
  }
  return undefined
}
