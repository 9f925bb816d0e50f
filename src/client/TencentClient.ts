/**
 * The signed client of API 2.0: `call` sends an action and gives its success, or one of a closed set of errors.
 *
 * Every attempt has its own timestamp, nonce and signature. Failures are retried by the default policies: all transient ones
 * for an action that only reads, only those that prove that nothing ran for an action that changes something. A wrong clock is
 * corrected from the `Date` header of the refusal, and refused credentials are refreshed once.
 *
 * It must be built on an `HttpClient` that does not retry by itself: a repeated request has a used nonce. The client turns off
 * the tracing of that `HttpClient` for its requests, because a signed address must not show; its own spans say the same.
 */
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Config from "effect/Config"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpBody from "effect/http/HttpBody"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import { hasProperty } from "effect/Predicate"
import * as Random from "effect/Random"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import type * as Schema from "effect/Schema"
import * as SchemaParser from "effect/SchemaParser"
import type * as Tracer from "effect/Tracer"
import { Budget, defaultNumbers } from "../internal/budget.ts"
import { type CallError, InvalidRequest, TransportFailure, UnexpectedStatus } from "../internal/clientError.ts"
import { isHostLabel } from "../internal/hostLabel.ts"
import { type Issue, issuesOf, summaryOf } from "../internal/issues.ts"
import * as retry from "../internal/retry.ts"
import { monotonic } from "../internal/time.ts"
import * as TencentRetry from "../TencentRetry.ts"
import * as parameters from "../v2/internal/parameters.ts"
import * as signing from "../v2/internal/signing.ts"
import type * as TencentAction from "../v2/TencentAction.ts"
import * as TencentEndpoint from "../v2/TencentEndpoint.ts"
import * as TencentError from "../v2/TencentError.ts"
import * as TencentResponse from "../v2/TencentResponse.ts"
import type * as TencentSignature from "../v2/TencentSignature.ts"
import { RateLimiter } from "./internal/rateLimiter.ts"
import { dateOf, readText, responseOf, scrub, transportFailure, unexpectedStatus } from "./internal/response.ts"
import * as TencentCredentials from "./TencentCredentials.ts"
import * as TencentQuotaStore from "./TencentQuotaStore.ts"

export {
  type CallError,
  InvalidRequest,
  type Outcome,
  TransportFailure,
  UnexpectedStatus
} from "../internal/clientError.ts"

// ---------------------------------------------------------------------------------------------------------------------
// Options
// ---------------------------------------------------------------------------------------------------------------------

/**
 * How a client calls.
 *
 * @category models
 */
export interface Options {
  /** The `Region` parameter, such as `ap-guangzhou`. */
  readonly region: string
  /**
   * One address for all modules, such as `http://127.0.0.1:9520` of a local gateway; or `"private"` for the addresses inside
   * the private network. By default each module's public address.
   */
  readonly endpoint?: URL | "private" | undefined
  /** Default `HmacSHA256`. */
  readonly signatureMethod?: TencentSignature.SignatureMethod | undefined
  /** Default `POST`, which keeps parameters out of addresses and has no limit of length worth a thought. */
  readonly method?: "GET" | "POST" | undefined
  /**
   * Replaces the default policies. Whatever it says, an action that is not idempotent is retried only when nothing ran. A
   * policy without schedules (`TencentRetry.make({})`) turns retries off. It can name the tags of `CallError`, and those of the
   * error classes that actions declare.
   */
  readonly retry?: TencentRetry.Policy<string> | undefined
  /** How long one attempt may take, default 10 seconds. */
  readonly attemptTimeout?: Duration.Input | undefined
  /** How long a call may take with all its attempts and delays, default 30 seconds. */
  readonly deadline?: Duration.Input | undefined
}

/**
 * What one call says otherwise.
 *
 * @category models
 */
export interface CallOptions {
  /** `true` if this call is safe to repeat, such as one with a token of idempotency among its parameters. */
  readonly idempotent?: boolean | undefined
  /** The `Region` parameter, by default that of the client. */
  readonly region?: string | undefined
  /** How long the call may take with all its attempts and delays, by default the deadline of the client. */
  readonly deadline?: Duration.Input | undefined
}

// ---------------------------------------------------------------------------------------------------------------------
// Service
// ---------------------------------------------------------------------------------------------------------------------

type ErrorClasses = { readonly [code: number | string]: TencentResponse.ErrorClass }

type AnyAction = TencentAction.Action<Schema.Constraint, Schema.Constraint, ErrorClasses>

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
 *   Layer.provide(TencentCredentials.layer({ secretId: "AKIDexample", secretKey: Redacted.make("a secret") })),
 *   Layer.provide(Layer.succeed(HttpClient.HttpClient, http))
 * )
 * const page = await Effect.runPromise(program.pipe(Effect.provide(live)))
 * console.log(page.totalCount) // => 3
 * ```
 *
 * @category services
 */
export class TencentClient extends Context.Service<TencentClient, {
  /** Sends an action. See {@link CallError} for what it can fail with. */
  readonly call: <
    Request extends Schema.Constraint,
    Response extends Schema.Constraint,
    Errors extends ErrorClasses
  >(
    action: TencentAction.Action<Request, Response, Errors>,
    request: Request["Type"],
    options?: CallOptions
  ) => Effect.Effect<
    Response["Type"],
    CallError | TencentResponse.ErrorOf<Errors>,
    Request["EncodingServices"] | Response["DecodingServices"]
  >
}>()("effect-tencentcloud/TencentClient") {}

// ---------------------------------------------------------------------------------------------------------------------
// Metrics
// ---------------------------------------------------------------------------------------------------------------------

interface Metrics {
  /** Calls by outcome: the tag of the error, or ok. */
  readonly calls: (outcome: string) => Metric.Counter<number>
  readonly attempts: Metric.Counter<number>
  readonly duration: Metric.Histogram<Duration.Duration>
}

/** Made once for each action, because the attributes of a metric cost more than its update. */
const metricsOf = ({ module, name }: AnyAction): Metrics => {
  const attributes = { module, action: name }
  const byOutcome = new Map<string, Metric.Counter<number>>()
  return {
    calls: (outcome) => {
      const counter = byOutcome.get(outcome) ?? Metric.counter("tencentcloud_calls", {
        description: "Calls by module, action and outcome: the tag of the error, or ok",
        incremental: true,
        attributes: { ...attributes, outcome }
      })
      byOutcome.set(outcome, counter)
      return counter
    },
    attempts: Metric.counter("tencentcloud_attempts", {
      description: "Attempts of calls by module and action",
      incremental: true,
      attributes
    }),
    duration: Metric.timer("tencentcloud_call_duration", {
      description: "Duration of calls, all attempts and delays included, by module and action",
      attributes
    })
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// Retries
// ---------------------------------------------------------------------------------------------------------------------

/** The text of a response was not JSON: a captive portal, or a body that was cut. The error keeps an excerpt of the text. */
const isNotJson = (error: unknown): boolean =>
  retry.tagOf(error) === "MalformedResponse" && typeof (error as { readonly body?: unknown }).body === "string"

/** Failures that rarely pass: a host that does not exist, a response that was cut. Two retries are enough to know. */
const isRarelyTransient = (error: unknown): boolean => {
  if (retry.tagOf(error) !== "TransportFailure") return isNotJson(error)
  const { reason } = error as { readonly reason: string }
  return reason === "DnsNotFound" || reason === "TruncatedBody"
}

const maxRareRetries = 2

/** Each retry class has a schedule of its own. A call that fails in several ways has no more retries than one that fails in one. */
const maxRetries = 5

const untilDeadline = /*#__PURE__*/ retry.nextSecond(Infinity)

/** The catalogue; and a response that is not JSON, where repeating is safe, as a transient failure. */
const defaultPolicy = (idempotent: boolean): retry.PolicyImpl => {
  const catalogue = retry.implementation(idempotent ? TencentRetry.idempotent : TencentRetry.mutating)
  return {
    schedules: catalogue.schedules,
    select: (error) => {
      if (idempotent && isNotJson(error)) return { key: "transient", schedule: TencentRetry.transient }
      const selected = catalogue.select(error)
      // A call has a deadline, so its quota errors need no bound of their own.
      return selected?.key === "throttled" ? { key: selected.key, schedule: untilDeadline } : selected
    }
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// Requests
// ---------------------------------------------------------------------------------------------------------------------

const invalidRequest = (action: AnyAction, issues: ReadonlyArray<Issue>): InvalidRequest =>
  new InvalidRequest({
    action: action.name,
    issues,
    message: `The request of ${action.name} does not fit${summaryOf(issues)}`
  })

/** What depends on the action alone, made at its first call. */
interface Prepared<Request extends Schema.Constraint, Response extends Schema.Constraint, Errors extends ErrorClasses> {
  readonly encode: (
    request: Request["Type"]
  ) => Effect.Effect<ReadonlyArray<parameters.Parameter>, InvalidRequest, Request["EncodingServices"]>
  readonly decode: (
    text: string
  ) => Effect.Effect<
    Response["Type"],
    TencentError.TencentError | TencentResponse.ErrorOf<Errors>,
    Response["DecodingServices"]
  >
  readonly span: string
  readonly metrics: Metrics
}

const prepare = <Request extends Schema.Constraint, Response extends Schema.Constraint, Errors extends ErrorClasses>(
  action: TencentAction.Action<Request, Response, Errors>
): Prepared<Request, Response, Errors> => {
  const encode = SchemaParser.encodeUnknownEffect(action.request)
  return {
    encode: (request) =>
      encode(request).pipe(
        Effect.mapErrorEager((issue) => invalidRequest(action, issuesOf(issue))),
        Effect.flatMapEager((encoded) => {
          const flat = parameters.flatten(encoded)
          return Result.isSuccess(flat)
            ? Effect.succeed(flat.success)
            : Effect.fail(invalidRequest(action, [flat.failure]))
        })
      ),
    decode: TencentResponse.decodeText(action.response, action),
    span: `tencentcloud.${action.module}.${action.name}`,
    metrics: metricsOf(action)
  }
}

/** A signed request, what it says of the time, in seconds, and the values that must not come back in an error. */
interface Signed {
  readonly request: HttpClientRequest.HttpClientRequest
  readonly timestamp: number
  readonly secrets: ReadonlyArray<string>
}

/** The text of a response, and what it came with. */
interface Received {
  readonly response: HttpClientResponse.HttpClientResponse
  readonly text: string
}

// A redirect would carry a signed request elsewhere, and the spans of the HTTP client would show a signed address. What else
// the program tells `fetch`, such as a proxy, stays.
const httpContextOf = (init: RequestInit | undefined) =>
  Context.make(HttpClient.TracerDisabledWhen, () => true).pipe(
    Context.add(FetchHttpClient.RequestInit, { ...init, redirect: "manual" })
  )

/** Clocks closer than this are left alone: the server allows five minutes, and responses take time. */
const clockTolerance = 30_000

/** The server refuses a timestamp that is five minutes from its clock. One closer than this was not the reason of a refusal. */
const allowedSkew = 4 * 60_000

/** The failure of a call that was not sent, because its slot within the learned quota would come after its deadline. */
const noSlotInTime = (action: AnyAction): TencentError.QuotaExceeded =>
  new TencentError.QuotaExceeded({
    message: `${action.name} was not sent: its slot within the request quota comes after the deadline of the call.`
  })

const noCredentialsInTime = (): TencentCredentials.CredentialsUnavailable =>
  new TencentCredentials.CredentialsUnavailable({ message: "The source of credentials did not answer in time." })

const earlierAttempt = "An earlier attempt of this call may have been executed."

/** A failure of an attempt, when the action may have run in the earlier one that ended with `unknown`. */
const withOutcomeOf = <E>(unknown: CallError | E, error: CallError | E): CallError | E => {
  if (error instanceof TencentCredentials.CredentialsUnavailable) return unknown
  if (error instanceof TransportFailure && error.outcome === "notRun") {
    return new TransportFailure({ ...error, outcome: "unknown", message: `${error.message} ${earlierAttempt}` })
  }
  if (error instanceof UnexpectedStatus && error.outcome === "notRun") {
    return new UnexpectedStatus({ ...error, outcome: "unknown", message: `${error.message} ${earlierAttempt}` })
  }
  retry.markOutcomeUnknown(error)
  return error
}

const annotate = (span: Tracer.Span, error: unknown): void => {
  span.attribute("error.type", retry.tagOf(error))
  if (hasProperty(error, "code")) span.attribute("tencentcloud.code", error.code)
  if (hasProperty(error, "requestId")) span.attribute("tencentcloud.request_id", error.requestId)
}

const make = (options: Options) =>
  Effect.gen(function*() {
    const httpClient = yield* HttpClient.HttpClient
    const credentialSource = yield* TencentCredentials.TencentCredentials
    const ownHttpContext = httpContextOf(
      Option.getOrUndefined(yield* Effect.serviceOption(FetchHttpClient.RequestInit))
    )
    const method = options.method ?? "POST"
    const signatureMethod = options.signatureMethod ?? "HmacSHA256"
    const attemptTimeout = Duration.toMillis(options.attemptTimeout ?? "10 seconds")
    const defaultDeadline = Duration.toMillis(options.deadline ?? "30 seconds")
    const given = options.retry === undefined ? undefined : retry.implementation(options.retry)
    const repeatable = given ?? defaultPolicy(true)
    const mutating = given ?? defaultPolicy(false)

    // A random start and one step per signature: no nonce comes twice from one client, and 2^53 starts keep clients apart.
    let nonce = Math.floor((yield* Random.next) * Number.MAX_SAFE_INTEGER)
    const nextNonce = (): number => nonce = nonce % Number.MAX_SAFE_INTEGER + 1

    // One budget for each host, because hosts fail apart, unless the program has one of its own.
    const ownBudget = yield* Effect.serviceOption(TencentRetry.Budget)
    const budgets = new Map<string, Budget>()
    const budgetOf = (host: string, clock: Clock.Clock): Budget => {
      if (Option.isSome(ownBudget)) return retry.budgetOf(ownBudget.value)
      const budget = budgets.get(host) ?? new Budget(defaultNumbers, clock)
      budgets.set(host, budget)
      return budget
    }

    // The server counts requests per action and region.
    const quotaStore = Option.getOrUndefined(yield* Effect.serviceOption(TencentQuotaStore.TencentQuotaStore))
    const rateLimiters = new Map<string, RateLimiter>()
    const rateLimiterOf = (key: string, clock: Clock.Clock): RateLimiter => {
      const rateLimiter = rateLimiters.get(key) ?? new RateLimiter(clock)
      rateLimiters.set(key, rateLimiter)
      return rateLimiter
    }

    /** How far the server's clock is ahead of ours, in milliseconds. */
    let clockOffset = 0

    /**
     * Learns the server's time from a refusal, and tells whether the time that was sent was the reason for it. Of several
     * concurrent refusals only the first changes anything.
     */
    const learnClock = (
      { headers }: HttpClientResponse.HttpClientResponse,
      { timestamp }: Signed,
      clock: Clock.Clock
    ): boolean => {
      const date = dateOf(headers)
      if (date === undefined) return false
      // The header has whole seconds: the middle of the second is the best guess.
      const offset = date + 500 - clock.currentTimeMillisUnsafe()
      if (Math.abs(offset - clockOffset) > clockTolerance) clockOffset = offset
      return Math.abs(date - timestamp * 1000) > allowedSkew
    }

    const ownEndpoint = options.endpoint instanceof URL ? TencentEndpoint.fromUrl(options.endpoint) : undefined
    const network = options.endpoint === "private" ? "private" : "public"

    const prepared = new WeakMap<AnyAction, unknown>()
    const preparedOf = <P extends Schema.Constraint, S extends Schema.Constraint, E extends ErrorClasses>(
      action: TencentAction.Action<P, S, E>
    ): Prepared<P, S, E> => {
      // What is kept for an action was made from it.
      const known = prepared.get(action) as Prepared<P, S, E> | undefined
      if (known !== undefined) return known
      const made = prepare(action)
      prepared.set(action, made)
      return made
    }

    const sign = (
      action: AnyAction,
      endpoint: TencentEndpoint.Endpoint,
      region: string,
      encoded: ReadonlyArray<parameters.Parameter>,
      credentials: TencentCredentials.Credentials,
      clock: Clock.Clock
    ): Signed => {
      const { hostname, origin, path } = endpoint
      const { secretKey, token } = credentials
      const timestamp = Math.floor((clock.currentTimeMillisUnsafe() + clockOffset) / 1000)
      // In the order of the signature.
      const common = [
        { name: "Action", value: action.name },
        { name: "Nonce", value: String(nextNonce()) },
        { name: "Region", value: region },
        { name: "SecretId", value: credentials.secretId },
        { name: "SignatureMethod", value: signatureMethod },
        { name: "Timestamp", value: String(timestamp) }
      ]
      const secrets = [Redacted.value(secretKey)]
      if (token !== undefined) {
        common.push({ name: "Token", value: Redacted.value(token) })
        secrets.push(Redacted.value(token))
      }
      if (action.version !== undefined) common.push({ name: "Version", value: action.version })
      const all = parameters.merge(common, encoded)
      const { form, signature } = signing.sign(`${method}${hostname}${path}`, all, { secretKey, signatureMethod })
      secrets.push(signature)
      const request = method === "GET"
        ? HttpClientRequest.get(`${origin}${path}?${form}`)
        : HttpClientRequest.make("POST")(`${origin}${path}`, {
          body: HttpBody.text(form, "application/x-www-form-urlencoded")
        })
      return { request, timestamp, secrets }
    }

    const call: TencentClient["Service"]["call"] = <
      Request extends Schema.Constraint,
      Response extends Schema.Constraint,
      Errors extends ErrorClasses
    >(
      action: TencentAction.Action<Request, Response, Errors>,
      request: Request["Type"],
      callOptions: CallOptions = {}
    ) => {
      type Failure = CallError | TencentResponse.ErrorOf<Errors>
      type Answer = Effect.Effect<Response["Type"], Failure, Response["DecodingServices"]>
      const region = callOptions.region ?? options.region
      if (ownEndpoint === undefined && !(isHostLabel(action.module) && isHostLabel(`${action.module}-${region}`))) {
        return Effect.fail(
          invalidRequest(action, [{ path: ["Region"], message: "It would be a part of a host name." }])
        )
      }
      const endpoint = ownEndpoint ?? TencentEndpoint.forModule(action.module, region, network)
      const host = endpoint.hostname
      const idempotent = callOptions.idempotent ?? action.idempotent
      const deadline = callOptions.deadline === undefined ? defaultDeadline : Duration.toMillis(callOptions.deadline)
      const { decode, encode, metrics, span: spanName } = preparedOf(action)

      const read = ({ response, text }: Received, signed: Signed, clock: Clock.Clock): Answer => {
        const { secrets } = signed
        const decoded: Answer = decode(text)
        const clean = (error: Failure): Answer => {
          const scrubbed = scrub(text, secrets)
          const failed = scrubbed === text ? Effect.fail(error) : decode(scrubbed)
          // A fresh nonce is refused as used when a copy of its request has arrived before: what lies in between may send twice.
          return retry.tagOf(error) === "ReplayAttack" && !learnClock(response, signed, clock)
            ? Effect.tapError(failed, (error) => Effect.sync(() => retry.markOutcomeUnknown(error)))
            : failed
        }
        if (response.status === 200) return Effect.catchEager(decoded, (error) => clean(error))
        const now = clock.currentTimeMillisUnsafe()
        const unexpected = (executed: boolean): Answer =>
          Effect.fail(unexpectedStatus(response, { text, secrets, host, now, executed }))
        // A gateway may use other statuses for a failure that it explains in the envelope of the API. A code that nobody knows is
        // one of the gateway.
        return Effect.matchEffect(decoded, {
          onSuccess: () => unexpected(true),
          onFailure: (error) =>
            TencentError.isTencentError(error) && error._tag === "MalformedResponse"
              ? unexpected(error.issues.length > 0)
              : retry.tagOf(error) === "UnknownErrorCode"
              ? unexpected(false)
              : clean(error)
        })
      }

      const run = (
        request: ReadonlyArray<parameters.Parameter>,
        span: Tracer.Span,
        context: Context.Context<never>,
        clock: Clock.Clock
      ): Answer => {
        const end = monotonic(clock) + deadline
        const init = Context.getOrUndefined(context, FetchHttpClient.RequestInit)
        const httpContext = init === undefined ? ownHttpContext : httpContextOf(init)
        let used: TencentCredentials.Credentials | undefined
        let refreshed = false
        let rareRetries = 0
        let retries = 0

        const key = `${action.module} ${action.name} ${region}`
        const rateLimiter = rateLimiterOf(key, clock)
        let last: Failure | undefined
        /** The last failure after which the action may have run. */
        let unknown: Failure | undefined

        /** What a failure says of the call. That an attempt was not sent says nothing of an earlier one. */
        const ofCall = (error: Failure): Failure => {
          const failure = unknown === undefined ? error : withOutcomeOf<TencentResponse.ErrorOf<Errors>>(unknown, error)
          if (!retry.provesNothingRan(failure)) unknown = failure
          return failure
        }

        const attempt: Answer = Effect.suspend(() => {
          let sent = false
          const begun = monotonic(clock)
          return Effect.flatMap(credentialSource.get, (credentials) => {
            used = credentials
            const signed = sign(action, endpoint, region, request, credentials, clock)
            sent = true
            metrics.attempts.updateUnsafe(1, context)
            return httpClient.execute(signed.request).pipe(
              Effect.catch((error) => responseOf(error, host)),
              Effect.flatMap((response) => Effect.map(readText(response, host), (text) => ({ response, text }))),
              Effect.provideContext(httpContext),
              Effect.flatMap((received) => read(received, signed, clock))
            )
          }).pipe(
            Effect.timeoutOrElse({
              duration: Math.max(0, Math.min(attemptTimeout, end - begun)),
              orElse: () => Effect.fail(sent ? transportFailure("AttemptTimeout", host) : noCredentialsInTime())
            }),
            Effect.mapError(ofCall)
          )
        })

        const turn = quotaStore === undefined ? rateLimiter.acquire(end) : Effect.flatMap(
          rateLimiter.acquire(end),
          (inTime) =>
            inTime
              ? quotaStore.acquire(
                { key, limit: action.quota },
                Duration.millis(Math.max(0, rateLimiter.latestSlot(end) - monotonic(clock)))
              )
              : Effect.succeed(false)
        )

        /** Waits for the slot under the quota. A call whose slot would come too late fails without a request. */
        const before = Effect.flatMap(
          turn,
          (inTime) => inTime ? Effect.void : Effect.fail(last ?? noSlotInTime(action))
        )

        /** What a policy cannot know: whether there are other credentials to try, and which failures rarely pass. */
        const onFailure = (error: Failure): Effect.Effect<boolean> => {
          const again = error !== last
          last = error
          // There was no attempt: the keys ran out after a failure that says more.
          if (!again) return Effect.succeed(false)
          const retryClass = retry.isRetryable(error) ? error.retryClass : undefined
          if (retryClass === "throttled") {
            const limit = rateLimiter.refused(hasProperty(error, "message") ? String(error.message) : "")
            return quotaStore === undefined || limit === undefined
              ? Effect.succeed(true)
              : Effect.as(quotaStore.learn({ key, limit }), true)
          }
          if (given === undefined) {
            const rare = isRarelyTransient(error) && ++rareRetries > maxRareRetries
            if (++retries > maxRetries || rare) {
              return Effect.succeed(false)
            }
          }
          if (retryClass !== "credentials") {
            return Effect.succeed(true)
          }
          const refused = used
          if (refreshed || refused === undefined) {
            return Effect.succeed(false)
          }
          refreshed = true
          return credentialSource.refresh(refused).pipe(
            Effect.map((credentials) => !TencentCredentials.isSame(credentials, refused)),
            Effect.orElseSucceed(() => false),
            Effect.timeoutOrElse({
              duration: Math.max(0, end - monotonic(clock)),
              orElse: () => Effect.succeed(false)
            })
          )
        }

        const onRetry = (next: TencentRetry.Attempt): Effect.Effect<void> =>
          Effect.sync(() =>
            span.event("tencentcloud.retry", clock.currentTimeNanosUnsafe(), {
              attempt: next.attempt,
              tag: next.tag,
              delay_ms: Duration.toMillis(next.delay)
            })
          )

        // A retry without the time for a response could only turn a failure that is known into one that is not.
        const lastRetry = Math.max(0, deadline - rateLimiter.answerTime)
        const policy = idempotent ? repeatable : mutating
        return retry.run(attempt, policy, { idempotent, deadline: lastRetry }, budgetOf(host, clock), {
          before,
          healthyWithin: attemptTimeout / 2,
          onSuccess: (millis) => rateLimiter.answered(millis),
          onFailure,
          onRetry
        })
      }

      return Effect.withFiber((fiber) => {
        const { context } = fiber
        const clock = fiber.getRef(Clock.Clock)
        const start = clock.monotonicTimeNanosUnsafe()
        const ended = (span: Tracer.Span, exit: Exit.Exit<unknown, unknown>): void => {
          const outcome = outcomeOf(exit)
          if (outcome.error !== undefined) {
            // A policy of one's own that does not retry an error leaves it to a policy around the call.
            const tried = given === undefined || (retry.historyOf(outcome.error)?.attempts ?? 0) > 1
            retry.markFinal(outcome.error, { idempotent, tried })
            annotate(span, outcome.error)
          }
          metrics.calls(outcome.name).updateUnsafe(1, context)
          metrics.duration.updateUnsafe(Duration.nanos(clock.monotonicTimeNanosUnsafe() - start), context)
        }
        return Effect.useSpan(
          spanName,
          {
            kind: "client",
            attributes: {
              "tencentcloud.module": action.module,
              "tencentcloud.action": action.name,
              "server.address": host
            }
          },
          (span) =>
            Effect.onExit(
              Effect.flatMapEager(encode(request), (request) => run(request, span, context, clock)),
              (exit) => Effect.sync(() => ended(span, exit))
            )
        )
      })
    }

    return TencentClient.of({ call })
  })

/** What a call ended with, for its metrics, and its error if it has one. */
const outcomeOf = (exit: Exit.Exit<unknown, unknown>): { readonly name: string; readonly error?: unknown } => {
  if (Exit.isSuccess(exit)) return { name: "ok" }
  const error = Cause.findErrorOption(exit.cause)
  if (Option.isSome(error)) return { name: retry.tagOf(error.value) ?? "error", error: error.value }
  return { name: Cause.hasInterrupts(exit.cause) ? "interrupted" : "defect" }
}

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

/**
 * The client from the environment: `TENCENTCLOUD_REGION`, and the credentials of `TencentCredentials.fromConfig`. Fails when
 * the layer is built, not at the first call, if one is not set.
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
  options?: Omit<Options, "region">
): Layer.Layer<
  TencentClient,
  Config.ConfigError | TencentCredentials.CredentialsUnavailable,
  HttpClient.HttpClient
> =>
  Layer.unwrap(
    Effect.map(Config.NonEmptyString("TENCENTCLOUD_REGION"), (region) => layer({ ...options, region }))
  ).pipe(Layer.provide(TencentCredentials.layerConfig))
