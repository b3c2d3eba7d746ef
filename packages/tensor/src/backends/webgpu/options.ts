/** Which adapter is asked for, as `GPURequestAdapterOptions` says it. */
export interface AdapterOptions {
  readonly powerPreference?: "low-power" | "high-performance";
  readonly featureLevel?: string;
  readonly forceFallbackAdapter?: boolean;
}

/**
 * What is asked of a browser's `navigator.gpu`, or of Dawn's in Node. Declarations of WebGPU are a browser's since TypeScript 6 and a package's
 * before; whoever installs this package needs neither.
 */
export interface GpuLike {
  requestAdapter(options?: AdapterOptions): Promise<object | null>;
}

export interface AdapterRequest {
  readonly adapterOptions?: AdapterOptions;
  /** Refuse a software adapter. */
  readonly requireHardware?: boolean;
}

export interface WebgpuOptions extends AdapterRequest {
  /** A `GPU`. Default: `navigator.gpu` in a browser, Dawn's in Node, from the optional package `webgpu`. */
  readonly gpu?: GpuLike;
}
