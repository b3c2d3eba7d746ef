import { extent, type IsoFlop, predictPowerLaw } from "@isoflop/scaling";
import * as Plot from "@observablehq/plot";
import { type Asked, askedMarks, askedValues, spread } from "../chart/asked.js";
import { chart, type Drawing, type FigureOptions, themeOf } from "../chart/chart.js";
import { type Figure, figure } from "../chart/figure.js";
import { scientific, signedPercent } from "../chart/format.js";
import type { PointLabel } from "../chart/labels.js";
import { diamonds, dots } from "../chart/marks.js";
import { percentAxis, zeroLine } from "../chart/percent.js";
import { linearAxis, logAxis, quantities } from "../chart/quantity.js";
import type { Theme } from "../chart/theme.js";
import { refused, some } from "../error.js";
import { budgetsOf, colourOf, verticesOf } from "./budgets.js";
import { type HeldOut, heldOutOf } from "./laws.js";

interface Check {
  /** Compute beyond the fit, which tests it. */
  readonly heldOut?: HeldOut | undefined;
}

/** An optimum of the fit beside its law. */
interface Optimum {
  readonly C: number;
  readonly predicted: number;
  readonly measured: number;
}

const optimaOf = (fit: IsoFlop): Optimum[] => {
  const { loss: law } = fit;
  if (!law.ok) throw refused("fit.loss", law.reason, "a fitted law");
  const vertices = some("fit.budgets", verticesOf(budgetsOf(fit)), "interior optimum");
  return vertices.map(({ C, loss }) => ({ C, predicted: predictPowerLaw(law, C).value, measured: loss }));
};

/** Loss at every fitted optimum against the law's value there, and the held-out compute; the diagonal is agreement. */
export const predictedMeasuredFigure = (fit: IsoFlop, { heldOut }: Check = {}): Figure => {
  const optima = optimaOf(fit);
  const asked = heldOut?.measured && heldOutOf(heldOut);
  return figure(
    "Measured against predicted loss at the fitted optima and the held-out compute, with the line of agreement.",
    480,
    (width, options) => agreementDrawing(fit, optima, asked, width, options),
  );
};

/** Deviation of every optimum from the law in percent against compute; the held-out compute with its interval. */
export const deviationFigure = (fit: IsoFlop, { heldOut }: Check = {}): Figure => {
  const optima = optimaOf(fit);
  return figure("The deviation from the law in percent of the prediction, against compute.", 480, (width, options) =>
    deviationDrawing(fit, optima, heldOut && heldOutOf(heldOut), width, options),
  );
};

const optimumMarks = <T extends { readonly C: number }>(
  fit: IsoFlop,
  points: readonly T[],
  place: { readonly x: string; readonly y: string },
  theme: Theme,
): Plot.Markish => {
  const colour = colourOf(theme, budgetsOf(fit));
  return diamonds(points, theme, { ...place, fill: ({ C }: T) => colour(C), className: "optimum" });
};

const agreementDrawing = (
  fit: IsoFlop,
  optima: readonly Optimum[],
  asked: Asked | undefined,
  width: number,
  options: FigureOptions,
): Drawing => {
  const theme = themeOf(options);
  const colour = colourOf(theme, budgetsOf(fit));
  const { interval95 = [], measured } = asked ?? {};
  const held = asked && measured ? [{ predicted: asked.y, measured: measured.value }] : [];
  const values = [
    ...optima.flatMap((point) => [point.predicted, point.measured]),
    ...(asked ? askedValues(asked) : []),
  ];
  const x = linearAxis({ label: "predicted loss" }, values, 6);
  const labels = optima.map(
    ({ C, predicted, measured: at }): PointLabel => ({
      x: predicted,
      y: at,
      text: scientific(C),
      color: colour(C),
      side: "left",
    }),
  );
  const place = { x: "predicted", y: "measured" } as const;
  return chart(
    {
      description: "Measured loss against predicted loss; the diagonal is perfect agreement.",
      x,
      y: { ...x, label: "measured loss" },
      labels: [
        ...labels,
        ...held.map(
          ({ predicted, measured: at }): PointLabel => ({
            x: interval95[1] ?? predicted,
            y: at,
            text: "held out",
            color: theme.heldOut,
            bold: true,
          }),
        ),
      ],
      width,
      height: Math.round(width * 0.9),
      marks: [
        Plot.line(
          x.domain.map((v) => [v, v]),
          { stroke: theme.muted, strokeDasharray: "2 4", className: "diagonal" },
        ),
        Plot.ruleY(held, {
          y: "measured",
          x1: () => interval95[0],
          x2: () => interval95[1],
          stroke: theme.heldOut,
          strokeOpacity: 0.3,
          strokeWidth: 10,
          className: "interval",
        }),
        Plot.ruleX(held, {
          x: "predicted",
          y1: () => measured && spread(measured)[0],
          y2: () => measured && spread(measured)[1],
          stroke: theme.heldOut,
          strokeWidth: 1.5,
        }),
        optimumMarks(fit, optima, place, theme),
        dots(held, theme, { ...place, r: 4.5, fill: theme.heldOut, strokeWidth: 1.5, className: "measured" }),
      ],
      subtitle: "diamonds: fitted optima; bar: 95 % prediction interval",
    },
    options,
  );
};

/** A prediction and its measurement as shares of the prediction. */
const relative = ({ x, y, interval95, measured }: Asked): Asked => ({
  x,
  y: 0,
  ...(interval95 && { interval95: [interval95[0] / y - 1, interval95[1] / y - 1] as const }),
  ...(measured && { measured: { value: measured.value / y - 1, standardError: measured.standardError / y } }),
});

const deviationDrawing = (
  fit: IsoFlop,
  optima: readonly Optimum[],
  heldOut: Asked | undefined,
  width: number,
  options: FigureOptions,
): Drawing => {
  const theme = themeOf(options);
  const points = optima.map(({ C, predicted, measured }) => ({ C, off: measured / predicted - 1 }));
  const asked = heldOut ? [relative(heldOut)] : [];
  const computes = [...points.map(({ C }) => C), ...asked.map(({ x }) => x)];
  const values = [0, ...points.map(({ off }) => off), ...asked.flatMap(askedValues)];
  return chart(
    {
      description: "Deviation of measured from predicted loss, in percent, against compute.",
      x: logAxis(quantities.C, extent(computes), 5, 0.12),
      y: percentAxis("measured − predicted, % of predicted", values, 6, 0.12),
      labels: asked.flatMap(({ x, measured }): PointLabel[] =>
        measured
          ? [
              {
                x,
                y: measured.value,
                text: signedPercent(measured.value),
                color: theme.heldOut,
                side: "left",
                bold: true,
              },
            ]
          : [],
      ),
      width,
      height: Math.round(width * 0.9),
      marks: [zeroLine(theme), optimumMarks(fit, points, { x: "C", y: "off" }, theme), ...askedMarks(asked, theme)],
      subtitle: "tick: prediction; dot: measured; bars: 95 % intervals",
    },
    options,
  );
};
