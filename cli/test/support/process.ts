/**
 * The command as a process: with arguments, with something on stdin, with a terminal, with a signal.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process"
import { fileURLToPath } from "node:url"
import { type Environment, environment } from "./environment.ts"

const main = fileURLToPath(new URL("../../dist/main.js", import.meta.url))

export interface Run {
  /** The exit code, or the signal that ended it. */
  readonly code: number | string | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  readonly stdin?: string
  readonly env?: Environment
}

/** A command that has started. */
export interface Started {
  readonly child: ChildProcess
  readonly ended: Promise<Run>
}

const started = (child: ChildProcess): Started => {
  let stdout = ""
  let stderr = ""
  child.stdout?.setEncoding("utf8").on("data", (text: string) => void (stdout += text))
  child.stderr?.setEncoding("utf8").on("data", (text: string) => void (stderr += text))
  const ended = new Promise<Run>((resolve, reject) => {
    child.on("error", reject)
    child.on("close", (code, signal) => resolve({ code: code ?? signal, stdout, stderr }))
  })
  return { child, ended }
}

/** Starts the command, with stdin open. */
export const start = (args: ReadonlyArray<string>, { env }: RunOptions = {}): Started =>
  started(spawn(process.execPath, [main, ...args], { env: environment(env) }))

/** Runs the command to its end. */
export const run = (args: ReadonlyArray<string>, options: RunOptions = {}): Promise<Run> => {
  const { child, ended } = start(args, options)
  // A command that does not read it closes it.
  child.stdin?.on("error", () => {})
  child.stdin?.end(options.stdin ?? "")
  return ended
}

const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`

/** Why there is no pseudo-terminal here, if there is none. `script` of util-linux makes one. */
export const noTerminal: string | undefined = spawnSync("script", ["--version"], { encoding: "utf8" }).stdout?.includes(
    "util-linux"
  )
  ? undefined
  : "`script` of util-linux is not there"

/** Starts the command on a pseudo-terminal, which is its stdin, stdout and stderr. What it prints is the stdout of the result. */
export const startOnTerminal = (args: ReadonlyArray<string>, { env }: RunOptions = {}): Started => {
  const command = [process.execPath, main, ...args].map(quoted).join(" ")
  return started(spawn("script", ["-qefc", command, "/dev/null"], { env: environment(env) }))
}
