/** Threads besides the calling one: each instantiates the same module on the same memory and never leaves `work`. */

interface Start {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly thread: number;
}

/** What a worker does with `start`; the message tells that it is about to enter the kernels. */
const BODY =
  "const i=new WebAssembly.Instance(start.module,{env:{memory:start.memory}});tell(0);i.exports.work(start.thread)";
const NODE_SOURCE = `const{workerData:start,parentPort:p}=require("node:worker_threads");const tell=m=>p.postMessage(m);${BODY}`;
const WEB_SOURCE = `onmessage=({data:start})=>{const tell=m=>postMessage(m);${BODY}}`;

/** A running thread. */
export interface Helper {
  stop(): void;
}

const startInNode = (start: Start): Promise<Helper> => {
  const { Worker } = process.getBuiltinModule("node:worker_threads");
  const worker = new Worker(NODE_SOURCE, { eval: true, workerData: start, execArgv: [], name: "isoflop-wasm" });
  return new Promise((resolve, reject) => {
    worker.once("error", reject);
    worker.once("message", () => {
      // A helper waits for work forever; it must not keep the process alive.
      worker.unref();
      resolve({ stop: () => void worker.terminate() });
    });
  });
};

const startInBrowser = (start: Start): Promise<Helper> => {
  const url = URL.createObjectURL(new Blob([WEB_SOURCE], { type: "text/javascript" }));
  return new Promise((resolve, reject) => {
    const worker = new Worker(url);
    worker.onerror = (event) => reject(new Error(event.message || "the browser refused the worker"));
    worker.onmessage = () => {
      URL.revokeObjectURL(url);
      resolve({ stop: () => worker.terminate() });
    };
    worker.postMessage(start);
  });
};

export const isNode = typeof process !== "undefined" && typeof process.getBuiltinModule === "function";

/** Hardware threads of this machine. */
export const hardwareThreads = (): number =>
  isNode ? process.getBuiltinModule("node:os").availableParallelism() : navigator.hardwareConcurrency;

/** Why this page or process cannot share memory between threads, if it cannot. */
export const sharingObstacle = (): string | undefined => {
  if (typeof SharedArrayBuffer === "undefined")
    return globalThis.crossOriginIsolated === false
      ? "the page is not cross-origin isolated"
      : "there is no SharedArrayBuffer";
  if (!isNode && typeof Worker === "undefined") return "there are no workers";
  return undefined;
};

/** Starts threads 1 to `count`. Rejects, with none left running, when one cannot start. */
export const startHelpers = async (
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  count: number,
): Promise<Helper[]> => {
  const start = isNode ? startInNode : startInBrowser;
  const results = await Promise.allSettled(
    Array.from({ length: count }, (_, i) => start({ module, memory, thread: i + 1 })),
  );
  const helpers = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  const failure = results.find((result) => result.status === "rejected");
  if (!failure) return helpers;
  for (const helper of helpers) helper.stop();
  throw failure.reason;
};
