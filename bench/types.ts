/**
 * What the types cost a program that uses them: how many types the compiler instantiates for one use. Each program is
 * compiled against the declarations of the package, as a user's program is, and compared with one that only imports the
 * same modules. A fixed compiler instantiates the same number every time, so that number has a budget.
 *
 *     node bench/types.ts
 *
 * Exits with 1 when a program is over its budget or does not compile. After an intended change set the budgets to about
 * 15 % above what is printed.
 */
import { spawnSync } from "node:child_process"
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { ErrorCode, v3 } from "./library.ts"
import { atMost, cells, isMissed, table } from "./report.ts"

/** Instantiations beyond those of the imports, and of the declaration of an action where a program begins with one. */
const budgets = {
  "catchTags with 22 tags": 4550,
  "match with 24 tags": 4750,
  "catchAllTags with 24 tags": 6500,
  "catchCategory": 3750,
  "decode and retry": 5600,
  "API 3.0: 170 declared codes": 6600,
  "API 3.0: catchTag on 170 codes": 6700,
  "API 3.0: catchTags with 170 codes": 100000,
  "API 3.0: catchKind and catchFamily on 170 codes": 15300,
  "API 3.0: match with 170 codes": 76200,
  "API 3.0: matchKind on 170 codes": 83000,
  "API 3.0: decode with declared codes": 8650,
  "API 3.0: pages of 12 actions": 1830,
  "API 3.0: declare an action with pages": 8350,
  "services: call RunInstances, catchTag on its 170 codes": 10_000
} as const

// ---------------------------------------------------------------------------------------------------------------------
// Programs
// ---------------------------------------------------------------------------------------------------------------------

const imports = `import { Effect, Schedule, Schema, Stream } from "effect"
import { Failure, TencentError, TencentResponse, TencentRetry } from "effect-tencentcloud"
import { RunInstances } from "effect-tencentcloud-services/cvm"
import { TencentClient } from "effect-tencentcloud/client"
import * as V3 from "effect-tencentcloud/v3"
export const used = [
  Effect, Failure, RunInstances, Schedule, Schema, Stream, TencentClient, TencentError, TencentResponse, TencentRetry, V3
]
`

const tags: ReadonlyArray<string> = ErrorCode.catalogue.map((row) => row.tag)

const allTags = [...tags, "UnknownErrorCode", "MalformedResponse"]

const handlers = (tags: ReadonlyArray<string>, body: string): string =>
  `{\n${tags.map((tag) => `  ${tag}: (error) => ${body}`).join(",\n")}\n}`

/** As many as the action with the most codes declares, of two kinds. */
const codes = Array.from({ length: 170 }, (_, i) => `Family${i % 17}.Code${i}`)

const listOf = (kind: number): string => codes.filter((_, i) => i % 2 === kind).map((code) => `"${code}"`).join(" | ")

const declared = `
type Declared = V3.TencentError.Errors<{ notFound: ${listOf(0)}; busy: ${listOf(1)} }>
declare const call: Effect.Effect<string, V3.TencentError.TencentError<Declared>>
`

const pagedNames = Array.from({ length: 12 }, (_, i) => `DescribeThings${i}`)

/** Actions as the declarations of a service have them. */
const paged = `${declared}
declare const client: TencentClient.TencentClient["Service"]
${
  pagedNames.map((name) => `
interface ${name}Request { readonly Offset?: number; readonly Limit?: number; readonly Name?: string }
interface ${name}Item { readonly Name: string; readonly Size?: number }
interface ${name}Response { readonly TotalCount?: number; readonly Set?: ReadonlyArray<${name}Item>; readonly RequestId: string }
declare const ${name}: V3.TencentAction.PagedAction<
  ${name}Request, ${name}Response, V3.TencentError.TencentError<Declared>, ${name}Item, "Offset"
>`).join("")
}
`

const kindsOfV3 = [...new Set(v3.ErrorCode.catalogue.map(({ kind }) => kind)), "busy", "malformed", "unknown"]

// The annotations make the compiler work out the whole result.
const programs: { readonly [Name in keyof typeof budgets]: string } = {
  "catchTags with 22 tags": `
declare const call: Effect.Effect<string, TencentError.TencentError>
export const handled: Effect.Effect<string | number, TencentError.UnknownErrorCode | TencentError.MalformedResponse> =
  call.pipe(Effect.catchTags(${handlers(tags, "Effect.succeed(error.code)")}))
`,
  "match with 24 tags": `
export const status: (error: TencentError.TencentError) => string =
  TencentError.match(${handlers(allTags, "error._tag")})
`,
  "catchAllTags with 24 tags": `
declare const call: Effect.Effect<string, TencentError.TencentError | "foreign">
export const handled: Effect.Effect<string, "foreign"> =
  call.pipe(TencentError.catchAllTags(${handlers(allTags, "Effect.succeed(error._tag)")}))
`,
  "catchCategory": `
declare const call: Effect.Effect<string, TencentError.TencentError>
export const one: Effect.Effect<string, Exclude<TencentError.TencentError, TencentError.QuotaExceeded>> =
  call.pipe(Failure.catchCategory("Throttling", (error) => Effect.succeed(error._tag)))
export const two = call.pipe(
  Failure.catchCategory(["Authentication", "Authorization"], (error) => Effect.succeed(error.message))
)
`,
  "API 3.0: 170 declared codes": declared,
  "API 3.0: catchTag on 170 codes": `${declared}
export const handled = call.pipe(Effect.catchTag("Family3.Code3", (error) => Effect.succeed(error.kind)))
export const rest: Effect.Effect<string, Exclude<Effect.Error<typeof call>, { readonly _tag: "Family3.Code3" }>> = handled
`,
  "API 3.0: catchTags with 170 codes": `${declared}
export const handled: Effect.Effect<string, V3.TencentError.TencentError> =
  call.pipe(Effect.catchTags(${handlers(codes.map((code) => `"${code}"`), "Effect.succeed(error.code)")}))
`,
  "API 3.0: catchKind and catchFamily on 170 codes": `${declared}
export const kind = call.pipe(Failure.catchKind("notFound", (error) => Effect.succeed(error.code)))
export const family = call.pipe(V3.TencentError.catchFamily("Family3", (error) => Effect.succeed(error.code)))
`,
  "API 3.0: match with 170 codes": `${declared}
export const name = (error: Declared): string =>
  V3.TencentError.match(error, ${handlers(codes.map((code) => `"${code}"`), "error.code")})
`,
  "API 3.0: matchKind on 170 codes": `${declared}
export const name = (error: V3.TencentError.TencentError<Declared>): string =>
  V3.TencentError.matchKind(error, ${handlers(kindsOfV3, "error._tag")})
`,
  "API 3.0: decode with declared codes": `
const decode = V3.TencentResponse.decode(Schema.Struct({ TotalCount: Schema.Number }), {
  errors: { request: ["InvalidFilter"], notFound: ["InvalidZone.NotFound"] }
})
export const page = (body: unknown): Effect.Effect<number, Effect.Error<ReturnType<typeof decode>>> =>
  decode(body).pipe(TencentRetry.retry(TencentRetry.idempotent), Effect.map((page) => page.TotalCount))
`,
  "API 3.0: pages of 12 actions": `${paged}
export const names = [${
    pagedNames.map((name) => `Stream.map(client.paginate(${name}, { Limit: 50 }), ({ Name }) => Name)`).join(", ")
  }]
export const first: Stream.Stream<string, V3.TencentError.TencentError<Declared> | TencentClient.ClientError> = names[0]!
`,
  "API 3.0: declare an action with pages": `
export const DescribeInstances = V3.TencentAction.makePaged("DescribeInstances", {
  service: "cvm",
  version: "2017-03-12",
  request: Schema.Struct({ Offset: Schema.optionalKey(Schema.Number), Limit: Schema.optionalKey(Schema.Number) }),
  response: Schema.Struct({ TotalCount: Schema.Number, InstanceSet: Schema.Array(Schema.Struct({ Id: Schema.String })) }),
  errors: { request: ["InvalidFilter"], notFound: ["InvalidZone.NotFound"] },
  pages: { items: (page) => page.InstanceSet, total: (page) => page.TotalCount, offset: "Offset", limit: "Limit" }
})
declare const client: TencentClient.TencentClient["Service"]
export const ids = Stream.map(client.paginate(DescribeInstances, {}), ({ Id }) => Id)
`,
  "services: call RunInstances, catchTag on its 170 codes": `
declare const client: TencentClient.TencentClient["Service"]
export const ids = client.call(RunInstances, { ImageId: "img-1", Placement: { Zone: "ap-guangzhou-1" } }).pipe(
  Effect.map(({ InstanceIdSet }) => InstanceIdSet),
  Effect.catchTag("ResourceInsufficient.CloudDiskSoldOut", (error) => Effect.succeed(error.kind))
)
`,
  "decode and retry": `
const decode = TencentResponse.decode(Schema.Struct({
  totalCount: Schema.Number,
  instanceSet: Schema.Array(Schema.Struct({ id: Schema.String, zone: Schema.NullOr(Schema.String) }))
}))
const policy = TencentRetry.make({
  QuotaExceeded: TencentRetry.throttled,
  InternalError: Schedule.exponential("200 millis").pipe(Schedule.upTo({ times: 3 }))
})
export const page = (body: unknown): Effect.Effect<number, TencentError.TencentError> =>
  decode(body).pipe(
    TencentRetry.retry(policy, { times: 5, deadline: "30 seconds" }),
    Effect.map((page) => page.totalCount + page.instanceSet.length)
  )
`
}

// ---------------------------------------------------------------------------------------------------------------------
// Compiling
// ---------------------------------------------------------------------------------------------------------------------

const root = fileURLToPath(new URL("..", import.meta.url))
const compiler = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin", "tsc")

const compile = (...args: ReadonlyArray<string>): string => {
  const { status, stderr, stdout } = spawnSync(process.execPath, [compiler, ...args], { encoding: "utf8" })
  if (status !== 0) throw new Error(`tsc ${args.join(" ")}\n${stdout}${stderr}`)
  return stdout
}

const options = {
  target: "ES2022",
  module: "NodeNext",
  moduleDetection: "force",
  strict: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: true,
  noEmit: true,
  types: []
}

/** A project that has Effect and the declarations of this package installed. */
const install = (project: string): void => {
  const modules = join(project, "node_modules")
  const self = join(modules, "effect-tencentcloud")
  mkdirSync(self, { recursive: true })
  symlinkSync(join(root, "node_modules", "effect"), join(modules, "effect"), "junction")
  writeFileSync(join(project, "package.json"), JSON.stringify({ type: "module" }))
  writeFileSync(
    join(self, "package.json"),
    JSON.stringify({
      name: "effect-tencentcloud",
      type: "module",
      exports: { ".": "./dist/index.js", "./client": "./dist/client/index.js", "./v3": "./dist/v3/index.js" }
    })
  )
  const build = join(project, "tsconfig.build.json")
  writeFileSync(
    build,
    JSON.stringify({
      extends: join(root, "tsconfig.json"),
      compilerOptions: {
        rootDir: join(root, "src"),
        outDir: join(self, "dist"),
        noEmit: false,
        declaration: true,
        emitDeclarationOnly: true,
        rewriteRelativeImportExtensions: true,
        typeRoots: [join(root, "node_modules", "@types")],
        paths: {}
      },
      files: ["index.ts", "client/index.ts", "v3/index.ts"].map((file) => join(root, "src", file)),
      include: []
    })
  )
  compile("-p", build)
  const services = join(modules, "effect-tencentcloud-services")
  cpSync(join(root, "services", "package.json"), join(services, "package.json"))
  for (const file of ["internal", "services/cvm.d.ts"]) {
    cpSync(join(root, "services", "dist", file), join(services, "dist", file), { recursive: true })
  }
}

/** How many types the compiler instantiates for a program. */
const instantiationsOf = (project: string, source: string): number => {
  writeFileSync(join(project, "program.ts"), source)
  const config = join(project, "tsconfig.json")
  writeFileSync(config, JSON.stringify({ compilerOptions: options, files: ["program.ts"] }))
  const output = compile("-p", config, "--extendedDiagnostics", "--singleThreaded")
  const count = /^Instantiations: +(\d+)/m.exec(output)?.[1]
  if (count === undefined) throw new Error(`tsc prints no count of instantiations:\n${output}`)
  return Number(count)
}

const project = mkdtempSync(join(tmpdir(), "type-cost-"))
try {
  install(project)
  const bases = [paged, declared, ""].map((start) => ({ start, cost: instantiationsOf(project, imports + start) }))
  const rows = Object.entries(programs).map(([name, program]) => {
    const base = bases.find(({ start }) => program !== start && program.startsWith(start))
    const instantiations = instantiationsOf(project, imports + program) - (base?.cost ?? 0)
    const budget = atMost(budgets[name as keyof typeof budgets])
    if (isMissed(budget, instantiations)) process.exitCode = 1
    return [name, ...cells(instantiations, 0, budget)]
  })
  console.log(table(["program", "instantiations", "budget"], rows))
} finally {
  rmSync(project, { recursive: true, force: true })
}
