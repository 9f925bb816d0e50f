/**
 * A failure as the command shows it: as data for `--json`, and as lines for people.
 */
import { type ErrorKind, Failure, TencentRetry } from "effect-tencentcloud"
import type { Language } from "effect-tencentcloud/ErrorKindText"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { identity } from "effect/Function"
import * as Option from "effect/Option"
import { hasProperty } from "effect/Predicate"
import type { Declaration } from "./declared.ts"
import { json, oneLine, type Row, rows, styled } from "./output.ts"
import { type Verdicts, verdicts } from "./retries.ts"
import { timeText, verdictText, words } from "./words.ts"

/** What a failure is, what it means, and what to do about it. */
export interface Report {
  readonly tag: string
  readonly code?: number | string
  readonly message: string
  readonly kind: ErrorKind.ErrorKind
  readonly category: ErrorKind.Category
  readonly retryClass: ErrorKind.RetryClass
  readonly outcome: ErrorKind.Outcome
  readonly name: string
  readonly remedy: string
  readonly docs?: string
  readonly action?: string
  readonly requestId?: string
  readonly clientToken?: string
  /** Where a request or a response does not fit. */
  readonly issues?: ReadonlyArray<unknown>
  /** How often the call was tried, where it was a call. */
  readonly attempts?: number
  readonly elapsedMillis?: number
  /** Why there was no other attempt. */
  readonly stopped?: TencentRetry.StopReason
}

/** The report of a failure that a call could have, and what its policy would do. */
export interface ReportWithRetry extends Report {
  readonly retry: Verdicts
  /** The services that declare the code, where it is no common one. */
  readonly declaredBy?: ReadonlyArray<Declaration>
}

/** What failures mean, as far as all of them are alike. */
export type Meaning =
  & Pick<ReportWithRetry, "tag" | "code" | "kind" | "category" | "name" | "remedy" | "docs" | "declaredBy">
  & Partial<Pick<ReportWithRetry, "retryClass" | "outcome" | "retry">>

const historyOf = (error: Failure.Failure) =>
  Option.match(TencentRetry.history(error), {
    onNone: () => ({}),
    onSome: ({ attempts, elapsed, stopped }) => ({
      attempts,
      elapsedMillis: Math.round(Duration.toMillis(elapsed)),
      stopped
    })
  })

const issuesOf = (error: object) =>
  hasProperty(error, "issues") && Array.isArray(error.issues) && error.issues.length > 0
    ? { issues: error.issues }
    : {}

/** The words of the library for the kind would say that keys were refused. */
const explain = (error: Failure.Failure, language: Language): Failure.Explanation =>
  error._tag === "CredentialsUnavailable" ? words[language].noCredentials : Failure.explain(error, language)

/** The report of an error. */
export const reportOf = (error: Failure.Failure, language: Language): Report => {
  const { docs, name, remedy } = explain(error, language)
  return {
    tag: error._tag,
    ...(error.code !== undefined && { code: error.code }),
    message: error.message,
    kind: error.kind,
    category: error.category,
    retryClass: error.retryClass,
    outcome: error.outcome,
    name,
    remedy,
    ...(docs !== undefined && { docs }),
    ...(error.action !== undefined && { action: error.action }),
    ...(error.requestId !== undefined && { requestId: error.requestId }),
    ...(error.clientToken !== undefined && { clientToken: error.clientToken }),
    ...issuesOf(error),
    ...historyOf(error)
  }
}

/** The report of an error, with what the default policies would do after it, and with the services that declare its code. */
export const withRetry = (
  error: Failure.Failure,
  language: Language,
  declaredBy: ReadonlyArray<Declaration> = []
): Effect.Effect<ReportWithRetry> =>
  Effect.map(verdicts(error), (retry) => ({
    ...reportOf(error, language),
    retry,
    ...(declaredBy.length > 0 && { declaredBy })
  }))

/** The class and the code: `ReplayAttack 4500`. In API 3.0 the class has the name of the code. */
const titleOf = ({ code, tag }: Pick<Report, "code" | "tag">): string =>
  code === undefined || code === tag ? tag : `${tag} ${oneLine(String(code))}`

/** The class, the code, and what the server said, where it said anything. */
export const titleAndMessage = (report: Report, style: (title: string) => string = identity): string =>
  style(titleOf(report)) + (report.message.trim() === "" ? "" : `: ${oneLine(report.message)}`)

/** How many services are named. */
const mostServices = 5

const servicesText = (services: ReadonlyArray<string>, language: Language): string => {
  const named = services.slice(0, mostServices).join(", ")
  return services.length > mostServices ? words[language].more(named, services.length - mostServices) : named
}

/** The services that declare a code. Where they differ in what it means, also that. */
const declaredText = (declaredBy: ReadonlyArray<Declaration>, language: Language): string =>
  declaredBy
    .map(({ kind, services }) => servicesText(services, language) + (declaredBy.length > 1 ? ` (${kind})` : ""))
    .join("; ")

/** What a failure means and what to do about it, as rows of names and values. */
export const meaningRows = (meaning: Meaning, language: Language): ReadonlyArray<Row> => {
  const { labels, ofEach, outcome } = words[language]
  const { declaredBy, retry } = meaning
  return [
    [labels.meaning, meaning.name],
    [labels.remedy, meaning.remedy],
    [labels.kind, `${meaning.kind} (${meaning.category})`],
    [labels.outcome, meaning.outcome === undefined ? ofEach : outcome[meaning.outcome]],
    [labels.reading, retry && verdictText(retry.reading, language)],
    [labels.changing, retry && verdictText(retry.changing, language)],
    [labels.docs, meaning.docs],
    [labels.declaredBy, declaredBy && declaredText(declaredBy, language)]
  ]
}

const issueLines = ({ issues = [] }: Report): ReadonlyArray<string> =>
  // The message names the only one.
  issues.length < 2 ? [] : issues.map((issue) => `  ${oneLine(json(issue))}`)

/** A failure as lines: what the server said, what it means, and what to do. */
export const failureLines = (
  stream: "stdout" | "stderr",
  report: Report | ReportWithRetry,
  language: Language
): ReadonlyArray<string> => {
  const { attempts, labels } = words[language]
  return [
    titleAndMessage(report, (title) => styled(stream, "red", title)),
    ...issueLines(report),
    ...rows(stream, [
      ...meaningRows(report, language),
      [labels.action, report.action],
      [labels.request, report.requestId === undefined ? undefined : oneLine(report.requestId)],
      ["ClientToken", report.clientToken === undefined ? undefined : oneLine(report.clientToken)],
      [
        labels.attempts,
        report.attempts === undefined ? undefined : attempts(report.attempts, timeText(report.elapsedMillis ?? 0))
      ]
    ])
  ]
}
