import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { epoch, file, fixture, isoflop, json, llama } from "./isoflop.js";

const number = (value: unknown) => value as number;
const saved = (name: string, args: readonly string[]) => file(name, isoflop([...args, "--json"]).stdout);

describe("predict", () => {
  test("the paper's laws at 1.5e21, from a saved fit and from the runs alike", () => {
    const fit = saved("exact.json", ["fit", "isoflop", "-i", fixture("dit_isoflop_exact")]);
    const { predictions } = json(["predict", fit, "--at", "1.5e21"]);
    const { N, D, loss } = predictions![0]!.predicted!;
    expect(number(N!.value) / (0.0009 * 1.5e21 ** 0.5681)).toBeCloseTo(1, 9);
    expect(number(D!.value) * 6 * number(N!.value)).toBeCloseTo(1.5e21, -15);
    expect(number(loss!.value)).toBeCloseTo(2.3943 * 1.5e21 ** -0.0273, 4);
    const direct = json(["predict", "--method", "isoflop", "--input", fixture("dit_isoflop_exact"), "--at", "1.5e21"]);
    expect(number(direct.predictions![0]!.predicted!.N!.value)).toBe(number(N!.value));
  });

  test("an interval widens with the distance, and a size that is not the best costs loss", () => {
    const fit = saved("noisy.json", ["fit", "isoflop", "-i", fixture("dit_isoflop_noisy")]);
    const loss = (...args: string[]) => json(["predict", fit, ...args]).predictions![0]!.predicted!.loss!;
    const width = (at: string) => {
      const [low, high] = loss("--at", at).interval95 as unknown as [number, number];
      return high - low;
    };
    expect(width("1e21")).toBeGreaterThan(width("1e19"));
    expect(number(loss("--at", "1e19", "--size", "1e9").value)).toBeGreaterThan(number(loss("--at", "1e19").value));
  });

  test("a surface answers for a compute, a model and a loss, and they agree", () => {
    const fit = saved("surface.json", ["fit", "surface", ...epoch]);
    const at = json(["predict", fit, "--at", "1e22"]).predictions![0]!.predicted!;
    const [N, D, L] = ["N", "D", "loss"].map((name) => number(at[name]!.value)) as [number, number, number];
    expect(6 * N * D).toBeCloseTo(1e22, -16);
    const model = json(["predict", fit, "--size", String(N), "--tokens", String(D)]).predictions![0]!;
    expect(number(model.predicted!.loss!.value)).toBeCloseTo(L, 12);
    expect(number(model.notes!.deadweight)).toBeCloseTo(0, 6);
    const reach = json(["predict", fit, "--reach", String(L)]).predictions![0]!.predicted!;
    expect(number(reach.C!.value) / 1e22).toBeCloseTo(1, 6);
    const [low, high] = reach.C!.ci95 as unknown as [number, number];
    expect(low).toBeLessThan(1e22);
    expect(high).toBeGreaterThan(1e22);
  });

  test("a loss below the floor is refused: status 4", () => {
    const { code, stderr } = isoflop(["predict", "--method", "surface", ...epoch, "--reach", "1.5"]);
    expect([code, stderr]).toEqual([4, expect.stringMatching(/^isoflop: unreachable: a loss of 1.5/)]);
  });

  test.each([
    [["--at", "1e20"], 2, "there is nothing to work from; expected a saved fit or --input"],
    [["FIT", "--tokens", "1e9"], 2, "--tokens cannot be asked of a fit isoflop; expected --at, --size"],
    [["FIT"], 2, "a compute is needed: --at C"],
    [["FIT", "--at", "-3"], 2, "Expected a finite number above 0; see isoflop predict --help"],
    [["TABLE", "--at", "1e20"], 3, "is not a fit"],
  ])("%j: status %d", (args, status, message) => {
    const fit = saved("fit.json", ["fit", "isoflop", ...llama]);
    const words = args.map((word) => ({ FIT: fit, TABLE: fixture("llama3_isoflops") })[word] ?? word);
    const { code, stderr } = isoflop(["predict", ...words]);
    expect(code).toBe(status);
    expect(stderr).toContain(message);
  });
});

describe("compare", () => {
  /** The same study with every loss 2 % higher: by the law, worse by a fixed factor of compute. */
  const worse = () => {
    const rows = fixtureRows("dit_isoflop_exact").map(([C, N, D, loss, fid]) => [C, N, D, 1.02 * Number(loss), fid]);
    return file("worse.csv", ["C,N,D,loss,fid", ...rows.map((row) => row.join(","))].join("\n"));
  };

  test("effective compute of a law that is 2 % worse is 1.02^(1/0.0273)", () => {
    const args = ["--law", "power", "--at", "1e19,1e21"];
    const document = json(["compare", fixture("dit_isoflop_exact"), worse(), ...args]).comparison!;
    for (const at of [document.at![0]!, document.at![1]!]) {
      expect(number(at.b!.value) / number(at.a!.value)).toBeCloseTo(1.02, 9);
      expect(number(at.effectiveCompute!.value)).toBeCloseTo(1.02 ** (1 / 0.0273), 5);
    }
    expect(document.crossing).toMatchObject({ ok: false, reason: "unreachable" });
  });

  test("a saved fit compares as its table does", () => {
    const fit = saved("a.json", ["fit", "isoflop", "-i", fixture("dit_isoflop_exact")]);
    const args = [worse(), "--method", "isoflop", "--at", "1e20", "--seed", "3"];
    const of = (file: string) => json(["compare", file, ...args]).comparison!;
    expect(of(fit).at).toEqual(of(fixture("dit_isoflop_exact")).at);
  });

  test("a saved surface compares nearly as its table does", () => {
    const fit = saved("surface.json", ["fit", "surface", "-i", fixture("dit_isoflop_noisy")]);
    const of = (file: string) => json(["compare", file, worse(), "--at", "1e18"]).comparison!.at![0]!.effectiveCompute!;
    const [ofFit, ofTable] = [of(fit), of(fixture("dit_isoflop_noisy"))];
    expect(number(ofFit.value)).toBeCloseTo(number(ofTable.value), 6);
    for (const end of [0, 1])
      expect(Math.abs(Math.log(number(ofFit.ci95![end]) / number(ofTable.ci95![end])))).toBeLessThan(0.1);
  });

  test("the two values of a column are two sides; more are told", () => {
    const rows = ["exact", "noisy"].flatMap((name) =>
      fixtureRows(`dit_isoflop_${name}`).map((row) => [...row.slice(0, 4), name]),
    );
    const both = file("both.csv", ["C,N,D,loss,kind", ...rows.map((row) => row.join(","))].join("\n"));
    const of = (args: readonly string[]) => json(["compare", ...args, "--at", "1e18"]).comparison!;
    const apart = of([fixture("dit_isoflop_exact"), fixture("dit_isoflop_noisy")]);
    const together = of([both, "--by", "kind"]);
    expect(together.at).toEqual(apart.at);
    expect([together.a!.name, together.b!.name]).toEqual(["A: exact", "B: noisy"]);
    const { stdout } = isoflop(["compare", both, "--by", "kind"]);
    expect(stdout).toContain(`A: exact of ${both}, chinchilla surface of 54 runs`);
    const { code, stderr } = isoflop(["compare", both, "--by", "C"]);
    expect([code, stderr]).toEqual([2, expect.stringMatching(/has 6 values of C: .*; --by takes a column of two/)]);
  });

  test("what is said: the ratio and its change, the crossing, and the exponents beside each other", () => {
    const { stdout } = isoflop(["compare", fixture("dit_isoflop_exact"), worse()]);
    expect(stdout).toMatch(/B needs [\d.]+ times the compute of A for the same loss, \[.*\], p < 0\.001 for equality/);
    // These optima are a power law without a floor, which the surface of a table does not know.
    expect(stdout).toMatch(/caution, [AB].*: .*parabolas through the budgets fit better/);
    expect(stdout).toMatch(/the ratio changes with compute: d ln ratio/);
    const byOptima = isoflop(["compare", fixture("dit_isoflop_exact"), worse(), "--method", "isoflop"]).stdout;
    expect(byOptima).toMatch(/B needs 2\.07 times .*no change of the ratio with compute is seen/);
    expect(byOptima).not.toContain("caution");
    expect(stdout).toMatch(/no crossing is stated: the laws do not cross between 1e16 and 6e19 FLOPs/);
    for (const name of ["exponent of N*", "exponent of D*", "exponent of L* − E", "floor E"])
      expect(stdout).toContain(name);
    const crossed = isoflop(["compare", fixture("dit_isoflop_exact"), worse(), "--law", "power"]).stdout;
    expect(crossed).toMatch(/caution, A and B: a pure power law through losses that have a floor/);
  });

  test("columns may differ between the two", () => {
    const renamed = file("renamed.csv", fixtureText("dit_isoflop_exact").replace("C,N,D,loss", "C,N,D,val"));
    const { at } = json(["compare", fixture("dit_isoflop_exact"), renamed, "--columns-b", "loss=val"]).comparison!;
    expect(at![0]!.difference!.value).toBe(0);
  });
});

test("a surface of a metric predicts the metric by its name", () => {
  const noisy = ["-i", fixture("dit_isoflop_noisy"), "--quantity", "fid", "--at", "1e19"];
  const { predictions } = json(["predict", "--method", "surface", ...noisy], { code: 4 });
  const { predicted, quantity } = predictions![0]!;
  expect(quantity).toBe("fid");
  expect(isoflop(["predict", "--method", "surface", ...noisy]).stdout).toMatch(/^fid at the optimum +[\d.]+/m);
  expect(number(predicted!.loss!.value) / (2.2566e6 * 1e19 ** -0.234)).toBeCloseTo(1, 0);
});

describe("compare a metric", () => {
  const [exact, noisy] = [fixture("dit_isoflop_exact"), fixture("dit_isoflop_noisy")];

  test("the laws are of the metric", () => {
    const { at, quantity } = json(["compare", exact, noisy, "--quantity", "fid", "--law", "power", "--at", "1e19"])
      .comparison!;
    expect(quantity).toBe("fid");
    expect(number(at![0]!.a!.value) / (2.2566e6 * 1e19 ** -0.234)).toBeCloseTo(1, 2);
  });

  test("a law of the loss is not compared with one of a metric: status 2", () => {
    const fit = saved("fid.json", ["fit", "isoflop", "-i", exact, "--quantity", "fid"]);
    const { code, stderr } = isoflop(["compare", exact, fit]);
    expect([code, stderr]).toEqual([2, `isoflop: ${fit} is a law of fid; expected one of loss\n`]);
  });
});

describe("plan-next", () => {
  const surfaceFit = () => saved("plan.json", ["fit", "surface", ...epoch, "--bootstrap", "100"]);

  test("the runs cost no more than allowed and teach more than an even grid", () => {
    const args = ["--allowance", "1e22", "--target", "1e24", "--optimum", "N"];
    const plan = json(["plan-next", surfaceFit(), ...args]).plan!;
    const runs = plan.runs as unknown as { C: number; N: number; D: number; count: number }[];
    const cost = runs.reduce((sum, { C, count }) => sum + C * count, 0);
    expect(cost).toBeLessThanOrEqual(1e22 * (1 + 1e-12));
    expect(number(plan.cost)).toBeCloseTo(cost, -10);
    for (const { C, N, D } of runs) expect((6 * N * D) / C).toBeCloseTo(1, 9);
    const { now, planned, evenGrid } = plan.standardError!;
    expect(number(planned)).toBeLessThan(number(evenGrid));
    expect(number(evenGrid)).toBeLessThan(number(now));
  });

  test("the bootstrap's uncertainty is another one, and has to be there", () => {
    const path = surfaceFit();
    const args = ["--allowance", "1e22", "--target", "1e24"];
    const now = (...more: string[]) => json(["plan-next", path, ...args, ...more]).plan!.standardError!.now;
    const delta = now();
    expect(now("--posterior", "bootstrap")).not.toBe(delta);
    const { code, stderr } = isoflop(["plan-next", ...epoch, ...args, "--posterior", "bootstrap"]);
    expect([code, stderr]).toEqual([2, "isoflop: --posterior bootstrap needs a fit surface with --bootstrap\n"]);
  });

  test("a surface whose floor is at its bound is not planned with: status 4", () => {
    const args = [
      "-i",
      fixture("porian_owt2_isoflops"),
      "--columns",
      "label=config",
      "--only",
      "base/long/kaplan/kaplan/train",
    ];
    const bound = saved("bound.json", ["fit", "surface", ...args, "--objective", "varpro"]);
    expect(isoflop(["plan-next", bound, "--allowance", "1e20", "--target", "1e22"]).code).toBe(4);
  });
});

const fixtureText = (name: string): string => readFileSync(fixture(name), "utf8");

const fixtureRows = (name: string): string[][] =>
  fixtureText(name)
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => line.split(","));
