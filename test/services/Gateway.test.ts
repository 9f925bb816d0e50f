import { NodeHttpClient, NodeHttpServer } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Description } from "effect-tencentcloud-services"
import * as sms from "effect-tencentcloud-services/sms"
import * as sts from "effect-tencentcloud-services/sts"
import { TencentClient, TencentCredentials } from "effect-tencentcloud/client"
import { TencentGateway } from "effect-tencentcloud/testing"
import type { TencentAction } from "effect-tencentcloud/v3"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { createServer } from "node:http"

const actions: ReadonlyArray<TencentAction.Action<object, object, unknown>> = [
  ...Object.values(sms),
  ...Object.values(sts)
] as never // The request of each is made by its own description.

const gateway = TencentGateway.layer({ actions: Description.served(actions), quota: 1000 }).pipe(
  Layer.provide(NodeHttpServer.layerServer(() => createServer(), { port: 0 }))
)

describe("the gateway with actions of services", () => {
  it.live("serves each of them", () =>
    Effect.gen(function*() {
      const { url } = yield* TencentGateway.TencentGateway
      const live = TencentClient.layer({ region: "ap-guangzhou", endpoint: new URL(url) }).pipe(
        Layer.provide([TencentCredentials.layer(TencentGateway.testCredential), NodeHttpClient.layerUndici])
      )
      const client = yield* Layer.build(live)
      yield* Effect.forEach(actions, (action) =>
        Effect.gen(function*() {
          const description = Option.getOrThrow(Description.of(action))
          const call = TencentClient.TencentClient.use((client) => client.call(action, description.exampleRequest(1)))
          const response = yield* Effect.provideContext(call, client)
          const { RequestId: _, ...expected } = description.exampleResponse(0) as { readonly RequestId: string }
          assert.deepInclude(response, expected)
        }))
    }).pipe(Effect.provide(gateway), Effect.scoped))
})
