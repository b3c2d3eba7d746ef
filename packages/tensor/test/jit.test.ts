import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  add,
  createDevice,
  type Device,
  full,
  gelu,
  jit,
  linear,
  matmul,
  mean,
  meanSquaredError,
  mul,
  softmax,
  spec,
  square,
  sub,
  type Tensor,
  TensorError,
  valueAndGrad,
  zeros,
} from "../src/index.js";
import { replayTest } from "./replay.js";

let device: Device;
beforeAll(async () => {
  device = await createDevice("wasm");
});
afterAll(() => device.destroy());

const message = (f: () => unknown): string => {
  try {
    f();
  } catch (error) {
    if (error instanceof TensorError) return `${error.code}: ${error.message}`;
    throw error;
  }
  throw new Error("nothing was thrown");
};

describe("a program", () => {
  it("merges equal computations and drops dead ones", () => {
    const f = jit(
      (x: Tensor) => {
        const unused = matmul(x, x);
        void unused;
        return add(matmul(x, x.transpose()), matmul(x, x.transpose()));
      },
      { device },
    );
    const { kernels, flops } = f.program(spec([8, 8]));
    expect(kernels.filter(({ name }) => name === "matmul")).toHaveLength(1);
    expect(flops.products).toBe(2 * 8 ** 3);
  });

  it("keeps infinities, NaN and -0 apart", async () => {
    const f = jit(
      (x: Tensor) => [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN, 1].map((c) => add(x, c)),
      { device },
    );
    const values = await Promise.all(f(device.tensor([1])).map((y) => y.item()));
    expect(values).toEqual([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN, 2]);
    const signs = await Promise.all([0, -0].map((zero) => full([1], zero).data(device)));
    expect(signs.map(([v]) => Object.is(v, -0))).toEqual([false, true]);
  });

  it("fuses a chain of elementwise ops into one kernel", () => {
    const f = jit((x: Tensor, y: Tensor) => gelu(mul(add(x, y), 0.5)).add(1), { device });
    expect(f.program(spec([16, 32]), spec([32])).kernels).toHaveLength(1);
  });

  it("takes a reduction's elementwise operand in", () => {
    const f = jit((x: Tensor, y: Tensor) => meanSquaredError(x, y), { device });
    const names = f.program(spec([64, 64]), spec([64, 64])).kernels.map(({ name }) => name);
    expect(names[0]).toMatch(/^sum\(/);
    expect(names.length).toBeLessThanOrEqual(2);
  });

  it("folds a bias into the product", () => {
    const f = jit((x: Tensor, w: Tensor, b: Tensor) => linear(x, w, b).add(x), { device });
    const { kernels } = f.program(spec([2, 4, 8]), spec([8, 8]), spec([8]));
    expect(kernels.map(({ name }) => name)).toEqual(["matmul", "add"]);
  });

  it("computes a transposed product transposed, without a copy", async () => {
    const f = jit((x: Tensor, g: Tensor) => matmul(x.transpose(), g).transpose().reshape([12]));
    const x = device.tensor([1, 2, 3, 4, 5, 6], [2, 3]);
    const g = device.tensor([1, 0, 2, 0, 1, 1, 0, 3], [2, 4]);
    expect(f.program(x, g).kernels.map(({ name }) => name)).toEqual(["matmul"]);
    expect([...(await f(x, g).data())]).toEqual([5, 7, 9, 4, 5, 6, 2, 4, 6, 12, 15, 18]);
  });

  it("writes operands of a concatenation where they belong", async () => {
    const f = jit((x: Tensor, w: Tensor) => {
      const { gradient } = valueAndGrad((flat: Tensor) => {
        const [a, b] = [flat.slice([{ stop: 8 }]).reshape([2, 4]), flat.slice([{ start: 8 }]).reshape([4, 2])];
        return mean(square(matmul(matmul(x, a), b)));
      })(w);
      return gradient;
    });
    const x = device.tensor(
      Float32Array.from({ length: 6 }, (_, i) => i - 2),
      [3, 2],
    );
    const w = device.tensor(Float32Array.from({ length: 16 }, (_, i) => Math.sin(i)));
    const reference = await createDevice("reference");
    const expected = f(reference.tensor(await x.data(), [3, 2]), reference.tensor(await w.data()));
    const actual = f(x, w);
    const want = await expected.data();
    for (const [i, v] of (await actual.data()).entries()) expect(v).toBeCloseTo(want[i]!, 4);
  });

  it("reuses memory of values that are no longer needed", () => {
    const f = jit(
      (x: Tensor) => {
        let y = x;
        for (let i = 0; i < 20; i++) y = softmax(matmul(y, x));
        return y;
      },
      { device },
    );
    const { memory } = f.program(spec([64, 64]));
    expect(memory.temporariesUnshared).toBeGreaterThan(30 * 64 * 64 * 4);
    expect(memory.temporaries).toBeLessThanOrEqual(3 * 64 * 64 * 4);
  });

  it("updates a donated input in place", async () => {
    const f = jit((w: Tensor, g: Tensor) => sub(w, mul(g, 0.1)), { donate: [0] });
    const w = device.tensor([1, 2, 3]);
    const g = device.tensor([10, 10, 10]);
    expect(f.program(w, g).memory.updatedInPlace).toBe(12);
    const before = device.memory.bytes;
    const next = f(w, g);
    expect(device.memory.bytes).toBe(before);
    expect([...(await next.data())]).toEqual([0, 1, 2]);
    expect(message(() => f(w, g))).toMatch(/^disposed: .*used after it was disposed \(or donated/);
    next.dispose();
    g.dispose();
  });

  it("never overwrites a donated input that is still to be read", async () => {
    const f = jit(
      (a: Tensor, b: Tensor) => {
        const first = add(a, b);
        const second = matmul(first.reshape([2, 2]), a.reshape([2, 2])).reshape([4]);
        return [first, second] as const;
      },
      { donate: [0] },
    );
    const [first, second] = f(device.tensor([1, 2, 3, 4]), device.tensor([1, 1, 1, 1]));
    expect([...(await first.data())]).toEqual([2, 3, 4, 5]);
    expect([...(await second.data())]).toEqual([2 + 9, 4 + 12, 4 + 15, 8 + 20]);
  });

  it("refuses a tensor that is donated and passed again", () => {
    const f = jit((a: Tensor, b: Tensor) => add(a, b), { donate: [0] });
    const x = device.tensor([1, 2]);
    expect(message(() => f(x, x))).toMatch(/^argument: .*passed twice and donated/);
  });

  it("treats numbers as data: one program for every learning rate", async () => {
    let traces = 0;
    const f = jit((x: Tensor, rate: Tensor) => {
      traces++;
      return mul(x, rate);
    });
    const x = device.tensor([1, 2]);
    expect([...(await f(x, 3).data())]).toEqual([3, 6]);
    expect([...(await f(x, 5).data())]).toEqual([5, 10]);
    expect(traces).toBe(1);
  });

  it("traces again for another shape, dtype or static argument", () => {
    const seen: string[] = [];
    const f = jit((x: Tensor, options: { readonly mode: string }) => {
      seen.push(`${x} ${options.mode}`);
      return add(x, x);
    });
    f(device.tensor([1, 2]), { mode: "a" });
    f(device.tensor([1, 2]), { mode: "b" });
    f(device.tensor([1, 2, 3]), { mode: "a" });
    f(device.tensor([4, 5, 6]), { mode: "a" });
    expect(seen).toHaveLength(3);
  });

  it("inlines a compiled function called while another is traced", async () => {
    const inner = jit((x: Tensor) => square(x));
    const outer = jit((x: Tensor) => add(inner(x), 1));
    const x = device.tensor([3]);
    expect(await outer(x).item()).toBe(10);
    expect(outer.program(x).kernels).toHaveLength(1);
  });

  it("keeps what it closes over, and says so when that is gone", () => {
    const w = device.tensor([2]);
    const f = jit((x: Tensor) => mul(x, w));
    const x = device.tensor([3]);
    f(x);
    w.dispose();
    expect(message(() => f(x))).toMatch(/^disposed:/);
  });

  it("returns inputs and constants as values of their own", async () => {
    const f = jit((x: Tensor) => ({ same: x, twice: [x, x], constant: full([2], 7), view: x.reshape([1, 2]) }));
    const x = device.tensor([1, 2]);
    const { same, twice, constant, view } = f(x);
    x.dispose();
    expect([...(await same.data())]).toEqual([1, 2]);
    twice[0]!.dispose();
    expect([...(await twice[1]!.data())]).toEqual([1, 2]);
    expect([...(await constant.data())]).toEqual([7, 7]);
    expect(view.shape).toEqual([1, 2]);
  });
});

describe("programs that compute the same", () => {
  /** Graphs that are compiled while `f` runs. */
  const compiledIn = async (own: Device, f: () => Promise<void>): Promise<number> => {
    const { engine } = own;
    const compile = engine.compile.bind(engine);
    let count = 0;
    engine.compile = (...args) => {
      count++;
      return compile(...args);
    };
    await f();
    engine.compile = compile;
    return count;
  };
  const scaledBy = (own: Device, factor: Tensor) => jit((x: Tensor) => mul(x, factor), { device: own });

  it("are compiled once, while they are used and after", async () => {
    using own = await createDevice("wasm", { wasm: { threads: 1 } });
    const [two, three] = [own.tensor([2, 2]), own.tensor([3, 3])];
    const x = own.tensor([1, 5]);
    const count = await compiledIn(own, async () => {
      const [a, b] = [scaledBy(own, two), scaledBy(own, three)];
      expect([...(await a(x).data())]).toEqual([2, 10]);
      expect([...(await b(x).data())]).toEqual([3, 15]);
      a.dispose();
      a.dispose();
      expect([...(await b(x).data())]).toEqual([3, 15]);
      b.dispose();
      expect([...(await scaledBy(own, two)(x).data())]).toEqual([2, 10]);
    });
    expect(count).toBe(1);
  });

  it("are others where other arguments are donated, or shapes differ", async () => {
    using own = await createDevice("wasm", { wasm: { threads: 1 } });
    const double = (x: Tensor): Tensor => add(x, x);
    const count = await compiledIn(own, async () => {
      const kept = own.tensor([1, 2]);
      expect([...(await jit(double, { device: own })(kept).data())]).toEqual([2, 4]);
      expect([...(await jit(double, { device: own, donate: [0] })(own.tensor([1, 2])).data())]).toEqual([2, 4]);
      expect([...(await kept.data())]).toEqual([1, 2]);
      expect([...(await jit(double, { device: own })(own.tensor([1, 2, 3])).data())]).toEqual([2, 4, 6]);
    });
    expect(count).toBe(3);
  });
});

describe("what cannot be traced", () => {
  it("reading a value inside jit", async () => {
    const reads: Promise<unknown>[] = [];
    const f = jit((x: Tensor) => {
      reads.push(add(x, 1).data(device));
      return x;
    });
    f(device.tensor([1]));
    await expect(reads[0]).rejects.toThrow(/read inside jit/);
  });

  it("branching on a value", () => {
    const f = jit((x: Tensor) => ((x as unknown as number) > 0 ? x : x.neg()));
    expect(message(() => f(device.tensor([1])))).toMatch(/^traced: .*control flow cannot depend on a value/);
  });

  it("an asynchronous function", () => {
    const f = jit(async (x: Tensor) => x);
    expect(message(() => f(device.tensor([1])))).toMatch(/^traced: .*must be synchronous/);
  });

  it("a function without a device", () => {
    expect(message(() => jit(() => zeros([2]))())).toMatch(/^device: .*no argument lives on a device/);
  });
});

it("thirty steps replayed are bit-equal to thirty recorded anew", () => replayTest(device));
