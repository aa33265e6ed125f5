function item(row, index, send) {
  const line = el("div", index ? "line" : "line first")
  const text = el("div", "text", row.text)
  if (row.amount) text.append(row.text ? " · " : "", el("span", "amount", row.amount))
  line.append(el("div", "", el("div", "title", row.title), text))
  const side = el("div", "actions")
  if (row.chip) side.append(el("span", `chip ${row.tone || ""}`, row.chip))
  for (const [action, label] of row.actions || []) {
    const button = el("button", action === "follow_up" ? "main" : "", label)
    button.type = "button"
    button.setAttribute("aria-label", `${label}: ${row.title}`)
    button.onclick = () => send({ action, key: row.key })
    side.append(button)
  }
  if (side.childNodes.length) line.append(side)
  return line
}

function figureLine(figure, index, send) {
  const line = el("button", index ? "line" : "line first")
  line.type = "button"
  line.title = figure.definition
  line.setAttribute("aria-label", figure.label)
  line.onclick = () => send({ action: "open", key: figure.key })
  line.append(el("div", "title", figure.title))
  if (!figure.value) {
    line.append(el("div", "missing", figure.message))
    return line
  }
  line.append(el("div", "figure", figure.value), change(figure) || el("span", "change flat", ""))
  const drawn = spark(figure.spark)
  line.append(drawn || el("div", ""))
  return line
}

function folders(rows, lines, box) {
  const opened = new Set([...box.querySelectorAll("details[open]")].map((one) => one.dataset.group))
  const groups = new Map()
  rows.forEach((row, index) => groups.set(row.group, [...(groups.get(row.group) || []), lines[index]]))
  return [...groups].map(([name, own]) => {
    const folder = el("details", "folder", el("summary", "", name, el("span", "", String(own.length))), ...own)
    folder.dataset.group = name
    folder.open = opened.has(name)
    return folder
  })
}

export default function ({ data: [data], parentElement, setTriggerValue }) {
  const box = parentElement.querySelector(".rows")
  if (!box) return
  const send = (message) => setTriggerValue("act", message)
  const wasOpen = box.querySelector("details")?.open
  let lines = data.figures
    ? data.figures.map((figure, index) => figureLine(figure, index, send))
    : data.rows.map((row, index) => item(row, index, send))
  if (!lines.length && data.empty) lines.push(el("p", "", data.empty))
  if (data.grouped) lines = folders(data.rows, lines, box)
  if (!data.closable) {
    box.replaceChildren(...[data.title && el("h4", "", data.title), data.text && el("p", "", data.text)].filter(Boolean), ...lines)
    return
  }
  const details = el("details", "", el("summary", "", data.title, el("span", "", data.text)), ...lines)
  details.open = wasOpen ?? (box.clientWidth || 1000) > 560
  box.replaceChildren(details)
}
