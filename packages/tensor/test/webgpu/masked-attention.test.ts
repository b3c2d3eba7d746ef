import { KernelEngine } from "../../src/engine/kernels.js";
import { Device } from "../../src/index.js";
import { maskedAttention } from "../masked-attention.js";
import { describeKernels } from "./device.js";

describeKernels("attention with lengths", (backend) => {
  const device = new Device(new KernelEngine(backend), "under test");
  maskedAttention(() => device);
});
