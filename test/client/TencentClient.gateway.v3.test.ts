/**
 * The client over real HTTP against the gateway, by API 3.0: the gateway checks TC3 signatures, clocks and quotas by itself.
 */
import { NodeHttpClient } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Failure, TencentRetry } from "effect-tencentcloud"
import { TencentClient, TencentCredentials } from "effect-tencentcloud/client"
import { TencentGateway } from "effect-tencentcloud/testing"
import * as V2 from "effect-tencentcloud/v2"
import { TencentAction, TencentRoles } from "effect-tencentcloud/v3"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import type * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as fastClock from "../support/fastClock.ts"
import { gateway, serve, testCredential, withCredential } from "../support/gateway.ts"

// ---------------------------------------------------------------------------------------------------------------------
// Actions
// ---------------------------------------------------------------------------------------------------------------------

const cvm = { service: "cvm", version: "2017-03-12" }

const DescribeInstances = TencentAction.make("DescribeInstances", {
  ...cvm,
  request: Schema.Struct({
    InstanceIds: Schema.optionalKey(Schema.Array(Schema.String)),
    Filters: Schema.optionalKey(
      Schema.Array(Schema.Struct({ Name: Schema.String, Values: Schema.Array(Schema.String) }))
    ),
    Limit: Schema.optionalKey(Schema.Number)
  }),
  response: Schema.Struct({ TotalCount: Schema.Number })
})

const DescribeEverything = TencentAction.make("DescribeEverything", {
  ...cvm,
  request: Schema.Struct({}),
  response: Schema.Struct({})
})

const purchase = {
  ...cvm,
  request: Schema.Struct({
    InstanceType: Schema.String,
    ImageId: Schema.String,
    Placement: Schema.Struct({ Zone: Schema.String }),
    InstanceName: Schema.optionalKey(Schema.String),
    DryRun: Schema.optionalKey(Schema.Boolean),
    ClientToken: Schema.optionalKey(Schema.String)
  }),
  response: Schema.Struct({ InstanceIdSet: Schema.Array(Schema.String) }),
  errors: {
    balance: ["InvalidAccount.InsufficientBalance"],
    soldOut: ["ResourcesSoldOut.SpecifiedInstanceType"],
    identity: ["AccountQualificationRestrictions"],
    notFound: ["InvalidParameterValue.InstanceTypeNotFound"]
  }
} as const

const RunInstances = TencentAction.make("RunInstances", { ...purchase, clientToken: true })

/** Without a client token. */
const RunInstancesBlindly = TencentAction.make("RunInstances", purchase)

const StopInstances = TencentAction.make("StopInstances", {
  ...cvm,
  request: Schema.Struct({ InstanceIds: Schema.Array(Schema.String) }),
  response: Schema.Struct({}),
  errors: {
    notFound: ["InvalidInstanceId.NotFound"],
    wrongState: ["UnsupportedOperation.InstanceStateStopped"]
  }
})

const GetCallerIdentity = TencentAction.make("GetCallerIdentity", {
  service: "sts",
  version: "2018-08-13",
  request: Schema.Struct({}),
  response: Schema.Struct({ Type: Schema.String, Arn: Schema.String })
})

const order = { InstanceType: "S1.SMALL1", ImageId: "img-00000001", Placement: { Zone: "ap-guangzhou-3" } }

// ---------------------------------------------------------------------------------------------------------------------
// Both sides
// ---------------------------------------------------------------------------------------------------------------------

const transports: ReadonlyArray<readonly [string, Layer.Layer<HttpClient.HttpClient>]> = [
  ["undici", NodeHttpClient.layerUndici],
  ["fetch", FetchHttpClient.layer]
]

interface Options extends TencentClient.Options {
  readonly http?: Layer.Layer<HttpClient.HttpClient>
  readonly credentials?: Layer.Layer<TencentCredentials.TencentCredentials, never, HttpClient.HttpClient>
}

const connect = ({ credentials, http = NodeHttpClient.layerUndici, ...options }: Options = {}) =>
  Effect.gen(function*() {
    const { url } = yield* gateway
    const keys = Layer.provide(credentials ?? TencentCredentials.layer(testCredential), http)
    const context = yield* Layer.build(
      TencentClient.layer({ region: "ap-guangzhou", endpoint: new URL(url), ...options }).pipe(
        Layer.provide([keys, http])
      )
    )
    return Context.get(context, TencentClient.TencentClient)
  })

const against = (options?: TencentGateway.Options) => <A, E, R>(test: Effect.Effect<A, E, R>) =>
  Effect.provide(Effect.scoped(test), serve(options))

const onFastClock = <A, E, R>(test: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.suspend(() => Effect.provideService(test, Clock.Clock, fastClock.make()))

const noRetries = TencentRetry.make({})

const requestLog = gateway.use((g) => g.requests)

const codes = Effect.map(requestLog, (requests) => requests.map(({ code }) => code))

type Client = TencentClient.TencentClient["Service"]

const read = (client: Client) => client.call(DescribeInstances, {})
const buy = (client: Client) => client.call(RunInstances, order)

// ---------------------------------------------------------------------------------------------------------------------
// Requests
// ---------------------------------------------------------------------------------------------------------------------

describe("a request of API 3.0 to the gateway", () => {
  it.live.each(transports)("is accepted over %s, whatever its text", ([, http]) =>
    Effect.gen(function*() {
      const client = yield* connect({ http })
      const awkward = "a b+c&d=e%20é機😀'()*!~@#/?\n\u0000_"
      const filters = [{ Name: "instance-name", Values: ["web", awkward] }]
      assert.deepStrictEqual(yield* client.call(DescribeInstances, { Filters: filters, Limit: 1 }), { TotalCount: 1 })
      const { InstanceIdSet } = yield* client.call(RunInstances, { ...order, InstanceName: awkward })
      const bought = (yield* gateway.use((g) => g.instances)).at(-1)
      assert.deepStrictEqual([bought?.instanceId, bought?.instanceName], [InstanceIdSet[0], awkward])
      for (const request of yield* requestLog) assert.deepInclude(request, { method: "POST", code: 0, path: "/" })
    }).pipe(against()))

  it.live.each(transports)("is accepted over %s with temporary keys", ([, http]) =>
    Effect.gen(function*() {
      const token = Redacted.make("a+token/with=&<marks>")
      yield* gateway.use((g) => g.setCredential({ ...testCredential, token }))
      const client = yield* connect({ http, credentials: TencentCredentials.layer({ ...testCredential, token }) })
      assert.deepStrictEqual(yield* read(client), { TotalCount: 2 })
    }).pipe(against()))

  it.live("is accepted for a host that is not its address", () =>
    Effect.gen(function*() {
      const { url } = yield* gateway
      const client = yield* connect({ endpoint: ({ host }) => ({ url: new URL(url), signedHost: host }) })
      assert.deepStrictEqual(yield* read(client), { TotalCount: 2 })
      assert.deepInclude((yield* requestLog)[0], { host: "cvm.tencentcloudapi.com", code: 0 })
    }).pipe(against()))

  it.live("goes with those of API 2.0 through one client, to one state", () =>
    Effect.gen(function*() {
      const client = yield* connect()
      const { InstanceIdSet } = yield* buy(client)
      const Stop = V2.TencentAction.make("StopInstances", {
        module: "cvm",
        request: Schema.Struct({ instanceIds: Schema.Array(Schema.String) }),
        response: Schema.Struct({})
      })
      yield* client.call(Stop, { instanceIds: InstanceIdSet })
      const error = yield* Effect.flip(client.call(StopInstances, { InstanceIds: InstanceIdSet }))
      assert.strictEqual(error._tag, "UnsupportedOperation.InstanceStateStopped")
      assert.deepStrictEqual((yield* requestLog).map(({ path }) => path), ["/", "/v2/index.php", "/"])
    }).pipe(against()))
})

// ---------------------------------------------------------------------------------------------------------------------
// Codes
// ---------------------------------------------------------------------------------------------------------------------

interface Scenario {
  readonly tag: string
  readonly kind: string
  readonly state?: TencentGateway.Options
  readonly client?: Options
  readonly call: (
    client: Client
  ) => Effect.Effect<unknown, { readonly _tag: string; readonly kind: string; readonly message: string }>
}

const scenarios: ReadonlyArray<Scenario> = [
  {
    tag: "AuthFailure.SignatureFailure",
    kind: "authentication",
    client: { credentials: TencentCredentials.layer({ ...testCredential, secretKey: Redacted.make("another") }) },
    call: read
  },
  {
    tag: "AuthFailure.SecretIdNotFound",
    kind: "credentials",
    state: withCredential({ disabled: true }),
    call: read
  },
  {
    tag: "AuthFailure.TokenFailure",
    kind: "credentials",
    state: withCredential({ token: Redacted.make("a-token") }),
    call: read
  },
  { tag: "AuthFailure.MFAFailure", kind: "authentication", state: withCredential({ mfaRequired: true }), call: read },
  { tag: "AuthFailure.SignatureExpire", kind: "replay", state: { clockSkew: "301 seconds" }, call: buy },
  {
    tag: "AuthFailure.UnauthorizedOperation",
    kind: "permission",
    state: withCredential({ denied: { actions: ["RunInstances"] } }),
    call: buy
  },
  {
    tag: "UnauthorizedOperation",
    kind: "permission",
    state: withCredential({ denied: { resources: ["img-00000001"] } }),
    call: buy
  },
  { tag: "RequestLimitExceeded", kind: "throttled", state: { quota: 0 }, call: read },
  { tag: "ServiceUnavailable", kind: "unavailable", state: { maintenance: ["RunInstances"] }, call: buy },
  { tag: "UnsupportedProtocol", kind: "unsupported", state: { requireHttps: true }, call: read },
  { tag: "InvalidAction", kind: "unsupported", call: (client) => client.call(DescribeEverything, {}) },
  { tag: "UnsupportedRegion", kind: "unsupported", client: { region: "ap-moon" }, call: read },
  {
    tag: "InvalidParameterValue",
    kind: "request",
    call: (client) => client.call(DescribeInstances, { Limit: 1000 })
  },
  {
    tag: "InvalidInstanceId.NotFound",
    kind: "notFound",
    call: (client) => client.call(StopInstances, { InstanceIds: ["ins-00000009"] })
  },
  { tag: "InvalidAccount.InsufficientBalance", kind: "balance", state: { balance: 1999 }, call: buy },
  {
    tag: "ResourcesSoldOut.SpecifiedInstanceType",
    kind: "soldOut",
    state: { instanceTypes: { "S1.SMALL1": { price: 1, stock: 0 } } },
    call: buy
  },
  { tag: "InvalidParameterValue.InstanceTypeNotFound", kind: "notFound", state: { instanceTypes: {} }, call: buy },
  { tag: "AccountQualificationRestrictions", kind: "identity", state: { identityVerified: false }, call: buy },
  {
    tag: "DryRunOperation",
    kind: "dryRun",
    call: (client) => client.call(RunInstances, { ...order, DryRun: true })
  }
]

describe("a refusal of the gateway", () => {
  it.live.each(transports.flatMap(([transport, http]) => scenarios.map((one) => ({ ...one, transport, http }))))(
    "arrives as $tag over $transport, with its kind and the id of its request",
    ({ call, client: options, http, kind, state, tag }) =>
      Effect.gen(function*() {
        const client = yield* connect({ http, retry: noRetries, ...options })
        const error = yield* Effect.flip(call(client))
        assert.strictEqual(error._tag, tag)
        assert.strictEqual(error.kind, kind)
        const [request] = yield* requestLog
        assert.deepInclude(request, { code: tag, message: error.message, executed: false })
        assert.propertyVal(error, "requestId", "00000000-0000-4000-8000-000000000001")
      }).pipe(against(state))
  )

  it.live("is caught by its kind, whatever the generation", () =>
    Effect.gen(function*() {
      const client = yield* connect()
      const stopped = client.call(StopInstances, { InstanceIds: ["ins-00000009"] }).pipe(
        Effect.as("stopped"),
        Failure.catchKind("notFound", () => Effect.succeed("gone"))
      )
      assert.strictEqual(yield* stopped, "gone")
    }).pipe(against()))
})

// ---------------------------------------------------------------------------------------------------------------------
// Retries
// ---------------------------------------------------------------------------------------------------------------------

describe("a purchase of API 3.0", () => {
  const twice = TencentRetry.byKind({ transport: Schedule.recurs(2) })

  it.live.each(transports)("is bought once over two lost responses over %s", ([, http]) =>
    Effect.gen(function*() {
      const g = yield* gateway
      yield* g.injectFault({ at: "response", response: TencentGateway.connectionReset, times: 2 })
      const { InstanceIdSet } = yield* buy(yield* connect({ http, retry: twice }))
      assert.deepStrictEqual((yield* requestLog).map(({ executed }) => executed), [true, false, false])
      assert.strictEqual((yield* g.instances).at(-1)?.instanceId, InstanceIdSet[0])
      assert.strictEqual(yield* g.balance, 98_000)
    }).pipe(against()))

  it.live("can be asked about again with the token of its error", () =>
    Effect.gen(function*() {
      const g = yield* gateway
      yield* g.injectFault({ at: "response", response: TencentGateway.connectionReset })
      const client = yield* connect({ retry: noRetries })
      const error = yield* Effect.flip(buy(client))
      assert.strictEqual(error.outcome, "unknown")
      const { clientToken = "" } = error
      const { InstanceIdSet } = yield* client.call(RunInstances, { ...order, ClientToken: clientToken })
      assert.lengthOf(InstanceIdSet, 1)
      assert.strictEqual(yield* g.executions("RunInstances"), 1)
    }).pipe(against()))

  it.live("without a token is not repeated after a lost response", () =>
    Effect.gen(function*() {
      const g = yield* gateway
      yield* g.injectFault({ at: "response", response: TencentGateway.connectionReset })
      const error = yield* Effect.flip((yield* connect({ retry: twice })).call(RunInstancesBlindly, order))
      assert.strictEqual(error.outcome, "unknown")
      assert.strictEqual(yield* g.executions("RunInstances"), 1)
      assert.lengthOf(yield* requestLog, 1)
    }).pipe(against()))

  it.live("is made once for each call where the quota is small", () =>
    Effect.gen(function*() {
      const client = yield* connect({ attemptTimeout: "1 hour", deadline: "12 hours" })
      yield* Effect.forEach(Array.from({ length: 12 }), () => client.call(RunInstancesBlindly, order), {
        concurrency: "unbounded"
      })
      assert.strictEqual(yield* gateway.use((g) => g.executions("RunInstances")), 12)
      assert.include(yield* codes, "RequestLimitExceeded")
    }).pipe(against({ quota: 3 }), onFastClock))
})

describe("a clock that is off", () => {
  it.live.each(["10 minutes", "-10 minutes"] as const)(
    "by %s costs one refused request",
    (clockSkew) =>
      Effect.gen(function*() {
        const client = yield* connect()
        yield* buy(client)
        yield* read(client)
        assert.deepStrictEqual(yield* codes, ["AuthFailure.SignatureExpire", 0, 0])
      }).pipe(against({ clockSkew }))
  )
})

// ---------------------------------------------------------------------------------------------------------------------
// Streams
// ---------------------------------------------------------------------------------------------------------------------

const ChatCompletions = TencentAction.makeStream("ChatCompletions", {
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

/** What was said, and the tag and the reason of the failure after it. */
const said = (client: Client, Model: string = "hunyuan-lite") =>
  Effect.gen(function*() {
    const words: Array<string> = []
    const request = { Model, Messages: [{ Role: "user", Content: "one two three" }], Stream: true }
    const result = yield* client.stream(ChatCompletions, request, { idleTimeout: "1 second" }).pipe(
      Stream.runForEach(({ Choices }) => Effect.sync(() => words.push(...Choices.map(({ Delta }) => Delta.Content)))),
      Effect.result
    )
    const error = result._tag === "Failure" ? result.failure : undefined
    return {
      words: words.join(""),
      tag: error?._tag,
      reason: error !== undefined && "reason" in error ? error.reason : ""
    }
  })

const word = (Content: string) => ({ Choices: [{ Delta: { Content } }] })

describe("a stream of the gateway", () => {
  it.live.each(transports)("has its events over %s", ([, http]) =>
    Effect.gen(function*() {
      const stream = yield* said(yield* connect({ http }))
      assert.deepStrictEqual(stream, { words: "one two three", tag: undefined, reason: "" })
    }).pipe(against()))

  it.live.each<
    readonly [name: string, fault: TencentGateway.InjectedFault, words: string, tag: string, reason: string]
  >([
    [
      "is broken in the middle",
      { response: TencentGateway.eventStream([word("one "), word("two ")], { end: "broken" }) },
      "one two ",
      "TransportFailure",
      "TruncatedBody"
    ],
    [
      "falls silent",
      { response: TencentGateway.eventStream([word("one ")], { end: "silent" }) },
      "one ",
      "TransportFailure",
      "IdleTimeout"
    ],
    [
      "has a failure in it",
      { response: TencentGateway.eventStream([word("one "), { ErrorMsg: { Msg: "no", Code: 2003 } }]) },
      "one ",
      "UnknownErrorCode",
      ""
    ],
    ["is refused", { response: TencentGateway.apiError("ResourceUnavailable") }, "", "ResourceUnavailable", ""],
    ["loses its connection", { response: TencentGateway.connectionReset }, "", "TransportFailure", "ConnectionLost"],
    ["meets a proxy", { response: TencentGateway.httpStatus(502) }, "", "UnexpectedStatus", ""]
  ])("that %s has what came before, and its failure", ([, fault, words, tag, reason]) =>
    Effect.gen(function*() {
      yield* gateway.use((g) => g.injectFault(fault))
      const stream = yield* said(yield* connect({ retry: noRetries }))
      assert.deepStrictEqual<object>(stream, { words, tag, reason })
      assert.lengthOf(yield* requestLog, 1)
    }).pipe(against()))

  it.live("whose action breaks off has some of its words", () =>
    Effect.gen(function*() {
      yield* gateway.use((g) => g.injectFault({ at: "response", response: TencentGateway.truncatedBody }))
      const { reason, words } = yield* said(yield* connect())
      assert.strictEqual(reason, "TruncatedBody")
      assert.isTrue(words !== "" && "one two three".startsWith(words))
    }).pipe(against()))

  it.live("is asked for again until its first event, and not after it", () =>
    Effect.gen(function*() {
      const g = yield* gateway
      yield* g.injectFault({ response: TencentGateway.apiError("RequestLimitExceeded") })
      const retry = TencentRetry.byKind({ transport: Schedule.recurs(2), throttled: Schedule.recurs(2) })
      const client = yield* connect({ retry })
      assert.strictEqual((yield* said(client)).words, "one two three")
      yield* g.injectFault({ response: TencentGateway.eventStream([word("one")], { end: "broken" }) })
      assert.deepInclude(yield* said(client), { words: "one", reason: "TruncatedBody" })
      assert.lengthOf(yield* requestLog, 3)
    }).pipe(against()))

  it.live("of a model that does not exist is a refusal", () =>
    Effect.gen(function*() {
      assert.deepInclude(yield* said(yield* connect(), "none"), { words: "", tag: "UnknownErrorCode" })
      assert.deepStrictEqual(yield* codes, ["InvalidParameterValue.Model"])
    }).pipe(against()))
})

// ---------------------------------------------------------------------------------------------------------------------
// Roles
// ---------------------------------------------------------------------------------------------------------------------

const roleArn = "qcs::cam::uin/100000000001:roleName/gateway-role"

describe("keys of a role", () => {
  it.live("come from the metadata service", () =>
    Effect.gen(function*() {
      const { url } = yield* gateway
      const source = TencentRoles.instanceRole({ endpoint: new URL(url) })
      const client = yield* connect({ credentials: TencentCredentials.layerRefreshing(source) })
      assert.deepInclude(yield* client.call(GetCallerIdentity, {}), { Type: "CAMRole" })
      assert.deepStrictEqual(yield* read(client), { TotalCount: 2 })
    }).pipe(against()))

  it.live("come from sts, for other keys", () =>
    Effect.gen(function*() {
      const endpoint = new URL((yield* gateway).url)
      const source = TencentRoles.assumeRole(Effect.succeed(testCredential), { roleArn, endpoint })
      const client = yield* connect({ credentials: TencentCredentials.layerRefreshing(source) })
      assert.deepInclude(yield* client.call(GetCallerIdentity, {}), { Type: "CAMRole" })
    }).pipe(against()))

  it.live("are refused for a role that does not exist", () =>
    Effect.gen(function*() {
      const endpoint = new URL((yield* gateway).url)
      const source = TencentRoles.assumeRole(Effect.succeed(testCredential), { roleArn, endpoint })
      const client = yield* connect({ credentials: TencentCredentials.layerRefreshing(source) })
      const error = yield* Effect.flip(client.call(GetCallerIdentity, {}))
      assert.strictEqual(error._tag, "CredentialsUnavailable")
      assert.include(error.message, "ARN")
    }).pipe(against({ roles: [] })))
})
