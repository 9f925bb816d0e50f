/**
 * The command with all its parts.
 */
import { CliError, Command, Flag } from "effect/cli"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { call } from "./call.ts"
import { decode } from "./decode.ts"
import { explain } from "./explain.ts"
import { gateway } from "./gateway.ts"
import { plan } from "./plan.ts"

const name = "effect-tencentcloud-cli"

/** The command. `call` has a `--version` of its own, so that of the command is no flag of all. */
export const makeCommand = (version: string) =>
  Command.make(name, {
    version: Flag.Boolean("version").pipe(
      Flag.withoutNegation,
      Flag.withDefault(false),
      Flag.withDescription("Print the version")
    )
  }, (flags) =>
    flags.version
      ? Console.log(version)
      : Effect.fail(new CliError.ShowHelp({ commandPath: [name], errors: [] }))).pipe(
      Command.withDescription(
        "Explains the error codes of the Tencent Cloud API, decodes its responses, calls it and serves it. Results go to stdout and " +
          "messages to stderr. Exit codes: 0 a success, 1 a failure, 2 unreadable input, 3 a call whose action may have run, " +
          "64 wrong arguments, 130 Ctrl-C."
      ),
      Command.withExamples([
        { command: `${name} explain 4500`, description: "What a code means" },
        { command: `${name} decode response.json`, description: "What a body is" },
        { command: `${name} --completions bash >> ~/.bashrc`, description: "Completions for a shell" }
      ]),
      Command.withSubcommands([explain, decode, call, plan, gateway])
    )
