import type { Stream } from "@isoflop/data";

/** Adds to every number an independent normal one of mean 0, in pairs of Box and Muller's (Ann. Math. Statist. 29, 1958) from where the stream stands. */
export const addNoise = (values: Float32Array, deviation: number, stream: Stream): void => {
  for (let i = 0; i < values.length; i += 2) {
    const radius = deviation * Math.sqrt(-2 * Math.log(1 - stream.uniform()));
    const angle = 2 * Math.PI * stream.uniform();
    values[i]! += radius * Math.cos(angle);
    if (i + 1 < values.length) values[i + 1]! += radius * Math.sin(angle);
  }
};
