/**
 * Runs all benchmarks and writes `docs/benchmarks.md` from what they print, so that the page says nothing that was not
 * measured. Each benchmark is a process of its own, because what one compiles and leaves on the heap would cost the next.
 *
 *     npm run bench [-- --quick]
 *
 * `--quick` tries the benchmarks with few rounds, and prints the page instead.
 */
import { execFileSync, spawnSync } from "node:child_process"
import { writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { cpus } from "node:os"
import { fileURLToPath } from "node:url"
import { quick, table } from "./report.ts"

const root = fileURLToPath(new URL("..", import.meta.url))
const require = createRequire(import.meta.url)

/** Returns what a benchmark prints. It exits with 1 when it misses a goal, and then prints that, too. */
const run = (file: string, ...args: ReadonlyArray<string>): string => {
  const path = fileURLToPath(new URL(file, import.meta.url))
  const { status, stdout } = spawnSync(process.execPath, [path, ...args], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"]
  })
  const printed = stdout.trim()
  if (printed === "") throw new Error(`bench/${file} ended with ${status} and printed nothing.`)
  console.error(`\n${file}\n\n${printed}`)
  return printed
}

const git = (...args: ReadonlyArray<string>): string =>
  execFileSync("git", args, { cwd: root, encoding: "utf8" }).trim()

/** `name` and its installed version. */
const versionOf = (name: string): string => `${name} ${require(`${name}/package.json`).version}`

const circumstances = (): string => {
  const changed = git("status", "--porcelain", "--", "src", "bench") === "" ? "" : " with changes"
  const peers = ["effect", "typescript", "tencentcloud-sdk-nodejs-common", "qcloudapi-sdk"].map(versionOf)
  const processors = cpus()
  return `- ${new Date().toISOString().slice(0, 10)}, commit ${git("rev-parse", "--short", "HEAD")}${changed}
- ${[`node ${process.versions.node}`, ...peers].join(", ")}
- ${processors.length} x ${processors[0]?.model.trim()}`
}

const rounds = quick ? ["--quick"] : []

const page = (): string =>
  `# Benchmarks

\`npm run bench\` measures what the library costs and how its retries do, and writes this page. Nothing stands here that was
not measured in that run:

${circumstances()}

Costs are ratios of two sides within the run, because absolute times say more about the machine. The two sides alternate in
short rounds. A ratio compares the fastest round of each: other work on the machine only ever adds time. A goal that was not
reached is marked with MISS.

${
    table(["command", "measures"], [
      ["`npm run bench`", "all of this page"],
      ["`npm run bench:retry` (`-- --short` for the gate)", "the retries, and fails when a goal is missed"],
      ["`npm run check:budgets`", "bundles and types, and fails when one is over its budget"]
    ])
  }

## Decoding and signing

${run("decode.ts", ...rounds)}

${run("signing.ts", ...rounds)}

## Services

An action of \`effect-tencentcloud-services\` against the JSON functions alone, and what the package costs a program.

${run("services.ts", ...rounds)}

${run("package.ts")}

## Calls

A call is the CPU time of the process of the client, against a server in another process. Ours goes over undici, with spans,
metrics, retries and timeouts as a user has them. The API is served over HTTPS only, where a client without kept connections
pays for a handshake in each call. Over plain HTTP it does not, so what the client itself costs shows there.

${run("client.ts", ...rounds)}

## Streams

The CPU time of an event of 130 bytes, of a stream that comes as fast as the connection carries it. The bare loop reads the body of
undici's response with the parser of Effect and \`JSON.parse\`, and has no spans, timeouts or failures.

${run("stream.ts", ...rounds)}

## Bundles

Gzipped and minified, with all of Effect that the program needs. Rolldown sees through \`export * as\` and leaves out what a
program does not use; esbuild takes in the whole namespace.

${run("size.ts")}

## Types

How many types the compiler instantiates for one use, beyond those of the imports.

${run("types.ts")}

## Retries

The real client runs on virtual time against a server with faults, outages, overload, quotas and a clock. "No retries" is a
model of a client that sends each request once.

${run("retry/run.ts", ...(quick ? ["--short"] : []))}
`

const text = page()
if (quick) process.stdout.write(text)
else writeFileSync(new URL("../docs/benchmarks.md", import.meta.url), text)
