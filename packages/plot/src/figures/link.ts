import { extent, type FitPrediction, type LinkFit, linkAt, linkForms } from "@isoflop/scaling";
import * as Plot from "@observablehq/plot";
import { askedMarks, askedValues, beside } from "../chart/asked.js";
import { chart } from "../chart/chart.js";
import { sampled, sampledNote } from "../chart/crowd.js";
import { type Figure, figure } from "../chart/figure.js";
import { significant } from "../chart/format.js";
import { cut } from "../chart/interval.js";
import { dots, line } from "../chart/marks.js";
import { linearAxis } from "../chart/quantity.js";
import { drawable, some } from "../error.js";

export interface LinkFigureOptions {
  /** Answers that have the loss, given or predicted, and the metric. */
  readonly asked?: readonly FitPrediction[];
}

/** A metric against the loss with the link through the points, its band, and what was asked of it. */
export const linkFigure = (link: LinkFit, { asked: predictions = [] }: LinkFigureOptions = {}): Figure => {
  const { data, names, form } = link;
  const points = data.x.map((x, i) => ({ x, y: data.y[i]! }));
  some("link.data", points, "point");
  const asked = predictions.flatMap(({ given, predicted }) => {
    const loss = given[names.x] ?? predicted[names.x]?.value ?? predicted.loss?.value ?? predicted.y?.value;
    const metric = predicted[names.y === "y" && given[names.x] === undefined ? "metric" : names.y] ?? predicted.metric;
    if (loss === undefined || metric === undefined) return [];
    return [
      {
        x: drawable("asked", loss),
        y: drawable("asked", metric.value),
        ci95: metric.ci95,
        interval95: metric.interval95,
      },
    ];
  });
  const draw = chart(({ theme, width, small }) => {
    const { ink, muted, heldOut: color } = theme;
    const x = linearAxis(
      { label: names.x },
      [...points, ...asked].map((point) => point.x),
      small ? 5 : 8,
      0.06,
    );
    const [left, right] = [Math.max(x.domain[0], Number.MIN_VALUE), x.domain[1]];
    const [first, last] = extent(data.x);
    const even = Array.from({ length: 81 }, (_, i) => left + ((right - left) * i) / 80);
    const curve = [...even, first, last]
      .sort((a, b) => a - b)
      .flatMap((at) => {
        const { value, ci95 } = linkAt(link, at);
        return Number.isFinite(value) ? [{ x: at, y: value, ci95 }] : [];
      });
    const core = [...points.map(({ y }) => y), ...asked.flatMap(askedValues)];
    const inside = curve.filter((point) => point.x >= first && point.x <= last);
    const y = linearAxis({ label: names.y }, [...core, ...inside.map((point) => point.y)], small ? 6 : 7, 0.08);
    const band = curve.flatMap(({ x: at, ci95 }) => cut(ci95, y.domain).map((ends) => ({ x: at, ...ends })));
    const shown = curve.filter((point) => point.y >= y.domain[0] && point.y <= y.domain[1]);
    const parts = [
      { part: shown.filter((point) => point.x <= first), dashed: true },
      { part: shown.filter((point) => point.x >= first && point.x <= last), dashed: false },
      { part: shown.filter((point) => point.x >= last), dashed: true },
    ];
    return {
      description: `${names.y} against ${names.x}: ${points.length} points and the ${form} link through them.`,
      x,
      y,
      height: small ? Math.round(width * 0.94) : 440,
      subtitle: linkForms.get(form).formula,
      labels: asked.map(({ x: at, y: level }) => ({
        x: at,
        y: level,
        text: significant(level),
        ...beside(x, at, curve),
        color,
        bold: true,
      })),
      marks: [
        Plot.areaY(band.length > 1 ? band : [], {
          x: "x",
          y1: "low",
          y2: "high",
          fill: muted,
          fillOpacity: 0.18,
          className: "band",
        }),
        ...parts.flatMap(({ part, dashed }) =>
          part.length > 1
            ? [
                line(part, ink, dashed ? "extrapolation" : "link", {
                  strokeWidth: 1.75,
                  ...(dashed && { strokeDasharray: "5 4" }),
                }),
              ]
            : [],
        ),
        dots(sampled(points), theme, theme.scale(0.45), "point"),
        ...askedMarks(asked, theme, y.domain[0]),
      ],
    };
  });
  const words =
    asked.length > 0
      ? " Orange: what was asked; the dark bar is where it lies at 95 %, the pale one where a new run falls."
      : "";
  return figure(
    `${names.y} of every run against its ${names.x}, and the link through them, dashed beyond the data. Grey: pointwise 95 % band.${words}${sampledNote(data.x, "points")}`,
    draw,
  );
};
