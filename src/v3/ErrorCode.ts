/**
 * The catalogue: the common error codes of the Tencent Cloud API 3.0 with their kinds, and what any other code means by its
 * family. It also says which codes of API 3.0 mean what a code of API 2.0 means.
 *
 * A code of API 3.0 is text: a common code, such as `ResourceNotFound`, or a code of one service, such as
 * `ResourceNotFound.TopicNotExist` or `InvalidInstanceId.NotFound`. Its *family* is the part before the first dot. Nobody can
 * list the codes of all services, but nearly all of them belong to the family of a common code.
 *
 * It is data and nothing else. It makes no errors (`TencentError`), reads no responses (`TencentResponse`) and has no words
 * for people (`Failure.explain`). The kinds of the codes that an action declares are with the action.
 *
 * The common list, where the codes and their meanings come from: https://www.tencentcloud.com/document/product/1140/51177
 */
import * as Option from "effect/Option"
import * as ErrorKind from "../ErrorKind.ts"

// ---------------------------------------------------------------------------------------------------------------------
// The common codes
// ---------------------------------------------------------------------------------------------------------------------

/**
 * The shape of a row. Use {@link CatalogueRow} for the rows there are: it knows their literal values.
 *
 * @category models
 */
export interface Row {
  /** The code, which is also the `_tag` of the error. */
  readonly code: string
  /** What the failure means. `ErrorKind.table` has its category and its retry class. */
  readonly kind: ErrorKind.ErrorKind
}

/**
 * All 40 rows: the 38 codes of the common list, and `AuthFailure` and `OperationDenied`, which the list lacks and most services
 * use.
 *
 * **Example** (Filter rows)
 *
 * ```ts
 * import { ErrorCode } from "effect-tencentcloud/v3"
 *
 * const throttled = ErrorCode.catalogue.filter((row) => row.kind === "throttled")
 *
 * console.log(ErrorCode.catalogue.length, throttled.length) // => 40 4
 * ```
 *
 * @category catalogue
 */
export const catalogue = [
  { code: "ActionOffline", kind: "unsupported" },
  { code: "AuthFailure", kind: "authentication" },
  { code: "AuthFailure.InvalidAuthorization", kind: "authentication" },
  { code: "AuthFailure.InvalidSecretId", kind: "credentials" },
  { code: "AuthFailure.MFAFailure", kind: "authentication" },
  { code: "AuthFailure.SecretIdNotFound", kind: "credentials" },
  { code: "AuthFailure.SignatureExpire", kind: "replay" },
  { code: "AuthFailure.SignatureFailure", kind: "authentication" },
  { code: "AuthFailure.TokenFailure", kind: "credentials" },
  { code: "AuthFailure.UnauthorizedOperation", kind: "permission" },
  { code: "DryRunOperation", kind: "dryRun" },
  { code: "FailedOperation", kind: "operationFailed" },
  { code: "InternalError", kind: "internal" },
  { code: "InvalidAction", kind: "unsupported" },
  { code: "InvalidParameter", kind: "request" },
  { code: "InvalidParameterValue", kind: "request" },
  { code: "InvalidRequest", kind: "request" },
  { code: "IpInBlacklist", kind: "permission" },
  { code: "IpNotInWhitelist", kind: "permission" },
  { code: "LimitExceeded", kind: "limitExceeded" },
  { code: "MissingParameter", kind: "request" },
  { code: "NoSuchProduct", kind: "unsupported" },
  { code: "NoSuchVersion", kind: "unsupported" },
  { code: "OperationDenied", kind: "wrongState" },
  { code: "RequestLimitExceeded", kind: "throttled" },
  { code: "RequestLimitExceeded.GlobalRegionUinLimitExceeded", kind: "throttled" },
  { code: "RequestLimitExceeded.IPLimitExceeded", kind: "throttled" },
  { code: "RequestLimitExceeded.UinLimitExceeded", kind: "throttled" },
  { code: "RequestSizeLimitExceeded", kind: "request" },
  { code: "ResourceInUse", kind: "inUse" },
  { code: "ResourceInsufficient", kind: "soldOut" },
  { code: "ResourceNotFound", kind: "notFound" },
  { code: "ResourceUnavailable", kind: "wrongState" },
  { code: "ResponseSizeLimitExceeded", kind: "request" },
  { code: "ServiceUnavailable", kind: "unavailable" },
  { code: "UnauthorizedOperation", kind: "permission" },
  { code: "UnknownParameter", kind: "request" },
  { code: "UnsupportedOperation", kind: "unsupported" },
  { code: "UnsupportedProtocol", kind: "unsupported" },
  { code: "UnsupportedRegion", kind: "unsupported" }
] as const satisfies ReadonlyArray<Row>

/**
 * A row of the catalogue: the union of the 40, with literal types.
 *
 * @category models
 */
export type CatalogueRow = (typeof catalogue)[number]

/**
 * A common code: `"ActionOffline" | "AuthFailure" | ... | "UnsupportedRegion"`.
 *
 * @category models
 */
export type Code = CatalogueRow["code"]

/**
 * The kind of the common code `C`.
 *
 * @category models
 */
export type KindOf<C extends Code> = Extract<CatalogueRow, { readonly code: C }>["kind"]

/**
 * The kinds that a code has which nobody declared: those of the families, and `unknown`.
 *
 * @category models
 */
export type UnknownCodeKind = CatalogueRow["kind"] | "unknown"

const byCode = /*#__PURE__*/ (() => new Map<string, CatalogueRow>(catalogue.map((row) => [row.code, row])))()

/**
 * Finds the row of a common code. Codes are compared exactly: services have codes that differ in the case of a letter only.
 *
 * **Example** (A common code, and one of a service)
 *
 * ```ts
 * import { ErrorCode } from "effect-tencentcloud/v3"
 * import * as Option from "effect/Option"
 *
 * console.log(Option.map(ErrorCode.fromCode("LimitExceeded"), (row) => row.kind)) // => { _id: 'Option', _tag: 'Some', value: 'limitExceeded' }
 * console.log(Option.isNone(ErrorCode.fromCode("LimitExceeded.Topic"))) // => true
 * ```
 *
 * @category lookup
 */
export const fromCode = (code: string): Option.Option<CatalogueRow> => Option.fromUndefinedOr(byCode.get(code))

// ---------------------------------------------------------------------------------------------------------------------
// Families
// ---------------------------------------------------------------------------------------------------------------------

/**
 * The family of a code: the part before the first dot, or the whole code where there is none.
 *
 * **Example** (Of four codes)
 *
 * ```ts
 * import { ErrorCode } from "effect-tencentcloud/v3"
 *
 * console.log(ErrorCode.familyOf("InvalidInstanceId.NotFound")) // => InvalidInstanceId
 * console.log(ErrorCode.familyOf("FailedOperation.DeleteTrigger.UrlUsed")) // => FailedOperation
 * console.log(ErrorCode.familyOf("InternalError.")) // => InternalError
 * console.log(ErrorCode.familyOf("ResourceInUse")) // => ResourceInUse
 * ```
 *
 * @category families
 */
export const familyOf = (code: string): string => {
  const dot = code.indexOf(".")
  return dot === -1 ? code : code.slice(0, dot)
}

/**
 * The kind of a code that nobody declared: that of the common code, else that of its family, else `unknown`. It is a guess: a
 * family says little of what its codes mean (`InternalError.DataNotFound`).
 *
 * Only the bare `DryRunOperation` is a dry run that would have succeeded.
 *
 * **Example** (A common code, a family, and neither)
 *
 * ```ts
 * import { ErrorCode } from "effect-tencentcloud/v3"
 *
 * console.log(ErrorCode.kindOf("AuthFailure.TokenFailure")) // => credentials
 * console.log(ErrorCode.kindOf("RequestLimitExceeded.PerSecond")) // => throttled
 * console.log(ErrorCode.kindOf("InvalidInstanceId.NotFound")) // => unknown
 * ```
 *
 * @category lookup
 */
export const kindOf = (code: string): UnknownCodeKind => {
  const exact = byCode.get(code)
  if (exact !== undefined) return exact.kind
  const family = byCode.get(familyOf(code))
  return family === undefined || family.kind === "dryRun" ? "unknown" : family.kind
}

// ---------------------------------------------------------------------------------------------------------------------
// Outcome
// ---------------------------------------------------------------------------------------------------------------------

/** What a sub-code says where the server itself does not know how far it came. */
const doubtful = [
  "success",
  "partial",
  "timeout",
  "timedout",
  "internal",
  "system",
  "server",
  "database",
  "exception",
  "unknown"
]

const isRefusal = (kind: ErrorKind.ErrorKind): boolean => ErrorKind.table[kind].outcome === "notRun"

/** The action has run where its response is too large. */
const tooLarge = "ResponseSizeLimitExceeded"

/** A dry run that did not pass can have failed anywhere. */
const dryRun = "DryRunOperation"

/** A request that came twice: the first one may have run. */
const repeated = "RequestLimitExceeded.RepeatRequest"

const provesNothing = (code: string, family: string): boolean => {
  if (family === tooLarge || code === repeated) return true
  if (family === code) return false
  const rest = code.slice(family.length + 1).toLowerCase()
  return family === dryRun || doubtful.some((word) => rest.includes(word))
}

/**
 * Whether the action ran, by a code and its kind: `notRun` or `unknown`. The kind of most codes is a guess from their names, so
 * it alone proves nothing. It is `notRun` only if
 *
 * - the family is a common code, and the usual outcome of its kind is `notRun`;
 * - the usual outcome of the kind is `notRun` too;
 * - the rest of the code has no word such as `timeout`, `internal` or `partial` in it.
 *
 * **Example** (What a name proves)
 *
 * ```ts
 * import { ErrorCode } from "effect-tencentcloud/v3"
 *
 * console.log(ErrorCode.outcomeOf("ResourceNotFound.TopicNotExist", "notFound")) // => notRun
 * console.log(ErrorCode.outcomeOf("FailedOperation.TopicNotExist", "notFound")) // => unknown
 * console.log(ErrorCode.outcomeOf("LimitExceeded.ResponseTimeout", "limitExceeded")) // => unknown
 * ```
 *
 * @category lookup
 */
export const outcomeOf = (code: string, kind: ErrorKind.ErrorKind): "notRun" | "unknown" => {
  const family = byCode.get(familyOf(code))
  return family !== undefined && isRefusal(family.kind) && isRefusal(kind) && !provesNothing(code, family.code)
    ? "notRun"
    : "unknown"
}

// ---------------------------------------------------------------------------------------------------------------------
// API 2.0
// ---------------------------------------------------------------------------------------------------------------------

/**
 * How well the codes of API 3.0 fit a code of API 2.0:
 *
 * - `same`: one code means the same
 * - `several`: several codes share the meaning; the first is the nearest
 * - `partly`: the codes mean a part of it, or something close
 * - `services`: there is no common code; services have codes of their own, such as those in the row
 * - `none`: there is no such failure
 *
 * @category models
 */
export type Fit = "same" | "several" | "partly" | "services" | "none"

/**
 * A code of API 2.0, and the codes of API 3.0 that mean it.
 *
 * @category models
 */
export interface Counterpart {
  /** The number of API 2.0. */
  readonly v2: number
  /** The codes of API 3.0, the nearest first. */
  readonly v3: ReadonlyArray<string>
  /** How well the codes of API 3.0 fit. */
  readonly fit: Fit
}

/**
 * For each code of API 2.0 the codes of API 3.0 that mean it. The vendor publishes no such list: the pairs are read from the
 * descriptions of both lists.
 *
 * - 4200, an expired request, is from an older list, and not in the catalogue of API 2.0.
 * - 4500 is about the nonce or the time; API 3.0 has no nonce.
 * - 4600 is about HTTPS, `UnsupportedProtocol` about the method.
 * - 5400 is a success in API 3.0, with the items that failed in a member whose name differs from action to action.
 * - `LimitExceeded` is about how many resources exist. The request rate, 4400, is `RequestLimitExceeded`.
 *
 * @category API 2.0
 */
export const counterparts: ReadonlyArray<Counterpart> = [
  {
    v2: 4000,
    v3: ["InvalidParameter", "InvalidParameterValue", "MissingParameter", "UnknownParameter"],
    fit: "several"
  },
  { v2: 4100, v3: ["AuthFailure.SignatureFailure"], fit: "same" },
  { v2: 4101, v3: ["AuthFailure.UnauthorizedOperation"], fit: "same" },
  { v2: 4102, v3: ["UnauthorizedOperation", "AuthFailure.UnauthorizedOperation"], fit: "several" },
  { v2: 4103, v3: ["UnauthorizedOperation", "AuthFailure.UnauthorizedOperation"], fit: "partly" },
  { v2: 4104, v3: ["AuthFailure.SecretIdNotFound"], fit: "same" },
  { v2: 4105, v3: ["AuthFailure.TokenFailure"], fit: "same" },
  { v2: 4106, v3: ["AuthFailure.MFAFailure"], fit: "same" },
  { v2: 4110, v3: ["AuthFailure.UnauthorizedOperation"], fit: "partly" },
  { v2: 4200, v3: ["AuthFailure.SignatureExpire"], fit: "same" },
  { v2: 4300, v3: ["UnauthorizedOperation", "IpInBlacklist", "IpNotInWhitelist"], fit: "partly" },
  { v2: 4400, v3: ["RequestLimitExceeded"], fit: "same" },
  { v2: 4500, v3: ["AuthFailure.SignatureExpire"], fit: "partly" },
  { v2: 4600, v3: ["UnsupportedProtocol"], fit: "partly" },
  { v2: 5000, v3: ["ResourceNotFound"], fit: "same" },
  { v2: 5100, v3: ["FailedOperation"], fit: "same" },
  { v2: 5200, v3: ["ResourceInsufficient", "ResourcesSoldOut", "UnsupportedOperation"], fit: "several" },
  {
    v2: 5300,
    v3: [
      "InvalidAccount.InsufficientBalance",
      "ResourceInsufficient.Balance",
      "ResourceUnavailable.LowBalance",
      "FailedOperation.BalanceInsufficient"
    ],
    fit: "services"
  },
  { v2: 5400, v3: [], fit: "none" },
  { v2: 5500, v3: ["AccountQualificationRestrictions", "UnauthorizedOperation.NotCertification"], fit: "services" },
  { v2: 6000, v3: ["InternalError"], fit: "same" },
  { v2: 6100, v3: ["InvalidAction", "NoSuchVersion", "NoSuchProduct", "ActionOffline"], fit: "several" },
  { v2: 6200, v3: ["ServiceUnavailable"], fit: "same" }
]

const byV2 = /*#__PURE__*/ (() => new Map(counterparts.map((row) => [row.v2, row])))()

/**
 * What a code of API 2.0 is in API 3.0. A number without a row in {@link counterparts} is `None`.
 *
 * **Example** (The request quota)
 *
 * ```ts
 * import { ErrorCode } from "effect-tencentcloud/v3"
 * import * as Option from "effect/Option"
 *
 * const { fit, v3 } = Option.getOrThrow(ErrorCode.fromV2(4400))
 * console.log(v3[0], fit) // => RequestLimitExceeded same
 * ```
 *
 * @category API 2.0
 */
export const fromV2 = (code: number): Option.Option<Counterpart> => Option.fromUndefinedOr(byV2.get(code))

/**
 * What a code of API 3.0 was in API 2.0: the rows that have the code, else those that have its family, the best fit first. Empty
 * for a code that has no counterpart in API 2.0, such as `DryRunOperation`.
 *
 * **Example** (Exactly, by family, and not at all)
 *
 * ```ts
 * import { ErrorCode } from "effect-tencentcloud/v3"
 *
 * const numbers = (code: string) => ErrorCode.toV2(code).map(({ v2 }) => v2)
 * console.log(numbers("AuthFailure.TokenFailure")) // => [ 4105 ]
 * console.log(numbers("ResourceNotFound.TopicNotExist")) // => [ 5000 ]
 * console.log(numbers("LimitExceeded")) // => []
 * ```
 *
 * @category API 2.0
 */
export const toV2 = (code: string): ReadonlyArray<Counterpart> => {
  const exact = rowsOf(code)
  const rows = exact.length === 0 ? rowsOf(familyOf(code)) : exact
  return rows.toSorted((a, b) => fits.indexOf(a.fit) - fits.indexOf(b.fit))
}

const rowsOf = (code: string): ReadonlyArray<Counterpart> => counterparts.filter(({ v3 }) => v3.includes(code))

const fits: ReadonlyArray<Fit> = ["same", "several", "partly", "services", "none"]
