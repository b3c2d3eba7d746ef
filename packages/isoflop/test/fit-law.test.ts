import { describe, expect, test } from "vitest";
import { file, isoflop, json } from "./isoflop.js";

const x = [1e17, 3e17, 1e18, 3e18, 1e19, 3e19, 1e20, 3e20];
const table = (y: (x: number) => number, separator = ",") =>
  ["compute", "loss"].join(separator) + x.map((v) => `\n${[v, y(v)].join(separator)}`).join("");
const columns = ["--columns", "x=compute,y=loss"];
const number = (value: unknown) => value as number;

describe("fit law", () => {
  test("a power law comes back with its coefficient and exponent", () => {
    const input = file(
      "power.csv",
      table((v) => 2.3943 * v ** -0.0273),
    );
    const { fit } = json(["fit", "law", "-i", input, ...columns]);
    const { law, data } = fit!;
    expect(number(law!.exponent!.value)).toBeCloseTo(-0.0273, 12);
    expect(number(law!.coefficient!.value)).toBeCloseTo(2.3943, 9);
    expect(number(law!.logCoefficient!.value)).toBeCloseTo(Math.log(2.3943), 9);
    expect(isoflop(["fit", "law", "-i", input, ...columns]).stdout).toContain("y = coefficient · x^exponent");
    expect(data!.x).toEqual(x);
  });

  test("a saturating law comes back with its floor, and predicts", () => {
    const truth = (v: number) => 1.5 + 800 * v ** -0.15;
    const input = file("floor.csv", table(truth, ";"));
    const args = ["fit", "law", "-i", input, ...columns, "--form", "saturating"];
    const { law } = json(args).fit!;
    expect(number(law!.floor!.value)).toBeCloseTo(1.5, 4);
    expect(number(law!.exponent!.value)).toBeCloseTo(0.15, 4);
    const saved = isoflop([...args, "--json"]).stdout;
    const { predictions } = json(["predict", "-", "--at", "1e22"], { stdin: saved });
    expect(number(predictions![0]!.predicted!.y!.value)).toBeCloseTo(truth(1e22), 4);
  });

  test.each([
    [0.5, 0, "converged"],
    [0, 4, "bound"],
  ])("a broken law with a floor of %d comes back with its break: status %d", (floor, code, status) => {
    const truth = (v: number) => floor + 30 * v ** -0.05 * (1 + (v / 5e18) ** 2) ** (-0.1 * 0.5);
    const many = Array.from({ length: 24 }, (_, i) => 1e16 * 10 ** (i / 4));
    const input = file("broken.csv", ["compute,loss", ...many.map((v) => `${v},${truth(v)}`)].join("\n"));
    const document = json(["fit", "law", "-i", input, ...columns, "--form", "bnsl"], { code });
    expect(document.status).toBe(status);
    expect(number(document.fit!.law!.breaks![0]!.at!.value) / 5e18).toBeCloseTo(1, 3);
    expect(number(document.fit!.law!.floor!.value)).toBeCloseTo(floor, 3);
  });

  test.each([
    ["power", []],
    ["saturating", []],
    ["saturating", ["--residuals", "raw"]],
    ["bnsl", []],
  ])("%s %j: coefficient, its logarithm, exponent and objective, as predictions have them", (form, more) => {
    const rough = (v: number) => (1.5 + 800 * v ** -0.15) * (1 + 0.01 * Math.sin(Math.log(v)));
    const args = ["fit", "law", "-i", file("rough.csv", table(rough)), ...columns, "--form", form, ...more, "--json"];
    // A floor that may be zero and a break beyond the data end with status 4; the numbers are printed all the same.
    const text = isoflop(args).stdout;
    const saved = JSON.parse(text) as ReturnType<typeof json>;
    const { law, objective } = saved.fit!;
    expect(number(law!.logCoefficient!.value)).toBeCloseTo(Math.log(number(law!.coefficient!.value)), 10);
    expect(number(law!.exponent!.standardError)).toBeGreaterThan(0);
    const predicted = JSON.parse(isoflop(["predict", "-", "--at", x.join(","), "--json"], text).stdout) as typeof saved;
    const squares = x.reduce((sum, v, i) => {
      const value = number(predicted!.predictions![i]!.predicted!.y!.value);
      return sum + (objective!.name === ("squares" as unknown) ? rough(v) - value : Math.log(rough(v) / value)) ** 2;
    }, 0);
    expect(number(objective!.value) / squares).toBeCloseTo(1, 9);
  });

  test("JSON and JSONL say the same as CSV", () => {
    const rows = x.map((compute) => ({ compute, loss: 3 * compute ** -0.03 }));
    const csv = json([
      "fit",
      "law",
      "-i",
      file(
        "same.csv",
        table((v) => 3 * v ** -0.03),
      ),
      ...columns,
    ]);
    const array = json(["fit", "law", "-i", file("same.json", JSON.stringify(rows)), ...columns]);
    const lines = json(["fit", "law", "-i", "-", ...columns], {
      stdin: rows.map((row) => JSON.stringify(row)).join("\r\n"),
    });
    expect(array.fit).toEqual(csv.fit);
    expect(lines.fit).toEqual(csv.fit);
  });

  test.each([
    ["x=compute,y=val", 3, /there is no column "val" \(for y\); there are: compute, loss/],
    ["x=compute,z=loss", 2, /--columns has "z"; expected x=… and y=…, and sigma=… or weight=…/],
    ["x=compute,y=loss,sigma=err", 3, /there is no column "err" \(for sigma\)/],
    ["x=compute,y=loss,sigma=loss,weight=loss", 2, /--columns has sigma and weight; expected one/],
    ["compute", 2, /"compute" is not field=column/],
  ])("columns %s: status %d", (map, status, message) => {
    const { code, stderr } = isoflop([
      "fit",
      "law",
      "-i",
      file(
        "c.csv",
        table(() => 1),
      ),
      "--columns",
      map,
    ]);
    expect(code).toBe(status);
    expect(stderr).toMatch(message);
  });

  test("a value that has no logarithm is named with its row", () => {
    const { code, stderr } = isoflop(["fit", "law", "-i", "-", ...columns], "compute,loss\n1,2\n2,-3\n");
    expect(code).toBe(3);
    expect(stderr).toBe("isoflop: standard input: row 2: y is -3; expected a finite number above 0\n");
  });

  test("a log that begins at step 0 and holds steps twice is fitted as it was trained", () => {
    const step = (i: number) => JSON.stringify({ step: i, loss: 3 * (i + 1) ** -0.1, rate: 1e-3 });
    const log = [...Array.from({ length: 30 }, (_, i) => step(i)), step(28), step(29)].join("\n");
    const args = ["fit", "law", "-i", "-", "--columns", "x=step,y=loss"];
    const { points, fit } = json(args, { stdin: log });
    expect(points!.used).toBe(29);
    expect(fit!.data!.x).toHaveLength(29);
    expect(points!.dropped).toMatchObject([
      { row: 1, reason: "at-zero" },
      { row: 31, reason: "duplicate" },
      { row: 32, reason: "duplicate" },
    ]);
    expect(isoflop(args, log).stdout).toContain("row 1: at-zero: x is 0, where a law of powers has no value");
  });

  test("bad rows are skipped and listed where it is asked for", () => {
    const { points } = json(["fit", "law", "-i", "-", "--skip-bad-rows"], {
      stdin: "x,y\n1,2\n2,NA\n3,-1\n4\n5,1\n6,0.9\n",
    });
    expect(points).toMatchObject({ used: 3, dropped: [{ row: 2 }, { row: 3 }, { row: 4 }] });
    expect(isoflop(["fit", "law", "-i", "-"], "x,y\n0,2\n")).toMatchObject({
      code: 3,
      stderr: "isoflop: standard input: there is no row that can be used\n",
    });
  });

  test("points count by their sigma or their weight, and the saved fit has them", () => {
    const rows = "x,y,s,w\n1,2,0.1,400\n2,1.9,1,3.61\n4,1,0.05,400\n8,0.7,0.07,100\n";
    const args = ["fit", "law", "-i", "-", "--columns"];
    const [bySigma, byWeight, evenly] = ["x=x,y=y,sigma=s", "x=x,y=y,weight=w", "x=x,y=y"].map((columns) =>
      json([...args, columns], { stdin: rows }),
    );
    expect(number(bySigma!.fit!.law!.exponent!.value)).toBeCloseTo(number(byWeight!.fit!.law!.exponent!.value), 12);
    expect(number(evenly!.fit!.law!.exponent!.value)).not.toBeCloseTo(number(byWeight!.fit!.law!.exponent!.value), 3);
    expect(bySigma!.fit!.data!.sigma).toEqual([0.1, 1, 0.05, 0.07]);
    const saved = isoflop([...args, "x=x,y=y,weight=w", "--json"], rows).stdout;
    expect(isoflop(["predict", "-", "--at", "16"], saved).code).toBe(0);
    expect(isoflop([...args, "x=x,y=y,sigma=w"], rows.replace("400", "-1")).stderr).toContain("row 1: sigma is -1");
  });

  test("two points fix a law and say nothing of its error: status 4", () => {
    const { status, fit } = json(["fit", "law", "-i", "-"], { code: 4, stdin: "x,y\n1,2\n10,1\n" });
    expect(status).toBe("too-few-points");
    expect(fit!.law!.exponent!.ci95).toEqual(["-Infinity", "Infinity"]);
  });
});
