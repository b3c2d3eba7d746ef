import { limitsOf, short } from "./limits.js";
import type { Place } from "./places.js";
import { computesOf, evenly, type Field, flopsOfToken, placesAt, SIZE_FACTOR } from "./places.js";

const COMPUTES = 24;
const SIZES = 17;
/** The steps of a ladder are all looked at, up to so many at a compute. */
const STEPS_OF_A_LADDER = 64;

/** Every run that is considered: those that keep all limits and that the allowance pays for, each once. */
export const candidatesIn = (field: Field, seeds: number): Place[] => {
  const { limits, allowance } = field;
  const [smallest, largest] = computesOf(field);
  const places = placesAt(field, {
    computes: evenly(smallest, largest, COMPUTES),
    sizes: limits.sizes ? STEPS_OF_A_LADDER : SIZES,
    factor: limits.sizeFactor ?? SIZE_FACTOR,
  });
  const once = new Map(places.map((place) => [`${place.N} ${place.D}`, place]));
  return [...once.values()].filter(({ cost }) => cost * seeds <= allowance * (1 + 1e-12));
};

/** One thing that a run must keep, and the field without it. */
interface Rule {
  readonly words: string;
  without(field: Field): Field;
}

/** What was asked of runs. */
const asked = (field: Field): readonly Rule[] => {
  const { limits, allowance } = field;
  const having =
    (change: Partial<Field["limits"]>) =>
    (from: Field): Field => ({ ...from, limits: { ...from.limits, ...change } });
  const own = limitsOf(limits, flopsOfToken(field)).map(
    (limit): Rule => ({ words: limit.words, without: (from) => ({ ...from, limits: limit.without(from.limits) }) }),
  );
  const { runCompute, sizeFactor } = limits;
  return [
    ...own,
    {
      words: `an allowance of ${short(allowance)}`,
      without: (from) => having({ runCompute: computesOf(from) })({ ...from, allowance: Number.MAX_VALUE }),
    },
    ...(runCompute
      ? [
          {
            words: `runs of ${runCompute.map(short).join(" to ")} FLOPs`,
            without: having({ runCompute: undefined }),
          },
        ]
      : []),
    ...(sizeFactor === undefined ? [] : [nearOptimum(sizeFactor)]),
  ];
};

/** Larger than any ratio of sizes that is looked at. */
const ANY_FACTOR = 1e9;

const nearOptimum = (factor: number): Rule => ({
  words: `sizes within a factor of ${factor} of the optimum`,
  without: (from) => ({ ...from, limits: { ...from.limits, sizeFactor: ANY_FACTOR } }),
});

/** Which limit leaves no run, in words: each of those without which there would be some, or all where it takes several. */
export const whyNone = (field: Field, seeds: number): string => {
  const rules = asked(field);
  const guilty = (among: readonly Rule[]) =>
    among.flatMap(({ words, without }) => {
      const there = candidatesIn(without(field), seeds).length;
      return there > 0 ? [`without "${words}" there would be ${there}`] : [];
    });
  // Nobody asked for the usual factor, so it is named only where nothing else is to blame.
  const named = [guilty(rules), guilty([nearOptimum(SIZE_FACTOR)])].find(({ length }) => length > 0);
  const words = named ?? [`they exclude each other: ${rules.map((rule) => rule.words).join(", ")}`];
  return `no run is within the limits: ${words.join(", ")}`;
};
