/**
 * The words of the kinds: what a failure is called and what to do about it, in three languages. They hold for every API
 * generation. A separate file, so that a program that only decodes does not bundle them.
 */
import type * as ErrorKind from "./ErrorKind.ts"

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
export interface Text {
  /** A short name. */
  readonly name: string
  /** What to do next, in one or two sentences. */
  readonly remedy: string
}

/**
 * The words of every kind. Where the kind says that the action may have run, the remedy sends the reader to the state of the
 * resource first; for an error whose own outcome says so, `Failure.explain` adds {@link mayHaveRun}.
 *
 * **Example** (From kind to words)
 *
 * ```ts
 * import * as ErrorKindText from "effect-tencentcloud/ErrorKindText"
 *
 * const { en, ko, zh } = ErrorKindText.table.throttled
 * console.log(`${en.name}: ${en.remedy}`) // => Too many requests: Wait, then send the request again at a lower rate.
 * console.log(`${ko.name} / ${zh.name}`) // => 요청 빈도 초과 / 请求过于频繁
 * ```
 *
 * @category lookup
 */
export const table: { readonly [K in ErrorKind.ErrorKind]: { readonly [L in Language]: Text } } = {
  request: {
    en: {
      name: "Invalid request",
      remedy: "Read the message, correct the parameter that it names and send the request again."
    },
    ko: { name: "잘못된 요청", remedy: "message를 읽고 문제가 된 매개변수를 고친 뒤 다시 요청하십시오." },
    zh: { name: "请求有误", remedy: "查看 message，改正其中指出的参数后重新请求。" }
  },
  unsupported: {
    en: {
      name: "Not supported",
      remedy:
        "Check the host, HTTPS, the region, the version and the name of the action. The resource may not support it either."
    },
    ko: {
      name: "지원되지 않는 요청",
      remedy:
        "호스트와 HTTPS 사용 여부, 리전, 버전, 작업 이름을 확인하십시오. 리소스가 이 작업을 지원하지 않을 수도 있습니다."
    },
    zh: { name: "不支持的请求", remedy: "检查域名、是否使用 HTTPS、地域、版本和接口名称。资源本身也可能不支持此操作。" }
  },
  authentication: {
    en: {
      name: "Caller not authenticated",
      remedy:
        "Find the check that failed in the message, such as the signature or multi-factor authentication, and correct it."
    },
    ko: {
      name: "호출자 인증 실패",
      remedy: "서명이나 다중 요소 인증(MFA) 등 통과하지 못한 검증을 message에서 찾아 바로잡으십시오."
    },
    zh: { name: "调用方验证未通过", remedy: "在 message 中找出未通过的验证（如签名、多因素验证），改正后重新请求。" }
  },
  credentials: {
    en: {
      name: "Credentials refused",
      remedy: "Check that the key is correct and enabled and that its token has not expired, or use other credentials."
    },
    ko: {
      name: "자격 증명 거부",
      remedy: "키가 정확하고 활성 상태인지, 토큰이 만료되지 않았는지 확인하거나 다른 자격 증명을 사용하십시오."
    },
    zh: { name: "凭证被拒", remedy: "确认密钥正确且已启用、Token 未过期，或改用其他凭证。" }
  },
  permission: {
    en: {
      name: "Permission denied",
      remedy:
        "Ask the administrator of the main account for access. Check also that neither the account nor the IP address is blocked."
    },
    ko: {
      name: "권한 없음",
      remedy: "기본 계정 관리자에게 권한을 요청하십시오. 계정이나 IP 주소가 차단되지 않았는지도 확인하십시오."
    },
    zh: { name: "权限不足", remedy: "请主账号管理员授予权限，并确认账号和 IP 地址未被封禁。" }
  },
  throttled: {
    en: { name: "Too many requests", remedy: "Wait, then send the request again at a lower rate." },
    ko: { name: "요청 빈도 초과", remedy: "잠시 기다린 뒤 호출 빈도를 낮춰 다시 요청하십시오." },
    zh: { name: "请求过于频繁", remedy: "稍等片刻，降低调用频率后重新请求。" }
  },
  replay: {
    en: {
      name: "Repeated or out of time",
      remedy: "Correct the clock and sign the request again, with an unused nonce where the signature has one."
    },
    ko: {
      name: "재전송 또는 시각 오류",
      remedy: "시계를 맞추고 다시 서명해 보내십시오. 서명에 Nonce가 있으면 쓴 적 없는 값을 사용하십시오."
    },
    zh: { name: "请求重复或时间不符", remedy: "校正时钟后重新签名并发送；签名中带有 Nonce 时，使用未用过的值。" }
  },
  notFound: {
    en: {
      name: "Not found",
      remedy: "Check the id and the region. The resource may have been deleted, or it may belong to another account."
    },
    ko: {
      name: "리소스를 찾을 수 없음",
      remedy: "ID와 리전을 확인하십시오. 이미 삭제되었거나 다른 계정의 리소스일 수 있습니다."
    },
    zh: { name: "资源不存在", remedy: "检查资源 ID 和地域：资源可能已被删除，或属于其他账号。" }
  },
  exists: {
    en: { name: "Already exists", remedy: "Use the resource that exists, or choose another name or id." },
    ko: { name: "이미 존재함", remedy: "기존 리소스를 사용하거나 다른 이름 또는 ID를 선택하십시오." },
    zh: { name: "资源已存在", remedy: "使用已有的资源，或换用其他名称或 ID。" }
  },
  inUse: {
    en: {
      name: "In use",
      remedy: "Find out what uses the resource and detach it, or wait until the resource is free."
    },
    ko: {
      name: "리소스 사용 중",
      remedy: "리소스를 사용하는 대상을 찾아 연결을 해제하거나 사용이 끝날 때까지 기다리십시오."
    },
    zh: { name: "资源被占用", remedy: "找出占用该资源的对象并解除关联，或等待资源释放。" }
  },
  busy: {
    en: {
      name: "Another operation in progress",
      remedy: "Wait until the current operation on the resource has ended, then send the request again."
    },
    ko: { name: "다른 작업 진행 중", remedy: "리소스에서 진행 중인 작업이 끝나기를 기다렸다가 다시 요청하십시오." },
    zh: { name: "其他操作进行中", remedy: "等待资源上正在进行的操作结束，然后重新请求。" }
  },
  wrongState: {
    en: {
      name: "Wrong state",
      remedy: "Read the message and look at the state of the resource. Bring it into a state that allows the operation."
    },
    ko: {
      name: "허용되지 않는 상태",
      remedy: "message와 리소스 상태를 확인하고, 작업이 허용되는 상태로 바꾼 뒤 다시 요청하십시오."
    },
    zh: { name: "当前状态不允许", remedy: "查看 message 和资源状态，将资源调整到允许该操作的状态后重新请求。" }
  },
  limitExceeded: {
    en: {
      name: "Limit reached",
      remedy:
        "Find the limit in the message. Ask for less, remove what is no longer needed, or apply for a higher limit."
    },
    ko: {
      name: "한도 초과",
      remedy:
        "message에서 어떤 한도인지 확인하십시오. 요청을 줄이거나 불필요한 리소스를 정리하거나 한도 상향을 신청하십시오."
    },
    zh: {
      name: "超出限额",
      remedy: "在 message 中确认是哪项限额，然后减少请求量、清理不再需要的资源，或申请提高限额。"
    }
  },
  operationFailed: {
    en: {
      name: "Operation failed",
      remedy:
        "Look at the state of the resource before you act again: the operation may have had an effect. The message may say why."
    },
    ko: {
      name: "작업 실패",
      remedy:
        "작업이 일부라도 반영되었을 수 있으니 다시 실행하기 전에 리소스 상태를 확인하십시오. 원인은 message를 참고하십시오."
    },
    zh: { name: "操作失败", remedy: "操作可能已部分生效，再次操作前先查看资源状态。失败原因请参考 message。" }
  },
  balance: {
    en: {
      name: "Insufficient balance",
      remedy: "Top up the account or pay what is overdue, then send the request again."
    },
    ko: { name: "잔액 부족", remedy: "계정을 충전하거나 미납 요금을 정산한 뒤 다시 요청하십시오." },
    zh: { name: "余额不足", remedy: "为账户充值或结清欠费后重新请求。" }
  },
  identity: {
    en: {
      name: "Identity not verified",
      remedy: "Complete the identity verification of the account, then send the request again."
    },
    ko: { name: "신원 확인 미완료", remedy: "계정의 신원 확인을 마친 뒤 다시 요청하십시오." },
    zh: { name: "未通过实名认证", remedy: "完成账号的实名认证后重新请求。" }
  },
  soldOut: {
    en: { name: "Sold out", remedy: "Choose another configuration, zone or region, or try again later." },
    ko: { name: "재고 없음", remedy: "다른 구성, 가용 영역 또는 리전을 선택하거나 나중에 다시 시도하십시오." },
    zh: { name: "资源售罄", remedy: "更换配置、可用区或地域，或稍后再试。" }
  },
  partial: {
    en: {
      name: "Partial success",
      remedy: "Look at the state of each resource before you act again, and repeat only what failed."
    },
    ko: {
      name: "일부만 성공",
      remedy: "다시 실행하기 전에 항목별로 리소스 상태를 확인하고 실패한 항목만 다시 요청하십시오."
    },
    zh: { name: "部分成功", remedy: "再次操作前先逐项查看资源状态，只对失败的项重新请求。" }
  },
  internal: {
    en: {
      name: "Internal server error",
      remedy:
        "Look at the state of the resource before you act again: the action may have run. Contact support if it keeps failing."
    },
    ko: {
      name: "서버 내부 오류",
      remedy:
        "작업이 실행되었을 수 있으니 다시 실행하기 전에 리소스 상태를 확인하십시오. 계속 실패하면 고객 지원에 문의하십시오."
    },
    zh: { name: "服务器内部错误", remedy: "操作可能已经执行，再次操作前先查看资源状态。若持续失败，请联系客服。" }
  },
  timeout: {
    en: {
      name: "Server timeout",
      remedy: "Look at the state of the resource before you act again: the action may still be running."
    },
    ko: {
      name: "서버 시간 초과",
      remedy: "작업이 아직 진행 중일 수 있으니 다시 실행하기 전에 리소스 상태를 확인하십시오."
    },
    zh: { name: "服务器处理超时", remedy: "操作可能仍在进行，再次操作前先查看资源状态。" }
  },
  overload: {
    en: {
      name: "Server overloaded",
      remedy: "Wait a while. Look at the state of the resource before you act again: the action may have run."
    },
    ko: {
      name: "서버 과부하",
      remedy: "잠시 기다리십시오. 작업이 실행되었을 수 있으니 다시 실행하기 전에 리소스 상태를 확인하십시오."
    },
    zh: { name: "服务器过载", remedy: "稍等片刻。操作可能已经执行，再次操作前先查看资源状态。" }
  },
  unavailable: {
    en: {
      name: "Service unavailable",
      remedy: "Wait until the service is open again, then send the request again."
    },
    ko: {
      name: "서비스 이용 불가",
      remedy: "서비스가 다시 열리기를 기다렸다가 다시 요청하십시오."
    },
    zh: { name: "服务暂不可用", remedy: "等待服务恢复后重新请求。" }
  },
  dryRun: {
    en: {
      name: "Dry run passed",
      remedy: "Nothing was changed. To carry it out, send the request without the parameter for the dry run."
    },
    ko: {
      name: "모의 실행 통과",
      remedy: "변경된 것은 없습니다. 실제로 실행하려면 모의 실행 매개변수를 빼고 다시 요청하십시오."
    },
    zh: { name: "预检通过", remedy: "没有产生任何变更。如需实际执行，请去掉预检参数后重新请求。" }
  },
  transport: {
    en: {
      name: "No complete response",
      remedy: "Check the network, the proxy, the host and its certificate."
    },
    ko: {
      name: "응답을 온전히 받지 못함",
      remedy: "네트워크, 프록시, 호스트와 인증서를 확인하십시오."
    },
    zh: { name: "未收到完整响应", remedy: "检查网络、代理、域名及其证书。" }
  },
  malformed: {
    en: {
      name: "Unreadable response",
      remedy:
        "Look at the state of the resource before you act again. Check the host, any proxy between, and the response schema."
    },
    ko: {
      name: "읽을 수 없는 응답",
      remedy: "다시 실행하기 전에 리소스 상태를 확인하십시오. 호스트와 중간 프록시, 응답 스키마도 확인하십시오."
    },
    zh: { name: "无法读取的响应", remedy: "再次操作前先查看资源状态，并检查域名、中间的代理和响应的 schema。" }
  },
  unknown: {
    en: {
      name: "Unknown error",
      remedy:
        "Read the message and look the code up in the documentation. Look at the state of the resource before you act again."
    },
    ko: {
      name: "알 수 없는 오류",
      remedy:
        "message를 읽고 해당 서비스의 문서에서 오류 코드를 찾아보십시오. 다시 실행하기 전에 리소스 상태를 확인하십시오."
    },
    zh: { name: "未知错误", remedy: "查看 message，并在对应服务的文档中查找错误码。再次操作前先查看资源状态。" }
  }
}

/**
 * The advice for an error after which the action may have run although its kind does not say so.
 *
 * @category lookup
 */
export const mayHaveRun: { readonly [L in Language]: string } = {
  en: "The action may have run: look at the state of the resource before you act again.",
  ko: "작업이 실행되었을 수 있으니 다시 실행하기 전에 리소스 상태를 확인하십시오.",
  zh: "操作可能已经执行，再次操作前先查看资源状态。"
}
