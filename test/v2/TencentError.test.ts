import { assert, describe, it, vi } from "@effect/vitest"
import { ErrorCode, ErrorKind, Failure, TencentError, TencentResponse } from "effect-tencentcloud"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as Exit from "effect/Exit"
import * as Hash from "effect/Hash"
import * as Redacted from "effect/Redacted"
import { Rpc, RpcGroup, RpcTest } from "effect/rpc"
import * as Schema from "effect/Schema"
import { inspect } from "node:util"
import {
  apiClasses,
  classes,
  codeOf,
  type Fields,
  full,
  handlers,
  make,
  QueueNotFound,
  received,
  type Tag,
  tags
} from "../support/errors.ts"

const unknown = (code: number | string) => new TencentError.UnknownErrorCode({ code })

const malformed = (path: ReadonlyArray<string | number>) =>
  new TencentError.MalformedResponse({ issues: [{ path, message: "no" }] })

const kindOf = (tag: Tag): ErrorKind.ErrorKind =>
  tag === "UnknownErrorCode" ? "request" : tag === "MalformedResponse" ? "malformed" : ErrorCode.fromTag(tag).kind

const usualOutcome = (tag: Tag): ErrorKind.Outcome =>
  tag === "UnknownErrorCode" ? "unknown" : ErrorKind.table[kindOf(tag)].outcome

const bodyOf = (error: TencentError.TencentError): unknown => error.body && Redacted.value(error.body)

const restOf = (error: TencentError.TencentError) => `else ${error._tag}`

class Foreign extends Schema.TaggedError<Foreign>()("Foreign", {}) {}

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
      const { category, outcome, retryClass } = ErrorKind.table[row.kind]
      assert.deepStrictEqual(
        [error._tag, error.code, error.message, error.kind, error.category, error.retryClass, error.outcome],
        [row.tag, row.code, "no", row.kind, category, retryClass, outcome]
      )
      assert.strictEqual(Class.code, row.code)
      assert.instanceOf(error, Class)
    })

    it.each(tags)("%s is an error like any other", (tag) => {
      const error = make(tag, { message: "no" })
      assert.instanceOf(error, Error)
      assert.isTrue(TencentError.isTencentError(error))
      assert.deepStrictEqual([error._tag, error.name], [tag, tag])
      const empty = make(tag)
      assert.deepStrictEqual([empty.message, empty.outcome], ["", usualOutcome(tag)])
      for (const key of ["codeDesc", "moduleCode", "requestId", "action", "body"]) assert.notProperty(empty, key)
    })

    it.each(tags)("%s has the outcome that it is told", (tag) => {
      for (const outcome of ErrorKind.outcomes) assert.strictEqual(make(tag, { outcome }).outcome, outcome)
    })

    const wrong: ReadonlyArray<Record<string, unknown>> = [
      { message: 1 },
      { message: null },
      { codeDesc: 9175 },
      { moduleCode: "1" },
      { moduleCode: NaN },
      { requestId: 12354 },
      { action: 1 },
      { outcome: "maybe" },
      { body: { code: 4440 } },
      { code: {} },
      { code: Infinity }
    ]
    it.each(tags)("%s refuses fields of another type", (tag) => {
      const others = codeOf(tag) === undefined || tag === "UnknownErrorCode" ? [] : [{ code: 1 }]
      for (const fields of [...wrong, ...others]) {
        assert.throws(() => make(tag, fields as Fields), undefined, undefined, inspect(fields))
      }
    })

    it("UnknownErrorCode needs a code", () => {
      assert.throws(() => new TencentError.UnknownErrorCode({ message: "" } as Fields & { readonly code: number }))
      assert.strictEqual(new TencentError.UnknownErrorCode({ code: "Odd" }).code, "Odd")
    })

    it("MalformedResponse has the category Response, no issues and no code of its own", () => {
      const { category, code, issues, kind, retryClass } = new TencentError.MalformedResponse()
      assert.deepStrictEqual([category, code, issues, kind, retryClass], [
        "Response",
        undefined,
        [],
        "malformed",
        "never"
      ])
      assert.strictEqual(TencentError.MalformedResponse, Failure.MalformedResponse)
    })

    const ranges: ReadonlyArray<readonly [number | string, TencentError.UnknownCodeKind, ErrorKind.Category]> = [
      [3999, "unknown", "Unknown"],
      [4001, "request", "Request"],
      [4099, "request", "Request"],
      [4100, "authentication", "Authentication"],
      [4199, "authentication", "Authentication"],
      [4200, "replay", "Replay"],
      [4299, "replay", "Replay"],
      [4300, "request", "Request"],
      [4999, "request", "Request"],
      [5000, "operationFailed", "Resource"],
      [5999, "operationFailed", "Resource"],
      [6000, "internal", "Server"],
      [6999, "internal", "Server"],
      [7000, "unknown", "Unknown"],
      [-1, "unknown", "Unknown"],
      [-4100, "unknown", "Unknown"],
      [1, "unknown", "Unknown"],
      ["x", "unknown", "Unknown"],
      ["4100", "unknown", "Unknown"]
    ]
    it.each(ranges)("UnknownErrorCode %j is of kind %s, in the category %s", (code, kind, category) => {
      const error = unknown(code)
      assert.deepStrictEqual(
        [error.kind, error.category, error.retryClass, error.outcome],
        [kind, category, "never", "unknown"]
      )
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
    const others: ReadonlyArray<Fields> = [
      { message: "other" },
      { codeDesc: "Other" },
      { moduleCode: 18 },
      { requestId: "r-2" }
    ]
    const otherBody: Fields = { body: Redacted.make<unknown>({ code: 4440 }) }

    it.each(tags)("of %s is by value", (tag) => {
      const error = make(tag, full())
      const same = make(tag, full())
      assert.isTrue(Equal.equals(error, same))
      assert.strictEqual(Hash.hash(error), Hash.hash(same))
      const otherOutcome: Fields = { outcome: usualOutcome(tag) === "partial" ? "notRun" : "partial" }
      const differences = [...others, otherOutcome, ...tag === "MalformedResponse" ? [] : [otherBody]]
      for (const fields of [...differences.map((difference) => ({ ...full(), ...difference })), {}]) {
        assert.isFalse(Equal.equals(error, make(tag, fields)), inspect(fields))
        assert.isFalse(Equal.equals(make(tag, fields), error), inspect(fields))
      }
      for (const other of tags) {
        if (other !== tag) assert.isFalse(Equal.equals(error, make(other, full())))
      }
      assert.isFalse(Equal.equals(error, { ...error }))
    })

    it.each(tags)("of %s does not ask which action failed", (tag) => {
      const error = make(tag, full())
      const other = make(tag, { ...full(), action: "cvm.TerminateInstances" })
      assert.isTrue(Equal.equals(error, other))
      assert.strictEqual(Hash.hash(error), Hash.hash(other))
    })

    it("of MalformedResponse does not ask for the body, which its encoded form does not have", () => {
      const error = new TencentError.MalformedResponse(full())
      const other = new TencentError.MalformedResponse({ ...full(), ...otherBody })
      assert.isTrue(Equal.equals(error, other))
      assert.strictEqual(Hash.hash(error), Hash.hash(other))
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
        const { message } = error
        const fields = { message, ...error.body !== undefined && { body: Redacted.make(bodyOf(error)) } }
        const twin = error._tag === "MalformedResponse"
          ? new TencentError.MalformedResponse({ ...fields, outcome: "ran", issues: error.issues })
          : make(tag, fields)
        assert.isTrue(Equal.equals(error, twin))
        assert.strictEqual(Hash.hash(error), Hash.hash(twin))
        assert.deepStrictEqual([error.name, error.stack, error.toJSON()], [twin.name, twin.stack, twin.toJSON()])
        assert.sameMembers(Object.keys(error), Object.keys(twin))
        assert.instanceOf(error, classes[tag])
      }))
  })

  describe("the schema of the union", () => {
    it.effect.each(tags)("takes %s through JSON", (tag) =>
      Effect.gen(function*() {
        for (const error of [make(tag, full()), make(tag), make(tag, { outcome: "partial" }), yield* received(tag)]) {
          const back = yield* throughJson(error)
          assert.instanceOf(back, classes[tag])
          assert.isTrue(Equal.equals(back, error))
          assert.deepStrictEqual(bodyOf(back), tag === "MalformedResponse" ? undefined : bodyOf(error))
          assert.deepStrictEqual(
            [back.kind, back.category, back.retryClass, back.outcome, back.action],
            [error.kind, error.category, error.retryClass, error.outcome, error.action]
          )
          assert.deepStrictEqual([back.stack, back.toJSON()], [error.stack, error.toJSON()])
        }
      }))

    it.effect("takes issues and an unreadable code through JSON", () =>
      Effect.gen(function*() {
        const error = new TencentError.MalformedResponse({ code: "x", issues: [{ path: ["a", 0], message: "no" }] })
        assert.isTrue(Equal.equals(yield* throughJson(error), error))
      }))

    it.effect("encodes nothing that follows from the code, and the body as it is", () =>
      Effect.gen(function*() {
        const error = new TencentError.ReplayAttack({ requestId: "r", body: Redacted.make({ code: 4500 }) })
        assert.deepStrictEqual(JSON.parse(yield* Schema.encodeEffect(codec)(error)), {
          _tag: "ReplayAttack",
          code: 4500,
          message: "",
          requestId: "r",
          outcome: "notRun",
          body: { code: 4500 }
        })
      }))

    it.effect("neither writes nor reads the body of a MalformedResponse", () =>
      Effect.gen(function*() {
        const json = yield* Schema.encodeEffect(codec)(new TencentError.MalformedResponse(full()))
        assert.notProperty(JSON.parse(json), "body")
        const back = yield* Schema.decodeEffect(codec)(JSON.stringify({ ...JSON.parse(json), body: { code: 0 } }))
        assert.notProperty(back, "body")
      }))

    const noErrors: ReadonlyArray<readonly [name: string, json: string]> = [
      ["no tag", "{}"],
      ["another tag", "{\"_tag\":\"Nope\",\"message\":\"\",\"outcome\":\"notRun\"}"],
      ["another code", "{\"_tag\":\"ReplayAttack\",\"code\":4400,\"message\":\"\",\"outcome\":\"notRun\"}"],
      ["no code", "{\"_tag\":\"UnknownErrorCode\",\"message\":\"\",\"outcome\":\"unknown\"}"],
      ["no outcome", "{\"_tag\":\"ReplayAttack\",\"code\":4500,\"message\":\"\"}"],
      ["another outcome", "{\"_tag\":\"ReplayAttack\",\"code\":4500,\"message\":\"\",\"outcome\":\"maybe\"}"]
    ]
    it.effect.each(noErrors)("decodes no JSON with %s", ([, json]) =>
      Effect.gen(function*() {
        assert.instanceOf(yield* Effect.flip(Schema.decodeEffect(codec)(json)), Schema.SchemaError)
      }))

    class Api extends RpcGroup.make(
      Rpc.make("Fail", { payload: { tag: Schema.Literals(tags) }, error: TencentError.TencentError })
    ) {}

    it.effect.each(tags)("makes %s the error of an rpc", (tag) =>
      Effect.gen(function*() {
        const client = yield* RpcTest.makeClient(Api)
        const error = yield* Effect.flip(client.Fail({ tag }))
        assert.instanceOf(error, classes[tag])
        assert.isTrue(Equal.equals(error, make(tag, full())))
        assert.strictEqual(yield* Effect.catchTag(client.Fail({ tag }), [tag], (e) => Effect.succeed(e._tag)), tag)

        // What a transport does with the exit of a handler.
        const rpc = Api.requests.get("Fail")
        assert.isDefined(rpc)
        if (rpc === undefined) return
        const exitCodec = Schema.toCodecJson(Rpc.exitSchema(rpc))
        const wire = JSON.stringify(yield* Schema.encodeEffect(exitCodec)(Exit.fail(error)))
        const exit = yield* Schema.decodeUnknownEffect(exitCodec)(JSON.parse(wire))
        const back = yield* Effect.flip(exit)
        assert.instanceOf(back, classes[tag])
        assert.isTrue(Equal.equals(back, error))
      }).pipe(Effect.provide(Api.toLayer({ Fail: (payload) => Effect.fail(make(payload.tag, full())) }))))
  })

  describe("isTencentError", () => {
    const looksLikeIt = {
      _tag: "QuotaExceeded",
      code: 4400,
      message: "",
      kind: "throttled",
      category: "Throttling",
      retryClass: "never",
      outcome: "notRun"
    }
    const others: ReadonlyArray<unknown> = [
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
      new QueueNotFound({ code: 4440 }),
      new Failure.InvalidRequest({ message: "", issues: [] }),
      TencentError.QuotaExceeded
    ]
    it.each(others.map((value) => [inspect(value, { depth: 0 }), value] as const))("refuses %s", (_, value) => {
      assert.isFalse(TencentError.isTencentError(value))
    })

    it.effect.each(tags)(
      "knows a %s of another copy of the package, and so does everything else",
      (tag) =>
        Effect.gen(function*() {
          vi.resetModules()
          const copy = yield* Effect.promise(() => import("effect-tencentcloud"))
          assert.notStrictEqual(copy.TencentError.QuotaExceeded, TencentError.QuotaExceeded)
          const text = JSON.stringify({ code: codeOf(tag) })
          const error = yield* Effect.flip(copy.TencentResponse.decodeText(Schema.Unknown)(text))
          const own = yield* Effect.flip(TencentResponse.decodeText(Schema.Unknown)(text))
          assert.isFalse(error instanceof classes[tag])
          assert.isTrue(TencentError.isTencentError(error))
          assert.isTrue(copy.TencentError.isTencentError(make(tag)))
          assert.isTrue(Schema.is(TencentError.TencentError)(error))
          assert.isTrue(Schema.is(copy.TencentError.TencentError)(own))
          assert.isTrue(Equal.equals(error, own))
          assert.isTrue(Equal.equals(own, error))
          assert.strictEqual(Hash.hash(error), Hash.hash(own))
          assert.instanceOf(yield* throughJson(error), classes[tag])
          assert.strictEqual(TencentError.match(error, handlers((called) => called)), tag)
          assert.deepStrictEqual(Failure.explain(error), Failure.explain(own))

          const effect: Effect.Effect<never, TencentError.TencentError> = Effect.fail(error)
          const called = handlers((name) => Effect.succeed(name))
          assert.strictEqual(yield* TencentError.catchAllTags(effect, called), tag)
          assert.strictEqual(yield* Effect.catchTag(effect, [tag], (e) => Effect.succeed(e._tag)), tag)
          assert.strictEqual(yield* Failure.catchKind(effect, error.kind, (e) => Effect.succeed(e._tag)), tag)
        })
    )
  })

  describe("match", () => {
    it.each(tags)("calls the handler of %s, with the error", (tag) => {
      const error = make(tag, full())
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

    it("says which handler is missing where the types could not", () => {
      const { InternalError: _, ...rest } = handlers((tag) => tag)
      const incomplete = rest as unknown as ReturnType<typeof handlers<Tag>>
      assert.throws(() => TencentError.match(make("InternalError"), incomplete), TypeError, "InternalError")
      assert.strictEqual(TencentError.match(make("ReplayAttack"), incomplete), "ReplayAttack")
    })
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

        const queue = new QueueNotFound({ code: 4440 })
        const queued: Effect.Effect<number, TencentError.TencentError | QueueNotFound> = Effect.fail(queue)
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
})
