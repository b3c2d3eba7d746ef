import { coverage } from "../sprites/coverage.js";
import { BadImage } from "./item.js";
import type { SquareOptions } from "./options.js";

/** A decoded image: `[height, width, 4]` of red, green, blue and alpha, not premultiplied. */
export interface Rgba {
  readonly width: number;
  readonly height: number;
  readonly data: ArrayLike<number>;
}

/** How an image becomes a square here. */
export type AreaOptions = Omit<SquareOptions, "kernel">;

/** A part of an image, and where it goes in the square: both in pixels. */
interface Placement {
  readonly from: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
  readonly to: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
}

/**
 * An image as a square of levels, `[channels, size, size]`, each new pixel the mean over the area that it covers, in double precision: the
 * same on every machine. Grey is the luma of ITU-R BT.709. @throws BadImage when it is too small
 */
export const squareOf = (image: Rgba, options: AreaOptions): Uint8Array => {
  const { size, channels, background } = options;
  const { from, to } = placementOf(image, options);
  const ground = [1, 3, 5].map((at) => Number.parseInt(background.slice(at, at + 2), 16));
  const colours = ground.map((level, channel) => {
    const plane = new Float64Array(size * size).fill(level);
    const columns = new Float64Array(from.height * to.width);
    for (const { target, source, weight } of coverage(from.width, to.width))
      for (let y = 0; y < from.height; y++) {
        const at = ((from.y + y) * image.width + from.x + source) * 4;
        const alpha = image.data[at + 3]! / 255;
        columns[y * to.width + target]! += weight * (alpha * image.data[at + channel]! + (1 - alpha) * level);
      }
    for (let y = 0; y < to.height; y++) plane.fill(0, (to.y + y) * size + to.x, (to.y + y) * size + to.x + to.width);
    for (const { target, source, weight } of coverage(from.height, to.height))
      for (let x = 0; x < to.width; x++)
        plane[(to.y + target) * size + to.x + x]! += weight * columns[source * to.width + x]!;
    return plane;
  });
  const [red, green, blue] = colours as [Float64Array, Float64Array, Float64Array];
  if (channels === 1)
    return Uint8Array.from(red, (r, i) => Math.round(0.2126 * r + 0.7152 * green[i]! + 0.0722 * blue[i]!));
  return Uint8Array.from([red, green, blue].flatMap((plane) => Array.from(plane, Math.round)));
};

const placementOf = ({ width, height }: Rgba, { size, fit, enlarge }: AreaOptions): Placement => {
  const [short, long] = [Math.min(width, height), Math.max(width, height)];
  if (!enlarge && (fit === "contain" ? long : short) < size)
    throw new BadImage(`${width} x ${height} pixels are smaller than ${size}`);
  const whole = { x: 0, y: 0, width, height };
  const square = { x: 0, y: 0, width: size, height: size };
  if (fit === "fill") return { from: whole, to: square };
  if (fit === "cover")
    return { from: { ...centred(width, height, short, short), width: short, height: short }, to: square };
  const [across, down] = [width, height].map((side) => Math.max(1, Math.round((side * size) / long))) as [
    number,
    number,
  ];
  return { from: whole, to: { ...centred(size, size, across, down), width: across, height: down } };
};

const centred = (width: number, height: number, across: number, down: number) => ({
  x: Math.floor((width - across) / 2),
  y: Math.floor((height - down) / 2),
});
