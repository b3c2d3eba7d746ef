/** Lets timers, messages and signals through: a loop of synchronous steps would starve them. */
export const yieldToHost = (): Promise<void> =>
  new Promise((resolve) => {
    if (typeof setImmediate === "function") setImmediate(resolve);
    else setTimeout(resolve, 0);
  });
