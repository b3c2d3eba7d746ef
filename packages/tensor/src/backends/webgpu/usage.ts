/** Flags of the WebGPU specification, as numbers: Node has no `GPUBufferUsage` global and we add none. */
export const BufferUsage = {
  mapRead: 0x1,
  copySrc: 0x4,
  copyDst: 0x8,
  uniform: 0x40,
  storage: 0x80,
} as const;

export const MAP_MODE_READ = 0x1;
export const STAGE_COMPUTE = 0x4;
