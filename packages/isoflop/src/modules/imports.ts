import { existsSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { createJiti } from "jiti";
import { ModuleError } from "./error.js";
import { ourPackage } from "./ours.js";

/** What an import leads to. */
export type Import =
  | { readonly kind: "local"; readonly file: string }
  | { readonly kind: "package"; readonly id: string; readonly load: () => Promise<unknown> }
  | { readonly kind: "shared"; readonly load: () => Promise<unknown> };

const isLocal = (specifier: string): boolean => /^(?:\.{0,2}\/|\.{1,2}$|#|file:)/.test(specifier);

/** The package that a file belongs to, as name@version. */
const packageOf = (file: string): string => {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const manifest = join(folder, "package.json");
    if (existsSync(manifest)) {
      const { name, version } = JSON.parse(readFileSync(manifest, "utf8")) as Readonly<Record<string, unknown>>;
      // Folders within a package may have one that says the type alone.
      if (typeof name === "string") return `${name}@${String(version ?? "0.0.0")}`;
    }
    if (folder === dirname(folder)) return file;
  }
};

/**
 * What `specifier` means in the file `from`: a file of the user's, a package of the user's project, or what this program shares.
 * @throws ModuleError saying what is not there
 */
export const resolveImport = (specifier: string, from: string): Import => {
  const shared = ourPackage(specifier) ?? (isBuiltin(specifier) ? () => import(specifier) : undefined);
  if (shared) return { kind: "shared", load: shared };
  const url = createJiti(from, { fsCache: false, moduleCache: false }).esmResolve(specifier, {
    parentURL: pathToFileURL(from).href,
    try: true,
  });
  const file = url?.startsWith("file:") ? fileURLToPath(url) : url;
  if (isLocal(specifier)) {
    if (file && existsSync(file)) return { kind: "local", file };
    throw new ModuleError(`${from} imports "${specifier}", and there is no such file`);
  }
  if (file === undefined || url === undefined)
    throw new ModuleError(
      `${from} imports "${specifier}", which is not installed where that file lies; run npm install ${nameOf(specifier)} there`,
    );
  return { kind: "package", id: packageOf(file), load: () => import(pathToFileURL(file).href) };
};

const nameOf = (specifier: string): string =>
  specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
