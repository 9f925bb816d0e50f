/**
 * The client over real HTTP against the gateway, which checks what it is sent by itself: signatures, nonces, clocks, quotas.
 *
 * Where a call waits, the client and the gateway share a fast clock. A timeout waits too, so those that are not tested have
 * hours.
 */
import { NodeHttpClient } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { ErrorCode, TencentError, TencentResponse, TencentRetry } from "effect-tencentcloud"
import { TencentClient, TencentCredentials } from "effect-tencentcloud/client"
import { TencentGateway } from "effect-tencentcloud/testing"
import { TencentAction } from "effect-tencentcloud/v2"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import type * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as fastClock from "../support/fastClock.ts"
import { gateway, serve, testCredential, withCredential } from "../support/gateway.ts"
import { reverseProxy, watchedServer } from "../support/nodeHttp.ts"
import { until } from "../support/until.ts"

// ---------------------------------------------------------------------------------------------------------------------
// Actions
// ---------------------------------------------------------------------------------------------------------------------

const DescribeInstances = TencentAction.make("DescribeInstances", {
  module: "cvm",
  request: Schema.Struct({
    limit: Schema.optionalKey(Schema.Number),
    offset: Schema.optionalKey(Schema.Number),
    instanceIds: Schema.optionalKey(Schema.Array(Schema.String)),
    note: Schema.optionalKey(Schema.String)
  }),
  response: Schema.Struct({ totalCount: Schema.Number })
})

const DescribeEverything = TencentAction.make("DescribeEverything", {
  module: "cvm",
  request: Schema.Struct({}),
  response: Schema.Struct({})
})

const RunInstances = TencentAction.make("RunInstances", {
  module: "cvm",
  request: Schema.Struct({
    instanceType: Schema.String,
    imageId: Schema.String,
    zone: Schema.String,
    instanceName: Schema.optionalKey(Schema.String),
    clientToken: Schema.optionalKey(Schema.String)
  }),
  response: Schema.Struct({ instanceIds: Schema.Array(Schema.String) })
})

const Ids = Schema.Struct({ instanceIds: Schema.Array(Schema.String) })

const StartInstances = TencentAction.make("StartInstances", {
  module: "cvm",
  request: Ids,
  response: Schema.Struct({})
})

const StopInstances = TencentAction.make("StopInstances", { module: "cvm", request: Ids, response: Schema.Struct({}) })

const order = { instanceType: "S1.SMALL1", imageId: "img-00000001", zone: "ap-guangzhou-3" }

// ---------------------------------------------------------------------------------------------------------------------
// Both sides
// ---------------------------------------------------------------------------------------------------------------------

const transports: ReadonlyArray<readonly [string, Layer.Layer<HttpClient.HttpClient>]> = [
  ["undici", NodeHttpClient.layerUndici],
  ["fetch", FetchHttpClient.layer]
]

interface Options extends TencentClient.Options {
  readonly http?: Layer.Layer<HttpClient.HttpClient>
  readonly credentials?: Layer.Layer<TencentCredentials.TencentCredentials>
}

/** A client of the gateway. It lives as long as the scope. */
const connect = ({ credentials, http, ...options }: Options = {}) =>
  Effect.gen(function*() {
    const { url } = yield* TencentGateway.TencentGateway
    const context = yield* Layer.build(
      TencentClient.layer({ region: "ap-guangzhou", endpoint: new URL(url), ...options }).pipe(
        Layer.provide([credentials ?? TencentCredentials.layer(testCredential), http ?? NodeHttpClient.layerUndici])
      )
    )
    return Context.get(context, TencentClient.TencentClient)
  })

/** The most patient client: for the fast clock. */
const patient: Options = { attemptTimeout: "1 hour", deadline: "12 hours" }

const noRetries = TencentRetry.make({})

/** Runs a test against a gateway. The client ends before its server. */
const against = (options?: TencentGateway.Options) => <A, E, R>(test: Effect.Effect<A, E, R>) =>
  Effect.provide(Effect.scoped(test), serve(options))

const onFastClock = <A, E, R>(test: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.suspend(() => Effect.provideService(test, Clock.Clock, fastClock.make()))

const requestLog = gateway.use((g) => g.requests)

const codes = Effect.map(requestLog, (requests) => requests.map(({ code }) => code))

const countOf = (all: ReadonlyArray<number | string | undefined>, code: number): number =>
  all.filter((one) => one === code).length

const times = (count: number) => Array.from({ length: count }, (_, index) => index)

const attemptsOf = (error: unknown): number =>
  Option.match(TencentRetry.history(error), { onNone: () => 0, onSome: ({ attempts }) => attempts })

// ---------------------------------------------------------------------------------------------------------------------
// All codes
// ---------------------------------------------------------------------------------------------------------------------

type Client = TencentClient.TencentClient["Service"]

interface Scenario {
  readonly code: number
  readonly name: string
  readonly class: abstract new(...args: never) => TencentError.TencentError
  /** Of the gateway. */
  readonly state?: TencentGateway.Options
  readonly client?: Options
  readonly before?: (g: TencentGateway.TencentGateway["Service"]) => Effect.Effect<void>
  readonly call: (client: Client) => Effect.Effect<unknown, TencentError.TencentError | TencentClient.ClientError>
}

const read = (client: Client) => client.call(DescribeInstances, {})
const buy = (client: Client) => client.call(RunInstances, order)
const stop = (...instanceIds: ReadonlyArray<string>) => (client: Client) => client.call(StopInstances, { instanceIds })

const scenarios: ReadonlyArray<Scenario> = [
  {
    code: 4000,
    name: "a limit that is too large",
    class: TencentError.InvalidParameter,
    call: (client) => client.call(DescribeInstances, { limit: 1000 })
  },
  {
    code: 4100,
    name: "another key",
    class: TencentError.AuthenticationFailed,
    client: { credentials: TencentCredentials.layer({ ...testCredential, secretKey: Redacted.make("another") }) },
    call: read
  },
  {
    code: 4101,
    name: "an action that a sub-account may not call",
    class: TencentError.UnauthorizedApi,
    state: withCredential({ denied: { actions: ["RunInstances"] } }),
    call: buy
  },
  {
    code: 4102,
    name: "a resource that a sub-account may not use",
    class: TencentError.UnauthorizedResource,
    state: withCredential({ denied: { resources: ["ins-00000001"] } }),
    call: (client) => client.call(DescribeInstances, { instanceIds: ["ins-00000001"] })
  },
  {
    code: 4103,
    name: "a resource that a sub-account may not stop",
    class: TencentError.UnauthorizedApiResource,
    state: withCredential({ denied: { resourcesByAction: { StopInstances: ["ins-00000001"] } } }),
    call: stop("ins-00000001")
  },
  {
    code: 4104,
    name: "a secret id that was switched off",
    class: TencentError.SecretIdNotFound,
    before: (g) => g.disableSecret(testCredential.secretId),
    call: read
  },
  {
    code: 4105,
    name: "keys without their token",
    class: TencentError.InvalidToken,
    state: withCredential({ token: Redacted.make("a-token") }),
    call: read
  },
  {
    code: 4106,
    name: "a second factor",
    class: TencentError.MfaFailed,
    state: withCredential({ mfaRequired: true }),
    call: buy
  },
  {
    code: 4110,
    name: "CAM says no",
    class: TencentError.CamAuthenticationFailed,
    state: withCredential({ camRefused: true }),
    call: read
  },
  {
    code: 4300,
    name: "a blocked account",
    class: TencentError.AccessDenied,
    state: withCredential({ blocked: true }),
    call: read
  },
  { code: 4400, name: "no quota", class: TencentError.QuotaExceeded, state: { quota: 0 }, call: read },
  {
    code: 4500,
    name: "a clock that is late",
    class: TencentError.ReplayAttack,
    state: { clockSkew: "301 seconds" },
    call: buy
  },
  {
    code: 4600,
    name: "HTTP where HTTPS is required",
    class: TencentError.UnsupportedProtocol,
    state: { requireHttps: true },
    call: read
  },
  { code: 5000, name: "no such instance", class: TencentError.ResourceNotFound, call: stop("ins-00000009") },
  {
    code: 5100,
    name: "an instance in the wrong state",
    class: TencentError.ResourceOperationFailed,
    call: stop("ins-00000002")
  },
  {
    code: 5200,
    name: "out of stock",
    class: TencentError.ResourcePurchaseFailed,
    before: (g) => g.setStock(0),
    call: buy
  },
  {
    code: 5300,
    name: "a fen too few",
    class: TencentError.InsufficientBalance,
    before: (g) => g.setBalance(1999),
    call: buy
  },
  {
    code: 5400,
    name: "a batch that was done in part",
    class: TencentError.PartialSuccess,
    call: stop("ins-00000001", "ins-00000002")
  },
  {
    code: 5500,
    name: "nobody knows who this is",
    class: TencentError.IdentityNotVerified,
    state: { identityVerified: false },
    call: buy
  },
  {
    code: 6000,
    name: "a server that is broken",
    class: TencentError.InternalError,
    state: { injectedFaults: [{ response: TencentGateway.apiError(6000, { message: "(100001)broken" }) }] },
    call: read
  },
  {
    code: 6100,
    name: "an action that does not exist",
    class: TencentError.UnsupportedVersion,
    call: (client) => client.call(DescribeEverything, {})
  },
  {
    code: 6200,
    name: "maintenance",
    class: TencentError.ApiUnavailable,
    state: { maintenance: ["RunInstances"] },
    call: buy
  }
]

const onEach = transports.flatMap(([transport, http]) =>
  scenarios.map((scenario) => ({ ...scenario, transport, http }))
)

describe("every code arrives as its class", () => {
  it("the table has every code and a class of its own for each", () => {
    assert.deepStrictEqual(scenarios.map(({ code }) => code), ErrorCode.catalogue.map(({ code }) => code))
    assert.strictEqual(new Set(scenarios.map((scenario) => scenario.class)).size, 22)
  })

  it.live.each(onEach)(
    "$code arrives as its class over $transport: $name",
    ({ before, call, client: options, http, state, ...expected }) =>
      Effect.gen(function*() {
        const g = yield* gateway
        if (before !== undefined) yield* before(g)
        const client = yield* connect({ http, retry: noRetries, ...options })
        const error = yield* Effect.flip(call(client))
        assert.isTrue(error instanceof expected.class)
        assert.isTrue(TencentError.isTencentError(error))
        assert.strictEqual(error._tag, Option.getOrThrow(ErrorCode.fromCode(expected.code)).tag)
        assert.strictEqual("code" in error && error.code, expected.code)
        const [request, ...others] = yield* g.requests
        assert.lengthOf(others, 0)
        assert.deepInclude(request, { code: expected.code, status: 200, message: error.message })
      }).pipe(against(state))
  )
})

// ---------------------------------------------------------------------------------------------------------------------
// Forms of a request
// ---------------------------------------------------------------------------------------------------------------------

const token = Redacted.make("a+token/with=&<marks>")

const forms = transports.flatMap(([transport, http]) =>
  (["GET", "POST"] as const).flatMap((method) =>
    (["HmacSHA256", "HmacSHA1"] as const).flatMap((signatureMethod) =>
      ([undefined, token] as const).map((token) => ({
        http,
        method,
        signatureMethod,
        token,
        name: `${transport}: ${method} ${signatureMethod} ${token === undefined ? "with lasting keys" : "with a token"}`
      }))
    )
  )
)

const awkward = "a b+c&d=e%20é機😀'()*!~@#/?\n\u0000_"

describe("the forms of a request", () => {
  it.live.each(forms)("the gateway accepts what is sent over $name", ({ http, method, signatureMethod, token }) => {
    const credential = { ...testCredential, ...(token !== undefined && { token }) }
    return Effect.gen(function*() {
      const g = yield* gateway
      const credentials = TencentCredentials.layer(credential)
      const client = yield* connect({ http, method, signatureMethod, credentials })
      assert.deepStrictEqual(
        yield* client.call(DescribeInstances, { limit: 1, instanceIds: ["ins-00000001"], note: awkward }),
        { totalCount: 1 }
      )
      const { instanceIds } = yield* client.call(RunInstances, { ...order, instanceName: "名 前+&=%'()" })
      assert.lengthOf(instanceIds, 1)
      const bought = (yield* g.instances).find(({ instanceId }) => instanceId === instanceIds[0])
      assert.strictEqual(bought?.instanceName, "名 前+&=%'()")
      const requests = yield* g.requests
      assert.lengthOf(requests, 2)
      for (const request of requests) {
        assert.deepInclude(request, { method, code: 0, path: "/v2/index.php", host: "127.0.0.1" })
        assert.strictEqual(request.parameters["SignatureMethod"], signatureMethod)
      }
      assert.strictEqual(requests[0]?.parameters["note"], awkward)
    }).pipe(against({ credentials: [credential] }))
  })

  it.live("the gateway accepts many requests at once, each with a nonce of its own", () =>
    Effect.gen(function*() {
      const clients = [yield* connect(), yield* connect(), yield* connect({ http: FetchHttpClient.layer })]
      yield* Effect.forEach(times(150), (index) => {
        const client = clients[index % 3]
        return client === undefined ? Effect.void : read(client)
      }, { concurrency: 30 })
      const nonces = (yield* requestLog).map(({ parameters }) => parameters["Nonce"])
      assert.lengthOf(nonces, 150)
      assert.strictEqual(new Set(nonces).size, 150)
    }).pipe(against({ quota: 1000 })))
})

/** The address of a reverse proxy in front of the gateway, which knows itself by its public name then. */
const proxied = Effect.gen(function*() {
  const { url } = yield* gateway
  const server = yield* Effect.acquireRelease(
    Effect.promise(() => reverseProxy(url, "cvm.api.qcloud.com")),
    (server) =>
      Effect.sync(() => {
        server.closeAllConnections()
        server.close()
      })
  )
  const address = server.address()
  return new URL(`http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}/cvm`)
})

describe("behind a reverse proxy", () => {
  it.live.each(transports)(
    "%s: a request that is signed for the API is accepted",
    ([, http]) =>
      Effect.gen(function*() {
        const url = yield* proxied
        for (const method of ["GET", "POST"] as const) {
          const client = yield* connect({ http, method, endpoint: ({ host }) => ({ url, signedHost: host }) })
          assert.deepStrictEqual(yield* client.call(DescribeInstances, { limit: 1 }), { totalCount: 2 })
        }
        for (const request of yield* requestLog) {
          assert.deepInclude(request, { code: 0, host: "cvm.api.qcloud.com", path: "/v2/index.php" })
        }
      }).pipe(against())
  )

  it.live("one that is signed for the proxy is refused", () =>
    Effect.gen(function*() {
      const client = yield* connect({ endpoint: yield* proxied })
      const error = yield* Effect.flip(client.call(DescribeInstances, { limit: 1 }))
      assert.strictEqual(error._tag, "AuthenticationFailed")
    }).pipe(against()))
})

// ---------------------------------------------------------------------------------------------------------------------
// How often a request is sent
// ---------------------------------------------------------------------------------------------------------------------

type Count = readonly [idempotent: number, mutating: number]

/**
 * How many requests a call sends if each of the first nine gets the code. Written from the contract, not from the
 * catalogue: all transient failures of what only reads, five times; of the rest only what proves that nothing ran.
 */
const requestsByCode: { readonly [code: number]: Count } = {
  4000: [1, 1],
  4100: [1, 1],
  4101: [1, 1],
  4102: [1, 1],
  4103: [1, 1],
  4104: [1, 1],
  4105: [1, 1],
  4106: [1, 1],
  4110: [1, 1],
  4300: [1, 1],
  // Until the deadline, which is far: the tenth succeeds.
  4400: [10, 10],
  // A copy of the request may have been executed.
  4500: [3, 1],
  4600: [1, 1],
  5000: [1, 1],
  5100: [6, 1],
  5200: [1, 1],
  5300: [1, 1],
  5400: [1, 1],
  5500: [1, 1],
  6000: [6, 1],
  6100: [1, 1],
  6200: [6, 6]
}

const counts = ErrorCode.catalogue.flatMap(({ code }) =>
  (["DescribeInstances", "RunInstances"] as const).map((action, index) => ({
    code,
    action,
    requests: requestsByCode[code]?.[index] ?? 0
  }))
)

/** A source of keys that has others when it is asked again. Both are good. */
const rotating = () => {
  const next = { ...testCredential, secretId: "AKIDthenextone", secretKey: Redacted.make("the-next-key") }
  const state = { loads: 0, next }
  const layer = TencentCredentials.layerRefreshing(Effect.sync(() => state.loads++ === 0 ? testCredential : next))
  return { state, layer }
}

describe("a call that always fails", () => {
  it.live.each(counts)(
    "a call of $action that always fails with $code sends $requests requests",
    ({ action, code, requests }) =>
      Effect.gen(function*() {
        const g = yield* gateway
        yield* g.injectFault({ action, response: TencentGateway.apiError(code), times: 9 })
        const client = yield* connect(patient)
        const result = yield* Effect.result(
          action === "DescribeInstances" ? Effect.asVoid(read(client)) : Effect.asVoid(buy(client))
        )
        const all = yield* codes
        assert.lengthOf(all, requests)
        assert.strictEqual(countOf(all, code), Math.min(9, requests))
        assert.strictEqual(Result.isSuccess(result), requests === 10)
        if (Result.isFailure(result)) {
          assert.strictEqual("code" in result.failure && result.failure.code, code)
          assert.strictEqual(attemptsOf(result.failure), requests)
        }
        assert.strictEqual(yield* g.executions(), action === "RunInstances" && requests === 10 ? 1 : 0)
      }).pipe(against(), onFastClock)
  )

  const refused = [4100, 4104, 4105].flatMap((code) =>
    [{ code, name: "reading", call: read }, { code, name: "mutating", call: buy }] as const
  )

  it.live.each(refused)(
    "a $name call that is refused with $code sends one more with other keys",
    ({ call, code }) =>
      Effect.gen(function*() {
        const g = yield* gateway
        const { layer: credentials, state } = rotating()
        yield* g.setCredential(state.next)
        yield* g.injectFault({ response: TencentGateway.apiError(code), times: 2 })
        const client = yield* connect({ credentials })
        const error = yield* Effect.flip<unknown, TencentError.TencentError | TencentClient.ClientError, never>(
          call(client)
        )
        assert.strictEqual("code" in error && error.code, code)
        assert.lengthOf(yield* codes, 2)
        assert.strictEqual(state.loads, 2)
        assert.strictEqual(yield* g.executions(), 0)
      }).pipe(against())
  )
})

// ---------------------------------------------------------------------------------------------------------------------
// Quota
// ---------------------------------------------------------------------------------------------------------------------

describe("a quota", () => {
  it.live.each(transports)(
    "a quota is kept to after a burst over %s, and all calls of it succeed",
    ([, http]) =>
      Effect.gen(function*() {
        const g = yield* gateway
        const client = yield* connect({ ...patient, http })
        const burst = Effect.gen(function*() {
          const before = (yield* codes).length
          yield* Effect.forEach(times(24), () => read(client), { concurrency: "unbounded" })
          return countOf((yield* codes).slice(before), 4400)
        })
        const first = yield* burst
        const second = yield* burst
        assert.isAtLeast(first, 1)
        assert.isBelow(second, first)
        assert.strictEqual(countOf(yield* codes, 0), 48)
        assert.strictEqual(yield* g.executions(), 0)
      }).pipe(against({ quota: 4 }), onFastClock)
  )

  it.live("a quota does not make a mutating call run twice", () =>
    Effect.gen(function*() {
      const g = yield* gateway
      const client = yield* connect(patient)
      yield* Effect.forEach(times(12), () => buy(client), { concurrency: "unbounded" })
      assert.strictEqual(yield* g.executions("RunInstances"), 12)
      assert.isAtLeast(countOf(yield* codes, 4400), 1)
    }).pipe(against({ quota: 3 }), onFastClock))

  it.live("a quota that another client has used up is waited for", () =>
    Effect.gen(function*() {
      const clients = [yield* connect(patient), yield* connect(patient), yield* connect(patient)]
      yield* Effect.forEach(
        clients,
        (client) => Effect.forEach(times(8), () => read(client), { concurrency: "unbounded" }),
        { concurrency: "unbounded" }
      )
      assert.strictEqual(countOf(yield* codes, 0), 24)
    }).pipe(against({ quota: 5 }), onFastClock))
})

// ---------------------------------------------------------------------------------------------------------------------
// Clocks
// ---------------------------------------------------------------------------------------------------------------------

describe("a clock that is ten minutes off", () => {
  const skews = ["10 minutes", "-10 minutes"] as const

  it.live.each(skews)("a clock that is %s off costs one refused request", (clockSkew) =>
    Effect.gen(function*() {
      const g = yield* gateway
      const client = yield* connect()
      yield* buy(client)
      assert.deepStrictEqual(yield* codes, [4500, 0])
      yield* Effect.forEach(times(20), () => read(client), { concurrency: "unbounded" })
      yield* buy(client)
      assert.strictEqual(countOf(yield* codes, 4500), 1)
      assert.strictEqual(yield* g.executions("RunInstances"), 2)
    }).pipe(against({ clockSkew, quota: 1000 })))

  it.live.each(skews)(
    "a clock that is %s off costs twenty calls at once one refused request each at most",
    (clockSkew) =>
      Effect.gen(function*() {
        const client = yield* connect()
        yield* Effect.forEach(times(20), (offset) => client.call(DescribeInstances, { offset }), {
          concurrency: "unbounded"
        })
        const requests = yield* requestLog
        for (const offset of times(20)) {
          const own = requests.filter(({ parameters }) => parameters["offset"] === String(offset))
          assert.include(["0", "4500,0"], own.map(({ code }) => code).join())
        }
        const before = requests.length
        yield* Effect.forEach(times(20), (offset) => client.call(DescribeInstances, { offset }), {
          concurrency: "unbounded"
        })
        assert.deepStrictEqual((yield* codes).slice(before), times(20).map(() => 0))
      }).pipe(against({ clockSkew, quota: 1000 }))
  )

  it.live("a clock that is off, and comes right again, costs one more refused request each time", () =>
    Effect.gen(function*() {
      const g = yield* gateway
      const client = yield* connect({ http: FetchHttpClient.layer, method: "GET" })
      for (const skew of ["10 minutes", "0 seconds", "-1 day", "3650 days"] as const) {
        const before = (yield* codes).length
        yield* g.setClockSkew(skew)
        yield* read(client)
        yield* read(client)
        assert.deepStrictEqual((yield* codes).slice(before), [4500, 0, 0], skew)
      }
    }).pipe(against({ quota: 1000 })))

  it.live.each(["290 seconds", "-290 seconds"] as const)(
    "a clock that is %s off is left alone: the server allows five minutes",
    (clockSkew) =>
      Effect.gen(function*() {
        yield* read(yield* connect())
        assert.deepStrictEqual(yield* codes, [0])
      }).pipe(against({ clockSkew }))
  )
})

// ---------------------------------------------------------------------------------------------------------------------
// Credentials
// ---------------------------------------------------------------------------------------------------------------------

/** A client that has made a call, and whose keys were replaced then. */
const rotated = Effect.gen(function*() {
  const g = yield* gateway
  const { layer: credentials, state } = rotating()
  const client = yield* connect({ credentials })
  yield* read(client)
  yield* g.setCredential(state.next)
  yield* g.disableSecret(testCredential.secretId)
  return { client, state }
})

describe("keys that were rotated", () => {
  it.live("rotated keys are refreshed once, after one refused request", () =>
    Effect.gen(function*() {
      const { client, state } = yield* rotated
      yield* buy(client)
      yield* buy(client)
      assert.deepStrictEqual(yield* codes, [0, 4104, 0, 0])
      assert.strictEqual(state.loads, 2)
      assert.strictEqual(yield* gateway.use((g) => g.executions("RunInstances")), 2)
    }).pipe(against()))

  it.live("rotated keys are refreshed once for twenty calls at once", () =>
    Effect.gen(function*() {
      const { client, state } = yield* rotated
      yield* Effect.forEach(times(20), (offset) => client.call(DescribeInstances, { offset }), {
        concurrency: "unbounded"
      })
      const requests = (yield* requestLog).slice(1)
      for (const offset of times(20)) {
        const own = requests.filter(({ parameters }) => parameters["offset"] === String(offset))
        assert.include(["0", "4104,0"], own.map(({ code }) => code).join())
      }
      assert.strictEqual(state.loads, 2)
      const before = requests.length
      yield* Effect.forEach(times(20), () => read(client), { concurrency: "unbounded" })
      assert.deepStrictEqual((yield* codes).slice(1 + before), times(20).map(() => 0))
    }).pipe(against({ quota: 1000 })))

  it.live("keys that were rotated to ones that are refused too are not tried again", () =>
    Effect.gen(function*() {
      const { layer: credentials, state } = rotating()
      const client = yield* connect({ credentials })
      yield* read(client)
      yield* gateway.use((g) => g.disableSecret(testCredential.secretId))
      const error = yield* Effect.flip(buy(client))
      assert.strictEqual(error._tag, "SecretIdNotFound")
      assert.deepStrictEqual(yield* codes, [0, 4104, 4104])
      assert.strictEqual(state.loads, 2)
    }).pipe(against()))

  it.live("keys are refreshed once when their token has expired", () => {
    const old = { ...testCredential, token: Redacted.make("old"), tokenExpiresAt: 0 }
    const fresh = { ...testCredential, secretId: "AKIDfresh", token: Redacted.make("fresh") }
    let loads = 0
    const credentials = TencentCredentials.layerRefreshing(Effect.sync(() => loads++ === 0 ? old : fresh))
    return Effect.gen(function*() {
      const client = yield* connect({ credentials, method: "GET" })
      yield* buy(client)
      assert.deepStrictEqual(yield* codes, [4105, 0])
      assert.strictEqual(loads, 2)
    }).pipe(against({ credentials: [old, fresh] }))
  })

  it.live.each(
    [
      ["the first keys", Effect.never, "CredentialsUnavailable", 0],
      ["other keys", Effect.succeed(testCredential), "SecretIdNotFound", 1]
    ] as const
  )("%s that do not come end the call at its deadline", ([, get, tag, requests]) =>
    Effect.gen(function*() {
      yield* gateway.use((g) => g.disableSecret(testCredential.secretId))
      const credentials = Layer.succeed(TencentCredentials.TencentCredentials, { get, refresh: () => Effect.never })
      const client = yield* connect({ credentials, deadline: "1 second" })
      const result = yield* Effect.timeoutOption(Effect.flip(buy(client)), "6 seconds")
      const error = Option.getOrElse(result, () => assert.fail("it waits for ever"))
      assert.strictEqual(error._tag, tag)
      assert.lengthOf(yield* codes, requests)
    }).pipe(against()))

  it.live("other keys are asked for after no other refusal", () =>
    Effect.gen(function*() {
      const { layer: credentials, state } = rotating()
      const client = yield* connect({ credentials })
      assert.strictEqual((yield* Effect.flip(read(client)))._tag, "AccessDenied")
      assert.strictEqual(state.loads, 1)
      assert.lengthOf(yield* codes, 1)
    }).pipe(against(withCredential({ blocked: true }))))
})

// ---------------------------------------------------------------------------------------------------------------------
// Lost responses
// ---------------------------------------------------------------------------------------------------------------------

interface Loss {
  readonly name: string
  readonly fault: TencentGateway.InjectedFault
  readonly error: { readonly _tag: string; readonly reason?: string; readonly status?: number }
  readonly attemptTimeout?: "2 seconds"
}

const losses: ReadonlyArray<Loss> = [
  {
    name: "the connection is reset",
    fault: { response: TencentGateway.connectionReset },
    error: { _tag: "TransportFailure", reason: "ConnectionLost" }
  },
  {
    name: "the body ends early",
    fault: { response: TencentGateway.truncatedBody },
    error: { _tag: "TransportFailure", reason: "TruncatedBody" }
  },
  {
    name: "the response comes too late",
    fault: { delay: "1 minute" },
    error: { _tag: "TransportFailure", reason: "AttemptTimeout" },
    attemptTimeout: "2 seconds"
  },
  {
    name: "a proxy responds for the server",
    fault: { response: TencentGateway.httpStatus(502) },
    error: { _tag: "UnexpectedStatus", status: 502 }
  },
  {
    name: "a proxy is out of time",
    fault: { response: TencentGateway.httpStatus(504) },
    error: { _tag: "UnexpectedStatus", status: 504 }
  }
]

const everyLoss = transports.flatMap(([transport, http]) =>
  (["POST", "GET"] as const).flatMap((method) => losses.map((loss) => ({ ...loss, transport, http, method })))
)

describe("a response that is lost", () => {
  it.live.each(everyLoss)(
    "a lost response leaves a mutating action executed once: $transport, $method, $name",
    ({ attemptTimeout, error: expected, fault, http, method }) =>
      Effect.gen(function*() {
        const g = yield* gateway
        yield* g.injectFault({ ...fault, action: "RunInstances", at: "response", times: 5 })
        const client = yield* connect({ http, method, ...(attemptTimeout !== undefined && { attemptTimeout }) })
        const error = yield* Effect.flip(buy(client))
        assert.deepInclude<Loss["error"]>(error, expected)
        assert.strictEqual(error.outcome, "unknown")
        assert.strictEqual(attemptsOf(error), 1)
        const [request, ...others] = yield* g.requests
        assert.lengthOf(others, 0)
        assert.strictEqual(request?.executed, true)
        assert.strictEqual(yield* g.executions("RunInstances"), 1)
        assert.strictEqual(yield* g.balance, 98_000)
        assert.lengthOf(yield* g.instances, 3)
      }).pipe(against())
  )

  it.live.each(losses)(
    "a lost response of what only reads is asked for again: $name",
    ({ attemptTimeout, fault }) =>
      Effect.gen(function*() {
        const g = yield* gateway
        yield* g.injectFault({ ...fault, at: "response", times: 2 })
        const client = yield* connect({ ...(attemptTimeout !== undefined && { attemptTimeout }) })
        assert.deepStrictEqual(yield* read(client), { totalCount: 2 })
        assert.lengthOf(yield* requestLog, 3)
        // Two timeouts cost more tokens than a budget has.
      }).pipe(against(), Effect.provide(TencentRetry.Budget.none))
  )

  it.live("a lost response of a call that says that it is idempotent is asked for again, and executed again", () =>
    Effect.gen(function*() {
      const g = yield* gateway
      yield* g.injectFault({ response: TencentGateway.connectionReset, at: "response" })
      const client = yield* connect()
      yield* client.call(RunInstances, order, { idempotent: true })
      assert.strictEqual(yield* g.executions("RunInstances"), 2)
    }).pipe(against()))

  it.live("a lost response of an idempotent purchase with a clientToken is asked for again, and bought once", () =>
    Effect.gen(function*() {
      const g = yield* gateway
      yield* g.injectFault({ response: TencentGateway.connectionReset, at: "response", times: 2 })
      const client = yield* connect(patient)
      const { instanceIds } = yield* client.call(RunInstances, { ...order, clientToken: "order-17" }, {
        idempotent: true
      })
      assert.lengthOf(instanceIds, 1)
      assert.deepStrictEqual((yield* g.requests).map(({ executed }) => executed), [true, false, false])
      assert.strictEqual(yield* g.balance, 98_000)
    }).pipe(against(), onFastClock))

  it.live("a lost response is not asked for again by a policy of the program's own", () =>
    Effect.gen(function*() {
      const g = yield* gateway
      yield* g.injectFault({ response: TencentGateway.connectionReset, at: "response", times: 5 })
      yield* g.injectFault({ response: TencentGateway.apiError(6000), at: "response", times: 5 })
      const retry = TencentRetry.byKind({ transport: TencentRetry.transient, internal: TencentRetry.transient })
      const client = yield* connect({ retry })
      // Neither inside the client nor around it.
      const error = yield* Effect.flip(buy(client).pipe(TencentRetry.retry(retry)))
      assert.strictEqual(error.outcome, "unknown")
      assert.strictEqual(yield* g.executions("RunInstances"), 1)
      assert.lengthOf(yield* codes, 1)
    }).pipe(against()))
})

const executedAnyway: ReadonlyArray<readonly [string, TencentGateway.InjectedResponse, tag: string]> = [
  ["6000", TencentGateway.apiError(6000), "InternalError"],
  ["6000 as text", TencentGateway.apiError(6000, { form: "string" }), "InternalError"],
  ["6000 in the other envelope", TencentGateway.apiError(6000, { form: "transitional" }), "InternalError"],
  [
    "6000 with a code of its own",
    TencentGateway.apiError(6000, { codeDesc: "InternalError.DbError" }),
    "InternalError"
  ],
  ["5100", TencentGateway.apiError(5100), "ResourceOperationFailed"],
  ["an unknown code", TencentGateway.apiError(6666), "UnknownErrorCode"],
  ["a page", TencentGateway.bodyText("<html>", { contentType: "text/html" }), "MalformedResponse"],
  ["a body that is cut in the middle of its JSON", TencentGateway.malformedJson, "MalformedResponse"],
  ["nothing", TencentGateway.emptyBody, "MalformedResponse"]
]

describe("an action that was executed, whatever the response says, is not executed again", () => {
  it.live.each(executedAnyway)(
    "an action that was executed is not executed again after %s",
    ([, response, tag]) =>
      Effect.gen(function*() {
        const g = yield* gateway
        yield* g.injectFault({ response, at: "response", times: 9 })
        const client = yield* connect()
        const error = yield* Effect.flip(buy(client))
        assert.strictEqual(error._tag, tag)
        assert.strictEqual(yield* g.executions("RunInstances"), 1)
        assert.lengthOf(yield* requestLog, 1)
      }).pipe(against())
  )
})

describe("an action that was not executed", () => {
  const refusals = [4400, 6200]

  it.live.each(refusals)("an action that was not executed is repeated after %i", (code) =>
    Effect.gen(function*() {
      const g = yield* gateway
      yield* g.injectFault({ response: TencentGateway.apiError(code), at: "action", times: 2 })
      const client = yield* connect(patient)
      yield* buy(client)
      assert.deepStrictEqual(yield* codes, [code, code, 0])
      assert.strictEqual(yield* g.executions("RunInstances"), 1)
    }).pipe(against(), onFastClock))

  it.live("an action that was not executed is repeated after maintenance, once it is over", () =>
    Effect.gen(function*() {
      const g = yield* gateway
      const clients = [yield* connect(patient), yield* connect({ ...patient, http: FetchHttpClient.layer })]
      const fibers = yield* Effect.forEach(clients, (client) => Effect.forkChild(buy(client)))
      yield* until(Effect.map(codes, (codes) => countOf(codes, 6200) >= 4))
      yield* g.setMaintenance("RunInstances", false)
      yield* Effect.forEach(fibers, Fiber.join)
      assert.strictEqual(yield* g.executions("RunInstances"), 2)
      assert.strictEqual(countOf(yield* codes, 0), 2)
    }).pipe(against({ maintenance: ["RunInstances"] }), onFastClock))

  it.live("an action that was not executed is repeated after a server that was not there", () =>
    Effect.gen(function*() {
      // The address of a gateway that has gone, and a budget that lets the client wait.
      const { url } = yield* Effect.scoped(
        Effect.map(Layer.build(serve()), (context) => Context.get(context, TencentGateway.TencentGateway))
      )
      const client = yield* connect({ ...patient, endpoint: new URL(url) })
      const error = yield* Effect.flip(buy(client))
      assert.deepInclude(error, { _tag: "TransportFailure", reason: "ConnectionRefused", outcome: "notRun" })
      assert.strictEqual(attemptsOf(error), 6)
    }).pipe(against(), onFastClock))
})

// ---------------------------------------------------------------------------------------------------------------------
// Batches
// ---------------------------------------------------------------------------------------------------------------------

const Item = Schema.Struct({ requestId: Schema.String })

describe("a batch that was done in part", () => {
  it.live("a batch that was done in part says what was done, and why the rest was not", () =>
    Effect.gen(function*() {
      const client = yield* connect()
      const error = yield* Effect.flip(stop("ins-00000001", "ins-00000002", "ins-00000009")(client))
      assert.strictEqual(error._tag, "PartialSuccess")
      const { failed, succeeded } = TencentResponse.partial(Item)(error)
      assert.deepStrictEqual(succeeded.map(({ id }) => id), ["ins-00000001"])
      assert.deepStrictEqual(failed.map(({ error, id }) => [id, error._tag]), [
        ["ins-00000002", "ResourceOperationFailed"],
        ["ins-00000009", "ResourceNotFound"]
      ])
      assert.isTrue(failed.every(({ error }) => error.message.length > 0))
      // Nothing of it was tried again.
      assert.lengthOf(yield* requestLog, 1)

      // The rest, as a new call.
      const rest = failed.filter(({ error }) => error._tag === "ResourceOperationFailed").map(({ id }) => id)
      yield* client.call(StartInstances, { instanceIds: rest })
      assert.deepStrictEqual((yield* gateway.use((g) => g.instances)).map(({ status }) => status), [
        "STOPPED",
        "RUNNING"
      ])
    }).pipe(against()))

  it.live("a batch whose outer code is 0 says what was done too", () => {
    const body = JSON.stringify({
      code: 0,
      message: "",
      detail: {
        "ins-00000001": { code: 0, message: "", requestId: "1" },
        "ins-00000002": { code: 5100, message: "(17001)no", codeDesc: "Busy" }
      }
    })
    const Batch = TencentAction.make("StopInstances", {
      module: "cvm",
      request: Ids,
      response: Schema.Struct({ detail: Schema.Unknown })
    })
    return Effect.gen(function*() {
      const client = yield* connect()
      const { failed, succeeded } = TencentResponse.partial(Item)(
        yield* client.call(Batch, { instanceIds: ["ins-00000001", "ins-00000002"] })
      )
      assert.deepStrictEqual(succeeded, [{ id: "ins-00000001", value: { requestId: "1" } }])
      assert.deepStrictEqual(failed.map(({ error }) => [error._tag, error.message]), [
        ["ResourceOperationFailed", "(17001)no"]
      ])
    }).pipe(against({ injectedFaults: [{ response: TencentGateway.bodyText(body) }] }))
  })
})

// ---------------------------------------------------------------------------------------------------------------------
// Interruption
// ---------------------------------------------------------------------------------------------------------------------

/** Counts the fibers that run. */
const countFibers = () => {
  const state = { running: 0 }
  const service: Metric.FiberRuntimeMetricsService = {
    recordFiberStart: () => void state.running++,
    recordFiberEnd: () => void state.running--
  }
  return { state, provide: Effect.provideService(Metric.FiberRuntimeMetrics, service) }
}

const delays = transports.flatMap(([transport, http]) =>
  (["arrival", "action", "response"] as const).map((at) => ({ transport, http, at }))
)

describe("an interrupted call", () => {
  it.live.each(delays)(
    "an interrupted call closes its connection, and leaves no fiber: $transport, $at",
    ({ at, http }) => {
      const { connections, server } = watchedServer()
      return Effect.gen(function*() {
        const client = yield* connect({
          http,
          retry: TencentRetry.mutating,
          attemptTimeout: "1 hour",
          deadline: "1 hour"
        })
        const fibers = countFibers()
        const calls = yield* Effect.forEach(times(5), () => Effect.forkChild(fibers.provide(buy(client))))
        yield* until(Effect.map(requestLog, (requests) => requests.length === 5))
        assert.isAtLeast(connections(), 5)
        assert.isAbove(fibers.state.running, 0)
        yield* Fiber.interruptAll(calls)
        for (const call of calls) assert.isTrue(Exit.hasInterrupts(yield* Fiber.await(call)))
        yield* until(Effect.sync(() => connections() === 0))
        yield* until(Effect.sync(() => fibers.state.running === 0))
        yield* Effect.sleep("100 millis")
        assert.lengthOf(yield* requestLog, 5)
        assert.strictEqual(fibers.state.running, 0)
      }).pipe(
        Effect.scoped,
        Effect.provide(serve({ injectedFaults: [{ delay: "1 hour", at, times: Infinity }] }, server))
      )
    }
  )

  it.live("a call that is interrupted between two attempts sends nothing more", () =>
    Effect.gen(function*() {
      const client = yield* connect()
      const fibers = countFibers()
      const call = yield* Effect.forkChild(fibers.provide(buy(client)))
      yield* until(Effect.map(codes, (codes) => codes[0] === 6200))
      yield* Fiber.interrupt(call)
      const before = (yield* codes).length
      yield* Effect.sleep("1200 millis")
      assert.lengthOf(yield* codes, before)
      assert.strictEqual(fibers.state.running, 0)
    }).pipe(against({ maintenance: ["RunInstances"] })))

  it.live("an interrupted call leaves the client as it was for the others", () =>
    Effect.gen(function*() {
      const g = yield* gateway
      const client = yield* connect()
      yield* g.injectFault({ action: "RunInstances", delay: "1 hour" })
      const call = yield* Effect.forkChild(buy(client))
      yield* until(Effect.map(requestLog, (requests) => requests.length === 1))
      const others = yield* Effect.forkChild(
        Effect.forEach(times(20), () => read(client), { concurrency: "unbounded" })
      )
      yield* Fiber.interrupt(call)
      yield* Fiber.join(others)
      yield* buy(client)
      assert.strictEqual(countOf(yield* codes, 0), 21)
    }).pipe(against({ quota: 1000 })))
})
