import { assert, describe, it } from "@effect/vitest"
import { near } from "../src/near.ts"

describe("near names", () => {
  it.each([
    { what: "of a letter that is left out", name: "DescribZones", found: ["DescribeZones"] },
    { what: "of a letter too many", name: "cvmm", found: ["cvm"] },
    { what: "of another case, before those of a slip", name: "CVM", found: ["cvm", "cam"] },
    { what: "of nothing like it", name: "RunInstances", found: [] },
    { what: "of a short name with a slip in every other letter", name: "vpx", found: [] }
  ])("are those $what", ({ found, name }) => {
    assert.deepStrictEqual(near(["DescribeZones", "cvm", "cam"], name), found)
  })

  it("are three at most, the nearest first, each once, and not the name itself", () => {
    const known = ["aaaaaab", "aaaaabb", "aaaaaac", "aaaaaaa", "aaaaaab", "aaaaaad"]
    assert.deepStrictEqual(near(known, "aaaaaaa"), ["aaaaaab", "aaaaaac", "aaaaaad"])
  })

  it("are none that is much farther than the nearest", () => {
    assert.deepStrictEqual(near(["ResourceNotFound.X", "ResourceNotFound"], "ResourceNotFund.X"), [
      "ResourceNotFound.X"
    ])
  })
})
