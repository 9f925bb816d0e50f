/**
 * The codes of API 2.0 for the reasons of the gateway, and the `codeDesc` that documents print with them.
 */
import * as Option from "effect/Option"
import { errorCodeText } from "../../../internal/errorCodeText.ts"
import * as ErrorCode from "../../../v2/ErrorCode.ts"
import type { ApiError } from "../injectedResponses.ts"
import type { Reason, Refusal } from "../refusal.ts"
import type { Failure } from "./envelope.ts"

interface Row {
  readonly code: number
  /** Default that of the code. */
  readonly codeDesc?: string
  /** A number of the module, which stands in brackets before the message. */
  readonly moduleCode?: number
}

const rows: { readonly [R in Reason]: Row } = {
  plainHttp: { code: 4600 },
  unsupported: { code: 6100 },
  malformedRequest: { code: 4000 },
  unknownSecretId: { code: 4104 },
  wrongToken: { code: 4105 },
  secondFactor: { code: 4106, moduleCode: 60006 },
  wrongSignature: { code: 4100 },
  wrongTime: { code: 4500 },
  usedNonce: { code: 4500 },
  accountBlocked: { code: 4300 },
  tooManyRequests: { code: 4400 },
  accessRefused: { code: 4110 },
  actionDenied: { code: 4101 },
  resourceDenied: { code: 4102 },
  resourceDeniedForAction: { code: 4103 },
  maintenance: { code: 6200 },
  // The module code that documents print most often with `InvalidParameter`.
  invalidParameter: { code: 4000, moduleCode: 9003 },
  // Only API 3.0 documents this refusal, in one of its modules.
  tokenMismatch: { code: 4000, codeDesc: "IdempotentParameterMismatch" },
  instanceNotFound: { code: 5000 },
  instanceRunning: { code: 5100, codeDesc: "IncorrectInstanceStatus" },
  instanceStopped: { code: 5100, codeDesc: "IncorrectInstanceStatus" },
  batchFailed: { code: 5100 },
  batchPartlyFailed: { code: 5400 },
  typeNotSold: { code: 5200, codeDesc: "InstanceTypeNotSupported" },
  soldOut: { code: 5200 },
  balance: { code: 5300, moduleCode: 100207 },
  identity: { code: 5500 }
}

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

export const failureOf = ({ message, reason }: Refusal): Failure => {
  const { code, codeDesc, moduleCode } = rows[reason]
  return {
    code,
    message: moduleCode === undefined ? message : `(${moduleCode})${message}`,
    codeDesc: codeDesc ?? codeDescs.get(code)
  }
}

const nameOf = (code: number | string): string =>
  Option.match(ErrorCode.fromCode(code), {
    onNone: () => `Error ${code}`,
    onSome: ({ tag }) => errorCodeText[tag]?.en.name ?? tag
  })

/** The failure that a test injects. Without a message it has the name of the code. */
export const injectedFailure = ({ body, code, codeDesc, message }: ApiError): Failure => ({
  code,
  message: message ?? nameOf(code),
  codeDesc: codeDesc ?? codeDescs.get(code),
  body
})
