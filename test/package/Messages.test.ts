/**
 * What the compiler says of a mistake, in the TypeScript of the project, which reports the last of several overloads. The tests in
 * `test/types` see an older one.
 */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { execFile } from "node:child_process"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("../..", import.meta.url))
mkdirSync(join(root, "test/.examples"), { recursive: true })
const directory = mkdtempSync(join(root, "test/.examples", "messages-"))

afterAll(() => rmSync(directory, { recursive: true, force: true }))

const head = `import { Effect, Schedule, Schema } from "effect"
import { Failure, TencentError, TencentRetry } from "effect-tencentcloud"
import { TencentClient } from "effect-tencentcloud/client"
import { TencentAction } from "effect-tencentcloud/v2"
class QueueLocked extends Failure.define<QueueLocked>()("QueueLocked", { kind: "busy" }) {}
class QueueNotFound extends Failure.define<QueueNotFound>()("QueueNotFound", { kind: "notFound" }) {}
const Describe = TencentAction.make("DescribeQueue", {
  module: "cmq",
  request: Schema.Struct({}),
  response: Schema.Struct({ size: Schema.Number }),
  errors: { 4440: QueueNotFound, 4441: QueueLocked }
})
declare const client: TencentClient.TencentClient["Service"]
const once = Schedule.recurs(1)
const call = client.call(Describe, {})
export const used = [Effect, Schedule, TencentError, TencentRetry]
`.trim()

/** A mistake, and what the compiler says of it. */
const mistakes: ReadonlyArray<readonly [title: string, code: string, message: string]> = [
  [
    "a policy in a pipe with a tag that the call cannot have",
    `call.pipe(TencentRetry.retry(TencentRetry.make({ QueueLoked: once })))`,
    "QueueLoked is not a tag of this effect's errors"
  ],
  [
    "a misspelt option in a pipe",
    `call.pipe(TencentRetry.retry(TencentRetry.make({ QueueLocked: once }), { tims: 3 }))`,
    "'tims' does not exist in type 'Options'. Did you mean to write 'times'?"
  ],
  [
    "a misspelt tag in the options of a call",
    `client.call(Describe, {}, { retry: TencentRetry.make({ QueueLoked: once }) })`,
    `Type '"QueueLoked"' is not assignable to type`
  ],
  [
    "a tag of one action in the options of the client",
    `TencentClient.layer({ region: "ap-guangzhou", retry: TencentRetry.make({ QueueLocked: once }) })`,
    `Type '"QueueLocked"' is not assignable to type`
  ],
  [
    "a misspelt kind of a policy",
    `TencentRetry.byKind({ bussy: once })`,
    "'bussy' does not exist in type 'SchedulesByKind<never>'. Did you mean to write 'busy'?"
  ],
  [
    "a misspelt kind in a pipe",
    `call.pipe(Failure.catchKind("notFond", () => Effect.void))`,
    `Argument of type '"notFond"' is not assignable`
  ],
  [
    "a misspelt field of an error",
    `call.pipe(Failure.catchKind("notFound", (error) => Effect.succeed(error.requestIt)))`,
    "Property 'requestIt' does not exist on type 'QueueNotFound | ResourceNotFound'"
  ],
  [
    "a stream of an action that has no events",
    `client.stream(Describe, {})`,
    "Property 'events' is missing in type 'Action<"
  ],
  [
    "a call that is used as something else",
    `export const text: string = call`,
    "Type 'Effect<{ readonly size: number; }, QueueLocked | QueueNotFound | ClientError | TencentError, never>'"
  ]
]

const compile = (): Promise<string> =>
  new Promise((resolve) => {
    writeFileSync(join(directory, "mistakes.ts"), [head, ...mistakes.map(([, code]) => code)].join("\n"))
    writeFileSync(
      join(directory, "tsconfig.json"),
      JSON.stringify({ extends: "../../types/tsconfig.json", include: ["."], exclude: [] })
    )
    const args = [join(root, "node_modules/typescript/bin/tsc"), "-p", directory, "--pretty", "false"]
    execFile(process.execPath, args, (_, stdout, stderr) => resolve(`${stdout}${stderr}`))
  })

describe("the compiler names the mistake:", () => {
  const messages: Array<string> = []

  beforeAll(async () => {
    for (const line of (await compile()).split("\n")) {
      const row = /^\S*mistakes\.ts\((\d+),/.exec(line)?.[1]
      // The compiler indents what explains the line before.
      if (row === undefined) messages.push(`${messages.pop() ?? ""}\n${line}`)
      else messages.push(`${row}: ${line}`)
    }
  }, 60_000)

  const first = head.split("\n").length + 1

  it.each(mistakes.map(([title, , message], index) => [title, message, first + index] as const))(
    "%s",
    (_, message, row) => {
      const said = messages.filter((text) => text.startsWith(`${row}: `)).join("\n")
      assert.include(said, message)
    }
  )

  it("and says nothing of the rest", () => {
    const rows = messages.map((text) => Number.parseInt(text, 10))
    assert.isTrue(rows.every((row) => row >= first), messages.join("\n"))
  })
})
