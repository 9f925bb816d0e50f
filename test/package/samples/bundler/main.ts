// A program that a bundler makes into one file, with the client in it.
import { Effect, Schema } from "effect"
import { TencentRetry } from "effect-tencentcloud"
import { TencentClient } from "effect-tencentcloud/client"
import { TencentClientTest } from "effect-tencentcloud/testing"
import { TencentAction } from "effect-tencentcloud/v2"
import type * as TencentError from "effect-tencentcloud/v2/TencentError"

const StopInstances = TencentAction.make("StopInstances", {
  module: "cvm",
  request: Schema.Struct({ instanceIds: Schema.Array(Schema.String) }),
  response: Schema.Struct({})
})

const stop = TencentClient.TencentClient.use((client) => client.call(StopInstances, { instanceIds: ["ins-1"] })).pipe(
  Effect.as("stopped"),
  Effect.catchTag("ResourceNotFound", (error: TencentError.ResourceNotFound) => Effect.succeed(error.message)),
  Effect.provide(TencentClientTest.layer({ StopInstances: { code: 5000, message: "already gone" } })),
  Effect.provide(TencentRetry.Budget.none)
)

console.log(await Effect.runPromise(stop)) // => already gone
