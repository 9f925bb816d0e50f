/**
 * Where the files of this package are.
 */
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { type Description, read } from "./description.ts"

export const root: string = fileURLToPath(new URL("..", import.meta.url))

/** The descriptions: `cvm.api` has the main version of `cvm`, `es.2025-01-01.api` another version of `es`. */
export const api: string = join(root, "api")

/** The names of the descriptions without `.api`, which are those of the modules. */
export const names = (): ReadonlyArray<string> =>
  readdirSync(api).filter((file) => file.endsWith(".api")).map((file) => file.slice(0, -".api".length)).sort()

export const load = (name: string): Description => {
  const file = `${name}.api`
  return read(readFileSync(join(api, file), "utf8"), `api/${file}`)
}
