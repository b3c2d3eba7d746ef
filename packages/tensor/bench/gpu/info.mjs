// The adapter: what it is, what it can do.
import { say } from "./common.mjs";
import { dawn } from "./gpu.mjs";

const adapter = await dawn().requestAdapter({ powerPreference: "high-performance" });
if (!adapter) throw new Error("no WebGPU adapter");
const { vendor, architecture, device, description, subgroupMinSize, subgroupMaxSize } = adapter.info;
const { limits } = adapter;
say({
  adapter: description || device || vendor,
  architecture,
  subgroups: [subgroupMinSize, subgroupMaxSize],
  matrices: (adapter.info.subgroupMatrixConfigs ?? []).map(
    (c) => `${c.M}x${c.N}x${c.K} ${c.componentType} to ${c.resultComponentType}`,
  ),
  features: [...adapter.features].filter((f) => /subgroup|f16|timestamp/.test(f)),
  workgroupBytes: limits.maxComputeWorkgroupStorageSize,
  invocations: limits.maxComputeInvocationsPerWorkgroup,
  bindingBytes: limits.maxStorageBufferBindingSize,
});
process.exit(0);
