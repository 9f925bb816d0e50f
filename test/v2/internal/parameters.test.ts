import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as BigDecimal from "effect/BigDecimal"
import * as Chunk from "effect/Chunk"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { runInNewContext } from "node:vm"
import * as parameters from "../../../src/v2/internal/parameters.ts"

const { flatten } = parameters

const record = (flat: ReadonlyArray<parameters.Parameter>): Record<string, string> =>
  Object.fromEntries(flat.map(({ name, value }) => [name, value]))

const cycle: Record<string, unknown> = {}
cycle["self"] = cycle

class Zone {
  readonly id = 1
}

class Named {
  static readonly name: unknown = 1
  readonly id = 1
}

const nested = (depth: number): unknown => depth === 0 ? "leaf" : { a: nested(depth - 1) }

describe("flatten", () => {
  it.each<readonly [string, unknown, Record<string, string>]>([
    ["nothing", {}, {}],
    ["text as it is", { a: "", b: " x_y ", c: "云" }, { a: "", b: " x_y ", c: "云" }],
    ["numbers", { a: 0, b: -0, c: -1.5, d: 0.5, e: 1e-6, f: 2 ** 53 - 1, g: 1 - 2 ** 53 }, {
      a: "0",
      b: "0",
      c: "-1.5",
      d: "0.5",
      e: "0.000001",
      f: "9007199254740991",
      g: "-9007199254740991"
    }],
    ["large integers as bigint and as text", { a: 2n ** 64n, b: -1n, c: "9031868222807497694", d: "1e21" }, {
      a: "18446744073709551616",
      b: "-1",
      c: "9031868222807497694",
      d: "1e21"
    }],
    ["booleans", { a: true, b: false }, { a: "true", b: "false" }],
    ["members that are null or undefined are left out", {
      a: null,
      b: undefined,
      c: { d: null, e: Redacted.make(undefined) },
      f: [{ x: null, y: "y" }]
    }, { "f.0.y": "y" }],
    ["arrays from 0", { ids: ["a", "", false, 0] }, { "ids.0": "a", "ids.1": "", "ids.2": "false", "ids.3": "0" }],
    ["an empty object is nothing", { filter: {}, a: { b: {} } }, {}],
    ["objects in arrays in objects", { f: [{ name: "n", values: [1, { x: true }] }] }, {
      "f.0.name": "n",
      "f.0.values.0": "1",
      "f.0.values.1.x": "true"
    }],
    ["`_` in a name is `.`", { a_b: { c_d: 1 } }, { "a.b.c.d": "1" }],
    ["dotted names are names", { "a.0": "x", "a.1": "y" }, { "a.0": "x", "a.1": "y" }],
    ["names are told apart by case", { ids: "a", Ids: "b", action: "c" }, { ids: "a", Ids: "b", action: "c" }],
    [
      "objects without a prototype",
      Object.assign(Object.create(null), { a: Object.assign(Object.create(null), { b: 1 }) }),
      { "a.b": "1" }
    ],
    ["objects of another realm", runInNewContext("({ a: { b: [1] } })"), { "a.b.0": "1" }],
    [
      "an own member named constructor",
      { a: { constructor: "x" } },
      { "a.constructor": "x" }
    ],
    ["lone surrogates, which have no form in UTF-8", { a: "\ud800x\udc00", "k\udfff": "y", b: "🚀" }, {
      a: "\ufffdx\ufffd",
      "k\ufffd": "y",
      b: "🚀"
    }],
    ["hidden values", { a: Redacted.make("x"), b: [Redacted.make({ c: 1 })] }, { a: "x", "b.0.c": "1" }],
    ["as deep as it goes", nested(32), { ["a.".repeat(31) + "a"]: "leaf" }]
  ])("%s", (_, payload, expected) => {
    const flat = flatten(payload)
    assert.deepStrictEqual(Result.isSuccess(flat) ? record(flat.success) : flat.failure, expected)
  })

  it("keys that mean something to objects are names like any other", () => {
    const flat = Result.getOrThrow(
      flatten(JSON.parse(`{"__proto__":{"toString":"a"},"constructor":"b","x":{"__proto__":"c"},"hasOwnProperty":"d"}`))
    )
    assert.strictEqual(parameters.texts(flat).form, "..proto...toString=a&constructor=b&hasOwnProperty=d&x...proto..=c")
    assert.strictEqual(({} as Record<string, unknown>)["toString"], Object.prototype.toString)
  })

  it.each<readonly [string, unknown, ReadonlyArray<string>, RegExp]>([
    ["an empty list", { a: { ids: [] } }, ["a", "ids"], /leave it out/i],
    ["a list of nothing", { ids: [undefined, null, {}] }, ["ids", "0"], /leave it out/i],
    ["undefined in a list", { ids: ["a", undefined, "b"] }, ["ids", "1"], /gap in the list/],
    ["null at the end of a list", { ids: ["a", null] }, ["ids", "1"], /gap in the list/],
    ["an object without members in a list", { f: [{}, { name: "n" }] }, ["f", "0"], /gap in the list/],
    ["an object of nothing in a list", { f: [{ name: "n" }, { name: null }] }, ["f", "1"], /gap in the list/],
    ["a hidden nothing in a list", { ids: ["a", Redacted.make(null)] }, ["ids", "1"], /gap in the list/],
    // oxlint-disable-next-line no-sparse-arrays
    ["a hole in a list", { a: { ids: ["a", , "b"] } }, ["a", "ids", "1"], /gap in the list/],
    [
      "an integer that has been rounded",
      { fileId: Number("9031868222807497694") },
      ["fileId"],
      /use a string or a bigint/
    ],
    ["one in a list", { ids: [1, Number("9031868222807497694")] }, ["ids", "1"], /use a string or a bigint/],
    ["one in an object", { file: { id: 2 ** 53 } }, ["file", "id"], /use a string or a bigint/],
    ["a negative one", { a: -(2 ** 53) }, ["a"], /use a string or a bigint/],
    ["one that is hidden", { a: Redacted.make(2 ** 60) }, ["a"], /use a string or a bigint/],
    ["1e21", { a: 1e21 }, ["a"], /use a string or a bigint/],
    ["a fraction with an exponent", { a: 1e-7 }, ["a"], /1e-7 .*use a string/],
    ["a list of empty lists", { ids: [[]] }, ["ids", "0"], /leave it out/i],
    ["not an object", "text", [], /object of parameters/],
    ["null", null, [], /object of parameters/],
    ["an array", ["a"], [], /object of parameters/],
    ["NaN", { a: NaN }, ["a"], /number.*no text form/],
    ["Infinity", { a: [1, -Infinity] }, ["a", "1"], /number.*no text form/],
    ["a function", { a: { b: () => 1 } }, ["a", "b"], /function.*no text form/],
    ["a symbol", { a: Symbol("x") }, ["a"], /symbol.*no text form/],
    ["a date", { a: new Date(0) }, ["a"], /no text form/],
    ["a set", { ids: new Set(["ins-1"]) }, ["ids"], /no text form/],
    ["a map", { a: new Map([["x", 1]]) }, ["a"], /no text form/],
    ["bytes", { a: new Uint8Array(2) }, ["a"], /no text form/],
    ["a date of another realm", { a: runInNewContext("new Date(0)") }, ["a"], /^A Date that has no text form\.$/],
    ["a class of another realm", { a: runInNewContext("new (class Zone {})()") }, ["a"], /^A Zone that has/],
    ["a duration", { timeout: Duration.seconds(1) }, ["timeout"], /^A value of a class that has no text form\.$/],
    ["a moment", { at: [DateTime.makeUnsafe(0)] }, ["at", "0"], /no text form/],
    ["some", { note: Option.some("x") }, ["note"], /no text form/],
    ["none", { a: { note: Option.none() } }, ["a", "note"], /no text form/],
    ["a big decimal", { price: BigDecimal.fromStringUnsafe("1.5") }, ["price"], /no text form/],
    ["a chunk", { ids: Chunk.of("ins-1") }, ["ids"], /no text form/],
    ["an instance of a class", { a: new Zone() }, ["a"], /^A Zone that has no text form\.$/],
    ["a hidden instance of a class", { a: Redacted.make(new Zone()) }, ["a"], /^A Zone that has no text form\.$/],
    [
      "an instance of a class without a name",
      { a: new (class extends Zone {})() },
      ["a"],
      /^A value of a class that has/
    ],
    ["an instance of a class with a name that is no text", { a: new Named() }, ["a"], /^A value of a class that has/],
    ["an object that inherits from another", { a: Object.create({ b: 1 }) }, ["a"], /^A value of a class that has/],
    ["a date as the payload", new Date(0), [], /no text form|object of parameters/],
    ["an instance of a class as the payload", new Zone(), [], /object of parameters/],
    ["a cycle", cycle, Array.from({ length: 32 }, () => "self"), /deeper than 32/],
    ["too deep", nested(33), Array.from({ length: 32 }, () => "a"), /deeper than 32/],
    ["twice: dotted, then an array", { "a.0": "x", a: ["y"] }, ["a.0"], /Two parameters are named a\.0/],
    ["twice: an array, then dotted", { a: ["y"], "a.0": "x" }, ["a.0"], /Two parameters are named a\.0/],
    ["twice: `_` is `.`", { a: ["x"], a_0: "y" }, ["a.0"], /Two parameters are named a\.0/]
  ])("refuses %s", (_, payload, path, message) => {
    const flat = flatten(payload)
    assert.isTrue(Result.isFailure(flat))
    if (Result.isFailure(flat)) {
      assert.deepStrictEqual(flat.failure.path, path)
      assert.match(flat.failure.message, message)
    }
  })

  it("a value of Effect has a form as parameters where the schema encodes it to one", () => {
    const values = { timeout: Duration.seconds(1), at: DateTime.makeUnsafe(0), note: Option.some("x") }
    const Plain = Schema.Struct({
      timeout: Schema.DurationFromMillis,
      at: Schema.DateTimeUtcFromString,
      note: Schema.OptionFromOptionalKey(Schema.String)
    })
    const encoded = flatten(Schema.encodeSync(Plain)(values))
    assert.deepStrictEqual(record(Result.getOrThrow(encoded)), {
      timeout: "1000",
      at: "1970-01-01T00:00:00.000Z",
      note: "x"
    })
    const Rich = { timeout: Schema.Duration, at: Schema.DateTimeUtc, note: Schema.Option(Schema.String) }
    for (const name of ["timeout", "at", "note"] as const) {
      const payload = Schema.encodeUnknownSync(Schema.Struct({ [name]: Rich[name] }))({ [name]: values[name] })
      assert.deepStrictEqual(
        flatten(payload),
        Result.fail({ path: [name], message: "A value of a class that has no text form." })
      )
    }
  })

  it.each(["Action", "Region", "Timestamp", "Nonce", "SecretId", "Signature", "SignatureMethod", "Token", "Version"])(
    "%s is for the client to set",
    (name) => {
      const flat = flatten({ [name]: "x" })
      assert.deepStrictEqual(flat, Result.fail({ path: [name], message: `${name} is set by the client.` }))
      assert.isTrue(
        Result.isSuccess(flatten({ [name.toLowerCase()]: "x", [`${name}s`]: "x", nested: { [name]: "x" } }))
      )
      // Not set: nothing to refuse.
      assert.isTrue(Result.isSuccess(flatten({ [name]: undefined })))
    }
  )
})

// ---------------------------------------------------------------------------------------------------------------------
// On the wire
// ---------------------------------------------------------------------------------------------------------------------

const list = (names: string) => names.split(" ").map((name) => ({ name, value: name }))

describe("merge", () => {
  it("keeps the order of the signature", () => {
    const merged = parameters.merge(list("Action Nonce Version"), list("A Zone ids.0 ids.10 ids.2"))
    assert.deepStrictEqual(merged, parameters.sort(list("ids.2 ids.10 Zone Version A Nonce ids.0 Action")))
    assert.strictEqual(merged.map(({ name }) => name).join(" "), "A Action Nonce Version Zone ids.0 ids.10 ids.2")
    assert.deepStrictEqual(parameters.merge([], list("a")), list("a"))
    assert.deepStrictEqual(parameters.merge(list("a"), []), list("a"))
  })
})

describe("form", () => {
  it("each name and value once, a blank as %20, nothing raw that means something", () => {
    const flat = Result.getOrThrow(flatten({ "a b": "x y", c: "+&=%@*~'/?#;", d: "", "云": "🚀" }))
    const encoded = parameters.texts(flat).form
    assert.match(encoded, /^[\w%.!~*'()&=-]*$/)
    assert.isTrue(encoded.startsWith("a%20b=x%20y&c=%2B%26%3D%25%40*~'%2F%3F%23%3B&d=&"))
    assert.strictEqual(parameters.texts([]).form, "")
  })

  it.prop(
    "a form decoder reads back what was written",
    [Arbitrary.array(Arbitrary.all([Arbitrary.schema(Schema.NonEmptyString), Arbitrary.schema(Schema.String)]))],
    ([entries]) => {
      const flat = flatten(Object.fromEntries(entries.map(([name, value], index) => [`${index}${name}`, value])))
      // Two names can be one after `_` became `.`.
      if (Result.isFailure(flat)) {
        assert.match(flat.failure.message, /Two parameters/)
        return
      }
      const read = Array.from(new URLSearchParams(parameters.texts(flat.success).form).entries())
      assert.deepStrictEqual(read, flat.success.map(({ name, value }) => [name, value]))
    },
    { arbitrary: { runs: 500 } }
  )
})
