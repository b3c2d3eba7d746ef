import { paperBudgets } from "@isoflop/flops";
import { renderPage } from "@isoflop/plot";
import { document } from "@isoflop/plot/node";
import type { Analysis } from "./analysis.js";
import { floorFigure, isoFlopCurves, laws, planFigure } from "./figures.js";
import { sections } from "./sections.js";

/** The whole analysis as one HTML file. */
export const reportHtml = (analysis: Analysis): string => {
  const found = sections(analysis);
  const page = {
    title: "The paper's laws",
    lead: "The laws of “Scaling Laws For Diffusion Transformers” (arXiv 2410.08184): given back by runs that obey them, extrapolated from noisy ones, with and without an irreducible loss, and as a plan of what to train. Nothing is trained here.",
    sections: [
      { ...found.laws, figures: isoFlopCurves(analysis) },
      { ...found.extrapolation, figures: laws(analysis) },
      { ...found.families, figures: [] },
      { ...found.irreducible, figures: [floorFigure(analysis)] },
      { ...found.runs, figures: [planFigure(analysis)] },
      { ...found.cost, figures: [] },
    ],
    budgets: paperBudgets.length,
  };
  return renderPage(page, { document });
};
