import { createDevice } from "@isoflop/tensor";
import { describe, expect, test } from "vitest";
import { effectiveWeight, numbers, objective, predictions, uniform, unweighted } from "../src/index.js";
import { weightIn } from "../src/objective.js";
import { checkLosses, closeTo, determinants, type Exact, ends, limit, papers, paths } from "./limits.js";

describe.each(paths.map(([path, exact]) => [path.name, path, exact] as const))("on the %s path", (_, path, exact) => {
  test.each(papers.map((paper) => [`${paper[0].name}`, ...paper] as const))(
    "%s has its limit at both ends in every space",
    (_, weighting, on, weight) => {
      for (const space of predictions) {
        const wanted = (c: Exact) => weight(c) * (determinants[on](c) / determinants[space](c)) ** 2;
        const own = (t: number) => weightIn(numbers, path.at(t), { weighting, errorIn: space }, space, false);
        for (const [end, place] of ends) {
          const label = `in ${space} at ${end}`;
          closeTo(
            own(end) as number,
            limit((far) => wanted(exact(...place(far)))),
            1e-9,
            label,
          );
          for (const far of [2 ** -30, 2 ** -8, 0.3]) {
            const t = end === 0 ? far : 1 - far;
            closeTo(own(t) as number, wanted(exact(...place(far))), 1e-10, `${label} from ${far}`);
          }
        }
      }
    },
  );
});

describe.each(["reference", "wasm"] as const)("losses in f32 on %s", (kind) => {
  test.each(paths.map(([path, exact]) => [path.name, path, exact] as const))(
    "are the limits at t = 0 and 1 and exact beside them, on the %s path",
    async (_, path, exact) => {
      using device = await createDevice(kind, { wasm: { threads: 1 } });
      await checkLosses(device, path, exact);
    },
  );
});

test("the effective weight is no NaN anywhere, and 0 where nothing is drawn", () => {
  for (const [path] of paths)
    for (const [weighting] of [...papers, [unweighted()] as const])
      for (const space of predictions) {
        const aim = objective({ path, prediction: "noise", weighting, density: uniform() });
        for (const t of [0, 1]) expect(effectiveWeight(aim, t, space)).toBe(0);
        for (const t of [2 ** -40, 1 - 2 ** -40]) expect(effectiveWeight(aim, t, space)).toBeGreaterThanOrEqual(0);
      }
});
