/**
 * The words of the common error codes of API 2.0. They say more than the words of a kind, which are in `ErrorKindText`. They are
 * here and not in the rows of `v2/ErrorCode`, so that a program that only decodes does not bundle them, and because the core
 * explains errors without knowing a generation.
 */
import type { Language, Text } from "../ErrorKindText.ts"

/** The words of one code. */
export type CodeText = { readonly [L in Language]: Text } & {
  /** The code that belongs to the tag. API 3.0 has some of the tags too, with other codes. */
  readonly code: number
  /** A page of the vendor's documentation about the failure. */
  readonly docs: string
}

/** The page of the common list: the documentation of a code that has no better page. */
export const errorCodesPage = "https://www.tencentcloud.com/document/api/214/11602"

const signaturePage = "https://cloud.tencent.com/document/api/213/6984"

/** How an administrator grants permissions to a sub-user. */
const permissionsPage = "https://www.tencentcloud.com/document/product/598/32650"

/** How keys are created, enabled and disabled. */
const accessKeysPage = "https://www.tencentcloud.com/document/product/598/32675"

/** The action that returns temporary credentials, with how long they are valid. */
const temporaryCredentialsPage = "https://www.tencentcloud.com/document/product/1150/49452"

/** Which verification an administrator can ask of a sub-user. */
const securityProtectionPage = "https://www.tencentcloud.com/document/product/598/32657"

/** How requests are counted against a rate limit. */
const rateLimitPage = "https://cloud.tencent.com/document/product/1278/109059"

/** The words by tag. A tag can be any text: look it up with `Object.hasOwn`, and compare the code. */
export const errorCodeText: { readonly [tag: string]: CodeText } = {
  InvalidParameter: {
    code: 4000,
    docs: errorCodesPage,
    en: { name: "Invalid parameter", remedy: "Read the message for the missing or malformed parameter and fix it." },
    ko: {
      name: "매개변수 오류",
      remedy: "빠졌거나 형식이 틀린 매개변수를 message에서 찾아 고친 뒤 다시 요청하십시오."
    },
    zh: { name: "参数无效", remedy: "查看 message 找出缺少或格式有误的参数，改正后重新请求。" }
  },
  AuthenticationFailed: {
    code: 4100,
    docs: signaturePage,
    en: { name: "Authentication failed", remedy: "Compare the signature with the documented method; check the key." },
    ko: {
      name: "신원 인증 실패",
      remedy: "서명 계산 과정을 서명 방법 문서와 대조하고 SecretKey가 맞는지 확인하십시오."
    },
    zh: { name: "身份验证失败", remedy: "对照签名方法文档检查签名的计算过程，并确认 SecretKey 正确。" }
  },
  UnauthorizedApi: {
    code: 4101,
    docs: permissionsPage,
    en: { name: "API not authorized", remedy: "Ask the main account's administrator to grant access to this API." },
    ko: { name: "API 권한 없음", remedy: "기본 계정 관리자에게 서브 계정이 이 API를 호출할 권한을 받으십시오." },
    zh: { name: "无接口权限", remedy: "请主账号管理员为该子账号授予此接口的调用权限。" }
  },
  UnauthorizedResource: {
    code: 4102,
    docs: permissionsPage,
    en: { name: "Resource not authorized", remedy: "Ask the main account's administrator for access to the resource." },
    ko: { name: "리소스 권한 없음", remedy: "기본 계정 관리자에게 서브 계정이 이 리소스를 사용할 권한을 받으십시오." },
    zh: { name: "无资源权限", remedy: "请主账号管理员为该子账号授予此资源的访问权限。" }
  },
  UnauthorizedApiResource: {
    code: 4103,
    docs: permissionsPage,
    en: { name: "API denied on resource", remedy: "Ask the main account's admin to allow this API on this resource." },
    ko: {
      name: "대상 리소스에 대한 API 권한 없음",
      remedy: "기본 계정 관리자에게 이 API로 해당 리소스를 다룰 권한을 받으십시오."
    },
    zh: { name: "无权用此接口操作该资源", remedy: "请主账号管理员授权该子账号通过此接口操作该资源。" }
  },
  SecretIdNotFound: {
    code: 4104,
    docs: accessKeysPage,
    en: { name: "SecretId not found", remedy: "Check that the SecretId exists and is enabled, then send again." },
    ko: { name: "SecretId 없음", remedy: "사용한 SecretId가 존재하고 활성 상태인지 확인한 뒤 다시 요청하십시오." },
    zh: { name: "SecretId 不存在", remedy: "确认所用 SecretId 存在且已启用，然后重新请求。" }
  },
  InvalidToken: {
    code: 4105,
    docs: temporaryCredentialsPage,
    en: { name: "Invalid token", remedy: "Get fresh temporary credentials and send their token with their key." },
    ko: { name: "잘못된 토큰", remedy: "임시 자격 증명을 새로 발급받아 그 키와 토큰을 함께 보내십시오." },
    zh: { name: "Token 无效", remedy: "重新获取临时密钥，并使用与之配套的 Token。" }
  },
  MfaFailed: {
    code: 4106,
    docs: securityProtectionPage,
    en: { name: "MFA check failed", remedy: "Complete multi-factor authentication, then send the request again." },
    ko: { name: "MFA 인증 실패", remedy: "다중 요소 인증(MFA)을 마친 뒤 다시 요청하십시오." },
    zh: { name: "MFA 验证未通过", remedy: "完成多因素验证（MFA）后重新请求。" }
  },
  CamAuthenticationFailed: {
    code: 4110,
    docs: permissionsPage,
    en: { name: "CAM authentication failed", remedy: "Read the message and review the caller's CAM policies." },
    ko: { name: "그 밖의 CAM 인증 실패", remedy: "message를 읽고 호출한 계정의 CAM 정책을 점검하십시오." },
    zh: { name: "其他 CAM 验证失败", remedy: "查看 message，并检查调用账号的 CAM 策略。" }
  },
  AccessDenied: {
    code: 4300,
    docs: errorCodesPage,
    en: { name: "Access denied", remedy: "Ask support: the account is blocked, or this API is not open to it." },
    ko: { name: "접근 차단", remedy: "계정이 정지되었거나 이 API의 대상 사용자가 아니므로 고객 지원에 문의하십시오." },
    zh: { name: "访问被拒", remedy: "账号已被封禁，或此接口未对该账号开放；请联系客服确认。" }
  },
  QuotaExceeded: {
    code: 4400,
    docs: rateLimitPage,
    en: { name: "Request quota exceeded", remedy: "Slow down, then retry; the API's documentation has its quota." },
    ko: { name: "요청 한도 초과", remedy: "호출 속도를 늦춘 뒤 다시 시도하고 API 문서에서 요청 한도를 확인하십시오." },
    zh: { name: "请求次数超限", remedy: "降低调用频率后重试，并在接口文档中查看请求配额。" }
  },
  ReplayAttack: {
    code: 4500,
    docs: signaturePage,
    en: { name: "Replay attack", remedy: "Sign again: unused Nonce, Timestamp within 5 minutes of server time." },
    ko: {
      name: "재전송 공격",
      remedy: "쓴 적 없는 Nonce와 서버 시각에서 5분 이내인 Timestamp로 다시 서명해 보내십시오."
    },
    zh: {
      name: "疑似重放攻击",
      remedy: "换用未使用过的 Nonce，使 Timestamp 与服务器时间相差不超过 5 分钟，重新签名后发送。"
    }
  },
  UnsupportedProtocol: {
    code: 4600,
    docs: errorCodesPage,
    en: { name: "Unsupported protocol", remedy: "Send the request over HTTPS; this API does not accept HTTP." },
    ko: { name: "지원하지 않는 프로토콜", remedy: "HTTP로는 호출할 수 없으니 HTTPS로 요청하십시오." },
    zh: { name: "协议不受支持", remedy: "请改用 HTTPS，此接口不接受 HTTP 请求。" }
  },
  ResourceNotFound: {
    code: 5000,
    docs: errorCodesPage,
    en: { name: "Resource not found", remedy: "Check the id: it may be wrong, already returned, or not yours." },
    ko: { name: "리소스 없음", remedy: "ID를 확인하십시오. 틀렸거나 이미 반납했거나 다른 사용자의 것일 수 있습니다." },
    zh: { name: "找不到资源", remedy: "检查资源 ID：可能有误、已退还，或属于其他用户。" }
  },
  ResourceOperationFailed: {
    code: 5100,
    docs: errorCodesPage,
    en: { name: "Resource operation failed", remedy: "Read the message, check the state, retry later or ask support." },
    ko: {
      name: "리소스 작업 실패",
      remedy: "message와 리소스 상태를 확인하고 나중에 다시 시도하거나 고객 지원에 문의하십시오."
    },
    zh: { name: "资源操作未成功", remedy: "查看 message 并核对资源状态，稍后重试或联系客服。" }
  },
  ResourcePurchaseFailed: {
    code: 5200,
    docs: errorCodesPage,
    en: { name: "Purchase failed", remedy: "Try another configuration or zone: it may be unsupported or sold out." },
    ko: {
      name: "구매 실패",
      remedy: "구성이 지원되지 않거나 재고가 없을 수 있으니 다른 구성이나 가용 영역으로 시도하십시오."
    },
    zh: { name: "购买未成功", remedy: "配置可能不受支持或资源已售罄，请更换配置或可用区再试。" }
  },
  InsufficientBalance: {
    code: 5300,
    docs: errorCodesPage,
    en: { name: "Insufficient balance", remedy: "Top up the account, then repeat the purchase or upgrade." },
    ko: { name: "잔액 부족", remedy: "계정을 충전한 뒤 구매나 업그레이드를 다시 진행하십시오." },
    zh: { name: "余额不足", remedy: "为账户充值后，重新购买或升级。" }
  },
  PartialSuccess: {
    code: 5400,
    docs: errorCodesPage,
    en: { name: "Partial success", remedy: "Look at the returned result of each item; repeat only what failed." },
    ko: { name: "일부만 성공", remedy: "응답에서 항목별 결과를 확인하고 실패한 항목만 다시 요청하십시오." },
    zh: { name: "仅部分成功", remedy: "查看返回结果中每一项的状态，只对失败的项重新请求。" }
  },
  IdentityNotVerified: {
    code: 5500,
    docs: errorCodesPage,
    en: { name: "Identity not verified", remedy: "Complete the account's identity verification, then buy again." },
    ko: { name: "신원 확인 미완료", remedy: "계정의 신원 확인을 통과한 뒤 다시 구매하십시오." },
    zh: { name: "身份未认证", remedy: "通过账号的身份认证后再购买。" }
  },
  InternalError: {
    code: 6000,
    docs: errorCodesPage,
    en: {
      name: "Internal server error",
      remedy: "Check the state, then retry later; ask support if it keeps failing."
    },
    ko: {
      name: "내부 서버 오류",
      remedy: "리소스 상태를 확인하고 나중에 다시 시도하십시오. 계속 실패하면 고객 지원에 문의하십시오."
    },
    zh: { name: "服务内部错误", remedy: "先核对资源状态，稍后再重试；若持续失败，请联系客服。" }
  },
  UnsupportedVersion: {
    code: 6100,
    docs: errorCodesPage,
    en: { name: "Unsupported version", remedy: "Check the module's domain first, then the version and maintenance." },
    ko: {
      name: "지원되지 않는 버전",
      remedy: "도메인은 모듈마다 다를 수 있으니 먼저 확인하고, 이어서 버전과 점검 여부를 보십시오."
    },
    zh: { name: "版本不支持该接口", remedy: "先核对域名（各模块可能不同），再确认版本及接口是否在维护。" }
  },
  ApiUnavailable: {
    code: 6200,
    docs: errorCodesPage,
    en: { name: "API under maintenance", remedy: "Wait for the maintenance to end, then send the request again." },
    ko: { name: "API 점검 중", remedy: "점검이 끝나기를 기다렸다가 다시 요청하십시오." },
    zh: { name: "接口维护中", remedy: "等待维护结束后重新请求。" }
  }
}
