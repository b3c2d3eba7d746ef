import { readdirSync } from "node:fs";
import { join } from "node:path";
import { packageFolder } from "../../versions.js";

const folder = join(packageFolder, "studies");

/** Names of the studies that come with the package. */
export const shippedStudies: readonly string[] = readdirSync(folder)
  .filter((name) => name.endsWith(".yaml"))
  .map((name) => name.slice(0, -".yaml".length))
  .sort();

/** The file of a shipped study, undefined for a name that is none. */
export const shippedFile = (name: string): string | undefined =>
  shippedStudies.includes(name) ? join(folder, `${name}.yaml`) : undefined;

/** The study file that explains every field. */
export const template = join(folder, "template", "study.yaml");
