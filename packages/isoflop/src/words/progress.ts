/** Quick fits stay silent. */
const QUIET_MS = 1500;
/** Between plain lines where standard error is not a terminal. */
const LINE_MS = 5000;

/** Reports progress on standard error: one line that is rewritten on a terminal, plain lines elsewhere. */
export const progress = (
  what: string,
): {
  readonly onProgress: (done: number, of: number) => void;
  readonly end: () => void;
} => {
  const start = performance.now();
  const terminal = process.stderr.isTTY === true;
  let last = start + QUIET_MS - LINE_MS;
  let shown = false;
  return {
    onProgress(done, of) {
      const now = performance.now();
      if (now - start < QUIET_MS || (!terminal && now - last < LINE_MS)) return;
      last = now;
      shown = true;
      const left = Math.ceil(((now - start) / 1000 / done) * (of - done));
      const text = `${what}: ${Math.floor((100 * done) / of)} %, about ${left} s left`;
      process.stderr.write(terminal ? `\r${text}\u001b[K` : `${text}\n`);
    },
    end() {
      if (shown && terminal) process.stderr.write("\r\u001b[K");
    },
  };
};
