/**
 * A tour of the core: `npm run demo`, or `npm run demo -- --lang ko`.
 *
 * 1. Every documented answer in `test/fixtures/responses`, decoded: what it is, whether it may be sent again, what to do.
 * 2. A listing that meets three kinds of failure, retried by tag, on the real clock.
 * 3. A purchase whose outcome is unknown, which is not sent again.
 *
 * The exit code is 1 when something is not as promised, and 2 when the arguments are wrong.
 */
import { NodeRuntime, NodeServices } from "@effect/platform-node"
import { Clock, Console, Data, Duration, Effect, FileSystem, Option, Path, Result, Runtime } from "effect"
import { Schedule, Schema } from "effect"
import { type ErrorCode, TencentError, TencentResponse, TencentRetry } from "effect-tencentcloud"
import { CliConfig, CliOutput, Command, Flag, GlobalFlag } from "effect/cli"
import { type Cell, type Column, fit, screen, type Styles, table } from "./terminal.ts"

class BrokenPromise extends Data.TaggedError("BrokenPromise")<{ readonly message: string }> {
  override readonly [Runtime.errorReported] = false
}

class WrongArguments extends Data.TaggedError("WrongArguments") {
  override readonly [Runtime.errorReported] = false
  override readonly [Runtime.errorExitCode] = 2
}

const promise = (message: string, holds: boolean): Effect.Effect<void, BrokenPromise> =>
  holds ? Effect.void : Effect.fail(new BrokenPromise({ message }))

const title = (text: string) => Effect.flatMap(screen, ({ styles }) => Console.log(`\n${styles.bold(text)}\n`))

// ---------------------------------------------------------------------------------------------------------------------
// 1. The documented answers
// ---------------------------------------------------------------------------------------------------------------------

const Index = Schema.Struct({
  entries: Schema.Array(Schema.Struct({
    file: Schema.String,
    kind: Schema.String,
    code: Schema.Union([Schema.Finite, Schema.String])
  }))
})

const readAnswers = Effect.gen(function*() {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const directory = yield* path.fromFileUrl(new URL("../test/fixtures/responses", import.meta.url))
  const read = (file: string) => fs.readFileString(path.join(directory, file))
  const index = yield* Effect.flatMap(read("index.json"), Schema.decodeEffect(Schema.fromJsonString(Index)))
  const files = (yield* fs.readDirectory(directory)).filter((file) => file !== "index.json")
  yield* promise("the index lists every file", files.length === new Set(index.entries.map(({ file }) => file)).size)
  return yield* Effect.forEach(index.entries, (entry) =>
    Effect.gen(function*() {
      // Nothing in such a body says that its code is a success: one has to know the module.
      const successCodes = entry.kind === "nonzero-success" ? [entry.code] : []
      const decode = TencentResponse.decodeText(Schema.Unknown, { successCodes })
      const result = yield* Effect.result(decode(yield* read(entry.file)))
      return { ...entry, successCodes, result }
    }))
})

type Answer = Effect.Success<typeof readAnswers>[number]

const columns: ReadonlyArray<Column> = [
  { title: "file", maxWidth: 24 },
  { title: "code" },
  { title: "tag" },
  { title: "category" },
  { title: "read-only" },
  { title: "mutating" },
  { title: "remedy" }
]

const decisionCell = (decision: TencentRetry.Decision, styles: Styles): Cell => {
  if (decision._tag === "Retry") return { text: decision.class, style: styles.green }
  return decision.reason === "permanent"
    ? { text: "no", style: styles.dim }
    : { text: "no, may have run", style: styles.yellow }
}

const failedItems = TencentResponse.partial(Schema.Unknown)

const row = (answer: Answer, language: ErrorCode.Language, styles: Styles): ReadonlyArray<Cell> => {
  const file = answer.file.replace(/\.json$/, "")
  const code = JSON.stringify(answer.code)
  if (Result.isSuccess(answer.result)) {
    const notes = [
      ...answer.successCodes.map((code) => `successCodes: [${code}]`),
      ...failedItems(answer.result.success).failed.map(({ error, id }) =>
        `${id}: ${error.code} ${TencentError.explain(error, language).name}`
      )
    ]
    const dim = [file, code, "success", "", "", ""].map((text): Cell => ({ text, style: styles.dim }))
    return [...dim, { text: notes.join(", "), style: styles.yellow }]
  }
  const error = answer.result.failure
  return [
    { text: file },
    { text: code, style: styles.cyan },
    { text: error._tag, style: styles.red },
    { text: error.category },
    decisionCell(TencentRetry.decide(error, { idempotent: true }), styles),
    decisionCell(TencentRetry.decide(error, { idempotent: false }), styles),
    { text: TencentError.explain(error, language).remedy }
  ]
}

/** The outer code decides. A batch can print 0 and still have failed items: it is a success that holds failures. */
const isAsPromised = ({ code, kind, result }: Answer): boolean =>
  kind === "failure" || (kind === "partial" && Number(code) !== 0)
    ? Result.isFailure(result) && result.failure.code === Number(code)
    : Result.isSuccess(result)

const documentedAnswers = Effect.fnUntraced(function*(language: ErrorCode.Language) {
  const { styles, width } = yield* screen
  const answers = yield* readAnswers
  const failures = answers.flatMap(({ result }) => Result.isFailure(result) ? [result.failure] : [])
  const tags = new Set(failures.map(({ _tag }) => _tag))
  yield* title(`1. Documented answers: ${answers.length}, of them ${failures.length} failures with ${tags.size} tags`)
  const rows = answers.map((answer) => row(answer, language, styles))
  yield* Effect.forEach(table(columns, rows, { width, header: styles.bold }), (line) => Console.log(line))
  yield* Effect.forEach(answers, (answer) => promise(`${answer.file} is read by its code`, isAsPromised(answer)))
})

// ---------------------------------------------------------------------------------------------------------------------
// 2. A listing, retried by tag
// ---------------------------------------------------------------------------------------------------------------------

const policy = TencentRetry.make({
  InternalError: TencentRetry.equalJitter(Schedule.exponential("300 millis")).pipe(Schedule.upTo({ times: 4 })),
  QuotaExceeded: Schedule.spaced("500 millis").pipe(Schedule.upTo({ times: 2 })),
  ReplayAttack: TencentRetry.replay
})

const listingAnswers = [
  `{"code":6000,"message":"","codeDesc":"InternalError"}`,
  `{"code":4400,"message":"too many requests"}`,
  `{"code":"6000","message":null}`,
  `{"code":4500,"message":"nonce"}`,
  `{"code":0,"message":"","totalCount":2}`
]

const millisPerCell = 20

const retriedListing = Effect.gen(function*() {
  const { styles } = yield* screen
  yield* title("2. A listing retried by tag: each tag has its own schedule and its own state")
  const decode = TencentResponse.decodeText(Schema.Struct({ totalCount: Schema.Finite }))
  const start = yield* Clock.currentTimeMillis
  const seen: Array<TencentRetry.Attempt> = []
  let sent = 0
  const listing = Effect.suspend(() => decode(listingAnswers[sent++] ?? ""))
  const line = (elapsed: number, tag: string, rest: string) =>
    Console.log(`${`+${elapsed} ms`.padStart(9)}  #${sent}  ${tag}  ${rest}`)
  const schedule = TencentRetry.schedule(policy).pipe(Schedule.tap(({ output }) => {
    seen.push(output)
    const delay = Duration.toMillis(output.delay)
    const bar = styles.cyan("▇".repeat(Math.round(delay / millisPerCell)))
    const wait = delay === 0 ? "at once" : `${bar} ${Math.round(delay)} ms`
    return line(Math.round(Duration.toMillis(output.elapsed)), styles.red(fit(output.tag, 13)), wait)
  }))
  const { totalCount } = yield* Effect.retry(listing, schedule)
  const elapsed = (yield* Clock.currentTimeMillis) - start
  yield* line(elapsed, styles.green(fit("success", 13)), `totalCount: ${totalCount}`)
  const [first, , third, fourth] = seen
  const tags = seen.map(({ tag }) => tag).join()
  yield* promise("each failure is seen once", tags === "InternalError,QuotaExceeded,InternalError,ReplayAttack")
  yield* promise(
    "InternalError goes on where it was",
    first !== undefined && third !== undefined && Duration.isGreaterThan(third.delay, first.delay)
  )
  yield* promise("ReplayAttack does not wait", fourth !== undefined && Duration.isZero(fourth.delay))
  yield* promise(
    "the delays were slept",
    elapsed >= seen.reduce((sum, { delay }) => sum + Duration.toMillis(delay), -5)
  )
})

// ---------------------------------------------------------------------------------------------------------------------
// 3. A purchase, not repeated
// ---------------------------------------------------------------------------------------------------------------------

const purchaseOnce = Effect.gen(function*() {
  const { styles } = yield* screen
  yield* title("3. A purchase that meets InternalError")
  const decode = TencentResponse.decodeText(Schema.Struct({ dealIds: Schema.Array(Schema.String) }))
  let sent = 0
  const purchase = Effect.suspend(() => {
    sent++
    return decode(`{"code":6000,"message":"the answer was lost"}`)
  })
  const error = yield* Effect.flip(purchase.pipe(TencentRetry.retry(TencentRetry.mutating)))
  const decision = TencentRetry.decide(error, { idempotent: false })
  const attempts = Option.match(TencentRetry.history(error), { onNone: () => 0, onSome: ({ attempts }) => attempts })
  const reason = decision._tag === "Stop" ? decision.reason : decision.class
  yield* Console.log(`${styles.red(error._tag)}, attempts: ${attempts}, not sent again: ${styles.yellow(reason)}`)
  yield* Console.log("It may have been carried out, so look for the order before you place it again.")
  yield* promise("the purchase was sent once", sent === 1 && attempts === 1 && reason === "outcomeUnknown")
})

// ---------------------------------------------------------------------------------------------------------------------
// The command
// ---------------------------------------------------------------------------------------------------------------------

const languages = ["en", "ko", "zh"] as const satisfies ReadonlyArray<ErrorCode.Language>

const lang = Flag.Literals("lang", languages).pipe(
  Flag.withDefault("en"),
  Flag.withDescription("The language of the remedies")
)

const tour = Command.make("tour", { lang }, ({ lang }) =>
  Effect.gen(function*() {
    yield* documentedAnswers(lang)
    yield* retriedListing
    yield* purchaseOnce
  })).pipe(Command.withDescription("Decodes documented answers, and retries by tag"))

/** Usage that was not asked for goes where errors go. */
const presenter: CliOutput.Presenter = {
  present: (event) =>
    event._tag === "InvalidInvocation"
      ? Effect.flatMap(Console.Console, (console) =>
        CliOutput.defaultPresenter.present(event).pipe(
          Effect.provideService(Console.Console, { ...console, log: console.error })
        ))
      : CliOutput.defaultPresenter.present(event)
}

Command.run(tour, { version: "" }).pipe(
  Effect.catchTag("ShowHelp", () => new WrongArguments()),
  Effect.tapErrorTag("BrokenPromise", ({ message }) => Console.error(`Not as promised: ${message}`)),
  Effect.provideService(CliConfig.CliConfig, CliConfig.make({ builtIns: [GlobalFlag.Help] })),
  Effect.provideService(CliOutput.Presenter, presenter),
  Effect.provide(NodeServices.layer),
  NodeRuntime.runMain
)
