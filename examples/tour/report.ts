/**
 * What the tour prints beside its tables, and the promises that it checks. A broken promise does not stop the tour: it is
 * marked where it belongs, and all of them are in the error at the end.
 */
import { Console, Context, Data, Effect, Layer, Runtime } from "effect"
import { screen, truncate } from "../terminal.ts"

export class BrokenPromises extends Data.TaggedError("BrokenPromises")<{ readonly promises: ReadonlyArray<string> }> {
  override readonly [Runtime.errorReported] = false
  override get message(): string {
    return this.promises.map((promise) => `Not as promised: ${promise}`).join("\n")
  }
}

export class Promises extends Context.Service<Promises, {
  readonly check: (promise: string, holds: boolean) => Effect.Effect<void>
  /** How many promises were kept. Fails with those that were not. */
  readonly settle: Effect.Effect<number, BrokenPromises>
}>()("tour/Promises") {
  static readonly layer = Layer.effect(
    Promises,
    Effect.gen(function*() {
      const { styles, width } = yield* screen
      const broken: Array<string> = []
      let kept = 0
      return {
        check: (promise, holds) =>
          Effect.suspend(() => {
            if (holds) kept++
            else broken.push(promise)
            const text = truncate(promise, width - 4)
            return Console.log(holds ? `  ${styles.green("✓")} ${text}` : `  ${styles.red("✗")} ${styles.red(text)}`)
          }),
        settle: Effect.suspend(() =>
          broken.length === 0 ? Effect.succeed(kept) : Effect.fail(new BrokenPromises({ promises: broken }))
        )
      }
    })
  )
}

/** Checks one promise, and says so. */
export const check = (promise: string, holds: boolean) => Promises.use((promises) => promises.check(promise, holds))

/** Checks one promise about many things. Those that break it are named. */
export const checkAll = (promise: string, broken: ReadonlyArray<string>) =>
  broken.length === 0 ? check(promise, true) : Effect.forEach(broken, (one) => check(one, false), { discard: true })

export const title = (text: string) =>
  Effect.flatMap(screen, ({ styles, width }) => Console.log(`\n${styles.bold(truncate(text, width))}\n`))

/** A line that is cut where the screen ends. */
export const line = (text: string) => Effect.flatMap(screen, ({ width }) => Console.log(truncate(text, width)))
