/**
 * The codes that the actions of API 3.0 declare, each with its kind, from `fixtures/codes-v3.txt`.
 */
import { ErrorKind } from "effect-tencentcloud"
import type { TencentError } from "effect-tencentcloud/v3"
import { readFileSync } from "node:fs"

export interface DeclaredCode {
  readonly code: string
  readonly kind: TencentError.CodeKind
}

const isKind = (text: string): text is TencentError.CodeKind => Object.hasOwn(ErrorKind.table, text)

const text = readFileSync(new URL("../fixtures/codes-v3.txt", import.meta.url), "utf8")

export const declaredCodes: ReadonlyArray<DeclaredCode> = text.trim().split("\n").slice(1).flatMap((line) => {
  const [, family = "", kind = "", codes = ""] = /^(\S+) (\w+): (.*)$/.exec(line) ?? []
  if (!isKind(kind)) throw new Error(`no line of codes: ${line}`)
  return codes.split(" ").map((code) => ({ code: family === "-" ? code : `${family}.${code}`, kind }))
})
