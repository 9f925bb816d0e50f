/**
 * Writes the list of declared codes and services beside the built command: `node generate/declared.ts`.
 */
import type { TencentError } from "effect-tencentcloud/v3"
import { writeFileSync } from "node:fs"
import { load, names } from "../../services/generate/files.ts"
import { type Declaration, format } from "../src/declared.ts"

type Line = Declaration & { readonly codes: Array<string> }

const descriptions = names().map(load)

/** For each code and kind the services that declare it so. */
const declarations = new Map<string, Set<string>>()
for (const { kinds, service } of descriptions) {
  for (const [code, kind] of kinds) {
    const key = `${code} ${kind}`
    declarations.set(key, (declarations.get(key) ?? new Set()).add(service))
  }
}

/** The codes of each kind and each group of services. */
const lines = new Map<string, Line>()
for (const [key, by] of [...declarations].sort()) {
  const [code = "", kind = ""] = key.split(" ")
  const services = [...by]
  // A description has no other kinds.
  const line = lines.get(`${kind} ${services}`) ?? { kind: kind as TencentError.CodeKind, services, codes: [] }
  line.codes.push(code)
  lines.set(`${kind} ${services}`, line)
}

const services = [...new Set(descriptions.map(({ service }) => service))]
writeFileSync(new URL("../dist/declared.txt", import.meta.url), format(services, lines.values()))
