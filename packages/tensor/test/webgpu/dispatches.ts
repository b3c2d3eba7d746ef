import type { Dispatch } from "../../src/backends/webgpu/dispatch.js";
import { BufferUsage, MAP_MODE_READ, STAGE_COMPUTE } from "../../src/backends/webgpu/usage.js";
import type { CallKernel } from "../../src/compile/kernel.js";
import type { Memory } from "./reference.js";

/** Runs dispatches on a device, as they are; slots past `slots` are scratch of those bytes. Gives back what the kernel's output slot holds. */
export const runDispatches = async (
  device: GPUDevice,
  dispatches: readonly Dispatch[],
  { outputs }: CallKernel,
  slots: readonly Memory[],
  scratchBytes: readonly number[],
): Promise<Float32Array> => {
  const { storage, copySrc, copyDst, uniform } = BufferUsage;
  const made: GPUBuffer[] = [];
  const buffer = (size: number, usage: number): GPUBuffer => {
    const one = device.createBuffer({ size: Math.max(16, Math.ceil(size / 16) * 16), usage });
    made.push(one);
    return one;
  };
  const given = slots.map(({ u32 }) => {
    const one = buffer(u32.byteLength, storage | copySrc | copyDst);
    device.queue.writeBuffer(one, 0, u32 as Uint32Array<ArrayBuffer>);
    return one;
  });
  const buffers = [...given, ...scratchBytes.map((bytes) => buffer(bytes, storage))];
  const encoder = device.createCommandEncoder();
  for (const { wgsl, bindings, parameters, workgroups } of dispatches) {
    const entries: GPUBindGroupLayoutEntry[] = [
      ...bindings.map(({ access }, binding) => ({
        binding,
        visibility: STAGE_COMPUTE,
        buffer: { type: access === "read" ? ("read-only-storage" as const) : ("storage" as const) },
      })),
      { binding: bindings.length, visibility: STAGE_COMPUTE, buffer: { type: "uniform" } },
    ];
    const group = device.createBindGroupLayout({ entries });
    const pipeline = device.createComputePipeline({
      layout: device.createPipelineLayout({ bindGroupLayouts: [group] }),
      compute: { module: device.createShaderModule({ code: wgsl }), entryPoint: "main" },
    });
    const numbers = buffer(parameters.byteLength, uniform | copyDst);
    device.queue.writeBuffer(numbers, 0, parameters as Uint32Array<ArrayBuffer>);
    const bound = [...bindings.map(({ slot }) => buffers[slot]!), numbers];
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(
      0,
      device.createBindGroup({
        layout: group,
        entries: bound.map((one, binding) => ({ binding, resource: { buffer: one } })),
      }),
    );
    pass.dispatchWorkgroups(...workgroups);
    pass.end();
  }
  const output = buffers[outputs[0]!.slot]!;
  const read = buffer(output.size, BufferUsage.mapRead | copyDst);
  encoder.copyBufferToBuffer(output, 0, read, 0, output.size);
  device.queue.submit([encoder.finish()]);
  await read.mapAsync(MAP_MODE_READ);
  const result = new Float32Array(read.getMappedRange().slice(0));
  for (const one of made) one.destroy();
  return result;
};
