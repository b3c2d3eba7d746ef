import { type IsoFlop, predictIsoFlop, sideOfIsoFlop } from "@isoflop/scaling";
import { usageError } from "../../exit.js";
import type { FitKind } from "../kind.js";

export const isoflop: FitKind<IsoFlop> = {
  record: "isoflop",
  standing: ({ N, D, loss }) => {
    const [refused] = [N, D, loss].flatMap((law) => (law.ok ? [] : [law]));
    return { ok: refused === undefined, status: refused?.reason ?? "converged", message: refused?.message };
  },
  questions: ["at", "size"],
  help: [["--at C [--size N]", "optimal N and D, and the loss of one new run of the optimal (or given) size"]],
  answers: (fit, { at, size }) => {
    if (!at) throw usageError("a compute is needed: --at C");
    return at.map((C) => predictIsoFlop(fit, C, size === undefined ? {} : { N: size }));
  },
  figures: async (fit, asked) => (await import("./page.js")).isoFlopAsked(fit, asked),
  side: (name, fit, law) => sideOfIsoFlop(name, fit, { law }),
};
