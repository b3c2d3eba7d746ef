import { evaluate, paperBudgets, paperHeldOutBudget } from "@isoflop/flops";
import {
  type FigureOptions,
  type FittedLaw,
  fittedLawsFigure,
  type IsoFlopOptimum,
  intervalsFigure,
  isoFlopFigure,
  nextRunsFigure,
  type PageFigure,
  pageTheme,
} from "@isoflop/plot";
import { document } from "@isoflop/plot/node";
import { isInterior } from "@isoflop/scaling";
import { type Analysis, noise, type Study } from "./analysis.js";
import { printed, type Quantity } from "./printed.js";

const onPage = (width: number): FigureOptions => ({ document, theme: pageTheme, width });

/** Loss against N at equal compute, without noise and with it. */
export const isoFlopCurves = ({ exact, noisy }: Analysis): PageFigure[] => [
  {
    half: true,
    draw: (width) => curves(exact, 0, width),
    caption: "Runs that obey the printed laws exactly: parabolas in ln N about N*, with L* at their vertices.",
  },
  {
    half: true,
    draw: (width) => curves(noisy, noise.loss, width),
    caption: `The same with noise of ${noise.loss} on each loss, and the parabolas fitted to them.`,
  },
];

const curves = ({ runs, fits }: Study, lossStdErr: number, width: number): string => {
  const plotted = runs.map(({ C, N, D, loss }, i) => ({
    ...{ id: `run ${i + 1}`, budget: C, params: N, tokens: D, flops: C },
    ...{ loss, lossStdErr, seconds: 0 },
  }));
  const isoflop = fits.loss.budgets.filter(isInterior).map(
    ({ C, optimum: { N, D, loss } }): IsoFlopOptimum => ({
      ...{ budget: C, interior: true },
      ...{ optimalParams: N.value, optimalTokens: D.value, optimalLoss: loss.value },
    }),
  );
  return isoFlopFigure({ runs: plotted, isoflop }, { ...onPage(width), quantity: "loss" });
};

const axes = {
  N: { label: "optimal model size N*, parameters", format: "count" },
  D: { label: "optimal data D*, tokens", format: "count" },
  loss: { label: "optimal loss" },
  fid: { label: "optimal FID" },
} as const;

const lawCaption =
  "The optima of six budgets and the power laws through them, with pointwise 95 % bands, dashed beyond the data. Orange: 1.5e21 FLOPs; the dark bar is where the law lies at 95 %, the pale one where a new point falls.";

/** The four laws of the noisy study with bands and predictions, in pairs. */
export const laws = (analysis: Analysis): PageFigure[] => [
  { draw: (width) => lawPair(analysis, ["N", "D"], width), caption: lawCaption },
  {
    draw: (width) => lawPair(analysis, ["loss", "fid"], width),
    caption: `${lawCaption} The predictions weigh in laws that have a floor or still steepen, so they may stand off the power law that is drawn.`,
  },
];

const lawPair = (analysis: Analysis, names: readonly Quantity[], width: number): string =>
  fittedLawsFigure(
    names.map((name) => fittedLaw(analysis, name)),
    onPage(width),
  );

const fittedLaw = ({ noisy, extrapolation }: Analysis, name: Quantity): FittedLaw => {
  const { exponent, law, predicted, band } = extrapolation.laws[name];
  const optima = (name === "fid" ? noisy.fits.fid : noisy.fits.loss).budgets.filter(isInterior);
  return {
    title: `exponent ${exponent.value.toFixed(4)}; printed ${printed[name].exponent}`,
    x: { label: "compute C, FLOPs", format: "scientific" },
    y: axes[name],
    points: optima.map(({ C, optimum }) => ({ x: C, y: optimum[name === "fid" ? "loss" : name].value })),
    curve: band.map((at) => ({ x: at.C, y: at.value, low: at.ci95[0], high: at.ci95[1] })),
    asked: [{ x: paperHeldOutBudget, y: predicted.value, ci95: law.ci95, interval95: predicted.interval95 }],
  };
};

/** The loss at the held-out budget by the floor that is assumed. */
export const floors = (analysis: Analysis, options: FigureOptions): string => {
  const { extrapolation, irreducible, printed: values } = analysis;
  const { value, interval95 } = extrapolation.laws.loss.predicted;
  return intervalsFigure(
    {
      quantity: { label: "predicted loss at 1.5e21 FLOPs" },
      rows: [
        { name: "any floor, and none", value, interval: interval95 },
        ...irreducible.rows.map((row) => ({
          name: `E = ${row.floor.toFixed(1)}${row.allowed ? "" : ", excluded by the data"}`,
          value: row.value,
          interval: row.interval95,
        })),
      ],
      reference: { at: values.loss, label: "printed law" },
    },
    options,
  );
};

export const floorFigure = (analysis: Analysis): PageFigure => ({
  draw: (width) => floors(analysis, onPage(width)),
  caption:
    "The loss that the noisy study predicts, with the 95 % interval of a new measurement, for floors that are assumed to be known; above them the prediction that is averaged over floors.",
});

/** The plan in the plane of compute and size. */
export const planFigure = ({ plan, extrapolation }: Analysis): PageFigure => {
  const planned = plan.runs.map((run) => ({ compute: run.budget, params: run.params, count: 1 }));
  const fitted = planned.filter(({ compute }) => compute !== paperHeldOutBudget);
  const data = {
    planned: fitted,
    frontier: extrapolation.laws.N.band.map(({ C }) => ({ compute: C, params: evaluate(printed.N, C) })),
    fittedTo: paperBudgets.at(-1)!,
    target: { compute: paperHeldOutBudget, params: planned.at(-1)!.params },
    computeLabel: "compute C, FLOPs, exact",
  };
  return {
    draw: (width) => nextRunsFigure(data, onPage(width)),
    caption:
      "The runs of the six budgets about the printed law N*(C), and the one size that is trained at the held-out budget.",
  };
};
