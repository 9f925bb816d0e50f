/**
 * `plan [kind]`: what the default retry policies do, as a table or as a timeline.
 */
import { ErrorKind } from "effect-tencentcloud"
import * as RetryPlan from "effect-tencentcloud/RetryPlan"
import { Argument, Command, Flag } from "effect/cli"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Struct from "effect/Struct"
import { jsonFlag } from "./flags.ts"
import { json, print, styled } from "./output.ts"
import { type Descriptions, plans, type policies } from "./retries.ts"

/** A call that only reads, and one that changes something. */
type Plan = { readonly [Call in keyof typeof policies]: Descriptions }

const titles: { readonly [Call in keyof typeof policies]: string } = {
  reading: "A call that only reads, or is safe to repeat",
  changing: "A call that changes something: only where nothing ran"
}

const calls = Struct.keys(titles)

/** The schedules for a kind. A call that changes something has those of a call that reads, only where nothing ran. */
const describe = (kind: Option.Option<ErrorKind.ErrorKind>): Effect.Effect<Plan> =>
  Effect.map(plans, ({ changing, reading }) => {
    if (Option.isNone(kind)) return { changing, reading }
    const ofKind = reading.filter(({ kinds }) => kinds.includes(kind.value))
    const names = new Set(ofKind.map(({ name }) => name))
    return { reading: ofKind, changing: changing.filter(({ name }) => names.has(name)) }
  })

const millis = (waits: ReadonlyArray<Duration.Duration>): ReadonlyArray<number> =>
  waits.map((wait) => Math.round(Duration.toMillis(wait)))

const dataOf = (descriptions: Descriptions) =>
  descriptions.map(({ endless, kinds, median, name, worst }) => ({
    name,
    kinds,
    medianMillis: millis(median),
    worstMillis: millis(worst),
    endless
  }))

const lines = (plan: Plan, show: (descriptions: Descriptions) => string): ReadonlyArray<string> =>
  calls.flatMap((call, index) => [
    ...(index === 0 ? [] : [""]),
    styled("stdout", "bold", titles[call]),
    plan[call].length === 0 ? "not repeated" : show(plan[call])
  ])

const kinds = Struct.keys(ErrorKind.table)

export const plan = Command.make("plan", {
  kind: Argument.Literals("kind", kinds).pipe(
    Argument.withMetavar("kind"),
    Argument.optional,
    Argument.withDescription(`What a failure means: ${kinds.join(", ")}`)
  ),
  timeline: Flag.Boolean("timeline").pipe(
    Flag.withoutNegation,
    Flag.withDefault(false),
    Flag.withDescription("Draw the attempts on an axis of time")
  ),
  json: jsonFlag
}, ({ json: asJson, kind, timeline }) =>
  Effect.flatMap(describe(kind), (plan) =>
    print(
      "stdout",
      asJson
        ? [json({ reading: dataOf(plan.reading), changing: dataOf(plan.changing) })]
        : lines(plan, timeline ? RetryPlan.timeline : RetryPlan.table)
    ))).pipe(
    Command.withDescription(
      "When the default policies repeat a call: how often, after which waits, and for which kinds of failures; of all kinds, or of one."
    ),
    Command.withShortDescription("When the default policies repeat a call"),
    Command.withExamples([
      { command: "effect-tencentcloud-cli plan", description: "Both policies" },
      { command: "effect-tencentcloud-cli plan throttled --timeline", description: "One kind, on an axis of time" },
      { command: "effect-tencentcloud-cli plan --json", description: "As data" }
    ])
  )
