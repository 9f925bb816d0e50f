/** One thread of `pool.ts`. */
import { parentPort } from "node:worker_threads"
import type { Job } from "./pool.ts"
import { scenarioNamed } from "./scenarios.ts"
import { sideNamed } from "./sides.ts"
import { simulate } from "./simulate.ts"

parentPort?.on("message", (job: Job) => {
  const result = simulate(scenarioNamed(job.scenario), sideNamed(job.side), job.seed)
  // a thread has no origin
  // oxlint-disable-next-line unicorn/require-post-message-target-origin
  parentPort?.postMessage({ job, result })
})
