import { allFigures, type Figure, isoFlopFigure } from "@isoflop/plot";
import { document } from "@isoflop/plot/node";
import { usageError } from "../exit.js";
import { kindOf } from "../fit/kinds.js";
import type { Source } from "./source.js";

/**
 * SVG text of every figure of what is exported, by file name without ending.
 * @throws CliError `usage` where there is nothing to draw, PlotInputError for what cannot be drawn
 */
export const figuresOf = async ({ what, summary, fits, loaded }: Source): Promise<Readonly<Record<string, string>>> => {
  if (summary) return allFigures(summary, { document });
  const [fit] = fits;
  if (!fit)
    throw usageError(
      `--figures is for a fit or a study, and this is ${what === "runs" ? "a table of runs" : what}; fit it first`,
    );
  // Contours are drawn where the runs are.
  if ((fit.record === "surface" || fit.record === "rollout" || fit.record === "shared") && !loaded)
    throw usageError(
      `a fit ${fit.record} holds no runs, which its figures show; give the table that it was made from: --runs`,
    );
  const drawn = (await kindOf(fit).figures(fit, [], loaded, {})).filter((one): one is Figure => Boolean(one));
  const figures: readonly (readonly [string, Figure])[] =
    fit.record === "isoflop"
      ? [["isoflop", isoFlopFigure(fit)], ...drawn.map((one) => ["laws", one] as const)]
      : drawn.map((one, i) => [i === 0 ? fit.record : `${fit.record}-${i + 1}`, one] as const);
  return Object.fromEntries(figures.map(([name, figure]) => [name, figure.draw({ document })]));
};
