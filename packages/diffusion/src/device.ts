import { type Device, leavesOf, TensorError } from "@isoflop/tensor";
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
