import type { Dispatch } from "./dispatch.js";
import type { Failures } from "./failures.js";
import { STAGE_COMPUTE } from "./usage.js";

/** A compiled kernel text, shared by every dispatch with that text. */
export class Pipeline {
  #gpu: GPUComputePipeline | undefined;
  readonly ready: Promise<void>;

  constructor(
    readonly layout: GPUBindGroupLayout,
    private readonly device: GPUDevice,
    private readonly descriptor: GPUComputePipelineDescriptor,
    failures: Failures,
  ) {
    this.ready = device.createComputePipelineAsync(descriptor).then(
      (pipeline) => {
        this.#gpu ??= pipeline;
      },
      (cause: Error) => failures.keep(`kernel "${descriptor.label}": ${cause.message}`),
    );
  }

  /** The pipeline now, compiled here and now when the asynchronous compilation has not finished. */
  get(): GPUComputePipeline {
    this.#gpu ??= this.device.createComputePipeline(this.descriptor);
    return this.#gpu;
  }
}

/** Pipelines of one device by kernel text, and bind-group layouts by access pattern. */
export class Pipelines {
  readonly #device: GPUDevice;
  readonly #failures: Failures;
  readonly #pipelines = new Map<string, Pipeline>();
  readonly #layouts = new Map<string, { group: GPUBindGroupLayout; pipeline: GPUPipelineLayout }>();

  constructor(device: GPUDevice, failures: Failures) {
    this.#device = device;
    this.#failures = failures;
  }

  get count(): number {
    return this.#pipelines.size;
  }

  of(dispatch: Dispatch): Pipeline {
    const known = this.#pipelines.get(dispatch.wgsl);
    if (known) return known;
    const layout = this.#layout(dispatch);
    const label = dispatch.name;
    const module = this.#device.createShaderModule({ label, code: dispatch.wgsl });
    const descriptor = { label, layout: layout.pipeline, compute: { module, entryPoint: "main" } };
    const pipeline = new Pipeline(layout.group, this.#device, descriptor, this.#failures);
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
    const group = this.#device.createBindGroupLayout({ entries });
    const layout = { group, pipeline: this.#device.createPipelineLayout({ bindGroupLayouts: [group] }) };
    this.#layouts.set(key, layout);
    return layout;
  }
}
