/**
 * The request rate, counted per secret id and action in whole seconds of the gateway's clock. A refused request counts too.
 */
export interface RequestRate {
  /** Counts a request, and returns its number within its second, from 1. */
  readonly count: (secretId: string, action: string, second: number) => number
}

// One entry for each pair of a known secret id and a known action: those counted are both.
export const makeRequestRate = (): RequestRate => {
  const counters = new Map<string, { second: number; requests: number }>()
  return {
    count: (secretId, action, second) => {
      const key = `${secretId} ${action}`
      const counter = counters.get(key)
      if (counter === undefined || counter.second !== second) {
        counters.set(key, { second, requests: 1 })
        return 1
      }
      return ++counter.requests
    }
  }
}
