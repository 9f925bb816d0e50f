/**
 * The request rate, counted per secret id and action in whole seconds of the gateway's clock. A refused request counts too.
 */
export interface RequestRate {
  /** Counts a request, and returns its number within its second, from 1. */
  readonly count: (secretId: string, action: string, second: number) => number
}

export const makeRequestRate = (): RequestRate => {
  // Those of one second.
  const counters = new Map<string, number>()
  let current: number | undefined
  return {
    count: (secretId, action, second) => {
      if (second !== current) counters.clear()
      current = second
      const key = `${secretId} ${action}`
      const requests = (counters.get(key) ?? 0) + 1
      counters.set(key, requests)
      return requests
    }
  }
}
