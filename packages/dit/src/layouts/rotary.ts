import { type DitConfig, isRotary, resolve } from "@isoflop/flops";
import type { StoredTable } from "./layout.js";

/** Cosines and sines of the angles by which a head's channels turn: half of them with the row, half with the column, two a frequency. */
export const rotaryTables = (config: DitConfig): readonly StoredTable[] => {
  const resolved = resolve(config);
  if (!isRotary(resolved)) return [];
  const { grid, width, heads, imageTokens } = resolved;
  const [channels, half] = [width / heads, width / heads / 2];
  const shape = [imageTokens, channels];
  const values = (of: (angle: number) => number) => () =>
    Float32Array.from({ length: imageTokens * channels }, (_, at) => {
      const [token, channel] = [Math.floor(at / channels), at % channels];
      const place = channel < half ? Math.floor(token / grid.columns) : token % grid.columns;
      return of(place * 10000 ** ((-2 * Math.floor((channel % half) / 2)) / half));
    });
  const rotary = { shape, what: "rotary table", positions: true } as const;
  return [
    { ...rotary, name: "feat_rope.freqs_cos", values: values(Math.cos) },
    { ...rotary, name: "feat_rope.freqs_sin", values: values(Math.sin) },
  ];
};
