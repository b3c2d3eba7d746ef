// What the bench of single products needs from inside the package; `pack.mjs` bundles it.
export { requestDevice } from "../../src/backends/webgpu/adapter.js";
export { dispatchesOf } from "../../src/backends/webgpu/dispatches.js";
export { geometry } from "../../src/backends/webgpu/kernels/matmul/geometry.js";
export { dispatchesOfTiling } from "../../src/backends/webgpu/kernels/matmul/tiled.js";
export {
  chooseTiling,
  TILES,
  threadsOf,
  tilesOf,
  workgroupBytes,
} from "../../src/backends/webgpu/kernels/matmul/tiles.js";
