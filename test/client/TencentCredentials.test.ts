import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import { TencentCredentials } from "effect-tencentcloud/client"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as PlatformError from "effect/PlatformError"
import * as Redacted from "effect/Redacted"
import * as References from "effect/References"
import * as Scope from "effect/Scope"
import { TestClock } from "effect/testing"
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { inspect } from "node:util"
import { ProfileCredential } from "tencentcloud-sdk-nodejs-common/tencentcloud/common/credential.js"

const { CredentialsUnavailable } = TencentCredentials

const serviceOf = <E, R>(layer: Layer.Layer<TencentCredentials.TencentCredentials, E, R>) =>
  Effect.map(Layer.build(layer), Context.get(TencentCredentials.TencentCredentials))

/** In clear, to compare. */
const plain = ({ secretId, secretKey, token }: TencentCredentials.Credentials) => ({
  secretId,
  secretKey: Redacted.value(secretKey),
  token: token === undefined ? undefined : Redacted.value(token)
})

const env = (variables: Record<string, string>) => ConfigProvider.layer(ConfigProvider.fromEnv({ env: variables }))

/** What a source returns: the keys in clear, or the message of its failure. */
const outcomeOf = <R>(source: TencentCredentials.Source<R>) =>
  Effect.match(source, { onSuccess: plain, onFailure: (error) => error.message })

// ---------------------------------------------------------------------------------------------------------------------
// Given
// ---------------------------------------------------------------------------------------------------------------------

const given: TencentCredentials.Credentials = {
  secretId: "AKIDgiven",
  secretKey: Redacted.make("key-canary"),
  token: Redacted.make("token-canary")
}

const isGiven = (part: Partial<TencentCredentials.Credentials>) =>
  TencentCredentials.isSame(given, { ...given, ...part })

describe("given", () => {
  it.effect("the same ones, also when they were refused", () =>
    Effect.gen(function*() {
      const service = yield* serviceOf(TencentCredentials.layer(given))
      assert.strictEqual(yield* service.get, given)
      assert.strictEqual(yield* service.refresh(given), given)
    }))

  it.effect.each<readonly [string, Partial<TencentCredentials.Credentials>, string]>([
    ["a line end behind the id", { secretId: "AKID\n" }, "secretId has a blank"],
    ["no id, from JavaScript", { secretId: undefined as never }, "secretId is empty."],
    ["a blank in the key", { secretKey: Redacted.make("canary canary") }, "secretKey has a blank"],
    ["a blank that is not ASCII", { secretKey: Redacted.make("canary\u00a0") }, "secretKey has a blank"],
    ["a mark that cannot be seen", { secretKey: Redacted.make("\u200bcanary") }, "secretKey has a blank"],
    ["an empty key", { secretKey: Redacted.make("") }, "secretKey is empty."],
    ["a line end in the token", { token: Redacted.make("canary\r\ncanary") }, "token has a blank"]
  ])("refused: %s", ([, part, problem]) =>
    Effect.gen(function*() {
      const service = yield* serviceOf(TencentCredentials.layer({ ...given, ...part }))
      for (const source of [service.get, service.refresh(given)]) {
        const error = yield* Effect.flip(source)
        assert.include(error.message, `The given credentials cannot be used: ${problem}`)
        assert.notInclude(error.message, "canary")
      }
    }))

  it.effect.each(["", " "])("the token %j is none", (token) =>
    Effect.gen(function*() {
      const service = yield* serviceOf(TencentCredentials.layer({ ...given, token: Redacted.make(token) }))
      assert.strictEqual((yield* service.get).secretId, "AKIDgiven")
    }))

  it("isSame compares all three parts", () => {
    assert.isTrue(
      isGiven({ secretKey: Redacted.make("key-canary"), token: Redacted.make("token-canary"), expiresAt: 1 })
    )
    assert.isFalse(isGiven({ secretId: "AKIDother" }))
    assert.isFalse(isGiven({ secretKey: Redacted.make("other") }))
    assert.isFalse(isGiven({ token: Redacted.make("other") }))
    assert.isFalse(isGiven({ token: undefined }))
  })
})

// ---------------------------------------------------------------------------------------------------------------------
// Configuration
// ---------------------------------------------------------------------------------------------------------------------

const noKeys = "TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY are not set: set both, or provide another source."
const noId = "TENCENTCLOUD_SECRET_ID is not set: set it, or provide another source."
const noKey = "TENCENTCLOUD_SECRET_KEY is not set: set it, or provide another source."
const unusable = (name: string) =>
  `The configuration cannot be used: ${name} has a blank, a line end or another character that no key has.`
const id = { TENCENTCLOUD_SECRET_ID: "AKIDenv" }
const key = { TENCENTCLOUD_SECRET_KEY: "key=env" }
const fromEnvironment = { secretId: "AKIDenv", secretKey: "key=env", token: undefined }

describe("from configuration", () => {
  it.effect.each<readonly [string, Record<string, string>, unknown]>([
    ["both keys", { ...id, ...key }, fromEnvironment],
    ["a token", { ...id, ...key, TENCENTCLOUD_SESSION_TOKEN: "t" }, { ...fromEnvironment, token: "t" }],
    // An unset variable of a container or a pipeline is often an empty one.
    ["an empty token", { ...id, ...key, TENCENTCLOUD_SESSION_TOKEN: "" }, fromEnvironment],
    ["nothing", {}, noKeys],
    ["no key", id, noKey],
    ["no id", key, noId],
    ["an empty id", { ...key, TENCENTCLOUD_SECRET_ID: "" }, noId],
    ["an empty key", { ...id, TENCENTCLOUD_SECRET_KEY: "" }, noKey],
    ["a line end behind the id", { ...key, TENCENTCLOUD_SECRET_ID: "AKIDenv\n" }, unusable("TENCENTCLOUD_SECRET_ID")],
    ["a blank before the key", { ...id, TENCENTCLOUD_SECRET_KEY: " key" }, unusable("TENCENTCLOUD_SECRET_KEY")],
    [
      "a line end in the token",
      { ...id, ...key, TENCENTCLOUD_SESSION_TOKEN: "a\nb" },
      unusable("TENCENTCLOUD_SESSION_TOKEN")
    ]
  ])("%s", ([, variables, expected]) =>
    Effect.gen(function*() {
      assert.deepStrictEqual(
        yield* outcomeOf(TencentCredentials.fromConfig).pipe(Effect.provide(env(variables))),
        expected
      )
      const layer = yield* Effect.exit(serviceOf(Layer.provide(TencentCredentials.layerConfig, env(variables))))
      assert.strictEqual(Exit.isSuccess(layer), typeof expected !== "string")
    }))
})

// ---------------------------------------------------------------------------------------------------------------------
// File
// ---------------------------------------------------------------------------------------------------------------------

/** A file system with one file. */
const oneFile = (path: string, text: string) =>
  FileSystem.layerNoop({
    readFileString: (asked) =>
      asked === path
        ? Effect.succeed(text)
        : Effect.fail(
          PlatformError.systemError({ _tag: "NotFound", module: "FileSystem", method: "readFileString" })
        )
  })

const path = "/home/me/.tencentcloud/credentials"
const inFile = { secretId: "AKIDfile", secretKey: "key=file", token: undefined }
const systemPath = "/etc/tencentcloud/credentials"
const missing = (names = "secret_id and secret_key") => `${path} has no ${names} in the section [default].`
const noSection = (section: string) => `${path} has no section [${section}].`
const unreadable = (name: string, line: number) =>
  `${path} cannot be used: ${name}, in line ${line}, has a blank, a line end or another character that no key has.`

describe("from a file", () => {
  it.effect.each<readonly [string, string, unknown, string?]>([
    ["the default section", "[default]\nsecret_id = AKIDfile\nsecret_key = key=file\n", inFile],
    ["no blanks", "[default]\nsecret_id=AKIDfile\nsecret_key=key=file", inFile],
    [
      "CRLF, blanks, tabs",
      "\r\n [ default ] \r\n\tsecret_id\t=\tAKIDfile \r\n secret_key  =  key=file\t\r\n\r\n",
      inFile
    ],
    ["a byte order mark", "\ufeff[default]\nsecret_id = AKIDfile\nsecret_key = key=file", inFile],
    [
      "comments",
      "# a\n; b\n[default]\n# secret_id = x\nsecret_id = AKIDfile\n ; secret_key = y\nsecret_key = key=file",
      inFile
    ],
    [
      "lines that say nothing",
      "[default]\nnonsense\n= x\nsecret_id = AKIDfile\nsecret_key = key=file\nother = 1",
      inFile
    ],
    ["a token", "[default]\nsecret_id = AKIDfile\nsecret_key = key=file\ntoken = t", { ...inFile, token: "t" }],
    ["an empty token", "[default]\nsecret_id = AKIDfile\nsecret_key = key=file\ntoken =", inFile],
    [
      "another section",
      "[default]\nsecret_id = a\nsecret_key = b\ntoken = c\n[ci]\nsecret_id = AKIDfile\nsecret_key = key=file",
      inFile,
      "ci"
    ],
    [
      "a section in two parts",
      "[default]\nsecret_id = AKIDfile\n[ci]\nsecret_key = x\n[default]\nsecret_key = key=file",
      inFile
    ],
    ["an empty file", "", noSection("default")],
    ["keys in no section", "secret_id = AKIDfile\nsecret_key = key=file", noSection("default")],
    ["keys in another section", "[ci]\nsecret_id = AKIDfile\nsecret_key = key=file", noSection("default")],
    ["a section that is not there", "[default]\nsecret_id = a\nsecret_key = b", noSection("ci"), "ci"],
    ["a section without keys", "[default]\n[ci]\nsecret_id = a", missing()],
    ["no key", "[default]\nsecret_id = AKIDfile", missing("secret_key")],
    ["no id", "[default]\nsecret_key = key=file", missing("secret_id")],
    ["an empty key", "[default]\nsecret_id = AKIDfile\nsecret_key =", missing("secret_key")],
    ["a name that objects have", "[default]\nsecret_id = a\nsecret_key = b", noSection("__proto__"), "__proto__"],
    [
      "a colon in the place of =",
      "[default]\nsecret_id = AKIDfile\nsecret_key: canary",
      `${missing("secret_key")} Line 3 of it is neither "[section]" nor "name = value".`
    ],
    [
      "a header that is not closed, whose keys are not those of the section before it",
      "[default]\nsecret_id = AKIDfile\nsecret_key = key=file\n[ci\nsecret_id = canary",
      inFile
    ],
    [
      "a profile whose header is not closed",
      "[default]\nsecret_id = a\n[ci\nsecret_id = canary",
      `${noSection("ci")} Line 3 of it is neither "[section]" nor "name = value".`,
      "ci"
    ],
    [
      "UTF-16",
      Buffer.from("[default]\nsecret_id = canary", "utf16le").toString(),
      `${path} is not text in UTF-8: save it as such.`
    ],
    ["UTF-16 with a mark", "\ufffd\ufffd[\0d\0", `${path} is not text in UTF-8: save it as such.`],
    ["a blank in a key", "[default]\nsecret_id = AKIDfile\nsecret_key = ca nary", unreadable("secret_key", 3)],
    ["a blank in a quoted id", `[default]\n\nsecret_id = "canary "\nsecret_key = k`, unreadable("secret_id", 3)],
    [
      "a line end in a quoted token",
      `[default]\nsecret_id = a\nsecret_key = b\ntoken = "c\\n"`,
      unreadable("token", 4)
    ],
    [
      "a quote that is not closed",
      `[default]\nsecret_id = "canary\nsecret_key = b`,
      `${path} cannot be used: secret_id, in line 2, has a quote in it.`
    ]
  ])("%s", ([, text, expected, profile]) =>
    Effect.gen(function*() {
      const read = (options: Parameters<typeof TencentCredentials.fromFile>[0], home: Record<string, string>) =>
        outcomeOf(TencentCredentials.fromFile(options)).pipe(Effect.provide([oneFile(path, text), env(home)]))
      assert.deepStrictEqual(yield* read({ path, profile }, {}), expected)
      assert.notInclude(String(expected), "canary")
      assert.deepStrictEqual(yield* read({ profile }, { HOME: "/home/me", USERPROFILE: "/other" }), expected)
      assert.deepStrictEqual(yield* read({ profile }, { USERPROFILE: "/home/me" }), expected)
    }))

  it.effect("no file, and no home", () =>
    Effect.gen(function*() {
      const read = outcomeOf(TencentCredentials.fromFile()).pipe(Effect.provide(oneFile("elsewhere", "")))
      assert.strictEqual(
        yield* Effect.provide(read, env({ HOME: "/home/me" })),
        `There is neither ${path} nor ${systemPath}.`
      )
      assert.strictEqual(
        yield* Effect.provide(read, env({})),
        `Neither HOME nor USERPROFILE is set, and there is no ${systemPath}: give the path of the credentials file.`
      )
      assert.strictEqual(
        yield* outcomeOf(TencentCredentials.fromFile({ path })).pipe(Effect.provide(oneFile("elsewhere", ""))),
        `${path} cannot be read: NotFound.`
      )
    }))

  it.effect("the one that TENCENTCLOUD_CREDENTIALS_FILE names, and no other in its place", () =>
    Effect.gen(function*() {
      const text = "[default]\nsecret_id = AKIDfile\nsecret_key = key=file"
      const read = (named: string, options?: Parameters<typeof TencentCredentials.fromFile>[0]) =>
        outcomeOf(TencentCredentials.fromFile(options)).pipe(
          Effect.provide([oneFile(path, text), env({ HOME: "/home/me", TENCENTCLOUD_CREDENTIALS_FILE: named })])
        )
      assert.deepStrictEqual(yield* read(path), inFile)
      assert.strictEqual(
        yield* read("/elsewhere"),
        "There is no /elsewhere, which TENCENTCLOUD_CREDENTIALS_FILE names."
      )
      assert.deepStrictEqual(yield* read("/elsewhere", { path }), inFile)
      assert.deepStrictEqual(yield* read(""), inFile)
    }))

  it.effect("the one of the system where the home directory has none, or there is no home", () =>
    Effect.gen(function*() {
      const text = "[default]\nsecret_id = AKIDfile\nsecret_key = key=file"
      for (const home of [{ HOME: "/home/me" }, {}]) {
        const read = outcomeOf(TencentCredentials.fromFile())
        assert.deepStrictEqual(yield* read.pipe(Effect.provide([oneFile(systemPath, text), env(home)])), inFile)
      }
    }))

  it.effect("one that is there and cannot be read hides no other", () =>
    Effect.gen(function*() {
      const files = FileSystem.layerNoop({
        readFileString: () =>
          Effect.fail(
            PlatformError.systemError({ _tag: "PermissionDenied", module: "FileSystem", method: "readFileString" })
          )
      })
      assert.strictEqual(
        yield* outcomeOf(TencentCredentials.fromFile()).pipe(Effect.provide([files, env({ HOME: "/home/me" })])),
        `${path} cannot be read: PermissionDenied.`
      )
    }))

  it.live("on the real file system", () =>
    Effect.gen(function*() {
      const home = yield* Effect.acquireRelease(
        Effect.promise(() => mkdtemp(join(tmpdir(), "credentials-"))),
        (home) => Effect.promise(() => rm(home, { recursive: true }))
      )
      const live = Layer.mergeAll(NodeServices.layer, env({ HOME: home }))
      const before = yield* outcomeOf(TencentCredentials.fromFile()).pipe(Effect.provide(live))
      assert.strictEqual(before, `There is neither ${home}/.tencentcloud/credentials nor ${systemPath}.`)
      yield* Effect.promise(async () => {
        await mkdir(join(home, ".tencentcloud"))
        await writeFile(
          join(home, ".tencentcloud", "credentials"),
          "[default]\nsecret_id = AKIDfile\nsecret_key = key=file\n"
        )
      })
      const service = yield* serviceOf(Layer.provide(TencentCredentials.layerFile(), live))
      assert.deepStrictEqual(plain(yield* service.get), inFile)
    }))
})

/** A value, and what it means in a credentials file. */
const writings: ReadonlyArray<readonly [string, string]> = [
  ["AKIDexample", "AKIDexample"],
  [`"AKIDexample"`, "AKIDexample"],
  ["'AKIDexample'", "AKIDexample"],
  ["  AKIDexample\t", "AKIDexample"],
  ["AKIDexample ; the key of the build server", "AKIDexample"],
  ["AKIDexample # rotate in May", "AKIDexample"],
  ["AKIDexample;", "AKIDexample"],
  ["AKID#example", "AKID"],
  [String.raw`AKID\#exa\;mple\\`, String.raw`AKID#exa;mple\ `.trim()],
  [String.raw`AKID\example\ `.trim(), String.raw`AKID\example\ `.trim()],
  [`"AKID;exa#mple"`, "AKID;exa#mple"],
  [String.raw`"AKID\u0041\/"`, "AKIDA/"],
  ["AKID==example=", "AKID==example="],
  ["'AKID\\example'", "AKID\\example"]
]

describe("a value in a file", () => {
  it.live.each(writings)("%s is %s, as for the vendor's SDK", ([written, value]) =>
    Effect.gen(function*() {
      const home = yield* Effect.acquireRelease(
        Effect.promise(() => mkdtemp(join(tmpdir(), "credentials-"))),
        (home) => Effect.promise(() => rm(home, { recursive: true }))
      )
      const text = `[default]\nsecret_id = ${written}\nsecret_key=${written}\r\n; end\ntoken =${written}\n`
      yield* Effect.promise(async () => {
        await mkdir(join(home, ".tencentcloud"))
        await writeFile(join(home, ".tencentcloud", "credentials"), text)
      })
      const expected = { secretId: value, secretKey: value, token: value }
      const before = process.env["HOME"] ?? ""
      process.env["HOME"] = home
      const witness = yield* Effect.promise(() => new ProfileCredential().getCredential()).pipe(
        Effect.ensuring(Effect.sync(() => void (process.env["HOME"] = before)))
      )
      assert.deepStrictEqual({ ...witness }, expected)
      assert.deepStrictEqual(
        yield* outcomeOf(TencentCredentials.fromFile({ path })).pipe(Effect.provide(oneFile(path, text))),
        expected
      )
    }).pipe(Effect.scoped))

  // The vendor's SDK keeps the quotes, or finds no keys.
  it.effect.each<readonly [string, string]>([
    ["a comment behind a quoted value", `[default]\nsecret_id = "AKIDfile" ; a\nsecret_key = 'key=file' # b`],
    ["names in capitals", "[default]\nSECRET_ID = AKIDfile\nSecret_Key = key=file"],
    ["a comment behind the section", "[default] ; of the build server\nsecret_id = AKIDfile\nsecret_key = key=file"],
    ["a section in quotes", `["default"]#x\nsecret_id = AKIDfile\nsecret_key = key=file`]
  ])("also read: %s", ([, text]) =>
    Effect.gen(function*() {
      assert.deepStrictEqual(
        yield* outcomeOf(TencentCredentials.fromFile({ path })).pipe(Effect.provide(oneFile(path, text))),
        inFile
      )
    }))
})

// ---------------------------------------------------------------------------------------------------------------------
// Chain
// ---------------------------------------------------------------------------------------------------------------------

const no = (message: string) => Effect.fail(new CredentialsUnavailable({ message }))

describe("chain", () => {
  it.effect("the first that has some; those behind it are not asked", () =>
    Effect.gen(function*() {
      let asked = 0
      const last = Effect.sync(() => (asked++, given))
      assert.strictEqual(yield* TencentCredentials.chain([no("A."), Effect.succeed(given), last]), given)
      assert.strictEqual(asked, 0)
      assert.strictEqual(yield* TencentCredentials.chain([no("A."), no("B."), last]), given)
      assert.strictEqual(asked, 1)
      const service = yield* serviceOf(TencentCredentials.layerChain([no("A."), last]))
      assert.strictEqual(yield* service.get, given)
      assert.strictEqual(yield* service.get, given)
      assert.strictEqual(asked, 2)
    }))

  it.effect("says what each of them said", () =>
    Effect.gen(function*() {
      assert.strictEqual(
        yield* outcomeOf(TencentCredentials.chain([no("A."), no("B.")])),
        "No source has credentials. A. B."
      )
      assert.match(String(yield* outcomeOf(TencentCredentials.chain<never>([]))), /No source has credentials/)
    }))

  it.effect("a source that interrupts itself has no credentials, and one with unusable keys has none either", () =>
    Effect.gen(function*() {
      const broken = Effect.succeed({ ...given, secretKey: Redacted.make("a canary\n") })
      assert.strictEqual(yield* TencentCredentials.chain([Effect.interrupt, broken, Effect.succeed(given)]), given)
      const message = yield* outcomeOf(TencentCredentials.chain([Effect.interrupt, broken]))
      assert.include(
        String(message),
        "A source of credentials interrupted itself. The credentials of a source cannot be used"
      )
      assert.notInclude(String(message), "canary")
    }))

  it.effect("an interruption from outside stays one", () =>
    Effect.gen(function*() {
      const fiber = yield* Effect.forkChild(TencentCredentials.chain([Effect.never, Effect.succeed(given)]), {
        startImmediately: true
      })
      yield* Fiber.interrupt(fiber)
      const exit = yield* Fiber.await(fiber)
      assert.isTrue(Exit.hasInterrupts(exit))
    }))

  it.effect("a defect is not a source without credentials", () =>
    Effect.gen(function*() {
      const exit = yield* Effect.exit(TencentCredentials.chain([Effect.die("bug"), Effect.succeed(given)]))
      assert.deepStrictEqual(exit, Exit.die("bug"))
    }))
})

// ---------------------------------------------------------------------------------------------------------------------
// Refreshing
// ---------------------------------------------------------------------------------------------------------------------

const hour = Duration.toMillis("1 hour")

/** Numbered keys that live an hour, each load taking a second; a load fails while `down` and does not end while `hanging`. */
const issuer = (options: { readonly expires?: boolean; readonly life?: Duration.Input } = {}) => {
  const state = { loads: 0, stopped: 0, down: false, hanging: false }
  const load: TencentCredentials.Source = Effect.gen(function*() {
    const number = ++state.loads
    yield* state.hanging ? Effect.never : Effect.sleep("1 second")
    if (state.down) return yield* new CredentialsUnavailable({ message: `load ${number} failed` })
    return {
      secretId: `AKID${number}`,
      secretKey: Redacted.make(`key-${number}`),
      ...(options.expires !== false && {
        expiresAt: (yield* Clock.currentTimeMillis) + Duration.toMillis(options.life ?? hour)
      })
    }
  }).pipe(Effect.onInterrupt(() => Effect.sync(() => state.stopped++)))
  return { state, load }
}

/** Runs an effect that needs `duration` of the test clock. */
const takes = <A, E, R>(effect: Effect.Effect<A, E, R>, duration: Duration.Input = "1 second") =>
  Effect.gen(function*() {
    const fiber = yield* Effect.forkChild(effect)
    yield* TestClock.adjust(duration)
    return yield* Fiber.join(fiber)
  })

/** Lets a fiber do all that needs turns and no time. The load has those of the caller that began it. */
const settled = (fiber: Fiber.Fiber<unknown, unknown>) =>
  Effect.gen(function*() {
    for (let turn = 0; turn < 50 && fiber.pollUnsafe() === undefined; turn++) yield* Effect.yieldNow
  })

/** A refreshing source of the keys of an issuer, and what the issuer was asked. */
const refreshing = (
  options?: Parameters<typeof issuer>[0],
  refresh?: Parameters<typeof TencentCredentials.layerRefreshing>[1]
) => {
  const { load, state } = issuer(options)
  return Effect.map(
    serviceOf(TencentCredentials.layerRefreshing(load, refresh)),
    (service) => ({ ...service, state })
  )
}

const idOf = Effect.map(({ secretId }: TencentCredentials.Credentials) => secretId)

describe("refreshing", () => {
  it.effect("64 callers share one load", () =>
    Effect.gen(function*() {
      const { get, state } = yield* refreshing()
      assert.strictEqual(state.loads, 0)
      const all = yield* takes(Effect.all(Array.from({ length: 64 }, () => get), { concurrency: "unbounded" }))
      assert.strictEqual(state.loads, 1)
      assert.isTrue(all.every((credentials) => credentials === all[0]))
      assert.strictEqual(yield* idOf(get), "AKID1")
    }))

  it.effect.each([["5 minutes", undefined], ["20 minutes", "20 minutes"]] as const)(
    "%s before the end: the old ones at once, new ones in the background, one load for all",
    ([text, refreshBefore]) =>
      Effect.gen(function*() {
        const { get, state } = yield* refreshing({}, { refreshBefore })
        yield* takes(get)
        yield* TestClock.adjust(hour - Duration.toMillis(text) - 1)
        assert.strictEqual(yield* idOf(get), "AKID1")
        yield* TestClock.adjust("1 second")
        assert.strictEqual(state.loads, 1)
        // No time passes.
        const all = yield* Effect.all(Array.from({ length: 64 }, () => idOf(get)), { concurrency: "unbounded" })
        assert.isTrue(all.every((id) => id === "AKID1"))
        yield* TestClock.adjust("999 millis")
        assert.strictEqual(yield* idOf(get), "AKID1")
        yield* TestClock.adjust(1)
        assert.strictEqual(yield* idOf(get), "AKID2")
        assert.strictEqual(state.loads, 2)
      })
  )

  it.effect("at the end callers wait, and share one load", () =>
    Effect.gen(function*() {
      const { get, state } = yield* refreshing({}, { refreshBefore: 0 })
      yield* takes(get)
      yield* TestClock.adjust(hour - 1)
      assert.strictEqual(yield* idOf(get), "AKID1")
      yield* TestClock.adjust(1)
      const all = yield* takes(Effect.all(Array.from({ length: 64 }, () => idOf(get)), { concurrency: "unbounded" }))
      assert.isTrue(all.every((id) => id === "AKID2"))
      assert.strictEqual(state.loads, 2)
    }))

  it.effect("a load that began in the background is the one that callers wait for at the end", () =>
    Effect.gen(function*() {
      const { get, state } = yield* refreshing()
      yield* takes(get)
      yield* TestClock.adjust(hour - 500)
      assert.strictEqual(yield* idOf(get), "AKID1")
      yield* TestClock.adjust(500)
      assert.strictEqual(yield* idOf(takes(get, 500)), "AKID2")
      assert.strictEqual(state.loads, 2)
    }))

  it.effect("keys that live shorter than that: one load in ten seconds, not one for each call", () =>
    Effect.gen(function*() {
      const { get, state } = yield* refreshing({ life: "1 minute" })
      yield* takes(get)
      const calls = Effect.forEach(Array.from({ length: 20 }), () => idOf(get))
      assert.deepStrictEqual(new Set(yield* calls), new Set(["AKID1"]))
      // The ten seconds begin when the load has ended.
      yield* TestClock.adjust(9999)
      yield* calls
      yield* TestClock.adjust(0)
      assert.strictEqual(state.loads, 1)
      yield* TestClock.adjust(1)
      assert.deepStrictEqual(new Set(yield* calls), new Set(["AKID1"]))
      yield* TestClock.adjust("10 seconds")
      assert.deepStrictEqual(new Set(yield* calls), new Set(["AKID2"]))
      assert.strictEqual(state.loads, 2)
    }))

  it.effect("a source that is down is asked once in ten seconds while there are keys, and by each call when there are none", () =>
    Effect.gen(function*() {
      const { get, state } = yield* refreshing()
      yield* takes(get)
      state.down = true
      yield* TestClock.adjust("56 minutes")
      // Four minutes to the end; a load and the pause after it take eleven seconds.
      for (let second = 0; second < 110; second++) {
        assert.strictEqual(yield* idOf(get), "AKID1")
        yield* TestClock.adjust("1 second")
      }
      assert.strictEqual(state.loads, 11)
      yield* TestClock.adjust("130 seconds")
      for (const number of [12, 13, 14]) {
        assert.strictEqual((yield* takes(Effect.flip(get))).message, `load ${number} failed`)
      }
    }))

  it.effect("a clock that is set back does not prolong the pause", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(Date.UTC(2025, 0, 1))
      const { get, state } = yield* refreshing({}, { refreshBefore: "365 days" })
      yield* takes(get)
      yield* TestClock.setTime(Date.UTC(2024, 11, 31))
      yield* get
      yield* TestClock.adjust("10 seconds")
      yield* get
      yield* TestClock.adjust("1 second")
      assert.strictEqual(yield* idOf(get), "AKID2")
      assert.strictEqual(state.loads, 2)
    }))

  it.effect("a load that hangs fails after 30 seconds, and the next call loads again", () =>
    Effect.gen(function*() {
      const { get, state } = yield* refreshing()
      state.hanging = true
      const waiting = yield* Effect.forkChild(Effect.flip(get))
      yield* TestClock.adjust(29_999)
      assert.isUndefined(waiting.pollUnsafe())
      yield* TestClock.adjust(1)
      const error = yield* Fiber.join(waiting)
      assert.instanceOf(error, CredentialsUnavailable)
      assert.strictEqual(error.message, "The source of credentials did not respond within 30 seconds.")
      assert.strictEqual(state.stopped, 1)
      state.hanging = false
      assert.strictEqual(yield* idOf(takes(get)), "AKID2")
    }))

  it.effect("a load that hangs in the background holds up no call, and is tried again", () =>
    Effect.gen(function*() {
      const { get, state } = yield* refreshing()
      yield* takes(get)
      state.hanging = true
      yield* TestClock.adjust("56 minutes")
      assert.strictEqual(yield* idOf(get), "AKID1")
      // 30 seconds of the load and 10 of the pause.
      yield* TestClock.adjust(39_999)
      state.hanging = false
      assert.strictEqual(yield* idOf(get), "AKID1")
      assert.deepStrictEqual([state.loads, state.stopped], [2, 1])
      yield* TestClock.adjust(1)
      assert.strictEqual(yield* idOf(get), "AKID1")
      yield* TestClock.adjust("1 second")
      assert.strictEqual(yield* idOf(get), "AKID3")
    }))

  it.effect("without an end they are kept", () =>
    Effect.gen(function*() {
      const { get, state } = yield* refreshing({ expires: false })
      yield* takes(get)
      yield* TestClock.adjust("10000 days")
      assert.strictEqual(yield* idOf(get), "AKID1")
      assert.strictEqual(state.loads, 1)
    }))

  it.effect("a failure goes to those who wait and is not kept", () =>
    Effect.gen(function*() {
      const { get, state } = yield* refreshing()
      state.down = true
      const both = yield* takes(Effect.all([Effect.flip(get), Effect.flip(get)], { concurrency: "unbounded" }))
      assert.deepStrictEqual(both.map(({ message }) => message), ["load 1 failed", "load 1 failed"])
      assert.strictEqual((yield* takes(Effect.flip(get))).message, "load 2 failed")
      state.down = false
      assert.strictEqual(yield* idOf(takes(get)), "AKID3")
    }))

  it.effect("a defect is not kept either", () =>
    Effect.gen(function*() {
      let loads = 0
      const load = Effect.suspend(() => ++loads === 1 ? Effect.die("bug") : Effect.succeed(given))
      const { get } = yield* serviceOf(TencentCredentials.layerRefreshing(load))
      const exit = yield* Effect.exit(get)
      assert.isTrue(Exit.isFailure(exit) && Cause.hasDies(exit.cause))
      assert.strictEqual(yield* get, given)
    }))

  it.effect("a load that interrupts itself fails all who wait, and is not kept", () =>
    Effect.gen(function*() {
      let loads = 0
      const load = Effect.suspend(() => ++loads === 1 ? Effect.interrupt : Effect.succeed(given))
      const { get } = yield* serviceOf(TencentCredentials.layerRefreshing(load))
      const both = yield* Effect.all([Effect.flip(get), Effect.flip(get)], { concurrency: "unbounded" })
      assert.deepStrictEqual(both.map(({ message }) => message), [
        "A source of credentials interrupted itself.",
        "A source of credentials interrupted itself."
      ])
      assert.strictEqual(yield* get, given)
    }))

  it.effect("unusable keys fail all who wait, and are not kept", () =>
    Effect.gen(function*() {
      let loads = 0
      const load = Effect.sync(() => ({ ...given, secretId: ++loads === 1 ? "AKID canary" : "AKID2" }))
      const { get } = yield* serviceOf(TencentCredentials.layerRefreshing(load))
      const { message } = yield* Effect.flip(get)
      assert.match(message, /^The credentials of a source cannot be used: secretId has a blank/)
      assert.notInclude(message, "canary")
      assert.strictEqual(yield* idOf(get), "AKID2")
    }))

  it.effect.each<readonly [string, (now: number) => number]>([
    ["seconds", (now) => now / 1000 + 7200],
    ["NaN", () => NaN],
    ["a time in the past", (now) => now - 1],
    ["this moment", (now) => now]
  ])("an end that cannot be is not one, and is told once for each load: %s", ([, end]) =>
    Effect.gen(function*() {
      yield* TestClock.setTime(Date.UTC(2026, 0, 1))
      const logged: Array<unknown> = []
      const logger = Logger.make(({ message }) => void logged.push(message))
      let loads = 0
      const load = Effect.map(
        Clock.currentTimeMillis,
        (now) => ({ ...given, secretId: `AKID${++loads}`, expiresAt: end(now) })
      )
      yield* Effect.gen(function*() {
        const { get, refresh } = yield* serviceOf(TencentCredentials.layerRefreshing(load))
        for (let call = 0; call < 20; call++) assert.strictEqual(yield* idOf(get), "AKID1")
        yield* TestClock.adjust("1 day")
        assert.strictEqual(yield* idOf(get), "AKID1")
        assert.strictEqual(loads, 1)
        assert.match(String(logged), /returned keys whose expiresAt is not in the future/)
        assert.lengthOf(logged, 1)
        assert.strictEqual(yield* idOf(refresh(yield* get)), "AKID2")
      }).pipe(Effect.provide(Logger.layer([logger])))
    }))

  it.effect("while loading fails, the old ones serve to their end, and not after it", () =>
    Effect.gen(function*() {
      const { get, state } = yield* refreshing()
      yield* takes(get)
      state.down = true
      yield* TestClock.adjust("56 minutes")
      assert.strictEqual(yield* idOf(takes(get)), "AKID1")
      assert.strictEqual(state.loads, 2)
      yield* TestClock.adjust(238_999)
      assert.strictEqual(yield* idOf(takes(get, 1)), "AKID1")
      assert.strictEqual((yield* takes(Effect.flip(get))).message, "load 3 failed")
      state.down = false
      assert.strictEqual(yield* idOf(takes(get)), "AKID4")
    }))

  it.effect("interrupting the first caller does not stop the load for the others", () =>
    Effect.gen(function*() {
      const { get, state } = yield* refreshing()
      const first = yield* Effect.forkChild(get, { startImmediately: true })
      const second = yield* Effect.forkChild(get, { startImmediately: true })
      yield* TestClock.adjust("500 millis")
      yield* Fiber.interrupt(first)
      yield* TestClock.adjust("500 millis")
      assert.strictEqual((yield* Fiber.join(second)).secretId, "AKID1")
      assert.strictEqual(state.loads, 1)
    }))

  it.effect("interrupting a caller at any step leaves no load that never ends", () =>
    Effect.forEach(Array.from({ length: 40 }, (_, steps) => steps + 2), (steps) =>
      Effect.gen(function*() {
        const { get } = yield* serviceOf(TencentCredentials.layerRefreshing(Effect.succeed(given)))
        // The scheduler stops the first caller after so many steps, and there the interruption meets it.
        const first = yield* Effect.forkChild(get.pipe(Effect.provideService(References.MaxOpsBeforeYield, steps)), {
          startImmediately: true
        })
        yield* Fiber.interrupt(first)
        const second = yield* Effect.forkChild(get)
        yield* TestClock.adjust("1 second")
        yield* settled(second)
        assert.isDefined(second.pollUnsafe(), `interrupted after ${steps} steps`)
        yield* Fiber.interrupt(second)
      }).pipe(Effect.scoped)))

  it.effect("interrupting the caller that began a load in the background does not stop it", () =>
    Effect.gen(function*() {
      const { get, state } = yield* refreshing()
      yield* takes(get)
      yield* TestClock.adjust("56 minutes")
      const caller = yield* Effect.forkChild(Effect.andThen(get, Effect.never), { startImmediately: true })
      yield* Fiber.interrupt(caller)
      yield* TestClock.adjust("1 second")
      assert.strictEqual(yield* idOf(get), "AKID2")
      assert.deepStrictEqual([state.loads, state.stopped], [2, 0])
    }))

  it.effect("interrupting a caller at any step of a load in the background leaves none that never ends", () =>
    Effect.forEach(Array.from({ length: 40 }, (_, steps) => steps + 2), (steps) =>
      Effect.gen(function*() {
        const expiring = { ...given, expiresAt: (yield* Clock.currentTimeMillis) + hour }
        const { get, refresh } = yield* serviceOf(
          TencentCredentials.layerRefreshing(Effect.sync(() => ({ ...expiring })), { refreshBefore: hour })
        )
        const had = yield* get
        yield* TestClock.adjust("10 seconds")
        const first = yield* Effect.forkChild(get.pipe(Effect.provideService(References.MaxOpsBeforeYield, steps)), {
          startImmediately: true
        })
        yield* Fiber.interrupt(first)
        const second = yield* Effect.forkChild(refresh(had))
        yield* TestClock.adjust("1 second")
        yield* settled(second)
        assert.isDefined(second.pollUnsafe(), `interrupted after ${steps} steps`)
        yield* Fiber.interrupt(second)
      }).pipe(Effect.scoped)))

  it.effect("refresh: newer ones that are there are returned without a load", () =>
    Effect.gen(function*() {
      const { get, refresh, state } = yield* refreshing()
      const first = yield* takes(get)
      // Two calls were refused with the same credentials; the second finds what the first has loaded.
      const second = yield* takes(refresh(first))
      assert.strictEqual(second.secretId, "AKID2")
      assert.strictEqual(yield* refresh(first), second)
      assert.strictEqual(yield* get, second)
      assert.strictEqual(state.loads, 2)
    }))

  it.effect("refresh: waits for a load that began in the background", () =>
    Effect.gen(function*() {
      const { get, refresh, state } = yield* refreshing()
      yield* takes(get)
      yield* TestClock.adjust("56 minutes")
      const refused = yield* get
      assert.strictEqual(yield* idOf(takes(refresh(refused))), "AKID2")
      // Without a pause: it is not the clock that wants others, but the server.
      assert.strictEqual(yield* idOf(takes(refresh(yield* get))), "AKID3")
      assert.strictEqual(state.loads, 3)
    }))

  it.effect("refresh: shared by those who ask at once; its failure is not kept", () =>
    Effect.gen(function*() {
      const { get, refresh, state } = yield* refreshing()
      const first = yield* takes(get)
      state.down = true
      assert.strictEqual((yield* takes(Effect.flip(refresh(first)))).message, "load 2 failed")
      // The server may be wrong: the old ones stay.
      assert.strictEqual(yield* get, first)
      state.down = false
      const all = yield* takes(
        Effect.all(Array.from({ length: 64 }, () => refresh(first)), { concurrency: "unbounded" })
      )
      assert.strictEqual(state.loads, 3)
      assert.isTrue(all.every(({ secretId }) => secretId === "AKID3"))
    }))

  it.effect("the end of the layer ends the load", () =>
    Effect.gen(function*() {
      const started = yield* Deferred.make<void>()
      let interrupted = false
      const load = Effect.andThen(Deferred.succeed(started, undefined), Effect.never).pipe(
        Effect.onInterrupt(() => Effect.sync(() => interrupted = true))
      )
      const scope = yield* Scope.make()
      const { get } = Context.get(
        yield* Layer.buildWithScope(TencentCredentials.layerRefreshing(load), scope),
        TencentCredentials.TencentCredentials
      )
      const waiting = yield* Effect.forkChild(get)
      yield* Deferred.await(started)
      yield* Scope.close(scope, Exit.void)
      assert.isTrue(interrupted)
      // Nobody waits for a load that has ended, or for one that cannot start.
      const { message } = yield* Effect.flip(Fiber.join(waiting))
      assert.strictEqual(message, "The source of credentials was closed.")
      const late = yield* Effect.forkChild(get)
      yield* TestClock.adjust("1 second")
      assert.isDefined(late.pollUnsafe())
    }))
})

// ---------------------------------------------------------------------------------------------------------------------
// Secrecy
// ---------------------------------------------------------------------------------------------------------------------

const shown = (value: unknown): string =>
  [
    String(value),
    JSON.stringify(value),
    inspect(value, { depth: Infinity, showHidden: true }),
    Cause.pretty(Cause.fail(value))
  ].join("\n")

describe("nothing printable has a secret", () => {
  it.effect("of credentials", () =>
    Effect.gen(function*() {
      const service = yield* serviceOf(TencentCredentials.layerRefreshing(Effect.succeed(given)))
      const text = [given, yield* service.get, service].map(shown).join("\n")
      assert.include(text, "AKIDgiven")
      assert.notInclude(text, "canary")
    }))

  it.effect("of what a source failed with", () =>
    Effect.gen(function*() {
      const broken = "[default]\nsecret_id =\nsecret_key = canary\ntoken = canary"
      const variables = { TENCENTCLOUD_SECRET_KEY: "canary", TENCENTCLOUD_SESSION_TOKEN: "canary" }
      const sources = [
        TencentCredentials.fromConfig,
        TencentCredentials.fromFile({ path }),
        TencentCredentials.chain([TencentCredentials.fromConfig, TencentCredentials.fromFile({ path })])
      ]
      for (const source of sources) {
        const exit = yield* Effect.exit(source.pipe(Effect.provide([oneFile(path, broken), env(variables)])))
        assert.isTrue(Exit.isFailure(exit))
        if (Exit.isFailure(exit)) {
          const text = [shown(exit.cause), Cause.pretty(exit.cause), shown(Cause.squash(exit.cause))].join("\n")
          assert.include(text, "CredentialsUnavailable")
          assert.notInclude(text, "canary")
        }
      }
    }))
})
