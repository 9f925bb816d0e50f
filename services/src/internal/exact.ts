/**
 * Compares a response with what the client reads of it. What the reader forgives a server is a mistake where a test has written it:
 * a member that the type does not have, or a value of another type.
 */
import { at, unfit } from "./unfit.ts"

const isObject = (value: unknown): value is { readonly [name: string]: unknown } =>
  typeof value === "object" && value !== null

const checkList = (written: ReadonlyArray<unknown>, read: ReadonlyArray<unknown>): void => {
  let index = 0
  try {
    for (; index < written.length; index++) {
      // The reader leaves it out, and then the others have moved.
      if (written[index] === null || written[index] === undefined) unfit("A list has no gaps")
      checkExact(written[index], read[index])
    }
  } catch (error) {
    throw at(index, error)
  }
}

const checkObject = (
  written: { readonly [name: string]: unknown },
  read: { readonly [name: string]: unknown }
): void => {
  let name = ""
  try {
    for (name of Object.keys(written)) {
      const member = written[name]
      if (member === undefined) continue
      if (member === null) unfit("The client reads null as absent, or as an empty list")
      if (!Object.hasOwn(read, name)) unfit("There is no such member")
      checkExact(member, read[name])
    }
  } catch (error) {
    throw at(name, error)
  }
}

/** Checks that a value was read as it is written. Throws `Unfit`. */
export const checkExact = (written: unknown, read: unknown): void => {
  if (Array.isArray(written) && Array.isArray(read)) return checkList(written, read)
  if (isObject(written) && isObject(read) && !Array.isArray(read)) return checkObject(written, read)
  if (written !== read) unfit("The client reads a value of another type")
}
