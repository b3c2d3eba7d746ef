import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { epoch, file, fixture, isoflop, llama, scratch } from "./isoflop.js";

interface Reported {
  readonly code: number | null;
  readonly stdout: string;
  readonly page: string;
  /** SVG of every figure as a desk shows it. */
  readonly wide: readonly string[];
}

let written = 0;

/** Runs a command with `--report` and reads the page. */
const reported = (args: readonly string[], stdin = ""): Reported => {
  const path = scratch(`report-${written++}.html`);
  const { code, stdout, stderr } = isoflop([...args, "--report", path], stdin);
  if (!existsSync(path)) throw new Error(`status ${code}, no report: ${stderr}`);
  const page = readFileSync(path, "utf8");
  const wide = [...page.matchAll(/<div class="wide">([\s\S]*?)<\/div>\n/g)].map(([, svg]) => svg!);
  return { code, stdout, page, wide };
};

const saved = (name: string, args: readonly string[], stdin = "") =>
  file(name, isoflop([...args, "--json"], stdin).stdout);
const marks = (svg: string, className: string, element: string): number =>
  [...svg.matchAll(new RegExp(`<g [^>]*class="${className}"[^>]*>([\\s\\S]*?)</g>`, "g"))].reduce(
    (sum, [, inner]) => sum + inner!.split(`<${element}`).length - 1,
    0,
  );

const lawTable = [
  "compute,loss",
  ...[1e17, 1e18, 1e19, 1e20, 1e21, 1e22].map((x) => `${x},${1.5 + 800 * x ** -0.15}`),
].join("\n");
const lawArgs = ["fit", "law", "-i", "-", "--columns", "x=compute,y=loss"];

describe("every report", () => {
  const surface = ["fit", "surface", ...epoch];
  test.each<[string, readonly string[], string, number]>([
    ["fit isoflop", ["fit", "isoflop", ...llama], "", 2],
    ["fit surface", surface, "", 3],
    ["fit law", [...lawArgs, "--form", "saturating"], lawTable, 2],
    ["predict", ["predict", "--method", "surface", ...epoch, "--at", "1e23"], "", 2],
    ["compare", ["compare", fixture("dit_isoflop_exact"), fixture("dit_isoflop_noisy")], "", 2],
    ["plan-next", ["plan-next", ...epoch, "--allowance", "1e22", "--target", "1e24"], "", 1],
    ["flops", ["flops", "DiT-XL/2"], "", 1],
  ])("%s has its figures for a desk and a phone, and the terminal's text", (_, args, stdin, figures) => {
    const { code, stdout, page, wide } = reported(args, stdin);
    expect(code).toBe(0);
    expect(page.match(/<figure /g)).toHaveLength(figures);
    expect(page.match(/<div class="narrow"><svg/g)).toHaveLength(figures);
    for (const svg of wide) expect(svg).toMatch(/^<svg [\s\S]*<\/svg>$/);
    const said = page
      .slice(page.indexOf("</figure>"))
      .replace(/<svg[\s\S]*?<\/svg>|<[^>]*>/g, " ")
      .replaceAll("&quot;", '"')
      .replaceAll("&lt;", "<")
      .replaceAll("&amp;", "&")
      .replace(/\s+/g, " ");
    for (const line of stdout.trim().split("\n")) {
      if (!/^[─ ]+$/.test(line)) expect(said).toContain(line.trim().replace(/\s+/g, " "));
    }
    expect(page).not.toMatch(/src="http|<link|NaN|undefined/);
    for (const [, name] of page.matchAll(/var\((--[\w-]+)\)/g)) expect(page).toContain(`${name}:`);
  });

  test("of many runs draws an even sample, and says so", () => {
    const rows = Array.from({ length: 6000 }, (_, i) => {
      const [C, x] = [10 ** (18 + (i % 5) / 2), ((i * 7919) % 6000) / 3000 - 1];
      const N = 0.1 * C ** 0.5 * Math.exp(x);
      return `${C},${N},${1.8 + 480 / N ** 0.35 + 2100 / (C / (6 * N)) ** 0.37}`;
    });
    const table = ["C,N,loss", ...rows].join("\n");
    const { page, wide } = reported(["fit", "isoflop", "-i", "-"], table);
    const dots = marks(wide[0]!, "run", "circle");
    expect(Math.abs(dots - 2000)).toBeLessThan(20);
    expect(page).toContain(`Of 6000 runs an even sample of ${dots} is drawn.`);
  });

  test("of a law through two hundred thousand rows is a page that a browser opens", () => {
    const rows = Array.from(
      { length: 200_000 },
      (_, i) => `${i + 1},${1.5 + 8 * (i + 1) ** -0.3 * (1 + 1e-3 * Math.sin(i))}`,
    );
    const { page, wide } = reported(["fit", "law", "-i", file("long.csv", `x,y\n${rows.join("\n")}`)]);
    expect(page.length).toBeLessThan(3e6);
    const dots = marks(wide[0]!, "point", "circle");
    expect(Math.abs(dots - 2000)).toBeLessThan(20);
    expect(page).toContain(`Of 200000 points an even sample of ${dots} is drawn.`);
  });

  test("of huge numbers is drawn, or refused in words", () => {
    const law = ["fit", "law", "-i", "-"];
    expect(reported(law, "x,y\n1e18,3e7\n2e18,5e7\n3e18,1e200\n4e18,9e7\n5e18,1e8\n").wide).toHaveLength(2);
    const fit = saved("huge.json", ["fit", "isoflop", "-i", fixture("dit_isoflop_noisy")]);
    const flawless = saved("huge-law.json", law, lawTable.replace("compute,loss", "x,y"));
    for (const [file, at] of [
      [fit, "1e300"],
      [flawless, "1e300"],
      [flawless, "1e-300"],
    ] as const) {
      const path = scratch(`huge-${written++}.html`);
      const { code, stderr } = isoflop(["predict", file, "--at", at, "--report", path]);
      expect([0, 1, 4]).toContain(code);
      if (code === 0) expect(readFileSync(path, "utf8")).not.toMatch(/NaN|Infinity/);
      else expect(stderr).toMatch(/^isoflop: [^\n]*\n$/);
    }
  });

  test("of a metric names it on every axis", () => {
    const args = ["fit", "surface", "-i", fixture("dit_isoflop_noisy"), "--quantity", "fid", "--objective", "log-mse"];
    const { page } = reported(args);
    expect(page).toContain("<h1>fid surface</h1>");
    expect(page).toContain("predicted fid");
    expect(page).toContain("optimal fid");
  });

  test("is the same bytes for the same input", () => {
    expect(reported(surface).page).toBe(reported(surface).page);
  });

  test("stands beside the JSON", () => {
    const { stdout, page } = reported([...lawArgs, "--json"], lawTable);
    expect(JSON.parse(stdout)).toMatchObject({ command: "fit law" });
    expect(page).toContain("<figure ");
  });

  test("of a column with a hostile name is text", () => {
    const { page } = reported(
      ["fit", "law", "-i", "-", "--columns", 'x=a<b & "c",y=loss'],
      lawTable.replace("compute", '"a<b & ""c"""'),
    );
    expect(page).not.toContain("a<b");
    expect(page).toContain("a&lt;b");
  });

  test.each(["-", ""])("has to be a file, not %j: status 2", (name) => {
    const { code, stdout, stderr } = isoflop(["flops", "DiT-S/8", "--report", name]);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain("Expected a file's name");
  });
});

describe("fit isoflop", () => {
  /** Points of every fitted curve. */
  const points = (svg: string) =>
    [...svg.matchAll(/<g [^>]*class="parabola"[^>]*>\s*<path d="([^"]*)"/g)].map(
      ([, d]) => d!.split(/[ML]/).length - 1,
    );

  test("against D, the runs and every minimum are drawn", () => {
    const { wide, page } = reported(["fit", "isoflop", ...llama, "--x", "D"]);
    expect(wide[0]).toContain("data D, tokens");
    expect(marks(wide[0]!, "run", "circle")).toBe(133);
    expect(marks(wide[0]!, "vertex", "path")).toBe(10);
    expect(page).toContain("parabolas in ln D");
  });

  test("of a metric says which, and draws it", () => {
    const args = ["-i", fixture("dit_isoflop_exact"), "--columns", "metric:fid=fid", "--quantity", "fid"];
    const { wide, page } = reported(["fit", "isoflop", ...args]);
    expect(page).toContain("<h1>fid at equal compute</h1>");
    expect(wide[0]).toContain("↑ fid");
    expect(wide[1]).toContain("optimal fid");
  });

  test.each([
    ["akima", "log", "the Akima splines of the logarithm"],
    ["akima", "raw", "the Akima splines in ln N"],
    ["parabola", "log", "parabolas of the logarithm, transformed back"],
    ["huber", "raw", "Huber"],
  ])("%s of the %s loss is drawn as what it is", (optimum, scale, words) => {
    const { wide, page } = reported([
      ...["fit", "isoflop", "-i", fixture("porian_owt2_isoflops"), "--columns", "label=config"],
      ...["--only", "base/short/chinchilla/standard/val", "--optimum", optimum, "--loss", scale],
    ]);
    expect(page).toContain(words);
    const curves = points(wide[0]!);
    expect(curves.length).toBeGreaterThan(3);
    expect(new Set(curves)).toEqual(new Set([121]));
  });
});

describe("fit surface", () => {
  test("every run has a dot in the plane and in both panels of residuals; the worst are named by row", () => {
    const { wide } = reported(["fit", "surface", ...epoch, "--objective", "log-huber"]);
    expect(marks(wide[0]!, "run", "circle")).toBe(240);
    expect(marks(wide[1]!, "residual", "circle")).toBe(480);
    expect(wide[1]).toContain("row 245");
    expect(wide[2]).toContain("exponent 0.514");
    expect(wide[2]).toContain("floor 1.817");
  });

  test("without an optimum or errors, the contours and runs are drawn all the same", () => {
    const { code, wide } = reported([
      ...["fit", "surface", "-i", fixture("porian_owt2_isoflops"), "--columns", "label=config"],
      ...["--only", "base/long/kaplan/kaplan/train", "--objective", "varpro"],
    ]);
    expect(code).toBe(4);
    expect(wide[0]).toContain('class="contour"');
  });

  test("a refused fit has a page with its reason and no figure", () => {
    const few = readFileSync(fixture("cs336_isoflops"), "utf8").split("\n").slice(0, 5).join("\n");
    const { code, page } = reported(["fit", "surface", "-i", file("few.csv", few)]);
    expect(code).toBe(4);
    expect(page).toContain("too-few-points");
    expect(page).not.toContain("<figure ");
  });
});

describe("fit law", () => {
  test.each([
    ["power", []],
    ["saturating", ["floor"]],
  ])("%s", (form, present) => {
    const { wide } = reported([...lawArgs, "--form", form], lawTable);
    expect(marks(wide[0]!, "point", "circle")).toBe(6);
    expect(wide[0]).toContain('class="extrapolation"');
    expect(wide[0]).toContain('class="band"');
    for (const name of present) expect(wide[0]).toContain(`class="${name}"`);
  });

  test("a broken law has its break marked", () => {
    const truth = (v: number) => 0.5 + 30 * v ** -0.05 * (1 + (v / 5e18) ** 2) ** (-0.1 * 0.5);
    const many = Array.from({ length: 24 }, (_, i) => 1e16 * 10 ** (i / 4));
    const table = ["compute,loss", ...many.map((v) => `${v},${truth(v)}`)].join("\n");
    const { wide } = reported([...lawArgs, "--form", "bnsl"], table);
    expect(wide[0]).toMatch(/break (5|4\.99\d|5\.0\d*)×10¹⁸/);
    expect(wide[0]).not.toContain('class="band"');
  });

  test("two points, which say nothing of the error, are drawn without a band", () => {
    const { code, wide } = reported(["fit", "law", "-i", "-"], "x,y\n1,2\n10,1\n");
    expect(code).toBe(4);
    expect(wide).toHaveLength(1);
    expect(wide[0]).not.toContain('class="band"');
  });
});

describe("predict", () => {
  test("an isoFLOP fit has three laws, with every point asked", () => {
    const fit = saved("iso-predict.json", ["fit", "isoflop", ...llama]);
    const { wide } = reported(["predict", fit, "--at", "3e22,1e23"]);
    expect(wide).toHaveLength(1);
    expect(marks(wide[0]!, "asked", "path")).toBe(6);
    expect(marks(wide[0]!, "interval", "line")).toBe(6);
    expect(marks(wide[0]!, "law-interval", "line")).toBe(4);
    expect(marks(wide[0]!, "point", "circle") + marks(wide[0]!, "optimum", "path")).toBe(30);
  });

  test("a saved surface has no runs, and says so; a model and a wanted loss stand in the plane", () => {
    const fit = saved("surface-predict.json", ["fit", "surface", ...epoch]);
    const { wide, page } = reported(["predict", fit, "--size", "7e10", "--tokens", "1.4e12", "--reach", "2.05"]);
    expect(wide).toHaveLength(1);
    expect(marks(wide[0]!, "asked", "path")).toBe(2);
    expect(marks(wide[0]!, "run", "circle")).toBe(0);
    expect(page).toContain("There are no runs");
    const runs = reported(["predict", "--method", "surface", ...epoch, "--at", "1e23"]);
    expect(marks(runs.wide[0]!, "run", "circle")).toBe(240);
  });

  test("a law has its points and the x asked, on either side of them", () => {
    const fit = saved("law-predict.json", [...lawArgs, "--form", "saturating"], lawTable);
    const { wide } = reported(["predict", fit, "--at", "1e15,1e24"]);
    expect(marks(wide[0]!, "asked", "path")).toBe(2);
    expect(marks(wide[0]!, "point", "circle")).toBe(6);
  });
});

test("compare draws both laws with what they were fitted to, the step of effective compute, and the ratio along compute", () => {
  const rows = readFileSync(fixture("dit_isoflop_exact"), "utf8").trim().split("\n");
  const worse = rows.map((row, i) => {
    const [C, N, D, loss, fid] = row.split(",");
    return i === 0 ? row : [C, N, D, Number(loss) * 1.01 * (Number(C) / 1e18) ** -0.004, fid].join(",");
  });
  const args = ["compare", fixture("dit_isoflop_exact"), file("b.csv", worse.join("\n")), "--at", "1e18"];
  const { wide } = reported([...args, "--method", "isoflop"]);
  expect(marks(wide[0]!, "point-a", "circle")).toBe(6);
  expect(marks(wide[0]!, "point-b", "circle")).toBe(6);
  expect(marks(wide[0]!, "step", "line")).toBe(1);
  expect(wide[0]).toContain("B: b.csv");
  for (const svg of wide) expect(svg).toContain("cross at");
  expect(marks(wide[1]!, "ratio", "path")).toBe(1);
  const { wide: ofSurfaces } = reported(args);
  expect(marks(ofSurfaces[0]!, "point-a", "circle")).toBe(54);
});

test("plan-next draws every planned run, the even grid, and the runs where it has them", () => {
  const fit = saved("plan-report.json", ["fit", "surface", ...epoch]);
  const args = ["--allowance", "1e22", "--target", "1e24", "--optimum", "N"];
  const { stdout } = isoflop(["plan-next", fit, ...args, "--json"]);
  const { plan } = JSON.parse(stdout) as { plan: { runs: unknown[]; evenGrid: unknown[] } };
  const { runs, evenGrid } = plan;
  const { wide, page } = reported(["plan-next", fit, ...args]);
  expect(marks(wide[0]!, "planned", "circle")).toBe(runs.length);
  expect(marks(wide[0]!, "even", "circle")).toBe(evenGrid.length);
  expect(page).toContain("A saved fit has no runs");
  expect(marks(reported(["plan-next", ...epoch, ...args]).wide[0]!, "run", "circle")).toBe(240);
});

test("flops draws a bar per part, forward and backward", () => {
  const { wide, stdout } = reported(["flops", "DiT-XL/2"]);
  const rows = stdout.match(/^ {2}\w+ +[\d,]+ +[\d.]+ %$/gm)!;
  expect(wide[0]!.match(/class="forward"/g)).toHaveLength(rows.length);
  expect(wide[0]!.match(/class="backward"/g)).toHaveLength(rows.length);
  expect(wide[0]).toContain("attention projections");
});
