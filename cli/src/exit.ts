/**
 * The exit codes of the command, which scripts read. Ctrl-C is 130, as everywhere.
 */
import * as Console from "effect/Console"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Runtime from "effect/Runtime"

/** All exit codes but 0 and 130. */
const exitCodes = {
  /** A failure after which nothing ran, or a code that is not known. */
  failure: 1,
  /** The input is not a response of the API, or cannot be read. */
  unreadable: 2,
  /** A call that failed although the action ran, or may have run, in whole or in part. */
  mayHaveRun: 3,
  /** Wrong arguments: `EX_USAGE` of BSD. */
  usage: 64
} as const

/** The end of the command with an exit code. What it is about has been printed. */
export class Ended extends Data.TaggedError("Ended")<{ readonly exitCode: number }> {
  override readonly [Runtime.errorReported] = false
  override get [Runtime.errorExitCode](): number {
    return this.exitCode
  }
}

/** Ends the command with an exit code. */
export const end = (reason: keyof typeof exitCodes): Effect.Effect<never, Ended> =>
  Effect.fail(new Ended({ exitCode: exitCodes[reason] }))

/** Ends the command with a message on stderr. */
export const endWith = (reason: keyof typeof exitCodes, message: string): Effect.Effect<never, Ended> =>
  Effect.andThen(Console.error(message), end(reason))
