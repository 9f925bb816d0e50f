/**
 * The names of the interfaces of a module.
 *
 * - An interface has the name that its type has in the API, with `Type` at its end where that is also the name of an action, of a
 *   request, a response, an event or an error of one, of something that programs have in scope, or of an earlier type but for letter case.
 * - A type that requests and responses share, of which a request requires a member, has two: `Placement` is what a response has,
 *   and `PlacementInRequest` what a request needs.
 */
import { type Action, bases, type Description, type Member, type Type } from "./description.ts"

/** Names that a program has in scope: of the language, of its types, of browsers, of Node, of Effect and of this library. */
const inScope: ReadonlySet<string> = new Set(
  `Action Array ArrayBuffer Attr Awaited BigInt Blob Boolean Buffer Cache Capitalize Cause Chunk Clock Comment Config Console
  Context Crypto Cron Data DataView Date DateTime Deferred Document Duration Effect Either Element Encoding Equal Error Event Exclude
  Exit Extra Extract Failure Fiber File FormData Function Hash Headers History Image Infinity InstanceType Intl Iterator JSON Layer
  List Location Logger Map Match Math Metric Module NaN Navigator Node NonNullable Notification Number Object Omit Option Order
  Parameters Partial Performance Pick Plugin Predicate Process Promise Proxy Queue Random Range Readonly ReadonlyArray ReadonlyMap
  ReadonlySet Record Redacted Ref Reflect RegExp Request Required Response Result ReturnType Schedule Schema Scope Screen Selection
  Set Storage Stream String Struct Symbol TencentAction TencentError Text Trie Uncapitalize URL WeakMap WeakSet Window Worker`
    .split(/\s+/)
)

export interface Names {
  /** The interface of a type in a response, or in a request. */
  readonly of: (type: string, side: Side) => string
  /** The interfaces of a type: one, or one for each side. */
  readonly sides: (type: string) => ReadonlyArray<Side>
}

export type Side = "request" | "response" | "both"

const referred = (members: ReadonlyArray<Member>): Array<string> =>
  members.map(({ base }) => base).filter((base) => !bases.some((known) => known === base))

/** The types that some members reach. */
const reach = (roots: ReadonlyArray<Member>, types: ReadonlyMap<string, Type>): ReadonlySet<string> => {
  const found = new Set(referred(roots))
  // A set can grow while it is walked.
  for (const name of found) for (const next of referred(types.get(name)!.members)) found.add(next)
  return found
}

const actionNames = ({ flags, name }: Action): Array<string> => [
  name,
  `${name}Request`,
  `${name}Response`,
  `${name}Error`,
  ...(flags.includes("sse") ? [`${name}Event`] : [])
]

/** Types whose requests require a member, themselves or inside. */
const demanding = (types: ReadonlyMap<string, Type>): ReadonlySet<string> =>
  new Set(
    [...types.values()].filter(({ members, name }) =>
      [name, ...reach(members, types)].some((inner) => types.get(inner)!.members.some(({ required }) => required))
    ).map(({ name }) => name)
  )

/** Throws where two names are alike, whatever the case of their letters. */
export const namesOf = ({ actions, service, types }: Description): Names => {
  const byName = new Map(types.map((type) => [type.name, type]))
  const inRequests = reach(actions.flatMap(({ request }) => request), byName)
  const inResponses = reach(actions.flatMap(({ response }) => response), byName)
  const demands = demanding(byName)
  const taken = new Set(actions.flatMap(actionNames).map((name) => name.toLowerCase()))
  const plain = new Map<string, string>()
  const seen = new Set(taken)
  for (const { name } of types) {
    plain.set(name, inScope.has(name) || seen.has(name.toLowerCase()) ? `${name}Type` : name)
    seen.add(name.toLowerCase())
  }
  const sides = (type: string): ReadonlyArray<Side> => {
    if (!inRequests.has(type)) return ["response"]
    if (!inResponses.has(type)) return ["request"]
    return demands.has(type) ? ["response", "request"] : ["both"]
  }
  const nameOf = (type: string, side: Side): string =>
    plain.get(type)! + (side === "request" && sides(type).length === 2 ? "InRequest" : "")
  const all = types.flatMap(({ name }) => sides(name).map((side) => nameOf(name, side)))
  for (const name of all) {
    if (taken.has(name.toLowerCase())) throw new Error(`${service}: two interfaces would have the name ${name}`)
    taken.add(name.toLowerCase())
  }
  return { of: nameOf, sides }
}
