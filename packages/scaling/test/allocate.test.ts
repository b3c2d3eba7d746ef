import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  allocationExponents,
  approach2Bias,
  computeForLoss,
  envelope,
  expectOk,
  misallocation,
  optimalAllocation,
  optimalMultiplier,
  overTrainedLoss,
  overTrainingLaw,
  surfaceFrom,
  surfaceLoss,
} from "../src/index.js";
import { csv, synthetic } from "./data.js";

const chinchilla = surfaceFrom("chinchilla", { E: 1.69, A: 406.4, B: 410.7, alpha: 0.34, beta: 0.28 });

describe("optimal allocation", () => {
  it("equals the reference at 1e24", () => {
    const best = expectOk(optimalAllocation(chinchilla, 1e24));
    expect(best.N / synthetic.iso_chinchilla_xl.true_N_opt_1e24).toBeCloseTo(1, 12);
    expect(best.D / synthetic.iso_chinchilla_xl.true_D_opt_1e24).toBeCloseTo(1, 12);
  });

  it("no other split of the same compute is better, and the search finds the closed form", () => {
    const unit = fc.double({ min: 0.05, max: 0.95, noNaN: true });
    fc.assert(
      fc.property(unit, unit, fc.double({ min: 15, max: 25, noNaN: true }), (alpha, beta, log10C) => {
        const s = surfaceFrom("chinchilla", { E: 1, A: 100, B: 300, alpha, beta });
        const C = 10 ** log10C;
        const best = expectOk(optimalAllocation(s, C));
        for (const factor of [0.9, 1.1]) {
          const N = best.N * factor;
          expect(surfaceLoss(s, { N, D: C / (6 * N) })).toBeGreaterThan(best.loss);
        }
        const searched = optimalAllocation(s, C, { flops: (N, D) => 6 * N * D, sizes: [best.N / 1e6, best.N * 1e6] });
        if (searched.ok) expect(searched.loss / best.loss).toBeCloseTo(1, 10);
      }),
    );
  });

  it("a rule that charges attention moves the optimum to fewer tokens or smaller models at the same compute", () => {
    const flops = (N: number, D: number) => 6 * N * D * (1 + 1e4 / Math.sqrt(N));
    const plain = expectOk(optimalAllocation(chinchilla, 1e20));
    const charged = expectOk(optimalAllocation(chinchilla, 1e20, { flops }));
    expect(flops(charged.N, charged.D) / 1e20).toBeCloseTo(1, 9);
    expect(charged.loss).toBeGreaterThan(plain.loss);
    expect(charged.N).not.toBeCloseTo(plain.N, -6);
  });

  it("Kaplan's surface: the searched optimum follows the exponents in closed form", () => {
    const s = surfaceFrom("kaplan", { Nc: 8.8e13, Dc: 5.4e13, alphaN: 0.076, alphaD: 0.095 });
    const a = expectOk(optimalAllocation(s, 1e20));
    const b = expectOk(optimalAllocation(s, 1e22));
    expect(Math.log(b.N / a.N) / Math.log(100)).toBeCloseTo(allocationExponents(s).N, 5);
  });

  it("compute for a loss inverts the optimal loss; below the floor it is unreachable", () => {
    const best = expectOk(optimalAllocation(chinchilla, 3.7e21));
    expect(expectOk(computeForLoss(chinchilla, best.loss)).C / 3.7e21).toBeCloseTo(1, 9);
    const flops = (N: number, D: number) => 6 * N * D + 1e3 * D;
    const custom = expectOk(optimalAllocation(chinchilla, 3.7e21, { flops }));
    expect(expectOk(computeForLoss(chinchilla, custom.loss, { flops })).C / 3.7e21).toBeCloseTo(1, 6);
    expect(computeForLoss(chinchilla, 1.69)).toMatchObject({ ok: false, reason: "unreachable" });
  });

  it("of Kaplan's surface too, by the same closed form", () => {
    const s = surfaceFrom("kaplan", { Nc: 8.8e13, Dc: 5.4e13, alphaN: 0.076, alphaD: 0.095 });
    for (const C of [1e18, 1e24, 1e45]) {
      const best = expectOk(optimalAllocation(s, C));
      for (const factor of [0.99, 1.01])
        expect(surfaceLoss(s, { N: best.N * factor, D: best.D / factor })).toBeGreaterThan(best.loss);
      expect(Math.log(expectOk(computeForLoss(s, best.loss)).C / C)).toBeCloseTo(0, 6);
    }
    const off = expectOk(misallocation(s, { N: 1e9, D: 1e9 }));
    expect(off.deadweight).toBeGreaterThan(0);
    expect(expectOk(optimalAllocation(s, off.sufficient)).loss).toBeCloseTo(off.loss, 9);
  });

  it("a loss that no compute gives is refused, and one that is no loss is an error", () => {
    expect(computeForLoss(chinchilla, 5000)).toMatchObject({
      ok: false,
      message: expect.stringContaining("above what the least"),
    });
    const floor = surfaceFrom("chinchilla", { E: 1, A: 10, B: 10, alpha: 1, beta: 1 });
    expect(computeForLoss(floor, 1)).toMatchObject({
      ok: false,
      message: expect.stringContaining("the floor is in the way"),
    });
    for (const loss of [Number.NaN, Number.POSITIVE_INFINITY, 0, -1])
      expect(() => computeForLoss(chinchilla, loss)).toThrow(`loss is ${loss}`);
  });

  it("an optimal run wastes nothing, a misallocated one does", () => {
    const best = expectOk(optimalAllocation(chinchilla, 1e21));
    expect(expectOk(misallocation(chinchilla, best)).deadweight).toBeCloseTo(0, 8);
    const off = expectOk(misallocation(chinchilla, { N: best.N * 4, D: best.D / 4 }));
    expect(off.deadweight).toBeGreaterThan(0.3);
    expect(off.excessLoss).toBeGreaterThan(0);
    expect(expectOk(optimalAllocation(chinchilla, off.sufficient)).loss).toBeCloseTo(off.loss, 9);
  });

  it("a surface without a term that falls has no optimum", () => {
    const flat = { form: "chinchilla" as const, theta: [Number.NEGATIVE_INFINITY, 3, 0, 0.3, 0.3] };
    expect(optimalAllocation(flat, 1e20)).toMatchObject({ ok: false, reason: "unidentified" });
    expect(() => optimalAllocation(chinchilla, -1)).toThrow(/C is -1/);
  });
});

describe("Approach-2 bias", () => {
  it("is −5.1002 % in D at 1e24 on the wide symmetric grid", () => {
    const bias = expectOk(approach2Bias(chinchilla, csv("iso_chinchilla_xl"), 1e24));
    expect(bias.relative.D).toBeCloseTo(synthetic.iso_chinchilla_xl.approach2_D_at_1e24_rel_error, 9);
    expect(bias.exponent.N).toBeCloseTo(0, 10);
  });

  it("vanishes for equal exponents", () => {
    const s = surfaceFrom("chinchilla", synthetic.iso_symmetric_l.truth);
    const bias = expectOk(approach2Bias(s, csv("iso_symmetric_l"), 1e24));
    expect(bias.relative.D).toBeCloseTo(0, 10);
  });
});

describe("Approach-2 bias of a study that counts C its own way", () => {
  it("is the same: both optima are under the design's own compute", () => {
    const design = csv("iso_chinchilla_xl");
    const dearer = design.map((run) => ({ ...run, C: 1.5 * run.C }));
    const [plain, exact] = [
      expectOk(approach2Bias(chinchilla, design, 1e24)),
      expectOk(approach2Bias(chinchilla, dearer, 1.5e24)),
    ];
    expect(exact.flopsPerToken).toBeCloseTo(9, 9);
    for (const name of ["N", "D"] as const) expect(exact.relative[name]).toBeCloseTo(plain.relative[name], 9);
  });
});

describe("over-training", () => {
  it("is the tied surface in other coordinates", () => {
    const s = surfaceFrom("tied", { E: 1.5, A: 200, B: 800, alpha: 0.3 });
    const law = overTrainingLaw(s);
    const N = 3e8;
    const D = 5e10;
    expect(overTrainedLoss(law, 6 * N * D, D / N)).toBeCloseTo(surfaceLoss(s, { N, D }), 12);
    const best = expectOk(optimalAllocation(s, 1e21));
    expect(optimalMultiplier(law)).toBeCloseTo(best.D / best.N, 9);
    expect(() => overTrainingLaw(chinchilla)).toThrow(/tied/);
  });
});

describe("envelope (Approach 1)", () => {
  const sizes = Array.from({ length: 25 }, (_, i) => 1e7 * 1.35 ** i);
  const curves = sizes.map((N) => ({
    N,
    points: Array.from({ length: 120 }, (_, k) => {
      const D = N * 0.2 * 1.08 ** k;
      return { D, loss: surfaceLoss(chinchilla, { N, D }) };
    }),
  }));

  it("recovers the exponent of the surface whose curves it sees", () => {
    const fit = expectOk(envelope(curves));
    expect(expectOk(fit.N).exponent.value).toBeCloseTo(allocationExponents(chinchilla).N, 2);
    expect(fit.points.every((p) => p.N !== sizes[0] && p.N !== sizes[24])).toBe(true);
  });

  it("leaves out what a neighbour that stopped early, or began late, could have led", () => {
    const all = Array.from({ length: 11 }, (_, i) => 3e7 * 2 ** (0.6 * i));
    for (const [first, last] of [
      [1e8, 5e9],
      [2e9, 2e10],
    ] as const) {
      const short = all.map((N) => ({
        N,
        points: Array.from({ length: 60 }, (_, i) => {
          const D = first * (last / first) ** (i / 59);
          return { D, loss: surfaceLoss(chinchilla, { N, D }) };
        }),
      }));
      const fit = envelope(short);
      for (const { C, N } of fit.ok ? fit.points : []) {
        const at = (size: number) => surfaceLoss(chinchilla, { N: size, D: C / (6 * size) });
        const k = all.indexOf(N);
        expect(at(N)).toBeLessThanOrEqual(Math.min(at(all[k - 1]!), at(all[k + 1]!)) * (1 + 1e-4));
      }
    }
  });

  it("refuses when only the ends lead, and names a curve out of order", () => {
    expect(envelope(curves.slice(0, 2))).toMatchObject({ ok: false, reason: "too-few-points" });
    const far = [sizes[0]!, sizes[1]!, sizes[2]!].map((N) => ({
      N,
      points: [
        { D: 1e15, loss: 3 },
        { D: 1e16, loss: 3 - N * 1e-9 },
      ],
    }));
    expect(envelope(far)).toMatchObject({ ok: false, reason: "edge-minimum" });
    const odd = [...curves.slice(0, 3), { N: 1e9, points: [...curves[3]!.points].reverse() }];
    expect(() => envelope(odd)).toThrow(/curve 4/);
  });
});
