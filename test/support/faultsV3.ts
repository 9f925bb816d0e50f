/**
 * The responses that the gateway can inject, and what an error of API 3.0 says that meets one: written from the documents.
 */
import type { ErrorKind } from "effect-tencentcloud"
import { TencentGateway } from "effect-tencentcloud/testing"
import { ErrorCode } from "effect-tencentcloud/v3"

const { apiError, bodyText, httpStatus, redirect } = TencentGateway

const everywhere = ["arrival", "action", "response"] as const

export interface Row {
  readonly name: string
  readonly fault: TencentGateway.InjectedFault
  /** The tag of the error. That of a code is the code. */
  readonly tag: string
  /** Of a `TransportFailure`. */
  readonly reason?: string
  /** The outcome of a call that meets it once and nothing else, written from the documents. */
  readonly says: ErrorKind.Outcome
  readonly places?: ReadonlyArray<typeof everywhere[number]>
}

/** The common codes that leave it open whether anything ran. All others are refusals. */
const open: ReadonlySet<string> = new Set(["FailedOperation", "InternalError", "ResponseSizeLimitExceeded"])

const codes: ReadonlyArray<readonly [code: string, says: ErrorKind.Outcome, tag?: string]> = [
  ...ErrorCode.catalogue.map(({ code }) => [code, open.has(code) ? "unknown" : "notRun"] as const),
  ["ResourceNotFound.KeyPairNotFound", "notRun"],
  ["InvalidImageId.NotFound", "unknown"],
  ["FailedOperation.DisasterRecoverGroupNotFound", "unknown"],
  ["InvalidAccount.InsufficientBalance", "unknown"],
  ["LimitExceeded.Topic", "notRun", "UnknownErrorCode"],
  ["LimitExceeded.ResponseTimeout", "unknown", "UnknownErrorCode"],
  ["RequestLimitExceeded.RepeatRequest", "unknown", "UnknownErrorCode"],
  ["DryRunOperation.Failed", "unknown", "UnknownErrorCode"],
  ["FailedOperation.New", "unknown", "UnknownErrorCode"],
  ["Nobody.KnowsIt", "unknown", "UnknownErrorCode"]
]

/** What the actions of the tests declare: of the codes above those that are errors of their own. */
export const errors = {
  balance: ["InvalidAccount.InsufficientBalance"],
  notFound: [
    "ResourceNotFound.KeyPairNotFound",
    "InvalidImageId.NotFound",
    "FailedOperation.DisasterRecoverGroupNotFound"
  ]
} as const

const codeRows: ReadonlyArray<Row> = codes.map(([code, says, tag = code]) => ({
  name: code,
  fault: { response: apiError(code) },
  tag,
  says
}))

const statusRows: ReadonlyArray<Row> = [
  ...([200, 204, 500, 502, 503, 504, 599] as const).map((status) => [status, "unknown"] as const),
  ...([304, 400, 401, 403, 404, 407, 408, 413, 429, 451, 499] as const).map((status) => [status, "notRun"] as const)
].map(([status, says]) => ({
  name: `status ${status}`,
  fault: { response: httpStatus(status) },
  tag: status === 200 ? "MalformedResponse" : "UnexpectedStatus",
  says
}))

const refusal = (code: string) => JSON.stringify({ Response: { Error: { Code: code, Message: "no" } } })

const malformed = (name: string, response: TencentGateway.InjectedResponse, says: ErrorKind.Outcome): Row => ({
  name,
  fault: { response },
  tag: "MalformedResponse",
  says
})

const lost = (name: string, reason: string, fault: TencentGateway.InjectedFault): Row => ({
  name,
  fault,
  tag: "TransportFailure",
  reason,
  says: "unknown"
})

export const otherRows: ReadonlyArray<Row> = [
  {
    name: "a redirect",
    fault: { response: redirect("https://login.example/") },
    tag: "UnexpectedStatus",
    says: "notRun"
  },
  {
    name: "status 502 with a refusal",
    fault: { response: httpStatus(502, { html: refusal("UnauthorizedOperation") }) },
    tag: "UnauthorizedOperation",
    says: "notRun"
  },
  {
    name: "status 403 with an internal error",
    fault: { response: httpStatus(403, { html: refusal("InternalError") }) },
    tag: "InternalError",
    says: "unknown"
  },
  { name: "6000 as API 2.0 has it", fault: { response: apiError(6000) }, tag: "InternalError", says: "unknown" },
  { name: "4400 as API 2.0 has it", fault: { response: apiError(4400) }, tag: "RequestLimitExceeded", says: "notRun" },
  malformed("a page", bodyText("<p>hi", { contentType: "text/html" }), "unknown"),
  malformed("a success with nothing in it", bodyText(`{"Response":{"RequestId":"r"}}`), "ran"),
  malformed("an object without an envelope", bodyText("{}"), "unknown"),
  malformed("no bytes", TencentGateway.emptyBody, "unknown"),
  malformed("half a JSON", TencentGateway.malformedJson, "unknown"),
  {
    ...malformed("a success with another content type", TencentGateway.contentType("text/html"), "ran"),
    // In place of the response it keeps the body, and the call succeeds.
    places: ["arrival", "action"]
  },
  malformed("a stream of events", TencentGateway.eventStream([{ TotalCount: 1 }]), "unknown"),
  lost("half a body", "TruncatedBody", { response: TencentGateway.truncatedBody }),
  lost("a body of 51 MB", "BodyTooLarge", { response: TencentGateway.oversizedBody(51 * 1024 * 1024) }),
  lost("a lost connection", "ConnectionLost", { response: TencentGateway.connectionReset }),
  lost("a response that is late", "AttemptTimeout", { delay: "1300 millis" })
]

/** All of them. */
export const rows = [...codeRows, ...statusRows, ...otherRows]

/** One code of each kind and outcome, and one status of each outcome: the tests of single attempts have them all. */
export const someRows = [
  ...new Map([
    ...codeRows.map((row) => [`${ErrorCode.kindOf(row.name)} ${row.says} ${row.tag === row.name}`, row] as const),
    ...statusRows.map((row) => [`${row.tag} ${row.says}`, row] as const)
  ]).values(),
  ...otherRows
].filter(({ fault }) => fault.response?._tag !== "OversizedBody")

/** A fault of a row, at each place. */
export const faultsOf = <R extends Row>({ fault, name, places = everywhere, ...row }: R) =>
  places.map((at) => ({ ...row, name: `${name}, at the ${at}`, at, fault: { ...fault, at } }))

/**
 * The API documents that nothing ran, and yet the action did: a test can inject that, and no client can know better. Without this
 * the gateway is honest.
 */
export const isFalse = ({ at, says }: { readonly at: string; readonly says: string }): boolean =>
  at === "response" && says === "notRun"
