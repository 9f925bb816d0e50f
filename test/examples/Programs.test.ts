/**
 * The programs of `examples` that are there to be copied run as they are, and print what they are for.
 */
import { NodeHttpServer } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { TencentGateway } from "effect-tencentcloud/testing"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { execFile } from "node:child_process"
import { createServer } from "node:http"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("../..", import.meta.url))

interface Run {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program on the sources, where a reader's program runs on the package. */
const run = (program: string, env: NodeJS.ProcessEnv = {}, ...flags: ReadonlyArray<string>) =>
  Effect.callback<Run>((resume) => {
    const register = new URL("../support/sources.mjs", import.meta.url).href
    execFile(
      process.execPath,
      ["--import", register, ...flags, `examples/${program}.ts`],
      { cwd: root, env: { ...process.env, NO_COLOR: "1", ...env } },
      (error, stdout, stderr) => resume(Effect.succeed({ code: Number(error?.code ?? 0), stdout, stderr }))
    )
  })

const gateway = TencentGateway.layer().pipe(
  Layer.provide(NodeHttpServer.layerServer(() => createServer(), { host: "127.0.0.1", port: 0 }))
)

describe("the programs to copy", () => {
  it.live("decode: each body is handled by its meaning", () =>
    Effect.gen(function*() {
      const { code, stdout } = yield* run("decode")
      assert.strictEqual(code, 0)
      assert.deepStrictEqual(stdout.trim().split("\n").map((line) => line.split(/[:,]/)[0]), [
        "3 instances",
        "not allowed",
        "there is no such instance",
        "Unreadable response"
      ])
    }))

  it.live("retry: a busy instance is waited for, and a lost response is not repeated", () =>
    Effect.gen(function*() {
      const { code, stdout } = yield* run("retry")
      assert.strictEqual(code, 0)
      assert.match(stdout, /^after 3 attempts: nobody knows/)
    }))

  it.live("test: passes under the test runner of Node", () =>
    Effect.gen(function*() {
      const { code, stdout } = yield* run("test", {}, "--test-reporter=tap")
      assert.strictEqual(code, 0, stdout)
      assert.include(stdout, "ok 1 - an instance that is gone counts as stopped")
    }))

  it.live("call: asks the address of the environment", () =>
    Effect.gen(function*() {
      const { url } = yield* TencentGateway.TencentGateway
      const { secretId, secretKey } = TencentGateway.testCredential
      const { code, stderr, stdout } = yield* run("call", {
        TENCENTCLOUD_REGION: "ap-guangzhou",
        TENCENTCLOUD_ENDPOINT: url,
        TENCENTCLOUD_SECRET_ID: secretId,
        TENCENTCLOUD_SECRET_KEY: Redacted.value(secretKey)
      })
      assert.strictEqual(code, 0, stderr)
      assert.match(stdout, /^\d+ instances\n$/)
    }).pipe(Effect.provide(gateway)))

  it.live("call: says what is missing in the environment", () =>
    Effect.gen(function*() {
      const { code, stderr, stdout } = yield* run("call", {
        TENCENTCLOUD_REGION: "ap-guangzhou",
        TENCENTCLOUD_SECRET_ID: ""
      })
      assert.strictEqual(code, 1)
      assert.include(stdout + stderr, "TENCENTCLOUD_SECRET_ID")
    }))
})
