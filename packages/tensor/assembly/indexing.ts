/** Kernels that look elements up by integer index, and the running sum. */
import { IndexWord } from "../src/backends/wasm/opcodes";

@inline
function copyRow(to: usize, from: usize, words: i32): void {
  memory.copy(to, from, words << 2);
}

function addRow(to: usize, from: usize, words: i32): void {
  for (; words >= 4; words -= 4) {
    v128.store(to, f32x4.add(v128.load(to), v128.load(from)));
    to += 16;
    from += 16;
  }
  for (; words > 0; words--) {
    store<f32>(to, load<f32>(to) + load<f32>(from));
    to += 4;
    from += 4;
  }
}

/** A: table [Axis, Inner], B: indices [Count] -> C [Count, Inner]. */
export function take(p: usize, task: u32): void {
  const rows = load<u32>(p, IndexWord.Axis);
  const width = load<i32>(p, IndexWord.Inner);
  const fill = load<u32>(p, IndexWord.Fill);
  const perTask = load<u32>(p, IndexWord.PerTask);
  const end = min(load<u32>(p, IndexWord.Count), (task + 1) * perTask);
  for (let i = task * perTask; i < end; i++) {
    const row = load<u32>(load<usize>(p, IndexWord.B) + (i << 2));
    const to = load<usize>(p, IndexWord.C) + ((i * width) << 2);
    if (row < rows) copyRow(to, load<usize>(p, IndexWord.A) + ((row * width) << 2), width);
    else for (let j = 0; j < width; j++) store<u32>(to + (j << 2), fill);
  }
}

/** A: indices [Count], B: updates [Count, Inner] -> C [Axis, Inner]. A task owns some rows and looks at every index. */
export function scatterAdd(p: usize, task: u32): void {
  const width = load<i32>(p, IndexWord.Inner);
  const count = load<u32>(p, IndexWord.Count);
  const perTask = load<u32>(p, IndexWord.PerTask);
  const first = task * perTask;
  const owned = min(perTask, load<u32>(p, IndexWord.Axis) - first);
  const to = load<usize>(p, IndexWord.C) + ((first * width) << 2);
  memory.fill(to, 0, (owned * width) << 2);
  for (let i: u32 = 0; i < count; i++) {
    const row = load<u32>(load<usize>(p, IndexWord.A) + (i << 2)) - first;
    if (row < owned) addRow(to + ((row * width) << 2), load<usize>(p, IndexWord.B) + ((i * width) << 2), width);
  }
}

/** A: x [Outer, Axis, Inner], B: indices [Outer, Count, Inner] -> C [Outer, Count, Inner]. */
export function gather(p: usize, task: u32): void {
  const axis = load<u32>(p, IndexWord.Axis);
  const inner = load<u32>(p, IndexWord.Inner);
  const count = load<u32>(p, IndexWord.Count);
  const fill = load<u32>(p, IndexWord.Fill);
  const perTask = load<u32>(p, IndexWord.PerTask);
  const end = min(load<u32>(p, IndexWord.Outer), (task + 1) * perTask);
  for (let o = task * perTask; o < end; o++) {
    const x = load<usize>(p, IndexWord.A) + ((o * axis * inner) << 2);
    let at = (o * count * inner) << 2;
    for (let j: u32 = 0; j < count; j++)
      for (let i: u32 = 0; i < inner; i++) {
        const index = load<u32>(load<usize>(p, IndexWord.B) + at);
        store<u32>(load<usize>(p, IndexWord.C) + at, index < axis ? load<u32>(x + ((index * inner + i) << 2)) : fill);
        at += 4;
      }
  }
}

/** A: indices [Outer, Count, Inner], B: dy [Outer, Count, Inner] -> C [Outer, Axis, Inner], sums in index order. */
export function gatherBackward(p: usize, task: u32): void {
  const axis = load<u32>(p, IndexWord.Axis);
  const inner = load<u32>(p, IndexWord.Inner);
  const count = load<u32>(p, IndexWord.Count);
  const perTask = load<u32>(p, IndexWord.PerTask);
  const end = min(load<u32>(p, IndexWord.Outer), (task + 1) * perTask);
  for (let o = task * perTask; o < end; o++) {
    const dx = load<usize>(p, IndexWord.C) + ((o * axis * inner) << 2);
    memory.fill(dx, 0, (axis * inner) << 2);
    let at = (o * count * inner) << 2;
    for (let j: u32 = 0; j < count; j++)
      for (let i: u32 = 0; i < inner; i++) {
        const index = load<u32>(load<usize>(p, IndexWord.A) + at);
        if (index < axis) {
          const to = dx + ((index * inner + i) << 2);
          store<f32>(to, load<f32>(to) + load<f32>(load<usize>(p, IndexWord.B) + at));
        }
        at += 4;
      }
  }
}

/** A: x [Outer, Axis, Inner] -> B: inclusive running sum along Axis, kept in f64. Fill: from the end. */
export function cumsum(p: usize, task: u32): void {
  const axis = load<u32>(p, IndexWord.Axis);
  const inner = load<u32>(p, IndexWord.Inner);
  const reverse = load<u32>(p, IndexWord.Fill) != 0;
  const perTask = load<u32>(p, IndexWord.PerTask);
  const end = min(load<u32>(p, IndexWord.Outer), (task + 1) * perTask);
  const step = reverse ? -(<i32>inner << 2) : <i32>inner << 2;
  for (let o = task * perTask; o < end; o++)
    for (let i: u32 = 0; i < inner; i++) {
      const first = (o * axis * inner + (reverse ? (axis - 1) * inner : 0) + i) << 2;
      let from = load<usize>(p, IndexWord.A) + first;
      let to = load<usize>(p, IndexWord.B) + first;
      let sum: f64 = 0;
      for (let j: u32 = 0; j < axis; j++) {
        sum += <f64>load<f32>(from);
        store<f32>(to, <f32>sum);
        from += step;
        to += step;
      }
    }
}
