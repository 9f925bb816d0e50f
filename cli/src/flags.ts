/**
 * Flags that several commands have.
 */
import { Flag } from "effect/cli"

/** The result as JSON on one line. */
export const jsonFlag: Flag.Flag<boolean> = Flag.Boolean("json").pipe(
  Flag.withoutNegation,
  Flag.withDefault(false),
  Flag.withDescription("Print the result as JSON, on one line")
)
