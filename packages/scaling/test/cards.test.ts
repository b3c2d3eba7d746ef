import { readFileSync } from "node:fs";
import { RegistryError } from "@isoflop/spec";
import { describe, expect, test } from "vitest";
import {
  allocationExponents,
  cardValue,
  compareSides,
  constantsOfSide,
  conventionsDiffer,
  conventionWords,
  dataConstrainedLoss,
  expectOk,
  exponentsOf,
  fitLaw,
  formOfLaw,
  type LawCard,
  lawCard,
  lawCards,
  lawsOf,
  muennighoff2023,
  optimalAllocation,
  predictCard,
  predictLaw,
  predictSurface,
  random,
  readComparison,
  readLawCard,
  ScalingError,
  shortName,
  sideOfCard,
  surface,
  surfaceLoss,
  surfaceOf,
  writeRecord,
} from "../src/index.js";
import { epoch } from "./data.js";

const cards = [...lawCards].map((card) => [card.name, card] as const);

const given = (at: Readonly<Record<string, number>>): string =>
  Object.entries(at)
    .map(([name, value]) => `${name} = ${value.toPrecision(4)}`)
    .join(", ");

const near = (value: number, expected: number, relative: number) =>
  expect(Math.abs(value / expected - 1)).toBeLessThanOrEqual(relative);

describe.each(cards)("%s", (name, card) => {
  test.each(card.reproduces.map((one) => [`${one.asks} at ${given(one.given)} is ${one.expected}`, one] as const))(
    "gives its source's number again: %s",
    (_, { asks, given: at, expected, within }) => {
      near(expectOk(cardValue(card, asks, at)).value, expected, within);
    },
  );

  test("is a record, and survives JSON whole", () => {
    expect(readLawCard(writeRecord(card))).toEqual(card);
  });

  test("holds something, and where it is printed", () => {
    expect(card.laws.length + (card.surface ? 1 : 0)).toBeGreaterThan(0);
    expect(name).toBe(`${shortName(name)}-${card.arxiv}`);
    expect(card.reproduces.length).toBeGreaterThan(0);
  });

  test("has a surface of a form there is, or none", () => {
    if (card.surface) expect(surfaceOf(card)).toMatchObject({ ok: true, form: card.surface.form });
  });
});

describe("a card by name", () => {
  test("with and without its arXiv id", () => {
    expect(lawCard("chinchilla")).toBe(lawCard("chinchilla-2203.15556"));
    expect(lawCard("dit-2410.08184").arxiv).toBe("2410.08184");
  });

  test("that is not there: the nearest and all are named", () => {
    expect(() => lawCard("chinchila")).toThrow(RegistryError);
    expect(() => lawCard("chinchila")).toThrow(/no law card "chinchila", did you mean "chinchilla"; there are dit, /);
  });

  test("of the user's own joins by lawCards.add, and no two have one name", () => {
    const mine: LawCard = { ...lawCard("dit"), name: "mine" };
    lawCards.add(mine);
    expect(lawCard("mine")).toBe(mine);
    expect(() => lawCards.add({ ...mine })).toThrow('there is a law card "mine" already');
  });
});

describe("a card in a file", () => {
  const document = () => JSON.parse(writeRecord(lawCard("besiroglu"))) as Record<string, Record<string, unknown>>;
  const refused = (change: (card: ReturnType<typeof document>) => void): string => {
    const changed = document();
    change(changed);
    try {
      readLawCard(changed, "card.json");
    } catch (error) {
      expect(error).toBeInstanceOf(ScalingError);
      return (error as Error).message;
    }
    return "it was read";
  };

  test.each<[string, (card: ReturnType<typeof document>) => void, RegExp]>([
    [
      "another record",
      (card) => Object.assign(card, { record: "law" }),
      /^card.json.record is "law"; it must be "card"/,
    ],
    ["no year", (card) => delete card.year, /^card.json.year is missing/],
    [
      "a convention that there is not",
      (card) => Object.assign(card.conventions!, { compute: { is: "6DN" } }),
      /conventions.compute.is is "6DN"; it must be one of "6ND".*did you mean "6ND"/,
    ],
    [
      "a guess of verification",
      (card) => Object.assign(card.surface!.source!, { verified: "surely" }),
      /verified is "surely"/,
    ],
    [
      "a number in words",
      (card) => Object.assign(card.surface!.parameters!, { E: "1.8" }),
      /parameters.E is "1.8"; it must be a finite number/,
    ],
    [
      "an interval upside down",
      (card) => Object.assign(card.surface!.parameters!, { E: { value: 1.8, interval: [2, 1] } }),
      /parameters.E.interval/,
    ],
    [
      "a covariance without its degrees of freedom",
      (card) => Object.assign(card.surface!, { covariance: [[1]] }),
      /surface.degreesOfFreedom is missing; it must be given where there is a covariance/,
    ],
    ["a key that is not known", (card) => Object.assign(card, { licens: "MIT" }), /unknown key "licens"/],
  ])("%s: the field is named", (_, change, message) => expect(refused(change)).toMatch(message));

  test("that is no JSON", () => expect(() => readLawCard("{", "mine")).toThrow(/^mine is not JSON/));
});

describe("the README's table", () => {
  const whole = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const readme = /^## Published laws$.*?(?=^## )/ms.exec(whole)![0];

  test.each(cards)("has a row of %s with its paper and how it was verified", (name, card) => {
    const row = readme.split("\n").find((line) => line.startsWith(`| \`${shortName(name)}\` `));
    expect(row).toContain(card.arxiv);
    const sources = [...card.laws, ...(card.surface ? [card.surface] : [])].map(({ source }) => source.verified);
    for (const verified of sources) expect(row).toContain(verified);
  });

  test("has no card that there is not", () => {
    const rows = [...readme.matchAll(/^\| `([\w.-]+)` \| .* \d{4}\.\d{4,5} \|/gm)].map(([, name]) => name!);
    expect(rows.sort()).toEqual([...new Set(cards.map(([name]) => shortName(name)))].sort());
  });
});

describe("laws of a card", () => {
  test("are the printed ones, in FLOPs where they are printed in PF-days", () => {
    const { N, loss } = lawsOf(lawCard("kaplan"));
    near(predictLaw(N!, 8.64e19).predicted.y.value, 1.3e9, 1e-12);
    near(predictLaw(loss!, 3.1e8 * 8.64e19).predicted.y.value, 1, 1e-12);
    expect([N!.derived, loss!.derived]).toEqual([false, false]);
  });

  test.each(["chinchilla", "besiroglu", "llama-3-surface"])(
    "follow from the surface of %s at every compute",
    (name) => {
      const card = lawCard(name);
      const { N, D, loss } = lawsOf(card);
      for (const C of [1e18, 1e21, 1e25]) {
        const best = expectOk(optimalAllocation(expectOk(surfaceOf(card)), C));
        near(predictLaw(N!, C).predicted.y.value, best.N, 1e-8);
        near(predictLaw(D!, C).predicted.y.value, best.D, 1e-8);
        near(predictLaw(loss!, C).predicted.y.value, best.loss, 1e-10);
      }
      expect(N!.derived).toBe(true);
    },
  );

  test.each(["farseer", "muennighoff"])("are none where the optimum of the surface of %s is no power of C", (name) => {
    expect(lawsOf(lawCard(name))).toEqual({});
  });

  test("of which only exponents are published have exponents, with the level of their intervals", () => {
    const { N } = exponentsOf(lawCard("chinchilla-approach-2"));
    expect(N).toEqual({ value: 0.49, interval: [0.462, 0.534], level: 0.8, derived: false });
    expect(lawsOf(lawCard("chinchilla-approach-2"))).toEqual({});
    expect(exponentsOf(lawCard("porian")).N).toMatchObject({ value: 0.497, interval: [0.49, 0.5], level: 0.95 });
  });

  test("cannot be fitted, and say so", () => {
    expect(() => fitLaw("published", [1, 2, 3], [1, 2, 3])).toThrow(
      /form is "published"; expected one of power, saturating, broken/,
    );
  });

  test("have no band, interval or draws of their own without a covariance", () => {
    const { law, data } = lawsOf(lawCard("dit")).loss!;
    const form = formOfLaw(law);
    expect(form.band(law, 1e20)).toBeUndefined();
    expect(predictLaw({ law, data }, 1e20).predicted.y).toEqual({ value: form.value(law, 1e20) });
    expect(form.remark(law, String)).toMatch(/no uncertainty is published/);
  });
});

describe("predictions of a card", () => {
  test("have no interval where no uncertainty is published", () => {
    const { predicted, notes } = expectOk(predictCard(lawCard("chinchilla"), { C: 1e22 }));
    for (const one of Object.values(predicted)) expect(Object.keys(one)).toEqual(["value"]);
    near(notes.extrapolation!, 1e22 / 3e21, 1e-12);
  });

  test("are by printed laws before a surface: Kaplan's own optimum is another than that of their L(N, D)", () => {
    const card = lawCard("kaplan");
    const { predicted } = expectOk(predictCard(card, { C: 1e21 }));
    near(predicted.N!.value, 1.3e9 * (1e21 / 8.64e19) ** 0.73, 1e-12);
    expect(exponentsOf(card).N).toEqual({ value: 0.73, derived: false });
    // αD / (αN + αD) of the surface, under 6ND.
    near(allocationExponents(expectOk(surfaceOf(card))).N, 0.103 / 0.179, 1e-12);
    expect(predicted.steps!.value).toBeGreaterThan(5400);
  });

  test("of a model are the surface's loss and the laws of N and D", () => {
    const model = { N: 1e9, D: 2e10 };
    const card = lawCard("chinchilla-rounded");
    const { predicted, given: at } = expectOk(predictCard(card, model));
    near(predicted.loss!.value, 1.69 + 406.4 / 1e9 ** 0.34 + 410.7 / 2e10 ** 0.28, 1e-12);
    expect(at).toEqual({ ...model, C: 6 * 1e9 * 2e10 });
    const { predicted: hyper } = expectOk(predictCard(lawCard("step-law"), model));
    near(hyper.learningRate!.value, 1.79 * 1e9 ** -0.713 * 2e10 ** 0.307, 1e-12);
    near(hyper.batch!.value, 0.58 * 2e10 ** 0.571, 1e-12);
  });

  test("of a loss invert the printed law, with what is best there", () => {
    const card = lawCard("dit");
    const { predicted } = expectOk(predictCard(card, { loss: 0.7 }));
    near(2.3943 * predicted.C!.value ** -0.0273, 0.7, 1e-12);
    near(predicted.N!.value, 0.0009 * predicted.C!.value ** 0.5681, 1e-12);
    expect(predictCard(lawCard("cerebras-gpt"), { loss: 0.5 })).toMatchObject({ ok: false, reason: "unreachable" });
  });

  test("are refused where the card says nothing, and it is said what it has", () => {
    const message = (name: string, question: Parameters<typeof predictCard>[1]) => {
      const outcome = predictCard(lawCard(name), question);
      return outcome.ok ? "an answer" : outcome.message;
    };
    expect(message("porian", { C: 1e20 })).toBe("the card porian-2406.19146 has only exponents of N, ∝ C^0.497");
    expect(message("step-law", { C: 1e20 })).toMatch(/says nothing at C; it has learningRate of N and D, batch of D/);
    expect(message("dit", { N: 1e8, D: 1e10 })).toMatch(/says nothing at N and D/);
  });

  test("of repeated tokens are those of dataConstrainedLoss with the published numbers", () => {
    const card = lawCard("muennighoff");
    const { beta: _, ...published } = muennighoff2023;
    expect(card.surface!.parameters).toEqual(published);
    const [run, U] = [{ N: 6e9, D: 1e11 }, 1e10];
    const { predicted, given } = expectOk(predictCard(card, { ...run, inputs: { U } }));
    expect(given).toMatchObject({ ...run, U });
    near(predicted.loss!.value, dataConstrainedLoss(muennighoff2023, { ...run, U }), 1e-12);
    expect(() => cardValue(lawCard("chinchilla"), "loss", { ...run, U })).toThrow("inputs.U");
  });

  test("of a best size without repeated tokens are those of the surface beneath", () => {
    const card = lawCard("muennighoff");
    const { repeatTokens: _, repeatParameters: __, ...fresh } = card.surface!.parameters;
    const beneath = { ...card, surface: { ...card.surface!, form: "tied", parameters: fresh } };
    const [searched, closed] = [card, beneath].map((one) => expectOk(predictCard(one, { C: 1e21 })).predicted);
    near(searched!.N!.value, closed!.N!.value, 1e-3);
    near(searched!.loss!.value, closed!.loss!.value, 1e-8);
  });
});

describe("a card with a covariance", () => {
  const fit = expectOk(surface(epoch(), { objective: "log-squares" }));
  const parameters = Object.fromEntries(Object.entries(fit.parameters).map(([name, { value }]) => [name, value]));
  const card: LawCard = {
    ...lawCard("besiroglu"),
    name: "ours",
    surface: {
      form: fit.form,
      parameters,
      flopsPerToken: fit.flopsPerToken,
      covariance: fit.covariance!,
      degreesOfFreedom: fit.degreesOfFreedom,
      residualStandardDeviation: fit.residualStandardDeviation,
      source: { where: "a fit", verified: "authors' repository" },
    },
    reproduces: [],
  };

  test("predicts as the fit it was made from, with its intervals", () => {
    for (const question of [{ C: 1e22 }, { N: 1e10, D: 1e11 }, { loss: 2.1 }]) {
      const [ours, theirs] = [expectOk(predictCard(card, question)), expectOk(predictSurface(fit, question))];
      for (const [name, { value, ci95, interval95 }] of Object.entries(theirs.predicted)) {
        near(ours.predicted[name]!.value, value, 1e-9);
        for (const end of [0, 1]) near(ours.predicted[name]!.ci95![end]!, ci95![end]!, 1e-5);
        if (interval95) for (const end of [0, 1]) near(ours.predicted[name]!.interval95![end]!, interval95[end]!, 1e-5);
      }
    }
  });

  test("has laws whose bands are those of the surface", () => {
    const { N, loss } = lawsOf(card);
    const { predicted } = expectOk(predictSurface(fit, { C: 1e23 }));
    for (const end of [0, 1]) {
      near(formOfLaw(N!.law).band(N!.law, 1e23)![end]!, predicted.N.ci95![end]!, 1e-4);
      near(formOfLaw(loss!.law).band(loss!.law, 1e23)![end]!, predicted.loss.ci95![end]!, 1e-4);
    }
    expect(readLawCard(writeRecord(card))).toEqual(card);
  });

  test("compares with intervals, and a card without one adds nothing to them", () => {
    const ours = expectOk(sideOfCard("ours", card));
    const theirs = expectOk(sideOfCard("chinchilla", lawCard("chinchilla")));
    expect([ours.errorless, theirs.errorless]).toEqual([undefined, true]);
    const one = compareSides(ours, theirs, { at: [1e21], draws: 400 });
    expect(one.at[0]!.difference.ci95[0]).toBeLessThan(one.at[0]!.difference.value);
    expect(one.at[0]!.difference.ci95[1]).toBeGreaterThan(one.at[0]!.difference.value);
    expect(one.b.caution).toMatch(/^no uncertainty is published/);
    expect(readComparison(writeRecord(one))).toEqual(one);
    const two = compareSides(theirs, theirs, { at: [1e21] });
    expect(two.at[0]!.difference).toEqual({ value: 0, ci95: [Number.NaN, Number.NaN], pValue: Number.NaN });
    expect(readComparison(writeRecord(two))).toEqual(two);
  });
});

describe("sides of a comparison", () => {
  test.each(cards.filter(([, card]) => sideOfCard("a", card).ok))("%s has the curve that it predicts", (name, card) => {
    const side = expectOk(sideOfCard(name, card));
    for (const C of [1e20, 1e22]) {
      const { predicted } = expectOk(predictCard(card, { C }));
      near(side.curve.loss(C), predicted.loss!.value, 1e-5);
      near(side.curve.compute(side.curve.loss(C)), C, 1e-3);
    }
    expect(side.fitted).toEqual(card.range.C);
    expect(side.draws(3, random(1))).toHaveLength(3);
  });

  test("are surfaces whose optimum is searched for, too", () => {
    const { curve } = expectOk(sideOfCard("a", lawCard("farseer")));
    expect(curve.constants.N).toBeGreaterThan(0.3);
    expect(curve.constants.N! + curve.constants.D!).toBeCloseTo(1, 6);
    expect(constantsOfSide(expectOk(sideOfCard("a", lawCard("muennighoff")))).N!.value).toBeCloseTo(0.5, 2);
  });

  test("have the printed exponents, and of a pure power law no floor", () => {
    const side = expectOk(sideOfCard("a", lawCard("dit")));
    expect(constantsOfSide(side)).toEqual({ N: { value: 0.5681 }, D: { value: 0.4319 }, loss: { value: -0.0273 } });
    const floored = constantsOfSide(expectOk(sideOfCard("a", lawCard("cerebras-gpt"))));
    expect(floored.floor!.value).toBeGreaterThan(0.5);
  });

  test("with a printed covariance are drawn from it", () => {
    const covariance = [
      [1e-2, -2e-4],
      [-2e-4, 4.2e-6],
    ];
    const given = lawCard("dit");
    const laws = given.laws.map((law) => (law.of === "loss" ? { ...law, covariance, degreesOfFreedom: 8 } : law));
    const side = expectOk(sideOfCard("a", { ...given, laws }));
    const { law } = lawsOf({ ...given, laws }).loss!;
    const drawn = side.draws(4000, random(3)).map((curve) => curve.loss(1e21));
    const inside = drawn.filter((value) => {
      const [low, high] = formOfLaw(law).band(law, 1e21)!;
      return value > low && value < high;
    });
    expect(inside.length / drawn.length).toBeCloseTo(0.95, 1);
    expect(constantsOfSide(side).loss!.ci95![0]).toBeLessThan(-0.0273);
  });

  test("are refused where the card has no such law, and it is said what it has", () => {
    const message = (name: string, quantity?: string) => {
      const side = sideOfCard("a", lawCard(name), { quantity });
      return side.ok ? "a side" : side.message;
    };
    expect(message("llama-3")).toMatch(/has no law of loss against compute; it has laws of D$/);
    expect(message("porian")).toMatch(/it has only exponents, of N$/);
    expect(message("step-law")).toMatch(/it has none against compute$/);
    expect(message("dit", "FID")).toBe("a side");
    expect(message("chinchilla", "FID")).toMatch(/has no law of FID/);
  });
});

describe("conventions", () => {
  test("in words", () => {
    const { conventions } = lawCard("dit");
    expect(conventionWords(conventions, "loss")).toBe("loss: mean squared error of the velocity, training");
    expect(conventionWords(conventions, "parameters")).toBe("N: unknown");
    expect(conventionWords(conventions, "learningRate")).toBeUndefined();
  });

  test("that differ are told from those that are not known", () => {
    const differences = conventionsDiffer(lawCard("chinchilla"), lawCard("dit"));
    expect(differences.find(({ counted }) => counted === "loss")).toMatchObject({
      known: true,
      a: "nats-per-token",
      b: "velocity-mse",
    });
    expect(differences.find(({ counted }) => counted === "compute")).toMatchObject({ known: false });
    expect(conventionsDiffer(lawCard("chinchilla"), lawCard("besiroglu"))).toEqual([]);
    expect(surfaceLoss(expectOk(surfaceOf(lawCard("chinchilla"))), { N: 7e10, D: 1.4e12 })).toBeLessThan(2);
  });
});
