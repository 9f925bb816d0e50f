import * as assert from "node:assert/strict"
import { test } from "node:test"
import { error, RunInstances } from "./error.ts"

void test("a failing assertion", () => assert.deepStrictEqual(error, RunInstances.error.make(5300)))

void test("a failing test", () => {
  throw error
})
