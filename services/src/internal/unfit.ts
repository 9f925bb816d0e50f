/**
 * Thrown and caught by the readers and writers of this folder: a path is known only where the value is, and it is put together
 * on the way out, so that a value that fits pays nothing for it.
 */
export class Unfit extends Error {
  readonly path: Array<string | number> = []
}

export const unfit = (message: string): never => {
  throw new Unfit(message)
}

/** Adds a step to the path of a failure on its way out. */
export const at = (step: string | number, error: unknown): unknown => {
  if (error instanceof Unfit) error.path.unshift(step)
  return error
}
