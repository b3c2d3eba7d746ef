import { loss as formatLoss } from "../format.js";
import { given } from "../study/check.js";
import type { HeldOut } from "../study/types.js";
import { type Axis, lossAxis, scaleOf } from "./axis.js";
import { type Drawing, documentOf, type FigureOptions, fontFamily, themeOf } from "./chart.js";
import { z95 } from "./isoflop.js";
import { element, serialise, textElement } from "./svg.js";

const height = 142;
const middle = 62;

/** The held-out check on one line of loss: prediction interval, prediction, and the measured loss with its 95 % bar. */
export const heldOutStrip = (heldOut: HeldOut, options: FigureOptions): Drawing => {
  const theme = themeOf(options);
  const document = documentOf(options);
  const width = options.width ?? 760;
  const { predictedLoss, interval95, measuredLoss, measuredStdErr } = heldOut;
  const spread = z95 * (measuredStdErr ?? 0);
  const measured = given(measuredLoss) ? [measuredLoss - spread, measuredLoss, measuredLoss + spread] : [];
  const values = [predictedLoss, ...interval95, ...measured];
  const line: Axis = lossAxis({ label: "loss", values, type: "linear", ticks: width < 480 ? 4 : 8, pad: 0.25 });
  const edge = 6;
  const x = scaleOf(line, edge, width - edge);
  const description = "Prediction interval and measured loss at the held-out budget.";
  const svg = element(document, "svg", {
    viewBox: `0 0 ${width} ${height}`,
    width,
    height,
    "font-family": fontFamily,
    "font-size": 12,
    role: "img",
    "aria-label": description,
  });
  const add = (name: string, attributes: Record<string, string | number>) =>
    svg.append(element(document, name, attributes));
  const write = (at: number, y: number, words: string, attributes: Record<string, string | number>) => {
    // Near an end of the line a centred label would be cut off.
    const half = words.length * 3.5;
    const place = Math.min(Math.max(at, half), width - half);
    svg.append(textElement(document, { x: place, y, "text-anchor": "middle", ...attributes }, words));
  };
  const [low, high] = [x(interval95[0]), x(interval95[1])];
  add("line", { x1: 0, x2: width, y1: middle, y2: middle, stroke: theme.grid, "stroke-width": 2 });
  add("rect", {
    class: "interval",
    x: low,
    y: middle - 13,
    width: Math.max(1, high - low),
    height: 26,
    rx: 3,
    fill: theme.heldOut,
    "fill-opacity": 0.18,
  });
  for (const end of interval95) {
    add("line", {
      x1: x(end),
      x2: x(end),
      y1: middle - 13,
      y2: middle + 13,
      stroke: theme.heldOut,
      "stroke-width": 1.5,
    });
  }
  add("line", {
    class: "predicted",
    x1: x(predictedLoss),
    x2: x(predictedLoss),
    y1: middle - 20,
    y2: middle + 13,
    stroke: theme.heldOut,
    "stroke-width": 2,
  });
  write(x(predictedLoss), middle - 27, `predicted ${formatLoss(predictedLoss)}`, {
    fill: theme.heldOut,
    "font-weight": 500,
  });
  if (given(measuredLoss)) {
    const [from, at, to] = measured.map(x) as [number, number, number];
    add("line", { x1: from, x2: to, y1: middle, y2: middle, stroke: theme.ink, "stroke-width": 2 });
    add("line", { x1: at, x2: at, y1: middle, y2: middle + 22, stroke: theme.ink, "stroke-width": 1 });
    add("circle", {
      class: "measured",
      cx: at,
      cy: middle,
      r: 6,
      fill: theme.ink,
      stroke: theme.surface,
      "stroke-width": 2,
    });
    write(at, middle + 36, `measured ${formatLoss(measuredLoss)}`, { fill: theme.ink, "font-weight": 600 });
  }
  svg.append(
    textElement(document, { x: width, y: height - 4, "text-anchor": "end", fill: theme.muted }, "validation loss →"),
  );
  for (const tick of line.ticks) write(x(tick), height - 24, line.format(tick), { fill: theme.muted, class: "tick" });
  return { svg: serialise(svg), width, height, description };
};
