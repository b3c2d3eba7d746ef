import {
  adamw,
  add,
  attention,
  type Device,
  gelu,
  jit,
  layerNorm,
  linear,
  mapTree,
  matmul,
  meanSquaredError,
  random,
  relu,
  split,
  type Tensor,
  valueAndGrad,
  zeros,
} from "../src/index.js";

interface Problem {
  readonly params: Record<string, Tensor>;
  loss(params: Record<string, Tensor>, x: Tensor): Tensor;
  readonly inputs: readonly number[];
}

const matrix = (seed: number, rows: number, columns: number): Tensor =>
  random.normal(random.key(seed), [rows, columns]).mul(rows ** -0.5);

/** Three layers fitted to a fixed random target. */
export const mlp: Problem = {
  params: { w1: matrix(1, 16, 32), w2: matrix(2, 32, 32), w3: matrix(3, 32, 16) },
  inputs: [24, 16],
  loss: ({ w1, w2, w3 }, x) => meanSquaredError(matmul(relu(matmul(gelu(matmul(x, w1!)), w2!)), w3!), x),
};

/** A pre-norm transformer block of two heads on twelve tokens. */
export const transformerBlock: Problem = {
  params: {
    qkv: matrix(4, 48, 16),
    proj: matrix(5, 16, 16),
    fc1: matrix(6, 64, 16),
    fc2: matrix(7, 16, 64),
    bias: zeros([64]),
  },
  inputs: [2, 12, 16],
  loss({ qkv, proj, fc1, fc2, bias }, x) {
    const heads = linear(layerNorm(x), qkv!).reshape([2, 12, 3, 2, 8]);
    const [q, k, v] = split(heads, 3, 2).map((part) => part.reshape([2, 12, 2, 8])) as readonly Tensor[] as [
      Tensor,
      Tensor,
      Tensor,
    ];
    const mixed = add(x, linear(attention(q, k, v).reshape([2, 12, 16]), proj!));
    return meanSquaredError(add(mixed, linear(gelu(linear(layerNorm(mixed), fc1!, bias)), fc2!)), x.mul(-1));
  },
};

/** Losses of 100 AdamW steps with fresh noise on the input every step. */
export const lossCurve = async (device: Device, { params, loss, inputs }: Problem, steps = 100): Promise<number[]> => {
  const step = jit(
    (p: Record<string, Tensor>, m: Record<string, Tensor>, v: Record<string, Tensor>, key: Tensor, rates: Tensor) => {
      const x = random.normal(key, inputs);
      const { value, gradient } = valueAndGrad(loss)(p, x);
      const next = mapTree((w, g, a, b) => adamw(w, g, a, b, rates), p, gradient, m, v) as Record<
        string,
        [Tensor, Tensor, Tensor]
      >;
      const pick = (i: 0 | 1 | 2) => Object.fromEntries(Object.entries(next).map(([name, row]) => [name, row[i]]));
      return [value, pick(0), pick(1), pick(2)] as const;
    },
    { device, donate: [0, 1, 2] },
  );
  const fresh = (tree: Record<string, Tensor>): Record<string, Tensor> =>
    mapTree((x) => x.mul(1), tree) as Record<string, Tensor>;
  let p = fresh(params);
  let m: Record<string, Tensor> = mapTree((x) => zeros(x.shape), params) as Record<string, Tensor>;
  let v: Record<string, Tensor> = mapTree((x) => zeros(x.shape), params) as Record<string, Tensor>;
  const losses: Tensor[] = [];
  for (let t = 1; t <= steps; t++) {
    const rates = device.tensor([3e-3, 1 - 0.9 ** t, 1 - 0.999 ** t]);
    const key = device.tensor(Uint32Array.of(9, t));
    let value: Tensor;
    [value, p, m, v] = step(p, m, v, key, rates);
    losses.push(value);
    rates.dispose();
    key.dispose();
  }
  return Promise.all(losses.map((value) => value.item()));
};

/** Largest relative difference of two curves. */
export const curveDifference = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((worst, x, i) => Math.max(worst, Math.abs(x - b[i]!) / Math.abs(b[i]!)), 0);
