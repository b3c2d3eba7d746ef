import type { DitConfig } from "./config.js";
import { FlopsError, integer, onlyKeys } from "./errors.js";
import type { ImageSize, Resolved } from "./resolved.js";

const imageOf = ({ image }: DitConfig): ImageSize => {
  onlyKeys("config", "image", image, ["height", "width", "channels", "frames"]);
  return {
    height: integer("config", "image.height", image.height),
    width: integer("config", "image.width", image.width),
    channels: integer("config", "image.channels", image.channels),
    ...(image.frames !== undefined && { frames: integer("config", "image.frames", image.frames) }),
  };
};

/**
 * What is denoised, its patches and what comes out.
 * @throws FlopsError("config") for a size that is none, or that patches do not divide
 */
export const sizeOf = (
  config: DitConfig,
): Pick<Resolved, "image" | "patch" | "patchFrames" | "outChannels" | "grid" | "imageTokens"> => {
  const { patch, patchFrames = 1 } = config;
  const image = imageOf(config);
  const { frames = 1, height, width, channels } = image;
  const outChannels = integer(
    "config",
    "outChannels",
    config.outChannels === undefined ? channels : config.outChannels,
  );
  integer("config", "patch", patch);
  integer("config", "patchFrames", patchFrames);
  if (config.patchFrames !== undefined && image.frames === undefined)
    throw new FlopsError("config", `patchFrames is ${patchFrames}; it is for videos, and image.frames is not given.`);
  const sides = { height: patch, width: patch, frames: patchFrames };
  for (const [side, by] of Object.entries(sides) as [keyof typeof sides, number][]) {
    const size = image[side] ?? 1;
    const name = side === "frames" ? "patchFrames" : "patch";
    if (size % by !== 0) throw new FlopsError("config", `${name} is ${by}; it must divide image.${side}, ${size}.`);
  }
  const grid = { frames: frames / patchFrames, rows: height / patch, columns: width / patch };
  return { image, patch, patchFrames, outChannels, grid, imageTokens: grid.frames * grid.rows * grid.columns };
};
