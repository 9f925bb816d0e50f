/**
 * The keys that the gateway knows, and how it treats them.
 */
import * as Redacted from "effect/Redacted"

/**
 * Denies a sub-account actions and resources. API 3.0 refuses an action with `AuthFailure.UnauthorizedOperation`, a resource with
 * `UnauthorizedOperation`.
 *
 * @category models
 */
export interface Denied {
  /** Actions that are refused with 4101. */
  readonly actions?: ReadonlyArray<string> | undefined
  /** Ids (of instances, of an image) that are refused with 4102, whatever the action. */
  readonly resources?: ReadonlyArray<string> | undefined
  /** Ids that are refused with 4103, by action. */
  readonly resourcesByAction?: { readonly [action: string]: ReadonlyArray<string> } | undefined
}

/** The account of keys that name none. */
export const defaultAccount = "100000000001"

/**
 * A pair of keys that the gateway knows, and how it is treated. A client needs the pair, and the token if there is one.
 *
 * The codes are those of API 2.0. API 3.0 has `AuthFailure.SecretIdNotFound` for 4104, `AuthFailure.TokenFailure` for 4105,
 * `AuthFailure.MFAFailure` for 4106, `AuthFailure.UnauthorizedOperation` for 4110, and `UnauthorizedOperation` for 4300.
 *
 * @category models
 */
export interface Credential {
  /** The public half, which a request names. */
  readonly secretId: string
  /** The private half, with which the gateway checks the signature. */
  readonly secretKey: Redacted.Redacted<string>
  /**
   * The account of the keys, default the same for all: `100000000001`. A `clientToken` counts within an account. Instances and
   * money are those of all accounts.
   */
  readonly account?: string | undefined
  /** The role that the keys are of, which `GetCallerIdentity` of `sts` says. By default the keys are those of the account. */
  readonly role?: string | undefined
  /** Makes the keys temporary: a request without this token is refused with 4105. */
  readonly token?: Redacted.Redacted<string> | undefined
  /** When the token ends, in milliseconds since the epoch by the gateway's clock. By default never. */
  readonly tokenExpiresAt?: number | undefined
  /** The key exists, but is refused with 4104. */
  readonly disabled?: boolean | undefined
  /** Calls need a second factor, which a signature does not have: 4106. */
  readonly mfaRequired?: boolean | undefined
  /** The account is blocked: 4300. */
  readonly blocked?: boolean | undefined
  /** Any other refusal by Cloud Access Management: 4110. */
  readonly camRefused?: boolean | undefined
  /** Makes the keys those of a sub-account that may not do this. Nothing is denied by default. */
  readonly denied?: Denied | undefined
}

/**
 * The credential that a gateway knows unless its options say otherwise. It is no secret and works nowhere else.
 *
 * **Example** (As the credentials of a client)
 *
 * ```ts
 * import { TencentGateway } from "effect-tencentcloud/testing"
 *
 * console.log(TencentGateway.testCredential.secretId) // => AKIDgatewaytestcredential000000000001
 * console.log(String(TencentGateway.testCredential.secretKey)) // => <redacted>
 * ```
 *
 * @category constants
 */
export const testCredential: Credential = {
  secretId: "AKIDgatewaytestcredential000000000001",
  secretKey: /*#__PURE__*/ Redacted.make("gatewaytestsecretkey0000000000001")
}
