/**
 * Parameters as a form has them: `InstanceIds.0=ins-1`, `Placement.Zone=ap-guangzhou-3`. Forms are flat, requests are not.
 */
import * as Result from "effect/Result"
import { type Checked, fail, shown } from "./refusal.ts"

const maxParameters = 1000

export type Form = ReadonlyMap<string, string>

/** The pairs of a query or of a form, as they are signed. */
export const readForm = (text: string): Checked<Form> => {
  const values = new Map<string, string>()
  // Counted before anything is decoded.
  if (text.split("&", maxParameters + 1).length > maxParameters) {
    return fail("InvalidParameter", `The request has more than ${maxParameters} parameters.`)
  }
  // `URLSearchParams` drops a leading question mark, which is part of a name here.
  for (const [name, value] of new URLSearchParams(text.replace(/^\?/, "%3F"))) {
    if (values.has(name)) return fail("InvalidParameter", `The parameter \`${shown(name)}\` appears more than once.`)
    values.set(name, value)
  }
  return Result.succeed(values)
}

/** Deeper than the requests of any action. */
const maxDepth = 16

interface Branch {
  readonly children: Map<string, Branch | string>
}

/** Puts a value where its name says. Two names that exclude each other, such as `A` and `A.B`, cannot both be put. */
const put = (root: Branch, name: string, value: string): boolean => {
  const path = name.split(".")
  const last = path.pop() ?? ""
  if (path.length >= maxDepth) return false
  let branch = root
  for (const part of path) {
    let child = branch.children.get(part)
    if (typeof child === "string") return false
    if (child === undefined) branch.children.set(part, child = { children: new Map() })
    branch = child
  }
  if (branch.children.has(last)) return false
  branch.children.set(last, value)
  return true
}

const isIndex = (name: string): boolean => /^\d{1,4}$/.test(name)

/** A branch whose names are all numbers is a list, in the order of the numbers. */
const valueOf = ({ children }: Branch): unknown => {
  const entries = Array.from(
    children,
    ([name, child]) => [name, typeof child === "string" ? child : valueOf(child)] as const
  )
  if (entries.length > 0 && entries.every(([name]) => isIndex(name))) {
    return entries.sort(([a], [b]) => Number(a) - Number(b)).map(([, value]) => value)
  }
  const members: { [name: string]: unknown } = Object.create(null)
  for (const [name, value] of entries) members[name] = value
  return members
}

/** The request that a form has. */
export const nested = (form: Form): Checked<{ readonly [name: string]: unknown }> => {
  const members: { [name: string]: unknown } = Object.create(null)
  const root: Branch = { children: new Map() }
  for (const [name, value] of form) {
    if (!put(root, name, value)) {
      return fail("InvalidParameter", `The parameter \`${shown(name)}\` does not fit the others.`)
    }
  }
  for (const [name, child] of root.children) members[name] = typeof child === "string" ? child : valueOf(child)
  return Result.succeed(members)
}
