/**
 * API 2.0, as the gateway serves it.
 */
import * as Result from "effect/Result"
import type { Accepted, Protocol, Written } from "../protocol.ts"
import * as Checks from "./checks.ts"
import { emptySuccess, type Failure, type Members, writeFailure, writeSuccess } from "./envelope.ts"
import { type Form, readForm } from "./form.ts"
import { failureOf, injectedFailure } from "./refusal.ts"

const written = (result: Result.Result<Members, Failure>): Written =>
  Result.match(result, {
    onSuccess: (members): Written => ({ body: writeSuccess(members), code: 0, message: undefined }),
    onFailure: (failure) => ({ body: writeFailure(failure), code: failure.code, message: failure.message })
  })

// The first ones in the request log, so that a long request does not push them out.
const common: ReadonlySet<string> = /*#__PURE__*/ new Set([
  "Action",
  "Region",
  "Timestamp",
  "Nonce",
  "SecretId",
  "SignatureMethod"
])

const inOrder = (values: Form["values"]): Form["values"] =>
  new Map([...[...values].filter(([name]) => common.has(name)), ...values])

// The documented limit.
const maxBodySize = 1024 * 1024

export const protocol: Protocol = {
  maxBodySize,
  read: (incoming) => {
    const form = readForm(incoming)
    const parameters = Result.isSuccess(form) ? inOrder(form.success.values) : new Map<string, string>()
    return {
      action: parameters.get("Action"),
      parameters,
      check: (state, now) =>
        Checks.check(state, incoming, form, now).pipe(
          Result.mapError((refusal) => written(Result.fail(failureOf(refusal)))),
          Result.map(({ account, action, form, name, region }): Accepted => ({
            action: name,
            run: (now) => {
              const { executed, result } = action.run(state.cvm, { parameters: form.values, region, account, now })
              return { response: written(result), executed }
            }
          }))
        )
    }
  },
  writeError: (error) => {
    const failure = injectedFailure(error)
    return { body: writeFailure(failure, error.form), code: failure.code, message: failure.message }
  },
  emptySuccess: () => emptySuccess
}
