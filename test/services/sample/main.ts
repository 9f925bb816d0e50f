import { Effect, Layer, Redacted, Stream } from "effect"
import { Failure } from "effect-tencentcloud"
import { Description } from "effect-tencentcloud-services"
import { DescribeInstances } from "effect-tencentcloud-services/cvm"
import { TencentClient, TencentCredentials } from "effect-tencentcloud/client"
import { HttpClient, HttpClientResponse } from "effect/http"

const ids = TencentClient.TencentClient.use((client) =>
  client.paginate(DescribeInstances, { Limit: 2 }).pipe(
    Stream.map(({ InstanceId }) => InstanceId ?? "none"),
    Stream.runCollect
  )
).pipe(
  Effect.catchTag("InvalidFilter", () => Effect.succeed(["a wrong filter"])),
  Failure.catchKind("permission", (error) => Effect.succeed([`no permission: ${error.message}`]))
)

const denied = { Error: { Code: "UnauthorizedOperation.PermissionDenied", Message: "ask" }, RequestId: "r-3" }

/** A server that has three instances, and then knows better. */
const responses = [
  { TotalCount: 3, InstanceSet: [{ InstanceId: "ins-1" }, { InstanceId: "ins-2" }], RequestId: "r-1" },
  { TotalCount: "3", InstanceSet: { InstanceId: "ins-3", Tags: null }, RequestId: "r-2" },
  denied
].map((response) => Response.json({ Response: response }))

const http = HttpClient.make((request) => Effect.sync(() => HttpClientResponse.fromWeb(request, responses.shift()!)))

const live = TencentClient.layer({ region: "ap-guangzhou" }).pipe(
  Layer.provide(TencentCredentials.layer({ secretId: "AKIDexample", secretKey: Redacted.make("a-secret-key") })),
  Layer.provide(Layer.succeed(HttpClient.HttpClient, http))
)

console.log((await Effect.runPromise(ids.pipe(Effect.provide(live)))).join(" ")) // => ins-1 ins-2 ins-3
console.log((await Effect.runPromise(ids.pipe(Effect.provide(live)))).join(" ")) // => no permission: ask
console.log(Description.of(DescribeInstances)._tag) // => Some
