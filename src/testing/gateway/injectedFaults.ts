/**
 * The injected faults: which requests go wrong, and how.
 */
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"

// ---------------------------------------------------------------------------------------------------------------------
// Responses
// ---------------------------------------------------------------------------------------------------------------------

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

/**
 * A failure of the API: one of the 22 codes, or any other number or text. Without a message it has the name of the code.
 * `body` adds members to the body, such as a `detail`.
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
): InjectedResponse => ({ _tag: "ApiError", code, ...options })

/**
 * An HTTP status, 200 to 599, with an HTML page as proxies send it.
 *
 * @category faults
 */
export const httpStatus = (
  status: number,
  options?: { readonly html?: string | undefined; readonly headers?: { readonly [name: string]: string } | undefined }
): InjectedResponse => ({ _tag: "HttpStatus", status, ...options })

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
export const bodyText = (text: string, options?: { readonly contentType?: string | undefined }): InjectedResponse => ({
  _tag: "BodyText",
  text,
  ...options
})

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
export const contentType = (contentType: string): InjectedResponse => ({ _tag: "ContentType", contentType })

/**
 * A body that ends in the middle: the connection is closed before as many bytes as the head has promised. Where the server
 * gives no access to its connection, a body of unknown length is broken off instead.
 *
 * @category faults
 */
export const truncatedBody: InjectedResponse = { _tag: "TruncatedBody" }

/**
 * A success that is padded with spaces to at least `bytes`, sent in chunks.
 *
 * @category faults
 */
export const oversizedBody = (bytes: number): InjectedResponse => ({ _tag: "OversizedBody", bytes })

/**
 * The connection is reset, and there is no response. Where the server gives no access to its connection, as on other platforms
 * than Node, the response is broken off instead.
 *
 * @category faults
 */
export const connectionReset: InjectedResponse = { _tag: "ConnectionReset" }

// ---------------------------------------------------------------------------------------------------------------------
// Faults
// ---------------------------------------------------------------------------------------------------------------------

/**
 * An injected fault. With nothing but a `response` it meets the next request that passes the checks, once.
 *
 * Requests are counted from the moment the fault was injected, among those that get as far as `at` says.
 *
 * @category models
 */
export interface InjectedFault {
  /** Replaces the response. Without it the response is only late. */
  readonly response?: InjectedResponse | undefined
  /** How long the response waits, default not at all. A client that goes meanwhile stops nothing: the action is executed. */
  readonly delay?: Duration.Input | undefined
  /**
   * When it happens:
   *
   * - `arrival`: before anything is checked; and, with a `response` and no `action`, before the body is read
   * - `action` (default): the request has passed the checks; in place of the action, so nothing is executed
   * - `response`: the action was executed; in place of its response
   */
  readonly at?: "arrival" | "action" | "response" | undefined
  /** The action it is for, default all. */
  readonly action?: string | undefined
  /** The number of the first request that it meets, default 1: the next one. */
  readonly request?: number | undefined
  /** How many requests it meets, default 1, or `Infinity` with a `probability`. */
  readonly times?: number | undefined
  /** How likely it meets a request, from 0 to 1, default 1. */
  readonly probability?: number | undefined
  /** Where the random numbers of `probability` start, default 1. The same seed meets the same requests. */
  readonly seed?: number | undefined
}

interface Injected {
  readonly fault: InjectedFault
  /** Undefined for a fault that is certain. */
  readonly random: typeof Random.Random.Service | undefined
  requests: number
  left: number
}

const start = (fault: InjectedFault): Injected => ({
  fault,
  random: fault.probability === undefined
    ? undefined
    : Effect.runSync(Random.withSeed(Effect.service(Random.Random), fault.seed ?? 1)),
  requests: 0,
  left: fault.times ?? (fault.probability === undefined ? 1 : Infinity)
})

/**
 * Counts a request, and returns whether the fault meets it. Every fault draws a number for each request, so that the others do
 * not change which ones it meets.
 */
const draw = (one: Injected): boolean => {
  one.requests++
  const isLucky = one.random === undefined || one.random.nextDoubleUnsafe() < (one.fault.probability ?? 1)
  return isLucky && one.left > 0 && one.requests >= (one.fault.request ?? 1)
}

export interface InjectedFaults {
  readonly add: (fault: InjectedFault) => void
  readonly clear: () => void
  /** Counts a request for every fault that `concerns` it, and returns the first one that meets it. */
  readonly next: (concerns: (fault: InjectedFault) => boolean) => InjectedFault | undefined
}

export const makeInjectedFaults = (faults: ReadonlyArray<InjectedFault> = []): InjectedFaults => {
  let all = faults.map(start)
  return {
    add: (fault) => {
      all.push(start(fault))
    },
    clear: () => {
      all = []
    },
    next: (concerns) => {
      let first: Injected | undefined
      for (const one of all) {
        if (concerns(one.fault) && draw(one)) first ??= one
      }
      if (first !== undefined && --first.left <= 0) all = all.filter((one) => one !== first)
      return first?.fault
    }
  }
}
