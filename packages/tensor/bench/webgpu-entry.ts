export { createWebgpuBackend } from "../src/backends/webgpu/index.js";
export { nodeGpu } from "../src/backends/webgpu/node.js";
