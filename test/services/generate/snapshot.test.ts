import { assert, describe, it } from "@effect/vitest"
import { print, read } from "../../../services/generate/description.ts"
import { changes, merge } from "../../../services/generate/snapshot.ts"

const old = read(
  `service demo 2020-01-01

kind inUse
  InvalidBox.Full
kind request
  InvalidBox.Old

action BuyBox
  request Size int64, Kind string(big|small)
  errors InvalidBox.Full InvalidBox.Old

action SellBox

# The vendor forgets the weight.
type Box: Weight float
type Lid: Name string
action DescribeBoxes readOnly
  response Boxes Box[], Lids Lid[]
`,
  "old"
)

const next = read(
  `service demo 2020-01-01

kind request
  InvalidBox.Full
  InvalidBox.New

action BuyBox clientToken
  request Size uint64!, Kind string, ClientToken string
  errors InvalidBox.Full InvalidBox.New

type Box: Name string
type Lid: Name string
action DescribeBoxes readOnly
  response Boxes Box[], Lids Lid[]
`,
  "next"
)

describe("a later snapshot", () => {
  const merged = merge(old, next)

  it("keeps what a person has corrected", () => {
    assert.strictEqual(merged.kinds.get("InvalidBox.Full"), "inUse")
    assert.include(print(merged), "# The vendor forgets the weight.\ntype Box: Weight float\n")
  })

  it("keeps documented values that it does not have", () => {
    assert.include(print(merged), "Kind string(big|small)")
  })

  it("says what it changes", () => {
    assert.deepStrictEqual(changes(old, merged), [
      "demo 2020-01-01:",
      "  ~ action BuyBox - -> clientToken",
      "  - action SellBox",
      "  + code InvalidBox.New of BuyBox",
      "  + code InvalidBox.New request",
      "  - code InvalidBox.Old of BuyBox",
      "  - code InvalidBox.Old request",
      "  + member BuyBoxRequest.ClientToken string",
      "  ~ member BuyBoxRequest.Size int64 -> uint64!"
    ])
  })

  it("says nothing where nothing has changed", () => {
    assert.deepStrictEqual(changes(old, merge(old, old)), [])
  })

  it("says of a new service all that is in it", () => {
    const [title, ...lines] = changes(undefined, next)
    assert.strictEqual(title, "demo 2020-01-01: new")
    assert.include(lines, "  + action BuyBox clientToken")
    assert.isTrue(lines.every((line) => line.startsWith("  + ")))
  })
})
