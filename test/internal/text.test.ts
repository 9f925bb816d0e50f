import { assert, describe, it } from "@effect/vitest"
import { isLine, label, message, printable } from "../../src/internal/text.ts"

const long = "x".repeat(10_000)

/** Two code units. */
const wide = "\u{1F600}"

/** All that moves a cursor or begins a line. */
const controls = [
  ...Array.from({ length: 0x20 }, (_, i) => i),
  ...Array.from({ length: 0x21 }, (_, i) => 0x7f + i),
  0x2028,
  0x2029
].map((code) => String.fromCharCode(code))

describe.each([["printable", printable, 1024], ["label", label, 256], ["message", message, 4096]] as const)(
  "%s",
  (_, bounded, longest) => {
    it("leaves an ordinary text as it is", () => {
      for (const text of ["", "no such queue", "  限制 频率  ", "\ud800", "x".repeat(longest)]) {
        assert.strictEqual(bounded(text), text)
      }
    })

    it(`cuts a text after ${longest} characters, and says so`, () => {
      assert.strictEqual(bounded(long), `${"x".repeat(longest)}...`)
    })

    it("does not cut a character in two", () => {
      const cut = bounded(`${"x".repeat(longest - 1)}${wide}${long}`)
      assert.isTrue(cut.isWellFormed())
      assert.strictEqual(cut.length, longest + 3)
    })
  }
)

describe("control characters", () => {
  it.each([["printable", printable], ["label", label]] as const)("are one space for %s", (_, bounded) => {
    for (const control of controls) assert.strictEqual(bounded(`a${control}b`), "a b", escape(control))
    assert.strictEqual(bounded("\u001b[31mred\r\n\u001b[0m"), " [31mred [0m")
  })

  it("a message that printing would change is no line", () => {
    const texts = [
      "",
      "no such queue",
      "地域",
      "x".repeat(1024),
      "x".repeat(1025),
      ...controls.map((one) => `a${one}b`)
    ]
    for (const text of texts.map(message)) assert.strictEqual(isLine(text), printable(text) === text, escape(text))
  })

  it("are spaces in a message, except for lines and tabs", () => {
    const kept = new Set(["\t", "\n", "\u2028", "\u2029"])
    for (const control of controls) {
      assert.strictEqual(message(`a${control}b`), kept.has(control) ? `a${control}b` : "a b", escape(control))
    }
  })
})
