/**
 * A retry policy as data: its schedules, the waits that they lead to, and the failures that they are for; also as a table and as
 * a timeline in text. Nothing is run and nothing is waited for.
 */
import type * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Pull from "effect/Pull"
import * as Random from "effect/Random"
import * as Schedule from "effect/Schedule"
import * as ErrorKind from "./ErrorKind.ts"
import * as internal from "./internal/policy.ts"
import type * as TencentRetry from "./TencentRetry.ts"

/**
 * A code to list: its tag, and its kind. The rows of `ErrorCode.catalogue` are such codes.
 *
 * @category models
 */
export interface Code {
  /** The `_tag` of the error. */
  readonly tag: string
  /** The kind of the error. The other fields that a policy reads follow from it. */
  readonly kind: ErrorKind.ErrorKind
  /** The code as the server sends it, for a schedule that reads it. */
  readonly code?: number | string
}

/**
 * One schedule of a policy, as the waits that it leads to.
 *
 * @category models
 */
export interface Description {
  /** The tag, the kind, or for a default policy the retry class. */
  readonly name: string
  /** The tags of the listed codes that it is for, or its own tag. Empty where no listed code leads to it. */
  readonly tags: ReadonlyArray<string>
  /** The kinds that it is for. Empty for a schedule by tag, and for one that other kinds only have where nothing ran. */
  readonly kinds: ReadonlyArray<ErrorKind.ErrorKind>
  /** The waits when every random number is in the middle. */
  readonly median: ReadonlyArray<Duration.Duration>
  /** The longest waits that randomness can lead to. */
  readonly worst: ReadonlyArray<Duration.Duration>
  /** The schedule goes on after the waits listed here, the first 50: only a deadline or a count ends it. */
  readonly endless: boolean
}

const maxDescribed = 50

const fixedRandom = (value: number): Context.Service.Shape<typeof Random.Random> => ({
  nextDoubleUnsafe: () => value,
  nextIntUnsafe: () => Math.floor(value * Number.MAX_SAFE_INTEGER)
})

// The largest number below 1.
const almostOne = 1 - Number.EPSILON / 2

/** An error of a kind, as far as a policy reads it. */
const sampleOf = (
  kind: ErrorKind.ErrorKind,
  { code, tag }: { readonly tag: string; readonly code?: number | string }
) => ({
  _tag: tag,
  message: "",
  kind,
  ...ErrorKind.table[kind],
  ...(code !== undefined && { code })
})

const waitsOf = <R>(
  schedule: internal.AnySchedule,
  error: unknown,
  random: number
): Effect.Effect<ReadonlyArray<Duration.Duration>, never, R> => {
  const waits: Array<Duration.Duration> = []
  const all = Effect.gen(function*() {
    const step = yield* Schedule.toStep(schedule)
    let now = 0
    while (waits.length < maxDescribed) {
      const [, wait] = yield* step(now, error)
      waits.push(wait)
      now += Duration.toMillis(wait)
    }
  }).pipe(
    Pull.catchDone(() => Effect.void),
    Effect.provideService(Random.Random, fixedRandom(random)),
    Effect.as(waits)
  )
  // The services of the schedules are those in the type of the policy.
  return all as Effect.Effect<ReadonlyArray<Duration.Duration>, never, R>
}

const kinds = Object.keys(ErrorKind.table) as ReadonlyArray<ErrorKind.ErrorKind>

/**
 * The schedules of a policy as data: for each the waits in the median and in the worst case. {@link table} and
 * {@link timeline} print it. The schedules are run, without waiting, from the start of a second.
 *
 * `codes` are those to list, such as `ErrorCode.catalogue`. A schedule is run with the first listed code that leads to it;
 * without one with its kind, or with its tag. One that reads more than the tag is run with the error of its tag in `errors`.
 *
 * **Example** (A policy of two tags)
 *
 * ```ts
 * import { Duration, Effect, Schedule } from "effect"
 * import { TencentRetry } from "effect-tencentcloud"
 * import * as RetryPlan from "effect-tencentcloud/RetryPlan"
 *
 * const policy = TencentRetry.make({
 *   QuotaExceeded: Schedule.spaced("1 second"),
 *   InternalError: Schedule.exponential("100 millis").pipe(Schedule.upTo({ times: 3 }))
 * })
 * const [quota, internal] = await Effect.runPromise(RetryPlan.describe(policy))
 * console.log(quota?.endless, internal?.worst.map(Duration.toMillis).join()) // => true 100,200,400
 * ```
 *
 * @category describing
 */
export const describe: {
  /** The schedules of a policy as data: for each the waits in the median and in the worst case. */
  <Tags extends string, R, Reads extends object>(
    policy: TencentRetry.Policy<Tags, R, Reads>,
    codes: ReadonlyArray<Code>,
    errors: Reads
  ): Effect.Effect<ReadonlyArray<Description>, never, R>
  /** The schedules of a policy as data: for each the waits in the median and in the worst case. */
  <Tags extends string, R = never>(
    policy: TencentRetry.Policy<Tags, R>,
    codes?: ReadonlyArray<Code>
  ): Effect.Effect<ReadonlyArray<Description>, never, R>
} = <Tags extends string, R>(
  policy: TencentRetry.Policy<Tags, R, never>,
  codes: ReadonlyArray<Code> = [],
  errors: { readonly [tag: string]: unknown } = {}
): Effect.Effect<ReadonlyArray<Description>, never, R> => {
  const { schedules, select } = internal.implementation(policy)
  return Effect.forEach(schedules, (selected) => {
    const { name, schedule } = selected
    const leads = (error: unknown): boolean => select(error) === selected
    const ofCodes = codes.filter((code) => leads(sampleOf(code.kind, code)))
    const ofKinds = kinds.filter((kind) => leads(sampleOf(kind, { tag: "" })))
    const isOfTag = leads({ _tag: name })
    const [code] = ofCodes
    const [kind] = ofKinds
    const sample = code !== undefined
      ? sampleOf(code.kind, code)
      : kind !== undefined
      ? sampleOf(kind, { tag: "" })
      : { _tag: name }
    const error = isOfTag && Object.hasOwn(errors, name) ? errors[name] : sample
    return Effect.map(
      Effect.all([waitsOf<R>(schedule, error, 0.5), waitsOf<R>(schedule, error, almostOne)]),
      ([median, worst]): Description => ({
        name,
        tags: isOfTag ? [name] : ofCodes.map(({ tag }) => tag),
        kinds: ofKinds,
        median,
        worst,
        endless: median.length === maxDescribed
      })
    )
  })
}

const total = (waits: ReadonlyArray<Duration.Duration>): number =>
  waits.reduce((sum, wait) => sum + Duration.toMillis(wait), 0)

const seconds = (millis: number): string =>
  millis < 1000 ? `${Math.round(millis)} ms` : `${(millis / 1000).toFixed(1)} s`

/**
 * A description as a table in text: name, number of retries, the first waits in the median, all waits in the worst case, and the tags of the
 * listed codes, or else the kinds.
 *
 * **Example** (One tag)
 *
 * ```ts
 * import { Effect } from "effect"
 * import { TencentRetry } from "effect-tencentcloud"
 * import * as RetryPlan from "effect-tencentcloud/RetryPlan"
 *
 * const policy = TencentRetry.make({ InternalError: TencentRetry.transient })
 * const text = RetryPlan.table(await Effect.runPromise(RetryPlan.describe(policy)))
 * console.log(text.split("\n")[1]) // => InternalError  5        150 ms, 300 ms, 600 ms, 1.2 s, ...  6.2 s           InternalError
 * ```
 *
 * @category describing
 */
export const table = (descriptions: ReadonlyArray<Description>): string => {
  const rows = descriptions.map(({ endless, kinds, median, name, tags, worst }) => [
    name,
    endless ? "no end" : Array.from(new Set([worst.length, median.length])).join(" to "),
    median.slice(0, 4).map((wait) => seconds(Duration.toMillis(wait))).join(", ") + (median.length > 4 ? ", ..." : ""),
    endless ? "no end" : seconds(total(worst)),
    (tags.length > 0 ? tags : kinds).join(", ") || "only where nothing ran"
  ])
  const all = [["name", "retries", "median waits", "at most in all", "for"], ...rows]
  const widths = [0, 1, 2, 3].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)))
  return all.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ").trimEnd()).join("\n")
}

const timelineWidth = 60

/**
 * A description as a timeline in text: for each schedule one line for the median and one for the worst case, with a mark for
 * every attempt, on one axis from the first attempt to the last. Attempts that follow at once share a mark.
 *
 * **Example** (Two retries, one second apart)
 *
 * ```ts
 * import { Effect, Schedule } from "effect"
 * import { TencentRetry } from "effect-tencentcloud"
 * import * as RetryPlan from "effect-tencentcloud/RetryPlan"
 *
 * const policy = TencentRetry.make({ QuotaExceeded: Schedule.spaced("1 second").pipe(Schedule.upTo({ times: 2 })) })
 * const text = RetryPlan.timeline(await Effect.runPromise(RetryPlan.describe(policy)))
 * console.log(text.split("\n")[0]) // => QuotaExceeded  median  o-----------------------------o-----------------------------o  2.0 s
 * ```
 *
 * @category describing
 */
export const timeline = (descriptions: ReadonlyArray<Description>): string => {
  const longest = Math.max(1, ...descriptions.map(({ worst }) => total(worst)))
  const nameWidth = Math.max(0, ...descriptions.map(({ name }) => name.length))
  const line = (waits: ReadonlyArray<Duration.Duration>): string => {
    let at = 0
    const marks = [0, ...waits.map((wait) => Math.round((at += Duration.toMillis(wait)) / longest * timelineWidth))]
    const last = marks[marks.length - 1] ?? 0
    return Array.from({ length: last + 1 }, (_, column) => marks.includes(column) ? "o" : "-").join("").padEnd(
      timelineWidth + 1
    )
  }
  return descriptions.flatMap(({ median, name, worst }) => [
    `${name.padEnd(nameWidth)}  median  ${line(median)}  ${seconds(total(median))}`,
    `${"".padEnd(nameWidth)}  worst   ${line(worst)}  ${seconds(total(worst))}`
  ]).join("\n")
}
