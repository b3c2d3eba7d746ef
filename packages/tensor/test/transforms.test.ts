import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  attention,
  checkpoint,
  createDevice,
  type Device,
  exp,
  gather,
  grad,
  jit,
  layerNorm,
  matmul,
  mean,
  mul,
  pow,
  scatterAdd,
  softmax,
  square,
  stopGradient,
  sum,
  type Tensor,
  TensorError,
  tanh,
  valueAndGrad,
  vjp,
} from "../src/index.js";

let device: Device;
beforeAll(async () => {
  device = await createDevice("reference");
});
afterAll(() => device.destroy());

const range = (n: number, f = (i: number) => Math.sin(i + 1)): Float32Array =>
  Float32Array.from({ length: n }, (_, i) => f(i));

describe("grad", () => {
  it("keeps the structure of its argument", async () => {
    const gradient = grad((p: { w: Tensor; layers: readonly [Tensor, Tensor] }) =>
      sum(mul(p.w, mul(p.layers[0], p.layers[1]))),
    )({ w: device.tensor([2]), layers: [device.tensor([3]), device.tensor([5])] });
    expect(await gradient.w.item()).toBe(15);
    expect(await gradient.layers[0].item()).toBe(10);
    expect(await gradient.layers[1].item()).toBe(6);
  });

  it("gives zeros where nothing flows", async () => {
    const gradient = grad((p: { a: Tensor; b: Tensor }) => sum(p.a))({
      a: device.tensor([1, 2]),
      b: device.tensor([3]),
    });
    expect([...(await gradient.b.data(device))]).toEqual([0]);
  });

  it("differentiates with respect to its argument alone, even where the same tensor is also closed over", async () => {
    const x = device.tensor([3]);
    expect(await grad((y: Tensor) => sum(mul(x, y)))(x).item()).toBe(3);
  });

  it("passes extra results through", async () => {
    const { value, extra, gradient } = valueAndGrad((x: Tensor) => [sum(square(x)), { doubled: mul(x, 2) }] as const)(
      device.tensor([1, 2]),
    );
    expect(await value.item()).toBe(5);
    expect([...(await extra.doubled.data())]).toEqual([2, 4]);
    expect([...(await gradient.data())]).toEqual([2, 4]);
  });

  it("refuses a loss that is not a number", () => {
    expect(() => grad((x: Tensor) => x)(device.tensor([1, 2]))).toThrow(/must return one f32 number.*f32\[2\]/);
  });

  it("vjp refuses a cotangent of another shape", () => {
    const { pullback } = vjp((x: Tensor) => square(x), device.tensor([1, 2]));
    expect(() => pullback(device.tensor([1]))).toThrow(TensorError);
  });

  it("stopGradient makes a constant", async () => {
    expect(await grad((x: Tensor) => sum(mul(stopGradient(x), x)))(device.tensor([3])).item()).toBe(3);
  });
});

describe("what is computed while or before a gradient is taken", () => {
  const traced = expect.objectContaining({ code: "traced" });

  it("a compiled function inside grad is differentiated", async () => {
    const x = device.tensor([1, 2, 3]);
    const total = jit((y: Tensor) => sum(square(y)));
    expect([...(await grad((y: Tensor) => total(y))(x).data())]).toEqual([2, 4, 6]);
    const inner = jit((y: Tensor) => square(y));
    expect([...(await grad((y: Tensor) => sum(mul(y, inner(y))))(x).data())]).toEqual([3, 12, 27]);
    // Outside again, it is a program.
    expect([...(await inner(x).data())]).toEqual([1, 4, 9]);
  });

  it("a compiled function that closes over what is differentiated, or traced, is part of it", async () => {
    const [x, z] = [device.tensor([1, 2, 3]), device.tensor([4, 5, 6])];
    const over = (y: Tensor) => jit((a: Tensor) => mul(a, y), { device })(z);
    expect([...(await grad((y: Tensor) => sum(over(y)))(x).data())]).toEqual([4, 5, 6]);
    expect([...(await jit(over)(x).data())]).toEqual([4, 10, 18]);
    expect(() => jit((y: Tensor) => jit((a: Tensor) => mul(a, y), { device }).program(z))(x)).toThrow(traced);
  });

  it("a value cannot be computed inside, where the gradient would lose it", async () => {
    const x = device.tensor([1, 2]);
    for (const compute of [
      (y: Tensor) => device.evaluate(y),
      (y: Tensor) => device.scope(() => y),
      (y: Tensor) => jit((z: Tensor) => z, { device }).program(y) && device.evaluate([y]),
    ]) {
      const f = (y: Tensor) => {
        const twice = mul(y, 2);
        compute(twice);
        return sum(twice);
      };
      expect(() => grad(f)(x)).toThrow(traced);
      expect(() => vjp(f, x)).toThrow(traced);
    }
    // A failed function leaves nothing behind.
    expect([...(await mul(x, 2).data())]).toEqual([2, 4]);
  });

  it("the value of vjp can be read, disposed and pulled back through afterwards", async () => {
    const { value, pullback } = vjp((y: Tensor) => ({ square: square(y), same: y }), device.tensor([1, 2, 3]));
    expect([...(await value.square.data())]).toEqual([1, 4, 9]);
    device.evaluate(value);
    value.square.dispose();
    const cotangent = device.tensor([1, 1, 1]);
    const [gradient] = pullback({ square: cotangent, same: cotangent });
    expect([...(await gradient.data())]).toEqual([3, 5, 7]);
  });

  it("a pullback keeps what its function computed, whatever of it has been read since", async () => {
    let inside: Tensor | undefined;
    const { pullback } = vjp(
      (y: Tensor) => {
        inside = exp(y);
        return checkpoint((e: Tensor) => square(e))(inside);
      },
      device.tensor([0, 1]),
    );
    await inside!.data();
    const [gradient] = pullback(device.tensor([1, 1]));
    expect([...(await gradient.data())]).toEqual([2, Math.fround(2 * Math.exp(2))]);
  });

  it("a function that returns no tensor is refused", () => {
    const x = device.tensor([1]);
    for (const f of [() => 1, () => undefined, async (y: Tensor) => y, () => []])
      expect(() => grad(f as never)(x)).toThrow(expect.objectContaining({ code: "gradient" }));
  });
});

describe("higher derivatives", () => {
  it("a Hessian-vector product of a quadratic form is (A + A^T) v", async () => {
    const a = device.tensor(range(16), [4, 4]);
    const f = (x: Tensor) => sum(mul(x, matmul(a, x)));
    const hvp = (x: Tensor, v: Tensor) => grad((y: Tensor) => sum(mul(grad(f)(y), v)))(x);
    const [A, v] = [await a.data(), range(4, (i) => i - 1)];
    const actual = await hvp(device.tensor(range(4)), device.tensor(v)).data();
    for (let i = 0; i < 4; i++) {
      let want = 0;
      for (let j = 0; j < 4; j++) want += (A[4 * i + j]! + A[4 * j + i]!) * v[j]!;
      expect(actual[i]).toBeCloseTo(want, 5);
    }
  });

  it("a Hessian-vector product through attention, norm and softmax agrees with differences of the gradient", async () => {
    const f = (x: Tensor) => {
      const h = layerNorm(x).reshape([1, 4, 1, 3]);
      return sum(square(softmax(attention(h, tanh(h), exp(h)).reshape([4, 3]))));
    };
    const run = jit((x: Tensor, v: Tensor) => ({
      gradient: grad(f)(x),
      hvp: grad((y: Tensor) => sum(mul(grad(f)(y), v)))(x),
    }));
    const x = Float64Array.from(range(12));
    const v = range(12, (i) => Math.cos(3 * i));
    const at = (by: number) =>
      run(
        device.tensor(
          Float32Array.from(x, (xi, i) => xi + by * v[i]!),
          [4, 3],
        ),
        device.tensor(v, [4, 3]),
      );
    const h = 2 ** -10;
    const [up, down] = [await at(h).gradient.data(), await at(-h).gradient.data()];
    const hvp = await at(0).hvp.data();
    hvp.forEach((value, i) => {
      expect(value).toBeCloseTo((up[i]! - down[i]!) / (2 * h), 2);
    });
  });

  it("powers have theirs where a factor vanishes: x^0 and x^2 at 0, and d2/dx dy x^y at y = 0", async () => {
    type Pair = readonly [x: Tensor, y: Tensor];
    const second = (x: number, y: number, by: 0 | 1) => {
      const slope = (p: Pair) => sum(grad((q: Pair) => sum(pow(q[0], q[1])))(p)[by]);
      return Promise.all(grad(slope)([device.tensor([x]), device.tensor([y])]).map((g) => g.item(device)));
    };
    expect((await second(0, 0, 0))[0]).toBe(0);
    expect(await second(0, 2, 0)).toEqual([2, 0]);
    expect(await second(0, 2, 1)).toEqual([0, 0]);
    expect(await second(2, 0, 0)).toEqual([-0, 0.5]);
    expect(await second(2, 0, 1)).toEqual([0.5, Math.fround(Math.LN2 ** 2)]);
  });

  it("indices outside have no gradient where they are ignored", async () => {
    const rows = device.tensor([1, -1, 0, 2], [4], "i32");
    const weights = device.tensor([3, 5]);
    const into = (x: Tensor) => sum(mul(scatterAdd(rows, x.reshape([4, 1]), 2).reshape([2]), weights));
    expect([...(await grad(into)(device.tensor([1, 1, 1, 1])).data())]).toEqual([5, 0, 3, 0]);
    // A sum of squared slopes of sum_i v_i x[rows_i] is one of squared v where the rows lie inside.
    const v = device.tensor([1, 2, 3, 4]);
    const slopes = (w: Tensor) => grad((x: Tensor) => sum(mul(gather(x, rows, 0), w)))(weights);
    expect([...(await grad((w: Tensor) => sum(square(slopes(w))))(v).data())]).toEqual([2, 0, 6, 0]);
  });

  it("the third derivative of x^4 is 24 x", async () => {
    const f = (x: Tensor) => sum(square(square(x)));
    const d = (g: (x: Tensor) => Tensor) => (x: Tensor) => sum(grad(g)(x));
    expect(await d(d(d(f)))(device.tensor([1.5])).item()).toBe(36);
  });
});

describe("checkpoint", () => {
  const block = (x: Tensor, w: Tensor) => tanh(matmul(tanh(matmul(x, w)), w));
  const net = (wrap: <F>(f: F) => F) => (w: Tensor, x: Tensor) => {
    let y = x;
    for (let i = 0; i < 6; i++) y = wrap(block)(y, w);
    return mean(square(y));
  };
  const plain = net((f) => f);
  const saved = net((f) => checkpoint(f as never) as typeof f);

  it("gives the same gradient bit for bit", async () => {
    const wasm = await createDevice("wasm");
    const w = wasm.tensor(
      range(256, (i) => Math.sin(i) / 4),
      [16, 16],
    );
    const x = wasm.tensor(range(512), [32, 16]);
    const a = await jit(grad(plain))(w, x).data();
    const b = await jit(grad(saved))(w, x).data();
    expect([...b]).toEqual([...a]);
    wasm.destroy();
  });

  it("takes less memory and more products", async () => {
    const wasm = await createDevice("wasm");
    const w = wasm.tensor(range(256), [16, 16]);
    const x = wasm.tensor(range(64 * 1024), [4096, 16]);
    const [a, b] = [jit(grad(plain)).program(w, x), jit(grad(saved)).program(w, x)];
    expect(b.memory.temporaries).toBeLessThan(0.8 * a.memory.temporaries);
    expect(b.flops.products).toBeGreaterThan(a.flops.products);
    wasm.destroy();
  });

  it("differentiates with respect to values the function closes over", async () => {
    const f = (w: Tensor, x: Tensor) => sum(checkpoint((y: Tensor) => square(mul(w, y)))(x));
    const gradient = grad(f)(device.tensor([3]), device.tensor([2]));
    expect(await gradient.item()).toBe(24);
  });

  it("takes data made and values computed inside as they are", async () => {
    const three = device.tensor([3]);
    const f = checkpoint((x: Tensor) => {
      const six = mul(three, 2);
      device.evaluate(six);
      return sum(square(mul(mul(x, device.tensor([2, 5])), mul(six, device.tensor([1, 7])))));
    });
    // (2 6 x)^2 and (5 6 7 x)^2: slopes 2 12^2 x and 2 210^2 x.
    expect([...(await grad(f)(device.tensor([1, 2])).data())]).toEqual([288, 176400]);
    expect([...(await jit(grad(f))(device.tensor([1, 2])).data())]).toEqual([288, 176400]);
  });
});
