/**
 * The catalogue: the common error codes of the Tencent Cloud API 2.0 as a table, one constant per code. A row holds the
 * number, the tag of the error class, a category, a retry class, a documentation link, and a short name and remedy in
 * English, Korean and Chinese. The errors, the default retry policies and the error pages in `docs/` read from here.
 *
 * It is data and nothing else. It makes no errors (`TencentError`), reads no responses (`TencentResponse`) and knows
 * neither delays nor attempts (`TencentRetry`). It covers the common list only: modules reuse its numbers with meanings
 * of their own, and add others.
 *
 * The common list, where the numbers and their meanings come from: https://www.tencentcloud.com/document/api/214/11602
 */
import * as Option from "effect/Option"

/**
 * The area a failure belongs to, for handling several codes alike. No row is in `Response` or `Unknown`: they are for
 * the two errors outside the catalogue, an unreadable body and a code that is not in the list.
 *
 * @category models
 */
export type Category =
  | "Request"
  | "Authentication"
  | "Authorization"
  | "Throttling"
  | "Replay"
  | "Resource"
  | "Billing"
  | "Partial"
  | "Server"
  | "Response"
  | "Unknown"

/**
 * What a retry needs before it can help:
 *
 * - `never`: no repetition helps, for the same request fails again or was carried out in part
 * - `credentials`: other credentials than the refused ones, once
 * - `throttled`: a later moment, when the quota has room again
 * - `replay`: an unused nonce and a corrected clock, at once
 * - `transient`: time, and an action that may run twice, for nothing proves that it did not run
 * - `maintenance`: more time; nothing ran while the API was closed
 *
 * @category models
 */
export type RetryClass = "never" | "credentials" | "throttled" | "replay" | "transient" | "maintenance"

/**
 * The languages of the texts: English, Korean, Chinese.
 *
 * @category models
 */
export type Language = "en" | "ko" | "zh"

/**
 * What a failure is called and what to do about it, in one language.
 *
 * @category models
 */
export type Text = { readonly name: string; readonly remedy: string }

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
  /** The area the failure belongs to. */
  readonly category: Category
  /** What a retry needs before it can help. */
  readonly retryClass: RetryClass
  /** A page of the vendor's documentation about the failure. */
  readonly docs: string
  /** Name and remedy by language. */
  readonly text: { readonly [L in Language]: Text }
}

/**
 * The page of the common list: the source of the numbers, and the documentation link of a row that has no better one.
 *
 * @category models
 */
export const errorCodesPage = "https://www.tencentcloud.com/document/api/214/11602"

const signaturePage = "https://cloud.tencent.com/document/api/213/6984"

// One constant per row, so that a bundler keeps only those in use. A text stays on one line.

/** Code 4000 of the common list: a required parameter is missing, or a value has the wrong format. */
// dprint-ignore
export const InvalidParameter = {
  code: 4000, tag: "InvalidParameter", category: "Request", retryClass: "never", docs: errorCodesPage,
  text: {
    en: { name: "Invalid parameter", remedy: "Read the message for the missing or malformed parameter and fix it." },
    ko: { name: "매개변수 오류", remedy: "빠졌거나 형식이 틀린 매개변수를 message에서 찾아 고친 뒤 다시 요청하십시오." },
    zh: { name: "参数无效", remedy: "查看 message 找出缺少或格式有误的参数，改正后重新请求。" }
  }
} as const satisfies Row

/** Code 4100 of the common list: the caller could not be authenticated, as a rule because the signature is wrong. */
// dprint-ignore
export const AuthenticationFailed = {
  code: 4100, tag: "AuthenticationFailed", category: "Authentication", retryClass: "credentials", docs: signaturePage,
  text: {
    en: { name: "Authentication failed", remedy: "Compare the signature with the documented method; check the key." },
    ko: { name: "신원 인증 실패", remedy: "서명 계산 과정을 서명 방법 문서와 대조하고 SecretKey가 맞는지 확인하십시오." },
    zh: { name: "身份验证失败", remedy: "对照签名方法文档检查签名的计算过程，并确认 SecretKey 正确。" }
  }
} as const satisfies Row

/** Code 4101 of the common list: the main account has not let this sub-account call the API. */
// dprint-ignore
export const UnauthorizedApi = {
  code: 4101, tag: "UnauthorizedApi", category: "Authorization", retryClass: "never", docs: errorCodesPage,
  text: {
    en: { name: "API not authorized", remedy: "Ask the main account's administrator to grant access to this API." },
    ko: { name: "API 권한 없음", remedy: "기본 계정 관리자에게 서브 계정이 이 API를 호출할 권한을 받으십시오." },
    zh: { name: "无接口权限", remedy: "请主账号管理员为该子账号授予此接口的调用权限。" }
  }
} as const satisfies Row

/** Code 4102 of the common list: the main account has not given this sub-account access to the resource. */
// dprint-ignore
export const UnauthorizedResource = {
  code: 4102, tag: "UnauthorizedResource", category: "Authorization", retryClass: "never", docs: errorCodesPage,
  text: {
    en: { name: "Resource not authorized", remedy: "Ask the main account's administrator for access to the resource." },
    ko: { name: "리소스 권한 없음", remedy: "기본 계정 관리자에게 서브 계정이 이 리소스를 사용할 권한을 받으십시오." },
    zh: { name: "无资源权限", remedy: "请主账号管理员为该子账号授予此资源的访问权限。" }
  }
} as const satisfies Row

/** Code 4103 of the common list: the sub-account may not reach the resource that this API call works on. */
// dprint-ignore
export const UnauthorizedApiResource = {
  code: 4103, tag: "UnauthorizedApiResource", category: "Authorization", retryClass: "never", docs: errorCodesPage,
  text: {
    en: { name: "API denied on resource", remedy: "Ask the main account's admin to allow this API on this resource." },
    ko: { name: "대상 리소스에 대한 API 권한 없음", remedy: "기본 계정 관리자에게 이 API로 해당 리소스를 다룰 권한을 받으십시오." },
    zh: { name: "无权用此接口操作该资源", remedy: "请主账号管理员授权该子账号通过此接口操作该资源。" }
  }
} as const satisfies Row

/** Code 4104 of the common list: the key that the request was signed with is unknown. */
// dprint-ignore
export const SecretIdNotFound = {
  code: 4104, tag: "SecretIdNotFound", category: "Authentication", retryClass: "credentials", docs: errorCodesPage,
  text: {
    en: { name: "SecretId not found", remedy: "Check that the SecretId exists and is enabled, then send again." },
    ko: { name: "SecretId 없음", remedy: "사용한 SecretId가 존재하고 활성 상태인지 확인한 뒤 다시 요청하십시오." },
    zh: { name: "SecretId 不存在", remedy: "确认所用 SecretId 存在且已启用，然后重新请求。" }
  }
} as const satisfies Row

/** Code 4105 of the common list: the token of temporary credentials is wrong or has run out. */
// dprint-ignore
export const InvalidToken = {
  code: 4105, tag: "InvalidToken", category: "Authentication", retryClass: "credentials", docs: errorCodesPage,
  text: {
    en: { name: "Invalid token", remedy: "Get fresh temporary credentials and send their token with their key." },
    ko: { name: "잘못된 토큰", remedy: "임시 자격 증명을 새로 발급받아 그 키와 토큰을 함께 보내십시오." },
    zh: { name: "Token 无效", remedy: "重新获取临时密钥，并使用与之配套的 Token。" }
  }
} as const satisfies Row

/** Code 4106 of the common list: the multi-factor check did not pass. */
// dprint-ignore
export const MfaFailed = {
  code: 4106, tag: "MfaFailed", category: "Authentication", retryClass: "never", docs: errorCodesPage,
  text: {
    en: { name: "MFA check failed", remedy: "Complete multi-factor authentication, then send the request again." },
    ko: { name: "MFA 인증 실패", remedy: "다중 요소 인증(MFA)을 마친 뒤 다시 요청하십시오." },
    zh: { name: "MFA 验证未通过", remedy: "完成多因素验证（MFA）后重新请求。" }
  }
} as const satisfies Row

/** Code 4110 of the common list: CAM, the access management, refused for any other reason. */
// dprint-ignore
export const CamAuthenticationFailed = {
  code: 4110, tag: "CamAuthenticationFailed", category: "Authentication", retryClass: "never", docs: errorCodesPage,
  text: {
    en: { name: "CAM authentication failed", remedy: "Read the message and review the caller's CAM policies." },
    ko: { name: "그 밖의 CAM 인증 실패", remedy: "message를 읽고 호출한 계정의 CAM 정책을 점검하십시오." },
    zh: { name: "其他 CAM 验证失败", remedy: "查看 message，并检查调用账号的 CAM 策略。" }
  }
} as const satisfies Row

/** Code 4300 of the common list: the account is blocked, or is not among the users the API is open to. */
// dprint-ignore
export const AccessDenied = {
  code: 4300, tag: "AccessDenied", category: "Authorization", retryClass: "never", docs: errorCodesPage,
  text: {
    en: { name: "Access denied", remedy: "Ask support: the account is blocked, or this API is not open to it." },
    ko: { name: "접근 차단", remedy: "계정이 정지되었거나 이 API의 대상 사용자가 아니므로 고객 지원에 문의하십시오." },
    zh: { name: "访问被拒", remedy: "账号已被封禁，或此接口未对该账号开放；请联系客服确认。" }
  }
} as const satisfies Row

/** Code 4400 of the common list: more requests than the request quota allows (a rate, not a number of resources). */
// dprint-ignore
export const QuotaExceeded = {
  code: 4400, tag: "QuotaExceeded", category: "Throttling", retryClass: "throttled", docs: errorCodesPage,
  text: {
    en: { name: "Request quota exceeded", remedy: "Slow down, then retry; the API's documentation has its quota." },
    ko: { name: "요청 한도 초과", remedy: "호출 속도를 늦춘 뒤 다시 시도하고 API 문서에서 요청 한도를 확인하십시오." },
    zh: { name: "请求次数超限", remedy: "降低调用频率后重试，并在接口文档中查看请求配额。" }
  }
} as const satisfies Row

/** Code 4500 of the common list: the Nonce was used before, or the Timestamp is over 5 minutes off server time. */
// dprint-ignore
export const ReplayAttack = {
  code: 4500, tag: "ReplayAttack", category: "Replay", retryClass: "replay", docs: errorCodesPage,
  text: {
    en: { name: "Replay attack", remedy: "Sign again: unused Nonce, Timestamp within 5 minutes of server time." },
    ko: { name: "재전송 공격", remedy: "쓴 적 없는 Nonce와 서버 시각에서 5분 이내인 Timestamp로 다시 서명해 보내십시오." },
    zh: { name: "疑似重放攻击", remedy: "换用未使用过的 Nonce，使 Timestamp 与服务器时间相差不超过 5 分钟，重新签名后发送。" }
  }
} as const satisfies Row

/** Code 4600 of the common list: the request came over HTTP, and the API speaks HTTPS only. */
// dprint-ignore
export const UnsupportedProtocol = {
  code: 4600, tag: "UnsupportedProtocol", category: "Request", retryClass: "never", docs: errorCodesPage,
  text: {
    en: { name: "Unsupported protocol", remedy: "Send the request over HTTPS; this API does not accept HTTP." },
    ko: { name: "지원하지 않는 프로토콜", remedy: "HTTP로는 호출할 수 없으니 HTTPS로 요청하십시오." },
    zh: { name: "协议不受支持", remedy: "请改用 HTTPS，此接口不接受 HTTP 请求。" }
  }
} as const satisfies Row

/** Code 5000 of the common list: no instance has this id, it was returned, or it belongs to someone else. */
// dprint-ignore
export const ResourceNotFound = {
  code: 5000, tag: "ResourceNotFound", category: "Resource", retryClass: "never", docs: errorCodesPage,
  text: {
    en: { name: "Resource not found", remedy: "Check the id: it may be wrong, already returned, or not yours." },
    ko: { name: "리소스 없음", remedy: "ID를 확인하십시오. 틀렸거나 이미 반납했거나 다른 사용자의 것일 수 있습니다." },
    zh: { name: "找不到资源", remedy: "检查资源 ID：可能有误、已退还，或属于其他用户。" }
  }
} as const satisfies Row

/** Code 5100 of the common list: the operation on the resource failed; nothing says how far it came. */
// dprint-ignore
export const ResourceOperationFailed = {
  code: 5100, tag: "ResourceOperationFailed", category: "Resource", retryClass: "transient", docs: errorCodesPage,
  text: {
    en: { name: "Resource operation failed", remedy: "Read the message, check the state, retry later or ask support." },
    ko: { name: "리소스 작업 실패", remedy: "message와 리소스 상태를 확인하고 나중에 다시 시도하거나 고객 지원에 문의하십시오." },
    zh: { name: "资源操作未成功", remedy: "查看 message 并核对资源状态，稍后重试或联系客服。" }
  }
} as const satisfies Row

/** Code 5200 of the common list: the purchase failed, for example an unsupported configuration or no stock. */
// dprint-ignore
export const ResourcePurchaseFailed = {
  code: 5200, tag: "ResourcePurchaseFailed", category: "Billing", retryClass: "never", docs: errorCodesPage,
  text: {
    en: { name: "Purchase failed", remedy: "Try another configuration or zone: it may be unsupported or sold out." },
    ko: { name: "구매 실패", remedy: "구성이 지원되지 않거나 재고가 없을 수 있으니 다른 구성이나 가용 영역으로 시도하십시오." },
    zh: { name: "购买未成功", remedy: "配置可能不受支持或资源已售罄，请更换配置或可用区再试。" }
  }
} as const satisfies Row

/** Code 5300 of the common list: the balance does not cover the purchase or upgrade. */
// dprint-ignore
export const InsufficientBalance = {
  code: 5300, tag: "InsufficientBalance", category: "Billing", retryClass: "never", docs: errorCodesPage,
  text: {
    en: { name: "Insufficient balance", remedy: "Top up the account, then repeat the purchase or upgrade." },
    ko: { name: "잔액 부족", remedy: "계정을 충전한 뒤 구매나 업그레이드를 다시 진행하십시오." },
    zh: { name: "余额不足", remedy: "为账户充值后，重新购买或升级。" }
  }
} as const satisfies Row

/** Code 5400 of the common list: a batch was carried out in part; the returned value tells which items. */
// dprint-ignore
export const PartialSuccess = {
  code: 5400, tag: "PartialSuccess", category: "Partial", retryClass: "never", docs: errorCodesPage,
  text: {
    en: { name: "Partial success", remedy: "Look at the returned result of each item; repeat only what failed." },
    ko: { name: "일부만 성공", remedy: "응답에서 항목별 결과를 확인하고 실패한 항목만 다시 요청하십시오." },
    zh: { name: "仅部分成功", remedy: "查看返回结果中每一项的状态，只对失败的项重新请求。" }
  }
} as const satisfies Row

/** Code 5500 of the common list: the purchase was refused because the user's identity is not verified. */
// dprint-ignore
export const IdentityNotVerified = {
  code: 5500, tag: "IdentityNotVerified", category: "Billing", retryClass: "never", docs: errorCodesPage,
  text: {
    en: { name: "Identity not verified", remedy: "Complete the account's identity verification, then buy again." },
    ko: { name: "신원 확인 미완료", remedy: "계정의 신원 확인을 통과한 뒤 다시 구매하십시오." },
    zh: { name: "身份未认证", remedy: "通过账号的身份认证后再购买。" }
  }
} as const satisfies Row

/** Code 6000 of the common list: something broke inside the server; nothing says whether the action ran. */
// dprint-ignore
export const InternalError = {
  code: 6000, tag: "InternalError", category: "Server", retryClass: "transient", docs: errorCodesPage,
  text: {
    en: { name: "Internal server error", remedy: "Retry later; contact support if it keeps failing." },
    ko: { name: "내부 서버 오류", remedy: "시간을 두고 다시 시도하고 계속 실패하면 고객 지원에 문의하십시오." },
    zh: { name: "服务内部错误", remedy: "稍后重试；若持续失败，请联系客服。" }
  }
} as const satisfies Row

/** Code 6100 of the common list: the version lacks the API, it is in maintenance, or the domain is another module's. */
// dprint-ignore
export const UnsupportedVersion = {
  code: 6100, tag: "UnsupportedVersion", category: "Request", retryClass: "never", docs: errorCodesPage,
  text: {
    en: { name: "Unsupported version", remedy: "Check the module's domain first, then the version and maintenance." },
    ko: { name: "지원되지 않는 버전", remedy: "도메인은 모듈마다 다를 수 있으니 먼저 확인하고, 이어서 버전과 점검 여부를 보십시오." },
    zh: { name: "版本不支持该接口", remedy: "先核对域名（各模块可能不同），再确认版本及接口是否在维护。" }
  }
} as const satisfies Row

/** Code 6200 of the common list: the API is closed for maintenance for the moment. */
// dprint-ignore
export const ApiUnavailable = {
  code: 6200, tag: "ApiUnavailable", category: "Server", retryClass: "maintenance", docs: errorCodesPage,
  text: {
    en: { name: "API under maintenance", remedy: "Wait for the maintenance to end, then send the request again." },
    ko: { name: "API 점검 중", remedy: "점검이 끝나기를 기다렸다가 다시 요청하십시오." },
    zh: { name: "接口维护中", remedy: "等待维护结束后重新请求。" }
  }
} as const satisfies Row

/**
 * All 22 rows in code order, as the [common list](https://www.tencentcloud.com/document/api/214/11602) numbers them.
 *
 * **Example** (Filter rows)
 *
 * ```ts
 * import { ErrorCode } from "effect-tencentcloud"
 *
 * const billing = ErrorCode.catalogue.filter((row) => row.category === "Billing")
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
 * **Example** (From tag to remedy)
 *
 * ```ts
 * import { ErrorCode } from "effect-tencentcloud"
 *
 * const row = ErrorCode.fromTag("ReplayAttack")
 *
 * console.log(row.code, row.retryClass) // => 4500 replay
 * console.log(row.text.en.name) // => Replay attack
 * ```
 *
 * @see {@link fromCode} for the code of a response
 *
 * @category lookup
 */
export const fromTag = <const T extends Tag>(tag: T): RowOf<T> => byTag.get(tag) as RowOf<T>
