import { assert, describe, it } from "@effect/vitest"
import type { Type } from "../../../services/src/internal/compact.ts"
import { readerOf } from "../../../services/src/internal/read.ts"
import { Unfit } from "../../../services/src/internal/unfit.ts"

const inner: Type = { text: "Name,Size:i", references: () => [inner] }

const type: Type = {
  text: "Text,Count:i,Total:u,Price:f,On:b,DiskId:i,Uin:u,Names[],Sizes:i[],DiskIds:i[],Inner:0,Inners:0[],When:t",
  references: () => [inner]
}

const read = readerOf(type)

const failure = (value: unknown): Unfit => {
  try {
    read(value)
  } catch (error) {
    if (error instanceof Unfit) return error
    throw error
  }
  throw new Error("it was read")
}

describe("reading a response", () => {
  it("takes a value that fits as it is", () => {
    const value = {
      Text: "a",
      Count: 1,
      Total: 2,
      Price: 0.5,
      On: true,
      DiskId: 7,
      Names: ["a"],
      Inner: { Name: "b", Size: 3 },
      Inners: [{ Name: "c" }, {}],
      When: "2026-01-31 12:00:00"
    }
    assert.deepStrictEqual(read(value), value)
  })

  it.each<[deviation: string, member: object, read: object]>([
    ["a member that is absent", {}, {}],
    ["null for a value", { Text: null, Count: null, On: null, Inner: null }, {}],
    ["null for a list", { Names: null, Inners: null }, { Names: [], Inners: [] }],
    ["null in a list", { Names: ["a", null, "b"], Inners: [null, { Name: "c" }] }, {
      Names: ["a", "b"],
      Inners: [{ Name: "c" }]
    }],
    ["null inside an object", { Inner: { Name: null, Size: 1 } }, { Inner: { Size: 1 } }],
    ["text for a number", { Count: "12", Price: "0.25", Total: "1e3", Sizes: ["7"] }, {
      Count: 12,
      Price: 0.25,
      Total: 1000,
      Sizes: [7]
    }],
    ["a number for text", { Text: 12, Names: [1.5, -3] }, { Text: "12", Names: ["1.5", "-3"] }],
    ["a fraction for an integer", { Count: 1.5 }, { Count: 1.5 }],
    ["a boolean for text", { Text: false }, { Text: "false" }],
    ["text for a boolean", { On: "true" }, { On: true }],
    ["a number for a boolean", { On: 0 }, { On: false }],
    ["one value for a list of one", { Names: "a", Inners: { Name: "b" }, Sizes: "4" }, {
      Names: ["a"],
      Inners: [{ Name: "b" }],
      Sizes: [4]
    }],
    ["members that nobody described", { Text: "a", New: 1, Inner: { Old: {} } }, { Text: "a", Inner: {} }],
    ["the digits of an id beyond 2^53", { DiskId: "9007199254740993", DiskIds: ["-9007199254740993", 2] }, {
      DiskId: 9007199254740993n,
      DiskIds: [-9007199254740993n, 2]
    }],
    ["the digits of a text that came as a number", { Text: "90071992547409931" }, { Text: "90071992547409931" }]
  ])("allows %s", (_, member, expected) => {
    assert.deepStrictEqual(read(member), expected)
  })

  it.each<[refused: string, value: unknown, path: ReadonlyArray<string | number>, message: string]>([
    ["a text that is no number", { Count: "many" }, ["Count"], "Expected a number within 2^53"],
    ["an empty text for a number", { Price: "" }, ["Price"], "Expected a number"],
    ["hexadecimal digits", { Count: "0x10" }, ["Count"], "Expected a number within 2^53"],
    ["an integer that is too large", { Total: "9007199254740993" }, ["Total"], "Expected a number within 2^53"],
    ["an id that is no integer", { DiskId: "9007199254740993.5x" }, ["DiskId"], "Expected a number"],
    ["a number that is too large for any", { Price: "1e400" }, ["Price"], "Expected a number"],
    ["an object for text", { Text: {} }, ["Text"], "Expected a string"],
    ["a list for text", { Text: ["a"] }, ["Text"], "Expected a string"],
    ["another text for a boolean", { On: "yes" }, ["On"], "Expected true or false"],
    ["text for an object", { Inner: "a" }, ["Inner"], "Expected an object"],
    ["a list for an object", { Inner: [] }, ["Inner"], "Expected an object"],
    ["a value deep inside", { Inners: [{}, { Size: true }] }, ["Inners", 1, "Size"], "Expected a number within 2^53"],
    ["a list in a list", { Names: ["a", ["b"]] }, ["Names", 1], "Expected a string"],
    ["what is no object", [], [], "Expected an object"],
    ["null for all", null, [], "Expected an object"]
  ])("refuses %s, and says where", (_, value, path, message) => {
    const error = failure(value)
    assert.deepStrictEqual(error.path, path)
    assert.strictEqual(error.message, message)
  })

  it("has no members of a prototype", () => {
    const value: unknown = JSON.parse("{\"__proto__\":{\"Text\":\"a\"},\"constructor\":1}")
    assert.deepStrictEqual(Object.keys(read(value) as object), [])
  })
})
