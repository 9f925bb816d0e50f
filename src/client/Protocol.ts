/**
 * The door between the client and a generation of the API. The client knows attempts, credentials, time and retries; a protocol
 * knows addresses, signatures and envelopes. An action carries its protocol, so one client calls actions of any generation.
 */
import type * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import type * as Headers from "effect/http/Headers"
import type * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { InvalidRequest } from "../Failure.ts"
import { problemOfEndpointUrl } from "../internal/endpointUrl.ts"
import type { CallContext } from "../internal/failure.ts"
import { isHost } from "../internal/hostLabel.ts"
import type { Issue } from "../internal/issues.ts"
import { TransportFailure } from "../TransportFailure.ts"
import { UnexpectedStatus } from "../UnexpectedStatus.ts"
import { type Credentials, CredentialsUnavailable } from "./TencentCredentials.ts"

// ---------------------------------------------------------------------------------------------------------------------
// Errors
// ---------------------------------------------------------------------------------------------------------------------

/**
 * The failures that the client adds to those of an action.
 *
 * @category models
 */
export type ClientError = TransportFailure | UnexpectedStatus | InvalidRequest | CredentialsUnavailable

/**
 * The schema of the failures that the client adds to those of an action.
 *
 * @category schemas
 */
export const ClientError = /*#__PURE__*/ Schema.Union([
  TransportFailure,
  UnexpectedStatus,
  InvalidRequest,
  CredentialsUnavailable
])

// ---------------------------------------------------------------------------------------------------------------------
// Protocol
// ---------------------------------------------------------------------------------------------------------------------

/**
 * What an `endpoint` that is a function is asked about.
 *
 * @category models
 */
export interface EndpointTarget {
  /** The service of the action, such as `cvm`. */
  readonly service: string
  /** The region of the call, such as `ap-guangzhou`. `undefined` where the call has none. */
  readonly region: string | undefined
  /** The public host of the service, such as `cvm.api.qcloud.com`. */
  readonly host: string
}

/**
 * Where to send a request, and the host that it is signed for.
 *
 * @category models
 */
export interface EndpointAddress {
  /** Where the request goes, such as the address of a reverse proxy. A path of `/` means that of the API. */
  readonly url: URL
  /** The host that checks the signature, such as `cvm.api.qcloud.com`. The path that is signed is that of the API. */
  readonly signedHost: string
}

/**
 * Where a client sends its requests: one address for all services, which is signed too; `"private"` for the addresses inside the
 * private network; or a function, for an address that is not the one to sign.
 *
 * @category models
 */
export type Endpoint = URL | "private" | ((target: EndpointTarget) => EndpointAddress)

/** What decides where a request goes. */
export interface Target {
  readonly region: string | undefined
  readonly endpoint: Endpoint | undefined
}

/** Where a request goes, and the host and the path that are signed. */
export interface Address {
  /** Scheme, host and port. */
  readonly origin: string
  readonly hostname: string
  readonly path: string
  readonly signedHost: string
  readonly signedPath: string
}

/** The host that a generation has documented for a service. */
export interface DocumentedHost {
  readonly origin: string
  readonly hostname: string
}

const problem = (name: string, message: string): Result.Result<never, Issue> => Result.fail({ path: [name], message })

/** The address of an endpoint that is given. `path` is that of the generation, `host` the public host of the service. */
const givenAddress = (
  endpoint: Exclude<Endpoint, "private">,
  target: EndpointTarget,
  path: string
): Result.Result<Address, Issue> => {
  const { signedHost, url } = endpoint instanceof URL ? { url: endpoint } : endpoint(target)
  const ofUrl = problemOfEndpointUrl(url)
  if (ofUrl !== undefined) return problem("endpoint", ofUrl)
  const { hostname, origin, pathname } = url
  const address = { origin, hostname, path: pathname === "/" ? path : pathname }
  // The host that is signed is the one that the request goes to.
  if (signedHost === undefined) return documentedAddress(address, address.path)
  return isHost(signedHost)
    ? Result.succeed({ ...address, signedHost, signedPath: path })
    : problem(
      "endpoint",
      `The signed host is a host alone, such as ${target.host}, without a protocol, a port or a path.`
    )
}

/** The address of a documented host. */
const documentedAddress = ({ hostname, origin }: DocumentedHost, path: string): Result.Result<Address, Issue> =>
  Result.succeed({ origin, hostname, path, signedHost: hostname, signedPath: path })

/**
 * The address of a service in a region. `path` is that of the generation, `check` says what cannot be part of a documented host,
 * and `hostIn` is called only where that is nothing. An endpoint that is a URL needs neither.
 */
export const addressOf = (
  service: string,
  { endpoint, region }: Target,
  path: string,
  check: () => Issue | undefined,
  hostIn: (network: "private" | undefined) => DocumentedHost
): Result.Result<Address, Issue> => {
  if (endpoint instanceof URL) return givenAddress(endpoint, { service, region, host: "" }, path)
  const unfit = check()
  if (unfit !== undefined) return Result.fail(unfit)
  return typeof endpoint === "function"
    ? givenAddress(endpoint, { service, region, host: hostIn(undefined).hostname }, path)
    : documentedAddress(hostIn(endpoint), path)
}

/**
 * The languages of messages.
 *
 * @category models
 */
export type Language = "zh-CN" | "en-US"

/** What makes one attempt different from another. */
export interface Signing {
  readonly address: Address
  readonly region: string | undefined
  readonly credentials: Credentials
  /** The time of the server as far as it is known, in seconds since the epoch. */
  readonly timestamp: number
  /** Not used before by this client. */
  readonly nonce: number
  readonly method: "GET" | "POST"
  readonly signatureMethod: "HmacSHA256" | "HmacSHA1"
  /** The language of messages, where the generation has several. */
  readonly language: Language | undefined
  /** That of the span of the call, where calls are traced. */
  readonly traceId: string | undefined
}

/** A signed request, and the values that must not come back in an error. */
export interface Signed {
  readonly request: HttpClientRequest.HttpClientRequest
  readonly secrets: ReadonlyArray<string>
  /** The trace id that the server is told, where the generation has a place for it. */
  readonly traceId?: string | undefined
}

/** What an error must not repeat of a signed request. */
export const secretsOf = ({ secretKey, token }: Credentials, signature: string): ReadonlyArray<string> => {
  const secrets = [Redacted.value(secretKey), signature]
  if (token !== undefined) secrets.push(Redacted.value(token))
  return secrets
}

/** Signs an encoded request for one attempt. */
export type Sign = (signing: Signing) => Signed

/** A request in the form of the wire, ready to be signed for each attempt. */
export interface Encoded {
  readonly sign: Sign
  /** The token by which the server knows the request again, where the action has one. */
  readonly clientToken?: string | undefined
  /** The token was made for this call. Another call of the same request has another one. */
  readonly isNewToken?: boolean | undefined
}

/** What the client must know of a generation, for one action. */
export interface Protocol<in Request, out Response, out Error, out R> {
  /** The service that the action belongs to, such as `cvm`. */
  readonly service: string
  /** The version of the service, where the action has one. */
  readonly version: string | undefined
  /** The address of the action, or why there is none. */
  readonly address: (target: Target) => Result.Result<Address, Issue>
  /** The request in the form of the wire. */
  readonly encode: (request: Request) => Effect.Effect<Encoded, ReadonlyArray<Issue>, R>
  /** The success of a response, or the failure that it reports. */
  readonly read: (text: string, context: CallContext) => Effect.Effect<Response, Error, R>
  /** The time of the server, in milliseconds since the epoch. */
  readonly serverTime: (headers: Headers.Headers) => number | undefined
  /** Whether a failure is the refusal of the time that was sent. */
  readonly isAboutTime: (error: unknown) => boolean
  /** The failure of a call that was not sent, because its slot within the request quota comes after its deadline. */
  readonly lateSlot: (message: string, context: CallContext) => Error
  /** The failure of a response that cannot be read. */
  readonly unreadable: (message: string, context: CallContext) => Error
  /** The failure of a success that cannot be read. */
  readonly unreadableSuccess: (message: string, context: CallContext) => Error
}

/**
 * An action of any generation, as the client sees it.
 *
 * @category models
 */
export interface Action<in Request, out Response, out Error, out R> {
  /** The name, such as `RunInstances`. */
  readonly name: string
  /** Whether running it twice is the same as running it once. Decides which failures are retried. */
  readonly idempotent: boolean
  /** Requests per second that an account may send of it in a region. Used by a `TencentQuotaStore` only. */
  readonly quota: number
  /** How long one attempt may take, where that is another time than usual: a long poll, a slow export. */
  readonly attemptTimeout: Duration.Duration | undefined
  readonly protocol: Protocol<Request, Response, Error, R>
}

/**
 * What the client must know of a generation, for an action whose response can be a stream of events. `context` has the id of the
 * request, where the head of the response says it.
 */
export interface EventProtocol<out Event, out Error, out R> {
  /** The id of the request, from the head of a response. */
  readonly requestId: (headers: Headers.Headers) => string | undefined
  /** Whether the data of an event say that the stream is complete. */
  readonly isEnd: (data: string) => boolean
  /** The data of an event, or the failure that they report. */
  readonly read: (data: string, context: CallContext) => Effect.Effect<Event, Error, R>
  /** A response that is no stream: its one event, or the failure that it reports. */
  readonly readBody: (text: string, context: CallContext) => Effect.Effect<Event, Error, R>
}

/**
 * An action of any generation whose response can be a stream of events, as the client sees it.
 *
 * @category models
 */
export interface StreamAction<in Request, out Response, out Error, out Event, out R>
  extends Action<Request, Response, Error, R>
{
  readonly events: EventProtocol<Event, Error, R>
}

/** An action whose types do not matter. */
export type AnyAction = Action<never, unknown, unknown, unknown>

// ---------------------------------------------------------------------------------------------------------------------
// Pages
// ---------------------------------------------------------------------------------------------------------------------

/**
 * How an action returns a list in pages: what the client reads of a response, and the members of the request that say where a
 * page begins and how many items it has. One of `offset`, `page` and `token` is there.
 *
 * @category models
 */
export interface Pages<in Response, out Item, out Keys extends string> {
  /** The items of a page. No list is a page without items. */
  readonly items: (response: Response) => ReadonlyArray<Item> | undefined
  /** How many items there are in all pages. */
  readonly total?: ((response: Response) => number | bigint | undefined) | undefined
  /** The member that says how many items come before the page. The client sets it. */
  readonly offset?: Keys | undefined
  /** The member that is the number of the page. The caller says the first one, since some actions count from 0, others from 1. */
  readonly page?: string | undefined
  /** The member that says where the page begins, in a text from the page before. The client sets it. */
  readonly token?: Keys | undefined
  /** The token of the next page. */
  readonly nextToken?: ((response: Response) => string | undefined) | undefined
  /** The member that is the size of a page. */
  readonly limit?: string | undefined
  /** The numbers of the request are texts. */
  readonly asText?: boolean | undefined
}

/**
 * An action that returns a list in pages. `Item` is the type of the items, and `Keys` names the members of the request that the
 * client sets.
 *
 * @category models
 */
export interface PagedAction<in Request, in out Response, out Error, out Item, out Keys extends string, out R>
  extends Action<Request, Response, Error, R>
{
  readonly pages: Pages<Response, Item, Keys>
}
