// Where the time of a training step goes, by kernel, on one thread of wasm: node examples/isoflop-quick/bench/profile.mjs [width …]
import { createDevice } from "@isoflop/tensor";

const STEPS = 1000;

/** Seconds of each kernel of every command stream that ran, by where the stream begins; undefined while nobody asks. */
let streams;

// A stream is commands of which each knows its length, and one thread runs them one after the other: to run them one by one is the same, and can be
// timed. A kernel is one command, but for a long sum, whose parts are summed by a second one.
const instantiate = WebAssembly.instantiate;
const REDUCE = 2;
WebAssembly.instantiate = async (module, imports) => {
  const { exports } = await instantiate(module, imports);
  const run = (command, end, ...rest) => {
    if (!streams) return exports.run(command, end, ...rest);
    const words = new Uint32Array(imports.env.memory.buffer);
    const lengthAt = (at) => words[at / 4 + 1];
    const inParts = (at) => words[at / 4] === REDUCE && words[at / 4 + 7] > 1;
    const kernels = streams.get(command) ?? [];
    streams.set(command, kernels);
    for (let i = 0, next; command < end; i++, command = next) {
      next = command + lengthAt(command);
      if (inParts(command)) next += lengthAt(next);
      const started = performance.now();
      exports.run(command, next, ...rest);
      kernels[i] ??= [];
      kernels[i].push((performance.now() - started) / 1000);
    }
  };
  return { exports: { ...exports, run } };
};
const { stepOf } = await import("./step.mjs");

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
const widths = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [16, 32, 64];
for (const width of widths) {
  const device = await createDevice("wasm", { wasm: { threads: 1 } });
  const { step, settled, kernels, flops } = await stepOf(device, { width });
  const steps = async () => {
    for (let i = 0; i < STEPS; i++) step();
    await settled();
  };
  await steps();
  // Processor time: other work on the machine does not lengthen it.
  const before = process.cpuUsage();
  await steps();
  const whole = process.cpuUsage(before).user / 1e6 / STEPS;
  streams = new Map();
  await steps();
  const times = [...streams.values()]
    .find((one) => one.length === kernels.length && one[0].length === STEPS)
    .map(median);
  streams = undefined;
  const total = times.reduce((s, x) => s + x, 0);
  const [micros, speed] = [(seconds) => `${(1e6 * seconds).toFixed(0)} µs`, (flops / whole / 1e9).toFixed(1)];
  console.log(
    `\nwidth ${width}: a step ${micros(whole)}, ${speed} GFLOP/s; ${kernels.length} kernels, ${micros(total)} together`,
  );
  const rows = kernels.map(({ name, flops: f, bytes }, i) => ({ name, f, bytes, seconds: times[i] }));
  const groups = new Map();
  for (const row of rows) groups.set(row.name, [...(groups.get(row.name) ?? []), row]);
  console.log("share\tcount\tµs each\tGFLOP/s\tGB/s\tkernel");
  const sum = (list, of) => list.reduce((s, one) => s + of(one), 0);
  for (const [name, list] of [...groups].sort(([, a], [, b]) => sum(b, (r) => r.seconds) - sum(a, (r) => r.seconds))) {
    const seconds = sum(list, (r) => r.seconds);
    const rate = (of) => (sum(list, of) / seconds / 1e9).toFixed(1);
    console.log(
      [
        `${((100 * seconds) / total).toFixed(1)} %`,
        list.length,
        ((1e6 * seconds) / list.length).toFixed(1),
        rate((r) => r.f),
        rate((r) => r.bytes),
        name,
      ].join("\t"),
    );
  }
  device.destroy();
}
