/**
 * The actions that the tour calls, and the client that it calls them with.
 */
import { Effect, Layer, Schema } from "effect"
import { TencentClient, TencentCredentials } from "effect-tencentcloud/client"
import { TencentGateway } from "effect-tencentcloud/testing"
import { TencentAction } from "effect-tencentcloud/v2"

// ---------------------------------------------------------------------------------------------------------------------
// Actions
// ---------------------------------------------------------------------------------------------------------------------

const DescribeRequest = Schema.Struct({
  limit: Schema.optionalKey(Schema.Number),
  instanceIds: Schema.optionalKey(Schema.Array(Schema.String))
})

const describeAction = TencentAction.make("DescribeInstances", {
  module: "cvm",
  request: DescribeRequest,
  response: Schema.Struct({ totalCount: Schema.Number })
})

const buyAction = TencentAction.make("RunInstances", {
  module: "cvm",
  request: Schema.Struct({ instanceType: Schema.String, imageId: Schema.String, zone: Schema.String }),
  response: Schema.Struct({ instanceIds: Schema.Array(Schema.String) })
})

const batchAction = (name: string) =>
  TencentAction.make(name, {
    module: "cvm",
    request: Schema.Struct({ instanceIds: Schema.Array(Schema.String) }),
    response: Schema.Struct({})
  })

const startAction = batchAction("StartInstances")
const stopAction = batchAction("StopInstances")

const misspeltAction = TencentAction.make("DescribeInstance", {
  module: "cvm",
  request: Schema.Struct({}),
  response: Schema.Struct({})
})

// ---------------------------------------------------------------------------------------------------------------------
// Calls
// ---------------------------------------------------------------------------------------------------------------------

export const describeInstances = (request: typeof DescribeRequest.Type = {}) =>
  TencentClient.TencentClient.use((client) => client.call(describeAction, request))

export const buyInstance = TencentClient.TencentClient.use((client) =>
  client.call(buyAction, { instanceType: "S1.SMALL1", imageId: "img-00000001", zone: "ap-guangzhou-3" })
)

export const startInstances = (...instanceIds: ReadonlyArray<string>) =>
  TencentClient.TencentClient.use((client) => client.call(startAction, { instanceIds }))

export const stopInstances = (...instanceIds: ReadonlyArray<string>) =>
  TencentClient.TencentClient.use((client) => client.call(stopAction, { instanceIds }))

export const misspeltCall = TencentClient.TencentClient.use((client) => client.call(misspeltAction, {}))

// ---------------------------------------------------------------------------------------------------------------------
// The client
// ---------------------------------------------------------------------------------------------------------------------

const testCredentials = TencentCredentials.layer(TencentGateway.testCredential)

/** A new client of the gateway, with the default policies unless the options say otherwise. */
export const connect = (
  options: TencentClient.Options = {},
  credentials: Layer.Layer<TencentCredentials.TencentCredentials> = testCredentials
) =>
  Layer.unwrap(
    Effect.map(TencentGateway.TencentGateway, ({ url }) =>
      TencentClient.layer({ region: "ap-guangzhou", endpoint: new URL(url), ...options }).pipe(
        Layer.provide(credentials)
      ))
  )
