// Would several models of one shape in one program pay? Two bounds, on one thread of wasm: node examples/isoflop-quick/bench/packing.mjs
// A step of a larger batch does as much work in as many kernels as a program of several models would; and a product of several models is a batched one.
import { createDevice, jit, matmul, permute } from "@isoflop/tensor";
import { plainer } from "./recipe.mjs";
import { stepOf } from "./step.mjs";

const device = await createDevice("wasm", { wasm: { threads: 1 } });
const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

/** Processor seconds of each of some functions that finish when awaited, in turns, so that all meet the same machine. */
const secondsOf = async (tasks, rounds = 15) => {
  const seconds = tasks.map(() => []);
  for (let round = 0; round < rounds; round++)
    for (const [i, task] of tasks.entries()) {
      const before = process.cpuUsage();
      await task();
      const { user, system } = process.cpuUsage(before);
      seconds[i].push((user + system) / 1e6);
    }
  return seconds.map(median);
};

const counts = [1, 4, 8];
console.log(`GFLOP/s of a step of ${counts.map((count) => `${2 * count} images`).join(", ")}`);
for (const width of [16, 32, 64]) {
  const steps = [];
  for (const count of counts) steps.push(await stepOf(device, { ...plainer, width, batch: 2 * count }));
  const repeats = steps.map(({ flops }) => Math.ceil(2e9 / flops));
  const seconds = await secondsOf(
    steps.map(({ step, settled }, i) => () => {
      for (let n = 0; n < repeats[i]; n++) step();
      return settled();
    }),
  );
  const speeds = steps.map(({ flops }, i) => (flops * repeats[i]) / seconds[i] / 1e9);
  console.log(
    [`width ${width}`, ...speeds.map((x) => x.toFixed(1)), `${(speeds.at(-1) / speeds[0]).toFixed(2)} ×`].join("\t"),
  );
}

/** The products of an MLP's first layer over the tokens of two images: forward, for its input, for its weights. */
const forms = {
  "x Wᵀ": ({ rows, width }) => [[rows, width], [4 * width, width], (x, w) => matmul(x, permute(w, [0, 2, 1]))],
  "dy W": ({ rows, width }) => [[rows, 4 * width], [4 * width, width], (dy, w) => matmul(dy, w)],
  "dyᵀ x": ({ rows, width }) => [[rows, 4 * width], [rows, width], (dy, x) => matmul(permute(dy, [0, 2, 1]), x)],
};
console.log(`\nGFLOP/s of products of ${counts.join(", ")} models`);
for (const width of [16, 32, 64])
  for (const [name, form] of Object.entries(forms)) {
    const rows = 2 * 68;
    const [left, right, product] = form({ rows, width });
    const tasks = counts.map((count) => {
      const random = (shape) =>
        device.tensor(Float32Array.from({ length: count * shape[0] * shape[1] }, Math.random), [count, ...shape]);
      const [a, b] = [random(left), random(right)];
      const program = jit((x, y) => product(x, y), { device });
      const repeats = Math.ceil(4e8 / (8 * count * rows * width * width));
      return {
        flops: repeats * 8 * count * rows * width * width,
        async run() {
          let last;
          for (let n = 0; n < repeats; n++) {
            last?.dispose();
            last = program(a, b);
          }
          await last.data();
          last.dispose();
        },
      };
    });
    const seconds = await secondsOf(tasks.map(({ run }) => run));
    const speeds = tasks.map(({ flops }, i) => (flops / seconds[i] / 1e9).toFixed(1));
    console.log([`width ${width}`, name, ...speeds].join("\t"));
  }
device.destroy();
