/**
 * From the bytes of an event stream (server-sent events) to the data of its events.
 *
 * The bytes are read as they come, also while the program is busy with an event: what has come before a connection breaks is
 * received, and the wait of a slow program is not taken for the silence of the server.
 */
import * as Arr from "effect/Array"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Sse from "effect/encoding/Sse"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Pull from "effect/Pull"
import * as Stream from "effect/Stream"
import * as transport from "../../internal/transport.ts"
import type { TransportFailure } from "../../TransportFailure.ts"
import { decompressed } from "./contentEncoding.ts"
import { type Asked, bytesOf } from "./response.ts"

/** How many events are kept for a slow program. With more than these the server has to wait. */
const readAhead = 256

/** Whether the response is an event stream, whatever the parameters of its content type. */
export const isEventStream = ({ headers, status }: HttpClientResponse.HttpClientResponse): boolean =>
  status === 200 && /^\s*text\/event-stream\s*(?:;|$)/i.test(headers["content-type"] ?? "")

const decompressedBytesOf = (
  response: HttpClientResponse.HttpClientResponse,
  asked: Asked
): Stream.Stream<Uint8Array, TransportFailure> => {
  const bytes = bytesOf(response, asked)
  const contentEncoding = response.headers["content-encoding"]
  return contentEncoding === undefined ? bytes : decompressed(
    bytes,
    contentEncoding,
    (error) => transport.failureOf(error, { ...asked, hasHead: true })
  )
}

type Bytes = Arr.NonEmptyReadonlyArray<Uint8Array>
type Data = Arr.NonEmptyReadonlyArray<string>

/** Finds events in bytes. */
class Parser {
  private readonly asked: Asked
  private readonly decoder = new TextDecoder()
  private readonly sse: Sse.Parser
  private found: Array<string> = []
  /** An event has come. */
  hasBegun = false
  /** What ends the stream, once the events before it are received. */
  end: Pull.Pull<never, TransportFailure> | undefined

  constructor(asked: Asked) {
    this.asked = asked
    // A line `retry:` asks for another connection after this one. No action can be taken up where it was.
    this.sse = Sse.makeParser((event) => {
      if (event._tag === "Event") this.found.push(event.data)
    }, { maxEventSize: transport.maxEventLength })
  }

  private feed(text: string): void {
    if (this.end === undefined && this.sse.feed(text) !== undefined) {
      this.end = Effect.fail(transport.transportFailure("EventTooLarge", this.asked.host, this.asked.context))
    }
  }

  /** The events that are complete now. */
  take(): Data | undefined {
    const { found } = this
    if (!Arr.isArrayNonEmpty(found)) return undefined
    this.found = []
    this.hasBegun = true
    return found
  }

  readonly onBytes = (bytes: Bytes): void => {
    for (const chunk of bytes) this.feed(this.decoder.decode(chunk, { stream: true }))
  }

  /** Some servers leave out the empty line after their last event. */
  readonly onDone = (): void => {
    this.feed(`${this.decoder.decode()}\n\n`)
    this.end ??= Cause.done()
  }
}

/** The data of events from a source of bytes, which may be silent for `idle` milliseconds between two pulls. */
const dataFrom = (
  bytes: Pull.Pull<Bytes, TransportFailure>,
  asked: Asked,
  idle: number
): Pull.Pull<Data, TransportFailure> => {
  const parser = new Parser(asked)
  const silent = Effect.suspend(() => Effect.fail(transport.transportFailure("IdleTimeout", asked.host, asked.context)))
  const inTime = Effect.timeoutOrElse(bytes, { duration: idle, orElse: () => silent })
  return Effect.suspend(function loop(): Pull.Pull<Data, TransportFailure> {
    const data = parser.take()
    if (data !== undefined) return Effect.succeed(data)
    if (parser.end !== undefined) return parser.end
    return Pull.matchEffect(parser.hasBegun ? inTime : bytes, {
      onSuccess: (bytes) => (parser.onBytes(bytes), loop()),
      onFailure: (cause) => Effect.failCause(cause),
      onDone: () => (parser.onDone(), loop())
    })
  })
}

/**
 * The data of the events of a response. After the first event no more than `idle` milliseconds may pass without a byte; a comment
 * is one, too.
 */
export const dataOf = (
  response: HttpClientResponse.HttpClientResponse,
  asked: Asked,
  idle: number
): Stream.Stream<string, TransportFailure> =>
  Stream.bufferArray(
    Stream.transformPull(decompressedBytesOf(response, asked), (bytes) =>
      Effect.sync(() => dataFrom(bytes, asked, idle))),
    { capacity: readAhead }
  )
