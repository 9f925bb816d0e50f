/**
 * The injected faults: which requests go wrong, and when.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import { checked, type InjectedResponse } from "./injectedResponses.ts"

/**
 * An injected fault. With nothing but a `response` it meets the next request that passes the checks, once.
 *
 * Requests are counted from the moment the fault was injected, among those that get as far as `at` says.
 *
 * @category models
 */
export interface InjectedFault {
  /** Replaces the response. Without it the response is only late. */
  readonly response?: InjectedResponse | undefined
  /** How long the response waits, default not at all. A client that goes meanwhile stops nothing: the action is executed. */
  readonly delay?: Duration.Input | undefined
  /**
   * When it happens:
   *
   * - `arrival`: before anything is checked; and, with a `response` and no `action`, before the body is read
   * - `action` (default): the request has passed the checks; in place of the action, so nothing is executed
   * - `response`: the action was executed; in place of its response
   */
  readonly at?: "arrival" | "action" | "response" | undefined
  /** The action it is for, default all. */
  readonly action?: string | undefined
  /** The number of the first request that it meets, default 1: the next one. */
  readonly request?: number | undefined
  /** How many requests it meets, default 1, or `Infinity` with a `probability`. */
  readonly times?: number | undefined
  /** How likely it meets a request, from 0 to 1, default 1. */
  readonly probability?: number | undefined
  /** Where the random numbers of `probability` start, default 1. The same seed meets the same requests. */
  readonly seed?: number | undefined
}

interface Injected {
  readonly fault: InjectedFault
  /** Undefined for a fault that is certain. */
  readonly random: typeof Random.Random.Service | undefined
  requests: number
  left: number
}

const refused = (name: string, value: number): Error =>
  new Error(`TencentGateway: a fault cannot have ${name}: ${value}.`)

/** A fault that could not happen as it is written is a mistake of the test. */
const check = ({ delay, probability = 1, request = 1, response, times = 1 }: InjectedFault): void => {
  if (response !== undefined) checked(response)
  // Throws for a text that is no duration.
  if (delay !== undefined) Duration.toMillis(delay)
  if (!(probability >= 0 && probability <= 1)) throw refused("probability", probability)
  if (!(request >= 1)) throw refused("request", request)
  if (!(times >= 0)) throw refused("times", times)
}

const start = (fault: InjectedFault): Injected => {
  check(fault)
  return {
    fault,
    random: fault.probability === undefined
      ? undefined
      : Effect.runSync(Random.withSeed(Effect.service(Random.Random), fault.seed ?? 1)),
    requests: 0,
    left: fault.times ?? (fault.probability === undefined ? 1 : Infinity)
  }
}

/**
 * Counts a request, and returns whether the fault meets it. Every fault draws a number for each request, so that the others do
 * not change which ones it meets.
 */
const draw = (one: Injected): boolean => {
  one.requests++
  const isLucky = one.random === undefined || one.random.nextDoubleUnsafe() < (one.fault.probability ?? 1)
  return isLucky && one.left > 0 && one.requests >= (one.fault.request ?? 1)
}

export interface InjectedFaults {
  readonly add: (fault: InjectedFault) => void
  readonly clear: () => void
  /** Counts a request for every fault that `concerns` it, and returns the first one that meets it. */
  readonly next: (concerns: (fault: InjectedFault) => boolean) => InjectedFault | undefined
}

export const makeInjectedFaults = (faults: ReadonlyArray<InjectedFault> = []): InjectedFaults => {
  let all = faults.map(start)
  return {
    add: (fault) => {
      all.push(start(fault))
    },
    clear: () => {
      all = []
    },
    next: (concerns) => {
      let first: Injected | undefined
      for (const one of all) {
        if (concerns(one.fault) && draw(one)) first ??= one
      }
      if (first !== undefined && --first.left <= 0) all = all.filter((one) => one !== first)
      return first?.fault
    }
  }
}
