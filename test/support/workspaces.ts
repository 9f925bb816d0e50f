/**
 * The packages of the repository belong together: one version, and each needs exactly that version of the others.
 */

interface Package {
  readonly name: string
  readonly version: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
}

interface Lock {
  readonly packages: Readonly<
    Record<string, { readonly version?: string; readonly resolved?: string; readonly link?: boolean }>
  >
}

/** What is wrong with the versions of the packages, the root first. */
export const versionProblems = (
  [root, ...members]: readonly [Package, ...Array<Package>],
  lock: Lock
): ReadonlyArray<string> => {
  const own = new Set([root.name, ...members.map(({ name }) => name)])
  const problems: Array<string> = []
  for (const { dependencies, name, peerDependencies, version } of members) {
    if (version !== root.version) problems.push(`${name} has the version ${version}, ${root.name} has ${root.version}`)
    for (const [other, range] of Object.entries({ ...dependencies, ...peerDependencies })) {
      if (own.has(other) && range !== root.version) {
        problems.push(`${name} needs ${other} ${range}, not ${root.version}`)
      }
    }
  }
  for (const [path, entry] of Object.entries(lock.packages)) {
    const name = path.split("node_modules/").pop()!
    if (path.includes("node_modules/") && own.has(name) && entry.link !== true) {
      problems.push(`the lock file has ${name} ${entry.version} from a registry`)
    }
  }
  return problems
}
