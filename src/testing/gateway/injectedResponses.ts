/**
 * The responses that a test injects in place of those of the API.
 */
import * as Duration from "effect/Duration"
import { hasProperty } from "effect/Predicate"
import { headersIssue, statusIssue } from "../sendable.ts"

/**
 * How a failure of API 2.0 is written: with a number for a code as most modules do, with the digits as text as every sixth
 * printed body does, or in the transitional envelope `{ Response: { Error: { Code, Message }, RequestId } }`.
 *
 * @category models
 */
export type ErrorForm = "number" | "string" | "transitional"

/**
 * A response that a client gets instead of the one of its action. Made by {@link apiError}, {@link httpStatus},
 * {@link bodyText}, and the others. The action that a gateway is given responds with one too.
 *
 * @category models
 */
export type InjectedResponse =
  | {
    readonly _tag: "ApiError"
    readonly code: number | string
    readonly message?: string | undefined
    readonly codeDesc?: string | undefined
    readonly form?: ErrorForm | undefined
    readonly body?: { readonly [key: string]: unknown } | undefined
  }
  | {
    readonly _tag: "HttpStatus"
    readonly status: number
    readonly html?: string | undefined
    readonly headers?: { readonly [name: string]: string } | undefined
  }
  | { readonly _tag: "BodyText"; readonly text: string; readonly contentType?: string | undefined }
  | { readonly _tag: "ContentType"; readonly contentType: string }
  | { readonly _tag: "TruncatedBody" }
  | { readonly _tag: "OversizedBody"; readonly bytes: number }
  | { readonly _tag: "ConnectionReset" }
  | {
    readonly _tag: "EventStream"
    readonly events: ReadonlyArray<unknown>
    readonly every?: Duration.Input | undefined
    readonly end?: "complete" | "broken" | "silent" | undefined
    readonly contentType?: string | undefined
  }

/**
 * What {@link apiError} makes.
 *
 * @category models
 */
export type ApiError = Extract<InjectedResponse, { readonly _tag: "ApiError" }>

/**
 * What {@link eventStream} makes.
 *
 * @category models
 */
export type EventStream = Extract<InjectedResponse, { readonly _tag: "EventStream" }>

// ---------------------------------------------------------------------------------------------------------------------
// Checks
// ---------------------------------------------------------------------------------------------------------------------

/** As the client reads it: digits in a text are a number. */
const isFailureCode = (code: number | string): boolean =>
  typeof code === "number" ? Number.isFinite(code) && code !== 0 : !/^\s*(?:-?0+)?\s*$/.test(code)

const jsonIssue = (body: unknown): string | undefined => {
  try {
    JSON.stringify(body)
    return undefined
  } catch (error) {
    return `The body cannot be written as JSON: ${error instanceof Error ? error.message : String(error)}`
  }
}

// They say where a body ends, which the server knows.
const framing: ReadonlySet<string> = /*#__PURE__*/ new Set(["content-length", "transfer-encoding", "trailer"])

const framingIssue = (headers: { readonly [name: string]: string }): string | undefined => {
  const name = Object.keys(headers).find((name) => framing.has(name.toLowerCase()))
  return name === undefined ? undefined : `The server writes the header ${name} itself.`
}

const contentTypeIssue = (contentType = ""): string | undefined => headersIssue({ "content-type": contentType })

const issueOf = (response: InjectedResponse): string | undefined => {
  switch (response._tag) {
    case "ApiError":
      return isFailureCode(response.code)
        ? jsonIssue(response.body)
        : `${JSON.stringify(String(response.code))} is not the code of a failure.`
    case "HttpStatus": {
      const { headers = {}, status } = response
      return statusIssue(status) ?? headersIssue(headers) ?? framingIssue(headers)
    }
    case "BodyText":
    case "ContentType":
      return contentTypeIssue(response.contentType)
    case "EventStream":
      // Throws for a text that is no duration.
      if (response.every !== undefined) Duration.toMillis(response.every)
      return jsonIssue(response.events) ?? contentTypeIssue(response.contentType)
    case "OversizedBody":
      return response.bytes >= 0 ? undefined : `A body cannot have ${response.bytes} bytes.`
    default:
      return undefined
  }
}

/** The response, if it can be sent and is what it says. Else it throws where the test has written it. */
export const checked = <A extends InjectedResponse>(response: A): A => {
  const issue = issueOf(response)
  if (issue !== undefined) throw new Error(`TencentGateway: ${issue}`)
  return response
}

// ---------------------------------------------------------------------------------------------------------------------
// Constructors
// ---------------------------------------------------------------------------------------------------------------------

/**
 * A failure of the API: one of the 22 codes of API 2.0, a code of API 3.0, or any other number or text. Without a message it has
 * the name of the code. `body` adds members to the body, such as a `detail`. A code that reads as 0, a blank code, and a body
 * that is no JSON throw.
 *
 * It is written as the generation of the request writes failures. To a request of API 3.0 a text is its code, and a number is a
 * body of API 2.0, which some addresses of API 3.0 still send. To one of API 2.0, `form` is how the code is written: a number
 * (default), its digits as text, or the transitional envelope with a string code.
 *
 * @category faults
 */
export const apiError = (
  code: number | string,
  options?: {
    readonly message?: string | undefined
    readonly codeDesc?: string | undefined
    readonly form?: ErrorForm | undefined
    readonly body?: { readonly [key: string]: unknown } | undefined
  }
): ApiError => checked({ _tag: "ApiError", code, ...options })

/**
 * An HTTP status, 200 to 599, with an HTML page as proxies send it. Another status, and a header that cannot be sent, throw.
 *
 * @category faults
 */
export const httpStatus = (
  status: number,
  options?: { readonly html?: string | undefined; readonly headers?: { readonly [name: string]: string } | undefined }
): InjectedResponse => checked({ _tag: "HttpStatus", status, ...options })

/**
 * A redirect. The status is 302 by default.
 *
 * @category faults
 */
export const redirect = (location: string, status = 302): InjectedResponse =>
  httpStatus(status, { headers: { location } })

/**
 * Any text with status 200, as `application/json` by default. With `at: "arrival"` it is the response of an action that the
 * gateway does not have.
 *
 * @category faults
 */
export const bodyText = (text: string, options?: { readonly contentType?: string | undefined }): InjectedResponse =>
  checked({ _tag: "BodyText", text, ...options })

/**
 * A body of no bytes.
 *
 * @category faults
 */
export const emptyBody: InjectedResponse = { _tag: "BodyText", text: "" }

/**
 * A complete body that is not JSON.
 *
 * @category faults
 */
export const malformedJson: InjectedResponse = { _tag: "BodyText", text: "{\"code\":0,\"message\":\"" }

/**
 * The response with another content type. In place of the action it is a success with nothing in it.
 *
 * @category faults
 */
export const contentType = (contentType: string): InjectedResponse => checked({ _tag: "ContentType", contentType })

/**
 * A body that ends in the middle: the connection is closed before as many bytes as the head has promised. Where the server
 * has no access to its connection, a body of unknown length is broken off instead.
 *
 * @category faults
 */
export const truncatedBody: InjectedResponse = { _tag: "TruncatedBody" }

/**
 * A success that is padded with spaces to at least `bytes`, sent in chunks.
 *
 * @category faults
 */
export const oversizedBody = (bytes: number): InjectedResponse => checked({ _tag: "OversizedBody", bytes })

/**
 * The connection is reset, and there is no response. Where the server has no access to its connection, as on other platforms
 * than Node, the response is broken off instead.
 *
 * @category faults
 */
export const connectionReset: InjectedResponse = { _tag: "ConnectionReset" }

export const isEventStream = (u: object): u is EventStream => hasProperty(u, "_tag") && u._tag === "EventStream"

/**
 * Events that are sent as they come (`text/event-stream`). An event that is a text, such as `[DONE]`, is sent as it is, any other
 * one as JSON.
 *
 * - `every`: the time before each event but the first, default none
 * - `end`: what comes after the last one: the end (`complete`, default), the end of the connection (`broken`), or nothing for as
 *   long as the connection lasts (`silent`)
 * - `contentType`: default `text/event-stream`
 *
 * **Example** (A stream that breaks after its second event)
 *
 * ```ts
 * import { TencentGateway } from "effect-tencentcloud/testing"
 *
 * const broken = TencentGateway.eventStream([{ Text: "one" }, { Text: "two" }], { end: "broken" })
 * console.log(broken._tag) // => EventStream
 * ```
 *
 * @category faults
 */
export const eventStream = (events: ReadonlyArray<unknown>, options?: {
  readonly every?: Duration.Input | undefined
  readonly end?: "complete" | "broken" | "silent" | undefined
  readonly contentType?: string | undefined
}): EventStream => checked({ _tag: "EventStream", events, ...options })
