import path from "node:path";
import { text, whole } from "@isoflop/spec";
import { powerWidthSchema } from "../ema.js";
import type { Snapshot, StoredSnapshot } from "../snapshot.js";
import { readArrays, readManifest, unreadable } from "./array-files.js";
import { listFolder } from "./atomic.js";

/** Names of the files of snapshots; group 1 is what the two files of one have in common. */
export const snapshotFile = /^(snapshot-\d{9,}-[\d.e-]+)\.(?:json|safetensors)$/;

export const snapshotStem = ({ step, width }: Pick<Snapshot, "step" | "width">): string =>
  `snapshot-${String(step).padStart(9, "0")}-${width}`;

/** Manifests in a folder. None if there is no folder. */
export const listSnapshots = async (folder: string): Promise<readonly string[]> =>
  (await listFolder(folder))
    .filter((name) => name.endsWith(".json") && snapshotFile.test(name))
    .map((name) => path.join(folder, name));

const manifest = { step: whole({ atLeast: 1 }), width: powerWidthSchema, spec: text };

/** The snapshot of a manifest. @throws TrainError `checkpoint` naming the file and what is wrong */
export const storedSnapshot = async (manifestFile: string): Promise<StoredSnapshot> => {
  const { bytes, sha256, ...about } = await readManifest(manifestFile, manifest);
  if (path.basename(manifestFile) !== `${snapshotStem(about)}.json`)
    throw unreadable(manifestFile, `it says that it is of step ${about.step} and width ${about.width}`);
  return { ...about, read: () => readArrays(manifestFile, { bytes, sha256 }) };
};
