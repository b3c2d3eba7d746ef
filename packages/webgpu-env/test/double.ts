const shader = /* wgsl */ `
  @group(0) @binding(0) var<storage, read_write> values: array<f32>;
  @compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) {
    if (id.x < arrayLength(&values)) { values[id.x] = 2.0 * values[id.x]; }
  }`;

/** Twice the values, computed by a WGSL shader, and a description of the adapter that did it. */
export const double = async (gpu: GPU, input: readonly number[]): Promise<{ adapter: string; values: number[] }> => {
  const adapter = await gpu.requestAdapter();
  if (!adapter) throw new Error("No WebGPU adapter.");
  const { vendor, architecture, device: name, description } = adapter.info;
  const device = await adapter.requestDevice();
  const size = 4 * input.length;
  const storage = device.createBuffer({
    size,
    usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
  });
  const readback = device.createBuffer({ size, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
  device.queue.writeBuffer(storage, 0, Float32Array.from(input));
  const pipeline = device.createComputePipeline({
    layout: "auto",
    compute: { module: device.createShaderModule({ code: shader }) },
  });
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(
    0,
    device.createBindGroup({
      layout: pipeline.getBindGroupLayout(0),
      entries: [{ binding: 0, resource: { buffer: storage } }],
    }),
  );
  pass.dispatchWorkgroups(Math.ceil(input.length / 64));
  pass.end();
  encoder.copyBufferToBuffer(storage, 0, readback, 0, size);
  device.queue.submit([encoder.finish()]);
  await readback.mapAsync(GPUMapMode.READ);
  const values = Array.from(new Float32Array(readback.getMappedRange()));
  readback.unmap();
  device.destroy();
  return { adapter: [vendor, architecture, name, description].join(" "), values };
};
