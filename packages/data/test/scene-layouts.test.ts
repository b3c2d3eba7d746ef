import { describe, expect, it } from "vitest";
import {
  backgrounds,
  type SceneLayout,
  type SceneSource,
  type SceneSplit,
  SHADE_RANGE,
  scenes,
  selectSprites,
  shapeScenes,
  shapeSheet,
} from "../src/index.js";
import { keyOf } from "../src/random/key.js";
import { Stream } from "../src/random/stream.js";
import { drawLayout, sizesFor } from "../src/scenes/draw.js";
import { emptyLayout, type SceneKind } from "../src/scenes/layout.js";
import { placementsOf } from "../src/scenes/placements.js";

const source = shapeScenes({ size: 16, seed: 5 });
const priors: readonly SceneSplit[] = ["train", "validation", "validation-emoji"];

/** A sheet of shapes that captions call otherwise. */
const named = (names: readonly string[]): SceneSource => {
  const { pixels, ...sheet } = shapeSheet();
  const shapes = ["red ring", "blue cross", "pink moon", "white heart", "green circle", "yellow square"];
  const few = selectSprites({ ...sheet, pixels }, shapes);
  return scenes({ ...few, names }, { size: 16 });
};

const captionOf = (data: SceneSource, split: SceneSplit, index: number) => data.batch(split, index, 1).captions;
const identity = ({ kind, background, where, objects }: SceneLayout) =>
  JSON.stringify([kind, background, where, objects]);
const sum = (list: readonly number[]) => list.reduce((all, value) => all + value, 0);

it.each([
  [16, "big", 0],
  ...([0, 1, 2, 3, 4] as const).map((where) => [16, "small", where] as const),
  ...([0, 1, 2, 3] as const).map((where) => [16, "pair", where] as const),
  [32, "small", 1],
  [32, "pair", 3],
] as const)("at %i px a %s object of place %i is put where placements say, as often", (width, kind, where) => {
  const stream = new Stream(keyOf(1, "test"));
  const scene = { ...emptyLayout(), kind: kind as SceneKind };
  const counts = [new Map<string, number>(), new Map<string, number>()] as const;
  let draws = 0;
  for (let index = 0; index < 60_000; index++) {
    stream.seek(index);
    drawLayout(stream, Uint16Array.of(0, 1, 2), width, sizesFor(width), scene);
    if (scene.where !== where) continue;
    draws++;
    for (const [turn, { x, y, size }] of [scene.first, scene.second].entries())
      counts[turn as 0 | 1].set(`${x} ${y} ${size}`, (counts[turn as 0 | 1].get(`${x} ${y} ${size}`) ?? 0) + 1);
  }
  for (const turn of kind === "pair" ? ([0, 1] as const) : ([0] as const)) {
    const placements = placementsOf(kind, where, turn, width, sizesFor(width));
    expect(sum(placements.map(({ share }) => share))).toBeCloseTo(1, 12);
    expect(counts[turn].size).toBe(placements.length);
    const chi = sum(
      placements.map(({ x, y, size, share }) => {
        const expected = share * draws;
        return ((counts[turn].get(`${x} ${y} ${size}`) ?? 0) - expected) ** 2 / expected;
      }),
    );
    // Four standard deviations of a chi-square.
    const freedom = placements.length - 1;
    expect(Math.abs(chi - freedom)).toBeLessThan(4 * Math.sqrt(2 * freedom));
  }
});

describe("layout", () => {
  it("says what the caption says, and paints the background's shade", () => {
    for (let i = 0; i < 40; i++) {
      const { kind, background, where, objects, shade } = source.layout("train", i);
      const [first, second] = objects;
      const words = source.vocabulary.decode(captionOf(source, "train", i));
      const said =
        kind === "pair" ? [first!.sprite, where, second!.sprite] : [kind, first!.sprite, ...(where ? [where] : [])];
      expect(words).toBe([...said, background].join(" "));
      expect(Math.abs(shade)).toBeLessThanOrEqual(SHADE_RANGE);
      const [red] = backgrounds.find(({ name }) => name === background)!.rgb;
      const { images } = source.batch("train", i, 1);
      const plain = Math.fround((red + shade) / 127.5 - 1);
      for (let at = 0; at < 256; at++) {
        const [x, y] = [at % 16, Math.floor(at / 16)];
        const within = objects.some((o) => x >= o.x && x < o.x + o.size && y >= o.y && y < o.y + o.size);
        if (!within) expect(images[at]).toBe(plain);
      }
    }
  });

  it("refuses what batches refuse", () => {
    expect(() => source.layout("test" as SceneSplit, 0)).toThrow('no split "test"');
    expect(() => source.layout("train", -1)).toThrow("index is -1");
  });
});

describe("layouts", () => {
  it("have every scene of a prior, and none of another's", () => {
    for (const prior of priors)
      for (let i = 0; i < 25; i++) {
        const caption = captionOf(source, prior, i);
        const own = identity(source.layout(prior, i));
        const found = source.layouts(prior, caption);
        expect(sum(found.map(({ probability }) => probability))).toBeCloseTo(1, 12);
        const those = new Set(found.map(identity));
        expect(those.size).toBe(found.length);
        expect(those).toContain(own);
        const all = source.layouts("all", caption).map(identity);
        expect(all).toContain(own);
        // A caption of training may have no layout that is held out.
        if (prior !== "validation") continue;
        const other = source.layouts("train", caption).map(identity);
        expect(other).not.toContain(own);
        expect(found.length + other.length).toBe(all.length);
      }
  });

  it("are as likely as they are drawn, whatever was turned down", () => {
    const few = named(["hen", "owl", "bat", "ant", "emu", "cow"]);
    const draws = 30_000;
    const counts = new Map<string, number>();
    const captions = new Map<string, { count: number; caption: Int32Array }>();
    for (let i = 0; i < draws; i++) {
      const layout = few.layout("validation", i);
      if (layout.kind !== "small") continue;
      const words = few.caption("validation", i);
      counts.set(identity(layout), (counts.get(identity(layout)) ?? 0) + 1);
      const known = captions.get(words) ?? { count: 0, caption: captionOf(few, "validation", i) };
      captions.set(words, { ...known, count: known.count + 1 });
    }
    let [chi, freedom] = [0, 0];
    for (const { count, caption } of captions.values()) {
      const likely = few.layouts("validation", caption);
      for (const layout of likely) {
        const expected = count * layout.probability;
        chi += ((counts.get(identity(layout)) ?? 0) - expected) ** 2 / expected;
      }
      freedom += likely.length - 1;
    }
    expect(freedom).toBeGreaterThan(20);
    expect(Math.abs(chi - freedom)).toBeLessThan(4 * Math.sqrt(2 * freedom));
  });

  it("are of every reading of a caption that may be of two kinds, as often as each is drawn", () => {
    const few = named(["big", "hen", "right hen", "ant", "bee", "cow"]);
    const caption = few.vocabulary.encode("big right hen yellow", few.captionLength);
    const likely = few.layouts("train", caption);
    const pairs = sum(likely.filter(({ kind }) => kind === "pair").map(({ probability }) => probability));
    let [pair, big] = [0, 0];
    for (let i = 0; i < 60_000; i++) {
      const { kind, background, objects } = few.layout("train", i);
      if (background !== "yellow") continue;
      if (kind === "big" && objects[0]!.sprite === "right hen") big++;
      if (kind === "pair" && few.caption("train", i) === "a big right of a hen on a yellow background") pair++;
    }
    expect(pair).toBeGreaterThan(40);
    const spread = Math.sqrt((pairs * (1 - pairs)) / (pair + big));
    expect(Math.abs(pair / (pair + big) - pairs)).toBeLessThan(4 * spread);
    expect(sum(likely.map(({ probability }) => probability))).toBeCloseTo(1, 12);
  });

  it("are of both pairs of a caption that does not say which name ends where", () => {
    const few = named(["hen", "hen left hen", "owl", "ant", "bee", "cow"]);
    const caption = few.vocabulary.encode("hen left hen left hen black", few.captionLength);
    const likely = few.layouts("all", caption);
    expect(likely).toHaveLength(2 * 225);
    const shorter = likely.filter(({ objects }) => objects[0]!.sprite === "hen");
    expect(sum(shorter.map(({ probability }) => probability))).toBeCloseTo(0.5, 12);
  });

  it.each([
    ["train", "red", "no scene of train has the caption"],
    ["train", "small red circle", "no scene of train has the caption"],
    ["validation-emoji", "small red circle left white", "no scene of validation-emoji has the caption"],
    // A red circle cannot be seen on red.
    ["all", "small red circle left red", "no scene of all has the caption"],
    ["all", "red circle left red circle white", "no scene of all has the caption"],
    ["none", "small red circle left white", 'no prior "none"; its priors are train, validation, validation-emoji, all'],
  ])("of %s, %j: %s", (prior, words, message) => {
    const caption = source.vocabulary.encode(words, source.captionLength);
    expect(() => source.layouts(prior as SceneSplit, caption)).toThrow(message);
  });
});
