import { type DitConfig, type ResolvedConfig, resolve } from "../src/index.js";

/** A tensor known only by its shape and by whether something trainable lies before it. */
interface Traced {
  readonly rows: number;
  readonly columns: number;
  readonly grad: boolean;
}

/**
 * Runs a model on shapes alone, as the official code would, and counts 2·m·n·k per matrix product it meets: forward,
 * one more per operand that needs a gradient, and every stored number. Written apart from the closed forms.
 */
export class Trace {
  forward = 0;
  backward = 0;
  /** Q Kᵀ, which a fused backward computes again. */
  scores = 0;
  parameters = 0;
  /** Parameters of experts that a token does not meet. */
  idle = 0;

  product(m: number, k: number, n: number, operandsWithGradient: number): void {
    this.forward += 2 * m * k * n;
    this.backward += 2 * m * k * n * operandsWithGradient;
  }

  linear(x: Traced, columns: number): Traced {
    this.parameters += columns * x.columns + columns;
    this.product(x.rows, x.columns, columns, x.grad ? 2 : 1);
    return { rows: x.rows, columns, grad: true };
  }

  table(rows: number, columns: number): Traced {
    this.parameters += rows * columns;
    return { rows, columns, grad: true };
  }

  attend(q: Traced, k: Traced, heads: number): Traced {
    for (let head = 0; head < heads; head++) {
      this.product(q.rows, q.columns / heads, k.rows, 2);
      this.scores += 2 * q.rows * (q.columns / heads) * k.rows;
      this.product(q.rows, k.rows, q.columns / heads, 2);
    }
    return q;
  }
}

const given = (rows: number, columns: number): Traced => ({ rows, columns, grad: false });
const join = (...all: readonly Traced[]): Traced => ({ ...all[0]!, rows: all.reduce((n, { rows }) => n + rows, 0) });

const norms = (t: Trace, c: ResolvedConfig, count: number) => t.table((c.norm === "rms" ? 1 : 2) * count, c.width);

const headNorms = (t: Trace, c: ResolvedConfig) => t.table(2, c.width / c.heads);

const queryKeyValue = (t: Trace, c: ResolvedConfig, x: Traced): Traced => {
  t.linear(x, 3 * c.width);
  if (c.qkNorm.startsWith("rms")) headNorms(t, c);
  return x;
};

const mlp = (t: Trace, c: ResolvedConfig, x: Traced): void => {
  const hidden = Math.floor(c.width * c.mlpRatio);
  if (c.mlp === "gelu") t.linear(t.linear(x, hidden), c.width);
  else {
    const half = Math.floor((2 / 3) * hidden);
    t.linear(x, 2 * half);
    t.linear({ ...x, columns: half, grad: true }, c.width);
  }
};

const feedForward = (t: Trace, c: ResolvedConfig, x: Traced, block: number): void => {
  const { experts, width } = c;
  if (!experts || (block + 1) % experts.every !== 0) {
    mlp(t, c, x);
    return;
  }
  const { count, active, capacity } = experts;
  t.parameters += width * count;
  t.product(x.rows, width, count, 2);
  const rows = Math.min(x.rows, Math.ceil((x.rows * active * capacity) / count - 1e-9));
  for (let i = 0; i < count; i++) {
    const before = t.parameters;
    mlp(t, c, { ...x, rows });
    if (i >= active) t.idle += t.parameters - before;
  }
};

const attention = (t: Trace, c: ResolvedConfig, x: Traced): void => {
  const q = queryKeyValue(t, c, x);
  t.linear(t.attend(q, q, c.heads), c.width);
};

const cross = (t: Trace, c: ResolvedConfig, x: Traced, context: Traced): void => {
  t.linear(context, 2 * c.width);
  if (c.qkNorm === "rms+cross") headNorms(t, c);
  t.linear(t.attend(t.linear(x, c.width), context, c.heads), c.width);
};

const tokens = (t: Trace, c: ResolvedConfig): Traced => {
  const { context, width } = c;
  if (context.kind === "none") return given(0, width);
  if (context.kind === "features") return t.linear(given(context.tokens, context.dim), width);
  if (context.kind === "classes") return { ...t.table(context.classes + 1, width), rows: 1 };
  t.table(context.vocabulary, width);
  return t.table(context.tokens, width);
};

/** The whole model of a config. */
export const trace = (config: DitConfig): Trace => {
  const t = new Trace();
  const c = resolve(config);
  const { width, depth, context } = c;
  const vector = given(1, width);
  const { frames = 1, height, width: across, channels } = c.image;
  const patch = c.patch ** 2 * c.patchFrames;
  const image = t.linear(given((frames * height * across) / patch, patch * channels), width);
  if (c.positions !== "rope") t.table(image.rows, width);
  const registers = t.table(c.registers, width);
  const time = t.linear(t.linear(given(1, c.timeFeatures), width), width);
  if (c.guidance) t.linear(t.linear(given(1, c.timeFeatures), width), width);
  const first = config.time === "added" ? [] : [time];
  const final = () => t.linear(image, patch * c.outChannels);
  // MM-DiT keeps registers with the words.
  const x = c.conditioning === "mmDit" ? image : join(image, registers);
  const modulate = (count: number) => t.linear({ ...vector, grad: true }, count * width);

  if (c.conditioning === "inContext") {
    const sequence = { ...join(...first, tokens(t, c), x), grad: true };
    for (let i = 0; i < depth; i++) {
      attention(t, c, sequence);
      feedForward(t, c, sequence, i);
      norms(t, c, 2);
    }
    norms(t, c, 1);
  } else if (c.conditioning === "crossAttention") {
    const words = join(...first, tokens(t, c));
    for (let i = 0; i < depth; i++) {
      attention(t, c, x);
      cross(t, c, x, words);
      feedForward(t, c, x, i);
      norms(t, c, 3);
    }
    norms(t, c, 1);
  } else if (c.conditioning === "adaLNSingle") {
    let words = tokens(t, c);
    if (context.kind === "features") words = t.linear(words, width);
    modulate(6);
    for (let i = 0; i < depth; i++) {
      t.table(6, width);
      attention(t, c, x);
      cross(t, c, x, words);
      feedForward(t, c, x, i);
    }
    t.table(2, width);
  } else if (c.conditioning === "mmDit") {
    const told = tokens(t, c);
    const words = c.registers > 0 ? { ...join(registers, told), grad: true } : told;
    if (context.kind === "features" && context.pooled) t.linear(t.linear(given(1, context.pooled), width), width);
    for (let i = 0; i < depth; i++) {
      const last = i === depth - 1;
      for (const [stream, pre] of [
        [x, false],
        [words, last],
      ] as const) {
        modulate(pre ? 2 : 6);
        queryKeyValue(t, c, stream);
        if (!pre) t.linear(stream, width);
        if (!pre) feedForward(t, c, stream, i);
      }
      t.attend(join(x, words), join(x, words), c.heads);
    }
    modulate(2);
  } else {
    if (context.kind === "words") t.table(context.vocabulary, width);
    else if (context.kind === "features") t.linear(given(1, context.dim), width);
    else tokens(t, c);
    for (let i = 0; i < depth; i++) {
      modulate(c.conditioning === "adaLNZero" ? 6 : 4);
      attention(t, c, x);
      feedForward(t, c, x, i);
    }
    modulate(2);
  }
  final();
  return t;
};
