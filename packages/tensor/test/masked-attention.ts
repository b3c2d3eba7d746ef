import { expect, it } from "vitest";
import { attention, type Device, jit, random, type Tensor, vjp } from "../src/index.js";

const [batch, queries, keys, heads, width] = [3, 7, 6, 2, 8];

/** Numbers of a shape [batch, ., ., .]; `junk` overwrites what lies from `from[sample]` on along the tokens. */
const numbers = (
  seed: number,
  shape: readonly number[],
  junk?: { readonly value: number; from: readonly number[] },
) => {
  const [n, tokens, ...rest] = shape as [number, number, ...number[]];
  const row = rest.reduce((size, side) => size * side, 1);
  const data = Float32Array.from({ length: n * tokens * row }, (_, i) => Math.sin(seed * 100 + i * 1.7));
  if (junk)
    for (const [b, from] of junk.from.entries())
      data.fill(junk.value, (b * tokens + from) * row, (b + 1) * tokens * row);
  return data;
};

type Results = readonly [out: number[], dq: number[], dk: number[], dv: number[]];

/** The output and the gradients of q, k and v under one cotangent; k and v are cut to `kept` tokens. */
const run = async (
  device: Device,
  lengths: readonly number[] | undefined,
  { junk, kept = keys }: { readonly junk?: Parameters<typeof numbers>[2]; readonly kept?: number } = {},
): Promise<Results> => {
  const cut = (seed: number): Tensor => {
    const all = numbers(seed, [batch, keys, heads, width], junk);
    const row = heads * width;
    const data = Array.from({ length: batch }, (_, b) => [...all.subarray(b * keys * row, (b * keys + kept) * row)]);
    return device.tensor(data.flat(), [batch, kept, heads, width]);
  };
  const q = device.tensor(numbers(1, [batch, queries, heads, width]), [batch, queries, heads, width]);
  const g = device.tensor(numbers(4, [batch, queries, heads, width]), [batch, queries, heads, width]);
  const counts = lengths && device.tensor(Int32Array.from(lengths), [batch]);
  const step = jit(
    (a: Tensor, b: Tensor, c: Tensor, d: Tensor, n: Tensor | undefined) => {
      const f = (x: Tensor, y: Tensor, z: Tensor) => attention(x, y, z, n ? { lengths: n } : {});
      const { value, pullback } = vjp(f, a, b, c);
      return [value, ...pullback(d)] as const;
    },
    { device },
  );
  const results = step(q, cut(2), cut(3), g, counts);
  const read = await Promise.all(results.map(async (x) => [...((await (x as Tensor).data()) as Float32Array)]));
  step.dispose();
  return read as unknown as Results;
};

const close = (a: readonly number[], b: readonly number[]): void => {
  expect(a).toHaveLength(b.length);
  expect(a.reduce((most, x, i) => Math.max(most, Math.abs(x - b[i]!)), 0)).toBeLessThan(2e-6);
};

/** The first `tokens` of each sample, flat. */
const first = (x: readonly number[], tokens: number, of: number): number[] => {
  const row = x.length / batch / of;
  return Array.from({ length: batch }, (_, b) => x.slice(b * of * row, (b * of + tokens) * row)).flat();
};

/** What attention with `lengths` must be on any device. */
export const maskedAttention = (open: () => Device): void => {
  it("of all keys is attention, to the bit", async () => {
    const plain = await run(open(), undefined);
    expect(await run(open(), [keys, keys, keys])).toEqual(plain);
    expect(await run(open(), [keys + 1, 1000, 2 ** 31 - 1])).toEqual(plain);
  });

  it.each([1, 2, 5])(
    "of the first %i keys is attention to those alone, and the others have gradient 0",
    async (kept) => {
      const [out, dq, dk, dv] = await run(open(), [kept, kept, kept]);
      const alone = await run(open(), undefined, { kept });
      close(out, alone[0]);
      close(dq, alone[1]);
      close(first(dk, kept, keys), alone[2]);
      close(first(dv, kept, keys), alone[3]);
      const row = heads * width;
      for (const x of [dk, dv])
        expect(x.every((value, i) => Math.floor(i / row) % keys < kept || value === 0)).toBe(true);
    },
  );

  it("of no key, or fewer, is attention to the first: its value", async () => {
    const one = await run(open(), [1, 1, 1]);
    expect(await run(open(), [0, -1, -(2 ** 31)])).toEqual(one);
    const value = numbers(3, [batch, keys, heads, width]);
    const row = heads * width;
    close(
      one[0],
      Array.from(
        { length: batch * queries * row },
        (_, i) => value[Math.floor(i / (queries * row)) * keys * row + (i % row)]!,
      ),
    );
  });

  it.each([Number.NaN, Infinity, -Infinity, 3e38, -3e38])("does not see %d where keys do not count", async (value) => {
    const lengths = [2, 5, 1];
    const clean = await run(open(), lengths);
    expect(await run(open(), lengths, { junk: { value, from: lengths } })).toEqual(clean);
  });

  it("differs from sample to sample, whatever the batch around it", async () => {
    const [out] = await run(open(), [1, 4, 6]);
    for (const [b, kept] of [1, 4, 6].entries()) {
      const [same] = await run(open(), [kept, kept, kept]);
      const size = queries * heads * width;
      expect(out.slice(b * size, (b + 1) * size)).toEqual(same.slice(b * size, (b + 1) * size));
    }
  });

  it("holds over several blocks of keys and queries", async () => {
    const device = open();
    const [n, s, t, h, d] = [2, 100, 530, 1, 8];
    const drawn = (seed: number, tokens: number): Tensor => random.normal(random.key(seed), [n, tokens, h, d]);
    const [q, k, v] = [drawn(0, s), drawn(1, t), drawn(2, t)];
    const lengths = device.tensor(Int32Array.of(257, 300), [n]);
    const whole = attention(q, k, v, { lengths });
    for (const [b, length] of [257, 300].entries()) {
      const only = (x: Tensor, tokens: number): Tensor => x.slice([b, { stop: tokens }]).reshape([1, tokens, h, d]);
      const alone = attention(only(q, s), only(k, length), only(v, length));
      const [all, some] = [await whole.slice([b]).data(device), await alone.data(device)];
      close([...(all as Float32Array)], [...(some as Float32Array)]);
    }
  });
};
