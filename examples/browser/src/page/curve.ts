/** Points of a curve: x is a step, y a loss. */
export type Point = readonly [x: number, y: number];

/** Means of `bins` stretches of equal length: what can be seen of thousands of noisy losses. */
export const binned = (losses: readonly number[], bins: number): Point[] => {
  const length = Math.max(1, losses.length / bins);
  const points: Point[] = [];
  for (let i = 0; Math.round(i * length) < losses.length; i++) {
    const [from, to] = [Math.round(i * length), Math.round((i + 1) * length)];
    const part = losses.slice(from, to);
    points.push([from + part.length / 2, part.reduce((sum, loss) => sum + loss, 0) / part.length]);
  }
  return points;
};

/** An exponential average without the pull of its start, as Adam corrects its moments. */
export const smoothed = (points: readonly Point[], decay: number): Point[] => {
  let [sum, weight] = [0, 0];
  return points.map(([x, y]) => {
    sum = decay * sum + (1 - decay) * y;
    weight = decay * weight + (1 - decay);
    return [x, sum / weight];
  });
};

/** Ticks 1, 2, 5 · 10^k within a range. */
export const logTicks = (low: number, high: number): number[] => {
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power++)
    for (const digit of [1, 2, 5]) {
      const tick = Number(`${digit}e${power}`);
      if (tick >= low && tick <= high) ticks.push(tick);
    }
  return ticks;
};
