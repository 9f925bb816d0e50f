/**
 * The checks fail when they should: each case plants one fault in a copy and looks for it in what the check says. The direction
 * of imports has its own planted faults, in `Layers.test.ts`.
 */
import { afterAll, assert, describe, it } from "@effect/vitest"
import { execFile } from "node:child_process"
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { differences, pages } from "./api/report.ts"

const root = fileURLToPath(new URL("../..", import.meta.url))
const temporary = mkdtempSync(join(tmpdir(), "effect-tencentcloud-"))

afterAll(() => {
  rmSync(temporary, { recursive: true, force: true })
})

interface Files {
  readonly [path: string]: string
}

const write = (folder: string, files: Files): void => {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
}

const copyOf = (files: Files): string => {
  const folder = mkdtempSync(join(temporary, "copy-"))
  write(folder, files)
  return folder
}

/** Runs a tool of the project and returns what it prints, and that it failed or not. */
const run = (tool: string, args: ReadonlyArray<string>, cwd: string): Promise<{ failed: boolean; output: string }> =>
  new Promise((resolve) => {
    execFile(process.execPath, [join(root, "node_modules", tool), ...args], { cwd }, (error, stdout, stderr) => {
      resolve({ failed: error !== null, output: `${stdout}${stderr}` })
    })
  })

// ---------------------------------------------------------------------------------------------------------------------
// The public API
// ---------------------------------------------------------------------------------------------------------------------

const library: Files = {
  "package.json": JSON.stringify({
    name: "library",
    exports: { ".": "./dist/index.js", "./v2": { types: "./dist/v2/index.d.ts", default: "./dist/v2/index.js" } }
  }),
  "dist/index.d.ts": `
    export * as Errors from "./Errors.ts"
    export * as Actions from "./v2/Actions.ts"
  `,
  "dist/Errors.d.ts": `
    import * as Schema from "effect/Schema"
    import * as internal from "./internal/fields.ts"
    declare const Refused_base: Schema.Class<Refused, { readonly code: Schema.Finite }>
    /** A refusal. */
    export declare class Refused extends Refused_base {}
    export declare const fields: internal.Fields
    export { type Reason } from "./internal/fields.ts"
  `,
  "dist/internal/fields.d.ts": `
    export interface Fields { readonly message: string }
    export type Reason = "late" | "early"
    export interface Unused { readonly never: string }
  `,
  "dist/v2/index.d.ts": `export * as Actions from "./Actions.ts"`,
  "dist/v2/Actions.d.ts": `
    import type * as Errors from "../Errors.ts"
    export interface Options { readonly idempotent?: boolean | undefined }
    export declare const make: <const Request>(request: Request, options?: Options) => Errors.Refused
    export declare const path = "/v2"
  `
}

/** A library and the report of it as it was before the changes. */
const changed = (...changes: ReadonlyArray<readonly [path: string, before: string, after: string]>) => {
  const folder = copyOf(library)
  write(join(folder, "api"), Object.fromEntries(pages(folder)))
  for (const [path, before, after] of changes) {
    const text = readFileSync(join(folder, path), "utf8")
    assert.include(text, before)
    writeFileSync(join(folder, path), text.replace(before, after))
  }
  return differences(folder, join(folder, "api"))
}

describe("the check of the public API", () => {
  it("passes when nothing changed", () => {
    assert.deepStrictEqual(changed(), [])
  })

  it("shows the page, the lines before and the lines after", () => {
    assert.deepStrictEqual(changed(["dist/v2/Actions.d.ts", "idempotent?:", "safe?:"]), [
      "v2.api.md",
      "  ...",
      "  ",
      "  ```ts",
      "  export interface Options {",
      "-     readonly idempotent?: boolean | undefined;",
      "+     readonly safe?: boolean | undefined;",
      "  }",
      "  ",
      "  export const make: <const Request>(request: Request, options?: Options) => Errors.Refused;"
    ])
  })

  it.each([
    [
      "a type parameter",
      "dist/v2/Actions.d.ts",
      "<const Request>",
      "<Request>",
      "-",
      "export const make: <const Request>"
    ],
    ["an argument", "dist/v2/Actions.d.ts", "options?: Options", "options: Options", "+", "options: Options) =>"],
    ["a result", "dist/v2/Actions.d.ts", "=> Errors.Refused", "=> string", "+", "=> string;"],
    ["a constant", "dist/v2/Actions.d.ts", "\"/v2\"", "\"/v3\"", "+", "export const path = \"/v3\""],
    [
      "a field of a class",
      "dist/Errors.d.ts",
      "code: Schema.Finite",
      "code: Schema.String",
      "-",
      "code: Schema.Finite"
    ],
    [
      "the module of a type",
      "dist/Errors.d.ts",
      "\"effect/Schema\"",
      "\"other/Schema\"",
      "-",
      "from \"effect/Schema\""
    ],
    [
      "a type that is not exported",
      "dist/internal/fields.d.ts",
      "message: string",
      "text: string",
      "+",
      "text: string"
    ],
    ["a type from an internal file", "dist/internal/fields.d.ts", "| \"early\"", "", "-", "export type Reason ="],
    [
      "a name that is gone",
      "dist/v2/Actions.d.ts",
      "export declare const path = \"/v2\"",
      "",
      "-",
      "export const path"
    ],
    [
      "a name that is new",
      "dist/v2/Actions.d.ts",
      "interface Options",
      "type New = 1; export interface Options",
      "+",
      "New"
    ],
    ["a namespace that is gone", "dist/index.d.ts", "export * as Actions", "import * as Actions", "-", "## Actions"]
  ])("fails on %s", (_, path, before, after, sign, line) => {
    const found = changed([path, before, after])
    assert.isTrue(found.some((text) => text.startsWith(sign) && text.includes(line)), found.join("\n"))
  })

  it("names an entry that has no page, and a page that has no entry", () => {
    const found = changed(["package.json", "./v2\":", "./v3\":"])
    assert.includeMembers([...found], ["v2.api.md is of no entry", "v3.api.md is missing"])
  })

  it.each([
    ["a comment", "dist/Errors.d.ts", "/** A refusal. */", "/** Another text. */"],
    ["the order of a union", "dist/internal/fields.d.ts", "\"late\" | \"early\"", "\"early\" | \"late\""],
    ["an internal type that no one sees", "dist/internal/fields.d.ts", "never: string", "never: number"],
    ["the name of an import", "dist/v2/Actions.d.ts", "import type * as Errors", "import * as Errors"]
  ])("passes when %s changes", (_, path, before, after) => {
    assert.deepStrictEqual(changed([path, before, after]), [])
  })

  it("passes when a declaration moves to another file", () => {
    const options = "export interface Options { readonly idempotent?: boolean | undefined }"
    const found = changed(
      [
        "dist/v2/Actions.d.ts",
        options,
        "export { type Options } from \"../internal/fields.ts\"\nimport { type Options } from \"../internal/fields.ts\""
      ],
      ["dist/internal/fields.d.ts", "export interface Unused", `${options}\nexport interface Unused`]
    )
    assert.deepStrictEqual(found, [])
  })

  it("fails on a change of the real declarations", async () => {
    const folder = copyOf({ "package.json": readFileSync(join(root, "package.json"), "utf8") })
    const options = ["--outDir", join(folder, "dist"), "--emitDeclarationOnly", "--declarationMap", "false"]
    const { output } = await run("typescript/bin/tsc", [
      "-p",
      join(root, "tsconfig.build.json"),
      ...options,
      "--sourceMap",
      "false"
    ], root)
    assert.strictEqual(output, "")
    write(join(folder, "api"), Object.fromEntries(pages(folder)))
    assert.deepStrictEqual(differences(folder, join(folder, "api")), [])

    const file = join(folder, "dist/TencentRetry.d.ts")
    const text = readFileSync(file, "utf8")
    assert.include(text, "readonly idempotent?: boolean")
    writeFileSync(file, text.replace("readonly idempotent?: boolean", "readonly idempotent: boolean"))
    assert.isNotEmpty(differences(folder, join(folder, "api")).filter((line) => /^[+-] .*idempotent/.test(line)))
  })

  it("is part of the checks", () => {
    const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { scripts: Files }
    assert.include(scripts["check"], "npm run check:api")
    assert.include(scripts["check"], "npm run check:lint")
  })
})

// ---------------------------------------------------------------------------------------------------------------------
// The linter
// ---------------------------------------------------------------------------------------------------------------------

/** What the linter says about files under the configuration of the project. */
const lint = (files: Files) => {
  const folder = copyOf({ ...files, ".oxlintrc.json": readFileSync(join(root, ".oxlintrc.json"), "utf8") })
  return run("oxlint/bin/oxlint", ["--deny-warnings"], folder)
}

/** A function of so many lines, the first and the last included. */
const functionOf = (lines: number): string => {
  const body = Array.from({ length: lines - 2 }, (_, index) => `  console.log(${index})\n`)
  return `export const print = (): void => {\n${body.join("")}}\n`
}

/** A function with so many blocks inside each other. */
const nested = (levels: number): string =>
  `export const f = (x: number): void => {\n${"if (x > 0) {\n".repeat(levels)}console.log(x)\n${
    "}\n".repeat(levels)
  }}\n`

describe("the linter", () => {
  it.each([
    [
      "values",
      "import { b } from \"./b.ts\"\nexport const a = () => b",
      "import { a } from \"../a.ts\"\nexport const b = () => a"
    ],
    [
      "types",
      "import type { B } from \"./b.ts\"\nexport type A = B | 1",
      "import type { A } from \"../a.ts\"\nexport interface B { readonly a: A }"
    ],
    [
      "a value and a type",
      "import { b } from \"./b.ts\"\nexport type A = typeof b",
      "import { type A } from \"../a.ts\"\nexport const b = (a: A) => a"
    ]
  ])("refuses a circle of two files through %s", async (_, a, b) => {
    const { failed, output } = await lint({ "src/a.ts": a.replace("./b", "./internal/b"), "src/internal/b.ts": b })
    assert.isTrue(failed)
    assert.include(output, "import(no-cycle)")
    assert.include(output, "src/a.ts")
    assert.include(output, "src/internal/b.ts")
  })

  it("refuses a function of 71 lines in src", async () => {
    const { failed, output } = await lint({ "src/client/long.ts": functionOf(71) })
    assert.isTrue(failed)
    assert.include(output, "max-lines-per-function")
    assert.include(output, "src/client/long.ts")
  })

  it("refuses five levels in src", async () => {
    const { failed, output } = await lint({ "src/deep.ts": nested(5) })
    assert.isTrue(failed)
    assert.include(output, "max-depth")
  })

  it.each([
    ["a function of 70 lines", "src/long.ts", functionOf(70)],
    [
      "comments and blank lines in it",
      "src/long.ts",
      functionOf(70).replace("{\n", "{\n\n  // a comment\n  /* one\n more */\n")
    ],
    ["four levels", "src/deep.ts", nested(4)],
    ["a long function of a test", "test/long.test.ts", functionOf(90)]
  ])("passes %s", async (_, path, source) => {
    assert.deepStrictEqual((await lint({ [path]: source })).failed, false)
  })
})
