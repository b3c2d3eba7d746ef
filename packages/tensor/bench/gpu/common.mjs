// What every section shares: output as JSON lines, fast random data, times.

export const small = process.argv.includes("small");
export const say = (line) => console.log(JSON.stringify(line));
export const round = (x, digits = 3) => +x.toFixed(digits);
export const size = (shape) => shape.reduce((a, b) => a * b, 1);
export const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

/** Values in (-scale, scale): a random block of prime length, repeated, because hundreds of megabytes are asked for. */
const block = Float32Array.from({ length: 1000003 }, () => 2 * Math.random() - 1);
export const random = (n, scale = 1) => {
  const values = new Float32Array(n);
  for (let i = 0; i < n; i += block.length) values.set(block.subarray(0, Math.min(block.length, n - i)), i);
  return scale === 1 ? values : values.map((x) => x * scale);
};

/** Works for a while: the clock of a GPU that has nothing to do (while kernels compile) falls to a fifth. */
export const spinUp = async (work) => {
  const begin = performance.now();
  do await work();
  while (performance.now() - begin < (small ? 0 : 300));
};

/** Milliseconds of a run: `batch` runs are submitted together and one number is read at their end. */
export const wallTime = async (run, read, { batch = 4, repeats = 5, seconds = 8 } = {}) => {
  const begin = performance.now();
  await read(run());
  const first = performance.now() - begin;
  await spinUp(async () => {
    for (let i = 1; i < batch; i++) run();
    await read(run());
  });
  const [ms, host] = [[], []];
  for (let r = 0; r < repeats && performance.now() - begin < 1000 * seconds; r++) {
    const start = performance.now();
    let last;
    for (let i = 0; i < batch; i++) last = run();
    host.push((performance.now() - start) / batch);
    await read(last);
    ms.push((performance.now() - start) / batch);
  }
  return {
    firstMs: round(first, 1),
    ms: round(median(ms)),
    bestMs: round(Math.min(...ms)),
    hostMs: round(median(host)),
  };
};

const PRODUCT = / [NT]{2} ([\dx]+) \[/;

/** Floating-point operations of a product, from the label of its dispatch; 0 for other kernels. */
export const flopsOf = (name) => {
  const sizes = PRODUCT.exec(name)?.[1].split("x").map(Number);
  return sizes ? 2 * size(sizes) : 0;
};
