/**
 * One streamed call: until its first event it is a call like any other, with its attempts; after it nothing is repeated.
 */
import * as Arr from "effect/Array"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import * as Pull from "effect/Pull"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { CallContext } from "../../internal/failure.ts"
import { hasSucceeded } from "../../internal/success.ts"
import type { ClientError, EventProtocol, StreamAction } from "../Protocol.ts"
import { Call, type Engine, type Plan, tell } from "./call.ts"
import { dataOf, isEventStream } from "./events.ts"
import type { Received } from "./received.ts"

/** A streamed call that is about to begin. */
export interface StreamPlan<Request, Response, Error, Event, R> extends Plan<Request, Response, Error, R> {
  readonly action: StreamAction<Request, Response, Error, Event, R>
  /** How long the stream may be silent after its first event, in milliseconds. */
  readonly idleTimeout: number
}

type Events<Event> = Arr.NonEmptyReadonlyArray<Event>

/** The events of a response, those that came first already there. */
interface Opened<Event, Error, R> {
  readonly first: Events<Event> | undefined
  readonly rest: Pull.Pull<Events<Event>, Error | ClientError, void, R>
}

const done: Pull.Pull<never> = /*#__PURE__*/ Cause.done()

// ---------------------------------------------------------------------------------------------------------------------
// Events
// ---------------------------------------------------------------------------------------------------------------------

/** Reads events one after the other, so that a failure comes after all events that came before it. */
class Reader<Event, Error, R> {
  private readonly received: Received<Error>
  private readonly protocol: EventProtocol<Event, Error, R>
  private readonly data: Pull.Pull<Arr.NonEmptyReadonlyArray<string>, ClientError>
  private context: CallContext
  private end: Pull.Pull<never, Error | ClientError> | undefined

  constructor(
    received: Received<Error>,
    protocol: EventProtocol<Event, Error, R>,
    data: Pull.Pull<Arr.NonEmptyReadonlyArray<string>, ClientError>,
    context: CallContext
  ) {
    this.received = received
    this.protocol = protocol
    this.data = data
    this.context = context
  }

  readonly next: Pull.Pull<Events<Event>, Error | ClientError, void, R> = Effect.suspend(() =>
    this.end ?? Effect.flatMap(this.data, (data) => this.read(data, 0, []))
  )

  /** Goes on from the event `at`. Those that were read before are in `events`. */
  private read(
    data: ReadonlyArray<string>,
    at: number,
    events: Array<Event>
  ): Pull.Pull<Events<Event>, Error | ClientError, void, R> {
    for (let i = at; i < data.length; i++) {
      const text = data[i]!
      if (this.protocol.isEnd(text)) return this.ended(events, done)
      const read = this.received.readPart(text, this.context, this.protocol.read)
      if (!hasSucceeded(read)) {
        return Effect.matchEffect(read, {
          onSuccess: (event) => this.read(data, i + 1, this.with(events, event)),
          onFailure: (error) => this.ended(events, Effect.fail(error))
        })
      }
      this.with(events, read.value)
    }
    return Arr.isArrayNonEmpty(events) ? Effect.succeed(events) : this.next
  }

  private with(events: Array<Event>, event: Event): Array<Event> {
    events.push(event)
    // The action has begun to run, whatever an event says of it later.
    if (!this.context.earlierMayHaveRun) this.context = { ...this.context, earlierMayHaveRun: true }
    return events
  }

  private ended(
    events: Array<Event>,
    end: Pull.Pull<never, Error | ClientError>
  ): Pull.Pull<Events<Event>, Error | ClientError> {
    this.end = end
    return Arr.isArrayNonEmpty(events) ? Effect.succeed(events) : end
  }

  /** The stream has been ended by an event that says so. */
  get isComplete(): boolean {
    return this.end === done
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// The call
// ---------------------------------------------------------------------------------------------------------------------

/** A response that is no stream has one event, or a failure. */
const openBody = <Event, Error, R>(
  received: Received<Error>,
  protocol: EventProtocol<Event, Error, R>
): Effect.Effect<Opened<Event, Error, R>, Error | ClientError, R> =>
  Effect.map(received.readBody(protocol.readBody), (event) => ({ first: [event], rest: done }))

/** Waits for the first event. The connection ends with the scope, or with a failure. */
const openStream = <Request, Response, Error, Event, R>(
  received: Received<Error>,
  { action: { events, protocol }, idleTimeout }: StreamPlan<Request, Response, Error, Event, R>,
  parent: Scope.Scope
): Effect.Effect<Opened<Event, Error, R>, Error | ClientError, R> =>
  Effect.suspend(() => {
    const { asked, response } = received
    const id = events.requestId(response.headers)
    const context = id === undefined ? received.context : { ...received.context, requestId: received.clean(id) }
    if (id !== undefined) context.onRequestId?.(id)
    const scope = Scope.forkUnsafe(parent)
    return Stream.toPull(dataOf(response, asked, idleTimeout)).pipe(
      Scope.provide(scope),
      Effect.flatMap((data) => {
        const reader = new Reader(received, events, data, context)
        const rest = reader.next
        return Pull.catchDone(
          Effect.map(rest, (first): Opened<Event, Error, R> => ({ first, rest })),
          () =>
            reader.isComplete
              ? Effect.succeed({ first: undefined, rest: done })
              : Effect.fail(protocol.unreadable("The stream ended without an event.", context))
        )
      }),
      Effect.onError((cause) => Scope.close(scope, Exit.failCause(cause)))
    )
  })

/** Begins a call in the given fiber, and returns its events. Its span ends with the scope. */
const open = <Request, Response, Error, Event, R>(
  engine: Engine,
  plan: StreamPlan<Request, Response, Error, Event, R>,
  request: Request,
  { context }: Fiber.Fiber<unknown, unknown>
): Effect.Effect<Pull.Pull<Events<Event>, Error | ClientError, void, R>, Error | ClientError, R | Scope.Scope> =>
  Effect.gen(function*() {
    const clock = Context.get(context, Clock.Clock)
    const scope = yield* Effect.scope
    const { ended, spanName, spanOptions } = tell(plan, context, clock)
    const span = yield* Effect.makeSpanScoped(spanName, spanOptions)
    // A program that stops, or fails for a reason of its own, does not make a failure of the call.
    let result: Exit.Exit<unknown, unknown> = Exit.void
    const noted = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
      Effect.onError(effect, (cause) => Effect.sync(() => void (result = Pull.doneExitFromCause(cause))))
    const receive = (received: Received<Error>) =>
      isEventStream(received.response) ? openStream(received, plan, scope) : openBody(received, plan.action.events)
    const call = new Call<Request, Opened<Event, Error, R>, Error, R>(engine, plan, receive, span, context, clock)
    yield* Scope.addFinalizerExit(
      scope,
      (exit) => ended(span, Exit.isFailure(exit) && Cause.hasInterrupts(exit.cause) ? exit : result, call)
    )
    const { first, rest } = yield* noted(call.run(request))
    span.event("tencentcloud.first_event", clock.currentTimeNanosUnsafe())
    const events = noted(rest)
    let isFirst = true
    return Effect.suspend(() => {
      if (!isFirst || first === undefined) return events
      isFirst = false
      return Effect.succeed(first)
    })
  })

/** The events of a call, which is planned when the stream is run: each run is a call of its own. */
export const run = <Request, Response, Error, Event, R>(
  engine: Engine,
  request: Request,
  planIn: (
    fiber: Fiber.Fiber<unknown, unknown>
  ) => Effect.Effect<StreamPlan<Request, Response, Error, Event, R>, ClientError>
): Stream.Stream<Event, Error | ClientError, R> =>
  Stream.scoped(Stream.fromPull(Effect.sync(() => {
    let events: Pull.Pull<Events<Event>, Error | ClientError, void, R> | undefined
    return Effect.withFiber((fiber): Pull.Pull<Events<Event>, Error | ClientError, void, R | Scope.Scope> =>
      events ?? planIn(fiber).pipe(
        Effect.flatMap((plan) => open(engine, plan, request, fiber)),
        Effect.flatMap((opened) => events = opened)
      )
    )
  })))
