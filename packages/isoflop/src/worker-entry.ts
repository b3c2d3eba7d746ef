/** The thread of this package that does runs. */
export const workerEntry = (): URL => new URL("../dist/worker.js", import.meta.url);
