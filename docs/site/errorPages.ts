import type { Page } from "../generate.ts"

export const errorPages = (): ReadonlyArray<Page> => []
