/**
 * The words around a failure in three languages. The names and remedies of the failures are those of the library.
 */
import type { ErrorKind } from "effect-tencentcloud"
import type { Language } from "effect-tencentcloud/ErrorKindText"
import type { Verdict } from "./retries.ts"

/** What the command says in one language. */
export interface Words {
  readonly api: (generation: string) => string
  /** How the meaning of a code was found that is on no common list. */
  readonly foundBy: { readonly declaration: string; readonly family: string; readonly range: string }
  /** A failure that is none of the API. */
  readonly ofLibrary: string
  readonly success: string
  readonly failure: string
  readonly unreadable: string
  readonly labels: {
    readonly meaning: string
    readonly remedy: string
    readonly kind: string
    readonly outcome: string
    readonly reading: string
    readonly changing: string
    readonly counterparts: (generation: string) => string
    readonly docs: string
    readonly declaredBy: string
    readonly action: string
    readonly request: string
    readonly attempts: string
    readonly members: string
    readonly batch: string
  }
  readonly outcome: { readonly [O in ErrorKind.Outcome]: string }
  /** Where some failures ran and others did not. */
  readonly ofEach: string
  readonly notRetried: { readonly mayHaveRun: string; readonly permanent: string }
  readonly retried: { readonly [C in ErrorKind.RetryClass]: string }
  /** Some names, and how many more there are. */
  readonly more: (names: string, count: number) => string
  readonly noCredentials: { readonly name: string; readonly remedy: string }
  readonly bounds: (times: number, wait: string) => string
  readonly attempts: (count: number, time: string) => string
  readonly batch: (succeeded: number, failed: number) => string
  readonly interrupted: { readonly notSent: string; readonly notRun: string; readonly mayHaveRun: string }
}

const en: Words = {
  api: (generation) => `API ${generation}`,
  foundBy: { declaration: "declared by services", family: "by its family", range: "by the range of the number" },
  ofLibrary: "of effect-tencentcloud, no code of the API",
  success: "a success",
  failure: "a failure",
  unreadable: "not a response of the API",
  labels: {
    meaning: "Meaning",
    remedy: "What to do",
    kind: "Kind",
    outcome: "Did it run",
    reading: "Reading call",
    changing: "Changing call",
    counterparts: (generation) => `In API ${generation}`,
    docs: "More",
    declaredBy: "Declared by",
    action: "Action",
    request: "Request id",
    attempts: "Attempts",
    members: "Members",
    batch: "Batch"
  },
  outcome: {
    notRun: "no",
    ran: "yes, only its response could not be read",
    partial: "for a part of a batch",
    unknown: "nothing proves that it did not"
  },
  ofEach: "the failure itself says",
  notRetried: { mayHaveRun: "not repeated, it may have run", permanent: "not repeated, that would not help" },
  retried: {
    never: "",
    credentials: "repeated with other credentials",
    throttled: "repeated when the quota has room",
    replay: "repeated at once, signed anew",
    transient: "repeated after growing delays",
    maintenance: "repeated after long delays"
  },
  more: (names, count) => `${names} and ${count} more`,
  noCredentials: {
    name: "No credentials",
    remedy: "Set TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY, or write keys with `tccli configure` or to " +
      "~/.tencentcloud/credentials; an instance or a pod can have a role. With --profile only the files of that profile count."
  },
  bounds: (times, wait) => `at most ${times} ${times === 1 ? "time" : "times"}${wait === "" ? "" : ` within ${wait}`}`,
  attempts: (count, time) => `${count} in ${time}`,
  batch: (succeeded, failed) => `${succeeded} succeeded, ${failed} failed`,
  interrupted: {
    notSent: "Interrupted. Nothing was sent, so the action did not run.",
    notRun: "Interrupted. Every request so far was refused or did not arrive, so the action did not run.",
    mayHaveRun: "Interrupted. The action may have run: look at the state of the resource before you act again."
  }
}

const ko: Words = {
  api: (generation) => `API ${generation}`,
  foundBy: { declaration: "서비스가 선언한 코드", family: "코드 계열로 추정", range: "번호 범위로 추정" },
  ofLibrary: "effect-tencentcloud의 오류, API 코드가 아님",
  success: "성공",
  failure: "실패",
  unreadable: "API 응답이 아님",
  labels: {
    meaning: "의미",
    remedy: "조치",
    kind: "종류",
    outcome: "실행 여부",
    reading: "조회 호출",
    changing: "변경 호출",
    counterparts: (generation) => `API ${generation}`,
    docs: "참고",
    declaredBy: "선언한 서비스",
    action: "작업",
    request: "요청 ID",
    attempts: "시도",
    members: "항목",
    batch: "일괄 작업"
  },
  outcome: {
    notRun: "실행되지 않음",
    ran: "실행됨, 응답만 읽지 못함",
    partial: "일괄 작업의 일부만 실행됨",
    unknown: "실행되지 않았다는 증거가 없음"
  },
  ofEach: "오류마다 다름",
  notRetried: { mayHaveRun: "반복하지 않음, 이미 실행되었을 수 있음", permanent: "반복하지 않음, 도움이 되지 않음" },
  retried: {
    never: "",
    credentials: "다른 자격 증명으로 반복",
    throttled: "한도에 여유가 생기면 반복",
    replay: "다시 서명해 곧바로 반복",
    transient: "점점 길게 기다린 뒤 반복",
    maintenance: "오래 기다린 뒤 반복"
  },
  more: (names, count) => `${names} 외 ${count}개`,
  noCredentials: {
    name: "자격 증명 없음",
    remedy:
      "TENCENTCLOUD_SECRET_ID와 TENCENTCLOUD_SECRET_KEY를 설정하거나, `tccli configure`로 또는 ~/.tencentcloud/credentials에 " +
      "키를 저장하십시오. 인스턴스나 파드에는 역할을 둘 수 있습니다. --profile을 쓰면 그 프로필의 파일만 확인합니다."
  },
  bounds: (times, wait) => `최대 ${times}회${wait === "" ? "" : `, ${wait} 이내`}`,
  attempts: (count, time) => `${count}회, ${time}`,
  batch: (succeeded, failed) => `성공 ${succeeded}건, 실패 ${failed}건`,
  interrupted: {
    notSent: "중단했습니다. 아무것도 보내지 않았으므로 작업은 실행되지 않았습니다.",
    notRun: "중단했습니다. 지금까지의 요청은 모두 거부되었거나 도착하지 않았으므로 작업은 실행되지 않았습니다.",
    mayHaveRun: "중단했습니다. 작업이 실행되었을 수 있으니 다시 실행하기 전에 리소스 상태를 확인하십시오."
  }
}

const zh: Words = {
  api: (generation) => `API ${generation}`,
  foundBy: { declaration: "由服务声明", family: "按所属类别推断", range: "按数字范围推断" },
  ofLibrary: "effect-tencentcloud 的错误，不是 API 的错误码",
  success: "成功",
  failure: "失败",
  unreadable: "不是 API 的响应",
  labels: {
    meaning: "含义",
    remedy: "处理方法",
    kind: "种类",
    outcome: "是否执行",
    reading: "只读调用",
    changing: "变更调用",
    counterparts: (generation) => `API ${generation}`,
    docs: "参考",
    declaredBy: "声明服务",
    action: "接口",
    request: "请求 ID",
    attempts: "尝试",
    members: "成员",
    batch: "批量操作"
  },
  outcome: {
    notRun: "没有执行",
    ran: "已经执行，只是无法读取其响应",
    partial: "批量操作只执行了一部分",
    unknown: "无法证明没有执行"
  },
  ofEach: "因具体错误而异",
  notRetried: { mayHaveRun: "不重试，可能已经执行", permanent: "不重试，重试无济于事" },
  retried: {
    never: "",
    credentials: "使用其他凭证重试",
    throttled: "待配额恢复后重试",
    replay: "重新签名后立即重试",
    transient: "重试，等待时间递增",
    maintenance: "等待较长时间后重试"
  },
  more: (names, count) => `${names} 等，另有 ${count} 个`,
  noCredentials: {
    name: "没有凭证",
    remedy:
      "设置 TENCENTCLOUD_SECRET_ID 和 TENCENTCLOUD_SECRET_KEY，或用 `tccli configure` 或在 ~/.tencentcloud/credentials 中" +
      "保存密钥；实例或 Pod 可以使用角色。使用 --profile 时只查找该配置的文件。"
  },
  bounds: (times, wait) => `最多 ${times} 次${wait === "" ? "" : `，${wait} 以内`}`,
  attempts: (count, time) => `${count} 次，${time}`,
  batch: (succeeded, failed) => `成功 ${succeeded} 项，失败 ${failed} 项`,
  interrupted: {
    notSent: "已中断。没有发送任何请求，操作没有执行。",
    notRun: "已中断。此前的请求均被拒绝或没有到达，操作没有执行。",
    mayHaveRun: "已中断。操作可能已经执行，再次操作前先查看资源状态。"
  }
}

/** What the command says, by language. */
export const words: { readonly [L in Language]: Words } = { en, ko, zh }

const separators: { readonly [L in Language]: string } = { en: ", ", ko: ", ", zh: "，" }

/** A time for people. */
export const timeText = (millis: number): string =>
  millis < 1000 ? `${Math.round(millis)} ms` : `${(millis / 1000).toFixed(1)} s`

/** A verdict for people. */
export const verdictText = (verdict: Verdict, language: Language): string => {
  const { bounds, notRetried, retried } = words[language]
  if (!verdict.retried) return verdict.reason === "outcomeUnknown" ? notRetried.mayHaveRun : notRetried.permanent
  const wait = verdict.withinMillis === 0 ? "" : timeText(verdict.withinMillis)
  return `${retried[verdict.retryClass]}${separators[language]}${bounds(verdict.times, wait)}`
}
