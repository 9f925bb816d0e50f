/**
 * `call`: what is sent, what is printed, and how it ends, also without keys, without a network and at Ctrl-C.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { join } from "node:path"
import { type Environment, folder } from "./support/environment.ts"
import { runInProcess } from "./support/inProcess.ts"
import { noTerminal, run, type RunOptions, start, startOnTerminal } from "./support/process.ts"
import { failure, type Received, serve, type Server, success } from "./support/server.ts"

const keys = { TENCENTCLOUD_SECRET_ID: "AKIDexample", TENCENTCLOUD_SECRET_KEY: "a-secret-key" }

/** An action of a service that is not described, so any request goes, and it counts as one that changes something. */
const argsOf = ({ url }: Pick<Server, "url">, ...more: ReadonlyArray<string>): ReadonlyArray<string> => [
  "call",
  "shop",
  "BuyThings",
  "--version",
  "2024-01-01",
  "--endpoint",
  url,
  ...more
]

/** Calls in the process of the tests. */
const call = (server: Pick<Server, "url">, more: ReadonlyArray<string> = [], options: RunOptions = {}) =>
  Effect.runPromise(runInProcess(argsOf(server, ...more), { ...options, env: { ...keys, ...options.env } }))

/** Calls as a process. */
const callAsProcess = (server: Pick<Server, "url">, more: ReadonlyArray<string> = [], options: RunOptions = {}) =>
  run(argsOf(server, ...more), { ...options, env: { ...keys, ...options.env } })

/** The first request that came, and that there was one. */
const first = ({ received }: Server): Received => {
  assert.isNotEmpty(received)
  return received[0]!
}

describe("a request of call", () => {
  it("is signed with TC3 and says action, version and region", async () => {
    await using server = await serve(() => success({ InstanceIdSet: ["ins-1"] }))
    const { code, stderr, stdout } = await callAsProcess(server, ["--region", "ap-guangzhou"])
    assert.deepStrictEqual([code, stderr], [0, ""])
    assert.deepStrictEqual(JSON.parse(stdout), { InstanceIdSet: ["ins-1"], RequestId: "r-1" })
    const { body, headers } = first(server)
    assert.strictEqual(body, "{}")
    assert.match(
      headers.authorization ?? "",
      /^TC3-HMAC-SHA256 Credential=AKIDexample\/\d{4}-\d{2}-\d{2}\/shop\/tc3_request, /
    )
    assert.deepInclude(headers, {
      "x-tc-action": "BuyThings",
      "x-tc-version": "2024-01-01",
      "x-tc-region": "ap-guangzhou"
    })
  })

  it.each([["en", "en-US"], ["zh", "zh-CN"], ["ko", "en-US"]])(
    "asks for messages in the language of --lang %s, as far as the services have it",
    async (lang, language) => {
      await using server = await serve(() => success())
      await call(server, ["--lang", lang])
      assert.strictEqual(first(server).headers["x-tc-language"], language)
    }
  )

  it("is taken from the flag, with all digits of a 64-bit id", async () => {
    await using server = await serve(() => success())
    await call(server, ["--request", "{\"Id\": 9007199254740993, \"Ratio\": 0.5}"])
    assert.strictEqual(first(server).body, "{\"Id\":9007199254740993,\"Ratio\":0.5}")
  })

  it("is taken from a file", async () => {
    await using server = await serve(() => success())
    using files = folder({ "order.json": "\ufeff{\"InstanceCount\":1}" })
    await call(server, ["--request", `@${join(files.path, "order.json")}`])
    assert.strictEqual(first(server).body, "{\"InstanceCount\":1}")
  })

  it("is taken from a pipe", async () => {
    await using server = await serve(() => success())
    await callAsProcess(server, ["--request", "-"], { stdin: "{\"InstanceCount\":2}" })
    assert.strictEqual(first(server).body, "{\"InstanceCount\":2}")
  })

  it.each([
    ["is not JSON", "{\"a\":"],
    ["is a list", "[]"],
    ["is a number", "1"],
    ["is in a file that is not there", "@nowhere.json"]
  ])("that %s is refused with exit code 64, and nothing is sent", async (_, request) => {
    await using server = await serve(() => success())
    const { code, stdout } = await call(server, ["--request", request])
    assert.deepStrictEqual([code, stdout, server.received.length], [64, "", 0])
  })
})

describe("credentials and region of call", () => {
  const tccli = {
    ".tccli/default.credential": "{\"secretId\":\"AKIDtccli\",\"secretKey\":\"a-secret-key\",\"token\":null}",
    ".tccli/default.configure": "{\"_sys_param\":{\"region\":\"ap-beijing\",\"output\":\"json\"}}",
    ".tccli/test.credential": "{\"secretId\":\"AKIDtest\",\"secretKey\":\"a-secret-key\",\"token\":\"a-token\"}",
    ".tccli/test.configure": "{\"region\":\"ap-shanghai\",\"output\":\"json\"}"
  }
  const sdks = { ".tencentcloud/credentials": "[default]\nsecret_id = AKIDsdks\nsecret_key = a-secret-key\n" }
  const inTokyo = { ...keys, TENCENTCLOUD_REGION: "ap-tokyo" }
  const none: Environment = {}

  it.each([
    { what: "the environment", files: none, env: inTokyo, flags: [], sent: ["AKIDexample", "ap-tokyo"] },
    { what: "the files of tccli", files: tccli, env: none, flags: [], sent: ["AKIDtccli", "ap-beijing"] },
    { what: "the file of the SDKs", files: sdks, env: none, flags: [], sent: ["AKIDsdks", ""] },
    {
      what: "the environment, then the files",
      files: tccli,
      env: keys,
      flags: [],
      sent: ["AKIDexample", "ap-beijing"]
    },
    {
      what: "TCCLI_PROFILE",
      files: tccli,
      env: { TCCLI_PROFILE: "test" },
      flags: [],
      sent: ["AKIDtest", "ap-shanghai"]
    },
    {
      what: "--profile, then the environment",
      files: tccli,
      env: inTokyo,
      flags: ["--profile", "test"],
      sent: ["AKIDtest", "ap-shanghai"]
    },
    {
      what: "--region, then the environment",
      files: none,
      env: inTokyo,
      flags: ["--region", "ap-seoul"],
      sent: ["AKIDexample", "ap-seoul"]
    }
  ])("are those of $what", async ({ env, files, flags, sent }) => {
    await using server = await serve(() => success())
    using home = folder(files)
    await Effect.runPromise(runInProcess(argsOf(server, ...flags), { env: { HOME: home.path, ...env } }))
    const { headers } = first(server)
    const id = /Credential=(\w+)/.exec(headers.authorization ?? "")?.[1]
    assert.deepStrictEqual([id, headers["x-tc-region"] ?? ""], sent)
  })

  it("are those in the file of the SDKs, of a profile that tccli has no file for", async () => {
    await using server = await serve(() => success())
    using home = folder({
      ".tencentcloud/credentials": "[staging]\nsecret_id = AKIDstaging\nsecret_key = a-secret-key\n"
    })
    const run = runInProcess(argsOf(server, "--profile", "staging"), { env: { ...inTokyo, HOME: home.path } })
    await Effect.runPromise(run)
    const { headers } = first(server)
    assert.include(headers.authorization, "Credential=AKIDstaging/")
    assert.strictEqual(headers["x-tc-region"], "ap-tokyo")
  })

  const staging = tccli[".tccli/test.credential"]

  it.each([
    { what: "that is nowhere", files: { ...tccli, ...sdks }, profile: "stagging", words: "there is no such file" },
    { what: "without a name", files: { ...tccli, ...sdks }, profile: "", words: "there is no such file" },
    {
      what: "that is a path",
      files: { "x.credential": staging, ".tccli/y": "" },
      profile: "../x",
      words: "without a path"
    },
    {
      what: "without a key",
      files: { ".tccli/staging.credential": "{\"secretId\":\"AKIDx\"}" },
      profile: "staging",
      words: "is not as tccli writes it"
    },
    {
      what: "with an empty key",
      files: { ".tccli/staging.credential": "{\"secretId\":\"AKIDx\",\"secretKey\":\"\"}" },
      profile: "staging",
      words: "secretKey is empty"
    },
    {
      what: "whose file is not JSON",
      files: { ".tccli/staging.credential": "AKIDx" },
      profile: "staging",
      words: "is not as tccli writes it"
    },
    {
      what: "whose file is a folder",
      files: { ".tccli/staging.credential/x": "" },
      profile: "staging",
      words: "it is not a file"
    },
    {
      what: "whose file is broken, where the SDKs have one of that name",
      files: {
        ".tccli/staging.credential": "{",
        ".tencentcloud/credentials": "[staging]\nsecret_id = AKIDother\nsecret_key = a-secret-key\n"
      },
      profile: "staging",
      words: "is not as tccli writes it"
    },
    {
      what: "whose region cannot be read",
      files: { ".tccli/staging.credential": staging, ".tccli/staging.configure": "{" },
      profile: "staging",
      words: "staging.configure is not as tccli writes it"
    }
  ])("are never others than those of the profile of --profile: one $what is a failure", async (
    { files, profile, words }
  ) => {
    await using server = await serve(() => success())
    using home = folder(files)
    const env = { ...inTokyo, HOME: home.path }
    const run = runInProcess(argsOf(server, "--profile", profile, "--json"), { env })
    const { code, stdout } = await Effect.runPromise(run)
    assert.deepStrictEqual([code, server.received.length], [1, 0])
    const { message, ...error } = JSON.parse(stdout).error
    assert.deepInclude(error, { tag: "CredentialsUnavailable", outcome: "notRun" })
    assert.include(message, words)
    assert.notInclude(message, "TENCENTCLOUD_SECRET_ID")
  })

  it("are not those of a role where TCCLI_PROFILE names a profile that is nowhere", async () => {
    await using server = await serve(() => success())
    const run = runInProcess(argsOf(server, "--json"), { env: { TCCLI_PROFILE: "stagging" } })
    const { code, stdout } = await Effect.runPromise(run)
    assert.strictEqual(code, 1)
    const { message } = JSON.parse(stdout).error
    for (const place of ["TENCENTCLOUD_SECRET_ID", "stagging.credential"]) assert.include(message, place)
    for (const place of ["metadata", "TKE"]) assert.notInclude(message, place)
  })

  it.each([["en", "No credentials"], ["zh", "没有凭证"], ["ko", "자격 증명 없음"]])(
    "that are missing have words of their own in the language of --lang %s: nothing was refused",
    async (lang, words) => {
      const run = runInProcess(argsOf({ url: "http://127.0.0.1:1" }, "--profile", "nobody", "--lang", lang), {})
      const { stderr } = await Effect.runPromise(run)
      for (const part of [words, "TENCENTCLOUD_SECRET_ID", "tccli configure", "~/.tencentcloud/credentials"]) {
        assert.include(stderr, part)
      }
    }
  )

  it.each(["TENCENTCLOUD_SESSION_TOKEN", "TENCENTCLOUD_TOKEN"])("have the token in %s", async (name) => {
    await using server = await serve(() => success())
    await call(server, [], { env: { [name]: "a-token" } })
    assert.strictEqual(first(server).headers["x-tc-token"], "a-token")
  })

  it("that are missing are a failure that names all places, and nothing is sent", async () => {
    await using server = await serve(() => success())
    const { code, stderr, stdout } = await run(argsOf(server))
    assert.deepStrictEqual([code, stdout, server.received.length], [1, "", 0])
    for (const place of ["TENCENTCLOUD_SECRET_ID", ".tccli/default.credential", ".tencentcloud/credentials"]) {
      assert.include(stderr, place)
    }
  })

  it("do not show where a file of tccli is broken", async () => {
    await using server = await serve(() => success())
    using home = folder({ ".tccli/default.credential": "{\"secretId\":\"AKIDx\",\"secretKey\":[\"a-secret-key\"]}" })
    const { code, stderr } = await Effect.runPromise(runInProcess(argsOf(server), { env: { HOME: home.path } }))
    assert.deepStrictEqual([code, server.received.length], [1, 0])
    assert.include(stderr, "is not as tccli writes it")
    assert.notInclude(stderr, "a-secret-key")
  })

  it("are of no file elsewhere: a profile is a name", async () => {
    await using server = await serve(() => success())
    using home = folder({ "default.credential": tccli[".tccli/default.credential"], ".tccli/other": "" })
    const run = runInProcess(argsOf(server, "--profile", "../default"), { env: { HOME: home.path } })
    const { code, stderr } = await Effect.runPromise(run)
    assert.deepStrictEqual([code, server.received.length], [1, 0])
    assert.include(stderr, "without a path")
  })

  it("that the server refuses are a failure after which nothing ran", async () => {
    await using server = await serve(() => failure("AuthFailure.SecretIdNotFound"))
    const { code, stderr } = await callAsProcess(server)
    assert.strictEqual(code, 1)
    assert.match(stderr, /^AuthFailure\.SecretIdNotFound: message of AuthFailure\.SecretIdNotFound$/m)
    assert.match(stderr, /^Did it run +no$/m)
  })
})

describe("a failure of call", () => {
  it("is printed with its class, its meaning and its remedy, in the language of --lang", async () => {
    await using server = await serve(() => failure("ResourceNotFound.TopicNotExist", "no topic"))
    const { code, stderr, stdout } = await call(server, ["--lang", "zh"])
    assert.deepStrictEqual([code, stdout], [1, ""])
    assert.match(stderr, /^UnknownErrorCode ResourceNotFound\.TopicNotExist: no topic$/m)
    assert.match(stderr, /^含义 /m)
    assert.match(stderr, /^请求 ID +r-1$/m)
  })

  it("is the result with --json, on one line of stdout", async () => {
    await using server = await serve(() => failure("ResourceInUse"))
    const { code, stderr, stdout } = await callAsProcess(server, ["--json"])
    assert.deepStrictEqual([code, stderr], [1, ""])
    assert.deepInclude(JSON.parse(stdout).error, {
      tag: "ResourceInUse",
      code: "ResourceInUse",
      outcome: "notRun",
      action: "shop.BuyThings",
      requestId: "r-1",
      attempts: 1,
      stopped: "permanent"
    })
  })

  it.each(["InternalError", "FailedOperation"])(
    "exits with 3 after %s, and is not repeated: it may have run",
    async (code) => {
      await using server = await serve(() => failure(code))
      const { stderr, ...run } = await call(server)
      assert.deepStrictEqual([run.code, server.received.length], [3, 1])
      assert.match(stderr, /^Did it run +nothing proves that it did not$/m)
    }
  )

  it("exits with 3 after a page of a proxy", async () => {
    await using server = await serve(() => "<html>")
    assert.strictEqual((await call(server)).code, 3)
  })

  it("exits with 3 where the connection breaks", async () => {
    await using server = await serve(() => "break")
    assert.strictEqual((await call(server)).code, 3)
  })

  it("is repeated where nothing ran, with a line for each wait on stderr", async () => {
    await using server = await serve((_, index) => index === 0 ? failure("AuthFailure.SignatureExpire") : success())
    const { code, stderr, stdout } = await callAsProcess(server, ["--json"])
    assert.deepStrictEqual([code, stdout], [0, "{\"RequestId\":\"r-1\"}\n"])
    assert.strictEqual(stderr, "AuthFailure.SignatureExpire: attempt 2 is sent at once, signed anew\n")
  })

  it("is not repeated because of a reading name: the action is not described", async () => {
    await using server = await serve(() => failure("InternalError"))
    const args = argsOf(server).map((arg) => arg === "BuyThings" ? "DescribeThings" : arg)
    assert.strictEqual((await Effect.runPromise(runInProcess(args, { env: keys }))).code, 3)
    assert.strictEqual(server.received.length, 1)
  })

  it("says that there is no network, and that nothing ran", async () => {
    const { code, stderr } = await callAsProcess({ url: "http://127.0.0.1:1" })
    assert.strictEqual(code, 1)
    assert.include(stderr, "The connection was refused")
    assert.match(stderr, /^Did it run +no$/m)
  })

  it("is an invalid request, and nothing is sent, where the service cannot be in a host name", async () => {
    const run = runInProcess(["call", "c/vm", "A", "--version", "2017-03-12"], { env: keys })
    const { code, stderr } = await Effect.runPromise(run)
    assert.strictEqual(code, 1)
    assert.include(stderr, "InvalidRequest")
  })

  it("obeys nothing that the server writes", async () => {
    await using server = await serve(() => failure("A.\u001b[2J", "\u009b2J\u202e\u2028"))
    const [{ stderr }, { stdout }] = [await call(server), await call(server, ["--json"])]
    // oxlint-disable-next-line no-control-regex
    assert.notMatch(stderr + stdout, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028-\u202e]/)
  })
})

const nothingRan = "Every request so far was refused or did not arrive, so the action did not run."

/** A purchase that is safe to repeat. */
const purchase = (url: string): ReadonlyArray<string> => [
  "call",
  "cvm",
  "RunInstances",
  "--region",
  "ap-guangzhou",
  "--request",
  "{\"Placement\":{\"Zone\":\"ap-guangzhou-3\"},\"ImageId\":\"img-1\"}",
  "--endpoint",
  url
]

/** Interrupts a purchase while it waits after a failure of this tag. */
const interruptedAfter = async (tag: string, url: string): Promise<string> => {
  const { child, ended } = start(purchase(url), { env: keys })
  let shown = ""
  child.stderr?.on("data", (text: string) => {
    const was = shown
    shown += text
    const isNew = !was.includes(`${tag}: attempt`) && shown.includes(`${tag}: attempt`)
    if (isNew) child.kill("SIGINT")
  })
  const { code, stderr } = await ended
  assert.strictEqual(code, 130, stderr)
  return stderr
}

describe("Ctrl-C", () => {
  it("ends a call at once, and says that the action may have run", async () => {
    await using server = await serve(() => undefined)
    const { child, ended } = start(argsOf(server), { env: keys })
    await server.until(1)
    child.kill("SIGINT")
    const { code, stderr, stdout } = await ended
    assert.deepStrictEqual([code, stdout], [130, ""])
    assert.include(stderr, "The action may have run")
  })

  it("says that nothing ran where every request was refused", async () => {
    await using server = await serve(() => failure("RequestLimitExceeded"))
    const { child, ended } = start(argsOf(server), { env: keys })
    // The line of the wait comes when the refusal has been read.
    child.stderr?.once("data", () => child.kill("SIGINT"))
    const { code, stderr } = await ended
    assert.strictEqual(code, 130)
    assert.include(stderr, nothingRan)
  })

  it("says that nothing ran of a purchase that never arrived", async () => {
    assert.include(await interruptedAfter("TransportFailure", "http://127.0.0.1:1"), nothingRan)
  })

  it.each([
    { what: "was refused", codes: ["RequestLimitExceeded"], words: nothingRan },
    { what: "the server failed with", codes: ["InternalError"], words: "The action may have run" },
    {
      what: "was refused after the server had failed with it",
      codes: ["InternalError", "RequestLimitExceeded"],
      words: "The action may have run"
    },
    { what: "was lost", codes: ["break"], words: "The action may have run" }
  ])("says of a purchase that $what: $words", async ({ codes, words }) => {
    await using server = await serve((_, index) => {
      const code = codes[Math.min(index, codes.length - 1)]!
      return code === "break" ? code : failure(code)
    })
    const last = codes.at(-1)!
    assert.include(await interruptedAfter(last === "break" ? "TransportFailure" : last, server.url), words)
  })

  it.each([{ status: 429, words: nothingRan }, { status: 503, words: "The action may have run" }])(
    "says of a purchase after a response of a proxy with status $status: $words",
    async ({ status, words }) => {
      await using server = await serve(() => "<html>", status)
      assert.include(await interruptedAfter("UnexpectedStatus", server.url), words)
    }
  )

  it("says that a purchase may have run that is under way, whatever came before", async () => {
    await using server = await serve((_, index) => index === 0 ? failure("RequestLimitExceeded") : undefined)
    const { child, ended } = start(purchase(server.url), { env: keys })
    await server.until(2)
    child.kill("SIGINT")
    assert.include((await ended).stderr, "The action may have run")
  })

  it.skipIf(noTerminal !== undefined)("ends a request that is being typed, and nothing is sent", async () => {
    await using server = await serve(() => success())
    const { child, ended } = startOnTerminal(argsOf(server, "--request", "-"), { env: keys })
    child.stdout?.once("data", () => child.stdin?.write("{\u0003"))
    const { code, stdout } = await ended
    assert.deepStrictEqual([code, server.received.length], [130, 0])
    assert.include(stdout, "Reading a request from the terminal, up to Ctrl-D.")
  })
})

// Of a terminal: to the begin of the line, and away with what is on it.
// oxlint-disable-next-line no-control-regex
const erased = /\r\u001b\[K/

describe("call on a terminal", () => {
  it.skipIf(noTerminal !== undefined)("has a line that says what it waits for, and goes away", async () => {
    await using server = await serve((_, index) => index === 0 ? failure("ServiceUnavailable") : undefined)
    const { child, ended } = startOnTerminal(argsOf(server), { env: keys })
    let shown = ""
    let stopped = false
    child.stdout?.on("data", (text: string) => {
      shown += text
      if (stopped || !shown.includes("Attempt 2: waiting for the response")) return
      stopped = true
      child.stdin?.write("\u0003")
    })
    const { code, stdout } = await ended
    assert.strictEqual(code, 130)
    const lines = stdout.split(erased)
    assert.isTrue(lines.some((line) => line.startsWith("ServiceUnavailable: attempt 2 ")), stdout)
    assert.match(lines.at(-1) ?? "", /^Interrupted\. The action may have run/)
  })

  it.skipIf(noTerminal !== undefined)("has lines instead on a terminal that cannot replace one", async () => {
    await using server = await serve((_, index) => index === 0 ? failure("RequestLimitExceeded") : success())
    const { stdout } = await startOnTerminal(argsOf(server), { env: { ...keys, TERM: "dumb" } }).ended
    assert.match(stdout, /^RequestLimitExceeded: attempt 2 in .*\r\n\{/)
  })
})
