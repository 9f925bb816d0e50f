import { assert, describe, it } from "@effect/vitest"
import { ErrorCode } from "effect-tencentcloud/v3"
import { checkBodies } from "../support/bodiesV3.ts"

const cases = 20_000

describe("TencentResponse of API 3.0, on anything", () => {
  it(`${cases} texts are read as a value or as a typed failure`, { timeout: 120_000 }, () => {
    const seen = checkBodies(0, cases)
    // The generators reach every common code, and do not drown in texts that are not JSON.
    for (const { code } of ErrorCode.catalogue) assert.isAtLeast(seen.get(code) ?? 0, 10, code)
    for (const tag of ["success", "UnknownErrorCode"]) assert.isAtLeast(seen.get(tag) ?? 0, cases / 30, tag)
    assert.isAtMost(seen.get("MalformedResponse") ?? 0, cases * 0.7)
  })
})
