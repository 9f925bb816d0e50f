import { assert, describe, it } from "@effect/vitest"
import { ErrorKind } from "effect-tencentcloud"
import * as ErrorKindText from "effect-tencentcloud/ErrorKindText"

const kinds = Object.keys(ErrorKind.table) as ReadonlyArray<ErrorKind.ErrorKind>

const languages: ReadonlyArray<ErrorKindText.Language> = ["en", "ko", "zh"]

const texts = kinds.flatMap((kind) =>
  languages.flatMap((language) => {
    const { name, remedy } = ErrorKindText.table[kind][language]
    return [{ kind, language, part: "name", text: name }, { kind, language, part: "remedy", text: remedy }]
  })
)

const scripts = {
  en: { has: /^[\x20-\x7e]+$/, lacks: /[\p{Script=Hangul}\p{Script=Han}]/u },
  ko: { has: /\p{Script=Hangul}/u, lacks: /\p{Script=Han}/u },
  zh: { has: /\p{Script=Han}/u, lacks: /\p{Script=Hangul}/u }
}

/** How each language says to look at the state of the resource before acting again. */
const lookFirst = {
  en: /Look at the state of (?:the|each) resource before you act again/,
  ko: /다시 실행하기 전에 (?:항목별로 )?리소스 상태를 확인하/,
  zh: /再次操作前先(?:逐项)?查看资源状态/
}

const mayHaveRun: ReadonlyArray<ErrorKind.ErrorKind> = [
  "operationFailed",
  "partial",
  "internal",
  "timeout",
  "overload",
  "malformed",
  "unknown"
]

describe("ErrorKindText", () => {
  it("has words for every kind, in three languages", () => {
    assert.sameMembers(Object.keys(ErrorKindText.table), [...kinds])
    assert.strictEqual(texts.length, 26 * 3 * 2)
  })

  it.each(texts)("$kind has a $part in $language", ({ language, text }) => {
    assert.match(text, scripts[language].has)
    assert.notMatch(text, scripts[language].lacks)
    assert.strictEqual(text, text.trim())
    assert.notMatch(text, /[\r\n\t]/)
  })

  it.each(texts)("$kind names no code in its $part in $language", ({ text }) => {
    assert.notMatch(text, /\d/)
    // A code of API 3.0, such as `InvalidParameter` or `AuthFailure.TokenFailure`.
    assert.notMatch(text, /[A-Z][a-z]+(?:[A-Z]|\.[A-Z])/)
  })

  it.each(texts.filter(({ part }) => part === "remedy"))("$kind has a short remedy in $language", ({ text }) => {
    const sentences = text.match(/[.。](?=\s|$|\p{Script=Han})/gu) ?? []
    assert.include([1, 2], sentences.length, text)
    assert.match(text, /[.。]$/)
    assert.isAtMost(text.length, 125)
  })

  it.each(languages)("repeats no name and no remedy in %s", (language) => {
    const words = kinds.map((kind) => ErrorKindText.table[kind][language])
    assert.strictEqual(new Set(words.map(({ name }) => name)).size, 26)
    assert.strictEqual(new Set(words.map(({ remedy }) => remedy)).size, 26)
  })

  it.each(languages)(
    "sends the reader to the resource where the action may have run, and only there, in %s",
    (language) => {
      const found = kinds.filter((kind) => lookFirst[language].test(ErrorKindText.table[kind][language].remedy))
      assert.sameMembers(found, [...mayHaveRun])
      // The words of `transport` fit every outcome: `Failure.explain` adds the advice where it is needed.
      const usual = kinds.filter((kind) => kind !== "transport" && ErrorKind.table[kind].outcome !== "notRun")
      assert.sameMembers(found, usual)
    }
  )
})
