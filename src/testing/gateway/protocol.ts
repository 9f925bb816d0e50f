/**
 * The door between the gateway and a generation of the API: a generation reads and checks a request, runs its action, and
 * writes the body of the response.
 */
import type * as Result from "effect/Result"
import type { ApiError } from "./injectedResponses.ts"
import type { State } from "./state.ts"

/** A request as HTTP brings it. */
export interface Incoming {
  readonly method: string
  /** The `Host` header without the port. */
  readonly host: string
  /** Without the query. */
  readonly path: string
  readonly headers: { readonly [name: string]: string | undefined }
  /** Whether the connection is encrypted. */
  readonly encrypted: boolean
  /** The body of a POST, the query of any other request. */
  readonly text: string
}

/** The body of a response, and what the request log says about it. */
export interface Written {
  readonly body: string
  /** 0 for a success. */
  readonly code: number | string
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
  readonly read: (incoming: Incoming) => Arrived
  readonly writeError: (error: ApiError) => Written
  /** The body of a success with nothing in it. */
  readonly emptySuccess: string
}
