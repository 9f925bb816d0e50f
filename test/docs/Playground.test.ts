/**
 * What the playground makes of a text, without a browser.
 */
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { ErrorKind, Failure } from "effect-tencentcloud"
import * as Arbitrary from "effect/Arbitrary"
import { readdirSync, readFileSync } from "node:fs"
import { hover } from "../../docs/site/playground/editor.ts"
import { handler } from "../../docs/site/playground/handler.ts"
import { planOf } from "../../docs/site/playground/plan.ts"
import { type Item, maxItems, read } from "../../docs/site/playground/read.ts"
import { words } from "../../docs/site/playground/words.ts"
import { declaredCodes } from "../support/codesV3.ts"

const kinds = new Map(declaredCodes.map(({ code, kind }) => [code, kind]))
const readText = (text: string) => read(text, { kindOf: (code) => kinds.get(code) })

const shown = ({ failure, generation, name }: Item) => [name, generation, failure?._tag, failure?.kind]

const fixtures = new URL("../fixtures/", import.meta.url)
const documented = ["responses", "responses-v3"].flatMap((folder) =>
  readdirSync(new URL(`${folder}/`, fixtures)).filter((file) => file !== "index.json").map((file) =>
    `${folder}/${file}`
  )
)

const codes = Schema.Union([
  Schema.Json,
  Schema.Literals([0, "0", 4400, "17001", "ResourceNotFound", "InvalidInstanceId.NotFound", "__proto__", "constructor"])
])

const many = { arbitrary: { runs: 300 } }

/** Whether everything that the page shows of a text can be made. */
const isShown = (text: string): boolean =>
  readText(text).items.every((item) => {
    const programs = Object.values(words).map(({ remarks }) => handler(item, remarks))
    if (item.failure === undefined) return programs.every((program) => program === undefined)
    const { failure } = item
    const remedies = (["en", "ko", "zh"] as const).map((language) => Failure.explain(failure, language).remedy)
    const plans = [true, false].map((idempotent) => planOf(failure, { idempotent }))
    return programs.every((program) => program?.startsWith("import ")) && remedies.every((remedy) => remedy !== "") &&
      hover(failure).startsWith(`const error: ${failure._tag} {`) &&
      plans.every(({ courses, stopped }) => (courses.length === 0) === (stopped !== undefined)) &&
      plans.every(({ courses }) => courses.every(({ attempts }) => attempts.every((at) => at >= 0 && at <= 1)))
  })

const failureOf = (code: number): Failure.Failure => readText(`{"code":${code}}`).items[0]!.failure!

describe("a text in the playground", () => {
  it.each([
    ["a failure of API 2.0", `{"code":4400,"message":""}`, [["1", "2.0", "QuotaExceeded", "throttled"]]],
    ["a success of API 2.0", `{"code":0,"message":""}`, [["1", "2.0", undefined, undefined]]],
    [
      "a common code of API 3.0",
      `{"Response":{"Error":{"Code":"ResourceNotFound","Message":""}}}`,
      [["1", "3.0", "ResourceNotFound", "notFound"]]
    ],
    [
      "a code that an action of API 3.0 declares",
      `{"Response":{"Error":{"Code":"InvalidInstanceId.AlreadyBindEip","Message":""}}}`,
      [["1", "3.0", "InvalidInstanceId.AlreadyBindEip", "inUse"]]
    ],
    [
      "a code of API 3.0 that no action declares",
      `{"Response":{"Error":{"Code":"Of.No.List","Message":""}}}`,
      [["1", "3.0", "UnknownErrorCode", "unknown"]]
    ],
    [
      "an envelope of API 3.0 with a code that only API 2.0 sends",
      `{"Response":{"Error":{"Code":"InvalidRequest.ReplayAttack","Message":""}}}`,
      [["1", "2.0", "ReplayAttack", "replay"]]
    ],
    ["a success of API 3.0", `{"Response":{"RequestId":"r-1"}}`, [["1", "3.0", undefined, undefined]]],
    ["a page of HTML", "<html>\n</html>", [["1", undefined, "MalformedResponse", "malformed"]]],
    ["a body of neither", `{"ret":1}`, [["1", undefined, "MalformedResponse", "malformed"]]],
    [
      "a batch, with its failed parts first",
      `{"code":5400,"message":"","detail":{"a":{"code":0},"b":{"code":5000}}}`,
      [
        ["1", "2.0", "PartialSuccess", "partial"],
        ["b", "2.0", "ResourceNotFound", "notFound"],
        ["a", "2.0", undefined, undefined]
      ]
    ],
    [
      "an array of bodies",
      `[{"code":0},{"Response":{"Error":{"Code":"InternalError","Message":""}}}]`,
      [["1", "2.0", undefined, undefined], ["2", "3.0", "InternalError", "internal"]]
    ],
    [
      "a log with a body on each line",
      `{"code":0}\n\n{"code":6000}\r\nnot a body\n`,
      [
        ["1", "2.0", undefined, undefined],
        ["2", "2.0", "InternalError", "internal"],
        ["3", undefined, "MalformedResponse", "malformed"]
      ]
    ],
    ["a body over several lines", `{\n"code": 4000\n}`, [["1", "2.0", "InvalidParameter", "request"]]],
    ["nothing but blanks", " \n ", []]
  ])("is %s", (_name, text, expected) => {
    assert.deepStrictEqual(readText(text).items.map(shown), expected)
  })

  it("is read as the generation that the reader says", () => {
    const { items } = read(`{"Response":{"Error":{"Code":"InternalError"}}}`, {
      generation: "2.0",
      kindOf: () => undefined
    })
    assert.deepStrictEqual(items.map(({ failure }) => failure?.code), [6000])
  })

  it("says how many bodies are not shown", () => {
    const { items, more } = readText(`{"code":0}\n`.repeat(maxItems + 7))
    assert.deepStrictEqual([items.length, more], [maxItems, 7])
  })

  it("can nest deeper than a stack", () => {
    const deep = "[".repeat(50_000) + "]".repeat(50_000)
    for (
      const text of [deep, `{"code":0,"a":${deep}}`, `[{"code":4000,"a":${deep}}]`, `{"Response":{"Error":${deep}}}`]
    ) {
      assert.lengthOf(readText(text).items, 1)
    }
  })

  it.prop("can be any text", [Arbitrary.schema(Schema.String)], ([text]) => assert.isTrue(isShown(text)), many)

  it.prop("can be any JSON", [Arbitrary.schema(Schema.Json)], ([json]) => {
    assert.isTrue(isShown(JSON.stringify(json)))
    assert.isTrue(isShown(JSON.stringify({ code: 5400, message: json, detail: json, errorList: [json] })))
  }, many)

  it.prop("can have anything for a code", [Arbitrary.schema(codes), Arbitrary.schema(Schema.Json)], ([code, json]) => {
    assert.isTrue(isShown(JSON.stringify({ code, message: json, codeDesc: code })))
    assert.isTrue(isShown(JSON.stringify({ Response: { Error: { Code: code, Message: json }, RequestId: code } })))
  }, many)

  it.each(documented)("can be the documented body %s, whole or cut", (path) => {
    const text = readFileSync(new URL(path, fixtures), "utf8")
    assert.isTrue(isShown(text))
    assert.isTrue(isShown(text.slice(0, text.length / 2)))
  })
})

describe("the plan of a failure", () => {
  it("repeats what may have run only where it only reads", () => {
    assert.lengthOf(planOf(failureOf(6000), { idempotent: true }).courses, 2)
    assert.deepStrictEqual(planOf(failureOf(6000), { idempotent: false }), { stopped: "outcomeUnknown", courses: [] })
  })

  it("has the attempts and the time of the default policy", () => {
    const [median, worst] = planOf(failureOf(6000), { idempotent: true }).courses
    assert.deepStrictEqual([median?.attempts.length, worst?.attempts.length, worst?.millis], [6, 6, 6200])
    assert.strictEqual(worst?.attempts.at(-1), 1)
  })

  it("stops at what would fail again", () => {
    assert.strictEqual(planOf(failureOf(5300), { idempotent: true }).stopped, "permanent")
  })
})

describe("the words of the playground", () => {
  it("have an outcome in each language, and are told apart", () => {
    for (const { outcome } of Object.values(words)) {
      assert.sameMembers(Object.keys(outcome), [...ErrorKind.outcomes])
      assert.strictEqual(new Set(Object.values(outcome)).size, ErrorKind.outcomes.length)
    }
  })
})
