import { optimalAllocation, surfaceFrom, surfaceLoss } from "@isoflop/scaling";
import { describe, expect, test } from "vitest";
import { epoch, file, fixture, isoflop, json, llama } from "./isoflop.js";

const number = (value: unknown) => value as number;

describe("a study that counts C its own way", () => {
  const truth = surfaceFrom("chinchilla", { E: 1.69, A: 406.4, B: 410.7, alpha: 0.34, beta: 0.28 });
  const k = 9;
  const rows = [1e18, 3e18, 1e19, 3e19].flatMap((C) => {
    const best = optimalAllocation(truth, C);
    if (!best.ok) throw new Error(best.message);
    return [-1.2, -0.6, 0, 0.6, 1.2].map((x) => {
      const N = best.N * Math.exp(x);
      return [(C * k) / 6, N, C / (6 * N), surfaceLoss(truth, { N, D: C / (6 * N) })].join(",");
    });
  });
  const table = file("nine.csv", ["C,N,D,loss", ...rows].join("\n"));
  const C = 1.5e20;
  const best = optimalAllocation(truth, (C * 6) / k);

  test("is predicted under its own compute, by surface and isoFLOP alike", () => {
    if (!best.ok) throw new Error(best.message);
    const { predictions } = json([
      "predict",
      "--method",
      "surface",
      "-i",
      table,
      "--at",
      String(C),
      "--reach",
      String(best.loss),
    ]);
    const { N, D, loss } = predictions![0]!.predicted!;
    expect(number(N!.value) / best.N).toBeCloseTo(1, 4);
    expect(number(D!.value) / best.D).toBeCloseTo(1, 4);
    expect(number(loss!.value)).toBeCloseTo(best.loss, 5);
    expect(number(predictions![1]!.predicted!.C!.value) / C).toBeCloseTo(1, 3);
    const iso = json(["predict", "-i", table, "--at", String(C)]).predictions![0]!.predicted!.N!;
    expect(number(iso.value) / best.N).toBeCloseTo(1, 1);
  });

  test("says so in its table, and its bias is that of the parabola alone", () => {
    expect(isoflop(["fit", "surface", "-i", table]).stdout).toContain("optimum under C = 9·N·D");
    const { fit } = json(["fit", "surface", "-i", table, "--bias-at", String(C)]);
    expect(number(fit!.flopsPerToken)).toBeCloseTo(k, 9);
    expect(Math.abs(number(fit!.approach2Bias!.relative!.N))).toBeLessThan(0.02);
    const { coefficient, exponent } = fit!.allocation!.N as unknown as Record<string, { value: number }>;
    if (best.ok) expect((coefficient!.value * C ** exponent!.value) / best.N).toBeCloseTo(1, 4);
  });

  test("is planned for in its own compute", () => {
    const noisy = [...rows].map((row, i) =>
      row.replace(/[^,]+$/, (loss) => String(Number(loss) * (1 + 1e-3 * Math.sin(7 * i)))),
    );
    const args = ["plan-next", "-i", file("nine-noisy.csv", ["C,N,D,loss", ...noisy].join("\n"))];
    const plan = json([...args, "--allowance", "1e20", "--target", "1e22"]).plan!;
    expect(number(plan.cost)).toBeLessThanOrEqual(1e20 * (1 + 1e-9));
    expect(number(plan.evenGridCost)).toBeLessThanOrEqual(1e20 * (1 + 1e-6));
    for (const run of plan.runs as unknown as { C: number; N: number; D: number }[])
      expect(run.C / (run.N * run.D)).toBeCloseTo(k, 6);
  });
});

describe("what cannot be answered", () => {
  test("a loss above what any compute gives is refused: status 4", () => {
    const { code, stderr } = isoflop(["predict", "--method", "surface", ...llama, "--reach", "3000"]);
    expect([code, stderr]).toEqual([4, expect.stringMatching(/unreachable: a loss of 3000 is above/)]);
  });

  test("a law without an error is not compared: status 4", () => {
    const two = file("two.json", isoflop(["fit", "law", "-i", "-", "--json"], "x,y\n1,2\n10,1\n").stdout);
    const { code, stderr } = isoflop(["compare", two, two, "--at", "5"]);
    expect([code, stderr]).toEqual([4, expect.stringContaining("too-few-points: two points fix a power law")]);
  });

  test("a bootstrap that cannot be had does not cost the fit", () => {
    const few = json(["fit", "surface", ...epoch, "--objective", "log-huber", "--bootstrap", "3"]);
    expect(few.fit!.bootstrap).not.toHaveProperty("covariance");
    expect(number(few.fit!.parameters!.alpha!.value)).toBeCloseTo(0.3473, 3);
    const akima = ["--optimum", "akima", "--bootstrap", "20", "--resample", "residuals"];
    const refused = ["fit", "isoflop", ...llama, ...akima];
    const { fit, status } = json(refused, { code: 4 });
    expect([fit!.N!.ok, status]).toEqual([true, "converged"]);
    expect(fit!.bootstrap).toMatchObject({ ok: false, message: expect.stringContaining("needs parabolas") });
    const { stdout, stderr } = isoflop(refused);
    expect(stdout).toContain("minimum in ln N by Akima spline");
    expect(stderr).toMatch(/^isoflop: \S+: bootstrap refused: .*needs parabolas/);
  });

  test("a rising law and one that falls faster than 1/x have intervals that hold it", () => {
    for (const law of [(x: number) => 1 + 0.5 * Math.sqrt(x), (x: number) => 1 + 100 * x ** -1.5]) {
      const rows = Array.from({ length: 12 }, (_, i) => 2 ** (i / 2)).map(
        (x) => `${x},${law(x) * (1 + 1e-3 * Math.sin(9 * x))}`,
      );
      const args = ["fit", "law", "-i", "-", "--form", "saturating", "--json"];
      const saved = isoflop(args, ["x,y", ...rows].join("\n")).stdout;
      const { value, interval95 } = json(["predict", "-", "--at", "200"], { stdin: saved }).predictions![0]!.predicted!
        .y!;
      const [low, high] = interval95 as unknown as [number, number];
      expect(low).toBeLessThan(number(value));
      expect(high).toBeGreaterThan(number(value));
    }
  });
});

describe("a saved fit", () => {
  const saved = isoflop(["fit", "surface", ...llama, "--json"]).stdout;
  const whole = JSON.parse(saved) as Record<string, unknown>;

  test.each([
    ["without its numbers", { ...whole, fit: undefined }, "fit is missing"],
    ["without its status", { ...whole, status: undefined }, "status is missing"],
    ["of a form that is none", { ...whole, fit: { ...(whole.fit as object), form: "foo" } }, 'form is "foo"'],
    ["of nothing", { command: "fit isoflop" }, "ok is missing"],
  ])("%s is bad input: status 3", (_, broken, message) => {
    const { code, stderr } = isoflop(["predict", file("broken.json", JSON.stringify(broken)), "--at", "1e22"]);
    expect([code, stderr]).toEqual([3, expect.stringContaining(message)]);
  });

  test("is read with a byte order mark, and whatever the order of its keys", () => {
    const at = (name: string, content: string | Uint8Array) =>
      json(["predict", file(name, content), "--at", "1e22"]).predictions;
    const reference = at("plain.json", saved);
    expect(at("mark.json", `\uFEFF${saved}`)).toEqual(reference);
    expect(at("utf16.json", Buffer.from(`\uFEFF${saved}`, "utf16le"))).toEqual(reference);
    const iso = JSON.parse(isoflop(["fit", "isoflop", "-i", fixture("dit_isoflop_noisy"), "--json"]).stdout) as object;
    const sorted = file("sorted.json", JSON.stringify(Object.fromEntries(Object.entries(iso).sort())));
    const plain = file("iso.json", JSON.stringify(iso));
    expect(json(["compare", sorted, plain]).comparison!.at![0]!.difference!.value).toBe(0);
  });
});

test("nested values have no place in a table", () => {
  const deep = `${"[".repeat(1e5)}${"]".repeat(1e5)}`;
  for (const text of [deep, `[{"C":[1e18],"N":1e6,"loss":2}]`]) {
    const { code, stderr } = isoflop(["fit", "isoflop", "-i", "-"], text);
    expect([code, stderr]).toEqual([3, expect.stringMatching(/^isoflop: standard input: row 1: /)]);
  }
});
