import { basename } from "node:path";
import { type LawChoice, type Outcome, type Run, type Side, sideOfRuns, type TableFormat } from "@isoflop/scaling";
import { unsound, usageError } from "../exit.js";
import { type InputFile, readInput, shown } from "../files/read.js";
import { isoFlopThrough } from "../fit/isoflop/fit.js";
import { fitKinds, kindOf } from "../fit/kinds.js";
import { tellDiverged } from "../fit/points.js";
import { type SavedFit, savedFitIn } from "../fit/saved.js";
import type { ColumnMap } from "../options/columns.js";
import { type LoadedRuns, loadRuns, ofQuantity } from "../runs/load.js";

/** How a table of runs becomes a curve, and a law of compute alone another. */
export interface SideAsked {
  readonly format?: TableFormat;
  readonly quantity?: string;
  readonly method?: "surface" | "isoflop";
  /** Of the surface. */
  readonly form?: string;
  readonly law?: LawChoice;
}

/** A side with the file that it came from. */
export interface NamedSide {
  /** As a person named it. */
  readonly file: string;
  readonly input: InputFile;
  readonly side: Side;
}

/**
 * What a person named as one side of a comparison: a saved fit, a table of runs, or a folder of them.
 * @param letter "A" or "B"
 * @throws CliError where it cannot be read, or has no curve to compare
 */
export const sideOf = (
  letter: string,
  argument: string,
  columns: ColumnMap | undefined,
  asked: SideAsked,
): NamedSide => {
  const { format, quantity } = asked;
  const saved = savedFitIn(
    readInput(argument).text,
    argument,
    undefined,
    "compare takes one fit, saved with --where and one of",
  );
  const name = `${letter}: ${basename(shown(argument))}`;
  if (saved)
    return { file: argument, input: saved.input, side: got(argument, sideOfSaved(name, saved, asked, argument)) };
  return sideOfLoaded(name, loadRuns({ input: argument, columns, format, quantity }), asked);
};

/** The two labels of one table as sides. @throws CliError `input` where it has not two */
export const sidesOfLabels = (
  argument: string,
  column: string,
  columns: ColumnMap | undefined,
  asked: SideAsked,
): readonly [NamedSide, NamedSide] => {
  const { format, quantity } = asked;
  const loaded = loadRuns({ input: argument, columns: { ...columns, label: column }, format, quantity });
  const labels = [...new Set(loaded.runs.map(({ label = "" }) => label))];
  if (labels.length !== 2) {
    const some = labels
      .slice(0, 8)
      .map((label) => JSON.stringify(label))
      .join(", ");
    throw usageError(
      `${shown(argument)} has ${labels.length} values of ${column}: ${some}${labels.length > 8 ? ", …" : ""}; --by takes a column of two`,
    );
  }
  const [a, b] = labels.map((label, i) => {
    const runs = loaded.runs.filter((run: Run) => (run.label ?? "") === label);
    return sideOfLoaded(`${"AB"[i]}: ${label}`, { ...loaded, runs }, asked);
  });
  return [a!, b!];
};

const sideOfLoaded = (name: string, loaded: LoadedRuns, asked: SideAsked): NamedSide => {
  const { quantity, form, law, method = law === undefined ? "surface" : "isoflop" } = asked;
  const { origin: input } = loaded;
  tellDiverged(loaded);
  if (method !== "isoflop" && law !== undefined)
    throw usageError(`--law is for laws of compute alone, which --method ${method} does not fit; expected one of them`);
  if (method !== "surface" && form !== undefined) throw usageError("--form is of --method surface");
  if (method === "surface") {
    const outcome = sideOfRuns(name, ofQuantity(loaded, quantity).runs, { form, quantity });
    return { file: input.file, input, side: got(input.file, outcome, "; or compare by --method isoflop") };
  }
  return {
    file: input.file,
    input,
    side: got(input.file, sideOfSaved(name, isoFlopThrough(loaded, { quantity }), asked, input.file)),
  };
};

const sideOfSaved = (name: string, saved: SavedFit, { law }: SideAsked, file: string): Outcome<Side> => {
  const { command, status, message, fit } = saved;
  if (!fit) throw unsound(`${shown(file)}: ${status}: ${message}`);
  const side = kindOf(fit).side?.(name, fit, law);
  if (!side) throw usageError(`${shown(file)} is a ${command}; compare takes ${comparable()}`);
  return side;
};

/** Kinds of fit that have a curve of the loss against compute. */
const comparable = (): string => {
  const commands = Object.values(fitKinds).flatMap((kind) => ("side" in kind ? [`a fit ${kind.record}`] : []));
  return ["a table of runs", ...commands].join(", ").replace(/, ([^,]*)$/, " or $1");
};

const got = (file: string, outcome: Outcome<Side>, hint = ""): Side => {
  if (!outcome.ok) throw unsound(`${shown(file)}: ${outcome.reason}: ${outcome.message}${hint}`);
  return outcome;
};
