/** Sends the error in the form of its schema, and then fails with it. */
import * as Schema from "effect/Schema"
import { parentPort } from "node:worker_threads"
import { error, RunInstances } from "./error.ts"

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port of Node takes none
parentPort?.postMessage(Schema.encodeSync(Schema.toCodecJson(RunInstances.error))(error))
setImmediate(() => {
  throw error
})
