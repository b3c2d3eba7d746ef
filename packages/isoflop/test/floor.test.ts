import { shapeScenes } from "@isoflop/data";
import { describe, expect, test } from "vitest";
import { floorOf } from "../src/floor/floor.js";
import { file, isoflop, json } from "./isoflop.js";

const study = (extra: string) =>
  file(
    "floor.yaml",
    `name: known\ndata: shapes\nvalidation: { images: 64 }\ngrid: { budgets: 1e10, widths: [16] }\n${extra}`,
  );

interface Told {
  readonly name: string;
  readonly source: string;
  readonly why?: string;
  readonly floors: readonly { readonly value: number; readonly standardError: number; readonly prior: string }[];
}
const lossesOf = (args: readonly string[]) => json(["floor", ...args]).losses as unknown as readonly Told[];

describe("floor", () => {
  test("of a study and of the same data on the command line are the same, and as from the library", async () => {
    const [ofStudy] = lossesOf([study("")]);
    const [ofData] = lossesOf(["--data", "shapes", "--validation-images", "64"]);
    expect([ofStudy!.name, ofData!.name, ofStudy!.source]).toEqual(["known", "shapes", "shapes-scenes-16"]);
    expect(ofData!.floors).toEqual(ofStudy!.floors);
    const [all, own] = ofStudy!.floors;
    expect([all!.prior, own!.prior]).toEqual(["all", "validation"]);
    expect(own!.value).toBeLessThan(all!.value);
    const told: [number, number][] = [];
    const floor = await floorOf(
      {
        source: shapeScenes({ size: 16 }),
        file: { objective: "rectifiedFlow", validation: { split: "validation", images: 64 } },
      },
      { onProgress: (...now) => told.push(now) },
    );
    expect(floor).toEqual(all);
    expect(told).toEqual([[64, 64]]);
  });

  test("of emoji at 16 px is 0.0194 ± 0.0008, which another program found too", () => {
    const [{ floors }] = lossesOf(["--data", "emoji"]) as [Told];
    expect(floors[0]!.value).toBeCloseTo(0.0194, 4);
    expect(floors[0]!.standardError).toBeCloseTo(0.0008, 4);
  });

  test("one for each loss that a study compares, and why where it is not known", () => {
    const compared = study(
      "compare: { objective: [rectifiedFlow, { preset: ddpm, loss: kl }], model.conditioning: [inContext, adaLN] }",
    );
    const losses = lossesOf([compared]);
    expect(losses.map(({ floors }) => floors.length)).toEqual([2, 0]);
    expect(losses[0]!.name.split(", ")).toHaveLength(2);
    expect(losses[1]!.why).toContain('the loss is "kl"');
  });

  test("text: whose floor, and by time", () => {
    const { stdout, code } = isoflop(["floor", "--data", "shapes", "--validation-images", "64", "--objective", "edm"]);
    expect(code).toBe(0);
    expect(stdout).toContain('shapes: shapes-scenes-16, 64 images of the split "validation"; ');
    expect(stdout).toMatch(/of models that were not told what is held out +0\.\d+ +0\.\d+\n/);
    expect(stdout).toMatch(/of any model that knows "validation" by heart +0\.\d+ +0\.\d+\n/);
    expect(stdout.match(/^0\.\d{3} to \d\.\d{3}/gm)).toHaveLength(8);
  });

  test("is undefined where nobody knows it", async () => {
    const { posterior: _, ...found } = shapeScenes({ size: 16 });
    const validation = { split: "validation", images: 64 };
    expect(await floorOf({ source: found, file: { objective: "rectifiedFlow", validation } })).toBeUndefined();
  });

  test.each([
    [["STUDY", "--data", "shapes"], 2, "give one of the two, FILE or --data"],
    [["--data", "shapes", "--set", "seed=1"], 2, "--set is of a study"],
    [["STUDY", "--image", "32"], 2, "--image goes with --data"],
    [["--data", "shapes", "--objective", "ddmp"], 2, 'did you mean "ddpm"?'],
    [["--data", "shapes", "--validation-images", "100"], 3, "a multiple of 64"],
    [["--data", "shapes", "--split", "test"], 3, 'has no split "test"'],
    [
      ["BOUND"],
      3,
      "the least loss is known of squared errors alone. Of the sources that come with isoflop emoji and shapes",
    ],
    [["none.yaml"], 3, "there is no file none.yaml"],
  ])("%j: status %d, %s", (args, status, message) => {
    const words = args.map((word) =>
      word === "STUDY" ? study("") : word === "BOUND" ? study("objective: { preset: ddpm, loss: kl }") : word,
    );
    const { code, stderr } = isoflop(["floor", ...words]);
    expect([code, stderr]).toEqual([status, expect.stringContaining(message)]);
  });
});
