import { basename } from "node:path";
import { type Law, PlotInputError, renderReport, type Study } from "@isoflop/plot";
import { document } from "@isoflop/plot/node";
import { groupByBudget, type PowerLaw, predictPowerLaw } from "@isoflop/scaling";
import { CliError, exitCodes } from "../exit.js";
import type { FitHead } from "../fits/document.js";
import type { IsoFlopDocument } from "../fits/isoflop.js";
import type { SurfaceDocument } from "../fits/surface.js";
import type { LoadedRuns } from "../input/runs.js";
import { plural } from "./format.js";
import { surfaceLaws } from "./surfaceLaws.js";
import { writeWhole } from "./write.js";

/** Bands are drawn a decade beyond the data. */
const BEYOND = 10;
const BAND_POINTS = 49;

/** Writes curves at equal compute, the laws and every choice. Budgets that were refused are drawn as such. */
export async function writeIsoFlopReport(path: string, loaded: LoadedRuns, fit: IsoFlopDocument, seconds: number) {
  const { laws, choices } = fit;
  const { N, D, loss } = laws;
  const computes = fit.budgets.map(({ C }) => C);
  await write(path, {
    ...studyOf(loaded, fit, seconds),
    runs: groupByBudget(loaded.runs, choices.tolerance, choices.budgets).flatMap((budget) =>
      budget.runs.map((run) => ({
        id: `row ${run.row}`,
        budget: budget.C,
        params: run.N,
        tokens: run.D,
        flops: run.C,
        loss: run.metrics?.[choices.quantity] ?? run.loss,
        lossStdErr: run.sigma ?? 0,
        seconds: 0,
      })),
    ),
    isoflop: fit.budgets.map((budget) => {
      if (budget.status !== "interior") {
        const none = { optimalParams: null, optimalTokens: null, optimalLoss: null, interior: false };
        return { budget: budget.C, ...none, reason: budget.status };
      }
      const { optimum, parabola } = budget;
      return {
        budget: budget.C,
        optimalParams: optimum.N.value,
        optimalTokens: optimum.D.value,
        optimalLoss: optimum.loss.value,
        interior: true,
        ...(parabola && choices.scale === "raw" && { curvature: 2 * parabola.N.curvature.value }),
      };
    }),
    ...(N.ok &&
      D.ok &&
      loss.ok && { laws: { params: drawn(N, computes), tokens: drawn(D, computes), loss: drawn(loss, computes) } }),
    choices: {
      ...choicesOf(fit),
      axes: `minimum in ln ${choices.axis}, on the ${choices.scale === "log" ? "logarithm of the " : ""}${choices.quantity}`,
      fit: `${choices.optimum} per budget, least squares of the logarithms through the optima`,
      intervals: "Student's, from the scatter of the optima about each law",
    },
  });
}

/** Writes the laws that follow from a surface. */
export async function writeSurfaceReport(path: string, loaded: LoadedRuns, fit: SurfaceDocument, seconds: number) {
  if (!fit.fit) return;
  const { form, objective, allocation } = fit.fit;
  if (!allocation)
    throw new CliError(exitCodes.unsound, `unidentified: the surface has no optimum, so there is nothing to draw`);
  const computes = loaded.runs.map(({ C }) => C);
  await write(path, {
    ...studyOf(loaded, fit, seconds),
    runs: [],
    isoflop: [],
    laws: surfaceLaws(fit, fit.fit, spaced(computes)),
    choices: {
      ...choicesOf(fit),
      fit: `surface "${form}" through ${plural(fit.fit.points, "run")}, objective ${objective.name}; laws are its optima under C = 6ND`,
      intervals: "delta method",
    },
  });
}

const studyOf = ({ origin }: LoadedRuns, fit: FitHead<string>, seconds: number) => ({
  preset: origin.file === "-" ? "standard input" : basename(origin.file),
  device: { backend: "none: fitted to a table" },
  data: { name: basename(origin.file), details: `SHA-256 ${origin.sha256}` },
  seconds,
  ...(fit.points.used === 0 && { plannedRuns: 1 }),
});

const choicesOf = ({ points, versions }: FitHead<string>) => ({
  filters:
    points.dropped.length === 0 ? "none" : points.dropped.map(({ row, reason }) => `row ${row} (${reason})`).join(", "),
  versions,
});

function drawn(law: PowerLaw, computes: readonly number[]): Law {
  const band = spaced(computes).map((compute) => {
    const [low, high] = predictPowerLaw(law, compute).ci95;
    return { compute, low, high };
  });
  const { coefficient, exponent } = law;
  return { coefficient: coefficient.value, exponent: exponent.value, ci95: exponent.ci95, band };
}

/** Compute values from the smallest to a decade beyond the largest, even in the logarithm. */
function spaced(computes: readonly number[]): number[] {
  const low = computes.reduce((a, b) => Math.min(a, b));
  const high = BEYOND * computes.reduce((a, b) => Math.max(a, b));
  return Array.from({ length: BAND_POINTS }, (_, i) => low * (high / low) ** (i / (BAND_POINTS - 1)));
}

async function write(path: string, study: Study): Promise<void> {
  let page: string;
  try {
    page = renderReport(study, { document });
  } catch (error) {
    if (!(error instanceof PlotInputError)) throw error;
    throw new CliError(exitCodes.failed, `the report cannot be drawn: ${error.message}`, { cause: error });
  }
  await writeWhole(path, page);
}
