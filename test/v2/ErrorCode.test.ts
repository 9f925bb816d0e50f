import { assert, describe, it } from "@effect/vitest"
import { ErrorCode } from "effect-tencentcloud"
import * as Option from "effect/Option"

// The catalogue once more, written down by hand: a change of a row has to be made twice.
const expected: ReadonlyArray<readonly [number, ErrorCode.Tag, ErrorCode.Category, ErrorCode.RetryClass]> = [
  [4000, "InvalidParameter", "Request", "never"],
  [4100, "AuthenticationFailed", "Authentication", "credentials"],
  [4101, "UnauthorizedApi", "Authorization", "never"],
  [4102, "UnauthorizedResource", "Authorization", "never"],
  [4103, "UnauthorizedApiResource", "Authorization", "never"],
  [4104, "SecretIdNotFound", "Authentication", "credentials"],
  [4105, "InvalidToken", "Authentication", "credentials"],
  [4106, "MfaFailed", "Authentication", "never"],
  [4110, "CamAuthenticationFailed", "Authentication", "never"],
  [4300, "AccessDenied", "Authorization", "never"],
  [4400, "QuotaExceeded", "Throttling", "throttled"],
  [4500, "ReplayAttack", "Replay", "replay"],
  [4600, "UnsupportedProtocol", "Request", "never"],
  [5000, "ResourceNotFound", "Resource", "never"],
  [5100, "ResourceOperationFailed", "Resource", "transient"],
  [5200, "ResourcePurchaseFailed", "Billing", "never"],
  [5300, "InsufficientBalance", "Billing", "never"],
  [5400, "PartialSuccess", "Partial", "never"],
  [5500, "IdentityNotVerified", "Billing", "never"],
  [6000, "InternalError", "Server", "transient"],
  [6100, "UnsupportedVersion", "Request", "never"],
  [6200, "ApiUnavailable", "Server", "maintenance"]
]

const languages: ReadonlyArray<ErrorCode.Language> = ["en", "ko", "zh"]

const hangul = /\p{Script=Hangul}/u
const han = /\p{Script=Han}/u

describe("ErrorCode", () => {
  describe("catalogue", () => {
    it("has the 22 rows in code order", () => {
      assert.deepStrictEqual(
        ErrorCode.catalogue.map((row) => [row.code, row.tag, row.category, row.retryClass]),
        expected.map((row) => [...row])
      )
      const codes: ReadonlyArray<number> = ErrorCode.catalogue.map((row) => row.code)
      assert.isTrue(codes.every((code, i) => i === 0 || code > (codes[i - 1] ?? Infinity)))
    })

    it("repeats no code, no tag and no text", () => {
      const size = ErrorCode.catalogue.length
      assert.strictEqual(size, 22)
      assert.strictEqual(new Set(ErrorCode.catalogue.map((row) => row.code)).size, size)
      assert.strictEqual(new Set(ErrorCode.catalogue.map((row) => row.tag)).size, size)
      for (const language of languages) {
        assert.strictEqual(new Set(ErrorCode.catalogue.map((row) => row.text[language].name)).size, size, language)
        assert.strictEqual(new Set(ErrorCode.catalogue.map((row) => row.text[language].remedy)).size, size, language)
      }
    })

    const constants: { readonly [name: string]: unknown } = ErrorCode
    it.each(ErrorCode.catalogue)("exports $tag as a constant of its own", (row) => {
      assert.strictEqual(constants[row.tag], row)
    })

    it.each(ErrorCode.catalogue)("$tag links to an https page", (row) => {
      const url = new URL(row.docs)
      assert.strictEqual(url.protocol, "https:")
      assert.match(url.hostname, /(^|\.)(tencentcloud\.com|cloud\.tencent\.com)$/)
    })

    it("links to the signature page where the signature is wrong", () => {
      assert.strictEqual(ErrorCode.AuthenticationFailed.docs, "https://cloud.tencent.com/document/api/213/6984")
      assert.strictEqual(ErrorCode.InvalidParameter.docs, ErrorCode.errorCodesPage)
    })

    it.each(ErrorCode.catalogue)("$tag has texts in its three languages", ({ text }) => {
      assert.deepStrictEqual(Object.keys(text), ["en", "ko", "zh"])
      for (const language of languages) {
        assert.deepStrictEqual(Object.keys(text[language]), ["name", "remedy"])
        for (const part of [text[language].name, text[language].remedy]) {
          assert.isAbove(part.length, 0)
          assert.strictEqual(part, part.trim())
          assert.notMatch(part, /[\r\n\t]/)
        }
      }
      for (const part of [text.en.name, text.en.remedy]) assert.match(part, /^[\x20-\x7e]+$/)
      for (const part of [text.ko.name, text.ko.remedy]) {
        assert.match(part, hangul)
        assert.notMatch(part, han)
      }
      for (const part of [text.zh.name, text.zh.remedy]) {
        assert.match(part, han)
        assert.notMatch(part, hangul)
      }
    })

    it("keeps the facts a remedy needs in every language", () => {
      for (const language of languages) {
        const replay = ErrorCode.ReplayAttack.text[language].remedy
        assert.include(replay, "5")
        assert.include(replay, "Nonce")
        assert.include(replay, "Timestamp")
        assert.include(ErrorCode.UnsupportedProtocol.text[language].remedy, "HTTPS")
      }
      assert.include(ErrorCode.UnsupportedVersion.text.en.remedy, "domain first")
      assert.include(ErrorCode.UnsupportedVersion.text.ko.remedy, "도메인")
      assert.include(ErrorCode.UnsupportedVersion.text.zh.remedy, "域名")
    })
  })

  describe("fromCode", () => {
    it.each(expected)("reads %i as a number and as a string", (code, tag) => {
      const row = Option.some(ErrorCode.fromTag(tag))
      assert.deepStrictEqual(ErrorCode.fromCode(code), row)
      assert.deepStrictEqual(ErrorCode.fromCode(String(code)), row)
      assert.deepStrictEqual(ErrorCode.fromCode(` ${code}\t\n`), row)
    })

    it("returns the row itself", () => {
      assert.strictEqual(Option.getOrThrow(ErrorCode.fromCode(4500)), ErrorCode.ReplayAttack)
    })

    const numbers = [4200, 0, -0, 1, -4000, 4000.5, 3999, 4001, 7000, NaN, Infinity, -Infinity, 2 ** 32 + 4000]
    it.each(numbers)("finds nothing for the number %d", (code) => {
      assert.isTrue(Option.isNone(ErrorCode.fromCode(code)))
    })

    const strings = [
      "4200",
      "0",
      "000000",
      "",
      " ",
      "4000x",
      "x4000",
      "40 00",
      "+4000",
      "-4000",
      "4000.0",
      "4000.5",
      "4e3",
      "0x0fa0",
      "0b1",
      "4_000",
      "4,000",
      "４０００",
      "٤٠٠٠",
      "4000\u0000",
      "9".repeat(400),
      "NaN",
      "Infinity",
      "InvalidParameter",
      "constructor",
      "__proto__",
      "toString",
      "hasOwnProperty"
    ]
    it.each(strings)("finds nothing for the string %j", (code) => {
      assert.isTrue(Option.isNone(ErrorCode.fromCode(code)))
    })

    it("finds nothing for a value of another type that slipped through", () => {
      for (const value of [null, undefined, true, {}, [4000], 4000n, Object(4000)]) {
        assert.isTrue(Option.isNone(ErrorCode.fromCode(value as number)))
      }
    })
  })

  describe("fromTag", () => {
    it.each(expected)("has a row for %i %s", (code, tag, category, retryClass) => {
      const row: ErrorCode.Row = ErrorCode.fromTag(tag)
      assert.deepStrictEqual(
        { code: row.code, tag: row.tag, category: row.category, retryClass: row.retryClass },
        { code, tag, category, retryClass }
      )
      assert.isTrue(ErrorCode.catalogue.some((other) => other === row))
    })

    it("knows the literal values of the row", () => {
      const code: 4500 = ErrorCode.fromTag("ReplayAttack").code
      const retryClass: "replay" = ErrorCode.fromTag("ReplayAttack").retryClass
      assert.strictEqual(code, 4500)
      assert.strictEqual(retryClass, "replay")
    })
  })
})
