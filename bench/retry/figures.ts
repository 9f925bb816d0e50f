/**
 * What is read off a result. Over several seeds a figure is the mean, with one exception: a recovery that never came in
 * one of them never came.
 */
import { mean, sum } from "./engine.ts"
import type { Result, Scenario } from "./simulate.ts"

export type Figure = (results: ReadonlyArray<Result>, scenario: Scenario) => number

const each = (figure: (result: Result, scenario: Scenario) => number): Figure => (results, scenario) =>
  mean(results.map((result) => figure(result, scenario)))

/** A share of all calls of all seeds, in percent. */
const share = (part: (result: Result) => number, whole: (result: Result) => number): Figure => (results) =>
  100 * sum(results.map(part)) / sum(results.map(whole))

export const success = share((r) => r.succeeded, (r) => r.calls)

export const readSuccess = share((r) => r.readsSucceeded, (r) => r.reads)

export const attemptsPerCall = each((r) => r.attempts / r.calls)

export const p99 = each((r) => r.p99)

export const focusSuccess = share((r) => r.focus.succeeded, (r) => r.focus.calls)

/** Of the calls that may be repeated after any failure. */
export const focusRepeatable = share((r) => r.focus.repeatableSucceeded, (r) => r.focus.repeatable)

export const focusAttempts = each((r) => r.focus.attempts / r.focus.calls)

/** The busiest second of the 20 s after the focus, as a multiple of the usual load. */
export const peak = each((r, scenario) => {
  const begin = Math.floor((scenario.focus?.to ?? 0) / 1000)
  return Math.max(...r.perSecond.attempts.slice(begin, begin + 20)) / (scenario.clients * scenario.rate)
})

/** Seconds after the focus until 95 % of the calls of the next 10 s succeed. */
const recoveryOf = (r: Result, scenario: Scenario): number => {
  const begin = Math.floor((scenario.focus?.to ?? 0) / 1000)
  for (let second = begin; second + 10 <= scenario.duration / 1000; second++) {
    const succeeded = sum(r.perSecond.succeeded.slice(second, second + 10))
    if (succeeded >= 0.95 * sum(r.perSecond.calls.slice(second, second + 10))) return second - begin
  }
  return Infinity
}

export const recovery = each(recoveryOf)

/** Successes in the focus, in percent of the quota. */
export const quotaUsed = each((r, scenario) => {
  const { from, to } = scenario.focus ?? { from: 0, to: scenario.duration }
  const succeeded = sum(r.perSecond.succeeded.slice(from / 1000, to / 1000))
  return 100 * succeeded / ((scenario.server.quota ?? 0) * (to - from) / 1000)
})

export const rejections = each((r) => r.throttled / r.succeeded)

/** The requests of the busiest second, in any of the runs. */
export const busiest: Figure = (results) => Math.max(...results.flatMap((r) => r.perSecond.attempts))
