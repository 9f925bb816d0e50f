/**
 * The list of the codes that the actions of API 3.0 declare. A line has a family (`-` for codes without a dot), a kind, and what
 * follows the family in each code.
 */
import * as ErrorKind from "../../src/ErrorKind.ts"
import type { CodeKind } from "../../src/v3/TencentError.ts"

export interface DeclaredCode {
  readonly code: string
  readonly kind: CodeKind
}

const isKind = (text: string): text is CodeKind => Object.hasOwn(ErrorKind.table, text)

/** The codes of a list. A line that begins with `#` is a remark. */
export const parse = (list: string): ReadonlyArray<DeclaredCode> =>
  list.trim().split("\n").filter((line) => !line.startsWith("#")).flatMap((line) => {
    const [, family = "", kind = "", codes = ""] = /^(\S+) (\w+): (.*)$/.exec(line) ?? []
    if (!isKind(kind)) throw new Error(`no line of codes: ${line}`)
    return codes.split(" ").map((code) => ({ code: family === "-" ? code : `${family}.${code}`, kind }))
  })
