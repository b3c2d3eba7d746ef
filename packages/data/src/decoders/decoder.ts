import type { Device } from "@isoflop/tensor";

/** Channels, height and width of a latent or a picture. */
export type ImageShape = readonly [channels: number, height: number, width: number];

/** Turns latents into pictures. */
export interface Decoder {
  /** What it is, for records and reports. */
  readonly name: string;
  /** The shape of the picture of a latent: three channels, red, green and blue. @throws Error when it takes no such latents */
  shapeOf(latent: ImageShape): ImageShape;
  /**
   * Pictures `[count, ...shapeOf(shape)]` in [-1, 1] of latents `[count, ...shape]` as their file has them, before `scale` and
   * `shift` of the data. Values may lie a little outside.
   * @param device where tensors are, for a decoder that is computed with them
   */
  decode(latents: Float32Array, shape: ImageShape, device: Device): Promise<Float32Array>;
}
