/**
 * The text that the command is given: in a file, or on stdin.
 */
import * as Console from "effect/Console"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import type * as PlatformError from "effect/PlatformError"
import * as Stdio from "effect/Stdio"
import * as Stream from "effect/Stream"

/** No response and no request of the API is as large, in bytes. */
const largest = 64 * 1024 * 1024

/** A text that cannot be read. */
export class NoInput extends Data.TaggedError("NoInput")<{ readonly message: string }> {}

const textOf = <E>(name: string, bytes: Stream.Stream<Uint8Array, E>): Effect.Effect<string, E | NoInput> =>
  Effect.gen(function*() {
    const chunks: Array<Uint8Array> = []
    let length = 0
    yield* Stream.runForEach(bytes, (chunk) => {
      length += chunk.length
      chunks.push(chunk)
      return length > largest
        ? Effect.fail(new NoInput({ message: `${name} is larger than ${largest / 1024 / 1024} MB.` }))
        : Effect.void
    })
    return Buffer.concat(chunks).toString("utf8")
  })

const reasons: { readonly [tag: string]: string } = {
  NotFound: "there is no such file",
  PermissionDenied: "it is not allowed",
  BadResource: "it is not a file",
  Busy: "another program uses it"
}

/** Why something cannot be read, in words. */
export const whyUnreadable = ({ reason }: PlatformError.PlatformError): string =>
  reasons[reason._tag] ?? (reason.cause instanceof Error ? reason.cause.message : "the system does not say why")

const cannotRead = (name: string) => (error: PlatformError.PlatformError | NoInput) =>
  error._tag === "NoInput" ? error : new NoInput({ message: `${name} cannot be read: ${whyUnreadable(error)}.` })

/** The text on stdin. Whoever types it is told so. */
export const readStdin = (what: string): Effect.Effect<string, NoInput, Stdio.Stdio> =>
  Effect.gen(function*() {
    const stdio = yield* Stdio.Stdio
    if (yield* stdio.stdinIsTerminal) yield* Console.error(`Reading ${what} from the terminal, up to Ctrl-D.`)
    return yield* textOf("stdin", stdio.stdin)
  }).pipe(Effect.mapError(cannotRead("stdin")))

/** The text of a file. */
export const readFile = (path: string): Effect.Effect<string, NoInput, FileSystem.FileSystem> =>
  FileSystem.FileSystem.use((files) => textOf(path, files.stream(path))).pipe(Effect.mapError(cannotRead(path)))
