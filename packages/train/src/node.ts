export { listFolder, makeFolder, removeAbandoned, removeTemporaries, writeAtomically } from "./node/atomic.js";
export {
  checkpointFile,
  type FileChanges,
  fileCheckpoints,
  listCheckpoints,
  readCheckpoint,
} from "./node/file-checkpoints.js";
