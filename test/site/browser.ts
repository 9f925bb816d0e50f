/**
 * The built site on a server of its own, and a browser that looks at it.
 */
import { existsSync } from "node:fs"
import { readFile } from "node:fs/promises"
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { delimiter, extname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core"

const dist = fileURLToPath(new URL("../../docs/site/dist", import.meta.url))

const types: { readonly [extension: string]: string } = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2"
}

const fileOf = (path: string): string | undefined =>
  [path, `${path}.html`, join(path, "index.html")].map((file) => join(dist, file)).find((file) =>
    extname(file) !== "" && existsSync(file)
  )

const serve = async (): Promise<Server> => {
  if (!existsSync(join(dist, "playground.html"))) throw new Error("There is no site yet: run `npm run docs`")
  const server = createServer((request, response) => {
    const file = fileOf(decodeURIComponent(new URL(request.url ?? "/", "http://localhost").pathname))
    if (file === undefined) return response.writeHead(404).end()
    return readFile(file).then((bytes) => {
      response.writeHead(200, { "content-type": types[extname(file)] ?? "application/octet-stream" }).end(bytes)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return server
}

/** A browser of this machine. Nothing is downloaded. */
const executable = (): string => {
  const folders = (process.env["PATH"] ?? "").split(delimiter)
  const found = [
    process.env["CHROMIUM"],
    ...["chromium", "chromium-browser", "google-chrome"].flatMap((name) => folders.map((folder) => join(folder, name)))
  ].find((path) => path !== undefined && existsSync(path))
  if (found === undefined) throw new Error("There is no Chromium: install it, or say where it is in CHROMIUM")
  return found
}

export interface Visit {
  readonly page: Page
  /** The warnings and errors in the console of the page, and what it has thrown. */
  readonly complaints: ReadonlyArray<string>
  /** The addresses of all requests. */
  readonly requests: Array<string>
}

export interface Site {
  /** Opens a page and waits until its scripts run. */
  readonly visit: (path: string, options?: BrowserContextOptions) => Promise<Visit>
  readonly close: () => Promise<void>
}

export const openSite = async (): Promise<Site> => {
  const server = await serve()
  const browser: Browser = await chromium.launch({ executablePath: executable(), args: ["--no-sandbox"] })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    visit: async (path, options) => {
      const context = await browser.newContext({ ...options, baseURL: url })
      const page = await context.newPage()
      const complaints: Array<string> = []
      page.on("console", (message) => {
        if (message.type() === "error" || message.type() === "warning") complaints.push(message.text())
      })
      page.on("pageerror", (error) => complaints.push(String(error)))
      const requests: Array<string> = []
      page.on("request", (request) => requests.push(request.url()))
      await page.goto(path, { waitUntil: "networkidle" })
      return { page, complaints, requests }
    },
    close: async () => {
      await browser.close()
      await new Promise((resolve) => server.close(resolve))
    }
  }
}
