import { grids, solvers } from "@isoflop/diffusion";
import { type KindSpec, read, recordOrName } from "@isoflop/spec";
import type { ModuleContent } from "@isoflop/sweep";
import { InvalidArgumentError } from "commander";
import { usageError } from "../exit.js";

/** What of drawing is a part by name, a record, or a file of one's own. */
const registries = { solver: solvers, grid: grids } as const;

type PartName = keyof typeof registries;

const isModule = (text: string): boolean => /\.[cm]?[jt]s$/.test(text);
const isRecord = (text: string): boolean => text.trimStart().startsWith("{");

/** What there is of a part, for help. */
export const partNames = (part: PartName): string => registries[part].names.join(", ");

/** Reader of an option that names a part. */
export const partText =
  (part: PartName) =>
  (text: string): string => {
    if (registries[part].has(text) || isModule(text) || isRecord(text)) return text;
    throw new InvalidArgumentError(
      `Allowed choices are ${partNames(part)}, a record such as "{ kind: ${registries[part].names[0]} }", and a TypeScript or JavaScript file that exports a ${part}.`,
    );
  };

/** A part with all of its options, and the modules that it is from. */
export interface AskedPart {
  readonly spec: KindSpec;
  readonly modules: readonly ModuleContent[];
}

/**
 * The record of a part that was asked for by name, by a record as YAML has it, or by a file.
 * @throws ModuleError for a file that exports none, CliError `usage` for a record that is none
 */
export const askedPart = async (part: PartName, text: string): Promise<AskedPart> => {
  const { parse } = await import("yaml");
  const { resolveModules } = await import("../modules/index.js");
  const written = (): unknown => {
    try {
      return parse(text, { logLevel: "error" });
    } catch (error) {
      throw usageError(`--${part} ${text}: ${(error as Error).message.split("\n")[0]}`);
    }
  };
  const asked: unknown = isRecord(text) ? written() : isModule(text) ? { module: text } : text;
  const { value, modules } = await resolveModules({ [part]: asked }, [{ path: [part], sort: part }], process.cwd());
  const spec = read(recordOrName(registries[part]), value[part], { name: `--${part}`, error: usageError });
  return { spec, modules: modules.map(({ path, digest }) => ({ path, digest })) };
};
