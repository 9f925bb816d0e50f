/**
 * Every error class, for tests that hold for all of them.
 */
import {
  ErrorCode,
  type ErrorKind,
  Failure,
  TencentError,
  TencentResponse,
  TransportFailure,
  UnexpectedStatus
} from "effect-tencentcloud"
import { type TencentClient, TencentCredentials } from "effect-tencentcloud/client"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"

// ---------------------------------------------------------------------------------------------------------------------
// The classes of API 2.0
// ---------------------------------------------------------------------------------------------------------------------

export type Tag = TencentError.Tag

/** The fields that all of the 24 classes have, besides the code. */
export interface Fields extends Partial<Failure.Fields> {
  readonly action?: string
  readonly outcome?: ErrorKind.Outcome
}

export const tags: ReadonlyArray<Tag> = [
  ...ErrorCode.catalogue.map((row) => row.tag),
  "UnknownErrorCode",
  "MalformedResponse"
]

export const apiClasses: {
  readonly [T in ErrorCode.Tag]: (new(fields?: Fields) => TencentError.ApiError) & { readonly code: number }
} = TencentError

/** For `instanceof` only. */
export const classes: {
  readonly [T in Tag]: new(fields: Fields & { readonly code: never }) => TencentError.TencentError
} = TencentError

/** An instance that a program makes. The code of an `UnknownErrorCode` is 4440. */
export const make = (tag: Tag, fields: Fields = {}): TencentError.TencentError => {
  switch (tag) {
    case "UnknownErrorCode":
      return new TencentError.UnknownErrorCode({ code: 4440, ...fields })
    case "MalformedResponse":
      return new TencentError.MalformedResponse(fields)
    default:
      return new apiClasses[tag](fields)
  }
}

/** The code that {@link make} has for a tag. */
export const codeOf = (tag: Tag): number | undefined =>
  tag === "UnknownErrorCode" ? 4440 : tag === "MalformedResponse" ? undefined : apiClasses[tag].code

/** Something that no error may show. */
export const secret = "hunter2"

/** All fields. Each call has a body of its own. */
export const full = (): Required<Omit<Fields, "outcome">> => ({
  message: "(-17)not \"allowed\" 限\ud800",
  codeDesc: "Desc",
  moduleCode: -17,
  requestId: "r-1",
  action: "cvm.RunInstances",
  body: Redacted.make<unknown>({
    code: 4440,
    detail: { list: [1, null, secret, { password: secret }], [secret]: true }
  })
})

/** The failure of the class, as it comes from a server. */
export const received = (tag: Tag): Effect.Effect<TencentError.TencentError, unknown> =>
  Effect.flip(
    TencentResponse.decode(Schema.Struct({ totalCount: Schema.Number }))({
      code: codeOf(tag) ?? 0,
      message: "no",
      totalCount: [secret]
    })
  )

/** One handler for each tag, which says for which tag it was called. */
export const handlers = <Result>(f: (tag: Tag, error: TencentError.TencentError) => Result) =>
  Object.fromEntries(tags.map((tag) => [tag, (error: TencentError.TencentError) => f(tag, error)])) as {
    readonly [T in Tag]: (error: TencentError.ByTag<T>) => Result
  }

// ---------------------------------------------------------------------------------------------------------------------
// A class of a user, and errors of all classes
// ---------------------------------------------------------------------------------------------------------------------

export class QueueNotFound extends Failure.define<QueueNotFound>()("QueueNotFound", { kind: "notFound" }) {}

/** Any error of a call of an action that declares `QueueNotFound`. */
export type AnyError = TencentError.TencentError | QueueNotFound | TencentClient.ClientError

const outcomes: ReadonlyArray<ErrorKind.Outcome> = ["notRun", "ran", "partial", "unknown"]

const unknownCodes = [3999, 4001, 4199, 4200, 4301, 5001, 6001, 7000, -10001, "Odd"]

const statuses = [302, 403, 408, 429, 500, 503]

/** The failures that a client adds: each reason and each status that means something else. */
export const clientErrors: ReadonlyArray<readonly [name: string, error: TencentClient.ClientError]> = [
  ...TransportFailure.reasons.map((reason) =>
    [
      `TransportFailure ${reason}`,
      new TransportFailure.TransportFailure({
        reason,
        outcome: "unknown",
        host: "cvm.api.qcloud.com",
        code: "ECODE",
        action: "cvm.RunInstances",
        message: "no response"
      })
    ] as const
  ),
  ...statuses.map((status) =>
    [
      `UnexpectedStatus ${status}`,
      new UnexpectedStatus.UnexpectedStatus({
        status,
        outcome: "notRun",
        host: "cvm.api.qcloud.com",
        contentType: "text/html",
        excerpt: "<h1>no</h1>",
        retryAfter: Duration.seconds(3),
        message: `status ${status}`
      })
    ] as const
  ),
  [
    "InvalidRequest",
    new Failure.InvalidRequest({ message: "no", issues: [{ path: ["ids", 0], message: "Expected string" }] })
  ],
  [
    "CredentialsUnavailable",
    new TencentCredentials.CredentialsUnavailable({ message: "no keys", action: "cvm.RunInstances" })
  ]
]

/** Errors of every class, sparse and full, with every outcome. */
export const everyError: ReadonlyArray<readonly [name: string, error: AnyError]> = [
  ...tags.flatMap((tag) => [
    [tag, make(tag)] as const,
    ...outcomes.map((outcome) => [`full ${tag} with outcome ${outcome}`, make(tag, { ...full(), outcome })] as const)
  ]),
  ...unknownCodes.map((code) =>
    [`UnknownErrorCode ${JSON.stringify(code)}`, new TencentError.UnknownErrorCode({ code })] as const
  ),
  [
    "MalformedResponse with issues",
    new TencentError.MalformedResponse({ code: "x", issues: [{ path: ["a", 0], message: "no" }] })
  ],
  ["QueueNotFound", new QueueNotFound({ code: 4440 })],
  ...outcomes.map((outcome) =>
    [
      `full QueueNotFound with outcome ${outcome}`,
      new QueueNotFound({ code: "Odd", ...full(), outcome })
    ] as const
  ),
  ...clientErrors
]
