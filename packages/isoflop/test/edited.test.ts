import { readFileSync } from "node:fs";
import { writeRecord } from "@isoflop/scaling";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compare } from "../src/compare/compare.js";
import { CliError, exitCodes, inputError } from "../src/exit.js";
import { hyperparameterThrough } from "../src/fit/hyperparameter/fit.js";
import { isoFlopThrough } from "../src/fit/isoflop/fit.js";
import type { Questions } from "../src/fit/kind.js";
import { lawThrough } from "../src/fit/law/fit.js";
import { linkThrough } from "../src/fit/link/fit.js";
import { type SavedFit, savedFitIn } from "../src/fit/saved.js";
import { scheduleThrough } from "../src/fit/schedule/fit.js";
import { surfaceThrough } from "../src/fit/surface/fit.js";
import { planFrom } from "../src/plan-next/plan.js";
import { predict } from "../src/predict/predict.js";
import { predictionWords } from "../src/predict/words.js";
import { loadRuns } from "../src/runs/load.js";
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

/** A table of thirty rows. */
const table = (header: string, row: (i: number) => readonly number[]): string =>
  file(`${header}.csv`, [header, ...Array.from({ length: 30 }, (_, i) => row(i + 1).join(","))].join("\n"));

const wholes: Readonly<Record<string, string>> = {
  isoflop: writeRecord(isoFlopThrough(runs)),
  akima: writeRecord(isoFlopThrough(runs, { optimum: "akima" })),
  surface: writeRecord(await surfaceThrough(epoch, { bootstrap: 30 })),
  power: writeRecord(lawThrough(points)),
  saturating: writeRecord(lawThrough(points, "saturating")),
  broken: writeRecord(lawThrough(points, "broken")),
  hyperparameter: writeRecord(
    hyperparameterThrough({ input: fixture("emoji_lr_sweep"), on: ["width", "D"], loss: "loss" }),
  ),
  link: writeRecord(linkThrough({ input: table("loss,metric", (i) => [2 + i / 10, 30 - (i - 3) ** 2 / 4]) }, {})),
  schedule: writeRecord(
    scheduleThrough({
      input: table("step,lr,loss", (i) => [100 * i, 1e-3 * (1 - i / 40), 3 + i ** -0.5 - 0.01 * i + 0.002 * (-1) ** i]),
    }),
  ),
};

/** What is asked of fits that are not asked at a compute. */
const questions: Readonly<Record<string, Questions>> = {
  "fit hyperparameter": { tokens: 1e8, with: { width: 100 } },
  "fit link": { at: [2.5, 4] },
  "fit schedule": { schedule: "wsd", steps: [1000, 5000] },
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

const reread = (text: string): SavedFit => {
  const fit = savedFitIn(text, "fit.json");
  if (!fit) throw inputError("fit.json is not a fit; expected one");
  return fit;
};

const ask = (fit: SavedFit) => {
  const document = predict(fit, questions[fit.command] ?? { at: [1e20, 1e22] });
  textOf(predictionWords(document));
  return document.predictions.flatMap(({ predicted }) =>
    Object.values(predicted).flatMap(({ value, ci95, interval95 }) => [value, ...(ci95 ?? []), ...(interval95 ?? [])]),
  );
};

describe("a saved fit that was edited in one place", () => {
  test.each(Object.entries(wholes))("%s is read as it is, or refused with the field's name", (_, whole) => {
    const finite = ask(reread(whole)).map(Number.isFinite);
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
          const numbers = ask(reread(JSON.stringify(document)));
          if (typeof value !== "number") expect(numbers.map(Number.isFinite)).toEqual(finite);
        } catch (error) {
          if (!(error instanceof CliError)) throw error;
          if (error.exitCode === exitCodes.input) {
            refused++;
            expect(error.message).toMatch(
              /^fit\.json is (not a (whole )?fit[:;]|a fit that another version of isoflop saved;)/,
            );
          } else expect(error.exitCode).toBe(exitCodes.unsound);
        }
      }),
      { numRuns: 600 },
    );
    expect(refused).toBeGreaterThan(200);
  });

  test.each([
    ["surface", ["fit", "covariance"], "abc", 'fit.covariance is "abc"; it must be a list'],
    ["surface", ["fit", "covariance", "1", "1"], null, "fit.covariance[1][1] is null; it must be a finite number"],
    ["surface", ["fit", "covariance"], undefined, "fit.covariance is missing"],
    [
      "surface",
      ["fit", "bootstrap", "covariance", "0", "0"],
      -1,
      "fit.bootstrap.covariance[0][0] is -1; it must be a variance",
    ],
    ["surface", ["fit", "flopsPerToken"], 0, "fit.flopsPerToken is 0; it must be a finite number above 0"],
    ["power", ["fit", "data", "y"], null, "fit.data.y is null; it must be a list"],
    ["power", ["fit", "data", "y", "2"], "Infinity", 'fit.data.y[2] is "Infinity"; it must be a finite number above 0'],
    ["isoflop", ["fit", "budgets", "0", "parabola", "N"], "x", 'fit.budgets[0].parabola.N is "x"; it must be a record'],
    [
      "power",
      ["fit", "law", "exponent", "value"],
      "abc",
      'fit.law.exponent.value is "abc"; it must be a finite number',
    ],
    ["power", ["fit", "law", "degreesOfFreedom"], 0, "fit.law.degreesOfFreedom is 0; it must be 18"],
    [
      "saturating",
      ["fit", "law", "kind"],
      "powr",
      'fit.law.kind is "powr"; it must be one of "power", "saturating", "broken"',
    ],
    ["isoflop", ["status"], "fine", 'status is "fine"; it must be one of "converged"'],
  ])("%s %j as %j: %s", (name, path, value, message) => {
    const document = JSON.parse(wholes[name]!) as Node;
    const node = path.slice(0, -1).reduce<Node>((at, key) => (at as Record<string, Node>)[key]!, document);
    (node as Record<string, unknown>)[path.at(-1)!] = value;
    expect(() => reread(JSON.stringify(document))).toThrow(`fit.json is not a whole fit: ${message}`);
  });

  test.each(["isoflop", "surface", "law-power", "law-saturating", "law-broken"])(
    "a %s of a version that wrote fits otherwise is refused with what to do",
    (name) => {
      const text = readFileSync(new URL(`./fixtures/before/${name}.json`, import.meta.url), "utf8");
      const { command } = JSON.parse(text) as { readonly command: string };
      expect(() => reread(text)).toThrow(
        `fit.json is a fit that another version of isoflop saved; run isoflop ${command} … --json again`,
      );
    },
  );

  test("compare and plan-next read the same documents", async () => {
    const flawed = (name: string, from: RegExp, to: string) => file(`${name}.json`, wholes[name]!.replace(from, to));
    const law = flawed("power", /"logCoefficient": \{\s*"value": [^,]+/, '"logCoefficient": { "value": null');
    const choices = { law: "power", draws: 10, seed: 0 } as const;
    expect(() => compare(law, fixture("dit_isoflop_noisy"), choices)).toThrow(/logCoefficient.value is null/);
    const surface = flawed("surface", /"theta": \[\s*[^,]+/, '"theta": ["Infinity"');
    const plan = { allowance: 1e22, target: 1e24, optimum: "N", posterior: "delta" } as const;
    await expect(planFrom(surface, plan)).rejects.toThrow(/fit.theta\[0\] is "Infinity"/);
  });
});
