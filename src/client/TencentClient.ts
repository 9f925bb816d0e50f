/**
 * The signed client: `call` sends an action and returns its success, or one of a closed set of errors. An action carries the
 * protocol of its generation, so one client calls actions of any.
 *
 * Every attempt has its own timestamp, nonce and signature. Failures are retried by the default policies: all transient ones
 * for an action that only reads, only those where nothing ran for an action that changes something. A wrong clock is corrected
 * from the `Date` header of the refusal, and refused credentials are refreshed once.
 *
 * It must be built on an `HttpClient` that does not retry by itself: a repeated request has a used nonce. The client turns off
 * the tracing of that `HttpClient` for its requests, because a signed address must not show; its own spans say the same.
 */
import * as Clock from "effect/Clock"
import * as Config from "effect/Config"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { hasProperty } from "effect/Predicate"
import * as Random from "effect/Random"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schedule from "effect/Schedule"
import type * as Stream from "effect/Stream"
import type { MalformedResponse } from "../Failure.ts"
import { budgetOf, numbersOf } from "../internal/budget.ts"
import { checkEndpointUrl } from "../internal/endpointUrl.ts"
import * as policy from "../internal/policy.ts"
import { tagOf } from "../internal/retry.ts"
import * as TencentRetry from "../TencentRetry.ts"
import * as call from "./internal/call.ts"
import { paginate } from "./internal/paginate.ts"
import { ClientState } from "./internal/state.ts"
import * as stream from "./internal/stream.ts"
import type { Action, AnyAction, ClientError, Endpoint, Language, PagedAction, StreamAction } from "./Protocol.ts"
import * as TencentCredentials from "./TencentCredentials.ts"
import * as TencentQuotaStore from "./TencentQuotaStore.ts"

export {
  /**
   * The failures that the client adds to those of an action, as a type and as a schema.
   *
   * @category errors
   */
  ClientError
} from "./Protocol.ts"

export type { Endpoint, EndpointAddress, EndpointTarget, Language } from "./Protocol.ts"

// ---------------------------------------------------------------------------------------------------------------------
// Options
// ---------------------------------------------------------------------------------------------------------------------

/** A failure of an action, too, may have the tag of a client error. Such a one has other fields. */
type SharedTag = { readonly _tag: "InvalidRequest" }

/** Each generation has an `UnknownErrorCode` of its own. */
type CommonError = ClientError | MalformedResponse | SharedTag | { readonly _tag: "UnknownErrorCode" }

/**
 * The tags that every call can have.
 *
 * @category models
 */
export type CommonTag = CommonError["_tag"]

/**
 * How a client calls.
 *
 * @category models
 */
export interface Options {
  /** The `Region` parameter, such as `ap-guangzhou`. Left out, or blank, none is sent: some services have no regions. */
  readonly region?: string | undefined
  /**
   * Where requests go, by default to the public address of each service. A `URL` is one address for all services whose host is
   * also signed, such as `http://127.0.0.1:9520` of a local gateway. `"private"` means the addresses inside the private network.
   *
   * A reverse proxy or a tunnel to the real API has another address than the host that checks the signature. With its `URL` alone
   * every call is refused with 4100, because it is signed for the proxy. Give a function that returns both.
   *
   * **Example** (A proxy for all services)
   *
   * ```ts
   * import { TencentClient } from "effect-tencentcloud/client"
   *
   * const options: TencentClient.Options = {
   *   region: "ap-guangzhou",
   *   endpoint: ({ host, service }) => ({ url: new URL(`https://proxy.example/${service}/`), signedHost: host })
   * }
   * ```
   */
  readonly endpoint?: Endpoint | undefined
  /** Default `HmacSHA256`. */
  readonly signatureMethod?: "HmacSHA256" | "HmacSHA1" | undefined
  /** Default `POST`, which keeps parameters out of addresses and has no limit of length worth a thought. */
  readonly method?: "GET" | "POST" | undefined
  /**
   * The language of the messages of API 3.0, by default that of the service, which is Chinese for most. Many messages are not
   * translated.
   */
  readonly language?: Language | undefined
  /**
   * Replaces the default policies: kinds (`TencentRetry.byKind`), and the tags that every call can have. Whatever it says, an
   * action that is not idempotent is retried only when nothing ran. A policy without schedules (`TencentRetry.make({})`) turns
   * retries off.
   */
  readonly retry?: TencentRetry.PolicyFor<CommonError> | undefined
  /**
   * The numbers of the retry budget that the client has for each host, such as how long a retry may wait for tokens. Not used
   * where the program provides a `TencentRetry.Budget` of its own.
   */
  readonly budget?: TencentRetry.BudgetOptions | undefined
  /** How long one attempt may take, default 10 seconds. An action and a call can say otherwise. */
  readonly attemptTimeout?: Duration.Input | undefined
  /**
   * How long a call may take with all its attempts and delays, default 30 seconds; and as much longer as `attemptTimeout` is longer
   * than 10 seconds.
   */
  readonly deadline?: Duration.Input | undefined
}

/**
 * What one call sets for itself. With the errors of an action its policy can name them and read them; without, the options fit
 * every action.
 *
 * @category models
 */
export interface CallOptions<Error = SharedTag> {
  /** `true` if this call is safe to repeat, such as one with a token of idempotency among its parameters. */
  readonly idempotent?: boolean | undefined
  /** The `Region` parameter, by default that of the client. `""` leaves it out of this call. */
  readonly region?: string | undefined
  /** How long one attempt of this call may take, by default the time that the action says, or else the client. */
  readonly attemptTimeout?: Duration.Input | undefined
  /**
   * How long the call may take with all its attempts and delays. By default the deadline of the client; and as much longer as an
   * attempt of this call may take longer than one of the client.
   */
  readonly deadline?: Duration.Input | undefined
  /** Replaces the policy of the client for this call: kinds, and the tags that the call can have. */
  readonly retry?: TencentRetry.PolicyFor<Error | ClientError> | undefined
}

/**
 * What one stream sets for itself. The deadline and the time of an attempt end at the first event.
 *
 * @category models
 */
export interface StreamOptions<Error = SharedTag> extends CallOptions<Error> {
  /**
   * How long the stream may be silent after its first event, default 60 seconds. A comment line ends the silence, too. The time that
   * the program takes for an event does not count.
   */
  readonly idleTimeout?: Duration.Input | undefined
}

// ---------------------------------------------------------------------------------------------------------------------
// Service
// ---------------------------------------------------------------------------------------------------------------------

/** As `NoInfer`, through which the compiler does not see which errors have a tag. */
type Uninferred<A> = [A][A extends unknown ? 0 : never]

/**
 * The client.
 *
 * **Example** (Against scripted responses)
 *
 * ```ts
 * import { Effect, Layer, Redacted, Schema } from "effect"
 * import { HttpClient, HttpClientResponse } from "effect/http"
 * import { TencentClient, TencentCredentials } from "effect-tencentcloud/client"
 * import { TencentAction } from "effect-tencentcloud/v2"
 *
 * const DescribeInstances = TencentAction.make("DescribeInstances", {
 *   module: "cvm",
 *   request: Schema.Struct({ limit: Schema.Number }),
 *   response: Schema.Struct({ totalCount: Schema.Number })
 * })
 *
 * const program = Effect.gen(function*() {
 *   const client = yield* TencentClient.TencentClient
 *   return yield* client.call(DescribeInstances, { limit: 20 })
 * })
 *
 * const http = HttpClient.make((request) =>
 *   Effect.succeed(HttpClientResponse.fromWeb(request, Response.json({ code: 0, message: "", totalCount: 3 })))
 * )
 * const live = TencentClient.layer({ region: "ap-guangzhou" }).pipe(
 *   Layer.provide(TencentCredentials.layer({ secretId: "AKIDexample", secretKey: Redacted.make("a-secret-key") })),
 *   Layer.provide(Layer.succeed(HttpClient.HttpClient, http))
 * )
 * const page = await Effect.runPromise(program.pipe(Effect.provide(live)))
 * console.log(page.totalCount) // => 3
 * ```
 *
 * @category services
 */
export class TencentClient extends Context.Service<TencentClient, {
  /** Sends an action. It fails with the errors of the action, and with {@link ClientError}. */
  readonly call: <Request, Response, Error, R>(
    action: Action<Request, Response, Error, R>,
    request: NoInfer<Request>,
    options?: CallOptions<Uninferred<Error>>
  ) => Effect.Effect<Response, Error | ClientError, R>
  /**
   * The items of all pages of an action, such as `TencentAction.makePaged` makes. Each page is a call, with the options of a call,
   * that is made when its items are asked for. The items of earlier pages come before a failure. Pages that do not advance, and
   * one that cannot be read, are a `MalformedResponse`.
   */
  readonly paginate: <Request, Response, Error, Item, Keys extends string, R>(
    action: PagedAction<Request, Response, Error, Item, Keys, R>,
    request: NoInfer<Omit<Request, Keys>>,
    options?: CallOptions<Uninferred<Error>>
  ) => Stream.Stream<Item, Error | ClientError, R>
  /**
   * Sends a streaming action, and returns its events as they come. Until the first event it is a call: signed, retried and timed in
   * the same way. After it nothing is sent again: the stream fails with the errors of {@link call} once all events that came before
   * are received, and what has begun to run may have run. A silent stream ends with a `TransportFailure` whose reason is
   * `IdleTimeout`. Ending the stream early, by an interruption or by `Stream.take`, closes the connection.
   *
   * A response that is no event stream is a success with one event, or the failure that it says.
   */
  readonly stream: <Request, Response, Error, Event, R>(
    action: StreamAction<Request, Response, Error, Event, R>,
    request: NoInfer<Request>,
    options?: StreamOptions<Uninferred<Error>>
  ) => Stream.Stream<Event, Error | ClientError, R>
}>()("effect-tencentcloud/TencentClient") {}

// ---------------------------------------------------------------------------------------------------------------------
// Retries
// ---------------------------------------------------------------------------------------------------------------------

/** The text of a response was not JSON: a captive portal, or a body that was cut. The error keeps an excerpt of the text. */
const isNotJson = (error: unknown): boolean =>
  tagOf(error) === "MalformedResponse" && hasProperty(error, "body") && Redacted.isRedacted(error.body) &&
  typeof Redacted.value(error.body) === "string"

/** Failures that rarely pass: a host that does not exist, a response that was cut. Two retries are enough to know. */
const isRarelyTransient = (error: unknown): boolean =>
  tagOf(error) === "TransportFailure" && hasProperty(error, "reason") &&
  (error.reason === "DnsNotFound" || error.reason === "TruncatedBody")

const rarelyTransient: policy.Selected = {
  name: "rarely transient",
  schedule: TencentRetry.transient.pipe(Schedule.upTo({ times: 2 }))
}

/** A call has a deadline, so its quota errors need no bound of their own. */
const throttled: policy.Selected = { name: "throttled", schedule: /*#__PURE__*/ policy.nextSecond(Infinity) }

/** That of `TencentRetry`; and a response that is not JSON, where repeating is safe, as a transient failure. */
const defaultPolicy = (idempotent: boolean): policy.PolicyImpl => {
  const usual = policy.implementation(idempotent ? TencentRetry.idempotent : TencentRetry.mutating)
  return {
    schedules: usual.schedules,
    select: (error) => {
      if (idempotent && isNotJson(error)) return rarelyTransient
      const selected = usual.select(error)
      if (typeof selected === "string") return selected
      if (isRarelyTransient(error)) return rarelyTransient
      return selected.name === throttled.name ? throttled : selected
    }
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// Making a client
// ---------------------------------------------------------------------------------------------------------------------

/** How long one attempt may take by default. */
const usualAttempt = "10 seconds"

/** How long a stream may be silent by default. */
const usualIdleTimeout = "60 seconds"

/** A deadline that leaves the same time beside a longer attempt than the usual one. All in milliseconds. */
const deadlineFor = (attemptTimeout: number, deadline: number, usual: number): number => {
  // No attempt is longer than its call.
  const longest = Math.min(usual, deadline)
  return attemptTimeout <= longest ? deadline : deadline + (attemptTimeout - longest)
}

/** A blank one means that there is none. */
const regionOf = (text: string | undefined): string | undefined =>
  text === undefined || text.trim() === "" ? undefined : text

/** The parts of a call that the options of the client decide. */
const makeEngine = (options: Options) =>
  Effect.gen(function*() {
    const sharedBudget = yield* Effect.serviceOption(TencentRetry.Budget)
    const init = yield* Effect.serviceOption(FetchHttpClient.RequestInit)
    const { endpoint } = options
    if (endpoint instanceof URL) checkEndpointUrl(endpoint)
    return {
      state: new ClientState(
        yield* Random.next,
        Option.getOrUndefined(Option.map(sharedBudget, budgetOf)),
        numbersOf(options.budget ?? {}),
        { endpoint, region: regionOf(options.region) }
      ),
      httpClient: yield* HttpClient.HttpClient,
      requestInit: call.requestInitOf(Option.getOrUndefined(init)),
      credentials: yield* TencentCredentials.TencentCredentials,
      quotaStore: Option.getOrUndefined(yield* Effect.serviceOption(TencentQuotaStore.TencentQuotaStore)),
      method: options.method ?? "POST",
      signatureMethod: options.signatureMethod ?? "HmacSHA256",
      language: options.language,
      attemptTimeout: Duration.toMillis(options.attemptTimeout ?? usualAttempt)
    } satisfies call.Engine
  })

interface Limits {
  readonly attemptTimeout: number
  readonly deadline: number
}

/** The time limits of a call, in milliseconds. */
const limitsOf = (action: AnyAction, options: Pick<CallOptions, keyof Limits>, client: Limits): Limits => {
  const own = options.attemptTimeout ?? action.attemptTimeout
  const attemptTimeout = own === undefined ? client.attemptTimeout : Duration.toMillis(own)
  if (options.deadline !== undefined) return { attemptTimeout, deadline: Duration.toMillis(options.deadline) }
  const deadline = own === undefined
    ? client.deadline
    : deadlineFor(attemptTimeout, client.deadline, client.attemptTimeout)
  return { attemptTimeout, deadline }
}

const policyOf = <Error>({ retry }: CallOptions<Error>): policy.PolicyImpl | undefined =>
  retry === undefined ? undefined : policy.implementation(retry)

const make = (options: Options) =>
  Effect.map(makeEngine(options), (engine) => {
    const own = options.retry === undefined ? undefined : policy.implementation(options.retry)
    const policies = { idempotent: own ?? defaultPolicy(true), mutating: own ?? defaultPolicy(false) }
    const usual = Duration.toMillis(usualAttempt)
    const deadline = options.deadline === undefined
      ? deadlineFor(engine.attemptTimeout, Duration.toMillis("30 seconds"), usual)
      : Duration.toMillis(options.deadline)

    const planOf = <A extends AnyAction>(
      action: A,
      callOptions: Pick<CallOptions, "idempotent" | "region" | keyof Limits>,
      retry: policy.PolicyImpl | undefined,
      fiber: Fiber.Fiber<unknown, unknown>
    ) => {
      const region = regionOf(callOptions.region ?? options.region)
      const idempotent = callOptions.idempotent ?? action.idempotent
      const prepared = engine.state.preparedOf(action, region, fiber.getRef(Clock.Clock))
      return Result.isFailure(prepared) ? call.invalidRequest(action, [prepared.failure]) : {
        action,
        prepared: prepared.success,
        region,
        idempotent,
        ...limitsOf(action, callOptions, { attemptTimeout: engine.attemptTimeout, deadline }),
        policy: retry ?? (idempotent ? policies.idempotent : policies.mutating),
        isDefault: own === undefined && retry === undefined
      }
    }

    const send = <Request, Response, Error, R>(
      action: Action<Request, Response, Error, R>,
      request: Request,
      callOptions: CallOptions<Error> = {}
    ): Effect.Effect<Response, Error | ClientError, R> =>
      Effect.withFiber((fiber) => {
        const plan = planOf(action, callOptions, policyOf(callOptions), fiber)
        return "_tag" in plan ? Effect.fail(plan) : call.run(engine, plan, request, fiber)
      })

    return TencentClient.of({
      call: send,
      paginate: <Request, Response, Error, Item, Keys extends string, R>(
        action: PagedAction<Request, Response, Error, Item, Keys, R>,
        request: Omit<Request, Keys>,
        callOptions?: CallOptions<Error>
      ) => paginate(action, request, (request) => send(action, request, callOptions)),
      stream: (action, request, streamOptions = {}) =>
        stream.run(engine, request, (fiber) => {
          const plan = planOf(action, streamOptions, policyOf(streamOptions), fiber)
          const idleTimeout = Duration.toMillis(streamOptions.idleTimeout ?? usualIdleTimeout)
          return "_tag" in plan ? Effect.fail(plan) : Effect.succeed({ ...plan, idleTimeout })
        })
    })
  })

// ---------------------------------------------------------------------------------------------------------------------
// Layers
// ---------------------------------------------------------------------------------------------------------------------

/**
 * The client with the given options. See {@link Options} for the defaults.
 *
 * @category layers
 */
export const layer = (
  options: Options
): Layer.Layer<TencentClient, never, HttpClient.HttpClient | TencentCredentials.TencentCredentials> =>
  Layer.effect(TencentClient, make(options))

const regionFromConfig = /*#__PURE__*/ (() =>
  Effect.flatMap(
    Effect.map(Config.option(Config.String("TENCENTCLOUD_REGION")), Option.filter((text) => text.trim() !== "")),
    Option.match({
      onNone: () =>
        Effect.fail(
          new Config.ConfigError(
            new ConfigProvider.SourceError({
              message: "TENCENTCLOUD_REGION is not set: set it, or give the option `region`, which is \"\" for none."
            })
          )
        ),
      onSome: Effect.succeed
    })
  ))()

/**
 * The client from the environment: `TENCENTCLOUD_REGION`, and the credentials of `TencentCredentials.fromConfig`. Fails when
 * the layer is built, not at the first call, if one is not set.
 *
 * The option `region` is taken instead of the variable. For services that have no regions it is `""`.
 *
 * **Example** (Region and keys from the environment)
 *
 * ```ts
 * import { ConfigProvider, Effect, Layer } from "effect"
 * import { FetchHttpClient } from "effect/http"
 * import { TencentClient } from "effect-tencentcloud/client"
 *
 * const environment = ConfigProvider.layer(ConfigProvider.fromEnv({ env: { TENCENTCLOUD_REGION: "ap-guangzhou" } }))
 * const live = TencentClient.layerConfig().pipe(Layer.provide([FetchHttpClient.layer, environment]))
 * const error = await Effect.runPromise(Effect.flip(Effect.scoped(Layer.build(live))))
 * console.log(error._tag) // => CredentialsUnavailable
 * ```
 *
 * @category layers
 */
export const layerConfig = (
  options?: Options
): Layer.Layer<
  TencentClient,
  Config.ConfigError | TencentCredentials.CredentialsUnavailable,
  HttpClient.HttpClient
> => {
  const region = options?.region === undefined ? regionFromConfig : Effect.succeed(options.region)
  return Layer.unwrap(Effect.map(region, (region) => layer({ ...options, region }))).pipe(
    Layer.provide(TencentCredentials.layerConfig)
  )
}
