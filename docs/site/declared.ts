/**
 * The codes that the actions of API 3.0 declare, as a list for the browser and as data for the generated pages.
 */
import { readFileSync } from "node:fs"
import { parse } from "./codes3.ts"

/** Two codes of the vendor's lists end with a dot. */
const withDot = "InternalError internal: \nMissingParameter request: \n"

/** The lines of the list. */
export const list = withDot + readFileSync(new URL("../../test/fixtures/codes-v3.txt", import.meta.url), "utf8")

export const declaredCodes = parse(list)
