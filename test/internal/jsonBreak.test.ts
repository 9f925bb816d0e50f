import { assert, describe, it } from "@effect/vitest"
import { breakOf } from "../../src/internal/jsonBreak.ts"

const errorOf = (text: string): unknown => {
  try {
    JSON.parse(text)
  } catch (error) {
    return error
  }
  throw new Error(`${text} is JSON`)
}

describe("breakOf", () => {
  it.each<readonly [text: string, words: string]>([
    ["", "it is empty"],
    [" \n", "it is empty"],
    ["<html></html>", "it begins like HTML or XML"],
    ["\ufeff <a>", "it begins like HTML or XML"],
    ["{", "it ends early, at character 1"],
    ["{\"a", "it ends early, at character 3"],
    ["{\"a\":\"\\", "it ends early, at character 7"],
    ["{\"a\":\"\\\"", "it ends early, at character 8"],
    ["{\"a\":tr", "it ends early, at character 7"],
    ["{\"a\":1", "it ends early, at character 6"],
    ["{\"a\":{\"b\":[1]}", "it ends early, at character 14"],
    ["[1,2", "it ends early, at character 4"],
    ["\ufeff{\"a\"", "it ends early, at character 4"],
    ["{\"a\":1}x", "more follows after its end, at character 8"],
    ["{\"a\":1} {\"b\":2}", "more follows after its end, at character 9"],
    ["{\"a\":\"}{\"}]", "more follows after its end, at character 11"],
    ["{'a':1}", "it breaks at character 2"],
    ["{\"a\":NaN}", "it breaks at character 6"],
    ["{\"a\":nul}", "it breaks at character 6"],
    ["callback({})", "it breaks at character 1"]
  ])("%j: %s", (text, words) => assert.strictEqual(breakOf(text, errorOf(text)), words))

  it("takes the word of the parser for the order of the parts", () => {
    const error = new SyntaxError("Expected ':' after property name in JSON at position 5 (line 1 column 6)")
    assert.strictEqual(breakOf("{\"a\" 1}", error), "it breaks at character 6")
    assert.strictEqual(breakOf("{\"a\" 1}", new SyntaxError("JSON Parse error")), "its parts are in no order of JSON")
    assert.strictEqual(breakOf("{\"a\" 1}", undefined), "its parts are in no order of JSON")
  })

  it("repeats nothing of the text", () => {
    assert.notInclude(breakOf("{\"key\": secret-1}", errorOf("{\"key\": secret-1}")), "secret")
  })
})
