import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { heldOutOf, readStudy, type StudySummary } from "@isoflop/plot";
import { resolveStudy, writtenStudy } from "isoflop/study";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const here = join(import.meta.dirname, "..");
const folder = mkdtempSync(join(tmpdir(), "isoflop-paper-quality-"));
afterAll(() => rmSync(folder, { recursive: true }));

const fileOf = async (name: string) => (await resolveStudy(await writtenStudy(name))).file!;

/** Of a metric of drawn pictures: the first caption, and the one after the last picture that it takes. */
interface Drawn {
  readonly kind: string;
  readonly from: number;
  readonly count: number;
  readonly reference?: number;
  readonly guidance: number;
}
const endOf = ({ from, count, reference = 0 }: Drawn): number => from + count + reference;

describe("the studies", () => {
  it("the runs are the quick study's, and the three metrics are of the same pictures", async () => {
    const [own, quick] = await Promise.all([fileOf(join(here, "study.yaml")), fileOf("quick")]);
    for (const field of ["data", "model", "objective", "batch", "optimizer", "validation", "grid", "heldOut"] as const)
      expect(own[field]).toEqual(quick[field]);
    const drawn = own.metrics as unknown as Drawn[];
    expect(drawn.map(({ kind }) => kind)).toEqual(["kid", "fd", "captionAccuracy"]);
    expect(new Set(drawn.map(({ from, count, guidance }) => [from, count, guidance].join())).size).toBe(1);
  });

  it("guidance is chosen on captions and scenes that no number of the study is of", async () => {
    const [own, trial] = await Promise.all(["study.yaml", "guidance.yaml"].map((name) => fileOf(join(here, name))));
    const tried = trial!.metrics as unknown as Drawn[];
    const chosen = tried.filter(({ from }) => from === 0);
    const judged = own!.metrics as unknown as Drawn[];
    expect(Math.max(...chosen.map(endOf))).toBeLessThanOrEqual(Math.min(...judged.map(({ from }) => from)));
    expect(chosen.map(({ guidance }) => guidance)).toContain(judged[0]!.guidance);
    expect(trial!.model).toEqual(own!.model);
    expect(trial!.optimizer).toEqual(own!.optimizer);
  });
});

describe("at toy size", () => {
  const out = join(folder, "toy");
  const toy = ["grid={budgets: [2.5e8, 5e8, 1e9, 2e9], widths: [8, 16, 24, 32]}", "heldOut.budgets=4e9"];
  const small = ["validation.images=64", "heldOut.widths=[16,24,32]", "heldOut.count=1"];
  const drawn = "extractor: emojiEncoder, from: 64, count: 64, steps: 4";
  const metrics = `metrics=[{kind: kid, ${drawn}, reference: 256}, {kind: captionAccuracy, ${drawn}}]`;
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
  }, 240_000);

  it("the distance has a law and a prediction of its own, sealed with that of the loss", () => {
    const [kid] = summary.quantities!;
    expect(kid!.title).toContain("kid");
    expect(kid!.fit!.budgets).toHaveLength(4);
    const { predictions, seal } = JSON.parse(readFileSync(join(out, "prediction.json"), "utf8"));
    expect(predictions.map(({ prediction }: { prediction: { quantity: string } }) => prediction.quantity)).toContain(
      kid!.title,
    );
    expect(summary.seal).toBe(seal);
    const [check] = heldOutOf({ ...(kid!.heldOut && { heldOut: kid!.heldOut }) });
    expect(check!.prediction.predicted.loss!.interval95).toHaveLength(2);
  });

  it("the distance is linked to the loss, with a test for a break; terminal and report say so", () => {
    expect(summary.quantities![0]!.link).toMatchObject({ ok: true, break: { ok: true } });
    expect(readFileSync(join(out, "report.html"), "utf8")).toContain("kid: from the loss");
    expect(words).toContain("kid: held out");
  });
});
