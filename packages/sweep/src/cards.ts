/** What can be said of numbers without what measures them. */
export { unlikeCards } from "./unlike-cards.js";
