import { fstatSync, type Stats, statSync } from "node:fs";

/**
 * What a path or a descriptor stands for; undefined where there is nothing. Node's realpathSync takes the file examined last for the
 * one at hand, and stops at a pipe: links are then not followed and a package that is loaded later is not found. Examining a plain
 * file clears that.
 */
export const statusOf = (file: string | number): Stats | undefined => {
  const status = typeof file === "number" ? fstatSync(file) : statSync(file, { throwIfNoEntry: false });
  if (status && !status.isFile()) settle();
  return status;
};

/** To be called after a pipe or a device was read, too. */
export const settle = (): void => {
  statSync(process.execPath);
};
