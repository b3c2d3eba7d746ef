/** What the page and the worker that trains say to each other. */

/** A device kind, or `auto`: WebGPU where there is a hardware GPU, else WebAssembly. */
export type DeviceChoice = "auto" | "webgpu" | "wasm";

export type Command =
  /** Begins a run, or goes on with the paused one. */
  { readonly kind: "train"; readonly device: DeviceChoice; readonly steps: number } | { readonly kind: "pause" };

export interface Picture {
  readonly caption: string;
  readonly width: number;
  readonly height: number;
  /** RGBA bytes, [height, width, 4]. */
  readonly pixels: Uint8ClampedArray<ArrayBuffer>;
}

export type Report =
  | { readonly kind: "examples"; readonly pictures: readonly Picture[] }
  | { readonly kind: "device"; readonly name: string; readonly description: string }
  | {
      readonly kind: "progress";
      /** Steps done. */
      readonly step: number;
      /** Of the steps since the last report. */
      readonly losses: readonly number[];
      readonly stepsPerSecond: number;
    }
  | { readonly kind: "samples"; readonly step: number; readonly pictures: readonly Picture[] }
  | { readonly kind: "paused" }
  | { readonly kind: "finished"; readonly validationLoss: number; readonly standardError: number }
  | { readonly kind: "failed"; readonly message: string };
