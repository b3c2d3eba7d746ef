/**
 * One training step of a DiT-like block stack: pre-norm attention and MLP blocks, mean squared error, AdamW on every weight. The same model for every
 * peer: depth, width, heads, tokens, batch.
 */
export const SHAPE = { depth: 6, width: 192, heads: 3, tokens: 64, batch: 32 };

/** Deterministic starting values, shared by the peers. */
export const startingValues = ({ depth, width, tokens, batch }) => {
  let state = 12345;
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32 - 0.5;
  };
  const matrix = (n, fan) => Float32Array.from({ length: n }, () => (uniform() * 2 * Math.sqrt(3)) / Math.sqrt(fan));
  const blocks = Array.from({ length: depth }, () => ({
    qkv: { data: matrix(width * 3 * width, width), shape: [width, 3 * width] },
    proj: { data: matrix(width * width, width), shape: [width, width] },
    fc1: { data: matrix(width * 4 * width, width), shape: [width, 4 * width] },
    bias1: { data: new Float32Array(4 * width), shape: [4 * width] },
    fc2: { data: matrix(4 * width * width, 4 * width), shape: [4 * width, width] },
    bias2: { data: new Float32Array(width), shape: [width] },
  }));
  const x = { data: matrix(batch * tokens * width, 1), shape: [batch, tokens, width] };
  const y = { data: matrix(batch * tokens * width, 1), shape: [batch, tokens, width] };
  return { blocks, x, y };
};

/** Products only: 24 d^2 per token and block forward, 4 T d for attention, three times that for a step. */
export const stepFlops = ({ depth, width, tokens, batch }) =>
  3 * depth * batch * tokens * (24 * width * width + 4 * tokens * width);
