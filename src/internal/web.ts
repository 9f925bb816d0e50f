/**
 * From the `Response` of a hand-written `fetch` to a value or a typed failure, by the rules of the client.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { MalformedResponse } from "../Failure.ts"
import type { TransportFailure } from "../TransportFailure.ts"
import type { UnexpectedStatus } from "../UnexpectedStatus.ts"
import { bodyText, joined } from "./bodyText.ts"
import { type CallContext, noContext } from "./failure.ts"
import { unreadable } from "./malformed.ts"
import { label } from "./text.ts"
import * as transport from "./transport.ts"
import { readStatus } from "./unexpectedStatus.ts"

// ---------------------------------------------------------------------------------------------------------------------
// Models
// ---------------------------------------------------------------------------------------------------------------------

/**
 * What is needed of the `Response` that `fetch` returns.
 *
 * @category models
 */
export interface WebResponse {
  readonly status: number
  readonly headers: { readonly get: (name: string) => string | null }
  readonly arrayBuffer: () => Promise<ArrayBuffer>
  /** The address that was asked, as far as it is known. */
  readonly url?: string
  /** Read in parts where it is a stream of the web. */
  readonly body?: unknown
  /** The body was read before. */
  readonly bodyUsed?: boolean
}

/**
 * A `Response`, or a function that fetches one. A function can be retried. The signal ends with the effect: give it to `fetch`.
 *
 * @category models
 */
export type WebRequest = WebResponse | ((signal: AbortSignal) => PromiseLike<WebResponse>)

/**
 * What an error can say of a request that the library did not make.
 *
 * @category models
 */
export interface WebOptions {
  /** The name of the host, where there is no response to tell it. */
  readonly host?: string | undefined
  /** The service and the name of the action, such as `cvm.RunInstances`. */
  readonly action?: string | undefined
}

/** Where a failure comes from. */
interface Asked {
  readonly host: string
  readonly context: CallContext
}

// ---------------------------------------------------------------------------------------------------------------------
// Responses
// ---------------------------------------------------------------------------------------------------------------------

const isWebResponse = (u: unknown): u is WebResponse => {
  if (typeof u !== "object" || u === null) return false
  const { arrayBuffer, headers, status } = u as Partial<WebResponse>
  return Number.isInteger(status) && typeof arrayBuffer === "function" && typeof headers?.get === "function"
}

/** An error of `fetch` is a failure of the transport, whatever it is. */
const fetched = (
  request: WebRequest,
  { context, host }: Asked
): Effect.Effect<WebResponse, TransportFailure | MalformedResponse> =>
  Effect.flatMap(
    typeof request === "function"
      ? Effect.tryPromise({
        try: request,
        catch: (error) => transport.failureOf(error, { host, context, hasHead: false })
      })
      : Effect.succeed(request),
    (response: unknown) => {
      if (!isWebResponse(response)) {
        return Effect.fail(unreadable("The request did not return a Response of fetch.", context, {}))
      }
      return response.bodyUsed === true
        ? Effect.fail(unreadable("The body was read before. Give a function that fetches anew.", context, {}))
        : Effect.succeed(response)
    }
  )

const hostOf = ({ url }: WebResponse, host: string): string =>
  host === "" && url !== undefined && URL.canParse(url) ? new URL(url).hostname : host

// ---------------------------------------------------------------------------------------------------------------------
// Bodies
// ---------------------------------------------------------------------------------------------------------------------

const isStream = (body: unknown): body is ReadableStream<Uint8Array> =>
  typeof body === "object" && body !== null && "getReader" in body

/** `undefined` where the body is larger than the limit. */
const readStream = async (
  stream: ReadableStream<Uint8Array>,
  signal: AbortSignal
): Promise<Uint8Array | undefined> => {
  const reader = stream.getReader()
  const cancel = () => void reader.cancel().catch(() => {})
  signal.addEventListener("abort", cancel)
  const chunks: Array<Uint8Array> = []
  let bytes = 0
  for (;;) {
    // The parts come one after the other.
    // oxlint-disable-next-line no-await-in-loop
    const { done, value } = await reader.read()
    if (done) return joined(chunks, bytes)
    chunks.push(value)
    bytes += value.byteLength
    if (bytes > transport.maxBodyBytes) {
      cancel()
      return undefined
    }
  }
}

const readBody = async (response: WebResponse, signal: AbortSignal): Promise<Uint8Array | undefined> => {
  const { body } = response
  if (isStream(body)) {
    const isTooLarge = Number(response.headers.get("content-length")) > transport.maxBodyBytes
    return isTooLarge ? void await body.cancel() : readStream(body, signal)
  }
  const bytes = new Uint8Array(await response.arrayBuffer())
  return bytes.byteLength > transport.maxBodyBytes ? undefined : bytes
}

const textOf = (response: WebResponse, { context, host }: Asked): Effect.Effect<string, TransportFailure> =>
  Effect.tryPromise({
    try: (signal) => readBody(response, signal),
    catch: (error) => transport.failureOf(error, { host, context, hasHead: true })
  }).pipe(
    Effect.flatMap((bytes) =>
      bytes === undefined
        ? Effect.fail(transport.transportFailure("BodyTooLarge", host, context))
        : Effect.succeed(bodyText(bytes, response.headers.get("content-type") ?? undefined))
    )
  )

// ---------------------------------------------------------------------------------------------------------------------
// Reading
// ---------------------------------------------------------------------------------------------------------------------

const headersOf = ({ headers }: WebResponse) =>
  Object.fromEntries(["content-type", "date", "retry-after"].map((name) => [name, headers.get(name) ?? undefined]))

/** A reader of responses from one of their texts. */
export const webReader = <A, E, R>(
  read: (text: string, context: CallContext) => Effect.Effect<A, E, R>,
  { action, host = "" }: WebOptions = {}
) =>
(request: WebRequest): Effect.Effect<A, E | MalformedResponse | TransportFailure | UnexpectedStatus, R> =>
  Effect.gen(function*() {
    const context: CallContext = action === undefined ? noContext : { ...noContext, action: label(action) }
    const response = yield* fetched(request, { host, context })
    const asked = { host: hostOf(response, host), context }
    const text = yield* textOf(response, asked)
    const { status } = response
    if (status === 200) return yield* read(text, context)
    const now = yield* Clock.currentTimeMillis
    const unexpected = () => ({
      ...asked,
      status,
      headers: headersOf(response),
      text,
      now,
      clean: (text: string) => text
    })
    return yield* readStatus(read(text, context), unexpected, Effect.fail)
  })
