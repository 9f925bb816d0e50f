/**
 * Calls the API with keys from the environment: `node examples/call.ts`. It needs TENCENTCLOUD_REGION, TENCENTCLOUD_SECRET_ID and
 * TENCENTCLOUD_SECRET_KEY. TENCENTCLOUD_ENDPOINT leads to another address, such as that of `npm run gateway`.
 */
import { NodeHttpClient, NodeRuntime } from "@effect/platform-node"
import { Config, Console, Effect, Layer, Option, Schema } from "effect"
import { Failure } from "effect-tencentcloud"
import { TencentClient } from "effect-tencentcloud/client"
import { TencentAction } from "effect-tencentcloud/v2"

const DescribeInstances = TencentAction.make("DescribeInstances", {
  module: "cvm",
  request: Schema.Struct({ limit: Schema.Number }),
  response: Schema.Struct({ totalCount: Schema.Number })
})

const program = TencentClient.TencentClient.use((client) => client.call(DescribeInstances, { limit: 20 })).pipe(
  Effect.flatMap(({ totalCount }) => Console.log(`${totalCount} instances`)),
  Effect.tapError((error) => Console.error(`${error}\n${Failure.explain(error).remedy}`))
)

const client = Layer.unwrap(
  Effect.map(
    Config.option(Config.URL("TENCENTCLOUD_ENDPOINT")),
    (endpoint) => TencentClient.layerConfig({ endpoint: Option.getOrUndefined(endpoint) })
  )
)

NodeRuntime.runMain(program.pipe(Effect.provide(client), Effect.provide(NodeHttpClient.layerUndici)))
