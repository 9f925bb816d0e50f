/**
 * Carries one request through: injected faults where they meet it, the checks, the action, the response, and the entry in the
 * request log.
 */
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import type * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Result from "effect/Result"
import { isEncrypted } from "./connection.ts"
import { type Outgoing, readText, respond, statusOf } from "./http.ts"
import type { InjectedFault } from "./injectedFaults.ts"
import type { InjectedResponse } from "./injectedResponses.ts"
import type { Arrived, Executed, Protocol, Written } from "./protocol.ts"
import { type Entry, recordAction, type RecordedRequest, recordParameters } from "./requestLog.ts"
import type { State } from "./state.ts"

export interface Gateway {
  readonly protocol: Protocol
  /** By `Clock`, without the skew of the gateway's clock. */
  readonly currentTimeMillis: () => number
  /** Waits, but not longer than the server runs. */
  readonly pause: (delay: Duration.Input) => Effect.Effect<void>
  readonly onRequest: ((request: RecordedRequest) => Effect.Effect<void>) | undefined
}

/** A request on its way. The state is the one that it came to, also if the gateway is reset meanwhile. */
interface Exchange {
  readonly gateway: Gateway
  readonly state: State
  readonly request: HttpServerRequest.HttpServerRequest
  readonly query: string
  readonly entry: Entry
}

const gatewayTime = ({ currentTimeMillis }: Gateway, { clockSkewMillis }: State): number =>
  currentTimeMillis() + clockSkewMillis

// ---------------------------------------------------------------------------------------------------------------------
// Responses
// ---------------------------------------------------------------------------------------------------------------------

/** A response of the API. */
const respondWith = (entry: Entry, { body, code, message }: Written): Outgoing => {
  entry.code = code
  entry.message = message
  return { injected: undefined, body }
}

/** An injected response. It may need the body of the one that it replaces. */
const replaceBy = ({ entry, gateway: { protocol } }: Exchange, injected: InjectedResponse, body?: string): Outgoing => {
  if (injected._tag === "ApiError") return respondWith(entry, protocol.writeError(injected))
  entry.code = undefined
  entry.message = undefined
  return { injected, body: body ?? protocol.emptySuccess }
}

/** Lets a fault happen to a request, and returns the response that it injects, if it does. */
const meet = Effect.fnUntraced(function*(exchange: Exchange, fault: InjectedFault | undefined, body?: string) {
  if (fault === undefined) return undefined
  exchange.entry.fault = fault.response?._tag ?? "Delay"
  if (fault.delay !== undefined) yield* exchange.gateway.pause(fault.delay)
  return fault.response === undefined ? undefined : replaceBy(exchange, fault.response, body)
})

// ---------------------------------------------------------------------------------------------------------------------
// Steps
// ---------------------------------------------------------------------------------------------------------------------

/** Reads the request, and returns the response if it ends here. */
const arrive = Effect.fnUntraced(function*(exchange: Exchange) {
  const { entry, gateway, query, request, state } = exchange
  const unread = state.injectedFaults.next(({ action, at }) => at === "arrival" && action === undefined)
  const early = unread?.response === undefined ? undefined : yield* meet(exchange, unread)
  if (early !== undefined) return Result.fail(early)

  const text = yield* readText(request, query)
  // Read first: a client that goes while this waits would take the body with it.
  yield* meet(exchange, unread)
  if (Result.isFailure(text)) return Result.fail(replaceBy(exchange, { _tag: "HttpStatus", status: text.failure }))

  const arrived = gateway.protocol.read({
    method: request.method,
    host: entry.host,
    path: entry.path,
    headers: request.headers,
    encrypted: isEncrypted(request),
    text: text.success
  })
  entry.action = recordAction(arrived.action)
  entry.parameters = recordParameters(arrived.parameters)
  const injected = yield* meet(
    exchange,
    state.injectedFaults.next(({ action, at }) => at === "arrival" && action !== undefined && action === entry.action)
  )
  return injected === undefined ? Result.succeed(arrived) : Result.fail(injected)
})

const execute = ({ entry, state }: Exchange, action: string, { executed, response }: Executed): Outgoing => {
  if (executed) {
    entry.executed = true
    state.executions.set(action, (state.executions.get(action) ?? 0) + 1)
  }
  return respondWith(entry, response)
}

/** Checks the request, and runs its action. */
const run = Effect.fnUntraced(function*(exchange: Exchange, arrived: Arrived) {
  const { entry, gateway, state } = exchange
  const accepted = arrived.check(state, gatewayTime(gateway, state))
  if (Result.isFailure(accepted)) return respondWith(entry, accepted.failure)
  const { action, run } = accepted.success

  const fault = state.injectedFaults.next((fault) =>
    fault.at !== "arrival" && (fault.action === undefined || fault.action === action)
  )
  if (fault?.at === "response") {
    const outgoing = execute(exchange, action, run(gatewayTime(gateway, state)))
    return (yield* meet(exchange, fault, outgoing.body)) ?? outgoing
  }
  const injected = yield* meet(exchange, fault)
  return injected ?? execute(exchange, action, run(gatewayTime(gateway, state)))
})

/**
 * Serves a request. The server interrupts the handler of a client that has gone. A request that has arrived is carried through
 * all the same, as the API does: only the reading of a body can be interrupted.
 */
export const serve = (
  gateway: Gateway,
  currentState: () => State
): Effect.Effect<HttpServerResponse.HttpServerResponse, never, HttpServerRequest.HttpServerRequest> =>
  Effect.uninterruptible(Effect.gen(function*() {
    const request = yield* HttpServerRequest.HttpServerRequest
    const state = currentState()
    const question = request.url.indexOf("?")
    const entry = state.requestLog.open({
      time: gateway.currentTimeMillis(),
      method: request.method,
      host: (request.headers["host"] ?? "").replace(/:\d*$/, ""),
      path: question === -1 ? request.url : request.url.slice(0, question)
    })
    const query = question === -1 ? "" : request.url.slice(question + 1)

    const exchange: Exchange = { gateway, state, request, query, entry }
    const arrived = yield* arrive(exchange)
    const outgoing = Result.isFailure(arrived) ? arrived.failure : yield* run(exchange, arrived.success)
    entry.status = statusOf(outgoing)
    if (gateway.onRequest !== undefined) yield* gateway.onRequest({ ...entry })
    return yield* respond(request, outgoing, gatewayTime(gateway, state))
  }))
