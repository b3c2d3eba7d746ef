import { given } from "../study/check.js";
import type { Study } from "../study/types.js";
import { validateStudy } from "../study/validate.js";
import { hasOptima } from "./budgets.js";
import type { FigureOptions } from "./chart.js";
import {
  envelopeFigure,
  isoFlopFigure,
  lawFigure,
  lawsFigure,
  lossCurvesFigure,
  predictedMeasuredFigure,
  residualFigure,
  sampleGridFigure,
} from "./index.js";

/** Every figure that the study has data for, by file name without ending. SVG text. */
export const allFigures = (
  input: Study,
  options: Omit<FigureOptions, "width" | "title"> = {},
): Record<string, string> => {
  const study = validateStudy(input);
  const curves = study.curves?.filter((curve) => curve.tokens.length > 0) ?? [];
  const withCurves = { ...study, curves };
  const titled = (title: string): FigureOptions => ({ ...options, title });
  return {
    ...(study.runs.length > 0 && { isoflop: isoFlopFigure(study, titled("Loss at equal compute")) }),
    ...(given(study.laws) && {
      laws: lawsFigure(study, titled("Scaling laws")),
      "law-params": lawFigure(study, "params", titled("Optimal model size")),
      "law-tokens": lawFigure(study, "tokens", titled("Optimal data")),
      "law-loss": lawFigure(study, "loss", titled("Optimal loss")),
    }),
    ...(given(study.laws) &&
      hasOptima(study) && {
        "predicted-measured": predictedMeasuredFigure(study, titled("Predicted against measured")),
        residuals: residualFigure(study, titled("Deviation from the law")),
      }),
    ...(curves.length > 0 && {
      "loss-curves": lossCurvesFigure(withCurves, titled("Training loss")),
      envelope: envelopeFigure(withCurves, titled("Loss against compute")),
    }),
    ...(given(study.samples) &&
      study.samples.length > 0 && { samples: sampleGridFigure(study.samples, titled("Samples")) }),
  };
};
