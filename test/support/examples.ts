/**
 * Finds the examples in the documentation, type-checks them in one run of the compiler, and runs one of them.
 *
 * An example is a fence of the language `ts` in Markdown or in a doc comment. Without a modifier it is a whole program that
 * is type-checked and run; `ts no-run` is type-checked only; `ts fragment` is for signatures and is not looked at.
 *
 * What an example prints is compared, line by line and in order, with its `// =>` comments, if it has any. An example has
 * to await what it runs: lines that come after its last statement do not count.
 */
import { AsyncLocalStorage } from "node:async_hooks"
import { execFile } from "node:child_process"
import { existsSync, globSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { basename, join, relative } from "node:path"
import { fileURLToPath } from "node:url"
import { format } from "node:util"
import { errorPages } from "../../docs/site/errorPages.ts"
import { handler } from "../../docs/site/playground/handler.ts"
import { read } from "../../docs/site/playground/read.ts"
import { words } from "../../docs/site/playground/words.ts"
import { declaredCodes } from "./codesV3.ts"

const root = fileURLToPath(new URL("../..", import.meta.url))
const directory = fileURLToPath(new URL("../.examples", import.meta.url))

export interface Example {
  /** The file and the line of the opening fence. */
  readonly place: string
  readonly path: string
  /** The line that the code begins on, from 1. */
  readonly line: number
  readonly runs: boolean
  readonly code: string
}

export interface Extraction {
  readonly examples: ReadonlyArray<Example>
  readonly problems: ReadonlyArray<string>
}

// ---------------------------------------------------------------------------------------------------------------------
// Find
// ---------------------------------------------------------------------------------------------------------------------

interface Block {
  readonly line: number
  readonly lines: ReadonlyArray<string>
}

/** The text of each doc comment. Only a comment that opens its line counts: globs in strings look like comments too. */
const docComments = (source: string): ReadonlyArray<Block> => {
  const blocks: Array<Block> = []
  let open: { line: number; lines: Array<string> } | undefined
  for (const [index, line] of source.split("\n").entries()) {
    if (open === undefined) {
      if (/^\s*\/\*\*(?!\/)/.test(line) && !line.includes("*/")) open = { line: index + 2, lines: [] }
    } else if (line.includes("*/")) {
      blocks.push(open)
      open = undefined
    } else {
      open.lines.push(line.replace(/^\s*\* ?/, ""))
    }
  }
  return blocks
}

const modifiers = new Set(["", "no-run", "fragment"])

/** The examples of one file. */
export const extract = (path: string, text: string): Extraction => {
  const source = text.replaceAll("\r\n", "\n")
  const examples: Array<Example> = []
  const problems: Array<string> = []
  for (const block of path.endsWith(".md") ? [{ line: 1, lines: source.split("\n") }] : docComments(source)) {
    let open: { line: number; indent: number; close: RegExp; info: string; lines: Array<string> } | undefined
    for (const [index, line] of block.lines.entries()) {
      if (open === undefined) {
        const fence = /^( *)(`{3,}|~{3,})([^`]*)$/.exec(line)
        if (fence === null) continue
        const [, indent = "", mark = "", info = ""] = fence
        const close = new RegExp(`^ *${mark[0]}{${mark.length},}\\s*$`)
        open = { line: block.line + index, indent: indent.length, close, info: info.trim(), lines: [] }
      } else if (open.close.test(line)) {
        const place = `${path}:${open.line}`
        const [language, ...rest] = open.info.split(/\s+/)
        const modifier = rest.join(" ")
        const code = open.lines.join("\n")
        if (language === "ts" || language === "typescript") {
          if (!modifiers.has(modifier)) {
            problems.push(`${place} has the unknown modifier "${modifier}"`)
          } else if (modifier !== "fragment" && !/^import[\s{*"]/m.test(code)) {
            problems.push(`${place} imports nothing: write a whole program, or mark it "ts fragment"`)
          } else if (modifier !== "fragment") {
            examples.push({ place, path, line: open.line + 1, runs: modifier === "", code })
          }
        }
        open = undefined
      } else {
        open.lines.push(line.replace(new RegExp(`^ {0,${open.indent}}`), ""))
      }
    }
    if (open !== undefined) problems.push(`${path}:${open.line} is not closed`)
  }
  return { examples, problems }
}

/** The programs of the generated pages of the site, in one language: they are the same in the others. */
const ofSite = (): ReadonlyArray<Extraction> =>
  errorPages().filter(({ file }) => !/^(ko|zh)\//.test(file)).map(({ file, text }) => extract(`site/${file}`, text))

/** The programs that the playground writes for bodies whose codes have no page. */
const ofPlayground = (): ReadonlyArray<Example> =>
  [
    `{ "code": 17001, "message": "" }`,
    `{ "code": "A \\"quoted\\" code\\n", "message": "" }`,
    `{ "Response": { "Error": { "Code": "InvalidInstanceId.AlreadyBindEip", "Message": "" } } }`,
    `{ "Response": { "Error": { "Code": "Of.No.List", "Message": "" } } }`,
    `{ "Response": { "Error": { "Code": "InvalidRequest.ReplayAttack", "Message": "" } } }`,
    "<html></html>"
  ].map((body) => {
    const { items: [item] } = read(body, { kindOf: (code) => kinds.get(code) })
    const code = item && handler(item, words.en.remarks)
    return { place: `the playground after ${body}`, path: "playground", line: 1, runs: true, code: code ?? "" }
  })

const kinds = new Map(declaredCodes.map(({ code, kind }) => [code, kind]))

/** The examples of the README, the guides, the sources, and the generated pages of the site. */
export const extractAll = (): Extraction => {
  const places = [
    "README*.md",
    "docs/*.md",
    "docs/recipes/*.md",
    "src/**/*.ts",
    "services/*.md",
    "services/src/**/*.ts"
  ]
  const paths = globSync(places, { cwd: root }).map((path) => path.replaceAll("\\", "/"))
  paths.sort()
  const all = paths.map((path) => extract(path, readFileSync(join(root, path), "utf8")))
  const found = [...all, ...ofSite()]
  return {
    examples: [...found.flatMap((one) => one.examples), ...ofPlayground()],
    problems: found.flatMap((one) => one.problems)
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// Write and type-check
// ---------------------------------------------------------------------------------------------------------------------

const tsconfig = {
  extends: "../../tsconfig.json",
  compilerOptions: {
    // a reader of an example wants to see the type of a value that the example does not use
    noUnusedLocals: false,
    noUnusedParameters: false,
    paths: {
      "effect-tencentcloud": ["../../src/index.ts"],
      "effect-tencentcloud/*": ["../../src/*/index.ts", "../../src/*.ts"]
    }
  },
  include: ["*.ts"],
  exclude: []
}

export const fileOf = (index: number): string => join(directory, `${String(index + 1).padStart(3, "0")}.ts`)

/** Writes one file for each example. An unchanged file stays as it is, or the watch mode of vitest would go in circles. */
export const write = (examples: ReadonlyArray<Example>): void => {
  mkdirSync(directory, { recursive: true })
  const files = new Map(examples.map(({ code, place }, index) => [basename(fileOf(index)), `// ${place}\n${code}\n`]))
  files.set("tsconfig.json", `${JSON.stringify(tsconfig, null, 2)}\n`)
  for (const stale of readdirSync(directory)) {
    if (!files.has(stale)) rmSync(join(directory, stale), { recursive: true })
  }
  for (const [name, text] of files) {
    const file = join(directory, name)
    if (!existsSync(file) || readFileSync(file, "utf8") !== text) writeFileSync(file, text)
  }
}

export interface Diagnostics {
  readonly of: (example: Example) => ReadonlyArray<string>
  /** What the compiler says about anything else: a source file, or its own configuration. */
  readonly elsewhere: ReadonlyArray<string>
}

/** One run of the compiler over all written examples. Positions are those of the documentation. */
export const typeCheck = async (examples: ReadonlyArray<Example>): Promise<Diagnostics> => {
  const tsc = join(root, "node_modules/typescript/bin/tsc")
  const output = await new Promise<string>((resolve) => {
    execFile(
      process.execPath,
      [tsc, "-p", directory, "--pretty", "false"],
      { cwd: directory },
      (error, stdout, stderr) => {
        resolve(error === null ? "" : `${stdout}${stderr}`.trim() || error.message)
      }
    )
  })
  const byFile = new Map(examples.map((example, index) => [basename(fileOf(index)), example]))
  const found = new Map<Example, Array<string>>()
  const elsewhere: Array<string> = []
  let last = elsewhere
  for (const line of output.split("\n").filter((line) => line.trim() !== "")) {
    // the compiler indents what explains the line before
    if (/^\s/.test(line) && last.length > 0) {
      last.push(`${last.pop()}\n${line}`)
      continue
    }
    const [, file = "", row = "", text = ""] = /^([^(]+)\((\d+),\d+\): (.*)$/.exec(line) ?? []
    const example = byFile.get(file)
    if (example === undefined) {
      last = elsewhere
      last.push(file === "" ? line : `${relative(root, join(directory, file))}:${row} ${text}`)
    } else {
      last = found.get(example) ?? []
      found.set(example, last)
      // the file has one line more than the fence, above the code
      last.push(`${example.path}:${example.line + Number(row) - 2} ${text}`)
    }
  }
  return { of: (example) => found.get(example) ?? [], elsewhere }
}

// ---------------------------------------------------------------------------------------------------------------------
// Run and compare
// ---------------------------------------------------------------------------------------------------------------------

const current = new AsyncLocalStorage<Array<string>>()

/** The lines that `run` prints with `console.log`, without those of a program that ran earlier and did not stop. */
export const capture = async (run: () => Promise<unknown>): Promise<ReadonlyArray<string>> => {
  const lines: Array<string> = []
  const log = console.log
  const env = { ...process.env }
  console.log = (...args) => {
    if (current.getStore() === lines) lines.push(...format(...args).split("\n"))
    else log(...args)
  }
  try {
    await current.run(lines, run)
  } finally {
    console.log = log
    for (const key of Object.keys(process.env)) if (!(key in env)) delete process.env[key]
    Object.assign(process.env, env)
  }
  return lines
}

/** What is wrong with the printed lines: the first line that differs from its `// =>`, or nothing. */
export const compare = (example: Example, printed: ReadonlyArray<string>): string | undefined => {
  const expected = example.code.split("\n").flatMap((line, index) => {
    const text = /(?:^|\s)\/\/ =>(.*)$/.exec(line)?.[1]
    return text === undefined ? [] : [{ place: `${example.path}:${example.line + index}`, text: text.trim() }]
  })
  if (expected.length === 0) return undefined
  for (const [index, { place, text }] of expected.entries()) {
    const line = printed[index]
    if (line === undefined) return `${place} expects ${JSON.stringify(text)}, but nothing more was printed`
    if (line.trim() !== text) return `${place} expects ${JSON.stringify(text)}, but ${JSON.stringify(line)} was printed`
  }
  const more = printed.slice(expected.length)
  return more.length === 0 ? undefined : `${example.place} prints more than it says: ${JSON.stringify(more)}`
}
