import { MetricsError } from "@isoflop/metrics";
import type { arrangements } from "./network.js";

export type Arrangement = (typeof arrangements)[number];

/** What a caption says of a scene: which emoji is leftmost or topmost, which the other (the same where there is one), how they lie, and on what. */
export interface Said {
  readonly near: number;
  readonly far: number;
  readonly arrangement: Arrangement;
  readonly background: number;
}

const places: Readonly<Record<string, Arrangement>> = {
  "on the left": "left",
  "on the right": "right",
  "at the top": "top",
  "at the bottom": "bottom",
  "in the middle": "middle",
};

/** How the first of two objects lies to the second, and whether it is the one that is leftmost or topmost. */
const relations: Readonly<Record<string, { readonly arrangement: Arrangement; readonly leads: boolean }>> = {
  "left of": { arrangement: "beside", leads: true },
  "right of": { arrangement: "beside", leads: false },
  above: { arrangement: "above", leads: true },
  below: { arrangement: "above", leads: false },
};

const either = (words: Readonly<Record<string, unknown>>): string => Object.keys(words).join("|");
const WHOLE = /^(?:an? )?(.+) on an? (\w+) background$/;
const BIG = /^big (.+)$/;
const SMALL = new RegExp(`^small (.+) (${either(places)})$`);
const PAIR = new RegExp(`^(.+) (${either(relations)}) (?:an? )?(.+)$`);

/**
 * Reads captions of emoji scenes, such as "a small taco on the left on a red background" and "a taco above a rocket on a blue background".
 * An empty caption says nothing.
 * @throws MetricsError `values` for another sentence, emoji or background
 */
export const captionReader = (names: readonly string[], backgrounds: readonly string[]) => {
  const read = (caption: string): Said | undefined => {
    const [, body, ground] = WHOLE.exec(caption) ?? [];
    const background = backgrounds.indexOf(ground ?? "");
    if (body === undefined || background < 0) return undefined;
    const one = (name: string | undefined, arrangement: Arrangement): Said | undefined => {
      const object = names.indexOf(name ?? "");
      return object < 0 ? undefined : { near: object, far: object, arrangement, background };
    };
    const [, big] = BIG.exec(body) ?? [];
    if (big !== undefined) return one(big, "big");
    const [, small, place] = SMALL.exec(body) ?? [];
    if (small !== undefined) return one(small, places[place!]!);
    const [, first, relation, second] = PAIR.exec(body) ?? [];
    const [a, b] = [names.indexOf(first ?? ""), names.indexOf(second ?? "")];
    if (a < 0 || b < 0) return undefined;
    const { arrangement, leads } = relations[relation!]!;
    return { near: leads ? a : b, far: leads ? b : a, arrangement, background };
  };
  return (caption: string): Said | undefined => {
    if (caption === "") return undefined;
    const said = read(caption);
    if (said) return said;
    throw new MetricsError(
      "values",
      `The emoji encoder cannot read the caption ${JSON.stringify(caption)}; it reads those of emoji scenes of its ${names.length} emoji on ${backgrounds.join(", ")}.`,
    );
  };
};
