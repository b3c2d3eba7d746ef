import { normals, type Run, random, surfaceFrom, surfaceLoss } from "../src/index.js";

/** Normal draws of a standard deviation. */
export const normal = (seed: number, sd: number) => {
  const draw = normals(random(seed));
  return () => sd * draw();
};

const truthOf = (uniform: () => number) =>
  surfaceFrom("chinchilla", {
    E: uniform() < 0.3 ? 0 : 2 * uniform(),
    A: 406,
    B: 410,
    alpha: 0.2 + 0.3 * uniform(),
    beta: 0.2 + 0.3 * uniform(),
  });

export const kinds = ["budgets", "ladder", "grid", "scattered"] as const;

/** Studies of four kinds: sizes around the optima of budgets, the same sizes at all of them, a grid of N and D, and any N and D. */
export const study = (kind: (typeof kinds)[number], seed: number, sd: number): Run[] => {
  const uniform = random(seed);
  const noise = normal(seed + 1e6, sd);
  const between = (a: number, b: number) => a + (b - a) * uniform();
  const truth = truthOf(uniform);
  const runs: Run[] = [];
  const add = (N: number, D: number) => {
    const loss = surfaceLoss(truth, { N, D }) * Math.exp(noise());
    runs.push({ C: 6 * N * D, N, D, loss, row: runs.length + 1 });
  };
  const [many, few, step] = [4 + Math.floor(8 * uniform()), 3 + Math.floor(6 * uniform()), between(1.4, 4)];
  if (kind === "grid")
    for (let i = 0; i < many; i++) for (let j = 0; j < few + 2; j++) add(1e7 * step ** i, 2e8 * 2.2 ** j);
  else if (kind === "scattered")
    for (let i = 0; i < 30 * few; i++) add(1e7 * Math.exp(between(0, 7)), 2e8 * Math.exp(between(0, 6)));
  else {
    const [centre, size] = [between(1e7, 6e7), between(1.2, 2.2)];
    for (let b = 0; b < few; b++) {
      const [C, middle] = [1e18 * step ** b, centre * step ** (b / 2)];
      const nearest = centre * size ** Math.round(Math.log(middle / centre) / Math.log(size));
      for (let s = 0; s < many; s++) {
        const N = (kind === "ladder" ? nearest : middle) * size ** (s - (many - 1) / 2);
        add(N, C / (6 * N));
      }
    }
  }
  return runs;
};

/** One training per size, evaluated often: what chance did to it is in all of its losses. */
export const curves = (seed: number, shared: number, own: number): Run[] => {
  const truth = truthOf(random(seed));
  const [ofSize, ofRow] = [normal(seed + 1, shared), normal(seed + 2, own)];
  return Array.from({ length: 8 }, (_, i) => 1e7 * 2 ** i).flatMap((N) => {
    const chance = ofSize();
    return Array.from({ length: 12 }, (_, j) => 2e8 * 1.5 ** j).map((D) => ({
      ...{ C: 6 * N * D, N, D },
      loss: surfaceLoss(truth, { N, D }) * Math.exp(chance + ofRow()),
    }));
  });
};
