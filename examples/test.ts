/**
 * Tests code that calls the API, without a network and without waiting: `node --test examples/test.ts`.
 */
import { Effect, Schema } from "effect"
import { TencentError } from "effect-tencentcloud"
import { TencentClient } from "effect-tencentcloud/client"
import { TencentClientTest } from "effect-tencentcloud/testing"
import { TencentAction } from "effect-tencentcloud/v2"
import { deepStrictEqual, strictEqual } from "node:assert"
import { test } from "node:test"

const StopInstances = TencentAction.make("StopInstances", {
  module: "cvm",
  request: Schema.Struct({ instanceIds: Schema.Array(Schema.String) }),
  response: Schema.Struct({})
})

/** The code under test. */
const stop = (id: string) =>
  TencentClient.TencentClient.use((client) => client.call(StopInstances, { instanceIds: [id] })).pipe(
    Effect.as("stopped"),
    Effect.catchTag("ResourceNotFound", () => Effect.succeed("already gone"))
  )

test("an instance that is gone counts as stopped", () =>
  Effect.gen(function*() {
    strictEqual(yield* stop("ins-1"), "already gone")
    const { requests } = yield* TencentClientTest.TencentClientTest
    deepStrictEqual((yield* requests).map(({ parameters }) => parameters["instanceIds.0"]), ["ins-1"])
  }).pipe(
    Effect.provide(TencentClientTest.layer({ StopInstances: new TencentError.ResourceNotFound({ message: "gone" }) })),
    Effect.runPromise
  ))
