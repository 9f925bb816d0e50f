import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as parameters from "../../src/internal/parameters.ts"

const { flatten } = parameters

const record = (flat: ReadonlyArray<parameters.Parameter>): Record<string, string> =>
  Object.fromEntries(flat.map(({ name, value }) => [name, value]))

const cycle: Record<string, unknown> = {}
cycle["self"] = cycle

const nested = (depth: number): unknown => depth === 0 ? "leaf" : { a: nested(depth - 1) }

describe("flatten", () => {
  it.each<readonly [string, unknown, Record<string, string>]>([
    ["nothing", {}, {}],
    ["text as it is", { a: "", b: " x_y ", c: "云" }, { a: "", b: " x_y ", c: "云" }],
    ["numbers", { a: 0, b: -0, c: -1.5, d: 1e21, e: 2 ** 53 }, {
      a: "0",
      b: "0",
      c: "-1.5",
      d: "1e+21",
      e: "9007199254740992"
    }],
    ["large integers", { a: 2n ** 64n, b: -1n }, { a: "18446744073709551616", b: "-1" }],
    ["booleans", { a: true, b: false }, { a: "true", b: "false" }],
    ["null and undefined are left out, everywhere", {
      a: null,
      b: undefined,
      c: { d: null },
      e: ["x", undefined, null, "y"]
    }, { "e.0": "x", "e.3": "y" }],
    ["arrays from 0", { ids: ["a", "b"] }, { "ids.0": "a", "ids.1": "b" }],
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
      "a class with fields",
      new (class {
        readonly a = 1
        readonly b = ["x"]
      })(),
      { a: "1", "b.0": "x" }
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
    assert.strictEqual(parameters.form(flat), "..proto...toString=a&constructor=b&hasOwnProperty=d&x...proto..=c")
    assert.strictEqual(({} as Record<string, unknown>)["toString"], Object.prototype.toString)
  })

  it.each<readonly [string, unknown, ReadonlyArray<string>, RegExp]>([
    ["an empty list", { a: { ids: [] } }, ["a", "ids"], /leave it out/i],
    ["a list of nothing", { ids: [undefined, null, {}] }, ["ids"], /leave it out/i],
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
    ["a date as the payload", new Date(0), [], /no text form|object of parameters/],
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
    const encoded = parameters.form(flat)
    assert.match(encoded, /^[\w%.!~*'()&=-]*$/)
    assert.isTrue(encoded.startsWith("a%20b=x%20y&c=%2B%26%3D%25%40*~'%2F%3F%23%3B&d=&"))
    assert.strictEqual(parameters.form([]), "")
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
      const read = Array.from(new URLSearchParams(parameters.form(flat.success)).entries())
      assert.deepStrictEqual(read, flat.success.map(({ name, value }) => [name, value]))
    },
    { arbitrary: { runs: 500 } }
  )
})
