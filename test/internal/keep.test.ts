import { assert, describe, it } from "@effect/vitest"
import { getOrMake, keep } from "../../src/internal/keep.ts"

describe("a map that is bounded", () => {
  it("forgets the oldest where a new key would be one too many", () => {
    const map = new Map<string, number>()
    for (const [index, key] of ["a", "b", "c"].entries()) keep(map, key, index, 2)
    assert.deepStrictEqual([...map], [["b", 1], ["c", 2]])
  })

  it("forgets nothing where a key is kept again", () => {
    const map = new Map([["a", 0], ["b", 1]])
    keep(map, "b", 2, 2)
    assert.deepStrictEqual([...map], [["a", 0], ["b", 2]])
  })

  it("makes a value once, and again when it was forgotten", () => {
    const map = new Map<string, object>()
    const get = (key: string) => getOrMake(map, key, () => ({}), 1)
    const first = get("a")
    assert.strictEqual(get("a"), first)
    get("b")
    assert.notStrictEqual(get("a"), first)
  })
})
