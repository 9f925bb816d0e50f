/**
 * The two files of a module, from its description: the JavaScript with a compact text for each type, and the declarations with an
 * interface for each.
 */
import * as Option from "effect/Option"
import { isReadOnlyName } from "../../src/internal/readOnlyName.ts"
import * as ErrorCode from "../../src/v3/ErrorCode.ts"
import { isId } from "../src/internal/compact.ts"
import { type Action, bases, type Description, type Member, printPages, sorted } from "./description.ts"
import { type Names, namesOf, type Side } from "./names.ts"

// ---------------------------------------------------------------------------------------------------------------------
// Both
// ---------------------------------------------------------------------------------------------------------------------

const isBase = (base: string): boolean => bases.some((known) => known === base)

/** The codes that the action declares beside the common ones, which every action has, by their kinds. */
const codesOf = (
  { errors }: Action,
  { kinds }: Description
): ReadonlyArray<readonly [string, ReadonlyArray<string>]> => {
  const declared = errors.filter((code) => Option.isNone(ErrorCode.fromCode(code)))
  const byKind = Map.groupBy(declared, (code) => {
    const kind = kinds.get(code)
    if (kind === undefined) throw new Error(`${code} has no kind`)
    return kind
  })
  return sorted(byKind, ([kind]) => kind)
}

const header = (name: string): string => `// Made from api/${name}.api by the build.\n`

// ---------------------------------------------------------------------------------------------------------------------
// JavaScript
// ---------------------------------------------------------------------------------------------------------------------

const letters: { readonly [base: string]: string } = {
  string: "",
  int64: ":i",
  uint64: ":u",
  float: ":f",
  bool: ":b",
  binary: ":x",
  datetime: ":t",
  datetime_iso: ":z",
  date: ":d"
}

/** Collects the types that texts refer to, in the order in which they come. */
class References {
  readonly names: Array<string> = []

  text(members: ReadonlyArray<Member>): string {
    return members.map(({ base, list, name, required }) =>
      `${name}${letters[base] ?? `:${this.place(base)}`}${list ? "[]" : ""}${required ? "!" : ""}`
    ).join(",")
  }

  private place(name: string): number {
    const known = this.names.indexOf(name)
    return known >= 0 ? known : this.names.push(name) - 1
  }

  get thunk(): string | undefined {
    return this.names.length === 0 ? undefined : `() => [${this.names.map(typeConstant).join(", ")}]`
  }
}

/** No name of the API has a dollar sign. */
const typeConstant = (name: string): string => `${name}$`

/** A few actions have the numbers of their pages as text. */
const isText = ({ pages, request }: Action): boolean =>
  pages?.style !== "token" && request.some(({ base, name }) => name === pages?.cursor && base === "string")

const isStream = ({ flags }: Action): boolean => flags.includes("sse")

const pagesOption = (action: Action): Array<string> =>
  action.pages === undefined
    ? []
    : [`pages: ${JSON.stringify(printPages(action.pages) + (isText(action) ? " text" : ""))}`]

const optionsOf = (action: Action): string | undefined => {
  const { flags, name } = action
  const clientToken = flags.includes("clientToken")
  const readOnly = flags.includes("readOnly")
  const options = [
    ...(clientToken ? ["clientToken: true"] : []),
    ...(flags.includes("skipSign") ? ["skipSign: true"] : []),
    ...(["multipart", "octetStream"] as const).filter((body) => flags.includes(body)).map((body) => `body: "${body}"`),
    ...(clientToken || readOnly === isReadOnlyName(name) ? [] : [`idempotent: ${readOnly}`]),
    ...(isStream(action) ? ["stream: true"] : []),
    ...pagesOption(action)
  ]
  return options.length === 0 ? undefined : `{ ${options.join(", ")} }`
}

/** Arguments of a call, without those at the end that are not given. */
const argumentsOf = (values: ReadonlyArray<string | undefined>): string => {
  const last = values.findLastIndex((value) => value !== undefined)
  return values.slice(0, last + 1).map((value) => value ?? "undefined").join(", ")
}

const printAction = (action: Action, description: Description): string => {
  const references = new References()
  const request = references.text(action.request)
  const response = references.text(action.response)
  const errors = codesOf(action, description).map(([kind, codes]) => [kind, ...codes].join(" ")).join(";")
  const texts = [action.name, request, response, errors].map((text) => JSON.stringify(text))
  const values = argumentsOf(["at", ...texts, references.thunk, optionsOf(action)])
  return `export const ${action.name} = /*#__PURE__*/ action(${values})\n`
}

/** The JavaScript of a module. */
export const javascript = (name: string, description: Description): string => {
  const { actions, service, types, version } = description
  const lines = types.map((type) => {
    const references = new References()
    const values = argumentsOf([JSON.stringify(references.text(type.members)), references.thunk])
    return `const ${typeConstant(type.name)} = /*#__PURE__*/ type(${values})\n`
  })
  const imports = `import { action${types.length > 0 ? ", type" : ""} } from "../internal/action.js"\n`
  const at = `const at = [${JSON.stringify(service)}, ${JSON.stringify(version)}]\n`
  return [header(name), imports, at, ...lines, ...actions.map((action) => printAction(action, description))].join("")
}

// ---------------------------------------------------------------------------------------------------------------------
// Declarations
// ---------------------------------------------------------------------------------------------------------------------

const scalarOf = ({ base, name, values }: Member): string => {
  if (base === "int64" || base === "uint64") return isId.test(name) ? "number | bigint" : "number"
  if (base === "float") return "number"
  if (base === "bool") return "boolean"
  if (base === "binary") return "Uint8Array"
  return values.length === 0 ? "string" : [...values.map((value) => JSON.stringify(value)), "(string & {})"].join(" | ")
}

const typeOf = (member: Member, side: Side, names: Names): string => {
  const item = isBase(member.base) ? scalarOf(member) : names.of(member.base, side)
  return member.list ? `ReadonlyArray<${item}>` : item
}

const memberLines = (members: ReadonlyArray<Member>, side: Side, names: Names): string =>
  members.map((member) => {
    const type = typeOf(member, side, names)
    const doc = member.disabled ? "  /** @deprecated Disabled. */\n" : ""
    if (side === "response") return `${doc}  readonly ${member.name}?: ${type}\n`
    return member.required && side === "request"
      ? `${doc}  readonly ${member.name}: ${type}\n`
      : `${doc}  readonly ${member.name}?: ${type} | undefined\n`
  }).join("")

const printInterface = (name: string, lines: string): string =>
  lines === "" ? `export interface ${name} {}\n` : `export interface ${name} {\n${lines}}\n`

const statusOf = ({ flags }: Action): string => {
  if (flags.includes("deprecated")) return "/** @deprecated */\n"
  return flags.includes("offline") ? "/** @deprecated Offline. */\n" : ""
}

const printErrors = (action: Action, description: Description): string => {
  const kinds = codesOf(action, description).map(([kind, codes]) =>
    `  ${kind}: ${codes.map((code) => JSON.stringify(code)).join(" | ")}\n`
  )
  const declared = kinds.length === 0 ? "" : `<TencentError.Errors<{\n${kinds.join("")}}>>`
  return `export type ${action.name}Error = TencentError.TencentError${declared}\n`
}

/** The type of the items of a page. */
const itemOf = ({ name, pages, response }: Action, { types }: Description, names: Names): string => {
  const [first, second] = pages!.items.split(".")
  const top = response.find((member) => member.name === first)
  const list = second === undefined
    ? top
    : types.find((type) => type.name === top?.base)?.members.find((member) => member.name === second)
  if (list?.list !== true) throw new Error(`${name} has no list ${pages!.items}`)
  return typeOf({ ...list, list: false }, "response", names)
}

/** What the constant of an action is. */
const actionType = (action: Action, description: Description, names: Names): string => {
  const { name, pages, response } = action
  const common = `${name}Request, ${name}Response, ${name}Error`
  if (isStream(action)) {
    return `TencentAction.StreamAction<${common}, ${response.length === 0 ? "unknown" : `${name}Event`}>`
  }
  if (pages === undefined) return `TencentAction.Action<${common}>`
  const keys = pages.style === "page" ? "never" : JSON.stringify(pages.cursor)
  return `TencentAction.PagedAction<${common}, ${itemOf(action, description, names)}, ${keys}>`
}

const declareAction = (action: Action, description: Description, names: Names): string => {
  const { name } = action
  const request = memberLines(action.request, "request", names)
  const response = memberLines(action.response, "response", names)
  return [
    printInterface(`${name}Request extends Extra`, request),
    printInterface(`${name}Response`, `${response}  readonly RequestId: string\n`),
    isStream(action) && response !== "" ? printInterface(`${name}Event`, response) : "",
    printErrors(action, description),
    statusOf(action),
    `export declare const ${name}: ${actionType(action, description, names)}\n`
  ].join("")
}

/** The declarations of a module. */
export const declarations = (name: string, description: Description): string => {
  const names = namesOf(description)
  return [
    header(name),
    "import type { TencentAction, TencentError } from \"effect-tencentcloud/v3\"\n",
    "import type { Extra } from \"../internal/action.js\"\n",
    ...description.types.flatMap((type) =>
      names.sides(type.name).map((side) =>
        printInterface(names.of(type.name, side), memberLines(type.members, side, names))
      )
    ),
    ...description.actions.map((action) => declareAction(action, description, names))
  ].join("")
}
