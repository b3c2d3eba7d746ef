// Random programs on a device against the float64 reference, until the time is over: `pnpm fuzz --seconds 60`. A failure is printed as the smallest
// program that shows it; exit status 1 if there was one. Needs a built package; runs wherever `@isoflop/tensor` is installed.
import { parseArgs } from "node:util";
import { createDevice } from "@isoflop/tensor";
import { fuzz } from "@isoflop/tensor/testing";

const usage = `usage: fuzz [options]
  --device KIND     wasm, webgpu or reference (default wasm)
  --threads N       threads of wasm (default 1)
  --seconds N       stop after this long (default 60)
  --programs N      stop after this many programs
  --seed N          first seed; every seed is one program (default: from the clock)
  --failures N      stop after this many failures (default 10)`;

const { values } = parseArgs({
  options: {
    device: { type: "string", default: "wasm" },
    threads: { type: "string", default: "1" },
    seconds: { type: "string", default: "60" },
    programs: { type: "string", default: "Infinity" },
    seed: { type: "string", default: String(Math.floor(Date.now() / 1000) % 1_000_000_000) },
    failures: { type: "string", default: "10" },
    help: { type: "boolean", short: "h" },
  },
});
if (values.help) {
  console.log(usage);
  process.exit(0);
}
const number = (/** @type {"threads" | "seconds" | "programs" | "seed" | "failures"} */ name) => {
  const value = Number(values[name]);
  if (value >= 0) return value;
  console.error(`fuzz: --${name} must be a number of at least 0, got ${values[name]}\n${usage}`);
  process.exit(2);
};
const [threads, seconds, programs, seed, limit] = /** @type {const} */ ([
  "threads",
  "seconds",
  "programs",
  "seed",
  "failures",
]).map(number);

const device = await createDevice(/** @type {import("@isoflop/tensor").DeviceKind} */ (values.device), {
  wasm: { threads },
});
console.log(`${device.description}, seeds from ${seed}`);
const start = performance.now();
const elapsed = () => (performance.now() - start) / 1000;
let [done, failures, said] = [0, 0, 0];
while (done < programs && elapsed() < seconds && failures < limit) {
  const failure = await fuzz(seed + done, device);
  done++;
  if (failure) {
    failures++;
    console.log(`\nseed ${failure.seed}: ${failure.what}\n${failure.code}`);
  }
  if (elapsed() - said > 10) {
    said = elapsed();
    console.log(`${done} programs, ${failures} failures, ${said.toFixed(0)} s`);
  }
}
console.log(`${done} programs, ${failures} failures in ${elapsed().toFixed(0)} s`);
process.exit(failures > 0 ? 1 : 0);
