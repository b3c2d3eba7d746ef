import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { decodeSheet, type SceneSplit, scenes, selectSprites } from "../src/index.js";

const sheet = decodeSheet(readFileSync(new URL("fixtures/emoji.sheet", import.meta.url)));
const sha256 = (data: Float32Array | Int32Array) =>
  createHash("sha256").update(new Uint8Array(data.buffer)).digest("hex");

describe("the scenes of a given sheet", () => {
  // A change here changes the data of every run ever made: it needs a major version.
  it.each<[16 | 32, SceneSplit, string, string]>([
    [16, "train", "c28cf32dd27ffc2155901524e90010774f85e15b3316b14414cbd6acebf5d5cc", "dacf1128cab206e0"],
    [16, "validation", "383c63761f6726599d654289a9c33beb12a9291520fc47a54e07737882c7f76f", "e455ee9013edef23"],
    [16, "validation-emoji", "c3a0a0215bb25c2bf644f62cb107d7c0d8436fc49713002ac2321c183a73f039", "d60528f874666a35"],
    [32, "train", "86460e147b58a2c65b6e0f78c3e566c84a51eb674e1c66f35d3e1cc3455e97be", "e7771a3616a031fc"],
    [32, "validation", "8b384f83f874d943a0af2dd79dcda48c3077ab01f47d681bea48df36761f2905", "5a7bcf23e5e002f6"],
    [32, "validation-emoji", "2f5af8ffbbb501f68ebba9d8eee59ce05e1dff56c1ed16fe4d4e3bf6fc951e80", "d60528f874666a35"],
  ])("never change: %i px, %s", (size, split, images, captions) => {
    const batch = scenes(sheet, { size, seed: 0 }).batch(split, 0, 16);
    expect(sha256(batch.images)).toBe(images);
    expect(sha256(batch.captions).slice(0, 16)).toBe(captions);
  });

  it("hold out the same sprites in every order of the sheet", () => {
    for (const names of [sheet.names, sheet.names.toReversed()]) {
      const { heldOut } = scenes(selectSprites(sheet, names), { size: 16 }).describe().settings;
      expect((heldOut as readonly string[]).toSorted()).toEqual(["frog", "penguin"]);
    }
  });
});
