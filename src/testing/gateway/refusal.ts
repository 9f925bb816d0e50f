/**
 * Makes the failures that the gateway refuses with: a code, a message, and the `codeDesc` that documents print with it.
 */
import * as Option from "effect/Option"
import * as ErrorCode from "../../v2/ErrorCode.ts"
import { fromFault } from "../../v2/internal/construct.ts"
import type * as TencentError from "../../v2/TencentError.ts"

export type Failure = TencentError.ApiError | TencentError.UnknownErrorCode

// Printed with the code: 4000, 4100, 4104, 4106, 4300. In the error tables of cvm actions: 5000, 5300. No document prints the
// others, so they follow the string codes of the transitional list and of API 3.0, as the printed ones do.
const codeDescs: ReadonlyMap<number | string, string> = /*#__PURE__*/ new Map([
  [4000, "InvalidParameter"],
  [4100, "AuthFailure"],
  [4101, "UnauthorizedOperation"],
  [4102, "UnauthorizedResource"],
  [4103, "UnauthorizedOperationOnResource"],
  [4104, "SecretidNotExit"],
  [4105, "TokenCheckFailed"],
  [4106, "MFACheckFailed"],
  [4110, "CAMInnerError"],
  [4300, "RequestForbidden"],
  [4400, "RequestLimitExceeded"],
  [4500, "ReplayAttack"],
  [4600, "UnsupportedProtocol"],
  [5000, "InvalidInstanceId.NotFound"],
  [5100, "ResourceOpFailed"],
  [5200, "ResourceInsufficient"],
  [5300, "OperationConstraints.AccountBalanceNotEnough"],
  [5400, "PartialSuccess"],
  [5500, "AccountQualificationRestrictions"],
  [6000, "InternalError"],
  [6100, "ActionNotFound"],
  [6200, "ActionUnavailable"]
])

/** The failure of a code. Without a message it has the name of the code. */
export const refuse = (
  code: number | string,
  message?: string,
  options?: { readonly codeDesc?: string | undefined; readonly body?: { readonly [key: string]: unknown } | undefined }
): Failure => {
  const codeDesc = options?.codeDesc ?? codeDescs.get(code)
  return fromFault({
    code,
    message: message ?? Option.match(ErrorCode.fromCode(code), {
      onNone: () => `Error ${code}`,
      onSome: ({ text }) => text.en.name
    }),
    ...(codeDesc !== undefined && { codeDesc }),
    ...(options?.body !== undefined && { body: options.body })
  })
}
