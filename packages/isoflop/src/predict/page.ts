import {
  type AskedModel,
  type AskedPoint,
  type FittedLaw,
  fittedLawFigure,
  fittedLawsFigure,
  surfaceFigure,
} from "@isoflop/plot";
import { isInterior, type SurfaceFit } from "@isoflop/scaling";
import { type IsoFlopDocument, isoFlopOf } from "../fit/isoflop/fit.js";
import { drawable, lawCurve } from "../fit/law/curves.js";
import type { LawDocument } from "../fit/law/fit.js";
import { fittedLawOf } from "../fit/law/page.js";
import type { FitDocument } from "../fit/saved.js";
import { type SurfaceDocument, surfaceOf } from "../fit/surface/fit.js";
import { planeOf, planeRuns } from "../fit/surface/plane.js";
import { surfaceLaws } from "../fit/surface/surface-laws.js";
import { drawn, drawnNote } from "../page/drawn.js";
import type { Figure, Page } from "../page/page.js";
import { largest, smallest, spaced } from "../range.js";
import { type LoadedRuns, ofQuantity } from "../runs/load.js";
import { num, round } from "../words/numbers.js";
import { computeRule } from "../words/quantity.js";
import type { Predicted, Prediction, PredictionDocument } from "./predict.js";

const bars =
  "Orange: what was asked; the dark bar is where the law lies at 95 %, the pale one where a new run falls. Grey: pointwise 95 % bands; dashed: beyond the data.";

/** The fit with the questions asked of it. A saved fit has no runs; they are drawn where a table was given. */
export const predictionPage = (
  fit: FitDocument,
  document: PredictionDocument,
  loaded: LoadedRuns | undefined,
): Page => ({
  title: "Prediction",
  figures: figuresOf(fit, document.predictions, loaded),
});

const figuresOf = (fit: FitDocument, predictions: readonly Prediction[], loaded: LoadedRuns | undefined): Figure[] => {
  switch (fit.command) {
    case "fit isoflop":
      return isoFlopFigures(fit, predictions);
    case "fit surface":
      return surfaceFigures(fit, predictions, loaded);
    case "fit law":
      return lawFigures(fit, predictions);
  }
};

/** A prediction as a point, with the intervals that are known. */
const askedPoint = (x: number, { value, ci95, interval95 }: Predicted): AskedPoint => {
  const [law, measured] = [drawable(ci95), drawable(interval95)];
  return { x, y: value, ...(law && { ci95: law }), ...(measured && { interval95: measured }) };
};

/** Predictions of `name` against what was given as `given`. */
const askedPoints = (predictions: readonly Prediction[], given: string, name: string): AskedPoint[] =>
  predictions.flatMap((prediction) => {
    const [x, predicted] = [prediction.given[given], prediction.predicted[name]];
    return x !== undefined && predicted ? [askedPoint(x, predicted)] : [];
  });

const isoFlopFigures = (document: IsoFlopDocument, predictions: readonly Prediction[]): Figure[] => {
  const optima = isoFlopOf(document).budgets.filter(isInterior);
  const { quantity } = document.choices;
  const computes = [...optima.map(({ C }) => C), ...predictions.map(({ given }) => given.C!)];
  const xs = spaced(smallest(computes), largest(computes));
  const panels = [
    ["N", "optimal N", { label: "optimal model size N*, parameters", format: "count" }],
    ["D", "optimal D", { label: "optimal data D*, tokens", format: "count" }],
    ["loss", quantity, { label: `optimal ${quantity}` }],
  ] as const;
  const laws = panels.flatMap(([name, answer, y]): FittedLaw[] => {
    const law = document.laws[name];
    if (!law.ok) return [];
    return [
      {
        title: `power law, exponent ${num(law.exponent.value, 4)}`,
        x: { label: "compute C, FLOPs", format: "scientific" },
        y,
        points: optima.map(({ C, optimum }) => ({ x: C, y: optimum[name].value })),
        curve: lawCurve(law, xs),
        asked: askedPoints(predictions, "C", answer),
      },
    ];
  });
  return [
    {
      draw: (options) => fittedLawsFigure(laws, options),
      caption: `The optima of the budgets and the power laws through them. ${bars} The predicted ${quantity} weighs laws with and without a floor, so it may stand off the power law that is drawn.`,
    },
  ];
};

const surfaceFigures = (
  document: SurfaceDocument,
  predictions: readonly Prediction[],
  loaded: LoadedRuns | undefined,
): Figure[] => {
  const fit = surfaceOf(document, document.fit!);
  const { quantity, flopsPerToken: k } = document;
  const all = loaded ? ofQuantity(loaded, quantity).runs : [];
  const runs = planeRuns(drawn(all), k);
  const models = predictions.flatMap((prediction) => askedModel(prediction, quantity));
  const plane = { ...planeOf(fit, { runs, models }, k), asked: models, quantity };
  const caption = `Contours of the fitted ${quantity}. Thick: the compute-optimal size with its 95 % band. Diamonds: what was asked, with 95 % intervals.${
    runs.length > 0 ? drawnNote(all) : " A saved fit has no runs, so where they end is not shown."
  }`;
  return [
    { draw: (options) => surfaceFigure(plane, options), caption },
    ...lossFigures(document, fit, runs, predictions),
  ];
};

/** Where a prediction stands in the plane of compute and size. */
const askedModel = ({ given, predicted }: Prediction, quantity: string): AskedModel[] => {
  const compute = given.C ?? predicted.C?.value;
  const params = given.N ?? predicted["optimal N"]?.value;
  if (compute === undefined || params === undefined) return [];
  const loss = given[quantity] ?? predicted[quantity]?.value;
  const [across, up] = [drawable(predicted.C?.ci95), drawable(predicted["optimal N"]?.ci95)];
  return [
    {
      compute,
      params,
      label: loss === undefined ? round(compute) : num(loss, 4),
      ...(across && { computeInterval: across }),
      ...(up && { paramsInterval: up }),
    },
  ];
};

/** The laws of the optimum with the computes asked; models of another size are not on them. */
const lossFigures = (
  document: SurfaceDocument,
  fit: SurfaceFit,
  runs: ReturnType<typeof planeRuns>,
  predictions: readonly Prediction[],
): Figure[] => {
  const optimal = predictions.filter(({ given }) => given.N === undefined && given[document.quantity] === undefined);
  if (optimal.length === 0) return [];
  const asked = optimal.map(({ given }) => given.C!);
  const laws = surfaceLaws(document, fit, runs, [...asked, smallest(asked) / 10, largest(asked) * 10]);
  if (!laws) return [];
  const answers = ["optimal N", "optimal D", document.quantity];
  const withAnswers = laws.map((law, i) => ({ ...law, asked: askedPoints(optimal, "C", answers[i]!) }));
  return [
    {
      draw: (options) => fittedLawsFigure(withAnswers, options),
      caption: `Optimal size, data and ${document.quantity} under ${computeRule(document.flopsPerToken)}. ${bars}`,
    },
  ];
};

const lawFigures = (document: LawDocument, predictions: readonly Prediction[]): Figure[] => {
  if (!document.fit) return [];
  const asked = askedPoints(predictions, "x", "y");
  const law = fittedLawOf(document, document.fit, { x: "x", y: "y" }, largest(asked.map(({ x }) => x)));
  const least = smallest(asked.map(({ x }) => x));
  const extended =
    least < law.curve[0]!.x ? { ...law, curve: [...lawCurve(document.fit, [least]), ...law.curve] } : law;
  return [
    {
      draw: (options) => fittedLawFigure({ ...extended, asked }, options),
      caption: `The points of the fit and its law. ${bars}`,
    },
  ];
};
