/**
 * The command as a program: what it prints where, and how it ends.
 */
import { CliConfig, CliError, CliOutput, Command, GlobalFlag } from "effect/cli"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import { readFileSync } from "node:fs"
import { makeCommand } from "./command.ts"
import { end, type Ended } from "./exit.ts"

/** That of the package. */
const { version }: { readonly version: string } = JSON.parse(
  readFileSync(new URL("../package.json", import.meta.url), "utf8")
)

/** Usage that was not asked for is a message, and goes where messages go. */
const presenter: CliOutput.Presenter = {
  present: (event) =>
    event._tag === "Version" || event._tag === "Help" && event.reason === "Requested"
      ? CliOutput.defaultPresenter.present(event)
      : Console.consoleWith((console) =>
        CliOutput.defaultPresenter.present(event).pipe(
          Effect.provideService(Console.Console, { ...console, log: console.error })
        )
      )
}

/** Runs the command with the arguments of the process. */
export const program: Effect.Effect<void, Ended, Command.Environment> = Command.run(makeCommand(version), { version })
  .pipe(
    Effect.catchIf(CliError.isCliError, () => end("usage")),
    Effect.provideService(CliConfig.CliConfig, CliConfig.make({ builtIns: [GlobalFlag.Help, GlobalFlag.Completions] })),
    Effect.provideService(CliOutput.Presenter, presenter),
    Effect.provideService(Logger.LogToStderr, true)
  )
