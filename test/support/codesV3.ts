/**
 * The codes that the actions of API 3.0 declare, each with its kind, from `fixtures/codes-v3.txt`.
 */
import { readFileSync } from "node:fs"
import { type DeclaredCode, parse } from "../../docs/site/codes3.ts"

export type { DeclaredCode }

export const declaredCodes: ReadonlyArray<DeclaredCode> = parse(
  readFileSync(new URL("../fixtures/codes-v3.txt", import.meta.url), "utf8")
)
