/**
 * The requests that came in, newest last, as many as fit. Nothing secret gets in.
 */
import { copy } from "./copy.ts"

/**
 * A request, and what became of it.
 *
 * @category models
 */
export interface RecordedRequest {
  /** From 1, in the order of arrival. */
  readonly number: number
  /** Milliseconds since the epoch by `Clock`, without the skew of the gateway's clock. */
  readonly time: number
  readonly method: string
  /** The `Host` header without the port. */
  readonly host: string
  /** Without the query. */
  readonly path: string
  /** Undefined if the request was not read, or has none. */
  readonly action: string | undefined
  /**
   * The parameters, without the signature, the token and whatever is named like a password or a key. At most 8,192 characters:
   * what does not fit is left out. `_` in a name of API 2.0 is read as `.`. The members of a request of API 3.0 are named as in a
   * form (`InstanceIds.0`), and its common headers without `X-TC-`.
   */
  readonly parameters: { readonly [name: string]: string }
  /** The HTTP status, also of a response whose client has gone. Undefined while there is no response, and if there was none. */
  readonly status: number | undefined
  /** The code of the response, 0 for a success. Undefined if the response has none. */
  readonly code: number | string | undefined
  /** The message of a failure. */
  readonly message: string | undefined
  /** The kind of the injected fault that met the request, such as `ConnectionReset`, or `Delay` if it was late only. */
  readonly fault: string | undefined
  /** Whether the request changed the state, whatever the client was told. */
  readonly executed: boolean
}

export type Entry = { -readonly [K in keyof RecordedRequest]: RecordedRequest[K] }

const maxPathLength = 256
const maxParametersLength = 8192

const secretName =
  /^(?:signature|token)$|passw|(?:secret|private|access).?key|(?:session|security|identity).?token|assertion/i

/** Keeps the parameters that fit and are no secrets. */
export const recordParameters = (parameters: ReadonlyMap<string, string>): RecordedRequest["parameters"] => {
  const kept: { [name: string]: string } = Object.create(null)
  let left = maxParametersLength
  for (const [name, value] of parameters) {
    if (secretName.test(name) || name.length + value.length > left) continue
    left -= name.length + value.length
    kept[copy(name)] = copy(value)
  }
  return kept
}

/** Longer than the name of any action. */
const maxActionLength = 128

export const recordAction = (action: string | undefined): string | undefined =>
  action === undefined ? undefined : copy(action.slice(0, maxActionLength))

export interface RequestLog {
  /** Records a request that has just arrived. The entry is filled in later. */
  readonly open: (request: Pick<RecordedRequest, "time" | "method" | "host" | "path">) => Entry
  readonly entries: () => ReadonlyArray<RecordedRequest>
}

export const makeRequestLog = (size: number): RequestLog => {
  const capacity = Math.max(0, Math.floor(size))
  const entries: Array<Entry> = []
  let count = 0
  return {
    open: ({ host, method, path, time }) => {
      const entry: Entry = {
        number: ++count,
        time,
        method: copy(method),
        host: copy(host.slice(0, maxPathLength)),
        path: copy(path.slice(0, maxPathLength)),
        action: undefined,
        parameters: Object.create(null),
        status: undefined,
        code: undefined,
        message: undefined,
        fault: undefined,
        executed: false
      }
      // A ring: the oldest entry makes room.
      if (capacity > 0) entries[(count - 1) % capacity] = entry
      return entry
    },
    entries: () => {
      const start = count > capacity && capacity > 0 ? count % capacity : 0
      return [...entries.slice(start), ...entries.slice(0, start)].map((entry) => ({ ...entry }))
    }
  }
}
