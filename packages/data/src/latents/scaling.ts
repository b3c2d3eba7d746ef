import { type RecordStore, valuesOf } from "../finite/store.js";
import type { LatentScaling } from "../source.js";

/** A store whose records are (x − shift) × scale of those of another. */
export const scaledStore = (store: RecordStore, { scale, shift }: LatentScaling): RecordStore => {
  const { count, shape } = store;
  const plane = valuesOf(shape) / shape[0];
  return {
    ...{ count, shape },
    read(index, out, at) {
      store.read(index, out, at);
      for (let channel = 0; channel < shape[0]; channel++) {
        const [by, from, begin] = [scale[channel]!, shift[channel]!, at + channel * plane];
        for (let i = begin; i < begin + plane; i++) out[i] = (out[i]! - from) * by;
      }
    },
  };
};

/** Undoes it: latents `[count, channels, …]` as their file has them. */
export const unscaled = (latents: Float32Array, plane: number, { scale, shift }: LatentScaling): Float32Array =>
  latents.map((value, i) => {
    const channel = Math.floor(i / plane) % scale.length;
    return value / scale[channel]! + shift[channel]!;
  });
