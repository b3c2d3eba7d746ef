import type { SeedNoise } from "@isoflop/scaling";
import { interval, num, plural, round } from "./numbers.js";

const percent = (share: number): string => `${num(100 * share, 2)} %`;

const within = ([low, high]: readonly [number, number]): string => interval([100 * low, 100 * high], 2);

/** How much the loss of a run depends on its seed, in sentences. */
export const seedNoiseWords = (noise: SeedNoise): string[] => {
  const { standardDeviation, ci95, degreesOfFreedom, runs, cells, budgets, trend, parts, sameSeed } = noise;
  const { exponent } = trend.ok ? trend : {};
  return [
    `noise of seeds: ${percent(standardDeviation)} of the loss, ${within(ci95)}, by ${runs} runs of ${plural(cells, "size and budget", "sizes and budgets")} (${plural(degreesOfFreedom, "degree")} of freedom)`,
    ...(budgets.length > 1
      ? [
          `  by budget: ${budgets.map(({ C, standardDeviation }) => `${round(C)}: ${percent(standardDeviation)}`).join(", ")}${exponent ? `; it goes as C ^ ${num(exponent.value, 2)}, ${interval(exponent.ci95, 2)}` : ""}`,
        ]
      : []),
    ...(parts
      ? [
          `  of it validation ${percent(parts.validation)}, by the same samples, and what a seed changes ${percent(parts.seeds.standardDeviation)}, ${within(parts.seeds.ci95)}`,
        ]
      : []),
    ...(sameSeed > 0
      ? [`  left out: ${plural(sameSeed, "run")} of a seed that others of their size and budget have too`]
      : []),
  ];
};
