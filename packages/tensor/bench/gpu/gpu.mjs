// A GPU whose devices can time every dispatch: Dawn's `GPU` object with unquantised timestamps, and a record of what ran.
import { create, globals } from "webgpu";

Object.assign(globalThis, globals);

const TOGGLES = "allow_unsafe_apis,vulkan_enable_f16_on_nvidia";
const QUERIES = 4096;
/** Dawn crashes when its instance is collected before its devices. */
const instances = [];

export const dawn = (enable = []) => {
  const gpu = create([
    `enable-dawn-features=${[TOGGLES, ...enable].join(",")}`,
    "disable-dawn-features=timestamp_quantization",
  ]);
  instances.push(gpu);
  return gpu;
};

/** Reads pairs of timestamps as milliseconds. */
export const readQueries = async (device, sets) => {
  const usage = globalThis.GPUBufferUsage;
  const encoder = device.createCommandEncoder();
  const reads = sets.map(({ set, used }) => {
    const size = 8 * used;
    const resolved = device.createBuffer({ size, usage: usage.QUERY_RESOLVE | usage.COPY_SRC });
    const read = device.createBuffer({ size, usage: usage.COPY_DST | usage.MAP_READ });
    encoder.resolveQuerySet(set, 0, used, resolved, 0);
    encoder.copyBufferToBuffer(resolved, 0, read, 0, size);
    return read;
  });
  device.queue.submit([encoder.finish()]);
  const all = [];
  for (const read of reads) {
    await read.mapAsync(globalThis.GPUMapMode.READ);
    const stamps = new BigUint64Array(read.getMappedRange());
    for (let i = 0; i < stamps.length; i += 2) all.push(Number(stamps[i + 1] - stamps[i]) / 1e6);
    read.destroy();
  }
  return all;
};

/**
 * `gpu` to hand to `createDevice("webgpu", { webgpu: { gpu } })`, and `record(run)`: every dispatch of `run` in a pass of its own, as
 * `{ name, ms, bytes }`, where `bytes` is what its bound buffers hold (at most what it can have touched once).
 */
export const timedGpu = (enable) => {
  const real = dawn(enable);
  let device;
  let recording;
  const boundBytes = new WeakMap();
  const dispatch = (encoder, pipeline, group, workgroups) => {
    if (recording.sets.length === 0 || recording.sets.at(-1).used === QUERIES)
      recording.sets.push({ set: device.createQuerySet({ type: "timestamp", count: QUERIES }), used: 0 });
    const at = recording.sets.at(-1);
    const pass = encoder.beginComputePass({
      timestampWrites: {
        querySet: at.set,
        beginningOfPassWriteIndex: at.used,
        endOfPassWriteIndex: at.used + 1,
      },
    });
    at.used += 2;
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, group);
    pass.dispatchWorkgroups(...workgroups);
    pass.end();
    recording.dispatches.push({ name: group.label, bytes: boundBytes.get(group) ?? 0 });
  };
  const watch = (made) => {
    device = made;
    const { createCommandEncoder, createBindGroup } = made;
    made.createBindGroup = (descriptor) => {
      const group = createBindGroup.call(made, descriptor);
      const storage = descriptor.entries.slice(0, -1).map(({ resource }) => resource.size ?? resource.buffer.size);
      boundBytes.set(
        group,
        storage.reduce((a, b) => a + b, 0),
      );
      return group;
    };
    made.createCommandEncoder = (descriptor) => {
      const encoder = createCommandEncoder.call(made, descriptor);
      if (!recording) return encoder;
      let pipeline;
      let group;
      return {
        beginComputePass: () => ({
          setPipeline: (to) => {
            pipeline = to;
          },
          setBindGroup: (_, to) => {
            group = to;
          },
          dispatchWorkgroups: (...workgroups) => dispatch(encoder, pipeline, group, workgroups),
          end: () => {},
        }),
        finish: () => encoder.finish(),
        copyBufferToBuffer: (...args) => encoder.copyBufferToBuffer(...args),
      };
    };
    return made;
  };
  const gpu = {
    wgslLanguageFeatures: real.wgslLanguageFeatures,
    requestAdapter: async (options) => {
      const adapter = await real.requestAdapter(options);
      if (!adapter) return adapter;
      const { requestDevice } = adapter;
      adapter.requestDevice = async (descriptor) => watch(await requestDevice.call(adapter, descriptor));
      return adapter;
    },
  };
  const record = async (run) => {
    recording = { sets: [], dispatches: [] };
    const { sets, dispatches } = recording;
    try {
      await run();
    } finally {
      recording = undefined;
    }
    const ms = await readQueries(device, sets);
    for (const { set } of sets) set.destroy();
    return dispatches.map((entry, i) => ({ ...entry, ms: ms[i] }));
  };
  return { gpu, record };
};
