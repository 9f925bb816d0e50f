/**
 * Reads a later snapshot of what the vendor publishes into `api/`, and prints what has changed:
 *
 *     npm run api -w effect-tencentcloud-services -- --cli <folder> --go <folder>
 *
 * The folders are checkouts of the repositories `tencentcloud-cli` and `tencentcloud-sdk-go`. A service that is not in them stays
 * as it is. Nothing is written where a file is not understood.
 */
import { existsSync, globSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { type Description, print } from "./description.ts"
import { api, load, names } from "./files.ts"
import { changes, merge } from "./snapshot.ts"
import { describe, type Source } from "./vendor.ts"

/** A word that Python reserves. */
const aliases: { readonly [folder: string]: string } = { autoscaling: "as" }

/** The folder of the services in a checkout, or the folder itself. */
const servicesIn = (checkout: string, folder: string): string =>
  existsSync(join(checkout, folder)) ? join(checkout, folder) : checkout

const sourceOf = (file: string): Source => ({ name: file, text: readFileSync(file, "utf8") })

const readSnapshot = (cli: string, go: string): ReadonlyArray<Description> => {
  const files = globSync("*/v*/api.json", { cwd: cli }).sort()
  if (files.length === 0) throw new Error(`there is no */v*/api.json in ${cli}`)
  return files.map((file) => {
    const [folder, version] = file.split(/[/\\]/)
    const service = aliases[folder!] ?? folder!
    const beside = (name: string) => join(go, service, version!, name)
    const models = beside("models.go")
    return describe({
      service,
      api: sourceOf(join(cli, file)),
      client: sourceOf(beside("client.go")),
      models: existsSync(models) ? sourceOf(models) : undefined
    })
  })
}

const { values } = parseArgs({ options: { cli: { type: "string" }, go: { type: "string" } } })
if (values.cli === undefined || values.go === undefined) {
  throw new Error("usage: npm run api -w effect-tencentcloud-services -- --cli <folder> --go <folder>")
}
const known = names().map((name) => [name, load(name)] as const)
const snapshot = readSnapshot(servicesIn(values.cli, "tccli/services"), servicesIn(values.go, "tencentcloud"))

/** The main version of a new service is its first; the others have their version in the name. */
const isNew = (service: string) => !known.some(([, old]) => old.service === service)
const files = snapshot.map((next) => {
  const [name, old] = known.find(([, old]) => old.service === next.service && old.version === next.version) ?? []
  const first = snapshot.find(({ service }) => service === next.service)
  const file = name ?? (isNew(next.service) && first === next ? next.service : `${next.service}.${next.version}`)
  return { file, old, next: merge(old, next) }
})
for (const { file, next, old } of files) {
  for (const line of changes(old, next)) console.log(line)
  writeFileSync(join(api, `${file}.api`), print(next))
}
const left = known.filter(([, { service, version }]) =>
  !snapshot.some((next) => next.service === service && next.version === version)
)
if (left.length > 0) console.log(`not in the snapshot, left as they are: ${left.map(([name]) => name).join(" ")}`)
