/**
 * What holds for the command as a whole: help, version, completions, wrong arguments, colours.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { spawnSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { runInProcess } from "./support/inProcess.ts"
import { noTerminal, run, startOnTerminal } from "./support/process.ts"

const packageJson = (path: string): { readonly version: string } =>
  JSON.parse(readFileSync(new URL(path, import.meta.url), "utf8"))

const commands = ["explain", "decode", "call", "plan", "gateway"]

// oxlint-disable-next-line no-control-regex
const escape = /\u001b/

describe("the command", () => {
  it("prints its version", async () => {
    assert.deepStrictEqual(await run(["--version"]), {
      code: 0,
      stdout: `${packageJson("../package.json").version}\n`,
      stderr: ""
    })
  })

  it("prints its help with all commands, examples and exit codes", async () => {
    const { code, stderr, stdout } = await run(["--help"])
    assert.deepStrictEqual([code, stderr], [0, ""])
    for (const part of [...commands, "EXAMPLES", "130 Ctrl-C"]) assert.include(stdout, part)
  })

  it.effect.each(commands)(
    "prints the help of %s, with examples and --json",
    (command) =>
      Effect.map(runInProcess([command, "--help"]), ({ code, stderr, stdout }) => {
        assert.deepStrictEqual([code, stderr], [0, ""])
        assert.include(stdout, "EXAMPLES")
        assert.include(stdout, `effect-tencentcloud-cli ${command}`)
        assert.match(stdout, /--json +/)
      })
  )

  it.effect.each([
    { command: "call", words: ["takes any JSON object", "checked first"] },
    { command: "explain", words: ["the name of an error class", "QuotaExceeded"] }
  ])(
    "says in the help of $command: $words",
    ({ command, words }) =>
      Effect.map(runInProcess([command, "--help"]), ({ stdout }) => {
        const text = stdout.replaceAll(/\s+/g, " ")
        for (const part of words) assert.include(text, part)
      })
  )

  it("refuses an unknown command with exit code 64, says which it could be, and prints only messages", async () => {
    const { code, stderr, stdout } = await run(["expalin", "4500"])
    assert.deepStrictEqual([code, stdout], [64, ""])
    assert.match(stderr, /USAGE[^]*explain/)
  })

  it.effect.each([
    { what: "nothing", args: [] },
    { what: "an unknown flag", args: ["explain", "4500", "--jsno"] },
    { what: "a missing argument", args: ["explain"] },
    { what: "an unknown language", args: ["explain", "4500", "--lang", "tlh"] },
    { what: "an unknown kind", args: ["plan", "nothing"] },
    { what: "a version that is no date", args: ["call", "cvm", "DescribeZones", "--version", "3.0"] },
    {
      what: "an endpoint that is no address",
      args: ["call", "a", "B", "--version", "2017-03-12", "--endpoint", "a b"]
    },
    { what: "a port that is none", args: ["gateway", "--port", "65536"] },
    { what: "a quota below 0", args: ["gateway", "--quota", "-1"] },
    { what: "a balance below 0", args: ["gateway", "--balance", "-5"] }
  ])(
    "refuses $what with exit code 64, and prints only messages",
    ({ args }) =>
      Effect.map(runInProcess(args), ({ code, stderr, stdout }) => {
        assert.deepStrictEqual([code, stdout], [64, ""])
        assert.include(stderr, "USAGE")
      })
  )

  const bash = spawnSync("bash", ["--version"]).status === 0

  it.skipIf(!bash)("completes its commands in bash", async () => {
    const { code, stdout } = await run(["--completions", "bash"])
    assert.strictEqual(code, 0)
    const script = `${stdout}
COMP_WORDS=(effect-tencentcloud-cli ex); COMP_CWORD=1; COMP_LINE="effect-tencentcloud-cli ex"; COMP_POINT=\${#COMP_LINE}
$(complete -p effect-tencentcloud-cli | sed 's/.*-F \\([^ ]*\\).*/\\1/') effect-tencentcloud-cli ex effect-tencentcloud-cli
echo "\${COMPREPLY[@]}"`
    const completed = spawnSync("bash", ["--norc", "-c", script], { encoding: "utf8" })
    assert.strictEqual(completed.stdout.trim(), "explain", completed.stderr)
  })

  it.effect.each(["zsh", "fish", "powershell"])(
    "prints completions for %s",
    (shell) =>
      Effect.map(runInProcess(["--completions", shell]), ({ code, stdout }) => {
        assert.strictEqual(code, 0)
        for (const command of commands) assert.include(stdout, command)
      })
  )
})

describe("colours", () => {
  it("are left out in a pipe", async () => {
    assert.notMatch((await run(["explain", "4500"])).stdout, escape)
  })

  it.skipIf(noTerminal !== undefined)("are there on a terminal", async () => {
    assert.match((await startOnTerminal(["explain", "4500"]).ended).stdout, escape)
  })

  it.skipIf(noTerminal !== undefined).each([{ NO_COLOR: "1" }, { TERM: "dumb" }])(
    "are left out on a terminal with %o",
    async (env) => {
      assert.notMatch((await startOnTerminal(["explain", "4500"], { env }).ended).stdout, escape)
      assert.notMatch((await startOnTerminal(["--help"], { env }).ended).stdout, escape)
    }
  )
})
