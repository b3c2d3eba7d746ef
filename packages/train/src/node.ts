export type { FileChanges } from "./node/array-files.js";
export { listFolder, makeFolder, removeAbandoned, removeTemporaries, writeAtomically } from "./node/atomic.js";
export { checkpointFile, fileCheckpoints, listCheckpoints, readCheckpoint } from "./node/file-checkpoints.js";
export { listSnapshots, snapshotFile, storedSnapshot } from "./node/file-snapshots.js";
