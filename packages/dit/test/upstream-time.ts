import { readFixture } from "./fixture.js";

const fixture = readFixture("dit_embeddings");
const times = fixture.get("t")!.data;
const table = fixture.get("timestep_embedding.256")!.data;
const half = 128;

/** The f32 that lies `steps` ulps above a positive f32. */
const nudge = (x: number, steps: number): number =>
  new Float32Array(Int32Array.of(new Int32Array(Float32Array.of(x).buffer)[0]! + steps).buffer)[0]!;

/** How far the official table is from cosine and sine of t · f at channel i. */
const misfit = (f: number, i: number): number =>
  times.reduce((most, t, row) => {
    const angle = Math.fround(t * f);
    const [cosine, sine] = [table[row * 2 * half + i]!, table[row * 2 * half + half + i]!];
    return Math.max(most, Math.abs(Math.cos(angle) - cosine), Math.abs(Math.sin(angle) - sine));
  }, 0);

/** torch's float32 exponential is an ulp or two off the formula, which turns the phase at t = 999 by 5e-5; its own table shows which. */
const frequencies = Array.from({ length: half }, (_, i) => {
  const nearest = Math.fround(10000 ** (-i / half));
  const candidates = [-3, -2, -1, 0, 1, 2, 3].map((steps) => nudge(nearest, steps));
  return candidates.reduce((best, f) => (misfit(f, i) < misfit(best, i) ? f : best));
});

/** The official code's own float32 time features of steps 0 .. 999: [n, 256]. */
export const upstreamTimeFeatures = (steps: Int32Array): Float32Array =>
  Float32Array.from(
    [...steps].flatMap((step) => {
      const angles = frequencies.map((f) => Math.fround(step * f));
      return [...angles.map(Math.cos), ...angles.map(Math.sin)];
    }),
  );
