/**
 * A tour of the library: `npm run demo`, or `npm run demo -- --lang ko`.
 *
 * 1. Every documented response in `test/fixtures/responses`, decoded: what it is, whether it may be sent again, what to do.
 * 2. All 22 codes from a gateway on this machine, over HTTP, through the signed client.
 * 3. What the client does about a burst, a wrong clock, a lost response, a broken batch, and three kinds of failure in a row.
 * 4. API 3.0: its 40 common codes, one handler for both generations, a purchase that is made once though its response is lost
 *    twice, a list in pages, and a stream of events that breaks in the middle.
 * 5. The default retry policies, as a table and as timelines.
 *
 * It needs no account and sends nothing to another machine. The exit code is 1 when something is not as promised, and 2 when
 * the arguments are wrong.
 */
import { Console, Effect } from "effect"
import type { Language } from "effect-tencentcloud/ErrorKindText"
import { Command, Flag } from "effect/cli"
import { runMain } from "./main.ts"
import { tour } from "./tour/tour.ts"

const languages = ["en", "ko", "zh"] as const satisfies ReadonlyArray<Language>

const lang = Flag.Literals("lang", languages).pipe(
  Flag.withDefault("en"),
  Flag.withDescription("The language of the remedies")
)

const command = Command.make(
  "tour",
  { lang },
  ({ lang }) =>
    Effect.tapErrorTag(tour({ language: lang }), "BrokenPromises", ({ message }) => Console.error(`\n${message}`))
).pipe(
  Command.withDescription("The codes of both generations: how they come about, how they are retried, and what to do")
)

runMain(command)
