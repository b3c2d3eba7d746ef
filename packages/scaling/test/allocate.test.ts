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
