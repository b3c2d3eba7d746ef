import type { Diagnosis } from "@isoflop/scaling";
import * as Plot from "@observablehq/plot";
import type { Axis } from "../chart/axis.js";
import { type ChartSpec, chart } from "../chart/chart.js";
import { type Figure, figure } from "../chart/figure.js";
import { flops } from "../chart/format.js";
import { logAxis, quantities } from "../chart/quantity.js";
import type { Look } from "../chart/sheet.js";
import { onLogAxes, some } from "../error.js";

type Part = keyof Diagnosis["frontier"][number]["terms"];

/** From the bottom of the stack: what stays lies below. */
const stack: readonly { readonly of: Part; readonly name: string; readonly colour: number }[] = [
  { of: "floor", name: "floor", colour: 0.1 },
  { of: "N", name: "finite size", colour: 0.5 },
  { of: "D", name: "finite data", colour: 0.9 },
];

const shares: Axis = {
  label: "share of the loss",
  type: "linear",
  domain: [0, 1],
  ticks: [0, 0.25, 0.5, 0.75, 1],
  format: (share) => `${Math.round(100 * share)}\u00A0%`,
};

/**
 * Of what the loss of the best model of each compute is: the floor, what its size leaves over and what its data leave over, as stacked
 * shares; at the compute of the model that was asked about its own, as a bar.
 */
export const lossTermsFigure = (diagnosis: Diagnosis): Figure => {
  const { frontier, given } = diagnosis;
  onLogAxes("frontier", some("frontier", frontier, "model with an optimum"), ["C", "loss"]);
  const caption = `Of what the ${diagnosis.quantity} of the best model of each compute is made: the floor, what its finite size leaves over, and what its finite data leave over. Bar: the model that is asked about, of ${flops(given.C)}.`;
  return figure(
    caption,
    chart((look) => termsChart(diagnosis, look)),
  );
};

const termsChart = ({ frontier, given, parts, quantity }: Diagnosis, { theme, width, small }: Look): ChartSpec => {
  const at = [...frontier.map(({ C }) => C), given.C];
  const x = logAxis(quantities.C, at, small ? 4 : 7, 0);
  const terms = parts.ok ? parts.terms : [];
  const own = (part: Part) => terms.find(({ of }) => of === part)?.share.value ?? 0;
  // As wide as a hundredth of the frame to either side.
  const half = (x.domain[1] / x.domain[0]) ** 0.01;
  const layers = stack.map(({ of, name, colour }, i) => {
    const below = stack.slice(0, i);
    const lower = (share: (part: Part) => number) => below.reduce((sum, layer) => sum + share(layer.of), 0);
    const area = frontier.map((point) => {
      const share = (part: Part) => point.terms[part] / point.loss;
      return { x: point.C, low: lower(share), high: lower(share) + share(of) };
    });
    const bar = { x1: given.C / half, x2: given.C * half, y1: lower(own), y2: lower(own) + own(of) };
    return { of, name, colour: theme.scale(colour), area, bar };
  });
  return {
    description: `Shares of ${quantity} of floor, size and data against compute, along the best models.`,
    x,
    y: shares,
    height: small ? Math.round(width * 0.9) : 420,
    marginRight: 20,
    legend: layers.map(({ name, colour }) => ({ text: name, color: colour })),
    marks: [
      ...layers.map(({ of, area, colour }) =>
        Plot.areaY(area, {
          ...{ x: "x", y1: "low", y2: "high", fill: colour, fillOpacity: 0.55, className: `terms terms-${of}` },
        }),
      ),
      ...layers.map(({ of, bar, colour }) =>
        Plot.rect([bar], {
          ...{
            x1: "x1",
            x2: "x2",
            y1: "y1",
            y2: "y2",
            fill: colour,
            stroke: theme.surface,
            className: `own own-${of}`,
          },
        }),
      ),
    ],
  };
};
