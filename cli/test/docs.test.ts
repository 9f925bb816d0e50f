/**
 * The commands in `docs/command-line.md` print what the page says. A fence of the language `console` is one command after `$ ` and
 * all that it prints.
 */
import { assert, describe, it } from "@effect/vitest"
import { execFile } from "node:child_process"
import { chmodSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { environment, folder } from "./support/environment.ts"

const page = readFileSync(new URL("../../docs/command-line.md", import.meta.url), "utf8")

const main = fileURLToPath(new URL("../dist/main.js", import.meta.url))

const examples = Array.from(
  page.matchAll(/^```console\n\$ (?<command>.+)\n(?<output>[^]*?)^```$/gm),
  ({ groups: { command = "", output = "" } = {} }) => ({ command, output })
)

/** Runs a command of a shell in which the name of ours is known. */
const shell = async (command: string): Promise<string> => {
  using files = folder({ "effect-tencentcloud-cli": `#!/bin/sh\nexec "${process.execPath}" "${main}" "$@"\n` })
  chmodSync(`${files.path}/effect-tencentcloud-cli`, 0o755)
  const env = environment()
  return await new Promise((resolve) =>
    execFile(
      "bash",
      ["-c", command],
      { env: { ...env, PATH: `${files.path}:${env["PATH"]}` } },
      (_, stdout, stderr) => resolve(stdout + stderr)
    )
  )
}

describe("docs/command-line.md", () => {
  it("has examples", () => assert.isAbove(examples.length, 5))

  it.each(examples)("prints what it says: $command", async ({ command, output }) => {
    assert.strictEqual(await shell(command), output)
  })

  it("has the exit codes of the command", async () => {
    const help = await shell("effect-tencentcloud-cli --help")
    const documented = Array.from(page.matchAll(/^\| +(\d+) \|/gm), ([, code]) => code)
    assert.deepStrictEqual(documented, ["0", "1", "2", "3", "64", "130"])
    for (const code of documented) assert.match(help, new RegExp(`\\b${code} [a-zA-Z]`))
  })
})
