import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { closeSync, constants, openSync, readFileSync, writeSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { bin, file, fixture, isoflop, json, scratch } from "./isoflop.js";

const good = readFileSync(fixture("dit_isoflop_exact"), "utf8");
const fitText = (text: string, ...args: string[]) => isoflop(["fit", "isoflop", "-i", "-", ...args], text);
const lines = good.trim().split("\n");
const record = (line: string) => {
  const [C, N, D, loss] = line.split(",").map(Number);
  return JSON.stringify({ C, N, D, loss });
};

describe("tables that mean the same", () => {
  const reference = json(["fit", "isoflop", "-i", fixture("dit_isoflop_exact")]);
  const records = lines.slice(1).map(record);
  test.each([
    ["CRLF and a byte order mark", `\uFEFF${good.replaceAll("\n", "\r\n")}`],
    ["semicolons", good.replaceAll(",", ";")],
    ["tabs", good.replaceAll(",", "\t")],
    ["quotes", good.replaceAll(/[^,\n]+/g, '"$&"')],
    ["JSON", `[${records.join(",")}]`],
    ["JSONL", records.join("\n")],
    ["another order of rows", [lines[0], ...lines.slice(1).reverse()].join("\n")],
    ["UTF-16, as spreadsheets save it", Buffer.from(`\uFEFF${good.replaceAll(",", "\t")}`, "utf16le")],
    ["a row twice", `${good.trim()}\n${lines[5]}\n`],
  ])("%s", (_, text) => {
    const { fit } = json(["fit", "isoflop", "-i", file("same", text)]);
    for (const name of ["N", "D", "loss"]) {
      expect(fit![name]!.exponent!.value).toBeCloseTo(Number(reference.fit![name]!.exponent!.value), 12);
    }
  });

  test("a column's name may have a comma", () => {
    const text = good.replace("C,N,D,loss", '"compute, in FLOPs",N,D,loss');
    expect(fitText(text, "--columns", "C=compute, in FLOPs,N=N").code).toBe(0);
  });
});

describe("rows that cannot be right", () => {
  const broken = (column: number, value: string) => {
    const cells = lines[4]!.split(",");
    cells[column] = value;
    return [...lines.slice(0, 4), cells.join(","), ...lines.slice(5)].join("\n");
  };
  test.each([
    ["a negative loss", broken(3, "-0.5"), /row 4: loss is -0.5/],
    ["a loss of zero", broken(3, "0"), /row 4: loss is 0/],
    ["an infinite size", broken(1, "inf"), /row 4: N is Infinity/],
    ["a perplexity", broken(3, "180"), /row 4: loss is 180; above 100/],
    ["millions of parameters as a unit", broken(1, "0.5"), /row 4: N is 0.5/],
    ["a word", broken(3, "n/a"), /row 4: loss is "n\/a"; expected a number/],
    ["a decimal comma", broken(3, '"0,81"'), /with a decimal point/],
    ["a missing cell", good.replace(lines[4]!, "1,2"), /row 4: 2 cells, but the header names 5 columns/],
    ["an open quote", `${good}"1,2`, /row 5\d: a quoted cell is never closed/],
    ["an empty file", "", /no header line/],
    ["a list of nothing", "[]", /there are: none; name them/],
    ["a header and nothing else", "C,N,loss\n", /there is no row that can be used/],
  ])("%s: status 3, the row is named", (_, text, message) => {
    const { code, stdout, stderr } = fitText(text);
    expect([code, stdout]).toEqual([3, ""]);
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^isoflop: standard input: .*\n$/);
  });

  test("with --skip-bad-rows they are left out and listed", () => {
    const { stdout, code } = fitText(broken(3, "-0.5"), "--skip-bad-rows", "--json");
    expect(code).toBe(0);
    const { points } = JSON.parse(stdout) as { points: { used: number; dropped: unknown[] } };
    expect(points.used).toBe(53);
    expect(points.dropped).toEqual([{ row: 4, reason: "bad-row", message: expect.stringContaining("loss is -0.5") }]);
  });

  test.each([
    ["a word", broken(3, "NA"), 4],
    ["a row of another width", good.replace(lines[4]!, "1e18,3e7"), 4],
    ["a line that is no JSON", `{\n${lines.slice(1).map(record).join("\n")}`, 1],
  ])("%s is skipped and listed like any other", (_, text, row) => {
    expect(fitText(text, ...(text.startsWith("{") ? ["--format", "jsonl"] : [])).code).toBe(3);
    const options = ["--skip-bad-rows", ...(text.startsWith("{") ? ["--format", "jsonl"] : [])];
    const { stdout, code } = fitText(text, ...options);
    expect(code).toBe(0);
    expect(stdout).toContain(`  row ${row}: bad-row: `);
    expect(stdout).toMatch(/points used, 1 dropped/);
  });

  test("NaN in JSON, as Python writes it, is a diverged run", () => {
    const text = lines
      .slice(1)
      .map(record)
      .join("\n")
      .replace(/"loss":[\d.e+-]+/, '"loss": NaN');
    for (const table of [text, `[${text.replaceAll("\n", ",\n")}]`]) {
      const { stdout, code } = fitText(table);
      expect(code).toBe(0);
      expect(stdout).toContain("row 1: no-loss");
      expect(stdout).toContain("53 points used, 1 dropped");
    }
  });

  test("a metric needs no column of the loss", () => {
    const rows = lines.map((line) =>
      line
        .split(",")
        .filter((_, column) => column !== 3)
        .join(","),
    );
    const args = ["--quantity", "fid", "--json"];
    const without = JSON.parse(fitText(rows.join("\n"), ...args).stdout) as ReturnType<typeof json>;
    const whole = JSON.parse(fitText(good, ...args).stdout) as ReturnType<typeof json>;
    for (const name of ["N", "D", "loss"]) expect(without.fit![name]).toEqual(whole.fit![name]);
    const gap = fitText([...rows, "1e20,1e8,1e12,"].join("\n"), "--quantity", "fid");
    expect(gap.stdout).toContain("row 55: no-quantity: fid is missing");
    expect(fitText("C,N\n1e18,1e6\n", "--quantity", "fid").stderr).toContain('there is no column "fid"');
  });

  test("further predictors stand in the runs of the saved fit", () => {
    const { fit } = json(["fit", "isoflop", "-i", fixture("dit_isoflop_exact"), "--columns", "input:U=D"]);
    const { runs } = fit!.budgets![0]! as unknown as { runs: { D: number; inputs: { U: number } }[] };
    expect(runs.length).toBeGreaterThan(4);
    for (const { D, inputs } of runs) expect(inputs).toEqual({ U: D });
    expect(fitText(good, "--columns", "input:U=nope").stderr).toContain('there is no column "nope" (for U)');
    expect(fitText(good, "--columns", "input:=D").code).toBe(2);
  });

  test("a diverged run is left out with its reason", () => {
    const { stdout, code } = fitText(broken(3, "nan"));
    expect(code).toBe(0);
    expect(stdout).toContain("row 4: no-loss");
  });

  test("one size at a budget is a refused budget, not an error", () => {
    const { stdout, code } = fitText(`${good.trim()}\n1e20,1e8,${1e20 / 6e8},0.7,50\n`);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^1e20 .*refused: too few sizes/m);
  });
});

describe("wrong usage", () => {
  const runs = fixture("dit_isoflop_exact");
  test.each([
    [["nope"], "unknown command 'nope'; see isoflop --help"],
    [["fit", "isflop"], "(Did you mean isoflop?); see isoflop fit --help"],
    [["fit", "isoflop"], "required option '-i, --input <file>' not specified; see isoflop fit isoflop --help"],
    [
      ["fit", "isoflop", "-i", runs, "--optimum", "best"],
      "Allowed choices are parabola, huber, akima, cubic, slice; see isoflop fit isoflop --help",
    ],
    [["fit", "isoflop", "-i", runs, "--boostrap", "9"], "(Did you mean --bootstrap?)"],
    [["fit", "isoflop", "-i", runs, "--bootstrap", "1.5"], "Expected a whole number"],
    [
      ["fit", "isoflop", "-i", runs, "--columns", "X=C"],
      '--columns has "X"; expected C, N, D, loss, sigma, seed, label, U, experts, metric:NAME, sigma:NAME or input:NAME',
    ],
    [["compare", runs], "there is nothing to compare with; expected a second file, or --by with a column of the first"],
    [["compare", runs, runs, "--by", "arch"], "--by takes both sides from one table; expected no second file"],
    [["compare", runs, runs, "--law", "power", "--method", "surface"], "--law is for laws of compute alone"],
    [["compare", runs, runs, "--law", "power", "--form", "tied"], "--form is of --method surface"],
    [["compare", runs, runs, "--draws", "2e8"], "draws is 200000000; expected a whole number from 1 to 1000000"],
    [["sample", "run", "--count", "1e9"], "Expected a whole number from 1 to 4096; see isoflop sample --help"],
    [["plan-next", "-i", runs, "--target", "1e20"], "required option '--allowance <amount>' not specified"],
  ])("%j: status 2", (args, message) => {
    const { code, stdout, stderr } = isoflop(args);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(message);
  });

  test("a file that is not there: status 3; --debug shows where", () => {
    expect(isoflop(["fit", "isoflop", "-i", "nope.csv"])).toEqual({
      code: 3,
      stdout: "",
      stderr: "isoflop: cannot read nope.csv: there is no such file\n",
    });
    expect(isoflop(["fit", "isoflop", "-i", "nope.csv", "--debug"]).stderr).toMatch(/\n {4}at /);
  });

  test("a missing column is named with those that are there", () => {
    const { code, stderr } = isoflop(["fit", "isoflop", "-i", runs, "--columns", "loss=val"]);
    expect(code).toBe(3);
    expect(stderr).toContain('there is no column "val" (for loss); there are: C, N, D, loss, fid');
  });
});

test("standard input is waited for where it does not block", async () => {
  const pipe = scratch("pipe");
  spawnSync("mkfifo", [pipe]);
  const end = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK);
  const source = openSync(pipe, "w");
  // The descriptor passes through a shell, as Node gives its own children a standard input that blocks.
  const command = ["-c", 'exec "$0" "$1" fit isoflop -i - --json <&3', process.execPath, bin];
  const child = spawn("sh", command, { stdio: ["ignore", "pipe", "pipe", end] });
  closeSync(end);
  const said: Record<"out" | "err", string> = { out: "", err: "" };
  child.stdout!.on("data", (chunk) => (said.out += chunk));
  child.stderr!.on("data", (chunk) => (said.err += chunk));
  const half = good.length >> 1;
  for (const part of [good.slice(0, half), good.slice(half)]) {
    await sleep(600);
    writeSync(source, part);
  }
  closeSync(source);
  const [code] = (await once(child, "close")) as [number];
  expect([code, said.err]).toEqual([0, ""]);
  expect(JSON.parse(said.out)).toMatchObject({
    status: "converged",
    points: { used: good.trim().split("\n").length - 1 },
  });
});
