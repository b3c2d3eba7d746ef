import { createDevice, random } from "@isoflop/tensor";
import { test } from "vitest";
import { cosinePath, edmPath, linearPath, predictions, vePath, vpPath, heun } from "../src/index.js";
import { likelihood } from "../src/likelihood/likelihood.js";
import { best, normalNats, centre, spread } from "./gaussian.js";
const device = await createDevice("wasm");
const rows = [[-0.7, 0.2, 0.9], [0.3, 0.3, 0.3], [1.4, -0.1, 0.5]];
const x = device.tensor(rows.flat(), [3, 3]);
test("x", async () => {
  for (const path of [linearPath(), cosinePath(), vpPath(), edmPath(), vePath()])
    for (const prediction of predictions) {
      const errs: number[] = [];
      let card: any;
      for (const steps of [16, 32, 64, 128]) {
        using l = likelihood(best(path, prediction), { objective: { path, prediction }, probes: "exact", steps, device });
        const r = await l.run(null, { x });
        card = r.card;
        const { alpha, sigma } = path.at(card.times[1]) as any;
        const at0 = path.at(card.times[0]) as any;
        const w0 = Math.hypot(at0.alpha * spread, at0.sigma), w1 = Math.hypot(alpha * spread, sigma);
        const wanted = rows.map((row) => normalNats(row.map((v) => alpha * centre + (w1 / w0) * (v - at0.alpha * centre)), 0, sigma) - 3 * Math.log(w1 / w0));
        errs.push(Math.max(...wanted.map((w, i) => Math.abs(w - r.nats[i]!))));
        if (steps === 128) console.log(path.name, prediction, card.times, errs.map((e) => e.toExponential(1)).join(" "), (wanted[0]! - normalNats(rows[0]!, centre, spread)).toExponential(1));
      }
    }
  console.log(heun, random);
}, 60000);
