/**
 * Numbers shared by the host, which writes the command stream, and the AssemblyScript sources, which read it. This file
 * is compiled by both, so it holds nothing but integer enums.
 */

/** What a command does. Its layout is documented where it is encoded (`encode/`) and decoded (`assembly/`). */
export enum Command {
  Pointwise = 1,
  Reduce,
  Matmul,
  Softmax,
  SoftmaxBackward,
  Normalize,
  NormalizeBackward,
  Attention,
  AttentionBackward,
  Take,
  ScatterAdd,
  Gather,
  GatherBackward,
  CumSum,
  RandomBits,
  RandomKeys,
  Permutation,
  Convolution,
  Depthwise,
  MaxPool,
}

/** Byte offsets of the words every command starts with. */
export enum Head {
  Op = 0,
  /** Length of the whole command in bytes. */
  Bytes = 4,
  /** Independent pieces of work; 1 means "run by the calling thread, nobody is told". */
  Tasks = 8,
  Size = 12,
}

/** Byte offsets, from the start of the program section, of a pointwise program's header. */
export enum ProgramWord {
  /** Operands that are contiguous buffers, read or written where they lie. */
  InPlace = 0,
  /** Operands in thread scratch: tiles and cells. */
  Local = 4,
  /** Cells (one value everywhere) to fill when a task starts. */
  Cells = 8,
  Instructions = 12,
  Size = 16,
}

export enum Tile {
  /** Elements of a pointwise tile. A handful of tiles fit in the first-level cache. */
  Elements = 512,
  /** Bytes from one tile to the next: a cache line more than the tile, so that tiles do not alias, and room for overrun. */
  Bytes = 2112,
  /** Instructions work on groups of this many elements. */
  Group = 16,
  /** A cell is one group's worth of bytes holding one value; its operand steps by 0. */
  CellBytes = 64,
  InstructionBytes = 20,
  OperandBytes = 8,
}

/**
 * Instructions of a pointwise program: [opcode, target, a, b, c]; operands are byte offsets into the operand table.
 * The order matters: unary operations come before `AddF`, binary ones before `ShlC`.
 */
export enum Scalar {
  /** target <- window at program offset a. */
  Gather = 1,
  /** target <- coordinate (index / a) modulo b; c: as f32. */
  Iota,
  /** Window at program offset a <- target: exactly as many elements as the tile has. */
  Scatter,
  /** In a ragged tile, let the in-place operand `target` mean tile `a`, so that nothing is written past the end. */
  Spare,
  /** In a ragged tile, copy `target` to the in-place address at program header offset a. */
  Flush,
  /** Several instructions at once: function a of the table, which was made for them. */
  Call,
  /** target <- a ? b : c. */
  Select,
  Copy,
  Neg,
  Abs,
  Sign,
  Floor,
  Ceil,
  Round,
  Sqrt,
  Rsqrt,
  Reciprocal,
  Exp,
  Log,
  Sin,
  Cos,
  Tanh,
  Erf,
  Sigmoid,
  Gelu,
  GeluGrad,
  Not,
  FloatToInt,
  FloatToUint,
  IntToFloat,
  UintToFloat,
  FloatToBool,
  IntToBool,
  AddF,
  SubF,
  MulF,
  DivF,
  PowF,
  MaxF,
  MinF,
  LtF,
  LeF,
  EqF,
  AddI,
  SubI,
  MulI,
  MaxI,
  MinI,
  LtI,
  LeI,
  EqI,
  MaxU,
  MinU,
  LtU,
  LeU,
  And,
  Or,
  Xor,
  Shl,
  Shr,
  Rem,
  Quo,
  /** Shifts by the constant b. */
  ShlC,
  ShrC,
}

/** What a reduction does to two values. */
export enum Fold {
  SumF = 0,
  MaxF,
  MinF,
  SumI,
  MaxI,
  MinI,
  MaxU,
  MinU,
}

/** Byte offsets of a reduce command. */
export enum ReduceWord {
  Fold = 12,
  Outer = 16,
  Reduced = 20,
  Inner = 24,
  /** `reduced` is cut in `Slices` pieces of `SliceLength`; each writes its own partial result. */
  Slices = 28,
  SliceLength = 32,
  UnitsPerTask = 36,
  Output = 40,
  /** Scratch offset of two accumulator tiles. */
  Accumulator = 44,
  /** Offset in the operand table of the reduced value. */
  Result = 48,
  Program = 52,
}

/** Byte offsets of a pointwise command. */
export enum PointwiseWord {
  Count = 12,
  Chunk = 16,
  Program = 20,
}

/** Byte offsets of a matmul command. Strides count bytes. */
export enum MatmulWord {
  M = 12,
  N = 16,
  K = 20,
  A = 24,
  ARow = 28,
  AColumn = 32,
  B = 36,
  BRow = 40,
  BColumn = 44,
  C = 48,
  D = 52,
  DRow = 56,
  DColumn = 60,
  Scale = 64,
  /** Batches: outer x inner, with byte strides for A, B, D; C is contiguous. */
  BatchInner = 68,
  ABatch0 = 72,
  ABatch1 = 76,
  BBatch0 = 80,
  BBatch1 = 84,
  DBatch0 = 88,
  DBatch1 = 92,
  /** How C is cut: block sizes and blocks per batch. */
  BlockM = 96,
  BlockN = 100,
  BlocksM = 104,
  BlocksN = 108,
  /** Blocks handled by one task. */
  BlocksPerTask = 112,
  Blocks = 116,
  Size = 120,
}

/** Byte offsets of the commands that work row by row: softmax, normalize and their backwards. */
export enum RowsWord {
  Rows = 12,
  Columns = 16,
  RowsPerTask = 20,
  /** softmax: take the logarithm; normalize: subtract the mean. */
  Flag = 24,
  Epsilon = 28,
  /** Operands in the op's order, inputs first. */
  A = 32,
  B = 36,
  C = 40,
  D = 44,
}

/** Byte offsets of the attention commands. */
export enum AttentionWord {
  Batch = 12,
  Heads = 16,
  Queries = 20,
  Keys = 24,
  Width = 28,
  Scale = 32,
  /** Rows of queries and of keys handled together, and blocks of queries. */
  BlockQ = 36,
  BlockK = 40,
  BlocksQ = 44,
  UnitsPerTask = 48,
  /** Scratch: two score blocks, a few words per query row, a block of scaled queries, and where `gemm` works. */
  Scores = 52,
  Gradients = 56,
  RowState = 60,
  ScaledQueries = 64,
  Work = 68,
  /** Log-sum-exp [batch, heads, queries]. */
  Lse = 72,
  /** How many keys of each sample count, i32 [batch]; 0 where all do. */
  Lengths = 76,
  /** (address, byte strides of batch, position, head) of q, k, v, out and, backward, dout, dq, dk, dv. */
  Operands = 80,
}

/** Bytes of one operand of attention. */
export const ATTENTION_OPERAND_BYTES = 16;

/** Byte offsets of take, scatterAdd, gather, gatherBackward and cumsum. */
export enum IndexWord {
  /** Extents: what each means is said at the kernel. */
  Outer = 12,
  Axis = 16,
  Inner = 20,
  Count = 24,
  PerTask = 28,
  /** Bits written for an index outside the table; gatherBackward: columns summed together; cumsum: 1 to run backwards. */
  Fill = 32,
  A = 36,
  B = 40,
  C = 44,
}

/** Byte offsets of randomBits, randomKeys and permutation. */
export enum RandomWord {
  Count = 12,
  PerTask = 16,
  Key = 20,
  Output = 24,
  /** permutation: bits of each half. */
  HalfBits = 28,
}

/** Byte offsets of the commands of windows over images: convolution, depthwise convolution, max pooling. */
export enum WindowWord {
  /** Of the image. */
  Rows = 12,
  Columns = 16,
  Channels = 20,
  /** How many windows there are along rows and columns. */
  OutRows = 24,
  OutColumns = 28,
  /** Of a window. */
  KernelRows = 32,
  KernelColumns = 36,
  StrideRows = 40,
  StrideColumns = 44,
  DilationRows = 48,
  DilationColumns = 52,
  /** Rows above the image and columns to its left. */
  Top = 56,
  Left = 60,
  /** What results are kept between. */
  Low = 64,
  High = 68,
  /** Tasks share out `Units`: rows of windows, of a convolution blocks of its product. */
  PerTask = 72,
  Units = 76,
  /** Images, kernel, bias (0: none), result. */
  X = 80,
  Kernel = 84,
  Bias = 88,
  Y = 92,
  /** Of a convolution alone: the product's sizes and its blocks. */
  Pixels = 96,
  Out = 100,
  BlockM = 104,
  BlockN = 108,
  BlocksN = 112,
  /** Windows laid out together, and of how many of the pieces that lie together in memory. */
  Together = 116,
  Pieces = 120,
  /** Scratch: laid out windows, and where `gemm` works. */
  Laid = 124,
  Work = 128,
}

/** Addresses of what threads share, each on a cache line of its own. Memory below `End` is never handed out. */
export enum Control {
  /** Number of the parallel command being run; helpers wait for it to change. */
  Phase = 1024,
  /** Phase (high word) and tasks left to take (low word). */
  Ticket = 1088,
  /** Tasks finished in this phase. */
  Done = 1152,
  /** Helpers asleep on `Phase`. */
  Sleepers = 1216,
  /** 1 while the leader sleeps on `Done`. */
  LeaderSleeps = 1280,
  Command = 1344,
  Scratch = 1348,
  ScratchStride = 1352,
  /** 64 bytes that are always 0. */
  Zeros = 1408,
  /** Constants of the kernels: the base of the module's data, set in scripts/compile-wasm.mjs. */
  Data = 2048,
  End = 4096,
}
