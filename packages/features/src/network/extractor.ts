import type { Extractor, ExtractorImages, LoadedExtractor } from "@isoflop/metrics";
import { type Device, jit, type Tensor } from "@isoflop/tensor";
import { must } from "../errors.js";
import { checkColours, colours } from "../images.js";
import { type Preparation, prepared, resizing } from "../resize.js";
import { fold } from "./fold.js";
import { allWeights, forward } from "./forward.js";
import type { Network } from "./network.js";

/** What a network was trained to take: pictures of `size` × `size` pixels whose values, 0..1, become (value - mean) / std. */
export interface NetworkInput {
  readonly size: number;
  /** Of red, green and blue. */
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
}

/** A trained network, of whose values one is the features. */
export interface NetworkExtractorParts extends NetworkInput {
  readonly name: string;
  readonly dim: number;
  digest(): Promise<string>;
  network(): Promise<Network>;
  /** The value that is the features; the network's output unless told. */
  readonly output?: string;
}

/** Pictures that go through a network together on a GPU. On a CPU it is one, whose values stay in the caches. */
const GPU_BATCH = 8;

/** One row of numbers for each image, whatever axes of size 1 they have. */
const rowsOf = (y: Tensor): Tensor => y.reshape([y.shape[0]!, -1]);

const load = async (parts: NetworkExtractorParts, device: Device): Promise<LoadedExtractor> => {
  const { name, dim, size, mean, std } = parts;
  const batch = device.name === "webgpu" ? GPU_BATCH : 1;
  const network = fold(await parts.network(), parts.output);
  const weights = allWeights(network).map(({ shape, data }) => device.tensor(data, shape));
  // (value + 1) / 2, less the mean, by the deviation.
  const scale = device.tensor(std.map((s) => 0.5 / s));
  const shift = device.tensor(std.map((s, i) => (0.5 - mean[i]!) / s));
  const run = jit(
    (x: Tensor, preparation: Preparation, weights: readonly Tensor[]) =>
      rowsOf(forward(network, prepared(x, preparation), weights)),
    { device },
  );
  const resize = resizing(device, size);
  const preparation = ({ height, width }: ExtractorImages): Preparation => ({
    ...(height !== size && { down: resize.of(height) }),
    ...(width !== size && { across: resize.of(width) }),
    ...{ scale, shift },
  });
  return {
    async features(images: ExtractorImages) {
      checkColours(name, images);
      const { count, height, width } = images;
      const prepare = preparation(images);
      const out = new Float64Array(count * dim);
      // Always as many at once: so the kernels, and the order of their sums, are the same for every image.
      for (let first = 0; first < count; first += batch) {
        const x = device.tensor(colours(images, first, batch), [batch, 3, height, width]);
        const rows = run(x, prepare, weights);
        must(
          rows.shape[1] === dim,
          "dimension",
          `The network of the extractor ${name} gives ${rows.shape[1]} numbers for an image; ${dim} were announced.`,
        );
        out.set((await rows.data()).subarray(0, Math.min(batch, count - first) * dim), first * dim);
        for (const tensor of [x, rows]) tensor.dispose();
      }
      return out;
    },
    dispose() {
      run.dispose();
      resize.dispose();
      for (const tensor of [scale, shift, ...weights]) tensor.dispose();
    },
  };
};

/** The extractor that a trained network is. */
export const networkExtractor = (parts: NetworkExtractorParts): Extractor => ({
  name: parts.name,
  dim: parts.dim,
  digest: () => parts.digest(),
  load: (device) => load(parts, device),
});
