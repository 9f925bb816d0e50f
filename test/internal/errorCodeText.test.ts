import { assert, describe, it } from "@effect/vitest"
import { ErrorCode } from "effect-tencentcloud"
import type { Language } from "../../src/ErrorKindText.ts"
import { type CodeText, errorCodesPage, errorCodeText } from "../../src/internal/errorCodeText.ts"

const languages: ReadonlyArray<Language> = ["en", "ko", "zh"]

const hangul = /\p{Script=Hangul}/u
const han = /\p{Script=Han}/u

const textOf = (tag: string): CodeText => {
  const text = errorCodeText[tag]
  assert.isDefined(text)
  return text
}

describe("the words of the codes", () => {
  it("are there for each row of the catalogue and for nothing else", () => {
    assert.deepStrictEqual(
      Object.entries(errorCodeText).map(([tag, { code }]) => [tag, code]),
      ErrorCode.catalogue.map(({ code, tag }) => [tag, code])
    )
  })

  it.each(languages)("repeat no name and no remedy in %s", (language) => {
    const words = Object.values(errorCodeText).map((text) => text[language])
    assert.strictEqual(new Set(words.map(({ name }) => name)).size, 22)
    assert.strictEqual(new Set(words.map(({ remedy }) => remedy)).size, 22)
  })

  it.each(Object.entries(errorCodeText))("link %s to an https page of the vendor", (_tag, { docs }) => {
    const url = new URL(docs)
    assert.strictEqual(url.protocol, "https:")
    assert.match(url.hostname, /(^|\.)(tencentcloud\.com|cloud\.tencent\.com)$/)
  })

  it.each([
    ["AuthenticationFailed", "https://cloud.tencent.com/document/api/213/6984"],
    ["ReplayAttack", "https://cloud.tencent.com/document/api/213/6984"],
    ["UnauthorizedApi", "https://www.tencentcloud.com/document/product/598/32650"],
    ["SecretIdNotFound", "https://www.tencentcloud.com/document/product/598/32675"],
    ["InvalidToken", "https://www.tencentcloud.com/document/product/1150/49452"],
    ["MfaFailed", "https://www.tencentcloud.com/document/product/598/32657"],
    ["QuotaExceeded", "https://cloud.tencent.com/document/product/1278/109059"]
  ])("link %s to the page on which its remedy is described", (tag, page) => {
    assert.strictEqual(textOf(tag).docs, page)
  })

  it("link the rest to the common list", () => {
    assert.strictEqual(textOf("InvalidParameter").docs, errorCodesPage)
    assert.strictEqual(ErrorCode.errorCodesPage, errorCodesPage)
  })

  it.each(Object.entries(errorCodeText))("name %s in its three languages", (_tag, { en, ko, zh }) => {
    for (const part of [en.name, en.remedy, ko.name, ko.remedy, zh.name, zh.remedy]) {
      assert.isAbove(part.length, 0)
      assert.strictEqual(part, part.trim())
      assert.notMatch(part, /[\r\n\t]/)
    }
    for (const part of [en.name, en.remedy]) assert.match(part, /^[\x20-\x7e]+$/)
    for (const part of [ko.name, ko.remedy]) {
      assert.match(part, hangul)
      assert.notMatch(part, han)
    }
    for (const part of [zh.name, zh.remedy]) {
      assert.match(part, han)
      assert.notMatch(part, hangul)
    }
  })

  it.each(languages)("keep the facts a remedy needs in %s", (language) => {
    const replay = textOf("ReplayAttack")[language].remedy
    assert.include(replay, "5")
    assert.include(replay, "Nonce")
    assert.include(replay, "Timestamp")
    assert.include(textOf("UnsupportedProtocol")[language].remedy, "HTTPS")
    const domainFirst = { en: "domain first", ko: "도메인", zh: "域名" }
    assert.include(textOf("UnsupportedVersion")[language].remedy, domainFirst[language])
  })

  it.each(["ResourceOperationFailed", "InternalError"])("send the reader to the state first for %s", (tag) => {
    const { en, ko, zh } = textOf(tag)
    assert.match(en.remedy, /check the state/i)
    assert.match(ko.remedy, /리소스 상태를 확인/)
    assert.match(zh.remedy, /核对资源状态/)
  })
})
