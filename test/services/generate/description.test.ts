import { assert, describe, it } from "@effect/vitest"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { print, read } from "../../../services/generate/description.ts"
import { api, names } from "../../../services/generate/files.ts"

const text = `service demo 2020-01-01

kind notFound
  InvalidThing.NotFound

action CreateThing clientToken deprecated
  request Name string!, Kind string!?(big|small), Size int64
  errors InvalidParameter InvalidThing.NotFound

# The page is not where the rule looks for it.
action DescribeThings readOnly
  request Offset int64, Limit int64
  response Data Thing[]*?, Total uint64-
  pages Data Total offset Offset Limit

type Thing: Parts Thing[], Price float
type Thing2:
`

/** The text with another line in the place of one. */
const withLine = (line: string, other: string): string => {
  assert.include(text, line)
  return text.replace(line, other)
}

describe("a description", () => {
  it("is printed as it was read", () => {
    assert.strictEqual(print(read(text, "demo.api")), text)
  })

  it("says what is in it", () => {
    const { actions, kinds, service, types, version } = read(text, "demo.api")
    assert.deepStrictEqual([service, version], ["demo", "2020-01-01"])
    assert.deepStrictEqual([...kinds], [["InvalidThing.NotFound", "notFound"]])
    assert.deepStrictEqual(types.map(({ members, name }) => [name, members.length]), [["Thing", 2], ["Thing2", 0]])
    const [create, list] = actions
    assert.deepStrictEqual(create?.flags, ["clientToken", "deprecated"])
    assert.deepStrictEqual(create?.request[1], {
      name: "Kind",
      base: "string",
      list: false,
      required: true,
      always: false,
      nullable: true,
      disabled: false,
      values: ["big", "small"]
    })
    assert.strictEqual(list?.note, "The page is not where the rule looks for it.")
    assert.strictEqual(list?.pages?.items, "Data")
  })

  it.each([
    ["a word that is none", "kind notFound", "kinds notFound", 3],
    ["a flag that is none", "action CreateThing clientToken", "action CreateThing cheap", 6],
    ["a member that is none", "request Name string!", "request Name: string!", 7],
    ["marks out of order", "Data Thing[]*?", "Data Thing[]?*", 13],
    ["two members of one name", "Size int64", "Name int64", 7],
    ["pages of no style", "offset Offset Limit", "pages Offset Limit", 14],
    ["a line of no action", "  errors InvalidParameter", "  error InvalidParameter", 8],
    ["a type without a colon", "type Thing2:", "type Thing2", 17]
  ])("refuses %s, by file and line", (_, line, other, number) => {
    assert.throws(() => read(withLine(line, other), "demo.api"), new RegExp(`^demo\\.api:${number}: `))
  })

  it.each([
    ["a type that is not there", "Parts Thing[]", "Parts Part[]", /Parts has the type Part/],
    [
      "a code that no action declares",
      " InvalidThing.NotFound\n\n#",
      "\n\n#",
      /no action declares InvalidThing.NotFound/
    ],
    ["two types of one name", "type Thing2:", "type Thing:", /two types of one name/],
    ["a file without a service", "service demo 2020-01-01\n", "", /the first line is/]
  ])("refuses %s", (_, line, other, message) => {
    assert.throws(() => read(withLine(line, other), "demo.api"), message)
  })
})

describe("the descriptions of the package", () => {
  it.each(["cvm", "sts", "es.2025-01-01", "dnspod"])("have %s in the form in which it is printed", (name) => {
    assert.include(names(), name)
    const text = readFileSync(join(api, `${name}.api`), "utf8")
    assert.strictEqual(print(read(text, name)), text)
  })
})
