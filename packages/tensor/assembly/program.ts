/**
 * The tile machine: runs a pointwise program over up to `Tile.Elements` consecutive points. Operands live in a table of
 * (address, step) pairs at the start of thread scratch: buffers read and written in place, tiles, and cells, whose step
 * of 0 makes one value look like a tile.
 */
import { PointwiseWord, ProgramWord, Scalar, Tile } from "../src/backends/wasm/opcodes";
import { gatherTile, iotaTile, scatterTile } from "./gather";
import { runBinary, runSelect, runShift, runUnary } from "./scalar";
import { copyWords } from "./simd";
import { scratch } from "./thread";

/** Builds the operand table and fills the cells: once per task. */
export function openProgram(program: usize): void {
  const inPlace = load<i32>(program, ProgramWord.InPlace);
  const local = load<i32>(program, ProgramWord.Local);
  let p = program + ProgramWord.Size + (inPlace << 2);
  let entry = scratch;
  for (let i: i32 = 0; i < inPlace; i++) {
    store<u32>(entry, Tile.CellBytes, 4);
    entry += Tile.OperandBytes;
  }
  for (let i: i32 = 0; i < local; i++) {
    store<u32>(entry, scratch + load<i32>(p));
    store<u32>(entry, load<i32>(p, 4), 4);
    entry += Tile.OperandBytes;
    p += 8;
  }
  // A cell: [operand, 1 if `value` is an address, value].
  for (let cells = load<i32>(program, ProgramWord.Cells); cells > 0; cells--) {
    const cell = load<usize>(scratch + load<i32>(p));
    const value = load<i32>(p, 8);
    const four = i32x4.splat(load<i32>(p, 4) ? load<i32>(value) : value);
    v128.store(cell, four);
    v128.store(cell, four, 16);
    v128.store(cell, four, 32);
    v128.store(cell, four, 48);
    p += 12;
  }
}

/** Address of the first instruction of an opened program. */
@inline
export function bodyOf(program: usize): usize {
  return (
    program +
    ProgramWord.Size +
    (load<i32>(program, ProgramWord.InPlace) << 2) +
    (load<i32>(program, ProgramWord.Local) << 3) +
    load<i32>(program, ProgramWord.Cells) * 12
  );
}

@inline
function address(operand: usize): usize {
  return load<usize>(scratch + operand);
}

@inline
function step(operand: usize): usize {
  return load<i32>(scratch + operand, 4);
}

/** Evaluates points [index, index + count), count at most a tile. Tiles may be overrun up to a multiple of a group. */
export function evaluate(program: usize, body: usize, index: i32, count: i32): void {
  const groups = (count + (Tile.Group - 1)) / Tile.Group;
  let p = program + ProgramWord.Size;
  let entry = scratch;
  for (let i = load<i32>(program, ProgramWord.InPlace); i > 0; i--) {
    store<u32>(entry, load<i32>(p) + (index << 2));
    entry += Tile.OperandBytes;
    p += 4;
  }
  // The last, ragged tile: results that would be written in place go to the spare tile of their instruction instead.
  const ragged = (count & (Tile.Group - 1)) != 0;
  p = body;
  for (let left = load<i32>(program, ProgramWord.Instructions); left > 0; left--) {
    const op = load<i32>(p);
    const target = load<i32>(p, 4);
    const a = load<i32>(p, 8);
    const b = load<i32>(p, 12);
    const c = load<i32>(p, 16);
    p += Tile.InstructionBytes;
    if (op == Scalar.Spare) {
      // [target, spare]: redirect; the matching Scatter or Flush is at the end.
      if (ragged) store<u32>(scratch + target, address(a));
    } else if (op == Scalar.Flush) {
      // [from, target index]: an exact copy of what a ragged tile left in its spare.
      if (ragged) copyWords(load<i32>(program + ProgramWord.Size + a) + (index << 2), address(target), count);
    } else if (op == Scalar.Gather) gatherTile(address(target), program + a, index, count);
    else if (op == Scalar.Scatter) scatterTile(address(target), program + a, index, count);
    else if (op == Scalar.Iota) iotaTile(address(target), index, count, a, b, c != 0);
    else if (op == Scalar.Call) call_indirect<void>(a, scratch, groups);
    else if (op == Scalar.Select)
      runSelect(address(target), address(a), step(a), address(b), step(b), address(c), step(c), groups);
    else if (op < Scalar.AddF) runUnary(op, address(target), address(a), step(a), groups);
    else if (op < Scalar.ShlC) runBinary(op, address(target), address(a), step(a), address(b), step(b), groups);
    else runShift(op == Scalar.ShlC, address(target), address(a), step(a), b, groups);
  }
}

export function pointwise(command: usize, task: i32): void {
  const program = command + PointwiseWord.Program;
  const chunk = load<i32>(command, PointwiseWord.Chunk);
  let index = task * chunk;
  const end = min(index + chunk, load<i32>(command, PointwiseWord.Count));
  openProgram(program);
  const body = bodyOf(program);
  for (; index < end; index += Tile.Elements) evaluate(program, body, index, min<i32>(Tile.Elements, end - index));
}
