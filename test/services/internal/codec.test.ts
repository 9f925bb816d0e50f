import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { requestCodec, responseCodec } from "../../../services/src/internal/codec.ts"
import type { Type } from "../../../services/src/internal/compact.ts"

const tree: Type = { text: "DiskId:i,Size:i,Children:0[]", references: () => [tree] }

const response = responseCodec(tree, "test.Response")
const request = requestCodec({ text: "DiskId:i!,Name", references: () => [] }, "test.Request")

describe("the schema of a response", () => {
  it.effect("decodes inside another schema, with a path into it", () =>
    Effect.gen(function*() {
      const envelope = Schema.Struct({ Response: response })
      const decoded = yield* Schema.decodeUnknownEffect(envelope)({ Response: { Size: "1", RequestId: "r-1" } })
      assert.deepStrictEqual(decoded, { Response: { Size: 1, RequestId: "r-1" } })
      const error = yield* Effect.flip(
        Schema.decodeUnknownEffect(envelope)({ Response: { Children: [{}, { Size: {} }] } })
      )
      assert.include(error.message, "[\"Response\"][\"Children\"][1][\"Size\"]")
    }))

  it.effect("has a RequestId, also where the server left it out", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* Schema.decodeUnknownEffect(response)({}), { RequestId: "" })
    }))

  it.effect("goes through JSON and back, with an id beyond 2^53", () =>
    Effect.gen(function*() {
      const json = Schema.fromJsonString(Schema.toCodecJson(response))
      const value = { DiskId: 9007199254740993n, Children: [{ DiskId: 2n ** 62n, Size: 1 }], RequestId: "r-1" }
      const text = yield* Schema.encodeEffect(json)(value)
      assert.include(text, "\"9007199254740993\"")
      assert.deepStrictEqual(yield* Schema.decodeEffect(json)(text), value)
    }))

  it.effect("refuses what nests deeper than the stack", () =>
    Effect.gen(function*() {
      let deep: object = {}
      for (let depth = 0; depth < 50_000; depth++) deep = { Children: [deep] }
      const error = yield* Effect.flip(Schema.decodeUnknownEffect(response)(deep))
      assert.include(error.message, "Nested too deeply")
    }))
})

describe("the schema of a request", () => {
  it.effect("takes the same values on both sides", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* Schema.encodeUnknownEffect(request)({ DiskId: 1n }), { DiskId: 1n })
      const error = yield* Effect.flip(Schema.decodeUnknownEffect(request)({ Name: "a" }))
      assert.include(error.message, "The action requires it")
    }))
})
