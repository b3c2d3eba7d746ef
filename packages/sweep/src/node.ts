export { fileQueue } from "./node/file-queue.js";
export { type FolderLock, lockFolder } from "./node/lock.js";
export { dataOpener } from "./node/open-data.js";
export { fileRunStore } from "./node/run-store.js";
export { type ServeOptions, serveRuns, type WorkerSettings } from "./node/serve.js";
export { type WorkerRunnerOptions, workerRunners } from "./node/worker-runners.js";
