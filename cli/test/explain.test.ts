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

/** A code that more services declare than a line names. */
const widelyDeclared = "InvalidFilter"

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

  it.effect("says what a code means that services declare, and which do", () =>
    Effect.map(
      Effect.all([explained("InvalidInstanceId.NotFound"), runInProcess(["explain", "InvalidZone.MismatchRegion"])]),
      ([{ declaredBy, ...found }, { code, stdout }]) => {
        assert.deepInclude(found, {
          code: "InvalidInstanceId.NotFound",
          generation: "3.0",
          foundBy: "declaration",
          kind: "notFound"
        })
        assert.deepStrictEqual(declaredBy.map(({ kind }: typeof declaredBy[0]) => kind), ["notFound"])
        assert.include(declaredBy[0].services, "cvm")
        assert.strictEqual(code, 0)
        assert.match(
          stdout,
          /^InvalidZone\.MismatchRegion \(API 3\.0, declared by services\)\nMeaning +Invalid request\n/
        )
        assert.match(stdout, /^Declared by +batch, cvm$/m)
      }
    ))

  it.effect("names five of many services, in three languages, and all as data", () =>
    Effect.gen(function*() {
      const { declaredBy: [{ services }] } = yield* explained(widelyDeclared)
      assert.isAbove(services.length, 6)
      const more = services.length - 5
      const named = services.slice(0, 5).join(", ")
      for (
        const [lang, words] of [["en", `and ${more} more`], ["zh", `另有 ${more} 个`], ["ko", `외 ${more}개`]] as const
      ) {
        const { stdout } = yield* runInProcess(["explain", widelyDeclared, "--lang", lang])
        assert.include(stdout, named)
        assert.include(stdout, words)
        assert.notInclude(stdout, services.at(-1))
      }
    }))

  it.effect("knows a code of the transitional envelope by the number that it stands for", () =>
    Effect.map(
      Effect.all([
        explained("InvalidParameter.SignatureFailure"),
        runInProcess(["explain", "InvalidRequest.ReplayAttack"])
      ]),
      ([found, { code, stdout }]) => {
        assert.deepInclude(found, {
          code: 4100,
          codeDesc: "InvalidParameter.SignatureFailure",
          generation: "2.0",
          foundBy: "code",
          kind: "credentials",
          counterparts: [{ code: "AuthFailure.SignatureFailure", fit: "same" }]
        })
        assert.strictEqual(code, 0)
        assert.match(stdout, /^InvalidRequest\.ReplayAttack: 4500 ReplayAttack \(API 2\.0\)$/m)
      }
    ))

  it.effect.each([
    { tag: "CredentialsUnavailable", kind: "credentials", name: "No credentials" },
    { tag: "MalformedResponse", kind: "malformed", name: "Unreadable response" },
    { tag: "TransportFailure", kind: "transport", name: "No complete response" },
    { tag: "UnexpectedStatus", kind: "transport", name: "No complete response" },
    { tag: "UnknownErrorCode", kind: "unknown", name: "Unknown error" }
  ])(
    "knows the class $tag of the library, whose failures alone say whether anything ran",
    ({ kind, name, tag }) =>
      Effect.map(Effect.all([explained(tag), runInProcess(["explain", tag])]), ([found, { code, stdout }]) => {
        assert.deepInclude(found, { foundBy: "class", tag, kind, name })
        assert.notProperty(found, "generation")
        assert.notProperty(found, "outcome")
        assert.strictEqual(code, 0)
        assert.include(stdout, `${tag} (of effect-tencentcloud, no code of the API)`)
        assert.match(stdout, /^Did it run +the failure itself says$/m)
      })
  )

  it.effect("knows the class InvalidRequest as the code of API 3.0, which means the same", () =>
    Effect.map(
      explained("InvalidRequest"),
      (found) => assert.deepInclude(found, { foundBy: "code", generation: "3.0", kind: "request", outcome: "notRun" })
    ))

  it.effect.each([{ given: "+4500" }, { given: "4500.0" }, { given: "04500" }])(
    "reads $given as the number 4500",
    ({ given }) =>
      Effect.map(
        explained(given),
        (found) => assert.deepInclude(found, { code: 4500, generation: "2.0", foundBy: "code" })
      )
  )

  it.effect.each([{ given: "1".repeat(30) }, { given: "4500.5" }])(
    "takes $given for API 2.0, as all numbers",
    ({ given }) =>
      Effect.map(runInProcess(["explain", given]), ({ code, stdout }) => {
        assert.strictEqual(code, 1)
        assert.include(stdout, `${given} (API 2.0)`)
      })
  )

  it.effect("explains a code of one service by its family, with what API 2.0 has for it", () =>
    Effect.map(explained("ResourceNotFound.NobodyDeclaresIt"), (found) =>
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

  it.effect.each([{ code: "InvalidNothing.NobodyDeclaresIt" }, { code: "-1" }, { code: "99999" }, {
    code: "1".repeat(100)
  }])(
    "exits with 1 where nothing is known of $code, and still says what to do",
    ({ code }) =>
      Effect.map(runInProcess(["explain", "--", code]), (run) => {
        assert.strictEqual(run.code, 1)
        assert.include(run.stdout, "look the code up")
      })
  )

  it.effect.each([
    { given: "requestlimitexceeded", meant: "RequestLimitExceeded" },
    { given: "RequestLimitExceded", meant: "RequestLimitExceeded" },
    { given: "QuotaExceded", meant: "QuotaExceeded" },
    { given: "TransportFailur", meant: "TransportFailure" },
    { given: "InvalidInstanceId.NotFond", meant: "InvalidInstanceId.NotFound" },
    { given: "ResourceNotFund.NobodyDeclaresIt", meant: "ResourceNotFound.NobodyDeclaresIt" },
    { given: "resourcenotfound.foo", meant: "ResourceNotFound.foo" }
  ])(
    "asks for $given whether $meant was meant, and exits with 1",
    ({ given, meant }) =>
      Effect.map(runInProcess(["explain", given]), ({ code, stderr }) => {
        assert.strictEqual(code, 1)
        assert.strictEqual(stderr, `Codes are exact. Did you mean ${meant}?`)
      })
  )

  it.effect.each([{ given: "0" }, { given: "+0.0" }, { given: "" }, { given: "x".repeat(129) }])(
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

  it.effect("prints no control character of a code that it asks about", () =>
    Effect.map(runInProcess(["explain", "resourcenotfound.\u001b[2J"]), ({ stderr }) => {
      assert.include(stderr, "Did you mean ResourceNotFound.")
      // oxlint-disable-next-line no-control-regex
      assert.notMatch(stderr, /\u001b/)
    }))
})
