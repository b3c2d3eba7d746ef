import { encode } from "fast-png";
import { integer, must, onlyOptions } from "./errors.js";
import { checkNumbers, type Numbers } from "./features.js";

/** Images as a model gives them: (count, channels, height, width) with values in −1..1. */
export interface ImageBatch {
  readonly data: Numbers;
  readonly count: number;
  /** 1 for grey, 3 for red, green, blue. */
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/** Pixels as a canvas takes them: (height, width, 4) bytes. */
export interface RgbaImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
}

export interface ImageGridOptions {
  /** Images in a row. Default: the smallest square that holds them all. */
  readonly columns?: number;
  /** Pixels between images and around them. Default 2. */
  readonly padding?: number;
  /** Each pixel becomes a square of this side. Default 1. */
  readonly zoom?: number;
  /** Red, green, blue, opacity of the gaps, 0..255. Default white. */
  readonly background?: readonly [number, number, number, number];
}

/** @throws MetricsError for sizes that do not fit the data, or a value that is not finite, naming the image */
export const checkImages = ({ data, count, channels, height, width }: ImageBatch): void => {
  for (const [name, value] of Object.entries({ count, channels, height, width })) integer(name, value, 1);
  checkNumbers("data", data);
  const [size, product] = [count * channels * height * width, `${count}×${channels}×${height}×${width}`];
  must(data.length === size, "dimension", `data has ${data.length} numbers; ${product} is ${size}.`);
  const bad = data.findIndex((value) => !Number.isFinite(value));
  const image = Math.floor(bad / (channels * height * width));
  must(bad === -1, "values", `Image ${image} holds ${data[bad]}; every number must be finite.`);
};

const checkColours = ({ channels }: ImageBatch): void => {
  const colours = channels === 1 || channels === 3;
  must(colours, "dimension", `channels is ${channels}; an image has 1 (grey) or 3 (red, green, blue).`);
};

/** −1..1 to 0..255, nearest, clamped. */
const byte = (value: number): number => Math.min(255, Math.max(0, Math.round((value + 1) * 127.5)));

/**
 * Lays images out in rows, first at the top left.
 * @throws MetricsError if sizes do not fit, an option is out of range or a value is not finite; values beyond −1..1 are clamped.
 */
export const imageGrid = (images: ImageBatch, options: ImageGridOptions = {}): RgbaImage => {
  checkColours(images);
  checkImages(images);
  onlyOptions("imageGrid", options, ["columns", "padding", "zoom", "background"]);
  const { data, count, channels, height, width } = images;
  const { padding = 2, zoom = 1, background = [255, 255, 255, 255] } = options;
  const columns = integer("columns", options.columns ?? Math.ceil(Math.sqrt(count)), 1);
  integer("padding", padding, 0);
  integer("zoom", zoom, 1);
  for (const value of background) integer("background", value, 0, 255);
  const rows = Math.ceil(count / columns);
  const cell = { width: zoom * width + padding, height: zoom * height + padding };
  const size = { width: columns * cell.width + padding, height: rows * cell.height + padding };
  const out = new Uint8ClampedArray(4 * size.width * size.height);
  for (let at = 0; at < out.length; at += 4) out.set(background, at);
  const plane = height * width;
  for (let n = 0; n < count; n++) {
    const left = padding + (n % columns) * cell.width;
    const top = padding + Math.floor(n / columns) * cell.height;
    for (let y = 0; y < zoom * height; y++)
      for (let x = 0; x < zoom * width; x++) {
        const pixel = n * channels * plane + Math.floor(y / zoom) * width + Math.floor(x / zoom);
        const at = 4 * ((top + y) * size.width + left + x);
        for (let c = 0; c < 3; c++) out[at + c] = byte(data[pixel + (channels === 1 ? 0 : c * plane)]!);
        out[at + 3] = 255;
      }
  }
  return { ...size, data: out };
};

/**
 * The image as a PNG file, the same bytes on every machine.
 * @throws MetricsError unless it holds four bytes for each of width × height pixels.
 */
export const encodePng = ({ width, height, data }: RgbaImage): Uint8Array => {
  integer("width", width, 1);
  integer("height", height, 1);
  const size = 4 * width * height;
  must(data.length === size, "dimension", `data has ${data.length} bytes; ${width}×${height} pixels of 4 are ${size}.`);
  return encode({ width, height, data, channels: 4, depth: 8 });
};
