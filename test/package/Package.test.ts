/**
 * The tarball as a user gets it: what is in it, what it exports, and that a strict program compiles against its
 * declarations with every supported compiler and runs.
 */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { execFile } from "node:child_process"
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, isAbsolute, join, posix } from "node:path"
import { fileURLToPath } from "node:url"
import * as ErrorCode from "../../src/v2/ErrorCode.ts"

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

// ---------------------------------------------------------------------------------------------------------------------
// A consumer
// ---------------------------------------------------------------------------------------------------------------------

const tags = [...ErrorCode.catalogue.map(({ tag }) => tag), "UnknownErrorCode", "MalformedResponse"]

const handlers = (tags: ReadonlyArray<string>): string => tags.map((tag) => `${tag}: (e) => e._tag`).join(", ")

const program = `
import { Effect, Option, Result, Schedule, Schema } from "effect"
import { ErrorCode, TencentError, TencentResponse, TencentRetry } from "effect-tencentcloud"

const Zones = Schema.Struct({ totalCount: Schema.Finite })
const bodies = [{ code: 4400, message: "slow down" }, { code: 0, message: "", totalCount: 3 }]

let attempts = 0
const zones: Effect.Effect<{ readonly totalCount: number }, TencentError.TencentError> = Effect.suspend(() =>
  TencentResponse.decode(Zones)(bodies[attempts++])
)

const policy = TencentRetry.make({ QuotaExceeded: Schedule.recurs(2) })
console.log((await Effect.runPromise(zones.pipe(TencentRetry.retry(policy)))).totalCount, attempts)

const handled: Effect.Effect<{ readonly totalCount: number }, Exclude<TencentError.TencentError, TencentError.QuotaExceeded>> =
  zones.pipe(Effect.catchTag("QuotaExceeded", (error: TencentError.QuotaExceeded) => Effect.succeed({ totalCount: error.code })))
attempts = 0
console.log((await Effect.runPromise(handled)).totalCount)

export const complete = (error: TencentError.TencentError): TencentError.TencentError["_tag"] =>
  TencentError.match(error, { ${handlers(tags)} })

export const incomplete = (error: TencentError.TencentError) =>
  // @ts-expect-error no handler for MalformedResponse
  TencentError.match(error, { ${handlers(tags.slice(0, -1))} })

const result = TencentResponse.decodeResult(Zones)("<html>")
console.log(Result.isFailure(result) ? complete(result.failure) : "no failure")

const code: 6200 = ErrorCode.fromTag("ApiUnavailable").code
console.log(code, Option.isSome(ErrorCode.fromCode(4500)), ErrorCode.catalogue.length)

const category: "Throttling" = new TencentError.QuotaExceeded({ message: "m" }).category
console.log(category, TencentRetry.decide(new TencentError.InternalError({ message: "m" }), { idempotent: false })._tag)
`

const printed = ["3 2", "4400", "MalformedResponse", "6200 true 22", "Throttling Stop"].join("\n")

const compilerOptions = {
  target: "ES2022",
  lib: ["ES2022", "DOM"],
  types: [],
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noUnusedLocals: true,
  verbatimModuleSyntax: true,
  outDir: "out",
  rootDir: ".",
  skipLibCheck: false
}

const resolutions = {
  nodenext: { module: "NodeNext", moduleResolution: "NodeNext" },
  bundler: { module: "ESNext", moduleResolution: "bundler", noEmit: true }
}

const compilers = {
  "TypeScript 5": "node_modules/typescript-5/bin/tsc",
  "TypeScript 6": "node_modules/typescript-6/bin/tsc",
  "TypeScript 7": "node_modules/typescript/bin/tsc"
}

// ---------------------------------------------------------------------------------------------------------------------

let temporary: string
let project: string
let installed: string

beforeAll(async () => {
  temporary = mkdtempSync(join(tmpdir(), "effect-tencentcloud-"))
  project = join(temporary, "project")
  installed = join(project, "node_modules/effect-tencentcloud")
  mkdirSync(installed, { recursive: true })

  const pack = await run("npm", ["pack", "--offline", "--no-update-notifier", "--pack-destination", temporary], root)
  assert.strictEqual(pack.status, 0, pack.output)
  const [tarball, ...others] = readdirSync(temporary).filter((name) => name.endsWith(".tgz"))
  assert.deepStrictEqual(others, [])
  const tar = await run("tar", ["-xzf", join(temporary, tarball!), "-C", installed, "--strip-components=1"], temporary)
  assert.strictEqual(tar.status, 0, tar.output)

  // a link, so that the dependencies of Effect are found where they are, and nothing is downloaded
  symlinkSync(join(root, "node_modules/effect"), join(project, "node_modules/effect"), "junction")
  writeFileSync(join(project, "package.json"), JSON.stringify({ name: "consumer", private: true, type: "module" }))
  writeFileSync(join(project, "main.ts"), program)
  for (const [name, resolution] of Object.entries(resolutions)) {
    const tsconfig = { compilerOptions: { ...compilerOptions, ...resolution }, files: ["main.ts"] }
    writeFileSync(join(project, `tsconfig.${name}.json`), JSON.stringify(tsconfig))
  }
}, 120 * seconds)

afterAll(() => {
  rmSync(temporary, { recursive: true, force: true })
})

const files = (): ReadonlyArray<string> =>
  readdirSync(installed, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(installed.length + 1).replaceAll("\\", "/"))
const read = (path: string): string => readFileSync(join(installed, path), "utf8")

describe("the tarball", () => {
  it("has the library, its licence and its papers, and nothing else", () => {
    const outside = files().filter((path) => !/^(dist|src)\/|^docs\/[\w.-]+\.md$/.test(path))
    assert.sameMembers([...outside], ["CHANGELOG.md", "LICENSE", "README.md", "package.json"])
    assert.deepStrictEqual(files().filter((path) => /\.(test|tst)\.|tsbuildinfo/.test(path)), [])
  })

  it("has every page that the README links to", () => {
    const linked = Array.from(read("README.md").matchAll(/\]\((docs\/[^)#]+)/g), ([, path = ""]) => path)
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

describe("a consumer", () => {
  for (const [compiler, bin] of Object.entries(compilers)) {
    for (const resolution of Object.keys(resolutions)) {
      it(`compiles with ${compiler}, ${resolution}`, async () => {
        const args = [join(root, bin), "-p", `tsconfig.${resolution}.json`, "--pretty", "false"]
        const { output, status } = await run(process.execPath, args, project)
        assert.strictEqual(output, "")
        assert.strictEqual(status, 0)
      }, 120 * seconds)
    }
  }

  it("runs", async () => {
    // whichever compiler came last wrote it; none of them may change what it prints
    assert.deepStrictEqual(await run(process.execPath, ["out/main.js"], project), { status: 0, output: printed })
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
