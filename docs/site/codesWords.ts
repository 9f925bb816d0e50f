/**
 * The words of the index of codes in three languages.
 */
import type { Language } from "effect-tencentcloud/ErrorKindText"

export interface Words {
  readonly search: string
  readonly kind: string
  readonly all: string
  readonly code: string
  readonly outcome: string
  readonly count: (found: number, shown: number) => string
}

export const words: { readonly [L in Language]: Words } = {
  en: {
    search: "Search for",
    kind: "Kind",
    all: "all kinds",
    code: "Code",
    outcome: "Outcome",
    count: (found, shown) =>
      `${found} ${found === 1 ? "code" : "codes"}${found > shown ? `, the first ${shown} of them` : ""}`
  },
  ko: {
    search: "검색",
    kind: "종류",
    all: "모든 종류",
    code: "코드",
    outcome: "실행 결과",
    count: (found, shown) => `코드 ${found}개${found > shown ? ` 중 앞의 ${shown}개` : ""}`
  },
  zh: {
    search: "搜索",
    kind: "种类",
    all: "所有种类",
    code: "错误码",
    outcome: "执行结果",
    count: (found, shown) => `${found} 个错误码${found > shown ? `，显示前 ${shown} 个` : ""}`
  }
}
