/**
 * The catalogue: the common error codes of the Tencent Cloud API 2.0 as a table, one constant per code. A row holds the
 * number, the tag of the error class and the kind, which decides the rest: `ErrorKind.table` has the category, the retry
 * class and the outcome of each kind. The errors and the error pages in `docs/` read from here.
 *
 * It is data and nothing else. It makes no errors (`TencentError`), reads no responses (`TencentResponse`) and has no words
 * for people (`explain`). It covers the common list only: modules reuse its numbers with meanings
 * of their own, and add others.
 *
 * The common list, where the numbers and their meanings come from: https://www.tencentcloud.com/document/api/214/11602
 */
import * as Option from "effect/Option"
import type { ErrorKind } from "../ErrorKind.ts"

/**
 * The shape of a row. Use {@link CatalogueRow} for the rows there are: it knows their literal values.
 *
 * @category models
 */
export interface Row {
  /** The number in the `code` field of a response. */
  readonly code: number
  /** The `_tag` of the error class. */
  readonly tag: string
  /** What the failure means. `ErrorKind.table` has its category, its retry class and its outcome. */
  readonly kind: ErrorKind
}

export {
  /**
   * The page of the common list: the source of the numbers, and the documentation link of a code that has no better one.
   *
   * @category constants
   */
  errorCodesPage
} from "../internal/errorCodeText.ts"

// One constant per row, so that a bundler keeps only those in use.

/**
 * Code 4000 of the common list: a required parameter is missing, or a value has the wrong format.
 *
 * @category constants
 */
export const InvalidParameter = { code: 4000, tag: "InvalidParameter", kind: "request" } as const satisfies Row

/**
 * Code 4100 of the common list: the caller could not be authenticated, as a rule because the signature is wrong.
 *
 * @category constants
 */
export const AuthenticationFailed = {
  code: 4100,
  tag: "AuthenticationFailed",
  kind: "credentials"
} as const satisfies Row

/**
 * Code 4101 of the common list: the main account has not let this sub-account call the API.
 *
 * @category constants
 */
export const UnauthorizedApi = { code: 4101, tag: "UnauthorizedApi", kind: "permission" } as const satisfies Row

/**
 * Code 4102 of the common list: the main account has not given this sub-account access to the resource.
 *
 * @category constants
 */
export const UnauthorizedResource = {
  code: 4102,
  tag: "UnauthorizedResource",
  kind: "permission"
} as const satisfies Row

/**
 * Code 4103 of the common list: the sub-account may not reach the resource that this API call works on.
 *
 * @category constants
 */
export const UnauthorizedApiResource = {
  code: 4103,
  tag: "UnauthorizedApiResource",
  kind: "permission"
} as const satisfies Row

/**
 * Code 4104 of the common list: the key that the request was signed with is unknown.
 *
 * @category constants
 */
export const SecretIdNotFound = { code: 4104, tag: "SecretIdNotFound", kind: "credentials" } as const satisfies Row

/**
 * Code 4105 of the common list: the token of temporary credentials is wrong or has run out.
 *
 * @category constants
 */
export const InvalidToken = { code: 4105, tag: "InvalidToken", kind: "credentials" } as const satisfies Row

/**
 * Code 4106 of the common list: the multi-factor check did not pass.
 *
 * @category constants
 */
export const MfaFailed = { code: 4106, tag: "MfaFailed", kind: "authentication" } as const satisfies Row

/**
 * Code 4110 of the common list: CAM, the access management, refused for any other reason.
 *
 * @category constants
 */
export const CamAuthenticationFailed = {
  code: 4110,
  tag: "CamAuthenticationFailed",
  kind: "authentication"
} as const satisfies Row

/**
 * Code 4300 of the common list: the account is blocked, or is not among the users the API is open to.
 *
 * @category constants
 */
export const AccessDenied = { code: 4300, tag: "AccessDenied", kind: "permission" } as const satisfies Row

/**
 * Code 4400 of the common list: more requests than the request quota allows (a rate, not a number of resources).
 *
 * @category constants
 */
export const QuotaExceeded = { code: 4400, tag: "QuotaExceeded", kind: "throttled" } as const satisfies Row

/**
 * Code 4500 of the common list: the Nonce was used before, or the Timestamp is over 5 minutes off server time.
 *
 * @category constants
 */
export const ReplayAttack = { code: 4500, tag: "ReplayAttack", kind: "replay" } as const satisfies Row

/**
 * Code 4600 of the common list: the request came over HTTP, and the API speaks HTTPS only.
 *
 * @category constants
 */
export const UnsupportedProtocol = {
  code: 4600,
  tag: "UnsupportedProtocol",
  kind: "unsupported"
} as const satisfies Row

/**
 * Code 5000 of the common list: no instance has this id, it was returned, or it belongs to someone else.
 *
 * @category constants
 */
export const ResourceNotFound = { code: 5000, tag: "ResourceNotFound", kind: "notFound" } as const satisfies Row

/**
 * Code 5100 of the common list: the operation on the resource failed; nothing says how far it came.
 *
 * @category constants
 */
export const ResourceOperationFailed = {
  code: 5100,
  tag: "ResourceOperationFailed",
  kind: "operationFailed"
} as const satisfies Row

/**
 * Code 5200 of the common list: the purchase failed, for example an unsupported configuration or no stock.
 *
 * @category constants
 */
export const ResourcePurchaseFailed = {
  code: 5200,
  tag: "ResourcePurchaseFailed",
  kind: "soldOut"
} as const satisfies Row

/**
 * Code 5300 of the common list: the balance does not cover the purchase or upgrade.
 *
 * @category constants
 */
export const InsufficientBalance = { code: 5300, tag: "InsufficientBalance", kind: "balance" } as const satisfies Row

/**
 * Code 5400 of the common list: a batch was carried out in part; the returned value tells which items.
 *
 * @category constants
 */
export const PartialSuccess = { code: 5400, tag: "PartialSuccess", kind: "partial" } as const satisfies Row

/**
 * Code 5500 of the common list: the purchase was refused because the user's identity is not verified.
 *
 * @category constants
 */
export const IdentityNotVerified = { code: 5500, tag: "IdentityNotVerified", kind: "identity" } as const satisfies Row

/**
 * Code 6000 of the common list: something broke inside the server; nothing says whether the action ran.
 *
 * @category constants
 */
export const InternalError = { code: 6000, tag: "InternalError", kind: "internal" } as const satisfies Row

/**
 * Code 6100 of the common list: the version lacks the API, it is in maintenance, or the domain is another module's.
 *
 * @category constants
 */
export const UnsupportedVersion = { code: 6100, tag: "UnsupportedVersion", kind: "unsupported" } as const satisfies Row

/**
 * Code 6200 of the common list: the API is closed for maintenance for the moment.
 *
 * @category constants
 */
export const ApiUnavailable = { code: 6200, tag: "ApiUnavailable", kind: "unavailable" } as const satisfies Row

/**
 * All 22 rows in code order, as the [common list](https://www.tencentcloud.com/document/api/214/11602) numbers them.
 *
 * **Example** (Filter rows)
 *
 * ```ts
 * import { ErrorCode, ErrorKind } from "effect-tencentcloud"
 *
 * const billing = ErrorCode.catalogue.filter((row) => ErrorKind.table[row.kind].category === "Billing")
 *
 * console.log(ErrorCode.catalogue.length) // => 22
 * console.log(billing.map((row) => row.code).join(", ")) // => 5200, 5300, 5500
 * ```
 *
 * @category catalogue
 */
export const catalogue = [
  InvalidParameter,
  AuthenticationFailed,
  UnauthorizedApi,
  UnauthorizedResource,
  UnauthorizedApiResource,
  SecretIdNotFound,
  InvalidToken,
  MfaFailed,
  CamAuthenticationFailed,
  AccessDenied,
  QuotaExceeded,
  ReplayAttack,
  UnsupportedProtocol,
  ResourceNotFound,
  ResourceOperationFailed,
  ResourcePurchaseFailed,
  InsufficientBalance,
  PartialSuccess,
  IdentityNotVerified,
  InternalError,
  UnsupportedVersion,
  ApiUnavailable
] as const satisfies ReadonlyArray<Row>

/**
 * A row of the catalogue: the union of the 22, with literal types.
 *
 * @category models
 */
export type CatalogueRow = (typeof catalogue)[number]

/**
 * A number of the common list: `4000 | 4100 | ... | 6200`.
 *
 * @category models
 */
export type Code = CatalogueRow["code"]

/**
 * A tag of the catalogue: `"InvalidParameter" | "AuthenticationFailed" | ... | "ApiUnavailable"`.
 *
 * @category models
 */
export type Tag = CatalogueRow["tag"]

/**
 * The row with the tag `T`; for a union of tags, the union of their rows.
 *
 * @category models
 */
export type RowOf<T extends Tag> = Extract<CatalogueRow, { readonly tag: T }>

const byCode = /*#__PURE__*/ (() => new Map<number, CatalogueRow>(catalogue.map((row) => [row.code, row])))()

const byTag = /*#__PURE__*/ (() => new Map<string, CatalogueRow>(catalogue.map((row) => [row.tag, row])))()

const decimalDigits = /^\s*[0-9]+\s*$/

/**
 * Finds the row of a code. A response carries the code as a number or as a string, so both are read. A string may have
 * blanks around it and otherwise decimal digits only: no sign, fraction, exponent or prefix. What is not in the
 * catalogue is `None`, 0 included.
 *
 * **Example** (Numbers and strings)
 *
 * ```ts
 * import { ErrorCode } from "effect-tencentcloud"
 * import * as Option from "effect/Option"
 *
 * const tagOf = (code: number | string) =>
 *   Option.match(ErrorCode.fromCode(code), { onNone: () => "not in the catalogue", onSome: (row) => row.tag })
 *
 * console.log(tagOf(4500)) // => ReplayAttack
 * console.log(tagOf("5100")) // => ResourceOperationFailed
 * console.log(tagOf(4200)) // => not in the catalogue
 * ```
 *
 * @see {@link fromTag} for a tag, which always has a row
 *
 * @category lookup
 */
export const fromCode = (code: number | string): Option.Option<CatalogueRow> =>
  Option.fromUndefinedOr(
    typeof code === "string" ? (decimalDigits.test(code) ? byCode.get(Number(code)) : undefined) : byCode.get(code)
  )

/**
 * Finds the row of a tag. Every tag has one, and the type of the row follows from the tag.
 *
 * **Example** (From tag to meaning)
 *
 * ```ts
 * import { ErrorCode, ErrorKind } from "effect-tencentcloud"
 *
 * const row = ErrorCode.fromTag("ResourceOperationFailed")
 *
 * console.log(row.code, row.kind) // => 5100 operationFailed
 * console.log(ErrorKind.table[row.kind].outcome) // => unknown
 * ```
 *
 * @see {@link fromCode} for the code of a response
 *
 * @category lookup
 */
export const fromTag = <const T extends Tag>(tag: T): RowOf<T> => byTag.get(tag) as RowOf<T>
