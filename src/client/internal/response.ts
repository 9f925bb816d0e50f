/**
 * From an HTTP response, or the lack of one, to the text of a response or a typed failure.
 */
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Headers from "effect/http/Headers"
import type * as HttpClientError from "effect/http/HttpClientError"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import { TransportFailure, UnexpectedStatus } from "../../internal/clientError.ts"
import * as transport from "../../internal/transport.ts"

// The documented limit of a response of the API, 50 MB.
const maxBodyBytes = 50 * 1024 * 1024

const excerptLength = 256

const transportMessages: { readonly [R in transport.Reason]: string } = {
  DnsTemporary: "The name could not be resolved for the moment.",
  DnsNotFound: "There is no such host. Check the module and the endpoint.",
  ConnectionRefused: "The connection was refused. Check the endpoint and its port.",
  Unreachable: "The host cannot be reached from here. Check the network.",
  ConnectTimeout: "No connection was made in time.",
  TlsHandshake: "The connection ended in the TLS handshake.",
  Certificate: "The certificate is not valid for this host. Check the endpoint; do not send keys there.",
  ConnectionLost: "The connection was lost before the response was complete. The request may have been executed.",
  AttemptTimeout: "No response came in time. The request may have been executed.",
  TruncatedBody: "The response ended early. The request was probably executed.",
  BodyTooLarge: `The response is larger than ${maxBodyBytes} bytes. Ask for less, for example with a smaller limit.`,
  Unknown: "The request failed for a reason that is not known. It may have been executed."
}

export const transportFailure = (reason: transport.Reason, host: string, code?: string): TransportFailure =>
  new TransportFailure({
    reason,
    outcome: transport.outcomeOf(reason),
    host,
    ...(code !== undefined && { code }),
    message: `${transportMessages[reason]} (${host}${code === undefined ? "" : `, ${code}`})`
  })

/** A failure before the head of the response, or while its body was read. */
const fromHttpError = (error: HttpClientError.HttpClientError, host: string): TransportFailure => {
  const { code, reason } = transport.classify(error.reason)
  return transportFailure(
    error.response !== undefined && reason !== "AttemptTimeout" ? "TruncatedBody" : reason,
    host,
    code
  )
}

/** The response of a status that the `HttpClient` makes a failure of; for any other error why there is none. */
export const responseOf = (
  error: HttpClientError.HttpClientError,
  host: string
): Effect.Effect<HttpClientResponse.HttpClientResponse, TransportFailure> =>
  error.reason._tag === "StatusCodeError"
    ? Effect.succeed(error.reason.response)
    : Effect.fail(fromHttpError(error, host))

const decoder = new TextDecoder()

/** Ends a response whose body nobody reads. Left alone, its connection would stay open until the garbage collector comes. */
const abandon = (response: HttpClientResponse.HttpClientResponse): Effect.Effect<void> =>
  Effect.flatMap(Effect.forkChild(response.text, { startImmediately: true }), Fiber.interrupt)

/**
 * The text of a body, never more than the documented limit. A length that the server states cannot be exceeded, unless the
 * body is compressed; without it the bytes are counted.
 */
export const readText = (
  response: HttpClientResponse.HttpClientResponse,
  host: string
): Effect.Effect<string, TransportFailure> => {
  // Some runtimes build the headers anew each time.
  const headers = response.headers
  const length = Number(headers["content-length"])
  if (length > maxBodyBytes) {
    return Effect.andThen(abandon(response), Effect.fail(transportFailure("BodyTooLarge", host)))
  }
  if (length >= 0 && headers["content-encoding"] === undefined) {
    return Effect.mapError(response.text, (error) => fromHttpError(error, host))
  }
  return response.stream.pipe(
    // A status such as 204 has no body at all.
    Stream.catch((error) =>
      error.reason._tag === "EmptyBodyError" ? Stream.empty : Stream.fail(fromHttpError(error, host))
    ),
    Stream.runFoldEffect(
      () => ({ chunks: [] as Array<Uint8Array>, bytes: 0 }),
      (body, chunk) => {
        body.chunks.push(chunk)
        body.bytes += chunk.byteLength
        return body.bytes > maxBodyBytes
          ? Effect.fail(transportFailure("BodyTooLarge", host))
          : Effect.succeed(body)
      }
    ),
    Effect.map(({ bytes, chunks }) => {
      const all = new Uint8Array(bytes)
      let offset = 0
      for (const chunk of chunks) {
        all.set(chunk, offset)
        offset += chunk.byteLength
      }
      return decoder.decode(all)
    })
  )
}

/** A shorter one is no key of the API, and could be one of the words that a response is made of. */
const minSecretLength = 8

const entities: { readonly [char: string]: string } = {
  "&": "amp",
  "<": "lt",
  ">": "gt",
  "\"": "quot",
  "'": "apos",
  "+": "plus",
  "/": "sol",
  "=": "equals"
}

/**
 * A character as itself, and as addresses, JSON and HTML write it, also one in the other. Letters and digits have one form. All
 * repetitions are bounded: without bounds a text of backslashes would be read again from each of them.
 */
const formsOf = (char: string): string => {
  if (/[A-Za-z0-9]/.test(char)) return char
  const code = char.codePointAt(0) ?? 0
  const hex = code.toString(16)
  const percents = Array.from(
    new TextEncoder().encode(char),
    (byte) => `%(?:25){0,4}${byte.toString(16).padStart(2, "0")}`
  )
  const entity = [`#0{0,6}${code}`, `#x0{0,6}${hex}`, ...entities[char] === undefined ? [] : [entities[char]]].join("|")
  return `(?:\\\\{0,8}\\u{${hex}}|${percents.join("")}|\\\\{1,8}u0{0,6}${hex}|&(?:amp;){0,4}(?:${entity});)`
}

/** What every writing of a secret has in it. */
const longestWord = (secret: string): string =>
  (secret.match(/[A-Za-z0-9]+/g) ?? []).reduce((longest, word) => word.length > longest.length ? word : longest, "")

/** A proxy can print the address that was asked for, and a refusal the text that was signed. */
export const scrub = (text: string, secrets: ReadonlyArray<string>): string => {
  let clean = text
  for (const secret of secrets) {
    if (secret.length < minSecretLength || !clean.includes(longestWord(secret))) continue
    clean = clean.replaceAll(new RegExp(Array.from(secret, formsOf).join(""), "giu"), "<redacted>")
  }
  return clean
}

/** The time of the server, in milliseconds since the epoch. */
export const dateOf = (headers: Headers.Headers): number | undefined => {
  const date = Headers.parseHttpDate(headers["date"] ?? "")
  return Result.isSuccess(date) ? DateTime.toEpochMillis(date.success) : undefined
}

const retryAfterOf = (headers: Headers.Headers, now: number): Duration.Duration | undefined => {
  const retryAfter = Headers.parseRetryAfter(headers["retry-after"] ?? "")
  if (Result.isFailure(retryAfter)) return undefined
  if (retryAfter.success._tag === "Duration") return retryAfter.success.duration
  // A date is one of the server's clock, and ours may be wrong.
  return Duration.millis(Math.max(0, DateTime.toEpochMillis(retryAfter.success.dateTime) - (dateOf(headers) ?? now)))
}

/** What is known of a response that is not one of the API. */
export interface Unexpected {
  /** As it was received: it can repeat `secrets`. */
  readonly text: string
  readonly secrets: ReadonlyArray<string>
  readonly host: string
  readonly now: number
  /** The body is a success of the API all the same. */
  readonly executed: boolean
}

export const unexpectedStatus = (
  { headers, status }: HttpClientResponse.HttpClientResponse,
  { executed, host, now, secrets, text }: Unexpected
): UnexpectedStatus => {
  const contentType = headers["content-type"]
  const retryAfter = retryAfterOf(headers, now)
  return new UnexpectedStatus({
    status,
    outcome: status >= 300 && status < 500 && !executed ? "notRun" : "unknown",
    host,
    ...(contentType !== undefined && { contentType: scrub(contentType, secrets).slice(0, excerptLength) }),
    excerpt: scrub(text, secrets).slice(0, excerptLength),
    ...(retryAfter !== undefined && { retryAfter }),
    message: `${host} answered with HTTP status ${status}, which the API does not use. ` +
      "Look for a proxy or a gateway in between, and check the endpoint."
  })
}
