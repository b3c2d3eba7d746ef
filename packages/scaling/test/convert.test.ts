import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type ConversionFacts,
  type ConversionTarget,
  cardValue,
  convert,
  expectOk,
  exponentsOf,
  type LawCard,
  lawCard,
  lawsOf,
  optimalAllocation,
  predictCard,
  readLawCard,
  surfaceLoss,
  surfaceOf,
  writeRecord,
} from "../src/index.js";

const near = (value: number, expected: number, relative = 1e-9) =>
  expect(Math.abs(value / expected - 1)).toBeLessThanOrEqual(relative);

const source = { where: "here", verified: "paper text" } as const;

/** N* = 0.1 C^0.5 and what follows of D and the loss. */
const mine: LawCard = {
  record: "card",
  name: "mine",
  title: "A law",
  authors: "Me",
  year: 2026,
  licence: "none",
  conventions: {
    parameters: { is: "non-embedding" },
    tokens: { is: "image-tokens" },
    compute: { is: "6ND" },
    loss: { is: "velocity-mse", on: "training" },
  },
  range: { C: [1e17, 1e20] },
  laws: [
    { of: "N", unit: "parameters", coefficient: { value: 0.1, standardError: 0.01 }, exponents: { C: 0.5 }, source },
    { of: "D", unit: "tokens", coefficient: 1 / 0.6, exponents: { C: 0.5 }, source },
    {
      of: "loss",
      unit: "mse",
      coefficient: 3,
      exponents: { C: { value: -0.05, interval: [-0.06, -0.04] } },
      floor: 0.3,
      source,
    },
    { of: "learningRate", unit: "per step", coefficient: 2, exponents: { N: -0.5, D: -0.1 }, source },
  ],
  surface: {
    form: "chinchilla",
    parameters: { E: 0.3, A: 20, B: 50, alpha: 0.3, beta: 0.25 },
    flopsPerToken: 6,
    source,
  },
  reproduces: [],
};

const converted = (to: ConversionTarget, facts?: ConversionFacts, card = mine) => expectOk(convert(card, to, facts));

describe("by factors, the conversion is exact", () => {
  test("to the conventions a card has already, nothing changes", () => {
    const { card, leftOut, deviation } = converted({ compute: "6ND", parameters: "non-embedding", tokens: "tokens" });
    expect([leftOut, deviation]).toEqual([[], 0]);
    for (const C of [1e17, 1e21]) near(expectOk(cardValue(card, "N", { C })).value, 0.1 * C ** 0.5);
    expect(exponentsOf(card).loss).toEqual(exponentsOf(mine).loss);
  });

  test("multiply-adds are half the FLOPs", () => {
    const macs: LawCard = { ...mine, conventions: { ...mine.conventions, compute: { is: "exact-macs" } } };
    const { card } = converted({ compute: "exact-flops" }, {}, macs);
    for (const of of ["N", "D", "loss"]) {
      const [before, after] = [lawsOf(macs)[of]!, lawsOf(card)[of]!];
      near(expectOk(cardValue(card, of, { C: 2e19 })).value, expectOk(cardValue(macs, of, { C: 1e19 })).value);
      expect(after.law.exponent).toEqual(before.law.exponent);
    }
    expect(card.conventions.compute.is).toBe("exact-flops");
    expect(card.range.C).toEqual([2e17, 2e20]);
  });

  test("C = k·N·D in place of 6ND", () => {
    const { card } = converted({ compute: "exact-flops" }, { flopsPerToken: 7.5 });
    near(expectOk(cardValue(card, "N", { C: 7.5e18 })).value, 0.1 * 6e18 ** 0.5);
    expect(card.surface!.flopsPerToken).toBe(7.5);
    near(
      expectOk(optimalAllocation(expectOk(surfaceOf(card)), 7.5e18)).N,
      expectOk(optimalAllocation(expectOk(surfaceOf(mine)), 6e18)).N,
    );
  });

  test("samples of 256 tokens: the same loss of the same model, and back again", () => {
    const facts = { tokensPerSample: 256 };
    const { card } = converted({ tokens: "samples" }, facts);
    const [ours, theirs] = [expectOk(surfaceOf(card)), expectOk(surfaceOf(mine))];
    near(surfaceLoss(ours, { N: 1e8, D: 1e6 }), surfaceLoss(theirs, { N: 1e8, D: 256e6 }));
    const [best, was] = [expectOk(optimalAllocation(ours, 1e19)), expectOk(optimalAllocation(theirs, 1e19))];
    near(best.N, was.N);
    near(best.D, was.D / 256);
    near(expectOk(cardValue(card, "D", { C: 1e19 })).value, expectOk(cardValue(mine, "D", { C: 1e19 })).value / 256);
    near(
      expectOk(predictCard(card, { N: 1e8, D: 1e6 })).predicted.learningRate!.value,
      expectOk(predictCard(mine, { N: 1e8, D: 256e6 })).predicted.learningRate!.value,
    );
    const { card: back } = converted({ tokens: "tokens" }, facts, card);
    for (const [name, value] of Object.entries(mine.surface!.parameters))
      near(back.surface!.parameters[name] as number, value as number);
  });

  test("FLOPs per token become parameters: DeepSeek's M with k = 6.6", () => {
    const deepseek = lawCard("deepseek");
    const { card } = converted({ parameters: "non-embedding" }, { flopsPerToken: 6.6 }, deepseek);
    near(expectOk(cardValue(card, "N", { C: 1e20 })).value, (0.1715 * 1e20 ** 0.5243) / 6.6);
    near(expectOk(cardValue(card, "batch", { C: 1e20 })).value, 0.292 * 1e20 ** 0.3271);
    expect(exponentsOf(card).N).toEqual({ value: 0.5243, derived: false });
    const { card: sixND } = converted(
      { parameters: "non-embedding", compute: "6ND" },
      { flopsPerToken: 6.6 },
      deepseek,
    );
    near(expectOk(cardValue(sixND, "N", { C: (1e20 * 6) / 6.6 })).value, (0.1715 * 1e20 ** 0.5243) / 6.6);
  });

  test("errors come along: of an exponent as they are, of a coefficient by its factor", () => {
    const law = {
      ...mine.laws[2]!,
      floor: undefined,
      covariance: [
        [1, -0.02],
        [-0.02, 0.0005],
      ],
      degreesOfFreedom: 4,
    };
    const { floor: _, ...errors } = law;
    const { card } = converted({ compute: "exact-flops" }, { flopsPerToken: 12 }, { ...mine, laws: [errors] });
    const band = (one: LawCard, C: number) => expectOk(predictCard(one, { C })).predicted.loss!.ci95!;
    const [after, before] = [band(card, 2e19), band({ ...mine, laws: [errors] }, 1e19)];
    for (const end of [0, 1]) near(after[end]!, before[end]!);
  });

  test("a form whose unit of D is its own stays behind", () => {
    const { card, leftOut } = converted({ tokens: "samples" }, { tokensPerSample: 100 }, lawCard("farseer"));
    expect(card.surface).toBeUndefined();
    expect(leftOut).toEqual([{ of: "surface", why: "D of the form farseer has no other unit" }]);
  });
});

describe("along the optimum", () => {
  test("embeddings in proportion to the model: the closed form, and no deviation", () => {
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 2, noNaN: true }), (share) => {
        const { card, deviation } = converted({ parameters: "all" }, { embedding: (N) => share * N });
        const grown = 1 + share;
        // N′ = (1 + s) N and C′ = 6N′D = (1 + s) C.
        near(expectOk(cardValue(card, "N", { C: 1e19 * grown })).value, grown * 0.1 * 1e19 ** 0.5, 1e-7);
        near(expectOk(cardValue(card, "loss", { C: 1e19 * grown })).value, 0.3 + 3 * 1e19 ** -0.05, 1e-7);
        expect(deviation).toBeLessThan(1e-7);
      }),
      { numRuns: 20 },
    );
  });

  test("embeddings that grow slower than the model lower the exponent of N* (Pearce & Song 2024)", () => {
    // An embedding of 47491 N^(1/3), as they have it.
    const embedding = (N: number) => 47491 * N ** (1 / 3);
    const { card, leftOut, deviation } = converted({ parameters: "all" }, { embedding });
    const { value } = exponentsOf(card).N!;
    expect(value).toBeLessThan(0.5);
    near(value + exponentsOf(card).D!.value, 1, 1e-9);
    const [low, high] = [1e17, 1e20].map((C) => ({ C, N: 0.1 * C ** 0.5 }));
    const now = [low!, high!].map(({ C, N }) => ({ N: N + embedding(N), C: (C * (N + embedding(N))) / N }));
    const slope = Math.log(now[1]!.N / now[0]!.N) / Math.log(now[1]!.C / now[0]!.C);
    expect(Math.abs(value - slope)).toBeLessThan(0.03);
    expect(deviation).toBeGreaterThan(0.001);
    expect(deviation).toBeLessThan(0.2);
    expect(leftOut.map(({ of }) => of)).toEqual(["learningRate", "surface"]);
    expect(readLawCard(writeRecord(card))).toEqual(card);
  });

  test("exact FLOPs by a rule of the size, at every optimum", () => {
    const flopsPerToken = (N: number) => 6 * N + 2e6 * N ** 0.25;
    const { card, deviation } = converted({ compute: "exact-flops" }, { flopsPerToken });
    const N = 0.1 * 1e19 ** 0.5;
    const C = (1e19 * flopsPerToken(N)) / (6 * N);
    expect(Math.abs(expectOk(cardValue(card, "N", { C })).value / N - 1)).toBeLessThanOrEqual(deviation);
    expect(deviation).toBeLessThan(0.1);
  });

  test("of a card that gives only a surface, along the optimum of that", () => {
    const embedding = (N: number) => 0.5 * N;
    const chinchilla = lawCard("chinchilla");
    const { card } = converted({ parameters: "non-embedding" }, { embedding }, chinchilla);
    near(exponentsOf(card).N!.value, exponentsOf(chinchilla).N!.value, 1e-6);
    near(
      expectOk(cardValue(card, "N", { C: 5e20 })).value,
      0.5 * expectOk(cardValue(chinchilla, "N", { C: 1e21 })).value,
      1e-6,
    );
    near(
      expectOk(cardValue(card, "loss", { C: 5e20 })).value,
      expectOk(cardValue(chinchilla, "loss", { C: 1e21 })).value,
      1e-6,
    );
  });

  test("between computes that the card does not say", () => {
    const embedding = (N: number) => 47491 * N ** (1 / 3);
    const kaplan = lawCard("kaplan");
    expect(convert(kaplan, { parameters: "all" }, { embedding })).toMatchObject({
      ok: false,
      message: expect.stringMatching(/its range of C is unknown; between is missing/),
    });
    const { card } = converted({ parameters: "all" }, { embedding, between: [1e15, 1e19] }, kaplan);
    expect(exponentsOf(card).N!.value).toBeLessThan(0.73);
  });
});

describe("refusals name what is missing", () => {
  const message = (card: LawCard, to: ConversionTarget, facts?: ConversionFacts): string => {
    const outcome = convert(card, to, facts);
    return outcome.ok ? "it was converted" : outcome.message;
  };

  test.each<[string, ConversionTarget, RegExp]>([
    ["dit", { compute: "6ND" }, /^dit-2410.08184 cannot be converted: its conventions.compute is unknown$/],
    ["dit", { parameters: "all" }, /its conventions.parameters is unknown/],
    ["dit", { tokens: "samples" }, /its conventions.tokens is unknown/],
    ["chinchilla", { tokens: "samples" }, /tokensPerSample is missing/],
    ["chinchilla", { parameters: "non-embedding" }, /embedding is missing/],
    ["chinchilla", { compute: "exact-flops" }, /flopsPerToken is missing/],
    ["porian", { parameters: "all" }, /it counts without-input-embedding parameters/],
    ["deepseek", { parameters: "all" }, /flopsPerToken is missing, the FLOPs per token of a model of N parameters/],
  ])("%s to %o", (name, to, said) => expect(message(lawCard(name), to)).toMatch(said));

  test("a card without a law of N has nothing to go along", () => {
    const lossOnly: LawCard = { ...mine, laws: [mine.laws[2]!] };
    const { surface: _, ...card } = lossOnly;
    expect(message(card, { parameters: "all" }, { embedding: 1e6 })).toMatch(/no law of N against C/);
  });

  test("embeddings larger than the model", () => {
    const all: LawCard = { ...mine, conventions: { ...mine.conventions, parameters: { is: "all" } } };
    expect(message(all, { parameters: "non-embedding" }, { embedding: 1e8 })).toMatch(
      /at C = 1.00e\+17 no parameters would be left/,
    );
  });

  test("facts that cannot be are thrown", () => {
    expect(() => convert(mine, { tokens: "samples" }, { tokensPerSample: 0 })).toThrow(
      "tokensPerSample is 0; expected a positive number",
    );
  });
});
