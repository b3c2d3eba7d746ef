import {
  adamw,
  attention,
  gelu,
  jit,
  layerNorm,
  leavesOf,
  mapTree,
  matmul,
  meanSquaredError,
  split,
  valueAndGrad,
  zeros,
} from "../dist/index.js";
import { SHAPE, startingValues } from "./block-stack.mjs";

const block = (p, x, { batch, tokens, width, heads }) => {
  const head = (t) => t.reshape([batch, tokens, heads, width / heads]);
  const [q, k, v] = split(matmul(layerNorm(x, { eps: 1e-6 }), p.qkv), 3, 2).map(head);
  const mixed = matmul(attention(q, k, v).reshape([batch, tokens, width]), p.proj).add(x);
  return matmul(gelu(matmul(layerNorm(mixed, { eps: 1e-6 }), p.fc1).add(p.bias1)), p.fc2)
    .add(p.bias2)
    .add(mixed);
};

/** A compiled step and a function that runs it once and returns the loss. */
export const ourStep = (device, shape = SHAPE) => {
  const start = startingValues(shape);
  const upload = ({ data, shape: s }) => device.tensor(data, s);
  let params = start.blocks.map((b) => Object.fromEntries(Object.entries(b).map(([k, t]) => [k, upload(t)])));
  let m = mapTree((t) => zeros(t.shape), params);
  let v = mapTree((t) => zeros(t.shape), params);
  device.evaluate([m, v]);
  const [x, y] = [upload(start.x), upload(start.y)];
  const loss = (p, input, target) =>
    meanSquaredError(
      p.reduce((h, b) => block(b, h, shape), input),
      target,
    );
  const step = jit(
    (p, m0, v0, input, target, rates) => {
      const { value, gradient } = valueAndGrad(loss)(p, input, target);
      const next = leavesOf(mapTree((w) => w, p)).map((w, i) =>
        adamw(w, leavesOf(gradient)[i], leavesOf(m0)[i], leavesOf(v0)[i], rates),
      );
      const pick = (which) => {
        let at = 0;
        return mapTree(() => next[at++][which], p);
      };
      return [value, pick(0), pick(1), pick(2)];
    },
    { donate: [0, 1, 2] },
  );
  let t = 0;
  const run = async () => {
    t++;
    const rates = device.tensor([1e-3, 1 - 0.9 ** t, 1 - 0.999 ** t]);
    const [value, ...state] = step(params, m, v, x, y, rates);
    [params, m, v] = state;
    const l = await value.item();
    value.dispose();
    rates.dispose();
    return l;
  };
  return { run, program: () => step.program(params, m, v, x, y, device.tensor([0, 1, 1])) };
};
