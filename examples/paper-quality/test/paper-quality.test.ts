import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { heldOutOf, readStudy, type StudySummary } from "@isoflop/plot";
import { resolveStudy, writtenStudy } from "isoflop/study";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decisive, type ToyStudy, toyStudy } from "../../../vitest.study.js";

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
    for (const field of decisive) expect(own[field]).toEqual(quick[field]);
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
  const drawn = "extractor: emojiEncoder, from: 64, count: 64, steps: 4";
  const metrics = `metrics=[{kind: kid, ${drawn}, reference: 256}, {kind: captionAccuracy, ${drawn}}]`;
  let study: ToyStudy;
  let summary: StudySummary;

  beforeAll(() => {
    study = toyStudy(here, join(folder, "toy"), [metrics]);
    summary = readStudy(JSON.parse(study.file("summary.json")));
  }, 240_000);

  it("the distance has a law and a prediction of its own, sealed with that of the loss", () => {
    const [kid] = summary.quantities!;
    expect(kid!.title).toContain("kid");
    expect(kid!.fit!.budgets).toHaveLength(4);
    const { predictions, seal } = JSON.parse(study.file("prediction.json"));
    expect(predictions.map(({ prediction }: { prediction: { quantity: string } }) => prediction.quantity)).toContain(
      kid!.title,
    );
    expect(summary.seal).toBe(seal);
    const [check] = heldOutOf({ ...(kid!.heldOut && { heldOut: kid!.heldOut }) });
    expect(check!.prediction.predicted.loss!.interval95).toHaveLength(2);
  });

  it("the distance is linked to the loss, with a test for a break; terminal and report say so", () => {
    expect(summary.quantities![0]!.link).toMatchObject({ ok: true, break: { ok: true } });
    expect(study.file("report.html")).toContain("kid: from the loss");
    expect(study.words).toContain("kid: held out");
  });
});
