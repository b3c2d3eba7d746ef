import { describe, expect, it } from "vitest";
import {
  type Diagnosis,
  diagnose,
  expectOk,
  normals,
  optimalAllocation,
  random,
  readDiagnosis,
  readRecord,
  ScalingError,
  type SurfaceFit,
  surface,
  surfaceForms,
  surfaceFrom,
  surfaceLoss,
  termsOf,
  writeRecord,
} from "../src/index.js";
import { csv, epoch } from "./data.js";

const HOFFMANN = surfaceFrom("chinchilla", { E: 1.69, A: 406.4, B: 410.7, alpha: 0.34, beta: 0.28 });
const MODEL = { N: 1e9, D: 1e10 };

const fit = expectOk(surface(epoch(), { objective: "log-squares" }));
const exact = expectOk(surface(csv("cs336_isoflops"), { objective: "squares" }));

const term = ({ parts }: Diagnosis, of: string) => expectOk(parts).terms.find((one) => one.of === of)!;
const stepOf = ({ steps }: Diagnosis, of: string) => steps.find(({ step }) => step === of)!;

/** Of a study of 35 runs of the known surface with 0.5 % of noise. */
const simulated = (seed: number): Diagnosis | undefined => {
  const normal = normals(random(seed));
  const runs = Array.from({ length: 35 }, (_, k) => {
    const C = 1e18 * 4 ** (k % 5);
    const N = Math.sqrt(C / 120) * 5 ** (Math.floor(k / 5) / 3 - 1);
    const D = C / (6 * N);
    return { C, N, D, loss: surfaceLoss(HOFFMANN, { N, D }) * Math.exp(0.005 * normal()) };
  });
  const found = surface(runs, { objective: "log-squares" });
  if (!found.ok || found.status !== "converged") return undefined;
  return expectOk(diagnose(found, MODEL, { points: 2 }));
};

describe("the parts of a loss", () => {
  it("are the terms of the form where it is a sum", () => {
    const { N, D, floor } = termsOf(HOFFMANN, MODEL);
    expect(N).toBeCloseTo(406.4 / 1e9 ** 0.34, 12);
    expect(D).toBeCloseTo(410.7 / 1e10 ** 0.28, 12);
    expect(floor).toBeCloseTo(1.69, 14);
  });

  it("add up to the loss for every form there is", () => {
    for (const form of surfaceForms) {
      const found = surface(epoch(), { form: form.name });
      if (!found.ok) continue;
      const { N, D, floor } = termsOf(found, MODEL);
      // Its loss may grow without end with the size alone.
      if (Number.isNaN(N) && (form.name.startsWith("crossed") || form.optimum)) continue;
      expect(N + D + floor).toBeCloseTo(surfaceLoss(found, MODEL), 10);
      expect(Math.min(N, D, floor)).toBeGreaterThanOrEqual(-1e-12);
    }
  });

  it("Kaplan's terms act together: Shapley's halves of what they do together, by hand", () => {
    const kaplan = surfaceFrom("kaplan", { Nc: 8.8e13, Dc: 5.4e13, alphaN: 0.076, alphaD: 0.095 });
    const loss = surfaceLoss(kaplan, MODEL);
    const [alone, other] = [(5.4e13 / 1e10) ** 0.095, (8.8e13 / 1e9) ** 0.076];
    const { N, D, floor } = termsOf(kaplan, MODEL);
    expect(N).toBeCloseTo((loss - alone + other) / 2, 10);
    expect(D).toBeCloseTo((loss - other + alone) / 2, 10);
    expect(floor).toBe(0);
  });
});

describe("diagnose", () => {
  const found = expectOk(diagnose(fit, { N: 7e10, D: 3e11 }));

  it("shares add up to one, and each amount is its share of the loss", () => {
    expect(expectOk(found.parts).terms.reduce((s, { share }) => s + share.value, 0)).toBeCloseTo(1, 12);
    for (const { share, amount } of expectOk(found.parts).terms) {
      expect(amount.value / found.loss.value).toBeCloseTo(share.value, 12);
      expect(share.ci95[0]).toBeLessThan(share.value);
      expect(share.ci95[1]).toBeGreaterThan(share.value);
      expect(share.ci95[0]).toBeGreaterThan(0);
      expect(share.ci95[1]).toBeLessThan(1);
    }
    expect(expectOk(found.parts).dominant).toMatchObject({ of: "floor", clear: true });
  });

  it("errors of the amounts are those of the parameters: of E itself, and of ln A − α ln N", () => {
    expect(term(found, "floor").amount.standardError).toBeCloseTo(fit.parameters.E!.standardError, 6);
    const names = surfaceForms.get("chinchilla").theta;
    const [a, alpha] = [names.indexOf("a"), names.indexOf("alpha")];
    const g = Math.log(7e10);
    const c = fit.covariance!;
    const variance = c[a]![a]! - 2 * g * c[a]![alpha]! + g * g * c[alpha]![alpha]!;
    const amount = term(found, "N").amount;
    expect(amount.standardError / amount.value / Math.sqrt(variance)).toBeCloseTo(1, 4);
  });

  it("what doubling buys, in closed form", () => {
    const { E, A, B, alpha, beta } = Object.fromEntries(
      Object.entries(exact.parameters).map(([name, { value }]) => [name, value]),
    ) as Record<"E" | "A" | "B" | "alpha" | "beta", number>;
    const at = (N: number, D: number) => E + A / N ** alpha + B / D ** beta;
    const { N, D } = MODEL;
    const told = expectOk(diagnose(exact, MODEL));
    expect(stepOf(told, "N").loss.value).toBeCloseTo(at(2 * N, D), 10);
    expect(stepOf(told, "D").loss.value).toBeCloseTo(at(N, 2 * D), 10);
    expect(stepOf(told, "N and D").loss.value).toBeCloseTo(at(2 * N, 2 * D), 10);
    expect(stepOf(told, "N").gain.value).toBeCloseTo(at(N, D) - at(2 * N, D), 10);
    expect(stepOf(told, "N").C / told.given.C).toBeCloseTo(2, 12);
    expect(told.elasticity.N.value).toBeCloseTo((-alpha * A * N ** -alpha) / at(N, D), 6);
    expect(told.elasticity.D.value).toBeCloseTo((-beta * B * D ** -beta) / at(N, D), 6);
    expect(expectOk(told.parts).limits.N.value).toBeCloseTo(E + B / D ** beta, 12);
    const best = expectOk(optimalAllocation(exact, 2 * told.given.C));
    expect(stepOf(told, "C").loss.value).toBeCloseTo(best.loss, 10);
    expect(stepOf(told, "C").N / best.N).toBeCloseTo(1, 10);
  });

  it("half of what is above the floor: compute by the law of the optimum", () => {
    const told = expectOk(diagnose(exact, MODEL));
    const half = expectOk(told.half);
    const floor = exact.parameters.E!.value;
    expect(half.loss - floor).toBeCloseTo((told.loss.value - floor) / 2, 12);
    const best = expectOk(optimalAllocation(exact, half.C.value));
    expect(best.loss).toBeCloseTo(half.loss, 8);
    expect(half.factor.value).toBeCloseTo(half.C.value / told.given.C, 8);
  });

  it("at its best a model has equal elasticities and nothing to gain by moving; N* does not move to first order", () => {
    const best = expectOk(optimalAllocation(fit, 1e22));
    const told = expectOk(diagnose(fit, best));
    expect(told.elasticity.N.value / told.elasticity.D.value).toBeCloseTo(1, 5);
    expect(stepOf(told, "moved").gain.value).toBeCloseTo(0, 9);
    const optimum = expectOk(told.optimum);
    expect(optimum.ratio.value).toBeCloseTo(1, 9);
    expect(optimum.deadweight).toBeCloseTo(0, 6);
  });

  it("GPT-3 by the Chinchilla runs: too large for its tokens, and more tokens are worth more", () => {
    const told = expectOk(diagnose(fit, { N: 175e9, D: 300e9 }));
    expect(expectOk(told.optimum).ratio.ci95[0]).toBeGreaterThan(1);
    expect(term(told, "D").amount.value).toBeGreaterThan(term(told, "N").amount.value);
    expect(stepOf(told, "D").gain.value).toBeGreaterThan(stepOf(told, "N").gain.value);
    expect(stepOf(told, "moved").N).toBeLessThan(175e9);
  });

  it("intervals cover: the share of the floor of a known surface, in 90 to 99 % of studies", () => {
    const truth = termsOf(HOFFMANN, MODEL);
    const share = truth.floor / surfaceLoss(HOFFMANN, MODEL);
    let [covered, studies] = [0, 0];
    for (let seed = 0; seed < 100; seed++) {
      const told = simulated(seed);
      if (!told) continue;
      const [low, high] = term(told, "floor").share.ci95;
      studies++;
      covered += low <= share && share <= high ? 1 : 0;
    }
    expect(studies).toBeGreaterThan(90);
    expect(covered / studies).toBeGreaterThan(0.88);
    expect(covered / studies).toBeLessThan(1);
  });

  it("a floor at its bound is nothing, exactly", () => {
    const told = expectOk(diagnose(expectOk(surface(csv("iso_symmetric_l"), { form: "no-floor" })), MODEL));
    expect(term(told, "floor").amount).toEqual({ value: 0, standardError: 0, ci95: [0, 0] });
    expect(expectOk(told.parts).dominant.of).not.toBe("floor");
  });

  it("the frontier goes over the range that is asked, its terms adding up to its loss", () => {
    const told = expectOk(diagnose(fit, MODEL, { range: [1e18, 1e22], points: 5 }));
    expect(told.frontier.map(({ C }) => Math.log10(C))).toEqual([18, 19, 20, 21, 22].map((v) => expect.closeTo(v, 10)));
    for (const { terms, loss } of told.frontier) expect(terms.N + terms.D + terms.floor).toBeCloseTo(loss, 10);
  });

  it("a loss that rises with the tokens has no limit and no optimum: its parts are refused, its steps are told", () => {
    const flat: SurfaceFit = {
      ...fit,
      theta: fit.theta.with(surfaceForms.get("chinchilla").theta.indexOf("beta"), -0.1),
    };
    const told = expectOk(diagnose(flat, MODEL));
    expect(told.parts).toMatchObject({ ok: false, reason: "unidentified" });
    expect(told.optimum.ok).toBe(false);
    expect(told.frontier).toEqual([]);
    // What needs neither is told.
    expect(stepOf(told, "N").gain.value).toBeGreaterThan(0);
    expect(stepOf(told, "D").gain.value).toBeLessThan(0);
  });

  it("survives JSON, and says which field is wrong", () => {
    const { ok: _, ...record } = found;
    expect(readDiagnosis(writeRecord(record))).toEqual(record);
    expect(readRecord(writeRecord(record))).toEqual(record);
    expect(() => readDiagnosis({ ...record, given: { ...record.given, N: -1 } }, "saved")).toThrow(
      /saved.*given\.N is -1/s,
    );
  });

  it("refuses a size that is none", () => {
    expect(() => diagnose(fit, { N: 0, D: 1e9 })).toThrow(ScalingError);
    expect(() => diagnose(fit, { N: 1e9, D: Number.NaN })).toThrow("D is NaN; expected a positive finite number");
  });
});
