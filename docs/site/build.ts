/**
 * Builds the site into `dist/` beside this file: `npm run docs`. It installs what the site needs and nothing else does, if that is
 * not there yet, then writes the pages, has TypeDoc write the API reference, has VitePress make the site, and checks its links.
 */
import { spawnSync } from "node:child_process"
import { existsSync, statSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { brokenLinks } from "./links.ts"
import { write } from "./stage.ts"

const docs = fileURLToPath(new URL("..", import.meta.url))
const site = join(docs, "site")

const run = (command: string, ...args: ReadonlyArray<string>): void => {
  const { status } = spawnSync(command, args, { cwd: docs, stdio: "inherit" })
  if (status !== 0) process.exit(status ?? 1)
}

const bin = (name: string): string => join(docs, "node_modules/.bin", name)

const isInstalled = (): boolean => {
  const installed = join(docs, "node_modules/.package-lock.json")
  return existsSync(installed) && statSync(installed).mtimeMs >= statSync(join(docs, "package-lock.json")).mtimeMs
}

if (!isInstalled()) run("npm", "ci", "--no-audit", "--no-fund")
write(join(site, ".pages"))
run(bin("typedoc"), "--options", join(site, "typedoc.json"))
run(bin("vitepress"), "build", site)

const broken = brokenLinks(join(site, "dist"))
for (const line of broken) console.error(line)
if (broken.length > 0) process.exit(1)
