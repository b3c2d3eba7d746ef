import { residualsFigure, surfaceFigure } from "@isoflop/plot";
import type { SharedFit } from "@isoflop/scaling";
import type { Page } from "../../page/page.js";
import { type LoadedRuns, ofQuantity } from "../../runs/load.js";
import { byLabel } from "./studies.js";

/** Contours and residuals of each study, where its runs are at hand. */
export const sharedFigures = (fit: SharedFit, loaded: LoadedRuns | undefined): Page["figures"] => {
  const runs = loaded ? ofQuantity(loaded, fit.quantity).runs : [];
  return byLabel(runs).flatMap(({ name, runs }) => {
    const study = fit.studies.find((one) => one.name === name);
    return study ? [titled(name, surfaceFigure(study.fit, runs)), titled(name, residualsFigure(study.fit, runs))] : [];
  });
};

const titled = <F extends { readonly caption: string }>(name: string, figure: F): F => ({
  ...figure,
  caption: `${name}. ${figure.caption}`,
});

export const sharedPage = (loaded: LoadedRuns, fit: SharedFit | undefined): Page => ({
  title: "Surfaces that share exponents",
  figures: fit ? sharedFigures(fit, loaded) : [],
});
