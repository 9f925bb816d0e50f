/**
 * The codes that the actions of API 3.0 declare, and the services: a list that the build makes from the descriptions of
 * `effect-tencentcloud-services`. It is read where a code or a service is not known otherwise.
 */
import { ErrorKind } from "effect-tencentcloud"
import type { TencentError } from "effect-tencentcloud/v3"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import { fileURLToPath } from "node:url"

/** What a code means, and the services that declare it so. */
export interface Declaration {
  readonly kind: TencentError.CodeKind
  readonly services: ReadonlyArray<string>
}

/** All services, and all codes that one of them declares. */
export interface Declared {
  readonly services: ReadonlyArray<string>
  /** More than one declaration where the code has several kinds. */
  readonly codes: ReadonlyMap<string, ReadonlyArray<Declaration>>
}

/** The list: a line with all services, then for each kind and each group of services a line with the codes. */
export const format = (
  services: ReadonlyArray<string>,
  lines: Iterable<Declaration & { readonly codes: Iterable<string> }>
): string =>
  [
    services.join(" "),
    ...Array.from(lines, ({ codes, kind, services }) => [kind, services.join(","), ...codes].join(" ")).toSorted()
  ].join("\n")

const isCodeKind = (text: string): text is TencentError.CodeKind => Object.hasOwn(ErrorKind.table, text)

/** Reads the list. */
export const parse = (list: string): Declared => {
  const [services = "", ...lines] = list.split("\n")
  const codes = new Map<string, ReadonlyArray<Declaration>>()
  for (const line of lines) {
    const [kind = "", by = "", ...all] = line.split(" ")
    if (!isCodeKind(kind)) throw new Error(`not a kind: ${kind}`)
    const declaration = { kind, services: by.split(",") }
    for (const code of all) codes.set(code, [...codes.get(code) ?? [], declaration])
  }
  return { services: services.split(" "), codes }
}

/** Beside the built command, also for the sources. */
const file = fileURLToPath(new URL("../dist/declared.txt", import.meta.url))

/** The list that belongs to the command. */
export const declared: Effect.Effect<Declared, never, FileSystem.FileSystem> = FileSystem.FileSystem.use((files) =>
  files.readFileString(file)
).pipe(Effect.map(parse), Effect.orDie)
