/**
 * Made the first files of `api/` from a folder of facts, a JSON file for each version of a service:
 *
 *     node generate/facts.ts <folder>
 *
 * Later snapshots are read by `npm run api`.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { type Action, type Flag, type Member, print, type Type } from "./description.ts"
import { api } from "./files.ts"
import { kindsOf } from "./kinds.ts"
import { pagesOf } from "./pages.ts"

type Fields = { readonly [name: string]: string }
type Values = { readonly [name: string]: ReadonlyArray<string> } | undefined

interface Facts {
  readonly service: string
  readonly version: string
  readonly actions: {
    readonly [name: string]: {
      readonly flags: ReadonlyArray<Flag>
      readonly status?: Flag
      readonly in: Fields
      readonly out: Fields
      readonly inValues?: Values
      readonly outValues?: Values
      readonly errors: ReadonlyArray<string>
    }
  }
  readonly types: { readonly [name: string]: { readonly fields: Fields; readonly values?: Values } }
}

const membersOf = (fields: Fields, values: Values): Array<Member> =>
  Object.entries(fields).map(([name, expression]) => ({
    name,
    base: /^\w+/.exec(expression)![0],
    list: expression.includes("[]"),
    required: expression.includes("!"),
    always: expression.includes("*"),
    nullable: expression.includes("?"),
    disabled: expression.includes("-"),
    values: values?.[name] ?? []
  }))

const describe = ({ actions, service, types, version }: Facts): string => {
  const described: Array<Type> = Object.entries(types).map(([name, { fields, values }]) => ({
    name,
    note: undefined,
    members: membersOf(fields, values)
  }))
  const byName = new Map(described.map((type) => [type.name, type]))
  return print({
    service,
    version,
    kinds: kindsOf(Object.values(actions).flatMap(({ errors }) => errors)),
    actions: Object.entries(actions).map(([name, { errors, flags, in: request, inValues, out, outValues, status }]) => {
      const action: Omit<Action, "pages"> = {
        name,
        note: undefined,
        flags: status === undefined ? flags : [...flags, status],
        request: membersOf(request, inValues),
        response: membersOf(out, outValues),
        errors
      }
      return { ...action, pages: pagesOf(action, byName) }
    }),
    types: described
  })
}

const [folder] = process.argv.slice(2)
if (folder === undefined) throw new Error("usage: node generate/facts.ts <folder>")
for (const name of readdirSync(folder)) {
  const facts = JSON.parse(readFileSync(join(folder, name), "utf8")) as Facts
  writeFileSync(join(api, name.replace(/\.json$/, ".api")), describe(facts))
}
