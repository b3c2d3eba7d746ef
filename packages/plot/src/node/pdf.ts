import { DOMParser } from "linkedom";
import PDFDocument from "pdfkit";
import svgToPdf from "svg-to-pdfkit";
import { fontFiles } from "./png.js";

/** PDF counts in points, of which four make three of the pixels of a figure. */
const POINTS = 0.75;

/** Faces by their weight. */
const faces: Readonly<Record<string, string>> = Object.fromEntries(
  ["400", "500", "600"].map((weight, i) => [weight, fontFiles[i]!]),
);

/**
 * A figure as a PDF of one page of its size: shapes stay shapes and words stay words, set in the bundled face, of which the glyphs that
 * are used come along (Latin, Greek, Cyrillic). It is dated 1970, so that the same SVG gives the same bytes.
 * @throws TypeError when `svg` is not well-formed or does not say its size.
 */
export const renderPdf = async (svg: string): Promise<Uint8Array> => {
  const root = new DOMParser().parseFromString(svg, "image/svg+xml").documentElement as unknown as Element | null;
  const [width, height] = ["width", "height"].map((side) => Number(root?.getAttribute(side) ?? Number.NaN));
  if (!(root?.localName === "svg" && width! > 0 && height! > 0))
    throw new TypeError("renderPdf: expected an SVG element with a width and a height in pixels");
  halosBelow(root);
  weightsInNames(root);
  const document = new PDFDocument({
    size: [POINTS * width!, POINTS * height!],
    margin: 0,
    info: { Title: root.getAttribute("aria-label") ?? "", CreationDate: new Date(0) },
  });
  const chunks: Uint8Array[] = [];
  const whole = new Promise<Uint8Array>((done, fail) => {
    document.on("data", (chunk: Uint8Array) => chunks.push(chunk));
    document.on("error", fail);
    document.on("end", () => done(joined(chunks)));
  });
  svgToPdf(document, String(root), 0, 0, { fontCallback: faceOf });
  document.end();
  return whole;
};

/** The converter knows of bold and not bold: the weight goes into the name of the family. */
const weightsInNames = (root: Element): void => {
  for (const one of root.querySelectorAll("[font-weight]"))
    one.setAttribute("font-family", `Inter-${one.getAttribute("font-weight")}`);
};

/** Words of a heavier weight are set in the face of that weight, not drawn thicker. */
const faceOf = (family: string, bold: boolean, _italic: boolean, options: { fauxBold: boolean }): string => {
  options.fauxBold = false;
  const weight = /^Inter-(\d+)$/.exec(family)?.[1] ?? (bold ? "600" : "400");
  return faces[weight] ?? faces["400"]!;
};

/** The converter paints a stroke over its fill whatever `paint-order` says: what is to have it below is painted twice. */
const halosBelow = (root: Element): void => {
  for (const one of [...root.querySelectorAll("[paint-order]")]) {
    one.removeAttribute("paint-order");
    const above = one.cloneNode(true) as Element;
    for (const part of [above, ...above.querySelectorAll("[stroke]")]) part.setAttribute("stroke", "none");
    one.after(above);
  }
};

const joined = (chunks: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(chunks));
