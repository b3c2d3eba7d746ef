/** Directions in which the bars follow each other. */
export const angles = [
  { word: "upright", radians: 0 },
  { word: "falling", radians: Math.PI / 4 },
  { word: "level", radians: Math.PI / 2 },
  { word: "rising", radians: (3 * Math.PI) / 4 },
] as const;

/** Bars across a picture. */
export const frequencies = [
  { word: "wide", bars: 2 },
  { word: "narrow", bars: 4 },
] as const;

export interface Grating {
  readonly angle: number;
  readonly frequency: number;
  /** Share of a bar by which they are moved. */
  readonly phase: number;
  /** 0 to 1. */
  readonly contrast: number;
}

/** Writes a grating as [3, size, size] in −1 … 1: a cosine under a Gaussian window, grey outside. */
export const grating = (out: Float32Array, size: number, { angle, frequency, phase, contrast }: Grating): void => {
  const { radians } = angles[angle]!;
  const { bars } = frequencies[frequency]!;
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size; x++) {
      // From the middle, in widths of the picture.
      const [u, w] = [(x + 0.5) / size - 0.5, (y + 0.5) / size - 0.5];
      const along = u * Math.cos(radians) + w * Math.sin(radians);
      const value = contrast * Math.cos(2 * Math.PI * (bars * along + phase)) * Math.exp(-8 * (u * u + w * w));
      for (let channel = 0; channel < 3; channel++) out[(channel * size + y) * size + x] = value;
    }
};
