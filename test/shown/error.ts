/**
 * The failure that every way out shows: of a call, with a secret in its body, and with a message that does what it can to a log.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { TencentAction } from "../../src/v2/index.ts"

export const RunInstances = TencentAction.make("RunInstances", {
  module: "cvm",
  request: Schema.Struct({}),
  response: Schema.Struct({})
})

/** In the body. */
export const secret = "hunter2-and-more"

export const requestId = "7b1c-request"

/** A colour, a line that looks like one of a log, and 100 kB. */
export const message = `\u001b[31mred\u001b[0m\nERROR second line ${"x".repeat(100_000)}`

const body = JSON.stringify({ code: 4400, message, requestId, detail: { password: secret, [secret]: true } })

/** The call, as a client makes it when the response has arrived. */
export const call = RunInstances.protocol.read(body, {
  action: "cvm.RunInstances",
  earlierMayHaveRun: false,
  clockWasRight: () => false
})

export const error = Effect.runSync(Effect.flip(call))
