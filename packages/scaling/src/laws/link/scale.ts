import { choice } from "@isoflop/spec";

/** On what residuals of a metric are even: itself, its logarithm, or its log-odds. */
export const linkScales = ["raw", "log", "logit"] as const;
export type LinkScale = (typeof linkScales)[number];
export const scaleSchema = choice(linkScales);

interface Scale {
  readonly to: (metric: number) => number;
  readonly from: (value: number) => number;
  /** d to / d metric. */
  readonly slope: (metric: number) => number;
  /** What metrics must be. */
  readonly right: string;
  readonly holds: (metric: number) => boolean;
}

export const scales: Readonly<Record<LinkScale, Scale>> = {
  raw: { to: (m) => m, from: (v) => v, slope: () => 1, right: "a finite number", holds: Number.isFinite },
  log: {
    to: Math.log,
    from: Math.exp,
    slope: (m) => 1 / m,
    right: "a finite number above 0",
    holds: (m) => m > 0 && Number.isFinite(m),
  },
  logit: {
    to: (m) => Math.log(m / (1 - m)),
    from: (v) => 1 / (1 + Math.exp(-v)),
    slope: (m) => 1 / (m * (1 - m)),
    right: "a number between 0 and 1, ends excluded",
    holds: (m) => m > 0 && m < 1,
  },
};
