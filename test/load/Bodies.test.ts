/**
 * As the property test of `TencentResponse` of API 3.0, on more bodies than a developer wants to wait for.
 */
import { assert, describe, it } from "@effect/vitest"
import { checkBodies } from "../support/bodiesV3.ts"

describe("TencentResponse of API 3.0, on anything", () => {
  it("100,000 more texts are read as a value or as a typed failure", { timeout: 300_000 }, () => {
    const seen = checkBodies(20_000, 100_000)
    assert.isAtLeast(seen.get("UnknownErrorCode") ?? 0, 3000)
  })
})
