/**
 * The fault plan: which requests go wrong, and how.
 */
import type * as Duration from "effect/Duration"
import type { ErrorForm } from "./envelope.ts"

// ---------------------------------------------------------------------------------------------------------------------
// Responses
// ---------------------------------------------------------------------------------------------------------------------

/**
 * What a client gets instead of a response. Made by {@link apiError}, {@link httpStatus}, {@link bodyText}, and the others.
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
 * A success with a message that makes the body at least as long as `bytes`, sent in chunks.
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
// InjectedFaults
// ---------------------------------------------------------------------------------------------------------------------

/**
 * An injected fault. With nothing but a `response` it meets the next request that passes the checks, once.
 *
 * Requests are counted from the moment the fault was injected, among those that get as far as `at` says.
 *
 * @category models
 */
export interface InjectedFault {
  /** What the client gets. Without it the response is only late. */
  readonly response?: InjectedResponse | undefined
  /** How long the response waits, default not at all. A client that goes in the meantime stops nothing: the action is executed. */
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

/** Mulberry32: 32 bits of state are enough to pick requests. */
const makeRandom = (seed: number): () => number => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let bits = Math.imul(state ^ (state >>> 15), 1 | state)
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits
    return ((bits ^ (bits >>> 14)) >>> 0) / 0x1_0000_0000
  }
}

interface Injected {
  readonly fault: InjectedFault
  readonly random: () => number
  requests: number
  left: number
}

export interface InjectedFaults {
  readonly add: (fault: InjectedFault) => void
  readonly clear: () => void
  /** Counts a request for every fault that `concerns` it, and returns the first one that meets it. */
  readonly next: (concerns: (fault: InjectedFault) => boolean) => InjectedFault | undefined
}

export const makeInjectedFaults = (faults: ReadonlyArray<InjectedFault> = []): InjectedFaults => {
  let injected: Array<Injected> = []
  const add = (fault: InjectedFault): void => {
    injected.push({
      fault,
      random: makeRandom(fault.seed ?? 1),
      requests: 0,
      left: fault.times ?? (fault.probability === undefined ? 1 : Infinity)
    })
  }
  faults.forEach(add)
  return {
    add,
    clear: () => {
      injected = []
    },
    next: (concerns) => {
      let met: Injected | undefined
      for (const one of injected) {
        if (!concerns(one.fault)) continue
        one.requests++
        const hit = one.requests >= (one.fault.request ?? 1) && one.random() < (one.fault.probability ?? 1)
        if (hit && met === undefined && one.left > 0) met = one
      }
      if (met !== undefined && --met.left <= 0) injected = injected.filter((one) => one !== met)
      return met?.fault
    }
  }
}
