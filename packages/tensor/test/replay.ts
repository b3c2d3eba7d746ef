import { expect } from "vitest";
import {
  adamw,
  add,
  type Device,
  gelu,
  jit,
  layerNorm,
  matmul,
  meanSquaredError,
  random,
  type Tensor,
  valueAndGrad,
  zeros,
} from "../src/index.js";

/** A step with everything that changes from step to step: rate, bias correction, noise. */
const makeStep = () => {
  const loss = (w: Tensor, x: Tensor, noise: Tensor) => meanSquaredError(gelu(matmul(layerNorm(add(x, noise)), w)), x);
  return (w: Tensor, m: Tensor, v: Tensor, x: Tensor, key: Tensor, count: Tensor, rates: Tensor) => {
    const noise = random.normal(random.foldIn(key, count), [8, 16]);
    const { value, gradient } = valueAndGrad(loss)(w, x, noise);
    const [w2, m2, v2] = adamw(w, gradient, m, v, rates);
    return [value, w2, m2, v2] as const;
  };
};

/** Thirty optimizer steps by one replayed program and thirty by programs recorded anew end in the same bits. */
export const replayTest = async (device: Device): Promise<void> => {
  const run = async (replay: boolean): Promise<number[]> => {
    const x = device.tensor(
      Float32Array.from({ length: 128 }, (_, i) => Math.sin(i)),
      [8, 16],
    );
    let w: Tensor = device.tensor(
      Float32Array.from({ length: 256 }, (_, i) => Math.cos(i) / 4),
      [16, 16],
    );
    let m: Tensor = zeros([16, 16]);
    let v: Tensor = zeros([16, 16]);
    const key = random.key(7);
    const step = jit(makeStep(), { donate: [0, 1, 2] });
    const losses: number[] = [];
    for (let t = 1; t <= 30; t++) {
      const rates = device.tensor([0.01 / t, 1 - 0.9 ** t, 1 - 0.999 ** t]);
      const count = device.tensor(Uint32Array.of(t), []);
      let loss: Tensor;
      if (replay) [loss, w, m, v] = step(w, m, v, x, key, count, rates);
      else {
        [loss, w, m, v] = makeStep()(w, m, v, x, key, count, rates);
        device.evaluate([loss, w, m, v]);
      }
      losses.push(await loss.item());
    }
    return [...losses, ...(await w.data())];
  };
  const replayed = await run(true);
  const eager = await run(false);
  expect(replayed).toEqual(eager);
  expect(new Set(replayed.slice(0, 30)).size).toBe(30);
};
