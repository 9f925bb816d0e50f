/**
 * The tarball as a user gets it: what is in it, what it exports, and that strict programs (in `samples`) compile against its
 * declarations with every supported compiler, and run.
 */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { build } from "esbuild"
import { execFile } from "node:child_process"
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, isAbsolute, join, posix } from "node:path"
import { fileURLToPath } from "node:url"
import { createContext, runInContext } from "node:vm"
import { rolldown } from "rolldown"

const root = fileURLToPath(new URL("../..", import.meta.url))

const seconds = 1000

interface Run {
  readonly status: number
  readonly output: string
}

const run = (file: string, args: ReadonlyArray<string>, cwd: string): Promise<Run> =>
  new Promise((resolve) => {
    execFile(file, args, { cwd, encoding: "utf8", timeout: 120 * seconds }, (error, stdout, stderr) => {
      const status = error === null ? 0 : typeof error.code === "number" ? error.code : 1
      resolve({ status, output: `${stdout}${stderr}`.trim() })
    })
  })

const compilers = [
  ["TypeScript 5", "node_modules/typescript-5/bin/tsc"],
  ["TypeScript 6", "node_modules/typescript-6/bin/tsc"],
  ["TypeScript 7", "node_modules/typescript/bin/tsc"]
] as const

let temporary: string
let tarball: string
let project: string
let installed: string
/** The oldest Node that the package is for. */
let oldestNode: string

beforeAll(async () => {
  temporary = mkdtempSync(join(tmpdir(), "effect-tencentcloud-"))
  project = join(temporary, "project")
  installed = join(project, "node_modules/effect-tencentcloud")
  mkdirSync(installed, { recursive: true })

  const pack = await run("npm", ["pack", "--offline", "--no-update-notifier", "--pack-destination", temporary], root)
  assert.strictEqual(pack.status, 0, pack.output)
  const [packed = "", ...others] = readdirSync(temporary).filter((name) => name.endsWith(".tgz"))
  assert.deepStrictEqual(others, [])
  tarball = join(temporary, packed)
  const tar = await run("tar", ["-xzf", tarball, "-C", installed, "--strip-components=1"], temporary)
  assert.strictEqual(tar.status, 0, tar.output)

  // a link, so that the dependencies of Effect are found where they are, and nothing is downloaded
  symlinkSync(join(root, "node_modules/effect"), join(project, "node_modules/effect"), "junction")
  cpSync(join(root, "test/package/samples"), project, { recursive: true })

  const name = `node-${process.platform}-${process.arch}`
  const node = await run(
    "npm",
    ["install", "--no-update-notifier", "--prefix", temporary, `${name}@22.19.0`],
    temporary
  )
  assert.strictEqual(node.status, 0, node.output)
  oldestNode = join(temporary, "node_modules", name, "bin/node")
}, 120 * seconds)

afterAll(() => {
  rmSync(temporary, { recursive: true, force: true })
}, 60 * seconds)

const files = (): ReadonlyArray<string> =>
  readdirSync(installed, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(installed.length + 1).replaceAll("\\", "/"))
const read = (path: string): string => readFileSync(join(installed, path), "utf8")

describe("the tarball", () => {
  it("has the library, its licence and its papers, and nothing else", () => {
    const outside = files().filter((path) =>
      !/^(dist|src)\/|^docs\/(recipes\/)?[\w.-]+\.md$|^examples\/\w+\.ts$/.test(path)
    )
    assert.sameMembers([...outside], [
      "CHANGELOG.md",
      "LICENSE",
      "README.ko.md",
      "README.md",
      "README.zh.md",
      "package.json"
    ])
    assert.deepStrictEqual(files().filter((path) => /\.(test|tst)\.|tsbuildinfo/.test(path)), [])
  })

  it.each(["README.md", "README.ko.md", "README.zh.md"])("has every file that %s links to", (page) => {
    const linked = Array.from(read(page).matchAll(/\]\(((?!https?:)[^)#]+)/g), ([, path = ""]) => path)
    assert.isAbove(linked.length, 5)
    for (const path of linked) assert.include(files(), path)
  })

  it("has what the sources compile to, and nothing left over from an older build", () => {
    const expected = files().filter((path) => path.startsWith("src/")).flatMap((path) =>
      [".js", ".js.map", ".d.ts", ".d.ts.map"].map((ending) => path.replace(/^src\//, "dist/").replace(/\.ts$/, ending))
    )
    assert.isAbove(expected.length, 0)
    assert.sameMembers(files().filter((path) => path.startsWith("dist/")), expected)
  })

  it("names no path of the machine that packed it", () => {
    assert.deepStrictEqual(files().filter((path) => read(path).includes(root) || read(path).includes("file://")), [])
    const declarations = files().filter((path) => path.endsWith(".d.ts"))
    assert.deepStrictEqual(declarations.filter((path) => /(from |import\()"\//.test(read(path))), [])
  })

  it("has source maps that lead to the sources in it", () => {
    const all = new Set(files())
    for (const path of files().filter((path) => path.endsWith(".map"))) {
      const map = JSON.parse(read(path)) as { readonly sourceRoot?: string; readonly sources: ReadonlyArray<string> }
      for (const source of map.sources) {
        const target = posix.join(dirname(path), map.sourceRoot ?? "", source)
        assert.isFalse(isAbsolute(source), `${path}: ${source}`)
        assert.isTrue(all.has(target), `${path}: ${target}`)
      }
    }
  })

  it("has every file that it exports", () => {
    const { exports } = JSON.parse(read("package.json")) as { readonly exports: Record<string, string | null> }
    const targets = Object.values(exports).filter((target) => target !== null && !target.includes("*"))
    assert.includeMembers([...files()], targets.map((target) => target!.slice("./".length)))
  })
})

/** The lines that a sample says it prints. */
const printedBy = (sample: string): string =>
  Array.from(readFileSync(join(project, sample), "utf8").matchAll(/\/\/ => (.*)$/gm), ([, text]) => text).join("\n")

describe("a sample project", () => {
  it.each(compilers)("compiles with %s, for Node and for a bundler", async (_, bin) => {
    const runs = ["nodenext", "bundler"].map((name) =>
      run(process.execPath, [join(root, bin), "-p", `tsconfig.${name}.json`, "--pretty", "false"], project)
    )
    assert.deepStrictEqual(await Promise.all(runs), [{ status: 0, output: "" }, { status: 0, output: "" }])
  }, 120 * seconds)

  // whichever compiler came last wrote the first two; none of them may change what they print
  it.each([
    ["an ES module", "esm/main.ts", "esm/main.js"],
    ["CommonJS from TypeScript", "commonjs/main.ts", "commonjs/main.js"],
    ["CommonJS as it is", "commonjs/plain.js", "commonjs/plain.js"]
  ])("runs as %s, also on the oldest Node", async (_, source, file) => {
    const expected = { status: 0, output: printedBy(source) }
    assert.deepStrictEqual(await run(process.execPath, [file], project), expected)
    assert.deepStrictEqual(await run(oldestNode, [file], project), expected)
  }, 120 * seconds)

  it("runs as one file of a bundler", async () => {
    const file = join(project, "bundler/bundle.js")
    const bundle = await rolldown({ input: join(project, "bundler/main.ts"), platform: "node" })
    await bundle.write({ file, format: "esm" })
    await bundle.close()
    // away from node_modules: all that it needs is in it
    const elsewhere = mkdtempSync(join(tmpdir(), "effect-tencentcloud-"))
    cpSync(file, join(elsewhere, "bundle.mjs"))
    const result = await run(process.execPath, ["bundle.mjs"], elsewhere)
    rmSync(elsewhere, { recursive: true, force: true })
    assert.deepStrictEqual(result, { status: 0, output: printedBy("bundler/main.ts") })
  }, 120 * seconds)

  it("runs in a browser, where nothing of Node is", async () => {
    const { outputFiles: [bundle] } = await build({
      entryPoints: [join(project, "browser/main.ts")],
      bundle: true,
      format: "iife",
      globalName: "sample",
      platform: "browser",
      write: false
    })
    const lines: Array<string> = []
    const console = { log: (...values: ReadonlyArray<unknown>) => lines.push(values.join(" ")) }
    const context = createContext({ console, setTimeout, clearTimeout, TextEncoder, TextDecoder })
    await runInContext(`${bundle!.text}\nsample.done`, context)
    assert.strictEqual(lines.join("\n"), printedBy("browser/main.ts"))
    assert.strictEqual(runInContext("typeof process + typeof Buffer + typeof require", context), "undefined".repeat(3))
  }, 120 * seconds)

  it("cannot reach what is not exported", async () => {
    const inner = [
      "internal/fromFault",
      "internal/fromFault.js",
      "dist/index.js",
      "dist/TencentError.js",
      "src/index.ts"
    ]
    const specifiers = inner.map((path) => `effect-tencentcloud/${path}`)
    const script = `
      for (const specifier of ${JSON.stringify(specifiers)}) {
        console.log(await import(specifier).then(() => "imported", (error) => error.code))
      }
    `
    const { output } = await run(process.execPath, ["--input-type=module", "-e", script], project)
    assert.deepStrictEqual(output.split("\n"), specifiers.map(() => "ERR_PACKAGE_PATH_NOT_EXPORTED"))
  }, 120 * seconds)
})

describe("the command line", () => {
  it("runs by its name where its tarball is installed with those of the library and of the services", async () => {
    const folder = join(temporary, "command-line")
    mkdirSync(folder)
    const npm = ["--no-update-notifier", "--no-audit", "--no-fund"]
    const packages = ["--workspace", "effect-tencentcloud-services", "--workspace", "effect-tencentcloud-cli"]
    const packed = await run("npm", ["pack", ...npm, ...packages, "--pack-destination", folder], root)
    assert.strictEqual(packed.status, 0, packed.output)
    const others = readdirSync(folder).filter((name) => name.endsWith(".tgz")).map((name) => join(folder, name))
    assert.lengthOf(others, 2)
    const installed = await run("npm", ["install", ...npm, "--prefix", folder, tarball, ...others], folder)
    assert.strictEqual(installed.status, 0, installed.output)

    const explained = await run("npx", ["--no-install", "effect-tencentcloud-cli", "explain", "4500"], folder)
    assert.strictEqual(explained.status, 0, explained.output)
    assert.match(explained.output, /^4500 ReplayAttack/m)

    // npx takes the Node that it finds, so the oldest supported one is asked by itself
    const bin = join(folder, "node_modules/effect-tencentcloud-cli/dist/main.js")
    const unsigned = await run(oldestNode, [bin, "call", "cvm", "DescribeZones", "--lang", "en"], folder)
    assert.strictEqual(unsigned.status, 1, unsigned.output)
    assert.match(unsigned.output, /^CredentialsUnavailable/m)
  }, 120 * seconds)
})
