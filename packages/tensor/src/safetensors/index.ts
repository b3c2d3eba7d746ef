export { type Decoded, decodeElements, FORMAT_BYTES, type Format, type WritableFormat } from "./formats.js";
export { type ByteSource, bytesSource, type ElementRange, openSafetensors, SafetensorsFile } from "./read.js";
export { safetensorsChunks, type Writable, writeSafetensors } from "./write.js";
