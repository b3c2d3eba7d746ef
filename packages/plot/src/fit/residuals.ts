import * as Plot from "@observablehq/plot";
import { type Axis, axis, scaleOf } from "../figures/axis.js";
import { chart, type Drawing, type FigureOptions, type PointLabel, themeOf } from "../figures/chart.js";
import { logKey } from "../figures/colour-key.js";
import { compose, panelWidth } from "../figures/compose.js";
import { percentAxis, zeroLine } from "../figures/percent.js";
import { signedPercent, significant } from "../format.js";
import { logRatio } from "../range.js";
import { given } from "../study/check.js";
import { dotStyle } from "./dots.js";
import { logAxis, valueText } from "./quantity.js";
import { sideOf } from "./side.js";
import type { Quantity, ResidualPoint, ResidualsFigureData } from "./types.js";

interface Residual extends ResidualPoint {
  /** ln(measured / predicted). */
  readonly residual: number;
}

/** Residuals below this are those of exact data. */
const rounding = 1e-6;

/** Runs further off than this many standard deviations are named. */
const far = 2.5;
const mostNamed = 5;

/**
 * ln(measured / predicted) in percent, once against the predicted value and once against the abscissa: the first shows a wrong
 * form, the second where an extrapolation will drift. Side by side, or below each other on narrow widths.
 */
export const residualsDrawing = (data: ResidualsFigureData, options: FigureOptions): Drawing => {
  const width = options.width ?? 1040;
  const columns = width < 720 ? 1 : 2;
  const quantity = data.quantity ?? "loss";
  const points = data.points.map((point) => ({ ...point, residual: logRatio(point.measured, point.predicted) }));
  const y = residualAxis(points, data.standardDeviation ?? 0);
  const panel = { ...options, width: panelWidth(width, columns) };
  const narrow = panel.width < 480;
  const predicted: Quantity = { label: `predicted ${quantity}` };
  const panels = (
    [
      [predicted, "predicted"],
      [data.at, "at"],
    ] as const
  ).map(([what, name]) =>
    residualPanel(
      {
        data,
        points,
        x: logAxis(
          what,
          points.map((point) => point[name]),
          narrow ? 4 : 6,
        ),
        y,
        name,
      },
      panel,
    ),
  );
  return compose(panels, {
    ...options,
    columns,
    description: `Residuals of ${points.length} runs, against the predicted ${quantity} and against ${data.at.label}.`,
  });
};

const residualAxis = (points: readonly Residual[], spread: number): Axis => {
  const values = [0, -spread, spread, ...points.map((point) => point.residual)];
  // Without this the axis of a fit of exact data would be about rounding.
  const exact = values.every((value) => Math.abs(value) < rounding);
  return percentAxis(
    axis({
      label: "ln(measured / predicted), %",
      values: exact ? [-1e-4, 1e-4] : values,
      type: "linear",
      format: String,
      ticks: 7,
      pad: 0.1,
    }),
  );
};

interface Panel {
  readonly data: ResidualsFigureData;
  readonly points: readonly Residual[];
  readonly x: Axis;
  readonly y: Axis;
  readonly name: "predicted" | "at";
}

const residualPanel = ({ data, points, x, y, name }: Panel, options: FigureOptions & { readonly width: number }) => {
  const theme = themeOf(options);
  const { size } = data;
  const spread = data.standardDeviation ?? 0;
  const sizes = points.flatMap((point) => (size && given(point.size) ? [point.size] : []));
  const key = size && sizes.length > 0 ? logKey(short(size.label), sizes, (v) => valueText(size, v)) : undefined;
  const colour = (point: Residual) => theme.scale(key && given(point.size) ? key.share(point.size) : 0.5);
  const height = options.width < 480 ? 360 : 400;
  const outliers = [...points]
    .filter((point) => point.label !== undefined && spread > rounding && Math.abs(point.residual) > far * spread)
    .sort((a, b) => Math.abs(b.residual) - Math.abs(a.residual));
  const place = { x: scaleOf(x, 0, options.width), y: scaleOf(y, height, 0) };
  const named = apartFrom(outliers, (point) => ({ x: place.x(point[name]), y: place.y(point.residual) }));
  const labels = named.slice(0, mostNamed).map(
    (point): PointLabel => ({
      x: point[name],
      y: point.residual,
      text: point.label!,
      color: theme.muted,
      side: sideOf(x, point[name]),
    }),
  );
  return chart(
    {
      description: `Residuals of ${points.length} runs in percent against ${x.label}.`,
      x,
      y,
      labels,
      width: options.width,
      height,
      key,
      ...(spread > 0 && {
        subtitle: `grey: ±1 residual standard deviation, ${significant(100 * spread, 3)}\u00A0%`,
      }),
      marks: [
        ...(spread > 0
          ? [
              Plot.rect([0], {
                x1: x.domain[0],
                x2: x.domain[1],
                y1: -spread,
                y2: spread,
                fill: theme.muted,
                fillOpacity: 0.14,
                className: "spread",
              }),
            ]
          : []),
        zeroLine(theme),
        Plot.dot(points, {
          x: name,
          y: "residual",
          ...dotStyle(points.length),
          fill: colour,
          stroke: theme.surface,
          className: "residual",
          title: (point: Residual) => `${point.label ?? "run"}: ${signedPercent(point.residual, 2)}`,
        }),
      ],
    },
    options,
  );
};

/** Room that a name takes, in pixels: where several stand together, only the furthest off is named. */
const nameRoom = { x: 90, y: 15 };

const apartFrom = <T>(points: readonly T[], place: (point: T) => { readonly x: number; readonly y: number }): T[] => {
  const kept: T[] = [];
  for (const point of points) {
    const { x, y } = place(point);
    const crowded = kept.some((other) => {
      const at = place(other);
      return Math.abs(at.x - x) < nameRoom.x && Math.abs(at.y - y) < nameRoom.y;
    });
    if (!crowded) kept.push(point);
  }
  return kept;
};

/** The words before the unit: a key has little room. */
const short = (label: string): string => label.split(",")[0]!;
