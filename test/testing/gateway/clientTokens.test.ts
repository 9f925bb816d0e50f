import { assert, describe, it } from "@effect/vitest"
import { makeClientTokens, maxTokens, rememberedFor } from "../../../src/testing/gateway/clientTokens.ts"

describe("remembered client tokens", () => {
  it("a token is remembered for a day", () => {
    const tokens = makeClientTokens<number>()
    tokens.remember("me", "a", 1, 0)
    assert.strictEqual(tokens.find("me", "a", rememberedFor), 1)
    assert.isUndefined(tokens.find("me", "a", rememberedFor + 1))
  })

  it("a token that comes again after a day is remembered for another one", () => {
    const tokens = makeClientTokens<number>()
    tokens.remember("me", "a", 1, 0)
    tokens.remember("me", "b", 2, 1)
    tokens.remember("me", "a", 3, rememberedFor + 1)
    assert.strictEqual(tokens.find("me", "a", 2 * rememberedFor), 3)
    assert.isUndefined(tokens.find("me", "b", 2 * rememberedFor))
  })

  it("a token is remembered where the clock goes back, and no longer than a day", () => {
    const tokens = makeClientTokens<number>()
    tokens.remember("me", "a", 1, rememberedFor)
    tokens.remember("me", "b", 2, 0)
    assert.strictEqual(tokens.find("me", "a", 0), 1)
    assert.isUndefined(tokens.find("me", "b", rememberedFor + 1))
  })

  it("the oldest tokens are forgotten where there are too many", () => {
    const tokens = makeClientTokens<number>()
    for (let index = 0; index <= maxTokens; index++) tokens.remember("me", String(index), index, 0)
    assert.isUndefined(tokens.find("me", "0", 0))
    assert.strictEqual(tokens.find("me", "1", 0), 1)
    assert.strictEqual(tokens.find("me", String(maxTokens), 0), maxTokens)
  })

  it("an account and a token are not one text", () => {
    const tokens = makeClientTokens<number>()
    tokens.remember("a", "b c", 1, 0)
    assert.isUndefined(tokens.find("a b", "c", 0))
  })
})
