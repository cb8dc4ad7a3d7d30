// How much the first load of the feed fetches, gzipped: fails over the budget.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const BUDGET = 60 * 1024;
const out = process.env.OUT ?? fileURLToPath(new URL("../../../service/barker/web", import.meta.url));
const page = readFileSync(join(out, "index.html"), "utf8");
let first = 0;
for (const name of readdirSync(join(out, "assets")).sort()) {
  const size = gzipSync(readFileSync(join(out, "assets", name)), { level: 9 }).length;
  const isFirst = page.includes(name);
  if (isFirst) first += size;
  console.log(`${isFirst ? "first" : "later"}  ${String(size).padStart(6)}  ${name}`);
}
console.log(`script and style of the first load: ${first} bytes gzip, of ${BUDGET} allowed`);
process.exit(first > BUDGET ? 1 : 0);
