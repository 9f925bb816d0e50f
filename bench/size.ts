/**
 * What the library adds to a bundle: `node bench/size.ts`. Exits with 1 when a program is over its budget.
 *
 * Rolldown (the bundler of Vite) stands for the bundlers that see through `export * as`. esbuild does not: with it, one name
 * of an entry, ours or Effect's, brings in the whole namespace. Both columns are what a user gets.
 */
import { build, type BuildOptions } from "esbuild"
import { fileURLToPath } from "node:url"
import { gzipSync } from "node:zlib"
import { rolldown } from "rolldown"
import { atMost, cells, isMissed, table } from "./report.ts"

const root = fileURLToPath(new URL("..", import.meta.url))
const source = (path: string) => fileURLToPath(new URL(`../src/${path}`, import.meta.url))
// The longer name first: it begins with the shorter one.
const alias = {
  "effect-tencentcloud/v3/TencentResponse": source("v3/TencentResponse.ts"),
  "effect-tencentcloud/client": source("client/index.ts"),
  "effect-tencentcloud/v3": source("v3/index.ts"),
  "effect-tencentcloud": source("index.ts")
}

interface Program {
  readonly name: string
  readonly budget: { readonly rolldown: number; readonly esbuild: number }
  /** What it may add to an earlier program that does the same without the library. */
  readonly added?: { readonly to: string; readonly budget: number }
  readonly source: string
}

// Gzip, in kB: about a tenth above what was measured when the number was last set.
const programs: ReadonlyArray<Program> = [
  {
    name: "bare Effect",
    budget: { rolldown: 9, esbuild: 35 },
    source: `
      import { Effect } from "effect"
      console.log(Effect.runSync(Effect.succeed(1)))
    `
  },
  {
    name: "Effect and Schema",
    budget: { rolldown: 26, esbuild: 125 },
    source: `
      import { Effect, Schema } from "effect"
      const decode = Schema.decodeUnknownEffect(Schema.Struct({ TotalCount: Schema.Finite }))
      console.log(Effect.runSync(decode({ TotalCount: 1 })))
    `
  },
  {
    name: "one class",
    budget: { rolldown: 28, esbuild: 36 },
    source: `
      import { TencentError } from "effect-tencentcloud"
      console.log(new TencentError.QuotaExceeded({ message: "m" }).code)
    `
  },
  {
    name: "decode of one schema",
    budget: { rolldown: 33, esbuild: 135 },
    source: `
      import { Effect, Schema } from "effect"
      import { TencentResponse } from "effect-tencentcloud"
      const decode = TencentResponse.decode(Schema.Struct({ totalCount: Schema.Finite }))
      console.log(Effect.runSync(decode({ code: 0, message: "", totalCount: 1 })))
    `
  },
  {
    name: "decode of one schema, API 3.0",
    budget: { rolldown: 33, esbuild: 131 },
    added: { to: "Effect and Schema", budget: 9 },
    source: `
      import { Effect, Schema } from "effect"
      import * as TencentResponse from "effect-tencentcloud/v3/TencentResponse"
      const decode = TencentResponse.decode(Schema.Struct({ TotalCount: Schema.Finite }))
      console.log(Effect.runSync(decode({ Response: { TotalCount: 1 } })))
    `
  },
  {
    name: "only retries",
    budget: { rolldown: 20, esbuild: 39 },
    source: `
      import { Effect } from "effect"
      import { TencentRetry } from "effect-tencentcloud"
      console.log(Effect.runSync(Effect.succeed(1).pipe(TencentRetry.retry(TencentRetry.mutating))))
    `
  },
  {
    name: "all of the core",
    budget: { rolldown: 57, esbuild: 60 },
    source: `
      import * as Core from "effect-tencentcloud"
      console.log(Object.values(Core))
    `
  }
]

/** The program as one minified file, made by Rolldown. */
export const withRolldown = async (source: string): Promise<string> => {
  const name = `${root}bundle-entry.ts`
  const bundle = await rolldown({
    input: name,
    cwd: root,
    platform: "neutral",
    external: /^node:/,
    resolve: { alias },
    plugins: [{
      name: "program",
      resolveId: (id) => id === name ? name : undefined,
      load: (id) => id === name ? source : undefined
    }]
  })
  const { output: [chunk] } = await bundle.generate({ format: "esm", minify: true })
  await bundle.close()
  return chunk.code
}

/** The program as one minified file, made by esbuild. */
export const withEsbuild = async (source: string, options: BuildOptions = {}): Promise<string> => {
  const { outputFiles } = await build({
    stdin: { contents: source, resolveDir: root, loader: "ts" },
    alias,
    bundle: true,
    minify: true,
    format: "esm",
    platform: "neutral",
    charset: "utf8",
    logLevel: "error",
    ...options,
    write: false
  })
  return outputFiles[0]!.text
}

const bundlers = { rolldown: withRolldown, esbuild: withEsbuild }

const main = async (): Promise<void> => {
  const rows: Array<ReadonlyArray<string>> = []
  const sizes = new Map<string, number>()
  const check = (name: string, bundler: string, kilobytes: number, budget: number): void => {
    const goal = atMost(budget)
    if (isMissed(goal, kilobytes)) process.exitCode = 1
    rows.push([name, bundler, ...cells(kilobytes, 1, goal)])
  }
  for (const { added, budget, name, source } of programs) {
    for (const bundler of ["rolldown", "esbuild"] as const) {
      // one at a time: the numbers are cheap, and a small machine is not
      // oxlint-disable-next-line no-await-in-loop
      const kilobytes = gzipSync(await bundlers[bundler](source)).length / 1000
      sizes.set(`${name} ${bundler}`, kilobytes)
      check(name, bundler, kilobytes, budget[bundler])
      if (added === undefined) continue
      const before = sizes.get(`${added.to} ${bundler}`)
      if (before === undefined) throw new Error(`${added.to} is no earlier program.`)
      check(`what it adds to ${added.to}`, bundler, kilobytes - before, added.budget)
    }
  }
  console.log(table(["program", "bundler", "kB", "budget"], rows))
}

if (import.meta.main) await main()
