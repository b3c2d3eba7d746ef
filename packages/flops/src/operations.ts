/**
 * The few kinds of operation a diffusion transformer is made of, for one sample. Everything counted here — products,
 * parameters, saved activations, bytes — is a rule over these kinds, so an architecture only lists its layers.
 */
export type Operation = Linear | Attention | Norm | Elementwise | Lookup | Table;

/** y = x Wᵀ + b, x of shape (rows, inputs). A patch convolution is one with inputs = channels · patch². @inline */
export interface Linear {
  readonly kind: "linear";
  readonly rows: number;
  readonly inputs: number;
  readonly outputs: number;
  readonly bias: boolean;
  /** Whether anything trainable lies before x: if not, the backward pass has no dX product. */
  readonly inputGradient: boolean;
}

/** softmax(Q Kᵀ / √) V over all heads together, no mask: Q of shape (queries, width), K and V (keys, width). @inline */
export interface Attention {
  readonly kind: "attention";
  readonly queries: number;
  readonly keys: number;
  readonly width: number;
  readonly heads: number;
}

/**
 * Layer norm (scale and shift when `affine`) or root-mean-square norm (scale alone). `block` norms are the two before
 * self-attention and the MLP; the others are told apart because published counts leave them out.
 * @inline
 */
export interface Norm {
  readonly kind: "norm";
  readonly role: "block" | "cross" | "final" | "queryKey";
  readonly rows: number;
  readonly width: number;
  readonly parameters: number;
}

/**
 * Modulation x·(1 + scale) + shift, a gate, a nonlinearity, a residual sum, or the turning of queries and keys, over `elements` numbers.
 * @inline
 */
export interface Elementwise {
  readonly kind: "elementwise";
  readonly role: "activation" | "modulate" | "gate" | "residual" | "rotate";
  readonly elements: number;
  /** Operands of that size that the gradient reads: 2 where both are tokens, as in SwiGLU. Default 1, and 0 of a sum or a turning. */
  readonly operands?: 1 | 2;
}

/** `rows` rows taken from a trainable table of shape (entries, width). @inline */
export interface Lookup {
  readonly kind: "lookup";
  readonly rows: number;
  readonly entries: number;
  readonly width: number;
}

/** A stored table added to the stream: positions, or the shared modulation of adaLN-single; or tokens beside it, registers. @inline */
export interface Table {
  readonly kind: "table";
  readonly role: "positions" | "modulation" | "registers";
  readonly entries: number;
  readonly width: number;
  readonly trainable: boolean;
}

/** Elements on which a convention may charge operations; matrix products are counted apart. */
export const elementwiseRoles = [
  ...(["blockNorm", "crossNorm", "finalNorm", "queryKeyNorm", "softmax", "bias"] as const),
  ...(["activation", "modulate", "gate", "residual", "rotate"] as const),
] as const;
export type ElementwiseRole = (typeof elementwiseRoles)[number];

/** Multiply-accumulates of the operation's weighted products, forward. */
export const linearMacs = (op: Operation): number => (op.kind === "linear" ? op.rows * op.inputs * op.outputs : 0);

/** Multiply-accumulates of Q Kᵀ alone; the product with V costs the same. */
export const scoreMacs = (op: Operation): number => (op.kind === "attention" ? op.queries * op.keys * op.width : 0);

/** Multiply-accumulates if a table look-up were a product with one-hot rows. */
export const oneHotMacs = (op: Operation): number => (op.kind === "lookup" ? op.rows * op.entries * op.width : 0);

/** Elements the operation touches, by role. */
export const elements = (op: Operation): Partial<Record<ElementwiseRole, number>> => {
  switch (op.kind) {
    case "linear":
      return op.bias ? { bias: op.rows * op.outputs } : {};
    case "attention":
      return { softmax: op.heads * op.queries * op.keys };
    case "norm":
      return { [`${op.role}Norm` as const]: op.rows * op.width };
    case "elementwise":
      return { [op.role]: op.elements };
    default:
      return {};
  }
};

/** Numbers stored with the model for this operation. */
export const parameters = (op: Operation): number => {
  switch (op.kind) {
    case "linear":
      return op.outputs * (op.inputs + (op.bias ? 1 : 0));
    case "norm":
      return op.parameters;
    case "lookup":
    case "table":
      return op.entries * op.width;
    default:
      return 0;
  }
};

/**
 * Elements that eager reverse-mode differentiation keeps for this operation: what its own VJP reads. A fused attention
 * kernel keeps one log-sum-exp per query and head in place of the (queries, keys) probabilities.
 */
export const savedElements = (op: Operation, fusedAttention: boolean): number => {
  switch (op.kind) {
    case "linear":
      return op.rows * op.inputs;
    case "attention": {
      const rows = (op.queries + 2 * op.keys) * op.width;
      return rows + op.heads * op.queries * (fusedAttention ? 1 : op.keys);
    }
    case "norm":
      return op.rows * op.width;
    case "elementwise":
      return op.role === "residual" || op.role === "rotate" ? 0 : op.elements * (op.operands ?? 1);
    case "lookup":
      return op.rows;
    default:
      return 0;
  }
};
