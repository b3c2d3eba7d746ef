/**
 * The same model in @jax-js/jax. Node 20 lacks three things it needs, which are supplied here: iterator helpers, a web-style `Worker` that starts
 * from a blob address (without it the peer runs on one thread), and `navigator`.
 */
import { availableParallelism } from "node:os";
import { Worker as NodeWorker } from "node:worker_threads";
import { SHAPE, startingValues } from "./block-stack.mjs";

// Eager arrays in place of lazy iterators: the peer only chains map, filter and friends.
const iterator = Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]()));
for (const name of ["map", "filter", "flatMap", "forEach", "reduce", "some", "every", "find"])
  if (!iterator[name])
    Object.defineProperty(iterator, name, {
      value(...args) {
        return [...this][name](...args);
      },
    });
if (!iterator.toArray)
  Object.defineProperty(iterator, "toArray", {
    value() {
      return [...this];
    },
  });

const sources = new Map();
const createObjectURL = URL.createObjectURL.bind(URL);
const PlainBlob = globalThis.Blob;
globalThis.Blob = class extends PlainBlob {
  constructor(parts, options) {
    super(parts, options);
    this.parts = parts;
  }
};
URL.createObjectURL = (blob) => {
  const url = createObjectURL(blob);
  sources.set(url, blob.parts.join(""));
  return url;
};
const prelude = `import { parentPort } from "node:worker_threads"; globalThis.self = globalThis; self.postMessage = (m) => parentPort.postMessage(m);
parentPort.on("message", (data) => self.onmessage({ data }));`;
globalThis.Worker = class {
  constructor(url) {
    this.worker = new NodeWorker(new URL(`data:text/javascript,${encodeURIComponent(prelude + sources.get(url))}`));
    this.worker.unref();
    this.worker.on("message", (data) => this.onmessage?.({ data }));
    this.worker.on("error", (error) => this.onerror?.(error));
  }
  postMessage(message) {
    this.worker.postMessage(message);
  }
};

/** Loads the peer for one of its backends. `gpu` makes its `webgpu` backend find Dawn. */
export const loadJax = async (backend, gpu) => {
  Object.defineProperty(globalThis, "navigator", {
    value: { hardwareConcurrency: availableParallelism(), userAgent: "node", gpu },
    configurable: true,
  });
  const jax = await import("@jax-js/jax");
  await jax.init(backend);
  jax.defaultDevice(backend);
  return jax;
};

const arrayOf = ({ numpy: np }, { data, shape }) => np.array(data, { shape });

const block = ({ numpy: np, nn }, p, x, { batch, tokens, width, heads }) => {
  const norm = (t) => nn.standardize(t, -1, { epsilon: 1e-6 });
  const qkv = np.matmul(norm(x.ref), p.qkv);
  const [q, k, v] = np.split(qkv, 3, 2).map((t) => t.reshape([batch, tokens, heads, width / heads]));
  const mixed = np.matmul(nn.dotProductAttention(q, k, v).reshape([batch, tokens, width]), p.proj).add(x);
  const hidden = nn.gelu(np.matmul(norm(mixed.ref), p.fc1).add(p.bias1));
  return np.matmul(hidden, p.fc2).add(p.bias2).add(mixed);
};

export const jaxStep = (jax, shape = SHAPE) => {
  const { numpy: np, tree } = jax;
  const start = startingValues(shape);
  let params = start.blocks.map((b) => Object.fromEntries(Object.entries(b).map(([k, t]) => [k, arrayOf(jax, t)])));
  const like = () =>
    start.blocks.map((b) => Object.fromEntries(Object.entries(b).map(([k, t]) => [k, np.zeros(t.shape)])));
  let m = like();
  let v = like();
  const [x, y] = [arrayOf(jax, start.x), arrayOf(jax, start.y)];
  const loss = (p, input, target) => {
    const out = p.reduce((h, b) => block(jax, b, h, shape), input);
    return np.square(out.sub(target)).mean();
  };
  const step = jax.jit((p, m0, v0, input, target, rates) => {
    const [value, gradient] = jax.valueAndGrad(loss)(tree.ref(p), input, target);
    const [weights, structure] = tree.flatten(p);
    const [gs, ms, vs] = [gradient, m0, v0].map((t) => tree.leaves(t));
    const rate = (i) => rates.ref.slice(i);
    const next = weights.map((w, i) => {
      const g = gs[i];
      const m1 = ms[i].mul(0.9).add(g.ref.mul(0.1));
      const v1 = vs[i].mul(0.999).add(np.square(g).mul(0.001));
      const update = m1.ref.div(rate(1)).div(np.sqrt(v1.ref.div(rate(2))).add(1e-8));
      return [w.sub(update.mul(rate(0))), m1, v1];
    });
    rates.dispose();
    const pick = (which) =>
      tree.unflatten(
        structure,
        next.map((row) => row[which]),
      );
    return [value, pick(0), pick(1), pick(2)];
  });
  let t = 0;
  const run = async () => {
    t++;
    const rates = np.array(Float32Array.of(1e-3, 1 - 0.9 ** t, 1 - 0.999 ** t));
    const [value, ...state] = step(params, m, v, x.ref, y.ref, rates);
    [params, m, v] = state;
    return (await value.data())[0];
  };
  return { run };
};

/** The single kernels of the bench. */
export const jaxKernels = ({ numpy: np, nn, jit }, make) => {
  const once = async (f, inputs) => {
    const out = f(...inputs.map((x) => x.ref));
    await out.blockUntilReady();
    out.dispose();
  };
  const prepare = (f, ...shapes) => {
    const inputs = shapes.map((shape) => np.array(make(shape.reduce((a, b) => a * b, 1)), { shape }));
    const compiled = jit(f);
    return () => once(compiled, inputs);
  };
  return {
    matmul: (n) => prepare((a, b) => np.matmul(a, b), [n, n], [n, n]),
    layerNorm: (rows, cols) => prepare((x) => nn.standardize(x, -1, { epsilon: 1e-6 }), [rows, cols]),
    softmax: (rows, cols) => prepare((x) => nn.softmax(x, -1), [rows, cols]),
    attention: (b, s, h, d) =>
      prepare((q, k, v) => nn.dotProductAttention(q, k, v), [b, s, h, d], [b, s, h, d], [b, s, h, d]),
  };
};
