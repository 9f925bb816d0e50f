/**
 * The actions of API 3.0 that the tour calls.
 */
import { Effect, Schema, Stream } from "effect"
import { TencentClient } from "effect-tencentcloud/client"
import { TencentAction } from "effect-tencentcloud/v3"

const cvm = { service: "cvm", version: "2017-03-12" }

const DescribeRequest = Schema.Struct({
  Limit: Schema.optionalKey(Schema.Number),
  InstanceIds: Schema.optionalKey(Schema.Array(Schema.String)),
  // There is no such parameter.
  Page: Schema.optionalKey(Schema.Number)
})

const describeAction = TencentAction.make("DescribeInstances", {
  ...cvm,
  request: DescribeRequest,
  response: Schema.Struct({ TotalCount: Schema.Number })
})

const listAction = TencentAction.makePaged("DescribeInstances", {
  ...cvm,
  request: Schema.Struct({ Offset: Schema.optionalKey(Schema.Number), Limit: Schema.optionalKey(Schema.Number) }),
  response: Schema.Struct({
    TotalCount: Schema.Number,
    InstanceSet: Schema.Array(Schema.Struct({ InstanceId: Schema.String }))
  }),
  pages: {
    items: ({ InstanceSet }) => InstanceSet,
    total: ({ TotalCount }) => TotalCount,
    offset: "Offset",
    limit: "Limit"
  }
})

const buyAction = TencentAction.make("RunInstances", {
  ...cvm,
  request: Schema.Struct({
    InstanceType: Schema.String,
    ImageId: Schema.String,
    Placement: Schema.Struct({ Zone: Schema.String }),
    InstanceCount: Schema.optionalKey(Schema.Number),
    DryRun: Schema.optionalKey(Schema.Boolean)
  }),
  response: Schema.Struct({ InstanceIdSet: Schema.Array(Schema.String) }),
  errors: { balance: ["InvalidAccount.InsufficientBalance"] },
  clientToken: true
})

const stopAction = TencentAction.make("StopInstances", {
  ...cvm,
  request: Schema.Struct({ InstanceIds: Schema.Array(Schema.String) }),
  response: Schema.Struct({}),
  errors: { notFound: ["InvalidInstanceId.NotFound"] }
})

const chatAction = TencentAction.makeStream("ChatCompletions", {
  service: "hunyuan",
  version: "2023-09-01",
  request: Schema.Struct({
    Model: Schema.String,
    Messages: Schema.Array(Schema.Struct({ Role: Schema.String, Content: Schema.String })),
    Stream: Schema.Boolean
  }),
  response: Schema.Struct({ Choices: Schema.Array(Schema.Unknown) }),
  event: Schema.Struct({ Choices: Schema.Array(Schema.Struct({ Delta: Schema.Struct({ Content: Schema.String }) })) })
})

const emptyAction = (name: string, version = cvm.version, service = cvm.service) =>
  TencentAction.make(name, { service, version, request: Schema.Struct({}), response: Schema.Struct({}) })

const misspelt = emptyAction("DescribeInstance")
const outdated = emptyAction("DescribeZones", "2016-01-01")
const elsewhere = emptyAction("DescribeZones", cvm.version, "moon")

const order = { InstanceType: "S1.SMALL1", ImageId: "img-00000001", Placement: { Zone: "ap-guangzhou-3" } }

export const describeInstances = (request: typeof DescribeRequest.Type = {}) =>
  TencentClient.TencentClient.use((client) => client.call(describeAction, request))

/** The ids of all instances, page by page. */
export const listInstances = (Limit: number) =>
  Stream.unwrap(
    TencentClient.TencentClient.use((client) => Effect.succeed(client.paginate(listAction, { Limit })))
  ).pipe(Stream.map(({ InstanceId }) => InstanceId))

/** The words of a language model, as they come. */
export const chat = (Content: string) =>
  Stream.unwrap(
    TencentClient.TencentClient.use((client) =>
      Effect.succeed(
        client.stream(chatAction, { Model: "hunyuan-lite", Messages: [{ Role: "user", Content }], Stream: true })
      )
    )
  ).pipe(Stream.map(({ Choices }) => Choices.map(({ Delta }) => Delta.Content).join("")))

export const buyInstance = (options: { readonly DryRun?: boolean; readonly InstanceCount?: number } = {}) =>
  TencentClient.TencentClient.use((client) => client.call(buyAction, { ...order, ...options }))

export const stopInstances = (...InstanceIds: ReadonlyArray<string>) =>
  TencentClient.TencentClient.use((client) => client.call(stopAction, { InstanceIds }))

export const misspeltCall = TencentClient.TencentClient.use((client) => client.call(misspelt, {}))

export const outdatedCall = TencentClient.TencentClient.use((client) => client.call(outdated, {}))

export const callElsewhere = TencentClient.TencentClient.use((client) => client.call(elsewhere, {}))
