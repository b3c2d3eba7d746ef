// What the bench of single products needs from inside the package; `pack.mjs` bundles it.
export { requestDevice } from "../../src/backends/webgpu/adapter.js";
export { geometry } from "../../src/backends/webgpu/kernels/matmul/geometry.js";
export { lowerPlanned } from "../../src/backends/webgpu/kernels/matmul/tiled.js";
export {
  choosePlan,
  TILES,
  threadsOf,
  tilesOf,
  workgroupBytes,
} from "../../src/backends/webgpu/kernels/matmul/tiles.js";
export { lower } from "../../src/backends/webgpu/lowering.js";
