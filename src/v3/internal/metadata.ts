/**
 * The metadata service: an HTTP server that only an instance of Tencent Cloud can reach, and that has the keys of its role.
 * Elsewhere anything may respond to its name, or nothing.
 */
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import type * as HttpClientError from "effect/http/HttpClientError"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { CredentialsUnavailable, type Source } from "../../client/TencentCredentials.ts"
import { label } from "../../internal/text.ts"
import { classify } from "../../internal/transport.ts"
import { credentialsOf, KeysOfRole } from "./temporaryKeys.ts"

const path = "/latest/meta-data/cam/security-credentials/"

/** For one request, in milliseconds. The service is on the host of the instance, and responds within a few. */
const timeout = 1000

/** Ten times what keys have, in characters. */
const longest = 100_000

const elsewhere = "Only an instance of Tencent Cloud has this service: elsewhere provide another source."

const unavailable = (problem: string): CredentialsUnavailable =>
  new CredentialsUnavailable({ message: `The metadata service ${problem}` })

const notItself = (problem: string, host: string): CredentialsUnavailable =>
  unavailable(`${problem}. Check that no proxy or login page responds in the place of ${host}.`)

interface Received {
  readonly status: number
  readonly text: string
}

const unreached = ({ reason }: HttpClientError.HttpClientError, host: string): CredentialsUnavailable => {
  const { code, reason: name } = classify(reason.cause)
  return unavailable(`at ${host} cannot be reached: ${code ?? name}. ${elsewhere}`)
}

const read = (
  response: HttpClientResponse.HttpClientResponse,
  host: string
): Effect.Effect<Received, CredentialsUnavailable> =>
  response.stream.pipe(
    Stream.catch((error) =>
      error.reason._tag === "EmptyBodyError" ? Stream.empty : Stream.fail(unreached(error, host))
    ),
    Stream.decodeText,
    Stream.runFoldEffect(
      () => "",
      (text, part) => text.length + part.length > longest
        ? Effect.fail(notItself("sent a response that is too long for it", host))
        : Effect.succeed(text + part)
    ),
    Effect.map((text) => ({ status: response.status, text }))
  )

const ask = (url: URL): Effect.Effect<Received, CredentialsUnavailable, HttpClient.HttpClient> =>
  Effect.flatMap(HttpClient.HttpClient, (http) => http.execute(HttpClientRequest.get(url))).pipe(
    Effect.catch((error) =>
      error.reason._tag === "StatusCodeError"
        ? Effect.succeed(error.reason.response)
        : Effect.fail(unreached(error, url.host))
    ),
    Effect.flatMap((response) => read(response, url.host)),
    Effect.timeoutOrElse({
      duration: timeout,
      orElse: () => Effect.fail(unavailable(`at ${url.host} did not respond within a second. ${elsewhere}`))
    })
  )

// ---------------------------------------------------------------------------------------------------------------------
// The role
// ---------------------------------------------------------------------------------------------------------------------

const noRole = "has no role for this instance: bind a role to it in the console, or provide another source."

const roleOf = ({ status, text }: Received, host: string): Effect.Effect<string, CredentialsUnavailable> => {
  const role = text.trim()
  if (status === 404 || (status === 200 && role === "")) return Effect.fail(unavailable(noRole))
  if (status !== 200) return Effect.fail(unavailable(`responded with status ${status}. Try again later.`))
  return /^[\w+=,.@-]{1,128}$/.test(role)
    ? Effect.succeed(role)
    : Effect.fail(notItself("did not return the name of a role", host))
}

// ---------------------------------------------------------------------------------------------------------------------
// Its keys
// ---------------------------------------------------------------------------------------------------------------------

const decodeKeys = /*#__PURE__*/ (() =>
  Schema.decodeUnknownOption(
    Schema.fromJsonString(
      Schema.Struct({ Code: Schema.Literal("Success"), ExpiredTime: Schema.Number, ...KeysOfRole.fields })
    )
  ))()

const decodeRefusal =
  /*#__PURE__*/ (() =>
    Schema.decodeUnknownOption(Schema.fromJsonString(Schema.Struct({ Code: Schema.NonEmptyString }))))()

const keysOf = (role: string, { status, text }: Received, host: string): Source => {
  const keys = status === 200 ? decodeKeys(text) : Option.none()
  if (Option.isSome(keys)) return credentialsOf(keys.value, keys.value.ExpiredTime, "The metadata service")
  if (status === 404) return Effect.fail(unavailable(noRole))
  if (status !== 200) return Effect.fail(unavailable(`responded with status ${status}. Try again later.`))
  const refusal = decodeRefusal(text)
  return Option.isSome(refusal) && refusal.value.Code !== "Success"
    ? Effect.fail(unavailable(
      `has no keys for the role ${role}: ${
        label(refusal.value.Code)
      }. Check that the role exists, and that it trusts CVM.`
    ))
    : Effect.fail(notItself(`did not return the keys of the role ${role}`, host))
}

/** The keys of the role that is bound to the instance. Only the scheme, the host and the port of `endpoint` count. */
export const keysOfRole = ({ host, origin }: URL): Source<HttpClient.HttpClient> => {
  const url = (name: string) => new URL(`${origin}${path}${encodeURIComponent(name)}`)
  return Effect.gen(function*() {
    const role = yield* roleOf(yield* ask(url("")), host)
    return yield* keysOf(role, yield* ask(url(role)), host)
  })
}
