import { describe, expect, it } from "vitest";
import { collect } from "../lib/numbers/collect.mjs";
import { compareDocuments, readExpectations } from "../lib/numbers/compare.mjs";
import { comparisonText } from "../lib/numbers/print.mjs";
import { documentNumbers, type Kind, readDocuments } from "../lib/numbers/read.mjs";
import { tree } from "./tree.js";

const digits = (name: string, text: string, kind: Kind) => documentNumbers(name, text)[kind]?.map((one) => one.text);

/** Two folders of one document each, compared. */
const compare = (name: string, before: string | object, after: string | object, expected = "") => {
  const [old, fresh] = [before, after].map((content) => readDocuments(tree({ [name]: content })));
  return comparisonText(compareDocuments(old ?? new Map(), fresh ?? new Map()), readExpectations(expected));
};

describe("numbers of a document", () => {
  it("of JSON are all numbers, by the two nearest names", () => {
    const found = documentNumbers(
      "fits/a.json",
      '{"laws":{"N":{"ci95":[1,2.5]}},"form":"power 3","points":{"used":4}}',
    );
    expect(found.json?.map(({ key, text }) => `${key} ${text}`)).toEqual(["N.ci95 1", "N.ci95 2.5", "points.used 4"]);
  });

  it("leave out what names a program or a file, and times where they were measured", () => {
    const text = '{"versions":{"node":20},"input":{"pixelsSha256":7},"seconds":3.5,"timings":{"grid":2},"loss":1}';
    expect(digits("study/a.json", text, "json")).toEqual(["1"]);
    expect(digits("plans/a.json", text, "json")).toEqual(["3.5", "2", "1"]);
    const line = "loss 0.18 ± 0.02 after 40 steps, 3 min 37 s, 63 %, seen 2026-11-27 by 1.2.3 at 07ba16f4be4d";
    expect(digits("study/a.txt", line, "text")).toEqual(["0.18", "0.02", "40"]);
    expect(digits("plans/a.txt", line, "text")).toEqual(["0.18", "0.02", "40", "3", "37", "63"]);
    const table = "loss   seconds   size\n 0.5      12.1     64\n 0.4       9.0    128\n\n 1.5      12.1";
    expect(digits("study/a.txt", table, "text")).toEqual(["0.5", "64", "0.4", "128", "1.5", "12.1"]);
  });

  it("of text are read as they are printed", () => {
    const line = "N* 9,437,184 of 16x1, γ −0.0273 [−2e−3, 1.7×10¹¹], 10⁻³ and 5";
    expect(digits("a.txt", line, "text")).toEqual(
      ["9437184", "16", "-0.0273", "-2e-3", "1.7e11", "1e-3", "5"], // "x1" is a part of a name
    );
  });

  it("of a page are those that a reader sees, and apart from them the figures' coordinates", () => {
    const page = `<style>p { margin: 1px }</style><p class="a2">L is 0.20&nbsp;± 0.01</p>
      <svg viewBox="0 0 90 50"><path d="M1.5,-2L3,4" stroke-width="7"/><text x="8" y="9">10M</text></svg>
      <table><tr><th>size</th><th>loss</th><th>Time<small>s</small></th></tr><tr><td>16x1</td><td>0.3</td><td>12</td></tr></table>`;
    expect(digits("study/a.html", page, "text")).toEqual(["0.20", "0.01", "10", "16", "0.3"]);
    expect(digits("study/a.html", page, "figure")).toEqual("0 0 90 50 1.5 -2 3 4 8 9".split(" "));
    const cell = documentNumbers("study/a.html", page).text?.at(-1);
    expect(cell?.key).toBe("16x1, loss");
  });

  it("of runs in folders called by a hash are of one document", () => {
    const folder = tree({
      "runs/one/0123456789abcdef/run.json": { loss: 1 },
      "runs/one/fedcba9876543210/run.json": { loss: 2 },
      "runs/one/fedcba9876543210/checkpoints/step.json": { step: 3 },
    });
    const [[name, numbers] = [], ...others] = readDocuments(folder);
    expect(name).toBe("runs/one/*/run.json");
    expect(numbers?.json?.map(({ value }) => value)).toEqual([1, 2]);
    expect(others).toEqual([]);
  });
});

describe("the comparison", () => {
  it("finds a number wherever it stands in the document", () => {
    const { text, unexpected } = compare("a.json", { N: { value: 0.1 }, D: 3 }, { law: { D: 3, fit: [0.1, 8] } });
    expect(text).toBe(
      "✓ a.json#json: 2 compared, 0 lost, 0 lost as expected, 1 new\n2 numbers compared, 0 lost, 0 lost as expected, 1 new",
    );
    expect(unexpected).toBe(0);
  });

  it("takes doubles of JSON as equal within 1e-12, and printed digits as they are", () => {
    expect(compare("a.json", { x: [1, -2] }, { x: [1 + 5e-13, -2 - 1e-12] }).unexpected).toBe(0);
    expect(compare("a.json", { x: 1 }, { x: 1 + 3e-12 }).unexpected).toBe(1);
    expect(compare("a.txt", "loss 0.50", "loss 0.5").unexpected).toBe(1);
  });

  it("counts: what stood twice must stand twice", () => {
    expect(compare("a.json", [1, 1, 2], [2, 1]).text).toContain("✗ a.json#json: 3 compared, 1 lost");
  });

  it("names the lost number by its key, and the nearest of that key", () => {
    const { text, unexpected } = compare("a.json", { N: 1.25, D: 3 }, { N: 1.26, D: 3, k: 1.251 });
    expect(text).toContain("✗ a.json#json: 2 compared, 1 lost, 0 lost as expected, 2 new\n    N 1.25, nearest N 1.26");
    expect(unexpected).toBe(1);
  });

  it("misses a document that is gone", () => {
    expect(
      comparisonText(
        compareDocuments(new Map([["a.json", { json: [{ key: "x", text: "1", value: 1 }] }]]), new Map()),
        [],
      ).unexpected,
    ).toBe(1);
  });

  it("forgives what is expected, and says which expectation is idle", () => {
    const expected = "# a change with its reason\na.*#json | law.N | rounded once\n*#figure | * | another scale\n";
    const { text, unexpected } = compare("a.json", { law: { N: 1, D: 2 } }, { law: { N: 5, D: 6 } }, expected);
    expect(text).toContain("1 lost, 1 lost as expected");
    expect(text).toContain("law.D 2, nearest law.D 6");
    expect(text).toContain("expected and not lost: *#figure | * | another scale");
    expect(unexpected).toBe(1);
    expect(() => readExpectations("a.json | N")).toThrow('Expected "document#kind | key | reason", not "a.json | N".');
  });
});

it("collects from a checkout that is built", () => {
  const folder = tree({});
  expect(() => collect(folder, folder, { study: false })).toThrow("bin.js is not there: build that checkout first.");
});
