/**
 * How a command of the examples runs as a program: usage that was not asked for goes where errors go, and wrong arguments end with
 * exit code 2. A failure of the command ends with 1; the command itself says what failed.
 */
import { NodeRuntime, NodeServices } from "@effect/platform-node"
import { Console, Data, Effect, Runtime } from "effect"
import { CliConfig, CliError, CliOutput, Command, GlobalFlag } from "effect/cli"

class WrongArguments extends Data.TaggedError("WrongArguments") {
  override readonly [Runtime.errorReported] = false
  override readonly [Runtime.errorExitCode] = 2
}

const presenter: CliOutput.Presenter = {
  present: (event) =>
    event._tag === "InvalidInvocation"
      ? Effect.flatMap(Console.Console, (console) =>
        CliOutput.defaultPresenter.present(event).pipe(
          Effect.provideService(Console.Console, { ...console, log: console.error })
        ))
      : CliOutput.defaultPresenter.present(event)
}

export const runMain = <Name extends string, Input, ContextInput, E>(
  command: Command.Command<Name, Input, ContextInput, E, NodeServices.NodeServices>
): void =>
  Command.run(command, { version: "" }).pipe(
    Effect.mapError((error) => CliError.isCliError(error) && error._tag === "ShowHelp" ? new WrongArguments() : error),
    Effect.provideService(CliConfig.CliConfig, CliConfig.make({ builtIns: [GlobalFlag.Help] })),
    Effect.provideService(CliOutput.Presenter, presenter),
    Effect.provide(NodeServices.layer),
    NodeRuntime.runMain
  )
