// One digest over all that a build is made of. tests/web/test_assets.py works out the same.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const top = fileURLToPath(new URL("..", import.meta.url));
const ROOTS = ["src", "public", "scripts"];
const FILES = ["index.html", "package.json", "package-lock.json", "tsconfig.json", "vite.config.ts"];

function under(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? under(path) : [path];
  });
}

/** Return the digest of the sources, over names and contents in the order of the names' bytes. */
export function digest() {
  const paths = [...ROOTS.flatMap((root) => under(join(top, root))), ...FILES.map((name) => join(top, name))];
  const names = paths.map((path) => relative(top, path).replaceAll("\\", "/")).sort();
  const hash = createHash("sha256");
  for (const name of names) {
    hash.update(`${name}\0${createHash("sha256").update(readFileSync(join(top, name))).digest("hex")}\n`);
  }
  return hash.digest("hex");
}
