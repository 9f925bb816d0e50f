/**
 * Both tarballs as a user gets them: a strict program, that of the README in it, compiles against their declarations with every
 * supported compiler, and runs against the gateway.
 */
import { NodeHttpServer } from "@effect/platform-node"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { TencentGateway } from "effect-tencentcloud/testing"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { execFile } from "node:child_process"
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { createServer } from "node:http"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("../../..", import.meta.url))
const sample = join(root, "test/services/sample")

interface Run {
  readonly status: number
  readonly output: string
}

const run = (file: string, args: ReadonlyArray<string>, cwd: string, env = process.env): Promise<Run> =>
  new Promise((resolve) => {
    execFile(file, args, { cwd, env, encoding: "utf8" }, (error, stdout, stderr) => {
      resolve({ status: error === null ? 0 : 1, output: `${stdout}${stderr}`.trim() })
    })
  })

/** The program of the README that calls an action of the package. */
const ofReadme = (): string => {
  const fences = readFileSync(join(root, "README.md"), "utf8").matchAll(/^```ts\n([^]*?)^```$/gm)
  const found = Array.from(fences, ([, code = ""]) => code).filter((code) => code.includes("-services/"))
  assert.lengthOf(found, 1)
  return found[0]!
}

/** A gateway for one run of the program: it has two pages of instances, then knows no such zone, then lets nobody in. */
const gateway = TencentGateway.layer({
  instances: Array.from({ length: 150 }, (_, index) => ({ instanceId: `ins-${index + 1}` })),
  injectedFaults: [
    { request: 3, response: TencentGateway.apiError("InvalidZone.MismatchRegion") },
    { request: 4, response: TencentGateway.apiError("UnauthorizedOperation", { message: "no" }) }
  ]
}).pipe(
  Layer.provide(NodeHttpServer.layerServer(() => createServer(), { host: "127.0.0.1", port: 0 })),
  Layer.build,
  Effect.flatMap((context) => Effect.provideContext(TencentGateway.TencentGateway, context))
)

const environmentOf = (url: string) => ({
  ...process.env,
  TENCENTCLOUD_ENDPOINT: url,
  TENCENTCLOUD_REGION: "ap-guangzhou",
  TENCENTCLOUD_SECRET_ID: TencentGateway.testCredential.secretId,
  TENCENTCLOUD_SECRET_KEY: Redacted.value(TencentGateway.testCredential.secretKey)
})

let temporary: string
let project: string

const install = async (name: string, args: ReadonlyArray<string>): Promise<void> => {
  const target = join(temporary, name)
  const installed = join(project, "node_modules", name)
  mkdirSync(target, { recursive: true })
  mkdirSync(installed, { recursive: true })
  const pack = await run("npm", ["pack", "--offline", "--ignore-scripts", "--pack-destination", target, ...args], root)
  assert.strictEqual(pack.status, 0, pack.output)
  const tar = ["-xzf", join(target, readdirSync(target)[0]!), "-C", installed, "--strip-components=1"]
  assert.deepStrictEqual(await run("tar", tar, temporary), { status: 0, output: "" })
}

const installed = (path: string) => join(project, "node_modules/effect-tencentcloud-services", path)

beforeAll(async () => {
  temporary = mkdtempSync(join(tmpdir(), "effect-tencentcloud-services-"))
  project = join(temporary, "project")
  cpSync(sample, project, { recursive: true })
  writeFileSync(join(project, "readme.ts"), ofReadme())
  writeFileSync(join(project, "package.json"), JSON.stringify({ type: "module" }))
  await install("effect-tencentcloud", [])
  await install("effect-tencentcloud-services", ["-w", "effect-tencentcloud-services"])
  // A link, so that the dependencies of Effect are found where they are, and nothing is downloaded.
  symlinkSync(join(root, "node_modules/effect"), join(project, "node_modules/effect"), "junction")
}, 120_000)

afterAll(() => rmSync(temporary, { recursive: true, force: true }))

describe("the tarball of the services", () => {
  it("has the modules, its licence and its papers, and nothing else", () => {
    assert.sameMembers(readdirSync(installed("")), ["LICENSE", "NOTICE", "README.md", "dist", "package.json"])
    assert.sameMembers(readdirSync(installed("dist")), [
      "Description.d.ts",
      "index.d.ts",
      "index.js",
      "internal",
      "services"
    ])
    assert.lengthOf(readdirSync(installed("dist/services")), 2 * 296)
  })

  it("names the sources of its descriptions, and that it is not the vendor's", () => {
    const notice = readFileSync(installed("NOTICE"), "utf8")
    for (const repository of ["tencentcloud-cli", "tencentcloud-sdk-go", "tencentcloud-sdk-nodejs"]) {
      assert.match(notice, new RegExp(`TencentCloud/${repository}\\n +commit [0-9a-f]{40} `))
    }
    assert.match(notice, /not made, endorsed or supported by\s+Tencent/)
  })

  it("names no path of the machine that packed it", () => {
    for (const file of ["index.js", "index.d.ts", "internal/action.js", "services/cvm.js", "services/cvm.d.ts"]) {
      assert.notInclude(readFileSync(installed(`dist/${file}`), "utf8"), root)
    }
  })
})

describe("a program with both packages", () => {
  it("of the README has less than 15 lines", () => {
    assert.isBelow(ofReadme().split("\n").filter((line) => line !== "").length, 15)
  })

  it.live.each(["typescript-5", "typescript-6", "typescript"])(
    "compiles with %s and runs",
    (compiler) =>
      Effect.gen(function*() {
        const tsc = join(root, "node_modules", compiler, "bin/tsc")
        const compiled = yield* Effect.promise(() => run(process.execPath, [tsc, "-p", "tsconfig.json"], project))
        assert.deepStrictEqual(compiled, { status: 0, output: "" })
        const says = Array.from(
          readFileSync(join(sample, "main.ts"), "utf8").matchAll(/\/\/ => (.*)$/gm),
          ([, text]) => text
        )
        const { requests, url } = yield* gateway
        const ran = yield* Effect.promise(() => run(process.execPath, ["main.js"], project, environmentOf(url)))
        assert.deepStrictEqual(ran, { status: 0, output: says.join("\n") })
        assert.lengthOf(yield* requests, 4)
      }).pipe(Effect.scoped),
    240_000
  )

  it("cannot reach what is not exported", async () => {
    const script =
      `await import("effect-tencentcloud-services/internal/action").catch((error) => console.log(error.code))`
    const { output } = await run(process.execPath, ["--input-type=module", "-e", script], project)
    assert.oneOf(output, ["ERR_PACKAGE_PATH_NOT_EXPORTED", "ERR_MODULE_NOT_FOUND"])
  })
})
