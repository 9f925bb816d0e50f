/**
 * The words of the playground in three languages. Those of a failure itself come from the library.
 */
import type { Outcome } from "effect-tencentcloud/ErrorKind"
import type { Language } from "effect-tencentcloud/ErrorKindText"
import type { Remarks } from "./handler.ts"

export interface Words {
  readonly language: string
  readonly input: string
  readonly hint: string
  readonly file: string
  readonly examples: string
  readonly clear: string
  readonly readAs: string
  readonly automatic: string
  readonly empty: string
  readonly tooLong: string
  /** How many bodies there are, and how many of them are not shown. */
  readonly found: (count: number, more: number) => string
  readonly bodies: string
  readonly success: string
  readonly successHint: string
  readonly neither: string
  readonly whatItIs: string
  readonly whatToDo: string
  readonly whatTheServerSaid: string
  readonly more: string
  readonly outcome: { readonly [O in Outcome]: string }
  readonly error: string
  readonly repeated: string
  readonly reading: string
  readonly changing: string
  readonly stopped: { readonly permanent: string; readonly outcomeUnknown: string }
  readonly atOnce: (retries: number) => string
  readonly within: (fewest: number, most: number, time: string) => string
  readonly median: string
  readonly worst: string
  readonly code: string
  readonly copy: string
  readonly copied: string
  readonly notCopied: string
  readonly remarks: Remarks
}

export const words: { readonly [L in Language]: Words } = {
  en: {
    language: "Language",
    input: "Response",
    hint:
      "Paste a response of API 2.0 or 3.0, a JSON array of them, or a log with one on each line. Or drop a file here.",
    file: "Open a file",
    examples: "Examples",
    clear: "Clear",
    readAs: "Read as",
    automatic: "what it looks like",
    empty: "Nothing is read yet.",
    tooLong: "The text is too long. Only its beginning was read.",
    found: (count, more) =>
      `${count} ${count === 1 ? "response" : "responses"}${more > 0 ? `, and ${more} more that are not shown` : ""}.`,
    bodies: "Responses",
    success: "Success",
    successHint: "The action ran. Its schema decides what the value is.",
    neither: "No response of the API",
    whatItIs: "What it is",
    whatToDo: "What to do",
    whatTheServerSaid: "What the server said",
    more: "Documentation of the vendor",
    outcome: {
      notRun: "Nothing ran.",
      ran: "The action ran.",
      partial: "A part of the batch ran.",
      unknown: "The action may have run."
    },
    error: "The error in an editor",
    repeated: "Is it repeated?",
    reading: "An action that only reads",
    changing: "An action that changes something",
    stopped: {
      permanent: "Not repeated: the same request would fail again, or has run already.",
      outcomeUnknown: "Not repeated: it may have run, and would then run twice."
    },
    atOnce: (retries) => `Repeated at once, up to ${retries} ${retries === 1 ? "time" : "times"}.`,
    within: (fewest, most, time) =>
      `Repeated up to ${fewest === most ? most : `${fewest} to ${most}`} times, within ${time}.`,
    median: "Usual waits",
    worst: "Longest waits",
    code: "The code that handles it",
    copy: "Copy",
    copied: "Copied.",
    notCopied: "The browser does not let this page copy. The code is selected.",
    remarks: {
      byCode: "This code alone.",
      byMeaning: "Every code that means the same.",
      look: "The action may have run: look before you act again."
    }
  },
  ko: {
    language: "언어",
    input: "응답",
    hint: "API 2.0 또는 3.0의 응답, 응답의 JSON 배열, 한 줄에 하나씩 담긴 로그를 붙여 넣거나 파일을 끌어다 놓으십시오.",
    file: "파일 열기",
    examples: "예시",
    clear: "지우기",
    readAs: "해석 방식",
    automatic: "자동",
    empty: "아직 읽은 내용이 없습니다.",
    tooLong: "내용이 너무 길어 앞부분만 읽었습니다.",
    found: (count, more) => `응답 ${count}개${more > 0 ? `(표시하지 않은 응답 ${more}개)` : ""}.`,
    bodies: "응답 목록",
    success: "성공",
    successHint: "작업이 실행되었습니다. 값의 형태는 작업의 스키마가 정합니다.",
    neither: "API의 응답이 아님",
    whatItIs: "의미",
    whatToDo: "조치",
    whatTheServerSaid: "서버가 보낸 메시지",
    more: "공식 문서",
    outcome: {
      notRun: "아무것도 실행되지 않았습니다.",
      ran: "작업이 실행되었습니다.",
      partial: "일괄 작업의 일부가 실행되었습니다.",
      unknown: "작업이 실행되었을 수 있습니다."
    },
    error: "편집기에 보이는 오류",
    repeated: "다시 보내는가?",
    reading: "조회 작업",
    changing: "변경 작업",
    stopped: {
      permanent: "다시 보내지 않습니다. 같은 요청은 또 실패하거나 이미 실행되었습니다.",
      outcomeUnknown: "다시 보내지 않습니다. 이미 실행되었다면 두 번 실행됩니다."
    },
    atOnce: (retries) => `곧바로 최대 ${retries}번 다시 보냅니다.`,
    within: (fewest, most, time) =>
      `${time} 안에 최대 ${fewest === most ? most : `${fewest}~${most}`}번 다시 보냅니다.`,
    median: "보통의 대기",
    worst: "가장 긴 대기",
    code: "처리하는 코드",
    copy: "복사",
    copied: "복사했습니다.",
    notCopied: "브라우저가 복사를 허용하지 않아 코드를 선택해 두었습니다.",
    remarks: {
      byCode: "이 코드만 처리합니다.",
      byMeaning: "의미가 같은 모든 코드를 처리합니다.",
      look: "작업이 실행되었을 수 있으므로 다시 실행하기 전에 확인합니다."
    }
  },
  zh: {
    language: "语言",
    input: "响应",
    hint: "粘贴 API 2.0 或 3.0 的响应、由响应组成的 JSON 数组，或每行一个响应的日志；也可以把文件拖到这里。",
    file: "打开文件",
    examples: "示例",
    clear: "清空",
    readAs: "读取方式",
    automatic: "自动识别",
    empty: "尚未读取任何内容。",
    tooLong: "内容过长，只读取了开头部分。",
    found: (count, more) => `共 ${count} 个响应${more > 0 ? `，另有 ${more} 个未显示` : ""}。`,
    bodies: "响应列表",
    success: "成功",
    successHint: "操作已经执行。值的形式由操作的 schema 决定。",
    neither: "不是 API 的响应",
    whatItIs: "含义",
    whatToDo: "处理方法",
    whatTheServerSaid: "服务器返回的消息",
    more: "官方文档",
    outcome: {
      notRun: "没有执行任何操作。",
      ran: "操作已经执行。",
      partial: "批量操作只执行了一部分。",
      unknown: "操作可能已经执行。"
    },
    error: "编辑器中的错误",
    repeated: "会重试吗？",
    reading: "只读操作",
    changing: "变更操作",
    stopped: {
      permanent: "不会重试：同样的请求还会失败，或者已经执行。",
      outcomeUnknown: "不会重试：操作可能已经执行，重试会执行两次。"
    },
    atOnce: (retries) => `立即重试，最多 ${retries} 次。`,
    within: (fewest, most, time) => `在 ${time} 内最多重试 ${fewest === most ? most : `${fewest} 到 ${most}`} 次。`,
    median: "通常的等待",
    worst: "最长的等待",
    code: "处理它的代码",
    copy: "复制",
    copied: "已复制。",
    notCopied: "浏览器不允许复制，代码已选中。",
    remarks: {
      byCode: "只处理这一个错误码。",
      byMeaning: "处理含义相同的所有错误码。",
      look: "操作可能已经执行：再次操作前先查看。"
    }
  }
}

/** Responses to try, by what they show. */
export const examples: ReadonlyArray<{ readonly name: string; readonly text: string }> = [
  { name: "4400", text: `{ "code": 4400, "message": "(4400) too many requests", "codeDesc": "RequestLimitExceeded" }` },
  { name: "5100", text: `{ "code": 5100, "message": "(100004)projectId is wrong" }` },
  {
    name: "API 3.0",
    text:
      `{ "Response": { "Error": { "Code": "InvalidInstanceId.NotFound", "Message": "no ins-1" }, "RequestId": "r-1" } }`
  },
  {
    name: "batch",
    text:
      `{ "code": 5400, "message": "", "detail": { "disk-1": { "code": 0 }, "disk-2": { "code": 5000, "message": "disk not exist" } } }`
  },
  { name: "log", text: `{"code":4400,"message":""}\n{"code":0,"message":""}\n{"code":6000,"message":"busy"}` },
  { name: "HTML", text: "<html><h1>502 Bad Gateway</h1></html>" }
]
