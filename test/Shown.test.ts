/**
 * Every way out that users have shows the code, the action and the request id of a failure, and never its body.
 */
import { assert, describe, it } from "@effect/vitest"
import { TencentResponse } from "effect-tencentcloud"
import * as V3 from "effect-tencentcloud/v3"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as Exit from "effect/Exit"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import { Otlp } from "effect/observability"
import * as Schema from "effect/Schema"
import { TestConsole } from "effect/testing"
import { execFile } from "node:child_process"
import { Console } from "node:console"
import { existsSync } from "node:fs"
import { PassThrough } from "node:stream"
import { text } from "node:stream/consumers"
import { fileURLToPath } from "node:url"
import { format, inspect, stripVTControlCharacters } from "node:util"
import { Worker } from "node:worker_threads"
import { pino } from "pino"
import * as winston from "winston"
import { error, requestId, RunInstances, secret } from "./shown/error.ts"
import { type AnyError, everyError, make, received, secret as secretOfTags, tags } from "./support/errors.ts"

// ---------------------------------------------------------------------------------------------------------------------
// In this process
// ---------------------------------------------------------------------------------------------------------------------

/** What a console prints. */
const printed = (print: (console: Console) => void): string => {
  const stream = new PassThrough()
  print(new Console(stream))
  return String(stream.read())
}

/** What a logger of Effect makes of an error, wherever it stands. */
const logged = (logger: Logger.Logger<unknown, unknown>) => (error: AnyError): Effect.Effect<string> => {
  const lines: Array<unknown> = []
  return Effect.logError("failed", error).pipe(
    Effect.andThen(Effect.logError(error)),
    Effect.andThen(Effect.logError({ nested: { error } })),
    Effect.andThen(Effect.logError("failed", Cause.fail(error))),
    Effect.andThen(Effect.logError(Cause.die(error))),
    Effect.annotateLogs({ error }),
    Effect.provide(Logger.layer([Logger.map(logger, (line) => lines.push(line))])),
    Effect.map(() => lines.map((line) => typeof line === "string" ? line : inspect(line, { depth: 20 })).join("\n"))
  )
}

const loggedByPino = (error: AnyError): string => {
  const stream = new PassThrough()
  const logger = pino(stream)
  logger.error(error)
  logger.error({ err: error }, "failed")
  logger.error({ error }, "failed")
  return String(stream.read())
}

const loggedByWinston = (format: winston.Logform.Format) => (error: AnyError): Effect.Effect<string> =>
  Effect.promise(async () => {
    const stream = new PassThrough()
    const logger = winston.createLogger({ format, transports: [new winston.transports.Stream({ stream })] })
    logger.error(error)
    logger.error("failed", { error })
    logger.end()
    await new Promise((resolve) => logger.once("finish", resolve))
    stream.end()
    return text(stream)
  })

/** What is sent to a collector of OpenTelemetry for a log line and for a span. */
const exported = (error: AnyError): Effect.Effect<string> =>
  Effect.gen(function*() {
    const sent: Array<string> = []
    const http = HttpClient.make((request) =>
      Effect.sync(() => {
        if (request.body._tag === "Uint8Array") sent.push(new TextDecoder().decode(request.body.body))
        return HttpClientResponse.fromWeb(request, new Response())
      })
    )
    yield* Effect.fail(error).pipe(
      Effect.withSpan("tencentcloud.cvm.RunInstances"),
      Effect.tapError((error) => Effect.logError("failed", error)),
      Effect.tapCause(Effect.logError),
      Effect.ignore,
      Effect.provide(
        Otlp.layerJson({ baseUrl: "http://collector.example", resource: { serviceName: "test" } }).pipe(
          Layer.provide(Layer.succeed(HttpClient.HttpClient, http))
        )
      )
    )
    return sent.join("\n")
  })

const prettyOnConsole = (error: AnyError): Effect.Effect<string> =>
  Effect.logError("failed", error).pipe(
    Effect.andThen(Effect.logError(Cause.fail(error))),
    Effect.annotateLogs({ error }),
    Effect.provide(Logger.layer([Logger.consolePretty({ colors: false })])),
    Effect.andThen(TestConsole.logLines),
    Effect.map((lines) => lines.map((line) => format(line)).join("\n"))
  )

type Way = readonly [name: string, show: (error: AnyError) => string | undefined | Effect.Effect<string>]

const ways: ReadonlyArray<Way> = [
  ["String(error)", String],
  ["a template", (error) => `failed: ${error}`],
  ["error.stack", ({ stack }) => stack],
  ["JSON.stringify", (error) => JSON.stringify(error)],
  ["JSON.stringify of something around it", (error) => JSON.stringify({ list: [error], exit: Exit.fail(error) })],
  ["console.log", (error) => printed((console) => console.log(error))],
  [
    "console.log with a text",
    (error) => printed((console) => console.log("failed: %s %o %O %j", error, error, error, error))
  ],
  ["console.error", (error) => printed((console) => console.error("failed", error))],
  ["console.dir", (error) => printed((console) => console.dir(error, { depth: null, showHidden: true }))],
  ["console.table", (error) => printed((console) => console.table([error]))],
  ["util.inspect", (error) => inspect(error, { depth: 20 })],
  ["util.inspect with all there is", (error) => inspect({ error }, { depth: 20, showHidden: true, getters: true })],
  ["util.inspect without customInspect", (error) => inspect(error, { depth: 20, customInspect: false })],
  [
    "util.inspect without customInspect, with all there is",
    (error) => inspect({ error }, { depth: 20, customInspect: false, showHidden: true, getters: true })
  ],
  ["the cause of another error", (error) => inspect(new Error("outer", { cause: error }), { depth: 20 })],
  ["an AggregateError", (error) => inspect(new AggregateError([error]), { depth: 20 })],
  ["structuredClone", (error) => inspect(structuredClone(error), { depth: 20, showHidden: true })],
  ["Cause.pretty of a failure", (error) => Cause.pretty(Cause.fail(error))],
  ["Cause.pretty of a defect", (error) => Cause.pretty(Cause.die(error))],
  ["an Exit", (error) => inspect(Exit.fail(error), { depth: 20 })],
  ["Effect.log with formatSimple", logged(Logger.formatSimple)],
  ["Effect.log with formatLogFmt", logged(Logger.formatLogFmt)],
  ["Effect.log with formatJson", logged(Logger.formatJson)],
  ["Effect.log with formatStructured", logged(Logger.formatStructured)],
  ["Effect.log with consolePretty", prettyOnConsole],
  ["pino", loggedByPino],
  ["winston with json", loggedByWinston(winston.format.json())],
  [
    "winston with errors and json",
    loggedByWinston(winston.format.combine(winston.format.errors({ stack: true }), winston.format.json()))
  ],
  [
    "winston with errors and simple",
    loggedByWinston(winston.format.combine(winston.format.errors({ stack: true }), winston.format.simple()))
  ],
  ["OTLP", exported]
]

const shownBy = (show: Way[1], error: AnyError): Effect.Effect<string> => {
  const shown = show(error)
  return Effect.isEffect(shown) ? shown : Effect.succeed(String(shown))
}

/** The code, the action and the request id are there; the body, the colour of the message and most of its length are not. */
const assertShows = (output: string): void => {
  for (const part of ["QuotaExceeded", "4400", "cvm.RunInstances", requestId]) assert.include(output, part)
  assert.notInclude(output, secret)
  assert.notInclude(output, "\u001b[31mred")
  assert.notInclude(output, "\\u001b[31mred")
  assert.notInclude(output, "x".repeat(5000))
}

describe("in this process", () => {
  it.effect.each(ways)(
    "%s shows code, action and request id, and never the body",
    ([, show]) =>
      Effect.gen(function*() {
        assertShows(yield* shownBy(show, error))
      })
  )

  const sampled: ReadonlyArray<readonly [name: string, error: Effect.Effect<AnyError, unknown>]> = [
    ...everyError.map(([name, error]) => [name, Effect.succeed(error)] as const),
    ...tags.map((tag) => [`received ${tag}`, received(tag)] as const)
  ]
  const quick = ways.filter(([name]) => !/winston|OTLP|pino/.test(name))
  it.effect.each(sampled)("%s never shows its body", ([, sample]) =>
    Effect.gen(function*() {
      const error = yield* sample
      for (const [way, show] of quick) {
        const output = yield* shownBy(show, error)
        assert.include(output, error._tag, way)
        assert.notInclude(output, secretOfTags, way)
      }
    }))

  const oneOfEach = [...new Map(everyError.map(([, error]) => [error._tag, error] as const))]
  it.effect.each(oneOfEach)("the type of an exception is %s for OTLP", ([tag, error]) =>
    Effect.gen(function*() {
      const types = (yield* exported(error)).match(/"exception.type","value":\{"stringValue":"[^"]*"/g) ?? []
      assert.isAbove(types.length, 1)
      for (const type of types) assert.strictEqual(type, `"exception.type","value":{"stringValue":"${tag}"`)
    }))
})

describe("the text of an error", () => {
  it("has its message on one line, and then what it is about", () => {
    const slow = RunInstances.error.make(4400, { message: "slow\ndown", requestId: "r-1" })
    assert.strictEqual(String(slow), "QuotaExceeded: slow down\n[4400, cvm.RunInstances, request r-1]")
    assert.strictEqual(slow.stack, String(slow))
    assert.strictEqual(slow.message, "slow\ndown")
  })

  it("leaves out what is not known", () => {
    assert.strictEqual(String(make("QuotaExceeded")), "QuotaExceeded\n[4400]")
    assert.strictEqual(String(make("MalformedResponse")), "MalformedResponse")
    assert.strictEqual(String(make("MalformedResponse", { requestId: "" })), "MalformedResponse")
  })
})

// ---------------------------------------------------------------------------------------------------------------------
// In another thread, process or runtime
// ---------------------------------------------------------------------------------------------------------------------

const root = fileURLToPath(new URL("..", import.meta.url))

/** Bun and Deno are not installed with this project: they take part where they are there. */
const bin = (name: string): string => `${root}node_modules/.bin/${name}`

/** What a program prints, whether it fails or not. */
const run = (command: string, args: ReadonlyArray<string>): Effect.Effect<string> =>
  Effect.callback((resume) => {
    const env = { PATH: process.env["PATH"], HOME: process.env["HOME"], NO_COLOR: "1" }
    execFile(command, args, { cwd: root, env, maxBuffer: 1e8 }, (_error, stdout, stderr) => {
      resume(Effect.succeed(stripVTControlCharacters(stdout + stderr)))
    })
  })

type Program = readonly [name: string, command: string, args: ReadonlyArray<string>]

const programs: ReadonlyArray<Program> = [
  ["NodeRuntime.runMain", process.execPath, ["test/shown/runMain.ts"]],
  ["a rejected promise of Effect.runPromise", process.execPath, ["test/shown/rejected.ts"]],
  ["node:test", process.execPath, ["--test", "test/shown/nodeTest.ts"]],
  ["vitest", process.execPath, ["node_modules/vitest/vitest.mjs", "run", "--config", "test/shown/vitest.config.ts"]],
  ["Bun", bin("bun"), ["run", "test/shown/rejected.ts"]],
  ["Deno", bin("deno"), ["run", "--allow-all", "test/shown/rejected.ts"]]
]

describe("in another process", { concurrent: true, timeout: 120_000 }, () => {
  describe.each(programs)("%s", (_, command, args) => {
    it.effect.skipIf(!existsSync(command))(
      "shows code, action and request id, and never the body",
      () =>
        Effect.gen(function*() {
          assertShows(yield* run(command, args))
        })
    )
  })

  it.effect("the name of an action begins no line and moves no cursor", () =>
    Effect.gen(function*() {
      const action = "cvm.Run\u001b[31mX\nError: forged"
      const readers: ReadonlyArray<Effect.Effect<unknown, Error>> = [
        TencentResponse.fromWeb(Schema.Struct({}), { action })(globalThis.Response.json({ code: 4000, message: "no" })),
        V3.TencentResponse.fromWeb(Schema.Struct({}), { action })(
          globalThis.Response.json({ Response: { Error: { Code: "InvalidParameter", Message: "no" } } })
        )
      ]
      for (const reader of readers) {
        const error = yield* Effect.flip(reader)
        assert.strictEqual(error.stack, String(error))
        assert.strictEqual(error.stack?.split("\n").length, 2)
        assert.notInclude(error.stack, "\u001b")
      }
    }))

  it.effect("errors are what they are where the limit of stack traces is missing, set or frozen", () =>
    Effect.gen(function*() {
      const cases: Record<string, unknown> = JSON.parse(yield* run(process.execPath, ["test/shown/frozen.ts"]))
      const constructed = "QuotaExceeded: slow\n[4400, request r-1]"
      const received3 = "ResourceInUse: busy\n[ResourceInUse, request r-3]"
      const expected = {
        made: [[error.stack, String(error)], [constructed, constructed], [received3, received3]],
        limitStays: true
      }
      assert.deepStrictEqual(cases, { missing: expected, limited: expected, frozen: expected, hardened: expected })
    }))

  it.effect("a worker sends an error that stays itself, and throws one that shows itself", () =>
    Effect.gen(function*() {
      const worker = new Worker(new URL("./shown/worker.ts", import.meta.url))
      const sent = new Promise((resolve) => worker.once("message", resolve))
      const thrown = new Promise((resolve) => worker.once("error", resolve))
      const back = yield* Schema.decodeUnknownEffect(Schema.toCodecJson(RunInstances.error))(
        yield* Effect.promise(() => sent)
      )
      assert.strictEqual(back.constructor, error.constructor)
      assert.isTrue(Equal.equals(back, error))
      assertShows(inspect(back))
      assertShows(inspect(yield* Effect.promise(() => thrown), { depth: 20, showHidden: true }))
    }))
})
