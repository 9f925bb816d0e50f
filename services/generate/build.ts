/**
 * Builds the package from `src` and `api`:
 *
 *     node generate/build.ts              all of it
 *     node generate/build.ts --if-stale   only where something has changed since the last build
 */
import { buildSync } from "esbuild"
import { spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import { load, names, root } from "./files.ts"
import { declarations, javascript } from "./module.ts"

const dist = join(root, "dist")
const stamp = join(dist, ".digest")

/** What the build reads: besides the package itself, what the core says of names and common codes. */
const inputs = [
  "api/*.api",
  "src/**/*.ts",
  "generate/*.ts",
  "tsconfig.build.json",
  "../tsconfig*.json",
  "../src/v3/ErrorCode.ts",
  "../src/internal/readOnlyName.ts"
]

const digest = (): string => {
  const hash = createHash("sha256")
  for (const file of globSync(inputs, { cwd: root }).sort()) hash.update(file).update(readFileSync(join(root, file)))
  return hash.digest("hex")
}

/** One file for each entry: a program that imports a service waits for every file. */
const bundle = (): void => {
  buildSync({
    entryPoints: [join(root, "src", "index.ts"), join(root, "src", "internal", "action.ts")],
    outbase: join(root, "src"),
    outdir: dist,
    bundle: true,
    packages: "external",
    format: "esm",
    platform: "neutral",
    target: "es2022",
    // Names stay, for whoever looks into an action.
    minifyWhitespace: true,
    minifySyntax: true,
    // Without the paths, by which the sources find each other.
    tsconfigRaw: {},
    logLevel: "error"
  })
}

/** Says what the sources declare. They are checked with all others, and here the core need not be built. */
const declare = (): void => {
  const compiler = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin", "tsc")
  const project = join(root, "tsconfig.build.json")
  const { status } = spawnSync(process.execPath, [compiler, "-p", project], { stdio: "inherit" })
  if (status !== 0) throw new Error("the sources of the services package do not compile")
}

const progress = (text: string): void => {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`)
}

const build = (): void => {
  rmSync(dist, { recursive: true, force: true })
  progress("compiling")
  bundle()
  declare()
  mkdirSync(join(dist, "services"), { recursive: true })
  const all = names()
  let done = 0
  for (const name of all) {
    progress(`${++done} of ${all.length} services: ${name}`)
    const description = load(name)
    writeFileSync(join(dist, "services", `${name}.js`), javascript(name, description))
    writeFileSync(join(dist, "services", `${name}.d.ts`), declarations(name, description))
  }
  progress("")
}

const now = digest()
const isStale = !existsSync(stamp) || readFileSync(stamp, "utf8") !== now
if (isStale || !process.argv.includes("--if-stale")) {
  build()
  writeFileSync(stamp, now)
}
