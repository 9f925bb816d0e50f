/**
 * An action of API 3.0 as the gateway serves it.
 */
import * as Result from "effect/Result"
import type { EventStream } from "../injectedResponses.ts"
import type { State } from "../state.ts"
import type { Members } from "./envelope.ts"
import type { Parameters } from "./parameters.ts"
import type { Checked, Failure } from "./refusal.ts"

export interface Call {
  readonly parameters: Parameters
  /** `""` if the request names none. */
  readonly region: string
  readonly account: string
  /** Undefined for a request that is not signed. */
  readonly secretId: string | undefined
  /** The gateway's time, in milliseconds. */
  readonly now: number
}

export interface Outcome {
  readonly result: Result.Result<Members | EventStream, Failure>
  /** Whether anything was changed, whatever the response says. */
  readonly executed: boolean
}

export interface Action {
  readonly service: string
  readonly version: string
  readonly name: string
  readonly needsRegion?: boolean
  /** Whether `Authorization: SKIP` is enough. */
  readonly skipSign?: boolean
  /** The names of its parameters. Any are accepted by default. */
  readonly parameters?: ReadonlySet<string>
  /** The ids that permissions are checked for. None by default. */
  readonly resources?: (parameters: Parameters) => ReadonlyArray<string>
  readonly run: (state: State, call: Call) => Outcome
}

export const names = (text: string): ReadonlySet<string> => new Set(text.split(" "))

/** A request that is refused has changed nothing. */
export const settle = (outcome: Checked<Outcome>): Outcome =>
  Result.getOrElse(outcome, (failure): Outcome => ({ result: Result.fail(failure), executed: false }))

export const readOnly = (members: Checked<Members | EventStream>): Outcome => ({ result: members, executed: false })
