import type { Fit } from "../fit/kinds.js";

/** A work to cite, as BibTeX has it. */
export interface Reference {
  readonly key: string;
  readonly type: "article" | "inproceedings" | "misc" | "techreport" | "software";
  /** Text of the fields; braces keep letters as they are. */
  readonly fields: Readonly<Record<string, string>>;
}

const arxiv = (key: string, author: string, title: string, year: number, id: string): Reference => ({
  key,
  type: "misc",
  fields: { author, title, year: String(year), eprint: id, archivePrefix: "arXiv", url: `https://arxiv.org/abs/${id}` },
});

const works = {
  paper: arxiv(
    "liang2024scaling",
    "Liang, Zhengyang and He, Hao and Yang, Ceyuan and Dai, Bo",
    "Scaling Laws For Diffusion Transformers",
    2024,
    "2410.08184",
  ),
  hoffmann: arxiv(
    "hoffmann2022training",
    "Hoffmann, Jordan and Borgeaud, Sebastian and Mensch, Arthur and others",
    "Training Compute-Optimal Large Language Models",
    2022,
    "2203.15556",
  ),
  besiroglu: arxiv(
    "besiroglu2024chinchilla",
    "Besiroglu, Tamay and Erdil, Ege and Barnett, Matthew and You, Josh",
    "Chinchilla Scaling: A replication attempt",
    2024,
    "2404.10102",
  ),
  kaplan: arxiv(
    "kaplan2020scaling",
    "Kaplan, Jared and McCandlish, Sam and Henighan, Tom and Brown, Tom B. and others",
    "Scaling Laws for Neural Language Models",
    2020,
    "2001.08361",
  ),
  muennighoff: arxiv(
    "muennighoff2023scaling",
    "Muennighoff, Niklas and Rush, Alexander M. and Barak, Boaz and Le Scao, Teven and others",
    "Scaling Data-Constrained Language Models",
    2023,
    "2305.16264",
  ),
  farseer: arxiv(
    "li2025farseer",
    "Li, Houyi and others",
    "Predictable Scale: Part {II}, Farseer: A Refined Scaling Law in Large Language Models",
    2025,
    "2506.10972",
  ),
  jointMoe: arxiv(
    "ludziejewski2025joint",
    "Ludziejewski, Jan and others",
    "Joint {MoE} Scaling Laws: Mixture of Experts Can Be Memory Efficient",
    2025,
    "2502.05172",
  ),
  caballero: arxiv(
    "caballero2022broken",
    "Caballero, Ethan and Gupta, Kshitij and Rish, Irina and Krueger, David",
    "Broken Neural Scaling Laws",
    2022,
    "2210.14891",
  ),
  multiPower: arxiv(
    "luo2025multipower",
    "Luo, Kairong and Wen, Haodong and Hu, Shengding and others",
    "A Multi-Power Law for Loss Curve Prediction Across Learning Rate Schedules",
    2025,
    "2503.12811",
  ),
  cifar10: {
    key: "krizhevsky2009learning",
    type: "techreport",
    fields: {
      author: "Krizhevsky, Alex",
      title: "Learning Multiple Layers of Features from Tiny Images",
      institution: "University of Toronto",
      year: "2009",
    },
  },
  noto: {
    key: "notoemoji",
    type: "misc",
    fields: {
      author: "{Google}",
      title: "Noto Emoji",
      howpublished: "Package @iconify-json/noto",
      url: "https://github.com/googlefonts/noto-emoji",
      note: "Apache License 2.0",
    },
  },
} as const satisfies Readonly<Record<string, Reference>>;

/** What a form of surface was published in. */
const surfaces: Readonly<Record<string, readonly Reference[]>> = {
  chinchilla: [works.hoffmann],
  tied: [works.hoffmann],
  "no-floor": [works.hoffmann],
  kaplan: [works.kaplan],
  farseer: [works.farseer],
  "data-constrained": [works.muennighoff],
  "data-constrained-tied": [works.muennighoff],
  "joint-moe": [works.jointMoe],
};

const ofForm = (form: string): readonly Reference[] => (Object.hasOwn(surfaces, form) ? surfaces[form]! : []);

/** The methods that a fit used, by what its record says. */
const methodsOf = (fit: Fit): readonly Reference[] => {
  switch (fit.record) {
    case "isoflop":
    case "approach1":
      return [works.hoffmann];
    case "surface":
      // Sums over runs in place of means, and a search that goes to its end.
      return [...ofForm(fit.form), ...(fit.objective.name === "log-huber" ? [works.hoffmann, works.besiroglu] : [])];
    case "shared":
      return fit.studies.flatMap((study) => ofForm(study.fit.form));
    case "rollout":
      return fit.forms.flatMap(({ fit: one }) => ofForm(one.form));
    case "law":
      return fit.law.kind === "broken" ? [works.caballero] : [];
    case "schedule":
      return [works.multiPower];
    default:
      return [];
  }
};

/** Where a study's pictures come from, as its summary says it. */
export interface CitedData {
  readonly name: string;
  readonly source?: string | undefined;
  readonly licence?: string | undefined;
}

const dataReference = ({ name, source = "", licence }: CitedData): Reference => {
  const said = `${name} ${source}`.toLowerCase();
  if (said.includes("cifar")) return works.cifar10;
  if (said.includes("noto")) return works.noto;
  const note = [source, licence].filter((text) => text !== undefined && text !== "").join("; ");
  return { key: "trainingdata", type: "misc", fields: { title: `{${name}}`, ...(note !== "" && { note }) } };
};

/** What was used: the study that this program reproduces, the methods, the data, and the program itself. Each once. */
export const referencesOf = ({
  fits,
  data,
  version,
}: {
  readonly fits: readonly Fit[];
  readonly data?: CitedData | undefined;
  readonly version: string;
}): readonly Reference[] => {
  const software: Reference = {
    key: "isoflop",
    type: "software",
    fields: { author: "{The Isoflop authors}", title: "Isoflop: scaling laws for diffusion transformers", version },
  };
  const all = [works.paper, ...fits.flatMap(methodsOf), ...(data ? [dataReference(data)] : []), software];
  return [...new Map(all.map((one) => [one.key, one])).values()];
};
