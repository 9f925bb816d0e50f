/**
 * Reads the two files in which the vendor publishes one version of a service: `api.json` (actions and types) and `client.go` (the
 * codes of each action), and `models.go` beside it, where it is there (event streams). What it does not understand it refuses, by
 * file and line, so that a new form of the files is noticed and not half read.
 */
import type * as Types from "effect/Types"
import { isReadOnlyName } from "../../src/internal/readOnlyName.ts"
import { type Action, bases, type Description, type Flag, type Member, type Type } from "./description.ts"
import { kindsOf } from "./kinds.ts"
import { pagesOf } from "./pages.ts"

/** A file of the vendor. `name` is for messages. */
export interface Source {
  readonly name: string
  readonly text: string
}

const refuse = ({ name }: Source, line: number, problem: string): never => {
  throw new Error(`${name}:${line}: ${problem}`)
}

// ---------------------------------------------------------------------------------------------------------------------
// api.json
// ---------------------------------------------------------------------------------------------------------------------

type Json = { readonly [key: string]: unknown }

const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value)

/** The place in a JSON text that a path of keys and names leads to. */
class Place {
  readonly source: Source
  private readonly at: number
  constructor(source: Source, at = 0) {
    this.source = source
    this.at = at
  }
  /** The next place where a key or a value is that text. */
  to(text: string): Place {
    const found = this.source.text.indexOf(JSON.stringify(text), this.at)
    return new Place(this.source, found < 0 ? this.at : found)
  }
  refuse(problem: string): never {
    return refuse(this.source, this.source.text.slice(0, this.at).split("\n").length, problem)
  }
}

const objectAt = (value: unknown, place: Place): Json => isObject(value) ? value : place.refuse("an object is expected")

const textAt = (value: unknown, place: Place): string =>
  typeof value === "string" ? value : place.refuse("a text is expected")

const flagAt = (value: unknown, place: Place): boolean =>
  value === undefined || typeof value === "boolean" ? value === true : place.refuse("true or false is expected")

const onlyKeys = (value: Json, known: ReadonlyArray<string>, place: Place): void => {
  for (const key of Object.keys(value)) if (!known.includes(key)) place.to(key).refuse(`not understood: ${key}`)
}

const memberKeys = [
  "disabled",
  "document",
  "example",
  "member",
  "name",
  "output_required",
  "required",
  "type",
  "value_allowed_null"
]

/** The bases that a type of the vendor can have in `member`. */
const basesOf: { readonly [type: string]: ReadonlyArray<string> } = {
  string: ["string"],
  int: ["int64", "uint64"],
  float: ["float"],
  bool: ["bool"],
  binary: ["binary"],
  datetime: ["datetime"],
  datetime_iso: ["datetime_iso"],
  date: ["date"]
}

/** `<li>VALUE: what it means</li>`, in either of the colons that the vendor writes. */
const valuePattern = /^\s*([A-Za-z0-9_.:/+-]+?)\s*[:：]/

/** Documented values, where each item of the lists in a text begins with one. */
const valuesOf = (document: string): ReadonlyArray<string> => {
  const items = [...document.matchAll(/<li>(.*?)<\/li>/gs)].map(([, item]) => valuePattern.exec(item!)?.[1])
  return items.every((item) => item !== undefined) ? [...new Set(items)] : []
}

const readBase = (type: string, base: string, objects: Json, place: Place): void => {
  const isKnown = bases.some((known) => known === base)
  const fits = type === "list"
    ? isKnown || Object.hasOwn(objects, base)
    : type === "object"
    ? Object.hasOwn(objects, base)
    : basesOf[type]?.includes(base) === true
  if (!fits) place.refuse(`not understood: the type ${type} of ${base}`)
}

const readMember = (value: unknown, objects: Json, place: Place): Member => {
  const member = objectAt(value, place)
  const name = textAt(member["name"], place)
  const at = place.to(name)
  onlyKeys(member, memberKeys, at)
  if (!/^[A-Za-z]\w*$/.test(name)) at.refuse(`not a name: ${name}`)
  const type = textAt(member["type"], at)
  const base = textAt(member["member"], at)
  readBase(type, base, objects, at)
  const document = textAt(member["document"] ?? "", at)
  return {
    name,
    base,
    list: type === "list",
    required: flagAt(member["required"], at),
    always: flagAt(member["output_required"], at),
    nullable: flagAt(member["value_allowed_null"], at) || document.includes("可能返回 null"),
    disabled: flagAt(member["disabled"], at),
    values: base === "string" ? valuesOf(document) : []
  }
}

const readMembers = (name: string, objects: Json, place: Place): ReadonlyArray<Member> => {
  const at = place.to(name)
  const object = objectAt(objects[name] ?? at.refuse(`there is no object ${name}`), at)
  onlyKeys(object, ["document", "members", "type", "usage"], at)
  const members = object["members"]
  return Array.isArray(members)
    ? members.map((member) => readMember(member, objects, at))
    : at.refuse(`${name} has no list of members`)
}

/** The types that the members of actions reach. */
const readTypes = (roots: ReadonlyArray<Member>, objects: Json, place: Place): Array<Type> => {
  const types = new Map<string, Type>()
  const pending = [...roots]
  for (const { base } of pending) {
    if (bases.some((known) => known === base) || types.has(base)) continue
    const members = readMembers(base, objects, place)
    types.set(base, { name: base, note: undefined, members })
    pending.push(...members)
  }
  return [...types.values()]
}

const statuses: { readonly [status: string]: ReadonlyArray<Flag> } = {
  online: [],
  deprecated: ["deprecated"],
  offline: ["offline"]
}

/** The names that the vendor spells `Describle` are among them. */
const isReadOnly = (name: string): boolean => isReadOnlyName(name) || /^Describle(?![a-z])/.test(name)

// ---------------------------------------------------------------------------------------------------------------------
// client.go
// ---------------------------------------------------------------------------------------------------------------------

interface Method {
  readonly codes: ReadonlyArray<string>
  readonly isOctetStream: boolean
}

const codesFollow = "可能返回的错误码"

/** The methods of a client, with the codes in the comment above each. */
const readMethods = (source: Source): ReadonlyMap<string, Method> => {
  const methods = new Map<string, Types.Mutable<Method>>()
  let codes: Array<string> = []
  let isInCodes = false
  let method: Types.Mutable<Method> | undefined
  for (const [index, line] of source.text.split("\n").entries()) {
    const name = /^func \(c \*Client\) (\w+)\(.*request \*\1Request\)/.exec(line)?.[1]
    if (name !== undefined) methods.set(name, method = { codes, isOctetStream: false })
    if (method !== undefined && line.includes("SendOctetStream(")) method.isOctetStream = true
    if (!line.startsWith("//")) {
      codes = []
      isInCodes = false
    } else if (line.includes(codesFollow)) isInCodes = true
    else if (isInCodes) {
      const code = /^\/\/\s+[A-Z0-9_]+ = "([A-Za-z0-9_.]+)"\s*$/.exec(line)?.[1]
      codes.push(code ?? refuse(source, index + 1, `not a code: ${line}`))
    }
  }
  return methods
}

/** The actions that may return an event stream. */
const readStreams = (source: Source | undefined): ReadonlySet<string> =>
  new Set(
    [...source?.text.matchAll(/type (\w+)Response struct \{\s+tchttp\.BaseSSEResponse\b/g) ?? []].map(([, name]) =>
      name!
    )
  )

// ---------------------------------------------------------------------------------------------------------------------
// Both
// ---------------------------------------------------------------------------------------------------------------------

/** The files of one version of a service. */
export interface Sources {
  readonly service: string
  readonly api: Source
  readonly client: Source
  readonly models: Source | undefined
}

const parse = (source: Source): unknown => {
  try {
    return JSON.parse(source.text)
  } catch (error) {
    return refuse(source, 1, `not JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** The vendor says in words which actions take no signature. */
const isUnsigned = /Authorization[^。\n]*\bSKIP\b/

const actionFlags = (
  { document, isStream, name, request }: {
    readonly name: string
    readonly document: string
    readonly request: ReadonlyArray<Member>
    readonly isStream: boolean
  },
  method: Method
): Array<Flag> => [
  ...(isReadOnly(name) ? ["readOnly" as const] : []),
  ...(request.some((member) => member.name === "ClientToken") ? ["clientToken" as const] : []),
  ...(request.some((member) => member.name === "DryRun") ? ["dryRun" as const] : []),
  ...(isStream ? ["sse" as const] : []),
  ...(request.some((member) => member.base === "binary") ? ["multipart" as const] : []),
  ...(method.isOctetStream ? ["octetStream" as const] : []),
  ...(isUnsigned.test(document) ? ["skipSign" as const] : [])
]

/** The description of one version of a service. Throws with the file and the line of what is not understood. */
export const describe = ({ api, client, models, service }: Sources): Description => {
  const top = new Place(api)
  const root = objectAt(parse(api), top)
  onlyKeys(root, ["actions", "metadata", "objects", "version"], top)
  const objects = objectAt(root["objects"], top)
  const inObjects = top.to("objects")
  const version = textAt(objectAt(root["metadata"], top)["apiVersion"], top.to("metadata"))
  const methods = readMethods(client)
  const streams = readStreams(models)

  const actions = Object.entries(objectAt(root["actions"], top)).map(([name, value]): Omit<Action, "pages"> => {
    const at = top.to("actions").to(name)
    const action = objectAt(value, at)
    onlyKeys(action, ["document", "input", "name", "output", "status"], at)
    const method = methods.get(name) ?? at.refuse(`${client.name} has no ${name}`)
    const status = action["status"] === undefined ? ["unset" as const] : statuses[textAt(action["status"], at)]
    const document = textAt(action["document"] ?? "", at)
    const request = readMembers(textAt(action["input"], at), objects, inObjects)
    const response = readMembers(textAt(action["output"], at), objects, inObjects)
    return {
      name,
      note: undefined,
      flags: [
        ...actionFlags({ name, document, request, isStream: streams.has(name) }, method),
        ...status ?? at.to("status").refuse(`not a status: ${String(action["status"])}`)
      ],
      request,
      response: response.filter((member) => member.name !== "RequestId"),
      errors: [...new Set(method.codes)].sort()
    }
  })
  const types = readTypes(actions.flatMap(({ request, response }) => [...request, ...response]), objects, inObjects)
  const byName = new Map(types.map((type) => [type.name, type]))
  return {
    service,
    version,
    kinds: kindsOf(actions.flatMap(({ errors }) => errors)),
    actions: actions.map((action) => ({ ...action, pages: pagesOf(action, byName) })),
    types
  }
}
