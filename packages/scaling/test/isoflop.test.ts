import { describe, expect, it } from "vitest";
import {
  bootstrapIsoFlop,
  bootstrapIsoFlopAsync,
  expectOk,
  groupByBudget,
  isInterior,
  isoFlop,
  isoFlopProfile,
  jackknifeIsoFlop,
  normals,
  type Run,
  random,
  saturatingLaw,
} from "../src/index.js";
import { csv, dit, expected, type IsoFlopReference, llama3, porian, synthetic } from "./data.js";

const METHODS = [
  ["parabola_loss", {}],
  ["parabola_logloss", { scale: "log" }],
  ["akima", { optimum: "akima", scale: "log" }],
] as const;

const SETS: [string, readonly Run[], IsoFlopReference][] = [
  ["Llama 3", llama3(), expected.llama3.isoflop],
  ["CS336", csv("cs336_isoflops"), expected.cs336.isoflop],
  ...Object.entries(expected.porian_owt2 as Record<string, { isoflop: IsoFlopReference }>).map(
    ([config, value]): [string, readonly Run[], IsoFlopReference] => [config, porian(config), value.isoflop],
  ),
];

describe.each(SETS)("Approach 2 on %s", (_, runs, reference) => {
  it.each(METHODS)("%s gives the reference laws", (key, options) => {
    const fit = isoFlop(runs, options);
    const want = reference[key]!;
    const pairs = [
      [fit.N, want.N_opt],
      [fit.D, want.D_opt],
      [fit.loss, want.L_opt_powerlaw],
    ] as const;
    for (const [law, target] of pairs) {
      if (!target) continue;
      const got = expectOk(law);
      expect(got.points).toBe(target.n);
      expect(got.exponent.value).toBeCloseTo(target.exponent, 10);
      expect(got.logCoefficient.value).toBeCloseTo(target.log_coef, 8);
      expect(got.exponent.standardError).toBeCloseTo(target.exponent_se, 10);
      expect(got.logCoefficient.standardError).toBeCloseTo(target.log_coef_se, 8);
      expect(got.r2).toBeCloseTo(target.r2, 10);
    }
    fit.budgets.filter(isInterior).forEach((budget) => {
      const row = want.budgets.find((b) => b.C === budget.C)!;
      expect(budget.optimum.N.value / row.N_star).toBeCloseTo(1, 9);
      expect(budget.optimum.loss.value).toBeCloseTo(row.L_star, 10);
    });
  });

  it("drops the budgets the reference drops, with a reason each", () => {
    const { dropped } = isoFlop(runs);
    const unused = reference.parabola_loss!.budgets.filter((b) => b.used === false).map((b) => b.C);
    expect(dropped.map((b) => b.C)).toEqual(unused);
    for (const budget of dropped)
      expect(budget.message).toContain(`C = ${budget.C.toExponential().replace("e+", "e")}`);
  });
});

describe("published numbers", () => {
  it("Llama 3: D* = 0.29936 C^0.53678", () => {
    const D = expectOk(isoFlop(llama3()).D);
    expect(D.coefficient.value).toBeCloseTo(0.29935514474627667, 6);
    expect(D.exponent.value).toBeCloseTo(0.5367791270945961, 6);
  });

  it.each([
    ["base/long/kaplan/kaplan/train", 0.8707],
    ["base/long/kaplan/standard/val", 0.7036],
    ["base/short/kaplan/standard/val", 0.6047],
    ["base/short/chinchilla/standard/val", 0.5671],
    ["tuned/short/const/standard/val", 0.5181],
  ])("Porian %s: Akima exponent %d", (config, exponent) => {
    const fit = isoFlop(porian(config), { optimum: "akima", scale: "log" });
    expect(Math.abs(expectOk(fit.N).exponent.value - exponent)).toBeLessThan(0.003);
  });

  it("the diffusion transformer's laws come back from exact parabolas to 1e-9, FID among them", () => {
    const runs = dit("exact");
    const { truth } = synthetic.dit_isoflop_exact;
    const loss = isoFlop(runs);
    const fid = isoFlop(runs, { quantity: "fid", scale: "log" });
    for (const [law, coefficient, exponent] of [
      [loss.N, truth.N_coef, truth.N_exp],
      [loss.D, truth.D_coef, truth.D_exp],
      [loss.loss, truth.L_coef, truth.L_exp],
    ] as const) {
      const got = expectOk(law);
      expect(Math.abs(got.coefficient.value / coefficient - 1)).toBeLessThan(1e-9);
      expect(Math.abs(got.exponent.value - exponent)).toBeLessThan(1e-9);
    }
    expect(Math.abs(expectOk(fid.loss).coefficient.value / truth.fid_coef - 1)).toBeLessThan(1e-9);
    expect(Math.abs(expectOk(fid.loss).exponent.value - truth.fid_exp)).toBeLessThan(1e-9);
  });

  it("noisy set: the reference laws, and the truth inside every interval", () => {
    const fit = isoFlop(dit("noisy"));
    const { truth, approach2 } = synthetic.dit_isoflop_noisy;
    const N = expectOk(fit.N);
    expect(N.exponent.value).toBeCloseTo(approach2.N_opt.exponent, 10);
    expect(N.exponent.ci95[0]).toBeLessThan(truth.N_exp);
    expect(N.exponent.ci95[1]).toBeGreaterThan(truth.N_exp);
    expect(fit.noise.standardDeviation).toBeGreaterThan(5e-4);
    expect(fit.noise.standardDeviation).toBeLessThan(1.1e-3);
  });

  it("Chinchilla surface on a symmetric wide grid: exact exponent, coefficient 5.1 % low", () => {
    const D = expectOk(isoFlop(csv("iso_chinchilla_xl")).D);
    expect(D.exponent.value).toBeCloseTo(synthetic.iso_chinchilla_xl.approach2.D_opt.exponent, 10);
    expect(D.logCoefficient.value / Math.LN10).toBeCloseTo(-0.5780918539074318, 9);
    const symmetric = expectOk(isoFlop(csv("iso_symmetric_l")).D);
    expect(symmetric.exponent.value).toBeCloseTo(0.5, 12);
  });

  it("saturating L(C) reaches the reference objective and floor", () => {
    for (const [, runs, reference] of SETS) {
      const want = (reference as unknown as { L_opt_saturating: { E: number; alpha: number; half_sse_log: number } })
        .L_opt_saturating;
      const optima = isoFlop(runs).budgets.filter(isInterior);
      const law = expectOk(
        saturatingLaw(
          optima.map((b) => b.C),
          optima.map((b) => b.optimum.loss.value),
        ),
      );
      expect(law.objective / want.half_sse_log).toBeLessThan(1 + 1e-9);
      expect(law.floor.value).toBeCloseTo(want.E, 6);
      expect(law.exponent.value).toBeCloseTo(want.alpha, 6);
    }
  });
});

const curve = (C: number, optimum: number, kappa = 0.01, sizes = [-1, -0.5, 0, 0.5, 1]): Run[] =>
  sizes.map((x) => {
    const N = Math.exp(Math.log(optimum) + x);
    return { C, N, D: C / (6 * N), loss: 1 + kappa * x * x };
  });

describe("refusals", () => {
  it("a minimum outside the sizes is an edge minimum, without an optimum", () => {
    const profile = isoFlopProfile(1e12, curve(1e12, 1e5, 0.01, [0.2, 0.4, 0.6, 0.8, 1]));
    expect(profile.status).toBe("edge-minimum");
    expect("optimum" in profile).toBe(false);
  });

  it("a curve that bends down is not convex", () => {
    expect(isoFlopProfile(1e12, curve(1e12, 1e5, -0.01)).status).toBe("not-convex");
  });

  it("three sizes, or one point, or identical sizes are too few", () => {
    expect(isoFlopProfile(1e12, curve(1e12, 1e5).slice(0, 3)).status).toBe("too-few-sizes");
    expect(isoFlopProfile(1e12, curve(1e12, 1e5).slice(0, 1)).status).toBe("too-few-sizes");
    const same = curve(1e12, 1e5).map((run) => ({ ...run, N: 1e5 }));
    expect(isoFlopProfile(1e12, same).status).toBe("too-few-sizes");
  });

  it("two usable budgets are too few for a law", () => {
    const fit = isoFlop([...curve(1e12, 1e5), ...curve(3e12, 2e5), ...curve(9e12, 1e5, -0.01)]);
    expect(fit.N.ok).toBe(false);
    if (!fit.N.ok) expect(fit.N.reason).toBe("too-few-budgets");
    expect(fit.dropped).toMatchObject([{ C: 9e12, reason: "not-convex" }]);
  });

  it("warns of flat, off-centre and outlying profiles", () => {
    expect(isoFlopProfile(1e12, curve(1e12, 1e5, 0.01, [-0.1, 0.2, 0.5, 0.9, 1.2])).warnings).toContain("off-centre");
    const odd = curve(1e12, 1e5, 0.01, [-1, -0.7, -0.4, 0, 0.4, 0.7, 1]).map((run, i) => ({
      ...run,
      loss: i === 2 ? 1.2 : run.loss + (i % 2) * 1e-4,
    }));
    expect(isoFlopProfile(1e12, odd).warnings).toEqual(expect.arrayContaining(["flat", "outlier"]));
  });
});

describe("outliers", () => {
  it("are called one time in a hundred among normal runs, few or many, and never in exact data", () => {
    const normal = normals(random(31));
    for (const count of [7, 20, 400]) {
      let called = 0;
      const budgets = 400;
      for (let b = 0; b < budgets; b++) {
        const runs = curve(
          1e12,
          1e5,
          0.01,
          Array.from({ length: count }, (_, i) => (2 * i) / (count - 1) - 1),
        ).map((run) => ({ ...run, loss: run.loss + 1e-3 * normal() }));
        if (isoFlopProfile(1e12, runs).warnings.includes("outlier")) called++;
      }
      expect(called / budgets).toBeLessThan(0.03);
    }
    for (const options of [{}, { quantity: "fid", scale: "log" }] as const) {
      for (const budget of isoFlop(dit("exact"), options).budgets) expect(budget.warnings).toEqual([]);
    }
  });
});

describe("grouping", () => {
  it("puts rounded budgets together and unsorted ones in order", () => {
    const runs = [3e12, 1.02e12, 1e12, 2.95e12, 0.99e12].map((C): Run => ({ C, N: 10, D: 10, loss: 1 }));
    const budgets = groupByBudget(runs, 0.1);
    expect(budgets.map((b) => b.runs.length)).toEqual([3, 2]);
    expect(budgets[0]!.C).toBeCloseTo(1.0033e12, -9);
    expect(budgets[0]!.spread).toBeGreaterThan(0.01);
  });
});

describe("nominal budgets", () => {
  it("gather scattered compute and list what belongs to none", () => {
    const runs = [...curve(1e12, 1e5), ...curve(1.08e12, 1e5), ...curve(2e12, 1.5e5)];
    const fit = isoFlop(runs, { budgets: [1e12, 4e12], tolerance: 0.15 });
    expect(fit.budgets.map((b) => b.points)).toEqual([10]);
    expect(fit.unassigned.map((run) => run.C)).toEqual([2e12, 2e12, 2e12, 2e12, 2e12]);
    expect(() => isoFlop(runs, { budgets: [-1] })).toThrow(/budgets are -1/);
  });
});

describe("vertex errors", () => {
  it("known noise propagates to the vertex as a simulation of it does", () => {
    const runs = curve(1e12, 1e5).map((run) => ({ ...run, sigma: 0.0005 }));
    const profile = isoFlopProfile(1e12, runs);
    if (!profile.parabola) throw new Error("no parabola");
    // d x*/dy by the closed form for the symmetric five-point design: var b = σ²/Σx², x* = −b/2κ.
    expect(profile.parabola.N.fromKnownNoise!.x).toBeCloseTo(0.0005 / Math.sqrt(2.5) / (2 * 0.01), 10);
  });

  it("the Huber parabola ignores an outlier that moves the plain one", () => {
    const runs = curve(1e12, 1e5, 0.01, [-1.5, -1, -0.5, 0, 0.5, 1, 1.5]).map((run, i) =>
      i === 5 ? { ...run, loss: run.loss + 0.05 } : run,
    );
    const at = (optimum: "parabola" | "huber") => {
      const profile = isoFlopProfile(1e12, runs, { optimum });
      return Math.abs(profile.parabola!.N.x.value - Math.log(1e5));
    };
    expect(at("parabola")).toBeGreaterThan(0.2);
    expect(at("huber")).toBeLessThan(0.02);
  });
});

describe("bootstrap of the laws", () => {
  it("agrees with the reference intervals when runs are drawn within budgets", () => {
    const result = expectOk(bootstrapIsoFlop(llama3(), { seed: 3, resamples: 400 }));
    const [low, median, high] = expected.llama3.isoflop.bootstrap95_stratified.N_opt_exponent as [
      number,
      number,
      number,
    ];
    expect(result.N.exponent.median).toBeCloseTo(median, 2);
    const width = result.N.exponent.ci95[1] - result.N.exponent.ci95[0];
    expect(width / (high - low)).toBeGreaterThan(0.8);
    expect(width / (high - low)).toBeLessThan(1.2);
  });

  it("is the same for the same seed and differs for another", () => {
    const options = { resamples: 50, resample: "residuals", at: [1e22] } as const;
    const a = expectOk(bootstrapIsoFlop(llama3(), { ...options, seed: 1 }));
    expect(bootstrapIsoFlop(llama3(), { ...options, seed: 1 })).toEqual(a);
    expect(bootstrapIsoFlop(llama3(), { ...options, seed: 2 })).not.toEqual(a);
  });

  it("asynchronously gives the same draws, and stops when asked", async () => {
    const options = { resamples: 40, seed: 2, resample: "residuals" } as const;
    expect(await bootstrapIsoFlopAsync(llama3(), options)).toEqual(bootstrapIsoFlop(llama3(), options));
    const controller = new AbortController();
    const work = bootstrapIsoFlopAsync(llama3(), {
      ...options,
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    await expect(work).rejects.toMatchObject({ code: "aborted" });
  });

  it("refuses when resampling few sizes leaves too few", () => {
    const runs = [1e12, 2e12, 4e12, 8e12].flatMap((C) => curve(C, 1e5 * Math.sqrt(C / 1e12)));
    const result = bootstrapIsoFlop(runs, { resamples: 60 });
    expect(result.ok).toBe(false);
    if (!result.ok) expect(result.reason).toBe("too-many-failed-resamples");
  });

  it.each([
    [4, 5],
    [8, 7],
  ])("the jackknife of %i budgets of %i sizes is the scatter of repeated studies", (budgets, sizes) => {
    const normal = normals(random(51));
    const places = Array.from({ length: sizes }, (_, i) => (3 * i) / (sizes - 1) - 1.5);
    const study = () =>
      Array.from({ length: budgets }, (_, b) => 1e18 * 3 ** b).flatMap((C) =>
        curve(C, 1e8 * (C / 1e18) ** 0.5, 0.03, places).map((run) => ({ ...run, loss: run.loss + 2e-3 * normal() })),
      );
    const exponents: number[] = [];
    let claimed = 0;
    const studies = 150;
    for (let i = 0; i < studies; i++) {
      const runs = study();
      exponents.push(expectOk(isoFlop(runs).N).exponent.value);
      claimed += jackknifeIsoFlop(runs).N / studies;
    }
    const spread = Math.sqrt(exponents.reduce((s, v) => s + (v - 0.5) ** 2, 0) / studies);
    expect(claimed / spread).toBeGreaterThan(0.75);
    expect(claimed / spread).toBeLessThan(1.6);
  });

  it("BCa agrees with the percentile interval, and is refused where no budget can be left out", () => {
    const runs = dit("noisy");
    const options = { resamples: 300, seed: 5, interval: "bca" } as const;
    const bca = expectOk(bootstrapIsoFlop(runs, options));
    expect(bca.N.exponent.ci95[0]).toBeLessThan(bca.N.exponent.value);
    expect(bca.N.exponent.ci95[1]).toBeGreaterThan(bca.N.exponent.value);
    const three = runs.filter((run) => run.C < 8e17);
    expect(bootstrapIsoFlop(three, { ...options, resample: "residuals" })).toMatchObject({
      ok: false,
      reason: "too-few-budgets",
      message: expect.stringContaining("a BCa interval needs 4 budgets"),
    });
  });
});

it("a metric is fitted with its own errors, as the loss is with its sigma", () => {
  const noisy = [1e18, 1e19, 1e20].flatMap((C, b) =>
    [0.3, 0.6, 1, 1.7, 3].map((size, i): Run => {
      const N = 0.1 * C ** 0.5 * size;
      const value = 3 + 0.1 * Math.log(size) ** 2 - 0.2 * b + 0.01 * Math.sin(7 * b + 3 * i);
      const sigma = 0.002 * (1 + i);
      return { C, N, D: C / (6 * N), loss: value, sigma, metrics: { vlb: value }, standardErrors: { vlb: sigma } };
    }),
  );
  const [loss, vlb] = [isoFlop(noisy), isoFlop(noisy, { quantity: "vlb" })];
  expect(vlb.choices.weights).toBe("sigma");
  expect(expectOk(vlb.N)).toEqual(expectOk(loss.N));
  expect(expectOk(vlb.loss)).toEqual(expectOk(loss.loss));
  const { standardErrors: _, ...first } = noisy[0]!;
  expect(isoFlop([first, ...noisy.slice(1)], { quantity: "vlb" }).choices.weights ?? "alike").toBe("alike");
});
