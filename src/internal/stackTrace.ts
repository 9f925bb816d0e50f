/**
 * Turns stack traces off. What a server reported has no origin in this program (the span of the call says where it was made),
 * and the trace would be most of the price of the error.
 */

// Not in the types of every runtime.
const traces: { stackTraceLimit?: number } = Error

/** How many frames a stack trace has. */
export const limit = (): number | undefined => traces.stackTraceLimit

/** `false` where `Error` is frozen. */
export const setLimit = (limit: number | undefined): boolean => {
  try {
    if (limit === undefined) delete traces.stackTraceLimit
    else traces.stackTraceLimit = limit
    return true
  } catch {
    return false
  }
}

/** Runs `make` with stack traces off. */
export const without = <A>(make: () => A): A => {
  const before = limit()
  if (!setLimit(0)) return make()
  try {
    return make()
  } finally {
    setLimit(before)
  }
}
