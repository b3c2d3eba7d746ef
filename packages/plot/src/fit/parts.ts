import { type Drawing, documentOf, type FigureOptions, fontFamily, themeOf } from "../figures/chart.js";
import { element, serialise, textElement } from "../figures/svg.js";
import { count } from "../format.js";
import { extent } from "../range.js";
import type { PartsFigureData, PartWork } from "./types.js";

const rowHeight = 26;
const barHeight = 14;
const top = 46;

/** Work by part as bars, forward and backward end to end, with the amount and its share of the whole. */
export const partsDrawing = ({ parts, unit }: PartsFigureData, options: FigureOptions): Drawing => {
  const theme = themeOf(options);
  const document = documentOf(options);
  const width = options.width ?? 760;
  const height = top + parts.length * rowHeight + 4;
  const total = parts.reduce((sum, part) => sum + work(part), 0);
  const most = parts.reduce((high, part) => Math.max(high, work(part)), 0);
  const description = `Work by part in ${unit}: ${parts.map((part) => `${part.name} ${share(part, total)}`).join(", ")}.`;
  const svg = element(document, "svg", {
    viewBox: `0 0 ${width} ${height}`,
    width,
    height,
    "font-family": fontFamily,
    "font-size": 12,
    role: "img",
    "aria-label": description,
  });
  const left = extent(parts.map((part) => part.name.length))[1] * 6.6 + 14;
  const right = 110;
  const perUnit = Math.max(0, width - left - right) / most;
  const colours = { forward: theme.scale(0.2), backward: theme.scale(0.8) };
  const bar = (x: number, y: number, length: number, fill: string, name: string) =>
    svg.append(element(document, "rect", { class: name, x, y, width: length, height: barHeight, fill }));
  const write = (place: Record<string, string | number>, words: string) =>
    svg.append(textElement(document, place, words));

  write({ x: 0, y: 14, fill: theme.muted, class: "x-label" }, unit);
  let at = 0;
  for (const name of ["forward", "backward"] as const) {
    const sum = parts.reduce((all, part) => all + part[name], 0);
    const words = `${name} ${count(sum)}`;
    svg.append(element(document, "rect", { class: "key", x: at, y: 23, width: 10, height: 10, fill: colours[name] }));
    write({ x: at + 15, y: 32, fill: theme.muted }, words);
    at += words.length * 6.6 + 36;
  }
  parts.forEach((part, i) => {
    const y = top + i * rowHeight;
    const [forward, backward] = [part.forward * perUnit, part.backward * perUnit];
    write({ x: left - 10, y: y + 11, fill: theme.ink, "text-anchor": "end", class: "part" }, part.name);
    bar(left, y, forward, colours.forward, "forward");
    bar(left + forward, y, backward, colours.backward, "backward");
    const place = { x: left + forward + backward + 8, y: y + 11, fill: theme.muted, class: "amount" };
    write(place, `${count(work(part))}, ${share(part, total)}`);
  });
  return { svg: serialise(svg), width, height, description };
};

const work = ({ forward, backward }: PartWork): number => forward + backward;

const share = (part: PartWork, total: number): string => {
  const percent = (100 * work(part)) / total;
  return percent > 0 && percent < 0.1 ? "<\u20090.1\u00A0%" : `${percent.toFixed(1)}\u00A0%`;
};
