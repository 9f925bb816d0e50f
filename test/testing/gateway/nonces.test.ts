import { assert, describe, it } from "@effect/vitest"
import { makeNonces } from "../../../src/testing/gateway/nonces.ts"

describe("used nonces", () => {
  it("those outside the window are forgotten, so that their number is bounded", () => {
    const nonces = makeNonces()
    for (let second = 0; second < 10_000; second++) {
      nonces.use("id", String(second), second, second)
      assert.isAtMost(nonces.size(), 602)
    }
    assert.isFalse(nonces.use("id", "9999", 9999, 9999))
  })

  it("one that was stamped in the future is remembered until its own window ends", () => {
    const nonces = makeNonces()
    assert.isTrue(nonces.use("id", "x", 10_300, 10_000))
    assert.isFalse(nonces.use("id", "x", 10_300, 10_600))
    assert.isTrue(nonces.use("id", "x", 10_601, 10_601))
  })
})
