import type { DataSource } from "@isoflop/data";
import { stepFlops } from "@isoflop/flops";
import { computeConvention, type RunSpec, trainingOf } from "@isoflop/sweep";
import { createDevice, type Device } from "@isoflop/tensor";
import { train } from "@isoflop/train";

/** How fast this machine trains models of the sizes that were tried. */
export interface Speed {
  /** What it was measured on. */
  readonly device: string;
  /** FLOP/s of one run, by the FLOPs of its step. */
  readonly points: readonly SpeedPoint[];
  /** Seconds until the first step of a run, on average: its program is compiled. */
  readonly setUp: number;
  /** FLOP/s of a run whose step takes so many FLOPs: between two that were tried on a line in logarithms. */
  at(stepFlops: number): number;
}

/** One size that was tried. */
export interface SpeedPoint {
  readonly stepFlops: number;
  readonly flopsPerSecond: number;
}

/** Seconds for each size that is tried, after its program was compiled. */
const SECONDS = 1;

/** More steps than any machine does in that time. */
const FOREVER = 1e9;

/**
 * Trains a small and a large model of a study for about a second each, on one thread of `wasm` as runs side by side do, or on `webgpu`.
 * @throws the signal's reason when stopped
 */
export const measureSpeed = async (
  specs: readonly [RunSpec, ...RunSpec[]],
  source: DataSource,
  { device: kind, signal }: { readonly device: "wasm" | "webgpu"; readonly signal?: AbortSignal },
): Promise<Speed> => {
  const device = await createDevice(kind, kind === "wasm" ? { wasm: { threads: 1 } } : {});
  try {
    const points: SpeedPoint[] = [];
    let setUp = 0;
    for (const spec of specs) {
      const cost = stepFlops(spec.model, spec.batch, computeConvention);
      const pace = await paceOf(spec, device, source, signal);
      points.push({ stepFlops: cost, flopsPerSecond: cost * pace.steps });
      setUp += pace.setUp / specs.length;
    }
    points.sort((a, b) => a.stepFlops - b.stepFlops);
    return { device: device.description, points, setUp, at: (cost) => between(points, cost) };
  } finally {
    device.destroy();
  }
};

/** Steps per second from the first report, when the program is compiled, to the last; and the seconds before the first step. */
const paceOf = async (
  spec: RunSpec,
  device: Device,
  data: DataSource,
  signal: AbortSignal | undefined,
): Promise<{ readonly steps: number; readonly setUp: number }> => {
  const started = performance.now();
  const enough = new AbortController();
  const reason = new Error("measured");
  const reports: { readonly step: number; readonly at: number }[] = [];
  const onProgress = ({ step }: { readonly step: number }): void => {
    reports.push({ step, at: performance.now() });
    if (reports.at(-1)!.at - reports[0]!.at > 1000 * SECONDS) enough.abort(reason);
  };
  const stop = signal ? AbortSignal.any([signal, enough.signal]) : enough.signal;
  const options = { device, data, signal: stop, readEvery: 4, onProgress };
  // Nothing of it is kept.
  const { snapshots: _, ...training } = trainingOf(spec);
  await train({ ...training, steps: FOREVER }, options).catch((error: unknown) => {
    if (error !== reason) throw error;
  });
  const [first, last] = [reports[0]!, reports.at(-1)!];
  const steps = ((last.step - first.step) * 1000) / (last.at - first.at);
  return { steps, setUp: Math.max(0, (first.at - started) / 1000 - first.step / steps) };
};

const between = (points: Speed["points"], cost: number): number => {
  const [low, high] = [points[0]!, points.at(-1)!];
  if (cost <= low.stepFlops || low === high) return low.flopsPerSecond;
  if (cost >= high.stepFlops) return high.flopsPerSecond;
  const share = Math.log(cost / low.stepFlops) / Math.log(high.stepFlops / low.stepFlops);
  return low.flopsPerSecond * (high.flopsPerSecond / low.flopsPerSecond) ** share;
};
