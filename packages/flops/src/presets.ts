import type { DitConfig } from "./config.js";
import { FlopsError, oneOf, shown } from "./errors.js";

const sizes = {
  S: { depth: 12, width: 384, heads: 6 },
  B: { depth: 12, width: 768, heads: 12 },
  L: { depth: 24, width: 1024, heads: 16 },
  XL: { depth: 28, width: 1152, heads: 16 },
} as const;

const latents = { height: 32, width: 32, channels: 4 } as const;

/**
 * The official DiT of a size and patch: adaLN-Zero, 1,000 classes, learned variance (arXiv 2212.09748, table 1).
 * @throws FlopsError("config") for another size or patch
 */
export const officialDit = (size: keyof typeof sizes, patch: 2 | 4 | 8): DitConfig => {
  oneOf("config", "size", size, Object.keys(sizes));
  if (![2, 4, 8].includes(patch)) throw new FlopsError("config", `patch is ${shown(patch)}; it must be 2, 4 or 8.`);
  return {
    image: latents,
    patch,
    ...sizes[size],
    outChannels: 8,
    conditioning: "adaLNZero",
    context: { kind: "classes", classes: 1000 },
  };
};

/**
 * Published models by their names. DiT and PixArt at 256² pixels and SD3 at 1024², on latents of an 8× encoder; LightningDiT (arXiv 2501.01423)
 * at 256² on those of a 16× one.
 */
export const presets = {
  "DiT-S/2": officialDit("S", 2),
  "DiT-S/4": officialDit("S", 4),
  "DiT-S/8": officialDit("S", 8),
  "DiT-B/2": officialDit("B", 2),
  "DiT-B/4": officialDit("B", 4),
  "DiT-B/8": officialDit("B", 8),
  "DiT-L/2": officialDit("L", 2),
  "DiT-L/4": officialDit("L", 4),
  "DiT-L/8": officialDit("L", 8),
  "DiT-XL/2": officialDit("XL", 2),
  "DiT-XL/4": officialDit("XL", 4),
  "DiT-XL/8": officialDit("XL", 8),
  "PixArt-XL/2": {
    image: latents,
    patch: 2,
    ...sizes.XL,
    outChannels: 8,
    conditioning: "adaLNSingle",
    context: { kind: "features", tokens: 120, dim: 4096 },
  },
  "LightningDiT-XL/1": {
    image: { height: 16, width: 16, channels: 32 },
    patch: 1,
    ...sizes.XL,
    conditioning: "adaLNZero",
    context: { kind: "classes", classes: 1000 },
    timeScale: 1,
    norm: "rms",
    mlp: "swiglu",
    positions: "sincos+rope",
  },
  "SD3-medium": {
    image: { height: 128, width: 128, channels: 16 },
    patch: 2,
    width: 1536,
    depth: 24,
    heads: 24,
    conditioning: "mmDit",
    context: { kind: "features", tokens: 154, dim: 4096, pooled: 2048 },
  },
} as const satisfies Record<string, DitConfig>;

export type PresetName = keyof typeof presets;
