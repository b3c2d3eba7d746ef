import {
  type Figure,
  intervalsFigure,
  isoFlopFigure,
  type PageFigure,
  residualsFigure,
  surfaceFigure,
} from "@isoflop/plot";
import { round } from "isoflop/words";
import type { Analysis } from "./analysis.js";
import { type Compared, comparedEstimates } from "./estimates.js";
import { tolerance } from "./isoflop.js";

/** Loss against N at equal compute, with the parabolas. */
export const isoFlopCurves = ({ isoFlop: { fit } }: Analysis): Figure => {
  const { draw, caption } = isoFlopFigure(fit);
  const others = fit.unassigned.length;
  const scatter = `Compute scatters about each budget by up to ${100 * tolerance} %.`;
  return {
    draw,
    caption: `${caption} ${scatter}${others > 0 ? ` ${others} runs of other compute are not shown.` : ""}`,
  };
};

/** The log-Huber surface with its runs and frontier, and the optimum at the target with its bootstrap interval. */
export const surfaceContours = ({ loaded, huber: { fit, answer }, target }: Analysis): Figure => {
  const optimum = {
    record: "prediction",
    quantity: "loss",
    given: { C: target },
    predicted: { N: answer.N },
    notes: {},
  } as const;
  const { draw } = surfaceFigure(fit, loaded.used, { asked: [optimum] });
  return {
    draw,
    caption: `Contours of the log-Huber surface; dots are the runs, coloured by their measured loss. Thick: the compute-optimal size with its pointwise 95 % band by the delta method, dashed beyond the largest run. The diamond is the optimum at ${round(target)} FLOPs with its bootstrap interval.`,
  };
};

/** How far the runs lie off the log-Huber surface. */
export const residuals = ({ loaded, huber: { fit } }: Analysis): Figure => residualsFigure(fit, loaded.used);

/** One number by every method, beside the truth or the published value. */
export const comparison = ({ name, words, estimates, reference: at }: Compared, label: string | undefined): Figure =>
  intervalsFigure(
    { label: words, format: name === "N*" || name === "D*" ? "count" : "plain" },
    estimates.map(({ method, estimate: { value, ci95 } }) => ({ name: method, value, interval: ci95 })),
    {
      log: ["N*", "D*", "A", "B"].includes(name),
      caption: `The ${words}.`,
      ...(at !== undefined && label !== undefined && { reference: { at, label } }),
    },
  );

const drawn = ["a", "N*", "alpha", "beta"];

/** The methods beside each other, number by number. */
export const comparisons = (analysis: Analysis): PageFigure[] =>
  comparedEstimates(analysis)
    .filter(({ name }) => drawn.includes(name))
    .map((compared) => ({ half: true, ...comparison(compared, analysis.reference?.label) }));
