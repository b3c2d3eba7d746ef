import { DOMParser } from "linkedom";
import type { Figure, FigureOptions } from "../../src/index.js";
import { document } from "../../src/node.js";

/** Parses SVG text; the root element. */
export const drawn = (svg: string): Element => {
  const root = new DOMParser().parseFromString(svg, "image/svg+xml").documentElement;
  if (!root) throw new Error("not an SVG");
  return root as unknown as Element;
};

/** A figure as it is drawn. */
export const drawing = (figure: Figure, options: FigureOptions = {}): Element =>
  drawn(figure.draw({ document, ...options }));

export const all = (root: Element, selector: string): Element[] => [...root.querySelectorAll(selector)];

/** The numbers in a path, in order. */
export const numbersOf = (path: string): number[] => (path.match(/-?\d+(\.\d+)?/g) ?? []).map(Number);

const superscripts = "⁰¹²³⁴⁵⁶⁷⁸⁹";
const letters: Readonly<Record<string, number>> = { k: 1e3, M: 1e6, B: 1e9, T: 1e12 };

/** The number that a tick says: "3×10¹⁹", "25.3M", "−2 %" or "0.25". */
export const tickValue = (text: string): number => {
  const plain = text.replaceAll("−", "-").replace(/\u00A0%$/, "");
  const power = /^(?:([\d.]+)×)?10([⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+)$/.exec(plain);
  if (power) {
    const digits = [...power[2]!].map((c) => (c === "⁻" ? "-" : String(superscripts.indexOf(c)))).join("");
    return Number(`${power[1] ?? 1}e${digits}`);
  }
  return Number(plain.replace(/[kMBT]$/, "")) * (letters[plain.at(-1)!] ?? 1);
};

/** Where a value stands on a log axis, in pixels, as the outermost ticks say. */
export const logPlace = (root: Element, axis: "x" | "y"): ((value: number) => number) => {
  const ticks = all(root, `.${axis}-axis-tick-label text`).map((text) => ({
    value: Math.log(tickValue(text.textContent!)),
    at: numbersOf(text.getAttribute("transform")!)[axis === "x" ? 0 : 1]!,
  }));
  const [a, b] = [ticks[0]!, ticks.at(-1)!];
  return (value) => a.at + ((Math.log(value) - a.value) / (b.value - a.value)) * (b.at - a.at);
};

/** Centres of circles, in pixels. */
export const centres = (root: Element, selector: string): { readonly x: number; readonly y: number }[] =>
  all(root, selector).map((dot) => ({ x: Number(dot.getAttribute("cx")), y: Number(dot.getAttribute("cy")) }));
