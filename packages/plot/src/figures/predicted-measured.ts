import { type IsoFlop, predictPowerLaw } from "@isoflop/scaling";
import * as Plot from "@observablehq/plot";
import { type Asked, askedMarks, askedValues, spread } from "../chart/asked.js";
import { chart } from "../chart/chart.js";
import { type Figure, figure } from "../chart/figure.js";
import { scientific, signedPercent } from "../chart/format.js";
import type { PointLabel } from "../chart/labels.js";
import { diamonds, dots, zeroLine } from "../chart/marks.js";
import { linearAxis, logAxis, percentAxis, quantities } from "../chart/quantity.js";
import type { Drawing, Sheet } from "../chart/sheet.js";
import { refused, some } from "../error.js";
import { budgetsOf, colourOf, type DrawnBudget, verticesOf } from "./budgets.js";
import { type HeldOut, heldOutAsked } from "./laws.js";

export interface CheckOptions {
  /** Compute beyond the fit, which tests it. */
  readonly heldOut?: HeldOut | undefined;
}

/** The optima of a fit beside its law, and what tests it. */
interface Check {
  readonly optima: readonly { readonly C: number; readonly predicted: number; readonly measured: number }[];
  readonly budgets: readonly DrawnBudget[];
  readonly asked?: Asked | undefined;
}

const checkOf = (fit: IsoFlop, { heldOut }: CheckOptions): Check => {
  const { loss: law } = fit;
  if (!law.ok) throw refused("fit.loss", law.reason, "a fitted law");
  const budgets = budgetsOf(fit);
  const vertices = some("fit.budgets", verticesOf(budgets), "interior optimum");
  const optima = vertices.map(({ C, loss }) => ({ C, predicted: predictPowerLaw(law, C).value, measured: loss }));
  return { optima, budgets, asked: heldOut && heldOutAsked(heldOut) };
};

/** Loss at every fitted optimum against the law's value there, and the held-out compute; the diagonal is agreement. */
export const predictedMeasuredFigure = (fit: IsoFlop, options: CheckOptions = {}): Figure => {
  const check = checkOf(fit, options);
  const caption =
    "Measured against predicted loss at the fitted optima and the held-out compute, with the line of agreement.";
  return figure(caption, 480, (sheet) => agreementDrawing(check, sheet));
};

/** Deviation of every optimum from the law in percent against compute; the held-out compute with its interval. */
export const deviationFigure = (fit: IsoFlop, options: CheckOptions = {}): Figure => {
  const check = checkOf(fit, options);
  const caption = "The deviation from the law in percent of the prediction, against compute.";
  return figure(caption, 480, (sheet) => deviationDrawing(check, sheet));
};

const agreementDrawing = ({ optima, budgets, asked }: Check, sheet: Sheet): Drawing => {
  const { theme, width } = sheet;
  const colour = colourOf(theme, budgets);
  const measured = asked?.measured ? [{ ...asked, measured: asked.measured }] : [];
  const held = measured.map(({ y, interval95 = [y, y], measured: { value, ...error } }) => {
    const [low, high] = spread({ value, ...error });
    return { predicted: y, measured: value, low, high, from: interval95[0], to: interval95[1] };
  });
  const values = [...optima.flatMap((point) => [point.predicted, point.measured]), ...measured.flatMap(askedValues)];
  const x = linearAxis({ label: "predicted loss" }, values, 6);
  const place = { x: "predicted", y: "measured" } as const;
  const orange = { stroke: theme.heldOut } as const;
  return chart(
    {
      description: "Measured loss against predicted loss; the diagonal is perfect agreement.",
      x,
      y: { ...x, label: "measured loss" },
      labels: [
        ...optima.map(
          ({ C, predicted, measured: y }): PointLabel => ({
            x: predicted,
            y,
            text: scientific(C),
            color: colour(C),
            side: "left",
          }),
        ),
        ...held.map(({ to, measured: y }) => ({ x: to, y, text: "held out", color: theme.heldOut, bold: true })),
      ],
      height: Math.round(width * 0.9),
      marks: [
        Plot.line(
          x.domain.map((v) => [v, v]),
          { stroke: theme.muted, strokeDasharray: "2 4", className: "diagonal" },
        ),
        Plot.ruleY(held, {
          ...orange,
          y: "measured",
          x1: "from",
          x2: "to",
          strokeOpacity: 0.3,
          strokeWidth: 10,
          className: "interval",
        }),
        Plot.ruleX(held, { ...orange, x: "predicted", y1: "low", y2: "high", strokeWidth: 1.5 }),
        diamonds(optima, theme, place, ({ C }) => colour(C), "optimum"),
        dots(held, theme, place, theme.heldOut, "measured", { r: 4.5, strokeWidth: 1.5 }),
      ],
      subtitle: "diamonds: fitted optima; bar: 95 % prediction interval",
    },
    sheet,
  );
};

/** A prediction and its measurement as shares of the prediction. */
const relative = ({ x, y, interval95, measured }: Asked): Asked => ({
  x,
  y: 0,
  ...(interval95 && { interval95: [interval95[0] / y - 1, interval95[1] / y - 1] as const }),
  ...(measured && { measured: { value: measured.value / y - 1, standardError: measured.standardError / y } }),
});

const deviationDrawing = ({ optima, budgets, asked: heldOut }: Check, sheet: Sheet): Drawing => {
  const { theme, width } = sheet;
  const colour = colourOf(theme, budgets);
  const points = optima.map(({ C, predicted, measured }) => ({ C, off: measured / predicted - 1 }));
  const asked = heldOut ? [relative(heldOut)] : [];
  const computes = [...points.map(({ C }) => C), ...asked.map(({ x }) => x)];
  const values = [0, ...points.map(({ off }) => off), ...asked.flatMap(askedValues)];
  const measured = asked.flatMap(({ x, measured: one }) => (one ? [{ x, y: one.value }] : []));
  return chart(
    {
      description: "Deviation of measured from predicted loss, in percent, against compute.",
      x: logAxis(quantities.C, computes, 5, 0.12),
      y: percentAxis("measured − predicted, % of predicted", values, 6, 0.12),
      labels: measured.map(
        (at): PointLabel => ({ ...at, text: signedPercent(at.y), color: theme.heldOut, side: "left", bold: true }),
      ),
      height: Math.round(width * 0.9),
      marks: [
        zeroLine(theme),
        diamonds(points, theme, { x: "C", y: "off" }, ({ C }) => colour(C), "optimum"),
        ...askedMarks(asked, theme),
      ],
      subtitle: "tick: prediction; dot: measured; bars: 95 % intervals",
    },
    sheet,
  );
};
