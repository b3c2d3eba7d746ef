import { describe, expect, it } from "vitest";
import { sourceSpec } from "../src/index.js";

describe("what one writes as a text", () => {
  it.each<[string, object]>([
    ["emoji", { source: "emoji" }],
    ["shapes", { source: "shapes" }],
    ["./images", { source: "images", path: "./images" }],
    ["images/", { source: "images", path: "images/" }],
    ["/data/photos of 2020", { source: "images", path: "/data/photos of 2020" }],
    ["C:\\photos", { source: "images", path: "C:\\photos" }],
    [".", { source: "images", path: "." }],
    ["shards/{000..031}.tar", { source: "webdataset", path: "shards/{000..031}.tar" }],
    ["a.TAR.GZ", { source: "webdataset", path: "a.TAR.GZ" }],
    ["./train-*.parquet", { source: "parquet", path: "./train-*.parquet" }],
    ["latents.safetensors", { source: "latents", path: "latents.safetensors" }],
    ["./x.npz", { source: "latents", path: "./x.npz" }],
    ["./x.npy", { source: "latents", path: "./x.npy" }],
    ["hf://owner/na.me", { source: "hub", repo: "owner/na.me" }],
    ["hf://datasets/owner/name/", { source: "hub", repo: "owner/name" }],
    ["hf://owner/name@refs/pr/1", { source: "hub", repo: "owner/name", revision: "refs/pr/1" }],
  ])("is a record: %s", (text, spec) => {
    expect(sourceSpec(text)).toEqual(spec);
  });

  it("is refused with what was expected", () => {
    expect(() => sourceSpec("emojis")).toThrow(RangeError);
    expect(() => sourceSpec("emojis")).toThrow(
      /^data is "emojis"; it must be one of "emoji", .* \(did you mean "emoji"\?\), or a place: \.\/folder of images, .* or hf:\/\/owner\/name$/,
    );
    expect(() => sourceSpec("")).toThrow('data is ""; it must be one of');
    expect(() => sourceSpec("hf://name")).toThrow(
      'data is "hf://name"; it must be hf://owner/name or hf://owner/name@revision',
    );
  });
});
