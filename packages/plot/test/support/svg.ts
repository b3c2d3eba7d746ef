import { DOMParser } from "linkedom";

/** Parses SVG text; the root element. */
export function drawn(svg: string): Element {
  const root = new DOMParser().parseFromString(svg, "image/svg+xml").documentElement;
  if (!root) throw new Error("not an SVG");
  return root as unknown as Element;
}

export const all = (root: Element, selector: string): Element[] => [...root.querySelectorAll(selector)];

/** The numbers in a path, in order. */
export const numbersOf = (path: string): number[] => (path.match(/-?\d+(\.\d+)?/g) ?? []).map(Number);
