/**
 * What others do, as models of their published behaviour: fifteen retry policies, and the loop that drives one of them
 * against the model server. All run with the timeouts of the scenario instead of their own, and all may retry a quota
 * error, so that their budgets are what is compared.
 */
import type { Rng } from "./engine.ts"
import type { Answer, Call } from "./server.ts"
import type { Side, World } from "./simulate.ts"

// ---------------------------------------------------------------------------------------------------------------------
// Policies
// ---------------------------------------------------------------------------------------------------------------------

export type Failure = Exclude<Answer, { readonly kind: "success" }> | { readonly kind: "timeout" }

type Kind = Failure["kind"]

/** A call as a policy sees it, and a number of its own that it may keep there. */
export interface Progress {
  readonly call: Call
  retries: number
  note: number
}

/** A delay in milliseconds before the next attempt, or the reason to stop. */
export type Verdict = number | string

export interface PeerClient {
  readonly failed: (progress: Progress, failure: Failure) => Verdict
  /** A success can lead to another attempt only by mistake, but one of the peers makes it. */
  readonly succeeded?: (progress: Progress) => Verdict | undefined
  /** Asked before each attempt: how long to hold it back. Asked again after that. */
  readonly hold?: (progress: Progress) => number
  readonly ended?: (progress: Progress) => void
  /** What is added to the clock of the client when it signs. */
  readonly clockOffset?: () => number
}

/** What a policy can see of the process it runs in. */
export interface Process {
  /** Milliseconds that never jump. */
  readonly now: () => number
  readonly localNow: () => number
  readonly rng: Rng
}

export interface Peer {
  readonly name: string
  /** `false`: a retry sends the bytes of the first attempt again, with its timestamp and nonce. */
  readonly signsAgain: boolean
  readonly open: (process: Process) => PeerClient
}

const isTransport = (kind: Kind): boolean => kind === "refused" || kind === "timeout"

const isTransient = (kind: Kind): boolean => isTransport(kind) || kind === "internal" || kind === "maintenance"

const isRetried = (kind: Kind): boolean => isTransient(kind) || kind === "throttled"

/** A policy with a count and a delay, and nothing that is shared between calls. */
const counted = (name: string, options: {
  readonly times: number
  readonly delay: (retries: number, kind: Kind, rng: Rng) => number
  readonly retries?: (kind: Kind) => boolean
}): Peer => ({
  name,
  signsAgain: true,
  open: ({ rng }) => ({
    failed: ({ retries }, { kind }) => {
      if (!(options.retries ?? isRetried)(kind)) return kind
      return retries < options.times ? options.delay(retries, kind, rng) : "attempts"
    }
  })
})

export const none: Peer = counted("none", { times: 0, delay: () => 0 })

export const fixed: Peer = counted("fixed 3 x 1 s", { times: 3, delay: () => 1_000 })

export const exponential: Peer = counted("exponential 5x, no jitter", {
  times: 5,
  delay: (retries) => Math.min(20_000, 100 * 2 ** retries)
})

/** The AWS SDK before there was a quota on retries: full jitter only. */
export const awsLegacy: Peer = counted("AWS legacy", {
  times: 3,
  delay: (retries, _, rng) => rng.next() * Math.min(20_000, 100 * 2 ** retries)
})

/** `distilled`, an SDK on Effect for several clouds. */
export const distilled: Peer = counted("Effect SDK peer (distilled)", {
  times: 5,
  delay: (retries, kind, rng) => Math.max(kind === "throttled" ? 500 : 0, 100 * 2 ** retries) + rng.next() * 50
})

/** Errors of this API come with HTTP status 200, so a retry in the HTTP client does not see them. */
export const retryTransient: Peer = counted("Effect retryTransient", {
  times: 3,
  delay: (retries) => 100 * 2 ** retries,
  retries: isTransport
})

/** The Go, Node and Java SDKs of the vendor as they come. */
export const tencentDefault: Peer = { ...none, name: "tencentcloud-sdk-go/-nodejs default" }

/**
 * The Go SDK with both of its options set to 3. Network retries need a `ClientToken`, and a refused connection is not a
 * temporary error in Go; quota errors have a loop of their own around that. Nothing is signed again.
 */
export const tencentGo: Peer = {
  name: "tencentcloud-sdk-go, options on",
  signsAgain: false,
  open: () => {
    const counts = new Map<number, { network: number; quota: number }>()
    return {
      failed: ({ call }, { kind }) => {
        const isNetwork = kind === "timeout" && call.token
        if (!isNetwork && kind !== "throttled") return kind
        const count = counts.get(call.id) ?? { network: 0, quota: 0 }
        counts.set(call.id, count)
        const made = isNetwork ? count.network : count.quota
        if (made === 3) return "attempts"
        if (isNetwork) count.network++
        else {
          count.quota++
          count.network = 0
        }
        return 1_000 * 2 ** made
      },
      ended: ({ call }) => void counts.delete(call.id)
    }
  }
}

const pythonDelay = (retries: number): Verdict => retries < 2 ? 1_000 * 2 ** retries : "attempts"

/**
 * The retryer of the Python SDK. It never forgets the error of an earlier attempt, so a success after it counts as a
 * failure.
 */
export const tencentPython: Peer = {
  name: "tencentcloud-sdk-python StandardRetryer",
  signsAgain: true,
  open: () => ({
    failed: (progress, { kind }) => {
      if (!isTransport(kind) && kind !== "throttled") return kind
      progress.note = 1
      return pythonDelay(progress.retries)
    },
    succeeded: ({ note, retries }) => note === 1 ? pythonDelay(retries) : undefined
  })
}

// ---------------------------------------------------------------------------------------------------------------------
// AWS
// ---------------------------------------------------------------------------------------------------------------------

interface AwsNumbers {
  readonly base: number
  readonly throttledBase: number
  readonly transientCost: number
}

const awsAttempts = 3
const awsTokens = 500
const awsThrottledCost = 5

/** Standard mode: full jitter, a bucket of tokens that a retry pays from, and a clock that is corrected. */
const awsClient = (process: Process, numbers: AwsNumbers): PeerClient => {
  let tokens = awsTokens
  let offset = 0
  return {
    clockOffset: () => offset,
    succeeded: ({ note }) => {
      tokens = Math.min(awsTokens, tokens + Math.max(1, note))
      return undefined
    },
    failed: (progress, failure) => {
      if (failure.kind === "clock") {
        const difference = failure.date - process.localNow()
        if (Math.abs(difference - offset) >= 300_000) offset = difference
      } else if (!isRetried(failure.kind)) return failure.kind
      if (progress.retries === awsAttempts - 1) return "attempts"
      const throttled = failure.kind === "throttled"
      const cost = throttled ? awsThrottledCost : numbers.transientCost
      if (tokens < cost) return "budget"
      tokens -= cost
      progress.note = cost
      const base = throttled ? numbers.throttledBase : numbers.base
      return process.rng.next() * Math.min(20_000, base * 2 ** progress.retries)
    }
  }
}

const untilNovember2026: AwsNumbers = { base: 100, throttledBase: 500, transientCost: 10 }

export const awsStandard: Peer = {
  name: "AWS standard (until Nov 2026)",
  signsAgain: true,
  open: (process) => awsClient(process, untilNovember2026)
}

export const awsStandard2026: Peer = {
  name: "AWS standard (2026)",
  signsAgain: true,
  open: (process) => awsClient(process, { base: 50, throttledBase: 1_000, transientCost: 14 })
}

/** A rate of sending that a quota error cuts, and that then follows a cubic curve back to where it was and beyond. */
class CubicRate {
  private readonly beta = 0.7
  private readonly scale = 0.4
  private readonly slowest = 0.5
  private enabled = false
  private rate = this.slowest
  private tokens = 0
  private filledAt: number
  private rateAtCut = 0
  private cutAt: number
  /** The measured rate of sending, smoothed, in half-second steps. */
  private measured = 0
  private answers = 0
  private step: number

  /** All times are in seconds. */
  constructor(now: number) {
    this.filledAt = now
    this.cutAt = now
    this.step = Math.floor(now * 2) / 2
  }

  private get burst(): number {
    return Math.max(1, this.rate)
  }

  private fill(now: number): void {
    this.tokens = Math.min(this.burst, this.tokens + (now - this.filledAt) * this.rate)
    this.filledAt = now
  }

  /** Seconds until a request may go; 0 takes its token. */
  wait(now: number): number {
    if (!this.enabled) return 0
    this.fill(now)
    if (this.tokens >= 1 - 1e-9) {
      this.tokens--
      return 0
    }
    return Math.max(0.001, (1 - this.tokens) / this.rate)
  }

  answered(now: number, throttled: boolean): void {
    this.answers++
    const step = Math.floor(now * 2) / 2
    if (step > this.step) {
      this.measured = 0.8 * this.answers / (step - this.step) + 0.2 * this.measured
      this.answers = 0
      this.step = step
    }
    if (throttled) {
      this.rateAtCut = this.enabled ? Math.min(this.measured, this.rate) : this.measured
      this.cutAt = now
      this.enabled = true
    }
    const back = Math.cbrt(this.rateAtCut * (1 - this.beta) / this.scale)
    const wanted = throttled
      ? this.rateAtCut * this.beta
      : this.scale * (now - this.cutAt - back) ** 3 + this.rateAtCut
    this.fill(now)
    this.rate = Math.max(this.slowest, Math.min(wanted, 2 * this.measured))
    this.tokens = Math.min(this.tokens, this.burst)
  }
}

export const awsAdaptive: Peer = {
  name: "AWS adaptive",
  signsAgain: true,
  open: (process) => {
    const standard = awsClient(process, untilNovember2026)
    const seconds = (): number => process.now() / 1000
    const rate = new CubicRate(seconds())
    return {
      ...standard,
      hold: () => rate.wait(seconds()) * 1000,
      succeeded: (progress) => {
        rate.answered(seconds(), false)
        return standard.succeeded?.(progress)
      },
      failed: (progress, failure) => {
        rate.answered(seconds(), failure.kind === "throttled")
        return standard.failed(progress, failure)
      }
    }
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// Budgets
// ---------------------------------------------------------------------------------------------------------------------

/** The example of gRPC's A6: four attempts, and no retry while less than half of the tokens are left. */
export const grpc: Peer = {
  name: "gRPC throttling",
  signsAgain: true,
  open: ({ rng }) => {
    let tokens = 10
    return {
      succeeded: () => {
        tokens = Math.min(10, tokens + 0.1)
        return undefined
      },
      failed: ({ retries }, { kind }) => {
        if (!isRetried(kind)) return kind
        tokens = Math.max(0, tokens - 1)
        if (tokens <= 5) return "budget"
        return retries < 3 ? Math.min(1_000, 100 * 2 ** retries) * (0.8 + 0.4 * rng.next()) : "attempts"
      }
    }
  }
}

/** A budget of 20 % of the requests of the last 10 s and 10 retries per second; no delay. */
export const finagle: Peer = {
  name: "Finagle",
  signsAgain: true,
  open: ({ now }) => {
    const perRetry = 5
    const reserve = 10 * 10 * perRetry
    const seconds = Array.from({ length: 10 }, () => 0)
    let current = Math.floor(now() / 1000)
    const add = (amount: number): void => {
      const second = Math.floor(now() / 1000)
      for (; current < second; current++) seconds[(current + 1) % 10] = 0
      seconds[second % 10]! += amount
    }
    return {
      hold: ({ retries }) => {
        if (retries === 0) add(1)
        return 0
      },
      failed: ({ retries }, { kind }) => {
        if (!isRetried(kind)) return kind
        add(0)
        const retriesLeft = seconds.reduce((a, b) => a + b, reserve) / perRetry
        if (retriesLeft < 1) return "budget"
        // one request may take a fifth of what is there
        if (retries >= Math.ceil(retriesLeft / 5)) return "attempts"
        add(-perRetry)
        return 0
      }
    }
  }
}

/** Retries in flight are at most 20 % of the active requests, or three. */
export const envoy: Peer = {
  name: "Envoy",
  signsAgain: true,
  open: ({ rng }) => {
    let active = 0
    let retrying = 0
    return {
      hold: ({ retries }) => {
        if (retries === 0) active++
        return 0
      },
      failed: (progress, { kind }) => {
        if (!isRetried(kind)) return kind
        if (progress.retries === 3) return "attempts"
        if (progress.note === 0) {
          if (retrying >= Math.max(3, active / 5)) return "budget"
          retrying++
          progress.note = 1
        }
        return rng.next() * Math.min(250, 25 * (2 ** (progress.retries + 1) - 1))
      },
      ended: ({ note }) => {
        active--
        retrying -= note
      }
    }
  }
}

export const all: ReadonlyArray<Peer> = [
  none,
  fixed,
  exponential,
  awsLegacy,
  awsStandard,
  awsStandard2026,
  awsAdaptive,
  grpc,
  finagle,
  envoy,
  distilled,
  retryTransient,
  tencentDefault,
  tencentGo,
  tencentPython
]

// ---------------------------------------------------------------------------------------------------------------------
// Loop
// ---------------------------------------------------------------------------------------------------------------------

/** A policy as a side of a comparison. */
export const side = (peer: Peer): Side => ({
  name: peer.name,
  open: (world, client) => {
    const { engine, scenario } = world
    const localNow = (): number => world.localNow(client)
    const policy = peer.open({ now: () => engine.now, localNow, rng: world.rng(client) })
    const nextNonce = nonces(world, client)

    return (call, end) => {
      const progress: Progress = { call, retries: 0, note: 0 }
      let timestamp = 0
      let nonce = 0
      let ended = false

      const finish = (failure: string | undefined): void => {
        if (ended) return
        ended = true
        engine.cancel(deadline)
        policy.ended?.(progress)
        end(failure)
      }
      const deadline = engine.at(call.deadline, () => finish("deadline"))

      const follow = (verdict: Verdict): void => {
        if (typeof verdict === "string") return finish(verdict)
        engine.after(verdict, () => {
          if (ended) return
          progress.retries++
          prepare()
        })
      }

      /** Waits for the turn of the next attempt. */
      const prepare = (): void => {
        if (ended) return
        const wait = policy.hold?.(progress) ?? 0
        if (wait > 0) engine.after(wait, prepare)
        else send()
      }

      const send = (): void => {
        if (peer.signsAgain || progress.retries === 0) {
          timestamp = localNow() + (policy.clockOffset?.() ?? 0)
          nonce = nextNonce()
        }
        let open = true
        const settle = (failure: Failure | undefined): void => {
          if (!open || ended) return
          open = false
          engine.cancel(timeout)
          if (failure !== undefined) return follow(policy.failed(progress, failure))
          const verdict = policy.succeeded?.(progress)
          if (verdict === undefined) finish(undefined)
          else follow(verdict)
        }
        const timeout = engine.after(scenario.attemptTimeout, () => settle({ kind: "timeout" }))
        world.send({ call, timestamp, nonce }, (answer) => settle(answer.kind === "success" ? undefined : answer))
      }

      prepare()
    }
  }
})

/** Distinct over all clients: whoever draws nonces at random from a small range is not what is compared here. */
const nonces = ({ scenario }: World, client: number): () => number => {
  let next = client
  return () => next += scenario.clients
}
