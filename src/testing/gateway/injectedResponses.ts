/**
 * The responses that a test injects in place of those of the API.
 */
import { headersIssue, statusIssue } from "../sendable.ts"

/**
 * How a failure is written: with a number for a code as most modules do, with the digits as text as every sixth printed body
 * does, or in the transitional envelope `{ Response: { Error: { Code, Message }, RequestId } }`.
 *
 * @category models
 */
export type ErrorForm = "number" | "string" | "transitional"

/**
 * A response that a client gets instead of the one of its action. Made by {@link apiError}, {@link httpStatus},
 * {@link bodyText}, and the others.
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

export type ApiError = Extract<InjectedResponse, { readonly _tag: "ApiError" }>

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
    case "OversizedBody":
      return response.bytes >= 0 ? undefined : `A body cannot have ${response.bytes} bytes.`
    default:
      return undefined
  }
}

/** The response, if it can be sent and is what it says. Else it throws where the test has written it. */
export const checked = (response: InjectedResponse): InjectedResponse => {
  const issue = issueOf(response)
  if (issue !== undefined) throw new Error(`TencentGateway: ${issue}`)
  return response
}

// ---------------------------------------------------------------------------------------------------------------------
// Constructors
// ---------------------------------------------------------------------------------------------------------------------

/**
 * A failure of the API: one of the 22 codes, or any other number or text. Without a message it has the name of the code.
 * `body` adds members to the body, such as a `detail`. A code that reads as 0, a blank code, and a body that is no JSON throw.
 *
 * `form` is how the code is written: a number (default), its digits as text, or the transitional envelope with a string code.
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
): InjectedResponse => checked({ _tag: "ApiError", code, ...options })

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
