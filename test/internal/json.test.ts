import { assert, describe, it } from "@effect/vitest"
import { parseJson } from "../../src/internal/json.ts"

const same: ReadonlyArray<string> = [
  "null",
  "0",
  "-0",
  "\"\"",
  "[]",
  "{\"a\":[1,2.5,-3e10,{\"b\":null}]}",
  "9007199254740991",
  "-9007199254740991",
  "1234567890123456",
  "0.12345678901234567",
  "1e308",
  "1e-999",
  "9007199254740993e-3",
  "\"9007199254740993\"",
  "{\"\\\"9007199254740993\":\"1e400 \\\\\"}"
]

const kept: ReadonlyArray<readonly [json: string, value: unknown]> = [
  ["9007199254740992", "9007199254740992"],
  ["-9007199254740993", "-9007199254740993"],
  ["1e400", "1e400"],
  ["-1E+999", "-1E+999"],
  ["[9007199254740993,1,\"x\",9007199254740995]", ["9007199254740993", 1, "x", "9007199254740995"]],
  ["{\"id\" : 9007199254740993 }", { id: "9007199254740993" }],
  ["{\"a\\\\\":9007199254740993}", { "a\\": "9007199254740993" }]
]

describe("parseJson", () => {
  it.each(same)("reads %s as JSON.parse does", (json) => {
    assert.deepStrictEqual(parseJson(json), JSON.parse(json))
  })

  it.each(kept)("keeps the digits in %s", (json, value) => {
    assert.deepStrictEqual(parseJson(json), value)
  })

  it("skips one byte order mark", () => {
    assert.deepStrictEqual(parseJson("\ufeff[9007199254740993]"), ["9007199254740993"])
    assert.throws(() => parseJson("\ufeff\ufeff[]"), SyntaxError)
  })

  it.each(["", "{", "[1,]", "NaN", "01", "9007199254740993x", "[9007199254740993"])(
    "throws where %j is not JSON",
    (json) => {
      assert.throws(() => parseJson(json), SyntaxError)
    }
  )
})
