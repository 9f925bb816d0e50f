/** The sides of the comparison, by name. */
import * as library from "./library.ts"
import type { Side } from "./simulate.ts"

export const ours = library.side()

/** The same, with one quota store for all its processes. */
export const sharing = library.side({ name: "effect-tencentcloud, one quota store", quotaStore: true })

/** A client that does not retry, modelled: one attempt, and its end is the end of the call. */
export const none: Side = {
  name: "none",
  open: ({ engine, localNow, scenario, send }, client) => {
    // Distinct over all clients.
    let nonce = client
    return (call, end) => {
      nonce += scenario.clients
      const timeout = engine.after(scenario.attemptTimeout, () => end("timeout"))
      send({ call, timestamp: localNow(client), nonce }, ({ kind }) => {
        engine.cancel(timeout)
        end(kind === "success" ? undefined : kind)
      })
    }
  }
}

export const all: ReadonlyArray<Side> = [sharing, ours, none]

/** Throws if there is none. */
export const sideNamed = (name: string): Side => {
  const side = all.find((side) => side.name === name)
  if (side === undefined) throw new Error(`There is no side named ${name}.`)
  return side
}
