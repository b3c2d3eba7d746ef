import type { Kernel } from "../../compile/kernel.js";
import { TensorError } from "../../errors.js";
import type { BackendBuffer, Executable } from "../backend.js";
import type { WebgpuInfo } from "./adapter.js";
import type { Buffers, WebgpuBuffer } from "./buffers.js";
import type { Dispatch } from "./dispatch.js";
import { dispatchesOf } from "./dispatches.js";
import type { Failures } from "./failures.js";
import type { Pipeline, Pipelines } from "./pipelines.js";
import { BufferUsage } from "./usage.js";
import type { DispatchContext } from "./variant.js";

/** What an executable needs of its device. */
export interface Machine {
  readonly device: GPUDevice;
  readonly info: WebgpuInfo;
  readonly buffers: Buffers;
  readonly pipelines: Pipelines;
  readonly failures: Failures;
}

/** A dispatch with everything it needs on the device. */
interface BoundDispatch {
  readonly dispatch: Dispatch;
  readonly pipeline: Pipeline;
  readonly parameters: GPUBufferBinding;
  /** Bind groups by the identities of the bound buffers: programs that alternate between buffers find theirs again. */
  readonly groups: Map<string, GPUBindGroup>;
  group: GPUBindGroup | undefined;
}

const GROUPS_KEPT = 8;

/**
 * A GPU starts on a batch while the next is being encoded, and no single submission lasts long enough for a browser's watchdog to take
 * it for a hang.
 */
const DISPATCHES_PER_SUBMIT = 128;

/** Lowers kernels one by one; scratch slots follow the program's own and are shared between kernels. */
const lowerAll = (kernels: readonly Kernel[], slots: number, info: WebgpuInfo) => {
  const scratchBytes: number[] = [];
  const dispatches = kernels.flatMap((kernel) => {
    let taken = 0;
    const scratch = (bytes: number): number => {
      const index = taken++;
      scratchBytes[index] = Math.max(scratchBytes[index] ?? 0, bytes);
      return slots + index;
    };
    const context: DispatchContext = { info, scratch, dispatches: (part) => dispatchesOf(part, context) };
    return context.dispatches(kernel);
  });
  return { dispatches, scratchBytes };
};

/**
 * All parameter blocks in one uniform buffer. They are fixed when a program is compiled, so they cost nothing per run; immediates
 * would have to be set for every dispatch of every run.
 */
const uploadParameters = (device: GPUDevice, dispatches: readonly Dispatch[]) => {
  const align = device.limits.minUniformBufferOffsetAlignment;
  let size = 0;
  const offsets = dispatches.map(({ parameters }) => {
    const offset = size;
    size += Math.ceil(parameters.byteLength / align) * align;
    return offset;
  });
  if (size > device.limits.maxBufferSize)
    throw new TensorError(
      "limit",
      `kernel parameters of ${size} bytes exceed maxBufferSize ${device.limits.maxBufferSize}`,
    );
  const words = new Uint32Array(Math.max(4, size / 4));
  dispatches.forEach(({ parameters }, i) => {
    words.set(parameters, offsets[i]! / 4);
  });
  const buffer = device.createBuffer({
    label: "parameters",
    size: words.byteLength,
    usage: BufferUsage.uniform | BufferUsage.copyDst,
    mappedAtCreation: true,
  });
  new Uint32Array(buffer.getMappedRange()).set(words);
  buffer.unmap();
  return {
    buffer,
    bindings: dispatches.map(({ parameters }, i) => ({ buffer, offset: offsets[i]!, size: parameters.byteLength })),
  };
};

/**
 * A program of kernels on one device. Pipelines are compiled when `ready` is asked for, or at the first run; bind groups when buffers are
 * known.
 */
export const createExecutable = (machine: Machine, kernels: readonly Kernel[], slots: number): Executable => {
  const { device, buffers, pipelines, failures } = machine;
  failures.check();
  const { dispatches, scratchBytes } = lowerAll(kernels, slots, machine.info);
  const { buffer: parameterBuffer, bindings } = uploadParameters(device, dispatches);
  const scratch: WebgpuBuffer[] = [];
  const release = (): void => {
    parameterBuffer.destroy();
    for (const buffer of scratch) if (!buffer.freed) buffers.free(buffer);
  };
  try {
    for (const bytes of scratchBytes) scratch.push(buffers.allocate(bytes));
  } catch (error) {
    release();
    throw error;
  }
  const steps: BoundDispatch[] = dispatches.map((dispatch, i) => ({
    dispatch,
    pipeline: pipelines.of(dispatch),
    parameters: bindings[i]!,
    groups: new Map(),
    group: undefined,
  }));
  const bound: (WebgpuBuffer | undefined)[] = [...new Array<undefined>(slots).fill(undefined), ...scratch];
  let destroyed = false;
  let ready: Promise<void> | undefined;
  const prepare = (): Promise<void> => {
    const prepared = Promise.all(steps.map(({ pipeline }) => pipeline.prepare())).then(() => failures.check());
    // A failure also reaches the next run or read; nobody has to await `ready`.
    prepared.catch(() => undefined);
    return prepared;
  };

  const bindGroup = (step: BoundDispatch): GPUBindGroup => {
    const { dispatch, pipeline, groups } = step;
    const used = dispatch.bindings.map(({ slot }) => {
      const buffer = bound[slot];
      if (!buffer)
        throw new TensorError("argument", `kernel "${dispatch.name}" uses slot ${slot}, to which no buffer was bound`);
      return buffer;
    });
    used.forEach((buffer, i) => {
      if (dispatch.bindings[i]!.access === "read_write" && used.indexOf(buffer) !== used.lastIndexOf(buffer))
        throw new TensorError(
          "argument",
          `kernel "${dispatch.name}" writes a buffer that is also bound to another of its slots; let them share one slot`,
        );
    });
    const key = used.map((buffer) => buffer.id).join();
    let group = groups.get(key);
    if (!group) {
      group = device.createBindGroup({
        label: dispatch.name,
        layout: pipeline.layout,
        entries: [
          ...used.map((buffer, binding) => ({ binding, resource: { buffer: buffer.gpu } })),
          { binding: used.length, resource: step.parameters },
        ],
      });
      if (groups.size >= GROUPS_KEPT) groups.delete(groups.keys().next().value!);
      groups.set(key, group);
    }
    return group;
  };

  /** Notes which slots changed and forgets the bind groups that used them. */
  const rebind = (given: readonly BackendBuffer[]): void => {
    const changed = new Set<number>();
    for (let slot = 0; slot < slots; slot++) {
      const buffer = given[slot];
      const own = buffer === undefined ? undefined : buffers.own(buffer);
      if (own === bound[slot]) continue;
      bound[slot] = own;
      changed.add(slot);
    }
    if (changed.size === 0) return;
    for (const step of steps) if (step.dispatch.bindings.some(({ slot }) => changed.has(slot))) step.group = undefined;
  };

  const submit = (batch: readonly BoundDispatch[]): void => {
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    let current: Pipeline | undefined;
    for (const step of batch) {
      step.group ??= bindGroup(step);
      if (step.pipeline !== current) {
        current = step.pipeline;
        pass.setPipeline(current.get());
      }
      pass.setBindGroup(0, step.group);
      const [x, y, z] = step.dispatch.workgroups;
      pass.dispatchWorkgroups(x, y, z);
    }
    pass.end();
    device.queue.submit([encoder.finish()]);
  };

  return {
    get ready() {
      ready ??= prepare();
      return ready;
    },
    stats: { dispatches: steps.length, submits: Math.ceil(steps.length / DISPATCHES_PER_SUBMIT) },
    run(given) {
      if (destroyed) throw new TensorError("disposed", "a webgpu program was run after it was destroyed");
      failures.check();
      if (steps.length === 0) return;
      rebind(given);
      for (let first = 0; first < steps.length; first += DISPATCHES_PER_SUBMIT)
        submit(steps.slice(first, first + DISPATCHES_PER_SUBMIT));
    },
    destroy() {
      if (destroyed) return;
      destroyed = true;
      release();
      for (const step of steps) step.groups.clear();
    },
  };
};
