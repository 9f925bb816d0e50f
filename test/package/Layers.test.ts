/**
 * The imports of `src` have one direction.
 */
import { assert, describe, it } from "@effect/vitest"
import { globSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { violations } from "../support/layers.ts"

const root = fileURLToPath(new URL("../..", import.meta.url))

const sources = (): ReadonlyMap<string, string> =>
  new Map(
    globSync("src/**/*.ts", { cwd: root }).map((path) =>
      [path.replaceAll("\\", "/"), readFileSync(join(root, path), "utf8")] as const
    )
  )

/** A small house in order: each part imports what it may. */
const house: Readonly<Record<string, ReadonlyArray<string>>> = {
  "src/index.ts": ["./Failure.ts", "./TencentRetry.ts", "./v2/TencentError.ts"],
  "src/Failure.ts": ["./ErrorKind.ts", "effect/Schema"],
  "src/ErrorKind.ts": [],
  "src/ErrorKindText.ts": ["./ErrorKind.ts"],
  "src/TencentRetry.ts": ["./internal/retry.ts"],
  "src/RetryPlan.ts": ["./TencentRetry.ts"],
  "src/internal/retry.ts": ["../Failure.ts"],
  "src/client/index.ts": ["./TencentClient.ts"],
  "src/client/TencentClient.ts": ["./internal/call.ts", "./Protocol.ts", "../TencentRetry.ts"],
  "src/client/Protocol.ts": ["../Failure.ts"],
  "src/client/internal/call.ts": ["../Protocol.ts", "../../internal/retry.ts"],
  "src/v2/TencentAction.ts": ["./protocol.ts", "../client/TencentClient.ts"],
  "src/v2/protocol.ts": ["./internal/signing.ts", "../client/Protocol.ts"],
  "src/v2/ErrorCode.ts": ["../ErrorKind.ts"],
  "src/v2/TencentError.ts": ["./ErrorCode.ts", "./internal/construct.ts", "../Failure.ts"],
  "src/v2/TencentResponse.ts": ["./TencentError.ts", "./internal/construct.ts"],
  "src/v2/internal/construct.ts": ["../TencentError.ts", "./fields.ts"],
  "src/v2/internal/fields.ts": ["../../internal/retry.ts"],
  "src/v2/internal/signing.ts": ["../../client/Protocol.ts"],
  "src/v3/TencentAction.ts": ["../client/TencentClient.ts"],
  "src/v3/TencentError.ts": ["../Failure.ts"],
  "src/redis/TencentQuotaStoreRedis.ts": ["../client/TencentClient.ts", "../internal/retry.ts"],
  "src/testing/TencentGateway.ts": ["../v2/TencentAction.ts", "../v3/TencentAction.ts", "../client/TencentClient.ts"],
  "src/testing/gateway/state.ts": ["../TencentGateway.ts"]
}

const sourceOf = (specifiers: ReadonlyArray<string>): string =>
  specifiers.map((specifier) => `import * as Module from "${specifier}"\n`).join("")

const files = Object.entries(house).map(([path, specifiers]) => [path, sourceOf(specifiers)] as const)

/** The house with one more line in one of its files. */
const planted = (path: string, line: string): ReadonlyMap<string, string> => {
  assert.property(house, path)
  return new Map(files.map(([name, source]) => [name, name === path ? `${source}${line}\n` : source]))
}

describe("the sources", () => {
  it("import in one direction", () => {
    const files = sources()
    assert.isTrue(files.has("src/index.ts") && files.size > 20)
    assert.deepStrictEqual(violations(files), [])
  })
})

describe("the order of imports", () => {
  it("has nothing against a house in order", () => {
    assert.deepStrictEqual(violations(new Map(files)), [])
  })

  it.each([
    ["the core", "a wing above it", "src/Failure.ts", "./v2/TencentError.ts", "src/v2/TencentError.ts"],
    ["the core", "the client", "src/TencentRetry.ts", "./client/Protocol.ts", "src/client/Protocol.ts"],
    ["src/internal", "a wing above it", "src/internal/retry.ts", "../v2/ErrorCode.ts", "src/v2/ErrorCode.ts"],
    ["the client", "a generation", "src/client/TencentClient.ts", "../v3/TencentAction.ts", "src/v3/TencentAction.ts"],
    ["a generation", "the other", "src/v3/TencentError.ts", "../v2/TencentError.ts", "src/v2/TencentError.ts"],
    [
      "a generation",
      "the test kit",
      "src/v2/TencentAction.ts",
      "../testing/TencentGateway.ts",
      "src/testing/TencentGateway.ts"
    ],
    [
      "the Redis wing",
      "a generation",
      "src/redis/TencentQuotaStoreRedis.ts",
      "../v2/TencentAction.ts",
      "src/v2/TencentAction.ts"
    ],
    [
      "the test kit",
      "internal files of a generation",
      "src/testing/gateway/state.ts",
      "../../v2/internal/signing.ts",
      "src/v2/internal/signing.ts"
    ],
    [
      "a generation",
      "internal files of the client",
      "src/v2/protocol.ts",
      "../client/internal/call.ts",
      "src/client/internal/call.ts"
    ],
    ["the entry", "internal files of a wing", "src/index.ts", "./v2/internal/fields.ts", "src/v2/internal/fields.ts"],
    ["a file", "the entry", "src/testing/TencentGateway.ts", "../index.ts", "src/index.ts"],
    ["a file", "its own package by name", "src/v2/TencentAction.ts", "effect-tencentcloud", "effect-tencentcloud"],
    ["a file", "something outside src", "src/RetryPlan.ts", "../test/support/random.ts", "test/support/random.ts"],
    [
      "what reads a response",
      "the client",
      "src/v2/TencentResponse.ts",
      "../client/Protocol.ts",
      "src/client/Protocol.ts"
    ],
    ["what reads a response", "an action", "src/v3/TencentError.ts", "./TencentAction.ts", "src/v3/TencentAction.ts"],
    [
      "an internal file that reading a response needs",
      "the client",
      "src/v2/internal/fields.ts",
      "../../client/Protocol.ts",
      "src/client/Protocol.ts"
    ]
  ])("refuses that %s imports %s", (_own, _other, from, specifier, to) => {
    const found = violations(planted(from, `import * as Planted from "${specifier}"`))
    assert.lengthOf(found, 1)
    assert.include(found[0], `${from} imports ${to}: `)
  })

  it("refuses a folder that has no place in it", () => {
    const found = violations(new Map([...files, ["src/v4/TencentError.ts", sourceOf(["../Failure.ts"])]]))
    assert.deepStrictEqual(found, [
      "src/v4/TencentError.ts imports src/Failure.ts: src/v4 has no place in the order yet"
    ])
  })

  it.each([
    "import type { A } from \"../v2/ErrorCode.ts\"",
    "import { type A } from \"../v2/ErrorCode.ts\"",
    "import \"../v2/ErrorCode.ts\"",
    "export * from \"../v2/ErrorCode.ts\"",
    "export type { A } from \"../v2/ErrorCode.ts\"",
    "export const load = () => import(\"../v2/ErrorCode.ts\")",
    "export type A = import(\"../v2/ErrorCode.ts\").A"
  ])("sees %s", (line) => {
    assert.lengthOf(violations(planted("src/client/Protocol.ts", line)), 1)
  })

  it.each([
    "// import \"../v2/ErrorCode.ts\"",
    "/** import \"../v2/ErrorCode.ts\" */",
    "export const a = `import \"../v2/ErrorCode.ts\"`"
  ])(
    "does not take %s for an import",
    (line) => {
      assert.deepStrictEqual(violations(planted("src/client/Protocol.ts", line)), [])
    }
  )
})
