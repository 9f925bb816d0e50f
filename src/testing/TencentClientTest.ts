/**
 * A client whose responses are written in a script, for unit tests of code that calls the API.
 *
 * It is the client of `TencentClient`, with its signing, decoding, retries and guards, over a transport in memory. There is no
 * network and no waiting: a response is there at once, so that `TestClock` moves all the time there is.
 *
 * Nothing here checks signatures, quotas or permissions, as a server does: use `TencentGateway` for that.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientError from "effect/http/HttpClientError"
import type * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as TencentClient from "../client/TencentClient.ts"
import * as TencentCredentials from "../client/TencentCredentials.ts"
import type { Failure as AnyFailure, Fields } from "../Failure.ts"
import { noContext } from "../internal/failure.ts"
import { parseJson } from "../internal/json.ts"
import * as transport from "../internal/transport.ts"
import type { Reason, TransportFailure } from "../TransportFailure.ts"
import type { UnexpectedStatus } from "../UnexpectedStatus.ts"
import * as TencentError from "../v2/TencentError.ts"
import * as TencentResponse from "../v2/TencentResponse.ts"
import * as TencentErrorV3 from "../v3/TencentError.ts"
import * as TencentResponseV3 from "../v3/TencentResponse.ts"
import { eventTexts } from "./events.ts"
import { flatten } from "./flatten.ts"
import { headersIssue, statusIssue } from "./sendable.ts"

// ---------------------------------------------------------------------------------------------------------------------
// The script
// ---------------------------------------------------------------------------------------------------------------------

/**
 * A failure that the client will see, as a value of the class that it will fail with.
 *
 * - An error of the API is sent in the envelope of its generation: `action.error.make` and `TencentError.make` make those of
 *   API 3.0. One of a class of your own that `Failure.define` made is sent in the envelope of the action. Whether the client reads
 *   your class from it is up to the `errors` of the action, as always.
 * - `MalformedResponse` is sent as its `body`.
 * - `TransportFailure` means no response: see {@link transportFailure}.
 * - `UnexpectedStatus` is a response with its status, from 200 to 599, and excerpt: see also {@link response}.
 *
 * @category models
 */
export type Failure =
  | TencentError.TencentError
  | TencentErrorV3.ApiError
  | TencentErrorV3.UnknownErrorCode
  | TransportFailure
  | UnexpectedStatus
  | (Error & AnyFailure & FailureFields)

/** The fields of an error that go into an envelope. */
interface FailureFields extends Fields {
  readonly code: number | string
}

const HttpResponseTypeId = "~effect-tencentcloud/TencentClientTest/HttpResponse"

const withoutBody: ReadonlySet<number> = /*#__PURE__*/ new Set([204, 205, 304])

/**
 * A response of HTTP as {@link response} makes it.
 *
 * @category models
 */
export interface HttpResponse {
  readonly [HttpResponseTypeId]: typeof HttpResponseTypeId
  /** The body. */
  readonly text: string
  /** The HTTP status, from 200 to 599. */
  readonly status: number
  /** The headers, besides the `content-length` that is added. */
  readonly headers: { readonly [name: string]: string }
  /** What comes after the text, where it is a stream of events. */
  readonly end?: "complete" | "broken" | "silent" | undefined
}

/**
 * The response to one request: the JSON object of a body, written as it is with its `code` or its `Response`; a {@link Failure};
 * or a {@link response}.
 *
 * @category models
 */
export type Response = { readonly [key: string]: unknown } | Failure | HttpResponse

/**
 * A {@link Response}, an effect that returns one, or a function of the parameters of the request that returns either. An effect
 * may also fail with a failure, and may take its time: the client's timeouts are as real as its retries.
 *
 * @category models
 */
export type ScriptedResponse =
  | Response
  | Effect.Effect<Response, Failure>
  | ((parameters: Parameters) => Response | Effect.Effect<Response, Failure>)

/**
 * The responses by the name of the action, such as `DescribeInstances`, or by service and name, such as `cvm.DescribeInstances`,
 * which goes first: several services have an action of one name. A response that is not in an array is sent to every request. An
 * array is used up in order, one response for each attempt.
 *
 * @category models
 */
export interface Script {
  readonly [action: string]: ScriptedResponse | ReadonlyArray<ScriptedResponse>
}

/**
 * A failure of the transport for a script, by its reason. Those of a stream that has begun are not among them.
 *
 * **Example** (A lost connection is tried again where that is safe)
 *
 * ```ts
 * import { Effect, Schema } from "effect"
 * import { TencentClient } from "effect-tencentcloud/client"
 * import { TencentAction } from "effect-tencentcloud/v2"
 * import { TencentClientTest } from "effect-tencentcloud/testing"
 *
 * const RunInstances = TencentAction.make("RunInstances", {
 *   module: "cvm",
 *   request: Schema.Struct({ zoneId: Schema.Number }),
 *   response: Schema.Struct({ unInstanceIds: Schema.Array(Schema.String) })
 * })
 * const program = Effect.gen(function*() {
 *   const client = yield* TencentClient.TencentClient
 *   return yield* Effect.flip(client.call(RunInstances, { zoneId: 100003 }))
 * })
 * const scripted = TencentClientTest.layer({ RunInstances: TencentClientTest.transportFailure("ConnectionLost") })
 * const error = await Effect.runPromise(program.pipe(Effect.provide(scripted)))
 * if (error._tag === "TransportFailure") console.log(error.reason, error.outcome) // => ConnectionLost unknown
 * ```
 *
 * @category constructors
 */
export const transportFailure = (reason: Exclude<Reason, "IdleTimeout" | "EventTooLarge">): TransportFailure =>
  transport.transportFailure(reason, "test", noContext)

/** A defect: the test is wrong, and no handler in the code under test should hide that. */
const mistake = (message: string): Error => new Error(`TencentClientTest: ${message}`)

/**
 * A response of HTTP for a script: another status, headers, or a text that is not JSON. The default status is 200.
 *
 * A response with the status 204, 205 or 304 has no body: the text is left out. A status that is not an integer from 200 to 599
 * cannot be the one of a whole response, and throws. So does a header that cannot be sent.
 *
 * **Example** (A gateway that has no server, then the response)
 *
 * ```ts
 * import { Effect, Schema } from "effect"
 * import { TencentClient } from "effect-tencentcloud/client"
 * import { TencentAction } from "effect-tencentcloud/v2"
 * import { TencentClientTest } from "effect-tencentcloud/testing"
 *
 * const DescribeZones = TencentAction.make("DescribeZones", {
 *   module: "cvm",
 *   request: Schema.Struct({}),
 *   response: Schema.Struct({ totalCount: Schema.Number })
 * })
 * const program = Effect.gen(function*() {
 *   const client = yield* TencentClient.TencentClient
 *   return yield* client.call(DescribeZones, {})
 * })
 * const scripted = TencentClientTest.layer({
 *   DescribeZones: [TencentClientTest.response("<html>", { status: 502 }), { code: 0, message: "", totalCount: 4 }]
 * })
 * const zones = await Effect.runPromise(program.pipe(Effect.provide(scripted)))
 * console.log(zones.totalCount) // => 4
 * ```
 *
 * @category constructors
 */
export const response = (text: string, options?: {
  readonly status?: number | undefined
  readonly headers?: { readonly [name: string]: string } | undefined
}): HttpResponse => {
  const { headers = {}, status = 200 } = options ?? {}
  const issue = statusIssue(status) ?? headersIssue(headers)
  if (issue !== undefined) throw mistake(issue)
  return {
    [HttpResponseTypeId]: HttpResponseTypeId,
    text: withoutBody.has(status) ? "" : text,
    status,
    headers
  }
}

/**
 * A stream of events for a script. An event that is a text, such as `[DONE]`, is sent as it is, any other one as JSON. After the
 * last one the stream ends (`complete`, default), loses its connection (`broken`), or falls silent (`silent`).
 *
 * **Example** (A stream that breaks after its second event)
 *
 * ```ts
 * import { Effect, Schema, Stream } from "effect"
 * import { TencentClient } from "effect-tencentcloud/client"
 * import { TencentClientTest } from "effect-tencentcloud/testing"
 * import { TencentAction } from "effect-tencentcloud/v3"
 *
 * const ChatCompletions = TencentAction.makeStream("ChatCompletions", {
 *   service: "hunyuan",
 *   version: "2023-09-01",
 *   request: Schema.Struct({ Model: Schema.String, Stream: Schema.Boolean }),
 *   response: Schema.Struct({ Text: Schema.String }),
 *   event: Schema.Struct({ Text: Schema.String })
 * })
 * const program = Effect.gen(function*() {
 *   const client = yield* TencentClient.TencentClient
 *   const events = client.stream(ChatCompletions, { Model: "hunyuan-lite", Stream: true })
 *   const error = yield* Effect.flip(Stream.runForEach(events, ({ Text }) => Effect.sync(() => console.log(Text))))
 *   console.log(error._tag, error.outcome)
 * })
 * const scripted = TencentClientTest.layer({
 *   ChatCompletions: TencentClientTest.events([{ Text: "one" }, { Text: "two" }], { end: "broken" })
 * })
 * await Effect.runPromise(program.pipe(Effect.provide(scripted)))
 * // => one
 * // => two
 * // => TransportFailure unknown
 * ```
 *
 * @category constructors
 */
export const events = (events: ReadonlyArray<unknown>, options?: {
  readonly end?: "complete" | "broken" | "silent" | undefined
}): HttpResponse => ({
  ...response(eventTexts(events).join(""), { headers: { "content-type": "text/event-stream" } }),
  end: options?.end ?? "complete"
})

// ---------------------------------------------------------------------------------------------------------------------
// Service
// ---------------------------------------------------------------------------------------------------------------------

/**
 * The parameters of a request by name, those of the client included (`Action`, `Region`, `Nonce`, ...), without `Signature`. The
 * members of a request of API 3.0 are named as in a form (`InstanceIds.0`); its common headers are `Action`, `Version`, `Region`
 * and `Timestamp`.
 *
 * @category models
 */
export type Parameters = { readonly [name: string]: string }

/**
 * One attempt of a call.
 *
 * @category models
 */
export interface Request {
  /** The service of the action, such as `cvm`. */
  readonly service: string
  /** The name of the action, such as `DescribeZones`. */
  readonly action: string
  /** What was sent. */
  readonly parameters: Parameters
  /** Which attempt of its call it was, from 1. */
  readonly attempt: number
  /** When it came, in milliseconds since the epoch. */
  readonly time: number
}

/**
 * Shows what the client sent, and what the script has left.
 *
 * @category services
 */
export class TencentClientTest extends Context.Service<TencentClientTest, {
  /** All requests so far, in order. */
  readonly requests: Effect.Effect<ReadonlyArray<Request>>
  /** Counts the unused responses in the arrays of the script, by action. Empty when all have been used. */
  readonly left: Effect.Effect<{ readonly [action: string]: number }>
}>()("effect-tencentcloud/TencentClientTest") {}

// ---------------------------------------------------------------------------------------------------------------------
// Transport
// ---------------------------------------------------------------------------------------------------------------------

// The client reads these codes back in `internal/transport.ts`.
const runtimeCodes: { readonly [R in Reason]?: string } = {
  DnsTemporary: "EAI_AGAIN",
  DnsNotFound: "ENOTFOUND",
  ConnectionRefused: "ECONNREFUSED",
  Unreachable: "EHOSTUNREACH",
  ConnectTimeout: "UND_ERR_CONNECT_TIMEOUT",
  NotConnected: "FailedToOpenSocket",
  ProxyRefused: "UND_ERR_SOCKS5_AUTH_FAILED",
  ProxyUnavailable: "UND_ERR_PRX_CONN",
  TlsHandshake: "ERR_TLS_HANDSHAKE_TIMEOUT",
  Certificate: "CERT_HAS_EXPIRED",
  InvalidAddress: "ERR_INVALID_URL",
  ConnectionLost: "ECONNRESET",
  AttemptTimeout: "UND_ERR_HEADERS_TIMEOUT",
  NotHttp: "HPE_INVALID_CONSTANT"
}

type Sent = Effect.Effect<HttpClientResponse.HttpClientResponse, HttpClientError.HttpClientError>

const utf8 = new TextEncoder()

/** The body breaks off. */
const broken = (request: HttpClientRequest.HttpClientRequest, cause: unknown): HttpClientError.HttpClientError => {
  const reason = new HttpClientError.DecodeError({
    request,
    response: HttpClientResponse.fromWeb(request, new globalThis.Response()),
    cause
  })
  return new HttpClientError.HttpClientError({ reason })
}

const bytesOf = (
  request: HttpClientRequest.HttpClientRequest,
  { end, text }: HttpResponse
): Stream.Stream<Uint8Array, HttpClientError.HttpClientError> => {
  const bytes = Stream.make(utf8.encode(text))
  if (end === "broken") return Stream.concat(bytes, Stream.fail(broken(request, undefined)))
  return end === "silent" ? Stream.concat(bytes, Stream.never) : bytes
}

/** The body is there from the start: a promise would let the test clock run ahead of it. */
const respond = (
  request: HttpClientRequest.HttpClientRequest,
  scripted: HttpResponse,
  read: Effect.Effect<string, HttpClientError.HttpClientError> = Effect.succeed(scripted.text)
): HttpClientResponse.HttpClientResponse => {
  const { end, headers, status, text } = scripted
  const web = new globalThis.Response(withoutBody.has(status) ? null : text, {
    status,
    headers: { ...(end === undefined && { "content-length": String(utf8.encode(text).length) }), ...headers }
  })
  const response = Object.defineProperty(HttpClientResponse.fromWeb(request, web), "text", { value: read })
  return end === undefined
    ? response
    : Object.defineProperty(response, "stream", { value: bytesOf(request, scripted) })
}

const disconnect = (request: HttpClientRequest.HttpClientRequest, error: TransportFailure): Sent => {
  const code = error.code ?? runtimeCodes[error.reason]
  // Some codes tell what was sent by the phase alone.
  const cause = error.reason === "Unreachable" ? { code, syscall: "connect" } : { code }
  switch (error.reason) {
    case "BodyTooLarge":
      return Effect.succeed(
        respond(request, response("", { headers: { "content-length": String(Number.MAX_SAFE_INTEGER) } }))
      )
    case "TruncatedBody":
      return Effect.succeed(respond(request, response(""), Effect.fail(broken(request, cause))))
    default:
      return Effect.fail(
        new HttpClientError.HttpClientError({ reason: new HttpClientError.TransportError({ request, cause }) })
      )
  }
}

const encodeEnvelope = /*#__PURE__*/ (() => Schema.encodeSync(TencentResponse.schema(Schema.Unknown)))()

const encodeEnvelopeV3 = /*#__PURE__*/ (() => Schema.encodeSync(TencentResponseV3.schema(Schema.Unknown)))()

/** The name of the action of a request of API 3.0. */
const actionOf = ({ headers }: HttpClientRequest.HttpClientRequest): string | undefined => headers["x-tc-action"]

/** The envelope is the same whatever class the error has. */
const envelope = (request: HttpClientRequest.HttpClientRequest, error: FailureFields): unknown => {
  const { body, code, codeDesc, message, requestId } = error
  const fields = { message, ...(requestId !== undefined && { requestId }), ...(body !== undefined && { body }) }
  const isV3 = TencentErrorV3.isTencentError(error) ||
    (actionOf(request) !== undefined && !TencentError.isTencentError(error))
  return isV3
    ? encodeEnvelopeV3(Result.fail(new TencentErrorV3.UnknownErrorCode({ ...fields, code: String(code) })))
    : encodeEnvelope(
      Result.fail(
        new TencentError.UnknownErrorCode({ ...fields, code, ...(codeDesc !== undefined && { codeDesc }) })
      )
    )
}

const isHttpResponse = (response: Response): response is HttpResponse => Object.hasOwn(response, HttpResponseTypeId)

const isUnexpectedStatus = (error: Failure): error is UnexpectedStatus => error._tag === "UnexpectedStatus"

const isTransportFailure = (error: Failure): error is TransportFailure => error._tag === "TransportFailure"

const isMalformedResponse = (error: Failure): error is TencentError.MalformedResponse =>
  error._tag === "MalformedResponse"

const fail = (request: HttpClientRequest.HttpClientRequest, error: Failure): Sent => {
  if (isTransportFailure(error)) return disconnect(request, error)
  if (isUnexpectedStatus(error)) {
    const headers = {
      ...(error.contentType !== undefined && { "content-type": error.contentType }),
      ...(error.retryAfter !== undefined && { "retry-after": String(Math.ceil(Duration.toSeconds(error.retryAfter))) })
    }
    return Effect.succeed(respond(request, response(error.excerpt, { status: error.status, headers })))
  }
  const body = isMalformedResponse(error) ? error.body && Redacted.value(error.body) : envelope(request, error)
  const text = typeof body === "string" ? body : JSON.stringify(body) ?? ""
  return Effect.succeed(respond(request, response(text)))
}

const send = (request: HttpClientRequest.HttpClientRequest, scripted: Response): Sent => {
  if (scripted instanceof Error) return fail(request, scripted)
  return Effect.succeed(respond(request, isHttpResponse(scripted) ? scripted : response(JSON.stringify(scripted))))
}

/** An error is an effect too, one that fails with itself. In a script it is a value. */
const isEffect = (
  scripted: Response | Effect.Effect<Response, Failure>
): scripted is Effect.Effect<Response, Failure> => Effect.isEffect(scripted) && !(scripted instanceof Error)

const textOf = ({ body }: HttpClientRequest.HttpClientRequest): string | undefined =>
  body._tag === "Uint8Array" ? body.text ?? new TextDecoder().decode(body.body) : undefined

const parametersOf = (request: HttpClientRequest.HttpClientRequest, url: URL): Parameters => {
  const text = textOf(request)
  const action = actionOf(request)
  if (action === undefined) {
    const pairs = text === undefined ? url.searchParams : new URLSearchParams(text)
    return Object.fromEntries([...pairs].filter(([name]) => name !== "Signature"))
  }
  const { "x-tc-region": Region, "x-tc-timestamp": Timestamp, "x-tc-version": Version } = request.headers
  const common = flatten({ Action: action, Version, Region, Timestamp })
  // No member of a request takes the place of a common parameter.
  return Object.fromEntries([...flatten(parseJson(text ?? "{}")), ...common])
}

// ---------------------------------------------------------------------------------------------------------------------
// Layer
// ---------------------------------------------------------------------------------------------------------------------

const isSequence = (
  scripted: ScriptedResponse | ReadonlyArray<ScriptedResponse>
): scripted is ReadonlyArray<ScriptedResponse> => Array.isArray(scripted)

/** Goes through a script. `next` throws where it has nothing for a request. */
const play = (script: Script) => {
  const repeated = new Map<string, ScriptedResponse>()
  const sequences = new Map<string, { readonly responses: ReadonlyArray<ScriptedResponse>; used: number }>()
  for (const [action, scripted] of Object.entries(script)) {
    if (isSequence(scripted)) sequences.set(action, { responses: scripted, used: 0 })
    else repeated.set(action, scripted)
  }

  const next = (service: string, action: string): ScriptedResponse => {
    const label = `${service}.${action}`
    const key = Object.hasOwn(script, label) ? label : action
    const same = repeated.get(key)
    if (same !== undefined) return same
    const sequence = sequences.get(key)
    if (sequence === undefined) {
      throw mistake(`${label} is not in the script. It has ${Object.keys(script).join(", ") || "no actions"}.`)
    }
    const response = sequence.responses[sequence.used]
    if (response === undefined) {
      throw mistake(`There is no response left for ${key}: all ${sequence.responses.length} have been used.`)
    }
    sequence.used++
    return response
  }

  const left = (): { readonly [action: string]: number } =>
    Object.fromEntries(
      Array.from(sequences, ([action, { responses, used }]) => [action, responses.length - used] as const)
        .filter(([, left]) => left > 0)
    )

  return { next, left }
}

/** Tells the requests of overlapping calls apart, so that each counts its own attempts. */
const CurrentCall = /*#__PURE__*/ Context.Reference("effect-tencentcloud/TencentClientTest/CurrentCall", {
  defaultValue: () => callOf("")
})

const callOf = (service: string) => ({ service, attempts: 0 })

const credentials =
  /*#__PURE__*/ (() => TencentCredentials.layer({ secretId: "AKIDtest", secretKey: Redacted.make("test") }))()

/**
 * A client whose responses come from a script, and {@link TencentClientTest} to see its requests. The options are those of
 * `TencentClient.layer`; the region is `ap-guangzhou` unless they say otherwise.
 *
 * A request for an action that is not in the script, or whose responses are used up, is a defect that says so: it is not
 * retried, and no handler of errors hides it.
 *
 * Every time the layer is built the script begins anew.
 *
 * **Example** (A retry, without waiting for it)
 *
 * ```ts
 * import { Effect, Fiber, Schema } from "effect"
 * import { TestClock } from "effect/testing"
 * import { TencentError } from "effect-tencentcloud"
 * import { TencentClient } from "effect-tencentcloud/client"
 * import { TencentAction } from "effect-tencentcloud/v2"
 * import { TencentClientTest } from "effect-tencentcloud/testing"
 *
 * const DescribeInstances = TencentAction.make("DescribeInstances", {
 *   module: "cvm",
 *   request: Schema.Struct({ limit: Schema.Number }),
 *   response: Schema.Struct({ totalCount: Schema.Number })
 * })
 *
 * const scripted = TencentClientTest.layer({
 *   DescribeInstances: [
 *     new TencentError.QuotaExceeded({ message: "too fast" }),
 *     ({ limit }) => ({ code: 0, message: "", totalCount: Number(limit) })
 *   ]
 * })
 *
 * const program = Effect.gen(function*() {
 *   const client = yield* TencentClient.TencentClient
 *   const fiber = yield* Effect.forkChild(client.call(DescribeInstances, { limit: 20 }))
 *   yield* TestClock.adjust("1 minute")
 *   const { totalCount } = yield* Fiber.join(fiber)
 *
 *   const { left, requests } = yield* TencentClientTest.TencentClientTest
 *   console.log(totalCount, (yield* requests).map(({ attempt }) => attempt), yield* left) // => 20 [ 1, 2 ] {}
 * })
 * await Effect.runPromise(program.pipe(Effect.provide(scripted), Effect.provide(TestClock.layer())))
 * ```
 *
 * @category layers
 */
export const layer = (
  script: Script,
  options?: TencentClient.Options
): Layer.Layer<TencentClient.TencentClient | TencentClientTest> =>
  Layer.effectContext(Effect.gen(function*() {
    const { left, next } = play(script)
    const requests: Array<Request> = []

    const http = HttpClient.make((request, url, _signal, fiber) =>
      Effect.flatMap(Clock.currentTimeMillis, (time) => {
        const parameters = parametersOf(request, url)
        const action = parameters["Action"] ?? ""
        const current = fiber.getRef(CurrentCall)
        const { service } = current
        requests.push({ service, action, parameters, attempt: ++current.attempts, time })
        const scripted = next(service, action)
        const response = typeof scripted === "function" ? scripted(parameters) : scripted
        return isEffect(response)
          ? Effect.flatMap(Effect.catch(response, Effect.succeed<Response>), (response) => send(request, response))
          : send(request, response)
      })
    )

    const services = yield* TencentClient.layer({ region: "ap-guangzhou", ...options }).pipe(
      Layer.provide(credentials),
      Layer.provide(Layer.succeed(HttpClient.HttpClient, http)),
      Layer.build
    )
    const client = Context.get(services, TencentClient.TencentClient)

    const call: typeof client.call = (action, request, options) =>
      Effect.suspend(() =>
        Effect.provideService(client.call(action, request, options), CurrentCall, callOf(action.protocol.service))
      )

    const paginate: typeof client.paginate = (action, request, options) =>
      Stream.suspend(() => {
        // One by one: an action can be an instance of a class.
        const { attemptTimeout, idempotent, name, pages, protocol, quota } = action
        const current = callOf(protocol.service)
        // Each page is a call of its own, and encodes its request once.
        const encode: typeof protocol.encode = (request) =>
          Effect.suspend(() => {
            current.attempts = 0
            return protocol.encode(request)
          })
        const counted = { name, idempotent, quota, attemptTimeout, pages, protocol: { ...protocol, encode } }
        return Stream.provideService(client.paginate(counted, request, options), CurrentCall, current)
      })

    const stream: typeof client.stream = (action, request, options) =>
      Stream.suspend(() =>
        Stream.provideService(client.stream(action, request, options), CurrentCall, callOf(action.protocol.service))
      )

    return Context.make(TencentClient.TencentClient, { call, paginate, stream }).pipe(
      Context.add(TencentClientTest, { requests: Effect.sync(() => [...requests]), left: Effect.sync(left) })
    )
  }))
