/**
 * API 3.0, as the gateway serves it.
 */
import * as Result from "effect/Result"
import { type ApiError, isEventStream } from "../injectedResponses.ts"
import type { Accepted, Head, Recognizing, Written } from "../protocol.ts"
import { writeFailure as writeV2Failure } from "../v2/envelope.ts"
import { injectedFailure as injectedV2Failure } from "../v2/refusal.ts"
import type { Action, Outcome } from "./action.ts"
import { check, path, serviceHost } from "./checks.ts"
import * as cvm from "./cvm.ts"
import { emptySuccess, writeFailure, writeStream, writeSuccess } from "./envelope.ts"
import * as hunyuan from "./hunyuan.ts"
import { injectedFailure } from "./refusal.ts"
import { readRequest, recorded } from "./request.ts"
import { type ServedAction, toAction } from "./served.ts"
import * as sts from "./sts.ts"

// The documented limit of a signed request. A form has a smaller one.
const maxBodySize = 10 * 1024 * 1024

const written = ({ result }: Outcome, head: Head): Written =>
  Result.match(result, {
    onFailure: (failure) => writeFailure(failure, head),
    onSuccess: (response) => isEventStream(response) ? writeStream(response, head) : writeSuccess(response, head)
  })

/** A number is a code of API 2.0, and comes as some addresses of API 3.0 still send it. */
const writeError = (error: ApiError, head: Head): Written => {
  if (typeof error.code === "string" && error.form === undefined) return writeFailure(injectedFailure(error), head)
  const failure = injectedV2Failure(error)
  return { body: writeV2Failure(failure, error.form), code: failure.code, message: failure.message }
}

/** `given` are actions that are served besides those of the gateway, or in place of them. */
export const makeProtocol = (given: ReadonlyArray<ServedAction>): Recognizing => {
  const actions: ReadonlyArray<Action> = [
    ...given.map(toAction),
    ...cvm.actions(),
    ...sts.actions(),
    ...hunyuan.actions()
  ]
  return {
    serves: ({ headers, host, path: at }) =>
      at === path || headers["x-tc-action"] !== undefined || serviceHost.test(host),
    maxBodySize,
    tooLarge: (head) =>
      writeFailure({ code: "RequestSizeLimitExceeded", message: "The request is larger than it may be." }, head),
    read: (incoming) => {
      const request = readRequest(incoming)
      return {
        action: request.common.action,
        parameters: recorded(request),
        check: (state, now) =>
          check(state, actions, incoming, request, now).pipe(
            Result.mapError((failure) => writeFailure(failure, incoming)),
            Result.map(({ account, action, parameters, region, secretId }): Accepted => ({
              action: action.name,
              run: (now) => {
                const outcome = action.run(state, { parameters, region, account, secretId, now })
                return { response: written(outcome, incoming), executed: outcome.executed }
              }
            }))
          )
      }
    },
    writeError,
    emptySuccess
  }
}
