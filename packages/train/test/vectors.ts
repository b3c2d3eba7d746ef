import { allocateBatch, type Batch, type DataSource, Vocabulary } from "@isoflop/data";

const SIDE = 4;
const CHANNELS = 4;
const TOKENS = 3;
const DIM = 5;

/** A number in (-1, 1) that looks random, a function of its arguments alone. */
const noise = (...at: readonly number[]): number => {
  const x = Math.sin(at.reduce((sum, a, i) => sum + (a + 1) * (12.9898 + 65.21 * i), 0)) * 43758.5453;
  return 2 * (x - Math.floor(x)) - 1;
};

interface Told {
  readonly masked?: boolean;
  /** What stands in padding, though it should be zero. */
  readonly junk?: number;
  readonly vectors?: boolean;
}

/**
 * Latents of 4 channels, each constant over the picture: the mean of its caption's vectors, of which there are 1 to 3. In words a caption
 * says how many there are.
 */
export const vectorData = ({ masked = true, junk = 0, vectors = true }: Told = {}): DataSource => {
  const shape = [CHANNELS, SIDE, SIDE] as const;
  const features = { tokens: TOKENS, dim: DIM };
  const base = { name: "vectors", shape, captionLength: TOKENS, vocabulary: new Vocabulary(["vector"]) };
  const told = { ...(vectors && { features }), masked };
  const fill = (out: Batch, start: number, count: number, seed: number): Batch => {
    const size = CHANNELS * SIDE * SIDE;
    for (let i = 0; i < count; i++) {
      const index = start + i;
      const length = 1 + (index % TOKENS);
      const at = (token: number, d: number) => noise(seed, index, token, d);
      for (let c = 0; c < CHANNELS; c++) {
        let mean = 0;
        for (let token = 0; token < length; token++) mean += (2 * at(token, c)) / length;
        out.images.fill(mean, i * size + c * SIDE * SIDE, i * size + (c + 1) * SIDE * SIDE);
      }
      for (let token = 0; token < TOKENS; token++) {
        out.captions[i * TOKENS + token] = token < length ? 1 : 0;
        for (let d = 0; d < DIM; d++)
          if (out.features) out.features[(i * TOKENS + token) * DIM + d] = token < length ? at(token, d) : junk;
      }
      if (out.lengths) out.lengths[i] = length;
    }
    return out;
  };
  return {
    ...base,
    ...told,
    splits: ["train", "validation"],
    size: () => Number.POSITIVE_INFINITY,
    epoch: () => 0,
    batch: (split, start, count, out = allocateBatch({ ...base, ...told }, count)) =>
      fill(out, start, count, split === "train" ? 1 : 2),
    caption: (_, index) => "vector ".repeat(1 + (index % TOKENS)).trim(),
    describe: () => ({
      ...{ name: base.name, shape, captionLength: TOKENS, vocabularySize: base.vocabulary.size, ...told },
      provenance: {
        name: "vectors",
        package: null,
        licence: "MIT",
        files: [],
        renderer: "formula",
        pixelsSha256: null,
      },
      splits: Object.fromEntries(
        ["train", "validation"].map((split) => [split, { images: null, seed: 0, what: split }]),
      ),
      settings: { junk },
    }),
  };
};
