// After vite: tell the service worker what the shell is made of, and note which sources this was built from.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createHash } from "node:crypto";
import { digest } from "./sources.mjs";

const out = process.env.OUT ?? fileURLToPath(new URL("../../../service/barker/web", import.meta.url));
const assets = readdirSync(join(out, "assets")).sort();
const fixed = ["index.html", "manifest.webmanifest", "icon.svg"]; // keep their names whatever is in them
const shell = ["/", ...fixed.slice(1).map((name) => `/${name}`), ...assets.map((name) => `/assets/${name}`)];
const whole = createHash("sha256").update(shell.join("\n"));
fixed.forEach((name) => whole.update(readFileSync(join(out, name))));
const version = whole.digest("hex").slice(0, 16);
const worker = readFileSync(join(out, "sw.js"), "utf8");
writeFileSync(
  join(out, "sw.js"),
  worker.replace("__VERSION__", `barker-${version}`).replace("__SHELL__", JSON.stringify(shell, null, 2)),
);
writeFileSync(join(out, "built-from.txt"), `${digest()}\n`);
