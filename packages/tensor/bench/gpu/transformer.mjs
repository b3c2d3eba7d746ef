// A stack of DiT blocks with its optimizer as one captured step, on random data.
import {
  adamw,
  attention,
  gelu,
  jit,
  layerNorm,
  leavesOf,
  mapTree,
  matmul,
  mean,
  silu,
  split,
  square,
  valueAndGrad,
  zeros,
} from "@isoflop/tensor";
import { random, size, small } from "./common.mjs";

export const STEPS = [
  {
    name: "depth 6, width 192, 64 tokens, batch 32",
    depth: 6,
    width: 192,
    heads: 3,
    tokens: 64,
    batch: small ? 2 : 32,
  },
  {
    name: "DiT-B/2 blocks, 256 tokens, batch 32",
    depth: small ? 2 : 12,
    width: small ? 128 : 768,
    heads: small ? 2 : 12,
    tokens: small ? 64 : 256,
    batch: small ? 2 : 32,
  },
  {
    name: "DiT-L/2 blocks, 256 tokens, batch 16",
    depth: small ? 2 : 24,
    width: small ? 128 : 1024,
    heads: small ? 2 : 16,
    tokens: small ? 64 : 256,
    batch: small ? 2 : 16,
  },
];

/** Multiplications and additions of the products of one step, forward and backward. */
export const stepFlops = ({ depth, width: h, tokens, batch }) =>
  3 * batch * (tokens * depth * (24 * h * h + 4 * tokens * h) + depth * 12 * h * h);

/** `once()` runs a step and returns its loss, `dispose()` frees everything. */
export const trainingStep = (device, { depth, width: h, heads, tokens, batch }) => {
  const tensor = (shape, scale) => device.tensor(random(size(shape), scale), shape);
  const block = () => ({
    ada: tensor([h, 6 * h], 0.02),
    qkv: tensor([h, 3 * h], 0.04),
    proj: tensor([h, h], 0.04),
    fc1: tensor([h, 4 * h], 0.04),
    fc2: tensor([4 * h, h], 0.04),
  });
  let state = [Array.from({ length: depth }, block)];
  for (const _ of ["first moments", "second moments"]) state.push(mapTree((x) => zeros(x.shape), state[0]));
  device.evaluate(state.slice(1));
  const data = { x: tensor([batch, tokens, h]), y: tensor([batch, tokens, h]), c: tensor([batch, h]) };
  const modulate = (x, shift, scale) => layerNorm(x, { eps: 1e-6 }).mul(scale.add(1)).add(shift);
  const forward = (at, q, c) => {
    const [sa, ca, ga, sm, cm, gm] = split(matmul(silu(c), q.ada), 6, -1).map((part) => part.reshape([batch, 1, h]));
    const [qh, kh, vh] = split(matmul(modulate(at, sa, ca), q.qkv), 3, -1).map((part) =>
      part.reshape([batch, tokens, heads, h / heads]),
    );
    const attended = at.add(ga.mul(matmul(attention(qh, kh, vh).reshape([batch, tokens, h]), q.proj)));
    return attended.add(gm.mul(matmul(gelu(matmul(modulate(attended, sm, cm), q.fc1)), q.fc2)));
  };
  const loss = (params, { x, y, c }) => mean(square(params.reduce((at, q) => forward(at, q, c), x).sub(y)));
  const run = jit(
    (params, m, v, d, rates) => {
      const { value, gradient } = valueAndGrad((q) => loss(q, d))(params);
      const [g, ms, vs] = [gradient, m, v].map((tree) => leavesOf(tree));
      const next = leavesOf(params).map((w, i) => adamw(w, g[i], ms[i], vs[i], rates));
      const pick = (k) => {
        let i = 0;
        return mapTree(() => next[i++][k], params);
      };
      return [value, pick(0), pick(1), pick(2)];
    },
    { device, donate: [0, 1, 2] },
  );
  const rates = device.tensor([1e-4, 0.1, 0.001]);
  let before;
  return {
    once: () => {
      before?.dispose();
      const [value, ...next] = run(...state, data, rates);
      state = next;
      before = value;
      return value;
    },
    dispose: () => {
      run.dispose();
      for (const x of [...leavesOf(state), ...Object.values(data), rates, before]) x?.dispose();
    },
  };
};
