import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { heldOutOf, readStudy, type StudySummary } from "@isoflop/plot";
import { resolveStudy, writtenStudy } from "isoflop/study";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const here = join(import.meta.dirname, "..");
const folder = mkdtempSync(join(tmpdir(), "isoflop-paper-metrics-"));
afterAll(() => rmSync(folder, { recursive: true }));

it("trains what the quick study trains, and measures two numbers more", async () => {
  const [own, quick] = await Promise.all(
    [join(here, "study.yaml"), "quick"].map(async (name) => (await resolveStudy(await writtenStudy(name))).file),
  );
  for (const field of ["data", "model", "objective", "batch", "optimizer", "validation", "grid", "heldOut"] as const)
    expect(own![field]).toEqual(quick![field]);
  expect(own!.metrics).toMatchObject([{ kind: "vlb" }, { kind: "nll" }]);
});

describe("at toy size", () => {
  const out = join(folder, "toy");
  const toy = ["grid={budgets: [2.5e8, 5e8, 1e9, 2e9], widths: [8, 16, 24, 32]}", "heldOut.budgets=4e9"];
  const small = ["validation.images=64", "heldOut.widths=[16,24,32]", "heldOut.count=1"];
  const metrics =
    "metrics=[{kind: vlb, decoder: gaussian, images: 64, strata: 4}, {kind: nll, dequantization: none, images: 64, steps: 2}]";
  let summary: StudySummary;
  let words: string;

  beforeAll(() => {
    const sets = [...toy, ...small, metrics].flatMap((one) => ["--set", one]);
    words = execFileSync("npx", ["isoflop", "study", join(here, "study.yaml"), ...sets, "--out", out], {
      cwd: here,
      encoding: "utf8",
      stdio: "pipe",
    });
    summary = readStudy(JSON.parse(readFileSync(join(out, "summary.json"), "utf8")));
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
    const { predictions, seal } = JSON.parse(readFileSync(join(out, "prediction.json"), "utf8"));
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
    const page = readFileSync(join(out, "report.html"), "utf8");
    for (const said of ["Do the quantities agree?", "vlb + 7: the laws", "nll + 7: from the loss"])
      expect(page.includes(said), said).toBe(true);
    expect(words).toContain("Do the quantities agree?");
    expect(words).toContain("nll + 7: held out");
  });
});
