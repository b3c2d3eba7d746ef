import {
  expectOk,
  fitLaw,
  type LawComparison,
  type LawFit,
  planNext,
  type Run,
  type SurfaceFit,
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

/** A law that needs no fit: y = coefficient · x^exponent. */
const exact = (coefficient: number, exponent: number) => {
  const computes = [1e17, 1e18, 1e19, 1e20];
  const ys = computes.map((C, i) => coefficient * C ** exponent * (1 + 1e-4 * (-1) ** i));
  const { law, data } = expectOk(fitLaw("power", computes, ys));
  return { law, data };
};

const laws = { a: { name: "A & <old>", ...exact(10, -0.04) }, b: { name: "B", ...exact(14, -0.047) } };

const none = { value: 0, ci95: [0, 0] } as const;

export const comparison: LawComparison = {
  record: "comparison",
  quantity: "loss",
  ...laws,
  crossing: { ok: true, C: 1e21, ci95: [5e20, 4e21], share: 1 },
  at: [
    { C: 1e19, a: 10 * 1e19 ** -0.04, b: 1, difference: none, effectiveCompute: { value: 3, ci95: [2, 4.5] } },
    {
      ...{ C: 1e20, a: 10 * 1e20 ** -0.04, b: 1, difference: none },
      effectiveCompute: { value: Number.POSITIVE_INFINITY, ci95: [1, Number.POSITIVE_INFINITY] },
    },
  ],
  draws: 100,
  seed: 0,
};
