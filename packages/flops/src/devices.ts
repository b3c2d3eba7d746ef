import type { Bytes } from "./units.js";

/** Where a figure was printed, and when. */
export interface Source {
  readonly title: string;
  /** Year or year-month of the document. */
  readonly date: string;
}

/** Arithmetic of a product's operands; sums are float32. Dense rates: structured sparsity is not counted. */
export type OperandType = "f32" | "tf32" | "f16" | "bf16" | "fp8";

/** On-demand price of one device, lowest and highest of a market, in US dollars per hour. */
export interface Price {
  readonly low: number;
  readonly high: number;
  readonly source: Source;
}

/** What one device can do at best. Plain data: copy an entry, change it, or write your own. */
export interface Accelerator {
  readonly name: string;
  /** FLOP/s of dense products; a multiply-accumulate is two. */
  readonly peak: Readonly<Partial<Record<OperandType, number>>>;
  readonly memory: Bytes;
  /** Bytes per second between memory and processor. */
  readonly bandwidth: number;
  /** Board power, where the maker prints it. */
  readonly watts?: number;
  readonly source: Source;
  readonly price?: Price;
}

const market = { title: "Mercatus cloud GPU pricing guide, specialty to hyperscaler, on demand", date: "2026-05" };
const sheet = (title: string, date: string): Source => ({ title: `NVIDIA ${title}`, date });
const cloudTpu = { title: "Google Cloud TPU documentation, system architecture", date: "2024" };
const tpuPrice = { title: "Google Cloud TPU pricing, per chip-hour on demand, us regions", date: "2024" };

/** Devices people train on, as their makers print them. Prices move: set your own before relying on a cost. */
export const devices = {
  "A100-80GB-SXM": {
    name: "NVIDIA A100 80GB SXM",
    memory: 80e9,
    bandwidth: 2.039e12,
    watts: 400,
    peak: { f32: 19.5e12, tf32: 156e12, f16: 312e12, bf16: 312e12 },
    source: sheet("A100 data sheet", "2021"),
    price: { low: 1.1, high: 3, source: market },
  },
  "H100-SXM": {
    name: "NVIDIA H100 SXM",
    memory: 80e9,
    bandwidth: 3.35e12,
    watts: 700,
    peak: { f32: 67e12, tf32: 494.7e12, f16: 989.4e12, bf16: 989.4e12, fp8: 1978.9e12 },
    source: sheet("H100 data sheet", "2023"),
    price: { low: 2.5, high: 5, source: market },
  },
  "H200-SXM": {
    name: "NVIDIA H200 SXM",
    memory: 141e9,
    bandwidth: 4.8e12,
    watts: 700,
    peak: { f32: 67e12, tf32: 494.7e12, f16: 989.4e12, bf16: 989.4e12, fp8: 1978.9e12 },
    source: sheet("H200 data sheet", "2023"),
    price: { low: 3.5, high: 7, source: market },
  },
  B200: {
    name: "NVIDIA B200",
    memory: 180e9,
    bandwidth: 8e12,
    watts: 1000,
    peak: { f16: 2250e12, bf16: 2250e12, fp8: 4500e12 },
    source: sheet("DGX B200 data sheet, an eighth of the system", "2024"),
  },
  MI300X: {
    name: "AMD Instinct MI300X",
    memory: 192e9,
    bandwidth: 5.3e12,
    watts: 750,
    peak: { f32: 163.4e12, tf32: 653.7e12, f16: 1307.4e12, bf16: 1307.4e12, fp8: 2614.9e12 },
    source: { title: "AMD Instinct MI300X data sheet", date: "2023" },
  },
  "TPU-v5e": {
    name: "Google TPU v5e",
    memory: 16e9,
    bandwidth: 819e9,
    peak: { bf16: 197e12 },
    source: cloudTpu,
    price: { low: 1.2, high: 1.2, source: tpuPrice },
  },
  "TPU-v5p": {
    name: "Google TPU v5p",
    memory: 95e9,
    bandwidth: 2.765e12,
    peak: { bf16: 459e12 },
    source: cloudTpu,
    price: { low: 4.2, high: 4.2, source: tpuPrice },
  },
  L40S: {
    name: "NVIDIA L40S",
    memory: 48e9,
    bandwidth: 864e9,
    watts: 350,
    peak: { f32: 91.6e12, tf32: 183e12, f16: 362e12, bf16: 362e12, fp8: 733e12 },
    source: sheet("L40S data sheet", "2023"),
  },
  "RTX-4090": {
    name: "NVIDIA GeForce RTX 4090",
    memory: 24e9,
    bandwidth: 1.008e12,
    watts: 450,
    peak: { f32: 82.6e12, tf32: 82.6e12, f16: 165.2e12, bf16: 165.2e12, fp8: 330.3e12 },
    source: sheet("Ada GPU architecture white paper", "2022"),
  },
  "RTX-3090": {
    name: "NVIDIA GeForce RTX 3090",
    memory: 24e9,
    bandwidth: 936e9,
    watts: 350,
    peak: { f32: 35.6e12, tf32: 35.6e12, f16: 71e12, bf16: 71e12 },
    source: sheet("Ampere GA102 white paper", "2020"),
  },
  "V100-SXM2": {
    name: "NVIDIA V100 32GB SXM2",
    memory: 32e9,
    bandwidth: 900e9,
    watts: 300,
    peak: { f32: 15.7e12, f16: 125e12 },
    source: sheet("V100 data sheet", "2020"),
  },
  T4: {
    name: "NVIDIA T4",
    memory: 16e9,
    bandwidth: 320e9,
    watts: 70,
    peak: { f32: 8.1e12, f16: 65e12 },
    source: sheet("T4 data sheet", "2019"),
  },
} as const satisfies Record<string, Accelerator>;

export type DeviceName = keyof typeof devices;
