import { fitResidualsFigure, fittedLawsFigure, surfaceFigure } from "@isoflop/plot";
import { surfaceLoss } from "@isoflop/scaling";
import { drawn, drawnNote } from "../../page/drawn.js";
import type { Page } from "../../page/page.js";
import { type LoadedRuns, ofQuantity } from "../../runs/load.js";
import { computeRule, LOSS } from "../../words/quantity.js";
import { type SurfaceDocument, surfaceOf } from "./fit.js";
import { computeLabel, planeOf, planeRuns } from "./plane.js";
import { surfaceLaws } from "./surface-laws.js";

/** The contours with the runs, the residuals and the laws of the optimum; a refused fit has only its text. */
export const surfacePage = (loaded: LoadedRuns, document: SurfaceDocument): Page => ({
  title: `${document.quantity === LOSS ? "Loss" : document.quantity} surface`,
  figures: document.fit ? figuresOf(ofQuantity(loaded, document.quantity), document) : [],
});

const figuresOf = ({ runs: all }: LoadedRuns, document: SurfaceDocument): Page["figures"] => {
  const { quantity, flopsPerToken: k } = document;
  const fit = surfaceOf(document, document.fit!);
  const runs = drawn(all);
  const inPlane = planeRuns(runs, k);
  const plane = { ...planeOf(fit, { runs: inPlane }, k), quantity };
  const laws = surfaceLaws(document, fit, inPlane);
  const residuals = {
    points: runs.map(({ N, D, loss, row }) => ({
      measured: loss,
      predicted: surfaceLoss(fit, { N, D }),
      at: k * N * D,
      size: N,
      ...(row !== undefined && { label: `row ${row}` }),
    })),
    at: { label: computeLabel(k), format: "scientific" },
    size: { label: "model size N, parameters", format: "count" },
    quantity,
    standardDeviation: fit.residualStandardDeviation,
  } as const;
  const without = plane.frontier!.length > 0 ? "" : " This surface has no optimum, so there is no frontier.";
  return [
    {
      draw: (options) => surfaceFigure(plane, options),
      caption: `Contours of the fitted ${quantity} at equal steps along the frontier; dots are the runs, coloured by what was measured: a dot between two contours of its own colours agrees with the fit. Thick: the compute-optimal size under ${computeRule(k)} with its pointwise 95 % band, dashed beyond the largest run.${without}${drawnNote(all)}`,
    },
    {
      draw: (options) => fitResidualsFigure(residuals, options),
      caption:
        "ln(measured / predicted) of every run, against the predicted value and against compute, coloured by model size. A trend with either, or colours that part, is structure that this form does not have. Runs further than 2.5 standard deviations off are named.",
    },
    laws && {
      draw: (options) => fittedLawsFigure(laws, options),
      caption: `Optimal size, data and ${quantity} under ${computeRule(k)} that follow from the surface, with pointwise 95 % bands (delta method); dashed beyond the largest run. The runs stand above the optimum: what lies between is the price of another size, and noise.`,
    },
  ];
};
