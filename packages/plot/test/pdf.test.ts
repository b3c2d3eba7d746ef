import { inflateSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { isoFlopFigure, sampleGridFigure } from "../src/index.js";
import { document, figureFormats, renderPdf, writeFigures } from "../src/node.js";
import { exampleSamples, exampleStudy } from "./support/study.js";

const latin = (bytes: Uint8Array) => Buffer.from(bytes).toString("latin1");

/** What is painted: the content streams, as text. */
const painted = (pdf: Uint8Array): string =>
  [...latin(pdf).matchAll(/<<([^>]*)>>\s*stream\n([\s\S]*?)\nendstream/g)]
    .filter(([, head]) => /FlateDecode/.test(head!) && !/Length1|Subtype/.test(head!))
    .map(([, , body]) => latin(inflateSync(Buffer.from(body!, "latin1"))))
    .filter((text) => /\bcm\b/.test(text))
    .join("\n");

const svg = () => isoFlopFigure(exampleStudy().fit).draw({ document, title: "Loss at equal compute" });

describe("PDF", () => {
  test("is one page of the size of the figure, of shapes and embedded faces, without a picture", async () => {
    const pdf = latin(await renderPdf(svg()));
    const [, width, height] = /viewBox="0 0 (\d+) (\d+)"/.exec(svg())!;
    expect(pdf.startsWith("%PDF-1.")).toBe(true);
    expect(pdf.match(/\/Type \/Page\b/g)).toHaveLength(1);
    expect(pdf).toContain(`/MediaBox [0 0 ${0.75 * Number(width)} ${0.75 * Number(height)}]`);
    for (const face of ["Inter-Regular", "Inter-Medium", "Inter-SemiBold"]) expect(pdf).toContain(`+${face}`);
    expect(pdf.match(/\/FontFile2/g)!.length).toBeGreaterThan(1);
    expect(pdf).not.toContain("/Subtype /Image");
  });

  test("has every word of the figure filled, also where a halo lies below it", async () => {
    const halo = '<text x="9" y="20" fill="#123456" stroke="#ffffff" stroke-width="4" paint-order="stroke">IV</text>';
    const text = painted(
      await renderPdf(`<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30">${halo}</svg>`),
    );
    const modes = [...text.matchAll(/(\d) Tr/g)].map(([, mode]) => mode);
    // Filled and stroked first; only filled last, so that nothing covers it.
    expect(modes.length).toBeGreaterThan(1);
    expect(modes.at(-1)).toBe("0");
  });

  test("is the same bytes every time, whatever the day", async () => {
    const [one, other] = [await renderPdf(svg()), await renderPdf(svg())];
    expect(Buffer.from(one).equals(Buffer.from(other))).toBe(true);
  });

  test("has the pixels of samples", async () => {
    const pdf = latin(await renderPdf(sampleGridFigure(exampleSamples()).draw({ document })));
    expect(pdf).toContain("/Subtype /Image");
  });

  test.each(["", "<p>no figure</p>", '<svg xmlns="http://www.w3.org/2000/svg"></svg>'])("refuses %j", async (text) => {
    await expect(renderPdf(text)).rejects.toThrow("renderPdf: expected an SVG element with a width and a height");
  });
});

test("figures are written in the formats that are asked for", async () => {
  const files = new Map<string, string | Uint8Array>();
  const paths = await writeFigures({ isoflop: svg() }, "there", figureFormats, async (path, content) => {
    files.set(path, content);
  });
  expect(paths).toEqual(["there/isoflop.svg", "there/isoflop.png", "there/isoflop.pdf"]);
  expect(files.get("there/isoflop.svg")).toBe(svg());
  expect(latin(files.get("there/isoflop.png") as Uint8Array).slice(1, 4)).toBe("PNG");
  expect(latin(files.get("there/isoflop.pdf") as Uint8Array).slice(1, 4)).toBe("PDF");
});
