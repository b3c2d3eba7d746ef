import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { heldOutOf, readStudy, type StudySummary } from "@isoflop/plot";
import { resolveStudy, writtenStudy } from "isoflop/study";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decisive, type ToyStudy, toyStudy } from "../../../vitest.study.js";

const here = join(import.meta.dirname, "..");
const folder = mkdtempSync(join(tmpdir(), "isoflop-paper-metrics-"));
afterAll(() => rmSync(folder, { recursive: true }));

it("trains what the quick study trains, and measures two numbers more", async () => {
  const [own, quick] = await Promise.all(
    [join(here, "study.yaml"), "quick"].map(async (name) => (await resolveStudy(await writtenStudy(name))).file),
  );
  for (const field of decisive) expect(own![field]).toEqual(quick![field]);
  expect(own!.metrics).toMatchObject([{ kind: "vlb" }, { kind: "nll" }]);
});

describe("at toy size", () => {
  const metrics =
    "metrics=[{kind: vlb, decoder: gaussian, images: 64, strata: 4}, {kind: nll, dequantization: none, images: 64, steps: 2}]";
  let study: ToyStudy;
  let summary: StudySummary;

  beforeAll(() => {
    study = toyStudy(here, join(folder, "toy"), [metrics]);
    summary = readStudy(JSON.parse(study.file("summary.json")));
  }, 120_000);

  it("three laws come of one grid: parabolas and a prediction of each, sealed together and tested by the same run", () => {
    const quantities = summary.quantities!;
    expect(quantities.map(({ title, offset }) => [title, offset])).toEqual([
      ["vlb + 7", 7],
      ["nll + 7", 7],
    ]);
    const [loss] = heldOutOf(summary);
    for (const { heldOut, fit } of quantities) {
      expect(fit!.budgets).toHaveLength(4);
      const [check] = heldOutOf({ ...(heldOut && { heldOut }) });
      expect(check!.run).toBe(loss!.run);
      expect(check!.prediction.predicted.loss!.interval95).toHaveLength(2);
      expect(check!.measured!.sigma).toBeGreaterThan(0);
    }
    const { predictions, seal } = JSON.parse(study.file("prediction.json"));
    expect(predictions.map(({ prediction }: { prediction: { quantity: string } }) => prediction.quantity)).toEqual([
      "loss",
      "vlb + 7",
      "nll + 7",
    ]);
    expect(summary.seal).toBe(seal);
  });

  it("the likelihood is linked to the loss; report and terminal say whether the optima agree", () => {
    const nll = summary.quantities![1]!;
    expect(nll.link).toMatchObject({ ok: true, names: { x: "loss", y: "nll + 7" }, break: { ok: true } });
    const page = study.file("report.html");
    for (const said of ["Do the quantities agree?", "vlb + 7: the laws", "nll + 7: from the loss"])
      expect(page.includes(said), said).toBe(true);
    expect(study.words).toContain("Do the quantities agree?");
    expect(study.words).toContain("nll + 7: held out");
  });
});
