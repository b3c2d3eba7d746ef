import { afterAll, describe, expect, it } from "vitest";
import {
  averagePool,
  type ConvolutionOptions,
  conv2d,
  createDevice,
  globalAveragePool,
  jit,
  maxPool,
  permute,
  type Shape,
  type Tensor,
  valueAndGrad,
} from "../src/index.js";
import { pseudoRandom } from "../src/testing/inputs.js";

const device = await createDevice("wasm");
const reference = await createDevice("reference");
afterAll(() => {
  device.destroy();
  reference.destroy();
});

const values = (shape: Shape, seed: number): Float32Array =>
  Float32Array.from({ length: shape.reduce((n, m) => n * m, 1) }, (_, i) => 2 * pseudoRandom(seed, i) - 1);

const farthest = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  expect(a.length).toBe(b.length);
  let most = 0;
  let peak = 1e-30;
  for (let i = 0; i < a.length; i++) {
    most = Math.max(most, Math.abs(a[i]! - b[i]!));
    peak = Math.max(peak, Math.abs(b[i]!));
  }
  return most / peak;
};

/** PyTorch's conv2d by its definition, in float64: y[o, i, j] = sum over c, r, s of w[o, c, r, s] x[c, i s - p + r d, ...] of the group. */
const direct = (
  x: Float32Array,
  [batch, channels, rows, columns]: readonly [number, number, number, number],
  w: Float32Array,
  [out, into, kr, kc]: readonly [number, number, number, number],
  { stride: s, dilation: d, padding: p, groups }: { stride: number; dilation: number; padding: number; groups: number },
): number[] => {
  const h = Math.floor((rows + 2 * p - d * (kr - 1) - 1) / s) + 1;
  const v = Math.floor((columns + 2 * p - d * (kc - 1) - 1) / s) + 1;
  const y: number[] = [];
  for (let b = 0; b < batch; b++)
    for (let o = 0; o < out; o++)
      for (let i = 0; i < h; i++)
        for (let j = 0; j < v; j++) {
          let sum = 0;
          for (let c = 0; c < into; c++)
            for (let r = 0; r < kr; r++)
              for (let q = 0; q < kc; q++) {
                const [row, column] = [i * s - p + r * d, j * s - p + q * d];
                if (row < 0 || row >= rows || column < 0 || column >= columns) continue;
                const channel = Math.floor(o / (out / groups)) * into + c;
                sum +=
                  x[((b * channels + channel) * rows + row) * columns + column]! *
                  w[((o * into + c) * kr + r) * kc + q]!;
              }
          y.push(sum);
        }
  return y;
};

describe("conv2d is PyTorch's", () => {
  it.each([
    // groups, channels, out, size, kernel, stride, dilation, padding
    [1, 3, 5, [6, 7], [3, 3], 1, 1, 1],
    [1, 3, 8, [9, 9], [3, 3], 2, 1, 0],
    [1, 4, 3, [8, 6], [2, 3], 1, 2, 2],
    [2, 6, 4, [5, 5], [3, 3], 1, 1, 1],
    [4, 4, 4, [9, 11], [3, 3], 1, 1, 1],
    [4, 4, 8, [9, 11], [3, 3], 2, 1, 1],
    [9, 9, 9, [7, 15], [5, 5], 1, 1, 2],
    [5, 5, 5, [6, 13], [3, 3], 1, 3, 3],
    // Windows deeper than one pass of the product, and than two.
    [1, 96, 10, [7, 7], [3, 3], 1, 1, 1],
    [1, 130, 6, [5, 9], [1, 7], 1, 1, 3],
    [1, 450, 70, [3, 3], [3, 3], 1, 1, 1],
    [1, 7, 130, [5, 5], [1, 1], 2, 1, 0],
    // Deeper than what is summed into one place.
    [1, 4000, 2, [3, 3], [3, 3], 1, 1, 0],
    [1, 2000, 3, [5, 5], [5, 5], 1, 1, 0],
  ] as const)(
    "groups %i, %i to %i channels, image %j, kernel %j, stride %i, dilation %i, padding %i",
    async (...given) => {
      const [groups, channels, out, [rows, columns], [kr, kc], stride, dilation, padding] = given;
      const image = [2, channels, rows, columns] as const;
      const kernel = [out, channels / groups, kr, kc] as const;
      const [x, w] = [values(image, 1), values(kernel, 2)];
      const options = { groups, stride, dilation, padding };
      const y = conv2d(device.tensor(x, image), device.tensor(w, kernel), undefined, options);
      expect(farthest(await y.data(), direct(x, image, w, kernel, options))).toBeLessThan(2e-6);
    },
  );
});

it("lies the other way round with channels last", async () => {
  const [x, w, b] = [values([2, 6, 5, 7], 1), values([4, 3, 3, 3], 2), values([4], 3)];
  const [image, kernel, bias] = [device.tensor(x, [2, 6, 5, 7]), device.tensor(w, [4, 3, 3, 3]), device.tensor(b)];
  const options: ConvolutionOptions = { groups: 2, padding: "same", stride: 2, activation: "relu" };
  const first = conv2d(image, kernel, bias, options);
  const last = conv2d(permute(image, [0, 2, 3, 1]), permute(kernel, [2, 3, 1, 0]), bias, {
    ...options,
    layout: "NHWC",
  });
  expect(await permute(last, [0, 3, 1, 2]).data()).toEqual(await first.data());
});

it('pads "same" as TensorFlow does: the odd pixel comes after the image', async () => {
  // ceil(4 / 2) = 2 windows of 3 need 5 pixels: none before, one after.
  const x = device.tensor([1, 2, 3, 4], [1, 1, 1, 4]);
  const ones = device.tensor([1, 1, 1], [1, 1, 1, 3]);
  expect([...(await conv2d(x, ones, undefined, { stride: 2, padding: "same" }).data())]).toEqual([6, 7]);
  expect([...(await conv2d(x, ones, undefined, { padding: "same" }).data())]).toEqual([3, 6, 9, 7]);
});

it("keeps results between the limits of its activation, and NaN", async () => {
  const x = device.tensor([-1, 2, 9, Number.NaN], [1, 1, 2, 2]);
  const one = device.tensor([1], [1, 1, 1, 1]);
  const of = async (activation: "relu" | "relu6"): Promise<number[]> => [
    ...(await conv2d(x, one, undefined, { activation }).data()),
  ];
  expect(await of("relu")).toEqual([0, 2, 9, Number.NaN]);
  expect(await of("relu6")).toEqual([0, 2, 6, Number.NaN]);
});

describe("pools", () => {
  const x = () => device.tensor([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 1, 3, 3]);

  it("takes as many windows as fit, at a stride of their size unless told", async () => {
    expect([...(await maxPool(x(), 2).data())]).toEqual([5]);
    expect([...(await maxPool(x(), 2, { stride: 1 }).data())]).toEqual([5, 6, 8, 9]);
    expect([...(await maxPool(x(), 3, { stride: 2, padding: 1 }).data())]).toEqual([5, 6, 8, 9]);
    expect([...(await averagePool(x(), 2, { stride: 1 }).data())]).toEqual([3, 4, 6, 7]);
  });

  it("counts what lies in the image alone in means", async () => {
    expect([...(await averagePool(x(), 3, { stride: 2, padding: 1 }).data())]).toEqual([3, 4, 6, 7]);
    expect([...(await averagePool(x(), [1, 2], { stride: 1, padding: "same" }).data())]).toEqual([
      1.5, 2.5, 3, 4.5, 5.5, 6, 7.5, 8.5, 9,
    ]);
  });

  it("means of whole images", async () => {
    const two = device.tensor([1, 2, 3, 4, 5, 6, 7, 10], [1, 2, 2, 2]);
    expect([...(await globalAveragePool(two).data())]).toEqual([2.5, 7]);
    expect([...(await globalAveragePool(two, { layout: "NHWC" }).data())]).toEqual([4, 5.5]);
  });

  it("lets NaN win, and nothing around the image", async () => {
    const y = maxPool(device.tensor([-3, -2, Number.NaN, -1], [1, 1, 1, 4]), [1, 2], {
      padding: [
        [0, 0],
        [1, 1],
      ],
    });
    expect([...(await y.data())]).toEqual([-3, Number.NaN, -1]);
  });

  it("shares the gradient of a tie", async () => {
    const loss = (image: Tensor) => maxPool(image, 2).sum();
    const { gradient } = valueAndGrad(loss)(device.tensor([1, 1, 0, 1], [1, 1, 2, 2]));
    for (const [i, value] of (await gradient.data()).entries())
      expect(value).toBeCloseTo([1 / 3, 1 / 3, 0, 1 / 3][i]!, 6);
  });
});

it("a kernel's gradient sums 2^15 pixels and more without losing precision", async () => {
  const image = [2, 1, 150, 150] as const;
  const loss = (w: Tensor, x: Tensor) => conv2d(x, w, undefined, { padding: 1 }).mul(0.5).sum();
  const [x, w] = [values(image, 5), values([3, 1, 3, 3], 6)];
  const here = valueAndGrad(loss)(device.tensor(w, [3, 1, 3, 3]), device.tensor(x, image)).gradient;
  const there = valueAndGrad(loss)(reference.tensor(w, [3, 1, 3, 3]), reference.tensor(x, image)).gradient;
  expect(farthest(await here.data(), await there.data())).toBeLessThan(2e-6);
});

it("gives each image the bits it has alone", async () => {
  const shape = [3, 8, 9, 4];
  const [x, w] = [values([5, ...shape], 8), values([3, 3, 4, 20], 9)];
  const forward = jit((images: Tensor, kernel: Tensor) =>
    maxPool(conv2d(images, kernel, undefined, { layout: "NHWC", padding: "same", activation: "relu6" }), 3, {
      ...{ stride: 2, layout: "NHWC" },
    }),
  );
  const kernel = device.tensor(w, [3, 3, 4, 20]);
  const [size, all] = [8 * 9 * 4, await forward(device.tensor(x.slice(0, 15 * 288), [15, 8, 9, 4]), kernel).data()];
  const one = await forward(device.tensor(x.slice(4 * size, 5 * size), [1, 8, 9, 4]), kernel).data();
  expect(one).toEqual(all.slice(4 * one.length, 5 * one.length));
});

it("counts the products of its windows", () => {
  const f = jit((x: Tensor, w: Tensor) => conv2d(x, w, undefined, { groups: 4, padding: 1 }), { device });
  const { flops } = f.program(
    device.tensor(new Float32Array(4 * 25), [1, 4, 5, 5]),
    device.tensor(new Float32Array(36), [4, 1, 3, 3]),
  );
  expect(flops.products).toBe(2 * 4 * 25 * 9);
});
