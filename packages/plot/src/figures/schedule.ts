import { extent, type FitPrediction, type ScheduleCurve, type ScheduleFit, scheduleLosses } from "@isoflop/scaling";
import * as Plot from "@observablehq/plot";
import { askedMarks, askedValues } from "../chart/asked.js";
import { sideOf } from "../chart/axis.js";
import { chart } from "../chart/chart.js";
import { type Figure, figure } from "../chart/figure.js";
import { significant } from "../chart/format.js";
import { cut, known } from "../chart/interval.js";
import { dots, line } from "../chart/marks.js";
import { logAxis } from "../chart/quantity.js";
import { some } from "../error.js";
import { askedOf } from "./laws.js";

export interface ScheduleFigureOptions {
  /** Last losses under other schedules. */
  readonly asked?: readonly FitPrediction[];
}

/** More points than this along a law are not seen. */
const ALONG = 120;

/** The law along a curve at some of its own steps. */
const lawOf = (fit: ScheduleFit, { schedule, step }: ScheduleCurve) => {
  const every = Math.max(1, Math.floor(step.length / ALONG));
  const steps = step.filter((_, i) => i % every === 0 || i === step.length - 1);
  const found = scheduleLosses(fit, schedule, steps);
  // A fit of constant rates says nothing of the little that a rate may fall by.
  return found.ok
    ? found.points.filter(({ value }) => value > 0).map(({ step: x, value: y, ci95 }) => ({ x, y, ci95: known(ci95) }))
    : [];
};

/** The loss of every curve against its steps with the law along it and its band, and the last losses that were predicted under other schedules. */
export const scheduleFigure = (fit: ScheduleFit, { asked: predictions = [] }: ScheduleFigureOptions = {}): Figure => {
  const { curves } = fit;
  const drawn = curves.map((curve) => ({
    name: curve.name,
    points: curve.step.map((x, i) => ({ x, y: curve.loss[i]! })),
    law: lawOf(fit, curve),
  }));
  some(
    "fit.curves",
    drawn.flatMap(({ points }) => points),
    "point",
  );
  const asked = predictions.map(({ given, predicted }) => askedOf(given.steps!, predicted.loss!));
  const draw = chart(({ theme, width, small }) => {
    const { heldOut: orange, muted } = theme;
    const all = drawn.flatMap(({ points, law }) => [...points, ...law]);
    const x = logAxis(
      { label: "step", format: "count" },
      [...all, ...asked].map((point) => point.x),
      small ? 4 : 7,
    );
    const y = logAxis(
      { label: "loss" },
      [...all.map((point) => point.y), ...asked.flatMap(askedValues)],
      small ? 5 : 7,
    );
    const colour = (i: number) => theme.budget(i, Math.max(2, drawn.length));
    return {
      description: `Loss against steps of ${drawn.length} curves, and the law along them.`,
      x,
      y,
      height: small ? Math.round(width * 0.94) : 440,
      legend: drawn.length > 1 ? drawn.map(({ name }, i) => ({ text: name, color: colour(i) })) : [],
      labels: asked.map((one) => ({
        x: one.x,
        y: one.y,
        text: significant(one.y),
        side: sideOf(x, one.x),
        color: orange,
        bold: true,
      })),
      marks: [
        ...drawn.flatMap(({ points, law }, i) => {
          const band = law.flatMap((point) => cut(point.ci95, y.domain).map((ends) => ({ x: point.x, ...ends })));
          return [
            dots(points, theme, colour(i), "point", { r: 2, strokeWidth: 0, fillOpacity: 0.45 }),
            Plot.areaY(band.length > 1 ? band : [], {
              x: "x",
              y1: "low",
              y2: "high",
              fill: muted,
              fillOpacity: 0.22,
              className: "band",
            }),
            ...(law.length > 1 ? [line(law, colour(i), "law", { strokeWidth: 2 })] : []),
          ];
        }),
        ...askedMarks(asked, theme, y.domain[0]),
      ],
    };
  });
  const [low, high] = extent(drawn.map(({ points }) => points.length));
  const each = low === high ? `${low}` : `${low} to ${high}`;
  const words =
    asked.length > 0
      ? " Orange: the last loss under the schedules that were asked; the dark bar is where the law lies at 95 %, the pale one where a point falls."
      : "";
  return figure(
    `The loss of each curve, ${each} points of it, and the law along it. Grey: pointwise 95 % band.${words}`,
    draw,
  );
};
