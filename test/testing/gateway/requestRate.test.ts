import { assert, describe, it } from "@effect/vitest"
import { makeRequestRate } from "../../../src/testing/gateway/requestRate.ts"

describe("the request rate", () => {
  it("is counted for each secret id and action, and anew in each second", () => {
    const { count } = makeRequestRate()
    assert.deepStrictEqual([count("a", "Run", 1), count("a", "Run", 1)], [1, 2])
    assert.deepStrictEqual([count("b", "Run", 1), count("a", "Stop", 1)], [1, 1])
    assert.deepStrictEqual([count("a", "Run", 2), count("a", "Run", 2)], [1, 2])
  })
})
