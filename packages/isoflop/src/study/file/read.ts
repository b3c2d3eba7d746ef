import { readFileSync } from "node:fs";
import { basename, dirname, relative, resolve } from "node:path";
import { read } from "@isoflop/spec";
import { type Document, isMap, LineCounter, type Node, parseDocument, visit, type YAMLParseError } from "yaml";
import { inputError, reasonOf } from "../../exit.js";
import { statusOf } from "../../files/status.js";
import { evaluate } from "../../modules/evaluate.js";
import { type LoadedModule, loadModule, resolveModules } from "../../modules/index.js";
import { printable } from "../../words/printable.js";
import { studyPath } from "../find.js";
import { layoutOf } from "../layout.js";
import { manifestIn } from "../manifest.js";
import { studyPositions } from "./positions.js";
import { type StudyFile, studySchema } from "./schema.js";
import { type Assignment, assign } from "./set.js";
import { shippedFile, shippedStudies } from "./shipped.js";

/** A study as it was written, before anything in it is checked. */
export interface WrittenStudy {
  /** What it is called in messages. */
  readonly name: string;
  /** Relative paths in it begin here. */
  readonly base: string;
  readonly value: unknown;
  /** The study's folder, where it was named by that. */
  readonly folder?: string;
  /** Line of a field, counted from 1, where the file has lines. */
  readonly lineOf?: (path: readonly (string | number)[]) => number | undefined;
}

/** Keys and indices that lead to a field. */
export type FieldPath = readonly (string | number)[];

/**
 * The study that a person names: a file, a shipped one by its name, or a study's folder.
 * @throws CliError naming the file, and the line of what cannot be read
 */
export const writtenStudy = async (given: string): Promise<WrittenStudy> => {
  const shipped = shippedFile(given);
  if (shipped && !statusOf(given)?.isFile()) return { ...parsed(shipped, given), base: process.cwd() };
  const file = resolve(studyPath(given));
  const found = statusOf(file);
  if (found?.isDirectory()) return ofFolder(file, given);
  if (found) return isModuleFile(file) ? ofModule(file, given) : parsed(file, given);
  throw inputError(
    `there is no file ${printable(given)}; expected a study file, a study's folder, or one of ${shippedStudies.join(", ")}; isoflop init writes a file to begin with`,
  );
};

const ofFolder = (folder: string, given: string): WrittenStudy => {
  const manifest = manifestIn(folder);
  if (!manifest)
    throw inputError(`the folder ${printable(given)} has no ${basename(layoutOf(folder).manifest)}: it is no study's`);
  const modules = manifest.modules.map(({ path }) => resolve(folder, path));
  const base = manifest.base === undefined ? folder : resolve(folder, manifest.base);
  const own = relative("", folder) || ".";
  return { name: layoutOf(folder).manifest, base, folder: own, value: { ...manifest.file, modules } };
};

/** A module whose default export is the study. */
const ofModule = async (file: string, given: string): Promise<WrittenStudy> => {
  const name = printable(given);
  const { exports } = await evaluate(file);
  const value = await exports.default;
  const right = "it must be the study itself, of plain values: export default { data: …, grid: … }";
  if (value === undefined) throw inputError(`${name} has no default export; ${right}`);
  if (typeof value === "function") throw inputError(`${name} has a function for its default export; ${right}`);
  try {
    return { name, base: dirname(file), value: structuredClone(value) };
  } catch (error) {
    throw inputError(`${name}: its default export holds what no study has, ${(error as Error).message}; ${right}`);
  }
};

const isModuleFile = (path: string): boolean => /\.[cm]?[jt]s$/.test(path);

const parsed = (file: string, given: string): WrittenStudy => {
  const name = printable(given);
  const lines = new LineCounter();
  const document = parseDocument(textOf(file, name), { lineCounter: lines, prettyErrors: false, merge: true });
  const [wrong] = document.errors;
  if (wrong) throw inputError(`${name}:${lines.linePos(wrong.pos[0]).line}: ${yamlWords(wrong)}`);
  const lineOf = (path: FieldPath): number | undefined => {
    const at = nodeAt(document, path)?.range?.[0];
    return at === undefined ? undefined : lines.linePos(at).line;
  };
  return { name, base: dirname(file), value: plainOf(document, name, lines), lineOf };
};

const yamlWords = ({ code, message }: YAMLParseError): string =>
  code === "MULTIPLE_DOCS" ? "another document begins here; a study is one" : message;

/** What a document says. @throws CliError for an alias of nothing, with its line, and for one that grows without bound */
const plainOf = (document: Document, name: string, lines: LineCounter): unknown => {
  visit(document, {
    Alias(_, alias) {
      if (alias.resolve(document)) return;
      const { line } = lines.linePos(alias.range![0]);
      throw inputError(`${name}:${line}: there is no anchor &${alias.source} above the alias *${alias.source}`);
    },
  });
  try {
    return document.toJS();
  } catch (error) {
    throw inputError(`${name}: ${(error as Error).message}`);
  }
};

const textOf = (file: string, name: string): string => {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw inputError(`cannot read ${name}: ${reasonOf(error)}`);
  }
};

/** The key of a field, or of the nearest that has it, where it is missing. */
const nodeAt = (document: ReturnType<typeof parseDocument>, path: FieldPath): Node | undefined => {
  for (let length = path.length; length > 0; length--) {
    const holder = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true);
    const key = path[length - 1];
    const pair = isMap(holder) && holder.items.find((item) => String(item.key) === String(key));
    if (pair) return pair.key as Node;
    const node = document.getIn(path.slice(0, length), true) as Node | undefined;
    if (node) return node;
  }
  return undefined;
};

/** A study whose every field is known to be right. */
export interface ResolvedStudy extends Pick<WrittenStudy, "name" | "base"> {
  readonly file: StudyFile;
  /** Parts of one's own that it may name. */
  readonly modules: readonly LoadedModule[];
  /** Where a field was written, for messages: "mine.yaml:12". */
  placeOf(path: FieldPath): string;
}

/**
 * The study with what was set besides, its modules loaded, checked, and with its defaults.
 * @throws CliError naming the file, the line, the field, its value and what would be right; ModuleError for a module that is none
 */
export const resolveStudy = async (written: WrittenStudy, sets: readonly Assignment[] = []): Promise<ResolvedStudy> => {
  const { base } = written;
  const value = withDataModule(assign(written.value, sets));
  const listed: LoadedModule[] = [];
  for (const file of listedIn(value)) listed.push(await loadModule(file, base));
  const resolved = await resolveModules(value, studyPositions, base);
  return checkStudy({ ...written, value: resolved.value }, sets, [...listed, ...resolved.modules]);
};

/** `data: ./mine.ts` is short for its record. */
const withDataModule = (value: unknown): unknown => {
  const { data } = (value ?? {}) as { readonly data?: unknown };
  return typeof data === "string" && isModuleFile(data) ? { ...(value as object), data: { module: data } } : value;
};

/** The modules of a study's list; what else stands there is told where the study is checked. */
const listedIn = (value: unknown): readonly string[] => {
  const { modules } = (value ?? {}) as { readonly modules?: unknown };
  return Array.isArray(modules) ? modules.filter((file) => typeof file === "string") : [];
};

/** The same of a study whose modules are loaded, with nothing more to be set. @param sets what was set, for messages */
export const checkStudy = (
  written: WrittenStudy,
  sets: readonly Assignment[] = [],
  modules: readonly LoadedModule[] = [],
): ResolvedStudy => {
  const { name, base } = written;
  const file = read(studySchema, written.value, {
    name: "",
    error: (message, path) => inputError(`${placeOf(written, sets, path)}: ${message}`),
  });
  return { name, base, file, modules, placeOf: (path) => placeOf(written, sets, path) };
};

/** Where a field was written: in the file, or on the command line. */
const placeOf = ({ name, lineOf }: WrittenStudy, sets: readonly Assignment[], path: FieldPath): string => {
  const set = sets.findLast(({ path: own }) => own.every((key, i) => String(path[i] ?? key) === String(key)));
  if (set && path.length > 0) return set.place;
  const line = lineOf?.(path);
  return line === undefined ? name : `${name}:${line}`;
};
