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
    [16, "train", "006a4a7e76fb934b475c2b9e523c0a81e1f51ca4d82e7bc58d775bedffb8b0bc", "b2f81687236cf501"],
    [16, "validation", "acc6a6f94fffa9093df4b354c0dbba9c06ed094cf2202e3480f3a8d4c919be84", "674d033e96638a56"],
    [16, "validation-emoji", "2772459a0082049a9baa0e4d781fb8d9bd961032344fd2bb16a17ac41db98715", "413f907e1e0c31bd"],
    [32, "train", "628191544950063cf63461dbd3c85da4ce49d7d5e57f9158d942567ad05f972b", "651c19ae692d11fa"],
    [32, "validation", "ef41bc2090ab19efed439dbafd1b27f058b27d97e2b6657347879280c1bee1d5", "13392541da3274c8"],
    [32, "validation-emoji", "97c5f40e3cff62ec6958e4107f747081c9cf6451f3ce326c81ad234460c60058", "413f907e1e0c31bd"],
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
