/**
 * A bundler drops what a program does not use. This holds only while package.json says `sideEffects: false` and the classes
 * carry their `#__PURE__` marks.
 */
import { assert, describe, it } from "@effect/vitest"
import { withEsbuild, withRolldown } from "../../bench/size.ts"
import * as ErrorKindText from "../../src/ErrorKindText.ts"
import { errorCodeText } from "../../src/internal/errorCodeText.ts"
import * as ErrorCode from "../../src/v2/ErrorCode.ts"

const rest = "console.log(new TencentError.QuotaExceeded({ message: \"m\" }).code)"

/** The other tags that a bundle mentions. */
const leaks = (output: string): ReadonlyArray<string> =>
  ErrorCode.catalogue.map(({ tag }) => tag).filter((tag) => tag !== "QuotaExceeded" && output.includes(tag))

const remediesOf = (texts: { readonly [key: string]: (typeof ErrorKindText.table)["request"] }) =>
  Object.values(texts).flatMap(({ en, ko, zh }) => [en.remedy, ko.remedy, zh.remedy])

const remedies = [...remediesOf(errorCodeText), ...remediesOf(ErrorKindText.table)]

/** The remedies that a bundle has, of the codes and of the kinds. */
const remediesIn = (output: string): ReadonlyArray<string> => remedies.filter((remedy) => output.includes(remedy))

describe("a bundle with one error class", () => {
  it("has no other class, and no remedy", async () => {
    const output = await withRolldown(`import { TencentError } from "effect-tencentcloud"; ${rest}`)
    assert.include(output, "QuotaExceeded")
    assert.deepStrictEqual(leaks(output), [])
    assert.deepStrictEqual(remediesIn(output), [])
    assert.notInclude(output, "UnknownErrorCode")
    assert.notInclude(output, "MalformedResponse")
  })

  it("has no other row of the catalogue with esbuild either, once the namespace is out of the way", async () => {
    // esbuild keeps all of an `export * as`, Effect's too, so this goes past the entry
    const output = await withEsbuild(`import * as TencentError from "./src/v2/TencentError.ts"; ${rest}`)
    assert.include(output, "QuotaExceeded")
    assert.deepStrictEqual(leaks(output), [])
    assert.deepStrictEqual(remediesIn(output), [])
  })
})

describe("a bundle that decodes", () => {
  it("has all classes, and no remedy", async () => {
    const output = await withRolldown(
      `import { TencentResponse } from "effect-tencentcloud"; console.log(TencentResponse.decodeText)`
    )
    assert.lengthOf(leaks(output), 21)
    assert.deepStrictEqual(remediesIn(output), [])
  })
})

describe("a bundle that decodes API 3.0", () => {
  const program = `import * as TencentResponse from "effect-tencentcloud/v3/TencentResponse"`

  it("has no class of API 2.0, no remedy, and no schema of errors", async () => {
    const output = await withRolldown(`${program}; console.log(TencentResponse.decodeText)`)
    assert.include(output, "AuthFailure.SignatureExpire")
    assert.notInclude(output, "QuotaExceeded")
    assert.notInclude(output, "catchFamily")
    assert.notInclude(output, "declared")
    assert.deepStrictEqual(remediesIn(output), [])
  })

  it("is empty where it uses nothing", async () => {
    assert.isBelow(
      (await withEsbuild("import \"effect-tencentcloud/v3/TencentResponse\"", { logLevel: "silent" })).length,
      200
    )
    assert.isBelow((await withRolldown("import \"effect-tencentcloud/v3/TencentResponse\"")).length, 200)
  })
})

describe("a bundle that explains", () => {
  it("has all classes, and a remedy of each in each language", async () => {
    const output = await withRolldown(
      `import { ErrorCode, Failure } from "effect-tencentcloud"; console.log(ErrorCode.catalogue, Failure.explain)`
    )
    assert.lengthOf(leaks(output), 21)
    assert.includeMembers([...remediesIn(output)], remediesOf(errorCodeText))
  })
})

describe("a bundle of the import alone", () => {
  it("is empty", async () => {
    const program = `import "effect-tencentcloud"`
    assert.isBelow((await withEsbuild(program, { logLevel: "silent" })).length, 200)
    assert.isBelow((await withRolldown(program)).length, 200)
  })
})
