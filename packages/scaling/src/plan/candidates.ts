import { type Limit, limitsOf } from "./limits.js";
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

/** Larger than any ratio of sizes that is looked at. */
const ANY_FACTOR = 1e9;

/** Limits that are not options of a single run. */
const others = ({ allowance, limits }: Field): readonly (Limit & { of(field: Field): Field })[] => {
  const same = <T>(value: T): T => value;
  const factor = limits.sizeFactor ?? SIZE_FACTOR;
  return [
    {
      words: `the allowance of ${allowance}`,
      without: same,
      of: (field) => ({ ...field, allowance: Number.MAX_VALUE, limits: { ...limits, runCompute: computesOf(field) } }),
    },
    {
      words: `sizes within a factor of ${factor} of the optimum`,
      without: same,
      of: (field) => ({ ...field, limits: { ...limits, sizeFactor: ANY_FACTOR } }),
    },
    ...(limits.runCompute
      ? [
          {
            words: `runs of ${limits.runCompute[0]} to ${limits.runCompute[1]} FLOPs`,
            without: same,
            of: (field: Field) => ({ ...field, limits: { ...limits, runCompute: undefined } }),
          },
        ]
      : []),
  ];
};

/** Which limit leaves no run, in words: the one without which there would be some, or all where several do. */
export const whyNone = (field: Field, seeds: number): string => {
  const own = limitsOf(field.limits, flopsOfToken(field)).map((limit) => ({
    words: limit.words,
    of: (from: Field): Field => ({ ...from, limits: limit.without(from.limits) }),
  }));
  const all = [...own, ...others(field)];
  const guilty = all.flatMap(({ words, of }) => {
    const there = candidatesIn(of(field), seeds).length;
    return there > 0 ? [`${words} (${there} without)`] : [];
  });
  if (guilty.length > 0) return `no run is left by ${guilty.join(", nor by ")}`;
  return `no run is left by ${all.map(({ words }) => words).join(", ")} together`;
};
