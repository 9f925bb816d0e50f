/**
 * Writes the error pages `errors.md`, `errors.ko.md` and `errors.zh.md` beside this file from the catalogue. With
 * `--check` it writes nothing, names each page that differs from the one on disk and then exits with 1.
 *
 * The failures come from `src/ErrorCode.ts` and the words around them from here. The numbers of the retry schedules are
 * not repeated: `retry-contract.md` has them.
 *
 *     node docs/generate.ts [--check]
 */
import { readFileSync, writeFileSync } from "node:fs"
import * as ErrorCode from "../src/v2/ErrorCode.ts"

/** A page: its file name in `docs/` and its Markdown. */
export interface Page {
  readonly file: string
  readonly text: string
}

/** How a retry class is told: what it means, and whether a read-only and a mutating call are sent again. */
interface RetryWords {
  readonly meaning: string
  readonly idempotent: string
  readonly mutating: string
}

/** Everything on a page that is not in the catalogue. */
interface Words {
  readonly file: string
  readonly language: string
  readonly title: string
  readonly generated: string
  readonly intro: string
  readonly errors: string
  readonly columns: {
    readonly code: string
    readonly category: string
    readonly idempotent: string
    readonly mutating: string
    readonly name: string
    readonly remedy: string
    readonly link: string
  }
  readonly docs: string
  readonly retries: string
  readonly retriesIntro: string
  readonly retryRules: ReadonlyArray<string>
  readonly retryColumns: {
    readonly retryClass: string
    readonly codes: string
    readonly meaning: string
  }
  readonly retry: { readonly [C in ErrorCode.RetryClass]: RetryWords }
  readonly outside: string
  readonly outsideItems: ReadonlyArray<string>
}

const en: Words = {
  file: "errors.md",
  language: "English",
  title: "Errors",
  generated: "Generated from [`src/ErrorCode.ts`](../src/ErrorCode.ts) by `npm run generate`; edit it there.",
  intro: "The common error codes of the Tencent Cloud API 2.0. Each has a class of its own, told apart by its `_tag`.",
  errors: "The codes",
  columns: {
    code: "Code",
    category: "Category",
    idempotent: "Read-only call retried",
    mutating: "Mutating call retried",
    name: "Name",
    remedy: "What to do",
    link: "More"
  },
  docs: "docs",
  retries: "Retry classes",
  retriesIntro: "What the default policies do:",
  retryRules: [
    "A mutating call is sent again only when the failure proves that the action did not run.",
    "Read-only actions are `Describe*`, `List*`, `Get*`, `Query*`, `Inquiry*`, `Inquire*`, `Search*`, `Count*`.",
    "All other actions are mutating, unless one says otherwise. A call with `idempotent: true` counts as read-only.",
    "Every attempt is signed anew, with its own timestamp and nonce.",
    "Delays and limits are in the [retry contract](retry-contract.md)."
  ],
  retryColumns: { retryClass: "Class", codes: "Codes", meaning: "Meaning" },
  retry: {
    never: {
      meaning: "The same request would fail again, or was already carried out in part. Change something first.",
      idempotent: "no",
      mutating: "no"
    },
    credentials: {
      meaning: "Refused before it ran. Helps only if the provider now has other credentials than the refused ones.",
      idempotent: "once, with new credentials",
      mutating: "once, with new credentials"
    },
    throttled: {
      meaning: "Refused before it ran: too many requests. Waits until the quota has room or the deadline comes.",
      idempotent: "yes, when the quota has room",
      mutating: "yes, when the quota has room"
    },
    replay: {
      meaning: "Refused before it ran: nonce or time. Sent again at once, with a new nonce and a corrected clock.",
      idempotent: "yes, at once, signed anew",
      mutating: "yes, at once, signed anew"
    },
    transient: {
      meaning: "May pass by itself, but the action may have run. Waits longer from attempt to attempt, with jitter.",
      idempotent: "yes, after growing delays",
      mutating: "no, it may have run"
    },
    maintenance: {
      meaning: "The API is closed for the moment, so nothing ran. As `transient`, with longer waits.",
      idempotent: "yes, after long delays",
      mutating: "yes, after long delays"
    }
  },
  outside: "Outside the table",
  outsideItems: [
    "`0` is success.",
    "Any other code becomes an `UnknownErrorCode`, which keeps the code and is not retried.",
    "A body that cannot be read becomes a `MalformedResponse`.",
    "Modules reuse these numbers with meanings of their own: map those with the `errors` and `successCodes` options."
  ]
}

const ko: Words = {
  file: "errors.ko.md",
  language: "한국어",
  title: "오류",
  generated:
    "`npm run generate`로 [`src/ErrorCode.ts`](../src/ErrorCode.ts)에서 생성한 문서입니다. 수정은 그 파일에서 하십시오.",
  intro: "Tencent Cloud API 2.0의 공통 오류 코드입니다. 코드마다 클래스가 하나씩 있으며 `_tag`로 구분합니다.",
  errors: "오류 코드",
  columns: {
    code: "코드",
    category: "분류",
    idempotent: "조회 호출 재시도",
    mutating: "변경 호출 재시도",
    name: "이름",
    remedy: "조치",
    link: "참고"
  },
  docs: "문서",
  retries: "재시도 분류",
  retriesIntro: "기본 정책은 다음과 같이 동작합니다.",
  retryRules: [
    "변경 호출은 작업이 실행되지 않았음이 오류로 분명할 때만 다시 보냅니다.",
    "조회 작업은 `Describe*`, `List*`, `Get*`, `Query*`, `Inquiry*`, `Inquire*`, `Search*`, `Count*`입니다.",
    "그 밖의 작업은 따로 지정하지 않는 한 모두 변경입니다. `idempotent: true`인 호출은 조회로 다룹니다.",
    "모든 시도는 새 타임스탬프와 새 논스로 다시 서명합니다.",
    "지연 시간과 한도는 [재시도 계약](retry-contract.md)(영어)에 있습니다."
  ],
  retryColumns: { retryClass: "분류", codes: "코드", meaning: "의미" },
  retry: {
    never: {
      meaning: "같은 요청은 또 실패하거나 이미 일부가 실행되었습니다. 먼저 무언가를 바꿔야 합니다.",
      idempotent: "아니요",
      mutating: "아니요"
    },
    credentials: {
      meaning: "실행 전에 거부되었습니다. 거부된 것과 다른 자격 증명을 얻을 수 있을 때만 도움이 됩니다.",
      idempotent: "새 자격 증명으로 한 번",
      mutating: "새 자격 증명으로 한 번"
    },
    throttled: {
      meaning: "요청이 너무 많아 실행 전에 거부되었습니다. 한도에 여유가 생길 때까지, 길어도 기한까지 기다립니다.",
      idempotent: "예, 한도에 여유가 생기면",
      mutating: "예, 한도에 여유가 생기면"
    },
    replay: {
      meaning: "논스나 시각 때문에 실행 전에 거부되었습니다. 새 논스와 보정한 시각으로 곧바로 다시 보냅니다.",
      idempotent: "예, 다시 서명해 곧바로",
      mutating: "예, 다시 서명해 곧바로"
    },
    transient: {
      meaning: "저절로 나아질 수 있지만 작업이 이미 실행되었을 수 있습니다. 시도할수록 더 오래 기다립니다.",
      idempotent: "예, 점점 길게 기다린 뒤",
      mutating: "아니요, 이미 실행되었을 수 있음"
    },
    maintenance: {
      meaning: "API가 잠시 닫혀 있으므로 아무것도 실행되지 않았습니다. `transient`와 같되 더 오래 기다립니다.",
      idempotent: "예, 오래 기다린 뒤",
      mutating: "예, 오래 기다린 뒤"
    }
  },
  outside: "표에 없는 경우",
  outsideItems: [
    "`0`은 성공입니다.",
    "그 밖의 코드는 `UnknownErrorCode`가 됩니다. 코드를 그대로 담으며 재시도하지 않습니다.",
    "읽을 수 없는 본문은 `MalformedResponse`가 됩니다.",
    "모듈에 따라 같은 번호를 다른 뜻으로 씁니다. `errors`와 `successCodes` 옵션으로 대응시키십시오."
  ]
}

const zh: Words = {
  file: "errors.zh.md",
  language: "中文",
  title: "错误",
  generated: "由 `npm run generate` 根据 [`src/ErrorCode.ts`](../src/ErrorCode.ts) 生成，请在该文件中修改。",
  intro: "腾讯云 API 2.0 的公共错误码。每个错误码对应一个类，以 `_tag` 区分。",
  errors: "错误码",
  columns: {
    code: "错误码",
    category: "类别",
    idempotent: "只读调用是否重试",
    mutating: "变更调用是否重试",
    name: "名称",
    remedy: "处理方法",
    link: "参考"
  },
  docs: "文档",
  retries: "重试类别",
  retriesIntro: "默认策略的行为如下：",
  retryRules: [
    "只有错误能证明操作没有执行时，变更调用才会重试。",
    "只读操作为 `Describe*`、`List*`、`Get*`、`Query*`、`Inquiry*`、`Inquire*`、`Search*`、`Count*`。",
    "其他操作除非另行声明，一律为变更。带 `idempotent: true` 的调用按只读处理。",
    "每次尝试都会使用新的时间戳和随机数重新签名。",
    "等待时间与上限见[重试约定](retry-contract.md)（英文）。"
  ],
  retryColumns: { retryClass: "类别", codes: "错误码", meaning: "含义" },
  retry: {
    never: {
      meaning: "同样的请求还会失败，或者已经部分执行。需要先作出改变。",
      idempotent: "否",
      mutating: "否"
    },
    credentials: {
      meaning: "请求在执行前被拒绝。只有能取得与被拒凭证不同的凭证时，重试才有意义。",
      idempotent: "一次，使用新凭证",
      mutating: "一次，使用新凭证"
    },
    throttled: {
      meaning: "请求过多，在执行前被拒绝。等待配额恢复，最长到截止时间。",
      idempotent: "是，待配额恢复",
      mutating: "是，待配额恢复"
    },
    replay: {
      meaning: "因随机数或时间问题在执行前被拒绝。换用新的随机数并校正时钟后立即重发。",
      idempotent: "是，重新签名后立即重发",
      mutating: "是，重新签名后立即重发"
    },
    transient: {
      meaning: "可能自行恢复，但无法证明操作没有执行。每次尝试的等待时间逐渐变长，并带有抖动。",
      idempotent: "是，等待时间递增",
      mutating: "否，可能已经执行"
    },
    maintenance: {
      meaning: "接口暂时关闭，没有执行任何操作。与 `transient` 相同，但等待更久。",
      idempotent: "是，等待较长时间",
      mutating: "是，等待较长时间"
    }
  },
  outside: "表外情况",
  outsideItems: [
    "`0` 表示成功。",
    "其他错误码一律成为 `UnknownErrorCode`，保留原错误码，不重试。",
    "无法读取的响应体成为 `MalformedResponse`。",
    "有的模块会以不同的含义使用相同的数字，请用 `errors` 和 `successCodes` 选项进行映射。"
  ]
}

const words: { readonly [L in ErrorCode.Language]: Words } = { en, ko, zh }

const languages: ReadonlyArray<ErrorCode.Language> = ["en", "ko", "zh"]

const retryClasses: ReadonlyArray<ErrorCode.RetryClass> = [
  "credentials",
  "throttled",
  "replay",
  "transient",
  "maintenance",
  "never"
]

/** Plain text inside a table cell: no character of it may act as Markdown or end the cell. */
export const escapeCell = (text: string): string => text.replace(/[\\`*_[\]<>|]/g, "\\$&").replace(/\s+/g, " ")

const table = (header: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string>>): string =>
  [header, header.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n")

const list = (items: ReadonlyArray<string>): string => items.map((item) => `- ${item}`).join("\n")

const languageLinks = (current: ErrorCode.Language): string =>
  languages
    .map((l) => (l === current ? `**${words[l].language}**` : `[${words[l].language}](${words[l].file})`))
    .join(" · ")

const codeTable = (language: ErrorCode.Language, rows: ReadonlyArray<ErrorCode.Row>): string => {
  const { columns, docs, retry } = words[language]
  return table(
    [
      columns.code,
      "`_tag`",
      columns.category,
      columns.idempotent,
      columns.mutating,
      columns.name,
      columns.remedy,
      columns.link
    ],
    rows.map((row) => [
      String(row.code),
      `\`${row.tag}\``,
      `\`${row.category}\``,
      retry[row.retryClass].idempotent,
      retry[row.retryClass].mutating,
      escapeCell(row.text[language].name),
      escapeCell(row.text[language].remedy),
      `[${docs}](${row.docs})`
    ])
  )
}

const retryTable = (language: ErrorCode.Language, rows: ReadonlyArray<ErrorCode.Row>): string => {
  const { columns, retry, retryColumns } = words[language]
  return table(
    [retryColumns.retryClass, retryColumns.meaning, columns.idempotent, columns.mutating, retryColumns.codes],
    retryClasses.map((retryClass) => [
      `\`${retryClass}\``,
      retry[retryClass].meaning,
      retry[retryClass].idempotent,
      retry[retryClass].mutating,
      rows.filter((row) => row.retryClass === retryClass).map((row) => row.code).join(", ")
    ])
  )
}

const page = (language: ErrorCode.Language, rows: ReadonlyArray<ErrorCode.Row>): Page => {
  const w = words[language]
  const blocks = [
    `> ${w.generated}`,
    `# ${w.title}`,
    languageLinks(language),
    w.intro,
    `## ${w.errors}`,
    codeTable(language, rows),
    `## ${w.retries}`,
    w.retriesIntro,
    list(w.retryRules),
    retryTable(language, rows),
    `## ${w.outside}`,
    list(w.outsideItems)
  ]
  return { file: w.file, text: `${blocks.join("\n\n")}\n` }
}

/** The pages of a catalogue, one per language. Pure: it reads and writes no file. */
export const pages = (rows: ReadonlyArray<ErrorCode.Row> = ErrorCode.catalogue): ReadonlyArray<Page> =>
  languages.map((language) => page(language, rows))

const location = (file: string): URL => new URL(file, import.meta.url)

const readIfPresent = (file: string): string | undefined => {
  try {
    return readFileSync(location(file), "utf8")
  } catch {
    return undefined
  }
}

const main = (args: ReadonlyArray<string>): void => {
  const stale = pages().filter((page) => readIfPresent(page.file) !== page.text)
  if (args.includes("--check")) {
    for (const { file } of stale) console.error(`docs/${file} is stale: run \`npm run generate\``)
    if (stale.length > 0) process.exitCode = 1
    return
  }
  for (const { file, text } of stale) {
    writeFileSync(location(file), text)
    console.log(`docs/${file} written`)
  }
}

if (import.meta.main) main(process.argv.slice(2))
