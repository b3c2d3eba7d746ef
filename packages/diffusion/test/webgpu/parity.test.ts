import { describeDdpmLosses } from "../parity/ddpm-losses.js";
import { describeDdpmSamplers } from "../parity/ddpm-samplers.js";
import { describeEdmLosses } from "../parity/edm-losses.js";
import { describeEdmSamplers } from "../parity/edm-samplers.js";
import { describeSitLosses } from "../parity/sit-losses.js";

describeSitLosses("webgpu", 3e-6);
describeDdpmLosses("webgpu", 1e-6);
describeEdmLosses("webgpu", 4e-6);
describeDdpmSamplers("webgpu", 1e-6);
describeEdmSamplers("webgpu", 1e-6);
