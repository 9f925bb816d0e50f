/**
 * The metrics of an action, made once, because the attributes of a metric cost more than its update.
 */
import type * as Duration from "effect/Duration"
import * as Metric from "effect/Metric"
import type { AnyAction } from "../Protocol.ts"

export interface Metrics {
  /** Calls by result: the tag of the error, or ok. */
  readonly calls: (result: string) => Metric.Counter<number>
  readonly attempts: Metric.Counter<number>
  readonly duration: Metric.Histogram<Duration.Duration>
}

export const metricsOf = ({ name, protocol: { service } }: AnyAction): Metrics => {
  const attributes = { service, action: name }
  const byResult = new Map<string, Metric.Counter<number>>()
  return {
    calls: (result) => {
      const counter = byResult.get(result) ?? Metric.counter("tencentcloud_calls", {
        description: "Calls by service, action and result: the tag of the error, or ok",
        incremental: true,
        attributes: { ...attributes, result }
      })
      byResult.set(result, counter)
      return counter
    },
    attempts: Metric.counter("tencentcloud_attempts", {
      description: "Attempts of calls by service and action",
      incremental: true,
      attributes
    }),
    duration: Metric.timer("tencentcloud_call_duration", {
      description: "Duration of calls, all attempts and delays included, by service and action",
      attributes
    })
  }
}
