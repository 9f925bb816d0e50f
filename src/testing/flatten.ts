/** Deeper than the requests of any action. */
const maxDepth = 16

const put = (value: unknown, name: string, depth: number, into: Map<string, string>, max: number): void => {
  if (into.size >= max || value === undefined || value === null) return
  if (typeof value !== "object") {
    into.set(name, String(value))
    return
  }
  if (depth === maxDepth) return
  for (const [key, child] of Object.entries(value)) {
    put(child, name === "" ? key : `${name}.${key}`, depth + 1, into, max)
  }
}

/** The members of a request by the names that they would have in a form, such as `InstanceIds.0`. At most `max`. */
export const flatten = (request: unknown, max = Infinity): ReadonlyMap<string, string> => {
  const members = new Map<string, string>()
  put(request, "", 0, members, max)
  return members
}
