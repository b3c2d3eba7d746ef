import { describe, expect, test } from "vitest";
import { PlotInputError, type Series, seriesFigure } from "../src/index.js";
import { document } from "../src/node.js";
import { all, centres, drawing, drawn } from "./support/svg.js";

const points = (rate: number, count = 5) =>
  Array.from({ length: count }, (_, i) => ({ x: i / count, y: Math.exp(-rate * i) }));
const series: Series[] = [
  { name: "fast", points: points(1).map((point) => ({ ...point, ci95: [0.9 * point.y, 1.1 * point.y] as const })) },
  { name: "slow", points: points(0.2) },
];
const options = {
  caption: "Two decays.",
  x: { label: "time" },
  y: { label: "what is left", scale: "log" },
} as const;

describe("series", () => {
  test.each([390, 1088])("at %d px are well-formed, with a line, dots and a name for each", (width) => {
    const { draw, caption } = seriesFigure(series, options);
    const svg = draw({ document, width });
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    expect(caption).toBe("Two decays.");
    const root = drawn(svg);
    expect(all(root, "g.series path")).toHaveLength(2);
    expect(all(root, "g.point circle")).toHaveLength(10);
    expect(all(root, "g.spread line")).toHaveLength(5);
    expect(all(root, "text.legend-label").map((text) => text.textContent)).toEqual(["fast", "slow"]);
    // Equal steps of the logarithm.
    const [a, b, c] = centres(root, "g.point circle");
    expect((c!.y - b!.y) / (b!.y - a!.y)).toBeCloseTo(1, 1);
  });

  test("have names that stand within the figure, in as many lines as they take", () => {
    const long = Array.from({ length: 6 }, (_, i) => ({ name: `a rather long name ${i}`, points: points(0.1 * i) }));
    const root = drawing(seriesFigure(long, options), { width: 700 });
    const places = all(root, "text.legend-label").map((text) => ({
      right: Number(text.getAttribute("x")) + 7.2 * text.textContent!.length,
      y: Number(text.getAttribute("y")),
    }));
    expect(Math.max(...places.map(({ right }) => right))).toBeLessThanOrEqual(700);
    expect(new Set(places.map(({ y }) => y)).size).toBeGreaterThan(1);
    const one = drawing(seriesFigure(long.slice(0, 1), options), { width: 700 });
    const grown = Number(root.getAttribute("height")) - Number(one.getAttribute("height"));
    expect(grown).toBe(20 * (new Set(places.map(({ y }) => y)).size - 1));
  });

  test("of many points are lines alone, unless dots are asked for", () => {
    const many = [{ name: "many", points: points(0.01, 41) }];
    const dotted = (dots?: boolean) =>
      all(drawing(seriesFigure(many, { ...options, ...(dots !== undefined && { dots }) }), { width: 800 }), "circle");
    expect(dotted()).toHaveLength(0);
    expect(dotted(true)).toHaveLength(41);
  });

  test("have their numbers as data, by name", () => {
    const data = seriesFigure(series, options).data!();
    expect(JSON.stringify(data)).toContain("fast");
  });

  test("refuse what cannot be drawn, by name", () => {
    const wrong = (points: Series["points"]) => () => seriesFigure([{ name: "mine", points }], options);
    expect(wrong([{ x: 1, y: Number.NaN }])).toThrow(/"mine"\[0\].y/);
    expect(wrong([{ x: 1, y: 0 }])).toThrow(/above 0 on a log axis/);
    expect(wrong([])).toThrow(PlotInputError);
    expect(() => seriesFigure([], options)).toThrow(PlotInputError);
    expect(() => seriesFigure(Array(7).fill(series[0]), options)).toThrow(/at most 6/);
  });
});
