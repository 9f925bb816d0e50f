/**
 * The public API of every entry, as pages that a reviewer can read: `node test/package/api/report.ts` writes them,
 * `--check` compares them with the built declarations and fails on a difference.
 *
 * A page has each exported declaration with its whole signature, and each declaration that is not exported but part of such a
 * signature. It shows what a user can see: in which file a declaration is written, in which order, and with which comments,
 * makes no difference.
 *
 * API Extractor leaves out what an error class extends, which is where its fields are; told to show it, it adds whole internal
 * modules and numbers the names that two namespaces share.
 */
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { basename, dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { diff } from "node:util"
import ts from "typescript-6"

/** What a user reaches by one name: an entry, or a namespace of an entry. */
interface Module {
  readonly file: ts.SourceFile
  /** The entry whose page has it, such as `v2`. */
  readonly page: string
  readonly name: string
}

interface Export {
  readonly name: string
  readonly symbol: ts.Symbol
}

interface Owner extends Module {
  readonly exportName: string
}

interface Library {
  readonly checker: ts.TypeChecker
  readonly entries: ReadonlyMap<string, ts.SourceFile>
  /** By file, each in the page that it belongs to. */
  readonly modules: ReadonlyMap<ts.SourceFile, Module>
  /** The module that a declaration belongs to, and its name there. */
  readonly owners: ReadonlyMap<ts.Symbol, Owner>
}

const byText = (a: string, b: string): number => a < b ? -1 : a > b ? 1 : 0

// ---------------------------------------------------------------------------------------------------------------------
// Read the declarations
// ---------------------------------------------------------------------------------------------------------------------

type Target = string | null | { readonly [condition: string]: Target }

interface Manifest {
  readonly name: string
  readonly exports: { readonly [subpath: string]: Target }
}

const readManifest = (root: string): Manifest => JSON.parse(readFileSync(join(root, "package.json"), "utf8"))

const targetOf = (target: Target): string | undefined =>
  typeof target === "object" && target !== null
    ? targetOf(target["types"] ?? target["import"] ?? target["default"] ?? null)
    : target ?? undefined

/** The declarations of each entry by its name: `"./v2"` is `v2`, `"."` is `index`. */
const entriesOf = (root: string): ReadonlyArray<readonly [name: string, path: string]> =>
  Object.entries(readManifest(root).exports).flatMap(([subpath, target]) => {
    const path = targetOf(target)
    if (path === undefined || !path.endsWith(".js") && !path.endsWith(".d.ts")) return []
    const name = subpath === "." ? "index" : subpath.slice("./".length)
    return [[name, join(root, path.replace(/(\.d\.ts|\.js)$/, ".d.ts"))] as const]
  }).toSorted(([a], [b]) => byText(a, b))

/** Resolves the files of the package only: to read declarations, it takes no library and no dependency. */
const makeProgram = (files: ReadonlyArray<string>): ts.Program => {
  const options: ts.CompilerOptions = { noLib: true, types: [], allowImportingTsExtensions: true, noEmit: true }
  const host = ts.createCompilerHost(options)
  host.resolveModuleNameLiterals = (literals, from) =>
    literals.map(({ text }) => {
      const file = join(dirname(from), text.replace(/\.[jt]s$/, ".d.ts"))
      const found = text.startsWith(".") && existsSync(file)
      return { resolvedModule: found ? { resolvedFileName: file, extension: ts.Extension.Dts } : undefined }
    })
  return ts.createProgram({ rootNames: files, options, host })
}

/** What a name stands for, past its imports and exports. */
const resolve = (checker: ts.TypeChecker, symbol: ts.Symbol): ts.Symbol => {
  if ((symbol.flags & ts.SymbolFlags.Alias) === 0) return symbol
  const resolved = checker.getAliasedSymbol(symbol)
  return resolved.declarations === undefined ? symbol : resolved
}

const exportsOf = (checker: ts.TypeChecker, file: ts.SourceFile): ReadonlyArray<Export> => {
  const module = checker.getSymbolAtLocation(file)
  if (module === undefined) return []
  return checker.getExportsOfModule(module)
    .map((symbol) => ({ name: symbol.name, symbol: resolve(checker, symbol) }))
    .toSorted((a, b) => byText(a.name, b.name))
}

/** The file, where an export is a whole file: `export * as TencentError from "./TencentError.ts"`. */
const namespaceOf = ({ symbol }: Export): ts.SourceFile | undefined => symbol.declarations?.find(ts.isSourceFile)

/** The statements of the package that declare a symbol: several for overloads, and for a type and a value of one name. */
const statementsOf = (symbol: ts.Symbol): ReadonlyArray<ts.Statement> =>
  (symbol.declarations ?? []).flatMap((declaration) => {
    const statement = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration
    const declares = ts.isVariableStatement(statement) || ts.isDeclarationStatement(statement)
    return declares && ts.isSourceFile(statement.parent) && !ts.isExportDeclaration(statement) ? [statement] : []
  })

/** A file is in the page of its own entry, or else of the entry in its folder, or else of the first entry that has it. */
const findModules = (
  checker: ts.TypeChecker,
  entries: ReadonlyMap<string, ts.SourceFile>
): ReadonlyMap<ts.SourceFile, Module> => {
  const namespaces = Array.from(entries, ([page, entry]) =>
    exportsOf(checker, entry).flatMap((exported) => {
      const file = namespaceOf(exported)
      const beside = file !== undefined && dirname(file.fileName) === dirname(entry.fileName)
      return file === undefined ? [] : [{ page, name: exported.name, file, beside }]
    })).flat()
  const modules = new Map<ts.SourceFile, Module>()
  for (const [page, file] of entries) modules.set(file, { page, name: basename(page), file })
  for (const { file, name, page } of [...namespaces.filter(({ beside }) => beside), ...namespaces]) {
    if (!modules.has(file)) modules.set(file, { page, name, file })
  }
  return modules
}

/** A declaration belongs to the module that it is written in and exported from, or else to the first that exports it. */
const findOwners = (checker: ts.TypeChecker, modules: Iterable<Module>): ReadonlyMap<ts.Symbol, Owner> => {
  const owners = new Map<ts.Symbol, Owner>()
  const all = [...modules].flatMap((module) =>
    exportsOf(checker, module.file).map(({ name, symbol }) => ({ symbol, owner: { ...module, exportName: name } }))
  )
  const own = all.filter(({ owner, symbol }) => statementsOf(symbol)[0]?.getSourceFile() === owner.file)
  for (const { owner, symbol } of [...own, ...all]) if (!owners.has(symbol)) owners.set(symbol, owner)
  return owners
}

const readLibrary = (root: string): Library => {
  const paths = entriesOf(root)
  const program = makeProgram(paths.map(([, path]) => path))
  const checker = program.getTypeChecker()
  const entries = new Map(paths.map(([name, path]) => {
    const file = program.getSourceFile(path)
    if (file === undefined) throw new Error(`${path} is missing: run \`npm run build\``)
    return [name, file] as const
  }))
  const modules = findModules(checker, entries)
  return { checker, entries, modules, owners: findOwners(checker, modules.values()) }
}

// ---------------------------------------------------------------------------------------------------------------------
// Print
// ---------------------------------------------------------------------------------------------------------------------

const printer = ts.createPrinter({ removeComments: true, newLine: ts.NewLineKind.LineFeed })

const textOf = (node: ts.Node, file: ts.SourceFile): string => printer.printNode(ts.EmitHint.Unspecified, node, file)

/** The line that imports a name from another package, if that is where it comes from. */
const importOf = (symbol: ts.Symbol): string | undefined => {
  const declaration = symbol.declarations?.[0]
  if (declaration === undefined || !ts.isNamespaceImport(declaration) && !ts.isImportSpecifier(declaration)) return
  const from = ts.findAncestor(declaration, ts.isImportDeclaration)!.moduleSpecifier.getText()
  const clause = declaration.getText().replace(/^type /, "")
  return ts.isNamespaceImport(declaration) ? `import ${clause} from ${from}` : `import { ${clause} } from ${from}`
}

interface Printed {
  readonly texts: ReadonlyArray<string>
  readonly imports: ReadonlySet<string>
  /** What the text names and no module exports. */
  readonly unexported: ReadonlySet<ts.Symbol>
}

/** Prints the statements of a symbol, with the names by which a user of `module` knows what they refer to. */
const print = ({ checker, owners }: Library, module: Module, symbol: ts.Symbol): Printed => {
  const imports = new Set<string>()
  const unexported = new Set<ts.Symbol>()

  const reference = (node: ts.Node): ts.Identifier | undefined => {
    const found = checker.getSymbolAtLocation(node)
    if (found === undefined) return
    const target = resolve(checker, found)
    if (statementsOf(target).length === 0) {
      const line = importOf(target)
      if (line !== undefined) imports.add(line)
      return
    }
    const owner = owners.get(target)
    if (owner === undefined) unexported.add(target)
    const name = owner?.exportName ?? target.name
    return ts.factory.createIdentifier(
      owner === undefined || owner.file === module.file ? name : `${owner.name}.${name}`
    )
  }

  const transformer = (file: ts.SourceFile): ts.TransformerFactory<ts.Node> => (context) => {
    const visit = (node: ts.Node): ts.Node => {
      if (ts.isQualifiedName(node)) return reference(node.right) ?? ts.visitEachChild(node, visit, context)
      if (ts.isPropertyAccessExpression(node)) return reference(node.name) ?? ts.visitEachChild(node, visit, context)
      if (ts.isIdentifier(node)) return reference(node) ?? node
      if (ts.isImportTypeNode(node) && node.qualifier !== undefined) {
        const name = reference(ts.isQualifiedName(node.qualifier) ? node.qualifier.right : node.qualifier)
        const rest = ts.visitEachChild(node, visit, context)
        if (name === undefined) return rest
        return node.isTypeOf
          ? ts.factory.createTypeQueryNode(name, rest.typeArguments)
          : ts.factory.createTypeReferenceNode(name, rest.typeArguments)
      }
      const visited = ts.visitEachChild(node, visit, context)
      // the compiler orders inferred unions by what it happened to see first
      return ts.isUnionTypeNode(visited)
        ? ts.factory.createUnionTypeNode(visited.types.toSorted((a, b) => byText(textOf(a, file), textOf(b, file))))
        : visited
    }
    return visit
  }

  const texts = statementsOf(symbol).map((statement) => {
    const file = statement.getSourceFile()
    const { transformed: [node] } = ts.transform<ts.Node>(statement, [transformer(file)])
    return textOf(node!, file).replace(/^export /, "").replace(/^declare /, "")
  })
  return { texts, imports, unexported }
}

/** How a module shows one of its exports: `undefined` for a namespace with a section of its own. */
const printExport = (library: Library, module: Module, { name, symbol }: Export): Printed => {
  const nothing = { imports: new Set<string>(), unexported: new Set<ts.Symbol>() }
  const owner = library.owners.get(symbol)
  if (owner !== undefined && owner.file !== module.file) {
    return { ...nothing, texts: [`export { ${owner.name}.${owner.exportName} as ${name} };`] }
  }
  if (statementsOf(symbol).length === 0) {
    const declaration = symbol.declarations?.[0]
    const statement = declaration && ts.findAncestor(declaration, ts.isExportDeclaration)
    return { ...nothing, texts: [`export { ${name} }; // ${(statement ?? declaration)?.getText() ?? "unresolved"}`] }
  }
  const printed = print(library, module, symbol)
  return { ...printed, texts: printed.texts.map((text) => `export ${text}`) }
}

/** The section of one module. `shown` has what an earlier section shows already. */
const section = (library: Library, module: Module, shown: Set<ts.Symbol>): string => {
  const exported = exportsOf(library.checker, module.file).filter((exported) => namespaceOf(exported) === undefined)
  const printed = exported.map((one) => printExport(library, module, one))
  const reached = printed.flatMap(({ unexported }) => [...unexported])
  const parts: Array<{ readonly name: string; readonly printed: Printed }> = []
  for (const symbol of reached) {
    if (shown.has(symbol)) continue
    shown.add(symbol)
    const part = print(library, module, symbol)
    parts.push({ name: symbol.name, printed: part })
    reached.push(...part.unexported)
  }
  parts.sort((a, b) => byText(a.name, b.name) || byText(a.printed.texts.join(), b.printed.texts.join()))
  const all = [...printed, ...parts.map((part) => part.printed)]
  if (all.length === 0) return ""
  const imports = [...new Set(all.flatMap((one) => [...one.imports]))].toSorted(byText).join("\n")
  const hidden = parts.length === 0
    ? []
    : ["// Not exported, but part of the types above", ...parts.flatMap((part) => part.printed.texts)]
  const code = [imports, ...printed.flatMap(({ texts }) => texts), ...hidden].filter((text) => text !== "")
  return "```ts\n" + code.join("\n\n") + "\n```"
}

const linkTo = (page: string, { name, page: target }: Module): string => {
  const up = "../".repeat(page.split("/").length - 1)
  return `See ${name} of [${target}](${up}${target}.api.md).`
}

/** The pages of a built package by their names, such as `v2.api.md`. Reads `package.json` and the declarations only. */
export const pages = (root: string): ReadonlyMap<string, string> => {
  const library = readLibrary(root)
  const { name: packageName } = readManifest(root)
  const shown = new Set<ts.Symbol>()
  return new Map(Array.from(library.entries, ([page, entry]) => {
    const specifier = page === "index" ? packageName : `${packageName}/${page}`
    const namespaces = exportsOf(library.checker, entry).flatMap((exported) => {
      const file = namespaceOf(exported)
      if (file === undefined) return []
      const module = library.modules.get(file)!
      const here = module.page === page && module.name === exported.name
      return [`## ${exported.name}`, here ? section(library, module, shown) : linkTo(page, module)]
    })
    const blocks = [
      `# ${specifier}`,
      "Written by `npm run api`; `npm run check:api` fails when it is not what the package exports.",
      section(library, library.modules.get(entry)!, shown),
      ...namespaces
    ]
    return [`${page}.api.md`, `${blocks.filter((block) => block !== "").join("\n\n")}\n`]
  }))
}

// ---------------------------------------------------------------------------------------------------------------------
// Compare
// ---------------------------------------------------------------------------------------------------------------------

/** The lines that differ, each with up to three lines around it. */
const hunks = (before: string, after: string): ReadonlyArray<string> => {
  const context = 3
  const lines = diff(before.split("\n"), after.split("\n")) as ReadonlyArray<readonly [-1 | 0 | 1, string]>
  const near = (index: number) =>
    lines.slice(Math.max(0, index - context), index + context + 1).some(([op]) => op !== 0)
  return lines.flatMap(([op, line], index) => {
    if (!near(index)) return []
    const skipped = index > 0 && !near(index - 1) ? ["  ..."] : []
    return [...skipped, `${op === 0 ? " " : op === 1 ? "-" : "+"} ${line}`]
  })
}

/** How the pages of a package differ from those in a folder, as lines to print. None if they are the same. */
export const differences = (root: string, folder: string): ReadonlyArray<string> => {
  const now = pages(root)
  const before = new Map(
    globSync("**/*.api.md", { cwd: folder }).map((page) =>
      [page.replaceAll("\\", "/"), readFileSync(join(folder, page), "utf8")] as const
    )
  )
  return [...new Set([...before.keys(), ...now.keys()])].toSorted(byText).flatMap((page) => {
    const [old, text] = [before.get(page), now.get(page)]
    if (old === text) return []
    if (old === undefined) return [`${page} is missing`]
    if (text === undefined) return [`${page} is of no entry`]
    return [page, ...hunks(old, text)]
  })
}

const main = (args: ReadonlyArray<string>): void => {
  const root = fileURLToPath(new URL("../../..", import.meta.url))
  const folder = import.meta.dirname
  if (args.includes("--check")) {
    const lines = differences(root, folder)
    if (lines.length === 0) return
    for (const line of lines) console.error(line)
    console.error(
      "\nThe public API is not what test/package/api says. If the change is meant: `npm run api`, and a changeset."
    )
    process.exitCode = 1
    return
  }
  for (const page of globSync("**/*.api.md", { cwd: folder })) rmSync(join(folder, page))
  for (const [page, text] of pages(root)) {
    mkdirSync(dirname(join(folder, page)), { recursive: true })
    writeFileSync(join(folder, page), text)
  }
}

if (import.meta.main) main(process.argv.slice(2))
