import {
  convertBins,
  convertLosses,
  DiffusionError,
  type LossBin,
  type LossConversion,
  type Objective,
  quantiles,
} from "@isoflop/diffusion";
import type { DroppedRun, LevelTable } from "@isoflop/scaling";
import { unlikeSamples, type ValidationLosses } from "@isoflop/sweep";
import { fileRunStore } from "@isoflop/sweep/node";
import { buildObjective, type ObjectiveInput, TrainError, timeBins } from "@isoflop/train";
import { inputError, usageError } from "../exit.js";
import { readInput, shown } from "../files/read.js";
import { prepareModules } from "../modules/index.js";
import { fittedIn } from "../runs/folder.js";
import { type DoneRun, pointOf } from "../runs/point.js";
import { manifestIn } from "../study/manifest.js";
import { loadModulesOf } from "../study/moved.js";
import { printable } from "../words/printable.js";
import type { LevelsFrom, LoadedLevels } from "./loaded.js";
import type { LevelsInput, Reweighting, TrainedAsked } from "./read.js";

/** Parts of the clock that results are told in, and runs where nothing else is asked. */
const BINS = 8;

/** A run with its losses by part of the clock, and those of its samples where they are used. */
interface Told {
  readonly run: DoneRun;
  readonly bins: readonly LossBin[];
  readonly losses?: ValidationLosses;
}

/**
 * The runs of a folder that a law would be fitted to, by parts of the clock of equal share under the density that they were trained with.
 * @throws CliError for runs without them, and options that the runs answer themselves
 */
export const loadRunLevels = async (
  input: LevelsInput,
  { bins, density, weighting, ...trained }: Reweighting & TrainedAsked,
): Promise<LoadedLevels> => {
  refuseOptions(input, trained);
  const { origin } = readInput(input.input);
  const { runs, store } = fittedIn(input.input);
  await loadModulesOf({ path: input.input, manifest: manifestIn(input.input) });
  const [first] = runs;
  await prepareModules(first?.spec.content?.modules ?? []);
  const spec = (first?.spec.objective ?? {}) as Exclude<ObjectiveInput, string>;
  const objective = built(spec, input.input);
  const { told, from, dropped } = await toldBy(runs, store, objective, bins, input.input);
  const table: LevelTable = {
    t: quantiles(objective.density, from.bins),
    widths: told[0]!.bins.map((bin) => bin.to - bin.from),
    runs: told.map(({ run }) => pointOf(run)),
    losses: told.map((one) => one.bins.map(({ mean }) => mean)),
  };
  const own = { weights: told[0]!.bins.map(() => 1 / from.bins), losses: told.map(({ run }) => run.result.loss) };
  const sums = { [nameOf(objective)]: own };
  const about = { path: objective.path.name, errorIn: objective.errorIn, from };
  const loaded = { table, origin, points: { used: told.length, dropped } };
  if (!density && !weighting) return { ...loaded, sums, about };
  const other = built({ ...spec, ...(density && { density }), ...(weighting && { weighting }) } as typeof spec, "");
  const { cautions, weights, losses } = reweighted(told, { from: objective, to: other });
  return {
    ...loaded,
    sums: { ...sums, [nameOf(other)]: losses ? { weights, losses } : weights },
    about: { ...about, ...(cautions.length > 0 && { cautions }) },
  };
};

const nameOf = ({ density, weighting }: Objective): string => `${density.name}, ${weighting.name}`;

/** What a table is asked for and runs say themselves. */
const refuseOptions = (
  { input, columns, format, skipBadRows }: LevelsInput,
  { trainedDensity, trainedWeighting, path, errorIn }: TrainedAsked,
): void => {
  const given = {
    ...{ "--columns": columns, "--format": format, "--skip-bad-rows": skipBadRows },
    ...{ "--trained-density": trainedDensity, "--trained-weighting": trainedWeighting },
    ...{ "--path": path, "--error-in": errorIn },
  };
  const [option] = Object.entries(given).find(([, value]) => value !== undefined) ?? [];
  if (option !== undefined)
    throw usageError(`${option} is of a table; ${shown(input)} is a folder of runs, which say that themselves`);
};

/** @throws CliError for an objective of parts that are not known here, or that do not go together */
const built = (spec: ObjectiveInput, folder: string): Objective => {
  try {
    return buildObjective(spec);
  } catch (error) {
    if (!(error instanceof TrainError || error instanceof DiffusionError)) throw error;
    throw inputError(folder === "" ? error.message : `the runs of ${printable(folder)}: ${error.message}`);
  }
};

interface ToldRuns {
  readonly told: readonly Told[];
  readonly from: LevelsFrom;
  readonly dropped: readonly DroppedRun[];
}

const toldBy = async (
  runs: readonly DoneRun[],
  store: string,
  objective: Objective,
  asked: number | undefined,
  folder: string,
): Promise<ToldRuns> => {
  const losses = fileRunStore(store);
  const kept: { readonly run: DoneRun; readonly losses: ValidationLosses | undefined }[] = [];
  for (const run of runs) kept.push({ run, losses: await losses.losses(run.id) });
  const usable = kept.filter(({ run, losses }) => losses ?? run.result.lossBins);
  const dropped = kept.flatMap(({ run, losses }, i): DroppedRun[] => {
    if (losses ?? run.result.lossBins) return [];
    return [{ row: i + 1, reason: "no-loss", message: `run ${run.id} says nothing of its loss by noise level` }];
  });
  if (usable.length === 0)
    throw inputError(
      `no run in ${printable(folder)} says anything of its loss by noise level; those of this version do`,
    );
  const sampled = usable.flatMap(({ run, losses }) => (losses ? [{ run, losses }] : []));
  if (sampled.length < usable.length) return { ...byBins(usable, asked, folder), dropped };
  const bins = asked ?? BINS;
  const [first] = sampled as [(typeof sampled)[0]];
  const samples = first.losses.losses.length;
  if (samples % (2 * bins) !== 0)
    throw usageError(
      `--bins is ${bins}; it must divide the ${samples} samples of a run into even parts, such as ${BINS}`,
    );
  const times = Float32Array.from(quantiles(objective.density, samples));
  const told = sampled.map(({ run, losses }) => {
    const unlike = unlikeSamples(first.losses, losses);
    if (unlike !== undefined)
      throw inputError(`runs ${first.run.id} and ${run.id} were validated on other samples: ${printable(unlike)}`);
    const off = losses.times.findIndex((t, i) => t !== times[i]);
    if (off >= 0)
      throw inputError(
        `run ${run.id} was validated at times that are not the quantiles of its density: time ${off} is ${losses.times[off]}, and the quantile ${times[off]}`,
      );
    return { run, losses, bins: timeBins(losses.losses, objective.density, bins) };
  });
  return { told, dropped, from: { kind: "samples", samples, bins } };
};

/** What results have of all runs, also of those that kept no more. */
const byBins = (
  runs: readonly { readonly run: DoneRun }[],
  asked: number | undefined,
  folder: string,
): Pick<ToldRuns, "told" | "from"> => {
  const told = runs.flatMap(({ run }) => (run.result.lossBins ? [{ run, bins: run.result.lossBins }] : []));
  const bins = told[0]?.bins.length ?? 0;
  const other = told.find((one) => one.bins.some(({ from }, k) => from !== told[0]!.bins[k]?.from));
  if (told.length < runs.length || other)
    throw inputError(
      `runs in ${printable(folder)} tell their losses in unlike parts of the clock${other ? `, such as ${told[0]!.run.id} and ${other.run.id}` : ""}`,
    );
  if (asked !== undefined && asked !== bins)
    throw usageError(
      `--bins is ${asked}; not all runs kept the losses of their samples, and their results have ${bins}`,
    );
  return { told, from: { kind: "bins", bins } };
};

/** The weights of the parts in another loss, and where samples are known what it is of every run. */
const reweighted = (told: readonly Told[], conversion: LossConversion) => {
  try {
    const { bins } = told[0]!;
    const sampled = told.flatMap(({ losses }) => (losses ? [losses] : []));
    if (sampled.length < told.length) {
      const weights = bins.map((_, k) => convertBins(unitBins(bins, k), conversion).mean);
      return { weights, cautions: convertBins(bins, conversion).cautions, losses: undefined };
    }
    const { times } = sampled[0]!;
    const converted = sampled.map(({ losses }) => convertLosses({ losses, times }, conversion));
    return {
      weights: weightsOfSamples(sampled, bins.length, conversion),
      losses: converted.map(({ mean }) => mean),
      cautions: converted[0]!.cautions,
    };
  } catch (error) {
    if (!(error instanceof DiffusionError)) throw error;
    throw inputError(error.message);
  }
};

/**
 * What a part counts for in another loss, if within it the loss goes with time as that of the mean of all runs does: what the samples of the part add to
 * the other loss of that mean, over its own in the part.
 */
const weightsOfSamples = (
  sampled: readonly ValidationLosses[],
  bins: number,
  conversion: LossConversion,
): readonly number[] => {
  const { times } = sampled[0]!;
  const mean = Float64Array.from(
    times,
    (_, i) => sampled.reduce((s, { losses }) => s + losses[i]!, 0) / sampled.length,
  );
  const size = times.length / bins;
  return Array.from({ length: bins }, (_, k) => {
    const inPart = (i: number) => i >= k * size && i < (k + 1) * size;
    const added = convertLosses({ losses: mean.map((loss, i) => (inPart(i) ? loss : 0)), times }, conversion).mean;
    return (added * size) / mean.subarray(k * size, (k + 1) * size).reduce((sum, loss) => sum + loss, 0);
  });
};

/** A loss of 1 in one part and of 0 in the others: what it is in another loss is the part's weight there, as that is linear in the parts. */
const unitBins = (bins: readonly LossBin[], at: number): readonly LossBin[] =>
  bins.map((bin, k) => ({ ...bin, mean: k === at ? 1 : 0, stdErr: 0 }));
