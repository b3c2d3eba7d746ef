import type { Accelerator, OperandType, Price } from "./devices.js";
import { FlopsError, integer, notNegative, onlyKeys, positive, shown } from "./errors.js";
import type { Bytes, Flops, Seconds } from "./units.js";

/**
 * Peak FLOP/s of a device in an arithmetic.
 * @throws FlopsError("device") if the device's entry has no such rate.
 */
export const peak = (device: Accelerator, arithmetic: OperandType): number => {
  if (!(device?.peak instanceof Object)) {
    throw new FlopsError("device", `device is ${shown(device)}; it must be an entry such as devices["H100-SXM"].`);
  }
  const rate = device.peak[arithmetic];
  if (rate !== undefined) return positive("device", `${device.name} peak.${arithmetic}`, rate);
  const known = Object.keys(device.peak).join(", ");
  throw new FlopsError("device", `${device.name} has no peak for ${arithmetic}; its entry has ${known}.`);
};

/** What was done, how long it took and what it ran on. */
export interface Measured {
  /** Work of the model alone, without recomputation. */
  readonly flops: Flops;
  readonly seconds: Seconds;
  readonly device: Accelerator;
  readonly arithmetic: OperandType;
  /** Default 1. */
  readonly devices?: number;
}

/** Rounding of a utilisation of exactly 1. */
const roundingAboveOne = 1e-9;

/**
 * Model FLOPs utilisation: achieved over peak FLOP/s (PaLM, arXiv 2204.02311, appendix B). With recomputation counted
 * in `flops` it is the hardware's utilisation instead.
 * @throws FlopsError("device") if a field is unknown or not above zero, the device lacks the arithmetic, or the result is above 1, which
 *   cannot be.
 */
export const mfu = (measured: Measured): number => {
  onlyKeys("device", "mfu", measured, ["flops", "seconds", "device", "arithmetic", "devices"]);
  const { flops, seconds, device, arithmetic, devices = 1 } = measured;
  positive("device", "flops", flops);
  positive("device", "seconds", seconds);
  integer("device", "devices", devices);
  const rate = peak(device, arithmetic);
  const used = flops / seconds / rate / devices;
  if (used <= 1 + roundingAboveOne) return Math.min(1, used);
  const ran = `${devices} × ${device.name} with a peak of ${rate} FLOP/s in ${arithmetic}`;
  throw new FlopsError(
    "device",
    `mfu is ${Number(used.toPrecision(4))}, and cannot be above 1: ${flops} FLOPs in ${seconds} s on ${ran}. Likely the tokens of all devices stand against the peak of one (give devices), work from before a restart against the seconds since, or the arithmetic was a faster one.`,
  );
};

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
export const roofline = (device: Accelerator, arithmetic: OperandType, flops: Flops, bytes: Bytes): Roofline => {
  const compute = positive("device", "flops", flops) / peak(device, arithmetic);
  const memory = positive("device", "bytes", bytes) / positive("device", `${device.name} bandwidth`, device.bandwidth);
  const boundBy = compute >= memory ? "compute" : "memory";
  return { compute, memory, seconds: Math.max(compute, memory), boundBy };
};

export interface EstimateOptions {
  readonly flops: Flops;
  readonly device: Accelerator;
  readonly arithmetic: OperandType;
  /** The utilisation you expect, 0 to 1; measure it on a short run. */
  readonly mfu: number;
  /** Default 1. */
  readonly devices?: number;
  /** Power of the building over power of the devices. Default 1. */
  readonly powerUsageEffectiveness?: number;
}

/** Time, money and energy of a run. Money and energy are absent where the device's entry has no price or power. */
export interface CostEstimate {
  readonly seconds: Seconds;
  readonly deviceHours: number;
  readonly dollars?: { readonly low: number; readonly high: number };
  readonly kilowattHours?: number;
}

const estimateKeys = ["flops", "device", "arithmetic", "mfu", "devices", "powerUsageEffectiveness"];

const checkPrice = (name: string, { low, high }: Price): void => {
  notNegative("device", `${name} price.low`, low);
  notNegative("device", `${name} price.high`, high);
  if (low > high)
    throw new FlopsError("device", `${name} price.low is ${low}; it must be at most price.high, ${high}.`);
};

/**
 * Time, money and energy at an expected utilisation, at board power throughout.
 * @throws FlopsError("device") if a field is out of range or the device lacks the arithmetic.
 */
export const estimate = (options: EstimateOptions): CostEstimate => {
  onlyKeys("device", "estimate", options, estimateKeys);
  const { flops, device, arithmetic, mfu: used, devices = 1, powerUsageEffectiveness: pue = 1 } = options;
  positive("device", "flops", flops);
  integer("device", "devices", devices);
  if (!(used > 0 && used <= 1))
    throw new FlopsError("device", `mfu is ${shown(used)}; it must lie above 0 and up to 1.`);
  if (!(pue >= 1 && pue < Number.POSITIVE_INFINITY)) {
    throw new FlopsError(
      "device",
      `powerUsageEffectiveness is ${shown(pue)}; it must be a finite number of at least 1.`,
    );
  }
  const deviceHours = flops / (used * peak(device, arithmetic)) / 3600;
  const { price, watts } = device;
  if (price) checkPrice(device.name, price);
  if (watts !== undefined) positive("device", `${device.name} watts`, watts);
  return {
    seconds: (3600 * deviceHours) / devices,
    deviceHours,
    ...(price && { dollars: { low: price.low * deviceHours, high: price.high * deviceHours } }),
    ...(watts && { kilowattHours: (watts * pue * deviceHours) / 1000 }),
  };
};
