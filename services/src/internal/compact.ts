/**
 * The compact text of a type, as the modules of the services have it, and its parser.
 *
 * ```text
 * type   = [ member { "," member } ]
 * member = name [ ":" base ] [ "[]" ] [ "!" ]
 * base   = "i" | "u" | "f" | "b" | "x" | "t" | "z" | "d" | number
 * ```
 *
 * A member without a base is text. `[]` is a list, and `!` a member that a request must have. A number is the place of another
 * type among the references of the module, which are looked up at the first use: a type can refer to itself.
 */

const bases = {
  /** Text of any kind. */
  s: "text",
  /** A date and time, `2026-01-31 12:30:59`. */
  t: "text",
  /** A date and time of ISO 8601. */
  z: "text",
  /** A date, `2026-01-31`. */
  d: "text",
  i: "int64",
  u: "uint64",
  f: "number",
  b: "boolean",
  /** Bytes, which JSON cannot hold. */
  x: "binary"
} as const

/** A base as the text names it. */
export type Base = keyof typeof bases

/** What values a base has. */
export type Form = (typeof bases)[Base]

/** A type as a module declares it. Nothing is built before it is used. */
export interface Type {
  readonly text: string
  readonly references: () => ReadonlyArray<Type>
}

/** A type that a member refers to, or a base. */
export type Item = { readonly base: Base; readonly form: Form } | { readonly type: Type }

export interface Member {
  readonly name: string
  readonly item: Item
  readonly list: boolean
  readonly required: boolean
  /** Whether its name says that it is an id, which can be beyond 2^53. */
  readonly id: boolean
}

const pattern = /^([A-Za-z]\w*)(?::([a-z]|\d+))?(\[\])?(!)?$/

/** The name of a number that is an id. */
export const isId: RegExp = /(?:Id|ID|Ids|IDs|Token)$/

const isBase = (text: string): text is Base => Object.hasOwn(bases, text)

const itemOf = (base: string, type: Type): Item => {
  if (isBase(base)) return { base, form: bases[base] }
  const reference = type.references()[Number(base)]
  if (reference === undefined) throw new SyntaxError(`There is no type ${base}`)
  return { type: reference }
}

/** The members of a type. Throws where the text is not in the grammar. */
export const parse = (type: Type): ReadonlyArray<Member> => {
  if (type.text === "") return []
  return type.text.split(",").map((text) => {
    const [, name, base = "s", list, required] = pattern.exec(text) ?? []
    if (name === undefined) throw new SyntaxError(`Not a member: ${text}`)
    return {
      name,
      item: itemOf(base, type),
      list: list !== undefined,
      required: required !== undefined,
      id: isId.test(name)
    }
  })
}
