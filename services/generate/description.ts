/**
 * The form of the files in `api/`: the descriptions of one version of a service, to be read and corrected by people.
 *
 * ```text
 * service cvm 2017-03-12
 *
 * kind notFound
 *   InvalidZone.NotFound
 *
 * action DescribeZones readOnly
 *   request Filters Filter[], Limit int64
 *   response TotalCount int64*, ZoneSet Zone[]*
 *   pages ZoneSet TotalCount offset Offset Limit
 *   errors InvalidFilter InvalidZone.NotFound
 *
 * type Filter: Name string!(zone|state), Values string[]!
 * ```
 *
 * - `kind` says what codes mean, for the whole file. Common codes have their own kinds, and are in no list.
 * - A member is its name and its type: a base or the name of a type, `[]` for a list, then `!` (a request must have it), `*` (a
 *   response always has it), `?` (it can be null), `-` (disabled, in the word of the vendor), then the documented values.
 * - `RequestId` of responses is left out: all have it.
 * - `pages` says how an action is read page by page: where its list is, where its total (`.` where there is none), the style, and
 *   the members of the request that move it.
 * - A `#` line above an action or a type says why it was corrected by hand. A new snapshot leaves such an entry alone.
 */

export const bases = [
  "string",
  "int64",
  "uint64",
  "float",
  "bool",
  "binary",
  "datetime",
  "datetime_iso",
  "date"
] as const

/** What an action is, besides its members. */
export const flags = [
  "readOnly",
  "clientToken",
  "dryRun",
  "sse",
  "multipart",
  "octetStream",
  "skipSign",
  "deprecated",
  "offline",
  "unset"
] as const

export type Flag = (typeof flags)[number]

export interface Member {
  readonly name: string
  /** One of {@link bases}, or the name of a type. */
  readonly base: string
  readonly list: boolean
  readonly required: boolean
  readonly always: boolean
  readonly nullable: boolean
  readonly disabled: boolean
  /** Documented values, incomplete and open. */
  readonly values: ReadonlyArray<string>
}

export interface Pages {
  /** `InstanceSet`, or `Data.Items` one level down. */
  readonly items: string
  readonly total: string | undefined
  readonly style: "offset" | "page" | "token"
  /** The member of the request that moves it. */
  readonly cursor: string
  /** The member of the request that says how many items a page has. */
  readonly limit: string | undefined
  /** The member of the response with the next token. */
  readonly next: string | undefined
}

interface Entry {
  readonly name: string
  /** Why it was corrected by hand. */
  readonly note: string | undefined
}

export interface Action extends Entry {
  readonly flags: ReadonlyArray<Flag>
  readonly request: ReadonlyArray<Member>
  readonly response: ReadonlyArray<Member>
  readonly pages: Pages | undefined
  readonly errors: ReadonlyArray<string>
}

export interface Type extends Entry {
  readonly members: ReadonlyArray<Member>
}

export interface Description {
  readonly service: string
  readonly version: string
  /** The kind of each code that is not a common one. */
  readonly kinds: ReadonlyMap<string, string>
  readonly actions: ReadonlyArray<Action>
  readonly types: ReadonlyArray<Type>
}

// ---------------------------------------------------------------------------------------------------------------------
// Writing
// ---------------------------------------------------------------------------------------------------------------------

const compare = (a: string, b: string): number => a < b ? -1 : a > b ? 1 : 0

/** Sorted by code unit, the same on every machine. */
export const sorted = <A>(list: Iterable<A>, by: (item: A) => string): Array<A> =>
  [...list].sort((a, b) => compare(by(a), by(b)))

const printMember = (member: Member): string =>
  [
    `${member.name} ${member.base}`,
    member.list && "[]",
    member.required && "!",
    member.always && "*",
    member.nullable && "?",
    member.disabled && "-",
    member.values.length > 0 && `(${member.values.join("|")})`
  ].filter((part) => part !== false).join("")

const printMembers = (members: ReadonlyArray<Member>): string => members.map(printMember).join(", ")

/** How `pages` is written, in a description and in a module. */
export const printPages = ({ cursor, items, limit, next, style, total }: Pages): string =>
  [items, total ?? ".", style, cursor, limit ?? ".", ...(next === undefined ? [] : [next])].join(" ")

const notes = ({ note }: Entry): Array<string> => note === undefined ? [] : note.split("\n").map((line) => `# ${line}`)

const printAction = (action: Action): Array<string> => [
  ...notes(action),
  ["action", action.name, ...action.flags].join(" "),
  ...(action.request.length === 0 ? [] : [`  request ${printMembers(action.request)}`]),
  ...(action.response.length === 0 ? [] : [`  response ${printMembers(action.response)}`]),
  ...(action.pages === undefined ? [] : [`  pages ${printPages(action.pages)}`]),
  ...(action.errors.length === 0 ? [] : [`  errors ${action.errors.join(" ")}`])
]

/** The text of a file. */
export const print = (description: Description): string => {
  const byKind = Map.groupBy(description.kinds, ([, kind]) => kind)
  const lines = [`service ${description.service} ${description.version}`, ""]
  for (const [kind, codes] of sorted(byKind, ([kind]) => kind)) {
    lines.push(`kind ${kind}`, ...sorted(codes.map(([code]) => `  ${code}`), String), "")
  }
  for (const action of sorted(description.actions, ({ name }) => name)) lines.push(...printAction(action), "")
  for (const type of sorted(description.types, ({ name }) => name)) {
    lines.push(...notes(type), `type ${type.name}: ${printMembers(type.members)}`.trimEnd())
  }
  return `${lines.join("\n").trimEnd()}\n`
}

// ---------------------------------------------------------------------------------------------------------------------
// Reading
// ---------------------------------------------------------------------------------------------------------------------

const memberPattern =
  /^(?<name>[A-Za-z]\w*) (?<base>[A-Za-z]\w*)(?<list>\[\])?(?<marks>!?\*?\??-?)(?:\((?<values>[^()]+)\))?$/

const readMember = (text: string): Member => {
  const { base, list, marks, name, values } = memberPattern.exec(text)?.groups ?? {}
  if (name === undefined || base === undefined || marks === undefined) throw new Error(`not a member: ${text}`)
  return {
    name,
    base,
    list: list !== undefined,
    required: marks.includes("!"),
    always: marks.includes("*"),
    nullable: marks.includes("?"),
    disabled: marks.includes("-"),
    values: values?.split("|") ?? []
  }
}

const readMembers = (text: string): ReadonlyArray<Member> => {
  const members = text === "" ? [] : text.split(", ").map(readMember)
  const names = new Set(members.map(({ name }) => name))
  if (names.size < members.length) throw new Error("two members of one name")
  return members
}

const styles: ReadonlyArray<string> = ["offset", "page", "token"] satisfies ReadonlyArray<Pages["style"]>

const readPages = (text: string): Pages => {
  const [items, total, style, cursor, limit, next, ...rest] = text.split(" ")
  const isKnown = style !== undefined && styles.includes(style) && (style === "token") === (next !== undefined)
  if (items === undefined || cursor === undefined || !isKnown || rest.length > 0) throw new Error(`not pages: ${text}`)
  return {
    items,
    total: total === "." ? undefined : total,
    style: style as Pages["style"],
    cursor,
    limit: limit === "." ? undefined : limit,
    next
  }
}

const readFlag = (text: string): Flag => {
  const flag = flags.find((flag) => flag === text)
  if (flag === undefined) throw new Error(`not a flag: ${text}`)
  return flag
}

/** What a line under `action` adds to it. */
const readDetail = (line: string): Partial<Action> => {
  const [, word, rest] = /^ {2}(\w+) (.+)$/.exec(line) ?? []
  if (word === "request" || word === "response") return { [word]: readMembers(rest!) }
  if (word === "pages") return { pages: readPages(rest!) }
  if (word === "errors") return { errors: rest!.split(" ") }
  throw new Error(`not a line of an action: ${line}`)
}

const nothing = { request: [], response: [], pages: undefined, errors: [] }

/** Reads a file line by line, and keeps what the lines so far have said. */
class Reader {
  service: string | undefined
  version: string | undefined
  readonly kinds = new Map<string, string>()
  readonly actions: Array<Action> = []
  readonly types: Array<Type> = []
  private note: string | undefined
  private section: string | undefined
  private kind = ""

  line(line: string): void {
    if (line.startsWith("  ")) return this.inner(line)
    this.section = undefined
    if (line === "") return
    const [word, ...words] = line.split(" ")
    if (word === "#") {
      this.note = this.note === undefined ? line.slice(2) : `${this.note}\n${line.slice(2)}`
      return
    }
    if (this.service === undefined) {
      if (word !== "service" || words.length !== 2) throw new Error("the first line is: service <name> <version>")
      ;[this.service, this.version] = words
    } else this.entry(word!, words, line)
    this.note = undefined
  }

  private entry(word: string, words: ReadonlyArray<string>, line: string): void {
    const { note } = this
    if (word === "kind" && words.length === 1) this.kind = words[0]!
    else if (word === "action" && words[0] !== undefined) {
      this.actions.push({ name: words[0], note, flags: words.slice(1).map(readFlag), ...nothing })
    } else if (word === "type") {
      const [, name, members] = /^type ([A-Z]\w*):(?: (.*))?$/.exec(line) ?? []
      if (name === undefined) throw new Error(`not a type: ${line}`)
      this.types.push({ name, note, members: readMembers(members ?? "") })
    } else throw new Error(`not understood: ${line}`)
    this.section = word
  }

  private inner(line: string): void {
    if (this.section === "kind") this.kinds.set(line.slice(2), this.kind)
    else if (this.section === "action") this.actions.push({ ...this.actions.pop()!, ...readDetail(line) })
    else throw new Error(`belongs to nothing: ${line}`)
  }
}

/** Names that are used and not there, or there and not used. */
const check = ({ actions, kinds, types }: Description): void => {
  const names = new Set<string>([...bases, ...types.map(({ name }) => name)])
  if (names.size < bases.length + types.length) throw new Error("two types of one name")
  const members = [...types.map(({ members }) => members), ...actions.flatMap((a) => [a.request, a.response])].flat()
  for (const { base, name } of members) {
    if (!names.has(base)) throw new Error(`${name} has the type ${base}: there is none`)
  }
  const declared = new Set(actions.flatMap(({ errors }) => errors))
  for (const code of kinds.keys()) if (!declared.has(code)) throw new Error(`no action declares ${code}`)
}

/** Reads the text of a file. Throws with the line that it does not understand. */
export const read = (text: string, file: string): Description => {
  const reader = new Reader()
  let number = 0
  try {
    for (const line of text.split("\n")) {
      number++
      reader.line(line)
    }
    const { actions, kinds, service, types, version } = reader
    if (service === undefined || version === undefined) throw new Error("it is empty")
    const description = { service, version, kinds, actions, types }
    check(description)
    return description
  } catch (error) {
    throw new Error(`${file}:${number}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
}
