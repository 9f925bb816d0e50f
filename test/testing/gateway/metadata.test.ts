/**
 * The metadata service of an instance: its role, and temporary keys for it.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { TestClock } from "effect/testing"
import { against, gateway, noon } from "../../support/gateway.ts"
import { ask, build, codeOf, withKeys } from "../../support/gatewayV3.ts"

const role = { RoleArn: "qcs::cam::uin/100000000001:roleName/gateway-role", RoleSessionName: "test" }

const path = "/latest/meta-data/cam/security-credentials/"

const metadata = (target: string, method = "GET") =>
  ask({ method, target, headers: { host: "metadata.tencentyun.com" } })

describe("the metadata service", () => {
  it.effect("has the name of the role, and keys for it", () =>
    Effect.gen(function*() {
      assert.strictEqual((yield* metadata(path)).text, "gateway-role")
      const keys = JSON.parse((yield* metadata(`${path}gateway-role`)).text)
      assert.deepInclude(keys, { Code: "Success", ExpiredTime: noon / 1000 + 43_200 })
      assert.strictEqual(yield* codeOf("DescribeZones", {}, withKeys(keys)), "Success")
      const [first] = yield* gateway.use((g) => g.requests)
      assert.deepInclude(first, { path, action: undefined, code: undefined, status: 200, executed: false })
    }).pipe(against()))

  it.effect("returns the same keys until shortly before their end", () =>
    Effect.gen(function*() {
      const keys = Effect.map(metadata(`${path}gateway-role`), ({ text }) => text)
      const first = yield* keys
      yield* TestClock.adjust("11 hours")
      assert.strictEqual(yield* keys, first)
      yield* TestClock.adjust("50 minutes")
      const second = yield* keys
      assert.notStrictEqual(second, first)
      assert.strictEqual(yield* codeOf("DescribeZones", {}, withKeys(JSON.parse(second), 42_600)), "Success")
      assert.strictEqual(yield* codeOf("DescribeZones", {}, withKeys(JSON.parse(first), 42_600)), "Success")
    }).pipe(against()))

  it.effect("has no other paths and methods", () =>
    Effect.gen(function*() {
      assert.strictEqual((yield* metadata(`${path}another-role`)).status, 404)
      assert.strictEqual((yield* metadata("/latest/meta-data/")).status, 404)
      assert.strictEqual((yield* metadata(path, "PUT")).status, 405)
    }).pipe(against()))

  it.effect("has no role on an instance without one", () =>
    Effect.gen(function*() {
      assert.strictEqual((yield* metadata(path)).status, 404)
      assert.strictEqual(yield* codeOf("AssumeRole", role, { service: "sts" }), "ResourceNotFound.RoleNotFound")
    }).pipe(against({ roles: [] })))

  it.effect("keys are unknown after a reset", () =>
    Effect.gen(function*() {
      const keys = JSON.parse((yield* metadata(`${path}gateway-role`)).text)
      const request = build("DescribeZones", {}, withKeys(keys))
      yield* gateway.use((g) => g.reset)
      assert.include((yield* ask(request)).text, "AuthFailure.SecretIdNotFound")
    }).pipe(against()))
})
