/** Prints the coverage tables of the README. Run: `pnpm bench:coverage [budgets|cells] [studies]` (a quarter of an hour for both). */
import { printCells } from "./cell-table.js";
import { coverage, type World } from "./coverage.js";

const shares: [World["form"], number, string][] = [
  ["power", 0, "pure power law"],
  ["logarithmic", 0, "linear in ln C"],
  ["chinchilla", 0, "surface, no floor"],
  ["chinchilla", 0.4, "surface, floor 40 %"],
  ["chinchilla", 0.7, "surface, floor 70 %"],
  ["chinchilla", 0.85, "surface, floor 85 %"],
];

const printBudgets = (studies: number): void => {
  const noises = [0.001, 0.004, 0.015];
  console.log(`| truth | budgets | ${noises.map((v) => `noise ${100 * v} %`).join(" | ")} |`);
  console.log(`| --- | --- | ${noises.map(() => "---").join(" | ")} |`);
  for (const [form, floor, name] of shares) {
    for (const budgets of [4, 6]) {
      const cells = noises.map((noise) => {
        const { covered, halfWidth, refused } = coverage({ form, floor, budgets, noise, studies, seed: 7 });
        const left = refused > 0 ? `, ${refused} refused` : "";
        return `${(100 * covered).toFixed(1)} % (±${(100 * halfWidth).toFixed(1)} %${left})`;
      });
      console.log(`| ${name} | ${budgets} | ${cells.join(" | ")} |`);
    }
  }
};

const [which, count = "500"] = process.argv.slice(2);
const studies = Number(count);
if (which !== "cells") printBudgets(studies);
if (which !== "budgets") printCells(studies);
