import { decode } from "fast-png";
import { describe, expect, test } from "vitest";
import { isoFlopFigure, sampleGridFigure } from "../src/index.js";
import { document, fontFiles, renderPng } from "../src/node.js";
import { exampleSamples, exampleStudy } from "./support/study.js";

/** Number of pixels that are not the background. */
const inked = (png: Uint8Array): number => {
  const { data, channels } = decode(png);
  let n = 0;
  for (let i = 0; i < data.length; i += channels) if (data[i]! < 128) n++;
  return n;
};

const words = (text: string) =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="400" height="40"><rect width="400" height="40" fill="white"/><text x="4" y="28" font-size="20">${text}</text></svg>`;

describe("PNG", () => {
  test("has the size of the figure times the scale", () => {
    const svg = isoFlopFigure(exampleStudy().fit).draw({ document, width: 760 });
    const height = Number(/height="(\d+)"/.exec(svg)![1]);
    expect(decode(renderPng(svg))).toMatchObject({ width: 1520, height: 2 * height });
    expect(decode(renderPng(svg, { scale: 1 }))).toMatchObject({ width: 760, height });
  });

  test("draws text, with the fonts that come along", () => {
    expect(fontFiles).toHaveLength(3);
    expect(inked(renderPng(words("")))).toBe(0);
    expect(inked(renderPng(words("validation loss")))).toBeGreaterThan(500);
  });

  test.each([..."⁰¹²³⁴⁵⁶⁷⁸⁹⁻×−±↑→–…\u00A0"].filter((glyph) => glyph.trim() !== ""))("the font has %s", (glyph) => {
    // A glyph that is missing is drawn as the same box as any other missing one.
    expect(renderPng(words(glyph))).not.toEqual(renderPng(words("\u{10FFFD}")));
  });

  test("is the same bytes every time", () => {
    const svg = isoFlopFigure(exampleStudy().fit).draw({ document });
    expect(renderPng(svg)).toEqual(renderPng(isoFlopFigure(exampleStudy().fit).draw({ document })));
  });

  test("shows the pictures of a sample grid", () => {
    const [sample] = exampleSamples(1);
    const pixels = new Float32Array(768).fill(-1);
    const svg = sampleGridFigure([{ ...sample!, caption: "black", pixels }]).draw({ document, width: 760 });
    expect(inked(renderPng(svg, { scale: 1 }))).toBeGreaterThan(100 * 100);
  });

  test("says what is wrong with text that is no SVG, and with a scale that is none", () => {
    expect(() => renderPng("<svg")).toThrow(/^renderPng: the SVG could not be read: /);
    expect(() => renderPng(words(""), { scale: 0 })).toThrow(/^scale: expected a number above 0, got 0$/);
  });
});
