/**
 * The command in the process of the tests, for tables and for hostile input: many runs in the time of one process.
 */
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Stdio from "effect/Stdio"
import * as Stream from "effect/Stream"
import { program } from "../../src/program.ts"
import { type Environment, environment } from "./environment.ts"

export interface InProcess {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs the command. A defect of it is one of the test. */
export const runInProcess = (
  args: ReadonlyArray<string>,
  { env, stdin = "" }: { readonly stdin?: string | Uint8Array; readonly env?: Environment } = {}
): Effect.Effect<InProcess> => {
  const stdout: Array<string> = []
  const stderr: Array<string> = []
  const console = {
    ...globalThis.console,
    log: (text: string) => void stdout.push(text),
    error: (text: string) => void stderr.push(text)
  }
  const stdio = Stdio.layerTest({
    args: Effect.succeed(args),
    stdin: Stream.make(typeof stdin === "string" ? new TextEncoder().encode(stdin) : stdin)
  })
  return program.pipe(
    Effect.provide(stdio),
    Effect.provide(NodeServices.layer),
    Effect.provideService(Console.Console, console),
    Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromEnv({ env: environment(env) })),
    Effect.as(0),
    Effect.catchTag("Ended", ({ exitCode }) => Effect.succeed(exitCode)),
    Effect.map((code) => ({ code, stdout: stdout.join("\n"), stderr: stderr.join("\n") }))
  )
}
