/**
 * The actions that a gateway is given.
 */
import { hasProperty } from "effect/Predicate"
import * as Result from "effect/Result"
import { isReadOnlyName } from "../../../internal/readOnlyName.ts"
import { type ApiError, type EventStream, isEventStream } from "../injectedResponses.ts"
import type { State } from "../state.ts"
import type { Action, Call, Outcome } from "./action.ts"
import type { Members } from "./envelope.ts"
import { memberOf } from "./parameters.ts"
import { injectedFailure } from "./refusal.ts"

/**
 * What an action responds with: the members of its response without `RequestId`, a failure, or a stream of events.
 *
 * @category models
 */
export type ActionResponse = { readonly [name: string]: unknown } | ApiError | EventStream

/**
 * An action of API 3.0 that a gateway serves. What an action of `TencentAction.make` or of a services module says of itself fits.
 *
 * @category models
 */
export interface ServedAction {
  readonly name: string
  readonly service: string
  readonly version: string
  /** Whether a request with `Authorization: SKIP` is served, default `false`. */
  readonly skipSign?: boolean | undefined
  /** The response to every request, or a function of the request. */
  readonly response: ActionResponse | ((request: { readonly [name: string]: unknown }) => ActionResponse)
}

const isApiError = (response: ActionResponse): response is ApiError =>
  hasProperty(response, "_tag") && response._tag === "ApiError"

/** With the client token of an earlier request, a request is that one again. */
const again = (state: State, { account, now, parameters }: Call, key: string | undefined): Outcome | undefined => {
  const known = key === undefined ? undefined : state.responses.find(account, key, now)
  if (known === undefined) return undefined
  return {
    result: known.request === parameters.text
      ? Result.succeed(known.response)
      : Result.fail({
        code: "UnsupportedOperation.IdempotentParameterMismatch",
        message: "The client token was used for a request with other parameters"
      }),
    executed: false
  }
}

/** An action that was given counts as one that changes something, unless its name says that it only reads. */
export const toAction = ({ name, response, service, skipSign = false, version }: ServedAction): Action => {
  const run = (state: State, call: Call): Outcome => {
    const { account, now, parameters } = call
    const token = memberOf(parameters.members, "ClientToken")
    const key = typeof token === "string" ? `${service}.${name} ${token}` : undefined
    const known = again(state, call, key)
    if (known !== undefined) return known
    const made = typeof response === "function" ? response(parameters.members) : response
    if (isApiError(made)) return { result: Result.fail(injectedFailure(made)), executed: false }
    const executed = !isReadOnlyName(name)
    if (isEventStream(made)) return { result: Result.succeed(made), executed }
    const members: Members = made
    if (key !== undefined) state.responses.remember(account, key, { request: parameters.text, response: members }, now)
    return { result: Result.succeed(members), executed }
  }
  return { name, service, version, skipSign, run }
}
