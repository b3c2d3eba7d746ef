import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compare } from "../src/compare/compare.js";
import { CliError, exitCodes } from "../src/exit.js";
import { fitIsoFlop } from "../src/fit/isoflop/fit.js";
import { fitLaw } from "../src/fit/law/fit.js";
import { type FitDocument, parseFit } from "../src/fit/saved.js";
import { fitSurface } from "../src/fit/surface/fit.js";
import { planFrom } from "../src/plan-next/plan.js";
import { predict } from "../src/predict/predict.js";
import { predictionWords } from "../src/predict/words.js";
import { loadRuns } from "../src/runs/load.js";
import { toJson } from "../src/words/json.js";
import { textOf } from "../src/words/text.js";
import { file, fixture } from "./isoflop.js";

const runs = loadRuns({ input: fixture("dit_isoflop_noisy") });
const x = Array.from({ length: 20 }, (_, i) => 1e17 * 2 ** i);
const y = x.map((v, i) => (1.5 + 800 * v ** -0.15) * (1 + 1e-3 * Math.sin(3 * i)));
const points = { x, y, rows: x.map((_, i) => i + 1), dropped: [], origin: { file: "points.csv", sha256: "00" } };
const epoch = loadRuns({
  input: fixture("chinchilla_epoch_svg"),
  columns: { C: "Training FLOP", N: "Model Size" },
  dropHighestLoss: 5,
});

const wholes: Readonly<Record<string, string>> = {
  isoflop: toJson(fitIsoFlop(runs)),
  akima: toJson(fitIsoFlop(runs, { optimum: "akima" })),
  surface: toJson(await fitSurface(epoch, { bootstrap: 30 })),
  power: toJson(fitLaw(points)),
  saturating: toJson(fitLaw(points, { form: "saturating" })),
  broken: toJson(fitLaw(points, { form: "bnsl" })),
};

type Node = Record<string, unknown> | unknown[];
type Step = readonly [node: Node, key: string];

/** Every place of a document that can be edited. */
const places = (node: unknown): Step[] => {
  if (typeof node !== "object" || node === null) return [];
  return Object.keys(node).flatMap((key) => {
    const child = (node as Record<string, unknown>)[key];
    // Of a long list the first entries stand for the others.
    if (Array.isArray(node) && Number(key) > 3) return [];
    return [[node as Node, key] as const, ...places(child)];
  });
};

const gone = Symbol("gone");
const wrong = fc.constantFrom<unknown>("abc", null, "Infinity", "-Infinity", true, [], {}, [["x"]], gone);
const number = fc.constantFrom(0, -1, 1e308, -1e308, 5e-324, 1.5);

const ask = (fit: FitDocument) => {
  const document = predict(fit, { at: [1e20, 1e22] });
  textOf(predictionWords(document));
  return document.predictions.flatMap(({ predicted }) =>
    Object.values(predicted).flatMap(({ value, ci95, interval95 }) => [value, ...(ci95 ?? []), ...(interval95 ?? [])]),
  );
};

describe("a saved fit that was edited in one place", () => {
  test.each(Object.entries(wholes))("%s is read as it is, or refused with the field's name", (_, whole) => {
    const finite = ask(parseFit(whole, "fit.json")).map(Number.isFinite);
    const count = places(JSON.parse(whole)).length;
    let refused = 0;
    fc.assert(
      fc.property(fc.nat(count - 1), fc.oneof(wrong, wrong, number), (at, value) => {
        const document = JSON.parse(whole) as Record<string, unknown>;
        const [node, key] = places(document)[at]!;
        if (value === gone) {
          if (Array.isArray(node)) node.splice(Number(key), 1);
          else delete node[key];
        } else (node as Record<string, unknown>)[key] = value;
        try {
          const numbers = ask(parseFit(JSON.stringify(document), "fit.json"));
          if (typeof value !== "number") expect(numbers.map(Number.isFinite)).toEqual(finite);
        } catch (error) {
          if (!(error instanceof CliError)) throw error;
          if (error.exitCode === exitCodes.input) {
            refused++;
            expect(error.message).toMatch(/^fit\.json is not a (whole )?fit[:;]/);
          } else expect(error.exitCode).toBe(exitCodes.unsound);
        }
      }),
      { numRuns: 600 },
    );
    expect(refused).toBeGreaterThan(200);
  });

  test.each([
    ["surface", ["fit", "covariance"], "abc", 'fit.covariance is "abc"; expected a list'],
    ["surface", ["fit", "covariance", "1", "1"], null, "fit.covariance[1][1] is null; expected a finite number"],
    ["surface", ["fit", "covariance"], undefined, "fit.covariance is missing"],
    ["surface", ["bootstrap", "covariance", "0", "0"], -1, "bootstrap.covariance[0][0] is -1; expected a variance"],
    ["surface", ["flopsPerToken"], 0, "flopsPerToken is 0; expected a finite number above 0"],
    ["power", ["data", "y"], null, "data.y is null; expected a list"],
    ["power", ["data", "y", "2"], "Infinity", "data.y[2] is Infinity; expected a finite number above 0"],
    ["isoflop", ["budgets", "0", "parabola", "N"], "x", 'budgets[0].parabola.N is "x"; expected an object'],
    ["power", ["fit", "exponent", "value"], "abc", 'fit.exponent.value is "abc"; expected a finite number'],
    ["power", ["fit", "degreesOfFreedom"], 0, "fit.degreesOfFreedom is 0; expected 18"],
    ["saturating", ["fit", "kind"], "powr", 'fit.kind is "powr"; expected "power", "saturating", "broken"'],
    ["isoflop", ["status"], "fine", 'status is "fine"; expected "converged"'],
  ])("%s %j as %j: %s", (name, path, value, message) => {
    const document = JSON.parse(wholes[name]!) as Node;
    const node = path.slice(0, -1).reduce<Node>((at, key) => (at as Record<string, Node>)[key]!, document);
    (node as Record<string, unknown>)[path.at(-1)!] = value;
    expect(() => parseFit(JSON.stringify(document), "fit.json")).toThrow(`fit.json is not a whole fit: ${message}`);
  });

  test("compare and plan-next read the same documents", async () => {
    const flawed = (name: string, from: RegExp, to: string) => file(`${name}.json`, wholes[name]!.replace(from, to));
    const law = flawed("power", /"logCoefficient": \{\s*"value": [^,]+/, '"logCoefficient": { "value": null');
    const choices = { law: "power", draws: 10, seed: 0 } as const;
    expect(() => compare(law, fixture("dit_isoflop_noisy"), choices)).toThrow(/logCoefficient.value is null/);
    const surface = flawed("surface", /"theta": \[\s*[^,]+/, '"theta": ["Infinity"');
    const plan = { allowance: 1e22, target: 1e24, quantity: "N", posterior: "delta" } as const;
    await expect(planFrom(surface, plan)).rejects.toThrow(/fit.theta\[0\] is Infinity/);
  });
});
