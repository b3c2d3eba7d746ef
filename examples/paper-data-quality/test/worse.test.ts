import { openSource } from "@isoflop/data/node";
import { expect, it } from "vitest";
import { source as untold } from "../parts/untold.js";
import { source as worse } from "../parts/worse.js";

const usual = { shuffled: 0, captions: "told", noise: 0, size: 16, seed: 0 } as const;
const emoji = await openSource({ source: "emoji", size: 16 });
const COUNT = 400;
const clean = emoji.batch("train", 0, COUNT);
/** Of a picture its caption's ids. */
const captionsIn = ({ captions }: { readonly captions: Int32Array }) =>
  Array.from({ length: captions.length / emoji.captionLength }, (_, i) =>
    captions.slice(i * emoji.captionLength, (i + 1) * emoji.captionLength).join(),
  );

it("is the scenes of emoji where nothing is worse", async () => {
  const same = await worse.build(usual);
  expect(same.batch("train", 5, 20)).toEqual(emoji.batch("train", 5, 20));
});

it.each([{ shuffled: 1 }, { captions: "none" as const }, { noise: 0.3 }])(
  "%j leaves what is held out as it was",
  async (how) => {
    const source = await worse.build({ ...usual, ...how });
    for (const split of ["validation", "validation-emoji"]) {
      expect(source.batch(split, 3, 8)).toEqual(emoji.batch(split, 3, 8));
      expect(source.caption(split, 3)).toBe(emoji.caption(split, 3));
    }
  },
);

it("a share of the captions are those of other scenes, whose pictures stay", async () => {
  const half = await worse.build({ ...usual, shuffled: 0.5 });
  const { images, captions } = half.batch("train", 0, COUNT);
  expect(images).toEqual(clean.images);
  const [exact, given] = [captionsIn(clean), captionsIn({ captions })];
  const kept = exact.filter((caption, i) => caption === given[i]).length;
  // Four standard errors of a share of one half.
  expect(Math.abs(kept / COUNT - 0.5)).toBeLessThan(4 * Math.sqrt(0.25 / COUNT));
  for (const [i, caption] of exact.entries())
    expect(half.caption("train", i) === emoji.caption("train", i)).toBe(caption === given[i]);
  const all = await worse.build({ ...usual, shuffled: 1 });
  // Scenes are alike now and then.
  expect(captionsIn(all.batch("train", 0, COUNT)).filter((caption, i) => caption === exact[i]).length).toBeLessThan(4);
});

it("where none is told all captions are empty", async () => {
  const { images, captions } = (await worse.build({ ...usual, captions: "none" })).batch("train", 0, 4);
  expect([...captions]).toEqual(Array(4 * emoji.captionLength).fill(0));
  expect(images).toEqual(clean.images.slice(0, images.length));
  const silent = await untold.build({ size: 16 });
  const shown = silent.batch("validation", 7, 4);
  expect(shown.images).toEqual(emoji.batch("validation", 7, 4).images);
  expect([...shown.captions]).toEqual([...captions]);
  expect(silent.caption("validation", 7)).toBe("");
});

it("noise is normal, of its standard deviation, and another in every picture", async () => {
  const { images } = (await worse.build({ ...usual, noise: 0.3 })).batch("train", 0, COUNT);
  const noise = Array.from(images, (value, i) => (value - clean.images[i]!) / 0.3);
  const moment = (of: readonly number[], power: number) => of.reduce((sum, z) => sum + z ** power, 0) / of.length;
  const near = (power: number, right: number, variance: number) =>
    expect(Math.abs(moment(noise, power) - right)).toBeLessThan(4 * Math.sqrt(variance / noise.length));
  near(1, 0, 1);
  near(2, 1, 2);
  near(4, 3, 96);
  const size = noise.length / COUNT;
  const next = noise.slice(size).map((z, i) => z * noise[i]!);
  expect(Math.abs(moment(next, 1))).toBeLessThan(4 / Math.sqrt(next.length));
});

it("depends on seed and index alone, and with another seed it is the source of that seed", async () => {
  const how = { ...usual, shuffled: 0.5, noise: 0.1 };
  const one = await worse.build(how);
  const six = one.batch("train", 10, 6);
  expect(one.batch("train", 12, 4).images).toEqual(six.images.slice((2 * six.images.length) / 6));
  const third = await worse.build({ ...how, seed: 3 });
  expect(one.withSeed!(3).batch("train", 10, 6)).toEqual(third.batch("train", 10, 6));
  expect(third.batch("train", 10, 6).images).not.toEqual(six.images);
  expect(third.batch("validation", 10, 2)).toEqual(one.batch("validation", 10, 2));
});
