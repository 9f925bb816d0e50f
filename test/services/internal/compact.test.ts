import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Schema from "effect/Schema"
import { readFileSync } from "node:fs"
import { parse, type Type } from "../../../services/src/internal/compact.ts"

const none = () => []

const typeOf = (text: string, references: Type["references"] = none): Type => ({ text, references })

const scalar = (base: string, form: string) => ({ base, form })

describe("the compact text of a type", () => {
  it.each([
    ["Zone", { name: "Zone", item: scalar("s", "text"), list: false, required: false, id: false }],
    ["Zones[]!", { name: "Zones", item: scalar("s", "text"), list: true, required: true, id: false }],
    ["Size:i", { name: "Size", item: scalar("i", "int64"), list: false, required: false, id: false }],
    ["DiskIds:u[]", { name: "DiskIds", item: scalar("u", "uint64"), list: true, required: false, id: true }],
    ["Price:f!", { name: "Price", item: scalar("f", "number"), list: false, required: true, id: false }],
    ["hadAutoFixVul:b", {
      name: "hadAutoFixVul",
      item: scalar("b", "boolean"),
      list: false,
      required: false,
      id: false
    }],
    ["CreatedTime:z", { name: "CreatedTime", item: scalar("z", "text"), list: false, required: false, id: false }],
    ["File:x!", { name: "File", item: scalar("x", "binary"), list: false, required: true, id: false }]
  ])("reads the member %s", (text, member) => {
    assert.deepStrictEqual(parse(typeOf(text)), [member as never])
  })

  it("reads no members from an empty text", () => {
    assert.deepStrictEqual(parse(typeOf("")), [])
  })

  it("reads a type that refers to itself", () => {
    const tree: Type = typeOf("Name,Children:0[]", () => [tree])
    assert.deepStrictEqual(parse(tree)[1], {
      name: "Children",
      item: { type: tree },
      list: true,
      required: false,
      id: false
    })
  })

  it.each(["InstanceId", "AppID", "DiskIds", "IDs", "NextToken"])("knows %s for an id by its name", (name) => {
    assert.isTrue(parse(typeOf(`${name}:i`))[0]!.id)
  })

  it.each(["Idle", "Paid", "TokenCount", "Identity", "Grid"])("does not take %s for an id", (name) => {
    assert.isFalse(parse(typeOf(`${name}:i`))[0]!.id)
  })

  it.each(["Zone!:i", "Zone:q", "Zone[][]", "1Zone", "Zone,", "Zone Name", "Zone:-1", "Zone:0"])(
    "refuses %s",
    (text) => {
      assert.throws(() => parse(typeOf(text)), SyntaxError)
    }
  )

  const text = Arbitrary.schema(Schema.String)
  it.prop("is a list of members or refused, whatever the text", [text], ([text]) => {
    try {
      for (const { name } of parse(typeOf(text))) assert.match(name, /^[A-Za-z]\w*$/)
    } catch (error) {
      assert.instanceOf(error, SyntaxError)
    }
  })

  const grammar = Arbitrary.schema(
    Schema.Array(Schema.Tuple([
      Schema.String.check(Schema.isPattern(/^[A-Za-z][A-Za-z0-9_]{0,8}$/)),
      Schema.Literals(["", ":i", ":u", ":f", ":b", ":x", ":t", ":z", ":d", ":0", ":1"]),
      Schema.Literals(["", "[]"]),
      Schema.Literals(["", "!"])
    ]))
  )
  it.prop("has a member for each of its parts", [grammar], ([parts]) => {
    const references = [typeOf("A"), typeOf("B")]
    const members = parse(typeOf(parts.map((part) => part.join("")).join(","), () => references))
    assert.deepStrictEqual(
      members.map(({ list, name, required }) => [name, list, required]),
      parts.map(([name, , list, required]) => [name, list === "[]", required === "!"])
    )
  })

  it("has its grammar and its parser in one short file", () => {
    const lines = readFileSync(new URL("../../../services/src/internal/compact.ts", import.meta.url), "utf8").split(
      "\n"
    )
    assert.isAtMost(lines.length, 150)
  })
})
