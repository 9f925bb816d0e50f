/**
 * The tests run the command as a user does, so it is built first, and the library that it is built on.
 */
import { execFileSync } from "node:child_process"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("../../..", import.meta.url))

const build = (...args: ReadonlyArray<string>): void => {
  execFileSync("npm", ["run", "--silent", "build", ...args], { cwd: root, stdio: "inherit" })
}

export const setup = (): void => {
  build()
  build("--workspace", "effect-tencentcloud-cli")
}
