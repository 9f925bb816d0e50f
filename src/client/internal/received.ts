/**
 * What an attempt has received, read as what the call returns or as a typed failure.
 */
import type * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import type { CallContext } from "../../internal/failure.ts"
import { readStatus } from "../../internal/unexpectedStatus.ts"
import type { ClientError, Protocol, Signed } from "../Protocol.ts"
import { type Asked, readText } from "./response.ts"
import { scrub } from "./scrub.ts"
import type { ClientState } from "./state.ts"

/** A signed request, and the time that it was signed with. */
export interface Sent extends Signed {
  /** In milliseconds since the epoch. */
  readonly time: number
}

/** Reads a text as what the call returns, or as the failure that it reports. */
export type Read<A, Error, R> = (text: string, context: CallContext) => Effect.Effect<A, Error, R>

interface Fields<Error> {
  readonly response: HttpClientResponse.HttpClientResponse
  readonly sent: Sent
  readonly asked: Asked
  /** Knows the time of the server. */
  readonly context: CallContext
  readonly protocol: Protocol<never, unknown, Error, unknown>
  readonly state: ClientState
  readonly clock: Clock.Clock
}

export class Received<Error> {
  readonly response: HttpClientResponse.HttpClientResponse
  readonly asked: Asked
  readonly context: CallContext
  private readonly sent: Sent
  private readonly protocol: Protocol<never, unknown, Error, unknown>
  private readonly state: ClientState
  private readonly clock: Clock.Clock

  constructor({ asked, clock, context, protocol, response, sent, state }: Fields<Error>) {
    this.response = response
    this.asked = asked
    this.context = context
    this.sent = sent
    this.protocol = protocol
    this.state = state
    this.clock = clock
  }

  /** The text without the secrets of the request. */
  readonly clean = (text: string): string => scrub(text, this.sent.secrets)

  /** Reads the whole body, whatever its status. */
  readBody<A, R>(read: Read<A, Error, R>): Effect.Effect<A, Error | ClientError, R> {
    return Effect.flatMap(readText(this.response, this.asked), (text) => this.readWhole(text, read))
  }

  private readWhole<A, R>(text: string, read: Read<A, Error, R>): Effect.Effect<A, Error | ClientError, R> {
    const { headers, status } = this.response
    if (status === 200) return this.readPart(text, this.context, read)
    const unexpected = () => ({
      status,
      headers,
      text,
      host: this.asked.host,
      context: this.context,
      now: this.clock.currentTimeMillisUnsafe(),
      clean: this.clean
    })
    return readStatus(
      read(text, this.context),
      unexpected,
      (error) => this.refused(error, text, this.context, read)
    )
  }

  /** Reads what stands for itself: a body, or one event of a stream. */
  readPart<A, R>(text: string, context: CallContext, read: Read<A, Error, R>): Effect.Effect<A, Error, R> {
    return Effect.catchEager(read(text, context), (error) => this.refused(error, text, context, read))
  }

  /** A refusal by the API. It can repeat secrets, in its words and in its body. */
  private refused<A, R>(
    error: Error,
    text: string,
    context: CallContext,
    read: Read<A, Error, R>
  ): Effect.Effect<never, Error, R> {
    const time = this.protocol.isAboutTime(error) ? this.protocol.serverTime(this.response.headers) : undefined
    if (time !== undefined) this.state.learnTime(time, this.clock)
    const clean = this.clean(text)
    if (clean === text) return Effect.fail(error)
    // What failed stays failed, also where it reads as a success without its secrets.
    return Effect.matchEffect(read(clean, context), {
      onSuccess: () => Effect.fail(this.protocol.unreadable("The response repeats a secret.", context)),
      onFailure: (error) => Effect.fail(error)
    })
  }
}
