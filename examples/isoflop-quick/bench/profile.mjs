// Where the time of a training step goes, by kernel, on one thread of wasm: node examples/isoflop-quick/bench/profile.mjs [width …]
import { createDevice } from "@isoflop/tensor";

/** Seconds of each command of every command stream that ran, by where the stream begins. */
const streams = new Map();

// A stream is commands of which each knows its length, and one thread runs them one after the other: to run them one by one is the same, and can be timed.
const instantiate = WebAssembly.instantiate;
WebAssembly.instantiate = async (module, imports) => {
  const { exports } = await instantiate(module, imports);
  const run = (command, end, ...rest) => {
    const words = new Uint32Array(imports.env.memory.buffer);
    const seconds = streams.get(command) ?? [];
    streams.set(command, seconds);
    for (let i = 0, next; command < end; i++, command = next) {
      next = command + words[command / 4 + 1];
      const started = performance.now();
      exports.run(command, next, ...rest);
      seconds[i] ??= [];
      seconds[i].push((performance.now() - started) / 1000);
    }
  };
  return { exports: { ...exports, run } };
};
const { stepOf } = await import("./step.mjs");

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
const widths = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [16, 32, 64];
for (const width of widths) {
  const device = await createDevice("wasm", { wasm: { threads: 1 } });
  streams.clear();
  const { step, settled, kernels, flops } = await stepOf(device, { width });
  for (let i = 0; i < 1000; i++) step();
  await settled();
  const timed = [...streams.values()].find((one) => one.length === kernels.length && one[0].length >= 1000);
  const times = timed.map(median);
  const total = times.reduce((s, x) => s + x, 0);
  console.log(
    `\nwidth ${width}: ${kernels.length} kernels, ${(1e6 * total).toFixed(0)} µs, ${(flops / total / 1e9).toFixed(1)} GFLOP/s`,
  );
  const rows = kernels.map(({ name, flops: f, bytes }, i) => ({ name, f, bytes, seconds: times[i] }));
  const groups =
    Map.groupBy?.(rows, ({ name }) => name) ??
    rows.reduce((m, row) => m.set(row.name, [...(m.get(row.name) ?? []), row]), new Map());
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
