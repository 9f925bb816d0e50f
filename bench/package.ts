/**
 * What the services package costs a program, against its budgets: `npm run build && npm run build:services && node
 * bench/package.ts`. Exits with 1 when one is over its budget.
 *
 * Times are those of processes of their own, and the fastest counts: other work on the machine only ever adds time. 0.03 is 4.2 ms
 * where Effect's schemas load in 140 ms.
 */
import { execFileSync } from "node:child_process"
import { fileURLToPath } from "node:url"
import { gzipSync } from "node:zlib"
import { atMost, cells, isMissed, table } from "./report.ts"
import { withRolldown } from "./size.ts"

const root = fileURLToPath(new URL("..", import.meta.url))

/** The milliseconds that a step takes in a process that has done another before. */
const milliseconds = (before: string, step: string): number => {
  const program = `${before}; const begin = performance.now(); ${step}; console.log(performance.now() - begin)`
  return Number(execFileSync(process.execPath, ["--input-type=module", "-e", program], { cwd: root, encoding: "utf8" }))
}

/** What the time of a step is measured in, because a machine can be slow, or busy. */
const theSchemas = `await import("effect/Schema")`

/** The time of a step as a part of that of loading Effect's schemas: the fastest of a number of runs, or of more where it is high. */
const partOfSchemas = (before: string, step: string, budget: number): number => {
  const fastest = { step: Infinity, schemas: Infinity }
  for (let run = 0; run < 10 || run < 40 && fastest.step > budget * fastest.schemas; run++) {
    fastest.step = Math.min(fastest.step, milliseconds(before, step))
    fastest.schemas = Math.min(fastest.schemas, milliseconds("", theSchemas))
  }
  return fastest.step / fastest.schemas
}

const theClient = `await import("effect-tencentcloud/client"); await import("effect-tencentcloud/v3")`

const theService = `await import("effect-tencentcloud-services/cvm")`

const firstUse = `
  const { DescribeInstances } = await import("effect-tencentcloud-services/cvm")
  const { Effect } = await import("effect")
  const text = JSON.stringify({ Response: { TotalCount: 1, InstanceSet: [{ InstanceId: "ins-1" }], RequestId: "r-1" } })
`

const use = `
  Effect.runSync(DescribeInstances.protocol.encode({ Limit: 1 }))
  Effect.runSync(DescribeInstances.protocol.read(text, {}))
`

const program = (imports: string, action: string) => `
  import { Effect, Schema } from "effect"
  import { TencentClient } from "effect-tencentcloud/client"
  import { TencentAction } from "effect-tencentcloud/v3"
  ${imports}
  const action = ${action}
  console.log(Effect.flatMap(TencentClient.TencentClient, (client) => client.call(action, {})))
`

const handWritten = program(
  "",
  `TencentAction.make("A", { service: "a", version: "b", request: Schema.Struct({}), response: Schema.Struct({}) })`
)

const ofService = (action: string) =>
  program(
    `import { ${action} } from "effect-tencentcloud-services/cvm"`,
    `[${action}, TencentAction, Schema.Struct][0]`
  )

const kilobytes = async (source: string): Promise<number> => gzipSync(await withRolldown(source)).length / 1000

interface Packed {
  readonly size: number
  readonly unpackedSize: number
}

const packed = (): Packed => {
  const args = ["pack", "--dry-run", "--ignore-scripts", "--json", "-w", "effect-tencentcloud-services"]
  // A list, or from npm 11 on an object by the name of the package.
  const found: ReadonlyArray<Packed> = Object.values(
    JSON.parse(execFileSync("npm", args, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }))
  )
  return found[0]!
}

const bare = await kilobytes(handWritten)
const { size, unpackedSize } = packed()

const figures = [
  ["the package, packed, MB", size / 1e6, 6],
  ["the package, unpacked, MB", unpackedSize / 1e6, 35],
  ["import of cvm beside the client, of that of effect/Schema", partOfSchemas(theClient, theService, 0.03), 0.03],
  ["first use of DescribeInstances, of the same", partOfSchemas(firstUse, use, 0.025), 0.025],
  ["DescribeInstances in a bundle with the client, kB", await kilobytes(ofService("DescribeInstances")) - bare, 6],
  ["RunInstances in a bundle with the client, kB", await kilobytes(ofService("RunInstances")) - bare, 6]
] as const

const rows = figures.map(([name, figure, budget]) => {
  const goal = atMost(budget)
  if (isMissed(goal, figure)) process.exitCode = 1
  return [name, ...cells(figure, figure < 0.1 ? 3 : 2, goal)]
})
console.log(table(["services", "measured", "budget"], rows))
