import type { Dispatch } from "./dispatch.js";
import type { Failures } from "./failures.js";
import { STAGE_COMPUTE } from "./usage.js";

/**
 * A kernel text on its way to being compiled, shared by every dispatch with that text. Compilation starts when somebody waits
 * for it or needs it, and happens once: starting it earlier would compile twice whatever runs before it is ready.
 */
export class Pipeline {
  #gpu: GPUComputePipeline | undefined;
  #preparing: Promise<void> | undefined;

  constructor(
    readonly device: GPUDevice,
    readonly layout: GPUBindGroupLayout,
    readonly descriptor: GPUComputePipelineDescriptor,
    readonly failures: Failures,
  ) {}

  /** Compiles in the background, in parallel with other pipelines. Failures go to the device's record. */
  prepare(): Promise<void> {
    if (this.#gpu) return Promise.resolve();
    this.#preparing ??= this.device.createComputePipelineAsync(this.descriptor).then(
      (pipeline) => {
        this.#gpu ??= pipeline;
      },
      (cause: Error) => this.failures.keep(`kernel "${this.descriptor.label}": ${cause.message}`),
    );
    return this.#preparing;
  }

  /** The pipeline now, compiled on the spot if need be. */
  get(): GPUComputePipeline {
    this.#gpu ??= this.device.createComputePipeline(this.descriptor);
    return this.#gpu;
  }
}

/** Pipelines of one device by kernel text, and bind-group layouts by access pattern. */
export class Pipelines {
  readonly #pipelines = new Map<string, Pipeline>();
  readonly #layouts = new Map<string, { group: GPUBindGroupLayout; pipeline: GPUPipelineLayout }>();

  constructor(
    readonly device: GPUDevice,
    readonly failures: Failures,
  ) {}

  get count(): number {
    return this.#pipelines.size;
  }

  of(dispatch: Dispatch): Pipeline {
    const known = this.#pipelines.get(dispatch.wgsl);
    if (known) return known;
    const layout = this.#layout(dispatch);
    const label = dispatch.name;
    const module = this.device.createShaderModule({ label, code: dispatch.wgsl });
    const descriptor = { label, layout: layout.pipeline, compute: { module, entryPoint: "main" } };
    const pipeline = new Pipeline(this.device, layout.group, descriptor, this.failures);
    this.#pipelines.set(dispatch.wgsl, pipeline);
    return pipeline;
  }

  #layout({ bindings }: Dispatch): { group: GPUBindGroupLayout; pipeline: GPUPipelineLayout } {
    const key = bindings.map(({ access }) => (access === "read" ? "r" : "w")).join("");
    const known = this.#layouts.get(key);
    if (known) return known;
    const entries: GPUBindGroupLayoutEntry[] = bindings.map(({ access }, binding) => ({
      binding,
      visibility: STAGE_COMPUTE,
      buffer: { type: access === "read" ? "read-only-storage" : "storage" },
    }));
    entries.push({ binding: bindings.length, visibility: STAGE_COMPUTE, buffer: { type: "uniform" } });
    const group = this.device.createBindGroupLayout({ entries });
    const layout = { group, pipeline: this.device.createPipelineLayout({ bindGroupLayouts: [group] }) };
    this.#layouts.set(key, layout);
    return layout;
  }
}
