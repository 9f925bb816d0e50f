/**
 * The links of the built site: each that leads to the site itself must have a page there, and its fragment an element.
 */
import { existsSync, globSync, readFileSync, statSync } from "node:fs"
import { join } from "node:path"

const decode = (text: string): string =>
  decodeURIComponent(text.replaceAll("&amp;", "&").replaceAll("&#39;", "'").replaceAll("&quot;", "\""))

const attributes = (html: string, name: string): ReadonlyArray<string> =>
  Array.from(html.matchAll(new RegExp(`<[a-z][^>]*? ${name}="([^"]*)"`, "g")), ([, value = ""]) => decode(value))

/** The file that a path of the site stands for: `/`, `/errors`, `/errors.html`, `/assets/a.js`. */
const fileOf = (directory: string, path: string): string | undefined =>
  [path, `${path}.html`, join(path, "index.html")]
    .map((candidate) => join(directory, candidate))
    .find((file) => existsSync(file) && statSync(file).isFile())

/** One line for each link of the site that leads nowhere: the page, and the link. */
export const brokenLinks = (directory: string): ReadonlyArray<string> => {
  const files = globSync("**/*.html", { cwd: directory }).toSorted()
  if (files.length === 0) return [`${directory} has no page`]
  const html = new Map(
    files.map((file) => [join(directory, file), readFileSync(join(directory, file), "utf8")] as const)
  )
  const ids = new Map(Array.from(html, ([file, text]) => [file, new Set(attributes(text, "id"))] as const))
  return files.flatMap((file) => {
    const here = join(directory, file)
    const text = html.get(here) ?? ""
    const broken = [...attributes(text, "href"), ...attributes(text, "src")].filter((link) => {
      const url = new URL(link, `site:///${file}`)
      if (url.protocol !== "site:") return false
      const target = link.startsWith("#") ? here : fileOf(directory, decodeURIComponent(url.pathname))
      if (target === undefined) return true
      const fragment = decodeURIComponent(url.hash.slice(1))
      return fragment !== "" && ids.has(target) && ids.get(target)?.has(fragment) !== true
    })
    return Array.from(new Set(broken), (link) => `${file}: ${link} leads nowhere`)
  })
}
