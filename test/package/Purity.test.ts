/**
 * The core imports stable parts of Effect only, nothing of Node, and changes nothing global.
 */
import { assert, describe, it } from "@effect/vitest"
import { execFileSync } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"
import { dirname, join, relative } from "node:path"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("../..", import.meta.url))
const entry = join(root, "src/index.ts")

// Modules that are unstable as a whole, whatever their exports say.
const refused = new Set(["Arbitrary", "CircuitBreaker", "ErrorReporter", "ExecutionPlan"])

// ---------------------------------------------------------------------------------------------------------------------
// The import graph
// ---------------------------------------------------------------------------------------------------------------------

interface Import {
  readonly specifier: string
  /** `{ a, type B as C }`, `* as X`, or nothing. */
  readonly clause: string
}

/** A comment becomes a blank: the examples in the doc comments import things too. */
const withoutComments = (source: string): string =>
  source.replace(/\/\*[\s\S]*?\*\//g, " ").replace(/(^|\s)\/\/.*$/gm, "$1")

const importsOf = (code: string): ReadonlyArray<Import> => [
  ...Array.from(
    code.matchAll(/^(?:import|export)\s+(?:type\s+)?([^"';]*?)\s*from\s*["']([^"']+)["']/gm),
    ([, clause = "", specifier = ""]) => ({ clause, specifier })
  ),
  ...Array.from(
    code.matchAll(/(?:^import\s*|\bimport\(\s*)["']([^"']+)["']/gm),
    ([, specifier = ""]) => ({ clause: "", specifier })
  )
]

interface Source {
  readonly path: string
  readonly code: string
  readonly imports: ReadonlyArray<Import>
}

const walk = (file: string, seen = new Map<string, Source>()): ReadonlyMap<string, Source> => {
  if (seen.has(file)) return seen
  const code = withoutComments(readFileSync(file, "utf8"))
  const source = { path: relative(root, file), code, imports: importsOf(code) }
  seen.set(file, source)
  for (const { specifier } of source.imports) {
    if (specifier.startsWith(".")) walk(join(dirname(file), specifier), seen)
  }
  return seen
}

// What reads a response of API 3.0 is not in the entry, and runs wherever the core does.
const sources = [...walk(join(root, "src/v3/TencentResponse.ts"), new Map(walk(entry))).values()]

// ---------------------------------------------------------------------------------------------------------------------
// What is used of Effect
// ---------------------------------------------------------------------------------------------------------------------

interface Names {
  /** Modules of Effect by the name that the file gives them. */
  readonly namespaces: ReadonlyArray<readonly [local: string, module: string]>
  /** Members of a module that are imported by name. */
  readonly members: ReadonlyArray<readonly [module: string, member: string]>
  /** Whatever is neither relative nor a module of Effect. */
  readonly foreign: ReadonlyArray<string>
}

const namesOf = (source: Source): Names => {
  const namespaces: Array<readonly [string, string]> = []
  const members: Array<readonly [string, string]> = []
  const foreign: Array<string> = []
  for (const { clause, specifier } of source.imports) {
    if (specifier.startsWith(".")) continue
    const module = /^effect\/([A-Z]\w*)$/.exec(specifier)?.[1]
    const namespace = /^\*\s*as\s+(\w+)$/.exec(clause)?.[1]
    const named = [...clause.matchAll(/(?:type\s+)?(\w+)(?:\s+as\s+(\w+))?\s*[,}]/g)]
    if (module !== undefined && namespace !== undefined) namespaces.push([namespace, module])
    else if (module !== undefined && named.length > 0) members.push(...named.map((name) => [module, name[1]!] as const))
    else if (specifier === "effect" && named.length > 0) {
      namespaces.push(...named.map((name) => [name[2] ?? name[1]!, name[1]!] as const))
    } else foreign.push(specifier)
  }
  for (const [local, module] of namespaces) {
    for (const [, member] of source.code.matchAll(new RegExp(`(?<![\\w$.])${local}\\.(\\w+)`, "g"))) {
      members.push([module, member!])
    }
  }
  return { namespaces, members, foreign }
}

const effectSource = (module: string): string => {
  const file = join(root, "node_modules/effect/src", `${module}.ts`)
  return existsSync(file) ? readFileSync(file, "utf8") : ""
}

/** The `@stability` of each declaration of an export: a constant and a type may share one name. */
const stabilityOf = (module: string, member: string): ReadonlyArray<string> => {
  const source = effectSource(module)
  const declaration =
    `export (?:declare )?(?:abstract )?(?:const|let|function\\*?|class|interface|type|namespace) ${member}\\b`
  // `export { /** doc */ catch_ as catch }`: a name that is a reserved word is exported from a list
  const listed = `(?:\\w+ as )?${member}(?=,?\\s*(?:}|/\\*\\*|//))`
  return [...source.matchAll(new RegExp(`^(?:${declaration}|\\s+${listed})`, "gm"))].flatMap(({ index }) => {
    const before = source.slice(0, index).trimEnd()
    if (!before.endsWith("*/")) return []
    const stability = /@stability (\w+)/.exec(before.slice(before.lastIndexOf("/**")))?.[1]
    return stability === undefined ? [] : [stability]
  })
}

// ---------------------------------------------------------------------------------------------------------------------

describe("the core", () => {
  it("is more than its entry", () => {
    const paths = sources.map(({ path }) => path.replaceAll("\\", "/"))
    for (
      const name of ["TencentRetry", "v2/TencentError", "v2/TencentResponse", "v3/TencentError", "v3/TencentResponse"]
    ) {
      assert.include(paths, `src/${name}.ts`)
    }
  })

  it("imports modules of Effect and its own files only", () => {
    const foreign = sources.flatMap((source) => namesOf(source).foreign.map((name) => `${source.path}: ${name}`))
    assert.deepStrictEqual(foreign, [])
  })

  it("imports stable modules only", () => {
    const modules = new Set(sources.flatMap((source) => {
      const { members, namespaces } = namesOf(source)
      return [...namespaces.map(([, module]) => module), ...members.map(([module]) => module)]
    }))
    assert.isAbove(modules.size, 0)
    const unstable = [...modules].filter((module) =>
      refused.has(module) || !effectSource(module).includes("@stability stable")
    )
    assert.deepStrictEqual(unstable, [])
  })

  it("uses stable exports only", () => {
    const problems = new Set<string>()
    let checked = 0
    for (const source of sources) {
      for (const [module, member] of namesOf(source).members) {
        const found = stabilityOf(module, member)
        checked += found.length
        if (found.length === 0) problems.add(`${source.path}: ${module}.${member} has no stability`)
        for (const stability of found.filter((stability) => stability !== "stable")) {
          problems.add(`${source.path}: ${module}.${member} is ${stability}`)
        }
      }
    }
    assert.deepStrictEqual([...problems], [])
    assert.isAbove(checked, 0)
  })

  it("leaves the global object as it was", () => {
    const program = `
      const before = new Set(Reflect.ownKeys(globalThis))
      await import(${JSON.stringify(new URL("../../src/index.ts", import.meta.url).href)})
      const now = Reflect.ownKeys(globalThis)
      console.log(JSON.stringify(now.filter((key) => !before.delete(key)).concat(...before).map(String)))
    `
    const output = execFileSync(process.execPath, ["--input-type=module", "-e", program], {
      cwd: root,
      encoding: "utf8"
    })
    assert.deepStrictEqual(JSON.parse(output), [])
  })
})

describe("this check", () => {
  it("tells stable from unstable exports", () => {
    assert.deepStrictEqual(stabilityOf("Effect", "succeed"), ["stable"])
    assert.deepStrictEqual(stabilityOf("Effect", "catch"), ["stable"])
    assert.include(stabilityOf("Effect", "withExecutionPlan"), "unstable")
    assert.deepStrictEqual(stabilityOf("Effect", "noSuchExport"), [])
  })

  it("reads every form of import", () => {
    const code = withoutComments([
      "/** import * as Doc from \"doc\" */",
      "// import \"comment\"",
      "import { Effect, Schedule as S } from \"effect\"",
      "import type * as Schema from \"effect/Schema\"",
      "import {\n  dual,\n  type LazyArg as L\n} from \"effect/Function\"",
      "import \"node:fs\"",
      "export * as HttpClient from \"effect/http/HttpClient\"",
      "const f = () => import(\"left-pad\")",
      "S.recurs(1); other.Effect.die"
    ].join("\n"))
    assert.deepStrictEqual(namesOf({ path: "", code, imports: importsOf(code) }), {
      namespaces: [["Effect", "Effect"], ["S", "Schedule"], ["Schema", "Schema"]],
      members: [["Function", "dual"], ["Function", "LazyArg"], ["Schedule", "recurs"]],
      foreign: ["effect/http/HttpClient", "node:fs", "left-pad"]
    })
  })
})
