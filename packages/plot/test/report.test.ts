import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DOMParser } from "linkedom";
import { describe, expect, test } from "vitest";
import { type DrawnStudy, renderReport } from "../src/index.js";
import { document, writeReport } from "../src/node.js";
import { budgets, exampleSamples, exampleStudy, fitOf } from "./support/study.js";

const study = exampleStudy();
const page = (input: DrawnStudy) => {
  const html = renderReport(input, { document });
  const parsed = new DOMParser().parseFromString(html, "text/html") as unknown as Document;
  const text = (selector: string) => parsed.querySelector(selector)?.textContent ?? "";
  return { html, parsed, text };
};
const measured = (loss: number): DrawnStudy => ({
  ...study,
  heldOut: { ...study.heldOut, measured: { loss, sigma: 0.001 } },
});

describe("report", () => {
  const { html, parsed, text } = page(study);

  test("is one file below 1 MB that loads nothing", () => {
    expect(Buffer.byteLength(html)).toBeLessThan(1_000_000);
    expect(html).not.toMatch(/<link|<iframe|@import|url\(|\ssrc="(?!data:image\/png)/);
    for (const [, tag, address] of html.matchAll(/<(\w+)[^>]*\shref="([^"]*)"/g)) {
      if (tag === "image") expect(address).toMatch(/^data:image\/png/);
      else
        expect([tag, address]).toEqual([
          "a",
          expect.stringMatching(/^(?:data:(?:text\/csv|application\/json);|#|https:\/\/)/),
        ]);
    }
    expect(html).not.toMatch(/NaN|undefined|\[object/);
  });

  test("is the same text for the same study", () => {
    expect(renderReport(exampleStudy(), { document })).toBe(html);
  });

  test("has light and dark colours, a phone layout and a print layout", () => {
    for (const query of ["prefers-color-scheme:dark", "max-width", "print"])
      expect(html).toMatch(new RegExp(`@media.*${query}`));
    for (let i = 0; i < 4; i++) expect(html).toContain(`--budget-${i}:#`);
    const used = new Set(html.match(/var\(--[\w-]+\)/g));
    for (const variable of used) expect(html).toContain(`${variable.slice(4, -1)}:`);
  });

  test("states prediction, measurement and interval in words", () => {
    expect(text(".lead")).toContain("6.4×10¹²\u00A0FLOPs, 4 times the largest of them");
    expect(text(".lead")).toContain("predict a loss of 0.1871, 95\u00A0% interval 0.1824 to 0.1918");
    expect(text(".lead")).toContain("reached 0.1878 (standard error 0.0009), 0.40\u00A0% above the prediction");
  });

  test("has a table row per run, per budget and per law", () => {
    expect(parsed.querySelectorAll("table.sortable tbody tr")).toHaveLength(study.runs.length);
    const [optima, laws] = [...parsed.querySelectorAll("table.plain")];
    expect(optima!.querySelectorAll("tbody tr")).toHaveLength(4);
    expect(laws!.querySelectorAll("tbody tr")).toHaveLength(3);
    const { N } = study.fit;
    if (!N.ok) expect.unreachable();
    else {
      const [low, high] = N.exponent.ci95;
      expect(laws!.textContent).toContain(N.exponent.value.toFixed(3));
      expect(laws!.textContent).toContain(`${low.toFixed(3)} to ${high.toFixed(3)}`);
    }
    expect(laws!.textContent).toContain("0.568");
  });

  test("numbers its figures and shows the samples with their captions", () => {
    const captions = [...parsed.querySelectorAll("section > figure > figcaption b")].map((b) => b.textContent);
    expect(captions).toEqual([1, 2, 3, 4, 5].map((n) => `Figure ${n}.`));
    expect(parsed.querySelectorAll(".samples img")).toHaveLength(18);
    expect([...parsed.querySelectorAll(".group")].map((name) => name.textContent)).toEqual([
      "Generated",
      "Validation data",
    ]);
  });

  test("states every choice, the licence of the data, the versions and how to reproduce", () => {
    for (const words of [
      ...Object.values(study.choices).filter((v) => typeof v === "string"),
      "Apache-2.0",
      "node 20.20.2",
    ]) {
      expect(text(".choices")).toContain(words);
    }
    expect(parsed.querySelectorAll(".missing")).toHaveLength(0);
    expect(text("pre")).toBe("npm run reproduce -- --seed 1");
  });
});

describe("a study that was foreseen by several methods", () => {
  const { prediction } = study.heldOut;
  const loss = prediction.predicted.loss!;
  const { parsed, text } = page({
    ...study,
    heldOut: {
      ...study.heldOut,
      methods: [
        { method: "rollout", N: { value: 151_000 }, loss },
        { method: "isoflop", N: { value: 134_000 }, loss: { value: 0.2, interval95: [0.17, 0.23] } },
        { method: "surface", N: { value: 149_000 }, loss: { value: 0.188 } },
      ],
    },
  });

  test("says who predicts, and sets the others beside it with what they missed", () => {
    expect(text(".lead")).toContain("the roll-out of forms of surface predicts a loss of 0.1871");
    const headings = [...parsed.querySelectorAll("h2")].map((heading) => heading.textContent);
    expect(headings).toContain("By method");
    const rows = [...parsed.querySelectorAll("section")]
      .find((section) => section.querySelector("h2")?.textContent === "By method")!
      .querySelectorAll("tbody tr");
    expect([...rows].map((row) => [...row.children].map((cell) => cell.textContent))).toEqual([
      ["the roll-out of forms of surface", "151k", "0.1871", "0.1824 to 0.1918", "+0.40\u00A0%"],
      ["Approach 2 (isoFLOP)", "134k", "0.2000", "0.1700 to 0.2300", "−6.08\u00A0%"],
      ["one surface (chinchilla)", "149k", "0.1880", "–", "−0.08\u00A0%"],
    ]);
  });

  test("one that knew of one method has no such table", () => {
    const { parsed } = page(study);
    expect([...parsed.querySelectorAll("h2")].map((heading) => heading.textContent)).not.toContain("By method");
  });
});

describe("verdict", () => {
  const [low, high] = study.heldOut.prediction.predicted.loss!.interval95!;

  test.each([
    [low, "inside"],
    [high, "inside"],
    [low - 1e-9, "outside"],
    [high + 1e-9, "outside"],
  ])("%d is %s", (loss, state) => {
    const { text, parsed } = page(measured(loss));
    expect(parsed.querySelector("main")!.classList.contains(state)).toBe(true);
    expect(text("h1")).toMatch(
      state === "inside" ? /^The prediction held: .* inside/ : /^The prediction missed: .* outside/,
    );
  });
});

describe("before the study is finished", () => {
  test("nothing has run", () => {
    const { text, parsed } = page({
      record: "study",
      preset: "quick",
      device: { backend: "wasm" },
      data: { name: "emoji" },
      seconds: 0,
      runs: [],
    });
    expect(text("h1")).toContain("no law has been fitted yet");
    expect(parsed.querySelectorAll("svg")).toHaveLength(0);
    expect(text(".choices .missing")).toBe("not stated");
  });

  test("some runs, no fit", () => {
    const { samples: _, curves: __, fit: ___, heldOut: ____, ...rest } = study;
    const { text } = page({ ...rest, runs: study.runs.slice(0, 7) });
    expect(text(".lead")).toBe("7 of 21 runs are done, at 2 budgets.");
  });

  test("fitted, nothing held out", () => {
    const { heldOut: _, ...rest } = study;
    const { text } = page(rest);
    expect(text("h1")).toContain("not been tested");
  });

  test("predicted, not measured", () => {
    const { text, html } = page({ ...study, heldOut: { prediction: study.heldOut.prediction } });
    expect(text("h1")).toBe("The prediction is made. The run that tests it is not finished.");
    expect(html).not.toContain("NaN");
  });

  test("a refused budget is named in table and caption", () => {
    const { curves: _, ...rest } = study;
    // Of the first budget only the sizes above its optimum are left.
    const runs = study.runs.filter(({ C, N }) => C > budgets[0] || N > 20_000);
    const { text, html } = page({ ...rest, runs, fit: fitOf(runs.filter(({ C }) => C < 6e12)) });
    expect(html).not.toContain("NaN");
    expect(text("table.plain")).toContain("refused: 3 distinct sizes");
    expect(text("figcaption")).toContain("1 budget without an interior minimum");
    expect(text(".lead")).toContain("fitted to 3 budgets");
  });
});

test("hostile words stay words wherever they come from", () => {
  const attack = `"><script>alert(1)</script><img src=x onerror=alert(1)>'`;
  const runs = study.runs.map((run) => ({ ...run, id: `${run.id}${attack}` }));
  const { html, parsed } = page({
    ...study,
    preset: attack,
    device: { backend: attack, [attack]: attack },
    data: { name: attack, source: attack, licence: attack, details: attack },
    runs,
    curves: study.curves.map((curve) => ({ ...curve, id: `${curve.id}${attack}` })),
    fit: {
      ...study.fit,
      budgets: study.fit.budgets.map((budget, i) => {
        const { C, points, sizes, warnings } = budget;
        const named = budget.runs.map((run) => ({ ...run, label: attack }));
        return i > 0
          ? { ...budget, runs: named }
          : { C, points, sizes, warnings, runs: named, status: "not-convex" as const, message: attack };
      }),
    },
    samples: exampleSamples(2).map((sample) => ({ ...sample, caption: attack, group: attack })),
    choices: { axes: attack, versions: { [attack]: attack }, other: { [attack]: attack } },
    published: { source: attack, N: 1, D: 1, loss: 1 },
    timings: { [attack]: 3 },
    reproduce: attack,
  });
  expect(parsed.querySelectorAll("script")).toHaveLength(1);
  expect(html).not.toContain("<script>alert");
  expect(html).not.toContain("<img src=x");
  expect(parsed.querySelectorAll("[onerror]")).toHaveLength(0);
});

test("bad input is refused before anything is drawn", () => {
  const curves = study.curves.map((curve, i) =>
    i === 4 ? { ...curve, loss: curve.loss.map(() => Number.NaN) } : curve,
  );
  expect(() => renderReport({ ...study, curves }, { document })).toThrow(/^curves\[4\]\[0\]\.loss: .*got NaN$/);
});

test("writeReport leaves the report and every figure as SVG, PNG and CSV, and nothing else", async () => {
  const folder = await mkdtemp(join(tmpdir(), "isoflop-plot-"));
  try {
    const paths = await writeReport(study, join(folder, "quick"));
    expect(paths).toHaveLength(1 + 3 * 10);
    expect((await readdir(join(folder, "quick"))).sort()).toEqual(["figures", "report.html"]);
    const files = await readdir(join(folder, "quick", "figures"));
    expect(files.filter((file) => file.endsWith(".png"))).toHaveLength(10);
    expect(files.filter((file) => file.endsWith(".svg"))).toHaveLength(10);
    expect(files.filter((file) => file.endsWith(".csv"))).toHaveLength(10);
    expect(await readFile(join(folder, "quick", "report.html"), "utf8")).toBe(renderReport(study, { document }));
    await expect(writeReport({ ...study, runs: [] }, join(folder, "bad"))).rejects.toThrow(/^curves\[0\]\.id/);
    expect(await readdir(folder)).toEqual(["quick"]);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("writeReport leaves the writing to whom it is given", async () => {
  const folder = await mkdtemp(join(tmpdir(), "isoflop-plot-"));
  try {
    const written: string[] = [];
    const paths = await writeReport(study, folder, { write: async (path) => void written.push(path) });
    expect(written).toEqual(paths);
    expect(written[0]).toBe(join(folder, "report.html"));
    expect(await readdir(folder, { recursive: true })).toEqual(["figures"]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test("writeReport leaves nothing beside a file it cannot write, and takes away what a killed process left", async () => {
  const folder = await mkdtemp(join(tmpdir(), "isoflop-plot-"));
  try {
    await mkdir(join(folder, "report.html", "in the way"), { recursive: true });
    await expect(writeReport(study, folder)).rejects.toThrow(/EISDIR|ENOTEMPTY|EEXIST|directory/);
    expect((await readdir(folder)).sort()).toEqual(["figures", "report.html"]);
    await rm(join(folder, "report.html"), { recursive: true });

    // Process ids end at 4,194,304; a living process's file is its own.
    const others = [`notes.5.tmp`, `report.html.${process.pid}.tmp`];
    const left = ["report.html.4999999.tmp", "figures/isoflop.svg.4999999.tmp"];
    for (const name of [...left, ...others]) await writeFile(join(folder, name), "part");
    await writeReport(study, folder, {});
    expect((await readdir(folder)).sort()).toEqual(["figures", "notes.5.tmp", "report.html"]);
    expect((await readdir(join(folder, "figures"))).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
