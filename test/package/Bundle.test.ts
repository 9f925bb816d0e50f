/**
 * A bundler drops what a program does not use. This holds only while package.json says `sideEffects: false` and the classes
 * carry their `#__PURE__` marks.
 */
import { assert, describe, it } from "@effect/vitest"
import { withEsbuild, withRolldown } from "../../bench/size.ts"
import * as ErrorCode from "../../src/v2/ErrorCode.ts"

const rest = "console.log(new TencentError.QuotaExceeded({ message: \"m\" }).code)"

/** The other tags that a bundle mentions, and those whose Korean, Chinese or English text it has. */
const leaks = (output: string): ReadonlyArray<string> =>
  ErrorCode.catalogue.filter(({ tag, text }) =>
    tag !== "QuotaExceeded" &&
    [tag, text.ko.name, text.ko.remedy, text.zh.name, text.zh.remedy, text.en.remedy].some((s) => output.includes(s))
  ).map(({ tag }) => tag)

describe("a bundle with one error class", () => {
  it("has no other class, and no text of another row", async () => {
    const output = await withRolldown(`import { TencentError } from "effect-tencentcloud"; ${rest}`)
    assert.include(output, "QuotaExceeded")
    assert.deepStrictEqual(leaks(output), [])
    assert.notInclude(output, "UnknownErrorCode")
    assert.notInclude(output, "MalformedResponse")
  })

  it("has no other row of the catalogue with esbuild either, once the namespace is out of the way", async () => {
    // esbuild keeps all of an `export * as`, Effect's too, so this goes past the entry
    const output = await withEsbuild(`import * as TencentError from "./src/v2/TencentError.ts"; ${rest}`)
    assert.include(output, "QuotaExceeded")
    assert.deepStrictEqual(leaks(output), [])
  })

  it("would show a leak", async () => {
    const output = await withRolldown(
      `import { ErrorCode } from "effect-tencentcloud"; console.log(ErrorCode.catalogue)`
    )
    assert.lengthOf(leaks(output), 21)
  })
})

describe("a bundle of the import alone", () => {
  it("is empty", async () => {
    const program = `import "effect-tencentcloud"`
    assert.isBelow((await withEsbuild(program, { logLevel: "silent" })).length, 200)
    assert.isBelow((await withRolldown(program)).length, 200)
  })
})
