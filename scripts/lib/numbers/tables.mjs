/** Runs that obey a closed form up to a seeded noise, so that every checkout is given the same tables. */

/** Uniform in (0, 1): Lehmer's generator modulo 2^31 − 1. @param {number} seed */
const uniform = (seed) => {
  let state = seed;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
};

/** Standard normal, by Box and Muller. @param {() => number} next */
const normal = (next) => Math.sqrt(-2 * Math.log(next())) * Math.cos(2 * Math.PI * next());

/** @param {string} header @param {readonly (readonly number[])[]} rows */
const csv = (header, rows) => `${[header, ...rows.map((row) => row.map((x) => x.toPrecision(8)).join())].join("\n")}\n`;

/**
 * L = E + A/N^α + B/D^β with C = 6·N·D at six budgets of nine sizes each, and a metric beside the loss.
 * @param {{ E: number, A: number, alpha: number, B: number, beta: number, seed: number }} truth
 */
const runs = ({ E, A, alpha, B, beta, seed }) => {
  const next = uniform(seed);
  const share = beta / (alpha + beta);
  const rows = [1e17, 3e17, 6e17, 1e18, 3e18, 6e18].flatMap((C) =>
    [-4, -3, -2, -1, 0, 1, 2, 3, 4].map((step) => {
      const N = Math.round(((alpha * A) / (beta * B)) ** (1 / (alpha + beta)) * (C / 6) ** share * 1.45 ** step);
      const D = C / (6 * N);
      const loss = (E + A / N ** alpha + B / D ** beta) * Math.exp(0.002 * normal(next));
      return [C, N, D, loss, 40 * loss ** 3];
    }),
  );
  return csv("C,N,D,loss,fid", rows);
};

/** Points of y(x) with a noise of half a percent. @param {number} seed @param {(x: number) => number} y */
const points = (seed, y) => {
  const next = uniform(seed);
  const rows = Array.from({ length: 24 }, (_, i) => {
    const x = 10 ** (15 + i / 4);
    return [x, y(x) * Math.exp(0.005 * normal(next))];
  });
  return csv("x,y", rows);
};

/** The tables by the name of their file. */
export const tables = {
  "runs.csv": runs({ E: 1.7, A: 406, alpha: 0.34, B: 411, beta: 0.28, seed: 1 }),
  "others.csv": runs({ E: 1.62, A: 480, alpha: 0.34, B: 460, beta: 0.28, seed: 2 }),
  "power.csv": points(3, (x) => 900 * x ** -0.15),
  "saturating.csv": points(4, (x) => 1.5 + 4000 * x ** -0.2),
  "broken.csv": points(5, (x) => 30 * x ** -0.05 * (1 + (x / 1e18) ** 2) ** -0.04),
};
