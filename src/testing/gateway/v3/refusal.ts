/**
 * The codes of API 3.0 for the reasons of the gateway, and failures that only API 3.0 has.
 */
import * as Result from "effect/Result"
import type { ApiError } from "../injectedResponses.ts"
import type { Reason, Refusal } from "../refusal.ts"

/** The members of `Response.Error`. */
export interface Failure {
  readonly code: string
  readonly message: string
  /** More members. */
  readonly body?: { readonly [key: string]: unknown } | undefined
}

/** A value, or the failure of the request that asked for it. */
export type Checked<A> = Result.Result<A, Failure>

export const fail = (code: string, message: string): Checked<never> => Result.fail({ code, message })

/** A parameter that a person wrote, short enough for a message. */
export const shown = (text: string): string => text.slice(0, 64)

// The codes that the documents of cvm print for its actions, and the common ones for what comes before an action.
const codes: { readonly [R in Reason]: string } = {
  plainHttp: "UnsupportedProtocol",
  unsupported: "InvalidAction",
  malformedRequest: "InvalidParameter",
  unknownSecretId: "AuthFailure.SecretIdNotFound",
  wrongToken: "AuthFailure.TokenFailure",
  secondFactor: "AuthFailure.MFAFailure",
  wrongSignature: "AuthFailure.SignatureFailure",
  wrongTime: "AuthFailure.SignatureExpire",
  // API 3.0 remembers no nonces.
  usedNonce: "AuthFailure.SignatureExpire",
  accountBlocked: "UnauthorizedOperation",
  tooManyRequests: "RequestLimitExceeded",
  accessRefused: "AuthFailure.UnauthorizedOperation",
  actionDenied: "AuthFailure.UnauthorizedOperation",
  resourceDenied: "UnauthorizedOperation",
  resourceDeniedForAction: "UnauthorizedOperation",
  maintenance: "ServiceUnavailable",
  invalidParameter: "InvalidParameterValue",
  // Printed by another service than cvm, which prints nothing for it.
  tokenMismatch: "UnsupportedOperation.IdempotentParameterMismatch",
  instanceNotFound: "InvalidInstanceId.NotFound",
  instanceRunning: "UnsupportedOperation.InstanceStateRunning",
  instanceStopped: "UnsupportedOperation.InstanceStateStopped",
  // A batch of API 3.0 is done as a whole or not at all.
  batchFailed: "FailedOperation",
  batchPartlyFailed: "FailedOperation",
  typeNotSold: "InvalidParameterValue.InstanceTypeNotFound",
  soldOut: "ResourcesSoldOut.SpecifiedInstanceType",
  balance: "InvalidAccount.InsufficientBalance",
  identity: "AccountQualificationRestrictions"
}

export const failureOf = ({ message, reason }: Refusal): Failure => ({ code: codes[reason], message })

/** The failure of a check that knows no generation. */
export const ours = <A>(checked: Result.Result<A, Refusal>): Checked<A> => Result.mapError(checked, failureOf)

/** The failure that a test injects. */
export const injectedFailure = ({ body, code, message }: ApiError): Failure => ({
  code: String(code),
  message: message ?? `The request failed with ${code}.`,
  body
})
