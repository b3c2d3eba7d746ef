import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { file, fixture, isoflop, json, scratch } from "./isoflop.js";

const good = readFileSync(fixture("dit_isoflop_exact"), "utf8").trim();
const lines = good.split("\n");
const porian = ["-i", fixture("porian_owt2_isoflops")];

/** A folder with these files in it. */
const folder = (name: string, files: Readonly<Record<string, string>>): string => {
  mkdirSync(scratch(name));
  for (const [file, text] of Object.entries(files)) writeFileSync(join(scratch(name), file), text);
  return scratch(name);
};

interface Points {
  readonly used: number;
  readonly dropped: readonly { readonly row: number; readonly reason: string; readonly message: string }[];
  readonly otherLabels?: number;
  readonly otherRows?: number;
  readonly columns?: Readonly<Record<string, string>>;
  readonly cautions?: readonly { readonly kind: string; readonly message: string }[];
}

const pointsOf = (args: readonly string[], options?: Parameters<typeof json>[1]) =>
  json(args, options).points as unknown as Points;

describe("which rows are used", () => {
  const two = [
    ...lines.map((line, i) => `${line},${i === 0 ? "task" : "a"}`),
    "1e18,1e7,,,,b",
    "1e18,big,-3,2,0,b",
  ].join("\n");

  test("rows of other labels are not checked", () => {
    const args = ["fit", "isoflop", "-i", file("labels.csv", two), "--columns", "label=task"];
    expect(isoflop(args).stderr).toMatch(/row 56: N is "big"/);
    expect(pointsOf([...args, "--only", "a"])).toMatchObject({ used: 54, dropped: [], otherLabels: 2 });
    const { code, stderr } = isoflop([...args, "--only", "c"]);
    expect([code, stderr]).toEqual([3, expect.stringContaining('no row has the label "c"; there are: a, b')]);
  });

  test("--where chooses by columns and fields, all together", () => {
    const args = ["fit", "isoflop", "-i", file("where.csv", two)];
    expect(pointsOf([...args, "--where", "task=a"])).toMatchObject({ used: 54, otherRows: 2 });
    const budgets = [...args, "--where", "task=a", "--where", "C>=3e17"];
    expect(pointsOf(budgets).used).toBe(45);
    expect(isoflop(budgets).stdout).toContain("  11 rows that --where leaves out\n");
    const { code, stderr } = isoflop([...args, "--where", "tsk=a"]);
    expect([code, stderr]).toEqual([3, expect.stringMatching(/no column "tsk" .*did you mean "task"\? Name them/)]);
    expect(isoflop([...args, "--where", "task"]).code).toBe(2);
    const none = isoflop([...args, "--where", "C>1e30"]);
    expect([none.code, none.stderr]).toEqual([
      3,
      expect.stringContaining("no row that can be used; --where leaves out 56 rows"),
    ]);
  });

  test("points of a law, too", () => {
    const law = [
      "fit",
      "law",
      "-i",
      file("law.csv", "C,L,s\n1,3,a\n2,-1,b\n4,2,a\n8,1.5,a\n8,1.5,a"),
      "--columns",
      "x=C,y=L",
    ];
    expect(pointsOf([...law, "--where", "s=a"])).toMatchObject({ used: 3, otherRows: 1 });
    expect(pointsOf([...law, "--where", "s=a", "--keep-duplicates"]).used).toBe(4);
  });

  test("equal rows are used where they are to be", () => {
    const args = ["fit", "isoflop", "-i", file("equal.csv", `${good}\n${lines[5]}\n`)];
    expect(pointsOf(args)).toMatchObject({ used: 54, dropped: [{ row: 55, reason: "duplicate" }] });
    expect(pointsOf([...args, "--keep-duplicates"])).toMatchObject({ used: 55, dropped: [] });
  });

  test("of a cell only the best, the others listed", () => {
    const worse = lines
      .slice(1)
      .map((line) => line.replace(/,([\d.]+),([\d.]+)$/, (_, loss, fid) => `,${1.05 * loss},${fid}`));
    const args = ["fit", "isoflop", "-i", file("cells.csv", [lines[0], ...worse, ...lines.slice(1)].join("\n"))];
    const points = pointsOf([...args, "--best-per-cell"]);
    expect([points.used, points.cautions]).toEqual([54, undefined]);
    expect(points.dropped.map(({ row, reason }) => [row, reason])).toEqual(worse.map((_, i) => [i + 1, "not-best"]));
    const all = pointsOf(args);
    expect(all.cautions).toMatchObject([{ kind: "one-cell" }]);
    expect(isoflop(args).stdout).toContain("caution: 108 of 108 rows share C, N, D and seed with others");
  });

  test("a run that diverged is named and costs nothing but itself", () => {
    const cells = lines[4]!.split(",");
    const text = [
      ...lines.slice(0, 4),
      [...cells.slice(0, 3), 2.5 * Number(cells[3]), cells[4]].join(","),
      ...lines.slice(5),
    ];
    const args = ["fit", "isoflop", "-i", file("diverged.csv", text.join("\n"))];
    const { fit, points } = json(args);
    expect(points).toMatchObject({ used: 53, dropped: [{ row: 4, reason: "diverged" }] });
    const whole = json(["fit", "isoflop", "-i", fixture("dit_isoflop_exact")]).fit!;
    expect(fit!.N!.exponent!.value).toBeCloseTo(Number(whole.N!.exponent!.value), 6);
    const { stdout } = isoflop(args);
    expect(stdout).toMatch(/^ {2}row 4: diverged: loss 2\.0\d+ is 2\.5 times that of row \d, /m);
    expect(stdout).toContain("  --keep-diverged uses what diverged\n");
    const predicted = isoflop(["predict", "-i", args[3]!, "--at", "1e19"]);
    expect([predicted.code, predicted.stderr]).toEqual([
      0,
      expect.stringMatching(/row 4 is left out: diverged: loss 2/),
    ]);
    // Without that it costs its budget.
    const kept = pointsOf([...args, "--keep-diverged"]);
    expect([kept.used, kept.dropped.length]).toEqual([45, 9]);
    expect(kept.dropped.map(({ reason }) => reason)).not.toContain("diverged");
  });
});

describe("columns", () => {
  const renamed = good.replace("C,N,D,loss", "Training FLOPs,n_params,tokens,val_loss");

  test("common names need no --columns, and are told", () => {
    const args = ["fit", "isoflop", "-i", file("common.csv", renamed)];
    const named = { C: "Training FLOPs", N: "n_params", D: "tokens", loss: "val_loss" };
    const { fit, points } = json(args);
    expect(points).toMatchObject({ used: 54, columns: named });
    expect(fit).toEqual(json(["fit", "isoflop", "-i", fixture("dit_isoflop_exact")]).fit);
    expect(isoflop(args).stdout).toContain(
      "  columns by their common names: C = Training FLOPs, N = n_params, D = tokens, loss = val_loss\n",
    );
    const saved = file("common.json", isoflop([...args, "--json"]).stdout);
    expect(json(["predict", saved, "--at", "1e19"]).predictions![0]!.predicted!.loss).toBeDefined();
    expect(pointsOf(["fit", "isoflop", "-i", fixture("dit_isoflop_exact")])).not.toHaveProperty("columns");
  });

  test("two that could be one are asked for", () => {
    const text = renamed.replace("fid", "model_size").replace("n_params", "non_embedding_params");
    const { code, stderr } = isoflop(["fit", "isoflop", "-i", file("two.csv", text)]);
    expect(code).toBe(3);
    expect(stderr).toMatch(
      /both "non_embedding_params" and "model_size" could be N; name the one it is; name them with --columns/,
    );
  });
});

describe("several tables", () => {
  const of = (budgets: readonly string[]) =>
    [lines[0], ...lines.slice(1).filter((line) => budgets.some((C) => line.startsWith(`${C},`)))].join("\n");
  const small = of(["1e+17", "3e+17", "6e+17"]);
  const large = of(["1e+18", "3e+18", "6e+18"]);

  test("are one, with rows counted through all of them", () => {
    const [a, b] = [file("small.csv", small), file("large.csv", `${large}\n1e18,1e6,,-1,\n${large.split("\n")[1]}`)];
    const whole = json(["fit", "isoflop", "-i", fixture("dit_isoflop_exact")]);
    const { fit, points, input } = json(["fit", "isoflop", "-i", a, "-i", b, "--skip-bad-rows"]);
    for (const name of ["N", "D", "loss"])
      expect(fit![name]!.exponent!.value).toBeCloseTo(Number(whole.fit![name]!.exponent!.value), 12);
    expect(points).toMatchObject({ used: 54 });
    expect((points as unknown as Points).dropped).toEqual([
      { row: 55, reason: "bad-row", message: `${b} row 28: loss is -1; expected a positive finite number` },
      { row: 56, reason: "duplicate", message: `${b} row 29: equal in every field to row 1` },
    ]);
    expect(input).toMatchObject({ file: `${a}, ${b}`, files: [{ file: a }, { file: b }] });
    const { code, stderr } = isoflop(["fit", "isoflop", "-i", a, "-i", b]);
    expect([code, stderr]).toEqual([3, `isoflop: ${b}: row 28: loss is -1; expected a positive finite number\n`]);
    const twice = pointsOf(["fit", "isoflop", "-i", a, "-i", a, "-i", fixture("dit_isoflop_exact")]);
    expect([twice.used, twice.dropped.length]).toEqual([54, 54]);
    expect(isoflop(["fit", "isoflop", "-i", "-", "-i", "-"], good).code).toBe(2);
  });

  test("a folder of them is read, each file's name a label where it is to be", () => {
    const rows = lines.slice(1).map((line) => {
      const [C, N, D, loss] = line.split(",").map(Number);
      return { C, N, D, loss: 1.1 * loss!, label: "x" };
    });
    const jsonl = rows.map((row) => JSON.stringify(row)).join("\n");
    const path = folder("tables", { "base.csv": good, "worse.jsonl": jsonl, "notes.txt": "?", "about.json": "{}" });
    const args = ["fit", "isoflop", "-i", path, "--label-from", "file"];
    expect(pointsOf([...args, "--only", "base"])).toMatchObject({ used: 54, otherLabels: 54 });
    const groups = json([...args, "--group-by", "label"]).groups as unknown as Record<string, { points: Points }>;
    expect(Object.entries(groups).map(([name, { points }]) => [name, points.used])).toEqual([
      ["base", 54],
      ["worse", 54],
    ]);
    expect(pointsOf([...args, "--where", "label!=base"]).used).toBe(54);
    expect(isoflop([...args, "--columns", "label=task"]).code).toBe(2);
    expect(isoflop(["fit", "isoflop", "-i", folder("nothing", { "a.txt": "" })]).stderr).toContain("has no run");
  });

  test("no page is written over one of them", () => {
    const [a, b] = [file("one.csv", small), file("other.csv", large)];
    const { code, stderr } = isoflop(["fit", "isoflop", "-i", a, "-i", b, "--report", b, "--force"]);
    expect([code, stderr]).toEqual([2, expect.stringContaining("--report is the input")]);
    expect(readFileSync(b, "utf8")).toBe(large);
  });
});

describe("a fit for each value of a column", () => {
  test("one after the other, exponents side by side, saved as one", () => {
    const args = ["fit", "isoflop", ...porian, "--group-by", "config"];
    const document = json(args);
    const groups = document.groups as unknown as Record<string, { fit: unknown }>;
    expect([document.command, document.groupBy, Object.keys(groups).length]).toEqual(["fit isoflop", "config", 5]);
    const only = "tuned/short/const/standard/val";
    const alone = json(["fit", "isoflop", ...porian, "--columns", "label=config", "--where", `config=${only}`]);
    const strip = (fit: unknown) =>
      JSON.parse(JSON.stringify(fit, (key, value) => (key === "label" ? undefined : value)));
    expect(strip(groups[only]!.fit)).toEqual(strip(alone.fit));
    const { stdout } = isoflop(args);
    expect(stdout.match(/^config = /gm)).toHaveLength(5);
    expect(stdout).toMatch(/^config +N\* +D\* +loss\* +points +status$/m);
    expect(stdout).toMatch(/^tuned\/short\/const\/standard\/val +0\.\d+ \[.* 116 +converged$/m);

    const saved = file("groups.json", isoflop([...args, "--json"]).stdout);
    const { code, stderr } = isoflop(["predict", saved, "--at", "1e20"]);
    expect([code, stderr]).toEqual([3, expect.stringMatching(/a fit for each config; choose one with --only: base/)]);
    const compared = isoflop(["compare", saved, "chinchilla"]);
    expect([compared.code, compared.stderr]).toEqual([
      3,
      expect.stringMatching(/takes one fit, saved with --where and one of: base/),
    ]);
    expect(json(["predict", saved, "--only", only, "--at", "1e20"]).predictions).toHaveLength(1);
    expect(isoflop(["predict", saved, "--only", "none", "--at", "1e20"]).code).toBe(3);
  });

  test("the worst status is the command's, and a page has a section for each", () => {
    const half = lines.map((line, i) =>
      i === 0 ? `${line},set` : `${line},${/^[13]e\+17/.test(line) ? "few" : "many"}`,
    );
    const page = scratch("groups.html");
    const args = [
      "fit",
      "isoflop",
      "-i",
      file("half.csv", [...half, "1e18,1e6,,nan,,none"].join("\n")),
      "--group-by",
      "set",
    ];
    const { code, stdout, stderr } = isoflop([...args, "--report", page]);
    expect([code, stderr]).toEqual([
      4,
      expect.stringMatching(/^isoflop: too-few-budgets: set = few: .*; set = none: .*no row/),
    ]);
    expect(stdout).toMatch(/^many +0\.\d+ .*converged$/m);
    expect(stdout).toMatch(/^none +– +– +– +0 +too-few-points$/m);
    const html = readFileSync(page, "utf8");
    for (const title of ["Exponents side by side", "set = few", "set = many"]) expect(html).toContain(title);
    expect(html.match(/<svg/g)!.length).toBeGreaterThan(2);
    expect(isoflop(["fit", "isoflop", "-i", fixture("dit_isoflop_exact"), "--group-by", "sets"]).code).toBe(3);
  });

  test("surfaces and laws, too", () => {
    const two = [`${lines[0]},set`, ...["a", "b"].flatMap((set) => lines.slice(1).map((line) => `${line},${set}`))];
    const path = file("sets.csv", two.join("\n"));
    const surfaces = isoflop(["fit", "surface", "-i", path, "--group-by", "set", "--objective", "log-mse"]);
    expect(surfaces.stdout).toMatch(/^set +alpha +beta +N\* +D\* +points +status$/m);
    const laws = json(["fit", "law", "-i", path, "--columns", "x=C,y=fid", "--group-by", "set"]).groups;
    expect(laws!.a!.fit).toEqual(laws!.b!.fit);
  });
});

describe("rows that are not independent", () => {
  /** Eight sizes, each one training that is evaluated twelve times: its luck is in all of its losses. */
  const luck = [0.7, -1.1, 0.4, 1.3, -0.8, 0.2, -1.4, 0.9];
  const curves = [
    "N,D,loss,run",
    ...luck.flatMap((z, i) =>
      Array.from({ length: 12 }, (_, j) => {
        const [N, D] = [1e7 * 2 ** i, 2e8 * 1.5 ** j];
        const loss = (1.7 + 400 / N ** 0.34 + 410 / D ** 0.28) * Math.exp(0.006 * z + 0.0004 * Math.sin(7 * i + 5 * j));
        return `${N},${D},${loss},r${i}`;
      }),
    ),
  ].join("\n");

  test("are told, and drawn together where they are to be", () => {
    const args = ["fit", "surface", "-i", file("curves.csv", curves), "--columns", "label=run"];
    const told = isoflop(args);
    expect([told.code, told.stdout]).toEqual([
      0,
      expect.stringContaining("caution: 96 of 96 rows share N with 5 or more"),
    ]);
    expect(pointsOf(args).cautions).toMatchObject([{ kind: "one-size" }]);
    const width = (cluster: string) => {
      const { alpha } = json([...args, "--bootstrap", "200", "--cluster", cluster]).fit!.bootstrap!
        .parameters! as never;
      const { ci95 } = alpha as { readonly ci95: readonly [number, number] };
      return ci95[1] - ci95[0];
    };
    expect(width("label")).toBe(width("N"));
    expect(width("label")).toBeGreaterThan(1.5 * width("none"));
    expect(
      isoflop(["fit", "surface", "-i", file("no-labels.csv", curves), "--bootstrap", "9", "--cluster", "label"]),
    ).toMatchObject({ code: 2, stderr: expect.stringContaining("expected labels in all rows") });
  });
});
