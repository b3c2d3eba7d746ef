import { evaluate, paperBudgets, paperHeldOutBudget } from "@isoflop/flops";
import {
  type Figure,
  intervalsFigure,
  isoFlopFigure,
  lawFigure,
  nextRunsFigure,
  type PageFigure,
  type Panels,
} from "@isoflop/plot";
import { expectOk, isInterior, spaced } from "@isoflop/scaling";
import { type Analysis, noise } from "./analysis.js";
import { printed, type Quantity } from "./printed.js";
import { lawsOf } from "./recovery.js";

/** Loss against N at equal compute, without noise and with it. */
export const isoFlopCurves = ({ exact, noisy }: Analysis): PageFigure[] => [
  {
    ...isoFlopFigure(exact.fits.loss),
    half: true,
    caption: "Runs that obey the printed laws exactly: parabolas in ln N about N*, with L* at their vertices.",
  },
  {
    ...isoFlopFigure(noisy.fits.loss),
    half: true,
    caption: `The same with noise of ${noise.loss} on each loss, and the parabolas fitted to them.`,
  },
];

const axes = {
  N: { label: "optimal model size N*, parameters", format: "count" },
  D: { label: "optimal data D*, tokens", format: "count" },
  loss: { label: "optimal loss" },
  fid: { label: "optimal FID" },
} as const;

const lawCaption =
  "The optima of six budgets and the power laws through them, with pointwise 95 % bands, dashed beyond the data. Orange: 1.5e21 FLOPs; the dark bar is where the law lies at 95 %, the pale one where a new point falls.";

/** The four laws of the noisy study with bands and predictions, in pairs. */
export const laws = (analysis: Analysis): Panels[] => [
  { panels: [fittedLaw(analysis, "N"), fittedLaw(analysis, "D")], caption: lawCaption },
  {
    panels: [fittedLaw(analysis, "loss"), fittedLaw(analysis, "fid")],
    caption: `${lawCaption} The predictions weigh in laws that have a floor or still steepen, so they may stand off the power law that is drawn.`,
  },
];

const fittedLaw = ({ noisy, extrapolation }: Analysis, name: Quantity): Figure => {
  const { law, predicted } = extrapolation.laws[name];
  const optima = (name === "fid" ? noisy.fits.fid : noisy.fits.loss).budgets.filter(isInterior);
  const points = {
    x: optima.map(({ C }) => C),
    y: optima.map(({ optimum }) => optimum[name === "fid" ? "loss" : name].value),
  };
  const asked = {
    record: "prediction",
    given: { x: paperHeldOutBudget },
    predicted: { y: { ...predicted, ci95: law.ci95 } },
    notes: {},
  } as const;
  return lawFigure(expectOk(lawsOf(noisy.fits)[name]), points, {
    x: { label: "compute C, FLOPs", format: "scientific" },
    y: axes[name],
    names: { x: "C", y: name === "fid" ? "FID" : name },
    asked: [asked],
  });
};

/** The loss that is predicted at the held-out budget by the floor that is assumed. */
export const floorFigure = ({ extrapolation, irreducible, printed: values }: Analysis): Figure => {
  const { value, interval95 } = extrapolation.laws.loss.predicted;
  return intervalsFigure(
    { label: "predicted loss at 1.5e21 FLOPs" },
    [
      { name: "any floor, and none", value, interval: interval95 },
      ...irreducible.rows.map((row) => ({
        name: `E = ${row.floor.toFixed(1)}${row.allowed ? "" : ", excluded by the data"}`,
        value: row.value,
        interval: row.interval95,
      })),
    ],
    {
      reference: { at: values.loss, label: "printed law" },
      caption:
        "The loss that the noisy study predicts, with the 95 % interval of a new measurement, for floors that are assumed to be known; above them the prediction that is averaged over floors.",
    },
  );
};

/** The plan in the plane of compute and size. */
export const planFigure = ({ plan }: Analysis): Figure => {
  const models = plan.runs.map(({ budget, params, tokens }) => ({ C: budget, N: params, D: tokens, count: 1 }));
  const runs = models.filter(({ C }) => C !== paperHeldOutBudget);
  const target = { C: paperHeldOutBudget, quantity: "N" } as const;
  const optimum = spaced(paperBudgets[0]!, 2 * paperHeldOutBudget, 61).map((x) => ({ x, y: evaluate(printed.N, x) }));
  return {
    ...nextRunsFigure({ runs, evenGrid: [], target }, { optimum }),
    caption:
      "The runs of the six budgets about the printed law N*(C), and the budget that is held out, where one size is trained.",
  };
};
