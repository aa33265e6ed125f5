// Writes static/editor-licences.txt: name, version and licence of all that is in editor.js.
import { readFileSync, writeFileSync } from "node:fs"

const lock = JSON.parse(readFileSync("package-lock.json", "utf8"))
const parts = Object.entries(lock.packages).filter(([place, about]) => place && !about.dev).sort()
const told = parts.map(([place, about]) => {
  const name = place.replace(/^.*node_modules\//, "")
  return `${name} ${about.version}\n\n${readFileSync(`${place}/LICENSE`, "utf8").trim()}\n`
})
const head = "editor.js holds these packages, made by journey/ui/parts/editor.\n"
writeFileSync("../../../../static/editor-licences.txt", [head, ...told].join("\n\n"))
