import {
  type Comparison,
  expectOk,
  fitLaw,
  type LawFit,
  planNext,
  type Run,
  type SurfaceFit,
  spaced,
  surface,
} from "@isoflop/scaling";
import { random } from "./study.js";

const best = (C: number) => 0.1 * C ** 0.5;
/** Chinchilla's form with a known optimum; ±0.4 % of noise. */
const noisy = random(5);
export const runs: Run[] = [1e18, 1e19, 1e20].flatMap((C) =>
  [0.15, 0.4, 1, 2.5, 6].map((f, i) => {
    const N = f * best(C);
    const D = C / (6 * N);
    const loss = (1.7 + 400 * N ** -0.34 + 500 * D ** -0.3) * (1 + 0.008 * (noisy() - 0.5));
    return { C, N, D, loss, row: i + 1 };
  }),
);

export const surfaceFit: SurfaceFit = expectOk(surface(runs));

export const x = Array.from({ length: 12 }, (_, i) => 1e17 * 1e3 ** (i / 11));
/** 1.5 + 20·x^−0.06 within ±0.2 %. */
export const y = x.map((at) => (1.5 + 20 * at ** -0.06) * (1 + 0.004 * (noisy() - 0.5)));

export const lawOf = (form: string, options: Readonly<Record<string, unknown>> = {}): LawFit =>
  expectOk(fitLaw(form, x, y, options));

export const plan = expectOk(planNext(surfaceFit, { target: { C: 1e22, quantity: "loss" }, allowance: 3e20 }));

/** y = coefficient · x^exponent at some points, and as the curve of a side. */
const side = (name: string, coefficient: number, exponent: number): Comparison["a"] => {
  const at = (C: number) => coefficient * C ** exponent;
  const computes = [1e17, 1e18, 1e19, 1e20];
  return {
    name,
    law: "power law through 4 points",
    fitted: [1e17, 1e20],
    points: { x: computes, y: computes.map((C, i) => at(C) * (1 + 1e-4 * (-1) ** i)) },
    curve: spaced(1e17, 1e22, 31).map((C) => ({ C, loss: at(C), ci95: [0.999 * at(C), 1.001 * at(C)] })),
  };
};

const none = { value: 0, ci95: [0, 0], pValue: 1 } as const;
const exactly = (value: number) => ({ value, ci95: [value, value] as const });

/** B needs 3 (C / 10¹⁹)^−½ times the compute. */
const ratioAt = (C: number) => 3 * (C / 1e19) ** -0.5;

export const comparison: Comparison = {
  record: "comparison",
  quantity: "loss",
  a: side("A & <old>", 10, -0.04),
  b: side("B", 14, -0.047),
  window: [1e16, 1e21],
  crossing: { ok: true, C: 1e21, ci95: [5e20, 4e21], below: "a" },
  crossingShare: 1,
  trend: {
    ok: true,
    range: [1e17, 1e20],
    ratio: { value: 5, ci95: [4, 6], pValue: 0.001 },
    slope: { value: -0.5, ci95: [-0.6, -0.4], pValue: 0.001 },
  },
  ratios: [...spaced(1e16, 1e21, 20), 1e17, 1e20]
    .sort((p, q) => p - q)
    .map((C) => ({ C, value: ratioAt(C), ci95: [0.8 * ratioAt(C), 1.25 * ratioAt(C)] })),
  at: [
    {
      ...{ C: 1e19, a: exactly(10 * 1e19 ** -0.04), b: exactly(1), difference: none },
      effectiveCompute: { value: 3, ci95: [2, 4.5] },
    },
    {
      ...{ C: 1e20, a: exactly(10 * 1e20 ** -0.04), b: exactly(1), difference: none },
      effectiveCompute: { value: Number.POSITIVE_INFINITY, ci95: [1, Number.POSITIVE_INFINITY] },
    },
  ],
  constants: {},
  draws: 100,
  seed: 0,
};
