/**
 * `explain`: every code of both generations, in three languages, and codes that nobody knows.
 */
import { assert, describe, it } from "@effect/vitest"
import { ErrorCode as CodesV2 } from "effect-tencentcloud"
import { ErrorCode as CodesV3 } from "effect-tencentcloud/v3"
import * as Effect from "effect/Effect"
import { runInProcess } from "./support/inProcess.ts"
import { run } from "./support/process.ts"

const explained = (code: string, ...flags: ReadonlyArray<string>) =>
  Effect.map(
    runInProcess(["explain", "--json", ...flags, code]),
    ({ code, stdout }) => ({ code, ...JSON.parse(stdout) })
  )

describe("explain, as a process", () => {
  it("says what a number of API 2.0 means and what to do", async () => {
    const { code, stderr, stdout } = await run(["explain", "4500"])
    assert.deepStrictEqual([code, stderr], [0, ""])
    assert.match(stdout, /^4500 ReplayAttack \(API 2\.0\)\nMeaning +Replay attack\nWhat to do +Sign again/)
    assert.match(stdout, /^In API 3\.0 +AuthFailure\.SignatureExpire \(partly\)$/m)
  })

  it("speaks the language of the locale", async () => {
    assert.include((await run(["explain", "4500"], { env: { LC_ALL: "zh_CN.UTF-8" } })).stdout, "含义")
  })
})

describe("explain", () => {
  it.effect.each([
    { env: { LC_ALL: "zh_CN.UTF-8" }, word: "含义" },
    { env: { LC_ALL: "", LC_MESSAGES: "", LANG: "ko_KR" }, word: "의미" },
    { env: { LC_ALL: "", LC_MESSAGES: "ko_KR.UTF-8", LANG: "zh_CN" }, word: "의미" },
    { env: { LC_ALL: "fr_FR.UTF-8" }, word: "Meaning" },
    { env: { LC_ALL: "C" }, word: "Meaning" }
  ])(
    "speaks the language of $env",
    ({ env, word }) =>
      Effect.map(runInProcess(["explain", "4500"], { env }), ({ stdout }) => assert.include(stdout, word))
  )

  it.effect("lets --lang win over the locale", () =>
    Effect.map(
      runInProcess(["explain", "4500", "--lang", "ko"], { env: { LC_ALL: "zh_CN.UTF-8" } }),
      ({ stdout }) => assert.include(stdout, "의미")
    ))

  it.effect.each(CodesV2.catalogue.map(({ code, kind, tag }) => ({ code, kind, tag })))(
    "knows $code $tag, by number and by tag, with remedies in three languages",
    ({ code, kind, tag }) =>
      Effect.gen(function*() {
        const [en, zh, ko] = yield* Effect.all(
          ["en", "zh", "ko"].map((lang) => explained(String(code), "--lang", lang))
        )
        assert.deepInclude(en, { code, tag, kind, generation: "2.0", foundBy: "code" })
        assert.match(en.docs, /^https:\/\//)
        assert.strictEqual(new Set([en.remedy, zh.remedy, ko.remedy]).size, 3)
        // API 3.0 has some of the tags as codes.
        const byTag = yield* explained(tag)
        assert.deepInclude(byTag, byTag.generation === "2.0" ? { code } : { code: tag, foundBy: "code" })
      })
  )

  it.effect("knows every common code of API 3.0 by itself", () =>
    Effect.forEach(CodesV3.catalogue, ({ code, kind }) =>
      Effect.map(explained(code), (found) => {
        assert.deepInclude(found, { code, kind, generation: "3.0", foundBy: "code" })
        assert.match(found.docs, /^https:\/\//)
      })))

  it.effect("explains a code of one service by its family, with what API 2.0 has for it", () =>
    Effect.map(explained("ResourceNotFound.TopicNotExist"), (found) =>
      assert.deepInclude(found, {
        foundBy: "family",
        kind: "notFound",
        counterparts: [{ code: 5000, fit: "same" }],
        retry: { reading: { retried: false, reason: "permanent" }, changing: { retried: false, reason: "permanent" } }
      })))

  it.effect("guesses the meaning of another number of API 2.0 from its range, and says so", () =>
    Effect.map(Effect.all([explained("4200"), runInProcess(["explain", "4200"])]), ([found, { stdout }]) => {
      assert.deepInclude(found, {
        foundBy: "range",
        kind: "replay",
        counterparts: [{ code: "AuthFailure.SignatureExpire", fit: "same" }]
      })
      assert.include(stdout, "(API 2.0, by the range of the number)")
    }))

  it.effect("says what is retried, and how often", () =>
    Effect.map(explained("6000"), ({ retry }) =>
      assert.deepStrictEqual(retry, {
        reading: { retried: true, retryClass: "transient", times: 5, withinMillis: 6200 },
        changing: { retried: false, reason: "outcomeUnknown" }
      })))

  it.effect.each([{ code: "InvalidInstanceId.NotFound" }, { code: "-1" }, { code: "99999" }, {
    code: "1".repeat(100)
  }])(
    "exits with 1 where nothing is known of $code, and still says what to do",
    ({ code }) =>
      Effect.map(runInProcess(["explain", "--", code]), (run) => {
        assert.strictEqual(run.code, 1)
        assert.include(run.stdout, "look the code up")
      })
  )

  it.effect("names the code that differs in the case of a letter only", () =>
    Effect.map(runInProcess(["explain", "requestlimitexceeded"]), ({ code, stderr }) => {
      assert.strictEqual(code, 1)
      assert.include(stderr, "Did you mean RequestLimitExceeded?")
    }))

  it.effect.each([{ given: "0" }, { given: "" }, { given: "x".repeat(129) }])(
    "refuses \"$given\" as no code, with exit code 64",
    ({ given }) =>
      Effect.map(
        runInProcess(["explain", given]),
        ({ code, stdout }) => assert.deepStrictEqual([code, stdout], [64, ""])
      )
  )

  it.effect("prints no control character of a code", () =>
    Effect.map(
      runInProcess(["explain", "a\u001b[2Jb\u009b"]),
      // oxlint-disable-next-line no-control-regex
      ({ stdout }) => assert.notMatch(stdout, /[\u001b\u009b]/)
    ))
})
