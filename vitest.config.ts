import { availableParallelism } from "node:os"
import { fileURLToPath } from "node:url"
import { defineConfig } from "vitest/config"

const source = (path: string) => fileURLToPath(new URL(`./src/${path}`, import.meta.url))

/** What takes minutes: the campaign, and the tables of every fault at every place. */
const load = ["test/load/**/*.test.ts", "test/client/outcome*.test.ts"]

export default defineConfig({
  resolve: {
    alias: [
      { find: /^effect-tencentcloud$/, replacement: source("index.ts") },
      { find: /^effect-tencentcloud\/([a-z]\w*)$/, replacement: source("$1/index.ts") },
      { find: /^effect-tencentcloud\/((?:v\d\/)?[A-Z]\w*)$/, replacement: source("$1.ts") }
    ]
  },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          // The modules are loaded once, not for each file: half of the time, and the library has no global state.
          isolate: false,
          include: ["test/**/*.test.ts"],
          exclude: [...load, "test/package/**", "test/services/all/**", "test/site/**"]
        }
      },
      {
        extends: true,
        test: {
          name: "cli",
          include: ["cli/test/**/*.test.ts"],
          globalSetup: "cli/test/support/build.ts",
          // Also where the tests run on a terminal, what they compare has no colours.
          env: { FORCE_COLOR: "0" }
        }
      },
      { extends: true, test: { name: "package", include: ["test/package/**/*.test.ts"] } },
      { extends: true, test: { name: "services", include: ["test/services/all/**/*.test.ts"] } },
      { extends: true, test: { name: "load", include: load } },
      {
        extends: true,
        test: { name: "site", include: ["test/site/**/*.test.ts"], testTimeout: 120_000, hookTimeout: 120_000 }
      }
    ],
    // More than there are cores: many files wait for sockets and other processes.
    maxWorkers: 2 * availableParallelism(),
    testTimeout: 30_000,
    reporters: process.env["CI"] === undefined ? ["default"] : ["default", "json"],
    outputFile: { json: ".vitest/unit.json" }
  }
})
