/// <reference lib="esnext.disposable" preserve="true" />
import { type Device, leavesOf, type Tensor, TensorError } from "@isoflop/tensor";
import { DiffusionError } from "./errors.js";

/**
 * What it gives, with the error of a run that has no device in words of who asked.
 * @param given whatever the run is passed
 * @throws DiffusionError("option") where no device is told and nothing of it lives on one
 */
export const withDevice = async <T>(
  what: string,
  device: Device | undefined,
  given: unknown,
  run: () => Promise<T>,
): Promise<T> => {
  const known = device !== undefined || leavesOf(given).some(({ storage }) => storage);
  try {
    return await run();
  } catch (error) {
    if (error instanceof TensorError && error.code === "device" && !known)
      throw new DiffusionError(
        "option",
        `${what}: name a device (its option \`device\`); what it is given has none, and what a model closes over is not looked at.`,
      );
    throw error;
  }
};

/** Runs over samples x by compiled programs, which are freed with it. */
export const compiledRun = <I, R extends { readonly x: Tensor }, T>(
  what: string,
  device: Device | undefined,
  programs: readonly { dispose(): void }[],
  run: (inputs: I, running: R) => Promise<T>,
) => {
  const dispose = (): void => {
    for (const program of programs) program.dispose();
  };
  return {
    run: (inputs: I, running: R): Promise<T> =>
      withDevice(what, device, [running?.x, inputs], () => run(inputs, running)),
    dispose,
    [Symbol.dispose]: dispose,
  };
};
