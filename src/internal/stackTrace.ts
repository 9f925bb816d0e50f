/**
 * Turns stack traces off. What a server reported has no origin in this program (the span of the call says where it was made),
 * and the trace would be most of the price of the error.
 */

// Not in the types of every runtime.
const traces: { stackTraceLimit?: number | undefined } = Error

/** How many frames a stack trace has. */
export const limit = (): number | undefined => traces.stackTraceLimit

/** Without a limit V8 begins no trace, which costs less than one of no frames. `false` where `Error` is frozen. */
export const turnOff = (): boolean => {
  try {
    traces.stackTraceLimit = undefined
    return true
  } catch {
    return false
  }
}

/** Turns traces on again, with the limit from before. */
export const turnOn = (limit: number | undefined): void => {
  if (limit === undefined) delete traces.stackTraceLimit
  else traces.stackTraceLimit = limit
}

/** Runs `make` with stack traces off. */
export const without = <A>(make: () => A): A => {
  const before = limit()
  if (!turnOff()) return make()
  try {
    return make()
  } finally {
    turnOn(before)
  }
}
