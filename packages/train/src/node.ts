export { writeAtomically } from "./node/atomic.js";
export { fileCheckpoints, listCheckpoints, readCheckpoint } from "./node/file-checkpoints.js";
