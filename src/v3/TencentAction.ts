/**
 * An action of API 3.0 as data: its name, service and version, the schemas of its request and of its response, the codes that it
 * declares, and whether it may be repeated. `TencentClient.call` sends it.
 */
import * as Duration from "effect/Duration"
import * as Schema from "effect/Schema"
import * as Protocol from "../client/Protocol.ts"
import { isReadOnlyName } from "../internal/readOnlyName.ts"
import type { CodesByKind } from "./internal/codes.ts"
import type { ErrorOf } from "./internal/envelope.ts"
import * as events from "./internal/events.ts"
import * as protocol from "./protocol.ts"
import * as TencentError from "./TencentError.ts"

/**
 * An action. `Request` and `Response` are the types of its request and of its response, `Error` is the union of the failures
 * that a response can report, and `R` is what its schemas need.
 *
 * @category models
 */
export interface Action<in Request, out Response, out Error, out R = never>
  extends Protocol.Action<Request, Response, Error, R>
{
  /** The service, which is the first label of the host, such as `cvm`. */
  readonly service: string
  /** The version of the service, such as `2017-03-12`. */
  readonly version: string
  /** Every failure of a call of the action: the errors of an rpc, a workflow or an HTTP API, and a source of errors for tests. */
  readonly error: ActionError<Error>
}

/**
 * The schema of every failure of a call.
 *
 * **Example** (An error for a test)
 *
 * ```ts
 * import { Schema } from "effect"
 * import { TencentAction } from "effect-tencentcloud/v3"
 *
 * const DescribeZones = TencentAction.make("DescribeZones", {
 *   service: "cvm",
 *   version: "2017-03-12",
 *   request: Schema.Struct({}),
 *   response: Schema.Struct({}),
 *   errors: { notFound: ["InvalidZone.NotFound"] }
 * })
 * const error = DescribeZones.error.make("InvalidZone.NotFound", { message: "no such zone" })
 * console.log(error._tag, error.kind, error.action) // => InvalidZone.NotFound notFound cvm.DescribeZones
 * ```
 *
 * @category models
 */
export interface ActionError<Error> extends Schema.ConstraintCodec<Error | Protocol.ClientError, unknown> {
  /** The error of a code, as a response would report it. */
  readonly make: (code: string, fields?: { readonly message?: string; readonly requestId?: string }) => Error
}

const errorOf = <const Codes extends CodesByKind<Codes>>(
  action: string,
  errors: Codes | undefined
): ActionError<ErrorOf<Codes>> => {
  const union: Schema.ConstraintCodec<unknown, unknown> = Schema.Union([
    TencentError.schema(errors ?? {}),
    Protocol.ClientError
  ])
  const read = protocol.reader<Codes>(action, errors)
  const make: ActionError<ErrorOf<Codes>>["make"] = (code, { message = "", requestId } = {}) =>
    read({
      Response: { Error: { Code: code, Message: message }, ...(requestId !== undefined && { RequestId: requestId }) }
    })
  // The members of the union are the classes of its type. The `make` of a schema, which would take the fields of an error, is
  // hidden: a code says more.
  return Object.defineProperty(union, "make", { value: make }) as ActionError<ErrorOf<Codes>>
}

/** What most pages of the API documentation name, per account, action and region. */
const usualQuota = 20

/**
 * What an action is declared with. {@link make} says what the options without a comment mean.
 *
 * @category models
 */
export interface Options<Request, Response, Codes> {
  /** The service, which is the first label of its host, such as `cvm`. */
  readonly service: string
  /** The version of the service, a date such as `2017-03-12`. */
  readonly version: string
  /** The schema of the request. What it encodes is sent as JSON, with the names of members as the API has them. */
  readonly request: Request
  /** The schema of a success: of the members of `Response`. */
  readonly response: Response
  readonly errors?: Codes | undefined
  readonly idempotent?: boolean | undefined
  readonly quota?: number | undefined
  readonly attemptTimeout?: Duration.Input | undefined
  readonly clientToken?: boolean | undefined
  readonly skipSign?: boolean | undefined
  readonly network?: "ai" | undefined
  readonly body?: "multipart" | "octetStream" | undefined
}

/**
 * Declares an action.
 *
 * - `idempotent` defaults to whether its name says that it only reads, and to `true` with `clientToken`.
 * - `quota` defaults to 20 requests per second, which is what Tencent documents for most actions. A refusal that names another
 *   number corrects it.
 * - `attemptTimeout` is how long one attempt may take, by default that of the client: longer for a long poll.
 * - `errors` are the codes that the action declares, by what they mean. Their errors join the error type of the call, which
 *   always has the 40 common codes and `UnknownErrorCode` for all others.
 * - `clientToken: true` where the request has a `ClientToken`: each call gets one, unless it has its own, and keeps it over its
 *   attempts, so that the server knows them again. A call that is made again has another one, unless you give it.
 * - `skipSign: true` where the API wants no signature.
 * - `network: "ai"` where the action is served by the streaming host of its service, such as `cls.ai.tencentcloudapi.com`.
 * - `body` where the API wants another body than JSON, which the client cannot send: a call of the action is an `InvalidRequest`
 *   that says so.
 *
 * **Example** (An action that only reads)
 *
 * ```ts
 * import { Schema } from "effect"
 * import { TencentAction } from "effect-tencentcloud/v3"
 *
 * const DescribeZones = TencentAction.make("DescribeZones", {
 *   service: "cvm",
 *   version: "2017-03-12",
 *   request: Schema.Struct({}),
 *   response: Schema.Struct({ ZoneSet: Schema.Array(Schema.Struct({ Zone: Schema.String })) }),
 *   errors: { request: ["InvalidFilter"], notFound: ["InvalidZone.NotFound"] }
 * })
 * console.log(DescribeZones.idempotent, DescribeZones.quota) // => true 20
 * ```
 *
 * @category constructors
 */
export const make = <
  Request extends Schema.Constraint,
  Response extends Schema.Constraint,
  const Codes extends CodesByKind<Codes> = {}
>(
  name: string,
  options: Options<Request, Response, Codes>
): Action<
  Request["Type"],
  Response["Type"],
  ErrorOf<Codes>,
  Request["EncodingServices"] | Response["DecodingServices"]
> => {
  let error: ActionError<ErrorOf<Codes>> | undefined
  let ofAction: ReturnType<typeof protocol.make<Request, Response, Codes>> | undefined
  return {
    name,
    service: options.service,
    version: options.version,
    idempotent: options.idempotent ?? (options.clientToken === true || isReadOnlyName(name)),
    quota: options.quota ?? usualQuota,
    attemptTimeout: options.attemptTimeout === undefined ? undefined : Duration.fromInputUnsafe(options.attemptTimeout),
    // A module of a service has hundreds of actions, and a program calls a few.
    get error() {
      return error ??= errorOf<Codes>(`${options.service}.${name}`, options.errors)
    },
    get protocol() {
      return ofAction ??= protocol.make(name, options)
    }
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// Pages
// ---------------------------------------------------------------------------------------------------------------------

/**
 * An action that returns a list in pages, for `TencentClient.paginate`. `Item` is the type of the items, and `Keys` names the
 * members of the request that `paginate` sets.
 *
 * @category models
 */
export interface PagedAction<in Request, in out Response, out Error, out Item, out Keys extends string, out R = never>
  extends Action<Request, Response, Error, R>
{
  readonly pages: Protocol.Pages<Response, Item, Keys>
}

/** The members of a request that can be one of the `Value`s. */
type MemberOf<Request, Value> = {
  [K in keyof Request & string]: [Extract<Value, Request[K]>] extends [never] ? never : K
}[keyof Request & string]

interface ListOf<Response, Item> {
  readonly items: (response: Response) => ReadonlyArray<Item> | undefined
  readonly total?: ((response: Response) => number | bigint | undefined) | undefined
}

/**
 * How an action returns its pages. The members of the request are named as the API names them.
 *
 * - `items` returns the list of a response, `total` how many items there are in all pages, where the response says it. Both read
 *   the decoded response, whose members can be absent: say `?.`.
 * - `offset` and `limit`: a page begins after a number of items.
 * - `page` and `limit`: pages have numbers. No name tells whether they count from 0 or from 1, so the caller of `paginate` says
 *   the first.
 * - `token` and `nextToken`: a response has the token of the next page. `limit` where the request can say the size of a page.
 * - `asText: true` where the action has `offset`, `page` and `limit` as text.
 *
 * @category models
 */
export type Pages<Request, Response, Item, Keys extends string> =
  | (ListOf<Response, Item> & {
    readonly offset: Keys
    readonly limit: MemberOf<Request, number | string>
    readonly asText?: boolean | undefined
  })
  | (ListOf<Response, Item> & {
    readonly page: MemberOf<Request, number | string>
    readonly limit: MemberOf<Request, number | string>
    readonly asText?: boolean | undefined
  })
  | (ListOf<Response, Item> & {
    readonly token: Keys & MemberOf<Request, string>
    readonly nextToken: (response: Response) => string | undefined
    readonly limit?: MemberOf<Request, number | string> | undefined
    readonly asText?: boolean | undefined
  })

/**
 * Declares an action that returns a list in pages. The options are those of {@link make}, and `pages`.
 *
 * **Example** (All instances, page by page)
 *
 * ```ts
 * import { Effect, Layer, Redacted, Schema, Stream } from "effect"
 * import { HttpClient, HttpClientResponse } from "effect/http"
 * import { TencentClient, TencentCredentials } from "effect-tencentcloud/client"
 * import { TencentAction } from "effect-tencentcloud/v3"
 *
 * const DescribeInstances = TencentAction.makePaged("DescribeInstances", {
 *   service: "cvm",
 *   version: "2017-03-12",
 *   request: Schema.Struct({ Offset: Schema.optionalKey(Schema.Number), Limit: Schema.optionalKey(Schema.Number) }),
 *   response: Schema.Struct({
 *     TotalCount: Schema.Number,
 *     InstanceSet: Schema.Array(Schema.Struct({ InstanceId: Schema.String }))
 *   }),
 *   pages: {
 *     items: (response) => response.InstanceSet,
 *     total: (response) => response.TotalCount,
 *     offset: "Offset",
 *     limit: "Limit"
 *   }
 * })
 *
 * // A server with five instances.
 * const instances = ["ins-1", "ins-2", "ins-3", "ins-4", "ins-5"].map((InstanceId) => ({ InstanceId }))
 * const http = HttpClient.make((request) => {
 *   const { Limit, Offset } = request.body._tag === "Uint8Array" ? JSON.parse(request.body.text ?? "{}") : {}
 *   const InstanceSet = instances.slice(Offset, Offset + Limit)
 *   return Effect.sync(() =>
 *     HttpClientResponse.fromWeb(request, Response.json({ Response: { TotalCount: instances.length, InstanceSet } }))
 *   )
 * })
 * const live = TencentClient.layer({ region: "ap-guangzhou" }).pipe(
 *   Layer.provide(TencentCredentials.layer({ secretId: "AKIDexample", secretKey: Redacted.make("a-secret-key") })),
 *   Layer.provide(Layer.succeed(HttpClient.HttpClient, http))
 * )
 *
 * const ids = TencentClient.TencentClient.use((client) =>
 *   client.paginate(DescribeInstances, { Limit: 2 }).pipe(
 *     Stream.map(({ InstanceId }) => InstanceId),
 *     Stream.runCollect
 *   )
 * )
 * console.log((await Effect.runPromise(ids.pipe(Effect.provide(live)))).join(" ")) // => ins-1 ins-2 ins-3 ins-4 ins-5
 * ```
 *
 * @category constructors
 */
export const makePaged = <
  Request extends Schema.Constraint,
  Response extends Schema.Constraint,
  Item,
  const Keys extends MemberOf<Request["Type"], number | string> = never,
  const Codes extends CodesByKind<Codes> = {}
>(
  name: string,
  options: Options<Request, Response, Codes> & {
    readonly pages: Pages<Request["Type"], Response["Type"], Item, Keys>
  }
): PagedAction<
  Request["Type"],
  Response["Type"],
  ErrorOf<Codes>,
  Item,
  Keys,
  Request["EncodingServices"] | Response["DecodingServices"]
> => Object.assign(make<Request, Response, Codes>(name, options), { pages: options.pages })

// ---------------------------------------------------------------------------------------------------------------------
// Streams
// ---------------------------------------------------------------------------------------------------------------------

/**
 * An action whose response can be a stream of events, made by {@link makeStream}. `Event` is the type of an event. It is an
 * {@link Action} too: `TencentClient.call` sends it and expects one JSON response.
 *
 * @category models
 */
export interface StreamAction<in Request, out Response, out Error, out Event, out R = never>
  extends Action<Request, Response, Error, R>, Protocol.StreamAction<Request, Response, Error, Event, R>
{}

/** A language model thinks before it speaks, and the response without a stream is there only when it has finished. */
const usualStreamAttempt = "60 seconds"

/**
 * Declares an action whose response can be a stream of events (`text/event-stream`), such as those of the language models.
 * `TencentClient.stream` returns its events; `TencentClient.call` sends the same action for one JSON response.
 *
 * The options are those of {@link make}, and:
 *
 * - `event` is the schema of an event, which has the members of `Response` without the envelope. With `Schema.Unknown` an event is
 *   its JSON.
 * - `attemptTimeout` defaults to 60 seconds: it is the time until the first event, or of the whole JSON response.
 *
 * Most actions stream only if their request says so, often by `Stream: true`.
 *
 * **Example** (A language model)
 *
 * ```ts
 * import { Effect, Layer, Redacted, Schema, Stream } from "effect"
 * import { HttpClient, HttpClientResponse } from "effect/http"
 * import { TencentClient, TencentCredentials } from "effect-tencentcloud/client"
 * import { TencentAction } from "effect-tencentcloud/v3"
 *
 * const ChatCompletions = TencentAction.makeStream("ChatCompletions", {
 *   service: "hunyuan",
 *   version: "2023-09-01",
 *   request: Schema.Struct({ Model: Schema.String, Stream: Schema.Boolean }),
 *   response: Schema.Struct({ Choices: Schema.Array(Schema.Unknown) }),
 *   event: Schema.Struct({ Choices: Schema.Array(Schema.Struct({ Delta: Schema.Struct({ Content: Schema.String }) })) })
 * })
 *
 * const program = Effect.gen(function*() {
 *   const client = yield* TencentClient.TencentClient
 *   return yield* client.stream(ChatCompletions, { Model: "hunyuan-lite", Stream: true }).pipe(
 *     Stream.map(({ Choices }) => Choices.map(({ Delta }) => Delta.Content).join("")),
 *     Stream.mkString
 *   )
 * })
 *
 * // Two events of a server.
 * const events = ["Hel", "lo"].map((Content) => `data: {"Choices":[{"Delta":{"Content":"${Content}"}}]}\n\n`)
 * const http = HttpClient.make((request) =>
 *   Effect.sync(() =>
 *     HttpClientResponse.fromWeb(
 *       request,
 *       new Response(events.join(""), { headers: { "content-type": "text/event-stream" } })
 *     )
 *   )
 * )
 * const live = TencentClient.layer({ region: "ap-guangzhou" }).pipe(
 *   Layer.provide(TencentCredentials.layer({ secretId: "AKIDexample", secretKey: Redacted.make("a-secret-key") })),
 *   Layer.provide(Layer.succeed(HttpClient.HttpClient, http))
 * )
 * console.log(await Effect.runPromise(program.pipe(Effect.provide(live)))) // => Hello
 * ```
 *
 * @category constructors
 */
export const makeStream = <
  Request extends Schema.Constraint,
  Response extends Schema.Constraint,
  Event extends Schema.Constraint,
  const Codes extends CodesByKind<Codes> = {}
>(
  name: string,
  options: Options<Request, Response, Codes> & { readonly event: Event }
): StreamAction<
  Request["Type"],
  Response["Type"],
  ErrorOf<Codes>,
  Event["Type"],
  Request["EncodingServices"] | Response["DecodingServices"] | Event["DecodingServices"]
> => {
  const action = Object.assign(make<Request, Response, Codes>(name, options), {
    attemptTimeout: Duration.fromInputUnsafe(options.attemptTimeout ?? usualStreamAttempt)
  })
  let ofAction: ReturnType<typeof events.make<Event, Codes>> | undefined
  // The type of `defineProperty` does not say what it defines.
  return Object.defineProperty(action, "events", {
    enumerable: true,
    get: () => ofAction ??= events.make(options.event, options)
  }) as typeof action & { readonly events: ReturnType<typeof events.make<Event, Codes>> }
}
