import type { WebgpuInfo } from "../../adapter.js";
import type { Geometry } from "./geometry.js";

/**
 * How a workgroup multiplies: it owns `height` x `width` results, `rows` x `columns` of them per invocation, and stages `depth` terms of
 * the sums at a time in workgroup memory.
 */
export interface Tile {
  readonly height: number;
  readonly width: number;
  readonly rows: number;
  readonly columns: number;
  readonly depth: number;
  /** Share of the arithmetic peak that a busy device reaches with it, for comparing tiles. */
  readonly rate: number;
}

/**
 * A tile, how the sums along k are shared out (`splits` workgroups take `span` terms each), and whether operands and results that do not lie in
 * aligned rows go through copies that do.
 */
export interface Tiling {
  readonly tile: Tile;
  readonly splits: number;
  readonly span: number;
  readonly aligned: boolean;
}

export const threadsOf = ({ height, width, rows, columns }: Tile): number => (height / rows) * (width / columns);

/** Rows of four in a staged row of `extent`: one of padding, so that a column of the stage crosses all banks. */
export const pitchOf = (extent: number): number => extent / 4 + 1;

export const workgroupBytes = ({ height, width, depth }: Tile): number =>
  depth * (pitchOf(height) + pitchOf(width)) * 16;

/** Tiles of a matrix: `down` x `across` for each of the batches. */
export const tilesOf = ({ m, n, batches }: Geometry, { height, width }: Tile) => {
  const [down, across] = [Math.ceil(m / height), Math.ceil(n / width)];
  return { down, across, count: down * across * batches };
};

/**
 * Rates as measured on an H100 (`bench/gpu`): 38 to 40, 38 to 40, 32 to 37 and 27 TFLOP/s. 128 x 128 reached 37 to 40, and the more workgroups
 * of smaller tiles fill a device better; two stages that take turns, at one barrier instead of two, reached 29 to 36.
 */
export const TILES: readonly Tile[] = [
  { height: 128, width: 64, rows: 8, columns: 8, depth: 16, rate: 1 },
  { height: 64, width: 128, rows: 8, columns: 8, depth: 16, rate: 1 },
  { height: 64, width: 64, rows: 8, columns: 4, depth: 16, rate: 0.9 },
  { height: 32, width: 32, rows: 4, columns: 4, depth: 16, rate: 0.68 },
];

/** Workgroups that a large device runs at once. */
const UNITS = 128;

/** Terms of a sum that starting a workgroup and storing its results cost. */
const STARTUP = 64;

/** Rounds of workgroups that are lost where the first start and the last end, as too few are at work to hide each other's latencies. */
const LOST = 1;

/** Terms of a sum, spread over the whole device, that writing and reading back one partial result costs. */
const PARTIAL = 50;

/** The same for the dispatch that adds up partial results. */
const FINISH = 5e7;

/** Multiplications from which on copying a matrix into aligned rows costs little beside reading it badly for every tile. */
const LARGE = 2 ** 28;

const SCRATCH_BYTES = 2 ** 28;

const SPLITS = [1, 2, 4, 8, 16, 32];

/** A split shorter than this is not worth its partial results. */
const LEAST_SPAN = 128;

const spanOf = (k: number, splits: number, depth: number): number => Math.ceil(k / splits / depth) * depth;

/** Multiplications that a device would do at its peak in the time that a tiling takes. */
const cost = (g: Geometry, { tile, splits, span }: Tiling): number => {
  const waves = Math.ceil((tilesOf(g, tile).count * splits) / UNITS) + LOST;
  const work = (waves * UNITS * tile.height * tile.width * (span + STARTUP)) / tile.rate;
  return splits === 1 ? work : work + PARTIAL * splits * g.batches * g.m * g.n + FINISH;
};

/** Bytes that one buffer of temporary results may take. */
export const scratchRoom = (limits: WebgpuInfo["limits"]): number =>
  Math.min(limits.maxBufferSize!, limits.maxStorageBufferBindingSize!, SCRATCH_BYTES);

/** The tiling for a product: as few idle workgroups and as few wasted results as possible, on tiles as large as possible. */
export const chooseTiling = (g: Geometry, { limits }: WebgpuInfo): Tiling => {
  const room = scratchRoom(limits);
  const aligned = g.batches * g.m * g.n * g.k >= LARGE;
  const tilings = TILES.filter(
    (tile) =>
      workgroupBytes(tile) <= limits.maxComputeWorkgroupStorageSize! &&
      threadsOf(tile) <= limits.maxComputeInvocationsPerWorkgroup!,
  ).flatMap((tile) =>
    SPLITS.filter((splits) => splits === 1 || g.k / splits >= LEAST_SPAN)
      .map((wanted): Tiling => {
        const span = Math.max(tile.depth, spanOf(g.k, wanted, tile.depth));
        return { tile, span, splits: Math.max(1, Math.ceil(g.k / span)), aligned };
      })
      .filter(({ splits }) => splits === 1 || splits * g.batches * g.m * Math.ceil(g.n / 4) * 16 <= room),
  );
  return tilings.reduce((best, tiling) => (cost(g, tiling) < cost(g, best) ? tiling : best));
};
