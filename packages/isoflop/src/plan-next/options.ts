import type { ladderRules } from "@isoflop/flops";
import { type PlanOptions, planForms, surfaceForms } from "@isoflop/scaling";
import { type Command, InvalidArgumentError, Option } from "commander";
import { usageError } from "../exit.js";
import type { FitSource } from "../fit/source.js";
import { count, positive, positives, range } from "../options/values.js";

/** What of a plan is asked for on the command line. */
export interface PlanAsked extends FitSource {
  readonly allowance: number;
  readonly target: number;
  /** What is to become certain of the optimum at the target. */
  readonly optimum: "loss" | "N" | "D";
  readonly posterior: "delta" | "bootstrap";
  readonly forms?: readonly string[];
  readonly cost?: "FLOPs" | "seconds";
  /** Column of the seconds that runs took. */
  readonly seconds?: string;
  readonly runCompute?: readonly [number, number];
  readonly sizeFactor?: number;
  readonly minSize?: number;
  readonly maxSize?: number;
  readonly sizes?: readonly number[];
  readonly minTokens?: number;
  readonly maxTokens?: number;
  readonly batchTokens?: number;
  readonly maxSteps?: number;
  readonly memory?: number;
  readonly bytesPerParameter?: number;
  readonly seeds?: readonly [number, number];
  readonly maxRuns?: number;
  readonly noise?: number;
  readonly ladder?: keyof typeof ladderRules;
}

/** `chinchilla,kaplan` */
const forms = (text: string): readonly string[] => {
  const names = text.split(",").map((name) => name.trim());
  const unknown = names.find((name) => !surfaceForms.has(name));
  if (unknown === undefined) return names;
  throw new InvalidArgumentError(`"${unknown}" is no form; there are ${surfaceForms.names.join(", ")}.`);
};

/** `2`, or `1,3`. */
const seeds = (text: string): readonly [number, number] => {
  const [least, most = least, ...more] = text.split(",").map(count);
  if (least === undefined || most === undefined || more.length > 0 || most < least)
    throw new InvalidArgumentError("Expected one whole number, or two, the smaller first, such as 1,3.");
  return [least, most];
};

export const planOptions = (command: Command): Command =>
  command
    .requiredOption("--allowance <amount>", "what to spend, in all: FLOPs, or seconds with --cost seconds", positive)
    .requiredOption("--target <C>", "compute of the extrapolation that is to become certain", positive)
    .addOption(
      new Option(
        "--optimum <name>",
        "what of the optimum at the target: its size, its data, or its loss (or --quantity)",
      )
        .choices(["loss", "N", "D"])
        .default("loss"),
    )
    .option(
      "--forms <names>",
      `forms that may be right, of a table or folder (default: ${planForms.join(",")}); a saved fit is its own`,
      forms,
    )
    .addOption(
      new Option("--posterior <kind>", "uncertainty to plan with; the bootstrap needs a fit with --bootstrap")
        .choices(["delta", "bootstrap"])
        .default("delta"),
    )
    .addOption(new Option("--cost <unit>", "what runs are charged in").choices(["FLOPs", "seconds"]).default("FLOPs"))
    .option(
      "--seconds <column>",
      "how long each run took, by which planned ones are timed (default with --cost seconds: seconds; a folder knows it)",
    )
    .option(
      "--run-compute <low,high>",
      "compute of single runs (default: a 200th of what the allowance pays for to all of it)",
      range,
    )
    .option("--size-factor <f>", "sizes within this factor of the optimum of their compute (default: 8)", positive)
    .option("--min-size <N>", "no smaller model", positive)
    .option("--max-size <N>", "no larger model", positive)
    .option("--sizes <N,…>", "only these sizes (a folder's own: the steps of its ladder)", positives)
    .option("--min-tokens <D>", "no run on fewer tokens (default: the fewest of a table's or folder's runs)", positive)
    .option("--max-tokens <D>", "no run on more tokens: as many as are unique", positive)
    .option("--batch-tokens <D>", "tokens of a step: runs are whole steps", positive)
    .option("--max-steps <n>", "at most so many steps; needs --batch-tokens", count)
    .option("--memory <bytes>", "what there is for a model; needs --bytes-per-parameter", positive)
    .option("--bytes-per-parameter <b>", "what training takes for each parameter, such as 16", positive)
    .option(
      "--seeds <least,most>",
      "how often a model is trained; one number is both (default: as it pays; with --run 1,3)",
      seeds,
    )
    .option("--max-runs <n>", "at most so many runs, seeds counted (default: 24)", count)
    .option("--noise <sd>", "standard deviation of ln L of one run (default: the residuals of the fit)", positive);

/** The options of a plan beside target and allowance, as they were asked for. @throws CliError `usage` for one without what it needs */
export const limitsFrom = (asked: PlanAsked): Omit<PlanOptions, "target" | "allowance"> => {
  const {
    runCompute,
    sizeFactor,
    minSize = 1,
    maxSize = 1e18,
    sizes,
    minTokens,
    maxTokens,
    batchTokens,
    maxSteps,
  } = asked;
  const { memory, bytesPerParameter, seeds, maxRuns, noise, cost } = asked;
  if ((memory === undefined) !== (bytesPerParameter === undefined))
    throw usageError("--memory and --bytes-per-parameter are given together or not at all");
  if (minSize > maxSize) throw usageError(`--min-size ${minSize} is above --max-size ${maxSize}`);
  return {
    ...{ runCompute, sizeFactor, sizes, batchTokens, seeds, noise, cost },
    ...((asked.minSize ?? asked.maxSize) !== undefined && { sizeRange: [minSize, maxSize] as const }),
    ...{ leastTokens: minTokens, mostTokens: maxTokens, mostSteps: maxSteps, maximumRuns: maxRuns },
    ...(memory !== undefined && { memory: { bytes: bytesPerParameter!, most: memory } }),
  };
};
