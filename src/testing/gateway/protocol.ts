/**
 * The door between the gateway and a generation of the API: a generation reads and checks a request, runs its action, and
 * writes the body of the response.
 */
import type * as Result from "effect/Result"
import type { ApiError, EventStream } from "./injectedResponses.ts"
import type { State } from "./state.ts"

/** What HTTP says about a request before its body. */
export interface Head {
  readonly method: string
  /** The `Host` header without the port. */
  readonly host: string
  /** Without the query. */
  readonly path: string
  readonly query: string
  readonly headers: { readonly [name: string]: string | undefined }
  /** Whether the connection is encrypted. */
  readonly encrypted: boolean
  /** The id of the request, where its response has one. */
  readonly requestId: string
}

/** A request as HTTP brings it. */
export interface Incoming extends Head {
  /** The body of a POST. */
  readonly body: Uint8Array
  /** The body of a POST, the query of any other request. */
  readonly text: string
}

/** A response, and what the request log says about it. */
export interface Written {
  readonly body: string
  /** Default 200. */
  readonly status?: number | undefined
  /** Default the content type of JSON. */
  readonly headers?: { readonly [name: string]: string } | undefined
  /** The events that the body has, where it is sent one event after another. */
  readonly stream?: EventStream | undefined
  /** 0 for a success. Undefined if the response has none. */
  readonly code: number | string | undefined
  readonly message: string | undefined
}

export interface Executed {
  readonly response: Written
  /** Whether anything was changed, whatever the response says. */
  readonly executed: boolean
}

/** A request that has passed the checks. */
export interface Accepted {
  readonly action: string
  /** Runs the action, at the gateway's time in milliseconds. */
  readonly run: (now: number) => Executed
}

/** A request that was read. */
export interface Arrived {
  /** Undefined if the request names none. */
  readonly action: string | undefined
  /** For the request log: the first ones are kept if not all fit. */
  readonly parameters: ReadonlyMap<string, string>
  /** Makes the checks of the API in their order, at the gateway's time in milliseconds. The first that fails decides. */
  readonly check: (state: State, now: number) => Result.Result<Accepted, Written>
}

export interface Protocol {
  /** How many bytes the body of a POST may have. */
  readonly maxBodySize: number
  /** The refusal of a request that is too large, where it is a response of the API and no status of HTTP. */
  readonly tooLarge?: (head: Head) => Written
  readonly read: (incoming: Incoming) => Arrived
  readonly writeError: (error: ApiError, head: Head) => Written
  /** The body of a success with nothing in it. */
  readonly emptySuccess: (head: Head) => string
}

/** A protocol that knows its requests. */
export interface Recognizing extends Protocol {
  readonly serves: (head: Head) => boolean
}
