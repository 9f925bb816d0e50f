/**
 * One call: its attempts, and all that is remembered between them.
 */
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Option from "effect/Option"
import { hasProperty } from "effect/Predicate"
import type * as Tracer from "effect/Tracer"
import { InvalidRequest } from "../../Failure.ts"
import { isNotRun, isRetryable, type StopReason } from "../../internal/decision.ts"
import { type CallContext, ofCall } from "../../internal/failure.ts"
import { historyOf, setCall } from "../../internal/history.ts"
import { type Issue, summaryOf } from "../../internal/issues.ts"
import type { PolicyImpl } from "../../internal/policy.ts"
import * as retry from "../../internal/retry.ts"
import { monotonic } from "../../internal/time.ts"
import * as transport from "../../internal/transport.ts"
import type { Action, AnyAction, ClientError, Encoded, Language, Protocol, Sign } from "../Protocol.ts"
import * as TencentCredentials from "../TencentCredentials.ts"
import type * as TencentQuotaStore from "../TencentQuotaStore.ts"
import { Deadline } from "./deadline.ts"
import { isEventStream } from "./events.ts"
import type { RateLimiter } from "./rateLimiter.ts"
import { Received, type Sent } from "./received.ts"
import { abandon, type Asked, responseOf } from "./response.ts"
import { scrub } from "./scrub.ts"
import { catchSelfInterruption } from "./selfInterruption.ts"
import { type ClientState, labelOf, type Prepared } from "./state.ts"
import { timeoutOrElse } from "./timeout.ts"

// ---------------------------------------------------------------------------------------------------------------------
// Models
// ---------------------------------------------------------------------------------------------------------------------

/** All that a call is made with. Nothing of it changes. */
export interface Engine {
  readonly state: ClientState
  readonly httpClient: HttpClient.HttpClient
  /** For every request. */
  readonly requestInit: RequestInit
  readonly credentials: TencentCredentials.TencentCredentials["Service"]
  readonly quotaStore: TencentQuotaStore.TencentQuotaStore["Service"] | undefined
  readonly method: "GET" | "POST"
  readonly signatureMethod: "HmacSHA256" | "HmacSHA1"
  readonly language: Language | undefined
  /** Also of the wait for credentials. In milliseconds. */
  readonly attemptTimeout: number
}

/** A call that is about to begin. */
export interface Plan<Request, Response, Error, R> {
  readonly action: Action<Request, Response, Error, R>
  readonly prepared: Prepared
  readonly region: string | undefined
  readonly idempotent: boolean
  /** In milliseconds. */
  readonly attemptTimeout: number
  /** In milliseconds. */
  readonly deadline: number
  readonly policy: PolicyImpl
  /** The policy is that of the library, not one of the program. */
  readonly isDefault: boolean
}

/** All that a call remembers of its attempts. */
interface CallState<Failure> {
  /** The credentials of the attempt under way. */
  credentials: TencentCredentials.Credentials | undefined
  /** The token by which the server knows the request again, where the action has one. */
  clientToken: string | undefined
  /** The token was made for this call, and no other call has it. */
  isNewToken: boolean
  /** Other credentials than the refused ones have been asked for. */
  refreshed: boolean
  /** The last failure. */
  failure: Failure | undefined
  /** The last failure after which the action may have run. */
  unknown: Failure | undefined
}

/** Turns the response of an attempt into what the call returns. */
export type Receive<A, Error, R> = (received: Received<Error>) => Effect.Effect<A, Error | ClientError, R>

/** The server refuses a timestamp that is five minutes from its clock. One closer than this was not the reason of a refusal. */
const allowedSkew = 4 * 60_000

/** How long a call waits for a store to learn a limit, in milliseconds. */
const learnWithin = 500

/** Each retry class has a schedule of its own. A call that fails in several ways has no more retries than one that fails in one. */
const maxRetries = 5

export const invalidRequest = (
  action: AnyAction,
  issues: ReadonlyArray<Issue>
): InvalidRequest =>
  new InvalidRequest({
    action: labelOf(action),
    issues,
    message: `The request of ${action.name} does not fit${summaryOf(issues)}`
  })

/**
 * A redirect would carry a signed request elsewhere. Whatever else the program tells `fetch`, such as a proxy, stays.
 */
export const requestInitOf = (init: RequestInit | undefined): RequestInit => ({ ...init, redirect: "manual" })

/** The spans of the HTTP client would show a signed address. */
const always = (): boolean => true

// ---------------------------------------------------------------------------------------------------------------------
// The call
// ---------------------------------------------------------------------------------------------------------------------

export class Call<Request, A, Error, R> implements retry.Hooks<Error | ClientError, never> {
  private readonly engine: Engine
  private readonly plan: Plan<Request, unknown, Error, R>
  private readonly receive: Receive<A, Error, R>
  private readonly span: Tracer.Span
  private readonly context: Context.Context<never>
  private readonly clock: Clock.Clock
  private readonly action: string
  private readonly host: string
  private readonly rateLimiter: RateLimiter
  private readonly deadline: Deadline
  readonly healthyWithin: number
  private readonly state: CallState<Error | ClientError> = {
    credentials: undefined,
    clientToken: undefined,
    isNewToken: false,
    refreshed: false,
    failure: undefined,
    unknown: undefined
  }

  constructor(
    engine: Engine,
    plan: Plan<Request, unknown, Error, R>,
    receive: Receive<A, Error, R>,
    span: Tracer.Span,
    context: Context.Context<never>,
    clock: Clock.Clock
  ) {
    this.engine = engine
    this.plan = plan
    this.receive = receive
    this.span = span
    this.context = context
    this.clock = clock
    this.action = plan.prepared.label
    this.host = plan.prepared.address.hostname
    this.rateLimiter = plan.prepared.rateLimiter
    this.deadline = new Deadline(plan.deadline, this.rateLimiter.responseTime, clock)
    this.healthyWithin = plan.attemptTimeout / 2
  }

  /** The option that leaves no time for a response, if one does: nobody would wait for that of what was sent. */
  private get tooShort(): "attemptTimeout" | "deadline" | undefined {
    if (!(this.plan.attemptTimeout > 0)) return "attemptTimeout"
    return this.deadline.isLate() ? "deadline" : undefined
  }

  /** Encodes the request, which can take time where its schema asks a service, and sends it. */
  run(request: Request): Effect.Effect<A, Error | ClientError, R> {
    const { action } = this.plan
    const { tooShort } = this
    if (tooShort !== undefined) {
      return Effect.fail(invalidRequest(action, [{ path: [tooShort], message: "It leaves no time for a response." }]))
    }
    const encoded = Effect.mapErrorEager(action.protocol.encode(request), (issues) => invalidRequest(action, issues))
    const late = { path: [], message: "Its schema did not encode it in time for the deadline of the call." }
    return Effect.flatMapEager(
      this.deadline.inTime(encoded, () => invalidRequest(action, [late])),
      (encoded) => this.send(encoded)
    )
  }

  private send({ clientToken, isNewToken = false, sign }: Encoded): Effect.Effect<A, Error | ClientError, R> {
    this.state.clientToken = clientToken
    this.state.isNewToken = isNewToken
    const { idempotent, isDefault, policy, prepared } = this.plan
    const bounds = {
      idempotent,
      maxRetries: isDefault ? maxRetries : undefined,
      // A retry without the time for a response could only turn a failure that is known into one that is not.
      deadline: this.deadline.left() - this.rateLimiter.responseTime
    }
    return retry.run(this.attempt(sign), policy, bounds, prepared.budget, this.clock, this)
  }

  /** Whether making the call again is the same as making it once. A token that was made for it is known to its attempts only. */
  get isRepeatable(): boolean {
    return this.plan.idempotent && !this.state.isNewToken
  }

  /** `serverTime` reads that of the response, where there is one. Only a failure needs it. */
  private contextOf(sent?: Sent, serverTime?: () => number | undefined): CallContext {
    const { clientToken } = this.state
    return {
      action: this.action,
      ...(clientToken !== undefined && { clientToken }),
      earlierMayHaveRun: this.state.unknown !== undefined,
      // The server can repeat a secret there, too.
      ...(sent !== undefined && {
        onRequestId: (id: string) => this.span.attribute("tencentcloud.request_id", scrub(id, sent.secrets))
      }),
      clockWasRight: () => {
        const time = serverTime?.()
        // Without the time of the server nothing says that ours was wrong.
        return sent === undefined || time === undefined || Math.abs(time - sent.time) <= allowedSkew
      }
    }
  }

  // -------------------------------------------------------------------------------------------------------------------
  // Before an attempt
  // -------------------------------------------------------------------------------------------------------------------

  before(): Effect.Effect<void, retry.Ended<Error | ClientError>> {
    return Effect.flatMapEager(this.getCredentials(), () => this.acquireSlot())
  }

  private getCredentials(): Effect.Effect<void, retry.Ended<Error | ClientError>> {
    const { attemptTimeout, credentials } = this.engine
    const ended = (message: string, reason: StopReason, known: Error | ClientError | undefined) => ({
      error: known ?? new TencentCredentials.CredentialsUnavailable({ message, ...ofCall(this.contextOf()) }),
      reason
    })
    // After a failure that leaves open whether the action ran, it says more than the missing keys.
    const none = (message: string) => ended(message, "permanent", this.state.unknown)
    const late = () => ended("The source of credentials did not respond in time.", "deadline", this.state.failure)
    const keys = credentials.get.pipe(
      Effect.mapErrorEager(({ message }) => none(message)),
      catchSelfInterruption(() => none("The source of credentials interrupted itself."))
    )
    return Effect.mapEager(
      this.deadline.inTime(keys, late, attemptTimeout),
      (credentials) => void (this.state.credentials = credentials)
    )
  }

  /** Waits for the slot within the quota. A call whose slot would come too late fails without a request. */
  private acquireSlot(): Effect.Effect<void, retry.Ended<Error | ClientError>> {
    const { quotaStore } = this.engine
    const { action: { name, protocol, quota }, prepared } = this.plan
    const { end } = this.deadline
    const late = (): retry.Ended<Error | ClientError> => {
      const message = `${name} was not sent: its slot within the request quota comes after the deadline of the call.`
      return { error: this.state.failure ?? protocol.lateSlot(message, this.contextOf()), reason: "deadline" }
    }
    const own = this.rateLimiter.acquireNow() ? Effect.succeed(true) : this.rateLimiter.acquire(end)
    const acquired = quotaStore === undefined ? own : Effect.flatMap(own, (inTime) =>
      inTime
        ? quotaStore.acquire(
          { key: prepared.quotaKey, limit: quota },
          Duration.millis(Math.max(0, this.rateLimiter.latestSlot(end) - monotonic(this.clock)))
          // A store that interrupts itself cannot be asked, and lets the call go on.
        ).pipe(catchSelfInterruption(() => true), Effect.catch(Effect.succeed))
        : Effect.succeed(false))
    return Effect.flatMapEager(
      quotaStore === undefined ? acquired : this.deadline.inTime(acquired, late),
      (inTime) => inTime && !this.deadline.isLate() ? Effect.void : Effect.fail(late())
    )
  }

  // -------------------------------------------------------------------------------------------------------------------
  // An attempt
  // -------------------------------------------------------------------------------------------------------------------

  private attempt(sign: Sign): Effect.Effect<A, Error | ClientError, R> {
    return Effect.suspend(() => {
      const sent = this.signed(sign)
      const asked = { host: this.host, context: this.contextOf() }
      this.plan.prepared.metrics.attempts.updateUnsafe(1, this.context)
      const receive = (response: HttpClientResponse.HttpClientResponse) =>
        this.receive(this.received(response, sent, asked))
      const made = this.engine.httpClient.execute(sent.request).pipe(
        Effect.updateContext(this.httpContext),
        Effect.matchEffect({
          onSuccess: receive,
          onFailure: (error) => Effect.flatMap(responseOf(error, asked), receive)
        })
      )
      return timeoutOrElse(made, {
        millis: Math.min(this.plan.attemptTimeout, this.deadline.left()),
        clock: this.clock,
        // The fiber has the services of the action.
        context: this.context as Context.Context<R>,
        orElse: () => Effect.fail(transport.transportFailure("AttemptTimeout", this.host, asked.context))
      })
    })
  }

  private received(response: HttpClientResponse.HttpClientResponse, sent: Sent, asked: Asked): Received<Error> {
    const { protocol } = this.plan.action
    // Some runtimes build the headers anew each time, and a success needs none.
    const context = this.contextOf(sent, () => protocol.serverTime(response.headers))
    return new Received({ response, sent, asked, context, protocol, state: this.engine.state, clock: this.clock })
  }

  /** Added one by one, because to merge two contexts is to copy all services of the program. */
  private readonly httpContext = (context: Context.Context<never>): Context.Context<never> => {
    const init = Context.getOrUndefined(context, FetchHttpClient.RequestInit)
    return context.pipe(
      Context.add(HttpClient.TracerDisabledWhen, always),
      Context.add(FetchHttpClient.RequestInit, init === undefined ? this.engine.requestInit : requestInitOf(init))
    )
  }

  private signed(sign: Sign): Sent {
    const { language, method, signatureMethod, state } = this.engine
    const timestamp = Math.floor((this.clock.currentTimeMillisUnsafe() + state.clockOffset) / 1000)
    const signed = sign({
      address: this.plan.prepared.address,
      region: this.plan.region,
      // `getCredentials` has run.
      credentials: this.state.credentials!,
      timestamp,
      nonce: state.nextNonce(),
      method,
      signatureMethod,
      language,
      traceId: traceIdOf(this.span)
    })
    if (signed.traceId !== undefined) this.span.attribute("tencentcloud.trace_id", signed.traceId)
    return { ...signed, time: timestamp * 1000 }
  }

  // -------------------------------------------------------------------------------------------------------------------
  // After an attempt
  // -------------------------------------------------------------------------------------------------------------------

  onSuccess(millis: number): void {
    this.rateLimiter.responded(millis)
  }

  onFailure(error: Error | ClientError): Effect.Effect<void> {
    this.state.failure = error
    if (!isNotRun(error)) this.state.unknown = error
    if (!isRetryable(error) || error.retryClass !== "throttled") return Effect.void
    const limit = this.rateLimiter.refused(hasProperty(error, "message") ? String(error.message) : "")
    const { quotaStore } = this.engine
    return quotaStore === undefined || limit === undefined
      ? Effect.void
      : Effect.timeoutOrElse(quotaStore.learn({ key: this.plan.prepared.quotaKey, limit }), {
        duration: Math.min(learnWithin, this.deadline.left()),
        orElse: () => Effect.void
      })
  }

  /** Refused credentials are retried only with other ones, and once. */
  beforeRetry(error: Error | ClientError): Effect.Effect<StopReason | undefined> {
    if (!isRetryable(error) || error.retryClass !== "credentials") return Effect.succeed(undefined)
    const refused = this.state.credentials
    if (this.state.refreshed || refused === undefined) return Effect.succeed("credentialsUnchanged")
    this.state.refreshed = true
    const unchanged = Effect.succeed<StopReason | undefined>("credentialsUnchanged")
    return this.engine.credentials.refresh(refused).pipe(
      Effect.map((credentials): StopReason | undefined =>
        TencentCredentials.isSame(credentials, refused) ? "credentialsUnchanged" : undefined
      ),
      catchSelfInterruption(() => undefined),
      Effect.catch(() => unchanged),
      Effect.timeoutOrElse({ duration: this.deadline.left(), orElse: () => unchanged })
    )
  }

  onRetry({ attempt, delay, tag }: retry.Attempt): void {
    this.span.event("tencentcloud.retry", this.clock.currentTimeNanosUnsafe(), {
      attempt,
      tag,
      delay_ms: Duration.toMillis(delay)
    })
  }

  onQueued(millis: number): Effect.Effect<void> {
    this.span.event("tencentcloud.budget_wait", this.clock.currentTimeNanosUnsafe(), { wait_ms: millis })
    return Effect.logDebug(`${this.action}: a retry has waited ${millis} ms for tokens of the budget of ${this.host}`)
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// Running a call
// ---------------------------------------------------------------------------------------------------------------------

/** The end of a call for its metrics, and its error if it has one. */
const resultOf = (exit: Exit.Exit<unknown, unknown>): { readonly name: string; readonly error?: unknown } => {
  if (Exit.isSuccess(exit)) return { name: "ok" }
  const error = Cause.findErrorOption(exit.cause)
  if (Option.isSome(error)) return { name: retry.tagOf(error.value) ?? "error", error: error.value }
  return { name: Cause.hasInterrupts(exit.cause) ? "interrupted" : "defect" }
}

/** A trace id as W3C Trace Context has it. That of a tracer of another kind would be no header. */
const traceIdOf = ({ traceId }: Tracer.Span): string | undefined => /^[\da-f]{32}$/.test(traceId) ? traceId : undefined

const annotate = (span: Tracer.Span, error: unknown): void => {
  span.attribute("error.type", retry.tagOf(error))
  if (hasProperty(error, "code")) span.attribute("tencentcloud.code", error.code)
  if (hasProperty(error, "requestId")) span.attribute("tencentcloud.request_id", error.requestId)
  const history = historyOf(error)
  if (history === undefined) return
  span.attribute("tencentcloud.retry.stopped", history.stopped)
  if (history.queued !== undefined) span.attribute("tencentcloud.budget_wait", Duration.toMillis(history.queued))
}

/** What is told of a call. */
export interface Told {
  readonly spanName: string
  readonly spanOptions: Tracer.SpanOptionsNoTrace
  /** Tells how it has ended. */
  readonly ended: (
    span: Tracer.Span,
    exit: Exit.Exit<unknown, unknown>,
    call: { readonly isRepeatable: boolean }
  ) => Effect.Effect<void>
}

/** A call that begins now, as its span and its metrics tell of it. */
export const tell = <Request, Response, Error, R>(
  { action, isDefault, prepared: { address, label, metrics } }: Plan<Request, Response, Error, R>,
  context: Context.Context<never>,
  clock: Clock.Clock
): Told => {
  const { service, version } = action.protocol
  const start = clock.monotonicTimeNanosUnsafe()
  return {
    spanName: `tencentcloud.${label}`,
    spanOptions: {
      kind: "client",
      attributes: {
        "tencentcloud.service": service,
        "tencentcloud.action": action.name,
        ...(version !== undefined && { "tencentcloud.version": version }),
        "server.address": address.hostname
      }
    },
    ended: (span, exit, { isRepeatable }) => {
      const { error, name } = resultOf(exit)
      if (error !== undefined) {
        // A policy of the program that does not retry an error leaves it to a policy around the call.
        setCall(error, { idempotent: isRepeatable, tried: isDefault || (historyOf(error)?.attempts ?? 0) > 1 })
        annotate(span, error)
      }
      metrics.calls(name).updateUnsafe(1, context)
      metrics.duration.updateUnsafe(Duration.nanos(clock.monotonicTimeNanosUnsafe() - start), context)
      return Effect.void
    }
  }
}

/** Nobody waits for events, which can take minutes and cost money, so their connection is closed. */
const unreadEvents = <Error>(
  { context, response }: Received<Error>,
  protocol: Protocol<never, unknown, Error, unknown>
): Effect.Effect<never, Error> => {
  const message = "The response is a stream of events. Read it with `client.stream`, or do not ask for events."
  return Effect.andThen(abandon(response), Effect.fail(protocol.unreadable(message, context)))
}

/** Runs a call in its span, in the given fiber. */
export const run = <Request, Response, Error, R>(
  engine: Engine,
  plan: Plan<Request, Response, Error, R>,
  request: Request,
  { context }: Fiber.Fiber<unknown, unknown>
): Effect.Effect<Response, Error | ClientError, R> => {
  const clock = Context.get(context, Clock.Clock)
  const { ended, spanName, spanOptions } = tell(plan, context, clock)
  const { protocol } = plan.action
  const receive = (received: Received<Error>): Effect.Effect<Response, Error | ClientError, R> =>
    isEventStream(received.response) ? unreadEvents(received, protocol) : received.readBody(protocol.read)
  return Effect.useSpan(spanName, spanOptions, (span) => {
    const call = new Call(engine, plan, receive, span, context, clock)
    return Effect.onExit(Effect.suspend(() => call.run(request)), (exit) => ended(span, exit, call))
  })
}
