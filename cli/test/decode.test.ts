/**
 * `decode`: bodies of both generations from files and pipes, and whatever else there is.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { globSync, readFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { makeRandom } from "../../test/support/random.ts"
import { folder } from "./support/environment.ts"
import { runInProcess } from "./support/inProcess.ts"
import { noTerminal, run, start, startOnTerminal } from "./support/process.ts"

const fixtures = fileURLToPath(new URL("../../test/fixtures/", import.meta.url))

const decoded = (text: string | Uint8Array, ...flags: ReadonlyArray<string>) =>
  Effect.map(
    runInProcess(["decode", "--json", ...flags], { stdin: text }),
    ({ code, stdout }) => ({ code, ...JSON.parse(stdout) })
  )

const bodyOf = (code: string) => `{"Response":{"Error":{"Code":"${code}","Message":"m"},"RequestId":"r-1"}}`

const refused = "{\"code\":4400,\"message\":\"(4400) too many\"}"

describe("decode, as a process", () => {
  it("reads a file", async () => {
    const { code, stderr, stdout } = await run([
      "decode",
      join(fixtures, "responses/04-mongodb-ErrorStringCodeEn.json")
    ])
    assert.deepStrictEqual([code, stderr], [1, ""])
    assert.match(stdout, /^API 2\.0: a failure\nResourceOperationFailed 5100: \(100004\) incorrect projectId\n/)
  })

  it.each([["nothing", []], ["-", ["-"]]])("reads a pipe for %s", async (_, args) => {
    const { code, stdout } = await run(["decode", ...args], { stdin: refused })
    assert.strictEqual(code, 1)
    assert.match(stdout, /^API 2\.0: a failure\nQuotaExceeded 4400: \(4400\) too many\n/)
  })

  it("exits with 0 for a success", async () => {
    const { code, stdout } = await run(["decode", join(fixtures, "responses-v3/31-cvm-DescribeZones.json")])
    assert.strictEqual(code, 0)
    assert.match(stdout, /^API 3\.0: a success\nRequest id +\S+\nMembers +TotalCount, ZoneSet\n$/)
  })

  it("exits with 2 for a page of a proxy", async () => {
    const { code, stdout } = await run(["decode"], { stdin: "<html>Bad gateway</html>" })
    assert.strictEqual(code, 2)
    assert.match(stdout, /^not a response of the API\nMalformedResponse: /)
  })

  it("ends where its reader has gone", async () => {
    const { child, ended } = start(["decode"])
    child.stdout?.destroy()
    child.stdin?.end(refused)
    assert.strictEqual((await ended).code, 1)
  })

  it.skipIf(noTerminal !== undefined)("tells who types that it reads the terminal, and ends at Ctrl-C", async () => {
    const { child, ended } = startOnTerminal(["decode"])
    child.stdout?.once("data", () => child.stdin?.write("\u0003"))
    const { code, stdout } = await ended
    assert.strictEqual(code, 130)
    assert.include(stdout, "Reading a response from the terminal, up to Ctrl-D.")
  })
})

describe("decode", () => {
  const bodies = globSync("responses{,-v3}/[0-9]*.json", { cwd: fixtures })

  it.effect("knows the generation and the result of every documented body", () =>
    Effect.forEach(
      bodies,
      (file) =>
        Effect.map(decoded(readFileSync(join(fixtures, file), "utf8")), ({ code, error, generation, result }) => {
          assert.strictEqual(code, { success: 0, failure: 1, unreadable: 2 }[result as "success"], file)
          assert.strictEqual(generation === undefined, result === "unreadable", file)
          assert.strictEqual(error === undefined, result === "success", file)
        })
    ).pipe(Effect.map((all) => assert.isAbove(all.length, 60))))

  it.effect.each([
    { lang: "en", words: ["Too many requests", "What to do"] },
    { lang: "ko", words: ["실패", "조치"] },
    { lang: "zh", words: ["失败", "处理方法"] }
  ])("speaks $lang", ({ lang, words }) =>
    Effect.map(
      runInProcess(["decode", "--lang", lang], {
        stdin: "{\"Response\":{\"Error\":{\"Code\":\"RequestLimitExceeded\",\"Message\":\"\"}}}"
      }),
      ({ stdout }) => words.forEach((word) => assert.include(stdout, word))
    ))

  it.effect("takes a batch apart", () =>
    Effect.map(
      decoded(readFileSync(join(fixtures, "responses/28-cbs-DetachCbsStorages.json"), "utf8")),
      ({ batch }) => {
        assert.deepInclude(batch, { succeeded: 1 })
        assert.deepInclude(batch.failed[0], { id: "disk-123bdkvd" })
        assert.deepInclude(batch.failed[0].error, { code: 16000, message: "disk not exist" })
      }
    ))

  it.effect("says what a code means that services declare, and which do", () =>
    Effect.gen(function*() {
      const stdin =
        "{\"Response\":{\"Error\":{\"Code\":\"InvalidInstanceId.NotFound\",\"Message\":\"no ins-1\"},\"RequestId\":\"r-1\"}}"
      const { error, ...found } = yield* decoded(stdin)
      assert.deepInclude(found, { code: 1, generation: "3.0", result: "failure" })
      const { declaredBy, ...rest } = error
      assert.deepInclude(rest, {
        tag: "InvalidInstanceId.NotFound",
        kind: "notFound",
        message: "no ins-1",
        requestId: "r-1",
        outcome: "unknown"
      })
      assert.include(declaredBy[0].services, "cvm")
      const { stdout } = yield* runInProcess(["decode"], { stdin })
      assert.match(stdout, /^API 3\.0: a failure\nInvalidInstanceId\.NotFound: no ins-1\nMeaning +Not found\n/)
      assert.match(stdout, /^Declared by +.*cvm/m)
    }))

  it.effect("knows a code of the transitional envelope of API 2.0, and one that both generations have as API 3.0", () =>
    Effect.gen(function*() {
      const transitional = yield* decoded(bodyOf("InvalidParameter.SignatureFailure"))
      assert.deepInclude(transitional, { code: 1, generation: "2.0" })
      assert.deepInclude(transitional.error, { code: 4100, kind: "credentials", requestId: "r-1" })
      const both = yield* decoded(bodyOf("InternalError"))
      assert.deepInclude(both, { code: 1, generation: "3.0" })
    }))

  it.effect("leaves the place of a message that an item of a batch does not have empty", () =>
    Effect.map(
      runInProcess(["decode"], { stdin: "{\"code\":0,\"detail\":{\"a\":{\"code\":0},\"b\":{\"code\":5000}}}" }),
      ({ stdout }) => assert.match(stdout, /^ {2}b: ResourceNotFound 5000$/m)
    ))

  it.effect("says that a reading call is repeated after a text that is not JSON, as the client does", () =>
    Effect.map(decoded("<html>"), ({ error }) =>
      assert.deepStrictEqual(error.retry, {
        reading: { retried: true, retryClass: "transient", times: 2, withinMillis: 600 },
        changing: { retried: false, reason: "outcomeUnknown" }
      })))

  it.effect.each([
    { what: "nothing", body: "" },
    { what: "a byte order mark alone", body: "\ufeff" },
    { what: "a number", body: "1" },
    { what: "an object without a code", body: "{}" },
    { what: "a code that is no own member", body: "{\"__proto__\":{\"code\":0}}" },
    { what: "an envelope without an object", body: "{\"Response\":null}" },
    { what: "a hundred thousand open brackets", body: "[".repeat(100_000) },
    {
      what: "a success nested too deep to read",
      body: `{"code":0,"data":${"[".repeat(100_000)}${"]".repeat(100_000)}}`
    }
  ])("reads $what without a defect", ({ body }) => Effect.map(decoded(body), ({ code }) => assert.oneOf(code, [0, 2])))

  it("reads a file that another program wrote for Windows", async () => {
    using files = folder({ "response.json": `\ufeff${refused}\r\n` })
    const { code } = await Effect.runPromise(runInProcess(["decode", join(files.path, "response.json")]))
    assert.strictEqual(code, 1)
  })

  it.effect.each([{ file: "nowhere.json", words: "cannot be read: there is no such file." }, {
    file: tmpdir(),
    words: "cannot be read: it is not a file."
  }, {
    file: "a\u0000b",
    words: "cannot be read: "
  }, {
    file: "/dev/zero",
    words: "larger than 64 MB"
  }])(
    "exits with 2 and a message for $file, and prints no result",
    ({ file, words }) =>
      Effect.map(runInProcess(["decode", file, "--json"]), ({ code, stderr, stdout }) => {
        assert.deepStrictEqual([code, stdout], [2, ""])
        assert.include(stderr, `${file} `)
        assert.include(stderr, words)
      })
  )

  it.effect("never fails with a defect, whatever the bytes, and never obeys them", () => {
    const random = makeRandom(20_261_125)
    const int = (bound: number): number => Math.floor(random() * bound)
    const documented = bodies.map((file) => readFileSync(join(fixtures, file)))
    /** A documented body with some bytes that are others, doubled or gone. */
    const mutated = (): Uint8Array => {
      const bytes = [...documented[int(documented.length)]!]
      for (let changes = int(6); changes >= 0; changes--) {
        bytes.splice(int(bytes.length), int(3), ...Array.from({ length: int(3) }, () => int(256)))
      }
      return Uint8Array.from(bytes)
    }
    return Effect.forEach(
      Array.from({ length: 300 }, mutated),
      (body, index) =>
        Effect.map(
          runInProcess(["decode", ...(index % 2 === 0 ? ["--json"] : [])], { stdin: body }),
          ({ code, stdout }) => {
            assert.oneOf(code, [0, 1, 2], `case ${index}`)
            // oxlint-disable-next-line no-control-regex
            assert.notMatch(stdout, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028-\u202e]/, `case ${index}`)
            if (index % 2 === 0) JSON.parse(stdout)
          }
        )
    )
  })
})
