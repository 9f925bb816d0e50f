import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { requestJson } from "../../../src/v3/internal/requestJson.ts"

const textOf = (request: unknown): string => Result.getOrThrow(requestJson(request))

class Own {
  toJSON() {
    return "own"
  }
}

class Lists extends Array<number> {
  toJSON() {
    return "own"
  }
}

describe("the text of a request", () => {
  const usual = Arbitrary.schema(Schema.Record(Schema.String, Schema.Json))
  it.prop(
    "is the same where JSON.stringify writes it and where a bigint makes that impossible",
    [usual],
    ([request]) => {
      const fast = requestJson(request)
      // The member at the end keeps `JSON.stringify` out, and is cut off.
      const slow = requestJson({ ...request, last: 1n })
      assert.strictEqual(fast._tag, slow._tag)
      if (Result.isSuccess(fast) && Result.isSuccess(slow) && !Object.hasOwn(request, "last")) {
        assert.strictEqual(
          `${fast.success.slice(0, -1)}${Object.keys(request).length > 0 ? "," : ""}"last":1}`,
          slow.success
        )
      }
    }
  )

  it.each<[string, unknown, string]>([
    ["leaves out what is undefined", { A: undefined, B: { C: undefined, D: 1 } }, `{"B":{"D":1}}`],
    ["repairs a half of a character", { A: "\ud800", "\udc00": 1 }, `{"A":"\ufffd","\ufffd":1}`],
    ["sends a bigint by its digits", { A: [9007199254740993n] }, `{"A":[9007199254740993]}`],
    ["sends what is redacted", { A: Redacted.make("secret") }, `{"A":"secret"}`],
    ["writes negative zero as zero", { A: -0, B: 0.5, C: 1e-7 }, `{"A":0,"B":0.5,"C":1e-7}`],
    ["does not ask a list of a class", { A: Lists.from([1, 2]) }, `{"A":[1,2]}`],
    ["takes an object without a prototype", Object.assign(Object.create(null), { A: 1 }), `{"A":1}`]
  ])("%s", (_, request, text) => {
    assert.strictEqual(textOf(request), text)
  })

  it.each<[string, unknown, ReadonlyArray<string | number>]>([
    ["a rounded integer", { A: [1, 2 ** 53] }, ["A", 1]],
    ["no number", { A: Number.NaN }, ["A"]],
    // oxlint-disable-next-line no-sparse-arrays
    ["a gap in a list", { A: [, 1] }, ["A", 0]],
    ["a value of a class", { A: new Own() }, ["A"]],
    ["a function", { A: { toJSON: () => 1 } }, ["A", "toJSON"]]
  ])("is refused for %s, with its path", (_, request, path) => {
    const refused = requestJson(request)
    assert.isTrue(Result.isFailure(refused))
    if (Result.isFailure(refused)) assert.deepStrictEqual(refused.failure.path, path)
  })

  it("is refused for a cycle", () => {
    const cycle: { A?: object } = {}
    cycle.A = cycle
    assert.isTrue(Result.isFailure(requestJson(cycle)))
  })
})
