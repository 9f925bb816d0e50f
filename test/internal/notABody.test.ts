/**
 * What is given to `decode` in place of a body.
 */
import { assert, describe, it } from "@effect/vitest"
import { TencentResponse as V2 } from "effect-tencentcloud/v2"
import { TencentResponse as V3 } from "effect-tencentcloud/v3"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

const success = { code: 0, message: "" }

const axios = { data: success, status: 200, statusText: "OK", headers: {}, config: {} }

type Decode = (raw: unknown) => Effect.Effect<unknown, { readonly _tag: string; readonly message: string }>

const decoders: ReadonlyArray<readonly [string, Decode]> = [
  ["API 2.0", V2.decode(Schema.Unknown)],
  ["API 3.0", V3.decode(Schema.Unknown)]
]

describe.each(decoders)(
  "%s",
  (_, decode) => {
    it.effect.each<readonly [string, unknown, string]>([
      ["a text", JSON.stringify(success), "`decodeText`"],
      ["the page of a proxy", " <html>", "`decodeText`"],
      ["a Response of fetch", Response.json(success), "`fromWeb`"],
      ["a promise", Promise.resolve(success), "await"],
      ["an object of axios", axios, "`data`"]
    ])("is named: %s", ([, value, hint]) =>
      Effect.gen(function*() {
        const error = yield* Effect.flip(decode(value))
        assert.strictEqual(error._tag, "MalformedResponse")
        assert.include(error.message, hint)
      }))

    it.effect.each<readonly [string, unknown]>([
      ["nothing", undefined],
      ["null", null],
      ["a list", [success]],
      ["a word", "closed"],
      ["a number", 0],
      ["another envelope", { retcode: 0 }],
      ["another envelope with data and a status", { data: {}, status: 1 }],
      ["a key that is called as a method", JSON.parse(`{ "then": 1, "arrayBuffer": 2 }`)]
    ])("is not named: %s", ([, value]) =>
      Effect.gen(function*() {
        const { message } = yield* Effect.flip(decode(value))
        assert.match(message, /^The response (?:is not a JSON object|has no readable code)\.$/)
      }))
  }
)
