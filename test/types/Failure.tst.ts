/**
 * The handlers by kind, by category and by outcome: what they receive, and what stays in the error type.
 */
import { Effect, Schema } from "effect"
import { Failure, type TencentError } from "effect-tencentcloud"
import { describe, expect, test } from "tstyche"

class Foreign extends Schema.TaggedError<Foreign>()("Foreign", {}) {}
class HandlerError extends Schema.TaggedError<HandlerError>()("HandlerError", {}) {}

class QueueNotFound extends Failure.define<QueueNotFound>()("QueueNotFound", { kind: "notFound" }) {}
class QueueLocked extends Failure.define<QueueLocked>()("QueueLocked", { kind: "busy", retryClass: "transient" }) {}

type All = TencentError.TencentError | QueueNotFound | QueueLocked
type Without<Tags extends All["_tag"]> = Exclude<All, { readonly _tag: Tags }>

declare const call: Effect.Effect<string, All>
declare const mixed: Effect.Effect<string, All | Foreign>
declare const error: All

describe("own classes", () => {
  test("have literal kinds, categories and retry classes", () => {
    const locked = new QueueLocked({ code: 4440 })
    expect(locked._tag).type.toBe<"QueueLocked">()
    expect(locked.kind).type.toBe<"busy">()
    expect(locked.category).type.toBe<"Resource">()
    expect(locked.retryClass).type.toBe<"transient">()
    expect(locked.code).type.toBe<string | number>()
    expect(new QueueNotFound({ code: 1 }).retryClass).type.toBe<"never">()
  })

  test("take a code, an outcome, and what a response says", () => {
    expect(QueueLocked).type.toBeConstructableWith({ code: 4440, message: "wait", outcome: "unknown" })
    expect(QueueLocked).type.not.toBeConstructableWith({})
    expect(QueueLocked).type.not.toBeConstructableWith({ code: 4440, kind: "busy" })
  })

  test("have a kind of the table, and a misspelt one is named", () => {
    // @ts-expect-error Type '"bussy"' is not assignable to type
    Failure.define<QueueLocked>()("QueueLocked", { kind: "bussy" })
    // @ts-expect-error Type '"sometimes"' is not assignable to type
    Failure.define<QueueLocked>()("QueueLocked", { kind: "busy", retryClass: "sometimes" })
    // @ts-expect-error Type '"notSent"' is not assignable to type
    Failure.define<QueueLocked>()("QueueLocked", { kind: "busy", outcome: "notSent" })
  })
})

describe("kinds", () => {
  test("catchKind removes exactly the classes of the kind, one's own among them", () => {
    const handled = mixed.pipe(Failure.catchKind("notFound", (e) => {
      expect(e).type.toBe<TencentError.ResourceNotFound | QueueNotFound>()
      return Effect.fail(new HandlerError())
    }))
    expect(handled).type.toBe<
      Effect.Effect<string, Without<"ResourceNotFound" | "QueueNotFound"> | Foreign | HandlerError>
    >()
    expect(Failure.catchKind(mixed, "busy", () => Effect.succeed(1))).type.toBe<
      Effect.Effect<string | number, Without<"QueueLocked"> | Foreign>
    >()
  })

  test("an UnknownErrorCode of the kind is narrowed for the handler, and stays", () => {
    const handled = call.pipe(Failure.catchKind("internal", (e) => {
      expect(e._tag).type.toBe<"InternalError" | "UnknownErrorCode">()
      expect(e.kind).type.toBe<"internal">()
      return Effect.succeed(1)
    }))
    expect(handled).type.toBe<Effect.Effect<string | number, Without<"InternalError">>>()
  })

  test("several kinds, twice, and in the middle of a pipe", () => {
    const handled = mixed.pipe(
      Effect.map((text) => text.length),
      Failure.catchKind(["notFound", "busy"], (e) => Effect.succeed(e.code)),
      Failure.catchKind("throttled", (e) => {
        expect(e).type.toBe<TencentError.QuotaExceeded>()
        return Effect.succeed(e.code)
      }),
      Effect.map((n) => n)
    )
    type Tags = "ResourceNotFound" | "QueueNotFound" | "QueueLocked" | "QuotaExceeded"
    expect(handled).type.toBe<Effect.Effect<string | number, Without<Tags> | Foreign>>()
  })

  test("a kind that no class has leaves nothing to handle", () => {
    const handled = call.pipe(Failure.catchKind("dryRun", (e) => {
      expect(e).type.toBe<never>()
      return Effect.succeed(1)
    }))
    expect(handled).type.toBe<Effect.Effect<string | number, All>>()
  })

  test("isKind is a refinement", () => {
    if (Failure.isKind("busy")(error)) expect(error).type.toBe<QueueLocked>()
    expect(Effect.catchIf(mixed, Failure.isKind("throttled"), () => Effect.succeed("slow"))).type.toBe<
      Effect.Effect<string, Without<"QuotaExceeded"> | Foreign>
    >()
  })

  test("a misspelt kind is named", () => {
    // @ts-expect-error Argument of type '"notFond"' is not assignable
    call.pipe(Failure.catchKind("notFond", () => Effect.succeed(1)))
    // @ts-expect-error Argument of type '("notFound" | "notFond")[]' is not assignable
    call.pipe(Failure.catchKind(["notFound", "notFond"], () => Effect.succeed(1)))
    // @ts-expect-error Argument of type '"notFond"' is not assignable
    Failure.isKind("notFond")
    expect(Failure.catchKind).type.not.toBeCallableWith(call, "notFond", () => Effect.succeed(1))
  })
})

describe("categories", () => {
  type AuthorizationTags = "UnauthorizedApi" | "UnauthorizedResource" | "UnauthorizedApiResource" | "AccessDenied"
  type ResourceTags = "ResourceNotFound" | "ResourceOperationFailed" | "QueueNotFound" | "QueueLocked"

  test("catchCategory removes exactly the classes of the category", () => {
    const handled = mixed.pipe(Failure.catchCategory("Authorization", (e) => {
      expect(e).type.toBe<TencentError.ByTag<AuthorizationTags>>()
      return Effect.fail(new HandlerError())
    }))
    expect(handled).type.toBe<Effect.Effect<string, Without<AuthorizationTags> | Foreign | HandlerError>>()
    expect(Failure.catchCategory(mixed, "Authorization", () => Effect.succeed(1))).type.toBe<
      Effect.Effect<string | number, Without<AuthorizationTags> | Foreign>
    >()
  })

  test("one's own classes take part, and an UnknownErrorCode stays", () => {
    const handled = call.pipe(Failure.catchCategory("Resource", (e) => {
      expect(e._tag).type.toBe<ResourceTags | "UnknownErrorCode">()
      expect(e.category).type.toBe<"Resource">()
      return Effect.succeed(1)
    }))
    expect(handled).type.toBe<Effect.Effect<string | number, Without<ResourceTags>>>()
  })

  test("several categories", () => {
    const handled = mixed.pipe(Failure.catchCategory(["Billing", "Throttling"], (e) => Effect.succeed(e._tag)))
    type Tags = "ResourcePurchaseFailed" | "InsufficientBalance" | "IdentityNotVerified" | "QuotaExceeded"
    expect(handled).type.toBe<Effect.Effect<string, Without<Tags> | Foreign>>()
  })

  test("isCategory is a refinement", () => {
    if (Failure.isCategory("Partial")(error)) expect(error).type.toBe<TencentError.PartialSuccess>()
  })

  test("a misspelt category is named", () => {
    // @ts-expect-error Argument of type '"Authorisation"' is not assignable
    call.pipe(Failure.catchCategory("Authorisation", () => Effect.succeed(1)))
    // @ts-expect-error Argument of type '"Authorisation"' is not assignable
    Failure.isCategory("Authorisation")
    expect(Failure.catchCategory).type.not.toBeCallableWith(call, "Authorisation", () => Effect.succeed(1))
  })
})

describe("outcomes", () => {
  test("catchOutcomeUnknown receives every error with an outcome, and the error type stays", () => {
    const handled = mixed.pipe(Failure.catchOutcomeUnknown((e) => {
      expect(e).type.toBe<All>()
      return Effect.fail(new HandlerError())
    }))
    expect(handled).type.toBe<Effect.Effect<string, All | Foreign | HandlerError>>()
    expect(Failure.catchOutcomeUnknown(mixed, () => Effect.succeed(1))).type.toBe<
      Effect.Effect<string | number, All | Foreign>
    >()
  })

  test("a misspelt outcome is named", () => {
    // @ts-expect-error have no overlap
    Effect.retry(call, { while: (error) => error.outcome === "notSent" })
  })
})

describe("explain", () => {
  test("takes every error of a call", () => {
    expect(Failure.explain).type.toBeCallableWith(error)
    expect(Failure.explain(error, "zh").docs).type.toBe<string | undefined>()
    expect(Failure.explain).type.not.toBeCallableWith(new Foreign())
  })
})
