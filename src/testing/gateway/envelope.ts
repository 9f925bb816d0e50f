/**
 * Writes the bodies of the gateway.
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as TencentResponse from "../../v2/TencentResponse.ts"
import type { Failure } from "./refusal.ts"

/**
 * How a failure is written: with a number for a code as most modules do, with the digits as text as every sixth printed body
 * does, or in the transitional envelope `{ Response: { Error: { Code, Message }, RequestId } }`.
 *
 * @category models
 */
export type ErrorForm = "number" | "string" | "transitional"

// The string codes of the transitional list. It has none for the rows that are not here.
const transitionalCodes: ReadonlyMap<number | string, string> = /*#__PURE__*/ new Map([
  [4000, "InvalidParameter"],
  [4100, "InvalidParameter.SignatureFailure"],
  [4101, "UnauthorizedOperation"],
  [4102, "UnauthorizedOperation"],
  [4103, "UnauthorizedOperation"],
  [4104, "InvalidParameter.SecretIdNotFound"],
  [4105, "InvalidRequest.TokenCheckFailed"],
  [4106, "InvalidRequest.MFACheckFailed"],
  [4110, "InternalError.CAMInnerError"],
  [4300, "InvalidRequest.Forbidden"],
  [4400, "InvalidRequest.LimitExceeded"],
  [4500, "InvalidRequest.ReplayAttack"],
  [4600, "InvalidRequest.UnsupportedProtocol"],
  [5100, "InternalError.ResourceOpFailed"],
  [6000, "InternalError"],
  [6100, "InvalidAction.NotFound"],
  [6200, "InvalidAction.ActionUnavailable"]
])

const encode = /*#__PURE__*/ (() => Schema.encodeSync(TencentResponse.schema(Schema.Unknown)))()

const transitional = (failure: Failure) => ({
  Response: {
    Error: {
      Code: transitionalCodes.get(failure.code) ?? failure.codeDesc ?? String(failure.code),
      Message: failure.message
    },
    RequestId: failure.requestId ?? ""
  }
})

export const writeSuccess = (payload: { readonly [key: string]: unknown }): string =>
  JSON.stringify(encode(Result.succeed({ codeDesc: "Success", ...payload })))

export const writeFailure = (failure: Failure, form: ErrorForm = "number"): string => {
  if (form === "transitional") return JSON.stringify(transitional(failure))
  const body = encode(Result.fail(failure))
  return JSON.stringify(form === "string" ? Object.assign({}, body, { code: String(failure.code) }) : body)
}
