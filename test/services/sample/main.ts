import { Config, Effect, Layer } from "effect"
import { Description } from "effect-tencentcloud-services"
import { DescribeInstances } from "effect-tencentcloud-services/cvm"
import { TencentClient } from "effect-tencentcloud/client"
import { FetchHttpClient } from "effect/http"
import { ids } from "./readme.js"

const live = Layer.unwrap(
  Effect.map(Config.URL("TENCENTCLOUD_ENDPOINT"), (endpoint) => TencentClient.layerConfig({ endpoint }))
).pipe(Layer.provide(FetchHttpClient.layer))

const said = ids.pipe(
  Effect.map((all) => `${all.length} instances, the last is ${all.at(-1)}`),
  Effect.catch((error) => Effect.succeed(typeof error === "string" ? error : error.message)),
  Effect.provide(live)
)

console.log(await Effect.runPromise(said)) // => 150 instances, the last is ins-150
console.log(await Effect.runPromise(said)) // => 0 instances, the last is undefined
console.log(await Effect.runPromise(said)) // => ask for access: no
console.log(Description.of(DescribeInstances)._tag) // => Some
console.log(Description.scripted(DescribeInstances, { TotalCount: 1 }).Response["TotalCount"]) // => 1
