/**
 * The fault plan: which requests go wrong, and how.
 */
import type * as Duration from "effect/Duration"
import type { ErrorForm } from "./envelope.ts"

// ---------------------------------------------------------------------------------------------------------------------
// Replies
// ---------------------------------------------------------------------------------------------------------------------

/**
 * What a client gets instead of a response. Made by {@link apiError}, {@link httpStatus}, {@link bodyText}, and the others.
 *
 * @category models
 */
export type Reply =
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
): Reply => ({ _tag: "ApiError", code, ...options })

/**
 * An HTTP status, 200 to 599, with an HTML page as proxies send it.
 *
 * @category faults
 */
export const httpStatus = (
  status: number,
  options?: { readonly html?: string | undefined; readonly headers?: { readonly [name: string]: string } | undefined }
): Reply => ({ _tag: "HttpStatus", status, ...options })

/**
 * A redirect. The status is 302 by default.
 *
 * @category faults
 */
export const redirect = (location: string, status = 302): Reply => httpStatus(status, { headers: { location } })

/**
 * Any text with status 200, as `application/json` by default. With `at: "arrival"` it is the response of an action that the
 * gateway does not have.
 *
 * @category faults
 */
export const bodyText = (text: string, options?: { readonly contentType?: string | undefined }): Reply => ({
  _tag: "BodyText",
  text,
  ...options
})

/**
 * A body of no bytes.
 *
 * @category faults
 */
export const emptyBody: Reply = { _tag: "BodyText", text: "" }

/**
 * A complete body that is not JSON.
 *
 * @category faults
 */
export const malformedJson: Reply = { _tag: "BodyText", text: "{\"code\":0,\"message\":\"" }

/**
 * The response with another content type. In place of the action it is a success without a payload.
 *
 * @category faults
 */
export const contentType = (contentType: string): Reply => ({ _tag: "ContentType", contentType })

/**
 * A body that ends in the middle: the connection is closed before as many bytes as the head has promised. Where the server
 * gives no access to its connection, a body of unknown length is broken off instead.
 *
 * @category faults
 */
export const truncatedBody: Reply = { _tag: "TruncatedBody" }

/**
 * A success with a message that makes the body at least as long as `bytes`, sent in chunks.
 *
 * @category faults
 */
export const oversizedBody = (bytes: number): Reply => ({ _tag: "OversizedBody", bytes })

/**
 * The connection is reset, and there is no response. Where the server gives no access to its connection, as on other platforms
 * than Node, the response is broken off instead.
 *
 * @category faults
 */
export const connectionReset: Reply = { _tag: "ConnectionReset" }

// ---------------------------------------------------------------------------------------------------------------------
// Plan
// ---------------------------------------------------------------------------------------------------------------------

/**
 * A planned fault. With nothing but a `reply` it meets the next request that passes the checks, once.
 *
 * Requests are counted from the moment the fault was planned, among those that get as far as `at` says.
 *
 * @category models
 */
export interface Fault {
  /** What the client gets. Without it the response is only late. */
  readonly reply?: Reply | undefined
  /** How long the response waits, default not at all. A client that goes in the meantime stops nothing: the action is executed. */
  readonly delay?: Duration.Input | undefined
  /**
   * When it happens:
   *
   * - `arrival`: before anything is checked; and, with a `reply` and no `action`, before the body is read
   * - `action` (default): the request has passed the checks; in place of the action, so nothing is executed
   * - `answer`: the action was executed; in place of its response
   */
  readonly at?: "arrival" | "action" | "answer" | undefined
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

interface Planned {
  readonly fault: Fault
  readonly random: () => number
  requests: number
  left: number
}

export interface Plan {
  readonly add: (fault: Fault) => void
  readonly clear: () => void
  /** Counts a request for every fault that `concerns` it, and gives the first one that meets it. */
  readonly take: (concerns: (fault: Fault) => boolean) => Fault | undefined
}

export const makePlan = (faults: ReadonlyArray<Fault> = []): Plan => {
  let planned: Array<Planned> = []
  const add = (fault: Fault): void => {
    planned.push({
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
      planned = []
    },
    take: (concerns) => {
      let met: Planned | undefined
      for (const one of planned) {
        if (!concerns(one.fault)) continue
        one.requests++
        const hit = one.requests >= (one.fault.request ?? 1) && one.random() < (one.fault.probability ?? 1)
        if (hit && met === undefined && one.left > 0) met = one
      }
      if (met !== undefined && --met.left <= 0) planned = planned.filter((one) => one !== met)
      return met?.fault
    }
  }
}
