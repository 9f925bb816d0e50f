/**
 * A client from the environment.
 */
import { assert, describe, it } from "@effect/vitest"
import { TencentClient } from "effect-tencentcloud/client"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import { Read, secretId, secretKey, token } from "../../support/client.ts"
import { isSigned, ok, parameter, scripted } from "../../support/scriptedServer.ts"

const configured = (env: Record<string, string>, options?: TencentClient.Options) => {
  const { layer, sent } = scripted(ok)
  const live = TencentClient.layerConfig(options).pipe(
    Layer.provide([layer, ConfigProvider.layer(ConfigProvider.fromEnv({ env }))])
  )
  return { sent, client: Effect.map(Layer.build(live), Context.get(TencentClient.TencentClient)) }
}

describe("layerConfig", () => {
  const all = {
    TENCENTCLOUD_REGION: "ap-beijing",
    TENCENTCLOUD_SECRET_ID: secretId,
    TENCENTCLOUD_SECRET_KEY: secretKey,
    TENCENTCLOUD_SESSION_TOKEN: token
  }
  const without = (name: keyof typeof all) => Object.fromEntries(Object.entries(all).filter(([key]) => key !== name))

  it.effect("layerConfig reads region, keys and token from the environment", () =>
    Effect.gen(function*() {
      const { client, sent } = configured(all, { method: "GET" })
      yield* (yield* client).call(Read, {})
      assert.deepStrictEqual(["Region", "SecretId", "Token"].map((name) => parameter(sent[0], name)), [
        "ap-beijing",
        secretId,
        token
      ])
      assert.strictEqual(sent[0]!.method, "GET")
      assert.isTrue(isSigned(sent[0]!, secretKey))
    }))

  it.effect.each(
    [
      ["TENCENTCLOUD_REGION", "ConfigError"],
      ["TENCENTCLOUD_SECRET_ID", "CredentialsUnavailable"],
      ["TENCENTCLOUD_SECRET_KEY", "CredentialsUnavailable"],
      ["TENCENTCLOUD_SESSION_TOKEN", undefined]
    ] as const
  )("layerConfig without %s fails with %s", ([name, tag]) =>
    Effect.gen(function*() {
      const exit = yield* Effect.exit(configured(without(name)).client)
      assert.strictEqual(Exit.isFailure(exit) ? (yield* Effect.flip(exit))._tag : undefined, tag)
      for (const blank of ["", "  "]) {
        const empty = yield* Effect.exit(configured({ ...all, [name]: blank }).client)
        assert.strictEqual(Exit.isFailure(empty) ? (yield* Effect.flip(empty))._tag : undefined, tag)
      }
      // Each says which one it is.
      if (Exit.isFailure(exit)) assert.include((yield* Effect.flip(exit)).message, `${name} is not set: set it`)
    }))

  it.effect.each<readonly [string, Record<string, string>, string, string | null]>([
    ["no region, for services that have none", without("TENCENTCLOUD_REGION"), "", null],
    ["no region, whatever the environment says", all, "", null],
    ["another region than in the environment", all, "ap-seoul", "ap-seoul"]
  ])("layerConfig takes the region that the program says: %s", ([, env, region, expected]) =>
    Effect.gen(function*() {
      const { client, sent } = configured(env, { region })
      yield* (yield* client).call(Read, {})
      assert.strictEqual(sent[0]!.parameters.get("Region"), expected)
    }))
})
