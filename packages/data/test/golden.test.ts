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
    [16, "train", "b7cba3f5744d48805eed6680ac7c27b8fb201306e6c270b6a152ae998775c2b1", "9b86b9f9dae04648"],
    [16, "validation", "139423c0ef71fcbf34f295b2197bfc390b9ccc9448e1d45d343a136ce7b1303c", "35b0eb52f9e62819"],
    [16, "validation-emoji", "2772459a0082049a9baa0e4d781fb8d9bd961032344fd2bb16a17ac41db98715", "413f907e1e0c31bd"],
    [32, "train", "aad8e7fed2919144615b5f3ef1b9cdb47fe190836d854f9a5d7118fac71e0bd8", "287b169109cfde9a"],
    [32, "validation", "8ee24507ef65fb750368310837593408c17d03850731df54b6f0033048cec07f", "b6e457ae275acb47"],
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
