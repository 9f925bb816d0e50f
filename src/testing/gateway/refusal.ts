/**
 * Why the gateway refuses a request, in words of its own: each generation of the API writes them in its codes.
 */
import * as Result from "effect/Result"

export type Reason =
  | "plainHttp"
  | "unsupported"
  | "malformedRequest"
  | "unknownSecretId"
  | "wrongToken"
  | "secondFactor"
  | "wrongSignature"
  | "wrongTime"
  | "usedNonce"
  | "accountBlocked"
  | "tooManyRequests"
  | "accessRefused"
  | "actionDenied"
  | "resourceDenied"
  | "resourceDeniedForAction"
  | "maintenance"
  | "invalidParameter"
  | "tokenMismatch"
  | "instanceNotFound"
  | "instanceRunning"
  | "instanceStopped"
  | "batchFailed"
  | "batchPartlyFailed"
  | "typeNotSold"
  | "soldOut"
  | "balance"
  | "identity"

export interface Refusal {
  readonly reason: Reason
  readonly message: string
}

/** A value, or the refusal of the request that asked for it. */
export type Checked<A> = Result.Result<A, Refusal>

export const refuse = (reason: Reason, message: string): Checked<never> => Result.fail({ reason, message })
