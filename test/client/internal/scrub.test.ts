/**
 * Secrets in texts that somebody else has written.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { Matcher, type Range } from "../../../src/client/internal/matcher.ts"
import { scrub } from "../../../src/client/internal/scrub.ts"
import { scan, scanDecoded } from "../../../src/client/internal/writings.ts"

const signature = "k7Qz+pW3/Rt9+mB2xV8aLc4nYd0="

const form = new URLSearchParams({ Signature: signature }).toString()

const html = (text: string) => text.replace(/[^A-Za-z0-9]/g, (char) => `&#${char.charCodeAt(0)};`)

describe("scrub", () => {
  it.each<readonly [string, string]>([
    ["as it is", signature],
    ["percents", encodeURIComponent(signature)],
    ["percents of percents", encodeURIComponent(encodeURIComponent(signature))],
    ["small percents", encodeURIComponent(signature).replace(/%../g, (code) => code.toLowerCase())],
    ["+ as a blank, as in a form that was decoded but never encoded", signature.replaceAll("+", " ")],
    ["base64url", signature.replaceAll("+", "-").replaceAll("/", "_")],
    ["base64url without padding", signature.replaceAll("+", "-").replaceAll("/", "_").replace("=", "")],
    ["without padding", signature.replace("=", "")],
    ["JSON of PHP", signature.replaceAll("/", "\\/")],
    ["JSON in JSON", signature.replaceAll("/", "\\\\\\/")],
    ["JSON escapes", signature.replaceAll("+", "\\u002b").replaceAll("=", "\\u003D")],
    ["HTML by number", html(signature)],
    ["HTML of HTML", html(signature).replaceAll("&", "&amp;")],
    ["HTML by name", signature.replaceAll("+", "&plus;").replaceAll("/", "&sol;").replaceAll("=", "&equals;")]
  ])("%s", (_, written) => {
    assert.strictEqual(scrub(`a "${written}", b`, [signature]), `a "<redacted>", b`)
    assert.strictEqual(scrub(written, [signature]), "<redacted>")
  })

  it.each(["", "\"", "...", "…", "<", "\\n", "&hellip;", " "])("cut at its end, before '%s'", (rest) => {
    for (let length = 8; length < signature.length; length++) {
      const text = `Signature=${signature.slice(0, length)}${rest}`
      const left = scrub(text, [signature])
      assert.isTrue(left.startsWith("Signature=<redacted>"), left)
      assert.notInclude(left, signature.slice(0, 4))
    }
  })

  it("cut within an encoded character", () => {
    assert.strictEqual(scrub(`s=${form.slice("Signature=".length, -1)}`, [signature]), "s=<redacted>%3")
  })

  it("a cut of less than eight characters, and a word that only begins alike, stay", () => {
    assert.strictEqual(scrub("k7Qz+pW", [signature]), "k7Qz+pW")
    assert.strictEqual(scrub("Authorization", ["Authorizing-key"]), "Authorization")
  })

  it("a secret of exactly eight characters is one, a shorter one is not", () => {
    assert.strictEqual(scrub("a 12345678 b", ["12345678"]), "a <redacted> b")
    assert.strictEqual(scrub("a 1234567 b", ["1234567"]), "a 1234567 b")
  })

  it("several secrets, and one more than once", () => {
    const text = `first-secret second-secret first-secret first-secretsecond-secret`
    assert.strictEqual(
      scrub(text, ["first-secret", "second-secret"]),
      "<redacted> <redacted> <redacted> <redacted><redacted>"
    )
  })

  it("secrets that overlap leave nothing of either", () => {
    assert.strictEqual(scrub("x abcdefghijkl y", ["abcdefgh", "efghijkl"]), "x <redacted> y")
    assert.strictEqual(scrub(`x ${"ab".repeat(7)} y`, ["abababab"]), "x <redacted> y")
  })

  it("a secret that looks like a writing of something else", () => {
    for (const secret of ["abc%2Bdef+ghi", "abcd&lt;efgh", "abcd\\\\efgh\\/", "2B345678", "key-1%2525key-2"]) {
      assert.strictEqual(scrub(`%${secret}|`, [secret]), "%<redacted>|")
      assert.strictEqual(scrub(`|${encodeURIComponent(secret)}|`, [secret]), "|<redacted>|")
      assert.notInclude(scrub(JSON.stringify({ message: secret }), [secret]), secret.slice(0, 4))
    }
  })

  it("a secret beyond ASCII", () => {
    const secret = "钥匙-钥匙-钥匙"
    assert.strictEqual(scrub(`a ${secret} b`, [secret]), "a <redacted> b")
    assert.strictEqual(scrub(`a ${encodeURIComponent(secret)} b`, [secret]), "a <redacted> b")
  })

  it.prop(
    "whatever is around it, nothing of it is left",
    [Schema.String, Schema.String, Schema.String.check(Schema.isPattern(/^[\w+/=&%\\" -]{8,40}$/))],
    ([before, after, secret]) => {
      const clean = scrub(`${before}${secret}${after}`, [secret])
      assert.isFalse(clean.includes(secret) && !`${before}${after}<redacted>`.includes(secret))
    }
  )
})

// ---------------------------------------------------------------------------------------------------------------------
// Work
// ---------------------------------------------------------------------------------------------------------------------

/** Counts how often the pattern is read. */
const counting = (pattern: ReadonlyArray<number>) => {
  const counter = { reads: 0 }
  const counted = new Proxy(pattern, {
    get: (target, key) => {
      if (key !== "length") counter.reads++
      return Reflect.get(target, key)
    }
  })
  return { counter, counted }
}

const bytesOf = (text: string): ReadonlyArray<number> => Array.from(new TextEncoder().encode(text))

const findAll = (text: string, pattern: ReadonlyArray<number>): ReadonlyArray<Range> => {
  const matcher = new Matcher(pattern, { minCut: 8, isPadded: false })
  bytesOf(text).forEach((byte, i) => matcher.next(byte, i, i + 1))
  return matcher.end()
}

describe("the work", () => {
  it.each<readonly [string, string, string]>([
    ["a secret of one letter in a text of it", "a".repeat(1000), "a".repeat(20_000)],
    ["a secret that breaks at its end", `${"a".repeat(999)}b`, "a".repeat(20_000)],
    ["a secret of a period", "ab".repeat(500), `${"ab".repeat(499)}a`.repeat(20)],
    ["a secret without a period", signature.repeat(36), signature.slice(0, -1).repeat(700)]
  ])("grows with the text and the secret, not with their product: %s", (_, secret, text) => {
    const { counted, counter } = counting(bytesOf(secret))
    findAll(text, counted)
    assert.isAtMost(counter.reads, 5 * (text.length + secret.length))
  })

  it.each(["%", "%25", "\\", "&amp;", "&", "&#", "\\u", "%2", "&#0"])(
    "a text of nothing but '%s' is read once",
    (sign) => {
      const text = sign.repeat(20_000)
      let bytes = 0
      scanDecoded(text, () => bytes++)
      assert.isAtMost(bytes, text.length)
    }
  )
})

const read = (text: string, how: typeof scan) => {
  const units: Array<readonly [string, string]> = []
  how(text, (byte, start, end) => units.push([String.fromCharCode(byte), text.slice(start, end)]))
  return units
}

describe("the writings of a text", () => {
  it("have all of the text, in order", () => {
    for (const text of ["a%2Bb", "&amp;lt;", "\\\\/", "%zz&x;\\", "a\\u002fb", "%25", "&amp;", "%", "𝒳"]) {
      let at = 0
      scanDecoded(text, (_, start, end) => {
        // The bytes of one character share their place.
        if (end !== at) assert.strictEqual(start, at)
        at = end
      })
      assert.strictEqual(at, text.length, text)
    }
  })

  it.each<readonly [string, ReadonlyArray<readonly [string, string]>]>([
    ["%2B", [["+", "%2B"]]],
    ["%252b", [["+", "%252b"]]],
    ["%25", [["%", "%25"]]],
    ["%41", [["%", "%"], ["4", "4"], ["1", "1"]]],
    ["&amp;", [["&", "&amp;"]]],
    ["&amp;#x2f;", [["/", "&amp;#x2f;"]]],
    ["&QUOT;", [["\"", "&QUOT;"]]],
    ["&no;", [["&", "&"], ["n", "n"], ["o", "o"], [";", ";"]]],
    ["\\/", [["/", "\\/"]]],
    ["\\n", [["\\", "\\"], ["n", "n"]]],
    ["\\u003d", [["=", "\\u003d"]]]
  ])("%s", (text, units) => assert.deepStrictEqual(read(text, scanDecoded), units))

  it("of one by itself are its characters, the alphabets of base64 alike", () => {
    assert.deepStrictEqual(read("-_ %", scan), [["+", "-"], ["/", "_"], ["+", " "], ["%", "%"]])
  })
})
