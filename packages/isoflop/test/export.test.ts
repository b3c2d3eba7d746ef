import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { escapeLatex, formulaLatex } from "../src/export/latex.js";
import { epoch, file, fixture, isoflop, json, llama, scratch } from "./isoflop.js";

/** What a command prints, as a file; each is run once. */
const saved = (name: string, args: readonly string[], stdin = "") =>
  existsSync(scratch(name)) ? scratch(name) : file(name, isoflop([...args, "--json"], stdin).stdout);

/** Rows by their column names. */
const table = (text: string): readonly Readonly<Record<string, string>>[] => {
  const [head, ...rows] = text
    .trim()
    .split("\n")
    .map((line) => line.split(","));
  return rows.map((cells) => Object.fromEntries(head!.map((name, i) => [name, cells[i]!])));
};

/** What is wrong with LaTeX that a compiler would stop at, or misread; undefined for what is right. */
const flawOf = (tex: string): string | undefined => {
  const open: string[] = [];
  let cells: number | undefined;
  for (const line of tex.split("\n").filter((one) => !one.startsWith("%"))) {
    if (!/^[\x20-\x7e\u00c0-\u00ff]*$/.test(line)) return `a character without a glyph: ${line}`;
    const bare = line.replace(/\\[\\{}$&%#_,]/g, (pair) => (pair === "\\\\" ? " " : ""));
    let depth = 0;
    for (const character of bare) {
      depth += character === "{" ? 1 : character === "}" ? -1 : 0;
      if (depth < 0) return `a brace too many: ${line}`;
    }
    if (depth !== 0) return `a brace is open: ${line}`;
    if ((bare.match(/\$/g) ?? []).length % 2 !== 0) return `a dollar is open: ${line}`;
    const text = bare.replace(/\$[^$]*\$/g, "");
    if (/[#%^_~](?!\w*\})/.test(text.replace(/\\label\{[^}]*\}/g, "").replaceAll("~", "")))
      return `not escaped: ${line}`;
    const [, verb, name, align] = /^\\(begin|end)\{(\w+)\}(?:\{([lr]+)\})?/.exec(line) ?? [];
    if (verb === "begin") open.push(name!);
    if (verb === "end" && open.pop() !== name) return `${name} ends where it has not begun`;
    if (align) cells = align.length;
    if (line.endsWith("\\\\") && !line.startsWith("\\caption") && bare.split("&").length !== cells)
      return `another number of cells than ${cells}: ${line}`;
  }
  return open.length > 0 ? `${open.join(", ")} does not end` : undefined;
};

const compiles = spawnSync("pdflatex", ["--version"]).status === 0;

const iso = () => saved("iso.json", ["fit", "isoflop", ...llama]);
const surface = () => saved("surface.json", ["fit", "surface", ...epoch, "--objective", "log-huber"]);
const lawText = [
  "compute,loss",
  ...[1e17, 1e18, 1e19, 1e20, 1e21, 1e22].map((x) => `${x},${1.5 + 800 * x ** -0.15}`),
].join("\n");
const law = () =>
  saved("law.json", ["fit", "law", "-i", "-", "--columns", "x=compute,y=loss", "--form", "saturating"], lawText);

describe("CSV", () => {
  test("of an isoFLOP fit has its runs, optima and laws with every digit", () => {
    const path = iso();
    const { fit } = JSON.parse(readFileSync(path, "utf8"));
    const laws = table(isoflop(["export", path, "--table", "laws"]).stdout);
    const { exponent, coefficient } = fit.N;
    expect(laws[0]).toMatchObject({
      quantity: "N",
      form: "power",
      coefficient: String(coefficient.value),
      exponent: String(exponent.value),
      exponent_standard_error: String(exponent.standardError),
      exponent_low: String(exponent.ci95[0]),
      exponent_high: String(exponent.ci95[1]),
    });
    const optima = table(isoflop(["export", path, "--table", "optima"]).stdout);
    expect(optima.map(({ C }) => Number(C))).toEqual(fit.budgets.map((budget: { C: number }) => budget.C));
    const runs = isoflop(["export", path, "--table", "runs"]).stdout;
    // What is exported is a table that is read again.
    expect(json(["fit", "isoflop", "-i", "-"], { stdin: runs }).fit!.N!.exponent!.value).toBeCloseTo(
      exponent.value,
      10,
    );
  });

  test("of a surface and of a law has the estimates that are printed", () => {
    const { fit } = JSON.parse(readFileSync(surface(), "utf8"));
    const estimates = table(isoflop(["export", scratch("surface.json"), "--table", "estimates"]).stdout);
    expect(estimates.map(({ name }) => name)).toEqual(["E", "A", "B", "alpha", "beta"]);
    expect(Number(estimates[3]!.value)).toBe(fit.parameters.alpha.value);
    const ofLaw = table(isoflop(["export", law(), "--table", "estimates"]).stdout);
    expect(ofLaw.map(({ name }) => name)).toEqual(expect.arrayContaining(["floor", "exponent"]));
    expect(table(isoflop(["export", scratch("law.json"), "--table", "points"]).stdout)).toHaveLength(6);
  });

  test("of any other kind has every number with an error, by the way to it", () => {
    const sweep = ["-i", fixture("emoji_lr_sweep"), "--on", "width,D", "--loss", "loss"];
    const path = saved("sweep.json", ["fit", "hyperparameter", ...sweep]);
    const { fit } = JSON.parse(readFileSync(path, "utf8"));
    const estimates = table(isoflop(["export", path, "--table", "estimates"]).stdout);
    const [name] = Object.keys(fit.laws);
    const own = estimates.filter((row) => row.name!.startsWith(`laws.${name}.`));
    expect(own.length).toBeGreaterThanOrEqual(3);
    for (const row of own) expect(Number(row.value_low)).toBeLessThan(Number(row.value_high));
  });

  test("of predictions has both intervals", () => {
    const path = saved("prediction.json", ["predict", iso(), "--at", "1e23"]);
    const { predicted } = JSON.parse(readFileSync(path, "utf8")).predictions[0];
    const [N] = table(isoflop(["export", path]).stdout);
    expect(N).toMatchObject({
      at_C: "1e+23",
      quantity: "N",
      value: String(predicted.N.value),
      value_low: String(predicted.N.ci95[0]),
      value_new_high: String(predicted.N.interval95[1]),
    });
  });

  test("of a table of runs has them checked and complete", () => {
    const text = "flops,params,val_loss\n6e18,1e8,2.5\n6e18,2e8,2.4\n6e18,2e8,nan\n";
    const { stdout, stderr } = isoflop(["export", "-"], text);
    expect(table(stdout)).toEqual([
      { C: "6000000000000000000", N: "100000000", D: "10000000000", loss: "2.5" },
      { C: "6000000000000000000", N: "200000000", D: "5000000000", loss: "2.4" },
    ]);
    expect(stderr).toContain("caution: row 3 is left out: no-loss");
  });
});

describe("LaTeX", () => {
  const nasty = [
    "label,C,N,loss",
    ...[1, 2, 3].flatMap((b) =>
      [0.5, 0.7, 1, 1.4, 2].map(
        (k) => `"100% of_#1 & ~{^$}\\x <é> α 漢 ${b}",${b}e18,${1e8 * b * k},${3 - 0.2 * b + 0.1 * Math.log(k) ** 2}`,
      ),
    ),
  ].join("\n");
  const sources = (): readonly (readonly [string, string])[] => [
    ["an isoFLOP fit", iso()],
    ["a surface", surface()],
    ["a law", law()],
    ["predictions", saved("prediction.json", ["predict", iso(), "--at", "1e23"])],
    ["names that LaTeX would obey", saved("nasty.json", ["fit", "isoflop", "-i", file("nasty.csv", nasty)])],
    ["a long table of runs", fixture("dit_isoflop_noisy")],
  ];

  test("has tables that are whole, with every row as wide as its head and nothing that LaTeX would obey", () => {
    for (const [name, path] of sources()) {
      const { stdout, code } = isoflop(["export", path, "--as", "latex"]);
      expect(code, name).toBe(0);
      expect(flawOf(stdout), name).toBeUndefined();
      expect(stdout).toContain("\\toprule");
    }
  });

  test.skipIf(!compiles)("is what pdflatex takes without a complaint", () => {
    const folder = scratch("tex");
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder);
    const tables = sources().map(([, path]) =>
      isoflop(["export", path, "--as", "latex"]).stdout.replaceAll("tab:", `tab:${Math.random()}`),
    );
    file(
      "tex/all.tex",
      [
        "\\documentclass{article}",
        "\\usepackage{amsmath,booktabs,longtable}",
        "\\begin{document}",
        ...tables,
        "\\end{document}",
        "",
      ].join("\n"),
    );
    const { status, stdout } = spawnSync("pdflatex", ["-interaction=nonstopmode", "-halt-on-error", "all.tex"], {
      cwd: folder,
      encoding: "utf8",
    });
    expect(status, stdout).toBe(0);
    expect(stdout).not.toMatch(/Missing character|LaTeX Error/);
  });

  test("says a number to the digits that its error leaves, and powers of ten", () => {
    const { stdout } = isoflop(["export", iso(), "--as", "latex", "--table", "laws"]);
    expect(stdout).toMatch(/N & power & \$[^$]*\\pm[^$]*\$ & \$0\.\d{3,4} \\pm 0\.\d{3,4}\$/);
    expect(isoflop(["export", fixture("dit_isoflop_noisy"), "--as", "latex"]).stdout).toContain("10^{");
  });

  test.each([
    [
      "a_b & 50% #1 {x} $y ~ ^ \\",
      "a\\_b \\& 50\\% \\#1 \\{x\\} \\$y \\textasciitilde{} \\textasciicircum{} \\textbackslash{}",
    ],
    ["α − β · é", "$\\alpha$ $-$ $\\beta$ $\\cdot$ é"],
    ["漢\u202e\n", "[U+6F22][U+202E] "],
  ])("escapes %j", (text, right) => expect(escapeLatex(text)).toBe(right));

  test.each([
    ["E + A/N^alpha + B/D^beta", "$E + A/N^{\\alpha} + B/D^{\\beta}$"],
    [
      "y = floor + coefficient · x^−exponent",
      "$y = \\mathrm{floor} + \\mathrm{coefficient} \\cdot  x^{-\\mathrm{exponent}}$",
    ],
    ["what % this & that", "what \\% this \\& that"],
  ])("writes the formula %s", (formula, right) => expect(formulaLatex(formula)).toBe(right));
});

describe("BibTeX", () => {
  const keys = (path: string, ...args: string[]) =>
    [...isoflop(["export", path, "--as", "bibtex", ...args]).stdout.matchAll(/^@\w+\{([^,]+),$/gm)].map(
      ([, key]) => key,
    );

  test("has the paper, the methods by what the record says, and the program with its version", () => {
    expect(keys(iso())).toEqual(["liang2024scaling", "hoffmann2022training", "isoflop"]);
    expect(keys(surface())).toEqual(["liang2024scaling", "hoffmann2022training", "besiroglu2024chinchilla", "isoflop"]);
    expect(
      keys(saved("kaplan.json", ["fit", "surface", ...epoch, "--form", "kaplan", "--objective", "mse"])),
    ).toContain("kaplan2020scaling");
    expect(keys(law())).toEqual(["liang2024scaling", "isoflop"]);
    const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
    expect(isoflop(["export", iso(), "--as", "bibtex"]).stdout).toContain(`version = {${version}}`);
  });

  test("has braces that are balanced in every field", () => {
    for (const line of isoflop(["export", surface(), "--as", "bibtex"])
      .stdout.split("\n")
      .filter((one) => one.includes(" = {"))) {
      expect(line).toMatch(/^ {2}\w+ = \{.*\},$/);
      expect(line.split("{").length).toBe(line.split("}").length);
    }
  });
});

describe("a study", () => {
  const folder = () => {
    const { fit } = JSON.parse(readFileSync(iso(), "utf8"));
    const prediction = JSON.parse(readFileSync(saved("prediction.json", ["predict", iso(), "--at", "1e23"]), "utf8"))
      .predictions[0];
    const runs = fit.budgets.flatMap((budget: { C: number; runs: readonly object[] }) =>
      budget.runs.map((run) => ({ ...run, C: budget.C })),
    );
    const summary = {
      record: "study",
      preset: "quick",
      device: { backend: "wasm" },
      data: { name: "emoji, 16 px", source: "@iconify-json/noto 1.2.9, sharp", licence: "Apache-2.0" },
      seconds: 100,
      runs: runs.map((run: object, i: number) => ({ ...run, id: `run-${i}`, flops: 1e12, seconds: 2 })),
      fit,
      heldOut: { prediction, measured: { loss: 2, sigma: 0.01 } },
    };
    mkdirSync(scratch("study"), { recursive: true });
    file("study/summary.json", JSON.stringify(summary));
    return scratch("study");
  };

  test("has its runs, optima, laws and prediction with what was measured", () => {
    const { tables, what } = JSON.parse(isoflop(["export", folder(), "--as", "json"]).stdout);
    expect(what).toBe("study");
    expect(Object.keys(tables)).toEqual(["runs", "optima", "laws", "predictions"]);
    expect(tables.runs[0]).toMatchObject({ label: "run-0", flops: 1e12, seconds: 2 });
    expect(tables.predictions.at(-1)).toMatchObject({ quantity: "loss", measured: 2, measured_standard_error: 0.01 });
    expect(JSON.parse(isoflop(["export", `${folder()}/summary.json`, "--as", "json"]).stdout).tables).toEqual(tables);
  });

  test("has its figures, and its data among what is cited", () => {
    const out = scratch("study-paper");
    const { files } = json(["export", folder(), "--as", "bibtex", "--figures", "pdf", "--out", out]);
    const names = (files as unknown as string[]).map((path) => path.slice(out.length + 1));
    expect(names).toEqual(
      expect.arrayContaining(["references.bib", "isoflop.pdf", "laws.pdf", "predicted-measured.pdf"]),
    );
    expect(readFileSync(`${out}/references.bib`, "utf8")).toContain("@misc{notoemoji,");
  });

  test("without a summary is told how to get one", () => {
    mkdirSync(scratch("begun"));
    file("begun/study.json", "{}");
    const { code, stderr } = isoflop(["export", scratch("begun")]);
    expect(code).toBe(3);
    expect(stderr).toContain("has no summary.json yet; isoflop report");
  });
});

describe("files", () => {
  test("of everything, with figures, in one folder", () => {
    const out = scratch("paper");
    const { files, what } = json([
      "export",
      iso(),
      "--as",
      "csv,json,latex,bibtex",
      "--figures",
      "svg,png,pdf",
      "--out",
      out,
    ]);
    expect(what).toBe("fit");
    expect((files as unknown as string[]).map((path) => path.slice(out.length + 1)).sort()).toEqual(
      readdirSync(out).sort(),
    );
    expect(readdirSync(out).sort()).toEqual([
      ...["export.json", "isoflop.pdf", "isoflop.png", "isoflop.svg", "laws.csv", "laws.pdf", "laws.png", "laws.svg"],
      ...["optima.csv", "references.bib", "runs.csv", "tables.tex"],
    ]);
    for (const [name, magic] of [
      ["isoflop.pdf", "%PDF-"],
      ["isoflop.png", "\u0089PNG"],
      ["isoflop.svg", "<svg "],
    ] as const)
      expect(readFileSync(`${out}/${name}`, "latin1").startsWith(magic)).toBe(true);
    const { tables, versions } = JSON.parse(readFileSync(`${out}/export.json`, "utf8"));
    expect(Object.keys(tables)).toEqual(["runs", "optima", "laws"]);
    expect(versions.isoflop).toBeDefined();
  });

  test("of a surface, which holds no runs, with the table that it was made from", () => {
    const out = scratch("surface-paper");
    const bare = isoflop(["export", surface(), "--figures", "pdf", "--out", out]);
    expect(bare).toMatchObject({ code: 2 });
    expect(bare.stderr).toContain("give the table that it was made from: --runs");
    const [, table, ...columns] = epoch;
    const { files } = json([
      "export",
      surface(),
      "--figures",
      "pdf",
      "--out",
      out,
      "--runs",
      table!,
      ...columns.slice(0, 2),
    ]);
    expect(files).toEqual([`${out}/surface.pdf`]);
  });

  test("are not written over those of somebody else, nor is any of them then", () => {
    const out = scratch("theirs");
    mkdirSync(out);
    file("theirs/laws.csv", "mine\n");
    const { code, stderr } = isoflop(["export", iso(), "--as", "csv,latex", "--out", out]);
    expect(code).toBe(2);
    expect(stderr).toContain("laws.csv is a file that isoflop did not write; name another file or add --force");
    expect(readdirSync(out)).toEqual(["laws.csv"]);
    expect(isoflop(["export", iso(), "--as", "csv,latex", "--out", out, "--force"]).code).toBe(0);
  });

  test.each([
    ["figures without a folder", ["--figures", "pdf"], /--figures needs a folder: --out/],
    [
      "several tables on standard output",
      ["--as", "csv"],
      /standard output takes one file, and these are: runs.csv, optima.csv, laws.csv/,
    ],
    ["a table that is not there", ["--table", "points"], /there is no table points; there are: runs, optima, laws/],
    ["a format that is not there", ["--as", "docx"], /"docx" is none of csv, json, latex, bibtex/],
  ])("%s is wrong usage", (_, args, said) => {
    const { code, stderr, stdout } = isoflop(["export", iso(), ...args]);
    expect(code).toBe(2);
    expect(stderr).toMatch(said);
    expect(stdout).toBe("");
  });

  test("a table of runs has no figures; a comparison is none of what is exported", () => {
    expect(
      isoflop(["export", fixture("dit_isoflop_exact"), "--figures", "svg", "--out", scratch("none")]),
    ).toMatchObject({ code: 2 });
    expect(existsSync(scratch("none"))).toBe(false);
    const comparison = saved("comparison.json", [
      "compare",
      fixture("dit_isoflop_exact"),
      fixture("dit_isoflop_noisy"),
    ]);
    expect(isoflop(["export", comparison]).stderr).toContain(
      "is compare; expected a fit, predictions, a study or a table of runs",
    );
  });
});
