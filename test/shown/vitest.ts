import { assert, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { call, error, RunInstances } from "./error.ts"

it("a failing assertion of chai", () => assert.deepStrictEqual<unknown>(error, RunInstances.error.make(5300)))

it("a failing expectation", () => expect(error).toStrictEqual(RunInstances.error.make(5300)))

it.effect("a failing effect", () => Effect.asVoid(call))
