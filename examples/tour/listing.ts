/**
 * The timeline of a listing that is retried by tag, on the real clock: each tag has its own schedule and its own state.
 */
import { Clock, Console, Duration, Effect, Schedule, Schema } from "effect"
import { TencentResponse, TencentRetry } from "effect-tencentcloud"
import { fit, screen } from "../terminal.ts"
import { check } from "./report.ts"

const policy = TencentRetry.make({
  InternalError: TencentRetry.equalJitter(Schedule.exponential("300 millis")).pipe(Schedule.upTo({ times: 4 })),
  QuotaExceeded: Schedule.spaced("500 millis").pipe(Schedule.upTo({ times: 2 })),
  ReplayAttack: TencentRetry.replay
})

const bodies = [
  `{"code":6000,"message":"","codeDesc":"InternalError"}`,
  `{"code":4400,"message":"too many requests"}`,
  `{"code":"6000","message":null}`,
  `{"code":4500,"message":"nonce"}`,
  `{"code":0,"message":"","totalCount":2}`
]

const millisPerCell = 20

export const listing = Effect.gen(function*() {
  const { styles } = yield* screen
  const decode = TencentResponse.decodeText(Schema.Struct({ totalCount: Schema.Finite }))
  const start = yield* Clock.currentTimeMillis
  const seen: Array<TencentRetry.Attempt> = []
  let sent = 0
  const request = Effect.suspend(() => decode(bodies[sent++] ?? ""))
  const line = (elapsed: number, tag: string, rest: string) =>
    Console.log(`${`+${elapsed} ms`.padStart(10)}  #${sent}  ${tag}  ${rest}`)
  const schedule = TencentRetry.schedule(policy).pipe(Schedule.tap(({ output }) => {
    seen.push(output)
    const delay = Duration.toMillis(output.delay)
    const bar = styles.cyan("▇".repeat(Math.round(delay / millisPerCell)))
    const wait = delay === 0 ? "at once" : `${bar} ${Math.round(delay)} ms`
    return line(Math.round(Duration.toMillis(output.elapsed)), styles.red(fit(output.tag, 13)), wait)
  }))
  const { totalCount } = yield* Effect.retry(request, schedule)
  const elapsed = (yield* Clock.currentTimeMillis) - start
  yield* line(elapsed, styles.green(fit("success", 13)), `totalCount: ${totalCount}`)
  const [first, , third, fourth] = seen
  yield* check(
    "each failure is seen once",
    seen.map(({ tag }) => tag).join() === "InternalError,QuotaExceeded,InternalError,ReplayAttack"
  )
  yield* check(
    "InternalError goes on where it was",
    first !== undefined && third !== undefined && Duration.isGreaterThan(third.delay, first.delay)
  )
  yield* check(
    "ReplayAttack does not wait, the others do",
    fourth !== undefined && Duration.isZero(fourth.delay) &&
      elapsed >= seen.reduce((sum, { delay }) => sum + Duration.toMillis(delay), -5)
  )
})
