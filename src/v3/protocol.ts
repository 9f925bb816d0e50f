/**
 * API 3.0 as the client sees it: addresses, JSON requests, TC3 signatures and envelopes.
 */
import * as Effect from "effect/Effect"
import * as HttpBody from "effect/http/HttpBody"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import { hasProperty, isObject } from "effect/Predicate"
import * as Random from "effect/Random"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import type * as Schema from "effect/Schema"
import * as SchemaParser from "effect/SchemaParser"
import {
  type Address,
  addressOf,
  type Encoded,
  type Protocol,
  secretsOf,
  type Sign,
  type Target
} from "../client/Protocol.ts"
import { noContext, ofCall, outcomeIn } from "../internal/failure.ts"
import { inHost, isHostLabel } from "../internal/hostLabel.ts"
import { dateOf } from "../internal/httpDate.ts"
import { type Issue, issuesOf } from "../internal/issues.ts"
import { unreadable, unreadableSuccess } from "../internal/malformed.ts"
import { decoder, textDecoder } from "../internal/success.ts"
import { apiError } from "./internal/apiError.ts"
import type { CodesByKind } from "./internal/codes.ts"
import { type ErrorOf, find, type Options, telling } from "./internal/envelope.ts"
import { clientTokenOf, isPlain, requestJson } from "./internal/requestJson.ts"
import { makeSigner } from "./internal/signing.ts"
import * as TencentEndpoint from "./TencentEndpoint.ts"

/** What the protocol must know of an action. */
export interface ActionOptions<Request, Response, Codes extends CodesByKind<Codes>> extends Options<Codes> {
  readonly service: string
  readonly version: string
  readonly request: Request
  readonly response: Response
  readonly clientToken?: boolean | undefined
  readonly skipSign?: boolean | undefined
  readonly body?: "multipart" | "octetStream" | undefined
  /** The public host of the action, where it is not the usual one. */
  readonly network?: "ai" | undefined
}

const contentTypes = { multipart: "multipart/form-data", octetStream: "application/octet-stream" } as const

/** Why the request of an action has no form that could be sent. */
const unsupported = (body: keyof typeof contentTypes): ReadonlyArray<Issue> => [{
  path: [],
  message: `The action wants a body of ${contentTypes[body]}, and this client sends JSON alone. ` +
    "Send it with an HTTP client, and sign it with TencentSignature.authorization."
}]

const path = "/"

/** What can be sent as the value of a header, letter by letter. */
const isHeader = (text: string): boolean => /^[\x21-\x7e]+$/.test(text)

const inHeader = "It would be a header, and has a character that no header can have, or none at all."

/**
 * What no request can have, whatever its endpoint: all four are in headers, and the error of an HTTP client that refuses a header
 * does not tell that nothing was sent.
 */
const unfit = (
  name: string,
  { service, version }: Pick<ActionOptions<unknown, unknown, {}>, "service" | "version">,
  region: string | undefined
): Issue | undefined => {
  if (!isHostLabel(service)) return { path: ["service"], message: inHost }
  if (region !== undefined && !isHostLabel(region)) return { path: ["Region"], message: inHost }
  if (!isHeader(name)) return { path: ["Action"], message: inHeader }
  return isHeader(version) ? undefined : { path: ["Version"], message: inHeader }
}

const addressIn = (
  name: string,
  options: Pick<ActionOptions<unknown, unknown, {}>, "service" | "version" | "network">,
  target: Target
): Result.Result<Address, Issue> => {
  const { network: usual, service } = options
  const issue = unfit(name, options, target.region)
  return issue !== undefined ? Result.fail(issue) : addressOf(
    service,
    target,
    path,
    () => undefined,
    (network) => TencentEndpoint.forService(service, target.region, network ?? usual)
  )
}

/** Sent as it is signed, letter by letter. */
const contentType = "application/json"

/** What the API is told of the program that asks. */
const requestClient = "effect-tencentcloud"

const signer = (
  name: string,
  { service, skipSign = false, version }: Pick<ActionOptions<unknown, unknown, {}>, "service" | "skipSign" | "version">
) => {
  const sign = makeSigner(service)
  return (body: string): Sign => ({ address, credentials, language, region, timestamp, traceId }) => {
    const { origin, path, signedHost } = address
    // A blank one is none.
    const token = credentials.token === undefined ? "" : Redacted.value(credentials.token).trim()
    const { authorization, signature } = sign(
      { method: "POST", service, host: signedHost, query: "", contentType, body, action: name, timestamp },
      credentials
    )
    const headers: { [name: string]: string } = {
      authorization: skipSign ? "SKIP" : authorization,
      "x-tc-action": name,
      "x-tc-version": version,
      "x-tc-timestamp": String(timestamp),
      "x-tc-requestclient": requestClient
    }
    if (language !== undefined) headers["x-tc-language"] = language
    if (traceId !== undefined) headers["x-tc-traceid"] = traceId
    // A proxy can have another name than the host that is signed. Over TLS it sets the header itself: the HTTP clients of Node
    // want a certificate for the name in it, and a proxy has its own.
    if (signedHost !== address.hostname && origin.startsWith("http:")) headers["host"] = signedHost
    if (region !== undefined && region !== "") headers["x-tc-region"] = region
    if (token !== "" && !skipSign) headers["x-tc-token"] = token
    const request = HttpClientRequest.post(`${origin}${path}`, { body: HttpBody.text(body, contentType), headers })
    return { request, secrets: secretsOf(credentials, signature), traceId }
  }
}

const word: Effect.Effect<string> = /*#__PURE__*/ Effect.map(
  /*#__PURE__*/ Random.nextIntBetween(0, 2 ** 32 - 1),
  (number) => number.toString(16).padStart(8, "0")
)

/** A token of 128 random bits in hexadecimal, well within the 64 characters that the API allows. */
const makeClientToken: Effect.Effect<string> = /*#__PURE__*/ Effect.map(
  /*#__PURE__*/ Effect.all([word, word, word, word]),
  (words) => words.join("")
)

const isNoText: Issue = { path: ["ClientToken"], message: "A client token is a text." }

/**
 * Adds a token to an encoded request that has none. One of the caller that cannot be sent as it is must not be replaced: the
 * caller would ask again with the original, and the server would know another.
 */
const withNewToken = (encoded: object): Effect.Effect<object, ReadonlyArray<Issue>> => {
  const { ClientToken: given, ...members }: { readonly ClientToken?: unknown } = { ...encoded }
  return given === undefined || given === null || typeof given === "string"
    ? Effect.map(makeClientToken, (ClientToken) => ({ ...members, ClientToken }))
    : Effect.fail([isNoText])
}

/** Reads a body that reports a failure. */
export const reader = <const Codes extends CodesByKind<Codes>>(action: string, errors: Codes | undefined) => {
  const read = find<Codes>({ errors })
  return (body: unknown): ErrorOf<Codes> => {
    const response = read(body, { ...noContext, action })
    if (Result.isFailure(response)) return response.failure
    throw new RangeError("The body reports a success.")
  }
}

/** The protocol of one action. */
export const make = <
  Request extends Schema.Constraint,
  Response extends Schema.Constraint,
  const Codes extends CodesByKind<Codes>
>(name: string, options: ActionOptions<Request, Response, Codes>): Protocol<
  Request["Type"],
  Response["Type"],
  ErrorOf<Codes>,
  Request["EncodingServices"] | Response["DecodingServices"]
> => {
  const encode = SchemaParser.encodeUnknownEffect(options.request)
  const sign = signer(name, options)
  const { body } = options
  const ready = (encoded: unknown, isNewToken = false): Effect.Effect<Encoded, ReadonlyArray<Issue>> => {
    const body = requestJson(encoded)
    return Result.isSuccess(body)
      ? Effect.succeed({ sign: sign(body.success), clientToken: clientTokenOf(encoded), isNewToken })
      : Effect.fail([body.failure])
  }
  const needsToken = (encoded: unknown): encoded is object =>
    options.clientToken === true && isObject(encoded) && isPlain(encoded) && clientTokenOf(encoded) === undefined
  return {
    service: options.service,
    version: options.version,
    address: (target) => addressIn(name, options, target),
    encode: body !== undefined ? () => Effect.fail(unsupported(body)) : (request) =>
      encode(request).pipe(
        Effect.mapErrorEager(issuesOf),
        Effect.flatMapEager((encoded) =>
          needsToken(encoded)
            ? Effect.flatMap(withNewToken(encoded), (encoded) => ready(encoded, true))
            : ready(encoded)
        )
      ),
    read: textDecoder(decoder(options.response, telling(find(options)))),
    serverTime: dateOf,
    isAboutTime: (error) => hasProperty(error, "code") && error.code === "AuthFailure.SignatureExpire",
    lateSlot: (message, context) =>
      apiError({
        code: "RequestLimitExceeded",
        kind: "throttled",
        message,
        outcome: outcomeIn("notRun", context),
        ...ofCall(context)
      }) as ErrorOf<Codes>,
    unreadable: (message, context) => unreadable(message, context, {}) as ErrorOf<Codes>,
    unreadableSuccess: (message, context) => unreadableSuccess(message, context, {}) as ErrorOf<Codes>
  }
}
