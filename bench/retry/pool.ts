/**
 * Runs simulations on all cores. A run is one scenario, one side and one seed, and no run knows of another, so the
 * results do not depend on who finishes first.
 */
import { availableParallelism } from "node:os"
import { Worker } from "node:worker_threads"
import type { Result } from "./simulate.ts"

/** A run by the names of its parts, as it is sent to a worker. */
export interface Job {
  readonly scenario: string
  readonly side: string
  readonly seed: number
}

export const keyOf = ({ scenario, seed, side }: Job): string => `${scenario} ${seed} ${side}`

/** The results under `keyOf` their jobs. */
export const runAll = async (jobs: ReadonlyArray<Job>): Promise<ReadonlyMap<string, Result>> => {
  const results = new Map<string, Result>()
  let next = 0
  const drive = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const worker = new Worker(new URL("./worker.ts", import.meta.url))
      const give = (): void => {
        const job = jobs[next++]
        // a thread has no origin
        // oxlint-disable-next-line unicorn/require-post-message-target-origin
        if (job !== undefined) worker.postMessage(job)
        else worker.terminate().then(() => resolve(), reject)
      }
      worker.on("message", ({ job, result }: { readonly job: Job; readonly result: Result }) => {
        results.set(keyOf(job), result)
        give()
      })
      worker.on("error", reject)
      give()
    })
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), 8, jobs.length) }, drive))
  return results
}
