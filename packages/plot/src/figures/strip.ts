import { type Asked, askedValues, spread } from "../chart/asked.js";
import { scaleOf } from "../chart/axis.js";
import { canvas, keptInside } from "../chart/canvas.js";
import { type Figure, figure } from "../chart/figure.js";
import { loss as formatLoss } from "../chart/format.js";
import { linearAxis } from "../chart/quantity.js";
import type { Drawing, Sheet } from "../chart/sheet.js";
import { type HeldOut, heldOutAsked } from "./laws.js";

/** The held-out check on one line of loss: prediction interval, prediction, and the measured loss with its 95 % bar. */
export const checkFigure = (heldOut: HeldOut): Figure =>
  figure("", 760, (sheet) => stripDrawing(heldOutAsked(heldOut), sheet));

const height = 142;
const middle = 62;
const edge = 6;

const stripDrawing = (asked: Asked, sheet: Sheet): Drawing => {
  const { theme, width, small } = sheet;
  const { y: predicted, interval95 = [predicted, predicted], measured } = asked;
  const line = linearAxis({ label: "loss" }, askedValues(asked), small ? 4 : 8, 0.25);
  const x = scaleOf(line, edge, width - edge);
  const { add, write, drawing } = canvas(sheet, "Prediction interval and measured loss at the held-out budget.");
  const rule = (at: number, y1: number, y2: number, stroke: string, style: Record<string, string | number>) =>
    add("line", { x1: at, x2: at, y1, y2, stroke, ...style });
  const centred = (at: number, y: number, words: string, style: Record<string, string | number>) =>
    write({ x: keptInside(at, words, width), y, "text-anchor": "middle", ...style }, words);
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
  for (const end of [low, high]) rule(end, middle - 13, middle + 13, theme.heldOut, { "stroke-width": 1.5 });
  const at = x(predicted);
  rule(at, middle - 20, middle + 13, theme.heldOut, { class: "predicted", "stroke-width": 2 });
  centred(at, middle - 27, `predicted ${formatLoss(predicted)}`, { fill: theme.heldOut, "font-weight": 500 });
  if (measured) {
    const [from, to] = [x(spread(measured)[0]), x(spread(measured)[1])];
    const cx = x(measured.value);
    add("line", { x1: from, x2: to, y1: middle, y2: middle, stroke: theme.ink, "stroke-width": 2 });
    rule(cx, middle, middle + 22, theme.ink, { "stroke-width": 1 });
    const dot = { cx, cy: middle, r: 6, fill: theme.ink, stroke: theme.surface, "stroke-width": 2 };
    add("circle", { class: "measured", ...dot });
    centred(cx, middle + 36, `measured ${formatLoss(measured.value)}`, { fill: theme.ink, "font-weight": 600 });
  }
  write({ x: width, y: height - 4, "text-anchor": "end", fill: theme.muted }, "validation loss →");
  for (const tick of line.ticks) centred(x(tick), height - 24, line.format(tick), { fill: theme.muted, class: "tick" });
  return drawing(height);
};
