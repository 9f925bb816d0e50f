import { assert, describe, it, vi } from "@effect/vitest"
import { ErrorKind, Failure, TencentError as V2, TencentRetry } from "effect-tencentcloud"
import { ErrorCode, TencentError, TencentResponse } from "effect-tencentcloud/v3"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as Exit from "effect/Exit"
import * as Hash from "effect/Hash"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { Rpc, RpcGroup, RpcTest } from "effect/rpc"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import { inspect } from "node:util"
import { declaredCodes } from "../support/codesV3.ts"

const declared = {
  notFound: ["InvalidInstanceId.NotFound", "FailedOperation.DisasterRecoverGroupNotFound"],
  balance: ["InvalidAccount.InsufficientBalance"],
  busy: ["OperationDenied.InstanceOperationInProgress"]
} as const

type Declared = TencentError.Errors<typeof declared>

type All = TencentError.TencentError<Declared>

const notFound = (fields?: TencentError.MakeFields) =>
  TencentError.make("InvalidInstanceId.NotFound", "notFound", fields)

const unknown = (code: string, fields?: TencentError.MakeFields) =>
  new TencentError.UnknownErrorCode({ code, ...fields })

const body = { Response: { Error: { Code: "x", Message: "secret-of-a-customer" }, RequestId: "r-1" } }

const full = (): TencentError.MakeFields => ({
  message: "no such instance",
  outcome: "partial",
  requestId: "r-1",
  action: "cvm.RunInstances",
  clientToken: "t-1",
  body: Redacted.make<unknown>(body)
})

/** One error of each class and of each way to its kind. */
const makers: ReadonlyArray<readonly [name: string, make: (fields?: TencentError.MakeFields) => All]> = [
  ["a common code", (fields) => TencentError.make("ResourceInUse", fields)],
  ["a declared code", notFound],
  ["an undeclared code", (fields) => unknown("InvalidInstanceId.Malformed", fields)],
  ["an undeclared code of a common family", (fields) => unknown("ResourceInUse.Disk", fields)]
]

const codec = Schema.fromJsonString(Schema.toCodecJson(TencentError.schema(declared)))

const encode = (error: All) => Effect.map(Schema.encodeEffect(codec)(error), (json): unknown => JSON.parse(json))

const throughJson = (error: All) => Effect.flatMap(Schema.encodeEffect(codec)(error), Schema.decodeEffect(codec))

class Foreign extends Schema.TaggedError<Foreign>()("Foreign", {}) {}

type Small = Declared | TencentError.UnknownErrorCode

const name = (error: Small) =>
  TencentError.match(error, {
    "InvalidInstanceId.NotFound": (e) => `instance ${e.message}`,
    "FailedOperation.DisasterRecoverGroupNotFound": () => "group",
    "InvalidAccount.InsufficientBalance": () => "balance",
    "OperationDenied.InstanceOperationInProgress": () => "busy",
    UnknownErrorCode: (e) => e.code
  })

const status = (error: Declared | TencentError.UnknownErrorCode) =>
  TencentError.matchKind(error, {
    notFound: () => 404,
    balance: () => 402,
    busy: () => 409,
    unknown: ({ code }) => code
  })

const caught = (error: All) =>
  (Effect.fail(error) as Effect.Effect<string, All>).pipe(
    Failure.catchKind("notFound", () => Effect.succeed("kind")),
    Failure.catchCategory("Throttling", () => Effect.succeed("category")),
    Failure.catchOutcomeUnknown(() => Effect.succeed("outcome"))
  )

// ---------------------------------------------------------------------------------------------------------------------

describe("TencentError of API 3.0", () => {
  describe("an error", () => {
    it.each(ErrorCode.catalogue)("of $code has what follows from its kind", ({ code, kind }) => {
      const error = TencentError.make(code)
      const { category, retryClass } = ErrorKind.table[kind]
      assert.deepStrictEqual(
        [error._tag, error.code, error.name, error.kind, error.category, error.retryClass, error.outcome],
        [code, code, code, kind, category, retryClass, ErrorCode.outcomeOf(code, kind)]
      )
    })

    it.each(makers)("of %s is an error like any other", (_, make) => {
      const error = make()
      assert.instanceOf(error, Error)
      assert.isTrue(TencentError.isTencentError(error))
      assert.strictEqual(error.message, "")
      for (const key of ["requestId", "action", "clientToken"]) assert.notProperty(error, key)
      assert.isUndefined(error.body)
      const told = make(full())
      assert.deepStrictEqual(
        [told.message, told.outcome, told.requestId, told.action],
        ["no such instance", "partial", "r-1", "cvm.RunInstances"]
      )
      assert.strictEqual(told.body && Redacted.value(told.body), body)
    })

    it("that was decoded hides its body as soon as it is asked for it, and has one body only", () => {
      const raw = { Response: { Error: { Code: "ResourceInUse", Message: "busy" } } }
      const decoded = TencentResponse.decodeResult(Schema.Struct({}))(raw)
      const error = Result.isFailure(decoded) ? decoded.failure : assert.fail("a success")
      assert.notInclude(Object.keys(error), "body")
      assert.isTrue(Redacted.isRedacted(error.body))
      assert.strictEqual(error.body, error.body)
      assert.strictEqual(error.body && Redacted.value(error.body), raw)
    })

    it("takes what is undefined for what is left out", () => {
      const none = { message: undefined, outcome: undefined }
      for (
        const error of [
          // A program without `exactOptionalPropertyTypes` can say so.
          TencentError.make("ResourceInUse", none as {}),
          new TencentError.UnknownErrorCode({ code: "ResourceInUse", ...none as {} })
        ]
      ) {
        assert.deepStrictEqual([error.message, error.outcome], ["", "notRun"])
      }
    })

    it("has no body behind a proxy, and is no defect there", () => {
      const error = TencentError.make("ResourceInUse", { body: Redacted.make({}) })
      assert.isUndefined(new Proxy(error, {}).body)
      assert.isFalse(Equal.equals(new Proxy(error, {}), error))
    })

    it("of a declared code has the kind that it is told", () => {
      const { category, kind, outcome, retryClass } = TencentError.make("InvalidInstanceId.NotFound", "notFound")
      assert.deepStrictEqual([kind, category, retryClass, outcome], ["notFound", "Resource", "never", "unknown"])
    })

    it("of a common code can be told another kind", () => {
      const error = TencentError.make("InvalidParameterValue", "notFound", { message: "no such disk" })
      assert.deepStrictEqual([error.kind, error.message, error.outcome], ["notFound", "no such disk", "notRun"])
    })

    it.each([
      ["RequestLimitExceeded.PerSecond", "throttled", "throttled", "notRun"],
      ["FailedOperation.FlowRejected", "operationFailed", "transient", "unknown"],
      ["InternalError.", "internal", "transient", "unknown"],
      ["ResourceNotFound.TopicNotExist", "notFound", "never", "notRun"],
      ["InvalidInstanceId.Malformed", "unknown", "never", "unknown"],
      ["DryRunOperation.DryRunOperationError", "unknown", "never", "unknown"],
      ["__proto__", "unknown", "never", "unknown"]
    ])("of the undeclared code %s is of kind %s", (code, kind, retryClass, outcome) => {
      const error = unknown(code)
      assert.deepStrictEqual(
        [error._tag, error.name, error.code, error.kind, error.retryClass, error.outcome],
        ["UnknownErrorCode", "UnknownErrorCode", code, kind, retryClass, outcome]
      )
    })

    it.effect.each(makers)(
      "of %s fails an effect as it is, and Effect handles it",
      ([, make]) =>
        Effect.gen(function*() {
          const error = make(full())
          const effect = Effect.gen(function*() {
            return yield* error
          })
          assert.strictEqual(yield* Effect.flip(effect), error)
          assert.strictEqual(yield* Effect.catchTag(effect, error._tag, (e) => Effect.succeed(e)), error)
        })
    )

    it("of a code keeps the name of its code when Effect catches many", () => {
      const call: Effect.Effect<never, All> = Effect.fail(notFound())
      const handled = Effect.catchTags(call, {
        "InvalidInstanceId.NotFound": (e) => Effect.succeed(e.kind),
        "InvalidAccount.InsufficientBalance": (e) => Effect.succeed(e.kind)
      })
      assert.deepStrictEqual<unknown>(Effect.runSyncExit(handled), Exit.succeed("notFound"))
    })
  })

  describe("what an error shows", () => {
    const text =
      "InvalidInstanceId.NotFound: no such instance\n[InvalidInstanceId.NotFound, cvm.RunInstances, request r-1]"
    const shown = {
      _tag: "InvalidInstanceId.NotFound",
      kind: "notFound",
      code: "InvalidInstanceId.NotFound",
      message: "no such instance",
      outcome: "partial",
      requestId: "r-1",
      action: "cvm.RunInstances",
      clientToken: "t-1"
    }

    it("is code, action and request id, as text and as stack", () => {
      const error = notFound(full())
      assert.deepStrictEqual([String(error), error.stack, Cause.pretty(Cause.fail(error))], [text, text, text])
    })

    it("is all fields but the body, as JSON and for a console", () => {
      const error = notFound(full())
      assert.deepStrictEqual(error.toJSON(), shown)
      assert.strictEqual(JSON.stringify({ error }), JSON.stringify({ error: shown }))
      assert.strictEqual(inspect(error), inspect(shown))
    })

    it.each(makers)("of %s never has the body", (_, make) => {
      const error = make(full())
      const views = [
        String(error),
        error.stack,
        JSON.stringify(error),
        inspect(error, { depth: 9 }),
        Cause.pretty(Cause.fail(error))
      ]
      for (const view of views) assert.notInclude(view, "secret-of-a-customer")
    })

    it("is of bounded length, and on lines of its own", () => {
      const error = notFound({ message: `a\n\u001b[31mb${"x".repeat(5000)}` })
      assert.strictEqual(String(error).split("\n").length, 2)
      assert.isBelow(String(error).length, 1200)
      assert.notInclude(String(error), "\u001b")
    })

    it.effect("comes out of a rejected promise", () =>
      Effect.gen(function*() {
        const error = notFound()
        const reason = yield* Effect.promise(() =>
          Effect.runPromise(Effect.fail(error)).catch((reason: unknown) => reason)
        )
        assert.strictEqual(reason, error)
      }))

    it("does not touch the traces of other errors", () => {
      const limit = Error.stackTraceLimit
      notFound()
      unknown("x")
      assert.strictEqual(Error.stackTraceLimit, limit)
    })
  })

  describe("equality", () => {
    const differences: ReadonlyArray<TencentError.MakeFields> = [
      { message: "other" },
      { outcome: "unknown" },
      { requestId: "r-2" },
      { clientToken: "t-2" },
      { body: Redacted.make<unknown>({}) }
    ]

    it.each(makers)("of %s is by value", (_, make) => {
      const error = make(full())
      assert.isTrue(Equal.equals(error, make(full())))
      assert.strictEqual(Hash.hash(error), Hash.hash(make(full())))
      for (const difference of differences) {
        assert.isFalse(Equal.equals(error, make({ ...full(), ...difference })), inspect(difference))
      }
      assert.isFalse(Equal.equals(error, make()))
      assert.isFalse(Equal.equals(error, { ...error }))
    })

    it.each(makers)("of %s does not ask which action failed", (_, make) => {
      const other = make({ ...full(), action: "cvm.TerminateInstances" })
      assert.isTrue(Equal.equals(make(full()), other))
      assert.strictEqual(Hash.hash(make(full())), Hash.hash(other))
    })

    it("sees the code, the kind and the class", () => {
      assert.isFalse(Equal.equals(TencentError.make("ResourceInUse"), TencentError.make("ResourceUnavailable")))
      assert.isFalse(Equal.equals(TencentError.make("ResourceInUse"), TencentError.make("ResourceInUse", "busy")))
      assert.isFalse(Equal.equals(TencentError.make("ResourceInUse"), unknown("ResourceInUse")))
      assert.isFalse(Equal.equals(unknown("ResourceInUse"), TencentError.make("ResourceInUse")))
    })

    it("tells the generations apart", () => {
      assert.isFalse(Equal.equals(TencentError.make("ResourceNotFound"), new V2.ResourceNotFound()))
      assert.isFalse(Equal.equals(unknown("X"), new V2.UnknownErrorCode({ code: "X" })))
      assert.isFalse(Equal.equals(new V2.UnknownErrorCode({ code: "X" }), unknown("X")))
    })
  })

  describe("isTencentError", () => {
    it("knows errors that another copy of the package made", async () => {
      vi.resetModules()
      const copy = await import("effect-tencentcloud/v3")
      assert.notStrictEqual(copy.TencentError, TencentError)
      for (
        const error of [
          copy.TencentError.make("ResourceInUse", { message: "x" }),
          new copy.TencentError.UnknownErrorCode({ code: "X" }),
          new copy.TencentError.MalformedResponse()
        ]
      ) {
        assert.isTrue(TencentError.isTencentError(error))
      }
      assert.isTrue(
        Equal.equals(TencentError.make("ResourceInUse"), copy.TencentError.make("ResourceInUse"))
      )
    })

    const others: ReadonlyArray<unknown> = [
      null,
      undefined,
      "ResourceInUse",
      new Error("x"),
      new Foreign(),
      new V2.ResourceNotFound(),
      new V2.UnknownErrorCode({ code: "ResourceInUse" }),
      { _tag: "ResourceInUse", code: "ResourceInUse", kind: "inUse", message: "", outcome: "notRun" },
      new Failure.InvalidRequest({ message: "", issues: [] })
    ]
    it.each(others.map((value) => [inspect(value, { depth: 0 }), value] as const))("refuses %s", (_, value) => {
      assert.isFalse(TencentError.isTencentError(value))
    })

    it("of API 2.0 refuses errors of API 3.0", () => {
      assert.isFalse(V2.isTencentError(TencentError.make("ResourceNotFound")))
      assert.isFalse(V2.isTencentError(unknown("X")))
    })
  })

  describe("the schema", () => {
    it.effect.each(makers)("takes %s through JSON", ([, make]) =>
      Effect.gen(function*() {
        for (const error of [make(), make(full()), make({ outcome: "ran" })]) {
          const back = yield* throughJson(error)
          assert.isTrue(Equal.equals(back, error))
          assert.strictEqual(back.constructor, error.constructor)
          assert.deepStrictEqual(back.toJSON(), error.toJSON())
          assert.deepStrictEqual(back.body && Redacted.value(back.body), error.body && Redacted.value(error.body))
        }
      }))

    it.effect("takes a MalformedResponse through JSON", () =>
      Effect.gen(function*() {
        const error = new TencentError.MalformedResponse({ message: "no", outcome: "ran" })
        assert.isTrue(Equal.equals(yield* throughJson(error), error))
      }))

    it.effect("encodes which generation it is, the code, and nothing that follows from it", () =>
      Effect.gen(function*() {
        assert.deepStrictEqual(yield* encode(notFound(full())), {
          api: "3.0",
          code: "InvalidInstanceId.NotFound",
          message: "no such instance",
          outcome: "partial",
          requestId: "r-1",
          action: "cvm.RunInstances",
          clientToken: "t-1",
          body
        })
        assert.deepStrictEqual(yield* encode(unknown("X")), {
          api: "3.0",
          code: "X",
          declared: false,
          message: "",
          outcome: "unknown"
        })
      }))

    it.effect("decodes a code that it does not know as an UnknownErrorCode", () =>
      Effect.gen(function*() {
        const wider = TencentError.schema({ busy: ["ResourceInUse.InstanceInProcess"] })
        const error = TencentError.make("ResourceInUse.InstanceInProcess", "busy", { message: "m" })
        const encoded = yield* Schema.encodeEffect(wider)(error)
        const back = yield* Schema.decodeEffect(TencentError.schema())(encoded)
        assert.isTrue(Equal.equals(back, unknown("ResourceInUse.InstanceInProcess", { message: "m" })))
      }))

    it.effect("encodes no error of a code that it does not know", () =>
      Effect.gen(function*() {
        const encode = Schema.encodeUnknownEffect(TencentError.schema(declared))
        for (const error of [TencentError.make("A.NotFound", "notFound"), TencentError.make("ResourceInUse", "busy")]) {
          assert.instanceOf(yield* Effect.flip(encode(error)), Schema.SchemaError)
        }
      }))

    it.effect("and that of API 2.0 do not decode each other's errors", () =>
      Effect.gen(function*() {
        const v2 = Schema.fromJsonString(Schema.toCodecJson(V2.TencentError))
        const errors: ReadonlyArray<readonly [V2.TencentError, All]> = [
          [new V2.ResourceNotFound(), TencentError.make("ResourceNotFound")],
          [new V2.InternalError(), TencentError.make("InternalError")],
          [new V2.UnknownErrorCode({ code: "X" }), unknown("X")]
        ]
        for (const [old, error] of errors) {
          assert.instanceOf(
            yield* Effect.flip(Schema.decodeEffect(codec)(yield* Schema.encodeEffect(v2)(old))),
            Schema.SchemaError
          )
          assert.instanceOf(
            yield* Effect.flip(Schema.decodeEffect(v2)(yield* Schema.encodeEffect(codec)(error))),
            Schema.SchemaError
          )
        }
        const both = Schema.fromJsonString(
          Schema.toCodecJson(Schema.Union([V2.TencentError, TencentError.schema(declared)]))
        )
        for (const error of errors.flat()) {
          const back = yield* Schema.decodeEffect(both)(yield* Schema.encodeEffect(both)(error))
          assert.isTrue(Equal.equals(back, error))
        }
      }))

    it.effect("decodes no JSON that is not its own", () =>
      Effect.gen(function*() {
        const texts = [
          "{}",
          `{"api":"2.0","code":"X","message":"","outcome":"unknown"}`,
          `{"api":"3.0","message":"","outcome":"unknown"}`,
          `{"api":"3.0","code":4400,"message":"","outcome":"unknown"}`,
          `{"api":"3.0","code":"X","message":"","outcome":"maybe"}`,
          `{"api":"3.0","code":"X","declared":true,"message":"","outcome":"unknown"}`
        ]
        for (const text of texts) {
          assert.instanceOf(yield* Effect.flip(Schema.decodeEffect(codec)(text)), Schema.SchemaError)
        }
      }))

    it("takes every code that an action declares through JSON", () => {
      const byKind: Partial<Record<TencentError.CodeKind, Array<string>>> = {}
      for (const { code, kind } of declaredCodes) (byKind[kind] ??= []).push(code)
      const all = Schema.toCodecJson(TencentError.schema(byKind))
      const encode = Schema.encodeUnknownSync(all)
      const decode = Schema.decodeUnknownSync(all)
      const wrong = declaredCodes.filter(({ code, kind }) => {
        const error = TencentError.make(code, kind, { message: "m" })
        return error.kind !== kind || !Equal.equals(decode(encode(error)), error)
      })
      assert.deepStrictEqual(wrong, [])
    })

    class Api extends RpcGroup.make(
      Rpc.make("Fail", { payload: { index: Schema.Number }, error: TencentError.schema(declared) })
    ) {}

    it.effect.each(makers.map(([name], index) => [name, index] as const))(
      "makes %s the error of an rpc",
      ([, index]) =>
        Effect.gen(function*() {
          const client = yield* RpcTest.makeClient(Api)
          const expected = makers[index]![1](full())
          const error = yield* Effect.flip(client.Fail({ index }))
          assert.isTrue(Equal.equals(error, expected))

          // What a transport does with the exit of a handler.
          const rpc = Api.requests.get("Fail")
          assert.isDefined(rpc)
          if (rpc === undefined) return
          const exitCodec = Schema.toCodecJson(Rpc.exitSchema(rpc))
          const wire = JSON.stringify(yield* Schema.encodeEffect(exitCodec)(Exit.fail(error)))
          const exit = yield* Schema.decodeUnknownEffect(exitCodec)(JSON.parse(wire))
          assert.isTrue(Equal.equals(yield* Effect.flip(exit), expected))
        }).pipe(Effect.provide(Api.toLayer({ Fail: (payload) => Effect.fail(makers[payload.index]![1](full())) })))
    )
  })

  describe("catchFamily", () => {
    const cases: ReadonlyArray<readonly [error: All | Foreign | V2.TencentError, handled: boolean]> = [
      [notFound(), true],
      [unknown("InvalidInstanceId.Malformed"), true],
      [unknown("InvalidInstanceId"), true],
      [unknown("InvalidInstanceId."), true],
      [unknown("InvalidInstanceIdX.Malformed"), false],
      [unknown("invalidinstanceid.Malformed"), false],
      [TencentError.make("ResourceInUse"), false],
      [new TencentError.MalformedResponse({ code: "InvalidInstanceId.NotFound" }), false],
      [new V2.UnknownErrorCode({ code: "InvalidInstanceId.NotFound" }), false],
      [new Foreign(), false]
    ]
    it.effect.each(cases.map(([error, handled]) => [inspect(error), error, handled] as const))(
      "looks at the code up to the first dot of %s",
      ([, error, handled]) =>
        Effect.gen(function*() {
          const call: Effect.Effect<never, All | Foreign | V2.TencentError> = Effect.fail(error)
          const first = TencentError.catchFamily(call, "InvalidInstanceId", (e) => Effect.succeed(e))
          const last = call.pipe(TencentError.catchFamily("InvalidInstanceId", (e) => Effect.succeed(e)))
          const expected = handled ? Exit.succeed(error) : Exit.fail(error)
          assert.deepStrictEqual<unknown>(yield* Effect.exit(first), expected)
          assert.deepStrictEqual<unknown>(yield* Effect.exit(last), expected)
          assert.strictEqual(TencentError.isFamily("InvalidInstanceId")(error), handled)
        })
    )
  })

  describe("match", () => {
    it("calls the handler of the tag", () => {
      assert.strictEqual(name(notFound({ message: "ins-1" })), "instance ins-1")
      assert.strictEqual(name(unknown("X.Y")), "X.Y")
    })

    it.effect("is a handler of an effect", () =>
      Effect.gen(function*() {
        const call: Effect.Effect<string, Small> = Effect.fail(unknown("X.Y"))
        const handled = Effect.catch(
          call,
          TencentError.match({
            "InvalidInstanceId.NotFound": () => Effect.succeed(1),
            "FailedOperation.DisasterRecoverGroupNotFound": () => Effect.succeed(2),
            "InvalidAccount.InsufficientBalance": () => Effect.succeed(3),
            "OperationDenied.InstanceOperationInProgress": () => Effect.succeed(4),
            UnknownErrorCode: (e) => Effect.fail(e)
          })
        )
        assert.strictEqual((yield* Effect.flip(handled)).code, "X.Y")
      }))

    it("says which tag it has no handler for, when another version made the error", () => {
      const stranger = TencentError.make("Strange.Code", "notFound") as unknown as Small
      assert.throws(() => name(stranger), TypeError, "match has no handler for Strange.Code")
    })

    it.each(["constructor", "__proto__", "toString"])("has no handler for %s", (code) => {
      assert.throws(() => name(TencentError.make(code, "notFound") as unknown as Small), TypeError)
    })
  })

  describe("matchKind", () => {
    it.each(
      [
        [notFound(), 404],
        [TencentError.make("FailedOperation.DisasterRecoverGroupNotFound", "notFound"), 404],
        [TencentError.make("InvalidAccount.InsufficientBalance", "balance"), 402],
        [unknown("ResourceNotFound.Disk"), 404],
        [unknown("InvalidInstanceId.NotFound"), "InvalidInstanceId.NotFound"],
        [unknown("RequestLimitExceeded.PerSecond"), "RequestLimitExceeded.PerSecond"]
      ] as const
    )("of %s is %s", (error, expected) => {
      assert.strictEqual(status(error), expected)
    })

    it("takes the handlers first", () => {
      const handle = TencentError.matchKind<Declared | TencentError.UnknownErrorCode, {
        notFound: () => number
        balance: () => number
        busy: () => number
        unknown: () => number
      }>({ notFound: () => 1, balance: () => 2, busy: () => 3, unknown: () => 4 })
      assert.deepStrictEqual([notFound(), unknown("X")].map(handle), [1, 4])
    })
  })

  describe("the rest of the library", () => {
    it.effect("handles its errors by kind, by category and by outcome", () =>
      Effect.gen(function*() {
        assert.strictEqual(yield* caught(notFound()), "kind")
        assert.strictEqual(yield* caught(unknown("ResourceNotFound.Topic")), "kind")
        assert.strictEqual(yield* caught(unknown("RequestLimitExceeded.X")), "category")
        assert.strictEqual(yield* caught(TencentError.make("InternalError")), "outcome")
        assert.isTrue(Exit.isFailure(yield* Effect.exit(caught(TencentError.make("ResourceInUse")))))
      }))

    it.each(ErrorCode.catalogue)(
      "explains $code in the words of its kind, not in those of API 2.0",
      ({ code, kind }) => {
        const explained = Failure.explain(TencentError.make(code))
        assert.deepStrictEqual(
          explained,
          Failure.explain({ _tag: "X", kind, code: "X", outcome: TencentError.make(code).outcome })
        )
      }
    )

    it.each([
      [TencentError.make("RequestLimitExceeded"), "Retry", "Retry"],
      [unknown("RequestLimitExceeded.X"), "Retry", "Retry"],
      [TencentError.make("RequestLimitExceeded.RepeatRequest", "throttled"), "Retry", "Stop"],
      [TencentError.make("InternalError"), "Retry", "Stop"],
      [TencentError.make("InternalError.DataNotFound", "notFound"), "Stop", "Stop"],
      [TencentError.make("AuthFailure.SignatureExpire"), "Retry", "Retry"],
      [TencentError.make("ServiceUnavailable"), "Retry", "Retry"],
      [TencentError.make("ResourceInUse"), "Stop", "Stop"],
      [unknown("Strange.Timeout"), "Stop", "Stop"]
    ])("decides about a retry of %s: idempotent %s, else %s", (error, idempotent, mutating) => {
      assert.strictEqual(TencentRetry.decide(error, { idempotent: true })._tag, idempotent)
      assert.strictEqual(TencentRetry.decide(error, { idempotent: false })._tag, mutating)
    })

    it("repeats no mutating call on the strength of a declared code's name", () => {
      const repeated = declaredCodes.filter(({ code, kind }) =>
        TencentRetry.decide(TencentError.make(code, kind), { idempotent: false })._tag === "Retry"
      )
      const families = new Set(repeated.map(({ code }) => ErrorCode.familyOf(code)))
      for (const family of families) {
        assert.strictEqual(ErrorCode.outcomeOf(family, ErrorCode.kindOf(family)), "notRun", family)
      }
      assert.isTrue(repeated.every(({ code, kind }) => ErrorCode.outcomeOf(code, kind) === "notRun"))
    })

    it.effect("retries by code and by kind", () =>
      Effect.gen(function*() {
        let attempts = 0
        const call: Effect.Effect<string, All> = Effect.suspend(() =>
          ++attempts < 3
            ? Effect.fail(TencentError.make("OperationDenied.InstanceOperationInProgress", "busy"))
            : Effect.succeed("done")
        )
        const once = Schedule.recurs(1)
        const policy = TencentRetry.orElse(
          TencentRetry.make({ "InvalidInstanceId.NotFound": once }),
          TencentRetry.byKind({ busy: Schedule.recurs(2) })
        )
        assert.strictEqual(yield* call.pipe(TencentRetry.retry(policy)), "done")
        assert.strictEqual(attempts, 3)
      }))
  })
})
