/**
 * What a call is waiting for, while it waits: on a terminal one line on stderr that goes away at the end, else a line for each
 * retry. It also knows whether the action may have run when the call is interrupted.
 *
 * It learns from the span of the call, from the requests that go out and from what comes of them.
 */
import { type ErrorKind, type Failure, TencentResponse } from "effect-tencentcloud"
import { ErrorCode } from "effect-tencentcloud/v3"
import * as Clock from "effect/Clock"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import type * as HttpClientError from "effect/http/HttpClientError"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import * as Stdio from "effect/Stdio"
import * as Tracer from "effect/Tracer"
import { oneLine } from "./output.ts"
import { timeText } from "./words.ts"

/** How far a call is. */
type State =
  | { readonly _tag: "Starting" }
  | { readonly _tag: "Sent"; readonly at: number }
  | { readonly _tag: "Waiting"; readonly until: number; readonly failure: string }
  /** After a failure that time does not cure: a wrong clock is corrected, or there are other keys. */
  | { readonly _tag: "Again"; readonly failure: string }
  | { readonly _tag: "Received" }

/** What an interruption says of the action: nothing was sent, nothing arrived but what was refused, or nobody knows. */
export type Interrupted = "notSent" | "notRun" | "mayHaveRun"

/** A call that is under way. */
export interface Progress {
  /** Runs a call with a line that says what it waits for. */
  readonly show: <A, E, R>(call: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R | Stdio.Stdio>
  /** To be run before a part of the response is printed: from there on no line is shown. */
  readonly received: Effect.Effect<void>
  /** The client whose requests are counted. */
  readonly counted: (http: HttpClient.HttpClient) => HttpClient.HttpClient
  /** What can be said of the action if the call ends now. */
  readonly interrupted: () => Interrupted
}

const textOf = (state: State, attempt: number, now: number): string => {
  switch (state._tag) {
    case "Starting":
      return "Getting ready"
    case "Sent":
      return `Attempt ${attempt}: waiting for the response, ${timeText(now - state.at)}`
    case "Waiting":
      return state.until > now
        ? `${state.failure}: attempt ${attempt + 1} in ${timeText(state.until - now)}`
        : `${state.failure}: attempt ${attempt + 1} waits for its slot within the request quota`
    case "Again":
      return `${state.failure}: attempt ${attempt + 1} is sent at once, signed anew`
    case "Received":
      return ""
  }
}

const outcomeOf = (failed: Effect.Effect<unknown, Failure.Failure>): Effect.Effect<ErrorKind.Outcome> =>
  Effect.map(Effect.flip(failed), ({ outcome }) => outcome).pipe(Effect.orElseSucceed(() => "unknown" as const))

const read = TencentResponse.fromWeb(Schema.Unknown)

/** Whether anything ran, where there is no response. */
const withoutResponse = ({ reason }: HttpClientError.HttpClientError): Effect.Effect<ErrorKind.Outcome> =>
  outcomeOf(read(() => Promise.reject(reason.cause)))

/** Whether anything ran, where the response has a status that the API does not use. Its body proves nothing. */
const byStatus = ({ status }: HttpClientResponse.HttpClientResponse): Effect.Effect<ErrorKind.Outcome> =>
  outcomeOf(read({ status, headers: { get: () => null }, arrayBuffer: () => Promise.resolve(new ArrayBuffer(0)) }))

/** Whether anything ran, by a code of API 3.0. Any other tag proves nothing. */
const byCode = (tag: string): ErrorKind.Outcome => ErrorCode.outcomeOf(tag, ErrorCode.kindOf(tag))

const eraseLine = "\r\u001b[K"

/** Replaces the line of a terminal. One that is too long for it would leave a part behind. */
const redraw = (text: string): Effect.Effect<void> =>
  Effect.sync(() => void process.stderr.write(eraseLine + text.slice(0, (process.stderr.columns ?? 80) - 1)))

/** Whether there is a terminal that can replace a line. */
const canRedraw = Stdio.Stdio.use(({ stderrIsTerminal }) =>
  Effect.map(stderrIsTerminal, (isTerminal) => isTerminal && process.env["TERM"] !== "dumb")
)

/** The progress of one call. `idempotent` says whether its action is. */
export const makeProgress = ({ idempotent }: { readonly idempotent: boolean }): Effect.Effect<Progress> =>
  Clock.clockWith((clock) => {
    let state: State = { _tag: "Starting" }
    let attempt = 0
    let isUnderWay = false
    /** An attempt that has failed. */
    let mayHaveRun = false
    /** What HTTP says of the last attempt, where it says anything. */
    let outcome: ErrorKind.Outcome | undefined
    let announce: ((line: string) => void) | undefined
    let isDrawn = false

    const retried = (tag: string, delay: number): void => {
      // The client repeats what changes something only where nothing ran.
      mayHaveRun ||= idempotent && (outcome ?? byCode(tag)) !== "notRun"
      isUnderWay = false
      const now = clock.currentTimeMillisUnsafe()
      const failure = oneLine(tag)
      state = delay === 0 ? { _tag: "Again", failure } : { _tag: "Waiting", until: now + delay, failure }
      announce?.(textOf(state, attempt, now))
    }

    class CallSpan extends Tracer.NativeSpan {
      override event(name: string, startTime: bigint, attributes: Record<string, unknown> = {}): void {
        super.event(name, startTime, attributes)
        if (name === "tencentcloud.retry") retried(String(attributes["tag"]), Number(attributes["delay_ms"]))
      }
    }

    const sent = Effect.sync(() => {
      attempt++
      isUnderWay = true
      outcome = undefined
      state = { _tag: "Sent", at: clock.currentTimeMillisUnsafe() }
    })

    const learn = Effect.map((learned: ErrorKind.Outcome) => void (outcome = learned))

    const watched = <R>(
      response: Effect.Effect<HttpClientResponse.HttpClientResponse, HttpClientError.HttpClientError, R>
    ) =>
      Effect.andThen(sent, response).pipe(
        Effect.tap((response) => response.status === 200 ? Effect.void : learn(byStatus(response))),
        Effect.tapError((error) => learn(withoutResponse(error)))
      )

    const onTerminal = <A, E, R>(call: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
      Effect.suspend(() => {
        isDrawn = true
        return redraw(textOf(state, attempt, clock.currentTimeMillisUnsafe()))
      }).pipe(
        Effect.repeat({ schedule: Schedule.spaced("100 millis"), while: () => state._tag !== "Received" }),
        // A call that ends at once shows no line.
        Effect.delay("300 millis"),
        Effect.forkScoped,
        Effect.andThen(call),
        Effect.scoped,
        Effect.ensuring(redraw(""))
      )

    const onPipe = <A, E, R>(call: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
      Console.consoleWith((console) => {
        announce = (line) => console.error(line)
        return call
      })

    return Effect.succeed({
      show: (call) =>
        Effect.flatMap(canRedraw, (can) => can ? onTerminal(call) : onPipe(call)).pipe(
          Effect.withTracer(Tracer.make({ span: (options) => new CallSpan(options) }))
        ),
      received: Effect.suspend(() => {
        if (state._tag === "Received") return Effect.void
        state = { _tag: "Received" }
        return isDrawn ? redraw("") : Effect.void
      }),
      counted: HttpClient.transform(watched),
      interrupted: () => isUnderWay || mayHaveRun ? "mayHaveRun" : attempt === 0 ? "notSent" : "notRun"
    })
  })
