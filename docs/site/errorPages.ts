/**
 * The generated pages about errors: one for each kind and for each code of API 2.0, in three languages, and the index of the codes of
 * API 3.0. Their words are those of the library and of the generated tables.
 */
import { Option, Result, Schema } from "effect"
import * as ErrorKind from "../../src/ErrorKind.ts"
import * as ErrorKindText from "../../src/ErrorKindText.ts"
import * as ErrorCode from "../../src/v2/ErrorCode.ts"
import * as TencentResponse from "../../src/v2/TencentResponse.ts"
import * as ErrorCodeV3 from "../../src/v3/ErrorCode.ts"
import type { CodeKind } from "../../src/v3/TencentError.ts"
import * as TencentResponseV3 from "../../src/v3/TencentResponse.ts"
import { escapeCell, languages, type Page, textOf, words } from "../generate.ts"
import { declaredCodes } from "./declared.ts"
import { handler } from "./playground/handler.ts"
import type { Item } from "./playground/read.ts"
import { words as playgroundWords } from "./playground/words.ts"

type Language = ErrorKindText.Language

const kinds = Object.keys(ErrorKind.table) as ReadonlyArray<ErrorKind.ErrorKind>

/** What the pages say beside the tables. */
interface Own {
  readonly kind: (kind: string) => string
  readonly codes2: string
  readonly codes3: string
  readonly codes3Count: (count: number) => string
  readonly counterparts: string
  readonly code: string
  readonly around: string
  readonly codesTitle: string
  readonly codesIntro: (count: number) => string
  readonly playground: string
  readonly playgroundIntro: string
}

const own: { readonly [L in Language]: Own } = {
  en: {
    kind: (kind) => `The kind \`${kind}\``,
    codes2: "Codes of API 2.0",
    codes3: "Codes of API 3.0",
    codes3Count: (count) => `${count} codes of API 3.0 have this kind.`,
    counterparts: "In API 3.0",
    code: "The code that handles it",
    around: "No server sends such a code. It is a failure around a response.",
    codesTitle: "Codes of API 3.0",
    codesIntro: (count) =>
      `The ${count} codes that the actions of API 3.0 declare, and the common ones, each with its kind and with whether its action may ` +
      "have run. An action can send other codes too: one in six of the failures that the documentation prints has one that its " +
      "action does not declare.",
    playground: "Playground",
    playgroundIntro: ""
  },
  ko: {
    kind: (kind) => `종류 \`${kind}\``,
    codes2: "API 2.0 코드",
    codes3: "API 3.0 코드",
    codes3Count: (count) => `이 종류에 속하는 API 3.0 코드는 ${count}개입니다.`,
    counterparts: "API 3.0의 대응 코드",
    code: "처리하는 코드",
    around: "서버가 보내는 코드가 아니라 응답 바깥에서 생기는 오류입니다.",
    codesTitle: "API 3.0 코드",
    codesIntro: (count) =>
      `API 3.0의 작업이 선언하는 코드 ${count}개와 공통 코드입니다. 코드마다 종류와, 작업이 실행되었을 수 있는지를 함께 보여 줍니다. ` +
      "선언하지 않은 코드가 올 수도 있습니다. 문서에 실린 실패 예시 여섯 가운데 하나는 작업이 선언하지 않은 코드입니다.",
    playground: "응답 붙여 넣기",
    playgroundIntro: "API가 보낸 응답을 붙여 넣으면 그것이 무엇인지, 어떻게 조치할지, 다시 보내는지를 알려 줍니다. " +
      "라이브러리의 코어가 브라우저 안에서 실행되며, 아무것도 저장하거나 전송하지 않습니다."
  },
  zh: {
    kind: (kind) => `种类 \`${kind}\``,
    codes2: "API 2.0 错误码",
    codes3: "API 3.0 错误码",
    codes3Count: (count) => `属于这一种类的 API 3.0 错误码有 ${count} 个。`,
    counterparts: "API 3.0 中的对应错误码",
    code: "处理它的代码",
    around: "这不是服务器返回的错误码，而是响应之外的失败。",
    codesTitle: "API 3.0 错误码",
    codesIntro: (count) =>
      `API 3.0 各操作声明的 ${count} 个错误码，以及公共错误码，并列出各自的种类以及操作是否可能已经执行。` +
      "操作也可能返回其他错误码：文档所列的失败示例中，每六个就有一个带有该操作未声明的错误码。",
    playground: "粘贴响应",
    playgroundIntro: "粘贴 API 返回的响应，即可了解它是什么、该如何处理、是否会重试。本页在浏览器中运行本库的核心，" +
      "不保存也不发送任何内容。"
  }
}

const prefix = (language: Language): string => (language === "en" ? "" : `/${language}`)

const inFolder = (language: Language, file: string): string => (language === "en" ? file : `${language}/${file}`)

const literal = (text: string): string => `\`${text}\``

const rows = (pairs: ReadonlyArray<readonly [string, string]>): string =>
  pairs.map(([name, value]) => `- **${name}**: ${value}`).join("\n")

const elsewhere = (language: Language, file: string): string =>
  languages.filter((other) => other !== language).map((other) => `[${words[other].language}](${prefix(other)}/${file})`)
    .join(" · ")

const kindLink = (language: Language, kind: string): string => `[\`${kind}\`](${prefix(language)}/kinds/${kind}.md)`

/** The rows that follow from the kind alone. */
const kindRows = (language: Language, kind: ErrorKind.ErrorKind): ReadonlyArray<readonly [string, string]> => {
  const { columns, outcome, retry } = words[language]
  const row = ErrorKind.table[kind]
  const { idempotent, meaning, mutating } = retry[row.retryClass]
  return [
    [columns.category, literal(row.category)],
    [columns.retryClass, `${literal(row.retryClass)}: ${escapeCell(meaning)}`],
    [columns.outcome, `${literal(row.outcome)}: ${escapeCell(outcome[row.outcome])}`],
    [columns.idempotent, idempotent],
    [columns.mutating, mutating]
  ]
}

/** The program that handles a failure. */
const program = (language: Language, item: Item): string =>
  `## ${own[language].code}\n\n\`\`\`ts no-run\n${handler(item, playgroundWords[language].remarks) ?? ""}\n\`\`\``

const ofCode = (code: number): Item => {
  const result = TencentResponse.decodeResult(Schema.Unknown)({ code, message: "" })
  return {
    name: "1",
    generation: "2.0",
    declared: undefined,
    failure: Result.isFailure(result) ? result.failure : undefined
  }
}

const ofDeclared = ({ code, kind }: { readonly code: string; readonly kind: CodeKind }): Item => {
  const isCommon = Option.isSome(ErrorCodeV3.fromCode(code))
  const errors: { readonly [K in CodeKind]?: string } = isCommon ? {} : { [kind]: code }
  const decode = TencentResponseV3.decodeResult(Schema.Unknown, { errors })
  const result = decode({ Response: { Error: { Code: code, Message: "" } } })
  return {
    name: "1",
    generation: "3.0",
    declared: isCommon ? undefined : kind,
    failure: Result.isFailure(result) ? result.failure : undefined
  }
}

const kindPage = (language: Language, kind: ErrorKind.ErrorKind): Page => {
  const { name, remedy } = ErrorKindText.table[kind][language]
  const { codes2, codes3, codes3Count, around } = own[language]
  const ofV2 = ErrorCode.catalogue.filter((row) => row.kind === kind)
  const ofV3 = ErrorCodeV3.catalogue.filter((row) => row.kind === kind)
  const declared = declaredCodes.filter((row) => row.kind === kind)
  const [first] = [...ofV3, ...declared]
  const links = ofV2.map(({ code, tag }) => `- [${code} \`${tag}\`](${prefix(language)}/codes/${code}.md)`)
  const file = `kinds/${kind}.md`
  return {
    file: inFolder(language, file),
    text: [
      `# ${name}`,
      elsewhere(language, file),
      `${own[language].kind(kind)}. ${remedy}`,
      rows(kindRows(language, kind)),
      ...(links.length > 0 ? [`## ${codes2}`, links.join("\n")] : []),
      ...(declared.length > 0
        ? [
          `## ${codes3}`,
          `${codes3Count(declared.length)} [${own[language].codesTitle}](${prefix(language)}/codes-3.md?kind=${kind})`,
          ...(ofV3.length > 0 ? [ofV3.map(({ code }) => `- ${literal(code)}`).join("\n")] : [])
        ]
        : []),
      first === undefined
        ? ofV2[0] === undefined ? around : program(language, ofCode(ofV2[0].code))
        : program(language, ofDeclared(first))
    ].filter((part) => part !== "").join("\n\n") + "\n"
  }
}

const codePage = (language: Language, { code, kind, tag }: ErrorCode.CatalogueRow): Page => {
  const text = textOf(tag)
  const { columns, docs } = words[language]
  const counterpart = ErrorCodeV3.counterparts.find((row) => row.v2 === code)
  const file = `codes/${code}.md`
  return {
    file: inFolder(language, file),
    text: [
      `# ${code} ${literal(tag)}: ${text[language].name}`,
      elsewhere(language, file),
      `${text[language].remedy} [${docs}](${text.docs})`,
      rows([[columns.kind, kindLink(language, kind)], ...kindRows(language, kind)]),
      ...(counterpart === undefined || counterpart.v3.length === 0
        ? []
        : [`## ${own[language].counterparts}`, counterpart.v3.map((code) => `- ${literal(code)}`).join("\n")]),
      program(language, ofCode(code))
    ].join("\n\n") + "\n"
  }
}

const codesPage = (language: Language): Page => ({
  file: inFolder(language, "codes-3.md"),
  text: [
    `# ${own[language].codesTitle}`,
    elsewhere(language, "codes-3.md"),
    own[language].codesIntro(declaredCodes.length),
    `<Codes language="${language}" />`
  ].join("\n\n") + "\n"
})

/** That of the English page is written by hand. */
const playgroundPage = (language: Language): Page => ({
  file: inFolder(language, "playground.md"),
  text: [`# ${own[language].playground}`, own[language].playgroundIntro, `<Playground language="${language}" />`]
    .join("\n\n") + "\n"
})

/** All generated pages about errors. */
export const errorPages = (): ReadonlyArray<Page> =>
  languages.flatMap((language) => [
    ...kinds.map((kind) => kindPage(language, kind)),
    ...ErrorCode.catalogue.map((row) => codePage(language, row)),
    codesPage(language),
    ...(language === "en" ? [] : [playgroundPage(language)])
  ])
