import { assert, describe, it } from "@effect/vitest"
import { ErrorCode, ErrorKind, Failure, TencentError, TencentRetry } from "effect-tencentcloud"
import { TencentClient } from "effect-tencentcloud/client"
import * as ErrorKindText from "effect-tencentcloud/ErrorKindText"
import { TencentAction } from "effect-tencentcloud/v2"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as Exit from "effect/Exit"
import * as Hash from "effect/Hash"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { errorCodeText } from "../src/internal/errorCodeText.ts"
import { type AnyError, clientErrors, everyError, full, make, QueueNotFound, tags } from "./support/errors.ts"

class Foreign extends Schema.TaggedError<Foreign>()("Foreign", {}) {}

const kinds = Object.keys(ErrorKind.table) as ReadonlyArray<ErrorKind.ErrorKind>

const categories = [...new Set(Object.values(ErrorKind.table).map(({ category }) => category))]

const failing = () => Effect.fail("handler")

const same = <E>(error: E) => Effect.succeed(error)

/** What no handler of this module takes for one of its errors. */
const foreigners: ReadonlyArray<readonly [name: string, error: unknown]> = [
  ["another class", new Foreign()],
  ["a kind that does not exist", { kind: "toString", category: "toString", outcome: "toString" }],
  ["a text", "notFound"],
  ["null", null],
  ["undefined", undefined]
]

/** The success, or the failure, of handling `error`. */
const handled = <A, E>(effect: Effect.Effect<A, E>): Effect.Effect<A | E> =>
  Effect.catch(effect, (error) => Effect.succeed(error))

// ---------------------------------------------------------------------------------------------------------------------

describe("every error", () => {
  it.each(everyError)("%s has the meaning of its kind", (_, error) => {
    assert.strictEqual(error.category, ErrorKind.table[error.kind].category)
    assert.include(ErrorKind.outcomes, error.outcome)
    assert.instanceOf(error, Error)
  })

  it("is of one of all classes", () => {
    const found = new Set(everyError.map(([, error]) => error._tag))
    assert.sameMembers([...found], [
      ...tags,
      "QueueNotFound",
      "TransportFailure",
      "UnexpectedStatus",
      "InvalidRequest",
      "CredentialsUnavailable"
    ])
  })
})

describe("kinds", () => {
  it.effect.each(kinds)("catchKind(%s) handles its errors and no others", (kind) =>
    Effect.gen(function*() {
      for (const [name, error] of everyError) {
        const effect: Effect.Effect<string, AnyError> = Effect.fail(error)
        for (
          const catching of [
            effect.pipe(Failure.catchKind(kind, same)),
            Failure.catchKind(effect, kind, same),
            Failure.catchKind(effect, [kind], same)
          ]
        ) {
          const exit = yield* Effect.exit(catching)
          assert.deepStrictEqual<unknown>(exit, error.kind === kind ? Exit.succeed(error) : Exit.fail(error), name)
        }
        assert.strictEqual(Failure.isKind(kind)(error), error.kind === kind, name)
      }
    }))

  it.effect("catchKind takes several kinds, and none", () =>
    Effect.gen(function*() {
      for (const [name, error] of everyError) {
        const effect: Effect.Effect<string, AnyError> = Effect.fail(error)
        const two = yield* handled(
          effect.pipe(Failure.catchKind(["notFound", "balance"], ({ kind }) => Effect.succeed(kind)))
        )
        assert.strictEqual(two, error.kind === "notFound" || error.kind === "balance" ? error.kind : error, name)
        assert.strictEqual(yield* handled(Failure.catchKind(effect, [], () => Effect.succeed("caught"))), error)
      }
    }))

  it.effect.each(foreigners)("leave %s alone", ([, error]) =>
    Effect.gen(function*() {
      assert.strictEqual(yield* Effect.flip(Failure.catchKind(Effect.fail(error), "notFound", failing)), error)
      assert.isFalse(Failure.isKind("notFound")(error))
    }))
})

describe("categories", () => {
  it.effect.each(categories)(
    "catchCategory(%s) handles its errors and no others",
    (category) =>
      Effect.gen(function*() {
        for (const [name, error] of everyError) {
          const effect: Effect.Effect<string, AnyError> = Effect.fail(error)
          for (
            const catching of [
              effect.pipe(Failure.catchCategory(category, same)),
              Failure.catchCategory(effect, category, same),
              Failure.catchCategory(effect, [category], same)
            ]
          ) {
            const exit = yield* Effect.exit(catching)
            assert.deepStrictEqual<unknown>(
              exit,
              error.category === category ? Exit.succeed(error) : Exit.fail(error),
              name
            )
          }
          assert.strictEqual(Failure.isCategory(category)(error), error.category === category, name)
        }
      })
  )

  it("have an error each", () => {
    assert.sameMembers([...new Set(everyError.map(([, error]) => error.category))], categories)
  })

  it.effect("catchCategory takes several categories, and none", () =>
    Effect.gen(function*() {
      for (const [name, error] of everyError) {
        const effect: Effect.Effect<string, AnyError> = Effect.fail(error)
        const two = yield* handled(
          effect.pipe(Failure.catchCategory(["Billing", "Throttling"], (e) => Effect.succeed(e.category)))
        )
        const inTwo = error.category === "Billing" || error.category === "Throttling"
        assert.strictEqual(two, inTwo ? error.category : error, name)
        assert.strictEqual(yield* handled(Failure.catchCategory(effect, [], () => Effect.succeed("caught"))), error)
      }
    }))

  it.effect.each(foreigners)("leave %s alone", ([, error]) =>
    Effect.gen(function*() {
      assert.strictEqual(yield* Effect.flip(Failure.catchCategory(Effect.fail(error), "Server", failing)), error)
      assert.isFalse(Failure.isCategory("Server")(error))
    }))
})

describe("catchOutcomeUnknown", () => {
  it.effect.each(everyError)("handles %s unless nothing ran", ([, error]) =>
    Effect.gen(function*() {
      const effect: Effect.Effect<string, AnyError> = Effect.fail(error)
      for (
        const catching of [effect.pipe(Failure.catchOutcomeUnknown(same)), Failure.catchOutcomeUnknown(effect, same)]
      ) {
        const exit = yield* Effect.exit(catching)
        assert.deepStrictEqual<unknown>(exit, error.outcome === "notRun" ? Exit.fail(error) : Exit.succeed(error))
      }
    }))

  it.effect.each(foreigners)("leaves %s alone", ([, error]) =>
    Effect.gen(function*() {
      assert.strictEqual(yield* Effect.flip(Failure.catchOutcomeUnknown(Effect.fail(error), failing)), error)
    }))
})

type Handle = (effect: Effect.Effect<number, AnyError>) => Effect.Effect<number, AnyError | string>

const handlersOfServerErrors: ReadonlyArray<readonly [name: string, handle: Handle]> = [
  ["catchKind", Failure.catchKind("internal", failing)],
  ["catchCategory", Failure.catchCategory("Server", failing)],
  ["catchOutcomeUnknown", Failure.catchOutcomeUnknown(failing)]
]

describe.each(handlersOfServerErrors)("%s", (_, handle) => {
  it.effect("lets its handler fail", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* Effect.flip(handle(Effect.fail(make("InternalError")))), "handler")
    }))

  it.effect("leaves successes, defects and interruption alone", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* handle(Effect.succeed(1)), 1)
      const defect = make("InternalError")
      assert.deepStrictEqual(yield* Effect.exit(handle(Effect.die(defect))), Exit.die(defect))
      const interrupted = yield* Effect.exit(handle(Effect.interrupt))
      assert.isTrue(Exit.isFailure(interrupted) && Cause.hasInterruptsOnly(interrupted.cause))
    }))
})

// ---------------------------------------------------------------------------------------------------------------------

describe("explain", () => {
  const languages: ReadonlyArray<ErrorKindText.Language> = ["en", "ko", "zh"]

  it.each(ErrorCode.catalogue)("has the words of $tag in three languages", ({ tag }) => {
    const own = errorCodeText[tag]
    assert.isDefined(own)
    if (own === undefined) return
    const { docs } = own
    assert.deepStrictEqual(Failure.explain(make(tag)), { ...own.en, docs })
    for (const language of languages) {
      assert.deepStrictEqual(Failure.explain(make(tag), language), { ...own[language], docs })
    }
  })

  const others = everyError.filter(([, error]) => !(error._tag in errorCodeText))
  it.each(others)("has the words of the kind of %s in three languages", (_, error) => {
    assert.strictEqual(Failure.explain(error).name, ErrorKindText.table[error.kind].en.name)
    for (const language of languages) {
      const { name, remedy } = Failure.explain(error, language)
      assert.strictEqual(name, ErrorKindText.table[error.kind][language].name)
      assert.isTrue(remedy.startsWith(ErrorKindText.table[error.kind][language].remedy))
    }
  })

  it.each<readonly [kind: ErrorKind.ErrorKind, outcome: ErrorKind.Outcome, adds: boolean]>([
    ["throttled", "notRun", false],
    ["throttled", "unknown", true],
    ["notFound", "ran", true],
    ["transport", "notRun", false],
    ["transport", "unknown", true],
    // Their own words say it already.
    ["internal", "unknown", false],
    ["partial", "partial", false],
    ["malformed", "ran", false]
  ])("sends the reader of %s with the outcome %s to the state of the resource: %s more", (kind, outcome, adds) => {
    for (const language of languages) {
      const { remedy } = ErrorKindText.table[kind][language]
      const explained = Failure.explain({ _tag: "Own", kind, outcome }, language)
      assert.strictEqual(explained.remedy, adds ? `${remedy} ${ErrorKindText.mayHaveRun[language]}` : remedy)
    }
  })

  it("does not take a class of the same name for one of a documented code", () => {
    class InternalError extends Failure.define<InternalError>()("InternalError", { kind: "overload" }) {}
    assert.deepStrictEqual(
      Failure.explain(new InternalError({ code: "InternalError" })),
      ErrorKindText.table.overload.en
    )
    const named = { _tag: "constructor", kind: "notFound", code: 5000, outcome: "notRun" } as const
    assert.deepStrictEqual(Failure.explain(named), ErrorKindText.table.notFound.en)
  })
})

// ---------------------------------------------------------------------------------------------------------------------

describe("define", () => {
  it.each(kinds)("a class of kind %s means what its kind means", (kind) => {
    class Own extends Failure.define<Own>()("Own", { kind }) {}
    const error = new Own({ code: 4440 })
    const { category, outcome, retryClass } = ErrorKind.table[kind]
    assert.deepStrictEqual(
      [error._tag, error.name, error.code, error.message, error.kind, error.category, error.retryClass, error.outcome],
      ["Own", "Own", 4440, "", kind, category, retryClass, outcome]
    )
    assert.strictEqual(Own.usualOutcome, outcome)
    assert.strictEqual(Own.tag, "Own")
  })

  class StillThere extends Failure.define<StillThere>()("StillThere", {
    kind: "operationFailed",
    retryClass: "throttled",
    outcome: "notRun"
  }) {}

  it("a class can say where it differs from its kind", () => {
    const { category, kind, outcome, retryClass } = new StillThere({ code: "Still" })
    assert.deepStrictEqual([kind, category, retryClass, outcome], [
      "operationFailed",
      "Resource",
      "throttled",
      "notRun"
    ])
    assert.strictEqual(new StillThere({ code: "Still", outcome: "ran" }).outcome, "ran")
  })

  it("an instance has all that an error of a response has", () => {
    const { action, body, codeDesc, message, moduleCode, requestId } = new StillThere({ code: 4441, ...full() })
    const { body: expected, ...rest } = full()
    assert.deepStrictEqual({ action, codeDesc, message, moduleCode, requestId }, rest)
    assert.deepStrictEqual(body && Redacted.value(body), expected && Redacted.value(expected))
  })

  it.effect("an instance is an error of an effect, and Effect handles it", () =>
    Effect.gen(function*() {
      const error = new QueueNotFound({ code: 4440 })
      const effect = Effect.gen(function*() {
        return yield* error
      })
      assert.strictEqual(yield* Effect.catchTag(effect, "QueueNotFound", (e) => Effect.succeed(e)), error)
    }))

  it("two classes of one tag are not equal", () => {
    class ResourceNotFound extends Failure.define<ResourceNotFound>()("ResourceNotFound", { kind: "notFound" }) {}
    const own = new ResourceNotFound({ code: 5000 })
    const documented = new TencentError.ResourceNotFound()
    assert.isTrue(Equal.equals(own, new ResourceNotFound({ code: 5000 })))
    assert.isFalse(Equal.equals(own, documented))
    assert.isFalse(Equal.equals(documented, own))
    class MalformedResponse extends Failure.define<MalformedResponse>()("MalformedResponse", { kind: "malformed" }) {}
    assert.isFalse(TencentError.isTencentError(new MalformedResponse({ code: 1 })))
  })

  it("refuses what it cannot be", () => {
    assert.throws(() => new QueueNotFound({} as { code: number }))
    assert.throws(() => new QueueNotFound({ code: NaN }))
    assert.throws(() => new QueueNotFound({ code: 4440, outcome: "maybe" as "ran" }))
  })
})

// ---------------------------------------------------------------------------------------------------------------------

const SendMessage = TencentAction.make("SendMessage", {
  module: "cmq-queue",
  request: Schema.Struct({}),
  response: Schema.Struct({}),
  errors: { 4440: QueueNotFound }
})

/** What must be the same on the other side of a process, a queue or a store. */
const assertSame = (back: AnyError, error: AnyError): void => {
  assert.isTrue(Equal.equals(back, error))
  assert.isTrue(Equal.equals(error, back))
  assert.strictEqual(Hash.hash(back), Hash.hash(error))
  assert.strictEqual(back.constructor, error.constructor)
  assert.deepStrictEqual(
    [back.kind, back.category, back.retryClass, back.outcome, back.action],
    [error.kind, error.category, error.retryClass, error.outcome, error.action]
  )
  for (const idempotent of [true, false]) {
    assert.deepStrictEqual(TencentRetry.decide(back, { idempotent }), TencentRetry.decide(error, { idempotent }))
  }
  assert.deepStrictEqual(back.toJSON(), error.toJSON())
  assert.strictEqual(String(back), String(error))
}

describe("through JSON", () => {
  it.effect.each(everyError)("%s stays itself, by the schema of an action", ([, error]) =>
    Effect.gen(function*() {
      const codec = Schema.fromJsonString(Schema.toCodecJson(SendMessage.error))
      const back = yield* Schema.decodeEffect(codec)(yield* Schema.encodeEffect(codec)(error))
      assertSame(back, error)
    }))

  it.effect.each(clientErrors)(
    "%s stays itself, by the schema of the client's errors",
    ([, error]) =>
      Effect.gen(function*() {
        const codec = Schema.fromJsonString(Schema.toCodecJson(TencentClient.ClientError))
        const back = yield* Schema.decodeEffect(codec)(yield* Schema.encodeEffect(codec)(error))
        assertSame(back, error)
      })
  )

  it.effect("an error of a test is one of a response", () =>
    Effect.gen(function*() {
      const error = SendMessage.error.make("4440", { message: "(10100) none", requestId: "r-1" })
      assert.instanceOf(error, QueueNotFound)
      assert.deepStrictEqual([error.action, error.requestId], ["cmq-queue.SendMessage", "r-1"])
      const codec = Schema.fromJsonString(Schema.toCodecJson(SendMessage.error))
      const back = yield* Schema.decodeEffect(codec)(yield* Schema.encodeEffect(codec)(error))
      assertSame(back, error)
    }))
})
