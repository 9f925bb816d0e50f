/**
 * Puts a later snapshot of a service over its description, and says what has changed.
 */
import { type Action, type Description, type Member, print, sorted, type Type } from "./description.ts"

/** What a person has corrected stays: kinds of codes, and entries with a note. Documented values stay where there are no new ones. */
export const merge = (old: Description | undefined, snapshot: Description): Description => {
  if (old === undefined) return snapshot
  const actions = keepNoted(old.actions, snapshot.actions)
  const types = keepNoted(old.types, snapshot.types)
  const oldTypes = byName(old.types)
  const oldActions = byName(old.actions)
  return {
    ...snapshot,
    kinds: new Map([...snapshot.kinds].map(([code, kind]) => [code, old.kinds.get(code) ?? kind])),
    actions: actions.map((action) => ({
      ...action,
      request: withValues(oldActions.get(action.name)?.request, action.request),
      response: withValues(oldActions.get(action.name)?.response, action.response)
    })),
    types: types.map((type) => ({ ...type, members: withValues(oldTypes.get(type.name)?.members, type.members) }))
  }
}

const byName = <A extends { readonly name: string }>(list: ReadonlyArray<A>): ReadonlyMap<string, A> =>
  new Map(list.map((item) => [item.name, item]))

const keepNoted = <A extends Action | Type>(old: ReadonlyArray<A>, list: ReadonlyArray<A>): ReadonlyArray<A> => {
  const noted = byName(old.filter(({ note }) => note !== undefined))
  return list.map((item) => noted.get(item.name) ?? item)
}

const withValues = (old: ReadonlyArray<Member> | undefined, members: ReadonlyArray<Member>): ReadonlyArray<Member> => {
  const known = byName(old ?? [])
  return members.map((member) =>
    member.values.length > 0 ? member : { ...member, values: known.get(member.name)?.values ?? [] }
  )
}

// ---------------------------------------------------------------------------------------------------------------------
// What has changed
// ---------------------------------------------------------------------------------------------------------------------

type Facts = ReadonlyMap<string, string>

const expression = ({ always, base, disabled, list, nullable, required }: Member): string =>
  `${base}${list ? "[]" : ""}${required ? "!" : ""}${always ? "*" : ""}${nullable ? "?" : ""}${disabled ? "-" : ""}`

const membersOf = (owner: string, members: ReadonlyArray<Member>): Array<readonly [string, string]> =>
  members.map((member) => [`member ${owner}.${member.name}`, expression(member)])

/** All that a description says, one fact for each line that is printed. */
const factsOf = ({ actions, kinds, types }: Description): Facts =>
  new Map([
    ...[...kinds].map(([code, kind]) => [`code ${code}`, kind] as const),
    ...types.flatMap(({ members, name }) => [[`type ${name}`, ""] as const, ...membersOf(name, members)]),
    ...actions.flatMap(({ errors, flags, name, request, response }) => [
      [`action ${name}`, flags.join(" ")] as const,
      ...membersOf(`${name}Request`, request),
      ...membersOf(`${name}Response`, response),
      ...errors.map((code) => [`code ${code} of ${name}`, ""] as const)
    ])
  ])

const line = (sign: string, fact: string, value: string): string => `${sign} ${fact}${value === "" ? "" : ` ${value}`}`

/** What a snapshot changes in a description, a line for each action, member and code. */
export const changes = (old: Description | undefined, next: Description): ReadonlyArray<string> => {
  const before: Facts = old === undefined ? new Map() : factsOf(old)
  const after = factsOf(next)
  const lines = [
    ...[...before].filter(([fact]) => !after.has(fact)).map(([fact, value]) => line("-", fact, value)),
    ...[...after].filter(([fact]) => !before.has(fact)).map(([fact, value]) => line("+", fact, value)),
    ...[...after].flatMap(([fact, value]) => {
      const was = before.get(fact)
      return was === undefined || was === value ? [] : [line("~", fact, `${was || "-"} -> ${value || "-"}`)]
    })
  ]
  const title = `${next.service} ${next.version}`
  const isSame = old !== undefined && lines.length === 0 && print(old) === print(next)
  return isSame
    ? []
    : [
      old === undefined ? `${title}: new` : `${title}:`,
      ...sorted(lines, (line) => line.slice(2)).map((line) => `  ${line}`)
    ]
}
