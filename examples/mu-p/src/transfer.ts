import { shapeScenes } from "@isoflop/data";
import type { Conditioning, Parameterization } from "@isoflop/flops";
import { type Device, leavesOf } from "@isoflop/tensor";
import { DivergedError, train } from "@isoflop/train";
import { modelOf, parameterizations } from "./models.js";

/** Validation losses of a width at every learning rate: Infinity where a run diverged. */
export interface Tried {
  readonly parameterization: string;
  readonly width: number;
  readonly seed: number;
  readonly losses: readonly number[];
}

/** Learning rates a factor of 2 apart. */
export const rates: readonly number[] = Array.from({ length: 7 }, (_, i) => 2 ** (i - 10));

export interface TransferOptions {
  readonly widths: readonly number[];
  readonly steps: number;
  readonly seeds: number;
  readonly conditioning: Conditioning;
  readonly onTried?: (tried: Tried) => void;
}

/** Trains every width at every rate, both ways. */
export const transfer = async (device: Device, options: TransferOptions): Promise<Tried[]> => {
  const { widths, steps, seeds, conditioning, onTried } = options;
  const lossOf = async (width: number, learningRate: number, parameterization: Parameterization, seed: number) => {
    const data = shapeScenes({ size: 16, seed });
    const model = modelOf(data, width, parameterization, conditioning);
    const spec = {
      model,
      steps,
      batch: 16,
      seed,
      optimizer: { learningRate, weightDecay: 0 },
      validation: { images: 256 },
    };
    try {
      const { validation, weights } = await train(spec, { device, data });
      for (const tensor of leavesOf(weights)) tensor.dispose();
      return validation.mean;
    } catch (error) {
      if (error instanceof DivergedError) return Number.POSITIVE_INFINITY;
      throw error;
    }
  };
  const all: Tried[] = [];
  for (const width of widths)
    for (const parameterization of parameterizations)
      for (let seed = 0; seed < seeds; seed++) {
        const losses: number[] = [];
        for (const rate of rates) losses.push(await lossOf(width, rate, parameterization, seed));
        const tried = { parameterization: parameterization.kind, width, seed, losses };
        onTried?.(tried);
        all.push(tried);
      }
  return all;
};

/** The best rate of a width. */
export interface Best {
  readonly parameterization: string;
  readonly width: number;
  readonly rate: number;
  /** A factor up and down: the standard error over seeds of its logarithm. Undefined of one seed. */
  readonly error: number | undefined;
  /** Mean over seeds of the least loss. */
  readonly loss: number;
}

/** The logarithm of the rate of least loss: the vertex of the parabola through the best and its neighbours, or the best itself at an edge. */
const vertexOf = (losses: readonly number[]): number => {
  const at = losses.indexOf(Math.min(...losses));
  const [left = Number.NaN, here = Number.NaN, right = Number.NaN] = [losses[at - 1], losses[at], losses[at + 1]];
  const bend = left - 2 * here + right;
  const aside = Number.isFinite(bend) && bend > 0 ? (left - right) / (2 * bend) : 0;
  return Math.log(rates[at]!) + aside * Math.LN2;
};

const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;

export const bestRates = (all: readonly Tried[]): Best[] => {
  const groups = new Map<string, Tried[]>();
  for (const tried of all) {
    const key = `${tried.parameterization} ${tried.width}`;
    groups.set(key, [...(groups.get(key) ?? []), tried]);
  }
  return [...groups.values()].map((seeds) => {
    const { parameterization, width } = seeds[0]!;
    const vertices = seeds.map(({ losses }) => vertexOf(losses));
    const middle = mean(vertices);
    const variance = vertices.reduce((sum, x) => sum + (x - middle) ** 2, 0) / (vertices.length - 1);
    return {
      ...{ parameterization, width, rate: Math.exp(middle) },
      error: vertices.length > 1 ? Math.exp(Math.sqrt(variance / vertices.length)) : undefined,
      loss: mean(seeds.map(({ losses }) => Math.min(...losses))),
    };
  });
};

/** Mean losses over seeds of a width, of the rates at which none diverged. */
export const meanLosses = (all: readonly Tried[], parameterization: string, width: number) => {
  const seeds = all.filter((tried) => tried.parameterization === parameterization && tried.width === width);
  return rates.flatMap((rate, i) => {
    const loss = mean(seeds.map(({ losses }) => losses[i]!));
    return Number.isFinite(loss) ? [{ rate, loss }] : [];
  });
};
