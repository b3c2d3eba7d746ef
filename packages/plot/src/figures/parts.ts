import { extent } from "@isoflop/scaling";
import { canvas } from "../chart/canvas.js";
import { type Figure, figure } from "../chart/figure.js";
import { count } from "../chart/format.js";
import { withRows } from "../chart/sheet.js";
import { refused, some } from "../error.js";

/** Work of one part of a model. */
export interface PartWork {
  readonly name: string;
  readonly forward: number;
  readonly backward: number;
}

const rowHeight = 26;
const barHeight = 14;
const top = 46;
/** Room for the amounts. */
const right = 110;
/** In the order in which they are done. */
const directions = ["forward", "backward"] as const;

/**
 * Work of a model by part as bars, forward and backward end to end, with the amount and its share of the whole.
 * @param unit of the work, e.g. "FLOPs per sample"
 */
export const partsFigure = (parts: readonly PartWork[], unit: string): Figure => {
  for (const [i, part] of some("parts", parts, "part").entries()) {
    for (const key of directions) {
      if (!(part[key] >= 0 && Number.isFinite(part[key])))
        throw refused(`parts[${i}].${key}`, part[key], "a finite number, 0 or above");
    }
  }
  const total = parts.reduce((sum, part) => sum + work(part), 0);
  if (!(total > 0)) throw refused("parts", parts, "work in at least one of them");
  const caption = "Work of one training step on one sample, by part: forward, then backward, and its share of both.";
  const shares = parts.map((part) => `${part.name} ${share(part, total)}`).join(", ");
  const [, most] = extent(parts.map(work));
  const left = extent(parts.map((part) => part.name.length))[1] * 6.6 + 14;
  const rows = parts.map(({ name, forward, backward }) => ({ part: name, forward, backward, unit }));
  return figure(
    caption,
    withRows((sheet) => {
      const { theme, width } = sheet;
      const { add, write, drawing } = canvas(sheet, `Work by part in ${unit}: ${shares}.`);
      const perUnit = Math.max(0, width - left - right) / most;
      const colours = { forward: theme.scale(0.2), backward: theme.scale(0.8) };
      write({ x: 0, y: 14, fill: theme.muted, class: "x-label" }, unit);
      let at = 0;
      for (const name of directions) {
        const words = `${name} ${count(parts.reduce((all, part) => all + part[name], 0))}`;
        add("rect", { class: "key", x: at, y: 23, width: 10, height: 10, fill: colours[name] });
        write({ x: at + 15, y: 32, fill: theme.muted }, words);
        at += words.length * 6.6 + 36;
      }
      parts.forEach((part, i) => {
        const y = top + i * rowHeight;
        write({ x: left - 10, y: y + 11, fill: theme.ink, "text-anchor": "end", class: "part" }, part.name);
        let x = left;
        for (const name of directions) {
          const length = part[name] * perUnit;
          add("rect", { class: name, x, y, width: length, height: barHeight, fill: colours[name] });
          x += length;
        }
        const place = { x: x + 8, y: y + 11, fill: theme.muted, class: "amount" };
        write(place, `${count(work(part))}, ${share(part, total)}`);
      });
      return drawing(top + parts.length * rowHeight + 4);
    }, rows),
  );
};

const work = ({ forward, backward }: PartWork): number => forward + backward;

const share = (part: PartWork, total: number): string => {
  const percent = (100 * work(part)) / total;
  return percent > 0 && percent < 0.1 ? "<\u20090.1\u00A0%" : `${percent.toFixed(1)}\u00A0%`;
};
