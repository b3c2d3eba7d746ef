import { type LawForm, lawForms, type PowerLaw, power, surfaceForms, writeRecord } from "@isoflop/scaling";
import { choice, whole } from "@isoflop/spec";
import * as v from "valibot";
import { expect, test } from "vitest";
import { compare } from "../src/compare/compare.js";
import { lawThrough, loadPoints } from "../src/fit/law/fit.js";
import { lawPage } from "../src/fit/law/page.js";
import { lawWords } from "../src/fit/law/words.js";
import { savedFitIn } from "../src/fit/saved.js";
import { surfaceThrough } from "../src/fit/surface/fit.js";
import { surfacePage } from "../src/fit/surface/page.js";
import { surfaceWords } from "../src/fit/surface/words.js";
import { givenOf } from "../src/options/form-options.js";
import { pageHtml } from "../src/page/page.js";
import { planFrom } from "../src/plan-next/plan.js";
import { predictionPage } from "../src/predict/page.js";
import { predict } from "../src/predict/predict.js";
import { programFor } from "../src/program.js";
import { loadRuns } from "../src/runs/load.js";
import { textOf } from "../src/words/text.js";
import { file, fixture } from "./isoflop.js";

/** y = c · (x / unit)^γ: a law in a unit of the reader's. */
interface ScaledLaw extends Omit<PowerLaw, "kind"> {
  readonly kind: "scaled";
  readonly unit: number;
}

const inner = ({ unit: _, ...law }: ScaledLaw): PowerLaw => ({ ...law, kind: "power" });

const scaled: LawForm<ScaledLaw> = {
  name: "scaled",
  formula: "y = coefficient · (x/unit)^exponent",
  options: {
    unit: v.pipe(v.optional(v.picklist([1, 1000], "1 or 1000"), 1), v.description("x is counted in it")),
  },
  schema: v.looseObject({
    kind: v.literal("scaled"),
    status: choice(["converged", "too-few-points"]),
    points: whole(),
  }) as never,
  fit: (x, y, { unit }: { readonly unit: number }) => {
    const outcome = power.fit(
      x.map((at) => at / unit),
      y,
      {} as never,
    );
    return outcome.ok ? { ...outcome, kind: "scaled", unit } : outcome;
  },
  value: (law, x) => power.value(inner(law), x / law.unit),
  band: (law, x) => power.band(inner(law), x / law.unit),
  predict: (law, x, data) => power.predict(inner(law), x / law.unit, data),
  draws: (law, count, uniform) =>
    power.draws!(inner(law), count, uniform).map((curve) => (x: number) => curve(x / law.unit)),
  objective: (law) => power.objective(inner(law)),
  estimates: (law) => power.estimates(inner(law)),
  remark: ({ unit }) => `in units of ${unit}`,
  equation: (law, names, num) => power.equation(inner(law), names, num),
};

lawForms.add(scaled);

const input = file("scaled.csv", ["x,y", ...[1e3, 1e4, 1e5, 1e6].map((x) => `${x},${3 * x ** -0.1}`)].join("\n"));
const saved = lawThrough(loadPoints({ input }), "scaled", { unit: 1000 });

test("a law form from outside is a choice of the command line, with its options", async () => {
  const program = await programFor(["fit", "law"]);
  const help = program.commands.find((one) => one.name() === "fit")!.commands.find((one) => one.name() === "law")!;
  expect(help.helpInformation()).toMatch(/"scaled"/);
  expect(help.helpInformation()).toMatch(/--unit <value> +of scaled: x is counted in it/);
  expect(givenOf(lawForms, "scaled", { unit: 1000 })).toEqual({ unit: 1000 });
  expect(() => givenOf(lawForms, "power", { unit: 1000 })).toThrow("--unit is for --form scaled, not power");
});

test("it is fitted, printed, saved, read, predicted, compared and drawn", async () => {
  const words = textOf(lawWords(saved));
  expect(words).toContain(scaled.formula);
  expect(words).toContain("in units of 1000");
  const again = savedFitIn(writeRecord(saved), "fit.json")!;
  expect(again.fit).toEqual(saved.fit);
  const { predictions } = predict(again, { at: [1e7] });
  expect(predictions[0]!.predicted.y!.value).toBeCloseTo(3 * 1e7 ** -0.1, 10);
  const other = file("scaled.json", writeRecord(saved));
  const { at } = compare(other, other, { law: "power", draws: 20, seed: 0, at: [1e5] }).comparison;
  expect(at[0]!.difference.value).toBe(0);
  for (const page of [lawPage(saved.fit, { x: "x", y: "y" }), predictionPage(saved.fit, predictions, undefined)])
    expect(await pageHtml(async () => page, [])).toMatch(/<svg[\s\S]*class="point"/);
});

test("so is a surface form: fitted, printed, saved, read, predicted, planned with and drawn", async () => {
  surfaceForms.add({ ...surfaceForms.get("tied"), name: "mine", formula: "E + A/N^alpha + B/D^alpha, mine" });
  const loaded = loadRuns({ input: fixture("cs336_isoflops") });
  const surface = await surfaceThrough(loaded, { form: "mine", objective: "log-mse" });
  expect(textOf(surfaceWords(surface))).toContain("L = E + A/N^alpha + B/D^alpha, mine");
  const again = savedFitIn(writeRecord(surface), "fit.json")!;
  const [asked] = predict(again, { at: [1e20] }).predictions;
  const [tied] = predict(await surfaceThrough(loaded, { form: "tied", objective: "log-mse" }), {
    at: [1e20],
  }).predictions;
  expect(asked!.predicted).toEqual(tied!.predicted);
  const plan = { allowance: 1e21, target: 1e23, optimum: "N", posterior: "delta" } as const;
  const { document } = await planFrom(file("mine.json", writeRecord(surface)), plan);
  expect(document.plan.runs.length).toBeGreaterThan(0);
  expect(await pageHtml(async () => surfacePage(loaded, surface.fit), [])).toMatch(/<svg[\s\S]*class="contour"/);
});
