import type { Arithmetic, Device } from "./devices.js";
import { FlopsError, integer, positive } from "./errors.js";
import type { Bytes, Flops, Seconds } from "./units.js";

/**
 * Peak FLOP/s of a device in an arithmetic.
 * @throws FlopsError("device") if the device's entry has no such rate.
 */
export function peak(device: Device, arithmetic: Arithmetic): number {
  const rate = device.peak[arithmetic];
  if (rate !== undefined) return positive("device", `${device.name} peak.${arithmetic}`, rate);
  const known = Object.keys(device.peak).join(", ");
  throw new FlopsError("device", `${device.name} has no peak for ${arithmetic}; its entry has ${known}.`);
}

/** What was done, how long it took and what it ran on. */
export interface Measured {
  /** Work of the model alone, without recomputation. */
  readonly flops: Flops;
  readonly seconds: Seconds;
  readonly device: Device;
  readonly arithmetic: Arithmetic;
  /** Default 1. */
  readonly devices?: number;
}

/**
 * Model FLOPs utilisation: achieved over peak FLOP/s (PaLM, arXiv 2204.02311, appendix B). With recomputation counted
 * in `flops` it is the hardware's utilisation instead.
 * @throws FlopsError("device") if a field is not above zero or the device lacks the arithmetic.
 */
export function mfu({ flops, seconds, device, arithmetic, devices = 1 }: Measured): number {
  positive("device", "flops", flops);
  positive("device", "seconds", seconds);
  return flops / (seconds * peak(device, arithmetic) * integer("device", "devices", devices));
}

/** Work and traffic of one step, to see which of them bounds its time. */
export interface Roofline {
  readonly compute: Seconds;
  readonly memory: Seconds;
  /** The larger of the two: no step is faster. */
  readonly seconds: Seconds;
  readonly boundBy: "compute" | "memory";
}

/**
 * Least time of a step on one device (Williams et al. 2009).
 * @throws FlopsError("device") if the device lacks the arithmetic.
 */
export function roofline(device: Device, arithmetic: Arithmetic, flops: Flops, bytes: Bytes): Roofline {
  const compute = positive("device", "flops", flops) / peak(device, arithmetic);
  const memory = positive("device", "bytes", bytes) / positive("device", `${device.name} bandwidth`, device.bandwidth);
  const boundBy = compute >= memory ? "compute" : "memory";
  return { compute, memory, seconds: Math.max(compute, memory), boundBy };
}

export interface EstimateOptions {
  readonly flops: Flops;
  readonly device: Device;
  readonly arithmetic: Arithmetic;
  /** The utilisation you expect, 0 to 1; measure it on a short run. */
  readonly mfu: number;
  /** Default 1. */
  readonly devices?: number;
  /** Power of the building over power of the devices. Default 1. */
  readonly powerUsageEffectiveness?: number;
}

/** Time, money and energy of a run. Money and energy are absent where the device's entry has no price or power. */
export interface Estimate {
  readonly seconds: Seconds;
  readonly deviceHours: number;
  readonly dollars?: { readonly low: number; readonly high: number };
  readonly kilowattHours?: number;
}

/**
 * Time, money and energy at an expected utilisation, at board power throughout.
 * @throws FlopsError("device") if a field is out of range or the device lacks the arithmetic.
 */
export function estimate(options: EstimateOptions): Estimate {
  const { flops, device, arithmetic, mfu: used, devices = 1, powerUsageEffectiveness: pue = 1 } = options;
  positive("device", "flops", flops);
  integer("device", "devices", devices);
  if (!(used > 0 && used <= 1)) throw new FlopsError("device", `mfu is ${used}; it must lie above 0 and up to 1.`);
  if (!(pue >= 1)) throw new FlopsError("device", `powerUsageEffectiveness is ${pue}; it must be at least 1.`);
  const deviceHours = flops / (used * peak(device, arithmetic)) / 3600;
  const { price, watts } = device;
  return {
    seconds: (3600 * deviceHours) / devices,
    deviceHours,
    ...(price && { dollars: { low: price.low * deviceHours, high: price.high * deviceHours } }),
    ...(watts && { kilowattHours: (watts * pue * deviceHours) / 1000 }),
  };
}
