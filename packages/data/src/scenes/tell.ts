import { type Placed, places, relations, type Scene } from "./layout.js";
import { backgrounds } from "./palette.js";
import type { LikelyLayout, SceneLayout, SceneObject, ShadedLayout } from "./scene-source.js";
import type { OpenScenes } from "./support.js";

/** Layouts by names instead of indices. @param names of the sprites */
export const tellingLayouts = (names: readonly string[]) => {
  const object = (sprite: number, { x, y, size }: Omit<Placed, "sprite">): SceneObject => ({
    sprite: names[sprite]!,
    ...{ x, y, size },
  });
  return {
    scene({ first, second, shade, ...scene }: Scene): ShadedLayout {
      const shown = scene.kind === "pair" ? [first, second] : [first];
      return { ...settingOf(scene), objects: shown.map((placed) => object(placed.sprite, placed)), shade };
    },
    /** Those that have any probability. */
    open: ({ reading, first, second, shares }: OpenScenes): readonly LikelyLayout[] =>
      first.flatMap((one, i) =>
        second.flatMap((other, j) => {
          const probability = shares[i * second.length + j]!;
          if (probability === 0) return [];
          const objects = [object(reading.first, one), ...(other ? [object(reading.second, other)] : [])];
          return [{ ...settingOf(reading), objects, probability }];
        }),
      ),
  };
};

const settingOf = ({
  kind,
  background,
  where,
}: Pick<Scene, "kind" | "background" | "where">): Omit<SceneLayout, "objects"> => ({
  kind,
  background: backgrounds[background]!.name,
  ...(kind !== "big" && { where: (kind === "small" ? places : relations)[where]! }),
});
