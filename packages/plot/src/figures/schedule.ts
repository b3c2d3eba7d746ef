import {
  extent,
  type RateSchedule,
  type ScheduleCurve,
  type ScheduleFit,
  scheduleLosses,
  spaced,
  warmupEnd,
} from "@isoflop/scaling";
import * as Plot from "@observablehq/plot";
import { askedMarks, askedValues } from "../chart/asked.js";
import { sideOf } from "../chart/axis.js";
import { chart } from "../chart/chart.js";
import { type Figure, figure } from "../chart/figure.js";
import { significant } from "../chart/format.js";
import { cut, known } from "../chart/interval.js";
import { dots, isOn, line } from "../chart/marks.js";
import { logAxis } from "../chart/quantity.js";
import { refused, some } from "../error.js";
import { askedOf } from "./laws.js";

export interface ScheduleFigureOptions {
  /** Other schedules, under which the loss is predicted. */
  readonly schedules?: readonly RateSchedule[];
}

/** More points than this along a law are not seen. */
const ALONG = 120;

/** The loss along a schedule that was asked, at its end with where the law is and where a point falls. */
const askedAlong = (fit: ScheduleFit, schedule: RateSchedule) => {
  const end = schedule.step.at(-1)!;
  const first = schedule.step[warmupEnd(schedule)]!;
  const steps = spaced(Math.max(first, end / 1000), end, ALONG);
  const found = scheduleLosses(fit, schedule, [...steps.filter((step) => step > 0 && step < end), end]);
  if (!found.ok) throw refused("schedules", found.message, "schedules that the fit can predict");
  const points = found.points.filter(({ value }) => value > 0);
  const { step, ...last } = some("schedules", points, "positive loss").at(-1)!;
  return { end: askedOf(step, last), along: points.map(({ step: x, value: y }) => ({ x, y })) };
};

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
export const scheduleFigure = (fit: ScheduleFit, { schedules = [] }: ScheduleFigureOptions = {}): Figure => {
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
  const predicted = schedules.map((schedule) => askedAlong(fit, schedule));
  const asked = predicted.map(({ end }) => end);
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
        ...predicted
          .map(({ along }) => along.filter((point) => isOn(x, point.x) && isOn(y, point.y)))
          .filter((along) => along.length > 1)
          .map((along) => line(along, orange, "predicted", { strokeWidth: 1.5, strokeDasharray: "5 4" })),
        ...askedMarks(asked, theme, y.domain[0]),
      ],
    };
  });
  const [low, high] = extent(drawn.map(({ points }) => points.length));
  const each = low === high ? `${low}` : `${low} to ${high}`;
  const words =
    asked.length > 0
      ? " Orange, dashed: the loss under the schedules that were asked; at its end the dark bar is where the law lies at 95 %, the pale one where a point falls."
      : "";
  return figure(
    `The loss of each curve, ${each} points of it, and the law along it. Grey: pointwise 95 % band.${words}`,
    draw,
  );
};
