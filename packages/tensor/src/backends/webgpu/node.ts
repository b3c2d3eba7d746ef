import { messageOf, TensorError } from "../../errors.js";

const PACKAGE: string = "webgpu";

/**
 * Without `vulkan_enable_f16_on_nvidia` Dawn hides half precision and with it every f16 subgroup-matrix configuration;
 * without `allow_unsafe_apis` it hides the experimental features.
 */
const TOGGLES = ["allow_unsafe_apis", "vulkan_enable_f16_on_nvidia"] as const;

/**
 * Dawn crashes when its instance is collected before the devices made from it, and finalizers run in no order; so an
 * instance, once made, lives as long as the process.
 */
const instances: GPU[] = [];

/** Dawn's `GPU` object in Node, from the optional package `webgpu`. Throws `adapter` when that is not installed. */
export const nodeGpu = async (): Promise<GPU> => {
  const { create } = await dawn();
  const gpu = create([`enable-dawn-features=${TOGGLES.join(",")}`]);
  instances.push(gpu);
  return gpu;
};

type Dawn = typeof import("webgpu");

/** The package as it is installed beside this one, else in the current folder: a program run by npx lies elsewhere than its user's packages. */
const dawn = async (): Promise<Dawn> => {
  const failed: unknown[] = [];
  for (const find of [async () => PACKAGE, fromCurrentFolder]) {
    try {
      return await load<Dawn>(await find());
    } catch (error) {
      if (!isNotInstalled(error)) failed.push(error);
    }
  }
  throw new TensorError(
    "adapter",
    failed.length > 0
      ? `the package "${PACKAGE}" is installed, but did not load: ${messageOf(failed[0])}`
      : `WebGPU outside a browser needs the package "${PACKAGE}", which is not installed: npm install ${PACKAGE}, or pnpm add --allow-build=${PACKAGE} ${PACKAGE}`,
  );
};

const fromCurrentFolder = async (): Promise<string> => {
  const { createRequire } = await load<typeof import("node:module")>("node:module");
  const { pathToFileURL } = await load<typeof import("node:url")>("node:url");
  return pathToFileURL(createRequire(`${process.cwd()}/package.json`).resolve(PACKAGE)).href;
};

/** No literal: a browser's bundle must neither contain such a module nor fail for want of it. */
const load = async <Module>(name: string): Promise<Module> => import(/* @vite-ignore */ /* webpackIgnore: true */ name);

/** Whether the package itself was not found, rather than a file of its own: runtimes differ in codes, but all quote the name they looked for. */
const isNotInstalled = (error: unknown): boolean => /["']webgpu["']/.test(messageOf(error));
