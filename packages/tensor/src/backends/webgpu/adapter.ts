import { TensorError } from "../../errors.js";
import type { AdapterRequest } from "./options.js";

/** What was found, as plain data: for reports, and for choosing kernels. */
export interface WebgpuInfo {
  readonly vendor: string;
  readonly architecture: string;
  readonly device: string;
  readonly description: string;
  readonly isFallbackAdapter: boolean;
  /** A CPU pretending to be a GPU (SwiftShader, llvmpipe, WARP): it gets kernels without workgroup memory or barriers. */
  readonly software: boolean;
  readonly features: readonly string[];
  readonly languageFeatures: readonly string[];
  readonly limits: Readonly<Record<string, number>>;
}

const SOFTWARE = /swiftshader|llvmpipe|lavapipe|softpipe|warp|basic render/i;

/** Features that some kernel, present or planned, or the profiler has a use for. */
const WANTED = [
  "subgroups",
  "subgroup-size-control",
  "shader-f16",
  "timestamp-query",
  "chromium-experimental-subgroup-matrix",
];

/** Limits whose defaults are too low for training; everything else stays at the portable default. */
const RAISED = [
  "maxBufferSize",
  "maxStorageBufferBindingSize",
  "maxStorageBuffersPerShaderStage",
  "maxComputeWorkgroupStorageSize",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupSizeX",
] as const;

/** Limits worth reporting beside the raised ones. */
const REPORTED = [
  ...RAISED,
  "maxComputeWorkgroupsPerDimension",
  "maxUniformBufferBindingSize",
  "minUniformBufferOffsetAlignment",
] as const;

const describe = (adapter: GPUAdapter, device: GPUDevice, languageFeatures: readonly string[]): WebgpuInfo => {
  const { vendor, architecture, device: name, description } = adapter.info;
  // Older browsers do not report it.
  const isFallbackAdapter = adapter.info.isFallbackAdapter ?? false;
  return {
    vendor,
    architecture,
    device: name,
    description,
    isFallbackAdapter,
    software: isFallbackAdapter || SOFTWARE.test(`${vendor} ${architecture} ${name} ${description}`),
    features: [...device.features].sort(),
    languageFeatures,
    limits: Object.fromEntries(REPORTED.map((limit) => [limit, device.limits[limit]])),
  };
};

const refused = (cause: Error): never => {
  throw new TensorError("adapter", `the WebGPU adapter gives no device: ${cause.message}`);
};

/** Asks for an adapter and a device with all that both can give. Throws `adapter` with what to do. */
export const requestDevice = async (
  gpu: GPU,
  { adapterOptions, requireHardware }: AdapterRequest,
): Promise<{ device: GPUDevice; info: WebgpuInfo }> => {
  const adapter = await gpu.requestAdapter({ powerPreference: "high-performance", ...adapterOptions }).catch(refused);
  if (!adapter)
    throw new TensorError(
      "adapter",
      "no WebGPU adapter: install a GPU driver with Vulkan, Metal or Direct3D 12, or a software one (Mesa lavapipe, SwiftShader); in a browser, enable WebGPU",
    );
  const device = await adapter
    .requestDevice({
      label: "isoflop",
      requiredFeatures: WANTED.filter((feature) => adapter.features.has(feature)) as GPUFeatureName[],
      requiredLimits: Object.fromEntries(RAISED.map((limit) => [limit, adapter.limits[limit]])),
    })
    .catch(refused);
  const info = describe(adapter, device, [...(gpu.wgslLanguageFeatures ?? [])].sort());
  if (requireHardware && info.software) {
    device.destroy();
    throw new TensorError("adapter", `a hardware adapter was asked for, but only ${adapterName(info)} was found`);
  }
  return { device, info };
};

/** Browsers keep parts of an adapter's identity to themselves. */
const adapterName = ({ description, device, vendor, architecture }: WebgpuInfo): string =>
  description || device || [vendor, architecture].filter(Boolean).join(" ") || "an unnamed adapter";

/** One line for people. */
export const describeInfo = (info: WebgpuInfo): string =>
  `webgpu on ${adapterName(info)} (${info.software ? "software" : "hardware"}${
    info.architecture ? `, ${info.architecture}` : ""
  })`;
