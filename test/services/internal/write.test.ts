import { assert, describe, it } from "@effect/vitest"
import type { Type } from "../../../services/src/internal/compact.ts"
import { Unfit } from "../../../services/src/internal/unfit.ts"
import { writerOf } from "../../../services/src/internal/write.ts"

const filter: Type = { text: "Name!,Values[]!", references: () => [] }

const type: Type = {
  text: "Zone!,Count:i,Size:u,Price:f,On:b,Filters:0[],Filter:0,Ttl:i,TTL:i",
  references: () => [filter]
}

const write = writerOf(type)

const failure = (value: unknown): Unfit => {
  try {
    write(value)
  } catch (error) {
    if (error instanceof Unfit) return error
    throw error
  }
  throw new Error("it was written")
}

describe("writing a request", () => {
  it("sends a value that fits as it is", () => {
    const request = { Zone: "a", Count: -1, Size: 1n, Price: 0.5, On: false, Filters: [{ Name: "b", Values: [] }] }
    assert.strictEqual(write(request), request)
  })

  it("takes a member that is undefined for absent", () => {
    assert.deepStrictEqual(write({ Zone: "a", Count: undefined }), { Zone: "a", Count: undefined })
  })

  it("sends the members of extra unchecked", () => {
    const request = { Zone: "a", Count: 1, extra: { Newer: { Deep: [1] }, Count: "one" } }
    assert.deepStrictEqual(write(request), { Zone: "a", Count: "one", Newer: { Deep: [1] } })
  })

  it("takes a required member from extra", () => {
    assert.deepStrictEqual(write({ extra: { Zone: 1 } }), { Zone: 1 })
  })

  it("tells two members apart that differ in case only", () => {
    assert.deepStrictEqual(write({ Zone: "a", Ttl: 1, TTL: 2 }), { Zone: "a", Ttl: 1, TTL: 2 })
  })

  it("takes the integers of 64 bits", () => {
    for (
      const request of [{ Count: -(2n ** 63n) }, { Count: 2n ** 63n - 1n }, { Size: 2n ** 64n - 1n }, { Size: 0n }]
    ) {
      assert.doesNotThrow(() => write({ Zone: "a", ...request }))
    }
  })

  const rounded = "An integer beyond 2^53 may have been rounded. Use a bigint."
  it.each<[refused: string, value: unknown, path: ReadonlyArray<string | number>, message: string]>([
    ["a missing member", { Count: 1 }, ["Zone"], "The action requires it"],
    [
      "a missing member inside",
      { Zone: "a", Filters: [{ Name: "b" }] },
      ["Filters", 0, "Values"],
      "The action requires it"
    ],
    [
      "a member that is not there",
      { Zone: "a", Nope: 1 },
      ["Nope"],
      "There is no such member. `extra` sends what is newer."
    ],
    ["another case of letters", { Zone: "a", count: 1 }, ["count"], "There is no such member. Its name is Count."],
    [
      "a typo inside",
      { Zone: "a", Filter: { Name: "b", Values: [], values: 1 } },
      ["Filter", "values"],
      "There is no such member. Its name is Values."
    ],
    [
      "the name of a method",
      { Zone: "a", toString: 1 },
      ["toString"],
      "There is no such member. `extra` sends what is newer."
    ],
    ["null", { Zone: null }, ["Zone"], "Expected a string"],
    ["a number for text", { Zone: 1 }, ["Zone"], "Expected a string"],
    ["text for a number", { Zone: "a", Count: "1" }, ["Count"], "Expected an integer"],
    ["a fraction for an integer", { Zone: "a", Count: 1.5 }, ["Count"], "Expected an integer"],
    ["an integer that was rounded", { Zone: "a", Count: 2 ** 53 }, ["Count"], rounded],
    ["a bigint beyond 64 bits", { Zone: "a", Count: 2n ** 63n }, ["Count"], "Expected an integer of 64 bits"],
    ["a negative size", { Zone: "a", Size: -1 }, ["Size"], "Expected an integer that is not negative"],
    ["a negative bigint", { Zone: "a", Size: -1n }, ["Size"], "Expected an integer of 64 bits"],
    ["no number", { Zone: "a", Price: Number.NaN }, ["Price"], "Expected a finite number"],
    ["text for a boolean", { Zone: "a", On: "true" }, ["On"], "Expected true or false"],
    ["one value for a list", { Zone: "a", Filters: {} }, ["Filters"], "Expected a list"],
    // oxlint-disable-next-line no-sparse-arrays
    ["a gap in a list", { Zone: "a", Filters: [, { Name: "b", Values: [] }] }, ["Filters", 0], "Expected an object"],
    ["what is no object", "a", [], "Expected an object"],
    ["an extra that is no object", { Zone: "a", extra: [] }, ["extra"], "Expected an object"],
    [
      "extra inside",
      { Zone: "a", Filter: { Name: "b", Values: [], extra: {} } },
      ["Filter", "extra"],
      "There is no such member. `extra` sends what is newer."
    ]
  ])("refuses %s, and says where", (_, value, path, message) => {
    const error = failure(value)
    assert.deepStrictEqual(error.path, path)
    assert.strictEqual(error.message, message)
  })
})
