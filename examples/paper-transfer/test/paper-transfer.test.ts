import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSource } from "@isoflop/data/node";
import { readStudy } from "@isoflop/plot";
import { resolveStudy, writtenStudy } from "isoflop/study";
import { afterAll, describe, expect, it } from "vitest";
import { decisive, toyStudy } from "../../../vitest.study.js";
import { parallel, readRuns } from "../parallel.mjs";
import { source as untold } from "../parts/untold.js";

const here = join(import.meta.dirname, "..");
const folder = mkdtempSync(join(tmpdir(), "isoflop-paper-transfer-"));
afterAll(() => rmSync(folder, { recursive: true }));

it("trains what the quick study trains, and measures it on four sets of other pictures", async () => {
  const [own, quick] = await Promise.all(
    [join(here, "study.yaml"), "quick"].map(async (name) => (await resolveStudy(await writtenStudy(name))).file),
  );
  for (const field of decisive) expect(own![field]).toEqual(quick![field]);
  expect(own!.metrics).toMatchObject([
    { kind: "validation", data: { source: "emoji", set: "twemoji" } },
    { kind: "validation", data: { source: "emoji", set: "fluent-emoji-flat" } },
    { kind: "validation", data: { of: "emoji" } },
    { kind: "validation", data: { of: "cifar10" } },
  ]);
});

it("pictures without words have the words of emoji and say none of them", async () => {
  const [emoji, photographs] = await Promise.all([
    openSource({ source: "emoji" }),
    untold.build({ of: "cifar10", size: 16 }),
  ]);
  expect(photographs.vocabulary.words).toEqual(emoji.vocabulary.words);
  const { images, captions } = photographs.batch("validation", 3, 2);
  expect([...captions]).toEqual(Array(2 * emoji.captionLength).fill(0));
  const cifar10 = await openSource({ source: "cifar10" });
  expect(images).toEqual(cifar10.batch("validation", 3, 2).images);
}, 60_000);

describe("laws in pairs", () => {
  const budgets = [1e10, 2e10, 4e10, 8e10];
  /** Losses ½ ln²(N/N*) above a power law, with noise that all data share and some that they do not. */
  const table = (exponent: number, size: number) =>
    budgets.flatMap((C, b) =>
      [-1, -0.5, 0, 0.5, 1].map((off, i) => {
        const c = Math.log(C / 1e10);
        const shared = 0.01 * Math.sin(7 * b + 3 * i);
        const loss = (a: number, n: number, more: number) =>
          Math.exp(a * c + 0.5 * (off + (0.35 - n) * c) ** 2 + shared + more);
        const N = 1e4 * Math.exp(0.35 * c + off);
        return {
          ...{ C, N, D: C / (6 * N), errors: [0, 0] },
          losses: [loss(-0.14, 0.35, 0), 1.2 * loss(exponent, size, 1e-4 * Math.cos(5 * b + 2 * i))],
        };
      }),
    );

  it("give back exponents and offset, and tell small differences in spite of noise that is shared", () => {
    const { laws } = parallel(["own", "other"], table(-0.12, 0.35));
    const { lossDifference, sizeDifference, ratios, loss } = laws[1]!;
    expect(loss.value).toBeCloseTo(-0.12, 2);
    expect(lossDifference.value).toBeCloseTo(0.02, 3);
    expect(lossDifference.interval95[1] - lossDifference.interval95[0]).toBeLessThan(0.001);
    expect(sizeDifference.value).toBeCloseTo(0, 3);
    expect(ratios[0]!.value).toBeCloseTo(1.2, 3);
    expect(ratios[3]!.value).toBeCloseTo(1.2 * 8 ** 0.02, 3);
    expect(parallel(["own", "other"], table(-0.14, 0.3)).laws[1]!.sizeDifference.value).toBeCloseTo(-0.05, 2);
    expect(() => parallel(["own", "other"], table(-0.14, 0.3), "third")).toThrow("it must be one of own, other");
  });

  it("are those of the page, of the table beside it", () => {
    const { names, runs } = readRuns(readFileSync(join(here, "runs.csv"), "utf8"));
    const page = readFileSync(join(here, "README.md"), "utf8");
    const { laws } = parallel(names, runs);
    expect(runs).toHaveLength(79);
    for (const { name, lossDifference } of laws.slice(1)) {
      const [low, high] = lossDifference.interval95.map((end) => end.toFixed(4));
      expect(page, name).toContain(`${lossDifference.value.toFixed(4)} (${low} to ${high})`);
    }
  });
});

it("at toy size: laws of the loss on other data, and a prediction of each, from one grid", () => {
  const { words, file } = toyStudy(here, join(folder, "toy"), [
    "metrics=[{kind: validation, images: 64, data: {source: emoji, size: 16, set: twemoji}}, {kind: validation, images: 64, data: {module: ./parts/untold.ts, of: cifar10}}]",
  ]);
  const { quantities } = readStudy(JSON.parse(file("summary.json")));
  expect(quantities!.map(({ title }) => title)).toEqual([
    "validation(split=validation images=64 data=emoji:twemoji)",
    "validation(split=validation images=64 data=untold:cifar10)",
  ]);
  for (const { fit, link } of quantities!) {
    expect(fit!.budgets).toHaveLength(4);
    expect(link).toMatchObject({ ok: true, names: { x: "loss" } });
  }
  expect(words).toContain("data=emoji:twemoji): held out");
}, 120_000);
