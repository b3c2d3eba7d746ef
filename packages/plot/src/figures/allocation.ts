import { computeRule, extent, type FitPrediction, frontier, type Run, type SurfaceFit, spaced } from "@isoflop/scaling";
import { sampled } from "../chart/crowd.js";
import type { Figure } from "../chart/figure.js";
import { significant } from "../chart/format.js";
import { reach } from "../chart/interval.js";
import { optimal } from "../chart/quantity.js";
import { onLogAxes, refused, some } from "../error.js";
import { beyond, type LawPanel, lawPanels } from "./law-panel.js";
import { askedOf, askedWords, exponentText, type LawName, lawNames } from "./laws.js";
import { along, computeOf, inPlane } from "./plane.js";

/**
 * The optima of a surface as laws of compute, side by side: size, data and loss, with bands by the delta method. The loss has the runs,
 * which stand above it.
 * @param asked predictions at a compute
 * @throws PlotInputError for a surface that has no optimum
 */
export const allocationFigure = (
  fit: SurfaceFit,
  runs: readonly Run[],
  { asked = [] }: { readonly asked?: readonly FitPrediction<"C", LawName>[] } = {},
): Figure => {
  const { allocation, quantity } = fit;
  if (!allocation) throw refused("fit.allocation", allocation, "a surface that has an optimum");
  const points = sampled(runs).flatMap(inPlane(fit));
  onLogAxes("runs", points, ["C", "loss"]);
  const known = points.map(({ C }) => C);
  const questions = asked.map(({ given }) => given.C);
  // A decade on either side of what is asked.
  const around = questions.length > 0 ? [extent(questions)[0] / beyond, extent(questions)[1] * beyond] : [];
  const [low, high] = extent([...some("runs", [...known, ...questions], "run"), ...around]);
  const xs = spaced(low, known.length > 0 ? Math.max(beyond * extent(known)[1], high) : high, 61);
  const optima = frontier(fit, xs);
  const laws = lawNames.map((name): LawPanel => {
    const floor = name === "loss" ? allocation.loss.floor : 0;
    return {
      title: exponentText(allocation[name].exponent, (value) => significant(value, 3)),
      x: computeOf(fit),
      y: optimal(quantity)[name],
      points: name === "loss" ? points.map(({ C, loss }) => ({ x: C, y: loss })) : [],
      curve: along(optima, name),
      fittedTo: reach(known),
      floor: floor > 0 ? { value: floor } : undefined,
      asked: asked.map((prediction) => askedOf(prediction.given.C, prediction.predicted[name])),
    };
  });
  const rule = computeRule(fit);
  const caption =
    asked.length > 0
      ? `Optimal size, data and ${quantity} under ${rule}. ${askedWords}`
      : `Optimal size, data and ${quantity} under ${rule} that follow from the surface, with pointwise 95 % bands (delta method); dashed beyond the largest run. The runs stand above the optimum: what lies between is the price of another size, and noise.`;
  return lawPanels(caption, `3 fitted laws: ${laws.map(({ y }) => y.label).join("; ")}.`, laws);
};
