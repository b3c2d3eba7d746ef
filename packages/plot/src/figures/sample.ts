import { encode } from "fast-png";
import { drawable, refused } from "../error.js";

/** A picture with three channels (red, green, blue), values in [-1, 1]; values outside are clamped. */
export interface Sample {
  readonly caption: string;
  readonly width: number;
  readonly height: number;
  /** Order of `pixels`: "chw" is planar (3, H, W), "hwc" is interleaved (H, W, 3). */
  readonly layout: "chw" | "hwc";
  /** Length 3 · width · height. */
  readonly pixels: Float32Array | readonly number[];
  /** Samples of one group stand together under this name, e.g. "Generated" and "Validation data". */
  readonly group?: string;
}

/** @throws PlotInputError when a sample has the wrong number of pixels, or one that is not a number. */
export const checkSamples = (samples: readonly Sample[]): void => {
  for (const [i, { width, height, pixels }] of samples.entries()) {
    const wanted = 3 * width * height;
    if (pixels.length !== wanted)
      throw refused(`samples[${i}].pixels.length`, pixels.length, `3 · ${width} · ${height} = ${wanted}`);
    for (let j = 0; j < wanted; j++) drawable(`samples[${i}].pixels[${j}]`, pixels[j] ?? Number.NaN);
  }
};

/** Samples by group, in the order in which groups first appear. */
export const sampleGroups = (samples: readonly Sample[]): Map<string, Sample[]> => {
  const groups = new Map<string, Sample[]>();
  for (const sample of samples) {
    const name = sample.group ?? "";
    groups.set(name, [...(groups.get(name) ?? []), sample]);
  }
  return groups;
};

/**
 * A sample as PNG bytes, every pixel grown to a square of whole pixels so that the picture is at least `side` wide.
 * Nearest neighbour in the file itself: viewers and printers that smooth small pictures then have nothing to smooth.
 */
export const samplePng = (sample: Sample, side = 128): Uint8Array => {
  const { width, height, pixels, layout } = sample;
  const scale = Math.max(1, Math.ceil(side / width));
  const data = new Uint8Array(3 * width * height * scale * scale);
  const plane = width * height;
  let at = 0;
  for (let y = 0; y < height * scale; y++) {
    for (let x = 0; x < width * scale; x++) {
      const pixel = Math.floor(y / scale) * width + Math.floor(x / scale);
      for (let channel = 0; channel < 3; channel++) {
        const value = pixels[layout === "chw" ? channel * plane + pixel : 3 * pixel + channel]!;
        data[at++] = Math.round((Math.min(1, Math.max(-1, value)) + 1) * 127.5);
      }
    }
  }
  return encode({ width: width * scale, height: height * scale, data, channels: 3, depth: 8 });
};

/** {@link samplePng} as a `data:` URL. */
export const samplePngUrl = (sample: Sample, side?: number): string => {
  const bytes = samplePng(sample, side);
  let binary = "";
  // Pieces, because a call takes a limited number of arguments.
  for (let i = 0; i < bytes.length; i += 8192) binary += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return `data:image/png;base64,${btoa(binary)}`;
};
