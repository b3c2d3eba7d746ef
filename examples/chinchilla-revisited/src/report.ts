import { renderPage } from "@isoflop/plot";
import { document } from "@isoflop/plot/node";
import type { Analysis } from "./analysis.js";
import { comparisons, isoFlopCurves, residuals, surfaceContours } from "./figures.js";
import { sections } from "./sections.js";

/** The whole analysis as one HTML file. */
export const reportHtml = (analysis: Analysis): string => {
  const { runs, isoFlop, surface, methods, choices } = sections(analysis);
  return renderPage(
    {
      title: "Chinchilla, revisited",
      lead: "One table of runs and four ways to fit it: parabolas at equal compute, and one surface by three objectives, each with the uncertainty of what it says.",
      sections: [
        runs,
        { ...isoFlop, figures: [isoFlopCurves(analysis)] },
        { ...surface, figures: [surfaceContours(analysis), residuals(analysis)] },
        { ...methods, figures: comparisons(analysis) },
        choices,
      ],
    },
    { document },
  );
};
