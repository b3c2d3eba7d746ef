import { dit, namedParams, parameterRates } from "@isoflop/dit";
import { createDevice, jit, valueAndGrad, mean, random, adamw, concat, abs, sub, mul, mapTree, stack } from "@isoflop/tensor";
const [conditioning = "adaLNZero", lr = "0.01", steps = "4", wstr = "16,32,64,128,256", hmode="fixedHead"] = process.argv.slice(2);
const device = await createDevice("wasm", { wasm: { threads: 1 } });
const widths = wstr.split(",").map(Number);
const n = 8;
const x0 = random.normal(random.key(1), [n, 3, 8, 8]);
const run = async (width, parameterization) => {
  const config = { image: { height: 8, width: 8, channels: 3 }, patch: 2, width, depth: 2, heads: hmode === "fixedHead" ? width / 8 : 2,
    conditioning, context: { kind: "words", tokens: 3, vocabulary: 16 }, parameterization };
  const model = dit(config);
  const rates = parameterRates(config);
  const names = Object.keys(rates);
  const xs = device.tensor(await x0.data(device), [n, 3, 8, 8]);
  const target = device.tensor(await random.normal(random.key(2), [n,3,8,8]).mul(0.5).data(device), [n,3,8,8]);
  const t = device.tensor(Float32Array.from({length:n},(_, i)=>(i+.5)/n));
  const words = device.tensor(Int32Array.from({length:3*n}, (_, i)=> (i*7)%16), [n,3]);
  let params = mapTree(x=>x, model.init(random.key(0)));
  device.evaluate(params);
  const zerosOf = () => mapTree((p) => p.mul(0), params);
  let m = zerosOf(), v = zerosOf(); device.evaluate(m); device.evaluate(v);
  const flat = (tree) => namedParams(tree);
  const lossOf = (p) => { const y = model.apply(p, xs, t, words); return mean(mul(sub(y, target.add(xs)), sub(y, target.add(xs)))); };
  const step = jit((p, m, v, r) => {
    const { value, gradient } = valueAndGrad(lossOf)(p);
    const P = flat(p), G = flat(gradient), M = flat(m), V = flat(v);
    const out = Object.fromEntries(names.map((name) => {
      const rr = r.mul(device.tensor(Float32Array.of(rates[name].learningRate, 1, 1)));
      return [name, adamw(P[name], G[name], M[name], V[name], rr, { beta1: 0.9, beta2: 0.99, eps: 1e-8, weightDecay: 0 })];
    }));
    let i = 0; const pick = (k) => { const order = Object.keys(P); let j = 0; return mapTree(() => out[order[j++]][k], p); };
    return { p: pick(0), m: pick(1), v: pick(2), loss: value };
  }, { device });
  const order = [];
  const look = jit((p) => { const seen = {}; model.apply(p, xs, t, words, { onActivation: (name, value) => { seen[name] = value; } }); return seen; }, { device });
  const read = async () => { const s = look(params); const e = []; for (const [k, val] of Object.entries(s)) e.push([k, await val.data()]); return Object.fromEntries(e); };
  const before = await read();
  const losses = [];
  const changes = {};
  for (let s = 0; s < +steps; s++) {
    const r = device.tensor(Float32Array.of(+lr, 1 - 0.9 ** (s + 1), 1 - 0.99 ** (s + 1)));
    const o = step(params, m, v, r); params = o.p; m = o.m; v = o.v; losses.push((await o.loss.data())[0]);
  }
  const after = await read();
  for (const k of Object.keys(before)) { let sum = 0; for (let i = 0; i < before[k].length; i++) sum += Math.abs(after[k][i] - before[k][i]); changes[k] = sum / before[k].length; }
  return { changes, losses };
};
for (const kind of ["standard", "muP"]) {
  const rows = [];
  for (const width of widths) rows.push(await run(width, kind === "muP" ? { kind, baseWidth: 32, baseHeads: hmode === "fixedHead" ? 4 : 2 } : { kind }));
  console.log(kind, "losses", rows.map(r => r.losses.at(-1).toFixed(3)).join(" "));
  for (const k of Object.keys(rows[0].changes)) {
    const ys = rows.map((r) => Math.log(r.changes[k])), X = widths.map(Math.log);
    const mx = X.reduce((a, b) => a + b) / X.length, my = ys.reduce((a, b) => a + b) / ys.length;
    const slope = X.reduce((a, xx, i) => a + (xx - mx) * (ys[i] - my), 0) / X.reduce((a, xx) => a + (xx - mx) ** 2, 0);
    console.log("  ", k.padEnd(28), slope.toFixed(2), rows.map((r) => r.changes[k].toPrecision(3)).join("  "));
  }
}
device.destroy?.();
