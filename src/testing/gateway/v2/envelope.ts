/**
 * Writes the bodies of responses: the members of a success or the failure fields, beside the code.
 */
import type { ErrorForm } from "../injectedResponses.ts"

/** The failure fields of a body. */
export interface Failure {
  readonly code: number | string
  readonly message: string
  readonly codeDesc?: string | undefined
  /** More members, such as the `detail` of a batch. */
  readonly body?: Members | undefined
}

export type Members = { readonly [key: string]: unknown }

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

export const emptySuccess = "{\"code\":0,\"message\":\"\"}"

export const writeSuccess = (members: Members): string =>
  JSON.stringify({ code: 0, message: "", codeDesc: "Success", ...members })

export const writeFailure = ({ body, code, codeDesc, message }: Failure, form: ErrorForm = "number"): string => {
  if (form === "transitional") {
    const Code = transitionalCodes.get(code) ?? codeDesc ?? String(code)
    return JSON.stringify({ Response: { Error: { Code, Message: message }, RequestId: "" } })
  }
  return JSON.stringify({ ...body, code: form === "string" ? String(code) : code, message, codeDesc })
}
