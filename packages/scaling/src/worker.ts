import { parentPort } from "node:worker_threads";
import { runSurfaceTask, type SurfaceTask } from "./surface/task.js";

parentPort?.on("message", (task: SurfaceTask) => parentPort?.postMessage(runSurfaceTask(task)));
