/**
 * The Markdown files of the repository that are pages of the site.
 */
import { globSync } from "node:fs"
import { fileURLToPath } from "node:url"

export const root = fileURLToPath(new URL("../..", import.meta.url))

/** The path in the site of a file. */
export const siteOf = (file: string): string => {
  const [, name = "", language] = /^(.*?)(?:\.(ko|zh))?\.md$/.exec(file) ?? []
  const path = name.replace(/^docs\//, "").replace(/README$/, "index").toLowerCase()
  return `${language === undefined ? "" : `${language}/`}${path}.md`
}

/** The files, as paths from the root of the repository. */
export const files = (): ReadonlyArray<string> =>
  globSync(["README*.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md", "docs/*.md", "docs/recipes/*.md"], {
    cwd: root
  }).map((file) => file.replaceAll("\\", "/")).toSorted()
