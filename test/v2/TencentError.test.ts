import { assert, describe, it, vi } from "@effect/vitest"
import { ErrorCode, ErrorKind, TencentError, TencentResponse } from "effect-tencentcloud"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as Exit from "effect/Exit"
import * as Hash from "effect/Hash"
import * as Logger from "effect/Logger"
import { Rpc, RpcGroup, RpcTest } from "effect/rpc"
import * as Schema from "effect/Schema"
import { TestConsole } from "effect/testing"
import { inspect } from "node:util"
import type { Language } from "../../src/ErrorKindText.ts"
import { errorCodeText } from "../../src/internal/errorCodeText.ts"

// ---------------------------------------------------------------------------------------------------------------------
// The 24 classes
// ---------------------------------------------------------------------------------------------------------------------

type Tag = TencentError.Tag
type Fields = Partial<Omit<TencentError.Fault, "code">>

const tags: ReadonlyArray<Tag> = [...ErrorCode.catalogue.map((row) => row.tag), "UnknownErrorCode", "MalformedResponse"]

const apiClasses: {
  readonly [T in ErrorCode.Tag]: (new(fields: Fields) => TencentError.ApiError) & { readonly code: number }
} = TencentError

const classes: {
  readonly [T in Tag]: new(fields: Fields & { readonly code: never }) => TencentError.TencentError
} = TencentError

const make = (tag: Tag, fields: Fields = {}): TencentError.TencentError => {
  switch (tag) {
    case "UnknownErrorCode":
      return new TencentError.UnknownErrorCode({ code: 4440, ...fields })
    case "MalformedResponse":
      return new TencentError.MalformedResponse(fields)
    default:
      return new apiClasses[tag](fields)
  }
}

const secret = "hunter2"

const full: Fields = {
  message: "(-17)not \"allowed\" 限\ud800",
  codeDesc: "Desc",
  moduleCode: -17,
  requestId: "r-1",
  body: { code: 4440, detail: { list: [1, null, secret, { password: secret }], [secret]: true } }
}

/** The failure of the class, as it comes from a server. */
const received = (tag: Tag): Effect.Effect<TencentError.TencentError, unknown> => {
  const code = tag === "UnknownErrorCode" ? 4440 : tag === "MalformedResponse" ? 0 : apiClasses[tag].code
  return Effect.flip(
    TencentResponse.decode(Schema.Struct({ totalCount: Schema.Number }))({ code, message: "no", totalCount: [secret] })
  )
}

/** One handler for each tag, which says for which tag it was called. */
const handlers = <Result>(f: (tag: Tag, error: TencentError.TencentError) => Result) =>
  Object.fromEntries(tags.map((tag) => [tag, (error: TencentError.TencentError) => f(tag, error)])) as {
    readonly [T in Tag]: (error: TencentError.ByTag<T>) => Result
  }

const unknown = (code: number | string) => new TencentError.UnknownErrorCode({ code })

const malformed = (path: ReadonlyArray<string | number>) =>
  new TencentError.MalformedResponse({ issues: [{ path, message: "no" }] })

/** What the JSON of an error shows. */
const json = (tag: Tag, fields: Fields) => ({
  _tag: tag,
  ...(tag === "UnknownErrorCode" ? { code: 4440 } : tag === "MalformedResponse" ? {} : { code: apiClasses[tag].code }),
  message: "",
  ...fields,
  ...(tag === "MalformedResponse" && { issues: [] })
})

const restOf = (error: TencentError.TencentError) => `else ${error._tag}`

const failing = () => Effect.fail("handler")

class Foreign extends Schema.TaggedError<Foreign>()("Foreign", {}) {}

class Queue extends Schema.TaggedError<Queue>()("Queue", TencentError.fault) {
  readonly category = "Resource" as const
  readonly retryClass = "never" as const
}

const codec = Schema.fromJsonString(Schema.toCodecJson(TencentError.TencentError))

const throughJson = (error: TencentError.TencentError) =>
  Effect.flatMap(Schema.encodeEffect(codec)(error), Schema.decodeEffect(codec))

// ---------------------------------------------------------------------------------------------------------------------

describe("TencentError", () => {
  it("has 24 tags", () => {
    assert.strictEqual(new Set(tags).size, 24)
    assert.strictEqual(TencentError.TencentError.members.length, 24)
  })

  describe("the classes", () => {
    it.each(ErrorCode.catalogue)("$tag knows its row", (row) => {
      const Class = apiClasses[row.tag]
      const error = new Class({ message: "no" })
      const { category, retryClass } = ErrorKind.table[row.kind]
      assert.deepStrictEqual(
        [error._tag, error.code, error.message, error.category, error.retryClass],
        [row.tag, row.code, "no", category, retryClass]
      )
      assert.strictEqual(Class.code, row.code)
      assert.instanceOf(error, Class)
    })

    it.each(tags)("%s is an error like any other", (tag) => {
      const error = make(tag, { message: "no" })
      assert.instanceOf(error, Error)
      assert.isTrue(TencentError.isTencentError(error))
      assert.strictEqual(error._tag, tag)
      assert.strictEqual(error.name, `effect-tencentcloud/${tag}`)
      assert.strictEqual(String(error), `effect-tencentcloud/${tag}: no`)
      assert.include(error.stack ?? "", "\n    at ")
      const empty = make(tag)
      assert.strictEqual(empty.message, "")
      for (const key of ["codeDesc", "moduleCode", "requestId", "body"]) assert.notProperty(empty, key)
    })

    it.each(tags)("%s refuses fields of another type", (tag) => {
      const refused: ReadonlyArray<Record<string, unknown>> = [
        { message: 1 },
        { message: null },
        { codeDesc: 9175 },
        { moduleCode: "1" },
        { moduleCode: NaN },
        { requestId: 12354 },
        { code: {} },
        { code: Infinity }
      ]
      for (const fields of refused) assert.throws(() => make(tag, fields), undefined, undefined, inspect(fields))
      if (tag in apiClasses && tag !== "UnknownErrorCode" && tag !== "MalformedResponse") {
        assert.throws(() => make(tag, { code: 1 } as Fields))
      }
    })

    it("UnknownErrorCode needs a code", () => {
      assert.throws(() => new TencentError.UnknownErrorCode({ message: "" } as TencentError.Fault))
      assert.strictEqual(new TencentError.UnknownErrorCode({ code: "Odd" }).code, "Odd")
    })

    it("MalformedResponse has the category Response, no issues and no code of its own", () => {
      const { category, code, issues, retryClass } = new TencentError.MalformedResponse({})
      assert.deepStrictEqual([category, code, issues, retryClass], ["Response", undefined, [], "never"])
    })

    const ranges: ReadonlyArray<readonly [number | string, TencentError.UnknownCodeCategory]> = [
      [3999, "Unknown"],
      [4001, "Request"],
      [4099, "Request"],
      [4100, "Authentication"],
      [4199, "Authentication"],
      [4200, "Replay"],
      [4299, "Replay"],
      [4300, "Request"],
      [4999, "Request"],
      [5000, "Resource"],
      [5999, "Resource"],
      [6000, "Server"],
      [6999, "Server"],
      [7000, "Unknown"],
      [-1, "Unknown"],
      [-4100, "Unknown"],
      [1, "Unknown"],
      ["x", "Unknown"],
      ["4100", "Unknown"]
    ]
    it.each(ranges)("UnknownErrorCode %j is in the category %s", (code, category) => {
      const error = new TencentError.UnknownErrorCode({ code })
      assert.deepStrictEqual([error.category, error.retryClass], [category, "never"])
    })

    it.effect.each(tags)("%s fails an effect as it is, and Effect handles it", (tag) =>
      Effect.gen(function*() {
        const error = make(tag)
        const effect = Effect.gen(function*() {
          return yield* error
        })
        assert.strictEqual(yield* Effect.flip(effect), error)
        assert.strictEqual(yield* Effect.catchTag(effect, [tag], (e) => Effect.succeed(e)), error)
      }))
  })

  describe("equality", () => {
    const differences: ReadonlyArray<Fields> = [
      { message: "other" },
      { codeDesc: "Other" },
      { moduleCode: 18 },
      { requestId: "r-2" },
      { body: { code: 4440 } }
    ]
    it.each(tags)("of %s is by value", (tag) => {
      const error = make(tag, full)
      const same = make(tag, structuredClone(full))
      assert.isTrue(Equal.equals(error, same))
      assert.strictEqual(Hash.hash(error), Hash.hash(same))
      for (const fields of [...differences.map((difference) => ({ ...full, ...difference })), {}]) {
        assert.isFalse(Equal.equals(error, make(tag, fields)), inspect(fields))
        assert.isFalse(Equal.equals(make(tag, fields), error), inspect(fields))
      }
      for (const other of tags) {
        if (other !== tag) assert.isFalse(Equal.equals(error, make(other, full)))
      }
      assert.isFalse(Equal.equals(error, { ...error }))
    })

    it("sees codes and issues", () => {
      assert.isTrue(Equal.equals(unknown(4440), unknown(4440)))
      assert.isFalse(Equal.equals(unknown(4440), unknown("4440")))
      assert.isTrue(Equal.equals(malformed(["a", 0]), malformed(["a", 0])))
      assert.isFalse(Equal.equals(malformed(["a", 0]), malformed(["a", 1])))
    })

    it.effect.each(tags)("holds between a received and a constructed %s", (tag) =>
      Effect.gen(function*() {
        const error = yield* received(tag)
        assert.strictEqual(error._tag, tag)
        const twin = error._tag === "MalformedResponse"
          ? new TencentError.MalformedResponse({ message: error.message, body: error.body, issues: error.issues })
          : make(tag, { message: error.message, body: error.body })
        assert.isTrue(Equal.equals(error, twin))
        assert.strictEqual(Hash.hash(error), Hash.hash(twin))
        assert.strictEqual(error.name, twin.name)
        assert.instanceOf(error, classes[tag])
      }))
  })

  describe("printing", () => {
    const { body: _, ...withoutBody } = full

    it.each(tags)("%s shows what a log line needs", (tag) => {
      assert.deepStrictEqual(make(tag, full).toJSON(), json(tag, withoutBody))
      assert.deepStrictEqual(JSON.parse(JSON.stringify(make(tag, full))), json(tag, withoutBody))
      assert.deepStrictEqual(JSON.parse(JSON.stringify(make(tag))), json(tag, {}))
      assert.include(inspect(make(tag, full)), "r-1")
    })

    it("MalformedResponse shows its issues", () => {
      const error = new TencentError.MalformedResponse({ issues: [{ path: ["data", 1], message: "Expected number" }] })
      assert.include(JSON.stringify(error), "[\"data\",1]")
      assert.include(inspect(error), "Expected number")
    })

    it.effect.each(tags)("%s never shows its body", (tag) =>
      Effect.gen(function*() {
        for (const error of [make(tag, full), yield* received(tag)]) {
          const lines: Array<unknown> = []
          const formats = [Logger.formatSimple, Logger.formatLogFmt, Logger.formatJson, Logger.formatStructured]
          const collect = formats.map((format) =>
            Logger.map(format as Logger.Logger<unknown, unknown>, (line) => lines.push(line))
          )
          yield* Effect.logError("failed", error).pipe(
            Effect.andThen(Effect.logError(error)),
            Effect.andThen(Effect.logError({ nested: { error } })),
            Effect.andThen(Effect.logError("failed", Cause.fail(error))),
            Effect.andThen(Effect.logError(Cause.die(error))),
            Effect.annotateLogs({ error }),
            Effect.provide(Logger.layer([...collect, Logger.consolePretty({ colors: false })]))
          )
          const printed = [
            JSON.stringify(error),
            JSON.stringify({ error }),
            String(error),
            error.stack,
            inspect(error, { depth: 20 }),
            inspect({ error, list: [error] }, { depth: 20, showHidden: true }),
            inspect(new Error("outer", { cause: error }), { depth: 20 }),
            Cause.pretty(Cause.fail(error)),
            Cause.pretty(Cause.die(error)),
            JSON.stringify(Exit.fail(error)),
            inspect(Exit.fail(error), { depth: 20 }),
            ...lines.map((line) => inspect(line, { depth: 20 })),
            inspect(yield* TestConsole.logLines, { depth: 20 })
          ].join("\n")
          assert.isAtLeast(lines.length, 20)
          assert.include(printed, error._tag)
          assert.notInclude(printed, secret)
        }
      }))

    it.effect.each(tags)("%s from a server has no stack frames", (tag) =>
      Effect.gen(function*() {
        const limit = Error.stackTraceLimit
        Error.stackTraceLimit = 7
        const error = yield* received(tag)
        const limitAfter = Error.stackTraceLimit
        Error.stackTraceLimit = limit
        assert.strictEqual(limitAfter, 7)
        assert.notInclude(error.stack ?? "", "\n    at ")
        assert.include(error.stack ?? "", error.message)
      }))
  })

  describe("the schema of the union", () => {
    it.effect.each(tags)("takes %s through JSON", (tag) =>
      Effect.gen(function*() {
        for (const error of [make(tag, full), make(tag), yield* received(tag)]) {
          const back = yield* throughJson(error)
          assert.instanceOf(back, classes[tag])
          assert.isTrue(Equal.equals(back, error))
          assert.deepStrictEqual(back.body, error.body)
          assert.deepStrictEqual([back.category, back.retryClass], [error.category, error.retryClass])
        }
      }))

    it.effect("takes issues and an unreadable code through JSON", () =>
      Effect.gen(function*() {
        const error = new TencentError.MalformedResponse({ code: "x", issues: [{ path: ["a", 0], message: "no" }] })
        assert.isTrue(Equal.equals(yield* throughJson(error), error))
      }))

    it.effect("encodes nothing that follows from the code", () =>
      Effect.gen(function*() {
        assert.strictEqual(
          yield* Schema.encodeEffect(codec)(new TencentError.ReplayAttack({ requestId: "r" })),
          "{\"_tag\":\"ReplayAttack\",\"code\":4500,\"message\":\"\",\"requestId\":\"r\"}"
        )
      }))

    it.effect("decodes no other tag, and no tag with another code", () =>
      Effect.gen(function*() {
        for (
          const json of [
            "{}",
            "{\"_tag\":\"Nope\",\"message\":\"\"}",
            "{\"_tag\":\"ReplayAttack\",\"code\":4400,\"message\":\"\"}",
            "{\"_tag\":\"UnknownErrorCode\",\"message\":\"\"}"
          ]
        ) assert.instanceOf(yield* Effect.flip(Schema.decodeEffect(codec)(json)), Schema.SchemaError)
      }))

    class Api extends RpcGroup.make(
      Rpc.make("Fail", { payload: { tag: Schema.Literals(tags) }, error: TencentError.TencentError })
    ) {}

    it.effect.each(tags)("makes %s the error of an rpc", (tag) =>
      Effect.gen(function*() {
        const client = yield* RpcTest.makeClient(Api)
        const error = yield* Effect.flip(client.Fail({ tag }))
        assert.instanceOf(error, classes[tag])
        assert.isTrue(Equal.equals(error, make(tag, full)))
        assert.strictEqual(yield* Effect.catchTag(client.Fail({ tag }), [tag], (e) => Effect.succeed(e._tag)), tag)

        // what a transport does with the exit of a handler
        const rpc = Api.requests.get("Fail")
        assert.isDefined(rpc)
        if (rpc === undefined) return
        const exitCodec = Schema.toCodecJson(Rpc.exitSchema(rpc))
        const wire = JSON.stringify(yield* Schema.encodeEffect(exitCodec)(Exit.fail(error)))
        const exit = yield* Schema.decodeUnknownEffect(exitCodec)(JSON.parse(wire))
        const back = yield* Effect.flip(exit)
        assert.instanceOf(back, classes[tag])
        assert.isTrue(Equal.equals(back, error))
      }).pipe(Effect.provide(Api.toLayer({ Fail: (payload) => Effect.fail(make(payload.tag, full)) }))))
  })

  describe("isTencentError", () => {
    it("refuses what only looks like one", () => {
      const looksLikeIt = {
        _tag: "QuotaExceeded",
        code: 4400,
        message: "",
        category: "Throttling",
        retryClass: "never"
      }
      for (
        const value of [
          null,
          undefined,
          4400,
          "QuotaExceeded",
          Symbol("x"),
          () => 0,
          [],
          new Error("x"),
          looksLikeIt,
          new Foreign(),
          new Queue({ code: 4440, message: "" }),
          TencentError.QuotaExceeded
        ]
      ) assert.isFalse(TencentError.isTencentError(value), inspect(value))
    })

    it.effect.each(tags)(
      "knows a %s of another copy of the package, and so does everything else",
      (tag) =>
        Effect.gen(function*() {
          vi.resetModules()
          const copy = yield* Effect.promise(() => import("effect-tencentcloud"))
          assert.notStrictEqual(copy.TencentError.QuotaExceeded, TencentError.QuotaExceeded)
          const text = tag === "UnknownErrorCode"
            ? "{\"code\":4440}"
            : tag === "MalformedResponse"
            ? "{}"
            : `{"code":${apiClasses[tag].code}}`
          const error = yield* Effect.flip(copy.TencentResponse.decodeText(Schema.Unknown)(text))
          assert.isFalse(error instanceof classes[tag])
          assert.isTrue(TencentError.isTencentError(error))
          assert.isTrue(copy.TencentError.isTencentError(make(tag)))
          assert.isTrue(Equal.equals(error, yield* Effect.flip(TencentResponse.decodeText(Schema.Unknown)(text))))
          assert.strictEqual(TencentError.match(error, handlers((called) => called)), tag)
          assert.deepStrictEqual(TencentError.explain(error), TencentError.explain(make(tag)))

          const effect: Effect.Effect<never, TencentError.TencentError> = Effect.fail(error)
          const called = handlers((name) => Effect.succeed(name))
          assert.strictEqual(yield* TencentError.catchAllTags(effect, called), tag)
          assert.strictEqual(yield* Effect.catchTag(effect, [tag], (e) => Effect.succeed(e._tag)), tag)
          assert.strictEqual(
            yield* TencentError.catchCategory(effect, error.category, (e) => Effect.succeed(e._tag)),
            tag
          )
        })
    )
  })

  describe("match", () => {
    it.each(tags)("calls the handler of %s, with the error", (tag) => {
      const error = make(tag, full)
      const all = handlers((name, seen) => [name, seen] as const)
      for (const [name, seen] of [TencentError.match(error, all), TencentError.match(all)(error)]) {
        assert.strictEqual(name, tag)
        assert.strictEqual(seen, error)
      }
    })

    it.each(tags)("matchOrElse calls the handler of %s where there is one, or the default", (tag) => {
      const error = make(tag)
      const some = { QuotaExceeded: () => "slow", MalformedResponse: () => "odd", InternalError: undefined }
      const expected = tag === "QuotaExceeded" ? "slow" : tag === "MalformedResponse" ? "odd" : `else ${tag}`
      assert.strictEqual(TencentError.matchOrElse(error, some, restOf), expected)
      assert.strictEqual(TencentError.matchOrElse(some, restOf)(error), expected)
    })
  })

  it("match says which handler is missing where the types could not", () => {
    const { InternalError: _, ...rest } = handlers((tag) => tag)
    const incomplete = rest as unknown as ReturnType<typeof handlers<Tag>>
    assert.throws(() => TencentError.match(make("InternalError"), incomplete), TypeError, "InternalError")
    assert.strictEqual(TencentError.match(make("ReplayAttack"), incomplete), "ReplayAttack")
  })

  describe("catchAllTags", () => {
    it.effect.each(tags)("handles %s", (tag) =>
      Effect.gen(function*() {
        const error = make(tag)
        const effect: Effect.Effect<number, TencentError.TencentError> = Effect.fail(error)
        const all = handlers((name, seen) => Effect.succeed([name, seen] as const))
        const results: ReadonlyArray<number | readonly [Tag, TencentError.TencentError]> = [
          yield* TencentError.catchAllTags(effect, all),
          yield* effect.pipe(TencentError.catchAllTags(all))
        ]
        assert.deepStrictEqual(results.map((result) => typeof result === "number" ? result : result[0]), [tag, tag])
        assert.isTrue(results.every((result) => typeof result !== "number" && result[1] === error))
      }))

    it.effect("lets handlers fail, and leaves all else alone", () =>
      Effect.gen(function*() {
        const all = handlers((name) => Effect.fail(`handler of ${name}`))
        const failed: Effect.Effect<number, TencentError.TencentError | Foreign> = Effect.fail(make("InternalError"))
        const after: Effect.Effect<number, Foreign | string> = TencentError.catchAllTags(failed, all)
        assert.strictEqual(yield* Effect.flip(after), "handler of InternalError")

        const foreign = new Foreign()
        const foreignly: Effect.Effect<number, TencentError.TencentError | Foreign> = Effect.fail(foreign)
        assert.strictEqual(yield* Effect.flip(TencentError.catchAllTags(foreignly, all)), foreign)

        const queue = new Queue({ code: 4440 })
        const queued: Effect.Effect<number, TencentError.TencentError | Queue> = Effect.fail(queue)
        assert.strictEqual(yield* Effect.flip(TencentError.catchAllTags(queued, all)), queue)

        for (const other of [{ _tag: "InternalError" }, "InternalError", null, undefined]) {
          assert.strictEqual(yield* Effect.flip(TencentError.catchAllTags(Effect.fail(other), all)), other)
        }
        assert.strictEqual(yield* TencentError.catchAllTags(Effect.succeed(1), all), 1)
        const defect = yield* Effect.exit(TencentError.catchAllTags(Effect.die(make("InternalError")), all))
        assert.deepStrictEqual(defect, Exit.die(make("InternalError")))
        const interrupted = yield* Effect.exit(TencentError.catchAllTags(Effect.interrupt, all))
        assert.isTrue(Exit.isFailure(interrupted) && Cause.hasInterruptsOnly(interrupted.cause))
      }))
  })

  describe("categories", () => {
    const categories: ReadonlyArray<ErrorKind.Category> = [
      "Request",
      "Authentication",
      "Authorization",
      "Throttling",
      "Replay",
      "Resource",
      "Billing",
      "Partial",
      "Server",
      "Response",
      "Unknown"
    ]
    const unknownCodes = [4001, 4199, 4200, 5001, 6001, 7000, "x"]
    const errors: ReadonlyArray<TencentError.TencentError | Queue> = [
      ...tags.map((tag) => make(tag)),
      ...unknownCodes.map(unknown),
      new Queue({ code: 4440 })
    ]

    it.effect.each(categories)(
      "catchCategory(%s) catches its errors and no others",
      (category) =>
        Effect.gen(function*() {
          let caught = 0
          for (const error of errors) {
            const effect: Effect.Effect<string, TencentError.TencentError | Queue> = Effect.fail(error)
            const handled = (e: { readonly _tag: string }) => Effect.succeed(e === error ? "caught" : "another error")
            for (
              const catching of [
                effect.pipe(TencentError.catchCategory(category, handled)),
                TencentError.catchCategory(effect, category, handled),
                TencentError.catchCategory(effect, [category], handled)
              ]
            ) {
              const result = yield* Effect.result(catching)
              assert.strictEqual(
                result._tag === "Success" ? result.success : result.failure,
                error.category === category ? "caught" : error
              )
            }
            assert.strictEqual(TencentError.isCategory(category)(error), error.category === category)
            if (error.category === category) caught++
          }
          assert.isAtLeast(caught, 1)
        })
    )

    it.effect("catchCategory takes several categories", () =>
      Effect.gen(function*() {
        const two = ["Billing", "Throttling"] as const
        for (const error of errors) {
          const effect: Effect.Effect<string, TencentError.TencentError | Queue> = Effect.fail(error)
          const result = yield* Effect.result(
            effect.pipe(TencentError.catchCategory(two, (e) => Effect.succeed(e.category)))
          )
          const inTwo = error.category === "Billing" || error.category === "Throttling"
          assert.strictEqual(
            result._tag === "Success" ? result.success : result.failure,
            inTwo ? error.category : error
          )
          const none = yield* Effect.flip(TencentError.catchCategory(effect, [], () => Effect.succeed("caught")))
          assert.strictEqual(none, error)
        }
      }))

    it.effect("catchCategory leaves foreign errors, defects and successes alone, and lets its handler fail", () =>
      Effect.gen(function*() {
        const foreign = new Foreign()
        const looksLikeIt = { category: "Server" }
        for (const error of [foreign, looksLikeIt, "Server", null, undefined]) {
          assert.strictEqual(
            yield* Effect.flip(TencentError.catchCategory(Effect.fail(error), "Server", failing)),
            error
          )
          assert.isFalse(TencentError.isCategory("Server")(error))
        }
        const failed = TencentError.catchCategory(Effect.fail(make("InternalError")), "Server", failing)
        assert.strictEqual(yield* Effect.flip(failed), "handler")
        assert.strictEqual(yield* TencentError.catchCategory(Effect.succeed(1), "Server", failing), 1)
        assert.deepStrictEqual(
          yield* Effect.exit(TencentError.catchCategory(Effect.die("boom"), "Server", failing)),
          Exit.die("boom")
        )
      }))
  })

  describe("explain", () => {
    const languages: ReadonlyArray<Language> = ["en", "ko", "zh"]

    it.each(ErrorCode.catalogue)("$tag in three languages", ({ tag }) => {
      const { docs, en, ko, zh } = errorCodeText[tag]!
      assert.deepStrictEqual(TencentError.explain(make(tag)), { ...en, docs })
      assert.deepStrictEqual(TencentError.explain(make(tag), "en"), { ...en, docs })
      assert.deepStrictEqual(TencentError.explain(make(tag), "ko"), { ...ko, docs })
      assert.deepStrictEqual(TencentError.explain(make(tag), "zh"), { ...zh, docs })
    })

    it("has a text of its own for each of the 24, in each language", () => {
      const all = languages.flatMap((language) => tags.map((tag) => TencentError.explain(make(tag), language)))
      assert.strictEqual(new Set(all.map(({ name }) => name)).size, 72)
      assert.strictEqual(new Set(all.map(({ remedy }) => remedy)).size, 72)
      for (const { docs } of all) assert.strictEqual(new URL(docs).protocol, "https:")
      for (const tag of ["UnknownErrorCode", "MalformedResponse"] as const) {
        assert.match(TencentError.explain(make(tag), "en").remedy, /^[\x20-\x7e]+$/)
        assert.match(TencentError.explain(make(tag), "ko").remedy, /\p{Script=Hangul}/u)
        assert.match(TencentError.explain(make(tag), "zh").remedy, /\p{Script=Han}/u)
      }
    })
  })
})
