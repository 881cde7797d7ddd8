// Writes everything that pages need into static/built/: one stylesheet, the fonts, the scripts of others.
import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { compile } from "sass";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const packages = join(root, "node_modules");
const built = join(root, "static", "built");

async function copy(from, to) {
  await mkdir(dirname(join(built, to)), { recursive: true });
  await copyFile(join(packages, from), join(built, to));
}

// A source map is not shipped: a line that names one makes the browser ask for it, and Django's manifest refuse it.
async function copyScript(from, to) {
  const source = await readFile(join(packages, from), "utf8");
  await mkdir(join(built, "js"), { recursive: true });
  await writeFile(join(built, "js", to), source.replace(/^\/\/# sourceMappingURL=.*$/gm, ""));
}

await rm(built, { recursive: true, force: true });

const { css } = compile(join(root, "static", "scss", "app.scss"), {
  loadPaths: [root],
  style: "compressed",
  quietDeps: true,
});
await mkdir(join(built, "css"), { recursive: true });
await writeFile(join(built, "css", "app.css"), css);

const font = "@fontsource/atkinson-hyperlegible-next/files/atkinson-hyperlegible-next";
for (const weight of [400, 600, 700]) {
  await copy(`${font}-latin-${weight}-normal.woff2`, `fonts/atkinson-${weight}.woff2`);
  await copy(`${font}-latin-ext-${weight}-normal.woff2`, `fonts/atkinson-ext-${weight}.woff2`);
}

await copyScript("htmx.org/dist/htmx.min.js", "htmx.min.js");
await copyScript("govuk-frontend/dist/govuk/govuk-frontend.min.js", "govuk-frontend.min.js");
await copyScript("@ministryofjustice/frontend/moj/moj-frontend.min.js", "moj-frontend.min.js");

// The pictures that the stylesheet names, and no others.
for (const [, name] of css.matchAll(/url\(["']?\.\.\/img\/moj\/([\w-]+\.svg)["']?\)/g)) {
  await copy(`@ministryofjustice/frontend/moj/assets/images/${name}`, `img/moj/${name}`);
}

console.log(`static/built: app.css ${Math.round(css.length / 1024)} kB`);
