/**
 * A tour of the library: `npm run demo`, or `npm run demo -- --lang ko`.
 *
 * 1. Every documented answer in `test/fixtures/responses`, decoded: what it is, whether it may be sent again, what to do.
 * 2. All 22 codes from a gateway on this machine, over HTTP, through the signed client.
 * 3. What the client does about a burst, a wrong clock, a lost answer, a broken batch, and three kinds of failure in a row.
 * 4. The default retry policies, as a table and as timelines.
 *
 * It needs no account and sends nothing to another machine. The exit code is 1 when something is not as promised, and 2 when
 * the arguments are wrong.
 */
import { NodeRuntime, NodeServices } from "@effect/platform-node"
import { Console, Data, Effect, Runtime } from "effect"
import type { ErrorCode } from "effect-tencentcloud"
import { CliConfig, CliOutput, Command, Flag, GlobalFlag } from "effect/cli"
import { tour } from "./tour/tour.ts"

class WrongArguments extends Data.TaggedError("WrongArguments") {
  override readonly [Runtime.errorReported] = false
  override readonly [Runtime.errorExitCode] = 2
}

const languages = ["en", "ko", "zh"] as const satisfies ReadonlyArray<ErrorCode.Language>

const lang = Flag.Literals("lang", languages).pipe(
  Flag.withDefault("en"),
  Flag.withDescription("The language of the remedies")
)

const command = Command.make("tour", { lang }, ({ lang }) => tour({ language: lang })).pipe(
  Command.withDescription("All 22 codes: how they come about, how they are retried, and what to do")
)

/** Usage that was not asked for goes where errors go. */
const presenter: CliOutput.Presenter = {
  present: (event) =>
    event._tag === "InvalidInvocation"
      ? Effect.flatMap(Console.Console, (console) =>
        CliOutput.defaultPresenter.present(event).pipe(
          Effect.provideService(Console.Console, { ...console, log: console.error })
        ))
      : CliOutput.defaultPresenter.present(event)
}

Command.run(command, { version: "" }).pipe(
  Effect.catchTag("ShowHelp", () => new WrongArguments()),
  Effect.tapErrorTag("BrokenPromises", ({ message }) => Console.error(`\n${message}`)),
  Effect.provideService(CliConfig.CliConfig, CliConfig.make({ builtIns: [GlobalFlag.Help] })),
  Effect.provideService(CliOutput.Presenter, presenter),
  Effect.provide(NodeServices.layer),
  NodeRuntime.runMain
)
