/**
 * Discrete events on virtual time, and the random numbers that go with them. Nothing here waits: time jumps from one
 * event to the next, so minutes of traffic take as long as the work in them.
 */

/** A planned event. It is forgotten by emptying it, because taking one out of the middle of a heap is dear. */
export interface Timer {
  readonly time: number
  readonly order: number
  run: (() => void) | undefined
}

const isBefore = (a: Timer, b: Timer): boolean => a.time < b.time || (a.time === b.time && a.order < b.order)

export class Engine {
  /** Milliseconds since the start. */
  now = 0
  private planned = 0
  private readonly heap: Array<Timer> = []
  private tasks: Array<{ readonly run: () => void; readonly priority: number }> = []

  /** Plans an event. Events of the same time happen in the order in which they were planned. */
  at(time: number, run: () => void): Timer {
    const timer: Timer = { time: Math.max(time, this.now), order: this.planned++, run }
    const heap = this.heap
    let index = heap.length
    heap.push(timer)
    while (index > 0) {
      const parent = (index - 1) >> 1
      if (isBefore(heap[parent]!, timer)) break
      heap[index] = heap[parent]!
      index = parent
    }
    heap[index] = timer
    return timer
  }

  after(delay: number, run: () => void): Timer {
    return this.at(this.now + delay, run)
  }

  cancel(timer: Timer): void {
    timer.run = undefined
  }

  /** Has a task run before time goes on. A lower priority goes first, as in Effect's own scheduler. */
  soon(run: () => void, priority = 0): void {
    let index = this.tasks.length
    while (index > 0 && this.tasks[index - 1]!.priority > priority) index--
    if (index === this.tasks.length) this.tasks.push({ run, priority })
    else this.tasks.splice(index, 0, { run, priority })
  }

  /** Runs all tasks, also those that they add. After it everything waits for time, or for nothing. */
  settle(): void {
    while (this.tasks.length > 0) {
      const tasks = this.tasks
      this.tasks = []
      for (const task of tasks) task.run()
    }
  }

  /** Lets all events up to `end` happen. */
  run(end: number): void {
    this.settle()
    while (this.heap.length > 0 && this.heap[0]!.time <= end) {
      const timer = this.pop()
      if (timer.run === undefined) continue
      this.now = timer.time
      timer.run()
      this.settle()
    }
    this.now = end
  }

  private pop(): Timer {
    const heap = this.heap
    const first = heap[0]!
    const last = heap.pop()!
    const size = heap.length
    if (size === 0) return first
    let index = 0
    for (;;) {
      let child = 2 * index + 1
      if (child >= size) break
      if (child + 1 < size && isBefore(heap[child + 1]!, heap[child]!)) child++
      if (isBefore(last, heap[child]!)) break
      heap[index] = heap[child]!
      index = child
    }
    heap[index] = last
    return first
  }
}

/** What a stream of random numbers is for. Each purpose has streams of its own, so that no use disturbs another. */
const purposes = { arrivals: 1, server: 2, jitter: 3 } as const

/**
 * A stream of random numbers for a purpose and up to two numbers, such as a call and its attempt. The same attempt of
 * the same call meets the same luck on every side, so sides are compared on equal terms.
 */
export class Rng {
  private a: number
  private b: number
  private c: number
  private d = 1

  constructor(seed: number, purpose: keyof typeof purposes, first = 0, second = 0) {
    this.a = seed | 0
    this.b = first | 0
    this.c = Math.imul(second + 1, 0x9e37_79b1) ^ purposes[purpose]
    for (let i = 0; i < 12; i++) this.next()
  }

  /** From 0 to below 1 (sfc32). */
  next(): number {
    const sum = (this.a + this.b + this.d) | 0
    this.d = (this.d + 1) | 0
    this.a = this.b ^ (this.b >>> 9)
    this.b = (this.c + (this.c << 3)) | 0
    this.c = (((this.c << 21) | (this.c >>> 11)) + sum) | 0
    return (sum >>> 0) / 2 ** 32
  }

  /** A time between two events that happen at random, once in `mean` on average. */
  gap(mean: number): number {
    return -mean * Math.log(1 - this.next())
  }

  /** Response times: most near the median, a few much longer. */
  logNormal(median: number, sigma: number): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.next()))
    return median * Math.exp(sigma * radius * Math.cos(2 * Math.PI * this.next()))
  }
}

/** The value below which the share `q` of all values lies. */
export const quantile = (values: ReadonlyArray<number>, q: number): number => {
  const sorted = Float64Array.from(values).sort()
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? NaN
}

export const sum = (values: ReadonlyArray<number>): number => values.reduce((a, b) => a + b, 0)

export const mean = (values: ReadonlyArray<number>): number => sum(values) / values.length
