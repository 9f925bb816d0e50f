import { assert, describe, it } from "@effect/vitest"
import { readFileSync } from "node:fs"
import { versionProblems } from "../support/workspaces.ts"

const json = (path: string) => JSON.parse(readFileSync(new URL(`../../${path}`, import.meta.url), "utf8"))

const core = { name: "core", version: "1.2.0" }
const member = { name: "core-services", version: "1.2.0", peerDependencies: { core: "1.2.0", effect: "^4.1.0" } }
const lock = { packages: { "": {}, "node_modules/core": { link: true }, "node_modules/core-services": { link: true } } }

describe("the packages of the repository", () => {
  it("have one version, need exactly it of each other, and none comes from a registry", () => {
    const root = json("package.json")
    const members = root.workspaces.map((folder: string) => json(`${folder}/package.json`))
    assert.isAbove(members.length, 0)
    assert.deepStrictEqual(versionProblems([root, ...members], json("package-lock.json")), [])
  })
})

describe("the check of versions", () => {
  it("has nothing against packages in order", () => {
    assert.deepStrictEqual(versionProblems([core, member], lock), [])
  })

  it.each<[string, object, object, string]>([
    ["another version", { version: "1.1.0" }, {}, "core-services has the version 1.1.0, core has 1.2.0"],
    ["a range", { peerDependencies: { core: "^1.2.0" } }, {}, "core-services needs core ^1.2.0, not 1.2.0"],
    [
      "an older one",
      { dependencies: { core: "1.1.0" }, peerDependencies: {} },
      {},
      "core-services needs core 1.1.0, not 1.2.0"
    ],
    [
      "a published one",
      {},
      { "node_modules/core": { version: "1.1.0" } },
      "the lock file has core 1.1.0 from a registry"
    ],
    [
      "a published one inside",
      {},
      { "services/node_modules/core": { version: "1.1.0" } },
      "the lock file has core 1.1.0 from a registry"
    ]
  ])("refuses %s", (_, change, entries, problem) => {
    const packages = { ...lock.packages, ...entries }
    assert.deepStrictEqual(versionProblems([core, { ...member, ...change }], { packages }), [problem])
  })
})
