import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { file, fixture, isoflop, json, llama, scratch } from "./isoflop.js";

const few = ["--forms", "chinchilla,no-floor", "--along", "C,D"];
const ask = ["fit", "rollout", ...llama, ...few];

describe("fit rollout", () => {
  const saved = json(ask);
  const whole = file("rollout.json", JSON.stringify(saved));

  test("prints the record whole", () => {
    expect([saved.command, saved.status, saved.fit!.record]).toEqual(["fit rollout", "converged", "rollout"]);
    expect(saved.points!.used).toBe(133);
    const forms = saved.fit!.forms as unknown as { fit: { form: string }; weight: number }[];
    expect(forms.map(({ fit }) => fit.form)).toEqual(["chinchilla", "no-floor"]);
    expect(forms.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 12);
    const axes = (saved.fit!.cuts as unknown as { along: string }[]).map(({ along }) => along);
    expect(new Set(axes)).toEqual(new Set(["C", "D"]));
  });

  test("says what every form gets, what it said of the rest, the exponents, and its caution", () => {
    const path = scratch("rollout.html");
    const { code, stdout } = isoflop([...ask, "--report", path]);
    expect(code).toBe(0);
    for (const words of [
      "133 points used",
      "log score of roll-outs",
      "no-floor takes no part: others are more than 20 times as likely",
      "held out",
      "R² ",
      "exponent amid 133 runs, over forms",
      "caution: no form foresees the runs that are held out: standard errors are widened",
    ])
      expect(stdout).toContain(words);
    expect(existsSync(path)).toBe(true);
    const page = readFileSync(path, "utf8");
    expect(page.match(/<figure /g)).toHaveLength(4);
    for (const words of ["Forms of surface side by side", "held out above", "chinchilla, 100"])
      expect(page).toContain(words);
    expect(page).not.toMatch(/NaN|undefined/);
  });

  test("is asked of a compute, a model of a compute, a model and a loss", () => {
    const C = 1e22;
    const [best] = json(["predict", whole, "--at", "1e22"]).predictions as unknown as Prediction[];
    const k = Number(saved.fit!.flopsPerToken);
    expect(best!.predicted.N!.value * best!.predicted.D!.value * k).toBeCloseTo(C, -13);
    const N = best!.predicted.N!.value;
    const ofSize = json(["predict", whole, "--at", "1e22", "--size", String(N)])
      .predictions![0] as unknown as Prediction;
    expect(ofSize.predicted.loss!.value).toBeCloseTo(best!.predicted.loss!.value, 10);
    expect(ofSize.given).toEqual({ N, D: C / (k * N), C: expect.closeTo(C, -13) });
    const model = json(["predict", whole, "--size", String(N), "--tokens", String(C / (k * N))]);
    expect(model.predictions![0]).toEqual(ofSize);
    const reach = json(["predict", whole, "--reach", String(best!.predicted.loss!.value)]).predictions![0];
    expect((reach as unknown as Prediction).predicted.C!.value / C).toBeCloseTo(1, 2);
    const { stdout } = isoflop(["predict", whole, "--at", "1e22,1e23"]);
    expect(stdout).toContain("by form of surface: chinchilla");
    expect(stdout).toContain("errors of forms are widened up to");
  });

  test("is what predict makes of a table, where no method is asked for", () => {
    const table = file(
      "table.csv",
      [
        "N,D,loss",
        ...[1e7, 1e8, 1e9, 1e10].flatMap((N) =>
          [1e9, 1e10, 1e11, 1e12].map(
            (D) => `${N},${D},${1.7 + 400 * N ** -0.34 + 500 * D ** -0.3 + 0.002 * Math.sin(7 * Math.log(N * D))}`,
          ),
        ),
      ].join("\n"),
    );
    const { predictions, fit } = json(["predict", "-i", table, "--at", "1e23"]);
    expect(fit!.command).toBe("fit rollout");
    const made = file("made.json", JSON.stringify(json(["fit", "rollout", "-i", table])));
    expect(json(["predict", made, "--at", "1e23"]).predictions).toEqual(predictions);
  });

  test("is a side of a comparison, over its forms", () => {
    const { stdout, code } = isoflop(["compare", whole, whole, "--at", "1e20"]);
    expect(code).toBe(0);
    expect(stdout).toContain("mixture of ");
  });

  test.each([
    [["--forms", "chinchila"], "chinchila"],
    [["--along", "C,L"], "L"],
  ])("%j is wrong usage", (args, named) => {
    const { code, stderr } = isoflop(["fit", "rollout", ...llama, ...args]);
    expect([code, stderr]).toEqual([2, expect.stringContaining(named)]);
  });

  test.each([
    [["--tokens", "1e9"], "--tokens needs --size"],
    [["--at", "1e20", "--size", "1e8", "--tokens", "1e9"], "--at and --tokens are given"],
    [[], "nothing is asked"],
    [["--study", "a"], "--study cannot be asked of a fit rollout"],
  ])("predict %j is wrong usage", (args, message) => {
    const { code, stderr } = isoflop(["predict", whole, ...args]);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  });

  test("too few rows, and a loss that no form reaches, end with status 4", () => {
    const table = file("few.csv", "N,D,loss\n1e7,1e9,3\n1e8,1e10,2.5\n1e9,1e11,2.2\n");
    const refused = json(["fit", "rollout", "-i", table], { code: 4 });
    expect([refused.ok, refused.status]).toEqual([false, "too-few-points"]);
    const floor = isoflop(["predict", whole, "--reach", "0.1"]);
    expect([floor.code, floor.stderr]).toEqual([4, expect.stringContaining("unreachable")]);
  });

  test("a saved fit that is damaged is refused by the name of the field", () => {
    const damaged = file("damaged.json", JSON.stringify(saved).replace('"along":"C"', '"along":"L"'));
    const { code, stderr } = isoflop(["predict", damaged, "--at", "1e22"]);
    expect([code, stderr]).toEqual([
      3,
      expect.stringMatching(/fit\.cuts\[0\]\.along is "L"; .*run isoflop fit rollout/),
    ]);
  });

  test("groups have their exponents side by side", () => {
    const groups = ["-i", fixture("porian_owt2_isoflops"), "--group-by", "config"];
    const { stdout } = isoflop(["fit", "rollout", ...groups, "--forms", "no-floor", "--along", "C"]);
    expect(stdout).toMatch(/base\/short\/chinchilla\/standard\/val +0\.\d+.*\n/);
    expect(stdout).toContain("exponent amid");
  });
});

interface Prediction {
  readonly given: Readonly<Record<string, number>>;
  readonly predicted: Readonly<Record<string, { readonly value: number }>>;
}
