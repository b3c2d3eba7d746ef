import { describe, expect, test } from "vitest";
import { features, inceptionScore, manifoldMetrics } from "../src/index.js";
import { expected, tensor } from "./fixture.js";
import { cloud } from "./gauss.js";

const [real, fake, logits] = [tensor("real"), tensor("fake"), tensor("logits")];

describe("precision, recall, density, coverage", () => {
  test.each([
    [3, expected.manifold_k3],
    [5, expected.manifold_k5],
  ])("match the reference at k = %i", (k, reference) => {
    const found: Readonly<Record<string, unknown>> = { ...manifoldMetrics(real, fake, k) };
    for (const [name, value] of Object.entries(reference)) expect(found[name]).toBeCloseTo(value, 12);
    expect(found).toMatchObject({ metric: "manifold", k, extractor: "fixture", realCount: 120, generatedCount: 90 });
  });

  test("a set against itself is fully precise, recalled and covered", () => {
    expect(manifoldMetrics(real, real, 3)).toMatchObject({ precision: 1, recall: 1, coverage: 1 });
  });

  test("precision and recall swap with the sets; far sets share nothing", () => {
    const [there, back] = [manifoldMetrics(real, fake, 4), manifoldMetrics(fake, real, 4)];
    expect([there.precision, there.recall]).toEqual([back.recall, back.precision]);
    const far = manifoldMetrics(cloud(20, 3, 1), cloud(20, 3, 2, 100), 3);
    expect([far.precision, far.recall, far.density, far.coverage]).toEqual([0, 0, 0, 0]);
  });

  test("one repeated generated sample is precise but neither recalls nor covers", () => {
    const collapsed = features(
      "normals",
      2,
      Float64Array.from({ length: 40 }, () => 0),
    );
    const found = manifoldMetrics(cloud(100, 2, 3), collapsed, 5);
    expect(found.precision).toBe(1);
    expect(found.recall).toBe(0);
    expect(found.coverage).toBeLessThan(0.5);
  });

  test("too few samples", () => {
    expect(() => manifoldMetrics(cloud(5, 2, 1), cloud(9, 2, 2))).toThrow(
      /5 real and 9 generated samples; k = 5.*at least 6/,
    );
    expect(() => manifoldMetrics(real, fake, 0)).toThrow(/k is 0/);
  });
});

describe("inception score", () => {
  test("matches the reference", () => {
    const { splits, mean, std } = expected.inception_score;
    const found = inceptionScore(logits, splits);
    expect(found.value).toBeCloseTo(mean, 11);
    expect(found.deviation).toBeCloseTo(std, 11);
    expect(found).toMatchObject({ metric: "inception-score", extractor: "fixture", generatedCount: 100, splits });
  });

  test("is 1 where all samples look alike and the number of classes where each is certain", () => {
    const of = (data: number[]) => inceptionScore(features("x", 4, Float64Array.from(data)), 1).value;
    expect(of([1, 2, 3, 4, 1, 2, 3, 4])).toBeCloseTo(1, 12);
    const certain = Array.from({ length: 16 }, (_, i) => (i % 5 === 0 ? 900 : -900));
    expect(of(certain)).toBeCloseTo(4, 12);
  });

  test("a label all but impossible to every sample adds nothing", () => {
    // exp(-745) is the smallest number of float64: a fifth of it is 0.
    const logit = Array.from({ length: 10 }, (_, i) => (i % 2 === 0 ? 0 : -745));
    expect(inceptionScore(features("x", 2, Float64Array.from(logit)), 1).value).toBe(1);
  });

  test("bad input", () => {
    expect(() => inceptionScore(logits, 101)).toThrow(/100 samples; 101 splits/);
    expect(() => inceptionScore(features("x", 1, Float64Array.of(1, 2)), 1)).toThrow(/one class/);
  });
});
