import { type DataSource, type Fingerprint, fingerprint } from "@isoflop/data";
import { SweepError } from "./errors.js";
import type { RunTask } from "./task.js";

/** The fingerprint of a run's data. @throws SweepError `data` unless it is that of the spec */
export const checkContent = (data: DataSource, { content }: Pick<RunTask, "content">): Fingerprint => {
  const found = fingerprint(data);
  if (found.run !== content.data)
    throw new SweepError(
      "data",
      `${data.name} is not the data that this run was planned on: its fingerprint is ${found.run} and spec.content.data is ${content.data}; plan the run again, or bring the data back as they were`,
    );
  return found;
};
