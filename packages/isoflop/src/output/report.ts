import { type IsoFlopOptimum, isoFlopFigure, type Law, lawsFigure, type Run } from "@isoflop/plot";
import { document } from "@isoflop/plot/node";
import { groupByBudget, type PowerLaw, predictPowerLaw } from "@isoflop/scaling";
import type { IsoFlopDocument } from "../fits/isoflop.js";
import type { SurfaceDocument } from "../fits/surface.js";
import type { LoadedRuns } from "../input/runs.js";
import { isoFlopText } from "./isoflop.js";
import { draw, writePage } from "./page.js";
import { surfaceText } from "./surface.js";
import { surfaceLaws } from "./surfaceLaws.js";

/** Bands are drawn a decade beyond the data. */
const BEYOND = 10;
const BAND_POINTS = 49;
const WIDTH = 1088;
const BANDS = "Grey: pointwise 95 % bands. Beyond the largest budget the lines are extrapolations.";

/** Writes the curves at equal compute and the laws. Budgets that were refused are drawn as such. */
export async function writeIsoFlopReport(path: string, loaded: LoadedRuns, fit: IsoFlopDocument): Promise<void> {
  const { laws, choices } = fit;
  const study = { runs: runsOf(loaded, fit), isoflop: fit.budgets.map((budget) => optimumOf(budget, choices.scale)) };
  const computes = fit.budgets.map(({ C }) => C);
  const { N, D, loss } = laws;
  const curves = draw(() => isoFlopFigure(study, { document, width: WIDTH }));
  const lawFigure =
    N.ok && D.ok && loss.ok
      ? { params: drawn(N, computes), tokens: drawn(D, computes), loss: drawn(loss, computes) }
      : undefined;
  // Akima splines and parabolas of ln L are not what is drawn; the optima are.
  const guide = choices.optimum === "akima" || choices.scale === "log" ? "guides through the optima" : "the parabolas";
  await writePage(path, {
    title: "Loss at equal compute",
    text: isoFlopText(fit),
    figures: [
      { svg: curves, caption: `Dots are runs, curves ${guide}, diamonds the optima; hollow and dashed: refused.` },
      ...(lawFigure
        ? [
            {
              svg: draw(() => lawsFigure({ ...study, laws: lawFigure }, { document, width: WIDTH })),
              caption: `The optima against compute, and the laws through them. ${BANDS}`,
            },
          ]
        : []),
    ],
  });
}

/** Writes the laws of the optima that follow from a surface; a surface without errors or optima has only its table. */
export async function writeSurfaceReport(path: string, loaded: LoadedRuns, fit: SurfaceDocument): Promise<void> {
  const laws = fit.fit && surfaceLaws(fit, fit.fit, spaced(loaded.runs.map(({ C }) => C)));
  await writePage(path, {
    title: "Loss surface",
    text: surfaceText(fit),
    figures: laws
      ? [
          {
            svg: draw(() => lawsFigure({ runs: [], isoflop: [], laws }, { document, width: WIDTH })),
            caption: `Optimal size, data and loss under C = 6ND. ${BANDS}`,
          },
        ]
      : [],
  });
}

const runsOf = ({ runs }: LoadedRuns, { choices }: IsoFlopDocument): Run[] =>
  groupByBudget(runs, choices.tolerance, choices.budgets).flatMap((budget) =>
    budget.runs.map((run) => ({
      id: `row ${run.row}`,
      budget: budget.C,
      params: run.N,
      tokens: run.D,
      flops: run.C,
      loss: run.loss,
      lossStdErr: run.sigma ?? 0,
      seconds: 0,
    })),
  );

function optimumOf(budget: IsoFlopDocument["budgets"][number], scale: "raw" | "log"): IsoFlopOptimum {
  if (budget.status !== "interior") {
    const none = { optimalParams: null, optimalTokens: null, optimalLoss: null };
    return { budget: budget.C, ...none, interior: false, reason: budget.status };
  }
  const { optimum, parabola } = budget;
  return {
    budget: budget.C,
    optimalParams: optimum.N.value,
    optimalTokens: optimum.D.value,
    optimalLoss: optimum.loss.value,
    interior: true,
    ...(parabola && scale === "raw" && { curvature: 2 * parabola.N.curvature.value }),
  };
}

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
