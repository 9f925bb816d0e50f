/**
 * The tests run the command as a user does, so it is built first, with the packages that it depends on.
 */
import { execFileSync } from "node:child_process"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("../../..", import.meta.url))

const npmRun = (...args: ReadonlyArray<string>): void => {
  execFileSync("npm", ["run", "--silent", ...args], { cwd: root, stdio: "inherit" })
}

export const setup = (): void => {
  npmRun("build")
  npmRun("build:services")
  npmRun("build", "--workspace", "effect-tencentcloud-cli")
}
