/**
 * Calls as the compiler sees them: their errors, and the policies that their options take.
 */
import { Effect, Schedule, Schema } from "effect"
import { Failure, type TencentError, TencentRetry } from "effect-tencentcloud"
import { TencentClient } from "effect-tencentcloud/client"
import { TencentAction } from "effect-tencentcloud/v2"
import { describe, expect, test } from "tstyche"

class QueueNotFound extends Failure.define<QueueNotFound>()("QueueNotFound", { kind: "notFound" }) {}
class QueueLocked extends Failure.define<QueueLocked>()("QueueLocked", { kind: "busy" }) {}

const Describe = TencentAction.make("DescribeQueue", {
  module: "cmq",
  request: Schema.Struct({ queue: Schema.String }),
  response: Schema.Struct({ size: Schema.Number }),
  errors: { 4440: QueueNotFound, 4441: QueueLocked }
})
const Plain = TencentAction.make("DescribeZones", {
  module: "cvm",
  request: Schema.Struct({}),
  response: Schema.Struct({ totalCount: Schema.Number })
})

declare const client: TencentClient.TencentClient["Service"]
declare const takesText: (text: string) => void

const call = client.call(Describe, { queue: "a" })
const region = "ap-guangzhou"

/** A schedule that reads what no class of the library has. */
const readsMore = <const Tag extends string>(_tag: Tag) =>
  Schedule.recurs(1).pipe(Schedule.setInputType<{ readonly _tag: Tag; readonly more: string }>())

describe("a call", () => {
  test("fails with the errors of its action, and those of the client", () => {
    expect(call).type.toBe<
      Effect.Effect<
        { readonly size: number },
        TencentError.TencentError | QueueNotFound | QueueLocked | TencentClient.ClientError
      >
    >()
  })

  test("shows its errors as names", () => {
    // @ts-expect-error 'Effect<{ readonly size: number; }, QueueNotFound | QueueLocked | TencentError | ClientError, never>'
    takesText(call)
    // @ts-expect-error 'Effect<{ readonly totalCount: number; }, TencentError | ClientError, never>'
    takesText(client.call(Plain, {}))
    // @ts-expect-error 'Effect<{ readonly size: number; }, QueueNotFound | QueueLocked | TencentError | ClientError, never>'
    takesText(call.pipe(TencentRetry.retry(TencentRetry.idempotent)))
  })

  test("leaves what is not handled", () => {
    const handled = call.pipe(
      Failure.catchKind(["notFound", "busy"], (error) => {
        expect(error).type.toBe<TencentError.ResourceNotFound | QueueNotFound | QueueLocked>()
        return Effect.succeed({ size: 0 })
      }),
      Failure.catchCategory("Transport", (error) => {
        expect(error._tag).type.toBe<"TransportFailure" | "UnexpectedStatus">()
        return Effect.succeed({ size: 0 })
      })
    )
    type Left<E> = Exclude<
      E,
      { readonly _tag: "ResourceNotFound" | "QueueNotFound" | "QueueLocked" | "TransportFailure" }
    >
    // The category of an unexpected status depends on the status, so it stays.
    expect(handled).type.toBe<
      Effect.Effect<
        { readonly size: number } | { size: number },
        Left<TencentError.TencentError | TencentClient.ClientError>
      >
    >()
  })
})

describe("the option retry of the client", () => {
  test("takes kinds, default policies, and the tags that every call can have", () => {
    expect<TencentClient.CommonTag>().type.toBe<
      | "TransportFailure"
      | "UnexpectedStatus"
      | "InvalidRequest"
      | "CredentialsUnavailable"
      | "MalformedResponse"
      | "UnknownErrorCode"
    >()
    TencentClient.layer({ region, retry: TencentRetry.byKind({ busy: Schedule.recurs(1) }) })
    TencentClient.layer({ region, retry: TencentRetry.make({}) })
    TencentClient.layer({ region, retry: TencentRetry.mutating })
    TencentClient.layer({
      region,
      retry: TencentRetry.make({ TransportFailure: Schedule.recurs(1), UnknownErrorCode: Schedule.recurs(1) })
    })
    const byStatus = Schedule.recurs(1).pipe(
      Schedule.setInputType<Extract<TencentClient.ClientError, { readonly _tag: "UnexpectedStatus" }>>(),
      Schedule.while(({ input }) => input.status === 503)
    )
    TencentClient.layer({ region, retry: TencentRetry.make({ UnexpectedStatus: byStatus }) })
  })

  test("names the tag that not every call has", () => {
    // @ts-expect-error Type '"QuotaExceeded"' is not assignable
    TencentClient.layer({ region, retry: TencentRetry.make({ QuotaExceeded: TencentRetry.throttled }) })
    // @ts-expect-error Type '"TransportFailur"' is not assignable
    TencentClient.layer({ region, retry: TencentRetry.make({ TransportFailur: Schedule.recurs(1) }) })
    // @ts-expect-error 'bussy' does not exist
    TencentClient.layer({ region, retry: TencentRetry.byKind({ bussy: Schedule.recurs(1) }) })
  })

  test("takes no schedule that reads what the error does not have", () => {
    expect(TencentClient.layer).type.not.toBeCallableWith({
      region,
      retry: TencentRetry.make({ UnexpectedStatus: readsMore("UnexpectedStatus") })
    })
    expect(TencentClient.layer).type.not.toBeCallableWith({
      region,
      retry: TencentRetry.make({ UnknownErrorCode: readsMore("UnknownErrorCode") })
    })
    // API 3.0 has a code of this name, whose error has no issues.
    const byIssues = Schedule.recurs(1).pipe(
      Schedule.setInputType<Extract<TencentClient.ClientError, { readonly _tag: "InvalidRequest" }>>(),
      Schedule.while(({ input }) => input.issues.length === 0)
    )
    expect(TencentClient.layer).type.not.toBeCallableWith({
      region,
      retry: TencentRetry.make({ InvalidRequest: byIssues })
    })
  })
})

describe("the option retry of a call", () => {
  test("takes the tags of its action", () => {
    const request = { queue: "a" }
    client.call(Describe, request, { retry: TencentRetry.make({ QueueLocked: Schedule.recurs(1) }) })
    client.call(Describe, request, { retry: TencentRetry.make({ QuotaExceeded: Schedule.recurs(1) }) })
    client.call(Describe, request, { retry: TencentRetry.make({ CredentialsUnavailable: Schedule.recurs(1) }) })
    client.call(Describe, request, { retry: TencentRetry.byKind({ busy: Schedule.recurs(1) }) })
    const byMessage = Schedule.recurs(1).pipe(
      Schedule.setInputType<QueueLocked>(),
      Schedule.while(({ input }) => input.message === "wait")
    )
    expect(client.call(Describe, { queue: "a" }, { retry: TencentRetry.make({ QueueLocked: byMessage }) })).type.toBe<
      typeof call
    >()
  })

  test("names a tag that the call cannot have", () => {
    // @ts-expect-error Type '"QueueLoked"' is not assignable
    client.call(Describe, { queue: "a" }, { retry: TencentRetry.make({ QueueLoked: Schedule.recurs(1) }) })
    // @ts-expect-error Type '"QueueLocked"' is not assignable
    client.call(Plain, {}, { retry: TencentRetry.make({ QueueLocked: Schedule.recurs(1) }) })
  })

  test("takes no schedule that reads what the error does not have", () => {
    expect(client.call).type.not.toBeCallableWith(Describe, { queue: "a" }, {
      retry: TencentRetry.make({ QueueLocked: readsMore("QueueLocked") })
    })
  })

  test("options without a policy fit every action", () => {
    const options: TencentClient.CallOptions = { deadline: "1 second", idempotent: true }
    expect(client.call(Plain, {}, options)).type.toBe<
      Effect.Effect<{ readonly totalCount: number }, TencentError.TencentError | TencentClient.ClientError>
    >()
  })
})
