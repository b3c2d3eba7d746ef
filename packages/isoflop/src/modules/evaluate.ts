import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, extname } from "node:path";
import { runInThisContext } from "node:vm";
import { createJiti } from "jiti";
import { ModuleError } from "./error.js";
import { resolveImport } from "./imports.js";

/** What was read to evaluate a module. */
export interface Evaluated {
  readonly exports: Readonly<Record<string, unknown>>;
  /** The text of every local file, by its path. */
  readonly files: ReadonlyMap<string, string>;
  /** Packages that local files import, as name@version. */
  readonly packages: ReadonlySet<string>;
}

interface Entry {
  readonly exports: Record<string, unknown>;
  readonly done: Promise<unknown>;
}

type Body = (
  exports: object,
  require: unknown,
  module: object,
  filename: string,
  dirname: string,
  jitiImport: (specifier: string) => Promise<unknown>,
  jitiESMResolve: (specifier: string) => string,
) => Promise<unknown>;

const CODE = new Set([".ts", ".mts", ".cts", ".js", ".mjs", ".cjs"]);

/** A package as compiled modules expect it: an ES module whatever it was written as, by live names. */
const asModule = (namespace: unknown): unknown => {
  const all = namespace as Readonly<Record<string, unknown>>;
  const view: object = Object.create(null, { __esModule: { value: true } });
  for (const name of Object.keys(all)) Object.defineProperty(view, name, { enumerable: true, get: () => all[name] });
  return view;
};

/**
 * Evaluates a TypeScript or JavaScript module. It and all local files that it imports are compiled here, so that what they share with this
 * program is the same; packages are left to Node. Nothing is cached on disk.
 * @throws ModuleError for a file that is not there, cannot be compiled (with its line) or throws
 */
export const evaluate = async (entry: string): Promise<Evaluated> => {
  const files = new Map<string, string>();
  const packages = new Set<string>();
  const entries = new Map<string, Entry>();
  let sealed = false;

  const read = (file: string): string => {
    if (sealed)
      throw new ModuleError(
        `${entry} imports ${file} only when it is used; import it at the top, so that its text is part of what a run is known by`,
      );
    const text = readFileSync(file, "utf8");
    files.set(file, text);
    return text;
  };

  const importFrom =
    (from: string, above: readonly string[]) =>
    async (specifier: string): Promise<unknown> => {
      const found = resolveImport(specifier, from);
      if (found.kind === "local") return open(found.file, above);
      if (found.kind === "package" && !sealed) packages.add(found.id);
      return asModule(await found.load());
    };

  const open = async (file: string, above: readonly string[]): Promise<unknown> => {
    const known = entries.get(file);
    // In a circle a module sees what the other has exported so far.
    if (known && !above.includes(file)) await known.done;
    if (known) return known.exports;
    const exports: Record<string, unknown> = {};
    const done = run(file, exports, [...above, file]);
    entries.set(file, { exports, done });
    await done;
    return exports;
  };

  const run = async (file: string, exports: Record<string, unknown>, above: readonly string[]): Promise<void> => {
    const source = read(file);
    const ending = extname(file);
    if (ending === ".json") {
      Object.defineProperty(exports, "__esModule", { value: true });
      exports.default = JSON.parse(source);
      return;
    }
    if (!CODE.has(ending))
      throw new ModuleError(`${file} is no module; it must be TypeScript or JavaScript, or JSON beside one`);
    const jiti = createJiti(file, { fsCache: false, moduleCache: false });
    const code = jiti.transform({
      source,
      filename: file,
      ts: /\.[cm]?ts$/.test(file),
      async: true,
      retainLines: true,
    });
    const header = "(async (exports, require, module, __filename, __dirname, jitiImport, jitiESMResolve) => {";
    const body = runInThisContext(`${header}${code}\n})`, { filename: file }) as Body;
    const module = { exports: exports as unknown };
    const resolve = (specifier: string): string => jiti.esmResolve(specifier);
    await body(exports, requireFrom(file), module, file, dirname(file), importFrom(file, above), resolve);
    const refused = exports.__JITI_ERROR__ as { readonly line: number; readonly message: string } | undefined;
    if (refused) throw new ModuleError(`${file} cannot be compiled: line ${refused.line}: ${refused.message}`);
    if (module.exports !== exports) Object.assign(exports, { default: module.exports }, module.exports);
  };

  await open(entry, []).catch((error: unknown) => {
    if (error instanceof ModuleError) throw error;
    throw new ModuleError(`${entry} cannot be loaded: ${whereOf(error, files)}`, { cause: error });
  });
  sealed = true;
  return { exports: entries.get(entry)!.exports, files, packages };
};

/** `require` for packages alone: what it reads beside the module would be no part of what a run is known by. */
const requireFrom = (file: string) => {
  const plain = createRequire(file);
  return (specifier: string): unknown => {
    if (!/^[./]/.test(specifier)) return plain(specifier);
    throw new ModuleError(
      `${file} requires "${specifier}"; import it, so that its text is part of what a run is known by`,
    );
  };
};

/** The message of an error, and the line of the user's files where it was thrown. */
const whereOf = (error: unknown, files: ReadonlyMap<string, string>): string => {
  if (!(error instanceof Error)) return String(error);
  const at = [...(error.stack ?? "").matchAll(/\(?(?:file:\/\/)?(\/[^():\n]+|[A-Z]:\\[^():\n]+):(\d+):\d+\)?/g)];
  const own = at.find(([, file = ""]) => files.has(file));
  return own ? `${error.message} (${own[1]}:${own[2]})` : error.message;
};
