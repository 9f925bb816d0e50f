/**
 * The actions that a gateway is given.
 */
import { hasProperty } from "effect/Predicate"
import * as Result from "effect/Result"
import { isReadOnlyName } from "../../../internal/readOnlyName.ts"
import type { ApiError, EventStream } from "../injectedResponses.ts"
import type { State } from "../state.ts"
import type { Action, Call, Outcome } from "./action.ts"
import { memberOf } from "./parameters.ts"
import { injectedFailure } from "./refusal.ts"

/**
 * What an action responds with: the members of its response without `RequestId`, a failure, or a stream of events.
 *
 * @category models
 */
export type ActionResponse = { readonly [name: string]: unknown } | ApiError | EventStream

/**
 * An action of API 3.0 that a gateway serves. An action that was declared for the client says its own `name`, `service` and
 * `version`.
 *
 * The gateway checks its requests as those of its own actions, except for their parameters. It adds the `RequestId`, and returns
 * the first response again where a request with a `ClientToken` comes again. Unless its name says that it only reads, each success
 * counts as an execution.
 *
 * **Example** (An action of another service)
 *
 * ```ts
 * import { NodeHttpClient, NodeHttpServer } from "@effect/platform-node"
 * import { Effect, Layer, Schema } from "effect"
 * import { TencentClient, TencentCredentials } from "effect-tencentcloud/client"
 * import { TencentGateway } from "effect-tencentcloud/testing"
 * import { TencentAction } from "effect-tencentcloud/v3"
 * import { createServer } from "node:http"
 *
 * const SendSms = TencentAction.make("SendSms", {
 *   service: "sms",
 *   version: "2021-01-11",
 *   request: Schema.Struct({ PhoneNumberSet: Schema.Array(Schema.String) }),
 *   response: Schema.Struct({ Sent: Schema.Number }),
 *   errors: { request: ["InvalidParameterValue.IncorrectPhoneNumber"] }
 * })
 * const served: TencentGateway.ServedAction = {
 *   ...SendSms,
 *   response: ({ PhoneNumberSet }) =>
 *     Array.isArray(PhoneNumberSet) && PhoneNumberSet.length > 0
 *       ? { Sent: PhoneNumberSet.length }
 *       : TencentGateway.apiError("InvalidParameterValue.IncorrectPhoneNumber")
 * }
 *
 * const program = Effect.gen(function*() {
 *   const { url } = yield* TencentGateway.TencentGateway
 *   const client = TencentClient.layer({ region: "ap-guangzhou", endpoint: new URL(url) }).pipe(
 *     Layer.provide([TencentCredentials.layer(TencentGateway.testCredential), NodeHttpClient.layerUndici])
 *   )
 *   const send = (...PhoneNumberSet: ReadonlyArray<string>) =>
 *     TencentClient.TencentClient.use((client) => client.call(SendSms, { PhoneNumberSet })).pipe(Effect.provide(client))
 *   return [(yield* send("+8613700000000")).Sent, (yield* Effect.flip(send()))._tag]
 * })
 * const live = TencentGateway.layer({ actions: [served] }).pipe(
 *   Layer.provide(NodeHttpServer.layerServer(() => createServer(), { port: 0 }))
 * )
 * console.log(await Effect.runPromise(program.pipe(Effect.provide(live))))
 * // => [ 1, 'InvalidParameterValue.IncorrectPhoneNumber' ]
 * ```
 *
 * @category models
 */
export interface ServedAction {
  /** The name of the action, such as `DescribeZones`. */
  readonly name: string
  /** The service, such as `cvm`. */
  readonly service: string
  /** The version of the service, such as `2017-03-12`. */
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
    if (key !== undefined) state.responses.remember(account, key, { request: parameters.text, response: made }, now)
    return { result: Result.succeed(made), executed }
  }
  return { name, service, version, skipSign, run }
}
