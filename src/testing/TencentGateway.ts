/**
 * A local server that speaks both generations of the API over real HTTP, for tests and demonstrations without an account.
 *
 * API 2.0 is at `/v2/index.php`, API 3.0 at `/`, and the metadata service of an instance below `/latest/meta-data/`. A request
 * with the header `X-TC-Action`, and one to `<service>.tencentcloudapi.com`, is one of API 3.0. All have one state: what is
 * bought by one generation is there for the other.
 *
 * It checks a request as the API does, in this order, and refuses it with the first code that applies:
 *
 * | check | API 2.0 | API 3.0 |
 * | --- | --- | --- |
 * | HTTPS, method | 4600 | `UnsupportedProtocol` |
 * | address, service, version, action | 6100 | `NoSuchProduct`, `NoSuchVersion`, `InvalidAction` |
 * | common parameters | 4000 | `MissingParameter`, `InvalidParameterValue`, `AuthFailure.InvalidAuthorization` |
 * | secret id | 4104 | `AuthFailure.SecretIdNotFound` |
 * | token | 4105 | `AuthFailure.TokenFailure` |
 * | second factor | 4106 | `AuthFailure.MFAFailure` |
 * | signature | 4100 | `AuthFailure.SignatureFailure` |
 * | timestamp | 4500 | `AuthFailure.SignatureExpire` |
 * | nonce | 4500 | |
 * | region | (common parameters) | `UnsupportedRegion` |
 * | blocked account | 4300 | `UnauthorizedOperation` |
 * | request rate | 4400 | `RequestLimitExceeded` |
 * | permissions | 4110, 4101, 4102, 4103 | `AuthFailure.UnauthorizedOperation`, `UnauthorizedOperation` |
 * | maintenance | 6200 | `ServiceUnavailable` |
 * | names of parameters | | `UnknownParameter` |
 *
 * Then the action runs. The actions of `cvm` in both generations are `DescribeRegions`, `DescribeZones`, `DescribeInstances`,
 * `InquiryPriceRunInstances`, `RunInstances`, `StartInstances`, `StopInstances`, `RestartInstances` (`RebootInstances` in API 3.0)
 * and `TerminateInstances`. What is bought costs balance and stock and needs a verified account, and an instance that does not
 * exist is not found. A batch of API 2.0 fails as a whole (5100) or in part (5400), one of API 3.0 is done as a whole or not at
 * all. API 3.0 has dry runs (`DryRunOperation`); `GetCallerIdentity`, `AssumeRole` and `AssumeRoleWithWebIdentity` of `sts`,
 * whose keys are good for both generations; and `ChatCompletions` of `hunyuan`, which says what it was told, as a stream of
 * events if asked. It serves other actions of API 3.0 when it is given them (`actions`). Injected faults add any other response,
 * and broken connections.
 *
 * API 3.0 is signed with TC3-HMAC-SHA256, or with HmacSHA1 or HmacSHA256 over a form. The id of a request ends with its number in
 * the request log.
 *
 * `RunInstances` with a client token is idempotent: for 24 hours of the gateway's clock (and among the last 10,000 tokens) the same
 * token of the same account returns the first success again, and nothing is bought, whatever the generation. With other parameters
 * it is refused with 4000 or `UnsupportedOperation.IdempotentParameterMismatch`, which is this gateway's choice: no document of
 * `cvm` says what happens.
 *
 * The server itself is provided, such as `NodeHttpServer.layerServer` of `@effect/platform-node`. (The `HttpClient` of its
 * `layerTest` is for relative addresses only: provide a `TencentClient` with another one.) Time is read from `Clock`.
 *
 * The documented limits are kept: 1 MB for a form (413 in API 2.0, `RequestSizeLimitExceeded` in API 3.0), 10 MB for a body of
 * JSON, 32 KB for the query of a GET (414). For the last one the server of Node must accept so much:
 * `createServer({ maxHeaderSize: 65_536 })`.
 *
 * It knows neither other modules of API 2.0 (inject a fault with {@link bodyText} for their responses) nor uploads.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as HttpMiddleware from "effect/http/HttpMiddleware"
import * as HttpServer from "effect/http/HttpServer"
import * as Latch from "effect/Latch"
import * as Layer from "effect/Layer"
import * as NetAddress from "effect/net/NetAddress"
import * as Random from "effect/Random"
import type { Credential, Denied } from "./gateway/credentials.ts"
import type { Instance, InstanceType } from "./gateway/cvm.ts"
import { serve } from "./gateway/exchange.ts"
import type { InjectedFault } from "./gateway/injectedFaults.ts"
import * as metadata from "./gateway/metadata.ts"
import type { RecordedRequest } from "./gateway/requestLog.ts"
import { makeState, type State } from "./gateway/state.ts"
import * as v2 from "./gateway/v2/protocol.ts"
import { makeProtocol } from "./gateway/v3/protocol.ts"
import type { ServedAction } from "./gateway/v3/served.ts"

export { type Credential, type Denied, testCredential } from "./gateway/credentials.ts"
export type { Instance, InstanceType } from "./gateway/cvm.ts"
export type { InjectedFault } from "./gateway/injectedFaults.ts"
export {
  type ApiError,
  apiError,
  bodyText,
  connectionReset,
  contentType,
  emptyBody,
  type ErrorForm,
  type EventStream,
  eventStream,
  httpStatus,
  type InjectedResponse,
  malformedJson,
  oversizedBody,
  redirect,
  truncatedBody
} from "./gateway/injectedResponses.ts"
export type { RecordedRequest } from "./gateway/requestLog.ts"
export type { ActionResponse, ServedAction } from "./gateway/v3/served.ts"

// ---------------------------------------------------------------------------------------------------------------------
// Options
// ---------------------------------------------------------------------------------------------------------------------

/**
 * The state that a gateway starts with, and returns to with `reset`. Everything has a default.
 *
 * @category models
 */
export interface Options {
  /** Who may call. Default {@link testCredential} alone. */
  readonly credentials?: ReadonlyArray<Credential> | undefined
  /**
   * Requests per second for each pair of secret id and action, default 20: the documented limit of many actions. The actions of the
   * generations are counted apart.
   */
  readonly quota?: number | undefined
  /**
   * Refuses plain HTTP with 4600, default `false`. A request counts as HTTPS if its connection is encrypted, or if it has the
   * header `x-forwarded-proto: https`. One that says `x-forwarded-proto: http` is refused in any case.
   */
  readonly requireHttps?: boolean | undefined
  /** How far the gateway's clock is ahead of `Clock`, default not at all. Negative if it is behind. */
  readonly clockSkew?: Duration.Input | undefined
  /** The money of the account, in fen (a hundredth of a yuan), default 100,000. */
  readonly balance?: number | undefined
  /** Whether the account may buy, default `true`. */
  readonly identityVerified?: boolean | undefined
  /** The types for sale. Default `S1.SMALL1`, `S1.MEDIUM4` and `S1.LARGE8` for 2,000, 8,000 and 16,000 fen, 100 of each. */
  readonly instanceTypes?: { readonly [instanceType: string]: InstanceType } | undefined
  /**
   * The instances that exist. What is left out of one has a default: a running `S1.SMALL1` in `ap-guangzhou-3`. Default two
   * instances, `ins-00000001` running and `ins-00000002` stopped.
   */
  readonly instances?: ReadonlyArray<Pick<Instance, "instanceId"> & Partial<Instance>> | undefined
  /** Actions that are closed for maintenance, default none. */
  readonly maintenance?: ReadonlyArray<string> | undefined
  /** The roles that exist, default `gateway-role` alone. The metadata service has the first one for its instance. */
  readonly roles?: ReadonlyArray<string> | undefined
  /** Actions of API 3.0 that are served besides those of the gateway, or in place of them. Default none. */
  readonly actions?: ReadonlyArray<ServedAction> | undefined
  /** Faults that are injected from the start, default none. */
  readonly injectedFaults?: ReadonlyArray<InjectedFault> | undefined
  /** How many requests are recorded before the oldest are forgotten, default 10,000. */
  readonly requestLogSize?: number | undefined
  /** Called for each request when its response is known, just before it is sent. */
  readonly onRequest?: ((request: RecordedRequest) => Effect.Effect<void>) | undefined
}

// ---------------------------------------------------------------------------------------------------------------------
// Service
// ---------------------------------------------------------------------------------------------------------------------

/**
 * A gateway that is running: its address, the requests it has seen, and ways to change its state. The codes below are those of
 * API 2.0.
 *
 * **Example** (A purchase whose response is lost)
 *
 * ```ts
 * import { NodeHttpServer } from "@effect/platform-node"
 * import { Effect, Layer, Schema } from "effect"
 * import { FetchHttpClient } from "effect/http"
 * import { TencentClient, TencentCredentials } from "effect-tencentcloud/client"
 * import { TencentAction } from "effect-tencentcloud/v2"
 * import { TencentGateway } from "effect-tencentcloud/testing"
 * import { createServer } from "node:http"
 *
 * const RunInstances = TencentAction.make("RunInstances", {
 *   module: "cvm",
 *   request: Schema.Struct({ instanceType: Schema.String, imageId: Schema.String, zone: Schema.String }),
 *   response: Schema.Struct({ instanceIds: Schema.Array(Schema.String) })
 * })
 *
 * const program = Effect.gen(function*() {
 *   const gateway = yield* TencentGateway.TencentGateway
 *   const client = TencentClient.layer({ region: "ap-guangzhou", endpoint: new URL(gateway.url) }).pipe(
 *     Layer.provide([TencentCredentials.layer(TencentGateway.testCredential), FetchHttpClient.layer])
 *   )
 *   const order = { instanceType: "S1.SMALL1", imageId: "img-00000001", zone: "ap-guangzhou-3" }
 *   const buy = TencentClient.TencentClient.use((client) => client.call(RunInstances, order)).pipe(Effect.provide(client))
 *
 *   yield* gateway.injectFault({ action: "RunInstances", response: TencentGateway.apiError(6000), at: "response" })
 *   const error = yield* Effect.flip(buy)
 *   return [error._tag, yield* gateway.executions("RunInstances"), yield* gateway.balance]
 * })
 *
 * const live = TencentGateway.layer().pipe(Layer.provide(NodeHttpServer.layerServer(() => createServer(), { port: 0 })))
 * console.log(await Effect.runPromise(program.pipe(Effect.provide(live)))) // => [ 'InternalError', 1, 98000 ]
 * ```
 *
 * @category services
 */
export class TencentGateway extends Context.Service<TencentGateway, {
  /** Such as `http://127.0.0.1:43121`. An address that means all interfaces is shown as `127.0.0.1`. */
  readonly url: string
  /** The requests so far, oldest first. A request that is still being handled has no `status`. */
  readonly requests: Effect.Effect<ReadonlyArray<RecordedRequest>>
  /** How many requests have changed something, of one action or of all. */
  readonly executions: (action?: string) => Effect.Effect<number>
  /** The instances that exist now. */
  readonly instances: Effect.Effect<ReadonlyArray<Instance>>
  /** The money of the account now, in fen. */
  readonly balance: Effect.Effect<number>
  /** Goes back to the options, with an empty request log, no used nonces and no client tokens. */
  readonly reset: Effect.Effect<void>
  /** In fen. A purchase that costs more is refused with 5300. */
  readonly setBalance: (balance: number) => Effect.Effect<void>
  /** How many instances of a type, or of every type, can be bought. Beyond that the response is 5200. */
  readonly setStock: (stock: number, instanceType?: string) => Effect.Effect<void>
  /** Without it a purchase is refused with 5500. */
  readonly setIdentityVerified: (verified: boolean) => Effect.Effect<void>
  /** Closes an action (6200), or opens it again. */
  readonly setMaintenance: (action: string, closed: boolean) => Effect.Effect<void>
  /** Adds a credential, or replaces the one with the same secret id. */
  readonly setCredential: (credential: Credential) => Effect.Effect<void>
  /** Makes a secret id a sub-account that may not do this. It replaces what was denied before. */
  readonly deny: (secretId: string, denied: Denied) => Effect.Effect<void>
  /** The secret id is refused with 4104 from now on. */
  readonly disableSecret: (secretId: string) => Effect.Effect<void>
  /** How far the gateway's clock is ahead of `Clock`. Negative if it is behind. */
  readonly setClockSkew: (skew: Duration.Input) => Effect.Effect<void>
  /** Requests per second for each pair of secret id and action. */
  readonly setQuota: (perSecond: number) => Effect.Effect<void>
  /** Refuses plain HTTP with 4600, or serves it. */
  readonly setRequireHttps: (required: boolean) => Effect.Effect<void>
  /** Makes later requests go wrong. Of several injected faults that meet one request, the first one happens. */
  readonly injectFault: (fault: InjectedFault) => Effect.Effect<void>
  /** Withdraws the injected faults that have not happened. */
  readonly clearInjectedFaults: Effect.Effect<void>
}>()("effect-tencentcloud/TencentGateway") {}

// ---------------------------------------------------------------------------------------------------------------------
// Layer
// ---------------------------------------------------------------------------------------------------------------------

const skewMillis = (skew: Duration.Input): number => {
  const millis = Duration.toMillis(skew)
  if (!Number.isFinite(millis)) throw new RangeError("The skew of the gateway's clock must be finite")
  return millis
}

const urlOf = (address: NetAddress.SocketAddress): Effect.Effect<string> => {
  if (NetAddress.isUnixPathAddress(address)) return Effect.die(new Error("The gateway needs a server with a TCP port"))
  return NetAddress.toUrl(address).pipe(
    Effect.fromResult,
    Effect.orDie,
    Effect.map((url) => {
      if (NetAddress.isUnspecified(address.address)) url.hostname = "127.0.0.1"
      return url.origin
    })
  )
}

/** The part of the service that looks at the state and changes it. `current` is another one after each reset. */
const controls = (current: () => State): Omit<TencentGateway["Service"], "url" | "reset"> => {
  const change = (f: (state: State) => void): Effect.Effect<void> => Effect.sync(() => f(current()))

  const changeCredential = (secretId: string, fields: Partial<Credential>): Effect.Effect<void> =>
    change(({ credentials }) => {
      const known = credentials.get(secretId)
      if (known === undefined) throw new Error(`The gateway has no credential with the secret id ${secretId}`)
      credentials.set(secretId, { ...known, ...fields })
    })

  return {
    requests: Effect.sync(() => current().requestLog.entries()),
    executions: (action) =>
      Effect.sync(() => {
        const { executions } = current()
        return action === undefined
          ? [...executions.values()].reduce((sum, one) => sum + one, 0)
          : executions.get(action) ?? 0
      }),
    instances: Effect.sync(() => [...current().cvm.instances.values()]),
    balance: Effect.sync(() => current().cvm.balance),
    setBalance: (balance) => change(({ cvm }) => void (cvm.balance = balance)),
    setStock: (stock, instanceType) =>
      change(({ cvm }) => {
        for (const [name, type] of cvm.types) {
          if (instanceType === undefined || instanceType === name) cvm.types.set(name, { ...type, stock })
        }
      }),
    setIdentityVerified: (verified) => change(({ cvm }) => void (cvm.identityVerified = verified)),
    setMaintenance: (action, closed) =>
      change(({ maintenance }) => void (closed ? maintenance.add(action) : maintenance.delete(action))),
    setCredential: (credential) => change(({ credentials }) => void credentials.set(credential.secretId, credential)),
    deny: (secretId, denied) => changeCredential(secretId, { denied }),
    disableSecret: (secretId) => changeCredential(secretId, { disabled: true }),
    setClockSkew: (skew) => change((state) => void (state.clockSkewMillis = skewMillis(skew))),
    setQuota: (perSecond) => change((state) => void (state.quota = perSecond)),
    setRequireHttps: (required) => change((state) => void (state.requireHttps = required)),
    injectFault: (fault) => change(({ injectedFaults }) => injectedFaults.add(fault)),
    clearInjectedFaults: change(({ injectedFaults }) => injectedFaults.clear())
  }
}

const make = Effect.fnUntraced(function*(options: Options) {
  const server = yield* HttpServer.HttpServer
  const clock = yield* Clock.Clock
  const url = yield* urlOf(server.address)
  const closing = yield* Latch.make()

  const clockSkewMillis = options.clockSkew === undefined ? 0 : skewMillis(options.clockSkew)
  const random = yield* Random.Random
  const begin = (): State => makeState({ ...options, clockSkewMillis }, random)
  let state = begin()

  const others = [metadata.protocol, makeProtocol(options.actions ?? [])]
  const handler = serve({
    protocolOf: (head) => others.find((protocol) => protocol.serves(head)) ?? v2.protocol,
    currentTimeMillis: () => clock.currentTimeMillisUnsafe(),
    pause: (delay) => Effect.raceFirst(Effect.sleep(delay), closing.await),
    onRequest: options.onRequest
  }, () => state)

  // The spans of the server would show signed addresses.
  yield* Effect.provideService(server.serve(handler), HttpMiddleware.TracerDisabledWhen, () => true)
  yield* Effect.addFinalizer(() => closing.open)

  return TencentGateway.of({
    ...controls(() => state),
    url,
    reset: Effect.sync(() => {
      state = begin()
    })
  })
})

/**
 * A gateway on the given server. Without options it has {@link testCredential}, two instances, and money to buy more.
 *
 * **Example** (Asked with nothing but HTTP)
 *
 * ```ts
 * import { NodeHttpServer } from "@effect/platform-node"
 * import { Effect, Layer } from "effect"
 * import { HttpClient } from "effect/http"
 * import { TencentGateway } from "effect-tencentcloud/testing"
 *
 * const live = TencentGateway.layer({ clockSkew: "10 minutes" }).pipe(Layer.provideMerge(NodeHttpServer.layerTest))
 * const program = Effect.gen(function*() {
 *   const response = yield* HttpClient.get("/v2/index.php?Action=DescribeInstances")
 *   console.log(yield* response.text)
 *   const [request] = yield* (yield* TencentGateway.TencentGateway).requests
 *   return [request?.action, request?.code, request?.executed]
 * })
 * console.log(await Effect.runPromise(program.pipe(Effect.provide(live))))
 * // => {"code":4000,"message":"The parameter Nonce is missing","codeDesc":"InvalidParameter"}
 * // => [ 'DescribeInstances', 4000, false ]
 * ```
 *
 * @category layers
 */
export const layer = (options: Options = {}): Layer.Layer<TencentGateway, never, HttpServer.HttpServer> =>
  Layer.effect(TencentGateway, make(options))
