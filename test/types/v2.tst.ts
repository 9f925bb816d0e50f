/**
 * The errors and responses of API 2.0 as the compiler sees them.
 */
import { Effect, type Redacted, Schema } from "effect"
import { ErrorCode, ErrorKind, Failure, TencentError, TencentResponse } from "effect-tencentcloud"
import { describe, expect, test } from "tstyche"

class Foreign extends Schema.TaggedError<Foreign>()("Foreign", {}) {}

class HandlerError extends Schema.TaggedError<HandlerError>()("HandlerError", {}) {}

class QueueNotFound extends Failure.define<QueueNotFound>()("QueueNotFound", { kind: "notFound" }) {}

class QueueLocked extends Failure.define<QueueLocked>()("QueueLocked", { kind: "busy" }) {}

type All = TencentError.TencentError
type Without<Tags extends TencentError.Tag> = Exclude<All, { readonly _tag: Tags }>

declare const call: Effect.Effect<string, All>
declare const mixed: Effect.Effect<string, All | Foreign>
declare const error: All

declare const maybeHandler: (() => number) | undefined

declare const body: Redacted.Redacted<unknown>

declare const takesText: (text: string) => void

declare const handlers: { readonly [T in TencentError.Tag]: (error: TencentError.ByTag<T>) => T }

/** The handlers of all tags but two. */
declare const most: Omit<typeof handlers, "QuotaExceeded" | "InternalError">

declare const effects: {
  readonly [T in TencentError.Tag]: (error: TencentError.ByTag<T>) => Effect.Effect<T, HandlerError>
}

describe("the union", () => {
  test("has 24 members", () => {
    expect<TencentError.Tag>().type.toBe<ErrorCode.Tag | "UnknownErrorCode" | "MalformedResponse">()
    expect<TencentError.ApiError["_tag"]>().type.toBe<ErrorCode.Tag>()
    expect<All>().type.toBe<TencentError.ApiError | TencentError.UnknownErrorCode | TencentError.MalformedResponse>()
    expect<typeof TencentError.TencentError.Type>().type.toBe<All>()
    expect<TencentError.ByTag<"ReplayAttack" | "MfaFailed">>().type.toBe<
      TencentError.ReplayAttack | TencentError.MfaFailed
    >()
  })

  test("narrows by tag", () => {
    if (error._tag === "QuotaExceeded") {
      expect(error).type.toBe<TencentError.QuotaExceeded>()
      expect(error.code).type.toBe<4400>()
    } else {
      expect(error).type.toBe<Without<"QuotaExceeded">>()
    }
    if (error._tag === "MalformedResponse") expect(error.code).type.toBe<string | number | undefined>()
  })

  test("isTencentError narrows an unknown value", () => {
    const u: unknown = error
    if (TencentError.isTencentError(u)) expect(u).type.toBe<All>()
  })
})

describe("the classes", () => {
  test("have literal categories and retry classes", () => {
    type Literals<T extends TencentError.Tag> = {
      readonly [K in T]: readonly [TencentError.ByTag<K>["category"], TencentError.ByTag<K>["retryClass"]]
    }
    expect<Literals<ErrorCode.Tag>>().type.toBe<{
      readonly InvalidParameter: readonly ["Request", "never"]
      readonly AuthenticationFailed: readonly ["Authentication", "credentials"]
      readonly UnauthorizedApi: readonly ["Authorization", "never"]
      readonly UnauthorizedResource: readonly ["Authorization", "never"]
      readonly UnauthorizedApiResource: readonly ["Authorization", "never"]
      readonly SecretIdNotFound: readonly ["Authentication", "credentials"]
      readonly InvalidToken: readonly ["Authentication", "credentials"]
      readonly MfaFailed: readonly ["Authentication", "never"]
      readonly CamAuthenticationFailed: readonly ["Authentication", "never"]
      readonly AccessDenied: readonly ["Authorization", "never"]
      readonly QuotaExceeded: readonly ["Throttling", "throttled"]
      readonly ReplayAttack: readonly ["Replay", "replay"]
      readonly UnsupportedProtocol: readonly ["Request", "never"]
      readonly ResourceNotFound: readonly ["Resource", "never"]
      readonly ResourceOperationFailed: readonly ["Resource", "transient"]
      readonly ResourcePurchaseFailed: readonly ["Billing", "never"]
      readonly InsufficientBalance: readonly ["Billing", "never"]
      readonly PartialSuccess: readonly ["Partial", "never"]
      readonly IdentityNotVerified: readonly ["Billing", "never"]
      readonly InternalError: readonly ["Server", "transient"]
      readonly UnsupportedVersion: readonly ["Request", "never"]
      readonly ApiUnavailable: readonly ["Server", "maintenance"]
    }>()
    expect<Literals<"UnknownErrorCode" | "MalformedResponse">>().type.toBe<{
      readonly UnknownErrorCode: readonly [
        "Request" | "Authentication" | "Replay" | "Resource" | "Server" | "Unknown",
        "never"
      ]
      readonly MalformedResponse: readonly ["Response", "never"]
    }>()
    expect<{ readonly [T in ErrorCode.Tag]: TencentError.ByTag<T>["code"] }>().type.toBe<
      { readonly [T in ErrorCode.Tag]: Extract<ErrorCode.CatalogueRow, { readonly tag: T }>["code"] }
    >()
  })

  test("take a message and what else a response says, and no code", () => {
    expect(TencentError.QuotaExceeded).type.toBeConstructableWith({})
    expect(TencentError.QuotaExceeded).type.toBeConstructableWith({
      message: "slow",
      codeDesc: "d",
      moduleCode: 1,
      requestId: "r",
      outcome: "unknown",
      action: "cvm.RunInstances",
      body
    })
    expect(TencentError.QuotaExceeded).type.toBeConstructableWith()
    expect(TencentError.QuotaExceeded).type.not.toBeConstructableWith({ outcome: "notSent" })
    expect(TencentError.QuotaExceeded).type.not.toBeConstructableWith({ body: {} })
    expect(TencentError.QuotaExceeded).type.not.toBeConstructableWith({ message: 1 })
    expect(TencentError.QuotaExceeded).type.not.toBeConstructableWith({ requestId: 12354 })
    expect(TencentError.UnknownErrorCode).type.toBeConstructableWith({ code: 4440 })
    expect(TencentError.UnknownErrorCode).type.not.toBeConstructableWith({ message: "" })
    expect(TencentError.QuotaExceeded.code).type.toBe<4400>()
    expect(error.message).type.toBe<string>()
    expect(error.requestId).type.toBe<string | undefined>()
    expect(error.action).type.toBe<string | undefined>()
    expect(error.outcome).type.toBe<"notRun" | "ran" | "partial" | "unknown">()
    expect(error.body).type.toBe<Redacted.Redacted<unknown> | undefined>()
  })

  test("are the errors of a generator", () => {
    const program = Effect.gen(function*() {
      return yield* new TencentError.ReplayAttack({})
    })
    expect(program).type.toBe<Effect.Effect<never, TencentError.ReplayAttack>>()
  })
})

describe("the catalogue", () => {
  test("rows are literals", () => {
    const row = ErrorCode.fromTag("ReplayAttack")
    expect(row.code).type.toBe<4500>()
    expect(row.tag).type.toBe<"ReplayAttack">()
    expect(row.kind).type.toBe<"replay">()
    expect(ErrorKind.table[row.kind].category).type.toBe<"Replay">()
    expect(ErrorCode.fromTag).type.not.toBeCallableWith("UnknownErrorCode")
  })
})

describe("Effect", () => {
  test("catchTag and catchTags remove what they handle", () => {
    expect(Effect.catchTag(call, "QuotaExceeded", () => Effect.succeed(1))).type.toBe<
      Effect.Effect<string | number, Without<"QuotaExceeded">>
    >()
    expect(mixed.pipe(Effect.catchTags({
      AccessDenied: (e) => {
        expect(e).type.toBe<TencentError.AccessDenied>()
        return Effect.succeed("denied")
      },
      MalformedResponse: () => Effect.fail(new HandlerError())
    }))).type.toBe<Effect.Effect<string, Without<"AccessDenied" | "MalformedResponse"> | Foreign | HandlerError>>()
    expect(Effect.catchTag).type.not.toBeCallableWith(call, "QuotaExceded", () => Effect.succeed(1))
  })
})

describe("match", () => {
  test("joins what the handlers return", () => {
    expect(TencentError.match(error, handlers)).type.toBe<TencentError.Tag>()
    expect(TencentError.match(handlers)).type.toBe<(error: All) => TencentError.Tag>()
    expect(TencentError.match(error, { ...handlers, InternalError: () => 1 })).type.toBe<
      Exclude<TencentError.Tag, "InternalError"> | number
    >()
    TencentError.match(error, {
      ...most,
      InternalError: () => 1,
      QuotaExceeded: (e) => expect(e).type.toBe<TencentError.QuotaExceeded>()
    })
  })

  test("names the tag that is missing", () => {
    const missing = { ...most, InternalError: () => 1 }
    // @ts-expect-error Property 'QuotaExceeded' is missing
    TencentError.match(error, missing)
    // @ts-expect-error Property 'QuotaExceeded' is missing
    TencentError.match(missing)
  })

  test("names the key that is not a tag", () => {
    const extra = { ...handlers, QuotaExceded: () => 1 }
    // @ts-expect-error QuotaExceded is not a tag of TencentError
    TencentError.match(error, extra)
    // @ts-expect-error QuotaExceded is not a tag of TencentError
    TencentError.match(extra)
    // @ts-expect-error QuotaExceded is not a tag of TencentError
    TencentError.match(error, { ...handlers, QuotaExceded: () => 1 })
  })

  test("matchOrElse leaves the rest to the default", () => {
    expect(TencentError.matchOrElse(error, { QuotaExceeded: () => 1, InternalError: () => true }, (rest) => {
      expect(rest).type.toBe<Without<"QuotaExceeded" | "InternalError">>()
      return rest._tag
    })).type.toBe<number | boolean | Exclude<TencentError.Tag, "QuotaExceeded" | "InternalError">>()
    expect(TencentError.matchOrElse({ QuotaExceeded: (e) => e.code }, (rest) => rest)).type.toBe<
      (error: All) => 4400 | Without<"QuotaExceeded">
    >()
    // @ts-expect-error 'Quota' does not exist
    TencentError.matchOrElse(error, { Quota: () => 1 }, () => 2)
  })

  test("matchOrElse leaves the tag of a handler that may not be there to the default", () => {
    expect(TencentError.matchOrElse(error, { QuotaExceeded: maybeHandler }, (rest) => rest)).type.toBe<number | All>()
  })
})

describe("catchAllTags", () => {
  test("removes TencentError, joins the errors of the handlers, keeps foreign ones", () => {
    type Handled = Effect.Effect<string, Foreign | HandlerError>
    expect(mixed.pipe(TencentError.catchAllTags(effects))).type.toBe<Handled>()
    expect(TencentError.catchAllTags(mixed, effects)).type.toBe<Handled>()
    expect(call.pipe(TencentError.catchAllTags(effects))).type.toBe<Effect.Effect<string, HandlerError>>()
    expect(Effect.fail(new QueueNotFound({ code: 1 })).pipe(TencentError.catchAllTags(effects))).type.toBe<
      Effect.Effect<TencentError.Tag, QueueNotFound | HandlerError>
    >()
  })

  test("names the tag that is missing, and the key that is not a tag", () => {
    const { QuotaExceeded, ...missing } = effects
    // @ts-expect-error Property 'QuotaExceeded' is missing
    TencentError.catchAllTags(mixed, missing)
    // @ts-expect-error Property 'QuotaExceeded' is missing
    mixed.pipe(TencentError.catchAllTags(missing))
    // @ts-expect-error Foreign is not a tag of TencentError
    TencentError.catchAllTags(mixed, { ...missing, QuotaExceeded, Foreign: () => Effect.succeed(1) })
  })
})

describe("TencentResponse", () => {
  const Page = Schema.Struct({ totalCount: Schema.Number })

  test("decode returns the response or a TencentError", () => {
    type Decoded = Effect.Effect<{ readonly totalCount: number }, TencentError.TencentError, never>
    expect(TencentResponse.decode(Page)({})).type.toBe<Decoded>()
    expect(TencentResponse.decodeText(Page)("")).type.toBe<Decoded>()
    expect(TencentResponse.decode(Page, { successCodes: [1, "2"] })({})).type.toBe<Decoded>()
    expect(TencentResponse.decode(Page, { errors: {} })({})).type.toBe<Decoded>()
  })

  test("options.errors joins the error type", () => {
    class Odd extends Failure.define<Odd>()("Odd", { kind: "unknown" }) {}
    const errors = { 4440: QueueNotFound, Odd }
    expect(TencentResponse.decode(Page, { errors })({})).type.toBe<
      Effect.Effect<{ readonly totalCount: number }, All | QueueNotFound | Odd>
    >()
    expect(TencentResponse.decodeText(Page, { errors: { 4440: QueueNotFound } })("")).type.toBe<
      Effect.Effect<{ readonly totalCount: number }, All | QueueNotFound>
    >()
    expect(TencentResponse.decode).type.not.toBeCallableWith(Page, { errors: { 4440: Foreign } })
    expect(TencentResponse.decode).type.not.toBeCallableWith(Page, { errors: { 4440: Error } })
  })

  test("partial takes anything and returns typed members", () => {
    const batch = TencentResponse.partial(Page)({})
    expect(batch.succeeded).type.toBe<
      ReadonlyArray<{ readonly id: string; readonly value: { readonly totalCount: number } }>
    >()
    expect(batch.failed).type.toBe<ReadonlyArray<{ readonly id: string; readonly error: All }>>()
  })

  test("its types read well in a message", () => {
    const errors = { 4440: QueueNotFound, 4441: QueueLocked }
    // @ts-expect-error Argument of type 'Effect<{ readonly totalCount: number; }, TencentError, never>' is not assignable to parameter of type 'string'.
    takesText(TencentResponse.decode(Page)({}))
    // @ts-expect-error Argument of type 'Effect<{ readonly totalCount: number; }, QueueNotFound | QueueLocked | TencentError, never>' is not
    takesText(TencentResponse.decode(Page, { errors })({}))
    Effect.catch(TencentResponse.decode(Page)({}), (caught) => {
      // @ts-expect-error Argument of type 'TencentError' is not assignable to parameter of type 'string'.
      takesText(caught)
      return Effect.void
    })
    // @ts-expect-error Argument of type 'QuotaExceeded' is not assignable to parameter of type 'string'.
    takesText(new TencentError.QuotaExceeded({}))
  })
})
