import { askedValues, spread } from "../chart/asked.js";
import { scaleOf } from "../chart/axis.js";
import { canvas, keptInside } from "../chart/canvas.js";
import { type Figure, figure } from "../chart/figure.js";
import { flops, loss as lossText } from "../chart/format.js";
import { linearAxis } from "../chart/quantity.js";
import type { Attributes } from "../chart/svg.js";
import { type HeldOut, heldOutAsked } from "./laws.js";

const height = 142;
const middle = 62;
const edge = 6;

/** The held-out check on one line of loss: prediction interval, prediction, and the measured loss with its 95 % bar; the compute, if it is one of several. */
export const checkFigure = (heldOut: HeldOut, named = false): Figure => {
  const asked = heldOutAsked(heldOut);
  const { y: predicted, interval95 = [predicted, predicted], measured } = asked;
  return figure("", (sheet) => {
    const { theme, width, small } = sheet;
    const { ink, muted, heldOut: orange } = theme;
    const axis = linearAxis({ label: "loss" }, askedValues(asked), small ? 4 : 8, 0.25);
    const x = scaleOf(axis, edge, width - edge);
    const { add, write, drawing } = canvas(sheet, "Prediction interval and measured loss at the held-out budget.");
    const level = (x1: number, x2: number, stroke: string) =>
      add("line", { x1, x2, y1: middle, y2: middle, stroke, "stroke-width": 2 });
    const upright = (at: number, y1: number, y2: number, stroke: string, style: Attributes) =>
      add("line", { x1: at, x2: at, y1, y2, stroke, ...style });
    const centred = (at: number, y: number, words: string, style: Attributes) =>
      write({ x: keptInside(at, words, width), y, "text-anchor": "middle", ...style }, words);
    if (named) write({ x: 0, y: 14, fill: muted }, `held out at ${flops(heldOut.prediction.given.C)}`);
    const [low, high] = [x(interval95[0]), x(interval95[1])];
    level(0, width, theme.grid);
    const box = { x: low, y: middle - 13, width: Math.max(1, high - low), height: 26, rx: 3 };
    add("rect", { class: "interval", ...box, fill: orange, "fill-opacity": 0.18 });
    for (const end of [low, high]) upright(end, middle - 13, middle + 13, orange, { "stroke-width": 1.5 });
    const at = x(predicted);
    upright(at, middle - 20, middle + 13, orange, { class: "predicted", "stroke-width": 2 });
    centred(at, middle - 27, `predicted ${lossText(predicted)}`, { fill: orange, "font-weight": 500 });
    if (measured) {
      const [from, to] = spread(measured);
      const cx = x(measured.value);
      level(x(from), x(to), ink);
      upright(cx, middle, middle + 22, ink, { "stroke-width": 1 });
      const dot = { cx, cy: middle, r: 6, fill: ink, stroke: theme.surface, "stroke-width": 2 };
      add("circle", { class: "measured", ...dot });
      centred(cx, middle + 36, `measured ${lossText(measured.value)}`, { fill: ink, "font-weight": 600 });
    }
    write({ x: width, y: height - 4, "text-anchor": "end", fill: muted }, "validation loss →");
    for (const tick of axis.ticks) centred(x(tick), height - 24, axis.format(tick), { fill: muted, class: "tick" });
    return drawing(height);
  });
};
