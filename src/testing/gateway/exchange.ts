/**
 * Carries one request through: injected faults where they meet it, the checks, the action, the response, and the entry in the
 * request log.
 */
import * as Effect from "effect/Effect"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import type * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Result from "effect/Result"
import { isEncrypted } from "./connection.ts"
import { type Outgoing, type Pause, readBody, respond, statusOf } from "./http.ts"
import type { InjectedFault } from "./injectedFaults.ts"
import type { InjectedResponse } from "./injectedResponses.ts"
import type { Arrived, Executed, Head, Protocol, Written } from "./protocol.ts"
import { type Entry, recordAction, type RecordedRequest, recordParameters } from "./requestLog.ts"
import type { State } from "./state.ts"

export interface Gateway {
  /** The one that serves a request. */
  readonly protocolOf: (head: Head) => Protocol
  /** By `Clock`, without the skew of the gateway's clock. */
  readonly currentTimeMillis: () => number
  readonly pause: Pause
  readonly onRequest: ((request: RecordedRequest) => Effect.Effect<void>) | undefined
}

/** A request on its way. The state is the one that it came to, also if the gateway is reset meanwhile. */
interface Exchange {
  readonly gateway: Gateway
  readonly state: State
  readonly request: HttpServerRequest.HttpServerRequest
  readonly head: Head
  readonly protocol: Protocol
  readonly entry: Entry
}

const gatewayTime = ({ currentTimeMillis }: Gateway, { clockSkewMillis }: State): number =>
  currentTimeMillis() + clockSkewMillis

// ---------------------------------------------------------------------------------------------------------------------
// Responses
// ---------------------------------------------------------------------------------------------------------------------

/** A response of the API. */
const respondWith = (entry: Entry, response: Written): Outgoing => {
  entry.code = response.code
  entry.message = response.message
  return { injected: undefined, response }
}

/** An injected response. It may need the one that it replaces. */
const replaceBy = (
  { entry, head, protocol }: Exchange,
  injected: InjectedResponse,
  response: Outgoing["response"] = { body: protocol.emptySuccess(head) }
): Outgoing => {
  if (injected._tag === "ApiError") return respondWith(entry, protocol.writeError(injected, head))
  entry.code = undefined
  entry.message = undefined
  return { injected, response }
}

/** Lets a fault happen to a request, and returns the response that it injects, if it does. */
const meet = Effect.fnUntraced(function*(
  exchange: Exchange,
  fault: InjectedFault | undefined,
  response?: Outgoing["response"]
) {
  if (fault === undefined) return undefined
  exchange.entry.fault = fault.response?._tag ?? "Delay"
  if (fault.delay !== undefined) yield* exchange.gateway.pause(fault.delay)
  return fault.response === undefined ? undefined : replaceBy(exchange, fault.response, response)
})

// ---------------------------------------------------------------------------------------------------------------------
// Steps
// ---------------------------------------------------------------------------------------------------------------------

/** The refusal of a request that could not be read. */
const unread = (exchange: Exchange, status: number): Outgoing => {
  const { entry, head, protocol } = exchange
  return status === 400 || protocol.tooLarge === undefined
    ? replaceBy(exchange, { _tag: "HttpStatus", status })
    : respondWith(entry, protocol.tooLarge(head))
}

/** Reads the request, and returns the response if it ends here. */
const arrive = Effect.fnUntraced(function*(exchange: Exchange) {
  const { entry, head, protocol, request, state } = exchange
  const fault = state.injectedFaults.next(({ action, at }) => at === "arrival" && action === undefined)
  const early = fault?.response === undefined ? undefined : yield* meet(exchange, fault)
  if (early !== undefined) return Result.fail(early)

  const incoming = yield* readBody(request, head, protocol)
  // Read first: a client that goes while this waits would take the body with it.
  yield* meet(exchange, fault)
  if (Result.isFailure(incoming)) return Result.fail(unread(exchange, incoming.failure))

  const arrived = protocol.read(incoming.success)
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
    return (yield* meet(exchange, fault, outgoing.response)) ?? outgoing
  }
  const injected = yield* meet(exchange, fault)
  return injected ?? execute(exchange, action, run(gatewayTime(gateway, state)))
})

/** A UUID that ends with the number of the request in the request log. */
const requestIdOf = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`

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
    const head: Head = {
      method: request.method,
      host: entry.host,
      path: entry.path,
      query: question === -1 ? "" : request.url.slice(question + 1),
      headers: request.headers,
      encrypted: isEncrypted(request),
      requestId: requestIdOf(entry.number)
    }

    const exchange: Exchange = { gateway, state, request, head, protocol: gateway.protocolOf(head), entry }
    const arrived = yield* arrive(exchange)
    const outgoing = Result.isFailure(arrived) ? arrived.failure : yield* run(exchange, arrived.success)
    entry.status = statusOf(outgoing)
    if (gateway.onRequest !== undefined) yield* gateway.onRequest({ ...entry })
    return yield* respond(request, outgoing, gatewayTime(gateway, state), gateway.pause)
  }))
