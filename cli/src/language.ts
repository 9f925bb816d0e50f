/**
 * The language of the output: that of `--lang`, else that of the locale, else English.
 */
import type { Language } from "effect-tencentcloud/ErrorKindText"
import { Flag } from "effect/cli"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

const languages = ["en", "zh", "ko"] as const satisfies ReadonlyArray<Language>

/** What the runtime says, where the environment says nothing. */
const systemLocale = Effect.sync(() => Intl.DateTimeFormat().resolvedOptions().locale)

const locale = Config.NonEmptyString("LC_ALL").pipe(
  Config.orElse(() => Config.NonEmptyString("LC_MESSAGES")),
  Config.orElse(() => Config.NonEmptyString("LANG")),
  Effect.catch(() => systemLocale)
)

const ofLocale = Effect.map(
  locale,
  (locale): Language => languages.find((language) => locale.startsWith(language)) ?? "en"
)

/** The flag of every command that has words for people. */
export const languageFlag: Flag.Flag<Language> = Flag.Literals("lang", languages).pipe(
  Flag.optional,
  Flag.mapEffect((given) => Option.isSome(given) ? Effect.succeed(given.value) : ofLocale),
  Flag.withDescription("The language of names and remedies, by default that of the locale")
)
