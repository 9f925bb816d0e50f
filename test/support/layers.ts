/**
 * The one direction of imports in `src`:
 *
 * ```text
 * src/*.ts, internal  <-  client  <-  v2, v3  <-  testing
 *                         client  <-  redis
 * ```
 *
 * `src/index.ts` alone imports upward, and nothing imports it. The `internal` folder of a wing is closed to the others;
 * `src/internal` is open to all. What reads a response in `v2` and `v3` runs in a browser, so it stays clear of the client.
 */
import { posix } from "node:path"
import ts from "typescript-6"

/** What each part may import besides itself. */
const below: Readonly<Record<string, ReadonlyArray<string>>> = {
  core: [],
  client: ["core"],
  v2: ["core", "client"],
  v3: ["core", "client"],
  redis: ["core", "client"],
  testing: ["core", "client", "v2", "v3"],
  entry: ["core", "client", "v2", "v3", "redis", "testing"]
}

/** `src/v2/internal/protocol.ts` is in `v2`. The core is the files of `src` itself and its `internal`. */
const partOf = (path: string): string => {
  if (path === "src/index.ts") return "entry"
  const [, folder = "", ...rest] = path.split("/")
  return rest.length === 0 || folder === "internal" ? "core" : folder
}

const isClosed = (path: string): boolean => partOf(path) !== "core" && path.split("/").includes("internal")

/** `ErrorCode`, `TencentError`, `TencentResponse`, and files that are split from them, such as `ErrorCodeText`. */
const isResponsePart = (path: string): boolean =>
  /^src\/v\d+\/(ErrorCode|TencentError|TencentResponse)\w*\.ts$/.test(path)

interface Import {
  readonly from: string
  readonly to: string
}

/** The imports of files by relative paths, types included, and those of the package by its own name. */
const importsOf = (files: ReadonlyMap<string, string>): ReadonlyArray<Import> =>
  Array.from(files, ([from, source]) =>
    // it looks past comments and strings, and sees `import type`, `export from` and `import()`
    ts.preProcessFile(source, true, true).importedFiles.flatMap(({ fileName }) => {
      if (fileName.startsWith(".")) return [{ from, to: posix.join(posix.dirname(from), fileName) }]
      return /^effect-tencentcloud(\/|$)/.test(fileName) ? [{ from, to: fileName }] : []
    })).flat()

/** The files that read a response: those of the wing, and of its `internal` what they need. */
const responseParts = (files: ReadonlyMap<string, string>, imports: ReadonlyArray<Import>): ReadonlySet<string> => {
  const found = new Set([...files.keys()].filter(isResponsePart))
  for (const path of found) {
    for (const { from, to } of imports) {
      if (from === path && isClosed(to) && partOf(from) === partOf(to)) found.add(to)
    }
  }
  return found
}

/** Every import that goes against the direction, as one line that names both files. `files` are sources by path. */
export const violations = (files: ReadonlyMap<string, string>): ReadonlyArray<string> => {
  const imports = importsOf(files)
  const response = responseParts(files, imports)

  const problemOf = ({ from, to }: Import): string | undefined => {
    const [own, other] = [partOf(from), partOf(to)]
    if (below[own] === undefined) return `src/${own} has no place in the order yet`
    if (!files.has(to)) return "not a file of src"
    if (other === "entry") return "nothing imports the entry"
    if (own !== other && isClosed(to)) return `the internal files of ${other} are closed`
    if (own !== other && !below[own].includes(other)) return `${own} is not above ${other}`
    if (response.has(from) && !response.has(to) && other !== "core") {
      return "what reads a response imports the core only"
    }
    return undefined
  }

  return imports.flatMap((one) => {
    const problem = problemOf(one)
    return problem === undefined ? [] : [`${one.from} imports ${one.to}: ${problem}`]
  })
}
