import { askedValues, spread } from "../chart/asked.js";
import { scaleOf } from "../chart/axis.js";
import { canvas, halo, keptInside } from "../chart/canvas.js";
import { type Figure, figure } from "../chart/figure.js";
import { count, flops, loss as lossText } from "../chart/format.js";
import { linearAxis } from "../chart/quantity.js";
import type { Attributes } from "../chart/svg.js";
import { type HeldOut, heldOutAsked } from "./laws.js";

const axisWords = (quantity: string): string => (quantity === "loss" ? "validation loss" : quantity);

const height = 142;
const middle = 62;
const edge = 6;

/** The held-out check on one line of loss: prediction interval, prediction, and the measured loss with its 95 % bar; the compute, if it is one of several. */
export const checkFigure = (
  heldOut: HeldOut,
  { named = false, quantity = "loss" }: { readonly named?: boolean; readonly quantity?: string } = {},
): Figure => {
  const asked = heldOutAsked(heldOut);
  const { y: predicted, interval95 = [predicted, predicted], measured } = asked;
  return figure("", (sheet) => {
    const { theme, width, small } = sheet;
    const { ink, muted, heldOut: orange } = theme;
    const axis = linearAxis({ label: quantity }, askedValues(asked), small ? 4 : 8, 0.25);
    const x = scaleOf(axis, edge, width - edge);
    const { add, write, drawing } = canvas(
      sheet,
      `Prediction interval and measured ${quantity} at the held-out budget.`,
    );
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
    write({ x: width, y: height - 4, "text-anchor": "end", fill: muted }, `${axisWords(quantity)} →`);
    for (const tick of axis.ticks) centred(x(tick), height - 24, axis.format(tick), { fill: muted, class: "tick" });
    return drawing(height);
  });
};

const rowHeight = 52;
const heading = 26;

/** Checks of several sizes of one compute on one line of loss, a row each, the smallest first. */
export const checksFigure = (checks: readonly HeldOut[], quantity = "loss"): Figure => {
  const asked = checks.map(heldOutAsked);
  const C = checks[0]?.prediction.given.C ?? Number.NaN;
  return figure("", (sheet) => {
    const { theme, width, small } = sheet;
    const { ink, muted, heldOut: orange } = theme;
    const bottom = heading + rowHeight * checks.length;
    const axis = linearAxis({ label: quantity }, asked.flatMap(askedValues), small ? 4 : 8, 0.06);
    const x = scaleOf(axis, edge, width - edge);
    const of = quantity === "loss" ? "measured losses" : `measured ${quantity}`;
    const words = `Prediction intervals and ${of} of ${checks.length} sizes at the held-out budget.`;
    const { add, write, drawing } = canvas(sheet, words);
    write({ x: 0, y: 14, fill: muted }, `held out at ${flops(C)}`);
    write(
      { x: width, y: 14, "text-anchor": "end", fill: muted },
      small ? "dot: measured" : "bar: predicted, 95 %; dot: measured",
    );
    for (const tick of axis.ticks) {
      add("line", { x1: x(tick), x2: x(tick), y1: heading, y2: bottom, stroke: theme.grid });
      const place = { x: keptInside(x(tick), axis.format(tick), width), y: bottom + 16, "text-anchor": "middle" };
      write({ ...place, fill: muted, class: "tick" }, axis.format(tick));
    }
    write({ x: width, y: bottom + 34, "text-anchor": "end", fill: muted }, `${axisWords(quantity)} →`);
    asked.forEach(({ y: predicted, interval95: [low, high] = [predicted, predicted], measured }, i) => {
      const top = heading + i * rowHeight;
      const level = top + 34;
      const across = (from: number, to: number, stroke: string) =>
        add("line", { x1: x(from), x2: x(to), y1: level, y2: level, stroke, "stroke-width": 2 });
      write(
        { x: 0, y: top + 16, fill: ink, ...halo(theme), "font-weight": 500, class: "name" },
        small ? shortName(checks[i]!) : nameOfCheck(checks[i]!),
      );
      const said = `predicted ${lossText(predicted)}${measured ? `, measured ${lossText(measured.value)}` : ""}`;
      write({ x: width, y: top + 16, "text-anchor": "end", fill: muted, ...halo(theme), class: "numbers" }, said);
      const box = { x: x(low), y: level - 9, width: Math.max(1, x(high) - x(low)), height: 18, rx: 3 };
      add("rect", { class: "interval", ...box, fill: orange, "fill-opacity": 0.18 });
      for (const end of [low, high])
        add("line", { x1: x(end), x2: x(end), y1: level - 9, y2: level + 9, stroke: orange, "stroke-width": 1.5 });
      const at = { x1: x(predicted), x2: x(predicted), y1: level - 11, y2: level + 11 };
      add("line", { class: "predicted", ...at, stroke: orange, "stroke-width": 2 });
      if (!measured) return;
      across(...spread(measured), ink);
      const dot = { cx: x(measured.value), cy: level, r: 5.5, fill: ink, stroke: theme.surface, "stroke-width": 2 };
      add("circle", { class: "measured", ...dot });
    });
    return drawing(bottom + 42);
  });
};

/** The same where there is little room. */
const shortName = ({ N, width }: HeldOut): string =>
  [N !== undefined && count(N), width !== undefined && `width ${width}`].filter(Boolean).join(", ");

/** By its model: "52.1k parameters, width 96". */
export const nameOfCheck = ({ N, width }: HeldOut): string =>
  [N === undefined ? "a size that is not stated" : `${count(N)} parameters`, width !== undefined && `width ${width}`]
    .filter(Boolean)
    .join(", ");
